/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Allocation of physical pages.
 *
 * A page given out has flags 0, type PGTY_RAW, refcount 1 and its order in the
 * head; the owner sets the type that it makes of it, and the type's fields (they
 * hold garbage, except after folio_alloc()). A block of order > 0 is one unit:
 * only its head counts; with __GFP_COMP the others are PGTY_TAIL, pointing to it.
 *
 * Context of everything here: any, if @gfp lacks __GFP_DIRECT_RECLAIM.
 */
#ifndef MM_PAGE_ALLOC_H
#define MM_PAGE_ALLOC_H
#include <mm/page.h>
#include <mm/gfp.h>
#include <mm/buddy.h>

/** alloc_pages - 2^@order contiguous pages. Return: the first, or NULL. */
struct page *alloc_pages(gfp_t gfp, unsigned int order) __must_check;
/** alloc_page - the hot path. Return: NULL when out of memory. */
struct page *alloc_page(gfp_t gfp) __must_check;
/** folio_alloc - the same with mapping, index, private and _mapcount zero; the
 *  caller sets type (PGTY_FILE or PGTY_ANON). */
struct folio *folio_alloc(gfp_t gfp, unsigned int order) __must_check;
/** alloc_pages_bulk - fill the NULL entries of @pages[@n] with single pages.
 *  Return: how many entries, from the first on, are filled now. */
unsigned int alloc_pages_bulk(gfp_t gfp, unsigned int n, struct page **pages);
/** __free_pages - drop one reference; frees the block if it was the last. */
void __free_pages(struct page *page, unsigned int order);
#define __free_page(page)	__free_pages(page, 0)
/** free_unref_page - free a block whose refcount has reached 0 (or is 1 and the caller's). */
void free_unref_page(struct page *page, unsigned int order);
/** free_pages_bulk - free single pages whose references are gone. */
void free_pages_bulk(struct page **pages, unsigned int n);

/* by linear address; 0 on failure */
unsigned long __get_free_pages(gfp_t gfp, unsigned int order) __must_check;
#define __get_free_page(gfp)	__get_free_pages(gfp, 0)
#define get_zeroed_page(gfp)	__get_free_pages((gfp) | __GFP_ZERO, 0)
void free_pages(unsigned long addr, unsigned int order);
#define free_page(addr)		free_pages((unsigned long)(addr), 0)

static inline unsigned int get_order(unsigned long size_bytes)
{
	unsigned int order = 0;

	while (PAGE_SIZE << order < size_bytes)
		order++;
	return order;
}

/* pages to be freed together: on the stack of whoever unmaps many */
struct page_batch {
	unsigned int nr;
	struct page *pages[31];
};

static inline void page_batch_init(struct page_batch *b)
{
	b->nr = 0;
}

static inline void page_batch_flush(struct page_batch *b)
{
	if (b->nr)
		free_pages_bulk(b->pages, b->nr);
	b->nr = 0;
}

/** page_batch_add - @page's last reference is gone; it is freed now or at the flush. */
static inline void page_batch_add(struct page_batch *b, struct page *page)
{
	b->pages[b->nr++] = page;
	if (b->nr == ARRAY_SIZE(b->pages))
		page_batch_flush(b);
}

/* state of memory, in pages */
enum zone_watermark { WMARK_MIN, WMARK_LOW, WMARK_HIGH, NR_WMARK };

unsigned long nr_free_pages(void);	/* the per-CPU lists are counted as free */
unsigned long totalram_pages(void);	/* managed by the allocator */
unsigned long zone_watermark_pages(enum zone_watermark w);
/** zone_watermark_ok - would free pages stay above @w after taking 2^@order? */
bool zone_watermark_ok(enum zone_watermark w, unsigned int order);
/** nr_free_buffer_pages - what may be dirtied or cached at most, roughly. */
unsigned long nr_free_buffer_pages(void);
extern unsigned long min_free_kbytes;
/** setup_per_zone_wmarks - after min_free_kbytes was changed. */
void setup_per_zone_wmarks(void);
void show_mem(void);			/* to the kernel log */
/** buddyinfo - number of free blocks of each order, for /proc/buddyinfo. */
void buddyinfo(unsigned long nr[NR_PAGE_ORDERS]);
/** pcp_info - the list of free pages that @cpu keeps for itself, for /proc/zoneinfo. */
struct pcp_info {
	unsigned int count, high, batch;
};
struct pcp_info pcp_info(unsigned int cpu);
/** drain_local_pages - this CPU's free pages go back, so that they can merge. */
void drain_local_pages(void);
void drain_all_pages(void);		/* may sleep */
/** free_reserved_area - give pages of the linear map or image [@start, @end) to
 *  the allocator (init sections, initramfs). Return: how many pages. */
unsigned long free_reserved_area(void *start, void *end, const char *what);
/** page_alloc_init - take over from memblock. The page array is mapped and zeroed,
 *  min_pfn and max_pfn are set. */
void page_alloc_init(void);

#endif
