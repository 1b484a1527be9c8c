/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Per-CPU variables. The kernel is not preempted in kernel mode, so between
 * two points that do not sleep a task stays on its hart and this_cpu_ptr() is
 * stable; data also touched by interrupt handlers needs local_irq_save().
 * gp holds this hart's offset from the section in the image.
 */
#ifndef KERNEL_PERCPU_H
#define KERNEL_PERCPU_H
#include <lib/types.h>
#include <arch/smp.h>

#define DEFINE_PER_CPU(type, name) \
	__attribute__((section(".data..percpu"))) __typeof__(type) name
#define DECLARE_PER_CPU(type, name) extern __typeof__(type) name

extern unsigned long __per_cpu_offset[];

static inline unsigned long this_cpu_offset(void)
{
	unsigned long off;

	asm volatile("mv %0, gp" : "=r"(off));
	return off;
}

#define __percpu_at(ptr, off) ((__typeof__(ptr))((unsigned long)(ptr) + (off)))
#define this_cpu_ptr(ptr)	__percpu_at(ptr, this_cpu_offset())
#define per_cpu_ptr(ptr, cpu)	__percpu_at(ptr, __per_cpu_offset[cpu])
#define per_cpu(var, cpu)	(*per_cpu_ptr(&(var), cpu))
#define this_cpu_read(var)	(*this_cpu_ptr(&(var)))
#define this_cpu_write(var, v)	(*this_cpu_ptr(&(var)) = (v))
/* not atomic against interrupts of this hart that touch the same variable */
#define this_cpu_add(var, v)	(*this_cpu_ptr(&(var)) += (v))
#define this_cpu_inc(var)	this_cpu_add(var, 1)
#define this_cpu_dec(var)	this_cpu_add(var, -1)

/** smp_processor_id - number of this hart; stable until the task sleeps. */
DECLARE_PER_CPU(unsigned int, cpu_number);	/* set by sched_init_cpu() */
static inline unsigned int smp_processor_id(void)
{
	return this_cpu_read(cpu_number);
}

#endif
