/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The hot paths of fair scheduling, inline: each wake-up and each switch goes
 * through them. See fair.c for the idea.
 *
 * All functions: rq->lock held, interrupts off.
 */
#ifndef KERNEL_SCHED_FAIR_H
#define KERNEL_SCHED_FAIR_H
#include "sched.h"
#include <arch/timer.h>

static inline u64 rq_time(void)
{
	return cycles_to_ns(get_cycles());
}

static inline u64 to_vruntime(u64 delta, const struct task_struct *p)
{
	if (likely(p->se.weight == NICE_0_WEIGHT))
		return delta;
	return delta * NICE_0_WEIGHT / p->se.weight;
}

static inline bool vruntime_before(u64 a, u64 b)
{
	return (s64)(a - b) < 0;
}

/* charge @delta ns to @curr; min_vruntime follows the least of it and the tree */
static inline void fair_update_curr(struct rq *rq, struct task_struct *curr, u64 delta)
{
	struct cfs_rq *cfs = &rq->cfs;
	struct rb_node *left = rb_first_cached(&cfs->tree);
	u64 v = curr->se.vruntime + to_vruntime(delta, curr);

	curr->se.vruntime = v;
	if (left && vruntime_before(se_task(left)->se.vruntime, v))
		v = se_task(left)->se.vruntime;
	if (vruntime_before(cfs->min_vruntime, v))
		cfs->min_vruntime = v;
}

/** update_curr - charge the time since the last update to the running task. */
static inline void update_curr(struct rq *rq)
{
	struct task_struct *curr = rq->curr;
	u64 now = rq_time(), delta = now - curr->se.exec_start;

	rq->clock = now;
	curr->se.exec_start = now;
	curr->se.sum_exec_runtime += delta;
	if (unlikely(task_is_rt(curr)))
		rq->rt.used += rq->cfs.nr ? delta : 0;
	else if (curr->se.on_rq)
		fair_update_curr(rq, curr, delta);
}

static inline void enqueue_fair(struct rq *rq, struct task_struct *p)
{
	struct cfs_rq *cfs = &rq->cfs;

	cfs->nr++;
	cfs->load += p->se.weight;
	if (p != rq->curr)
		fair_tree_insert(cfs, p);
}

static inline void dequeue_fair(struct rq *rq, struct task_struct *p)
{
	struct cfs_rq *cfs = &rq->cfs;

	cfs->nr--;
	cfs->load -= p->se.weight;
	if (p != rq->curr)
		rb_erase_cached(&p->se.node, &cfs->tree);
}

/** fair_pick_next - take the first out of the tree. The caller knows there is one. */
static inline struct task_struct *fair_pick_next(struct rq *rq)
{
	struct cfs_rq *cfs = &rq->cfs;
	struct rb_node *left = rb_first_cached(&cfs->tree);
	struct task_struct *p = se_task(left);

	if (left == cfs->tree.rb_root.rb_node && !left->rb_right)
		cfs->tree = RB_ROOT_CACHED;	/* it was the only one */
	else
		rb_erase_cached(left, &cfs->tree);
	p->se.prev_sum = p->se.sum_exec_runtime;
	return p;
}

/** fair_place - choose the vruntime of a task that wakes up. */
static inline void fair_place(struct rq *rq, struct task_struct *p)
{
	u64 v = rq->cfs.min_vruntime - SCHED_SLEEPER_CREDIT;

	if (vruntime_before(p->se.vruntime, v))
		p->se.vruntime = v;
}

/** fair_should_preempt - @p has become runnable: is it far enough behind curr? */
static inline bool fair_should_preempt(struct task_struct *curr, struct task_struct *p)
{
	if (unlikely(curr->policy == SCHED_IDLE) && p->policy != SCHED_IDLE)
		return true;
	if (unlikely(p->policy != SCHED_NORMAL))
		return false;
	return (s64)(curr->se.vruntime - p->se.vruntime) >
	       (s64)to_vruntime(SCHED_WAKEUP_GRAN, p);
}

static inline void activate_task(struct rq *rq, struct task_struct *p)
{
	p->se.on_rq = true;
	rq->nr_running++;
	if (unlikely(task_is_rt(p)))
		enqueue_rt(rq, p, false);
	else
		enqueue_fair(rq, p);
}

static inline void deactivate_task(struct rq *rq, struct task_struct *p)
{
	p->se.on_rq = false;
	rq->nr_running--;
	if (unlikely(task_is_rt(p)))
		dequeue_rt(rq, p);
	else
		dequeue_fair(rq, p);
}

/** check_preempt_curr - @p was made runnable on @rq: should it run at once? */
static inline void check_preempt_curr(struct rq *rq, struct task_struct *p)
{
	struct task_struct *curr = rq->curr;

	if (curr == rq->idle || unlikely(task_is_rt(p))) {
		if (curr == rq->idle || p->prio < curr->prio)
			resched_curr(rq);
		return;
	}
	if (task_is_rt(curr) || test_tsk_work(curr, TIF_NEED_RESCHED))
		return;
	update_curr(rq);
	if (fair_should_preempt(curr, p))
		resched_curr(rq);
}

#endif
