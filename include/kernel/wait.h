/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Wait queues, with Linux's contract:
 *
 *	wait_event(wq, cond);	r = wait_event_interruptible(wq, cond);	wake_up(&wq);
 *
 * The waker makes the condition true before wake_up(). Wakers may run in
 * interrupt context. poll: an entry with its own func.
 */
#ifndef KERNEL_WAIT_H
#define KERNEL_WAIT_H
#include <lib/list.h>
#include <lib/err.h>
#include <kernel/wait_types.h>

struct task_struct;
struct wait_queue_entry;
/* Return: > 0 woke somebody (counts against an exclusive wake), 0 not. */
typedef int (*wait_queue_func_t)(struct wait_queue_entry *e, unsigned int mode, int flags, void *key);

#define WQ_FLAG_EXCLUSIVE	1

struct wait_queue_entry {
	unsigned int flags;
	void *private;			/* the task, or whatever func likes */
	wait_queue_func_t func;
	struct list_head entry;
};

/** waitqueue_active - anybody there? The caller has a full barrier between
 *  making its condition true and this test. */
static inline bool waitqueue_active(wait_queue_head_t *q)
{
	return !list_empty(&q->head);
}
void init_wait_entry(struct wait_queue_entry *e, int flags);	/* current, autoremove */
int default_wake_function(struct wait_queue_entry *e, unsigned int mode, int flags, void *key);
int autoremove_wake_function(struct wait_queue_entry *e, unsigned int mode, int flags, void *key);
void add_wait_queue(wait_queue_head_t *q, struct wait_queue_entry *e);
void remove_wait_queue(wait_queue_head_t *q, struct wait_queue_entry *e);
void prepare_to_wait(wait_queue_head_t *q, struct wait_queue_entry *e, int state);
/** prepare_to_wait_event - Return: -ERESTARTSYS when a signal is pending for @state. */
long prepare_to_wait_event(wait_queue_head_t *q, struct wait_queue_entry *e, int state);
void finish_wait(wait_queue_head_t *q, struct wait_queue_entry *e);

/* mode: TASK_ states that may be woken; nr: exclusive waiters (0 = all) */
void __wake_up(wait_queue_head_t *q, unsigned int mode, int nr, void *key);
void __wake_up_locked(wait_queue_head_t *q, unsigned int mode, int nr, void *key);
#define wake_up(q)			__wake_up(q, TASK_NORMAL, 1, NULL)
#define wake_up_all(q)			__wake_up(q, TASK_NORMAL, 0, NULL)
#define wake_up_interruptible(q)	__wake_up(q, TASK_INTERRUPTIBLE, 1, NULL)
#define wake_up_poll(q, m)		__wake_up(q, TASK_NORMAL, 1, (void *)(unsigned long)(m))
#define wake_up_interruptible_all(q)	__wake_up(q, TASK_INTERRUPTIBLE, 0, NULL)

/* schedule_timeout(): ns; MAX_SCHEDULE_TIMEOUT: for ever. Returns ns left, 0 = expired. */
#define ___wait_event(wq, cond, state, excl, ret0, cmd) ({			\
	struct wait_queue_entry __e;						\
	long __ret = (ret0);							\
	init_wait_entry(&__e, excl);						\
	for (;;) {								\
		long __int = prepare_to_wait_event(&(wq), &__e, state);		\
		if (cond)							\
			break;							\
		if (__int) {							\
			__ret = __int;						\
			break;							\
		}								\
		cmd;								\
		/* woken, and so off the queue: done without going back to it */	\
		if (cond)							\
			break;							\
	}									\
	finish_wait(&(wq), &__e);						\
	__ret;									\
})
#define wait_event(wq, cond) do { might_sleep(); if (!(cond)) \
	___wait_event(wq, cond, TASK_UNINTERRUPTIBLE, 0, 0, schedule()); } while (0)
#define wait_event_interruptible(wq, cond) ({ long __r; might_sleep(); \
	__r = (cond) ? 0 : ___wait_event(wq, cond, TASK_INTERRUPTIBLE, 0, 0, schedule()); \
	(int)__r; })
#define wait_event_killable(wq, cond) ({ long __r; might_sleep(); \
	__r = (cond) ? 0 : ___wait_event(wq, cond, TASK_KILLABLE, 0, 0, schedule()); \
	(int)__r; })
#define wait_event_interruptible_exclusive(wq, cond) ({ long __r; might_sleep(); \
	__r = (cond) ? 0 : ___wait_event(wq, cond, TASK_INTERRUPTIBLE, WQ_FLAG_EXCLUSIVE, 0, schedule()); \
	(int)__r; })
/* Return: ns left (>= 1), 0 timed out, -ERESTARTSYS (interruptible form). */
#define __wait_event_timeout(wq, cond, state, ns) ({ long __left = (ns);		\
	might_sleep();									\
	if (!(cond)) {									\
		long __r = ___wait_event(wq, ({ bool __c = (cond);			\
			if (__c && !__left) __left = 1; __c || !__left; }), state, 0, 0,\
			__left = schedule_timeout(__left));				\
		if (__r) __left = __r;							\
	}										\
	__left; })
#define wait_event_interruptible_timeout(wq, cond, ns) __wait_event_timeout(wq, cond, TASK_INTERRUPTIBLE, ns)

struct completion {
	unsigned int done;
	wait_queue_head_t wait;
};
void init_completion(struct completion *c);
void complete(struct completion *c);		/* any context */
void wait_for_completion(struct completion *c);
int __must_check wait_for_completion_killable(struct completion *c);

#include <kernel/sched.h>
#endif
