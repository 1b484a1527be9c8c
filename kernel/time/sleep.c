// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sleeping for a time: schedule_timeout() and what is built on it, and the
 * system calls nanosleep and clock_nanosleep. A relative sleep that a signal
 * interrupts without a handler goes on until its original end
 * (restart_syscall); one that a handler interrupts reports the time left.
 */
#include "tick.h"
#include <kernel/sched.h>
#include <kernel/signal.h>
#include <kernel/syscalls.h>
#include <kernel/posix_timers.h>

struct hrtimer_sleeper {
	struct hrtimer timer;
	struct task_struct *task;	/* NULL: it has expired */
};

static enum hrtimer_restart sleeper_wake(struct hrtimer *t)
{
	struct hrtimer_sleeper *s = container_of(t, struct hrtimer_sleeper, timer);
	struct task_struct *task = s->task;

	WRITE_ONCE(s->task, NULL);
	wake_up_process(task);
	return HRTIMER_NORESTART;
}

int schedule_hrtimeout(ktime_t expires_abs, clockid_t clock)
{
	struct hrtimer_sleeper s = { .task = current };

	if (expires_abs == KTIME_MAX) {
		schedule();
		return -EINTR;
	}
	hrtimer_init(&s.timer, clock, sleeper_wake);
	hrtimer_start(&s.timer, expires_abs);
	if (likely(READ_ONCE(s.task)))
		schedule();
	hrtimer_cancel(&s.timer);
	__set_current_state(TASK_RUNNING);
	return s.task ? -EINTR : 0;
}

long schedule_timeout(long ns)
{
	ktime_t now, end;

	if (ns == MAX_SCHEDULE_TIMEOUT) {
		schedule();
		return ns;
	}
	now = ktime_get();
	if (ns <= 0) {
		__set_current_state(TASK_RUNNING);
		return 0;
	}
	end = ns > KTIME_MAX - now ? KTIME_MAX : now + ns;
	if (!schedule_hrtimeout(end, CLOCK_MONOTONIC))
		return 0;
	now = ktime_get();
	/* woken before: at least 1 is left, since 0 says that it has expired */
	return now < end ? end - now : 1;
}

/* sleep until @expires of @clock. 0, or -EINTR when a signal came first */
static int sleep_until(ktime_t expires, clockid_t clock)
{
	do {
		set_current_state(TASK_INTERRUPTIBLE);
		if (!schedule_hrtimeout(expires, clock))
			return 0;
	} while (!signal_pending(current));
	return -EINTR;
}

/* clocks of CPU time stand still while their tasks sleep: look again and again */
static int sleep_cpu_clock(ktime_t expires, clockid_t clock)
{
	s64 now;
	int ret;

	for (;;) {
		ret = clock_get_ns(clock, &now);
		if (ret || now >= expires)
			return ret;
		set_current_state(TASK_INTERRUPTIBLE);
		schedule_timeout(max_t(s64, expires - now, NSEC_PER_MSEC));
		if (signal_pending(current))
			return -EINTR;
	}
}

static bool is_cpu_clock(clockid_t id)
{
	return id < 0 || id == CLOCK_PROCESS_CPUTIME_ID;
}

static int sleep_on(ktime_t expires, clockid_t clock)
{
	return is_cpu_clock(clock) ? sleep_cpu_clock(expires, clock) : sleep_until(expires, clock);
}

static int put_remaining(ktime_t expires, clockid_t clock, void __user *rmtp)
{
	struct __kernel_timespec left;
	s64 now;

	if (!rmtp || clock_get_ns(clock, &now))
		return 0;
	left = ns_to_timespec(expires > now ? expires - now : 0);
	return put_timespec(&left, rmtp);
}

static long nanosleep_restart(struct restart_block *r)
{
	int ret = sleep_on(r->nanosleep.expires, r->nanosleep.clockid);

	if (ret != -EINTR)
		return ret;
	if (put_remaining(r->nanosleep.expires, r->nanosleep.clockid, r->nanosleep.rmtp))
		return -EFAULT;
	return -ERESTART_RESTARTBLOCK;
}

static long do_nanosleep(clockid_t clock, bool absolute, ktime_t t, void __user *rmtp)
{
	struct restart_block *r = &current->restart_block;
	ktime_t expires = t;
	s64 now;
	int ret;

	if (!absolute) {
		ret = clock_get_ns(clock, &now);
		if (ret)
			return ret;
		/* what is relative counts on the monotonic clock, whoever sets the time */
		if (clock == CLOCK_REALTIME || clock == CLOCK_TAI) {
			clock = CLOCK_MONOTONIC;
			now = ktime_get();
		}
		expires = t > KTIME_MAX - now ? KTIME_MAX : now + t;
	}
	ret = sleep_on(expires, clock);
	if (ret != -EINTR)
		return ret;
	if (absolute)
		return -ERESTARTNOHAND;
	if (put_remaining(expires, clock, rmtp))
		return -EFAULT;
	r->fn = nanosleep_restart;
	r->nanosleep.clockid = clock;
	r->nanosleep.rmtp = rmtp;
	r->nanosleep.expires = expires;
	return -ERESTART_RESTARTBLOCK;
}

SYSCALL_DEFINE2(nanosleep, struct __kernel_timespec __user *, rqtp,
		struct __kernel_timespec __user *, rmtp)
{
	struct __kernel_timespec t;

	if (get_timespec(&t, rqtp))
		return -EFAULT;
	if (!timespec_valid(&t))
		return -EINVAL;
	return do_nanosleep(CLOCK_MONOTONIC, false, timespec_to_ns(&t), rmtp);
}

static bool clock_can_sleep(clockid_t id)
{
	switch (id) {
	case CLOCK_REALTIME:
	case CLOCK_MONOTONIC:
	case CLOCK_BOOTTIME:
	case CLOCK_TAI:
	case CLOCK_PROCESS_CPUTIME_ID:
		return true;
	default:
		return id < 0;
	}
}

/* it stands still while one sleeps */
static bool is_own_thread_clock(clockid_t id)
{
	pid_t pid = ~(id >> 3);

	return id < 0 && (id & CPUCLOCK_PERTHREAD) && (!pid || pid == current->pid);
}

SYSCALL_DEFINE4(clock_nanosleep, clockid_t, which, int, flags,
		const struct __kernel_timespec __user *, rqtp,
		struct __kernel_timespec __user *, rmtp)
{
	struct __kernel_timespec t;
	s64 now;

	if (!clock_can_sleep(which))
		return clock_get_ns(which, &now) ? -EINVAL : -EOPNOTSUPP;
	if (which < 0 && clock_get_ns(which, &now))
		return -EINVAL;
	if (get_timespec(&t, rqtp))
		return -EFAULT;
	if (!timespec_valid(&t) || is_own_thread_clock(which))
		return -EINVAL;
	return do_nanosleep(which, flags & TIMER_ABSTIME, timespec_to_ns(&t), rmtp);
}

long do_no_restart_syscall(struct restart_block *r)
{
	return -EINTR;
}
