/* SPDX-License-Identifier: GPL-2.0-only */
/* High-resolution timers (per-CPU rbtree) and clocks. All times are ktime_t ns. */
#ifndef KERNEL_TIMER_H
#define KERNEL_TIMER_H
#include <lib/types.h>
#include <lib/rbtree.h>
#include <linux/time.h>
#include <linux/time_types.h>

enum hrtimer_restart { HRTIMER_NORESTART, HRTIMER_RESTART };
struct hrtimer {
	struct rb_node node;
	ktime_t expires;		/* monotonic ns; realtime timers are converted by base */
	enum hrtimer_restart (*function)(struct hrtimer *t);	/* interrupt context */
	struct hrtimer_base *base;
	u8 clock;			/* CLOCK_MONOTONIC, CLOCK_REALTIME, CLOCK_BOOTTIME */
	bool queued, running;
};
void hrtimer_init(struct hrtimer *t, clockid_t clock, enum hrtimer_restart (*fn)(struct hrtimer *));
void hrtimer_start(struct hrtimer *t, ktime_t expires_abs);	/* re-arms if queued */
/** hrtimer_cancel - Context: not from the timer's own function; waits for it to
 *  finish. Return: was it queued. */
bool hrtimer_cancel(struct hrtimer *t);
int hrtimer_try_to_cancel(struct hrtimer *t);	/* -1: function is running */
ktime_t hrtimer_remaining(struct hrtimer *t);
u64 hrtimer_forward(struct hrtimer *t, ktime_t now, ktime_t interval);	/* overruns */
void timer_interrupt(bool user);		/* from arch: this hart's timer fired */
void timers_init_cpu(void);			/* each hart as it comes up */

ktime_t ktime_get(void);			/* CLOCK_MONOTONIC */
ktime_t ktime_get_real(void);
ktime_t ktime_get_boottime(void);
time64_t ktime_get_real_seconds(void);
/** current_time_ns - coarse realtime for inode timestamps: at the last tick. */
ktime_t ktime_get_coarse_real(void);
void timekeeping_init(void);			/* reads the RTC if there is one */
/** set_wall_clock - by the RTC driver at boot, and clock_settime. */
int set_wall_clock(ktime_t real_ns);
extern ktime_t wall_offset;			/* realtime - monotonic */
u64 uptime_idle_ns(void);
/** clock_get_ns - read any clock id, those of processes too. Return: 0 or -EINVAL. */
int clock_get_ns(clockid_t id, s64 *ns);
/** cpu_clock_target - the task that the CPU clock @id measures, counted; NULL: none.
 *  *@group says whether its whole process is meant, *@type is CPUCLOCK_*. */
struct task_struct *cpu_clock_target(clockid_t id, bool *group, int *type);
void thread_group_cputime(struct task_struct *t, u64 *ut, u64 *st, u64 *runtime);
#define CPUCLOCK_PROF	0		/* user + system */
#define CPUCLOCK_VIRT	1		/* user */
#define CPUCLOCK_SCHED	2		/* exact run time */
#define CPUCLOCK_PERTHREAD	4
/** hrtimers_clock_was_set - wall_offset has changed: re-program realtime timers. */
void hrtimers_clock_was_set(void);
void tick_idle_exit(void);		/* the hart leaves idle: the tick goes on */

#define NSEC_PER_SEC	1000000000L
#define NSEC_PER_MSEC	1000000L
#define NSEC_PER_USEC	1000L
#define KTIME_MAX	((s64)~(1ULL << 63))
static inline struct __kernel_timespec ns_to_timespec(s64 ns)
{
	s64 sec = ns / NSEC_PER_SEC;
	s64 rem = ns % NSEC_PER_SEC;

	if (rem < 0) {
		rem += NSEC_PER_SEC;
		sec--;
	}
	return (struct __kernel_timespec){ .tv_sec = sec, .tv_nsec = rem };
}
static inline bool timespec_valid(const struct __kernel_timespec *t)
{
	return t->tv_sec >= 0 && (unsigned long)t->tv_nsec < NSEC_PER_SEC;
}
static inline ktime_t timespec_to_ns(const struct __kernel_timespec *t)
{
	if ((u64)t->tv_sec >= (u64)(KTIME_MAX / NSEC_PER_SEC))
		return KTIME_MAX;	/* saturates */
	return t->tv_sec * NSEC_PER_SEC + t->tv_nsec;
}
int get_timespec(struct __kernel_timespec *ts, const void __user *u);	/* 0, -EFAULT */
int put_timespec(const struct __kernel_timespec *ts, void __user *u);
/** poll/futex deadline helpers: monotonic expiry for a relative timespec. */
ktime_t timeout_to_deadline(const struct __kernel_timespec *rel);
/** schedule_hrtimeout - sleep until @expires_abs of @clock in the state set.
 *  Return: 0 expired, -EINTR woken before. */
int schedule_hrtimeout(ktime_t expires_abs, clockid_t clock);
struct restart_block;
/** do_no_restart_syscall - restart_block.fn of a task that has none: -EINTR. */
long do_no_restart_syscall(struct restart_block *r);

#endif
