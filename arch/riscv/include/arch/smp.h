/* SPDX-License-Identifier: GPL-2.0-only */
/* Harts and inter-processor interrupts. "cpu" is a dense number, 0 = boot hart. */
#ifndef ARCH_SMP_H
#define ARCH_SMP_H
#include <lib/types.h>
#include <lib/cpumask.h>

extern unsigned int nr_cpu_ids;			/* harts found, <= NR_CPUS */
extern cpumask_t cpu_online_mask, cpu_possible_mask;
extern unsigned long cpu_to_hartid[];

#define num_online_cpus()	cpumask_weight(&cpu_online_mask)
#define for_each_online_cpu(c)	for_each_cpu(c, &cpu_online_mask)
#define for_each_possible_cpu(c) for_each_cpu(c, &cpu_possible_mask)

void smp_init(void);				/* start the other harts (SBI HSM) */
void smp_send_reschedule(unsigned int cpu);	/* make @cpu pass through schedule() */
/** smp_call_function_many - run @fn(@arg) on each of @mask except this hart, in
 *  interrupt context, and wait if @wait. Context: interrupts enabled. */
void smp_call_function_many(const cpumask_t *mask, void (*fn)(void *), void *arg, bool wait);

#endif
