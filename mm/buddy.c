// SPDX-License-Identifier: GPL-2.0-only
/*
 * The buddy allocator's core: no locks, no globals, compiled unchanged into a
 * host test.
 *
 *   B1. A free block of order o is 2^o frames aligned to 2^o; its head has type
 *       PGTY_BUDDY and ->order o, and is on area[o].list. No other page has
 *       type PGTY_BUDDY.
 *   B2. No two free buddies of the same order below the largest exist (they
 *       would have been merged).
 *   B3. area[o].nr counts the list; nr_free is the sum of nr << order.
 */
#include <mm/buddy.h>

static inline unsigned long pfn_of(const struct buddy *b, const struct page *page)
{
	return (page - b->map) + b->start_pfn;
}

static inline struct page *page_of(const struct buddy *b, unsigned long pfn)
{
	return b->map + (pfn - b->start_pfn);
}

static inline void add_block(struct buddy *b, struct page *page, unsigned int order)
{
	page->type = PGTY_BUDDY;
	page->order = order;
	list_add(&page->buddy_list, &b->area[order].list);
	b->area[order].nr++;
}

static inline void take_block(struct buddy *b, struct page *page, unsigned int order)
{
	__list_del_entry(&page->buddy_list);
	page->type = PGTY_FREE_PCP;
	b->area[order].nr--;
}

void buddy_init(struct buddy *b, struct page *map, unsigned long start_pfn, unsigned long end_pfn)
{
	unsigned int order;

	b->map = map;
	b->start_pfn = start_pfn;
	b->end_pfn = end_pfn;
	b->nr_free = 0;
	for (order = 0; order < NR_PAGE_ORDERS; order++) {
		INIT_LIST_HEAD(&b->area[order].list);
		b->area[order].nr = 0;
	}
}

struct page *buddy_alloc(struct buddy *b, unsigned int order)
{
	struct page *page;
	unsigned int o = order;

	while (o <= MAX_PAGE_ORDER && list_empty(&b->area[o].list))
		o++;
	if (o > MAX_PAGE_ORDER)
		return NULL;
	page = list_first_entry(&b->area[o].list, struct page, buddy_list);
	take_block(b, page, o);
	/* give back the upper halves */
	while (o > order) {
		o--;
		add_block(b, page + (1UL << o), o);
	}
	b->nr_free -= 1UL << order;
	return page;
}

struct page *buddy_alloc_smallest(struct buddy *b, unsigned int max_order, unsigned int *order)
{
	unsigned int o = 0;

	while (o < max_order && list_empty(&b->area[o].list))
		o++;
	*order = o;
	return buddy_alloc(b, o);
}

void buddy_free(struct buddy *b, struct page *page, unsigned int order)
{
	unsigned long pfn = pfn_of(b, page);

	b->nr_free += 1UL << order;
	for (; order < MAX_PAGE_ORDER; order++) {
		unsigned long other = pfn ^ (1UL << order);
		struct page *buddy;

		if (other < b->start_pfn || other >= b->end_pfn)
			break;
		buddy = page_of(b, other);
		if (buddy->type != PGTY_BUDDY || buddy->order != order)
			break;
		take_block(b, buddy, order);
		pfn &= ~(1UL << order);
	}
	add_block(b, page_of(b, pfn), order);
}

void buddy_free_range(struct buddy *b, unsigned long start, unsigned long end)
{
	while (start < end) {
		unsigned int order = 0;

		while (order < MAX_PAGE_ORDER && !(start & (1UL << order)) &&
		       start + (2UL << order) <= end)
			order++;
		buddy_free(b, page_of(b, start), order);
		start += 1UL << order;
	}
}

const char *buddy_validate(const struct buddy *b)
{
	unsigned long total = 0;
	unsigned int order;

	for (order = 0; order < NR_PAGE_ORDERS; order++) {
		unsigned long nr = 0;
		const struct page *page;

		list_for_each_entry(page, &b->area[order].list, buddy_list) {
			unsigned long pfn = pfn_of(b, page), other = pfn ^ (1UL << order);

			if (page->type != PGTY_BUDDY || page->order != order)
				return "B1: a listed block does not say so";
			if (pfn & ((1UL << order) - 1) || pfn + (1UL << order) > b->end_pfn)
				return "B1: a block is not aligned or leaves the zone";
			if (order < MAX_PAGE_ORDER && other >= b->start_pfn && other < b->end_pfn &&
			    page_of(b, other)->type == PGTY_BUDDY &&
			    page_of(b, other)->order == order)
				return "B2: two free buddies were not merged";
			nr++;
		}
		if (nr != b->area[order].nr)
			return "B3: a list's count is wrong";
		total += nr << order;
	}
	return total == b->nr_free ? NULL : "B3: the number of free pages is wrong";
}
