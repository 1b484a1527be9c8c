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

DEFINE_PER_CPU(unsigned long, vm_events[NR_VM_EVENTS]);
DEFINE_PER_CPU(long, node_stats[NR_NODE_STATS]);

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
