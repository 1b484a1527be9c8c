// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's own page tables.
 *
 * setup_early_vm() runs at the load address with the MMU off: it maps the image
 * (all rights, 2 MiB pages) and a window on the device tree. paging_init() makes
 * the final tables, in swapper_pg_dir:
 *  - the linear map of all RAM, in the largest pages that fit, never executable;
 *  - the image: code read and execute, constants read, data read and write; the
 *    linear alias of code and constants is read-only as well;
 *  - the page array;
 *  - an empty table for each top-level entry of the vmalloc area.
 * After that no top-level entry of the kernel half ever changes, so that every
 * process has a copy of them (pgd_alloc()).
 */
#include <arch/csr.h>
#include <arch/pgtable.h>
#include <arch/setup.h>
#include <arch/tlb.h>
#include <kernel/init.h>
#include <kernel/printk.h>
#include <lib/fdt.h>
#include <lib/string.h>
#include <mm/memblock.h>
#include <mm/page.h>

#define SZ_2M		(1UL << 21)
#define SZ_1G		(1UL << 30)
#define DTB_WINDOW	0xffffffff40000000UL	/* of two 2 MiB pages; early only */
#define TOP		(PT_LEVELS - 1)
#define __page_table	__aligned(PAGE_SIZE) __section(".bss..page_aligned")

pte_t swapper_pg_dir[PT_ENTRIES] __page_table;
static pte_t early_pg_dir[PT_ENTRIES] __page_table;
static pte_t early_image_table[PT_ENTRIES] __page_table;
static pte_t early_dtb_table[PT_ENTRIES] __page_table;
unsigned long early_satp, secondary_satp;
bool init_memory_freed;

/* an entry for physical address @pa; the linear map does not exist yet */
static inline pte_t early_entry(unsigned long pa, unsigned long prot)
{
	return pfn_pte(pa >> PAGE_SHIFT, __pgprot(prot));
}

/* MMU off: the address of any object is where it was loaded */
void setup_early_vm(phys_addr_t dtb_pa)
{
	unsigned long load = (unsigned long)_start, end = (unsigned long)_end;
	unsigned long rwx = _PAGE_KERNEL | _PTE_X;

	kernel_va_pa_offset = KERNEL_BASE - load;
	for (unsigned long pa = load; pa < end; pa += SZ_2M)
		early_image_table[(pa - load) / SZ_2M] = early_entry(pa, rwx);
	dtb_pa &= ~(SZ_2M - 1);
	early_dtb_table[0] = early_entry(dtb_pa, _PAGE_KERNEL);
	early_dtb_table[1] = early_entry(dtb_pa + SZ_2M, _PAGE_KERNEL);
	early_pg_dir[pt_index(KERNEL_BASE, TOP)] =
		early_entry((unsigned long)early_image_table, _PTE_V);
	early_pg_dir[pt_index(DTB_WINDOW, TOP)] =
		early_entry((unsigned long)early_dtb_table, _PTE_V);
	early_satp = SATP_MODE_SV39 | ((unsigned long)early_pg_dir >> PAGE_SHIFT);
}

/**
 * early_map_dtb - the device tree, before the linear map exists.
 * @size: how many bytes may be read there
 *
 * Context: boot. Return: its address, or NULL if it is none or too large.
 */
void __init *early_map_dtb(phys_addr_t pa, unsigned long *size)
{
	unsigned long offset = pa & (SZ_2M - 1);
	void *blob = (void *)(DTB_WINDOW + offset);

	*size = fdt_blob_size(blob);
	return *size && *size <= 2 * SZ_2M - offset ? blob : NULL;
}

/** early_unmap_dtb - nobody reads it through the window any more. Context: boot. */
void __init early_unmap_dtb(void)
{
	swapper_pg_dir[pt_index(DTB_WINDOW, TOP)] = __pte(0);
	asm volatile("sfence.vma" ::: "memory");
}

static pte_t __init *boot_table(void)
{
	pte_t *table = memblock_alloc(PAGE_SIZE, PAGE_SIZE);

	if (!table)
		panic("Not enough memory for the kernel's page tables");
	return table;
}

static pte_t __init *next_table(pte_t *entry)
{
	if (pte_none(*entry))
		*entry = mk_table(boot_table());
	return pte_next_table(*entry);
}

static void __init map_one(unsigned long va, phys_addr_t pa, unsigned int level, pgprot_t prot)
{
	pte_t *table = swapper_pg_dir;

	for (unsigned int l = TOP; l > level; l--)
		table = next_table(&table[pt_index(va, l)]);
	table[pt_index(va, level)] = pfn_pte(PFN_DOWN(pa), prot);
}

static void __init map_range(unsigned long va, phys_addr_t pa, unsigned long size, pgprot_t prot)
{
	while (size) {
		unsigned int level = TOP;

		while (level && (size < pt_span(level) || !IS_ALIGNED(va | pa, pt_span(level))))
			level--;
		map_one(va, pa, level, prot);
		va += pt_span(level);
		pa += pt_span(level);
		size -= pt_span(level);
	}
}

static void __init map_linear(phys_addr_t start, phys_addr_t end, pgprot_t prot)
{
	if (start < end)
		map_range((unsigned long)__va(start), start, end - start, prot);
}

/* what of [start, end) is code, constants or init must not be writable here either */
static void __init map_linear_region(phys_addr_t start, phys_addr_t end)
{
	phys_addr_t text = __pa(_stext), rodata_end = __pa(__rodata_end), init_end = __pa(__init_end);

	if (end <= text || start >= init_end) {
		map_linear(start, end, PAGE_KERNEL);
		return;
	}
	map_linear(start, text, PAGE_KERNEL);
	map_linear(max(start, text), min(end, rodata_end), PAGE_KERNEL_RO);
	map_linear(max(start, rodata_end), min(end, init_end), PAGE_KERNEL_RO);
	map_linear(init_end, end, PAGE_KERNEL);
}

static void __init map_image(const char *start, const char *end, pgprot_t prot)
{
	map_range((unsigned long)start, __pa(start), end - start, prot);
}

/* the struct pages [from, to): in 2 MiB pages where they fill one */
static void __init map_page_array(unsigned long from, unsigned long to)
{
	unsigned long va = ALIGN_DOWN((unsigned long)pfn_to_page(from), PAGE_SIZE);
	unsigned long end = ALIGN((unsigned long)pfn_to_page(to), PAGE_SIZE);
	unsigned int level;

	for (; va < end; va += pt_span(level)) {
		phys_addr_t pa;
		pte_t *table;

		table = next_table(&swapper_pg_dir[pt_index(va, TOP)]);
		level = IS_ALIGNED(va, SZ_2M) && end - va >= SZ_2M;
		if (!level) {
			/* neighbours may have a page of it in common */
			table = next_table(&table[pt_index(va, 1)]);
			if (!pte_none(table[pt_index(va, 0)]))
				continue;
		}
		pa = memblock_phys_alloc(pt_span(level), pt_span(level));
		if (!pa)
			panic("Not enough memory for the page array");
		memset(__va(pa), 0, pt_span(level));
		table[pt_index(va, level)] = pfn_pte(PFN_DOWN(pa), PAGE_KERNEL);
	}
}

/* Small holes between pieces of RAM have page descriptors, of type reserved. */
static void __init init_page_array(void)
{
	const struct memblock_region *r;
	phys_addr_t prev_end = 0;
	unsigned int i;

	for_each_mem_region(i, r) {
		unsigned long from = PFN_DOWN(r->base), to = PFN_UP(r->base + r->size);
		unsigned long hole = from;

		if (i && r->base - prev_end < SZ_1G)
			hole = PFN_UP(prev_end);
		map_page_array(hole, to);
		for (; hole < from; hole++)
			pfn_to_page(hole)->type = PGTY_RESERVED;
		prev_end = r->base + r->size;
	}
}

void __init paging_init(void)
{
	phys_addr_t image_gib = ALIGN_DOWN(__pa(_start), SZ_1G);
	const struct memblock_region *r;
	unsigned int i;

	BUG_ON((unsigned long)_start != KERNEL_BASE);
	/* tables are made in the GiB around the image: reach it already */
	early_pg_dir[pt_index((unsigned long)__va(image_gib), TOP)] =
		pfn_pte(PFN_DOWN(image_gib), PAGE_KERNEL);
	asm volatile("sfence.vma" ::: "memory");
	memblock_set_current_limit(image_gib + SZ_1G);

	for_each_mem_region(i, r)
		map_linear_region(r->base, r->base + r->size);
	map_image(_stext, _etext, PAGE_KERNEL_EXEC);
	map_image(__rodata_start, __rodata_end, PAGE_KERNEL_RO);
	map_image(__init_begin, __inittext_end, PAGE_KERNEL_EXEC);
	map_image(__inittext_end, __init_end, PAGE_KERNEL);
	map_image(_sdata, init_stack_guard, PAGE_KERNEL);
	map_image(init_stack_guard + PAGE_SIZE, _end, PAGE_KERNEL);
	for (unsigned long va = VMALLOC_START; va < VMALLOC_END; va += SZ_1G)
		next_table(&swapper_pg_dir[pt_index(va, TOP)]);
	/* the device tree, until it is known to be inside the linear map */
	swapper_pg_dir[pt_index(DTB_WINDOW, TOP)] = early_pg_dir[pt_index(DTB_WINDOW, TOP)];

	secondary_satp = SATP_MODE_SV39 | PFN_DOWN(__pa(swapper_pg_dir));
	csr_write(satp, secondary_satp);
	asm volatile("sfence.vma" ::: "memory");
	memblock_set_current_limit(~0UL);
	init_page_array();
}

static pte_t *kernel_leaf(unsigned long va)
{
	pte_t *table = swapper_pg_dir;

	for (unsigned int l = TOP; l; l--) {
		pte_t e = table[pt_index(va, l)];

		if (!pte_table(e))
			return NULL;
		table = pte_next_table(e);
	}
	return &table[pt_index(va, 0)];
}

/**
 * mark_init_free - the init sections have done their work: no mapping of them at
 * the image's addresses any more, and plain memory in the linear map.
 *
 * Context: boot, may sleep; the caller then frees the pages.
 */
void mark_init_free(void)
{
	unsigned long start = (unsigned long)__init_begin, size = __init_end - __init_begin;
	unsigned long alias = (unsigned long)__va(__pa(__init_begin));

	for (unsigned long off = 0; off < size; off += PAGE_SIZE) {
		pte_t *image = kernel_leaf(start + off), *linear = kernel_leaf(alias + off);

		if (WARN_ON_ONCE(!image || !linear))
			return;
		pte_set(linear, pfn_pte(PFN_DOWN(__pa((void *)(start + off))), PAGE_KERNEL));
		pte_set(image, __pte(0));
	}
	init_memory_freed = true;
	flush_tlb_kernel_range(start, start + size);
	flush_tlb_kernel_range(alias, alias + size);
}
