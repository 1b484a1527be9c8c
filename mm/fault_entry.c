// SPDX-License-Identifier: GPL-2.0-only
/*
 * From the trap to handle_mm_fault() and back to a signal: find and lock the VMA,
 * grow a stack, check rights, start over when a lock was given up for I/O.
 *
 *	fast	the VMA's own lock, taken without looking at mmap_lock
 *	slow	mmap_lock for reading: no VMA there, it is being changed, it must grow, or
 *		the fast way asked for a retry
 *
 * The second round waits for I/O with the lock held, so two rounds are enough, except
 * where a program serves the faults: it is waited for as often as it takes.
 */
#include "vma_internal.h"
#include <kernel/signal.h>
#include <mm/reclaim.h>

/* does @vma allow the access? Writable implies readable, as the hardware has it. */
static inline bool access_ok_vma(const struct vm_area_struct *vma, unsigned int flags)
{
	if (flags & FAULT_FLAG_WRITE)
		return vma->vm_flags & VM_WRITE;
	if (flags & FAULT_FLAG_INSTRUCTION)
		return vma->vm_flags & VM_EXEC;
	return vma->vm_flags & (VM_READ | VM_WRITE);
}

static inline void count_fault(vm_fault_t fault)
{
	if (unlikely(fault & VM_FAULT_MAJOR))
		current->maj_flt++;
	else
		current->min_flt++;
	count_vm_events(PGFAULT, 1);
}

/* a signal came while waiting: the program never sees the fault; the kernel's access fails */
static int killed(unsigned int flags, int *si_code)
{
	if (flags & FAULT_FLAG_USER)
		return -1;
	*si_code = SEGV_MAPERR;
	return SIGSEGV;
}

/* does a signal end the waiting? The program's own accesses are repeated after its handler */
static bool fault_interrupted(unsigned int flags)
{
	return flags & FAULT_FLAG_USER ? signal_pending(current) : fatal_signal_pending(current);
}

/* Context: no locks. Return: as do_user_fault() */
static noinline int fault_error(vm_fault_t fault, unsigned int flags, int *si_code)
{
	if (fault & VM_FAULT_OOM) {
		/* the allocator has tried everything; the access is tried again */
		if (!(flags & FAULT_FLAG_USER) || fatal_signal_pending(current))
			return killed(flags, si_code);
		out_of_memory(GFP_KERNEL, 0);
		return -1;
	}
	if (fault & VM_FAULT_SIGBUS) {
		*si_code = BUS_ADRERR;
		return SIGBUS;
	}
	*si_code = SEGV_MAPERR;
	return SIGSEGV;
}

/* The stack below @addr has to grow. Comes with mmap_lock read-locked, which is given up
 * for a moment. Return: the VMA, lock held for reading; NULL: lock released. */
static struct vm_area_struct *grow_stack(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma;

	mmap_read_unlock(mm);
	if (mmap_write_lock_killable(mm))
		return NULL;
	vma = find_vma(mm, addr);
	if (!vma || (vma->vm_start > addr &&
		     (!(vma->vm_flags & VM_GROWSDOWN) || expand_stack(vma, addr)))) {
		mmap_write_unlock(mm);
		return NULL;
	}
	mmap_write_downgrade(mm);
	return vma;
}

/* Return: the VMA at @addr, with mmap_lock held for reading; or NULL with it released */
static struct vm_area_struct *lock_mm_and_find_vma(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma;

	if (mmap_read_lock_killable(mm))
		return NULL;
	vma = find_vma(mm, addr);
	if (likely(vma && vma->vm_start <= addr))
		return vma;
	if (vma && (vma->vm_flags & VM_GROWSDOWN))
		return grow_stack(mm, addr);
	mmap_read_unlock(mm);
	return NULL;
}

static noinline int slow_fault(struct mm_struct *mm, unsigned long addr, unsigned int flags,
			       int *si_code)
{
	struct vm_area_struct *vma;
	vm_fault_t fault, seen = 0;

	flags |= FAULT_FLAG_ALLOW_RETRY | FAULT_FLAG_KILLABLE;
	for (;;) {
		vma = lock_mm_and_find_vma(mm, addr);
		if (unlikely(!vma)) {
			if (fatal_signal_pending(current))
				return killed(flags, si_code);
			*si_code = SEGV_MAPERR;
			return SIGSEGV;
		}
		if (unlikely(!access_ok_vma(vma, flags))) {
			mmap_read_unlock(mm);
			*si_code = SEGV_ACCERR;
			return SIGSEGV;
		}
		fault = handle_mm_fault(vma, addr, flags);
		seen |= fault;
		if (!(fault & VM_FAULT_RETRY))
			break;
		if (fault_interrupted(flags))
			return killed(flags, si_code);
		flags &= ~FAULT_FLAG_KILLABLE;
	}
	mmap_read_unlock(mm);
	if (unlikely(fault & VM_FAULT_ERROR))
		return fault_error(fault, flags, si_code);
	count_fault(seen);
	return 0;
}

/* the fast way gave the VMA's lock up, for I/O or because it needs mmap_lock */
static noinline int retry_fault(vm_fault_t fault, unsigned long addr, unsigned int flags,
				int *si_code)
{
	if (fault & VM_FAULT_MAJOR)
		current->maj_flt++;
	if (fault_interrupted(flags))
		return killed(flags, si_code);
	return slow_fault(current->mm, addr, flags, si_code);
}

/**
 * do_user_fault - the whole of a fault on a user address, from user mode or uaccess.
 * @flags: FAULT_FLAG_WRITE, INSTRUCTION, USER as the trap says.
 * Context: current's mm; interrupts on; may sleep, unless page faults are disabled
 * (then it fails).
 * Return: 0; or SIGSEGV or SIGBUS with *@si_code; or -1: return to user mode, where
 * a signal waits or the access is simply tried again.
 */
int do_user_fault(unsigned long addr, unsigned int flags, int *si_code)
{
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;
	vm_fault_t fault;

	if (unlikely(!mm || current->pagefault_disabled || addr >= TASK_SIZE)) {
		*si_code = SEGV_MAPERR;
		return SIGSEGV;
	}
	vma = lock_vma_under_rcu(mm, addr);
	if (unlikely(!vma))
		return slow_fault(mm, addr, flags, si_code);
	if (unlikely(!access_ok_vma(vma, flags))) {
		vma_end_read(vma);
		*si_code = SEGV_ACCERR;
		return SIGSEGV;
	}
	fault = handle_mm_fault(vma, addr, flags | FAULT_FLAG_VMA_LOCK | FAULT_FLAG_ALLOW_RETRY |
				FAULT_FLAG_KILLABLE);
	if (likely(!(fault & (VM_FAULT_RETRY | VM_FAULT_ERROR)))) {
		vma_end_read(vma);
		count_fault(fault);
		return 0;
	}
	if (!(fault & VM_FAULT_RETRY)) {
		vma_end_read(vma);
		return fault_error(fault, flags, si_code);
	}
	return retry_fault(fault, addr, flags, si_code);
}
