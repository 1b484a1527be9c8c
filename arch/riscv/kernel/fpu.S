/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The FP registers of user mode: the only code of the kernel that touches them.
 *
 * void fpu_save(task), void fpu_restore(task): between the hart's registers and
 * task->thread; sstatus.FS of the task's pt_regs becomes clean. They change t0
 * and t3 only, which switch_to() counts on.
 */
#include <arch/asm_offsets.h>
#include <arch/csr.h>

	/* FS of pt_regs: clean; SD (the sign bit) goes with it, as the hart computes it */
.macro mark_clean
	ld	t3, TASK_KERNEL_SP(a0)
	ld	t0, PT_STATUS(t3)
	sd	t1, TASK_SCRATCH0(a0)
	li	t1, SR_FS
	slli	t0, t0, 1
	srli	t0, t0, 1
	or	t0, t0, t1
	li	t1, SR_FS_DIRTY & ~SR_FS_CLEAN
	xor	t0, t0, t1
	sd	t0, PT_STATUS(t3)
	ld	t1, TASK_SCRATCH0(a0)
.endm

	.text
	.balign	4
	.globl	fpu_save
fpu_save:
	li	t0, SR_FS
	csrs	sstatus, t0
	fsd	f0, TASK_FPREGS + 0(a0)
	fsd	f1, TASK_FPREGS + 8(a0)
	fsd	f2, TASK_FPREGS + 16(a0)
	fsd	f3, TASK_FPREGS + 24(a0)
	fsd	f4, TASK_FPREGS + 32(a0)
	fsd	f5, TASK_FPREGS + 40(a0)
	fsd	f6, TASK_FPREGS + 48(a0)
	fsd	f7, TASK_FPREGS + 56(a0)
	fsd	f8, TASK_FPREGS + 64(a0)
	fsd	f9, TASK_FPREGS + 72(a0)
	fsd	f10, TASK_FPREGS + 80(a0)
	fsd	f11, TASK_FPREGS + 88(a0)
	fsd	f12, TASK_FPREGS + 96(a0)
	fsd	f13, TASK_FPREGS + 104(a0)
	fsd	f14, TASK_FPREGS + 112(a0)
	fsd	f15, TASK_FPREGS + 120(a0)
	fsd	f16, TASK_FPREGS + 128(a0)
	fsd	f17, TASK_FPREGS + 136(a0)
	fsd	f18, TASK_FPREGS + 144(a0)
	fsd	f19, TASK_FPREGS + 152(a0)
	fsd	f20, TASK_FPREGS + 160(a0)
	fsd	f21, TASK_FPREGS + 168(a0)
	fsd	f22, TASK_FPREGS + 176(a0)
	fsd	f23, TASK_FPREGS + 184(a0)
	fsd	f24, TASK_FPREGS + 192(a0)
	fsd	f25, TASK_FPREGS + 200(a0)
	fsd	f26, TASK_FPREGS + 208(a0)
	fsd	f27, TASK_FPREGS + 216(a0)
	fsd	f28, TASK_FPREGS + 224(a0)
	fsd	f29, TASK_FPREGS + 232(a0)
	fsd	f30, TASK_FPREGS + 240(a0)
	fsd	f31, TASK_FPREGS + 248(a0)
	frcsr	t0
	sw	t0, TASK_FCSR(a0)
	mark_clean
	ret

	.globl	fpu_restore
fpu_restore:
	li	t0, SR_FS
	csrs	sstatus, t0
	lw	t0, TASK_FCSR(a0)
	fscsr	t0
	fld	f0, TASK_FPREGS + 0(a0)
	fld	f1, TASK_FPREGS + 8(a0)
	fld	f2, TASK_FPREGS + 16(a0)
	fld	f3, TASK_FPREGS + 24(a0)
	fld	f4, TASK_FPREGS + 32(a0)
	fld	f5, TASK_FPREGS + 40(a0)
	fld	f6, TASK_FPREGS + 48(a0)
	fld	f7, TASK_FPREGS + 56(a0)
	fld	f8, TASK_FPREGS + 64(a0)
	fld	f9, TASK_FPREGS + 72(a0)
	fld	f10, TASK_FPREGS + 80(a0)
	fld	f11, TASK_FPREGS + 88(a0)
	fld	f12, TASK_FPREGS + 96(a0)
	fld	f13, TASK_FPREGS + 104(a0)
	fld	f14, TASK_FPREGS + 112(a0)
	fld	f15, TASK_FPREGS + 120(a0)
	fld	f16, TASK_FPREGS + 128(a0)
	fld	f17, TASK_FPREGS + 136(a0)
	fld	f18, TASK_FPREGS + 144(a0)
	fld	f19, TASK_FPREGS + 152(a0)
	fld	f20, TASK_FPREGS + 160(a0)
	fld	f21, TASK_FPREGS + 168(a0)
	fld	f22, TASK_FPREGS + 176(a0)
	fld	f23, TASK_FPREGS + 184(a0)
	fld	f24, TASK_FPREGS + 192(a0)
	fld	f25, TASK_FPREGS + 200(a0)
	fld	f26, TASK_FPREGS + 208(a0)
	fld	f27, TASK_FPREGS + 216(a0)
	fld	f28, TASK_FPREGS + 224(a0)
	fld	f29, TASK_FPREGS + 232(a0)
	fld	f30, TASK_FPREGS + 240(a0)
	fld	f31, TASK_FPREGS + 248(a0)
	mark_clean
	ret
