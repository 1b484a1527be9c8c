// SPDX-License-Identifier: GPL-2.0-only
/*
 * MADV_FREE: private pages that may be taken away when memory gets low, unless they
 * are written again before. There is no swap; this is the one way for anonymous
 * memory to leave a living process.
 *
 *	madvise_free()		entry clean and old; folio not swap-backed, and on the
 *				inactive file list, from where reclaim takes it
 *	a store			sets D in the entry, by hardware or present_fault()
 *	reclaim			unmap_one() (rmap.c) finds the entry clean: the next access
 *				gets zeros; finds D, or somebody using the page:
 *				swap-backed again, and off the lists for good
 *
 * Z1 An anonymous folio on a list of reclaim is not swap-backed. PG_swapbacked of an
 *    anonymous folio changes under its lock and the ptl of an entry that maps it,
 *    from set to clear only if that is the only entry, back only by reclaim, which
 *    takes it off its list before it releases the lock.
 * Z2 Entries are flushed before madvise() returns, so no hart stores through a
 *    translation that says dirty already.
 *
 * Pages that fork has shared, or that somebody has locked, are passed over.
 */
#include "vma_internal.h"
#include <mm/reclaim.h>

/* Return: true: the entry changed. ptl held */
static bool free_lazily(pte_t *pte)
{
	pte_t e = pte_read(pte);
	struct folio *f;

	if (!pte_counted(e))
		return false;
	f = pfn_folio(pte_pfn(e));
	if (!folio_test_anon(f) || !f->anon_exclusive || !folio_trylock(f))
		return false;		/* shared, or in use */
	folio_clear_dirty(f);
	folio_clear_referenced(f);
	folio_mark_lazyfree(f);
	folio_unlock(f);
	if (!pte_young(e) && !pte_dirty(e))
		return false;
	while (!pte_cmpxchg(pte, e, pte_mkold(pte_mkclean(e))))
		e = pte_read(pte);	/* hardware set a bit */
	return true;
}

/**
 * madvise_free - the content of [@start, @end) is not needed any more.
 * Context: mmap_lock for reading; @vma is anonymous and not locked.
 */
void madvise_free(struct vm_area_struct *vma, unsigned long start, unsigned long end) __no_tsa
{
	unsigned long addr, next;

	for (addr = start; addr < end; addr = next) {
		pte_t *pte = table_at(vma->vm_mm, addr, &next), *last;
		bool changed = false;
		spinlock_t *ptl;

		next = min(next, end);
		if (!pte)
			continue;
		ptl = pte_lockptr(pte);
		last = pte + ((next - addr) >> PAGE_SHIFT);
		spin_lock(ptl);
		for (; pte < last; pte++)
			changed |= free_lazily(pte);
		if (changed)
			flush_tlb_range(vma->vm_mm, addr, next);
		spin_unlock(ptl);
		cond_resched();
	}
}
