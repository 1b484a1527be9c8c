/* SPDX-License-Identifier: GPL-2.0-only */
/* poll, select (fs/select.c), epoll: a driver's ->poll calls poll_wait() for each
 * queue that may wake it and returns the mask ready now. */
#ifndef FS_POLL_H
#define FS_POLL_H
#include <kernel/wait.h>
#include <linux/poll.h>
#include <linux/eventpoll.h>
struct file;
typedef struct poll_table_struct {
	void (*qproc)(struct file *f, wait_queue_head_t *q, struct poll_table_struct *pt);
	u32 key;			/* events asked for */
} poll_table;
static inline void poll_wait(struct file *f, wait_queue_head_t *q, poll_table *pt)
{
	if (pt && pt->qproc) {
		pt->qproc(f, q, pt);
		smp_mb();	/* queued before the caller looks: pairs with waitqueue_active() */
	}
}
/*
 * A queue that ends before the files that wait on it do: its owner wakes it with
 * POLLFREE, and every entry leaves. Its memory stays a wait queue for a grace period.
 */
static inline void wake_up_pollfree(wait_queue_head_t *q)
{
	__wake_up(q, TASK_NORMAL, 0, (void *)(unsigned long)(EPOLLHUP | POLLFREE));
}
#define DEFAULT_POLLMASK (EPOLLIN | EPOLLOUT | EPOLLRDNORM | EPOLLWRNORM)
#endif
