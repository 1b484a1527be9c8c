// SPDX-License-Identifier: GPL-2.0-only
/*
 * munmap: decide (arguments, seals, the one split that may be needed), then do, in
 * the order that everybody else relies on:
 *
 *	1 write-lock the VMAs: no fault, no walk gets in
 *	2 take them out of the mm's tree, or trim them; mmap_lock may then be kept for
 *	  reading only, so that other threads' faults need not wait for the rest
 *	3 clear the entries; truncation and write-back still find the VMAs by rmap
 *	4 take the VMAs out of rmap: now nobody finds the tables
 *	5 free the tables that nothing needs any more
 *	6 flush, free the pages, tell the owners
 *
 * A VMA that loses its head or tail is trimmed in place; only a hole in the middle
 * of one, or a driver that counts its VMAs, costs a split.
 */
#include "vma_internal.h"
#include <kernel/syscalls.h>
#include <mm/userfaultfd.h>

/** range_is_sealed - is anything below @end sealed? @vma: the first VMA of the range. */
bool range_is_sealed(const struct vm_area_struct *vma, unsigned long end)
{
	for (; vma && vma->vm_start < end; vma = vma->vm_next)
		if (vma->vm_flags & VM_SEALED)
			return true;
	return false;
}

/**
 * unmap_check - may [@start, @end) be unmapped? @vma: the first VMA that overlaps it.
 * Return: 0; -EPERM: sealed; -ENOMEM: it would need one VMA too many.
 */
int unmap_check(const struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
	if (vma->vm_start < start && vma->vm_end > end &&
	    vma->vm_mm->map_count >= sysctl_max_map_count)
		return -ENOMEM;
	return range_is_sealed(vma, end) ? -EPERM : 0;
}

/* does the driver have to hear about every border? */
static bool driver_counts(const struct vm_area_struct *vma)
{
	return vma->vm_ops && (vma->vm_ops->close || vma->vm_ops->may_split);
}

/*
 * Split where trimming will not do. @first stays the first VMA of the range.
 * Return: 0 or -errno; equal neighbours may be left
 */
static int split_borders(struct vm_area_struct *first, unsigned long start, unsigned long end)
{
	struct vm_area_struct *last;
	int err;

	if (first->vm_start < start && (driver_counts(first) || first->vm_end > end)) {
		err = split_vma(first, start, true);
		if (err)
			return err;
	}
	last = first->vm_end >= end ? first : find_vma(first->vm_mm, end - 1);
	if (last && last->vm_start < end && last->vm_end > end && driver_counts(last))
		return split_vma(last, end, false);
	return 0;
}

struct gone {
	struct vm_area_struct *first, **tail;	/* unlinked, chained by vm_next */
	unsigned long accounted;
};

static void account_part(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long n,
			 struct gone *gone)
{
	vm_stat_account(mm, vma->vm_flags, -(long)n);
	if (vma->vm_flags & VM_LOCKED)
		mm->locked_vm -= n;
	if (vma->vm_flags & VM_ACCOUNT)
		gone->accounted += n;
}

/*
 * Step 2. What a file's VMA loses by trimming is cleared first: rmap would not find
 * it any more. Nobody looks for anonymous pages that way while they are unmapped.
 */
static void take_out(struct mmu_gather *tlb, struct vm_area_struct *vma, unsigned long start,
		     unsigned long end, struct gone *gone)
{
	struct mm_struct *mm = tlb->mm;
	struct vm_area_struct *next;

	for (; vma && vma->vm_start < end; vma = next) {
		unsigned long s = max(start, vma->vm_start), e = min(end, vma->vm_end);

		next = vma->vm_next;
		account_part(mm, vma, (e - s) >> PAGE_SHIFT, gone);
		if (vma->vm_file && e - s < vma->vm_end - vma->vm_start)
			unmap_range(tlb, s, e, NULL);
		if (s > vma->vm_start) {
			vma_set_bounds(vma, vma->vm_start, s, vma->vm_pgoff);
		} else if (e < vma->vm_end) {
			vma_set_bounds(vma, e, vma->vm_end,
				       vma->vm_pgoff + ((e - vma->vm_start) >> PAGE_SHIFT));
		} else {
			vma_detach(mm, vma);
			vma->vm_next = NULL;
			*gone->tail = vma;
			gone->tail = &vma->vm_next;
		}
	}
}

static void note_hiwater(struct mm_struct *mm)
{
	unsigned long rss = get_mm_rss(mm);

	if (rss > mm->hiwater_rss)
		mm->hiwater_rss = rss;
}

/* Steps 1 to 6. Return: whether mmap_lock is now held for reading, as @downgrade allows. */
static bool unmap_vmas(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long start,
		       unsigned long end, bool downgrade)
{
	struct gone gone = { .tail = &gone.first };
	struct mmu_gather tlb __uninitialized;
	struct vm_area_struct *prev, *next;

	note_hiwater(mm);
	for (next = vma; next && next->vm_start < end; next = next->vm_next) {
		vma_start_write(next);
		if (unlikely(next->vm_flags & VM_LOCKED))
			munlock_vma_pages(next, max(start, next->vm_start), min(end, next->vm_end));
	}
	prev = vma->vm_start < start ? vma : vma->vm_prev;
	if (next && next->vm_prev->vm_end > end)
		next = next->vm_prev;
	else if (!next && vma_tree_last(mm)->vm_end > end)
		next = vma_tree_last(mm);

	tlb_gather_mmu(&tlb, mm, false);
	take_out(&tlb, vma, start, end, &gone);
	/* who is alone has nobody to let in; and events are told by mmap_write_unlock() */
	downgrade = downgrade && !mm_is_private(mm) && !mm->uffd_events;
	if (downgrade)
		mmap_write_downgrade(mm);
	unmap_range(&tlb, start, end, NULL);
	for (vma = gone.first; vma; vma = vma->vm_next)
		vma_rmap_unlink(vma);
	free_pgtables(&tlb, start, end, prev ? prev->vm_end : 0,
		      next ? next->vm_start : TASK_SIZE);
	tlb_finish_mmu(&tlb);

	if (gone.accounted)
		vm_unacct_memory(gone.accounted);
	for (vma = gone.first; vma; vma = next) {
		next = vma->vm_next;
		remove_vma(vma);
	}
	return downgrade;
}

/* as do_munmap(); @downgrade and *@downgraded: as unmap_vmas() */
static int munmap_region(struct mm_struct *mm, unsigned long start, unsigned long len,
			 bool downgrade, bool *downgraded)
{
	struct vm_area_struct *vma;
	unsigned long end;
	int err;

	*downgraded = false;
	if (offset_in_page(start) || start > TASK_SIZE || len > TASK_SIZE - start)
		return -EINVAL;
	end = start + PAGE_ALIGN(len);
	if (end == start)
		return -EINVAL;
	vma = find_vma_intersection(mm, start, end);
	if (!vma)
		return 0;
	err = unmap_check(vma, start, end);
	if (!err && (vma->vm_start < start || vma->vm_end != end))
		err = split_borders(vma, start, end);
	if (!err)
		err = userfaultfd_unmap_prep(vma, start, end);
	if (err)
		return err;
	*downgraded = unmap_vmas(mm, vma, start, end, downgrade);
	return 0;
}

/**
 * do_munmap - remove what is mapped in [@start, @start + @len); holes are fine.
 * Context: mmap_lock held for write; may sleep.
 * Return: 0; -EINVAL, -EPERM, -ENOMEM, or what a driver says; then nothing has changed.
 */
int do_munmap(struct mm_struct *mm, unsigned long start, unsigned long len)
{
	bool downgraded;

	return munmap_region(mm, start, len, false, &downgraded);
}

/** vm_munmap - do_munmap() in current's mm, with the lock. */
int vm_munmap(unsigned long addr, unsigned long len)
{
	struct mm_struct *mm = current->mm;
	bool downgraded;
	int ret;

	if (mmap_write_lock_killable(mm))
		return -EINTR;
	ret = munmap_region(mm, addr, len, true, &downgraded);
	if (downgraded)
		mmap_read_unlock(mm);
	else
		mmap_write_unlock(mm);
	return ret;
}

SYSCALL_DEFINE2(munmap, unsigned long, addr, size_t, len)
{
	return vm_munmap(addr, len);
}
