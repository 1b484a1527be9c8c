// SPDX-License-Identifier: GPL-2.0-only
/*
 * The system calls of scheduling: nice values, policies, affinity, yielding.
 */
#include "fair.h"
#include <kernel/cred.h>
#include <kernel/signal.h>
#include <kernel/syscalls.h>
#include <lib/string.h>
#include <linux/sched/types.h>
#include <arch/smp.h>
#include <arch/uaccess.h>

SYSCALL_DEFINE0(sched_yield)
{
	struct rq *rq;

	/* alone here: there is nobody to yield to, and no need for a lock to see it */
	if (this_rq()->nr_running == 1)
		return 0;
	local_irq_disable();
	rq = this_rq();
	spin_lock(&rq->lock);
	if (task_is_rt(current))
		rt_yield(rq);
	else
		fair_yield(rq);
	spin_unlock_irq(&rq->lock);
	schedule();
	return 0;
}

SYSCALL_DEFINE3(getcpu, unsigned int __user *, cpup, unsigned int __user *, nodep, void __user *,
		unused)
{
	if (cpup && put_user(smp_processor_id(), cpup))
		return -EFAULT;
	if (nodep && put_user(0u, nodep))
		return -EFAULT;
	return 0;
}

/* ---- permission ---- */

/* is @t current's own, or may current do as it likes? */
static bool may_change(struct task_struct *t)
{
	const struct cred *c;
	uid_t euid = current_euid();
	bool same;

	rcu_read_lock();
	c = rcu_dereference(t->real_cred);
	same = euid == c->euid || euid == c->uid;
	rcu_read_unlock();
	return same || capable(CAP_SYS_NICE);
}

/* RLIMIT_NICE counts 1..40 for nice 19..-20 */
static bool can_nice(struct task_struct *t, int nice)
{
	return nice >= task_nice(t) || 20 - nice <= (long)task_rlimit(t, RLIMIT_NICE) ||
	       task_rlimit(t, RLIMIT_NICE) == RLIM_INFINITY || capable(CAP_SYS_NICE);
}

/* @pid 0: current. Counted, or NULL */
static struct task_struct *get_task(pid_t pid)
{
	return pid ? find_get_task_by_pid(pid) : get_task_struct(current);
}

/* ---- getpriority, setpriority ---- */

/* call @fn for each process that (@which, @who) names; false: bad @which */
static bool for_each_named(int which, int who, void (*fn)(struct task_struct *t, void *arg),
			   void *arg)
{
	struct task_struct *p, *t;
	struct pid *pgrp;

	rcu_read_lock();
	switch (which) {
	case PRIO_PROCESS:
		t = who ? find_task_by_pid(who) : current;
		if (t)
			fn(t, arg);
		break;
	case PRIO_PGRP:
		pgrp = who ? find_pid(who) : task_pgrp(current);
		if (pgrp)
			do_each_pid_task(pgrp, PIDTYPE_PGID, p)
				for_each_thread(p, t)
					fn(t, arg);
		break;
	case PRIO_USER:
		for_each_process(p)
			if (rcu_dereference(p->real_cred)->uid == (who ? (uid_t)who : current_uid()))
				for_each_thread(p, t)
					fn(t, arg);
		break;
	default:
		rcu_read_unlock();
		return false;
	}
	rcu_read_unlock();
	return true;
}

static void lowest_nice(struct task_struct *t, void *arg)
{
	long *best = arg;

	*best = max(*best, 20L - task_nice(t));
}

SYSCALL_DEFINE2(getpriority, int, which, int, who)
{
	long best = -ESRCH;

	return for_each_named(which, who, lowest_nice, &best) ? best : -EINVAL;
}

struct set_nice {
	int nice, err;
};

static void set_one_nice(struct task_struct *t, void *arg)
{
	struct set_nice *s = arg;

	if (!may_change(t))
		s->err = -EPERM;
	else if (!can_nice(t, s->nice))
		s->err = -EACCES;
	else {
		if (s->err == -ESRCH)
			s->err = 0;
		set_user_nice(t, s->nice);
	}
}

SYSCALL_DEFINE3(setpriority, int, which, int, who, int, nice)
{
	struct set_nice s = { .nice = clamp(nice, -20, 19), .err = -ESRCH };

	return for_each_named(which, who, set_one_nice, &s) ? s.err : -EINVAL;
}

/* ---- policies ---- */

static bool policy_is_rt(int policy)
{
	return policy == SCHED_FIFO || policy == SCHED_RR;
}

static bool policy_valid(int policy)
{
	return policy == SCHED_NORMAL || policy == SCHED_BATCH || policy == SCHED_IDLE ||
	       policy_is_rt(policy);
}

static int check_policy_rights(struct task_struct *t, int policy, unsigned int prio, int nice,
			       bool reset)
{
	unsigned long limit = task_rlimit(t, RLIMIT_RTPRIO);

	if (capable(CAP_SYS_NICE))
		return 0;
	if (!policy_is_rt(policy) && !can_nice(t, nice))
		return -EPERM;
	if (policy_is_rt(policy)) {
		if (policy != (int)t->policy && !limit)
			return -EPERM;
		if (prio > t->rt_priority && prio > limit)
			return -EPERM;
	}
	if (t->policy == SCHED_IDLE && policy != SCHED_IDLE && !can_nice(t, task_nice(t)))
		return -EPERM;
	if (!may_change(t) || (t->sched_reset_on_fork && !reset))
		return -EPERM;
	return 0;
}

/*
 * @policy < 0: as it is. @nicep, NULL: as it is; real-time tasks keep theirs.
 * @keep: neither priority nor nice value is told, and all but reset-on-fork stays.
 */
static long set_scheduler(pid_t pid, int policy, unsigned int prio, const int *nicep, bool reset, bool keep)
{
	struct task_struct *t;
	int err, nice;

	if (pid < 0)
		return -EINVAL;
	t = get_task(pid);
	if (!t)
		return -ESRCH;
	if (policy < 0) {
		policy = t->policy;
		reset = t->sched_reset_on_fork;
	}
	if (keep && policy_is_rt(t->policy))
		prio = t->rt_priority;
	nice = nicep && !keep && !policy_is_rt(policy) ? *nicep : task_nice(t);
	err = -EINVAL;
	if (policy_valid(policy) && prio <= MAX_RT_PRIO - 1 && policy_is_rt(policy) == (prio != 0))
		err = check_policy_rights(t, policy, prio, nice, reset);
	if (!err) {
		t->sched_reset_on_fork = reset;
		if (!keep)
			sched_set_policy(t, policy, nice, prio);
	}
	put_task_struct(t);
	return err;
}

/* POSIX's struct sched_param, which not every version of the UAPI headers has */
struct user_sched_param {
	int sched_priority;
};

SYSCALL_DEFINE3(sched_setscheduler, pid_t, pid, int, policy, struct user_sched_param __user *, param)
{
	struct user_sched_param p;

	if (policy < 0 || !param)
		return -EINVAL;
	if (copy_from_user(&p, param, sizeof(p)))
		return -EFAULT;
	return set_scheduler(pid, policy & ~SCHED_RESET_ON_FORK, p.sched_priority, NULL,
			     policy & SCHED_RESET_ON_FORK, false);
}

SYSCALL_DEFINE2(sched_setparam, pid_t, pid, struct user_sched_param __user *, param)
{
	struct user_sched_param p;

	if (!param)
		return -EINVAL;
	if (copy_from_user(&p, param, sizeof(p)))
		return -EFAULT;
	return set_scheduler(pid, -1, p.sched_priority, NULL, false, false);
}

SYSCALL_DEFINE1(sched_getscheduler, pid_t, pid)
{
	struct task_struct *t;
	long ret;

	if (pid < 0)
		return -EINVAL;
	t = get_task(pid);
	if (!t)
		return -ESRCH;
	ret = t->policy | (t->sched_reset_on_fork ? SCHED_RESET_ON_FORK : 0);
	put_task_struct(t);
	return ret;
}

SYSCALL_DEFINE2(sched_getparam, pid_t, pid, struct user_sched_param __user *, param)
{
	struct user_sched_param p = { 0 };
	struct task_struct *t;

	if (!param || pid < 0)
		return -EINVAL;
	t = get_task(pid);
	if (!t)
		return -ESRCH;
	p.sched_priority = t->rt_priority;
	put_task_struct(t);
	return copy_to_user(param, &p, sizeof(p)) ? -EFAULT : 0;
}

SYSCALL_DEFINE3(sched_setattr, pid_t, pid, struct sched_attr __user *, uattr, unsigned int, flags)
{
	struct sched_attr a = { 0 };
	u32 size;
	int nice;
	u8 rest;

	if (!uattr || pid < 0 || flags)
		return -EINVAL;
	if (get_user(size, &uattr->size))
		return -EFAULT;
	if (!size)
		size = SCHED_ATTR_SIZE_VER0;
	if (size < SCHED_ATTR_SIZE_VER0 || size > PAGE_SIZE)
		goto too_big;
	for (u32 i = sizeof(a); i < size; i++) {
		if (get_user(rest, (u8 __user *)uattr + i))
			return -EFAULT;
		if (rest)
			goto too_big;
	}
	if (copy_from_user(&a, uattr, min_t(size_t, size, sizeof(a))))
		return -EFAULT;
	if ((int)a.sched_policy < 0 || a.sched_flags & ~(u64)(SCHED_FLAG_RESET_ON_FORK | SCHED_FLAG_KEEP_ALL))
		return -EINVAL;
	nice = clamp(a.sched_nice, -20, 19);
	return set_scheduler(pid, a.sched_flags & SCHED_FLAG_KEEP_POLICY ? -1 : (int)a.sched_policy,
			     a.sched_priority, &nice, a.sched_flags & SCHED_FLAG_RESET_ON_FORK,
			     a.sched_flags & SCHED_FLAG_KEEP_PARAMS);
too_big:
	return put_user((u32)sizeof(a), &uattr->size) ? -EFAULT : -E2BIG;
}

SYSCALL_DEFINE4(sched_getattr, pid_t, pid, struct sched_attr __user *, uattr, unsigned int, size,
		unsigned int, flags)
{
	struct sched_attr a = { 0 };
	struct task_struct *t;

	if (!uattr || pid < 0 || size > PAGE_SIZE || size < SCHED_ATTR_SIZE_VER0 || flags)
		return -EINVAL;
	t = get_task(pid);
	if (!t)
		return -ESRCH;
	a.size = min_t(u32, size, sizeof(a));
	a.sched_policy = t->policy;
	a.sched_flags = t->sched_reset_on_fork ? SCHED_FLAG_RESET_ON_FORK : 0;
	a.sched_priority = t->rt_priority;
	if (!policy_is_rt(t->policy))
		a.sched_nice = task_nice(t);
	put_task_struct(t);
	return copy_to_user(uattr, &a, a.size) ? -EFAULT : 0;
}

SYSCALL_DEFINE1(sched_get_priority_max, int, policy)
{
	return policy_is_rt(policy) ? MAX_RT_PRIO - 1 :
	       policy_valid(policy) || policy == SCHED_DEADLINE ? 0 : -EINVAL;
}

SYSCALL_DEFINE1(sched_get_priority_min, int, policy)
{
	return policy_is_rt(policy) ? 1 :
	       policy_valid(policy) || policy == SCHED_DEADLINE ? 0 : -EINVAL;
}

SYSCALL_DEFINE2(sched_rr_get_interval, pid_t, pid, struct __kernel_timespec __user *, interval)
{
	struct __kernel_timespec ts;
	struct task_struct *t;

	if (pid < 0)
		return -EINVAL;
	t = get_task(pid);
	if (!t)
		return -ESRCH;
	ts = ns_to_timespec(t->policy == SCHED_RR ? RR_TICKS * TICK_NSEC :
			    t->policy == SCHED_FIFO ? 0 : SCHED_MIN_GRAN);
	put_task_struct(t);
	return put_timespec(&ts, interval);
}

/* ---- affinity ---- */

SYSCALL_DEFINE3(sched_setaffinity, pid_t, pid, unsigned int, len, unsigned long __user *, umask)
{
	struct task_struct *t;
	cpumask_t mask = CPU_MASK_NONE;
	int err = -EPERM;

	if (copy_from_user(&mask, umask, min_t(size_t, len, sizeof(mask))))
		return -EFAULT;
	t = get_task(pid);
	if (!t)
		return -ESRCH;
	if ((t->flags & PF_KTHREAD) && cpumask_weight(&t->cpus_allowed) == 1)
		err = -EINVAL;		/* a thread that belongs to its hart */
	else if (may_change(t))
		err = sched_setaffinity_task(t, &mask);
	put_task_struct(t);
	return err;
}

SYSCALL_DEFINE3(sched_getaffinity, pid_t, pid, unsigned int, len, unsigned long __user *, umask)
{
	struct task_struct *t;
	cpumask_t mask;
	unsigned int n;

	if (len * 8 < nr_cpu_ids || len & (sizeof(long) - 1))
		return -EINVAL;
	t = get_task(pid);
	if (!t)
		return -ESRCH;
	cpumask_and(&mask, &t->cpus_allowed, &cpu_online_mask);
	put_task_struct(t);
	n = min_t(size_t, len, sizeof(mask));
	return copy_to_user(umask, &mask, n) ? -EFAULT : (long)n;
}
