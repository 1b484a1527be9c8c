// SPDX-License-Identifier: GPL-2.0-only
/*
 * The core of the scheduler: who runs next, and the switch to it.
 *
 * A task that sleeps sets its state, tests its condition and calls schedule().
 * The barrier between the two on its side (set_current_state()) and the ones
 * in try_to_wake_up() see to it that either the task finds its condition true,
 * or the waker finds its state set. See wakeup.c for the other half.
 *
 * on_cpu of a task is set from before it is switched to until after it has
 * been switched away from: only then its stack and registers are quiet, and
 * another hart may run it. The run queue's lock is held across the switch and
 * released by the task that comes in (finish_task_switch()).
 */
#include "fair.h"
#include <kernel/signal.h>
#include <kernel/printk.h>
#include <kernel/rcu.h>
#include <mm/mm.h>
#include <arch/smp.h>
#include <arch/uaccess.h>

DEFINE_PER_CPU(struct rq, runqueues);
DEFINE_PER_CPU(unsigned int, cpu_number);

/** sched_clock - ns since the machine was reset. Context: any. */
u64 sched_clock(void)
{
	return ktime_get();
}

/** resched_curr - have rq's hart pass through schedule() soon. Context: rq->lock. */
void resched_curr(struct rq *rq)
{
	if (test_tsk_work(rq->curr, TIF_NEED_RESCHED))
		return;
	set_tsk_work(rq->curr, TIF_NEED_RESCHED);
	if (rq->cpu != smp_processor_id())
		smp_send_reschedule(rq->cpu);
}

/** set_task_cpu - Context: pi_lock of a sleeping task, or both queues' locks. */
void set_task_cpu(struct task_struct *p, unsigned int cpu)
{
	p->percpu_offset = __per_cpu_offset[cpu];
	WRITE_ONCE(p->cpu, cpu);
}

/**
 * task_rq_lock - lock @p against wake-ups, and the queue where it is.
 * Return: that queue.
 */
struct rq *task_rq_lock(struct task_struct *p, unsigned long *flags) __no_tsa
{
	struct rq *rq;

	spin_lock_irqsave(&p->pi_lock, *flags);
	for (;;) {
		rq = cpu_rq(READ_ONCE(p->cpu));
		spin_lock(&rq->lock);
		if (likely(rq->cpu == READ_ONCE(p->cpu)))
			return rq;
		spin_unlock(&rq->lock);
	}
}

void task_rq_unlock(struct rq *rq, struct task_struct *p, unsigned long flags) __no_tsa
{
	spin_unlock(&rq->lock);
	spin_unlock_irqrestore(&p->pi_lock, flags);
}

/* a dead task has been left for good: what only its own life needed goes now */
static __cold noinline void finish_dead_task(struct task_struct *prev)
{
	put_task_stack_of_dead(prev);
	put_task_struct(prev);
}

/* it ran here, but its affinity has changed: now that its stack is quiet, move it */
static __cold noinline void finish_push(struct task_struct *p)
{
	unsigned long flags;
	unsigned int cpu;
	struct rq *rq;

	spin_lock_irqsave(&p->pi_lock, flags);
	if (p->se.on_rq) {
		/* it had set a sleeping state, and a waker was faster */
		spin_unlock_irqrestore(&p->pi_lock, flags);
		return;
	}
	cpu = select_task_rq(p, p->cpu);
	p->se.vruntime -= cpu_rq(p->cpu)->cfs.min_vruntime;
	set_task_cpu(p, cpu);
	rq = cpu_rq(cpu);
	spin_lock(&rq->lock);
	p->se.vruntime += rq->cfs.min_vruntime;
	activate_task(rq, p);
	check_preempt_curr(rq, p);
	spin_unlock(&rq->lock);
	spin_unlock_irqrestore(&p->pi_lock, flags);
}

/* The first thing after a switch, in the context of the task that came in. */
static inline void finish_task_switch(struct task_struct *prev)
{
	struct rq *rq = this_rq();
	struct mm_struct *mm = rq->prev_mm;
	struct task_struct *push = rq->push;
	unsigned int state = READ_ONCE(prev->state);

	rq->prev_mm = NULL;
	rq->push = NULL;
	/* pairs with the acquire in try_to_wake_up(): prev may run elsewhere from here */
	smp_store_release(&prev->on_cpu, 0);
	__raw_spin_unlock(&rq->lock);
	local_irq_enable();
	if (unlikely(push != NULL))
		finish_push(push);
	if (mm)
		mmdrop(mm);
	if (unlikely(state == TASK_DEAD))
		finish_dead_task(prev);
}

/** schedule_tail - from ret_from_fork: interrupts off, run queue locked by the switch. */
void schedule_tail(struct task_struct *prev)
{
	finish_task_switch(prev);
	if (current->set_child_tid)
		/* a bad address is the program's own affair */
		(void)!put_user(current->pid, current->set_child_tid);
}

static inline void context_switch(struct rq *rq, struct task_struct *prev,
				  struct task_struct *next)
{
	next->on_cpu = 1;
	if (!next->mm) {
		next->active_mm = prev->active_mm;
		if (prev->mm)
			mmgrab(prev->active_mm);
		else
			prev->active_mm = NULL;
	} else {
		/* a kernel thread's lazy mm may have got another ASID meanwhile */
		if (prev->active_mm != next->mm || !prev->mm)
			switch_mm(prev->active_mm, next->mm);
		if (!prev->mm) {
			rq->prev_mm = prev->active_mm;
			prev->active_mm = NULL;
		}
	}
	lockdep_release(&rq->lock);
	prev = switch_to(prev, next);
	finish_task_switch(prev);
}

static inline bool signal_pending_state(unsigned int state, struct task_struct *p)
{
	if (likely(!signal_pending(p)) || !(state & (TASK_INTERRUPTIBLE | TASK_WAKEKILL)))
		return false;
	return (state & TASK_INTERRUPTIBLE) || fatal_signal_pending(p);
}

static inline void prev_sleeps(struct rq *rq, struct task_struct *prev, unsigned int state)
{
	if ((state & (TASK_UNINTERRUPTIBLE | TASK_NOLOAD)) == TASK_UNINTERRUPTIBLE) {
		prev->se.contributes_load = true;
		rq->nr_uninterruptible++;
	}
	deactivate_task(rq, prev);
	prev->nvcsw++;
}

/* prev stays runnable: is it still the one to run? Puts it back if perhaps not. */
static inline bool keep_prev(struct rq *rq, struct task_struct *prev)
{
	struct rb_node *left;

	if (unlikely(!cpumask_test_cpu(rq->cpu, &prev->cpus_allowed))) {
		deactivate_task(rq, prev);
		rq->push = prev;
		return false;
	}
	if (rq->nr_running == 1 && prev->se.rr_ticks) {
		prev->se.prev_sum = prev->se.sum_exec_runtime;
		return true;
	}
	if (unlikely(task_is_rt(prev))) {
		rt_put_prev(rq, prev);
		return false;
	}
	left = rb_first_cached(&rq->cfs.tree);
	if (!rt_may_run(rq) &&
	    (!left || (s64)(prev->se.vruntime - se_task(left)->se.vruntime) < 0)) {
		prev->se.prev_sum = prev->se.sum_exec_runtime;
		return true;
	}
	fair_put_prev(rq, prev);
	return false;
}

static inline struct task_struct *pick_next_task(struct rq *rq, struct task_struct *prev)
{
	if (prev->se.on_rq && prev != rq->idle && keep_prev(rq, prev))
		return prev;
	if (unlikely(!rq->nr_running) && !newidle_balance(rq))
		return rq->idle;
	if (unlikely(rq->rt.nr) && rt_may_run(rq))
		return rt_pick_next(rq);
	return fair_pick_next(rq);
}

static void __schedule(bool preempt) __no_tsa
{
	struct task_struct *prev = current, *next;
	unsigned int state;
	struct rq *rq;

	local_irq_disable();
	rq = this_rq();
	rcu_note_context_switch();
	spin_lock(&rq->lock);
	/* state is read after what the waker wrote before it locked the queue */
	smp_mb__after_spinlock();
	if (test_tsk_work(prev, TIF_NEED_RESCHED))
		clear_tsk_work(prev, TIF_NEED_RESCHED);
	update_curr(rq);

	state = READ_ONCE(prev->state);
	if (state && !preempt) {
		if (unlikely(signal_pending_state(state, prev)))
			WRITE_ONCE(prev->state, TASK_RUNNING);
		else
			prev_sleeps(rq, prev, state);
	}
	next = pick_next_task(rq, prev);
	if (unlikely(prev == next)) {
		spin_unlock_irq(&rq->lock);
		return;
	}
	if (prev->se.on_rq)
		prev->nivcsw++;
	rq->nr_switches++;
	rq->curr = next;
	next->se.exec_start = rq->clock;
	context_switch(rq, prev, next);
}

/**
 * schedule - let another task run; sleep, if the state says so and no signal
 * that ends such a sleep is pending. Who sleeps does not keep bios to itself: what
 * it waits for may be waiting for them.
 * Context: no spinlock held, interrupts on.
 */
void schedule(void)
{
	might_sleep();
	if (unlikely(current->plug) && READ_ONCE(current->state) != TASK_RUNNING)
		blk_flush_plug();
	__schedule(false);
}

/** __cond_resched - step aside, whatever state has been set. */
bool __cond_resched(void)
{
	might_sleep();
	__schedule(true);
	return true;
}

void set_special_state(unsigned int state)
{
	unsigned long flags;

	spin_lock_irqsave(&current->pi_lock, flags);
	WRITE_ONCE(current->state, state);
	spin_unlock_irqrestore(&current->pi_lock, flags);
}

/** scheduler_ipi - another hart wants this one to reschedule: the way out of the
 *  trap and the idle loop look at TIF_NEED_RESCHED. Context: interrupt. */
void scheduler_ipi(void)
{
	rcu_ipi();
}

/** scheduler_tick - HZ times a second on a hart that is not idle. Context: interrupt. */
void scheduler_tick(bool user)
{
	struct rq *rq = this_rq();
	struct task_struct *curr;

	spin_lock(&rq->lock);
	curr = rq->curr;
	if (curr != rq->idle) {
		update_curr(rq);
		account_tick(rq, user);
		rt_new_period(rq);
		if (unlikely(task_is_rt(curr)))
			rt_tick(rq);
		else
			fair_tick(rq);
		balance_tick(rq);
	}
	if (CONFIG_DEBUG)
		rq_validate(rq);
	spin_unlock(&rq->lock);
}

/** sched_init_cpu - make the queue of @cpu, where @idle runs already or soon. */
void sched_init_cpu(unsigned int cpu, struct task_struct *idle)
{
	struct rq *rq = cpu_rq(cpu);

	per_cpu(cpu_number, cpu) = cpu;
	spin_lock_init(&rq->lock, LR_RQ);
	rq->cpu = cpu;
	rq->cfs.tree = RB_ROOT_CACHED;
	rq->cfs.min_vruntime = 1UL << 40;	/* room for credits below it */
	rt_init(rq);
	rq->idle = rq->curr = idle;
	idle->flags |= PF_IDLE;
	idle->on_cpu = 1;
	idle->state = TASK_RUNNING;
	idle->se.exec_start = sched_clock();
	idle->se.on_rq = false;
	cpumask_clear(&idle->cpus_allowed);
	__cpumask_set_cpu(cpu, &idle->cpus_allowed);
	set_task_cpu(idle, cpu);
	rq->next_balance = sched_clock();
}

/** sched_init - the boot hart's queue; the boot task becomes its idle task. */
void sched_init(void)
{
	mmgrab(&init_mm);	/* as what it runs on, lazily */
	sched_init_cpu(0, &init_task);
}

/* ---- statistics ---- */

unsigned long nr_running(void)
{
	unsigned long n = 0;
	unsigned int cpu;

	for_each_online_cpu(cpu)
		n += READ_ONCE(cpu_rq(cpu)->nr_running);
	return n;
}

u64 nr_context_switches(void)
{
	unsigned int cpu;
	u64 n = 0;

	for_each_online_cpu(cpu)
		n += READ_ONCE(cpu_rq(cpu)->nr_switches);
	return n;
}

/** task_state_char - the letter of /proc/PID/stat. */
char task_state_char(struct task_struct *t)
{
	unsigned int state = READ_ONCE(t->state);

	if (t->exit_state & EXIT_DEAD)
		return 'X';
	if (t->exit_state & EXIT_ZOMBIE)
		return 'Z';
	if (state & TASK_INTERRUPTIBLE)
		return 'S';
	if ((state & TASK_IDLE) == TASK_IDLE)
		return 'I';
	if (state & (TASK_UNINTERRUPTIBLE | TASK_DEAD))
		return 'D';
	if (state & __TASK_STOPPED)
		return 'T';
	if (state & __TASK_TRACED)
		return 't';
	return 'R';
}
