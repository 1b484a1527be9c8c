// SPDX-License-Identifier: GPL-2.0-only
/*
 * Advisory file locks: the lists of an inode, conflicts, waiting, and deadlock detection.
 * The calls are in locks_calls.c.
 *
 * Three kinds: POSIX (fcntl; owner: the descriptor table; any close of the file drops
 * them), OFD (fcntl; owner: the open file) and flock (whole file; owner: the open file).
 * POSIX and OFD locks are one family and conflict with each other; flock is its own.
 *
 * Invariants:
 * L1  granted locks of one owner in the POSIX family do not overlap
 * L2  no two granted locks of different owners conflict
 * L3  a waiter is on exactly one blocker's list; when the blocker shrinks or goes, all its
 *     waiters are woken and try again
 * L4  the wait-for graph of POSIX owners has no cycle (-EDEADLK before it would close)
 *
 * One spinlock guards it all: locks are short lists, and rare.
 */
#include "locks.h"
#include <kernel/init.h>

DEFINE_SPINLOCK(file_locks_lock, LR_F_LOCK);
static LIST_HEAD(blocked);		/* waiting POSIX requests, by blocked_entry */
static struct kmem_cache *lock_cache, *ctx_cache;

/* ---- objects ---- */

static struct file_lock *locks_alloc(void)
{
	struct file_lock *l = kmem_cache_zalloc(lock_cache, GFP_KERNEL);

	if (l)
		locks_init(l);
	return l;
}

void locks_init(struct file_lock *l)
{
	INIT_LIST_HEAD(&l->list);
	INIT_LIST_HEAD(&l->waiters);
	INIT_LIST_HEAD(&l->wait_entry);
	INIT_LIST_HEAD(&l->blocked_entry);
	init_waitqueue_head(&l->wait);
}

static void locks_free(struct file_lock *l)
{
	if (l)
		kmem_cache_free(lock_cache, l);
}

/** locks_get_context - the inode's lists, made at the first lock. NULL: no memory. */
static struct file_lock_context *locks_get_context(struct inode *inode)
{
	struct file_lock_context *c = smp_load_acquire(&inode->i_flctx), *none = NULL;

	if (c)
		return c;
	c = kmem_cache_alloc(ctx_cache, GFP_KERNEL);
	if (!c)
		return NULL;
	INIT_LIST_HEAD(&c->posix);
	INIT_LIST_HEAD(&c->flock);
	if (try_cmpxchg(&inode->i_flctx, &none, c))
		return c;
	kmem_cache_free(ctx_cache, c);
	return inode->i_flctx;
}

void locks_free_context(struct inode *inode)
{
	struct file_lock_context *c = inode->i_flctx;

	WARN_ON_ONCE(!list_empty(&c->posix) || !list_empty(&c->flock));
	kmem_cache_free(ctx_cache, c);
	inode->i_flctx = NULL;
}

/* ---- waiting ---- */

/* file_locks_lock held, as in all that follows */
static void wake_waiters(struct file_lock *blocker)
{
	struct file_lock *w, *next;

	list_for_each_entry_safe(w, next, &blocker->waiters, wait_entry) {
		list_del_init(&w->wait_entry);
		list_del_init(&w->blocked_entry);
		WRITE_ONCE(w->blocker, NULL);
		wake_up(&w->wait);
	}
}

static void block_on(struct file_lock *w, struct file_lock *blocker)
{
	w->blocker = blocker;
	list_add_tail(&w->wait_entry, &blocker->waiters);
	if (w->flags == FL_POSIX)
		list_add(&w->blocked_entry, &blocked);
}

/** locks_unblock - a waiter gives up. */
void locks_unblock(struct file_lock *w)
{
	spin_lock(&file_locks_lock);
	list_del_init(&w->wait_entry);
	list_del_init(&w->blocked_entry);
	w->blocker = NULL;
	spin_unlock(&file_locks_lock);
}

/* Would waiting for @blocker close a circle of POSIX owners? */
static bool would_deadlock(const struct file_lock *caller, const struct file_lock *blocker)
{
	const struct file_lock *w;
	bool found;
	int steps = 0;

	if (caller->flags != FL_POSIX)
		return false;
	do {
		if (blocker->flags == FL_POSIX && blocker->owner == caller->owner)
			return true;
		found = false;
		list_for_each_entry(w, &blocked, blocked_entry)
			if (w->owner == blocker->owner && w->blocker) {
				blocker = w->blocker;
				found = true;
				break;
			}
	} while (found && ++steps < 64);
	return false;
}

/* ---- the POSIX family ---- */

static bool overlap(const struct file_lock *a, const struct file_lock *b)
{
	return a->end >= b->start && b->end >= a->start;
}

static bool same_owner(const struct file_lock *a, const struct file_lock *b)
{
	return a->owner == b->owner && a->flags == b->flags;
}

static bool conflict(const struct file_lock *a, const struct file_lock *b)
{
	return a->type == F_WRLCK || b->type == F_WRLCK;
}

/**
 * posix_find_conflict - the lock that keeps @req from being granted, or NULL.
 * If @req is F_UNLCK, as F_OFD_GETLK may ask: a lock of the owner's own.
 */
struct file_lock *posix_find_conflict(struct file_lock_context *c, const struct file_lock *req)
{
	struct file_lock *l;

	list_for_each_entry(l, &c->posix, list) {
		bool mine = same_owner(l, req);

		if (overlap(l, req) && (req->type == F_UNLCK ? mine : !mine && conflict(l, req)))
			return l;
	}
	return NULL;
}

static void remove_lock(struct file_lock *l, struct list_head *dispose)
{
	list_move(&l->list, dispose);
	wake_waiters(l);
}

static void insert_sorted(struct file_lock_context *c, struct file_lock *new)
{
	struct list_head *at = &c->posix;
	struct file_lock *l;

	list_for_each_entry(l, &c->posix, list) {
		if (l->start > new->start)
			break;
		at = &l->list;
	}
	list_add(&new->list, at);
}

/* What is left of @l, of another type or being unlocked, outside of @new's range. */
static void cut_out(struct file_lock_context *c, struct file_lock *l, const struct file_lock *new,
		    struct file_lock **spare, struct list_head *dispose)
{
	bool left = l->start < new->start, right = l->end > new->end;

	if (left && right) {
		struct file_lock *r = *spare;

		*spare = NULL;
		r->type = l->type;
		r->flags = l->flags;
		r->owner = l->owner;
		r->pid = l->pid;
		r->file = l->file;
		r->start = new->end + 1;
		r->end = l->end;
		l->end = new->start - 1;
		list_add(&r->list, &l->list);
		wake_waiters(l);
	} else if (left) {
		l->end = new->start - 1;
		wake_waiters(l);
	} else if (right) {
		l->start = new->end + 1;
		list_del(&l->list);
		insert_sorted(c, l);
		wake_waiters(l);
	} else {
		remove_lock(l, dispose);
	}
}

static bool touches(const struct file_lock *l, const struct file_lock *new)
{
	/* adjacent counts: neighbours of one type become one lock */
	return (l->end == LLONG_MAX || l->end + 1 >= new->start) &&
	       (new->end == LLONG_MAX || new->end + 1 >= l->start);
}

/* Make @new (or its removal) true for its owner. Nothing conflicts any more. */
static void apply(struct file_lock_context *c, struct file_lock *new, struct file_lock **spare,
		  struct list_head *dispose)
{
	struct file_lock *l, *next;

	list_for_each_entry_safe(l, next, &c->posix, list) {
		if (!same_owner(l, new))
			continue;
		if (l->type == new->type) {
			if (!touches(l, new))
				continue;
			new->start = min(new->start, l->start);
			new->end = max(new->end, l->end);
			remove_lock(l, dispose);
		} else if (overlap(l, new)) {
			cut_out(c, l, new, spare, dispose);
		}
	}
	if (new->type != F_UNLCK)
		insert_sorted(c, new);
}

static void dispose_locks(struct list_head *dispose)
{
	while (!list_empty(dispose)) {
		struct file_lock *l = list_first_entry(dispose, struct file_lock, list);

		list_del(&l->list);
		locks_free(l);
	}
}

/**
 * posix_lock_inode - grant, change or remove a lock of the POSIX family.
 * @req: what is asked; on the caller's stack or elsewhere, it is copied
 * @wait: become a waiter of what conflicts
 * Context: may sleep (allocates).
 * Return: 0; -EAGAIN; -EDEADLK; -ENOLCK; 1: @req waits now (see locks_wait()).
 */
int posix_lock_inode(struct inode *inode, struct file_lock *req, bool wait)
{
	struct file_lock_context *c = locks_get_context(inode);
	struct file_lock *new = locks_alloc(), *spare = locks_alloc(), *l;
	LIST_HEAD(dispose);
	int err = 0;

	if (!c || !new || !spare) {
		locks_free(new);
		locks_free(spare);
		return -ENOLCK;
	}
	new->type = req->type;
	new->flags = req->flags;
	new->owner = req->owner;
	new->pid = req->pid;
	new->file = req->file;
	new->start = req->start;
	new->end = req->end;
	spin_lock(&file_locks_lock);
	if (req->type != F_UNLCK) {
		l = posix_find_conflict(c, req);
		if (l && !wait) {
			err = -EAGAIN;
		} else if (l && would_deadlock(req, l)) {
			err = -EDEADLK;
		} else if (l) {
			block_on(req, l);
			err = 1;
		}
	}
	if (!err) {
		apply(c, new, &spare, &dispose);
		if (new->type != F_UNLCK)
			new = NULL;
	}
	spin_unlock(&file_locks_lock);
	dispose_locks(&dispose);
	locks_free(new);
	locks_free(spare);
	return err;
}

/* ---- flock ---- */

/**
 * flock_lock_inode - whole-file lock of an open file.
 *
 * A change of type gives the old lock up first, as flock(2) documents.
 * Return: 0, -EAGAIN (EWOULDBLOCK), -ENOLCK; 1: @req waits now.
 */
int flock_lock_inode(struct inode *inode, struct file_lock *req, bool wait)
{
	struct file_lock_context *c = locks_get_context(inode);
	struct file_lock *new = locks_alloc(), *l, *mine = NULL, *other = NULL;
	LIST_HEAD(dispose);
	int err = 0;

	if (!c || !new) {
		locks_free(new);
		return -ENOLCK;
	}
	new->type = req->type;
	new->flags = FL_FLOCK;
	new->owner = req->owner;
	new->pid = req->pid;
	new->file = req->file;
	new->end = LLONG_MAX;
	spin_lock(&file_locks_lock);
	list_for_each_entry(l, &c->flock, list)
		if (l->owner == req->owner)
			mine = l;
	if (mine && mine->type == req->type)
		goto out;
	if (mine)
		remove_lock(mine, &dispose);
	if (req->type == F_UNLCK)
		goto out;
	list_for_each_entry(l, &c->flock, list)
		if (conflict(l, req)) {
			other = l;
			break;
		}
	if (!other) {
		list_add_tail(&new->list, &c->flock);
		new = NULL;
	} else if (!wait) {
		err = -EAGAIN;
	} else {
		block_on(req, other);
		err = 1;
	}
out:
	spin_unlock(&file_locks_lock);
	dispose_locks(&dispose);
	locks_free(new);
	return err;
}

/* ---- closing ---- */

/** locks_remove_posix - close(2): all POSIX locks of @owner on the file's inode go. */
void locks_remove_posix(struct file *f, struct files_struct *owner)
{
	struct file_lock_context *c = smp_load_acquire(&f->f_inode->i_flctx);
	struct file_lock *l, *next;
	LIST_HEAD(dispose);

	if (!c)
		return;
	spin_lock(&file_locks_lock);
	list_for_each_entry_safe(l, next, &c->posix, list)
		if (l->flags == FL_POSIX && l->owner == owner)
			remove_lock(l, &dispose);
	spin_unlock(&file_locks_lock);
	dispose_locks(&dispose);
}

/** locks_remove_file - the last close: flock and OFD locks of @f go. */
void locks_remove_file(struct file *f)
{
	struct file_lock_context *c = smp_load_acquire(&f->f_inode->i_flctx);
	struct file_lock *l, *next;
	LIST_HEAD(dispose);

	if (!c)
		return;
	spin_lock(&file_locks_lock);
	list_for_each_entry_safe(l, next, &c->posix, list)
		if (l->owner == f)
			remove_lock(l, &dispose);
	list_for_each_entry_safe(l, next, &c->flock, list)
		if (l->owner == f)
			remove_lock(l, &dispose);
	spin_unlock(&file_locks_lock);
	dispose_locks(&dispose);
}

void __init locks_init_caches(void)
{
	lock_cache = KMEM_CACHE(file_lock, SLAB_PANIC);
	ctx_cache = KMEM_CACHE(file_lock_context, SLAB_PANIC);
}
