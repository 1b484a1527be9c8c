// SPDX-License-Identifier: GPL-2.0-only
/*
 * mprotect: other rights for a range, VMA by VMA from the left; at the first that
 * refuses it stops, and what was changed stays changed, as on Linux.
 */
#include "vma_internal.h"
#include <kernel/syscalls.h>
#include <linux/personality.h>

/* memory that becomes private and writable has to be accounted. Return: 0 or -ENOMEM */
static int account_write(struct vm_area_struct *vma, unsigned long npages,
			 unsigned long *newflags)
{
	unsigned long old = vma->vm_flags;

	if (*newflags & VM_WRITE) {
		if (!may_expand_vm(vma->vm_mm, *newflags, npages) &&
		    may_expand_vm(vma->vm_mm, old, npages))
			return -ENOMEM;
		if (old & (VM_ACCOUNT | VM_WRITE | VM_SHARED | VM_NORESERVE))
			return 0;
		if (security_vm_enough_memory(vma->vm_mm, npages))
			return -ENOMEM;
		*newflags |= VM_ACCOUNT;
	} else if ((old & VM_ACCOUNT) && vma_is_anonymous(vma) && !vma->anon_vma) {
		*newflags &= ~VM_ACCOUNT;	/* nothing was ever written there */
	}
	return 0;
}

/**
 * mprotect_fixup - give [@s, @e) of @vma the flags @newflags.
 * Context: mmap_lock held for write; @vma may be gone afterwards (merged).
 * Return: 0, -EPERM (sealed), -ENOMEM.
 */
int mprotect_fixup(struct vm_area_struct *vma, unsigned long s, unsigned long e,
		   unsigned long newflags)
{
	struct mm_struct *mm = vma->vm_mm;
	unsigned long old = vma->vm_flags, npages = (e - s) >> PAGE_SHIFT, acct;
	int err;

	if (old & VM_SEALED)
		return -EPERM;
	if (newflags == old)
		return 0;
	err = account_write(vma, npages, &newflags);
	if (err)
		return err;
	acct = (old ^ newflags) & VM_ACCOUNT;
	vma = vma_modify_flags(vma, s, e, newflags);
	if (IS_ERR(vma)) {
		if (acct & newflags)
			vm_unacct_memory(npages);
		return PTR_ERR(vma);
	}
	if (acct & old)
		vm_unacct_memory(npages);
	vma_set_page_prot(vma);
	change_protection(vma, s, e);
	vm_stat_account(mm, old, -(long)npages);
	vm_stat_account(mm, newflags, npages);
	return 0;
}

/* Context: mmap_lock held for write; @vma is the first that ends above @start */
static int protect_range(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long start,
			 unsigned long end, unsigned long prot)
{
	bool read_implies_exec = (current->personality & READ_IMPLIES_EXEC) && (prot & PROT_READ);
	unsigned long next;
	int err;

	for (; start < end; start = next) {
		unsigned long newflags = prot;

		if (!vma || vma->vm_start > start)
			return -ENOMEM;
		if (read_implies_exec && (vma->vm_flags & VM_MAYEXEC))
			newflags |= VM_EXEC;
		newflags |= vma->vm_flags & ~VM_ACCESS_FLAGS;
		/* VM_MAY* are VM_* shifted by four */
		if ((newflags & ~(newflags >> 4)) & VM_ACCESS_FLAGS)
			return -EACCES;
		next = min(end, vma->vm_end);
		err = mprotect_fixup(vma, start, next, newflags);
		if (err)
			return err;
		if (next < end)
			vma = find_vma(mm, next);
	}
	return 0;
}

SYSCALL_DEFINE3(mprotect, unsigned long, start, size_t, len, unsigned long, prot)
{
	unsigned long grows = prot & (PROT_GROWSDOWN | PROT_GROWSUP), end;
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;
	int err = -ENOMEM;

	prot &= ~(unsigned long)(PROT_GROWSDOWN | PROT_GROWSUP);
	if (grows == (PROT_GROWSDOWN | PROT_GROWSUP) || offset_in_page(start))
		return -EINVAL;
	if (!len)
		return 0;
	end = start + PAGE_ALIGN(len);
	if (end <= start)
		return -ENOMEM;
	if (prot & ~(unsigned long)(PROT_READ | PROT_WRITE | PROT_EXEC | PROT_SEM))
		return -EINVAL;
	prot &= ~(unsigned long)PROT_SEM;
	if (mmap_write_lock_killable(mm))
		return -EINTR;
	vma = find_vma(mm, start);
	if (!vma)
		goto out;
	if (grows & PROT_GROWSDOWN) {
		if (vma->vm_start >= end)
			goto out;
		start = vma->vm_start;
		err = -EINVAL;
		if (!(vma->vm_flags & VM_GROWSDOWN))
			goto out;
	} else {
		if (vma->vm_start > start)
			goto out;
		err = -EINVAL;
		if (grows & PROT_GROWSUP)
			goto out;		/* no mapping grows up here */
	}
	err = protect_range(mm, vma, start, end, prot);
out:
	mmap_write_unlock(mm);
	return err;
}

SYSCALL_DEFINE4(pkey_mprotect, unsigned long, start, size_t, len, unsigned long, prot, int, pkey)
{
	/* no protection keys: only the key that means none */
	if (pkey != -1)
		return -EINVAL;
	return sys_mprotect(start, len, prot);
}

/* Context: mmap_lock held for write, the whole range mapped */
static int seal_range(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	while (start < end) {
		struct vm_area_struct *vma = find_vma(mm, start);
		unsigned long next = min(end, vma->vm_end);

		if (!(vma->vm_flags & VM_SEALED)) {
			vma = vma_modify_flags(vma, start, next, vma->vm_flags | VM_SEALED);
			if (IS_ERR(vma))
				return PTR_ERR(vma);
		}
		start = next;
	}
	return 0;
}

SYSCALL_DEFINE3(mseal, unsigned long, start, size_t, len, unsigned long, flags)
{
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;
	unsigned long end, at;
	int err;

	if (flags || offset_in_page(start) || (len && !PAGE_ALIGN(len)))
		return -EINVAL;
	end = start + PAGE_ALIGN(len);
	if (end < start)
		return -EINVAL;
	if (end == start)
		return 0;
	if (mmap_write_lock_killable(mm))
		return -EINTR;
	vma = find_vma(mm, start);
	for (at = start; vma && vma->vm_start <= at && at < end; vma = vma->vm_next)
		at = vma->vm_end;
	err = at >= end ? seal_range(mm, start, end) : -ENOMEM;
	mmap_write_unlock(mm);
	return err;
}
