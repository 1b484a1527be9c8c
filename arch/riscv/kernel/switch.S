/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Context switch. FP registers belong to user mode: they are saved only if the
 * user changed them since they were last saved or loaded (sstatus.FS of the
 * task's pt_regs is dirty, and the sign bit, SD, says so too), and loaded only
 * for tasks that have ever used them.
 */
#include <arch/asm_offsets.h>

.macro thread_regs op, task
	\op	ra, TASK_THREAD_RA(\task)
	\op	sp, TASK_THREAD_SP(\task)
	\op	s0, TASK_THREAD_S + 0(\task)
	\op	s1, TASK_THREAD_S + 8(\task)
	\op	s2, TASK_THREAD_S + 16(\task)
	\op	s3, TASK_THREAD_S + 24(\task)
	\op	s4, TASK_THREAD_S + 32(\task)
	\op	s5, TASK_THREAD_S + 40(\task)
	\op	s6, TASK_THREAD_S + 48(\task)
	\op	s7, TASK_THREAD_S + 56(\task)
	\op	s8, TASK_THREAD_S + 64(\task)
	\op	s9, TASK_THREAD_S + 72(\task)
	\op	s10, TASK_THREAD_S + 80(\task)
	\op	s11, TASK_THREAD_S + 88(\task)
.endm

	.text
	.balign	4
	/* struct task_struct *switch_to(prev, next): returns prev, as next */
	.globl	switch_to
switch_to:
	ld	t0, TASK_KERNEL_SP(a0)
	ld	t1, PT_STATUS(t0)
	lbu	t2, TASK_FP_LIVE(a1)
	thread_regs sd, a0
	bltz	t1, 2f
1:	bnez	t2, 3f
	thread_regs ld, a1
	sd	gp, TASK_PERCPU(a1)
	mv	tp, a1
	/* an lr of prev must not pair with an sc of next */
	addi	t0, a0, TASK_SCRATCH0
	sc.d	zero, zero, (t0)
	ret

2:	jal	fpu_save		/* changes t0, t3 */
	j	1b
3:	mv	t1, a0
	mv	a0, a1
	jal	fpu_restore
	mv	a0, t1
	thread_regs ld, a1
	sd	gp, TASK_PERCPU(a1)
	mv	tp, a1
	addi	t0, a0, TASK_SCRATCH0
	sc.d	zero, zero, (t0)
	ret
