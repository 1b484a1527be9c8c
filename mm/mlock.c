// SPDX-License-Identifier: GPL-2.0-only
/*
 * mlock: pages of a VM_LOCKED mapping are faulted in now (unless ONFAULT) and are
 * never taken away: reclaim leaves alone what a locked VMA maps.
 *
 * mm_populate() is also what MAP_POPULATE and friends use.
 */
#include "vma_internal.h"
#include <kernel/cred.h>
#include <kernel/signal.h>
#include <kernel/syscalls.h>

/** can_do_mlock - may current lock memory at all? */
bool can_do_mlock(void)
{
	return rlimit(RLIMIT_MEMLOCK) != 0 || capable(CAP_IPC_LOCK);
}

/** mlock_future_ok - does RLIMIT_MEMLOCK allow @bytes more with @flags? */
bool mlock_future_ok(struct mm_struct *mm, unsigned long flags, unsigned long bytes)
{
	if (!(flags & VM_LOCKED) || capable(CAP_IPC_LOCK))
		return true;
	return (bytes >> PAGE_SHIFT) + mm->locked_vm <= rlimit(RLIMIT_MEMLOCK) >> PAGE_SHIFT;
}

/* Fault in [start, end) of @vma. Context: mmap_lock for reading.
 * Return: 0 or -errno; -EAGAIN: the lock was released for a while */
static int populate_vma(struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
	unsigned int gup = GUP_UNLOCKABLE;

	if (vma->vm_flags & (VM_IO | VM_PFNMAP))
		return 0;
	/* private pages are copied now, shared ones are not dirtied */
	if ((vma->vm_flags & (VM_WRITE | VM_SHARED)) == VM_WRITE)
		gup |= GUP_WRITE;
	/* any right will do, but no right at all is an error */
	if (vma->vm_flags & VM_ACCESS_FLAGS)
		gup |= GUP_FORCE;
	for (; start < end; start += PAGE_SIZE) {
		struct page *page;
		bool counted;

		if (fatal_signal_pending(current))
			return -EINTR;
		page = gup_one(vma->vm_mm, start, gup, NULL, &counted);
		if (IS_ERR(page))
			return PTR_ERR(page);
		if (counted)
			put_page(page);
		cond_resched();
	}
	return 0;
}

#define POPULATE_CHUNK	(512 * PAGE_SIZE)	/* then others get at the lock */

static int populate_range(struct mm_struct *mm, unsigned long start, unsigned long end,
			  bool ignore_errors)
{
	int err = 0;

	while (start < end && !err) {
		struct vm_area_struct *vma;
		unsigned long stop;

		if (mmap_read_lock_killable(mm))
			return -EINTR;
		vma = find_vma_intersection(mm, start, end);
		if (!vma) {
			mmap_read_unlock(mm);
			break;
		}
		start = max(start, vma->vm_start);
		stop = min3(end, vma->vm_end, start + POPULATE_CHUNK);
		if (!(vma->vm_flags & VM_LOCKONFAULT))
			err = populate_vma(vma, start, stop);
		mmap_read_unlock(mm);
		if (err == -EAGAIN) {
			err = 0;
			continue;	/* what is there by now costs no fault */
		}
		if (ignore_errors && err && err != -EINTR) {
			err = 0;
			stop = max(stop, start + PAGE_SIZE);
		}
		start = stop;
	}
	return err;
}

/**
 * mm_populate - fault in what is mapped of [@addr, @addr + @len) in current's mm.
 * Context: no locks. Return: 0 or the -errno that stopped it (-EFAULT, -ENOMEM, -EINTR).
 */
int mm_populate(unsigned long addr, unsigned long len)
{
	return populate_range(current->mm, addr, addr + len, false);
}

/* Context: mmap_lock for write. Return: 0 or -errno; @vma may be gone */
static int mlock_fixup(struct vm_area_struct *vma, unsigned long start, unsigned long end,
		       unsigned long newflags)
{
	unsigned long old = vma->vm_flags, npages = (end - start) >> PAGE_SHIFT;
	struct mm_struct *mm = vma->vm_mm;

	if (newflags == old || (old & VM_SPECIAL))
		return 0;
	vma = vma_modify_flags(vma, start, end, newflags);
	if (IS_ERR(vma))
		return PTR_ERR(vma);
	if ((newflags & VM_LOCKED) && !(old & VM_LOCKED)) {
		mm->locked_vm += npages;
		mlock_vma_pages(vma, start, end);
	} else if (!(newflags & VM_LOCKED) && (old & VM_LOCKED)) {
		mm->locked_vm -= npages;
		munlock_vma_pages(vma, start, end);
	}
	return 0;
}

/* @flags: VM_LOCKED bits to set; 0: unlock */
static int apply_lock_flags(struct mm_struct *mm, unsigned long start, unsigned long len,
			    unsigned long flags)
{
	unsigned long end = start + len, next;
	int err;

	if (end < start)
		return -EINVAL;
	for (; start < end; start = next) {
		struct vm_area_struct *vma = vma_lookup(mm, start);

		if (!vma)
			return -ENOMEM;
		next = min(end, vma->vm_end);
		err = mlock_fixup(vma, start, next, (vma->vm_flags & ~VM_LOCKED_MASK) | flags);
		if (err)
			return err;
	}
	return 0;
}

/* pages of the range that are locked already */
static unsigned long count_locked(struct mm_struct *mm, unsigned long start, unsigned long len)
{
	unsigned long end = start + len < start ? ULONG_MAX : start + len, n = 0;
	struct vm_area_struct *vma = find_vma_intersection(mm, start, end);

	for (; vma && vma->vm_start < end; vma = vma->vm_next)
		if (vma->vm_flags & VM_LOCKED)
			n += (min(end, vma->vm_end) - max(start, vma->vm_start)) >> PAGE_SHIFT;
	return n;
}

static int do_mlock(unsigned long start, unsigned long len, unsigned long flags)
{
	unsigned long limit = rlimit(RLIMIT_MEMLOCK) >> PAGE_SHIFT, locked;
	struct mm_struct *mm = current->mm;
	int err = -ENOMEM;

	if (!can_do_mlock())
		return -EPERM;
	len = PAGE_ALIGN(len + offset_in_page(start));
	start &= PAGE_MASK;
	if (mmap_write_lock_killable(mm))
		return -EINTR;
	locked = (len >> PAGE_SHIFT) + mm->locked_vm;
	if (locked > limit && !capable(CAP_IPC_LOCK))
		locked -= count_locked(mm, start, len);
	if (locked <= limit || capable(CAP_IPC_LOCK))
		err = apply_lock_flags(mm, start, len, flags);
	mmap_write_unlock(mm);
	if (err)
		return err;
	err = mm_populate(start, len);
	/* what POSIX calls them */
	return err == -EFAULT ? -ENOMEM : err == -ENOMEM ? -EAGAIN : err;
}

SYSCALL_DEFINE2(mlock, unsigned long, start, size_t, len)
{
	return do_mlock(start, len, VM_LOCKED);
}

SYSCALL_DEFINE3(mlock2, unsigned long, start, size_t, len, int, flags)
{
	if (flags & ~MLOCK_ONFAULT)
		return -EINVAL;
	return do_mlock(start, len, VM_LOCKED | (flags & MLOCK_ONFAULT ? VM_LOCKONFAULT : 0));
}

SYSCALL_DEFINE2(munlock, unsigned long, start, size_t, len)
{
	struct mm_struct *mm = current->mm;
	int err;

	len = PAGE_ALIGN(len + offset_in_page(start));
	start &= PAGE_MASK;
	if (mmap_write_lock_killable(mm))
		return -EINTR;
	err = apply_lock_flags(mm, start, len, 0);
	mmap_write_unlock(mm);
	return err;
}

/* every mapping gets @flags; one that cannot be changed is left */
static void lock_all(struct mm_struct *mm, unsigned long flags)
{
	struct vm_area_struct *vma = mm->mmap_first;

	while (vma) {
		unsigned long end = vma->vm_end;

		mlock_fixup(vma, vma->vm_start, end, (vma->vm_flags & ~VM_LOCKED_MASK) | flags);
		vma = find_vma(mm, end);
	}
}

SYSCALL_DEFINE1(mlockall, int, flags)
{
	unsigned long lock = VM_LOCKED | (flags & MCL_ONFAULT ? VM_LOCKONFAULT : 0);
	struct mm_struct *mm = current->mm;
	int err = -ENOMEM;

	if (!flags || (flags & ~(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT)) || flags == MCL_ONFAULT)
		return -EINVAL;
	if (!can_do_mlock())
		return -EPERM;
	if (mmap_write_lock_killable(mm))
		return -EINTR;
	if (!(flags & MCL_CURRENT) || mm->total_vm <= rlimit(RLIMIT_MEMLOCK) >> PAGE_SHIFT ||
	    capable(CAP_IPC_LOCK)) {
		mm->def_flags &= ~VM_LOCKED_MASK;
		if (flags & MCL_FUTURE)
			mm->def_flags |= lock;
		if (flags & MCL_CURRENT)
			lock_all(mm, lock);
		err = 0;
	}
	mmap_write_unlock(mm);
	if (!err && (flags & MCL_CURRENT))
		populate_range(mm, 0, TASK_SIZE, true);
	return err;
}

SYSCALL_DEFINE0(munlockall)
{
	struct mm_struct *mm = current->mm;

	if (mmap_write_lock_killable(mm))
		return -EINTR;
	mm->def_flags &= ~VM_LOCKED_MASK;
	lock_all(mm, 0);
	mmap_write_unlock(mm);
	return 0;
}
