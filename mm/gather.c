// SPDX-License-Identifier: GPL-2.0-only
/*
 * Taking mappings away in bulk, in the only safe order: clear entries, flush the
 * translations that harts may have cached, then give the pages and tables away.
 *
 *	tlb_gather_mmu(&tlb, mm, false);
 *	unmap_range(&tlb, start, end, NULL);	any number of times
 *	free_pgtables(&tlb, ...);			tables that nothing needs now
 *	tlb_finish_mmu(&tlb);				flush, free, settle the counters
 *
 * If the calling task is the only one that runs on the mm (or nobody does: exit),
 * stale translations hurt nobody before the final flush, because the task does not
 * touch user memory in between: pages are then freed at once (immediate), 31 at a
 * time. Otherwise they wait, with their reference, for a flush per batch; and if other
 * harts may go on storing to some of a table, for one before its ptl is released.
 */
#include "vma_internal.h"
#include <mm/reclaim.h>

#define WAIT_MAX	(PAGE_SIZE / sizeof(struct page *))
#define STILL_MAPPED	1UL	/* in a pointer of the wait array: has its mapcount still */

/**
 * tlb_gather_mmu - begin. @exiting: nobody will ever run on @mm again.
 * Context: not nested; the task must not touch user memory until tlb_finish_mmu().
 */
void tlb_gather_mmu(struct mmu_gather *tlb, struct mm_struct *mm, bool exiting)
{
	tlb->mm = mm;
	tlb->start = ~0UL;
	tlb->end = 0;
	tlb->immediate = exiting || mm_is_private(mm);
	tlb->tables_freed = false;
	tlb->stores_wait = false;
	for (int i = 0; i < NR_MM_COUNTERS; i++)
		tlb->rss[i] = 0;
	tlb->anon_still_mapped = tlb->file_unmapped = 0;
	tlb->tables = NULL;
	tlb->wait = tlb->batch.pages;
	tlb->nr_wait = 0;
	tlb->max_wait = ARRAY_SIZE(tlb->batch.pages);
	page_batch_init(&tlb->batch);
}

static void flush_translations(struct mmu_gather *tlb)
{
	if (tlb->tables_freed)
		flush_tlb_mm(tlb->mm);
	else if (tlb->start < tlb->end)
		flush_tlb_range(tlb->mm, tlb->start, tlb->end);
}

/* after the flush */
static void put_waiting(struct mmu_gather *tlb)
{
	for (unsigned int i = 0; i < tlb->nr_wait; i++) {
		unsigned long p = (unsigned long)tlb->wait[i];
		struct folio *f = page_folio(p & ~STILL_MAPPED);

		if (unlikely(p & STILL_MAPPED) && atomic_dec_and_test(&f->_mapcount))
			tlb->file_unmapped++;
		folio_put(f);
	}
	tlb->nr_wait = 0;
	tlb->stores_wait = false;
}

/* The wait array is full. A flush now does not shorten the range of the last one:
 * the table at hand is not finished. */
static void make_room(struct mmu_gather *tlb)
{
	if (tlb->max_wait < WAIT_MAX) {
		struct page **larger = (struct page **)__get_free_page(GFP_NOWAIT);

		if (larger) {
			for (unsigned int i = 0; i < tlb->nr_wait; i++)
				larger[i] = tlb->wait[i];
			tlb->wait = larger;
			tlb->max_wait = WAIT_MAX;
			return;
		}
	}
	flush_translations(tlb);
	put_waiting(tlb);
}

/**
 * tlb_wait_page - drop a reference of @page after the next flush.
 * Context: the ptl may be held.
 */
void tlb_wait_page(struct mmu_gather *tlb, struct page *page)
{
	if (unlikely(tlb->nr_wait == tlb->max_wait))
		make_room(tlb);
	tlb->wait[tlb->nr_wait++] = page;
}

/**
 * tlb_wait_stores - the same, with its mapcount: other harts may store to @page until then.
 * Context: the ptl, until tlb_flush_stores().
 */
void tlb_wait_stores(struct mmu_gather *tlb, struct page *page)
{
	tlb_wait_page(tlb, (struct page *)((unsigned long)page | STILL_MAPPED));
	tlb->stores_wait = true;
}

/** tlb_flush_stores - nobody stores any more to what was unmapped so far. Context: the ptl. */
void tlb_flush_stores(struct mmu_gather *tlb)
{
	flush_translations(tlb);
	put_waiting(tlb);
}

/** tlb_remove_table - @table has been unlinked; free it after the flush. */
static void tlb_remove_table(struct mmu_gather *tlb, pte_t *table)
{
	virt_to_page(table)->pt_next = tlb->tables ? virt_to_page(tlb->tables) : NULL;
	tlb->tables = table;
	tlb->tables_freed = true;
}

static void settle_counters(struct mmu_gather *tlb)
{
	long anon_unmapped = tlb->rss[MM_ANONPAGES] - tlb->anon_still_mapped;

	for (int i = 0; i < NR_MM_COUNTERS; i++)
		if (tlb->rss[i])
			add_mm_counter(tlb->mm, i, -tlb->rss[i]);
	if (anon_unmapped)
		mod_node_stat(NR_ANON_MAPPED, -anon_unmapped);
	if (tlb->file_unmapped)
		mod_node_stat(NR_FILE_MAPPED, -tlb->file_unmapped);
}

/**
 * tlb_finish_mmu - flush, free everything that waited, settle the counters.
 */
void tlb_finish_mmu(struct mmu_gather *tlb)
{
	struct page *page, *next;

	settle_counters(tlb);
	flush_translations(tlb);
	if (tlb->immediate)
		page_batch_flush(&tlb->batch);
	else
		put_waiting(tlb);
	if (tlb->wait != tlb->batch.pages)
		free_page((unsigned long)tlb->wait);
	for (page = tlb->tables ? virt_to_page(tlb->tables) : NULL; page; page = next) {
		next = page->pt_next;
		free_table(tlb->mm, page_address(page));
	}
}

/*
 * Unlink the tables below @table whose whole span lies in [floor, ceiling); only
 * those that cover a part of [start, end) can have become unused.
 */
static void free_range(struct mmu_gather *tlb, pte_t *table, unsigned int level,
		       unsigned long start, unsigned long end,
		       unsigned long floor, unsigned long ceiling)
{
	unsigned long span = pt_span(level), addr, next;

	for (addr = start; addr < end; addr = next) {
		pte_t *entry = &table[pt_index(addr, level)], e = pte_read(entry);
		unsigned long base = addr & ~(span - 1);

		next = min(base + span, end);
		if (!pte_table(e))
			continue;
		if (level > 1)
			free_range(tlb, pte_next_table(e), level - 1, addr, next, floor, ceiling);
		if (base >= floor && base + span <= ceiling) {
			pte_set(entry, __pte(0));
			tlb_remove_table(tlb, pte_next_table(e));
		}
	}
}

/**
 * free_pgtables - free the tables that only mapped [@start, @end).
 * @floor, @ceiling: end of the VMA before, start of the VMA behind.
 * Context: mmap_lock, and no VMA of the range is in the mm or in rmap.
 */
void free_pgtables(struct mmu_gather *tlb, unsigned long start, unsigned long end,
		   unsigned long floor, unsigned long ceiling)
{
	unsigned long span = pt_span(1), low, high;

	/* widen to whole leaf tables, as far as the neighbours allow */
	low = start & ~(span - 1);
	if (low < floor)
		low += span;
	high = ALIGN(end, span);
	if (high > ceiling)
		high -= span;
	if (low < high)
		free_range(tlb, tlb->mm->pgd, PT_LEVELS - 1, low, high, floor, ceiling);
}
