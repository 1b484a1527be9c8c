// SPDX-License-Identifier: GPL-2.0-only
/*
 * Changing how a task is scheduled: nice value, policy, affinity.
 */
#include "fair.h"
#include <arch/smp.h>
#include <lib/err.h>

int task_nice(const struct task_struct *t)
{
	return t->static_prio - 120;
}

/* Take @p off its queue, if it is on it, for a change of what it is sorted by.
 * Unlike dequeue/enqueue this leaves nr_running alone. */
static bool begin_change(struct rq *rq, struct task_struct *p)
{
	bool queued = p->se.on_rq;

	if (queued) {
		if (rq->curr == p)
			update_curr(rq);
		deactivate_task(rq, p);
	}
	return queued;
}

static void end_change(struct rq *rq, struct task_struct *p, bool queued, int old_prio)
{
	if (!queued)
		return;
	activate_task(rq, p);
	if (rq->curr == p) {
		if (p->prio > old_prio)
			resched_curr(rq);
	} else {
		check_preempt_curr(rq, p);
	}
}

/** set_user_nice - @nice -20..19; for a real-time task it counts when it is one no more. */
void set_user_nice(struct task_struct *t, int nice)
{
	unsigned long flags;
	struct rq *rq = task_rq_lock(t, &flags);
	int old_prio = t->prio;
	bool queued = begin_change(rq, t);

	t->static_prio = nice + 120;
	if (!t->rt_priority)
		t->prio = t->static_prio;
	set_load_weight(t);
	end_change(rq, t, queued, old_prio);
	task_rq_unlock(rq, t, flags);
}

void sched_set_policy(struct task_struct *t, unsigned int policy, int nice,
		      unsigned int rt_priority)
{
	unsigned long flags;
	struct rq *rq = task_rq_lock(t, &flags);
	int old_prio = t->prio;
	bool queued = begin_change(rq, t), was_rt = task_is_rt(t);

	t->policy = policy;
	t->rt_priority = rt_priority;
	t->static_prio = nice + 120;
	t->prio = rt_priority ? MAX_RT_PRIO - 1 - rt_priority : t->static_prio;
	set_load_weight(t);
	if (was_rt && !task_is_rt(t))
		t->se.vruntime = rq->cfs.min_vruntime;
	end_change(rq, t, queued, old_prio);
	task_rq_unlock(rq, t, flags);
}

/* @t is queued on a hart that it may not use any more: off it goes */
static bool move_off(struct rq *rq, struct task_struct *t)
{
	unsigned int dest = cpumask_any_and(&t->cpus_allowed, &cpu_online_mask);

	return move_queued_task(rq, t, dest);
}

/**
 * sched_setaffinity_task - let @t run on the harts of @mask only.
 * A task that runs on another hart now leaves it at its next pass through
 * schedule(), which an interrupt sees to at once.
 * Context: may sleep. Return: 0; -EINVAL: none of them is online.
 */
int sched_setaffinity_task(struct task_struct *t, const cpumask_t *mask)
{
	unsigned long flags;
	struct rq *rq;
	bool done = true;

	if (!cpumask_intersects(mask, &cpu_online_mask))
		return -EINVAL;
	do {
		rq = task_rq_lock(t, &flags);
		t->cpus_allowed = *mask;
		if (t->se.on_rq && !cpumask_test_cpu(rq->cpu, mask)) {
			if (rq->curr == t)
				resched_curr(rq);
			else
				done = move_off(rq, t);
		}
		task_rq_unlock(rq, t, flags);
	} while (!done);
	if (t == current)
		cond_resched();
	return 0;
}
