// SPDX-License-Identifier: GPL-2.0-only
/*
 * The buddy allocator's core: random blocks taken and given back, over a range
 * with holes that is not aligned to its largest block. Every frame's owner is
 * written into a model; the allocator's invariants are checked as it goes.
 *
 * SOURCES: mm/buddy.c
 */
#include "host.h"
#include <mm/buddy.h>

#define START	0x80205UL
#define FRAMES	9000UL
#define BLOCKS	600

static struct page map[FRAMES];
static bool taken[FRAMES];
static struct { struct page *page; unsigned int order; } block[BLOCKS];
static struct buddy buddy;
static unsigned long total;

static void take(int i)
{
	unsigned int most = rnd(4) ? rnd(4) : rnd(NR_PAGE_ORDERS), order = most, smallest = 0;
	unsigned long before = buddy.nr_free, k, pfn;
	struct page *page;

	if (rnd(4)) {
		page = buddy_alloc(&buddy, order);
	} else {
		while (smallest < most && !buddy.area[smallest].nr)
			smallest++;
		page = buddy_alloc_smallest(&buddy, most, &order);
		must(order == smallest);
	}
	if (!page) {
		for (; order < NR_PAGE_ORDERS; order++)
			must(!buddy.area[order].nr);
		return;
	}
	must(buddy.nr_free == before - (1UL << order));
	pfn = page - map;
	must(((pfn + START) & ((1UL << order) - 1)) == 0);
	for (k = 0; k < 1UL << order; k++) {
		must(!taken[pfn + k]);
		taken[pfn + k] = true;
		must(map[pfn + k].type != PGTY_BUDDY);
		map[pfn + k].type = PGTY_RAW;
	}
	block[i].page = page;
	block[i].order = order;
}

static void give(int i)
{
	unsigned long k, pfn = block[i].page - map;

	for (k = 0; k < 1UL << block[i].order; k++) {
		taken[pfn + k] = false;
		map[pfn + k].type = PGTY_FREE_PCP;
	}
	buddy_free(&buddy, block[i].page, block[i].order);
	block[i].page = NULL;
}

static void reserve(unsigned long from, unsigned long to)
{
	for (; from < to; from++) {
		taken[from] = true;
		map[from].type = PGTY_RESERVED;
	}
}

int main(void)
{
	const char *wrong = NULL;

	buddy_init(&buddy, map, START, START + FRAMES);
	reserve(100, 117);
	reserve(5000, 6001);
	buddy_free_range(&buddy, START, START + 100);
	buddy_free_range(&buddy, START + 117, START + 5000);
	buddy_free_range(&buddy, START + 6001, START + FRAMES);
	total = FRAMES - 17 - 1001;
	must(buddy.nr_free == total && !buddy_validate(&buddy));
	ok(1, "buddy: ranges with holes");

	for (int i = 0; i < 200000; i++) {
		int b = rnd(BLOCKS);

		if (block[b].page)
			give(b);
		else
			take(b);
		if (i % 1000 == 0) {
			wrong = buddy_validate(&buddy);
			if (wrong)
				printf("# %s\n", wrong);
			must(!wrong);
		}
	}
	ok(1, "buddy: no frame is given twice, no count goes wrong");

	for (int b = 0; b < BLOCKS; b++)
		if (block[b].page)
			give(b);
	ok(buddy.nr_free == total && !buddy_validate(&buddy), "buddy: all merges again");
	return done();
}
