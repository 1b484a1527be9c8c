// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events: what the program that serves a mapping's faults has to know of the one that
 * uses it: fork, mremap, munmap, and pages thrown away.
 *
 * An event is made where it happens, under mmap_lock held for write, and put on
 * mm->uffd_events. mmap_write_unlock() then tells each: the event goes to its context's
 * list, and the task waits until it has been read. From the first moment until then
 * ctx->mmap_changing keeps everybody from filling pages, who could be filling a place
 * that means something else by now.
 *
 * The wait ends early by SIGKILL, and when the context's file is closed.
 */
#include "vma_internal.h"
#include <mm/slab.h>
#include <mm/userfaultfd.h>
#include <linux/eventpoll.h>

static struct uffd_event *new_event(struct userfaultfd_ctx *ctx, u8 type, gfp_t gfp)
{
	struct uffd_event *ev = kzalloc(sizeof(*ev), gfp);

	if (!ev)
		return NULL;
	ev->msg.event = type;
	ev->ctx = ctx;
	userfaultfd_ctx_get(ctx);
	return ev;
}

/** userfaultfd_event_free - of an event that is on no list; NULL is fine. */
void userfaultfd_event_free(struct uffd_event *ev)
{
	if (!ev)
		return;
	userfaultfd_ctx_put(ev->ctx);
	kfree(ev);
}

static struct uffd_event **events_end(struct mm_struct *mm)
{
	struct uffd_event **end = &mm->uffd_events;

	while (*end)
		end = &(*end)->next;
	return end;
}

/* Context: mmap_lock of @mm held for write */
static void queue_event(struct mm_struct *mm, struct uffd_event *ev)
{
	*events_end(mm) = ev;
	atomic_inc(&ev->ctx->mmap_changing);
}

/* forget the events from *@from on: what they say did not happen */
static void drop_events(struct uffd_event **from)
{
	struct uffd_event *ev = *from, *next;

	*from = NULL;
	for (; ev; ev = next) {
		next = ev->next;
		atomic_dec(&ev->ctx->mmap_changing);
		if (ev->child)
			userfaultfd_ctx_put(ev->child);
		userfaultfd_event_free(ev);
	}
}

/* ---- what happens ---- */

static void reset_ctx(struct vm_area_struct *vma)
{
	vma->vm_flags &= ~VM_UFFD_FLAGS;
	vma->vm_userfaultfd_ctx = NULL;
}

/* the context of the child's copies of what @ctx serves. NULL: out of memory */
static struct userfaultfd_ctx *child_ctx(struct userfaultfd_ctx *ctx, struct mm_struct *oldmm,
					 struct mm_struct *mm)
{
	struct uffd_event *ev;

	for (ev = oldmm->uffd_events; ev; ev = ev->next)
		if (ev->ctx == ctx)
			return ev->child;
	ev = new_event(ctx, UFFD_EVENT_FORK, GFP_KERNEL);
	if (!ev)
		return NULL;
	ev->child = userfaultfd_ctx_alloc(mm, ctx->flags);
	if (!ev->child) {
		userfaultfd_event_free(ev);
		return NULL;
	}
	ev->child->features = ctx->features;
	queue_event(oldmm, ev);
	return ev->child;
}

/**
 * userfaultfd_dup - fork: @vma, the child's copy of one of @oldmm's, is served by a
 * context of its own if the parent's program wants to hear of forks; else by nobody.
 * Context: oldmm's mmap_lock held for write. Return: 0 or -ENOMEM.
 */
int userfaultfd_dup(struct vm_area_struct *vma, struct mm_struct *oldmm)
{
	struct userfaultfd_ctx *ctx = vma->vm_userfaultfd_ctx;

	if (likely(!ctx))
		return 0;
	if (!(ctx->features & UFFD_FEATURE_EVENT_FORK)) {
		reset_ctx(vma);
		return 0;
	}
	vma->vm_userfaultfd_ctx = child_ctx(ctx, oldmm, vma->vm_mm);
	return vma->vm_userfaultfd_ctx ? 0 : -ENOMEM;
}

/** userfaultfd_fork_failed - nobody is told of a fork that failed. Context: as above. */
void userfaultfd_fork_failed(struct mm_struct *oldmm)
{
	drop_events(&oldmm->uffd_events);
}

/**
 * userfaultfd_remap_prep - @vma is about to be moved.
 * @evp: the event for userfaultfd_remap() or userfaultfd_event_free(); NULL: nobody is to
 * be told, and the new place is not served. Return: 0 or -ENOMEM.
 */
int userfaultfd_remap_prep(struct vm_area_struct *vma, struct uffd_event **evp)
{
	struct userfaultfd_ctx *ctx = vma->vm_userfaultfd_ctx;

	*evp = NULL;
	if (likely(!ctx) || !(ctx->features & UFFD_FEATURE_EVENT_REMAP))
		return 0;
	*evp = new_event(ctx, UFFD_EVENT_REMAP, GFP_KERNEL);
	return *evp ? 0 : -ENOMEM;
}

/**
 * userfaultfd_remap - it was moved. @new: the VMA of the new place; @ev: of the above.
 * Context: mmap_lock held for write, @new write-locked and perhaps registered.
 */
void userfaultfd_remap(struct vm_area_struct *new, struct uffd_event *ev, unsigned long from,
		       unsigned long len)
{
	if (ev) {
		ev->msg.arg.remap.from = from;
		ev->msg.arg.remap.to = new->vm_start;
		ev->msg.arg.remap.len = len;
		queue_event(new->vm_mm, ev);
		return;
	}
	if (userfaultfd_wp(new))
		uffd_wp_range(new, new->vm_start, new->vm_start + len, false);
	reset_ctx(new);
}

/* has @ctx an event of this munmap already? */
static bool told_of_unmap(const struct uffd_event *ev, const struct userfaultfd_ctx *ctx)
{
	for (; ev; ev = ev->next)
		if (ev->ctx == ctx)
			return true;
	return false;
}

/**
 * userfaultfd_unmap_prep - [@start, @end) is about to be unmapped; @vma is the first there.
 * Context: mmap_lock held for write. Return: 0 or -ENOMEM.
 */
int userfaultfd_unmap_prep(struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
	struct uffd_event **mine = events_end(vma->vm_mm);

	for (; vma && vma->vm_start < end; vma = vma->vm_next) {
		struct userfaultfd_ctx *ctx = vma->vm_userfaultfd_ctx;
		struct uffd_event *ev;

		if (likely(!ctx) || !(ctx->features & UFFD_FEATURE_EVENT_UNMAP) ||
		    told_of_unmap(*mine, ctx))
			continue;
		ev = new_event(ctx, UFFD_EVENT_UNMAP, GFP_KERNEL);
		if (!ev) {
			drop_events(mine);
			return -ENOMEM;
		}
		ev->msg.arg.remove.start = start;
		ev->msg.arg.remove.end = end;
		queue_event(vma->vm_mm, ev);
	}
	return 0;
}

/**
 * userfaultfd_remove - the pages of [@start, @end) of @vma are about to be thrown away.
 * Context: mmap_lock held for reading.
 * Return: true: the lock was released and taken again, @vma may be gone.
 */
bool userfaultfd_remove(struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
	struct userfaultfd_ctx *ctx = vma->vm_userfaultfd_ctx;
	struct mm_struct *mm = vma->vm_mm;
	struct uffd_event *ev;

	if (likely(!ctx) || !(ctx->features & UFFD_FEATURE_EVENT_REMOVE))
		return false;
	ev = new_event(ctx, UFFD_EVENT_REMOVE, GFP_KERNEL | __GFP_NOFAIL);
	ev->msg.arg.remove.start = start;
	ev->msg.arg.remove.end = end;
	mmap_read_unlock(mm);
	/* for write: whoever is filling pages has finished then */
	mmap_write_lock(mm);
	queue_event(mm, ev);
	mmap_write_unlock(mm);
	mmap_read_lock(mm);
	return true;
}

/* ---- telling ---- */

/* Nobody will read @ev any more. Return: false: a reader has it, and needs but a moment */
static bool withdraw(struct uffd_event *ev)
{
	struct userfaultfd_ctx *ctx = ev->ctx;
	bool mine;

	spin_lock(&ctx->lock);
	mine = !ev->taken || ev->done;
	if (!ev->taken && !ev->done)
		list_del(&ev->list);
	spin_unlock(&ctx->lock);
	return mine;
}

static void tell(struct uffd_event *ev)
{
	struct userfaultfd_ctx *ctx = ev->ctx;

	spin_lock(&ctx->lock);
	list_add_tail(&ev->list, &ctx->events);
	spin_unlock(&ctx->lock);
	wake_up_poll(&ctx->readers, EPOLLIN);
	(void)wait_event_killable(ctx->told, READ_ONCE(ev->done) || READ_ONCE(ctx->released));
	/* also if it is done: a reader says so, and leaves @ev, under the lock */
	while (!withdraw(ev))
		wait_event(ctx->told, !READ_ONCE(ev->taken) || READ_ONCE(ev->done));
	if (ev->child && !ev->done) {
		userfaultfd_unregister_all(ev->child);
		userfaultfd_ctx_put(ev->child);
	}
	atomic_dec(&ctx->mmap_changing);
	userfaultfd_event_free(ev);
}

/**
 * userfaultfd_tell - tell each of @ev and what is chained to it, one after the other.
 * Context: no locks; sleeps until all are read, SIGKILL comes, or nobody listens.
 */
void userfaultfd_tell(struct uffd_event *ev)
{
	struct uffd_event *next;

	for (; ev; ev = next) {
		next = ev->next;
		tell(ev);
	}
}
