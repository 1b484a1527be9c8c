// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory map of early boot against an array of pages: random additions,
 * reservations, removals and allocations, more of them than the first arrays of
 * regions hold, so that these grow.
 *
 * SOURCES: mm/memblock.c
 */
#include "host.h"
#include <mm/memblock.h>
#include <arch/page.h>
#include <lib/err.h>

#define PAGES	4000UL
#define BASE	0x80000000UL

enum { RAM = 1, RESERVED = 2 };
static unsigned char model[PAGES];
static unsigned char memory_itself[PAGES << PAGE_SHIFT];

void *__va(phys_addr_t pa)
{
	must(pa >= BASE && pa - BASE < sizeof(memory_itself));
	return memory_itself + (pa - BASE);
}

static void set(unsigned long page, unsigned long n, unsigned char bit, bool on)
{
	for (; n--; page++)
		model[page] = on ? model[page] | bit : model[page] & ~bit;
}

static phys_addr_t pa(unsigned long page)
{
	return BASE + (page << PAGE_SHIFT);
}

/* every frame's state, and the list of free ranges */
static void compare(void)
{
	phys_addr_t base, end, from = 0;
	unsigned long page = 0, p, ram = 0;

	for (p = 0; p < PAGES; p++) {
		must(memblock_is_memory(pa(p)) == !!(model[p] & RAM));
		must(memblock_is_reserved(pa(p)) == !!(model[p] & RESERVED));
		ram += model[p] & RAM;
	}
	must(memblock_phys_mem_size() == ram << PAGE_SHIFT);
	while (memblock_next_free(from, &base, &end)) {
		must(base < end && base >= from);
		for (; pa(page) < base; page++)
			must(model[page] != RAM);
		for (; pa(page) < end; page++)
			must(model[page] == RAM);
		from = end;
	}
	for (; page < PAGES; page++)
		must(model[page] != RAM);
}

/* the table of regions may have moved into free memory: the model learns of it */
static void note_own_use(void)
{
	for (unsigned long p = 0; p < PAGES; p++)
		if (memblock_is_reserved(pa(p)) && model[p] == RAM)
			model[p] |= RESERVED;
}

static void allocate(void)
{
	unsigned long n = rnd(3) + 1, align = PAGE_SIZE << rnd(3), first, p;
	phys_addr_t at;

	at = memblock_phys_alloc(n << PAGE_SHIFT, align);
	if (!at)
		return;
	must(at % align == 0);
	first = (at - BASE) >> PAGE_SHIFT;
	for (p = first; p < first + n; p++)
		must(model[p] == RAM);
	set(first, n, RESERVED, true);
}

int main(void)
{
	unsigned int regions;
	phys_addr_t at;

	must(!memblock_add(pa(0), PAGES << PAGE_SHIFT));
	set(0, PAGES, RAM, true);
	memblock_set_current_limit(pa(PAGES));
	for (int i = 0; i < 1500; i++) {
		unsigned long page = rnd(PAGES - 8), n = rnd(2) + 1;

		switch (rnd(5)) {
		case 0:
			must(!memblock_add(pa(page), n << PAGE_SHIFT));
			set(page, n, RAM, true);
			break;
		case 1:
			if (rnd(3))
				break;
			must(!memblock_remove(pa(page), n << PAGE_SHIFT));
			note_own_use();
			set(page, n, RAM, false);
			break;
		case 2:
		case 3:
			must(!memblock_reserve(pa(page), n << PAGE_SHIFT));
			note_own_use();
			set(page, n, RESERVED, true);
			break;
		default:
			allocate();
		}
		if (i % 20 == 0)
			compare();
	}
	for (regions = 0; memblock_reserved_region(regions); regions++)
		;
	ok(regions > 128, "memblock: the map stays right, also when its tables grow");

	at = memblock_phys_alloc(PAGE_SIZE, PAGE_SIZE);
	must(at && memblock_is_reserved(at) && !memblock_free_phys(at, PAGE_SIZE));
	must(!memblock_is_reserved(at));
	must(!memblock_phys_alloc(PAGES << PAGE_SHIFT, PAGE_SIZE));
	memblock_enforce_memory_limit(100 << PAGE_SHIFT);
	ok(memblock_phys_mem_size() == 100 << PAGE_SHIFT, "memblock: mem= cuts the end off");
	return done();
}
