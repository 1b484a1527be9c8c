// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a hart does when it has nothing to do. The timer tick is left armed when
 * idling begins and stops by itself when it fires (kernel/time/tick.c), so that
 * short idle times cost nothing.
 *
 * wfi returns for a pending interrupt also while interrupts are off. They stay
 * off from the test of need_resched() until after it, so no wake-up is missed,
 * and no handler runs while RCU thinks that this hart is idle.
 */
#include "sched.h"
#include <kernel/rcu.h>
#include <kernel/printk.h>
#include <arch/irqflags.h>

static void idle_once(struct rq *rq)
{
	rcu_idle_enter();
	if (!need_resched())
		wait_for_interrupt();
	rcu_idle_exit();
	WRITE_ONCE(rq->clock, sched_clock());
	local_irq_enable();	/* the interrupt is taken here */
	local_irq_disable();
}

/** cpu_idle_loop - the end of each hart's start-up; never returns. */
void __noreturn cpu_idle_loop(void)
{
	struct rq *rq = this_rq();
	unsigned int cpu = smp_processor_id();

	for (;;) {
		local_irq_disable();
		WRITE_ONCE(rq->idle_since, sched_clock());
		while (!need_resched()) {
			if (!cpumask_test_cpu(cpu, &sched_idle_mask))
				cpumask_set_cpu(cpu, &sched_idle_mask);
			printk_tick();
			idle_once(rq);
		}
		if (cpumask_test_cpu(cpu, &sched_idle_mask))
			cpumask_clear_cpu(cpu, &sched_idle_mask);
		WRITE_ONCE(rq->idle_ns, rq->idle_ns + (sched_clock() - rq->idle_since));
		WRITE_ONCE(rq->idle_since, 0);
		tick_idle_exit();
		local_irq_enable();
		schedule();
	}
}
