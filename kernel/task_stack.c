// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kernel stacks, with a few kept per hart: a stack is mapped with guard pages,
 * which costs far more than a fork that finds one ready. A dead task's stack is
 * given back as soon as it has been switched away from, so the next fork on
 * this hart finds it warm.
 *
 * Context of everything here: task context; no interrupt handler comes here, so
 * the per-hart cache needs no lock.
 */
#include <kernel/percpu.h>
#include <kernel/sched.h>
#include <mm/vmalloc.h>
#include "fork.h"

#define STACKS_CACHED	8

struct stack_cache {
	unsigned int nr;
	void *stack[STACKS_CACHED];
};

static DEFINE_PER_CPU(struct stack_cache, stack_cache);

void *alloc_task_stack(void)
{
	struct stack_cache *c = this_cpu_ptr(&stack_cache);

	if (likely(c->nr))
		return c->stack[--c->nr];
	return alloc_kernel_stack();
}

void free_task_stack(void *stack)
{
	struct stack_cache *c = this_cpu_ptr(&stack_cache);

	if (likely(c->nr < STACKS_CACHED))
		c->stack[c->nr++] = stack;
	else
		free_kernel_stack(stack);
}

void put_task_stack_of_dead(struct task_struct *t)
{
	void *stack = t->stack;

	t->stack = NULL;
	free_task_stack(stack);
}
