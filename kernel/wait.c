// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wait queues and completions.
 *
 * Non-exclusive entries are at the front of a queue, exclusive ones behind
 * them, so that a wake-up reaches all of the former and as many of the latter
 * as it asked for. An entry is removed by its function (autoremove) or by the
 * waiter; finish_wait() tests without the lock whether that has been done,
 * which list_del_init() under the lock and list_empty() make safe: the waker
 * does not touch an entry any more once it has unlinked it.
 */
#include <kernel/wait.h>
#include <kernel/signal.h>

void init_wait_entry(struct wait_queue_entry *e, int flags)
{
	e->flags = flags;
	e->private = current;
	e->func = autoremove_wake_function;
	INIT_LIST_HEAD(&e->entry);
}

int default_wake_function(struct wait_queue_entry *e, unsigned int mode, int flags, void *key)
{
	return wake_up_state(e->private, mode);
}

int autoremove_wake_function(struct wait_queue_entry *e, unsigned int mode, int flags, void *key)
{
	int woken = default_wake_function(e, mode, flags, key);

	if (woken)
		list_del_init(&e->entry);
	return woken;
}

static void queue_entry(wait_queue_head_t *q, struct wait_queue_entry *e)
{
	if (e->flags & WQ_FLAG_EXCLUSIVE)
		list_add_tail(&e->entry, &q->head);
	else
		list_add(&e->entry, &q->head);
}

/** add_wait_queue - Context: any. @e->func decides what a wake-up does. */
void add_wait_queue(wait_queue_head_t *q, struct wait_queue_entry *e)
{
	unsigned long flags;

	spin_lock_irqsave(&q->lock, flags);
	queue_entry(q, e);
	spin_unlock_irqrestore(&q->lock, flags);
}

void remove_wait_queue(wait_queue_head_t *q, struct wait_queue_entry *e)
{
	unsigned long flags;

	spin_lock_irqsave(&q->lock, flags);
	list_del_init(&e->entry);
	spin_unlock_irqrestore(&q->lock, flags);
}

/** prepare_to_wait - queue @e if it is not, and set the task's state. */
void prepare_to_wait(wait_queue_head_t *q, struct wait_queue_entry *e, int state)
{
	unsigned long flags;

	spin_lock_irqsave(&q->lock, flags);
	if (list_empty(&e->entry))
		queue_entry(q, e);
	set_current_state(state);
	spin_unlock_irqrestore(&q->lock, flags);
}

static bool signal_ends_wait(int state)
{
	if (likely(!signal_pending(current)) || !(state & (TASK_INTERRUPTIBLE | TASK_WAKEKILL)))
		return false;
	return (state & TASK_INTERRUPTIBLE) || fatal_signal_pending(current);
}

long prepare_to_wait_event(wait_queue_head_t *q, struct wait_queue_entry *e, int state)
{
	unsigned long flags;
	long ret = 0;

	spin_lock_irqsave(&q->lock, flags);
	if (unlikely(signal_ends_wait(state))) {
		/*
		 * Leave the queue now: an exclusive waiter that goes away must not
		 * be handed a wake-up that somebody else could have used.
		 */
		list_del_init(&e->entry);
		ret = -ERESTARTSYS;
	} else {
		if (list_empty(&e->entry))
			queue_entry(q, e);
		set_current_state(state);
	}
	spin_unlock_irqrestore(&q->lock, flags);
	return ret;
}

void finish_wait(wait_queue_head_t *q, struct wait_queue_entry *e)
{
	unsigned long flags;

	__set_current_state(TASK_RUNNING);
	if (smp_load_acquire(&e->entry.next) == &e->entry && e->entry.prev == &e->entry)
		return;
	spin_lock_irqsave(&q->lock, flags);
	list_del_init(&e->entry);
	spin_unlock_irqrestore(&q->lock, flags);
}

/** __wake_up_locked - Context: @q->lock held, interrupts off. */
void __wake_up_locked(wait_queue_head_t *q, unsigned int mode, int nr, void *key)
{
	struct wait_queue_entry *e, *next;

	list_for_each_entry_safe(e, next, &q->head, entry) {
		unsigned int flags = e->flags;
		int woken = e->func(e, mode, 0, key);

		if (woken < 0)
			break;
		if (woken && (flags & WQ_FLAG_EXCLUSIVE) && !--nr)
			break;
	}
}

/**
 * __wake_up - wake all non-exclusive waiters and @nr exclusive ones (0: all)
 * whose state is in @mode. A full barrier against the waiter's state is implied
 * if somebody is woken. Context: any.
 */
void __wake_up(wait_queue_head_t *q, unsigned int mode, int nr, void *key)
{
	unsigned long flags;

	spin_lock_irqsave(&q->lock, flags);
	__wake_up_locked(q, mode, nr, key);
	spin_unlock_irqrestore(&q->lock, flags);
}

/* ---- completions ---- */

void init_completion(struct completion *c)
{
	c->done = 0;
	init_waitqueue_head(&c->wait);
}

/** complete - let one waiter pass. Context: any. */
void complete(struct completion *c)
{
	unsigned long flags;

	spin_lock_irqsave(&c->wait.lock, flags);
	if (c->done != UINT_MAX)
		c->done++;
	__wake_up_locked(&c->wait, TASK_NORMAL, 1, NULL);
	spin_unlock_irqrestore(&c->wait.lock, flags);
}

/*
 * The lock is taken before done is believed: whoever completed still holds it
 * when we see the count, and the completion may live on our stack.
 */
static int wait_for_common(struct completion *c, unsigned int state)
{
	struct wait_queue_entry e;
	int ret = 0;

	might_sleep();
	init_wait_entry(&e, WQ_FLAG_EXCLUSIVE);
	spin_lock_irq(&c->wait.lock);
	while (!c->done) {
		if (signal_ends_wait(state)) {
			ret = -ERESTARTSYS;
			break;
		}
		if (list_empty(&e.entry))
			queue_entry(&c->wait, &e);
		set_current_state(state);
		spin_unlock_irq(&c->wait.lock);
		schedule();
		spin_lock_irq(&c->wait.lock);
	}
	__set_current_state(TASK_RUNNING);
	list_del_init(&e.entry);
	if (!ret && c->done != UINT_MAX)
		c->done--;
	spin_unlock_irq(&c->wait.lock);
	return ret;
}

/** wait_for_completion - Context: may sleep; not interruptible. */
void wait_for_completion(struct completion *c)
{
	wait_for_common(c, TASK_UNINTERRUPTIBLE);
}

/** wait_for_completion_killable - Return: 0, or -ERESTARTSYS on a fatal signal. */
int wait_for_completion_killable(struct completion *c)
{
	return wait_for_common(c, TASK_KILLABLE);
}
