// SPDX-License-Identifier: GPL-2.0-only
/*
 * The life of sighand_struct (the table of actions) and signal_struct (what
 * threads of a process share), as fork, exec and exit need it.
 *
 * A sighand is found through task->sighand under RCU and checked again once
 * its lock is held (lock_task_sighand()); so its memory stays a sighand for a
 * grace period, and the lock in it is initialised once, by the constructor.
 */
#include "fork.h"
#include <fs/poll.h>
#include <kernel/posix_timers.h>
#include <drivers/tty.h>
#include <lib/err.h>
#include <lib/string.h>
#include <mm/slab.h>

static struct kmem_cache *sighand_cache, *signal_cache;

static void sighand_ctor(void *obj)
{
	struct sighand_struct *s = obj;

	spin_lock_init(&s->siglock, LR_SIGLOCK);
	init_waitqueue_head(&s->signalfd_wqh);
}

static struct sighand_struct *dup_sighand(struct sighand_struct *old)
{
	struct sighand_struct *s = kmem_cache_alloc(sighand_cache, GFP_KERNEL);

	if (!s)
		return NULL;
	refcount_set(&s->count, 1);
	spin_lock_irq(&old->siglock);
	memcpy(s->action, old->action, sizeof(s->action));
	spin_unlock_irq(&old->siglock);
	return s;
}

/** copy_sighand - for a child @p of @orig. Return: 0 or -ENOMEM. */
int copy_sighand(unsigned long flags, struct task_struct *p, struct task_struct *orig)
{
	if (flags & CLONE_SIGHAND) {
		refcount_inc(&orig->sighand->count);
		return 0;
	}
	p->sighand = dup_sighand(orig->sighand);
	return p->sighand ? 0 : -ENOMEM;
}

void put_sighand(struct sighand_struct *s)
{
	if (!refcount_dec_and_test(&s->count))
		return;
	/* an epoll may still watch a signalfd for us */
	if (unlikely(waitqueue_active(&s->signalfd_wqh)))
		wake_up_pollfree(&s->signalfd_wqh);
	kmem_cache_free(sighand_cache, s);
}

/** unshare_sighand - exec: another process may use the same table (CLONE_SIGHAND
 *  without CLONE_THREAD); get an own one. Return: 0 or -ENOMEM. */
int unshare_sighand(struct task_struct *t)
{
	struct sighand_struct *old = t->sighand, *new;

	if (refcount_read(&old->count) == 1)
		return 0;
	new = dup_sighand(old);
	if (!new)
		return -ENOMEM;
	spin_lock_irq(&tasklist_lock);
	spin_lock(&old->siglock);
	rcu_assign_pointer(t->sighand, new);
	spin_unlock(&old->siglock);
	spin_unlock_irq(&tasklist_lock);
	put_sighand(old);
	return 0;
}

static void copy_rlimits(struct signal_struct *sig, struct task_struct *orig)
{
	memcpy(sig->rlim, orig->signal->rlim, sizeof(sig->rlim));
}

/** copy_signal - a new process's; a thread only counts itself once it is visible. */
int copy_signal(unsigned long flags, struct task_struct *p, struct task_struct *orig)
{
	struct signal_struct *sig;

	if (flags & CLONE_THREAD)
		return 0;
	sig = kmem_cache_zalloc(signal_cache, GFP_KERNEL);
	p->signal = sig;
	if (!sig)
		return -ENOMEM;
	refcount_set(&sig->sigcnt, 1);
	atomic_set(&sig->live, 1);
	sig->nr_threads = 1;
	sig->thread_head = (struct list_head)LIST_HEAD_INIT(p->thread_node);
	p->thread_node = (struct list_head)LIST_HEAD_INIT(sig->thread_head);
	init_waitqueue_head(&sig->wait_chldexit);
	sig->curr_target = p;
	INIT_LIST_HEAD(&sig->shared_pending.list);
	mutex_init(&sig->cred_guard_mutex, LR_EXEC);
	INIT_LIST_HEAD(&sig->posix_timers);
	hrtimer_init(&sig->real_timer, CLOCK_MONOTONIC, it_real_fn);
	copy_rlimits(sig, orig);
	sig->oom_score_adj = orig->signal->oom_score_adj;
	sig->oom_score_adj_min = orig->signal->oom_score_adj_min;
	return 0;
}

/** put_signal_struct - with the task_struct that refers to it. */
void put_signal_struct(struct signal_struct *s)
{
	if (refcount_dec_and_test(&s->sigcnt))
		kmem_cache_free(signal_cache, s);
}

void fork_signal_init(void)
{
	sighand_cache = kmem_cache_create("sighand_struct", sizeof(struct sighand_struct), 0,
					  SLAB_PANIC | SLAB_TYPESAFE_BY_RCU, sighand_ctor);
	signal_cache = kmem_cache_create("signal_struct", sizeof(struct signal_struct), 0,
					 SLAB_PANIC, NULL);
}
