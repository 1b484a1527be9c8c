// SPDX-License-Identifier: GPL-2.0-only
/*
 * Per-VMA locks: how page faults of one process run beside each other and beside
 * changes elsewhere in its address space.
 *
 * A reader counts itself in vm_lock_count and then looks whether the VMA is
 * write-locked; a writer, who has mmap_lock for write, marks the VMA with the
 * mm's lock sequence and then waits for the count to fall to zero. One of the two
 * sees the other. All VMAs marked are released together, by moving the sequence
 * on in mmap_write_unlock().
 *
 * Only tasks that run on the mm take the read side. So when mm_is_private() there
 * is no reader, and nobody to wait for.
 *
 * The walk to the VMA holds no lock at all: it is validated by mm_seq, VMAs are
 * freed after a grace period, and a walk misled by a rotation is cut off.
 */
#include "vma_internal.h"
#include <mm/userfaultfd.h>
#include <kernel/timer.h>
#include <arch/processor.h>

#define WALK_MAX	48	/* more than the height of a tree of INT_MAX VMAs */

/* vma_end_read() was the last of a VMA that a writer has marked */
void vma_wake_writer(struct vm_area_struct *vma)
{
	wake_up_all(&vma->vm_mm->vma_wait);
}

static struct vm_area_struct *walk(struct mm_struct *mm, unsigned long addr)
{
	struct rb_node *rb = READ_ONCE(mm->mm_rb.rb_node);

	for (int depth = WALK_MAX; rb && depth; depth--) {
		struct vm_area_struct *vma = rb_entry(rb, struct vm_area_struct, vm_rb);

		if (READ_ONCE(vma->vm_end) <= addr)
			rb = READ_ONCE(rb->rb_right);
		else if (READ_ONCE(vma->vm_start) > addr)
			rb = READ_ONCE(rb->rb_left);
		else
			return vma;
	}
	return NULL;
}

/**
 * lock_vma_under_rcu - read-lock the VMA that covers @addr.
 * Context: @mm is current's. Return: NULL when there is none, or it is being
 * changed: the caller takes mmap_lock and looks again.
 */
struct vm_area_struct *lock_vma_under_rcu(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma;
	unsigned int seq;

	/* the tree changes for a few hundred instructions: far shorter than what holds mmap_lock */
	do {
		seq = read_seqcount_begin(&mm->mm_seq);
		vma = walk(mm, addr);
	} while (unlikely(read_seqcount_retry(&mm->mm_seq, seq)));
	if (unlikely(!vma))
		return NULL;
	atomic_fetch_add(1, &vma->vm_lock_count);
	if (unlikely(READ_ONCE(vma->vm_lock_seq) == READ_ONCE(mm->mm_lock_seq) || vma->detached ||
		     addr < vma->vm_start || addr >= vma->vm_end)) {
		vma_end_read(vma);
		return NULL;
	}
	return vma;
}

/* A fault is shorter than a switch to another task and back, unless it waits for something. */
static bool readers_end_soon(struct vm_area_struct *vma)
{
	ktime_t give_up = ktime_get() + SLEEP_LOCK_SPIN_NS;

	while (atomic_read(&vma->vm_lock_count)) {
		if (need_resched() || ktime_get() > give_up)
			return false;
		cpu_relax();
	}
	return true;
}

/**
 * vma_start_write - exclude faults on @vma until mmap_write_unlock().
 * Context: mmap_lock held for write; may sleep.
 */
void vma_start_write(struct vm_area_struct *vma)
{
	struct mm_struct *mm = vma->vm_mm;

	if (vma->vm_lock_seq == mm->mm_lock_seq)
		return;
	WRITE_ONCE(vma->vm_lock_seq, mm->mm_lock_seq);
	if (mm_is_private(mm))
		return;
	smp_mb();
	if (atomic_read(&vma->vm_lock_count) && !readers_end_soon(vma))
		wait_event(mm->vma_wait, !atomic_read(&vma->vm_lock_count));
	/* what the readers did was before what we do now */
	smp_mb();
}

static void unlock_vmas(struct mm_struct *mm)
{
	if (CONFIG_DEBUG && mm->map_count <= 64)
		mm_validate(mm);
	smp_store_release(&mm->mm_lock_seq, mm->mm_lock_seq + 1);
}

/**
 * mmap_write_unlock - release mmap_lock and every VMA locked under it. If somebody has
 * to be told of what was done (userfaultfd_event.c), that is waited for.
 */
void mmap_write_unlock(struct mm_struct *mm) __no_tsa
{
	struct uffd_event *events = mm->uffd_events;

	mm->uffd_events = NULL;
	unlock_vmas(mm);
	up_write(&mm->mmap_lock);
	if (unlikely(events))
		userfaultfd_tell(events);
}

/** mmap_write_downgrade - the same, keeping mmap_lock for reading. */
void mmap_write_downgrade(struct mm_struct *mm) __no_tsa
{
	unlock_vmas(mm);
	downgrade_write(&mm->mmap_lock);
}
