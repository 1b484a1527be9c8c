// SPDX-License-Identifier: GPL-2.0-only
/*
 * The system calls that read and set clocks.
 *
 * A negative clock id names the CPU clock of a process or thread: ~pid in the
 * upper bits, CPUCLOCK_* in the lowest two, bit 2 for a single thread.
 */
#include "tick.h"
#include <kernel/sched.h>
#include <kernel/signal.h>
#include <kernel/cred.h>
#include <kernel/pid.h>
#include <kernel/syscalls.h>
#include <lib/string.h>
#include <arch/timer.h>
#include <linux/timex.h>
#include <linux/times.h>

struct task_struct *cpu_clock_target(clockid_t id, bool *group, int *type)
{
	struct task_struct *t;
	pid_t pid;

	if (id == CLOCK_PROCESS_CPUTIME_ID || id == CLOCK_THREAD_CPUTIME_ID) {
		*group = id == CLOCK_PROCESS_CPUTIME_ID;
		*type = CPUCLOCK_SCHED;
		return get_task_struct(current);
	}
	*type = id & 3;
	*group = !(id & CPUCLOCK_PERTHREAD);
	pid = ~(id >> 3);
	if (id >= 0 || *type > CPUCLOCK_SCHED || pid < 0)
		return NULL;
	if (!pid)
		return get_task_struct(current);
	t = find_get_task_by_pid(pid);
	/* a thread's clock is for its own process, a process's is named by its leader */
	if (t && !(*group ? thread_group_leader(t) || t == current : t->tgid == current->tgid)) {
		put_task_struct(t);
		return NULL;
	}
	return t;
}

static u64 cpu_clock_sample(struct task_struct *t, bool group, int type)
{
	u64 ut, st, run;

	if (group) {
		thread_group_cputime(t, &ut, &st, &run);
	} else if (type == CPUCLOCK_SCHED) {
		return task_sched_runtime(t);
	} else {
		task_cputime(t, &ut, &st);
		run = ut + st;
	}
	return type == CPUCLOCK_VIRT ? ut : type == CPUCLOCK_PROF ? ut + st : run;
}

static int cpu_clock_get(clockid_t id, s64 *ns)
{
	struct task_struct *t;
	bool group;
	int type;

	t = cpu_clock_target(id, &group, &type);
	if (!t)
		return -EINVAL;
	*ns = cpu_clock_sample(t, group, type);
	put_task_struct(t);
	return 0;
}

int clock_get_ns(clockid_t id, s64 *ns)
{
	switch (id) {
	case CLOCK_REALTIME:
	case CLOCK_REALTIME_ALARM:
	case CLOCK_REALTIME_COARSE:	/* the exact time is as cheap */
	case CLOCK_TAI:
		*ns = ktime_get_real();
		return 0;
	case CLOCK_MONOTONIC:
	case CLOCK_MONOTONIC_RAW:
	case CLOCK_MONOTONIC_COARSE:
	case CLOCK_BOOTTIME:
	case CLOCK_BOOTTIME_ALARM:
		*ns = ktime_get();
		return 0;
	default:
		if (id >= 0 && id != CLOCK_PROCESS_CPUTIME_ID && id != CLOCK_THREAD_CPUTIME_ID)
			return -EINVAL;
		return cpu_clock_get(id, ns);
	}
}

SYSCALL_DEFINE2(clock_gettime, clockid_t, which, struct __kernel_timespec __user *, tp)
{
	s64 ns;

	if (likely(which == CLOCK_MONOTONIC))
		ns = cycles_to_ns(get_cycles());
	else if (clock_get_ns(which, &ns))
		return -EINVAL;
	if (put_user((u64)ns / NSEC_PER_SEC, &tp->tv_sec) ||
	    put_user((u64)ns % NSEC_PER_SEC, &tp->tv_nsec))
		return -EFAULT;
	return 0;
}

SYSCALL_DEFINE2(clock_getres, clockid_t, which, struct __kernel_timespec __user *, tp)
{
	struct __kernel_timespec ts = { 0, 1 };
	s64 ns;

	if (clock_get_ns(which, &ns))
		return -EINVAL;
	if (which == CLOCK_REALTIME_COARSE || which == CLOCK_MONOTONIC_COARSE)
		ts.tv_nsec = NSEC_PER_SEC / HZ;
	return tp ? put_timespec(&ts, tp) : 0;
}

static int settime(const struct __kernel_timespec *ts)
{
	if (!timespec_valid(ts))
		return -EINVAL;
	if (!capable(CAP_SYS_TIME))
		return -EPERM;
	return set_wall_clock(timespec_to_ns(ts));
}

SYSCALL_DEFINE2(clock_settime, clockid_t, which, const struct __kernel_timespec __user *, tp)
{
	struct __kernel_timespec ts;
	s64 ns;

	if (which != CLOCK_REALTIME)
		return which < 0 && !clock_get_ns(which, &ns) ? -EPERM : -EINVAL;
	if (get_timespec(&ts, tp))
		return -EFAULT;
	return settime(&ts);
}

struct timezone_abi {
	int tz_minuteswest, tz_dsttime;
};
static struct timezone_abi sys_tz;

SYSCALL_DEFINE2(gettimeofday, struct __kernel_old_timeval __user *, tv,
		struct timezone_abi __user *, tz)
{
	if (tv) {
		struct __kernel_timespec ts = ns_to_timespec(ktime_get_real());
		struct __kernel_old_timeval v = { ts.tv_sec, ts.tv_nsec / NSEC_PER_USEC };

		if (copy_to_user(tv, &v, sizeof(v)))
			return -EFAULT;
	}
	if (tz && copy_to_user(tz, &sys_tz, sizeof(sys_tz)))
		return -EFAULT;
	return 0;
}

SYSCALL_DEFINE2(settimeofday, struct __kernel_old_timeval __user *, tv,
		struct timezone_abi __user *, tz)
{
	struct __kernel_old_timeval v;
	struct __kernel_timespec ts;
	struct timezone_abi new_tz;

	if (tv) {
		if (copy_from_user(&v, tv, sizeof(v)))
			return -EFAULT;
		if (v.tv_usec < 0 || v.tv_usec >= 1000000)
			return -EINVAL;
		ts = (struct __kernel_timespec){ v.tv_sec, v.tv_usec * NSEC_PER_USEC };
	}
	if (tz && copy_from_user(&new_tz, tz, sizeof(new_tz)))
		return -EFAULT;
	if (tv && !timespec_valid(&ts))
		return -EINVAL;
	if (!capable(CAP_SYS_TIME))
		return -EPERM;
	if (tz) {
		if (new_tz.tz_minuteswest > 15 * 60 || new_tz.tz_minuteswest < -15 * 60)
			return -EINVAL;
		sys_tz = new_tz;
	}
	return tv ? settime(&ts) : 0;
}

/*
 * There is no clock discipline: the frequency is the hardware's. Reading works
 * and says "not synchronised"; ADJ_SETOFFSET steps the clock; other changes are
 * EOPNOTSUPP.
 */
static long do_adjtimex(struct __kernel_timex *t)
{
	unsigned int modes = t->modes;
	struct __kernel_timespec now;

	if (modes && modes != ADJ_OFFSET_SS_READ && !capable(CAP_SYS_TIME))
		return -EPERM;
	if (modes & ADJ_SETOFFSET) {
		s64 frac = t->time.tv_usec, unit = modes & ADJ_NANO ? 1 : NSEC_PER_USEC;
		int ret;

		if (frac < 0 || frac * unit >= NSEC_PER_SEC)
			return -EINVAL;
		ret = set_wall_clock(ktime_get_real() + t->time.tv_sec * NSEC_PER_SEC +
				     frac * unit);
		if (ret)
			return ret;
		modes &= ~(ADJ_SETOFFSET | ADJ_NANO);
	}
	if (modes && modes != ADJ_OFFSET_SS_READ)
		return -EOPNOTSUPP;
	now = ns_to_timespec(ktime_get_real());
	memset(t, 0, sizeof(*t));
	t->status = STA_UNSYNC;
	t->maxerror = t->esterror = 16000000;
	t->precision = 1;
	t->tolerance = 500 << 16;
	t->tick = 1000000 / USER_HZ;
	t->time.tv_sec = now.tv_sec;
	t->time.tv_usec = now.tv_nsec / NSEC_PER_USEC;
	return TIME_ERROR;
}

SYSCALL_DEFINE1(adjtimex, struct __kernel_timex __user *, up)
{
	struct __kernel_timex t;
	long ret;

	if (copy_from_user(&t, up, sizeof(t)))
		return -EFAULT;
	ret = do_adjtimex(&t);
	if (ret >= 0 && copy_to_user(up, &t, sizeof(t)))
		return -EFAULT;
	return ret;
}

SYSCALL_DEFINE2(clock_adjtime, clockid_t, which, struct __kernel_timex __user *, up)
{
	if (which != CLOCK_REALTIME)
		return -EOPNOTSUPP;
	return sys_adjtimex((long)up);
}
