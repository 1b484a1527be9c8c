// SPDX-License-Identifier: GPL-2.0-only
/* The offsets that assembler code uses are those of the structures. */
#include <arch/asm_offsets.h>
#include <arch/ptrace.h>
#include <asm/ptrace.h>
#include <kernel/sched.h>
#include <kernel/syscalls.h>
#include <mm/vmalloc.h>

#define SAME(type, field, constant) \
	static_assert(offsetof(struct type, field) == (constant), #type "." #field)

SAME(pt_regs, epc, PT_EPC);
SAME(pt_regs, ra, PT_RA);
SAME(pt_regs, sp, PT_SP);
SAME(pt_regs, gp, PT_GP);
SAME(pt_regs, tp, PT_TP);
SAME(pt_regs, t0, PT_T0);
SAME(pt_regs, t2, PT_T2);
SAME(pt_regs, s0, PT_S0);
SAME(pt_regs, s1, PT_S1);
SAME(pt_regs, a0, PT_A0);
SAME(pt_regs, a7, PT_A7);
SAME(pt_regs, s2, PT_S2);
SAME(pt_regs, s11, PT_S11);
SAME(pt_regs, t3, PT_T3);
SAME(pt_regs, t6, PT_T6);
SAME(pt_regs, status, PT_STATUS);
SAME(pt_regs, badaddr, PT_BADADDR);
SAME(pt_regs, cause, PT_CAUSE);
SAME(pt_regs, orig_a0, PT_ORIG_A0);
static_assert(sizeof(struct pt_regs) == PT_SIZE && PT_SIZE % 16 == 0, "pt_regs");
/* signal frames hold the first part of pt_regs as it is */
static_assert(sizeof(struct user_regs_struct) == PT_STATUS, "user_regs_struct");

SAME(task_struct, work, TASK_WORK);
SAME(task_struct, stack, TASK_STACK);
SAME(task_struct, kernel_sp, TASK_KERNEL_SP);
SAME(task_struct, percpu_offset, TASK_PERCPU);
SAME(task_struct, scratch[0], TASK_SCRATCH0);
SAME(task_struct, scratch[1], TASK_SCRATCH1);
SAME(task_struct, thread.ra, TASK_THREAD_RA);
SAME(task_struct, thread.sp, TASK_THREAD_SP);
SAME(task_struct, thread.s[0], TASK_THREAD_S);
SAME(task_struct, thread.fpregs, TASK_FPREGS);
SAME(task_struct, thread.fcsr, TASK_FCSR);
SAME(task_struct, thread.fp_live, TASK_FP_LIVE);

static_assert(KERNEL_STACK_SIZE == 1UL << KSTACK_SHIFT, "stack size");
static_assert(NR_SYSCALL_TABLE == NR_SYSCALLS, "system call table");
static_assert(TIF_FULL_REGS == WORK_FULL_REGS_BIT, "task work");
