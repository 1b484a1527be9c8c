/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The buddy allocator's pure core: free blocks of 2^order pages, aligned to
 * their size, in one list per order. No locks, no globals: the owner
 * (mm/page_alloc.c, or a host test) excludes other users.
 */
#ifndef MM_BUDDY_H
#define MM_BUDDY_H
#include <mm/page.h>

#define MAX_PAGE_ORDER	10
#define NR_PAGE_ORDERS	(MAX_PAGE_ORDER + 1)

struct buddy {
	struct page *map;		/* descriptor of frame start_pfn */
	unsigned long start_pfn, end_pfn;
	unsigned long nr_free;		/* pages */
	struct {
		struct list_head list;	/* head pages, type PGTY_BUDDY */
		unsigned long nr;	/* blocks */
	} area[NR_PAGE_ORDERS];
};

void buddy_init(struct buddy *b, struct page *map, unsigned long start_pfn, unsigned long end_pfn);
/** buddy_alloc - Return: head page of a block, type PGTY_FREE_PCP, or NULL. */
struct page *buddy_alloc(struct buddy *b, unsigned int order);
/**
 * buddy_alloc_smallest - the smallest free block, or a part of it of order @max_order.
 * Return: its head page, and its order in *@order; NULL.
 */
struct page *buddy_alloc_smallest(struct buddy *b, unsigned int max_order, unsigned int *order);
/** buddy_free - give a block back and merge it with its free buddies. */
void buddy_free(struct buddy *b, struct page *page, unsigned int order);
/** buddy_free_range - give the frames [@start, @end) to the allocator, in the largest blocks. */
void buddy_free_range(struct buddy *b, unsigned long start, unsigned long end);
/** buddy_validate - check all lists and counts. Return: NULL, or what is wrong. */
const char *buddy_validate(const struct buddy *b);

#endif
