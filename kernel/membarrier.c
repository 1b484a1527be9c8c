// SPDX-License-Identifier: GPL-2.0-only
/*
 * membarrier(2): a barrier on every hart that runs threads of this process (or
 * of anyone, for the global commands). An interrupt to each is the barrier: a
 * hart that does not run such a thread now has passed, or will pass, through
 * the barriers of a context switch before it does.
 */
#include <kernel/printk.h>
#include <kernel/rcu.h>
#include <kernel/sched.h>
#include <kernel/syscalls.h>
#include <mm/mm_types.h>
#include <arch/smp.h>
#include <linux/membarrier.h>

#define SUPPORTED (MEMBARRIER_CMD_GLOBAL | MEMBARRIER_CMD_GLOBAL_EXPEDITED |		\
	MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED | MEMBARRIER_CMD_PRIVATE_EXPEDITED |	\
	MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED |					\
	MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE |					\
	MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE)

static void barrier_here(void *sync_core)
{
	smp_mb();
	if (sync_core)
		asm volatile("fence.i" ::: "memory");
}

static void barrier_everywhere(bool sync_core)
{
	smp_mb();
	if (num_online_cpus() > 1)
		smp_call_function_many(&cpu_online_mask, barrier_here,
				       sync_core ? (void *)1 : NULL, true);
	barrier_here(sync_core ? (void *)1 : NULL);
}

/* Register this process for the private command @cmd. fork inherits that, exec ends it. */
static int register_for(int cmd)
{
	atomic_or(cmd, &current->mm->membarrier_state);
	return 0;
}

static int private_barrier(int cmd, bool sync_core)
{
	if (!(atomic_read(&current->mm->membarrier_state) & cmd))
		return -EPERM;
	barrier_everywhere(sync_core);
	return 0;
}

SYSCALL_DEFINE3(membarrier, int, cmd, unsigned int, flags, int, cpu_id)
{
	if (flags)
		return -EINVAL;
	switch (cmd) {
	case MEMBARRIER_CMD_QUERY:
		return SUPPORTED;
	case MEMBARRIER_CMD_GLOBAL:
		synchronize_rcu();
		return 0;
	case MEMBARRIER_CMD_GLOBAL_EXPEDITED:
		barrier_everywhere(false);
		return 0;
	case MEMBARRIER_CMD_PRIVATE_EXPEDITED:
		return private_barrier(cmd, false);
	case MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE:
		return private_barrier(cmd, true);
	case MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED:
		return 0;	/* every hart takes part anyway */
	case MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED:
		return register_for(MEMBARRIER_CMD_PRIVATE_EXPEDITED);
	case MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE:
		return register_for(MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE);
	default:
		return -EINVAL;
	}
}
