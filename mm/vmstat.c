// SPDX-License-Identifier: GPL-2.0-only
/*
 * Event counters (/proc/vmstat) and page counters (/proc/meminfo): one set per
 * hart, summed when somebody asks. An update is one atomic add on the hart's own
 * line, so it may come from an interrupt handler, and from a task that moves
 * between reading the hart's offset and adding: the sum stays right.
 *
 * A hart's part of a page counter may be negative; sums are cut at 0.
 */
#include <mm/mm.h>
#include <kernel/percpu.h>

static DEFINE_PER_CPU(unsigned long, vm_events[NR_VM_EVENTS]);
static DEFINE_PER_CPU(long, node_stats[NR_NODE_STATS]);

/**
 * count_vm_events - @n more events @e happened.
 * Context: any.
 */
void count_vm_events(enum vm_event e, unsigned long n)
{
	__atomic_fetch_add(this_cpu_ptr(&vm_events[e]), n, __ATOMIC_RELAXED);
}

/**
 * sum_vm_event - how often @e happened since boot, on all harts.
 * Context: any.
 */
unsigned long sum_vm_event(enum vm_event e)
{
	unsigned long sum = 0;
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(*per_cpu_ptr(&vm_events[e], cpu));
	return sum;
}

/**
 * mod_node_stat - change the page counter @s by @n.
 * Context: any.
 */
void mod_node_stat(enum node_stat s, long n)
{
	__atomic_fetch_add(this_cpu_ptr(&node_stats[s]), n, __ATOMIC_RELAXED);
}

/**
 * node_stat - the page counter @s, summed.
 * Context: any. Return: pages.
 */
unsigned long node_stat(enum node_stat s)
{
	long sum = 0;
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(*per_cpu_ptr(&node_stats[s], cpu));
	return sum > 0 ? sum : 0;
}
