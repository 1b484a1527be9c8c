// SPDX-License-Identifier: GPL-2.0-only
/*
 * The load averages: an exponentially decaying mean over 1, 5 and 15 minutes
 * of the number of tasks that run, want to run, or sleep uninterruptibly,
 * sampled every five seconds by whichever hart's tick comes by first. Samples
 * that fell into a time when all harts were idle, and no tick came, are made
 * up for as zeros. Fixed point with FSHIFT bits, as sysinfo(2) and /proc show.
 */
#include "sched.h"
#include <arch/smp.h>

#define FSHIFT		11
#define FIXED_1		(1UL << FSHIFT)
#define LOAD_PERIOD	(5 * NSEC_PER_SEC)
#define CATCH_UP_MAX	720	/* an hour of zeros leaves nothing of any mean */

static const unsigned long decay[3] = { 1884, 2014, 2037 };	/* exp(-5 s / n min) */
static unsigned long avenrun[3];
static u64 next_sample = LOAD_PERIOD;
static DEFINE_SPINLOCK(loadavg_lock, LR_LEAF);

static unsigned long calc_load(unsigned long load, unsigned long exp, unsigned long active)
{
	unsigned long n = load * exp + active * (FIXED_1 - exp);

	if (active >= load)
		n += FIXED_1 - 1;
	return n / FIXED_1;
}

static unsigned long nr_active(void)
{
	unsigned int cpu;
	long n = 0;

	for_each_online_cpu(cpu)
		n += READ_ONCE(cpu_rq(cpu)->nr_running) +
		     READ_ONCE(cpu_rq(cpu)->nr_uninterruptible);
	return n > 0 ? n * FIXED_1 : 0;
}

static void sample(unsigned long active)
{
	for (int i = 0; i < 3; i++)
		avenrun[i] = calc_load(avenrun[i], decay[i], active);
}

/** calc_global_load - take the sample that is due at @now, if one is. Context: any. */
void calc_global_load(u64 now)
{
	unsigned long flags;

	if (likely(now < READ_ONCE(next_sample)))
		return;
	spin_lock_irqsave(&loadavg_lock, flags);
	if (now >= next_sample) {
		u64 missed = (now - next_sample) / LOAD_PERIOD;

		for (u64 i = 0; i < missed && i < CATCH_UP_MAX; i++)
			sample(0);
		sample(nr_active());
		WRITE_ONCE(next_sample, next_sample + (missed + 1) * LOAD_PERIOD);
	}
	spin_unlock_irqrestore(&loadavg_lock, flags);
}

void get_avenrun(unsigned long loads[3])
{
	calc_global_load(sched_clock());
	for (int i = 0; i < 3; i++)
		loads[i] = READ_ONCE(avenrun[i]);
}
