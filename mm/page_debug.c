// SPDX-License-Identifier: GPL-2.0-only
/*
 * Checks of the page allocator in debug builds: a page must be unused when it is
 * freed, and nobody may write to it until it is given out again. Freed pages are
 * filled with a pattern and marked so in ->flags, which has no other use then
 * (pages that were never given out since boot are not marked).
 */
#include "zone.h"
#include <kernel/printk.h>
#include <lib/string.h>

#define POISON_FREE	0xaa
#define FLAG_POISONED	(1UL << 63)

/* flags that a page must have lost before its last reference */
#define FLAGS_IN_USE	(BIT(PG_locked) | BIT(PG_lru) | BIT(PG_writeback) | BIT(PG_private))

void bad_page(const struct page *page, const char *why)
{
	pr_err("BUG: bad page state: pfn %#lx: %s (type %u order %u flags %#lx refcount %d)\n",
	       page_to_pfn(page), why, page->type, page->order, page->flags,
	       atomic_read(&page->refcount));
	WARN_ON(1);
}

void page_debug_free(struct page *page, unsigned int order)
{
	unsigned long i;

	if (!pfn_valid(page_to_pfn(page)) || page->type == PGTY_RESERVED ||
	    page->type == PGTY_TAIL || page->type == PGTY_BUDDY)
		bad_page(page, "this is not the head of an allocated block");
	if (page->flags & FLAGS_IN_USE)
		bad_page(page, "freed while in use");
	if ((page->type == PGTY_FILE || page->type == PGTY_ANON) &&
	    folio_mapcount(page_folio(page)))
		bad_page(page, "freed while mapped");
	if (page->type == PGTY_FREE_PCP)
		return;
	memset(page_address(page), POISON_FREE, PAGE_SIZE << order);
	for (i = 0; i < 1UL << order; i++)
		page[i].flags = FLAG_POISONED;
}

void page_debug_alloc(struct page *page, unsigned int order)
{
	unsigned long i;

	for (i = 0; i < 1UL << order; i++) {
		u8 *p = page_address(page + i), *bad;

		if (page[i].type != PGTY_FREE_PCP)
			bad_page(page + i, "was free, and is in use");
		if (!(page[i].flags & FLAG_POISONED))
			continue;
		bad = memchr_inv(p, POISON_FREE, PAGE_SIZE);
		if (bad) {
			pr_err("BUG: %px was written after it was freed: %*ph\n", bad, 16,
			       PTR_ALIGN_DOWN(bad, 16));
			bad_page(page + i, "written after it was freed");
		}
	}
}
