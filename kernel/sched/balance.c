// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which hart a task runs on. A waking or new task goes to an idle hart if
 * there is one, its last one first; else it stays. A hart that runs out of
 * work takes a task from the longest queue; a hart that has too much wakes an
 * idle one to come and take; busy harts even out their loads now and then.
 *
 * A second run queue's lock is only tried, so no order among them is needed.
 */
#include "fair.h"
#include <arch/smp.h>

#define BALANCE_INTERVAL	(16 * NSEC_PER_MSEC)
#define BALANCE_MAX_MOVES	8

cpumask_t sched_idle_mask;

static bool claim_idle(unsigned int cpu)
{
	return cpumask_test_cpu(cpu, &sched_idle_mask) &&
	       cpumask_test_and_clear_cpu(cpu, &sched_idle_mask);
}

static unsigned int find_idle(const struct task_struct *p)
{
	unsigned int cpu = cpumask_any_and(&sched_idle_mask, &p->cpus_allowed);

	while (cpu < NR_CPUS) {
		if (claim_idle(cpu))
			return cpu;
		cpu = cpumask_any_and(&sched_idle_mask, &p->cpus_allowed);
	}
	return NR_CPUS;
}

static bool cpu_allowed(const struct task_struct *p, unsigned int cpu)
{
	return cpumask_test_cpu(cpu, &p->cpus_allowed) &&
	       cpumask_test_cpu(cpu, &cpu_online_mask);
}

/* some hart that @p may use; one that is less urgently busy for a real-time task */
static unsigned int find_allowed(const struct task_struct *p, unsigned int prev)
{
	unsigned int cpu, best = NR_CPUS;
	int best_prio = -1;

	for_each_online_cpu(cpu) {
		int prio;

		if (!cpumask_test_cpu(cpu, &p->cpus_allowed))
			continue;
		prio = READ_ONCE(cpu_rq(cpu)->curr)->prio;
		if (prio > best_prio || (prio == best_prio && cpu == prev)) {
			best = cpu;
			best_prio = prio;
		}
	}
	return best < NR_CPUS ? best : cpumask_first(&cpu_online_mask);
}

/**
 * select_task_rq_smp - the hart for a task that wakes up, having run on @prev last.
 * Context: p->pi_lock. Return: a hart that is allowed and online.
 */
unsigned int select_task_rq_smp(struct task_struct *p, unsigned int prev)
{
	unsigned int cpu, here;

	if (likely(cpu_allowed(p, prev))) {
		if (claim_idle(prev) || cpumask_weight(&p->cpus_allowed) == 1)
			return prev;
		cpu = find_idle(p);
		if (cpu < NR_CPUS)
			return cpu;
		if (task_is_rt(p))
			return find_allowed(p, prev);
		here = smp_processor_id();
		if (cpu_allowed(p, here) &&
		    READ_ONCE(cpu_rq(here)->cfs.load) + p->se.weight <
		    READ_ONCE(cpu_rq(prev)->cfs.load))
			return here;
		return prev;
	}
	cpu = find_idle(p);
	return cpu < NR_CPUS ? cpu : find_allowed(p, prev);
}

/** select_task_rq_fork - the hart for a new task: an idle one, or the least loaded. */
unsigned int select_task_rq_fork(struct task_struct *p)
{
	unsigned int cpu, best = smp_processor_id();
	unsigned long load, least = ULONG_MAX;

	if (nr_cpu_ids == 1)
		return 0;
	cpu = find_idle(p);
	if (cpu < NR_CPUS)
		return cpu;
	if (cpu_allowed(p, best))
		least = READ_ONCE(cpu_rq(best)->cfs.load);
	else
		best = cpumask_first(&cpu_online_mask);
	for_each_online_cpu(cpu) {
		load = READ_ONCE(cpu_rq(cpu)->cfs.load);
		if (load < least && cpumask_test_cpu(cpu, &p->cpus_allowed)) {
			least = load;
			best = cpu;
		}
	}
	return best;
}

/* @p is queued on @src and not running; both locks are held */
static void move_task(struct rq *src, struct rq *dst, struct task_struct *p)
{
	deactivate_task(src, p);
	p->se.vruntime += dst->cfs.min_vruntime - src->cfs.min_vruntime;
	set_task_cpu(p, dst->cpu);
	activate_task(dst, p);
}

/**
 * move_queued_task - move @p from @rq, whose lock is held, to hart @dest.
 * Return: false if the other queue was busy; nothing has changed then.
 */
bool move_queued_task(struct rq *rq, struct task_struct *p, unsigned int dest)
{
	struct rq *dst = cpu_rq(dest);

	if (!spin_trylock(&dst->lock))
		return false;
	move_task(rq, dst, p);
	check_preempt_curr(dst, p);
	spin_unlock(&dst->lock);
	return true;
}

static struct task_struct *find_movable(struct rq *src, unsigned int cpu)
{
	struct rb_node *n;
	unsigned long prio;

	for_each_set_bit(prio, src->rt.active, MAX_RT_PRIO) {
		struct task_struct *p;

		list_for_each_entry(p, &src->rt.queue[prio], se.run_list)
			if (cpumask_test_cpu(cpu, &p->cpus_allowed) && !p->on_cpu)
				return p;
	}
	/* who waits longest runs soonest anyway: take from the far end */
	for (n = rb_last(&src->cfs.tree.rb_root); n; n = rb_prev(n))
		if (cpumask_test_cpu(cpu, &se_task(n)->cpus_allowed) && !se_task(n)->on_cpu)
			return se_task(n);
	return NULL;
}

static struct rq *find_busiest(struct rq *rq, unsigned int min_running)
{
	unsigned int cpu, n, most = min_running - 1;
	struct rq *busiest = NULL;

	for_each_online_cpu(cpu) {
		n = READ_ONCE(cpu_rq(cpu)->nr_running);
		if (n > most && cpu != rq->cpu) {
			most = n;
			busiest = cpu_rq(cpu);
		}
	}
	return busiest;
}

/**
 * newidle_balance - rq has nothing left to run: fetch something.
 * Context: rq->lock. Return: true if there is something now.
 */
bool newidle_balance(struct rq *rq)
{
	struct task_struct *p;
	struct rq *src;

	if (nr_cpu_ids == 1)
		return false;
	src = find_busiest(rq, 2);
	if (!src || !spin_trylock(&src->lock))
		return false;
	p = src->nr_running > 1 ? find_movable(src, rq->cpu) : NULL;
	if (p)
		move_task(src, rq, p);
	spin_unlock(&src->lock);
	return p != NULL;
}

/* wake an idle hart, which will look for work to take before it sleeps again */
static void kick_idle(void)
{
	unsigned int cpu = cpumask_any_and(&sched_idle_mask, &cpu_online_mask);

	if (cpu >= NR_CPUS || !claim_idle(cpu))
		return;
	set_tsk_work(cpu_rq(cpu)->idle, TIF_NEED_RESCHED);
	smp_send_reschedule(cpu);
}

static void pull_tasks(struct rq *rq, struct rq *src)
{
	for (int i = 0; i < BALANCE_MAX_MOVES; i++) {
		struct task_struct *p;

		if (src->nr_running < rq->nr_running + 2)
			break;
		p = find_movable(src, rq->cpu);
		if (!p || src->cfs.load < rq->cfs.load + 2 * p->se.weight)
			break;
		move_task(src, rq, p);
	}
}

/** balance_tick - from the tick of a busy hart. Context: rq->lock, interrupts off. */
void balance_tick(struct rq *rq)
{
	struct rq *src;

	if (nr_cpu_ids == 1)
		return;
	if (rq->nr_running > 1 && !cpumask_empty(&sched_idle_mask)) {
		kick_idle();
		return;
	}
	if (rq->clock < rq->next_balance)
		return;
	rq->next_balance = rq->clock + BALANCE_INTERVAL + rq->cpu * NSEC_PER_MSEC;
	src = find_busiest(rq, rq->nr_running + 2);
	if (!src || !spin_trylock(&src->lock))
		return;
	pull_tasks(rq, src);
	spin_unlock(&src->lock);
}
