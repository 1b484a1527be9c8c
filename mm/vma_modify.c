// SPDX-License-Identifier: GPL-2.0-only
/*
 * Splitting and merging VMAs, so that each VMA is one stretch of equal mapping,
 * and neighbours that have become equal are one again.
 *
 *	split_vma		one becomes two
 *	vma_merge_new		a new range joins its neighbours instead of becoming a VMA
 *	vma_modify_flags	a part of a VMA gets other flags: split, shift or merge
 *	vma_modify_flags_uffd	the same, and is served by another userfaultfd, or none
 *	vma_merge_neighbours	a VMA that was changed may now equal its neighbours
 *
 * Two VMAs are equal if flags, file and userfaultfd are, page numbers run on, and their
 * pages are of one anon_vma family (a VMA without private pages joins any). Special
 * mappings, and those whose driver wants to hear of each end, never merge.
 *
 * Context of all: mmap_lock held for write; they may sleep.
 */
#include "vma_internal.h"

static bool special(const struct vm_area_struct *vma)
{
	return (vma->vm_flags & VM_SPECIAL) || (vma->vm_ops && vma->vm_ops->close);
}

/* may @vma take in neighbouring pages with these properties? */
static bool can_take(const struct vm_area_struct *vma, unsigned long vm_flags, struct file *file,
		     const struct userfaultfd_ctx *uffd, struct anon_vma *anon_vma)
{
	return vma->vm_flags == vm_flags && vma->vm_file == file && !special(vma) &&
	       vma->vm_userfaultfd_ctx == uffd &&
	       (!anon_vma || !vma->anon_vma || vma->anon_vma == anon_vma);
}

static bool can_join(const struct vm_area_struct *low, const struct vm_area_struct *high)
{
	return low->vm_end == high->vm_start &&
	       can_take(low, high->vm_flags, high->vm_file, high->vm_userfaultfd_ctx,
			high->anon_vma) && !special(high) &&
	       low->vm_ops == high->vm_ops && low->vm_private_data == high->vm_private_data &&
	       low->vm_pgoff + vma_pages(low) == high->vm_pgoff;
}

/* @vma has no anon_vma, and is about to get pages of @from's; it is not in its tree yet */
static void adopt_anon_vma(struct vm_area_struct *vma, const struct vm_area_struct *from)
{
	if (!vma->anon_vma && from->anon_vma) {
		get_anon_vma(from->anon_vma);
		vma->anon_vma = from->anon_vma;
	}
}

static struct anon_vma *family_of(const struct vm_area_struct *a, const struct vm_area_struct *b)
{
	return a->anon_vma ? a->anon_vma : b->anon_vma;
}

/* @low takes over all of @high, which is freed */
static void absorb_high(struct vm_area_struct *low, struct vm_area_struct *high)
{
	struct anon_vma *family = family_of(low, high);
	struct mm_struct *mm = low->vm_mm;

	vma_start_write(low);
	vma_start_write(high);
	rmap_lock(low->vm_file, family);
	rmap_remove(low);
	rmap_remove(high);
	adopt_anon_vma(low, high);
	write_seqcount_begin(&mm->mm_seq);
	vma_tree_erase(mm, high);
	high->detached = true;
	low->vm_end = high->vm_end;
	vma_tree_resized(low);
	write_seqcount_end(&mm->mm_seq);
	rmap_insert(low);
	rmap_unlock(low->vm_file, family);
	if (high->vm_file)
		vma_file_put(high);
	if (high->anon_vma)
		put_anon_vma(high->anon_vma);
	vm_area_free(high);
}

/* the border between the neighbours @low and @high moves to @addr */
static void shift_border(struct vm_area_struct *low, struct vm_area_struct *high,
			 unsigned long addr)
{
	struct anon_vma *family = family_of(low, high);
	struct mm_struct *mm = low->vm_mm;

	vma_start_write(low);
	vma_start_write(high);
	rmap_lock(low->vm_file, family);
	rmap_remove(low);
	rmap_remove(high);
	if (addr > low->vm_end)
		adopt_anon_vma(low, high);
	else
		adopt_anon_vma(high, low);
	write_seqcount_begin(&mm->mm_seq);
	high->vm_pgoff += (long)(addr - high->vm_start) >> PAGE_SHIFT;
	low->vm_end = addr;
	high->vm_start = addr;
	vma_tree_resized(low);
	vma_tree_resized(high);
	write_seqcount_end(&mm->mm_seq);
	rmap_insert(low);
	rmap_insert(high);
	rmap_unlock(low->vm_file, family);
}

/**
 * split_vma - @vma becomes two, with the border at @addr.
 * @new_below: the new VMA is the lower part, and @vma the upper; else the reverse.
 * Return: 0, -ENOMEM, or what the driver says.
 */
int split_vma(struct vm_area_struct *vma, unsigned long addr, bool new_below)
{
	struct mm_struct *mm = vma->vm_mm;
	struct vm_area_struct *new;
	int err;

	if (mm->map_count >= sysctl_max_map_count)
		return -ENOMEM;
	if (vma->vm_ops && vma->vm_ops->may_split) {
		err = vma->vm_ops->may_split(vma, addr);
		if (err)
			return err;
	}
	new = vm_area_dup(vma);
	if (!new)
		return -ENOMEM;
	if (new_below) {
		new->vm_end = addr;
	} else {
		new->vm_start = addr;
		new->vm_pgoff += (addr - vma->vm_start) >> PAGE_SHIFT;
	}
	if (new->vm_file) {
		err = vma_file_get(new);
		if (err) {
			vm_area_free(new);
			return err;
		}
	}
	if (new->anon_vma)
		get_anon_vma(new->anon_vma);
	if (new->vm_ops && new->vm_ops->open)
		new->vm_ops->open(new);

	vma_start_write(vma);
	vma_lock_new(mm, new);
	rmap_lock(vma->vm_file, vma->anon_vma);
	rmap_remove(vma);
	write_seqcount_begin(&mm->mm_seq);
	if (new_below) {
		vma->vm_pgoff += (addr - vma->vm_start) >> PAGE_SHIFT;
		vma->vm_start = addr;
		vma_tree_insert(mm, new, vma->vm_prev, vma);
	} else {
		vma->vm_end = addr;
		vma_tree_insert(mm, new, vma, vma->vm_next);
	}
	write_seqcount_end(&mm->mm_seq);
	rmap_insert(vma);
	rmap_insert(new);
	rmap_unlock(vma->vm_file, vma->anon_vma);
	return 0;
}

/**
 * vma_merge_new - let [@start, @end), which is free, become part of its neighbours.
 * Return: the VMA that covers it now, or NULL: a new one is needed.
 */
struct vm_area_struct *vma_merge_new(struct mm_struct *mm, struct vm_area_struct *prev,
				     struct vm_area_struct *next, unsigned long start,
				     unsigned long end, unsigned long vm_flags, pgoff_t pgoff,
				     struct file *file)
{
	bool low, high;

	if (vm_flags & VM_SPECIAL)
		return NULL;
	low = prev && prev->vm_end == start && can_take(prev, vm_flags, file, NULL, NULL) &&
	      prev->vm_pgoff + vma_pages(prev) == pgoff;
	high = next && next->vm_start == end && can_take(next, vm_flags, file, NULL, NULL) &&
	       pgoff + ((end - start) >> PAGE_SHIFT) == next->vm_pgoff;
	if (low) {
		vma_start_write(prev);
		vma_set_bounds(prev, prev->vm_start, end, prev->vm_pgoff);
		if (high && can_join(prev, next))
			absorb_high(prev, next);
		return prev;
	}
	if (high) {
		vma_start_write(next);
		vma_set_bounds(next, start, next->vm_end, pgoff);
		return next;
	}
	return NULL;
}

/**
 * vma_merge_neighbours - join @vma with what it equals before and behind it.
 * Return: the VMA that covers @vma's addresses now.
 */
struct vm_area_struct *vma_merge_neighbours(struct vm_area_struct *vma)
{
	struct vm_area_struct *prev = vma->vm_prev, *next = vma->vm_next;

	if (next && can_join(vma, next))
		absorb_high(vma, next);
	if (prev && can_join(prev, vma)) {
		absorb_high(prev, vma);
		vma = prev;
	}
	return vma;
}

/* could [start, end) of @vma, with @newflags, belong to @other? */
static bool part_fits(const struct vm_area_struct *other, const struct vm_area_struct *vma,
		      unsigned long newflags, const struct userfaultfd_ctx *uffd)
{
	return can_take(other, newflags, vma->vm_file, uffd, vma->anon_vma) && !special(vma) &&
	       other->vm_ops == vma->vm_ops && other->vm_private_data == vma->vm_private_data;
}

/**
 * vma_modify_flags_uffd - give [@start, @end) of @vma other flags and another userfaultfd.
 * The caller changes vm_page_prot, page tables and counters afterwards.
 * Return: a VMA that covers the range and has @newflags, or ERR_PTR(-ENOMEM or
 * what the driver says about splitting); then nothing that shows has changed.
 */
struct vm_area_struct *vma_modify_flags_uffd(struct vm_area_struct *vma, unsigned long start,
					     unsigned long end, unsigned long newflags,
					     struct userfaultfd_ctx *uffd)
{
	struct vm_area_struct *prev = vma->vm_prev, *next = vma->vm_next;
	int err;

	if (start == vma->vm_start && end < vma->vm_end && prev && prev->vm_end == start &&
	    part_fits(prev, vma, newflags, uffd) &&
	    prev->vm_pgoff + vma_pages(prev) == vma->vm_pgoff) {
		shift_border(prev, vma, end);
		return prev;
	}
	if (end == vma->vm_end && start > vma->vm_start && next && next->vm_start == end &&
	    part_fits(next, vma, newflags, uffd) &&
	    vma->vm_pgoff + vma_pages(vma) == next->vm_pgoff) {
		shift_border(vma, next, start);
		return next;
	}
	if (start > vma->vm_start) {
		err = split_vma(vma, start, true);
		if (err)
			return ERR_PTR(err);
	}
	if (end < vma->vm_end) {
		err = split_vma(vma, end, false);
		if (err) {
			/* what was split off equals its rest: nothing is left to see */
			vma_merge_neighbours(vma);
			return ERR_PTR(err);
		}
	}
	vma_start_write(vma);
	vma->vm_flags = newflags;
	vma->vm_userfaultfd_ctx = uffd;
	return vma_merge_neighbours(vma);
}

/** vma_modify_flags - the same, with the userfaultfd it has. */
struct vm_area_struct *vma_modify_flags(struct vm_area_struct *vma, unsigned long start,
					unsigned long end, unsigned long newflags)
{
	return vma_modify_flags_uffd(vma, start, end, newflags, vma->vm_userfaultfd_ctx);
}
