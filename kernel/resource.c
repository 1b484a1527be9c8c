// SPDX-License-Identifier: GPL-2.0-only
/*
 * Limits of resources, and what was used of them.
 *
 * signal->rlim is written under siglock; readers take one word at a time.
 */
#include "resource.h"
#include <kernel/cred.h>
#include <kernel/pid.h>
#include <kernel/syscalls.h>
#include <lib/string.h>
#include <mm/mm.h>
#include <arch/uaccess.h>
#include <linux/times.h>

#define NR_OPEN_LIMIT	(1024 * 1024)

/* ---- limits ---- */

static int check_rlimit(unsigned int which, const struct rlimit *new, const struct rlimit *old)
{
	if (new->rlim_cur > new->rlim_max)
		return -EINVAL;
	if (which == RLIMIT_NOFILE && new->rlim_max > NR_OPEN_LIMIT)
		return -EPERM;
	if (new->rlim_max > old->rlim_max && !capable(CAP_SYS_RESOURCE))
		return -EPERM;
	return 0;
}

/* @new and @old may be NULL. Return: 0, -EINVAL, -EPERM, -ESRCH */
static int do_prlimit(struct task_struct *t, unsigned int which, const struct rlimit *new,
		      struct rlimit *old) __no_tsa
{
	struct sighand_struct *sighand;
	unsigned long flags;
	struct rlimit *rlim;
	int err = 0;

	if (which >= RLIM_NLIMITS)
		return -EINVAL;
	rlim = &t->signal->rlim[which];
	sighand = lock_task_sighand(t, &flags);
	if (!sighand)
		return -ESRCH;
	if (new)
		err = check_rlimit(which, new, rlim);
	if (!err) {
		if (old)
			*old = *rlim;
		if (new)
			*rlim = *new;
	}
	spin_unlock_irqrestore(&sighand->siglock, flags);
	return err;
}

/* another process's: ours by all ids, or CAP_SYS_RESOURCE */
static int check_prlimit(struct task_struct *t)
{
	const struct cred *me = current->cred, *c;
	bool same;

	if (t == current)
		return 0;
	rcu_read_lock();
	c = rcu_dereference(t->real_cred);
	same = me->uid == c->euid && me->uid == c->suid && me->uid == c->uid &&
	       me->gid == c->egid && me->gid == c->sgid && me->gid == c->gid;
	rcu_read_unlock();
	return same || capable(CAP_SYS_RESOURCE) ? 0 : -EPERM;
}

SYSCALL_DEFINE4(prlimit64, pid_t, pid, unsigned int, which, const struct rlimit64 __user *, unew,
		struct rlimit64 __user *, uold)
{
	struct rlimit old, new;
	struct task_struct *t;
	int err;

	static_assert(sizeof(struct rlimit) == sizeof(struct rlimit64));
	if (which >= RLIM_NLIMITS)
		return -EINVAL;
	if (unew && copy_from_user(&new, unew, sizeof(new)))
		return -EFAULT;
	t = pid ? find_get_task_by_pid(pid) : get_task_struct(current);
	if (!t)
		return -ESRCH;
	err = check_prlimit(t);
	if (!err)
		err = do_prlimit(t, which, unew ? &new : NULL, uold ? &old : NULL);
	put_task_struct(t);
	if (!err && uold && copy_to_user(uold, &old, sizeof(old)))
		return -EFAULT;
	return err;
}

SYSCALL_DEFINE2(getrlimit, unsigned int, which, struct rlimit __user *, u)
{
	struct rlimit old;
	int err = do_prlimit(current, which, NULL, &old);

	if (err)
		return err;
	return copy_to_user(u, &old, sizeof(old)) ? -EFAULT : 0;
}

SYSCALL_DEFINE2(setrlimit, unsigned int, which, struct rlimit __user *, u)
{
	struct rlimit new;

	if (copy_from_user(&new, u, sizeof(new)))
		return -EFAULT;
	return do_prlimit(current, which, &new, NULL);
}

/* ---- usage ---- */

static struct __kernel_old_timeval to_timeval(u64 ns)
{
	return (struct __kernel_old_timeval){ ns / NSEC_PER_SEC,
					      ns % NSEC_PER_SEC / NSEC_PER_USEC };
}

static void add_thread(struct task_struct *t, struct rusage *r)
{
	r->ru_minflt += t->min_flt;
	r->ru_majflt += t->maj_flt;
	r->ru_nvcsw += t->nvcsw;
	r->ru_nivcsw += t->nivcsw;
}

static void add_group(struct task_struct *p, struct rusage *r, u64 *ut, u64 *st,
		      unsigned long *maxrss)
{
	struct signal_struct *sig = p->signal;
	struct task_struct *t;
	u64 u, s;

	thread_group_cputime(p, &u, &s, NULL);
	*ut += u;
	*st += s;
	r->ru_minflt += sig->min_flt;
	r->ru_majflt += sig->maj_flt;
	r->ru_nvcsw += sig->nvcsw;
	r->ru_nivcsw += sig->nivcsw;
	*maxrss = max(*maxrss, sig->maxrss);
	rcu_read_lock();
	list_for_each_entry_rcu(t, &sig->thread_head, thread_node)
		add_thread(t, r);
	rcu_read_unlock();
}

void getrusage(struct task_struct *p, int who, struct rusage *r)
{
	struct signal_struct *sig = p->signal;
	unsigned long maxrss = 0;
	struct mm_struct *mm;
	u64 ut = 0, st = 0;

	memset(r, 0, sizeof(*r));
	if (who == RUSAGE_THREAD) {
		task_cputime(p, &ut, &st);
		add_thread(p, r);
		maxrss = sig->maxrss;
	}
	if (who == RUSAGE_CHILDREN || who == RUSAGE_BOTH) {
		ut = sig->cutime;
		st = sig->cstime;
		r->ru_minflt = sig->cmin_flt;
		r->ru_majflt = sig->cmaj_flt;
		r->ru_nvcsw = sig->cnvcsw;
		r->ru_nivcsw = sig->cnivcsw;
		maxrss = sig->cmaxrss;
	}
	if (who == RUSAGE_SELF || who == RUSAGE_BOTH)
		add_group(p, r, &ut, &st, &maxrss);
	if (who != RUSAGE_CHILDREN) {
		mm = get_task_mm(p);
		if (mm) {
			maxrss = max3(maxrss, mm->hiwater_rss, get_mm_rss(mm));
			mmput(mm);
		}
	}
	r->ru_utime = to_timeval(ut);
	r->ru_stime = to_timeval(st);
	r->ru_maxrss = maxrss * (PAGE_SIZE / 1024);
}

SYSCALL_DEFINE2(getrusage, int, who, struct rusage __user *, u)
{
	struct rusage r;

	if (who != RUSAGE_SELF && who != RUSAGE_CHILDREN && who != RUSAGE_THREAD)
		return -EINVAL;
	getrusage(current, who, &r);
	return copy_to_user(u, &r, sizeof(r)) ? -EFAULT : 0;
}

SYSCALL_DEFINE1(times, struct tms __user *, u)
{
	const u64 tick = NSEC_PER_SEC / USER_HZ;
	struct signal_struct *sig = current->signal;
	struct tms t;
	u64 ut, st;

	if (u) {
		thread_group_cputime(current, &ut, &st, NULL);
		t = (struct tms){ ut / tick, st / tick, sig->cutime / tick, sig->cstime / tick };
		if (copy_to_user(u, &t, sizeof(t)))
			return -EFAULT;
	}
	return (u64)ktime_get() / tick;
}
