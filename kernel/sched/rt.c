// SPDX-License-Identifier: GPL-2.0-only
/*
 * SCHED_FIFO and SCHED_RR: a list per priority, the first of the most urgent
 * one runs until it sleeps, yields or is preempted by a more urgent one; RR
 * also after RR_TICKS if there are others of its priority.
 *
 * A real-time task that never sleeps would keep all others from their hart, the
 * kernel's own threads among them. So in each period of sched_rt_period_us (a
 * second), fair tasks that want to run are left what sched_rt_runtime_us does
 * not cover (50 ms).
 *
 * All functions: rq->lock held, interrupts off.
 */
#include "fair.h"

void rt_init(struct rq *rq)
{
	for (int i = 0; i < MAX_RT_PRIO; i++)
		INIT_LIST_HEAD(&rq->rt.queue[i]);
}

static void rt_list_add(struct rt_rq *rt, struct task_struct *p, bool head)
{
	if (head)
		list_add(&p->se.run_list, &rt->queue[p->prio]);
	else
		list_add_tail(&p->se.run_list, &rt->queue[p->prio]);
	__set_bit(p->prio, rt->active);
}

static void rt_list_del(struct rt_rq *rt, struct task_struct *p)
{
	list_del(&p->se.run_list);
	if (list_empty(&rt->queue[p->prio]))
		__clear_bit(p->prio, rt->active);
}

void enqueue_rt(struct rq *rq, struct task_struct *p, bool head)
{
	rq->rt.nr++;
	p->se.rr_ticks = RR_TICKS;
	if (p != rq->curr)
		rt_list_add(&rq->rt, p, head);
}

void dequeue_rt(struct rq *rq, struct task_struct *p)
{
	rq->rt.nr--;
	if (p != rq->curr)
		rt_list_del(&rq->rt, p);
}

/** rt_put_prev - preempted tasks stay first, those whose turn is over go last. */
void rt_put_prev(struct rq *rq, struct task_struct *p)
{
	bool turn_over = !p->se.rr_ticks;

	if (turn_over)
		p->se.rr_ticks = RR_TICKS;
	rt_list_add(&rq->rt, p, !turn_over);
}

struct task_struct *rt_pick_next(struct rq *rq)
{
	unsigned long prio = find_next_bit(rq->rt.active, MAX_RT_PRIO, 0);
	struct task_struct *p = list_first_entry(&rq->rt.queue[prio], struct task_struct,
						 se.run_list);

	rt_list_del(&rq->rt, p);
	return p;
}

int sched_rt_period_us = 1000000, sched_rt_runtime_us = 950000;	/* runtime -1: no limit */

/* ns that real-time tasks may use of a period */
static u64 rt_share(void)
{
	return (sched_rt_runtime_us < 0 ? sched_rt_period_us : sched_rt_runtime_us) * NSEC_PER_USEC;
}

/** rt_new_period - from the tick: what was used beyond the share of periods that
 *  are over counts in the next, so that ticks that came late change nothing. */
void rt_new_period(struct rq *rq)
{
	struct rt_rq *rt = &rq->rt;
	u64 period = sched_rt_period_us * NSEC_PER_USEC;
	u64 periods = (rq->clock - rt->period_start) / period;

	if (!periods)
		return;
	rt->period_start += periods * period;
	rt->used -= min(rt->used, periods * rt_share());
	if (rt->throttled && rt->used < rt_share()) {
		rt->throttled = false;
		if (rt->nr)
			resched_curr(rq);
	}
}

void rt_tick(struct rq *rq)
{
	struct task_struct *curr = rq->curr;

	if (rq->rt.used > rt_share() && sched_rt_runtime_us >= 0)
		rq->rt.throttled = true;
	if (rq->rt.throttled && rq->cfs.nr) {
		resched_curr(rq);
		return;
	}
	if (curr->policy != SCHED_RR)
		return;
	if (curr->se.rr_ticks && --curr->se.rr_ticks)
		return;
	if (list_empty(&rq->rt.queue[curr->prio]))
		curr->se.rr_ticks = RR_TICKS;
	else
		resched_curr(rq);
}

/** rt_yield - to the end of its priority: as a turn that is over. */
void rt_yield(struct rq *rq)
{
	rq->curr->se.rr_ticks = 0;
}
