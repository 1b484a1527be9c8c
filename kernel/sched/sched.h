/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inside of the scheduler: one run queue per hart.
 *
 * rq->lock (LR_RQ, interrupts off) guards the queue and, for the tasks that
 * are on it, se, prio, policy and cpu. A task that is not on a queue is moved
 * under its pi_lock. Order: pi_lock, then rq->lock; a second rq->lock is only
 * ever tried.
 *
 * R1 a task with se.on_rq is in the tree (or list) of cpu_rq(t->cpu), or is
 *    its curr; curr itself is in no tree or list.
 * R2 cfs.load is the sum of the weights, cfs.nr the number of all fair tasks
 *    with on_rq, curr included; the same for rt.nr.
 * R3 nr_running == cfs.nr + rt.nr; the idle task counts nowhere.
 */
#ifndef KERNEL_SCHED_SCHED_H
#define KERNEL_SCHED_SCHED_H
#include <kernel/sched.h>
#include <kernel/percpu.h>
#include <kernel/timer.h>
#include <kernel/lockdep.h>
#include <lib/bitmap.h>
#include <arch/smp.h>

#define MAX_RT_PRIO		100	/* prio below it: real-time */
#define NICE_0_WEIGHT		1024
#define IDLE_WEIGHT		3	/* SCHED_IDLE */
#define TICK_NSEC		(NSEC_PER_SEC / HZ)
#define RR_TICKS		(100 * HZ / 1000)	/* SCHED_RR: 100 ms */

#define SCHED_MIN_GRAN		(3 * NSEC_PER_MSEC)	/* a slice is at least this */
#define SCHED_WAKEUP_GRAN	(1 * NSEC_PER_MSEC)	/* lead that lets a waker be preempted */
#define SCHED_SLEEPER_CREDIT	(3 * NSEC_PER_MSEC)	/* what a sleeper may be behind by */

struct cfs_rq {
	struct rb_root_cached tree;	/* by vruntime, without curr */
	u64 min_vruntime;		/* only grows */
	unsigned long load;
	unsigned int nr;
};

struct rt_rq {
	unsigned int nr;
	bool throttled;			/* has had its share of this period */
	u64 period_start, used;		/* ns; used: while fair tasks wanted to run */
	DECLARE_BITMAP(active, MAX_RT_PRIO);
	struct list_head queue[MAX_RT_PRIO];	/* without curr */
};

struct rq {
	spinlock_t lock;
	unsigned int cpu;
	unsigned int nr_running;
	struct task_struct *curr, *idle;
	u64 clock;			/* sched_clock() at the last update */
	struct mm_struct *prev_mm;	/* lazily used before the switch: to be dropped */
	struct task_struct *push;	/* ran here, no longer may: moved after the switch */
	struct cfs_rq cfs;
	u64 nr_switches;
	long nr_uninterruptible;	/* may be negative: tasks wake up elsewhere */
	u64 next_balance;
	/* time of this hart, ns, by ticks; idle is exact */
	u64 user_ns, nice_ns, system_ns, idle_ns, idle_since;
	struct rt_rq rt;
};

DECLARE_PER_CPU(struct rq, runqueues);
#define cpu_rq(c)	per_cpu_ptr(&runqueues, c)
#define this_rq()	this_cpu_ptr(&runqueues)

extern cpumask_t sched_idle_mask;	/* harts in the idle loop, not claimed by a waker */

static inline bool task_is_rt(const struct task_struct *p)
{
	return p->prio < MAX_RT_PRIO;
}

static inline struct task_struct *se_task(struct rb_node *n)
{
	return container_of(n, struct task_struct, se.node);
}

/* core.c */
void resched_curr(struct rq *rq);
struct rq *task_rq_lock(struct task_struct *p, unsigned long *flags);
void task_rq_unlock(struct rq *rq, struct task_struct *p, unsigned long flags);
void set_task_cpu(struct task_struct *p, unsigned int cpu);

/* fair.c; see also fair.h */
void fair_tree_insert(struct cfs_rq *cfs, struct task_struct *p);
void fair_place_new(struct rq *rq, struct task_struct *p);
void set_load_weight(struct task_struct *p);
void fair_put_prev(struct rq *rq, struct task_struct *p);
void fair_tick(struct rq *rq);
void fair_yield(struct rq *rq);

/* rt.c */
void enqueue_rt(struct rq *rq, struct task_struct *p, bool head);
void dequeue_rt(struct rq *rq, struct task_struct *p);
void rt_put_prev(struct rq *rq, struct task_struct *p);
struct task_struct *rt_pick_next(struct rq *rq);
void rt_tick(struct rq *rq);
void rt_new_period(struct rq *rq);
/* real-time tasks go first, but for what is left to fair ones */
static inline bool rt_may_run(const struct rq *rq)
{
	return rq->rt.nr && (!rq->rt.throttled || !rq->cfs.nr);
}
void rt_yield(struct rq *rq);
void rt_init(struct rq *rq);

/* balance.c */
unsigned int select_task_rq_smp(struct task_struct *p, unsigned int prev_cpu);
/* the hart for a task that wakes up. Context: p->pi_lock */
static inline unsigned int select_task_rq(struct task_struct *p, unsigned int prev_cpu)
{
	return nr_cpu_ids == 1 ? 0 : select_task_rq_smp(p, prev_cpu);
}
unsigned int select_task_rq_fork(struct task_struct *p);
bool newidle_balance(struct rq *rq);
void balance_tick(struct rq *rq);
bool move_queued_task(struct rq *rq, struct task_struct *p, unsigned int dest);

/* validate.c: debug builds; panics if R1..R3 do not hold. Context: rq->lock */
void rq_validate(struct rq *rq);

/* loadavg.c, cputime.c */
void calc_global_load(u64 now);
void account_tick(struct rq *rq, bool user);

#endif
