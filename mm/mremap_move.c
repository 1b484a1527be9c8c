// SPDX-License-Identifier: GPL-2.0-only
/*
 * Moving page-table entries from one place of an address space to another: whole
 * leaf tables where both places are aligned to what a table covers, else entry by
 * entry. The rmap locks are held over each step, so that whoever looks for a page
 * finds it in one of the two VMAs. Stale translations of the old place are flushed
 * before the locks are released, unless only this task could use them.
 */
#include "vma_internal.h"

/* the entry that points to the leaf table of @addr, with the tables above it made */
static pte_t *leaf_table_entry(struct mm_struct *mm, unsigned long addr)
{
	pte_t *table = mm->pgd;

	for (unsigned int level = PT_LEVELS - 1; level > 1; level--) {
		pte_t e = pte_read(&table[pt_index(addr, level)]);

		if (!pte_present(e))
			return NULL;
		table = pte_next_table(e);
	}
	return &table[pt_index(addr, 1)];
}

/* the tables above both leaf tables are there */
static void move_table(struct mm_struct *mm, unsigned long old, unsigned long new) __no_tsa
{
	pte_t *from = leaf_table_entry(mm, old), *to = leaf_table_entry(mm, new), stale;

	spin_lock(&mm->page_table_lock);
	stale = pte_read(to);
	pte_set(to, pte_read(from));
	pte_set(from, __pte(0));
	spin_unlock(&mm->page_table_lock);
	if (pte_present(stale)) {
		/* no VMA but ours covers it, and ours is new: the table was empty */
		flush_tlb_mm(mm);
		free_table(mm, pte_next_table(stale));
	}
}

static void move_entries(pte_t *from, pte_t *to, unsigned long n, struct mm_struct *mm,
			 unsigned long old) __no_tsa
{
	spinlock_t *from_ptl = pte_lockptr(from), *to_ptl = pte_lockptr(to);

	spin_lock(from_ptl);
	if (to_ptl != from_ptl)
		spin_lock_nested(to_ptl);	/* mmap_lock: nobody else nests in this mm */
	for (unsigned long i = 0; i < n; i++) {
		pte_t e = pte_read(&from[i]);

		if (pte_none(e))
			continue;
		WRITE_ONCE(to[i].val, pte_get_and_clear(&from[i]).val);
	}
	if (!mm_is_private(mm))
		flush_tlb_range(mm, old, old + (n << PAGE_SHIFT));
	if (to_ptl != from_ptl)
		spin_unlock(to_ptl);
	spin_unlock(from_ptl);
}

/**
 * move_page_tables - move the entries of [@old, @old + @len) of @vma to @new in
 * @new_vma, where nothing is mapped yet.
 * Context: mmap_lock held for write, both VMAs write-locked and linked.
 * Return: bytes moved; less than @len when out of memory.
 */
unsigned long move_page_tables(struct vm_area_struct *vma, unsigned long old,
			       struct vm_area_struct *new_vma, unsigned long new,
			       unsigned long len)
{
	unsigned long span = pt_span(1), done = 0, part, next;
	struct mm_struct *mm = vma->vm_mm;
	bool tables = false;

	for (; done < len; done += part) {
		pte_t *from = table_at(mm, old + done, &next), *to;

		part = min(next - (old + done), len - done);
		if (!from)
			continue;
		if (part == span && !((new + done) & (span - 1))) {
			/* makes a leaf table as well: the price of the first one in a GiB.
			 * Not under the rmap locks, which reclaim takes */
			if (!leaf_table_entry(mm, new + done) && !pte_offset_alloc(mm, new + done))
				break;
			rmap_lock(vma->vm_file, vma->anon_vma);
			move_table(mm, old + done, new + done);
			if (!mm_is_private(mm))
				flush_tlb_mm(mm);
			rmap_unlock(vma->vm_file, vma->anon_vma);
			tables = true;
			continue;
		}
		to = pte_offset_alloc(mm, new + done);
		if (!to)
			break;
		part = min(part, table_end(new + done, ~0UL) - (new + done));
		rmap_lock(vma->vm_file, vma->anon_vma);
		move_entries(from, to, part >> PAGE_SHIFT, mm, old + done);
		rmap_unlock(vma->vm_file, vma->anon_vma);
		cond_resched();
	}
	if (tables)
		flush_tlb_mm(mm);
	else if (mm_is_private(mm))
		flush_tlb_range(mm, old, old + len);
	return done;
}
