// SPDX-License-Identifier: GPL-2.0-only
/*
 * The buddy allocator's core: random allocations never overlap, it validates
 * itself, and freeing everything gives the blocks of the beginning.
 *
 * SOURCES: mm/buddy.c
 */
#include "host.h"
#include <mm/buddy.h>

#define START	77
#define FRAMES	5000
#define BLOCKS	2000

static struct page map[FRAMES];
static char owned[FRAMES];
static struct { struct page *page; unsigned int order; } held[BLOCKS];

static void own(struct page *page, unsigned int order, char value)
{
	size_t first = page - map;

	must(!((first + START) & ((1UL << order) - 1)));
	must(first + (1UL << order) <= FRAMES);
	for (size_t i = first; i < first + (1UL << order); i++) {
		must(owned[i] == !value);
		owned[i] = value;
	}
}

int main(void)
{
	unsigned long before[NR_PAGE_ORDERS], all;
	struct buddy b;
	long used = 0;

	buddy_init(&b, map, START, START + FRAMES);
	buddy_free_range(&b, START, START + FRAMES);
	all = b.nr_free;
	ok(all == FRAMES && !buddy_validate(&b), "buddy: a range in the largest blocks");
	for (int i = 0; i < NR_PAGE_ORDERS; i++)
		before[i] = b.area[i].nr;

	for (int round = 0; round < 100000; round++) {
		int i = rnd(BLOCKS);

		if (held[i].page) {
			own(held[i].page, held[i].order, 0);
			buddy_free(&b, held[i].page, held[i].order);
			used -= 1L << held[i].order;
			held[i].page = NULL;
		} else {
			unsigned int order = rnd(4) ? rnd(3) : rnd(NR_PAGE_ORDERS);

			held[i].page = buddy_alloc(&b, order);
			held[i].order = order;
			if (!held[i].page)
				continue;
			own(held[i].page, order, 1);
			used += 1L << order;
		}
		must(b.nr_free + used == all);
		if (!(round % 500))
			must(!buddy_validate(&b));
	}
	ok(1, "buddy: blocks are aligned, never overlap, and are counted");
	for (int i = 0; i < BLOCKS; i++)
		if (held[i].page)
			buddy_free(&b, held[i].page, held[i].order);
	must(!buddy_validate(&b));
	for (int i = 0; i < NR_PAGE_ORDERS; i++)
		must(b.area[i].nr == before[i]);
	ok(b.nr_free == all, "buddy: freeing all merges all");
	return done();
}
