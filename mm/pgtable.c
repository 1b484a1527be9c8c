// SPDX-License-Identifier: GPL-2.0-only
/*
 * Page tables: finding, making and freeing them.
 *
 * P1 A table is reached by one entry only, and is in use as long as a VMA lies in
 *    the addresses it covers: whoever has such a VMA locked (mmap_lock, the VMA's
 *    lock, or the rmap lock of a tree that it is linked in) may walk without any
 *    other lock, and finds the table still there.
 * P2 A new table is installed under mm->page_table_lock, once; entries of leaf
 *    tables change under the ptl of the table's page.
 *
 * Tables are freed by free_pgtables() (mm/gather.c) after the VMA is gone.
 */
#include "vma_internal.h"

/**
 * table_at - the entry for @addr in its leaf table.
 * @next: set to the address behind what the table covers, or behind the hole.
 * Return: NULL if there is no table.
 */
pte_t *table_at(struct mm_struct *mm, unsigned long addr, unsigned long *next)
{
	pte_t *table = mm->pgd;

	for (unsigned int level = PT_LEVELS - 1; level; level--) {
		pte_t e = pte_read(&table[pt_index(addr, level)]);

		if (!pte_present(e)) {
			*next = (addr | (pt_span(level) - 1)) + 1;
			return NULL;
		}
		table = pte_next_table(e);
	}
	*next = (addr | (pt_span(1) - 1)) + 1;
	return &table[pt_index(addr, 0)];
}

static pte_t *alloc_table(struct mm_struct *mm)
{
	struct page *page = alloc_page(GFP_KERNEL_ACCOUNT | __GFP_ZERO);

	if (!page)
		return NULL;
	page->type = PGTY_TABLE;
	spin_lock_init(&page->ptl, LR_PTL);
	page->pt_mm = mm;
	page->pt_used = 0;
	page->pt_next = NULL;
	atomic64_add(PAGE_SIZE, &mm->pgtables_bytes);
	mod_node_stat(NR_PAGETABLE, 1);
	return page_address(page);
}

/** free_table - give a table back that no hart can reach any more. */
void free_table(struct mm_struct *mm, pte_t *table)
{
	atomic64_sub(PAGE_SIZE, &mm->pgtables_bytes);
	mod_node_stat(NR_PAGETABLE, -1);
	__free_page(virt_to_page(table));
}

/* the slow half of pte_offset_alloc(): some table is missing */
pte_t *__pte_offset_alloc(struct mm_struct *mm, unsigned long addr)
{
	pte_t *table = mm->pgd;

	for (unsigned int level = PT_LEVELS - 1; level; level--) {
		pte_t *entry = &table[pt_index(addr, level)];

		if (!pte_present(pte_read(entry))) {
			pte_t *new = alloc_table(mm);

			if (!new)
				return NULL;
			spin_lock(&mm->page_table_lock);
			if (!pte_present(pte_read(entry))) {
				pte_set(entry, mk_table(new));
				new = NULL;
			}
			spin_unlock(&mm->page_table_lock);
			if (new)
				free_table(mm, new);
		}
		table = pte_next_table(pte_read(entry));
	}
	return &table[pt_index(addr, 0)];
}

/**
 * pte_offset_alloc - the leaf entry for @addr, making what tables it needs.
 * Context: P1; may sleep. Return: NULL when out of memory.
 */
pte_t *pte_offset_alloc(struct mm_struct *mm, unsigned long addr)
{
	pte_t *pte = pte_walk(mm, addr);

	return likely(pte) ? pte : __pte_offset_alloc(mm, addr);
}

/**
 * pte_offset_lock - the leaf entry for @addr with its table's ptl held.
 * Context: P1. Return: NULL, with nothing held, if no table is there.
 */
pte_t *pte_offset_lock(struct mm_struct *mm, unsigned long addr, spinlock_t **ptlp) __no_tsa
{
	pte_t *pte = pte_walk(mm, addr);

	if (!pte)
		return NULL;
	*ptlp = pte_lockptr(pte);
	spin_lock(*ptlp);
	return pte;
}

/**
 * walk_page_range - call @fn for each leaf entry in [@s, @e), under the ptl, and
 * @hole (may be NULL) for stretches without a table, with no lock.
 * Context: mmap_lock, and VMAs all over the range. Return: the first non-zero result, or 0.
 */
int walk_page_range(struct mm_struct *mm, unsigned long s, unsigned long e,
		    int (*fn)(pte_t *pte, unsigned long addr, void *arg),
		    int (*hole)(unsigned long s, unsigned long e, void *arg), void *arg) __no_tsa
{
	unsigned long next;
	int ret = 0;

	for (; s < e && !ret; s = next) {
		pte_t *pte = table_at(mm, s, &next);

		next = min(next, e);
		if (!pte) {
			if (hole)
				ret = hole(s, next, arg);
			continue;
		}
		spin_lock(pte_lockptr(pte));
		for (unsigned long addr = s; addr < next && !ret; addr += PAGE_SIZE)
			ret = fn(pte + ((addr - s) >> PAGE_SHIFT), addr, arg);
		spin_unlock(pte_lockptr(pte));
		cond_resched();
	}
	return ret;
}
