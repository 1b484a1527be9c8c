// SPDX-License-Identifier: GPL-2.0-only
/*
 * Starting the other harts, and interrupts between harts.
 *
 * A hart has a word of pending messages; the sender sets a bit and, if the word
 * was empty, sends an interrupt through the firmware.
 */
#include <arch/csr.h>
#include <arch/irqflags.h>
#include <arch/pgtable.h>
#include <arch/processor.h>
#include <arch/sbi.h>
#include <arch/setup.h>
#include <arch/smp.h>
#include <arch/timer.h>
#include <kernel/init.h>
#include <kernel/irq.h>
#include <kernel/percpu.h>
#include <kernel/printk.h>
#include <kernel/sched.h>
#include <kernel/timer.h>
#include <lib/err.h>

enum ipi { IPI_RESCHEDULE, IPI_CALL, IPI_STOP };

static DEFINE_PER_CPU(unsigned long, ipi_pending);

static void send_ipi(const cpumask_t *mask, enum ipi ipi)
{
	cpumask_t kick;
	unsigned int cpu;

	cpumask_clear(&kick);
	for_each_cpu(cpu, mask) {
		if (!__atomic_fetch_or(per_cpu_ptr(&ipi_pending, cpu), BIT(ipi), __ATOMIC_SEQ_CST))
			__cpumask_set_cpu(cpu, &kick);
	}
	if (!cpumask_empty(&kick))
		sbi_send_ipi(&kick);
}

void smp_send_reschedule(unsigned int cpu)
{
	cpumask_t mask;

	cpumask_clear(&mask);
	__cpumask_set_cpu(cpu, &mask);
	send_ipi(&mask, IPI_RESCHEDULE);
}

/* ---- calling a function on other harts ---- */

/* One call at a time: call_lock is held until every hart has run the function. */
static DEFINE_SPINLOCK(call_lock, LR_IPI);
static struct {
	void (*fn)(void *);
	void *arg;
	unsigned int left;	/* harts that have not finished */
} call;

void smp_call_function_many(const cpumask_t *mask, void (*fn)(void *), void *arg, bool wait)
{
	unsigned int n;
	cpumask_t others;

	/* two harts that call each other with interrupts off would wait for ever */
	WARN_ON_ONCE(irqs_disabled() && num_online_cpus() > 1);
	spin_lock(&call_lock);
	cpumask_and(&others, mask, &cpu_online_mask);
	__cpumask_clear_cpu(smp_processor_id(), &others);
	n = cpumask_weight(&others);
	if (n) {
		call.fn = fn;
		call.arg = arg;
		__atomic_store_n(&call.left, n, __ATOMIC_RELEASE);
		send_ipi(&others, IPI_CALL);
		/* the one slot is free again only then, so @wait makes no difference */
		while (__atomic_load_n(&call.left, __ATOMIC_ACQUIRE))
			cpu_relax();
	}
	spin_unlock(&call_lock);
}

static void handle_call(void)
{
	call.fn(call.arg);
	__atomic_sub_fetch(&call.left, 1, __ATOMIC_RELEASE);
}

static void __noreturn stop_this_hart(void)
{
	cpumask_clear_cpu(smp_processor_id(), &cpu_online_mask);
	csr_write(sie, 0);
	for (;;)
		wait_for_interrupt();
}

/** handle_ipi - Context: software interrupt of this hart. */
void handle_ipi(void)
{
	unsigned long pending = __atomic_exchange_n(this_cpu_ptr(&ipi_pending), 0, __ATOMIC_SEQ_CST);

	if (pending & BIT(IPI_STOP))
		stop_this_hart();
	if (pending & BIT(IPI_CALL))
		handle_call();
	if (pending & BIT(IPI_RESCHEDULE))
		scheduler_ipi();
}

/* For panic and power off: does not wait for a hart that has stopped answering. */
void arch_halt_others(void)
{
	u64 deadline = get_cycles() + timebase_hz / 10;
	cpumask_t others;

	cpumask_copy(&others, &cpu_online_mask);
	__cpumask_clear_cpu(smp_processor_id(), &others);
	if (cpumask_empty(&others))
		return;
	send_ipi(&others, IPI_STOP);
	while (cpumask_intersects(&others, &cpu_online_mask) && get_cycles() < deadline)
		cpu_relax();
}

/* ---- bringing harts up ---- */

void smp_callin(void)
{
	unsigned int cpu = smp_processor_id();

	cpu_init_csrs();
	irq_init_cpu(cpu);
	timers_init_cpu();
	cpumask_set_cpu(cpu, &cpu_online_mask);
	local_irq_enable();
	cpu_idle_loop();
}

/* How long a hart may take from the firmware to its idle loop, on a busy host too. */
#define START_SECONDS	10

/*
 * Ask the firmware for a hart and wait for it. It may come back once stopped, not
 * having found the way (head.S, stop_hart), and is then asked again.
 */
static bool __init start_hart(unsigned int cpu)
{
	struct task_struct *idle = fork_idle(cpu);
	unsigned long hartid = cpu_to_hartid[cpu];
	u64 deadline = get_cycles() + START_SECONDS * timebase_hz;
	bool stopped = true;
	long err;

	if (IS_ERR_OR_NULL(idle)) {
		pr_err("smp: no memory for CPU %u\n", cpu);
		return false;
	}
	idle->kernel_sp = (unsigned long)task_pt_regs(idle);
	idle->percpu_offset = __per_cpu_offset[cpu];
	sched_init_cpu(cpu, idle);
	while (!cpumask_test_cpu(cpu, &cpu_online_mask)) {
		if (stopped) {
			err = sbi_hart_start(hartid, __pa(secondary_start), (unsigned long)idle);
			if (err) {
				pr_err("smp: hart %lu does not start: SBI error %ld\n", hartid, err);
				return false;
			}
		}
		if (get_cycles() > deadline) {
			pr_err("smp: hart %lu was started, but does not come\n", hartid);
			return false;
		}
		stopped = sbi_hart_get_status(hartid) == SBI_HSM_STATE_STOPPED;
	}
	return true;
}

void __init smp_init(void)
{
	cpumask_t stay_away;
	unsigned int cpu;

	cpumask_clear(&stay_away);
	for_each_possible_cpu(cpu)
		if (cpu && !start_hart(cpu))
			__cpumask_set_cpu(cpu, &stay_away);
	cpumask_andnot(&cpu_possible_mask, &cpu_possible_mask, &stay_away);
	if (nr_cpu_ids > 1)
		pr_info("smp: %u of %u CPUs are up\n", num_online_cpus(), nr_cpu_ids);
}
