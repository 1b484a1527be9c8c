// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where time went. The run time of a task is exact (sum_exec_runtime); how it
 * divides into user and system time is sampled by the tick, and scaled, so that
 * the two add up to the exact sum and neither ever goes back.
 */
#include "fair.h"
#include <kernel/signal.h>
#include <lib/math64.h>
#include <arch/smp.h>

/** account_tick - the running task has used a tick. Context: rq->lock. */
void account_tick(struct rq *rq, bool user)
{
	struct task_struct *curr = rq->curr;

	if (user) {
		curr->utime += TICK_NSEC;
		if (curr->static_prio > 120)
			rq->nice_ns += TICK_NSEC;
		else
			rq->user_ns += TICK_NSEC;
	} else {
		curr->stime += TICK_NSEC;
		rq->system_ns += TICK_NSEC;
	}
}

/** cpu_idle_ns - time that @cpu has been idle, up to now. */
u64 cpu_idle_ns(unsigned int cpu)
{
	struct rq *rq = cpu_rq(cpu);
	u64 since = READ_ONCE(rq->idle_since), idle = READ_ONCE(rq->idle_ns);

	return since ? idle + (sched_clock() - since) : idle;
}

/** cpu_times - @cpu's time by kind, ns; @user includes niced time. */
void cpu_times(unsigned int cpu, u64 *user, u64 *system, u64 *idle)
{
	struct rq *rq = cpu_rq(cpu);

	*user = READ_ONCE(rq->user_ns) + READ_ONCE(rq->nice_ns);
	*system = READ_ONCE(rq->system_ns);
	*idle = cpu_idle_ns(cpu);
}

/** uptime_idle_ns - idle time of all harts together, as /proc/uptime shows. */
u64 uptime_idle_ns(void)
{
	unsigned int cpu;
	u64 sum = 0;

	for_each_online_cpu(cpu)
		sum += cpu_idle_ns(cpu);
	return sum;
}

/** task_sched_runtime - exact run time of @t, also while it runs. Context: any. */
u64 task_sched_runtime(struct task_struct *t)
{
	unsigned long flags;
	struct rq *rq;
	u64 ns;

	if (!READ_ONCE(t->on_cpu))
		return READ_ONCE(t->se.sum_exec_runtime);
	rq = task_rq_lock(t, &flags);
	if (rq->curr == t && t->se.on_rq)
		update_curr(rq);
	ns = t->se.sum_exec_runtime;
	task_rq_unlock(rq, t, flags);
	return ns;
}

/* split the exact @runtime in the proportion of the sampled @ut and @st */
static void scale_cputime(u64 runtime, u64 ut, u64 st, u64 *utime, u64 *stime)
{
	if (!st) {
		*utime = runtime;
		*stime = 0;
	} else if (!ut) {
		*utime = 0;
		*stime = runtime;
	} else {
		*stime = mul_u64_u64_div_u64(st, runtime, st + ut);
		*utime = runtime - *stime;
	}
}

/** task_cputime - user and system time of one thread, ns. */
void task_cputime(struct task_struct *t, u64 *ut, u64 *st)
{
	u64 runtime = task_sched_runtime(t), pu = READ_ONCE(t->prev_utime),
	    ps = READ_ONCE(t->prev_stime);

	scale_cputime(runtime, READ_ONCE(t->utime), READ_ONCE(t->stime), ut, st);
	/* whatever was shown before stays true: move the rest to the other side */
	if (*st < ps) {
		*st = ps;
		*ut = runtime > ps ? runtime - ps : 0;
	}
	if (*ut < pu)
		*ut = pu;
	if (*st + *ut > runtime && runtime > *ut)
		*st = max(ps, runtime - *ut);
	WRITE_ONCE(t->prev_utime, *ut);
	WRITE_ONCE(t->prev_stime, *st);
}

/**
 * thread_group_cputime - time of all threads of @t's process, dead ones included.
 * @runtime: exact, may be NULL. Context: any; @t may be a zombie.
 */
void thread_group_cputime(struct task_struct *t, u64 *ut, u64 *st, u64 *runtime)
{
	struct signal_struct *sig = t->signal;
	struct task_struct *p;
	u64 u, s, run;

	*ut = READ_ONCE(sig->utime);
	*st = READ_ONCE(sig->stime);
	run = READ_ONCE(sig->sum_sched_runtime);
	rcu_read_lock();
	list_for_each_entry_rcu(p, &sig->thread_head, thread_node) {
		task_cputime(p, &u, &s);
		*ut += u;
		*st += s;
		run += u + s;
	}
	rcu_read_unlock();
	if (runtime)
		*runtime = run;
}
