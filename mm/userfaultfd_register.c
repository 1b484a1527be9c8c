// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which mappings a userfaultfd serves: it is a property of VMAs, so that they split and
 * merge by it. A VMA is served by one context at most.
 *
 * Anonymous memory and tmpfs files can be registered, and only what the process may
 * write to: filling a hole of a shared file is a way to write.
 */
#include "vma_internal.h"
#include <fs/shmem.h>
#include <mm/userfaultfd.h>

/* can @uffd_flags be had of @vma? */
static bool can_userfault(struct vm_area_struct *vma, unsigned long uffd_flags)
{
	bool shmem = vma_is_shmem(vma);

	if ((uffd_flags & VM_UFFD_MINOR) && !shmem)
		return false;
	return shmem || (vma_is_anonymous(vma) && !(vma->vm_flags & VM_SPECIAL));
}

/* Decide for all of [start, end). Context: mmap_lock. Return: 0, -EINVAL, -EPERM, -EBUSY */
static int may_register(struct userfaultfd_ctx *ctx, unsigned long start, unsigned long end,
			unsigned long uffd_flags)
{
	struct vm_area_struct *vma = find_vma_intersection(ctx->mm, start, end);

	if (!vma)
		return -EINVAL;
	for (; vma && vma->vm_start < end; vma = vma->vm_next) {
		if (!can_userfault(vma, uffd_flags))
			return -EINVAL;
		if (!(vma->vm_flags & VM_MAYWRITE))
			return -EPERM;
		if (vma->vm_userfaultfd_ctx && vma->vm_userfaultfd_ctx != ctx)
			return -EBUSY;
	}
	return 0;
}

/* Context: mmap_lock held for write. Return: 0 or -ENOMEM, with a part registered */
static int do_register(struct userfaultfd_ctx *ctx, unsigned long start, unsigned long end,
		       unsigned long uffd_flags)
{
	struct vm_area_struct *vma;

	for (; (vma = find_vma_intersection(ctx->mm, start, end)); start = vma->vm_end) {
		unsigned long flags = (vma->vm_flags & ~VM_UFFD_FLAGS) | uffd_flags;

		if (vma->vm_userfaultfd_ctx == ctx &&
		    (vma->vm_flags & uffd_flags) == uffd_flags)
			continue;
		vma = vma_modify_flags_uffd(vma, max(start, vma->vm_start), min(end, vma->vm_end),
					    flags, ctx);
		if (IS_ERR(vma))
			return PTR_ERR(vma);
	}
	return 0;
}

/**
 * userfaultfd_register_range - let @ctx serve the faults of [@start, @start + @len).
 * Holes are skipped. @uffd_flags: of VM_UFFD_FLAGS.
 * Return: 0; -EINVAL: nothing is mapped, or something that cannot be served; -EPERM: not
 * writable; -EBUSY: another serves it; -ENOMEM.
 */
int userfaultfd_register_range(struct userfaultfd_ctx *ctx, unsigned long start,
			       unsigned long len, unsigned long uffd_flags)
{
	struct mm_struct *mm = ctx->mm;
	int err;

	if (!mmget_not_zero(mm))
		return -ENOMEM;
	mmap_write_lock(mm);
	err = may_register(ctx, start, start + len, uffd_flags);
	if (!err)
		err = do_register(ctx, start, start + len, uffd_flags);
	mmap_write_unlock(mm);
	mmput(mm);
	return err;
}

/* [start, end) of @vma is served by the kernel again. Return: the VMA that covers it; ERR_PTR */
static struct vm_area_struct *unregister(struct vm_area_struct *vma, unsigned long start,
					 unsigned long end)
{
	if (userfaultfd_wp(vma))
		uffd_wp_range(vma, start, end, false);
	return vma_modify_flags_uffd(vma, start, end, vma->vm_flags & ~VM_UFFD_FLAGS, NULL);
}

/**
 * userfaultfd_unregister_range - undo userfaultfd_register_range(); who waits, goes on.
 * Return: 0; -EINVAL: nothing is mapped there, or something that could not be registered;
 * -ENOMEM.
 */
int userfaultfd_unregister_range(struct userfaultfd_ctx *ctx, unsigned long start,
				 unsigned long len)
{
	unsigned long end = start + len, at = start;
	struct mm_struct *mm = ctx->mm;
	struct vm_area_struct *vma;
	int err = 0;

	if (!mmget_not_zero(mm))
		return -ENOMEM;
	mmap_write_lock(mm);
	vma = find_vma_intersection(mm, start, end);
	if (!vma)
		err = -EINVAL;
	for (; vma && vma->vm_start < end; vma = vma->vm_next)
		if (!can_userfault(vma, vma->vm_flags))
			err = -EINVAL;
	while (!err && at < end && (vma = find_vma_intersection(mm, at, end))) {
		struct userfaultfd_ctx *owner = vma->vm_userfaultfd_ctx;
		unsigned long from = max(at, vma->vm_start), to = min(end, vma->vm_end);

		at = to;
		if (!owner)
			continue;
		vma = unregister(vma, from, to);
		if (IS_ERR(vma))
			err = PTR_ERR(vma);
		else
			userfaultfd_wake(owner, from, to - from);
	}
	mmap_write_unlock(mm);
	mmput(mm);
	return err;
}

/**
 * userfaultfd_unregister_all - no VMA points to @ctx any more.
 * Context: may sleep; takes mmap_lock of ctx->mm.
 */
void userfaultfd_unregister_all(struct userfaultfd_ctx *ctx)
{
	struct mm_struct *mm = ctx->mm;
	struct vm_area_struct *vma;

	if (!mmget_not_zero(mm))
		return;
	mmap_write_lock(mm);
	/* whole VMAs: nothing is split, so this cannot fail */
	for (vma = mm->mmap_first; vma; vma = vma->vm_next)
		if (vma->vm_userfaultfd_ctx == ctx)
			vma = unregister(vma, vma->vm_start, vma->vm_end);
	mmap_write_unlock(mm);
	mmput(mm);
}
