// SPDX-License-Identifier: GPL-2.0-only
/*
 * The heap: brk moves the end of one anonymous mapping behind the program. It
 * answers with the end that is, so a program sees a refusal by comparing.
 */
#include "vma_internal.h"
#include <kernel/signal.h>
#include <kernel/syscalls.h>
#include <linux/personality.h>

static unsigned long data_flags(const struct mm_struct *mm)
{
	return VM_READ | VM_WRITE | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC | mm->def_flags |
	       (current->personality & READ_IMPLIES_EXEC ? VM_EXEC : 0);
}

/* RLIMIT_DATA counts the program's data and its heap */
static bool over_data_limit(const struct mm_struct *mm, unsigned long new)
{
	unsigned long limit = rlimit(RLIMIT_DATA);

	return limit < RLIM_INFINITY &&
	       (new - mm->start_brk) + (mm->end_data - mm->start_data) > limit;
}

/* Return: true if the heap now ends at @new (page-aligned, as @old) */
static bool grow(struct mm_struct *mm, unsigned long old, unsigned long new)
{
	unsigned long len = new - old, ret;
	struct vm_area_struct *next;

	if (new > TASK_SIZE || !mlock_future_ok(mm, mm->def_flags, len))
		return false;
	next = find_vma(mm, old);
	if (next && new + PAGE_SIZE > vm_start_gap(next))
		return false;
	if (mm->map_count > sysctl_max_map_count)
		return false;
	ret = mmap_region(NULL, old, len, data_flags(mm), old >> PAGE_SHIFT);
	return !IS_ERR_VALUE(ret);
}

SYSCALL_DEFINE1(brk, unsigned long, brk)
{
	struct mm_struct *mm = current->mm;
	unsigned long old, new, populate = 0, ret;

	if (mmap_write_lock_killable(mm))
		return -EINTR;
	ret = mm->brk;
	old = PAGE_ALIGN(mm->brk);
	new = PAGE_ALIGN(brk);
	if (brk < mm->start_brk || new < brk || over_data_limit(mm, brk))
		goto out;
	if (new < old) {
		if (do_munmap(mm, new, old - new))
			goto out;
	} else if (new > old) {
		if (!grow(mm, old, new))
			goto out;
		if (mm->def_flags & VM_LOCKED)
			populate = new - old;
	}
	mm->brk = ret = brk;
out:
	mmap_write_unlock(mm);
	if (populate)
		mm_populate(old, populate);
	return ret;
}

/**
 * vm_brk_flags - exec: anonymous memory for the part of a segment without file.
 * @flags: VM_EXEC or 0. Return: 0, -EINVAL, -ENOMEM, -EAGAIN, -EINTR.
 */
int vm_brk_flags(unsigned long addr, unsigned long len, unsigned long flags)
{
	struct mm_struct *mm = current->mm;
	unsigned long bytes = PAGE_ALIGN(len), ret;
	int err = 0;

	if (bytes < len)
		return -ENOMEM;
	if (!bytes)
		return 0;
	if ((flags & ~VM_EXEC) || offset_in_page(addr))
		return -EINVAL;
	if (mmap_write_lock_killable(mm))
		return -EINTR;
	ret = __get_unmapped_area(NULL, addr, bytes, 0, MAP_FIXED);
	if (!IS_ERR_VALUE(ret)) {
		if (mlock_future_ok(mm, mm->def_flags, bytes))
			ret = mmap_region(NULL, addr, bytes, data_flags(mm) | flags,
					  addr >> PAGE_SHIFT);
		else
			ret = -EAGAIN;
	}
	if (IS_ERR_VALUE(ret))
		err = ret;
	mmap_write_unlock(mm);
	if (!err && (mm->def_flags & VM_LOCKED))
		mm_populate(addr, bytes);
	return err;
}
