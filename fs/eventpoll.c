// SPDX-License-Identifier: GPL-2.0-only
/*
 * epoll: the files that are watched, and the system calls. How events come is in
 * eventpoll_wait.c.
 *
 * An item has an entry in each wait queue of its file, and is found by file and
 * descriptor. It does not keep the file open. Three things end it, each under
 * ep->mtx: EPOLL_CTL_DEL, which has a reference of the file; the end of the file
 * (eventpoll_release(), when nobody has a reference any more); and the end of the
 * epoll, which takes a reference for the time, and leaves the item to the file's
 * end if it is too late for that. So the file is never gone while its item is
 * there, and nobody meets somebody else's removal.
 *
 * Locks: ep->mtx for items and delivery; the watched file's f_lock for its list of
 * watchers; nothing but the wait queues' locks in wake-ups.
 */
#include "eventpoll.h"
#include <arch/uaccess.h>
#include <fs/anon_inodes.h>
#include <fs/seq_file.h>
#include <kernel/cred.h>
#include <kernel/init.h>
#include <kernel/signal.h>
#include <kernel/syscalls.h>
#include <kernel/timer.h>
#include <lib/err.h>
#include <mm/mm.h>
#include <mm/slab.h>

#define EP_MAX_EVENTS	(INT_MAX / (int)sizeof(struct epoll_event))
#define EP_EXCLUSIVE_OK	(EPOLLIN | EPOLLOUT | EPOLLERR | EPOLLHUP | EPOLLWAKEUP | EPOLLET | EPOLLEXCLUSIVE)

unsigned long sysctl_max_user_watches;
static struct kmem_cache *epi_cache;
static const struct file_operations eventpoll_fops;

struct eventpoll *file_eventpoll(const struct file *f)
{
	return f->f_op == &eventpoll_fops ? f->private_data : NULL;
}

/* who watches @f: items of other epolls */
static struct hlist_head *watchers_of(struct file *f)
{
	struct eventpoll *ep = file_eventpoll(f);

	return ep ? &ep->watchers : &f->f_ep;
}

/* ---- life ---- */

static void ep_free_rcu(struct rcu_head *head)
{
	kfree(container_of(head, struct eventpoll, rcu));
}

static void ep_put(struct eventpoll *ep)
{
	if (!refcount_dec_and_test(&ep->count))
		return;
	free_uid(ep->user);
	call_rcu(&ep->rcu, ep_free_rcu);
}

static struct eventpoll *ep_alloc(void)
{
	struct eventpoll *ep = kzalloc(sizeof(*ep), GFP_KERNEL);

	if (!ep)
		return NULL;
	mutex_init(&ep->mtx, LR_EPOLL);
	init_waitqueue_head(&ep->wq);
	init_waitqueue_head(&ep->poll_wait);
	INIT_LIST_HEAD(&ep->ready);
	refcount_set(&ep->count, 1);
	ep->user = current_cred()->user;
	refcount_inc(&ep->user->count);
	return ep;
}

/* ---- items ---- */

static int compare(const struct epitem *epi, const struct file *f, int fd)
{
	if (epi->file != f)
		return epi->file < f ? 1 : -1;
	return fd - epi->fd;
}

static struct epitem *ep_find(struct eventpoll *ep, const struct file *f, int fd)
{
	struct rb_node *n = ep->items.rb_node;

	while (n) {
		struct epitem *epi = rb_entry(n, struct epitem, rb);
		int order = compare(epi, f, fd);

		if (!order)
			return epi;
		n = order < 0 ? n->rb_left : n->rb_right;
	}
	return NULL;
}

static void link_item(struct eventpoll *ep, struct epitem *epi)
{
	struct rb_node **p = &ep->items.rb_node, *parent = NULL;

	while (*p) {
		parent = *p;
		p = compare(rb_entry(parent, struct epitem, rb), epi->file, epi->fd) < 0 ?
		    &parent->rb_left : &parent->rb_right;
	}
	rb_link_node(&epi->rb, parent, p);
	rb_insert_color(&epi->rb, &ep->items);
	spin_lock(&epi->file->f_lock);
	hlist_add_head_rcu(&epi->watcher, watchers_of(epi->file));
	spin_unlock(&epi->file->f_lock);
}

static void leave_queues(struct epitem *epi)
{
	struct eppoll_entry *e = &epi->wait, *next;
	wait_queue_head_t *q;

	for (; e; e = next) {
		next = e->next;
		rcu_read_lock();	/* it may be ending now */
		q = smp_load_acquire(&e->queue);
		if (q)
			remove_wait_queue(q, &e->wait);
		rcu_read_unlock();
		if (e != &epi->wait)
			kfree(e);
	}
}

static void free_item_rcu(struct rcu_head *head)
{
	kmem_cache_free(epi_cache, container_of(head, struct epitem, rcu));
}

/* Context: mtx. The item's reference of @ep is the caller's now. */
static void ep_remove(struct eventpoll *ep, struct epitem *epi)
{
	leave_queues(epi);
	spin_lock(&epi->file->f_lock);
	hlist_del_rcu(&epi->watcher);
	spin_unlock(&epi->file->f_lock);
	rb_erase(&epi->rb, &ep->items);
	/* nobody queues it any more */
	if (epi->queued) {
		ep_collect(ep);
		list_del(&epi->link);
	}
	atomic_dec(&ep->user->epoll_watches);
	call_rcu(&epi->rcu, free_item_rcu);
}

void eventpoll_release(struct hlist_head *watchers)
{
	while (!hlist_empty(watchers)) {
		struct epitem *epi = hlist_entry(watchers->first, struct epitem, watcher);
		struct eventpoll *ep = epi->ep;

		mutex_lock(&ep->mtx);
		ep_remove(ep, epi);
		mutex_unlock(&ep->mtx);
		ep_put(ep);
	}
}

/* an item whose file lives, with a reference of that; the others go with their files. mtx held */
static struct epitem *first_living(struct eventpoll *ep)
{
	for (struct rb_node *n = rb_first(&ep->items); n; n = rb_next(n)) {
		struct epitem *epi = rb_entry(n, struct epitem, rb);

		if (atomic64_inc_not_zero(&epi->file->f_count))
			return epi;
	}
	return NULL;
}

static int ep_release(struct inode *inode, struct file *f)
{
	struct eventpoll *ep = f->private_data;
	struct epitem *epi;
	struct file *watched;

	eventpoll_release(&ep->watchers);
	for (;;) {
		mutex_lock(&ep->mtx);
		epi = first_living(ep);
		if (epi) {
			watched = epi->file;
			ep_remove(ep, epi);
		}
		mutex_unlock(&ep->mtx);
		ep_put(ep);		/* the item's; in the end, the file's */
		if (!epi)
			return 0;
		fput(watched);
		cond_resched();
	}
}

/* ---- EPOLL_CTL_ADD, EPOLL_CTL_MOD ---- */

struct ep_pqueue {
	poll_table pt;
	struct epitem *item;
	int error;
};

/* the file says that it waits on @q */
static void queue_item(struct file *f, wait_queue_head_t *q, poll_table *pt)
{
	struct ep_pqueue *pq = container_of(pt, struct ep_pqueue, pt);
	struct epitem *epi = pq->item;
	struct eppoll_entry *e = &epi->wait;

	if (e->queue) {
		e = kzalloc(sizeof(*e), GFP_KERNEL);
		if (!e) {
			pq->error = -ENOMEM;
			return;
		}
		e->next = epi->wait.next;
		epi->wait.next = e;
	}
	e->item = epi;
	e->queue = q;
	e->wait.func = ep_poll_callback;
	e->wait.flags = epi->events & EPOLLEXCLUSIVE ? WQ_FLAG_EXCLUSIVE : 0;
	add_wait_queue(q, &e->wait);
}

static struct epitem *alloc_item(struct eventpoll *ep, const struct epoll_event *ev, struct file *f, int fd)
{
	struct epitem *epi;

	if (atomic_inc_return(&ep->user->epoll_watches) > READ_ONCE(sysctl_max_user_watches)) {
		atomic_dec(&ep->user->epoll_watches);
		return ERR_PTR(-ENOSPC);
	}
	epi = kmem_cache_zalloc(epi_cache, GFP_KERNEL);
	if (!epi) {
		atomic_dec(&ep->user->epoll_watches);
		return ERR_PTR(-ENOMEM);
	}
	epi->file = f;
	epi->fd = fd;
	epi->events = ev->events | EPOLLERR | EPOLLHUP;
	epi->data = ev->data;
	epi->ep = ep;
	refcount_inc(&ep->count);
	return epi;
}

/* Context: mtx */
static int ep_insert(struct eventpoll *ep, const struct epoll_event *ev, struct file *f, int fd)
{
	struct epitem *epi = alloc_item(ep, ev, f, fd);
	struct ep_pqueue pq = { .pt = { .qproc = queue_item }, .item = epi };
	u32 mask;

	if (IS_ERR(epi))
		return PTR_ERR(epi);
	pq.pt.key = epi->events;
	link_item(ep, epi);
	mask = ep_item_poll(epi, &pq.pt);
	if (pq.error) {
		ep_remove(ep, epi);
		ep_put(ep);	/* not the last: the caller has the file */
		return pq.error;
	}
	if (mask)
		ep_item_ready(epi);
	return 0;
}

/* Context: mtx */
static int ep_modify(struct epitem *epi, const struct epoll_event *ev)
{
	if (epi->events & EPOLLEXCLUSIVE)
		return -EINVAL;
	WRITE_ONCE(epi->events, ev->events | EPOLLERR | EPOLLHUP);
	epi->data = ev->data;
	smp_mb();	/* a wake-up sees the new events, or we see what it is about */
	if (ep_item_poll(epi, NULL))
		ep_item_ready(epi);
	return 0;
}

static int ep_delete(struct eventpoll *ep, struct epitem *epi)
{
	ep_remove(ep, epi);
	ep_put(ep);	/* not the last: the caller has the file */
	return 0;
}

static int change_items(struct eventpoll *ep, int op, const struct epoll_event *ev, struct file *f, int fd)
{
	struct epitem *epi = ep_find(ep, f, fd);

	switch (op) {
	case EPOLL_CTL_ADD:
		return epi ? -EEXIST : ep_insert(ep, ev, f, fd);
	case EPOLL_CTL_DEL:
		return epi ? ep_delete(ep, epi) : -ENOENT;
	case EPOLL_CTL_MOD:
		return epi ? ep_modify(epi, ev) : -ENOENT;
	default:
		return -EINVAL;
	}
}

/* EPOLLEXCLUSIVE is chosen when a file is added, and not for nested epolls */
static bool exclusive_ok(int op, u32 events, bool nested)
{
	if (op == EPOLL_CTL_DEL || !(events & EPOLLEXCLUSIVE))
		return true;
	return op == EPOLL_CTL_ADD && !nested && !(events & ~EP_EXCLUSIVE_OK);
}

static int ctl(struct eventpoll *ep, int op, const struct epoll_event *ev, struct file *f, int fd)
{
	int err;

	mutex_lock_nested(&ep->mtx);
	err = change_items(ep, op, ev, f, fd);
	mutex_unlock(&ep->mtx);
	return err;
}

static int add_nested(struct eventpoll *ep, const struct epoll_event *ev, struct file *f, int fd)
{
	int err;

	mutex_lock(&epnested_mutex);
	err = ep_check_nesting(ep, file_eventpoll(f));
	if (!err)
		err = ctl(ep, EPOLL_CTL_ADD, ev, f, fd);
	mutex_unlock(&epnested_mutex);
	return err;
}

static int do_epoll_ctl(struct file *epfile, int op, struct epoll_event *ev, struct file *f, int fd)
{
	struct eventpoll *ep = file_eventpoll(epfile);
	bool nested = file_eventpoll(f);

	if (!f->f_op->poll)
		return -EPERM;
	if (f == epfile || !ep || !exclusive_ok(op, ev->events, nested))
		return -EINVAL;
	ev->events &= ~EPOLLWAKEUP;	/* the machine does not sleep */
	if (nested && op == EPOLL_CTL_ADD)
		return add_nested(ep, ev, f, fd);
	return ctl(ep, op, ev, f, fd);
}

SYSCALL_DEFINE4(epoll_ctl, int, epfd, int, op, int, fd, struct epoll_event __user *, uev)
{
	struct epoll_event ev = { 0 };
	struct fd ep, f;
	int err = -EBADF;

	if (op != EPOLL_CTL_DEL && copy_from_user(&ev, uev, sizeof(ev)))
		return -EFAULT;
	ep = fdget(epfd);
	if (!ep.file)
		return -EBADF;
	f = fdget(fd);
	if (f.file) {
		err = do_epoll_ctl(ep.file, op, &ev, f.file, fd);
		fdput(f);
	}
	fdput(ep);
	return err;
}

/* ---- the file ---- */

static void ep_show_fdinfo(struct seq_file *m, struct file *f)
{
	struct eventpoll *ep = f->private_data;

	mutex_lock(&ep->mtx);
	for (struct rb_node *n = rb_first(&ep->items); n; n = rb_next(n)) {
		struct epitem *epi = rb_entry(n, struct epitem, rb);
		struct inode *inode = file_inode(epi->file);

		seq_printf(m, "tfd: %8d events: %8x data: %16llx  pos:%lli ino:%lx sdev:%x\n", epi->fd,
			   epi->events, epi->data, epi->file->f_pos, inode->i_ino, inode->i_sb->s_dev);
	}
	mutex_unlock(&ep->mtx);
}

static const struct file_operations eventpoll_fops = {
	.llseek		= noop_llseek,
	.poll		= ep_eventpoll_poll,
	.release	= ep_release,
	.show_fdinfo	= ep_show_fdinfo,
};

SYSCALL_DEFINE1(epoll_create1, int, flags)
{
	struct eventpoll *ep;
	int fd;

	if (flags & ~EPOLL_CLOEXEC)
		return -EINVAL;
	ep = ep_alloc();
	if (!ep)
		return -ENOMEM;
	fd = anon_inode_getfd("[eventpoll]", &eventpoll_fops, ep, O_RDWR | (flags & O_CLOEXEC));
	if (fd < 0)
		ep_put(ep);
	return fd;
}

/* ---- epoll_wait and its kin ---- */

static int do_epoll_wait(int epfd, struct epoll_event __user *events, int max, ktime_t deadline)
{
	int ret = -EINVAL;
	struct fd f;

	if (max <= 0 || max > EP_MAX_EVENTS)
		return -EINVAL;
	if (!access_ok(events, max * sizeof(*events)))
		return -EFAULT;
	f = fdget(epfd);
	if (!f.file)
		return -EBADF;
	if (file_eventpoll(f.file))
		ret = ep_wait(f.file->private_data, events, max, deadline);
	fdput(f);
	return ret;
}

static int wait_masked(int epfd, struct epoll_event __user *events, int max, ktime_t deadline,
		       const sigset_t __user *mask, size_t size)
{
	int ret = set_user_sigmask(mask, size);

	if (ret)
		return ret;
	ret = do_epoll_wait(epfd, events, max, deadline);
	if (mask)
		restore_saved_sigmask_unless(ret == -EINTR);
	return ret;
}

static ktime_t deadline_after(const struct __kernel_timespec *ts)
{
	return ts->tv_sec || ts->tv_nsec ? timeout_to_deadline(ts) : 0;
}

SYSCALL_DEFINE6(epoll_pwait, int, epfd, struct epoll_event __user *, events, int, max, int, timeout_ms,
		const sigset_t __user *, mask, size_t, size)
{
	struct __kernel_timespec ts = { timeout_ms / 1000, timeout_ms % 1000 * NSEC_PER_MSEC };

	return wait_masked(epfd, events, max, timeout_ms < 0 ? KTIME_MAX : deadline_after(&ts), mask,
			   size);
}

SYSCALL_DEFINE6(epoll_pwait2, int, epfd, struct epoll_event __user *, events, int, max,
		const struct __kernel_timespec __user *, uts, const sigset_t __user *, mask, size_t, size)
{
	struct __kernel_timespec ts;

	if (!uts)
		return wait_masked(epfd, events, max, KTIME_MAX, mask, size);
	if (get_timespec(&ts, uts))
		return -EFAULT;
	if (!timespec_valid(&ts))
		return -EINVAL;
	return wait_masked(epfd, events, max, deadline_after(&ts), mask, size);
}

static int eventpoll_init(void)
{
	/* a twenty-fifth of memory at most, for each user */
	sysctl_max_user_watches = totalram_pages() / 25 * PAGE_SIZE / sizeof(struct epitem);
	epi_cache = kmem_cache_create("eventpoll_epi", sizeof(struct epitem), 0, SLAB_HWCACHE_ALIGN, NULL);
	return epi_cache ? 0 : -ENOMEM;
}
fs_initcall(eventpoll_init);
