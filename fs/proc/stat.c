// SPDX-License-Identifier: GPL-2.0-only
/* /proc/stat, /proc/uptime, /proc/loadavg, /proc/interrupts: time, load and events. */
#include "internal.h"
#include <arch/processor.h>
#include <kernel/init.h>
#include <kernel/irq.h>
#include <kernel/percpu.h>
#include <kernel/signal.h>
#include <kernel/timer.h>
#include <lib/cpumask.h>
#include <lib/printf.h>

#define NSEC_PER_CLOCK_T	(NSEC_PER_SEC / USER_HZ)
#define FIXED_1			(1UL << 11)
#define NR_SOFTIRQS		10

static void put(struct seq_file *m, u64 v)
{
	seq_put_decimal_ull(m, " ", v);
}

/* ---- stat ---- */

static void show_cpu(struct seq_file *m, u64 user, u64 system, u64 idle)
{
	put(m, user / NSEC_PER_CLOCK_T);
	put(m, 0);
	put(m, system / NSEC_PER_CLOCK_T);
	put(m, idle / NSEC_PER_CLOCK_T);
	seq_puts(m, " 0 0 0 0 0 0\n");
}

struct irq_list {
	struct seq_file *m;
	unsigned int last;
	u64 sum;
	bool print;
};

static u64 irq_sum(unsigned int irq)
{
	unsigned int cpu;
	u64 n = 0;

	for_each_online_cpu(cpu)
		n += irq_count(irq, cpu);
	return n;
}

/* one call for each handler; lines in order of their numbers, others are 0 */
static void emit_irq(void *ctx, unsigned int irq, const char *name)
{
	struct irq_list *l = ctx;

	if (irq == l->last)
		return;
	if (l->print) {
		while (++l->last < irq)
			put(l->m, 0);
		put(l->m, irq_sum(irq));
	}
	l->sum += irq_sum(irq);
	l->last = irq;
}

static void show_intr(struct seq_file *m)
{
	struct irq_list l = { .m = m };

	show_interrupts(emit_irq, &l);
	seq_put_decimal_ull(m, "intr ", l.sum);
	l = (struct irq_list){ .m = m, .print = true };
	show_interrupts(emit_irq, &l);
}

static unsigned long count_blocked(void)
{
	struct task_struct *p, *t;
	unsigned long n = 0;

	rcu_read_lock();
	for_each_process(p)
		for_each_thread(p, t)
			n += task_state_char(t) == 'D';
	rcu_read_unlock();
	return n;
}

static int stat_show(struct seq_file *m, void *v)
{
	u64 user, system, idle, u = 0, s = 0, i = 0;
	unsigned int cpu;

	for_each_online_cpu(cpu) {
		cpu_times(cpu, &user, &system, &idle);
		u += user;
		s += system;
		i += idle;
	}
	seq_puts(m, "cpu ");
	show_cpu(m, u, s, i);
	for_each_online_cpu(cpu) {
		cpu_times(cpu, &user, &system, &idle);
		seq_printf(m, "cpu%u", cpu);
		show_cpu(m, user, system, idle);
	}
	show_intr(m);
	seq_printf(m, "\nctxt %llu\nbtime %llu\nprocesses %lu\nprocs_running %lu\nprocs_blocked %lu\nsoftirq 0",
		   nr_context_switches(), (u64)wall_offset / NSEC_PER_SEC, total_forks, nr_running(),
		   count_blocked());
	for (int n = 0; n < NR_SOFTIRQS; n++)
		seq_puts(m, " 0");
	seq_putc(m, '\n');
	return 0;
}

/* ---- interrupts ---- */

static void emit_line(void *ctx, unsigned int irq, const char *name)
{
	struct irq_list *l = ctx;
	unsigned int cpu;

	if (irq == l->last) {
		seq_printf(l->m, ", %s", name);
		return;
	}
	if (l->last)
		seq_putc(l->m, '\n');
	l->last = irq;
	seq_printf(l->m, "%3u: ", irq);
	for_each_online_cpu(cpu)
		seq_printf(l->m, "%10llu ", irq_count(irq, cpu));
	seq_printf(l->m, " SiFive PLIC %3u Edge      %s", irq, name);
}

static int interrupts_show(struct seq_file *m, void *v)
{
	struct irq_list l = { .m = m };
	unsigned int cpu;

	seq_puts(m, "     ");
	for_each_online_cpu(cpu)
		seq_printf(m, "CPU%-8u", cpu);
	seq_putc(m, '\n');
	show_interrupts(emit_line, &l);
	if (l.last)
		seq_putc(m, '\n');
	return 0;
}

/* ---- uptime, loadavg ---- */

static void put_centis(struct seq_file *m, u64 ns, char end)
{
	seq_printf(m, "%llu.%02llu%c", ns / NSEC_PER_SEC, ns % NSEC_PER_SEC / (NSEC_PER_SEC / 100), end);
}

static int uptime_show(struct seq_file *m, void *v)
{
	put_centis(m, ktime_get_boottime(), ' ');
	put_centis(m, uptime_idle_ns(), '\n');
	return 0;
}

static int loadavg_show(struct seq_file *m, void *v)
{
	unsigned long load[3];

	get_avenrun(load);
	for (int i = 0; i < 3; i++) {
		unsigned long n = load[i] + FIXED_1 / 200;

		seq_printf(m, "%lu.%02lu ", n / FIXED_1, n % FIXED_1 * 100 / FIXED_1);
	}
	seq_printf(m, "%lu/%d %d\n", nr_running(), nr_threads, pid_last());
	return 0;
}

static int __init proc_stat_init(void)
{
	proc_create_single("stat", 0444, NULL, stat_show);
	proc_create_single("uptime", 0444, NULL, uptime_show);
	proc_create_single("loadavg", 0444, NULL, loadavg_show);
	proc_create_single("interrupts", 0444, NULL, interrupts_show);
	return 0;
}
fs_initcall(proc_stat_init);
