// SPDX-License-Identifier: GPL-2.0-only
/*
 * madvise: advice for a range. What changes flags splits and merges VMAs under the
 * write lock; what only touches pages holds the lock for reading. Holes are skipped
 * and reported with -ENOMEM at the end.
 */
#include "vma_internal.h"
#include <fs/fs.h>
#include <kernel/syscalls.h>
#include <mm/userfaultfd.h>

enum advice_kind { ADVICE_UNKNOWN, ADVICE_FLAGS, ADVICE_PAGES, ADVICE_POPULATE };

static enum advice_kind kind_of(int advice)
{
	switch (advice) {
	case MADV_NORMAL:
	case MADV_RANDOM:
	case MADV_SEQUENTIAL:
	case MADV_DONTFORK:
	case MADV_DOFORK:
	case MADV_WIPEONFORK:
	case MADV_KEEPONFORK:
	case MADV_DONTDUMP:
	case MADV_DODUMP:
		return ADVICE_FLAGS;
	case MADV_WILLNEED:
	case MADV_DONTNEED:
	case MADV_DONTNEED_LOCKED:
	case MADV_FREE:
	case MADV_REMOVE:
	case MADV_COLD:
	case MADV_PAGEOUT:
		return ADVICE_PAGES;
	case MADV_POPULATE_READ:
	case MADV_POPULATE_WRITE:
		return ADVICE_POPULATE;
	default:
		return ADVICE_UNKNOWN;	/* huge pages, same-page merging: not built in */
	}
}

/* @flags as @advice wants them. Return: 0 or -EINVAL */
static int advised_flags(const struct vm_area_struct *vma, int advice, unsigned long *flags)
{
	unsigned long f = vma->vm_flags;

	switch (advice) {
	case MADV_NORMAL:
		f &= ~(VM_RAND_READ | VM_SEQ_READ);
		break;
	case MADV_RANDOM:
		f = (f & ~VM_SEQ_READ) | VM_RAND_READ;
		break;
	case MADV_SEQUENTIAL:
		f = (f & ~VM_RAND_READ) | VM_SEQ_READ;
		break;
	case MADV_DONTFORK:
		f |= VM_DONTCOPY;
		break;
	case MADV_DOFORK:
		if (f & VM_IO)
			return -EINVAL;
		f &= ~VM_DONTCOPY;
		break;
	case MADV_WIPEONFORK:
		/* zeros can only stand in for anonymous memory */
		if (vma->vm_file || (f & VM_SHARED))
			return -EINVAL;
		f |= VM_WIPEONFORK;
		break;
	case MADV_KEEPONFORK:
		f &= ~VM_WIPEONFORK;
		break;
	case MADV_DONTDUMP:
		f |= VM_DONTDUMP;
		break;
	default:	/* MADV_DODUMP */
		if (f & VM_SPECIAL)
			return -EINVAL;
		f &= ~VM_DONTDUMP;
	}
	*flags = f;
	return 0;
}

static int advise_flags(struct vm_area_struct *vma, unsigned long start, unsigned long end,
			int advice)
{
	unsigned long flags;
	int err = advised_flags(vma, advice, &flags);

	if (err || flags == vma->vm_flags)
		return err;
	vma = vma_modify_flags(vma, start, end, flags);
	/* out of VMAs is "try again" here */
	return IS_ERR(vma) ? (PTR_ERR(vma) == -ENOMEM ? -EAGAIN : PTR_ERR(vma)) : 0;
}

/* Context of these: mmap_lock for reading; *@dropped is set if it was released. */

static int advise_willneed(struct vm_area_struct *vma, unsigned long start, unsigned long end,
			   bool *dropped)
{
	struct mm_struct *mm = vma->vm_mm;
	struct file *file = vma->vm_file;
	pgoff_t index;

	if (!file || vma_is_anonymous(vma) || !file->f_mapping->a_ops->readahead)
		return 0;
	index = linear_page_index(vma, start);
	get_file(file);
	mmap_read_unlock(mm);
	*dropped = true;
	force_page_cache_readahead(file->f_mapping, file, index, (end - start) >> PAGE_SHIFT);
	fput(file);
	return 0;
}

/* may the pages of @vma be thrown away by @advice? */
static bool can_discard(const struct vm_area_struct *vma, int advice)
{
	unsigned long forbidden = VM_PFNMAP | VM_HUGETLB;

	if (advice != MADV_DONTNEED_LOCKED)
		forbidden |= VM_LOCKED;
	if (vma->vm_flags & forbidden)
		return false;
	return advice != MADV_FREE || vma_is_anonymous(vma);
}

static int advise_dontneed(struct vm_area_struct *vma, unsigned long start, unsigned long end,
			   int advice)
{
	struct mm_struct *mm = vma->vm_mm;

	if (!can_discard(vma, advice))
		return -EINVAL;
	if (unlikely(userfaultfd_remove(vma, start, end))) {
		vma = vma_lookup(mm, start);
		if (!vma)
			return -ENOMEM;
		if (!can_discard(vma, advice))
			return -EINVAL;
		end = min(end, vma->vm_end);
	}
	if (advice == MADV_FREE)
		madvise_free(vma, start, end);
	else
		zap_page_range(vma, start, end - start);
	return 0;
}

static int advise_remove(struct vm_area_struct *vma, unsigned long start, unsigned long end,
			 bool *dropped)
{
	struct mm_struct *mm = vma->vm_mm;
	struct file *file = vma->vm_file;
	loff_t offset;
	int err;

	if (vma->vm_flags & VM_LOCKED)
		return -EINVAL;
	if (!file)
		return -EINVAL;
	if ((vma->vm_flags & (VM_SHARED | VM_MAYWRITE)) != (VM_SHARED | VM_MAYWRITE))
		return -EACCES;
	if (!file->f_op->fallocate)
		return -EOPNOTSUPP;
	offset = (loff_t)linear_page_index(vma, start) << PAGE_SHIFT;
	get_file(file);
	userfaultfd_remove(vma, start, end);
	mmap_read_unlock(mm);
	*dropped = true;
	err = file->f_op->fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset,
				    end - start);
	fput(file);
	return err;
}

/* only pages of files can go anywhere; private copies and anonymous memory stay */
static int advise_pageout(struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
	struct zap_details details = { .even_cows = false, .keep_wp = vma_keeps_wp(vma) };
	struct mmu_gather tlb __uninitialized;
	struct inode *inode;
	pgoff_t index;

	if (vma->vm_flags & (VM_LOCKED | VM_PFNMAP | VM_HUGETLB))
		return -EINVAL;
	if (!vma->vm_file || vma_is_anonymous(vma))
		return 0;
	inode = file_inode(vma->vm_file);
	if (!inode_owner_or_capable(inode) && inode_permission(inode, MAY_WRITE))
		return 0;
	tlb_gather_mmu(&tlb, vma->vm_mm, false);
	unmap_range(&tlb, start, end, &details);
	tlb_finish_mmu(&tlb);
	index = linear_page_index(vma, start);
	invalidate_mapping_pages(vma->vm_file->f_mapping, index,
				 index + ((end - start) >> PAGE_SHIFT) - 1);
	return 0;
}

static int advise_pages(struct vm_area_struct *vma, unsigned long start, unsigned long end,
			int advice, bool *dropped)
{
	switch (advice) {
	case MADV_WILLNEED:
		return advise_willneed(vma, start, end, dropped);
	case MADV_REMOVE:
		return advise_remove(vma, start, end, dropped);
	case MADV_PAGEOUT:
		return advise_pageout(vma, start, end);
	case MADV_COLD:
		/* pages age by being unused; there is nothing to hurry */
		return vma->vm_flags & (VM_LOCKED | VM_PFNMAP | VM_HUGETLB) ? -EINVAL : 0;
	default:
		return advise_dontneed(vma, start, end, advice);
	}
}

/* sealed memory that cannot be written must not be emptied this way, nor in children */
static bool seal_forbids(const struct vm_area_struct *vma, int advice)
{
	if ((vma->vm_flags & (VM_SEALED | VM_WRITE)) != VM_SEALED || !vma_is_anonymous(vma))
		return false;
	switch (advice) {
	case MADV_DONTNEED:
	case MADV_DONTNEED_LOCKED:
	case MADV_FREE:
	case MADV_REMOVE:
	case MADV_DONTFORK:
	case MADV_WIPEONFORK:
		return true;
	default:
		return false;
	}
}

static int advise_range(struct mm_struct *mm, unsigned long start, unsigned long end, int advice,
			bool write)
{
	unsigned long next;
	int unmapped = 0, err = 0;

	for (; start < end && !err; start = next) {
		struct vm_area_struct *vma = find_vma(mm, start);
		bool dropped = false;

		if (!vma || vma->vm_start >= end)
			return -ENOMEM;
		if (start < vma->vm_start) {
			unmapped = -ENOMEM;
			start = vma->vm_start;
		}
		if (seal_forbids(vma, advice))
			return -EPERM;
		next = min(end, vma->vm_end);
		err = write ? advise_flags(vma, start, next, advice)
			    : advise_pages(vma, start, next, advice, &dropped);
		if (dropped)
			mmap_read_lock(mm);
	}
	return err ? err : unmapped;
}

static int populate_errno(int err)
{
	return err == -EINTR || err == -ENOMEM ? err : -EFAULT;
}

/* MADV_POPULATE_READ/WRITE: as if every page was touched */
static int advise_populate(struct mm_struct *mm, unsigned long start, unsigned long end,
			   bool write)
{
	unsigned int gup = GUP_UNLOCKABLE | (write ? GUP_WRITE : GUP_FORCE);
	int err = 0;

	for (; start < end && !err; start += PAGE_SIZE) {
		struct vm_area_struct *vma;
		struct page *page;
		bool counted;

		if (fatal_signal_pending(current))
			return -EINTR;
		mmap_read_lock(mm);
		vma = vma_lookup(mm, start);
		if (!vma) {
			err = -ENOMEM;
		} else if ((vma->vm_flags & (VM_IO | VM_PFNMAP)) ||
			   !(vma->vm_flags & (write ? VM_WRITE : VM_READ | VM_WRITE | VM_EXEC))) {
			err = -EINVAL;
		} else {
			page = gup_one(mm, start, gup, NULL, &counted);
			if (page == ERR_PTR(-EAGAIN))
				start -= PAGE_SIZE;	/* the mapping may be another: again */
			else if (IS_ERR(page))
				err = populate_errno(PTR_ERR(page));
			else if (counted)
				put_page(page);
		}
		mmap_read_unlock(mm);
		cond_resched();
	}
	return err;
}

/** do_madvise - madvise() for @mm, which need not be current's. Context: may sleep. */
int do_madvise(struct mm_struct *mm, unsigned long start, size_t len_in, int advice)
{
	enum advice_kind kind = kind_of(advice);
	unsigned long len = PAGE_ALIGN(len_in), end = start + len;
	int err;

	if (kind == ADVICE_UNKNOWN || offset_in_page(start) || (len_in && !len) || end < start)
		return -EINVAL;
	if (end == start)
		return 0;
	if (kind == ADVICE_POPULATE)
		return advise_populate(mm, start, end, advice == MADV_POPULATE_WRITE);
	if (kind == ADVICE_FLAGS) {
		if (mmap_write_lock_killable(mm))
			return -EINTR;
		err = advise_range(mm, start, end, advice, true);
		mmap_write_unlock(mm);
	} else {
		mmap_read_lock(mm);
		err = advise_range(mm, start, end, advice, false);
		mmap_read_unlock(mm);
	}
	return err;
}

SYSCALL_DEFINE3(madvise, unsigned long, start, size_t, len, int, advice)
{
	return do_madvise(current->mm, start, len, advice);
}
