/* SPDX-License-Identifier: GPL-2.0-only */
/* The wait queue itself, for structures that embed one and that wait.h needs. */
#ifndef KERNEL_WAIT_TYPES_H
#define KERNEL_WAIT_TYPES_H
#include <lib/list.h>
#include <kernel/spinlock.h>

typedef struct wait_queue_head {
	spinlock_t lock;		/* irq-safe, rank LR_WAITQUEUE */
	struct list_head head;
} wait_queue_head_t;

#define __WAIT_QUEUE_HEAD_INIT(n) { .lock = __SPIN_LOCK_INIT(LR_WAITQUEUE), .head = LIST_HEAD_INIT((n).head) }
#define DECLARE_WAIT_QUEUE_HEAD(n) wait_queue_head_t n = __WAIT_QUEUE_HEAD_INIT(n)
static inline void init_waitqueue_head(wait_queue_head_t *q)
{
	spin_lock_init(&q->lock, LR_WAITQUEUE);
	INIT_LIST_HEAD(&q->head);
}

#endif
