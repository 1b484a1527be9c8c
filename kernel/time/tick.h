/* SPDX-License-Identifier: GPL-2.0-only */
/* Inside of kernel/time: the per-hart timer queue and the tick. */
#ifndef KERNEL_TIME_TICK_H
#define KERNEL_TIME_TICK_H
#include <kernel/timer.h>
#include <kernel/spinlock.h>
#include <arch/uaccess.h>

/* timekeeping.c */
void update_coarse_clock(ktime_t now);

/* hrtimer.c: run what is due at @now on this hart. Context: interrupt. */
void hrtimers_run(ktime_t now);
/* first expiry of this hart, monotonic ns, KTIME_MAX: none. Interrupts off. */
ktime_t hrtimers_next(void);

/* tick.c: have the timer interrupt of this hart come at @when or before.
 * Context: interrupts off. */
void tick_program(ktime_t when);

static inline unsigned long copy_timespec_from_user(struct __kernel_timespec *ts,
						    const void __user *u)
{
	return copy_from_user(ts, u, sizeof(*ts));
}
static inline unsigned long copy_timespec_to_user(void __user *u,
						  const struct __kernel_timespec *ts)
{
	return copy_to_user(u, ts, sizeof(*ts));
}

#endif
