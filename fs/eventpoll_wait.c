// SPDX-License-Identifier: GPL-2.0-only
/*
 * epoll: from a file's wake-up to epoll_wait().
 *
 * A wake-up pushes the item to ep->incoming, without a lock, unless it is queued
 * already, and wakes a sleeper. epoll_wait() takes what came over to ep->ready,
 * in order, and asks each file again: what is ready it reports, what is not leaves
 * the list. A level-triggered item that was reported goes to the list's end, so
 * that the next call asks it again, and others get their turn.
 *
 * Q1 an item that may be ready and is not being asked is queued: what is taken off
 *    the list has ->queued cleared before the file is asked, so that a wake-up
 *    meanwhile queues it anew.
 * Q2 ->queued is set exactly while the item is on incoming or ready.
 *
 * User memory is written with page faults off, so that nobody waits for our
 * mutex while we wait for a page; if it is missing, the events are put back, the
 * page is made present without the mutex, and all is done again.
 *
 * Epolls watch epolls. A wake-up climbs from one to the next under the wait
 * queues' locks, and visits each only once, however many ways there are.
 */
#include "eventpoll.h"
#include <arch/uaccess.h>
#include <kernel/percpu.h>
#include <kernel/signal.h>
#include <kernel/timer.h>

#define EP_BATCH	16

/* an event on its way up, on this hart: interrupts are off */
struct ep_wake {
	unsigned int depth;
	u64 id;				/* of the event: count and hart */
};
static DEFINE_PER_CPU(struct ep_wake, ep_wake);

/* Context: interrupts off. A queue's lock may be held: that of what is watched. */
static void wake_queue(wait_queue_head_t *q, u32 mask)
{
	spin_lock_nested(&q->lock);
	__wake_up_locked(q, TASK_NORMAL, 1, (void *)(unsigned long)mask);
	spin_unlock(&q->lock);
}

/* Context: interrupts off */
static void wake_watchers(struct eventpoll *ep, u32 mask)
{
	struct ep_wake *w = this_cpu_ptr(&ep_wake);

	if (!w->depth)
		w->id = (w->id | 0xff) + 1 + smp_processor_id();
	if (ep->wake_id == w->id)
		return;
	ep->wake_id = w->id;
	w->depth++;
	wake_queue(&ep->poll_wait, EPOLLIN | mask);
	w->depth--;
}

/* Does a wake-up for @mask count as the one that an exclusive item waits for? */
static bool takes_exclusively(u32 events, u32 mask)
{
	switch (mask & (EPOLLIN | EPOLLOUT)) {
	case EPOLLIN:
		return events & EPOLLIN;
	case EPOLLOUT:
		return events & EPOLLOUT;
	case 0:
		return true;
	default:
		return false;
	}
}

static int tell(struct epitem *epi, u32 mask)
{
	u32 events = READ_ONCE(epi->events);
	struct eventpoll *ep = epi->ep;
	int taken = 0;

	if (!(events & ~EP_PRIVATE_BITS) || (mask && !(mask & events)))
		return 0;
	ep_queue(epi);	/* a full barrier: sleepers look after they have queued */
	if (waitqueue_active(&ep->wq)) {
		taken = takes_exclusively(events, mask);
		wake_queue(&ep->wq, 0);
	}
	if (waitqueue_active(&ep->poll_wait))
		wake_watchers(ep, mask);
	return taken;
}

/** ep_poll_callback - a watched file's queue was woken. Context: its lock held. */
int ep_poll_callback(struct wait_queue_entry *w, unsigned int mode, int flags, void *key)
{
	struct eppoll_entry *e = container_of(w, struct eppoll_entry, wait);
	u32 mask = (unsigned long)key;
	int taken = tell(e->item, mask & ~POLLFREE);

	if (unlikely(mask & POLLFREE)) {
		list_del_init(&w->entry);
		smp_store_release(&e->queue, NULL);	/* leave_queues() may free @e now */
	}
	return taken;
}

/** ep_item_ready - as if it had been woken; for changes of the item. Context: process. */
void ep_item_ready(struct epitem *epi)
{
	struct eventpoll *ep = epi->ep;
	unsigned long flags = arch_irq_save();

	ep_queue(epi);
	if (waitqueue_active(&ep->wq))
		wake_queue(&ep->wq, 0);
	if (waitqueue_active(&ep->poll_wait))
		wake_watchers(ep, 0);
	local_irq_restore(flags);
}

/** ep_collect - what came goes to the end of what is there. Context: mtx. */
void ep_collect(struct eventpoll *ep)
{
	struct llist_node *n, *next;

	if (llist_empty(&ep->incoming))
		return;
	n = llist_reverse_order(llist_del_all(&ep->incoming));
	for (; n; n = next) {
		next = n->next;
		list_add_tail(&llist_entry(n, struct epitem, incoming)->link, &ep->ready);
	}
}

/* what was taken off is to be asked again, unless it is queued anew */
static void put_back(struct epitem *epi, struct list_head *to, bool last)
{
	if (xchg(&epi->queued, 1))
		return;
	if (last)
		list_add_tail(&epi->link, to);
	else
		list_add(&epi->link, to);
}

/*
 * Ask the first of the list. If it is ready and level-triggered it moves to the end of
 * @again, to be asked again; else it is taken off.
 * Return: its events; 0: it was a false alarm
 */
static __always_inline u32 ask_first(struct eventpoll *ep, struct list_head *again, struct epitem **epip)
{
	struct epitem *epi = *epip = list_first_entry(&ep->ready, struct epitem, link);
	bool level = !(epi->events & (EPOLLET | EPOLLONESHOT));
	u32 mask;

	if (level) {
		mask = ep_item_poll(epi, NULL);
		if (likely(mask)) {
			list_move_tail(&epi->link, again);
			return mask;
		}
	}
	list_del_init(&epi->link);
	xchg(&epi->queued, 0);		/* Q1 */
	mask = ep_item_poll(epi, NULL);
	if (mask && level)
		put_back(epi, again, true);
	return mask;
}

/** ep_eventpoll_poll - an epoll is readable if one of its files is ready. */
u32 ep_eventpoll_poll(struct file *f, poll_table *pt)
{
	struct eventpoll *ep = f->private_data;
	struct epitem *epi;
	u32 mask = 0;

	poll_wait(f, &ep->poll_wait, pt);
	mutex_lock_nested(&ep->mtx);
	ep_collect(ep);
	while (!mask && !list_empty(&ep->ready))
		if (ask_first(ep, &ep->ready, &epi)) {
			if (list_empty(&epi->link))
				put_back(epi, &ep->ready, false);
			mask = EPOLLIN | EPOLLRDNORM;
		}
	mutex_unlock(&ep->mtx);
	return mask;
}

/* struct epoll_event, its padding included: that would tell what was on the stack before */
struct ep_event {
	u64 events, data;
};
static_assert(sizeof(struct ep_event) == sizeof(struct epoll_event) &&
	      offsetof(struct ep_event, data) == offsetof(struct epoll_event, data), "epoll_event");

struct ep_batch {
	unsigned int n;
	u32 flags;			/* of any of them: EPOLLONESHOT */
	struct ep_event events[EP_BATCH];
	struct epitem *items[EP_BATCH];
};

/* @max: at most EP_BATCH. @again: for those to be asked next time */
static void fill_batch(struct eventpoll *ep, struct ep_batch *b, unsigned int max, struct list_head *again)
{
	struct epitem *epi, **item = b->items;
	struct ep_event *event = b->events;
	u32 flags = 0;

	while (item < b->items + max && !list_empty(&ep->ready)) {
		u32 mask = ask_first(ep, again, &epi);

		if (unlikely(!mask))
			continue;
		flags |= epi->events;
		*item++ = epi;
		event->events = mask;
		event++->data = epi->data;
	}
	b->n = item - b->items;
	b->flags = flags;
}

/* the batch is told: some were armed for once */
static void disarm(const struct ep_batch *b)
{
	for (unsigned int i = 0; i < b->n; i++) {
		struct epitem *epi = b->items[i];

		if (epi->events & EPOLLONESHOT)
			WRITE_ONCE(epi->events, epi->events & EP_PRIVATE_BITS);
	}
}

static bool copy_batch(struct epoll_event __user *to, const struct ep_batch *b)
{
	unsigned long left;

	pagefault_disable();
	left = copy_to_user(to, b->events, b->n * sizeof(b->events[0]));
	pagefault_enable();
	return !left;
}

/*
 * The batch could not be stored: make room present, without the mutex. What was told
 * already is on a list of ours, where nobody finds it but who removes it.
 * Return: the size of the next batch; 0: not even one event can be stored
 */
static unsigned int make_present(struct eventpoll *ep, struct epoll_event __user *to, struct ep_batch *b)
	__must_hold(ep->mtx)
{
	unsigned int n = b->n;
	bool missing;

	while (b->n) {
		struct epitem *epi = b->items[--b->n];

		if (list_empty(&epi->link))
			put_back(epi, &ep->ready, false);
		else
			list_move(&epi->link, &ep->ready);
	}
	mutex_unlock(&ep->mtx);
	missing = clear_user(to, n * sizeof(*to));
	mutex_lock(&ep->mtx);
	ep_collect(ep);
	if (!missing)
		return EP_BATCH;
	return n > 1;		/* one by one, up to where it ends */
}

/* Return: how many were told; 0: none is ready any more; -EFAULT */
static int send_events(struct eventpoll *ep, struct epoll_event __user *to, int max)
{
	struct ep_batch b __attribute__((__uninitialized__));
	unsigned int size = EP_BATCH;
	LIST_HEAD(again);
	int done = 0;

	mutex_lock(&ep->mtx);
	ep_collect(ep);
	while (done < max && size && !list_empty(&ep->ready)) {
		fill_batch(ep, &b, min(size, (unsigned int)(max - done)), &again);
		if (!b.n)
			break;
		if (unlikely(!copy_batch(to + done, &b))) {
			size = make_present(ep, to + done, &b);
			continue;
		}
		if (b.flags & EPOLLONESHOT)
			disarm(&b);
		done += b.n;
	}
	list_splice_tail(&again, &ep->ready);
	mutex_unlock(&ep->mtx);
	/* something is left: the next sleeper may have it */
	if (waitqueue_active(&ep->wq) && ep_events_available(ep))
		wake_up(&ep->wq);
	return done || size ? done : -EFAULT;
}

/* Sleep until there may be something. Return: false: @deadline has passed */
static bool ep_sleep(struct eventpoll *ep, ktime_t deadline)
{
	struct wait_queue_entry e;
	bool in_time = true;
	long err;

	init_wait_entry(&e, WQ_FLAG_EXCLUSIVE);
	while (in_time) {
		err = prepare_to_wait_event(&ep->wq, &e, TASK_INTERRUPTIBLE);
		if (err || ep_events_available(ep))
			break;
		if (deadline == KTIME_MAX)
			schedule();
		else
			in_time = schedule_hrtimeout(deadline, CLOCK_MONOTONIC) != 0;
	}
	finish_wait(&ep->wq, &e);
	return in_time;
}

/**
 * ep_wait - up to @max events. @deadline: 0: do not wait; KTIME_MAX: for ever
 * Context: may sleep. Return: how many; 0: none in time; -EFAULT, -EINTR.
 */
int ep_wait(struct eventpoll *ep, struct epoll_event __user *events, int max, ktime_t deadline)
{
	bool last = deadline == 0;
	int n;

	for (;;) {
		if (ep_events_available(ep)) {
			n = send_events(ep, events, max);
			if (n)
				return n;
		}
		if (last)
			return 0;
		if (signal_pending(current))
			return -EINTR;
		last = !ep_sleep(ep, deadline);
	}
}
