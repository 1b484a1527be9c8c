// SPDX-License-Identifier: GPL-2.0-only
/*
 * The clocks. CLOCK_MONOTONIC is the hart's cycle counter in nanoseconds, the
 * same on all harts; it does not stop, so CLOCK_BOOTTIME and CLOCK_MONOTONIC_RAW
 * are the same clock. CLOCK_REALTIME is wall_offset ahead of it. Nothing has to
 * be kept up to date by the tick, except the coarse clock.
 */
#include <fs/timerfd.h>
#include <kernel/timer.h>
#include <kernel/spinlock.h>
#include <kernel/printk.h>
#include <lib/err.h>
#include <arch/timer.h>
#include <arch/vdso.h>
#include "tick.h"

ktime_t wall_offset;
static ktime_t coarse_real;
static DEFINE_SPINLOCK(wall_lock, LR_LEAF);

ktime_t ktime_get(void)
{
	return cycles_to_ns(get_cycles());
}

ktime_t ktime_get_real(void)
{
	return ktime_get() + READ_ONCE(wall_offset);
}

ktime_t ktime_get_boottime(void)
{
	return ktime_get();
}

time64_t ktime_get_real_seconds(void)
{
	return ktime_get_real() / NSEC_PER_SEC;
}

ktime_t ktime_get_coarse_real(void)
{
	return READ_ONCE(coarse_real);
}

/** update_coarse_clock - from every tick, and when a hart leaves a long idle time. */
void update_coarse_clock(ktime_t now)
{
	WRITE_ONCE(coarse_real, now + READ_ONCE(wall_offset));
}

/**
 * set_wall_clock - make it @real_ns now. Context: any without timer or queue locks.
 * Return: 0, or -EINVAL for a time before 1970 or one that would overflow.
 */
int set_wall_clock(ktime_t real_ns)
{
	unsigned long flags;

	if (real_ns < 0 || real_ns > KTIME_MAX / 2)
		return -EINVAL;
	spin_lock_irqsave(&wall_lock, flags);
	WRITE_ONCE(wall_offset, real_ns - ktime_get());
	WRITE_ONCE(coarse_real, real_ns);
	update_vsyscall();
	spin_unlock_irqrestore(&wall_lock, flags);
	hrtimers_clock_was_set();
	timerfd_clock_was_set();
	return 0;
}

/** timekeeping_init - the clock runs since reset; the RTC driver sets the wall clock. */
void timekeeping_init(void)
{
	update_coarse_clock(ktime_get());
	update_vsyscall();
}

int get_timespec(struct __kernel_timespec *ts, const void __user *u)
{
	return copy_timespec_from_user(ts, u) ? -EFAULT : 0;
}

int put_timespec(const struct __kernel_timespec *ts, void __user *u)
{
	return copy_timespec_to_user(u, ts) ? -EFAULT : 0;
}

ktime_t timeout_to_deadline(const struct __kernel_timespec *rel)
{
	ktime_t ns = timespec_to_ns(rel), now = ktime_get();

	return ns > KTIME_MAX - now ? KTIME_MAX : now + ns;
}
