// SPDX-License-Identifier: GPL-2.0-only
/*
 * Read-copy-update, the classic kind. Kernel code is not preempted, so a
 * reader is any stretch of code that does not sleep, and a hart passes through
 * a quiescent state when it switches tasks, runs user code, or idles.
 *
 * Grace periods are numbered. At the start of one, each hart that is not idle
 * is put into rcu.waiting_for and told (need_qs); it reports at its next
 * context switch or tick from user mode, and the last one ends the period.
 *
 * Callbacks of a hart move through three lists: next (new) -> wait (for period
 * wait_gp to end) -> done. They are invoked by the hart's thread "rcuc/N", with
 * interrupts on and no lock held, so they may take any spinlock.
 *
 * R1 rcu.completed <= rcu.gp <= rcu.completed + 1; they differ while one runs.
 * R2 a callback in wait was queued before period wait_gp began.
 * R3 a hart in waiting_for has need_qs set and is not idle, or is about to look.
 *
 * rcu.lock (LR_RCU, interrupts off) guards the state of periods; the lists are
 * their hart's own, with interrupts off.
 */
#include <kernel/rcu.h>
#include <kernel/sched.h>
#include <kernel/percpu.h>
#include <kernel/printk.h>
#include <kernel/wait.h>
#include <kernel/mutex.h>
#include <kernel/timer.h>
#include <kernel/init.h>
#include <arch/irqflags.h>
#include <arch/smp.h>

struct cb_list {
	struct rcu_head *head, **tail;
};

struct rcu_cpu {
	bool need_qs;			/* set by whoever starts a period */
	bool idle;
	bool ready;			/* lists are initialised */
	u8 ticks_without_qs;
	u64 wait_gp;
	struct cb_list next, wait, done;
	struct task_struct *thread;
};

static DEFINE_PER_CPU(struct rcu_cpu, rcu_cpu);

static struct {
	spinlock_t lock;
	u64 gp, completed, requested;
	cpumask_t waiting_for;
} rcu = {
	.lock = __SPIN_LOCK_INIT(LR_RCU),
};

static void cb_init(struct cb_list *l)
{
	l->head = NULL;
	l->tail = &l->head;
}

static void cb_splice(struct cb_list *from, struct cb_list *to)
{
	if (!from->head)
		return;
	*to->tail = from->head;
	to->tail = from->tail;
	cb_init(from);
}

static struct rcu_cpu *this_rcu(void)
{
	struct rcu_cpu *r = this_cpu_ptr(&rcu_cpu);

	if (unlikely(!r->ready)) {
		cb_init(&r->next);
		cb_init(&r->wait);
		cb_init(&r->done);
		r->ready = true;
	}
	return r;
}

/* ---- grace periods; rcu.lock held ---- */

static void start_gp(void);

static void end_gp_if_done(void)
{
	if (!cpumask_empty(&rcu.waiting_for) || rcu.completed == rcu.gp)
		return;
	WRITE_ONCE(rcu.completed, rcu.gp);
	if (rcu.requested > rcu.gp)
		start_gp();
}

static void start_gp(void)
{
	unsigned int cpu;

	WRITE_ONCE(rcu.gp, rcu.gp + 1);
	rcu.waiting_for = cpu_online_mask;
	for_each_cpu(cpu, &rcu.waiting_for)
		WRITE_ONCE(per_cpu(rcu_cpu, cpu).need_qs, true);
	/*
	 * Against rcu_idle_enter() and _exit(): either we see the hart idle, or
	 * it sees need_qs when it goes idle, and what was removed before this
	 * period when it stops to be.
	 */
	smp_mb();
	for_each_online_cpu(cpu) {
		if (!READ_ONCE(per_cpu(rcu_cpu, cpu).idle))
			continue;
		WRITE_ONCE(per_cpu(rcu_cpu, cpu).need_qs, false);
		__cpumask_clear_cpu(cpu, &rcu.waiting_for);
	}
	end_gp_if_done();
}

static void request_gp(u64 gp)
{
	if (gp > rcu.requested)
		rcu.requested = gp;
	if (rcu.completed == rcu.gp && rcu.requested > rcu.gp)
		start_gp();
}

/* this hart has been quiescent since the current period began */
static noinline void report_qs(struct rcu_cpu *r)
{
	unsigned long flags;

	spin_lock_irqsave(&rcu.lock, flags);
	if (r->need_qs) {
		WRITE_ONCE(r->need_qs, false);
		__cpumask_clear_cpu(smp_processor_id(), &rcu.waiting_for);
		end_gp_if_done();
	}
	spin_unlock_irqrestore(&rcu.lock, flags);
}

/** rcu_note_context_switch - from schedule(). Context: interrupts off. */
void rcu_note_context_switch(void)
{
	struct rcu_cpu *r = this_cpu_ptr(&rcu_cpu);

	if (unlikely(READ_ONCE(r->need_qs)))
		report_qs(r);
}

/* ---- callbacks ---- */

/* Move this hart's callbacks on. Interrupts off. Return: are some to be invoked? */
static bool advance_callbacks(struct rcu_cpu *r)
{
	if (r->wait.head && READ_ONCE(rcu.completed) >= r->wait_gp)
		cb_splice(&r->wait, &r->done);
	if (!r->wait.head && r->next.head) {
		cb_splice(&r->next, &r->wait);
		spin_lock(&rcu.lock);
		/* one that has begun may have begun before they were queued */
		r->wait_gp = rcu.gp + 1;
		request_gp(r->wait_gp);
		spin_unlock(&rcu.lock);
		if (READ_ONCE(rcu.completed) >= r->wait_gp)
			cb_splice(&r->wait, &r->done);
	}
	return r->done.head;
}

void call_rcu(struct rcu_head *head, void (*func)(struct rcu_head *head))
{
	unsigned long flags;
	struct rcu_cpu *r;

	head->next = NULL;
	head->func = func;
	local_irq_save(flags);
	r = this_rcu();
	*r->next.tail = head;
	r->next.tail = &head->next;
	local_irq_restore(flags);
}

/**
 * rcu_check_callbacks - from the tick. @user: it interrupted user code or idle.
 * Context: interrupt.
 */
void rcu_check_callbacks(bool user)
{
	struct rcu_cpu *r = this_rcu();

	if (READ_ONCE(r->need_qs)) {
		if (user) {
			report_qs(r);
		} else if (++r->ticks_without_qs > 1) {
			r->ticks_without_qs = 0;
			set_tsk_work(current, TIF_NEED_RESCHED);
		}
	}
	if ((r->next.head || r->wait.head || r->done.head) && advance_callbacks(r) && r->thread)
		wake_up_process(r->thread);
}

/** rcu_needs_cpu - Context: interrupts off. */
bool rcu_needs_cpu(void)
{
	struct rcu_cpu *r = this_cpu_ptr(&rcu_cpu);

	return r->ready && (r->next.head || r->wait.head || r->done.head);
}

/** rcu_idle_enter - Context: the idle task, interrupts off until rcu_idle_exit(). */
void rcu_idle_enter(void)
{
	struct rcu_cpu *r = this_cpu_ptr(&rcu_cpu);

	WRITE_ONCE(r->idle, true);
	smp_mb();
	if (unlikely(READ_ONCE(r->need_qs)))
		report_qs(r);
}

void rcu_idle_exit(void)
{
	WRITE_ONCE(this_cpu_ptr(&rcu_cpu)->idle, false);
	smp_mb();
}

static struct rcu_head *take_done(struct rcu_cpu *r)
{
	struct rcu_head *list;

	local_irq_disable();
	advance_callbacks(r);
	list = r->done.head;
	cb_init(&r->done);
	local_irq_enable();
	return list;
}

static int rcu_thread(void *arg)
{
	struct rcu_cpu *r = arg;

	for (;;) {
		struct rcu_head *list, *next;

		set_current_state(TASK_IDLE);
		list = take_done(r);
		if (!list) {
			schedule();
			continue;
		}
		__set_current_state(TASK_RUNNING);
		for (; list; list = next) {
			next = list->next;
			list->func(list);
			cond_resched();
		}
	}
	return 0;
}

static int rcu_start_threads(void)
{
	unsigned int cpu;

	for_each_online_cpu(cpu) {
		struct task_struct *t;

		t = kthread_create(rcu_thread, &per_cpu(rcu_cpu, cpu), "rcuc/%u", cpu);
		if (IS_ERR(t))
			panic("rcu: cannot start threads");
		kthread_bind(t, cpu);
		per_cpu(rcu_cpu, cpu).thread = t;
		wake_up_process(t);
	}
	return 0;
}
core_initcall(rcu_start_threads);

void rcu_init(void)
{
	this_rcu();
}

/* ---- waiting for grace periods ---- */

/** rcu_ipi - from scheduler_ipi(): somebody is in a hurry. Context: interrupt. */
void rcu_ipi(void)
{
	if (READ_ONCE(this_cpu_ptr(&rcu_cpu)->need_qs))
		set_tsk_work(current, TIF_NEED_RESCHED);
}

/* do not wait for ticks: make every hart that is waited for pass through schedule() */
static void expedite(void)
{
	unsigned int cpu;

	for_each_online_cpu(cpu)
		if (cpu != smp_processor_id() && READ_ONCE(per_cpu(rcu_cpu, cpu).need_qs))
			smp_send_reschedule(cpu);
}

void synchronize_rcu(void)
{
	u64 target;

	might_sleep();
	smp_mb();
	/* With one hart, that we may sleep here says that nobody reads. */
	if (num_online_cpus() == 1)
		return;
	spin_lock_irq(&rcu.lock);
	target = rcu.gp + 1;
	request_gp(target);
	spin_unlock_irq(&rcu.lock);
	while (READ_ONCE(rcu.completed) < target) {
		expedite();
		set_current_state(TASK_UNINTERRUPTIBLE);
		schedule_timeout(100 * NSEC_PER_USEC);
	}
	smp_mb();
}

struct rcu_barrier {
	atomic_t left;
	struct completion done;
};
struct rcu_barrier_head {
	struct rcu_head head;
	struct rcu_barrier *b;
};
static DEFINE_PER_CPU(struct rcu_barrier_head, rcu_barrier_head);
static DEFINE_MUTEX(rcu_barrier_mutex, LR_KERNEL_MUTEX);

static void barrier_done(struct rcu_head *head)
{
	struct rcu_barrier *b = container_of(head, struct rcu_barrier_head, head)->b;

	if (atomic_dec_and_test(&b->left))
		complete(&b->done);
}

static void barrier_queue(void *arg)
{
	struct rcu_barrier_head *h = this_cpu_ptr(&rcu_barrier_head);

	h->b = arg;
	call_rcu(&h->head, barrier_done);
}

void rcu_barrier(void)
{
	struct rcu_barrier b;

	might_sleep();
	mutex_lock(&rcu_barrier_mutex);
	atomic_set(&b.left, num_online_cpus());
	init_completion(&b.done);
	smp_call_function_many(&cpu_online_mask, barrier_queue, &b, true);
	local_irq_disable();
	barrier_queue(&b);
	local_irq_enable();
	wait_for_completion(&b.done);
	mutex_unlock(&rcu_barrier_mutex);
}
