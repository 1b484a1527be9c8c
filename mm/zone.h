/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of the page allocator share. All RAM is one zone. */
#ifndef MM_ZONE_PRIVATE_H
#define MM_ZONE_PRIVATE_H
#include <mm/page_alloc.h>
#include <mm/buddy.h>
#include <kernel/spinlock.h>
#include <kernel/percpu.h>

struct zone {
	spinlock_t lock;		/* irq-safe, LR_ZONE */
	struct buddy buddy;		/* guarded by lock */
	unsigned long wmark[NR_WMARK];	/* pages */
	unsigned long managed;		/* pages that were ever given to the buddy */
};

extern struct zone zone;

/*
 * Free single pages of one CPU, used by it alone with interrupts off. They are
 * chained through page->buddy_list.next, last freed first.
 */
struct pcp {
	struct page *head;
	unsigned int count;
	unsigned int high;	/* give back a batch at this many */
	unsigned int batch;
};

DECLARE_PER_CPU(struct pcp, pcp_lists);

/* alloc_flags: which watermark an allocation must respect */
#define ALLOC_LOW	0u	/* leave kswapd's start mark */
#define ALLOC_MIN	1u	/* leave the minimum */
#define ALLOC_HIGH	2u	/* half of the minimum: __GFP_HIGH */
#define ALLOC_HARDER	3u	/* three eighths: cannot sleep */
#define ALLOC_OOM	4u	/* an eighth: a dying task */
#define ALLOC_NO_WMARK	5u	/* everything: reclaim itself */

/* pcp.c */
void pcp_init(void);
/** pcp_refill - take a batch from the zone if the watermark of @alloc_flags allows.
 *  Return: one of the pages, not yet prepared, or NULL. Context: interrupts off. */
struct page *pcp_refill(struct pcp *p, unsigned int alloc_flags);
unsigned long pcp_count_all(void);

/* page_alloc.c */
/** zone_room - how many pages the watermark of @alloc_flags lets be taken.
 *  Context: any; a snapshot unless zone.lock is held. */
unsigned long zone_room(unsigned int alloc_flags);
struct page *alloc_pages_slow(gfp_t gfp, unsigned int order);
__cold void bad_page(const struct page *page, const char *why);

/* page_debug.c: what debug builds check and do besides */
void page_debug_free(struct page *page, unsigned int order);
void page_debug_alloc(struct page *page, unsigned int order);

/* the state in which a page is given out: flags 0, type RAW, one reference */
static __always_inline void prep_new_page(struct page *page, unsigned int order)
{
	page->flags = 0;
	page->type = PGTY_RAW;
	page->order = order;
	page->aux = 0;
	page->refcount.counter = 1;
}

#endif
