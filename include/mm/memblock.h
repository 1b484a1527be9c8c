/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Physical memory before the page allocator runs: what RAM there is, and what
 * of it is taken. One CPU, interrupts off; nothing here may be called after
 * memblock_free_all() except the iterators.
 */
#ifndef MM_MEMBLOCK_H
#define MM_MEMBLOCK_H
#include <lib/types.h>

struct memblock_region {
	phys_addr_t base, size;
};

/** memblock_add - this is RAM. Ranges may overlap or touch; they are merged.
 *  Return: 0 or -ENOMEM (the table is full and could not grow). */
int memblock_add(phys_addr_t base, phys_addr_t size);
/** memblock_remove - this is no RAM after all (firmware says no-map). */
int memblock_remove(phys_addr_t base, phys_addr_t size);
/** memblock_reserve - this RAM is in use: kernel, device tree, initramfs. */
int memblock_reserve(phys_addr_t base, phys_addr_t size);
/** memblock_free_phys - undo a reservation, or part of one. */
int memblock_free_phys(phys_addr_t base, phys_addr_t size);
/**
 * memblock_phys_alloc - take free RAM, highest address first, below the limit.
 * @align: power of two. Return: its address, or 0 if there is none.
 */
phys_addr_t memblock_phys_alloc(phys_addr_t size, phys_addr_t align);
/** memblock_alloc - the same as a zeroed piece of the linear map, which must
 *  cover it already. Return: NULL if there is none. */
void *memblock_alloc(size_t size, size_t align);
/** memblock_set_current_limit - allocations end below @limit (what is mapped so far). */
void memblock_set_current_limit(phys_addr_t limit);
/** memblock_enforce_memory_limit - mem=: forget RAM beyond the first @limit bytes. */
void memblock_enforce_memory_limit(phys_addr_t limit);
phys_addr_t memblock_start_of_dram(void);
phys_addr_t memblock_end_of_dram(void);
phys_addr_t memblock_phys_mem_size(void);
bool memblock_is_memory(phys_addr_t addr);
bool memblock_is_reserved(phys_addr_t addr);
/** memblock_mem_region, _reserved_region - region @i in order of address, or NULL. */
const struct memblock_region *memblock_mem_region(unsigned int i);
const struct memblock_region *memblock_reserved_region(unsigned int i);
/** memblock_next_free - next range at or above @from that is RAM and not reserved. */
bool memblock_next_free(phys_addr_t from, phys_addr_t *base, phys_addr_t *end);

#define for_each_mem_region(i, r)	for ((i) = 0; ((r) = memblock_mem_region(i)); (i)++)
#define for_each_reserved_region(i, r)	for ((i) = 0; ((r) = memblock_reserved_region(i)); (i)++)

#endif
