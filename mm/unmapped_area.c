// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where mappings go: the layout that exec chooses, and the search for room.
 *
 *	0 .. program .. heap -> .. <- mappings .. gap .. <- stack .. TASK_SIZE
 *
 * Mappings are placed from mmap_base downwards, which leaves the stack what its
 * limit promises; with an unlimited stack, or the old layout asked for, from a third
 * of the address space upwards. All bases are random unless ADDR_NO_RANDOMIZE
 * or /proc/sys/kernel/randomize_va_space says otherwise.
 */
#include "vma_internal.h"
#include <fs/fs.h>
#include <kernel/random.h>
#include <kernel/signal.h>
#include <linux/personality.h>

#define MMAP_RND_BITS		18	/* Linux's default on riscv64 */
#define TASK_UNMAPPED_BASE	PAGE_ALIGN(TASK_SIZE / 3)
#define BRK_RND_RANGE		(1UL << 30)	/* of 64-bit programs */
#define MIN_GAP			(128UL << 20)
#define MAX_GAP			(TASK_SIZE / 6 * 5)

int sysctl_randomize_va_space = 2;	/* 0: no bases are random; 1: all but the heap's */

bool randomize_layout(void)
{
	return !(current->personality & ADDR_NO_RANDOMIZE) && READ_ONCE(sysctl_randomize_va_space);
}

/** randomize_stack_top - where exec puts the end of the stack. Return: page-aligned. */
unsigned long randomize_stack_top(unsigned long stack_top)
{
	unsigned long below = randomize_layout() ?
			      (get_random_u64() & STACK_RND_MASK) << PAGE_SHIFT : 0;

	return PAGE_ALIGN(stack_top) - below;
}

/** arch_randomize_brk - where the heap begins, at or above @mm->brk. */
unsigned long arch_randomize_brk(struct mm_struct *mm)
{
	unsigned long base = PAGE_ALIGN(mm->brk);

	if (!randomize_layout() || READ_ONCE(sysctl_randomize_va_space) < 2)
		return base;
	return base + (get_random_u64() % (BRK_RND_RANGE >> PAGE_SHIFT) << PAGE_SHIFT);
}

/** arch_pick_mmap_layout - choose mmap_base of a new program. Context: exec, new @mm. */
void arch_pick_mmap_layout(struct mm_struct *mm)
{
	unsigned long rnd = 0, gap = rlimit(RLIMIT_STACK);

	if (randomize_layout())
		rnd = (get_random_u64() & ((1UL << MMAP_RND_BITS) - 1)) << PAGE_SHIFT;
	mm->mmap_bottom_up = (current->personality & ADDR_COMPAT_LAYOUT) || gap == RLIM_INFINITY;
	if (mm->mmap_bottom_up) {
		mm->mmap_base = TASK_UNMAPPED_BASE + rnd;
		return;
	}
	gap += stack_guard_gap;
	if (randomize_layout())
		gap += STACK_RND_MASK << PAGE_SHIFT;
	gap = clamp(gap, MIN_GAP, MAX_GAP);
	mm->mmap_base = PAGE_ALIGN(STACK_TOP - gap - rnd);
}

static bool hint_is_free(struct mm_struct *mm, unsigned long addr, unsigned long len)
{
	struct vm_area_struct *prev, *next;

	if (TASK_SIZE - len < addr || addr < mmap_min_addr)
		return false;
	next = vma_tree_find_prev(mm, addr, &prev);
	return (!next || addr + len <= vm_start_gap(next)) && (!prev || addr >= prev->vm_end);
}

static unsigned long find_room(struct mm_struct *mm, unsigned long addr, unsigned long len)
{
	unsigned long low = max(PAGE_SIZE, mmap_min_addr);

	if (len > TASK_SIZE - mmap_min_addr)
		return -ENOMEM;
	if (addr) {
		addr = PAGE_ALIGN(addr);
		if (hint_is_free(mm, addr, len))
			return addr;
	}
	if (!mm->mmap_bottom_up) {
		addr = vma_tree_gap_topdown(mm, len, low, mm->mmap_base);
		if (likely(!IS_ERR_VALUE(addr)))
			return addr;
		/* nothing below the base: the room above it is better than failing */
		return vma_tree_gap_bottomup(mm, len, TASK_UNMAPPED_BASE, TASK_SIZE);
	}
	return vma_tree_gap_bottomup(mm, len, mm->mmap_base, TASK_SIZE);
}

/**
 * __get_unmapped_area - where current's mapping of @len bytes goes.
 * @addr: hint, or the place itself with MAP_FIXED in @flags.
 * Context: mmap_lock. Return: the address; -ENOMEM, -EINVAL, -EPERM.
 */
unsigned long __get_unmapped_area(struct file *file, unsigned long addr, unsigned long len,
				  unsigned long pgoff, unsigned long flags)
{
	struct mm_struct *mm = current->mm;

	if (len > TASK_SIZE)
		return -ENOMEM;
	if (file && file->f_op->get_unmapped_area)
		addr = file->f_op->get_unmapped_area(file, addr, len, pgoff, flags);
	else if (!(flags & MAP_FIXED))
		addr = find_room(mm, addr, len);
	else if (len > TASK_SIZE - mmap_min_addr)
		return -ENOMEM;
	if (IS_ERR_VALUE(addr))
		return addr;
	if (addr > TASK_SIZE - len)
		return -ENOMEM;
	if (offset_in_page(addr))
		return -EINVAL;
	if (addr < mmap_min_addr && !capable(CAP_SYS_RAWIO))
		return -EPERM;
	return addr;
}

/** get_unmapped_area - the same, for others. */
unsigned long get_unmapped_area(struct file *f, unsigned long addr, unsigned long len,
				unsigned long pgoff, unsigned long flags)
{
	return __get_unmapped_area(f, addr, len, pgoff, flags);
}
