// SPDX-License-Identifier: GPL-2.0-only
/*
 * The contended path of spinlocks. They are ticket locks: first come, first
 * served, so that no hart starves. A debug build reports a lock that is not
 * given up for ten seconds, which is a deadlock.
 */
#include <kernel/spinlock.h>
#include <kernel/printk.h>
#include <kernel/timer.h>
#include <arch/processor.h>

static void spin_check_stuck(spinlock_t *l, ktime_t since)
{
	if (ktime_get() - since < 10 * NSEC_PER_SEC || panic_in_progress)
		return;
	panic("spinlock %pS (rank %u) stuck: owner %u, next %u", l, l->rank, l->owner, l->next);
}

/**
 * spin_lock_slow - wait until @ticket is served.
 * Context: any; the lock is free soon, its holder does not sleep.
 */
void spin_lock_slow(spinlock_t *l, u16 ticket)
{
	ktime_t since = CONFIG_DEBUG ? ktime_get() : 0;
	unsigned int spins = 0;

	while (smp_load_acquire(&l->owner) != ticket) {
		cpu_relax();
		if (CONFIG_DEBUG && (++spins & 0xfffff) == 0)
			spin_check_stuck(l, since);
	}
}
