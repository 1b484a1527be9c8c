// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which folios count as locked in memory: /proc/meminfo's Mlocked and Unevictable.
 * What keeps them there is VM_LOCKED of a VMA that maps them, which reclaim asks;
 * PG_mlocked saves reclaim the question, since the folio leaves its lists.
 *
 * M1 A folio with PG_mlocked is counted in NR_MLOCK once, however many lock it.
 * M2 It is set when an entry of a locked VMA is made, or an entry's VMA is locked
 *    (under the ptl); it is cleared when one locked VMA lets go of it and no other
 *    that maps it is locked, and when the last private mapping goes, or the folio.
 * M3 PG_unevictable follows PG_mlocked, under the lock of the lists (lru.c).
 *
 * mlock of a page in one process at the moment of munlock in another may leave it
 * uncounted; it stays in memory all the same.
 */
#include "vma_internal.h"
#include <mm/reclaim.h>

/* an entry of a locked VMA maps @f. ptl held */
static void folio_mlock(struct folio *f)
{
	if (folio_test_set_mlocked(f))
		return;
	mod_node_stat(NR_MLOCK, 1);
	count_vm_events(UNEVICTABLE_PGMLOCKED, 1);
	folio_update_evictable(f);
}

static void folio_munlock(struct folio *f, enum vm_event why)
{
	if (!folio_test_clear_mlocked(f))
		return;
	mod_node_stat(NR_MLOCK, -1);
	count_vm_events(why, 1);
	folio_update_evictable(f);
}

/** folio_clear_mlock - nobody maps the locked @f any more. Context: process. */
void folio_clear_mlock(struct folio *f)
{
	folio_munlock(f, UNEVICTABLE_PGCLEARED);
}

/**
 * folio_munlock_from - @vma does not lock @f any more, but others may.
 * Context: a reference; may sleep.
 */
void folio_munlock_from(struct folio *f, const struct vm_area_struct *vma)
{
	folio_lock(f);
	if (folio_test_mlocked(f) && !folio_locked_outside(f, vma))
		folio_munlock(f, UNEVICTABLE_PGMUNLOCKED);
	folio_unlock(f);
}

/**
 * mlock_vma_pages - @vma locks what it maps in [@start, @end).
 * Context: mmap_lock, or the lock of @vma.
 */
void mlock_vma_pages(struct vm_area_struct *vma, unsigned long start, unsigned long end) __no_tsa
{
	unsigned long addr, next;

	for (addr = start; addr < end; addr = next) {
		pte_t *pte = table_at(vma->vm_mm, addr, &next), *last;
		spinlock_t *ptl;

		next = min(next, end);
		if (!pte)
			continue;
		ptl = pte_lockptr(pte);
		last = pte + ((next - addr) >> PAGE_SHIFT);
		spin_lock(ptl);
		for (; pte < last; pte++) {
			pte_t e = pte_read(pte);

			if (pte_counted(e))
				folio_mlock(pfn_folio(pte_pfn(e)));
		}
		spin_unlock(ptl);
	}
}

/* as entries_made() says */
void entries_made_slow(struct vm_area_struct *vma, unsigned long addr, unsigned long end)
{
	sync_icache(vma);
	if ((vma->vm_flags & (VM_LOCKED | VM_SPECIAL)) == VM_LOCKED)
		mlock_vma_pages(vma, addr, end);
}

/* Return: the locked folio at @pte, referenced, if others map it too; else it is unlocked here */
static struct folio *munlock_entry(pte_t *pte) __no_tsa
{
	spinlock_t *ptl = pte_lockptr(pte);
	struct folio *f = NULL;
	pte_t e;

	spin_lock(ptl);
	e = pte_read(pte);
	if (pte_counted(e) && folio_test_mlocked(pfn_folio(pte_pfn(e)))) {
		f = pfn_folio(pte_pfn(e));
		if (folio_mapcount(f) == 1) {
			folio_munlock(f, UNEVICTABLE_PGMUNLOCKED);
			f = NULL;
		} else {
			folio_get(f);
		}
	}
	spin_unlock(ptl);
	return f;
}

/**
 * munlock_vma_pages - @vma does not lock what it maps in [@start, @end) any more, or
 * is about to unmap it. Context: mmap_lock, or nobody else has the mm; may sleep.
 */
void munlock_vma_pages(struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
	unsigned long addr, next;

	for (addr = start; addr < end; addr = next) {
		pte_t *pte = table_at(vma->vm_mm, addr, &next), *last;

		next = min(next, end);
		if (!pte)
			continue;
		last = pte + ((next - addr) >> PAGE_SHIFT);
		for (; pte < last; pte++) {
			struct folio *f = pte_none(pte_read(pte)) ? NULL : munlock_entry(pte);

			if (f) {
				folio_munlock_from(f, vma);
				folio_put(f);
			}
		}
		cond_resched();
	}
}
