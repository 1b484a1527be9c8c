// SPDX-License-Identifier: GPL-2.0-only
/*
 * Process identifiers.
 *
 * Numbers are found through a table of three levels that is made as numbers
 * are used: top[] -> 512 leaves -> 256 numbers. A leaf has a bit per number
 * taken, so that the next free one after the last given out is found without a
 * search of the table. Leaves are never freed: pid_max bounds them.
 *
 * Locks: pidmap_lock (LR_PIDMAP, interrupts off) for the table; readers use
 * RCU. A struct pid has one reference for its number, dropped a grace period
 * after free_pid(), so readers under RCU may get_pid() what they found. tasks[]
 * is changed under tasklist_lock.
 *
 * P1 a number's bit is set from alloc_pid() to free_pid(); its slot points to
 *    the struct pid for the same time.
 */
#include <kernel/pid.h>
#include <kernel/sched.h>
#include <kernel/signal.h>
#include <kernel/wait.h>
#include <lib/bitmap.h>
#include <lib/err.h>
#include <mm/slab.h>

#define LEAF_PIDS	256
#define MID_LEAVES	512
#define NR_TOP		(PID_MAX_LIMIT / LEAF_PIDS / MID_LEAVES)
#define RESERVED_PIDS	300	/* not given out again after the first round */

struct pid_leaf {
	unsigned int nr_used;
	DECLARE_BITMAP(used, LEAF_PIDS);
	struct pid *pids[LEAF_PIDS];
};
struct pid_mid {
	struct pid_leaf *leaf[MID_LEAVES];
};

int pid_max = 32768;
struct pid init_struct_pid = {
	.count = REFCOUNT_INIT(1),
	.wait_pidfd = __WAIT_QUEUE_HEAD_INIT(init_struct_pid.wait_pidfd),
};

static DEFINE_SPINLOCK(pidmap_lock, LR_PIDMAP);
static struct pid_mid *top[NR_TOP];
static pid_t last_pid;
static u64 last_ino = 1;		/* 1: the root of pidfs */
static struct kmem_cache *pid_cache;

static struct pid_leaf *find_leaf(unsigned int nr)
{
	struct pid_mid *mid = rcu_dereference(top[nr / LEAF_PIDS / MID_LEAVES]);

	return mid ? rcu_dereference(mid->leaf[nr / LEAF_PIDS % MID_LEAVES]) : NULL;
}

/* make the leaf of @nr; called without locks, two may do so at once */
static int make_leaf(unsigned int nr)
{
	struct pid_mid **midp = &top[nr / LEAF_PIDS / MID_LEAVES], *mid = NULL;
	struct pid_leaf **leafp, *leaf;

	leaf = kzalloc(sizeof(*leaf), GFP_KERNEL);
	if (!leaf)
		return -ENOMEM;
	if (!READ_ONCE(*midp)) {
		mid = kzalloc(sizeof(*mid), GFP_KERNEL);
		if (!mid) {
			kfree(leaf);
			return -ENOMEM;
		}
	}
	spin_lock_irq(&pidmap_lock);
	if (mid && !*midp) {
		rcu_assign_pointer(*midp, mid);
		mid = NULL;
	}
	leafp = &(*midp)->leaf[nr / LEAF_PIDS % MID_LEAVES];
	if (!*leafp) {
		rcu_assign_pointer(*leafp, leaf);
		leaf = NULL;
	}
	spin_unlock_irq(&pidmap_lock);
	kfree(mid);
	kfree(leaf);
	return 0;
}

/* A free number in [from, to); -EAGAIN: none; -ENOENT: *@missing has no leaf yet */
static int find_free(int from, int to, int *missing)
{
	while (from < to) {
		int base = from / LEAF_PIDS * LEAF_PIDS;
		struct pid_leaf *leaf = find_leaf(from);
		unsigned long bit;

		if (!leaf) {
			*missing = from;
			return -ENOENT;
		}
		if (leaf->nr_used < LEAF_PIDS) {
			bit = find_next_zero_bit(leaf->used, LEAF_PIDS, from - base);
			if (bit < LEAF_PIDS)
				return base + (int)bit < to ? base + (int)bit : -EAGAIN;
		}
		from = base + LEAF_PIDS;
	}
	return -EAGAIN;
}

static void take_number(struct pid *pid, int nr)
{
	struct pid_leaf *leaf = find_leaf(nr);

	__set_bit(nr % LEAF_PIDS, leaf->used);
	leaf->nr_used++;
	pid->nr = nr;
	pid->ino = ++last_ino;
	last_pid = nr;
	rcu_assign_pointer(leaf->pids[nr % LEAF_PIDS], pid);
}

/** alloc_pid - the next free number. Context: may sleep. Return: ERR_PTR(-EAGAIN, -ENOMEM). */
struct pid *alloc_pid(void)
{
	struct pid *pid = kmem_cache_alloc(pid_cache, GFP_KERNEL);
	int nr, missing = 0;

	if (!pid)
		return ERR_PTR(-ENOMEM);
	refcount_set(&pid->count, 1);
	for (int i = 0; i < PIDTYPE_MAX; i++)
		pid->tasks[i].first = NULL;
	init_waitqueue_head(&pid->wait_pidfd);
	for (;;) {
		spin_lock_irq(&pidmap_lock);
		nr = find_free(last_pid + 1, pid_max, &missing);
		if (nr == -EAGAIN)
			nr = find_free(RESERVED_PIDS, pid_max, &missing);
		if (nr >= 0)
			take_number(pid, nr);
		spin_unlock_irq(&pidmap_lock);
		if (likely(nr >= 0))
			return pid;
		if (nr == -ENOENT)
			nr = make_leaf(missing);
		if (nr) {
			kmem_cache_free(pid_cache, pid);
			return ERR_PTR(nr);
		}
	}
}

void put_pid(struct pid *pid)
{
	if (pid && refcount_dec_and_test(&pid->count))
		kmem_cache_free(pid_cache, pid);
}

static void delayed_put_pid(struct rcu_head *rcu)
{
	put_pid(container_of(rcu, struct pid, rcu));
}

/** free_pid - give the number back; the struct lives as long as it is referenced. */
void free_pid(struct pid *pid)
{
	struct pid_leaf *leaf;
	unsigned long flags;

	spin_lock_irqsave(&pidmap_lock, flags);
	leaf = find_leaf(pid->nr);
	rcu_assign_pointer(leaf->pids[pid->nr % LEAF_PIDS], NULL);
	__clear_bit(pid->nr % LEAF_PIDS, leaf->used);
	leaf->nr_used--;
	spin_unlock_irqrestore(&pidmap_lock, flags);
	call_rcu(&pid->rcu, delayed_put_pid);
}

/** find_pid - Context: RCU. Return: NULL if there is none. */
struct pid *find_pid(pid_t nr)
{
	struct pid_leaf *leaf;

	if (nr <= 0 || nr >= PID_MAX_LIMIT)
		return NULL;
	leaf = find_leaf(nr);
	return leaf ? rcu_dereference(leaf->pids[nr % LEAF_PIDS]) : NULL;
}

struct pid *find_get_pid(pid_t nr)
{
	struct pid *pid;

	rcu_read_lock();
	pid = get_pid(find_pid(nr));
	rcu_read_unlock();
	return pid;
}

/** pid_task - some task that has @p as its @type. Context: RCU or tasklist_lock. */
struct task_struct *pid_task(struct pid *p, enum pid_type type)
{
	struct hlist_node *n;

	if (!p)
		return NULL;
	n = rcu_dereference(p->tasks[type].first);
	return n ? container_of(n, struct task_struct, pid_links[type]) : NULL;
}

struct task_struct *get_pid_task(struct pid *p, enum pid_type type)
{
	struct task_struct *t;

	rcu_read_lock();
	t = pid_task(p, type);
	if (t)
		get_task_struct(t);
	rcu_read_unlock();
	return t;
}

struct task_struct *find_task_by_pid(pid_t nr)
{
	return pid_task(find_pid(nr), PIDTYPE_PID);
}

struct task_struct *find_get_task_by_pid(pid_t nr)
{
	struct task_struct *t;

	rcu_read_lock();
	t = find_task_by_pid(nr);
	if (t)
		get_task_struct(t);
	rcu_read_unlock();
	return t;
}

static struct pid **task_pid_ptr(struct task_struct *t, enum pid_type type)
{
	return type == PIDTYPE_PID ? &t->thread_pid : &t->signal->pids[type];
}

struct pid *task_pid(struct task_struct *t)
{
	return t->thread_pid;
}

struct pid *task_pgrp(struct task_struct *t)
{
	return rcu_dereference(t->signal->pids[PIDTYPE_PGID]);
}

struct pid *task_session(struct task_struct *t)
{
	return rcu_dereference(t->signal->pids[PIDTYPE_SID]);
}

/** task_ppid_nr - thread-group id of the parent; 0 for none. */
pid_t task_ppid_nr(struct task_struct *t)
{
	pid_t nr;

	rcu_read_lock();
	nr = t->exit_state & EXIT_DEAD ? 0 : rcu_dereference(t->real_parent)->tgid;
	rcu_read_unlock();
	return nr;
}

/** attach_pid - Context: tasklist_lock. Takes no reference: the links keep the number. */
void attach_pid(struct task_struct *t, enum pid_type type, struct pid *pid)
{
	rcu_assign_pointer(*task_pid_ptr(t, type), pid);
	hlist_add_head_rcu(&t->pid_links[type], &pid->tasks[type]);
}

static void __change_pid(struct task_struct *t, enum pid_type type, struct pid *new)
{
	struct pid **p = task_pid_ptr(t, type), *old = *p;

	hlist_del_rcu(&t->pid_links[type]);
	rcu_assign_pointer(*p, new);
	/* no task by this number any more: POLLHUP */
	if (type == PIDTYPE_PID)
		wake_up_all(&old->wait_pidfd);
	for (int i = 0; i < PIDTYPE_MAX; i++)
		if (!hlist_empty(&old->tasks[i]))
			return;
	free_pid(old);
}

/** detach_pid - Context: tasklist_lock. Frees the number with its last user. */
void detach_pid(struct task_struct *t, enum pid_type type)
{
	__change_pid(t, type, NULL);
}

void change_pid(struct task_struct *t, enum pid_type type, struct pid *pid)
{
	__change_pid(t, type, pid);
	attach_pid(t, type, pid);
}

/* the first number in use >= @nr, or -1. RCU */
static int next_used(int nr)
{
	while (nr < PID_MAX_LIMIT) {
		int base = nr / LEAF_PIDS * LEAF_PIDS;
		struct pid_leaf *leaf = find_leaf(nr);
		unsigned long bit;

		if (!rcu_access_pointer(top[nr / LEAF_PIDS / MID_LEAVES])) {
			nr = (nr / LEAF_PIDS / MID_LEAVES + 1) * LEAF_PIDS * MID_LEAVES;
			continue;
		}
		if (leaf) {
			bit = find_next_bit(leaf->used, LEAF_PIDS, nr - base);
			if (bit < LEAF_PIDS)
				return base + bit;
		}
		nr = base + LEAF_PIDS;
	}
	return -1;
}

struct task_struct *next_tgid(pid_t *nr)
{
	struct task_struct *t = NULL;
	int n;

	rcu_read_lock();
	for (n = max(*nr, 1); (n = next_used(n)) >= 0; n++) {
		t = pid_task(find_pid(n), PIDTYPE_TGID);
		if (t) {
			get_task_struct(t);
			*nr = n;
			break;
		}
	}
	rcu_read_unlock();
	return t;
}

/** pid_init - Context: boot, slab works. The links of init_task keep number 0 for ever. */
void pid_init(void)
{
	for (int i = 0; i < PIDTYPE_MAX; i++)
		hlist_add_head_rcu(&init_task.pid_links[i], &init_struct_pid.tasks[i]);
	pid_cache = kmem_cache_create("pid", sizeof(struct pid), 0, SLAB_PANIC, NULL);
}

pid_t pid_last(void)
{
	return READ_ONCE(last_pid);
}
