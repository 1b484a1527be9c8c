// SPDX-License-Identifier: GPL-2.0-only
/*
 * The contended path of spinlocks: read until the lock looks free, then try. A
 * debug build reports a lock that is not given up for ten seconds, which is a
 * deadlock.
 */
#include <kernel/spinlock.h>
#include <kernel/lock_stat.h>
#include <kernel/printk.h>
#include <kernel/timer.h>
#include <arch/processor.h>

static void spin_check_stuck(spinlock_t *l, ktime_t since)
{
	if (ktime_get() - since < 10 * NSEC_PER_SEC || panic_in_progress)
		return;
	panic("spinlock %pS (rank %u) stuck", l, l->rank);
}

/**
 * spin_lock_slow - wait until @l is free, and take it.
 * Context: any; the lock is free soon, its holder does not sleep.
 */
void spin_lock_slow(spinlock_t *l)
{
	ktime_t since = CONFIG_DEBUG ? ktime_get() : 0;
	unsigned int spins = 0;
	lock_stat_wait(l->rank);

	do {
		while (READ_ONCE(l->val)) {
			cpu_relax();
			if (CONFIG_DEBUG && (++spins & 0xfffff) == 0)
				spin_check_stuck(l, since);
		}
	} while (__atomic_exchange_n(&l->val, 1, __ATOMIC_ACQUIRE));
}
