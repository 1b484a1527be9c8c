/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * struct pt_regs: the registers of the interrupted context, at the top of the
 * kernel stack. The first 32 words are laid out as Linux's user_regs_struct.
 * On system calls and user page faults the entry code saves only what C does
 * not preserve; s0..s11 in pt_regs are valid only after save_full_regs() paths
 * (fork, exec, signals, any other exception), see arch/riscv/kernel/entry.S.
 */
#ifndef ARCH_PTRACE_H
#define ARCH_PTRACE_H

#ifndef __ASSEMBLER__
#include <lib/types.h>

struct pt_regs {
	unsigned long epc;
	unsigned long ra, sp, gp, tp;
	unsigned long t0, t1, t2;
	unsigned long s0, s1;
	unsigned long a0, a1, a2, a3, a4, a5, a6, a7;
	unsigned long s2, s3, s4, s5, s6, s7, s8, s9, s10, s11;
	unsigned long t3, t4, t5, t6;
	/* not user visible */
	unsigned long status;	/* sstatus */
	unsigned long badaddr;	/* stval */
	unsigned long cause;	/* scause; ~0UL: system call */
	unsigned long orig_a0;
};

#define SR_SPP_BIT	(1UL << 8)
static inline bool user_mode(const struct pt_regs *regs)
{
	return !(regs->status & SR_SPP_BIT);
}
/* a system call is in progress in these registers, and not yet restarted/aborted */
#define regs_in_syscall(regs)		((long)(regs)->cause == -1L)

struct task_struct;
struct pt_regs *task_pt_regs(struct task_struct *t);
void show_regs(const struct pt_regs *regs);
#endif
#endif
