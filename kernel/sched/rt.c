// SPDX-License-Identifier: GPL-2.0-only
/*
 * SCHED_FIFO and SCHED_RR: a list per priority, the first of the most urgent
 * one runs until it sleeps, yields or is preempted by a more urgent one; RR
 * also after RR_TICKS if there are others of its priority.
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

void rt_tick(struct rq *rq)
{
	struct task_struct *curr = rq->curr;

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
