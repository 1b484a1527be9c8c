// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interval timers of a process: ITIMER_REAL by an hrtimer, ITIMER_VIRTUAL and
 * ITIMER_PROF (and RLIMIT_CPU) by looking at the CPU time used at each tick.
 * Guarded by siglock.
 *
 * ITIMER_REAL's next period starts when its signal is taken, not when the
 * timer fires: however short the period, a process that does not take signals
 * gets one interrupt, not a storm of them.
 */
#include <arch/uaccess.h>
#include <kernel/posix_timers.h>
#include <kernel/sched.h>
#include <kernel/signal.h>
#include <kernel/syscalls.h>
#include <lib/err.h>
#include <linux/time.h>

struct old_timeval { s64 tv_sec, tv_usec; };
struct old_itimerval { struct old_timeval it_interval, it_value; };

static struct old_timeval to_timeval(s64 ns)
{
	if (ns < 0)
		ns = 0;
	/* a timer that is running never reads as zero */
	if (ns && ns < NSEC_PER_USEC)
		ns = NSEC_PER_USEC;
	return (struct old_timeval){ ns / NSEC_PER_SEC, ns % NSEC_PER_SEC / NSEC_PER_USEC };
}

static int from_timeval(const struct old_timeval *tv, s64 *ns)
{
	struct __kernel_timespec ts = { .tv_sec = tv->tv_sec };

	if (tv->tv_sec < 0 || (u64)tv->tv_usec >= 1000000)
		return -EINVAL;
	ts.tv_nsec = tv->tv_usec * NSEC_PER_USEC;
	*ns = timespec_to_ns(&ts);
	return 0;
}

enum hrtimer_restart it_real_fn(struct hrtimer *t)
{
	struct signal_struct *s = container_of(t, struct signal_struct, real_timer);
	struct task_struct *leader;

	rcu_read_lock();
	leader = s->pids[PIDTYPE_TGID] ? pid_task(s->pids[PIDTYPE_TGID], PIDTYPE_TGID) : NULL;
	if (leader)
		group_send_sig_info(SIGALRM, SEND_SIG_PRIV, leader);
	rcu_read_unlock();
	return HRTIMER_NORESTART;
}

/** it_real_delivered - SIGALRM is being taken: the next period. siglock held. */
void it_real_delivered(struct signal_struct *s)
{
	if (!s->it_real_incr || s->real_timer.queued)
		return;
	hrtimer_forward(&s->real_timer, ktime_get(), s->it_real_incr);
	hrtimer_start(&s->real_timer, s->real_timer.expires);
}

/* ns of CPU time that @which (ITIMER_VIRTUAL, ITIMER_PROF) counts, of the whole process */
static u64 process_cputime(struct task_struct *p, bool prof)
{
	u64 sum_u = p->signal->utime, sum_s = p->signal->stime, ut, st;
	struct task_struct *t;

	rcu_read_lock();
	for_each_thread(p, t) {
		task_cputime(t, &ut, &st);
		sum_u += ut;
		sum_s += st;
	}
	rcu_read_unlock();
	return prof ? sum_u + sum_s : sum_u;
}

static void check_itimer(struct task_struct *t, struct cpu_itimer *it, u64 now, int sig)
{
	if (!it->expires || now < it->expires)
		return;
	it->expires = it->incr ? it->expires + (1 + (now - it->expires) / it->incr) * it->incr : 0;
	group_send_sig_info(sig, SEND_SIG_PRIV, t);
}

static void check_rlimit_cpu(struct task_struct *t, u64 now)
{
	struct rlimit *r = &t->signal->rlim[RLIMIT_CPU];
	u64 secs = now / NSEC_PER_SEC;

	if (r->rlim_max != RLIM_INFINITY && secs >= r->rlim_max) {
		group_send_sig_info(SIGKILL, SEND_SIG_PRIV, t);
	} else if (secs >= r->rlim_cur) {
		group_send_sig_info(SIGXCPU, SEND_SIG_PRIV, t);
		r->rlim_cur++;		/* again in a second */
	}
}

/** run_posix_cpu_timers - from the tick. Context: interrupt; current is what the tick hit. */
void run_posix_cpu_timers(void)
{
	struct task_struct *t = current;
	struct signal_struct *s = t->signal;

	if ((t->flags & (PF_KTHREAD | PF_EXITING)) || !s)
		return;
	if (s->it[0].expires)
		check_itimer(t, &s->it[0], process_cputime(t, false), SIGVTALRM);
	if (s->it[1].expires)
		check_itimer(t, &s->it[1], process_cputime(t, true), SIGPROF);
	if (s->rlim[RLIMIT_CPU].rlim_cur != RLIM_INFINITY)
		check_rlimit_cpu(t, process_cputime(t, true));
	posix_cpu_timers_tick(t);
}

static int get_itimer(int which, struct old_itimerval *v)
{
	struct signal_struct *s = current->signal;
	struct cpu_itimer *it;
	u64 now;

	switch (which) {
	case ITIMER_REAL:
		spin_lock_irq(&current->sighand->siglock);
		v->it_value = to_timeval(s->real_timer.queued ? max(hrtimer_remaining(&s->real_timer), (s64)1) : 0);
		v->it_interval = to_timeval(s->it_real_incr);
		spin_unlock_irq(&current->sighand->siglock);
		return 0;
	case ITIMER_VIRTUAL:
	case ITIMER_PROF:
		it = &s->it[which - ITIMER_VIRTUAL];
		now = process_cputime(current, which == ITIMER_PROF);
		spin_lock_irq(&current->sighand->siglock);
		v->it_value = to_timeval(!it->expires ? 0 : it->expires > now ? it->expires - now : 1);
		v->it_interval = to_timeval(it->incr);
		spin_unlock_irq(&current->sighand->siglock);
		return 0;
	default:
		return -EINVAL;
	}
}

static void set_real(struct signal_struct *s, s64 value, s64 incr)
{
	/* no new period from here on */
	spin_lock_irq(&current->sighand->siglock);
	s->it_real_incr = 0;
	spin_unlock_irq(&current->sighand->siglock);
	/* the function takes siglock: cancel without it */
	hrtimer_cancel(&s->real_timer);
	spin_lock_irq(&current->sighand->siglock);
	s->it_real_incr = value ? incr : 0;
	if (value)
		hrtimer_start(&s->real_timer, ktime_get() + min(value, KTIME_MAX / 2));
	spin_unlock_irq(&current->sighand->siglock);
}

static int set_itimer(int which, const struct old_itimerval *new, struct old_itimerval *old)
{
	struct signal_struct *s = current->signal;
	s64 value, incr;
	u64 now;
	int err = from_timeval(&new->it_value, &value);

	if (!err)
		err = from_timeval(&new->it_interval, &incr);
	if (!err)
		err = get_itimer(which, old);
	if (err)
		return err;
	if (which == ITIMER_REAL) {
		set_real(s, value, incr);
		return 0;
	}
	now = process_cputime(current, which == ITIMER_PROF);
	spin_lock_irq(&current->sighand->siglock);
	s->it[which - ITIMER_VIRTUAL] = (struct cpu_itimer){ .expires = value ? now + value : 0, .incr = incr };
	spin_unlock_irq(&current->sighand->siglock);
	return 0;
}

SYSCALL_DEFINE2(getitimer, int, which, struct old_itimerval __user *, uv)
{
	struct old_itimerval v;
	int err = get_itimer(which, &v);

	if (err)
		return err;
	return copy_to_user(uv, &v, sizeof(v)) ? -EFAULT : 0;
}

SYSCALL_DEFINE3(setitimer, int, which, const struct old_itimerval __user *, unew, struct old_itimerval __user *, uold)
{
	struct old_itimerval new = { 0 }, old;
	int err;

	if (unew && copy_from_user(&new, unew, sizeof(new)))
		return -EFAULT;
	err = set_itimer(which, &new, &old);
	if (!err && uold && copy_to_user(uold, &old, sizeof(old)))
		return -EFAULT;
	return err;
}
