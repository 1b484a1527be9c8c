// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stacks: mappings that grow down when touched below their start, up to
 * RLIMIT_STACK, keeping stack_guard_gap free above whatever lies below.
 */
#include "vma_internal.h"
#include <kernel/cred.h>
#include <kernel/signal.h>
#include <linux/personality.h>

#define STACK_EXTRA	(128UL << 10)	/* room that a new program has from the start */

static unsigned long stack_flags(void)
{
	return VM_STACK | VM_READ | VM_WRITE | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC | VM_ACCOUNT |
	       (current->personality & READ_IMPLIES_EXEC ? VM_EXEC : 0);
}

/* do all limits allow @grow pages more, @size bytes in all? Accounts for them. */
static int account_growth(struct vm_area_struct *vma, unsigned long size, unsigned long grow)
{
	struct mm_struct *mm = vma->vm_mm;

	if (!may_expand_vm(mm, vma->vm_flags, grow) || size > rlimit(RLIMIT_STACK) ||
	    !mlock_future_ok(mm, vma->vm_flags, grow << PAGE_SHIFT))
		return -ENOMEM;
	return security_vm_enough_memory(mm, grow);
}

/**
 * expand_stack - grow @vma, a VM_GROWSDOWN mapping, so that it holds @addr.
 * Context: mmap_lock held for write (or nobody else knows the mm yet); may sleep.
 * Return: 0, -EPERM (too low), -ENOMEM (a limit, or something in the way).
 */
int expand_stack(struct vm_area_struct *vma, unsigned long addr)
{
	struct vm_area_struct *prev = vma->vm_prev;
	struct mm_struct *mm = vma->vm_mm;
	unsigned long grow;
	int err;

	addr &= PAGE_MASK;
	if (addr >= vma->vm_start)
		return 0;
	if (addr < mmap_min_addr)
		return -EPERM;
	if (prev) {
		/* another stack, or memory that faults anyhow, may be near; never overlap */
		bool near_is_fine = (prev->vm_flags & VM_GROWSDOWN) ||
				    !(prev->vm_flags & VM_ACCESS_FLAGS);

		if (addr < prev->vm_end ||
		    (!near_is_fine && addr - prev->vm_end < stack_guard_gap))
			return -ENOMEM;
	}
	grow = (vma->vm_start - addr) >> PAGE_SHIFT;
	if (grow > vma->vm_pgoff)
		return -ENOMEM;
	err = account_growth(vma, vma->vm_end - addr, grow);
	if (err)
		return err;
	vma_start_write(vma);
	vma_set_bounds(vma, addr, vma->vm_end, vma->vm_pgoff - grow);
	vm_stat_account(mm, vma->vm_flags, grow);
	if (vma->vm_flags & VM_LOCKED)
		mm->locked_vm += grow;
	return 0;
}

/**
 * setup_stack_vma - the first page of a new program's stack, ending at @top.
 * Context: exec, @mm is known to nobody else. Return: the VMA or ERR_PTR(-ENOMEM).
 */
struct vm_area_struct *setup_stack_vma(struct mm_struct *mm, unsigned long top)
{
	struct vm_area_struct *vma;

	if (security_vm_enough_memory(mm, 1))
		return ERR_PTR(-ENOMEM);
	vma = vm_area_alloc(mm);
	if (!vma) {
		vm_unacct_memory(1);
		return ERR_PTR(-ENOMEM);
	}
	vma->vm_end = top;
	vma->vm_start = top - PAGE_SIZE;
	vma->vm_flags = stack_flags();
	vma->vm_pgoff = vma->vm_start >> PAGE_SHIFT;
	vma_set_page_prot(vma);
	vma_link(mm, vma, NULL, NULL);
	vm_stat_account(mm, vma->vm_flags, 1);
	return vma;
}

/* move the stack and its pages down by @shift bytes */
static int shift_stack(struct vm_area_struct *vma, unsigned long shift)
{
	unsigned long start = vma->vm_start, end = vma->vm_end, len = end - start;
	struct mm_struct *mm = vma->vm_mm;
	struct mmu_gather tlb __uninitialized;

	if (shift > start || find_vma(mm, start - shift) != vma)
		return -EFAULT;
	vma_start_write(vma);
	/* the pages keep their numbers, so vm_pgoff stays that of the first one */
	vma_set_bounds(vma, start - shift, end, vma->vm_pgoff);
	if (move_page_tables(vma, start, vma, start - shift, len) < len)
		return -ENOMEM;
	vma_set_bounds(vma, start - shift, end - shift, vma->vm_pgoff);
	tlb_gather_mmu(&tlb, mm, false);
	free_pgtables(&tlb, max(start, end - shift), end, end - shift,
		      vma->vm_next ? vma->vm_next->vm_start : TASK_SIZE);
	tlb_finish_mmu(&tlb);
	return 0;
}

/**
 * finalize_stack - give the stack its final place and rights, and some room.
 * @shift: bytes to move it down by. Context: exec, mmap_lock held for write.
 * Return: 0 or -errno: the program cannot be started.
 */
int finalize_stack(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long shift,
		   bool exec_stack)
{
	unsigned long flags = stack_flags() | mm->def_flags, limit, size;
	int err;

	if (exec_stack)
		flags |= VM_EXEC;
	err = mprotect_fixup(vma, vma->vm_start, vma->vm_end, flags);
	if (!err && shift)
		err = shift_stack(vma, shift);
	if (err)
		return err;
	size = vma->vm_end - vma->vm_start;
	limit = max(rlimit(RLIMIT_STACK) & PAGE_MASK, size);
	/* a failure is not one: the stack grows when it is touched, or not */
	if (expand_stack(vma, vma->vm_end - min(limit, size + STACK_EXTRA)))
		return 0;
	return 0;
}
