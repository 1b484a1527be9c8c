// SPDX-License-Identifier: GPL-2.0-only
/*
 * Faults that a program serves: the sleeping half. The fault path calls
 * handle_userfault() where nothing may be made without asking; the faulting task puts
 * itself on ctx->pending and sleeps. read() moves it to ctx->waiting, and whoever has
 * resolved the fault wakes all who sleep for an address of the range.
 *
 * U1 A task is on one of the lists from before it looks at the entry for the last
 *    time until it is woken. Whoever resolves a fault sets the entry first and then
 *    wakes: so either the task sees the entry, or the waker sees the task.
 * U2 Nobody sleeps holding mmap_lock or a VMA's lock: the fault is begun anew after.
 *
 * A signal ends the sleep too: any for a fault from user mode, which is repeated after
 * the handler; a fatal one for a fault of the kernel's, which fails then.
 *
 * Registering is in userfaultfd_register.c, filling in userfaultfd_fill.c.
 */
#include "vma_internal.h"
#include <mm/slab.h>
#include <mm/userfaultfd.h>
#include <linux/eventpoll.h>

/**
 * userfaultfd_ctx_alloc - a context for faults of @mm, with one reference.
 * Return: NULL: out of memory.
 */
struct userfaultfd_ctx *userfaultfd_ctx_alloc(struct mm_struct *mm, unsigned int flags)
{
	struct userfaultfd_ctx *ctx = kzalloc(sizeof(*ctx), GFP_KERNEL_ACCOUNT);

	if (!ctx)
		return NULL;
	spin_lock_init(&ctx->lock, LR_UFFD);
	INIT_LIST_HEAD(&ctx->pending);
	INIT_LIST_HEAD(&ctx->waiting);
	INIT_LIST_HEAD(&ctx->events);
	init_waitqueue_head(&ctx->readers);
	init_waitqueue_head(&ctx->told);
	refcount_set(&ctx->refcount, 1);
	ctx->flags = flags;
	ctx->mm = mm;
	mmgrab(mm);
	return ctx;
}

/** userfaultfd_ctx_put - Context: no spinlock that nests around freeing memory. */
void userfaultfd_ctx_put(struct userfaultfd_ctx *ctx)
{
	if (!refcount_dec_and_test(&ctx->refcount))
		return;
	mmdrop(ctx->mm);
	kfree(ctx);
}

static struct uffd_msg fault_msg(const struct vm_fault *vmf, unsigned long reason,
				 unsigned int features)
{
	struct uffd_msg msg = { .event = UFFD_EVENT_PAGEFAULT };

	msg.arg.pagefault.address = features & UFFD_FEATURE_EXACT_ADDRESS ? vmf->real_address
									  : vmf->address;
	if (vmf->flags & FAULT_FLAG_WRITE)
		msg.arg.pagefault.flags |= UFFD_PAGEFAULT_FLAG_WRITE;
	if (reason == VM_UFFD_WP)
		msg.arg.pagefault.flags |= UFFD_PAGEFAULT_FLAG_WP;
	if (reason == VM_UFFD_MINOR)
		msg.arg.pagefault.flags |= UFFD_PAGEFAULT_FLAG_MINOR;
	if (features & UFFD_FEATURE_THREAD_ID)
		msg.arg.pagefault.feat.ptid = current->pid;
	return msg;
}

/* Has nobody resolved the fault meanwhile? The VMA is locked, so the table stays. */
static bool still_to_resolve(const struct vm_fault *vmf, unsigned long reason)
{
	pte_t e = pte_read(vmf->pte);

	if (reason == VM_UFFD_WP)
		return pte_present(e) && pte_uffd_wp(e);
	return pte_none(e) || pte_marker(e) == PTE_MARKER_UFFD_WP;
}

/* may this fault wait for a program to serve it? */
static bool may_wait(const struct userfaultfd_ctx *ctx, unsigned int fault_flags)
{
	if (!ctx || (current->flags & PF_EXITING) || (ctx->features & UFFD_FEATURE_SIGBUS))
		return false;
	if (!(fault_flags & FAULT_FLAG_USER) && (ctx->flags & UFFD_USER_MODE_ONLY))
		return false;
	return fault_flags & FAULT_FLAG_ALLOW_RETRY;
}

/**
 * handle_userfault - let the program that @vmf->vma is registered with resolve the fault.
 * @reason: VM_UFFD_MISSING, VM_UFFD_WP or VM_UFFD_MINOR
 * Context: as ->fault, no other locks; sleeps.
 * Return: VM_FAULT_RETRY: the VMA's lock was released; VM_FAULT_NOPAGE: the file is
 * being closed, fault again; VM_FAULT_SIGBUS: nobody is to be asked.
 */
vm_fault_t handle_userfault(struct vm_fault *vmf, unsigned long reason)
{
	struct userfaultfd_ctx *ctx = vmf->vma->vm_userfaultfd_ctx;
	struct uffd_wait w;
	bool sleep;

	if (!may_wait(ctx, vmf->flags))
		return VM_FAULT_SIGBUS;
	if (unlikely(READ_ONCE(ctx->released)))
		return VM_FAULT_NOPAGE;
	userfaultfd_ctx_get(ctx);
	w.task = current;
	w.msg = fault_msg(vmf, reason, ctx->features);
	spin_lock(&ctx->lock);
	list_add_tail(&w.list, &ctx->pending);
	set_current_state(vmf->flags & FAULT_FLAG_USER ? TASK_INTERRUPTIBLE : TASK_KILLABLE);
	spin_unlock(&ctx->lock);
	sleep = still_to_resolve(vmf, reason);		/* U1 */
	release_fault_lock(vmf);
	if (likely(sleep && !READ_ONCE(ctx->released))) {
		wake_up_poll(&ctx->readers, EPOLLIN);
		schedule();
	}
	__set_current_state(TASK_RUNNING);
	spin_lock(&ctx->lock);
	list_del(&w.list);
	spin_unlock(&ctx->lock);
	userfaultfd_ctx_put(ctx);
	return VM_FAULT_RETRY;
}

static void wake_list(struct list_head *list, unsigned long start, unsigned long len)
{
	struct uffd_wait *w, *next;

	list_for_each_entry_safe(w, next, list, list) {
		if (len && w->msg.arg.pagefault.address - start >= len)
			continue;
		list_del_init(&w->list);
		wake_up_process(w->task);
	}
}

/**
 * userfaultfd_wake - let those go on who sleep for an address in [@start, @start + @len).
 * @len: 0 means everywhere. Context: may hold mmap_lock.
 */
void userfaultfd_wake(struct userfaultfd_ctx *ctx, unsigned long start, unsigned long len)
{
	spin_lock(&ctx->lock);
	wake_list(&ctx->pending, start, len);
	wake_list(&ctx->waiting, start, len);
	spin_unlock(&ctx->lock);
}
