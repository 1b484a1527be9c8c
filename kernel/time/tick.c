// SPDX-License-Identifier: GPL-2.0-only
/*
 * The timer interrupt of a hart: runs due timers and, while the hart is busy,
 * the scheduler's tick HZ times a second.
 *
 * The tick stops by firing on an idle hart (it is then not armed again) and is
 * started when the hart leaves idle; so a hart that is idle for less than a
 * tick never touches its timer. It goes on in idle while RCU needs it.
 */
#include "tick.h"
#include <kernel/sched.h>
#include <kernel/percpu.h>
#include <kernel/printk.h>
#include <kernel/posix_timers.h>
#include <kernel/rcu.h>
#include <arch/timer.h>
#include "../sched/sched.h"

struct tick_cpu {
	ktime_t next_tick;	/* KTIME_MAX: stopped */
	ktime_t programmed;	/* when the hardware will interrupt; KTIME_MAX: never */
};

static DEFINE_PER_CPU(struct tick_cpu, tick_cpu);

static void program(struct tick_cpu *tc, ktime_t when)
{
	tc->programmed = when;
	set_next_event(when == KTIME_MAX ? ~0ULL : ns_to_cycles(when));
}

void tick_program(ktime_t when)
{
	struct tick_cpu *tc = this_cpu_ptr(&tick_cpu);

	if (when < tc->programmed)
		program(tc, when);
}

/* the next tick at a multiple of its period, staggered among harts */
static ktime_t tick_after(ktime_t now)
{
	ktime_t phase = (smp_processor_id() % 16) * (TICK_NSEC / 16);

	return (now - phase) / TICK_NSEC * TICK_NSEC + TICK_NSEC + phase;
}

static void do_tick(ktime_t now, bool user)
{
	update_coarse_clock(now);
	scheduler_tick(user);
	rcu_check_callbacks(user || (current->flags & PF_IDLE));
	calc_global_load(now);
	printk_tick();
	if (current->mm)
		run_posix_cpu_timers();
}

/** timer_interrupt - Context: interrupt, from the trap handler. */
void timer_interrupt(bool user)
{
	struct tick_cpu *tc = this_cpu_ptr(&tick_cpu);
	ktime_t now = ktime_get(), next;

	hrtimers_run(now);
	if (now >= tc->next_tick) {
		do_tick(now, user);
		if ((current->flags & PF_IDLE) && !rcu_needs_cpu() && !need_resched())
			tc->next_tick = KTIME_MAX;
		else
			tc->next_tick = tick_after(now);
	}
	next = hrtimers_next();
	program(tc, min(next, tc->next_tick));
}

/** tick_idle_exit - Context: interrupts off. */
void tick_idle_exit(void)
{
	struct tick_cpu *tc = this_cpu_ptr(&tick_cpu);
	ktime_t now;

	if (likely(tc->next_tick != KTIME_MAX))
		return;
	now = ktime_get();
	update_coarse_clock(now);
	tc->next_tick = tick_after(now);
	tick_program(tc->next_tick);
}

/** timers_init_cpu - start the tick of this hart. Context: interrupts off. */
void timers_init_cpu(void)
{
	struct tick_cpu *tc = this_cpu_ptr(&tick_cpu);

	tc->next_tick = tick_after(ktime_get());
	program(tc, min(hrtimers_next(), tc->next_tick));
}
