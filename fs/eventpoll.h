/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared by fs/eventpoll*.c. */
#ifndef FS_EVENTPOLL_PRIVATE_H
#define FS_EVENTPOLL_PRIVATE_H
#include <fs/eventpoll.h>
#include <fs/fs.h>
#include <fs/poll.h>
#include <kernel/mutex.h>
#include <kernel/wait.h>
#include <lib/llist.h>
#include <lib/rbtree.h>

/* how to tell, not what */
#define EP_PRIVATE_BITS	(EPOLLWAKEUP | EPOLLONESHOT | EPOLLET | EPOLLEXCLUSIVE)

struct eventpoll {
	struct mutex mtx;		/* LR_EPOLL; of several: who watches before who is watched */
	wait_queue_head_t wq;		/* who sleeps in epoll_wait() */
	wait_queue_head_t poll_wait;	/* who polls or watches this file */
	struct llist_head incoming;	/* items that became ready, newest first; any context */
	struct list_head ready;		/* those taken over from it, in order; mtx */
	struct rb_root items;		/* by file and descriptor; mtx */
	struct hlist_head watchers;	/* items of others that watch this one; the file's f_lock, rcu */
	refcount_t count;		/* the file, and each item */
	struct user_struct *user;	/* whose items they are */
	u64 wake_id;			/* the last event that was passed on to poll_wait */
	u64 gen_below, gen_above;	/* the walk that has set these; epnested_mutex: */
	int below, above;		/* how deep it nests */
	struct rcu_head rcu;
};

/* one of the queues that a watched file waits on */
struct eppoll_entry {
	struct wait_queue_entry wait;
	struct epitem *item;
	wait_queue_head_t *queue;	/* NULL: none yet, or it has ended (POLLFREE) */
	struct eppoll_entry *next;
};

/* a file that is watched */
struct epitem {
	struct rb_node rb;
	struct file *file;		/* not counted: the item goes before the file */
	int fd;
	u32 events;			/* changed under mtx */
	u64 data;
	struct eventpoll *ep;
	int queued;			/* on ep's incoming or ready, or about to be */
	struct llist_node incoming;
	struct list_head link;		/* in ep->ready */
	struct hlist_node watcher;	/* in the file's f_ep, or its eventpoll's watchers */
	struct eppoll_entry wait;	/* most files have one queue */
	struct rcu_head rcu;
};

static inline bool ep_events_available(const struct eventpoll *ep)
{
	return !llist_empty(&ep->incoming) || !list_empty(&ep->ready);
}

/** ep_queue - @epi may have something to tell. Context: any. */
static inline void ep_queue(struct epitem *epi)
{
	if (!xchg(&epi->queued, 1))
		llist_add(&epi->incoming, &epi->ep->incoming);
}

/** ep_item_poll - ask the file. @pt: or NULL. Context: mtx; may sleep. */
static inline u32 ep_item_poll(struct epitem *epi, poll_table *pt)
{
	return epi->file->f_op->poll(epi->file, pt) & epi->events;
}

/* eventpoll_wait.c */
void ep_collect(struct eventpoll *ep);
void ep_item_ready(struct epitem *epi);
int ep_poll_callback(struct wait_queue_entry *w, unsigned int mode, int flags, void *key);
u32 ep_eventpoll_poll(struct file *f, poll_table *pt);
int ep_wait(struct eventpoll *ep, struct epoll_event __user *events, int max, ktime_t deadline);
/* eventpoll.c */
struct eventpoll *file_eventpoll(const struct file *f);	/* NULL: it is none */
/* eventpoll_nest.c */
int ep_check_nesting(struct eventpoll *ep, struct eventpoll *target);
extern struct mutex epnested_mutex;

#endif
