/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Offsets that assembler code uses. arch/riscv/kernel/asm_offsets.c asserts
 * that each agrees with the C structure it describes.
 */
#ifndef ARCH_ASM_OFFSETS_H
#define ARCH_ASM_OFFSETS_H

/* struct pt_regs */
#define PT_EPC		0
#define PT_RA		8
#define PT_SP		16
#define PT_GP		24
#define PT_TP		32
#define PT_T0		40
#define PT_T1		48
#define PT_T2		56
#define PT_S0		64
#define PT_S1		72
#define PT_A0		80
#define PT_A1		88
#define PT_A2		96
#define PT_A3		104
#define PT_A4		112
#define PT_A5		120
#define PT_A6		128
#define PT_A7		136
#define PT_S2		144
#define PT_S3		152
#define PT_S4		160
#define PT_S5		168
#define PT_S6		176
#define PT_S7		184
#define PT_S8		192
#define PT_S9		200
#define PT_S10		208
#define PT_S11		216
#define PT_T3		224
#define PT_T4		232
#define PT_T5		240
#define PT_T6		248
#define PT_STATUS	256
#define PT_BADADDR	264
#define PT_CAUSE	272
#define PT_ORIG_A0	280
#define PT_SIZE		288

/* struct task_struct */
#define TASK_WORK	0
#define TASK_STACK	8
#define TASK_KERNEL_SP	16
#define TASK_PERCPU	24
#define TASK_SCRATCH0	32
#define TASK_SCRATCH1	40
#define TASK_THREAD_RA	48
#define TASK_THREAD_SP	56
#define TASK_THREAD_S	64	/* s0 .. s11 */
#define TASK_FPREGS	160
#define TASK_FCSR	416
#define TASK_FP_LIVE	420

#define WORK_FULL_REGS_BIT 4	/* TIF_FULL_REGS */

#define KSTACK_SHIFT	14	/* log2(KERNEL_STACK_SIZE) */
#define OVERFLOW_STACK_SIZE 4096
#define NR_SYSCALLS	480	/* NR_SYSCALL_TABLE */

#endif
