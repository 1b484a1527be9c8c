/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * userfaultfd: faults that a program serves. A context is what one file descriptor of
 * userfaultfd(2) stands for; VMAs that are registered with it point to it.
 *
 * The file (fs/userfaultfd.c) has the one lasting reference, and others are held only
 * while somebody sleeps. A VMA has none: release takes the context out of every VMA of
 * ctx->mm, under mmap_lock, before it lets go.
 */
#ifndef MM_USERFAULTFD_H
#define MM_USERFAULTFD_H
#include <mm/mm.h>
#include <linux/userfaultfd.h>

/* newer than the oldest UAPI headers that the kernel is built with */
#ifndef UFFDIO_CONTINUE_MODE_WP
#define UFFDIO_CONTINUE_MODE_WP	((__u64)1 << 1)
#endif
#ifndef UFFD_FEATURE_WP_UNPOPULATED
#define UFFD_FEATURE_WP_UNPOPULATED (1 << 13)
#endif
#ifndef UFFD_FEATURE_POISON
#define UFFD_FEATURE_POISON	(1 << 14)
#define UFFDIO_POISON_MODE_DONTWAKE ((__u64)1 << 0)
#define _UFFDIO_POISON		0x08
#endif

/* the feature that every context has once UFFDIO_API has been done */
#define UFFD_FEATURE_INITIALIZED (1u << 31)

struct userfaultfd_ctx {
	spinlock_t lock;		/* LR_UFFD: the lists, and the state of what is on them */
	struct list_head pending;	/* uffd_wait: faults that nobody has read */
	struct list_head waiting;	/* uffd_wait: read, to be resolved */
	struct list_head events;	/* uffd_event: not read */
	wait_queue_head_t readers;	/* for something to read */
	wait_queue_head_t told;		/* for an event to have been read */
	refcount_t refcount;
	unsigned int flags;		/* of userfaultfd(2) */
	unsigned int features;		/* UFFD_FEATURE_*; 0 until UFFDIO_API */
	bool released;			/* nobody will serve any more */
	atomic_t mmap_changing;		/* events that have not been read: nothing is filled until
					 * then. Changes under mmap_lock held for write, or falls */
	struct mm_struct *mm;		/* the struct is referenced, not the mappings */
};

/* somebody who sleeps because of a fault; on his stack, and on a list until woken */
struct uffd_wait {
	struct list_head list;
	struct uffd_msg msg;
	struct task_struct *task;
};

/* something that happens to registered mappings; belongs to the task that does it */
struct uffd_event {
	struct uffd_event *next;	/* on mm->uffd_events */
	struct list_head list;		/* on ctx->events, then off it for good once @done */
	struct userfaultfd_ctx *ctx;	/* who is to be told: a reference */
	struct userfaultfd_ctx *child;	/* UFFD_EVENT_FORK: serves the child's copies; a
					 * reference, which the reader's new file takes over */
	struct uffd_msg msg;
	bool taken;			/* a reader makes a file for @child */
	bool done;			/* it was read */
};

struct userfaultfd_ctx *userfaultfd_ctx_alloc(struct mm_struct *mm, unsigned int flags);
void userfaultfd_ctx_put(struct userfaultfd_ctx *ctx);
static inline void userfaultfd_ctx_get(struct userfaultfd_ctx *ctx)
{
	refcount_inc(&ctx->refcount);
}

/* --- for the fault path (mm/userfaultfd.c) --- */
static inline bool userfaultfd_missing(const struct vm_area_struct *vma)
{
	return vma->vm_flags & VM_UFFD_MISSING;
}
static inline bool userfaultfd_wp(const struct vm_area_struct *vma)
{
	return vma->vm_flags & VM_UFFD_WP;
}
static inline bool userfaultfd_minor(const struct vm_area_struct *vma)
{
	return vma->vm_flags & VM_UFFD_MINOR;
}
/** userfaultfd_pte_wp - is a store through @e to be told before it happens? */
static inline bool userfaultfd_pte_wp(const struct vm_area_struct *vma, pte_t e)
{
	return pte_uffd_wp(e) && userfaultfd_wp(vma);
}
vm_fault_t handle_userfault(struct vm_fault *vmf, unsigned long reason);

/* --- for what changes mappings (mm/userfaultfd_event.c) --- */
int userfaultfd_dup(struct vm_area_struct *vma, struct mm_struct *oldmm);
void userfaultfd_fork_failed(struct mm_struct *oldmm);
int userfaultfd_remap_prep(struct vm_area_struct *vma, struct uffd_event **evp);
void userfaultfd_remap(struct vm_area_struct *new, struct uffd_event *ev, unsigned long from,
		       unsigned long len);
int userfaultfd_unmap_prep(struct vm_area_struct *vma, unsigned long start, unsigned long end);
bool userfaultfd_remove(struct vm_area_struct *vma, unsigned long start, unsigned long end);
void userfaultfd_tell(struct uffd_event *ev);
void userfaultfd_event_free(struct uffd_event *ev);

extern int sysctl_unprivileged_userfaultfd;

/* --- for the file (fs/userfaultfd.c) --- */
void userfaultfd_wake(struct userfaultfd_ctx *ctx, unsigned long start, unsigned long len);
int userfaultfd_register_range(struct userfaultfd_ctx *ctx, unsigned long start,
			       unsigned long len, unsigned long uffd_flags);
int userfaultfd_unregister_range(struct userfaultfd_ctx *ctx, unsigned long start,
				 unsigned long len);
void userfaultfd_unregister_all(struct userfaultfd_ctx *ctx);

enum uffd_fill_kind { UFFD_FILL_COPY, UFFD_FILL_ZERO, UFFD_FILL_CONTINUE, UFFD_FILL_POISON };
ssize_t userfaultfd_fill(struct userfaultfd_ctx *ctx, enum uffd_fill_kind kind, unsigned long dst,
			 unsigned long src, unsigned long len, bool wp);
int userfaultfd_writeprotect(struct userfaultfd_ctx *ctx, unsigned long start,
			     unsigned long len, bool protect);

#endif
