// SPDX-License-Identifier: GPL-2.0-only
/*
 * Waking up.
 *
 * A task on its way to sleep and its waker meet in these orders:
 *
 *	sleeper				waker
 *	state = X; mb			condition = true
 *	if (!condition)			pi_lock; mb
 *	   schedule():			if state & X:
 *	      rq->lock; mb		   on_rq?  still queued: state = RUNNING
 *	      if state: on_rq = 0	   else wait for on_cpu == 0,
 *	      switch; on_cpu = 0	   choose a hart, queue it there
 *
 * While a task sleeps (on_rq == 0), its pi_lock is all that a waker needs.
 */
#include "fair.h"
#include <arch/smp.h>

static inline void clear_load_contribution(struct rq *rq, struct task_struct *p)
{
	if (p->se.contributes_load) {
		p->se.contributes_load = false;
		rq->nr_uninterruptible--;
	}
}

/* It has not left its queue: making it RUNNING is enough. */
static bool wake_queued(struct task_struct *p)
{
	struct rq *rq;
	bool queued;

	for (;;) {
		rq = cpu_rq(READ_ONCE(p->cpu));
		spin_lock(&rq->lock);
		if (likely(rq->cpu == READ_ONCE(p->cpu)))
			break;
		spin_unlock(&rq->lock);
	}
	queued = p->se.on_rq;
	if (queued)
		WRITE_ONCE(p->state, TASK_RUNNING);
	spin_unlock(&rq->lock);
	return queued;
}

/* Move its virtual time from the scale of one queue to another's. Racy reads of
 * min_vruntime are harmless: fair_place() bounds the result. */
static void migrate_vruntime(struct task_struct *p, unsigned int from, unsigned int to)
{
	p->se.vruntime += READ_ONCE(cpu_rq(to)->cfs.min_vruntime) -
			  READ_ONCE(cpu_rq(from)->cfs.min_vruntime);
}

static int try_to_wake_up(struct task_struct *p, unsigned int state)
{
	unsigned long flags;
	unsigned int cpu;
	struct rq *rq;

	if (p == current) {
		/* in an interrupt, or before schedule(): it is not asleep yet */
		if (!(READ_ONCE(p->state) & state))
			return 0;
		WRITE_ONCE(p->state, TASK_RUNNING);
		return 1;
	}
	spin_lock_irqsave(&p->pi_lock, flags);
	smp_mb__after_spinlock();
	if (!(READ_ONCE(p->state) & state)) {
		spin_unlock_irqrestore(&p->pi_lock, flags);
		return 0;
	}
	smp_rmb();
	if (READ_ONCE(p->se.on_rq) && wake_queued(p)) {
		spin_unlock_irqrestore(&p->pi_lock, flags);
		return 1;
	}
	/* it has left its queue, but perhaps not its stack */
	while (smp_load_acquire(&p->on_cpu))
		cpu_relax();
	cpu = select_task_rq(p, p->cpu);
	if (cpu != p->cpu) {
		migrate_vruntime(p, p->cpu, cpu);
		set_task_cpu(p, cpu);
	}
	rq = cpu_rq(cpu);
	spin_lock(&rq->lock);
	WRITE_ONCE(p->state, TASK_RUNNING);
	clear_load_contribution(rq, p);
	fair_place(rq, p);
	activate_task(rq, p);
	check_preempt_curr(rq, p);
	spin_unlock(&rq->lock);
	spin_unlock_irqrestore(&p->pi_lock, flags);
	return 1;
}

/** wake_up_state - wake @t if its state is one of @state. Context: any. Return: 1 if so. */
int wake_up_state(struct task_struct *t, unsigned int state)
{
	return try_to_wake_up(t, state);
}

int wake_up_process(struct task_struct *t)
{
	return try_to_wake_up(t, TASK_NORMAL);
}

/** sched_fork - @t is a copy of current: what is its own in the scheduler's fields. */
void sched_fork(struct task_struct *t)
{
	t->state = TASK_NEW;
	t->on_cpu = 0;
	t->se.on_rq = false;
	t->se.contributes_load = false;
	t->se.sum_exec_runtime = t->se.prev_sum = 0;
	t->se.exec_start = 0;
	t->nvcsw = t->nivcsw = t->utime = t->stime = 0;
	t->prev_utime = t->prev_stime = 0;
	spin_lock_init(&t->pi_lock, LR_TASK);
	t->se.rr_ticks = RR_TICKS;
	if (unlikely(t->sched_reset_on_fork)) {
		if (t->policy == SCHED_FIFO || t->policy == SCHED_RR || t->static_prio < 120) {
			t->policy = SCHED_NORMAL;
			t->static_prio = t->prio = 120;
			t->rt_priority = 0;
		}
		set_load_weight(t);
		t->sched_reset_on_fork = false;
	}
}

/** wake_up_new_task - @t runs for the first time. Context: may not be visible before. */
void wake_up_new_task(struct task_struct *t)
{
	unsigned long flags;
	struct rq *rq;

	spin_lock_irqsave(&t->pi_lock, flags);
	set_task_cpu(t, select_task_rq_fork(t));
	rq = cpu_rq(t->cpu);
	spin_lock(&rq->lock);
	if (rq->curr == current)
		update_curr(rq);
	WRITE_ONCE(t->state, TASK_RUNNING);
	fair_place_new(rq, t);
	activate_task(rq, t);
	check_preempt_curr(rq, t);
	spin_unlock(&rq->lock);
	spin_unlock_irqrestore(&t->pi_lock, flags);
}

/** sched_exit - @t is gone for good (release_task()). Nothing is kept of it here. */
void sched_exit(struct task_struct *t)
{
}
