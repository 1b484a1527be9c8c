/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Traps: system calls, faults and interrupts, from user mode and from the kernel.
 *
 * Registers in the kernel: tp = current task, gp = offset of this hart's per-CPU
 * data, sscratch = 0. In user mode sscratch = the task, and the kernel stack of
 * the task is empty: pt_regs goes to task->kernel_sp.
 *
 * Only what C does not preserve is saved on entry, for system calls, user faults
 * and interrupts alike. s0..s11 stay in their registers, or in the frames of the
 * functions called; they reach pt_regs
 *  - in user_work, before anything that looks at the whole of the user's
 *    registers (signal frames), and are loaded from there again;
 *  - in sys_clone_full and the like, for the child's copy;
 *  - for exceptions in the kernel, so that an oops can show them.
 * Whoever rewrites pt_regs (exec, sigreturn) sets TIF_FULL_REGS: then user_work
 * loads s0..s11 from it without storing them first.
 *
 * pt_regs->a0 of a system call is stored on the slow way out only; its result is
 * in a0 until then. pt_regs->cause is -1 during a system call.
 */
#include <arch/asm_offsets.h>
#include <arch/csr.h>

/* what C may change, but for t0, t1, a0 and sp, which callers do themselves */
.macro save_caller_regs
	sd	ra, PT_RA(sp)
	sd	t2, PT_T2(sp)
	sd	a1, PT_A1(sp)
	sd	a2, PT_A2(sp)
	sd	a3, PT_A3(sp)
	sd	a4, PT_A4(sp)
	sd	a5, PT_A5(sp)
	sd	a6, PT_A6(sp)
	sd	a7, PT_A7(sp)
	sd	t3, PT_T3(sp)
	sd	t4, PT_T4(sp)
	sd	t5, PT_T5(sp)
	sd	t6, PT_T6(sp)
.endm

.macro restore_caller_regs
	ld	ra, PT_RA(sp)
	ld	t0, PT_T0(sp)
	ld	t1, PT_T1(sp)
	ld	t2, PT_T2(sp)
	ld	a1, PT_A1(sp)
	ld	a2, PT_A2(sp)
	ld	a3, PT_A3(sp)
	ld	a4, PT_A4(sp)
	ld	a5, PT_A5(sp)
	ld	a6, PT_A6(sp)
	ld	a7, PT_A7(sp)
	ld	t3, PT_T3(sp)
	ld	t4, PT_T4(sp)
	ld	t5, PT_T5(sp)
	ld	t6, PT_T6(sp)
.endm

.macro callee_regs op
	\op	s0, PT_S0(sp)
	\op	s1, PT_S1(sp)
	\op	s2, PT_S2(sp)
	\op	s3, PT_S3(sp)
	\op	s4, PT_S4(sp)
	\op	s5, PT_S5(sp)
	\op	s6, PT_S6(sp)
	\op	s7, PT_S7(sp)
	\op	s8, PT_S8(sp)
	\op	s9, PT_S9(sp)
	\op	s10, PT_S10(sp)
	\op	s11, PT_S11(sp)
.endm

/* the rest of the way to user mode; interrupts are off, a0 is the user's already */
.macro leave_to_user
	ld	t0, PT_EPC(sp)
	ld	t1, PT_STATUS(sp)
	csrw	sepc, t0
	csrw	sstatus, t1
	csrw	sscratch, tp
	restore_caller_regs
	ld	gp, PT_GP(sp)
	ld	tp, PT_TP(sp)
	ld	sp, PT_SP(sp)
	sret
.endm

	.text
	.balign	64
	.globl	trap_entry
trap_entry:
	csrrw	tp, sscratch, tp
	beqz	tp, kernel_trap
	sd	sp, TASK_SCRATCH0(tp)
	ld	sp, TASK_KERNEL_SP(tp)
	sd	t0, PT_T0(sp)
	sd	t1, PT_T1(sp)
	csrr	t0, scause
	li	t1, EXC_SYSCALL
	bne	t0, t1, user_exception

	/* a system call */
	sd	a0, PT_ORIG_A0(sp)
	save_caller_regs
	ld	t0, TASK_SCRATCH0(tp)
	csrrw	t1, sscratch, zero
	sd	t0, PT_SP(sp)
	sd	t1, PT_TP(sp)
	sd	gp, PT_GP(sp)
	csrr	t0, sepc
	csrr	t1, sstatus
	addi	t0, t0, 4		/* behind the ecall */
	sd	t0, PT_EPC(sp)
	sd	t1, PT_STATUS(sp)
	li	t0, -1
	sd	t0, PT_CAUSE(sp)
	ld	gp, TASK_PERCPU(tp)
	csrsi	sstatus, SR_SIE
	li	t0, NR_SYSCALLS
	bgeu	a7, t0, no_such_syscall
	la	t1, syscall_table
	slli	t0, a7, 3
	add	t1, t1, t0
	ld	t0, 0(t1)
	jalr	t0
syscall_done:
#if CONFIG_DEBUG
	sd	a0, PT_A0(sp)
	call	lockdep_user_return
	ld	a0, PT_A0(sp)
#endif
	csrci	sstatus, SR_SIE
	ld	t0, TASK_WORK(tp)
	bnez	t0, syscall_work
	leave_to_user

no_such_syscall:
	li	a0, -38			/* ENOSYS */
	j	syscall_done

syscall_work:
	sd	a0, PT_A0(sp)

/*
 * Something is to be done before user mode: t0 = task->work, interrupts off,
 * pt_regs->a0 valid. Afterwards all registers come from pt_regs.
 */
user_work:
	andi	t1, t0, 1 << WORK_FULL_REGS_BIT
	bnez	t1, 1f
	callee_regs sd
	j	2f
	/* pt_regs is complete */
user_regs_complete:
1:	addi	t2, tp, TASK_WORK
	li	t1, ~(1 << WORK_FULL_REGS_BIT)
	amoand.d zero, t1, (t2)
2:	ld	a1, TASK_WORK(tp)
	beqz	a1, leave_full
	csrsi	sstatus, SR_SIE
	mv	a0, sp
	call	do_notify_work
	csrci	sstatus, SR_SIE
	j	1b
leave_full:
	callee_regs ld
	ld	a0, PT_A0(sp)
	leave_to_user

	/* a fault in user mode, or an interrupt there; t0 = scause */
user_exception:
	sd	a0, PT_A0(sp)
	save_caller_regs
	mv	a1, t0
	sd	t0, PT_CAUSE(sp)
	ld	t0, TASK_SCRATCH0(tp)
	csrrw	t1, sscratch, zero
	sd	t0, PT_SP(sp)
	sd	t1, PT_TP(sp)
	sd	gp, PT_GP(sp)
	csrr	t0, sepc
	csrr	t1, sstatus
	csrr	a2, stval
	sd	t0, PT_EPC(sp)
	sd	t1, PT_STATUS(sp)
	sd	a2, PT_BADADDR(sp)
	ld	gp, TASK_PERCPU(tp)
	mv	a0, sp
	li	t0, EXC_INST_PAGE_FAULT
	bgeu	a1, t0, 1f
	call	do_user_trap
	j	3f
1:	bltz	a1, 2f
	call	do_user_page_fault
	j	3f
2:	call	do_irq
3:
#if CONFIG_DEBUG
	call	lockdep_user_return
#endif
	csrci	sstatus, SR_SIE
	ld	t0, TASK_WORK(tp)
	bnez	t0, user_work
	ld	a0, PT_A0(sp)
	leave_to_user

/*
 * In the kernel. pt_regs goes below sp, unless sp has left the stack. gp and tp
 * are not restored: a task that slept in a fault may be on another hart now.
 */
kernel_trap:
	csrrw	tp, sscratch, zero
	sd	t0, TASK_SCRATCH1(tp)
	ld	t0, TASK_STACK(tp)
	sub	t0, sp, t0
	addi	t0, t0, -PT_SIZE
	srli	t0, t0, KSTACK_SHIFT
	bnez	t0, kernel_stack_overflow
	addi	sp, sp, -PT_SIZE
	ld	t0, TASK_SCRATCH1(tp)
	sd	t0, PT_T0(sp)
	addi	t0, sp, PT_SIZE
	sd	t0, PT_SP(sp)
	sd	t1, PT_T1(sp)
	sd	a0, PT_A0(sp)
	save_caller_regs
	sd	gp, PT_GP(sp)
	sd	tp, PT_TP(sp)
	li	t0, SR_SUM		/* access to user memory ends here */
	csrrc	t1, sstatus, t0
	csrr	t0, sepc
	csrr	a1, scause
	sd	t1, PT_STATUS(sp)
	sd	t0, PT_EPC(sp)
	sd	a1, PT_CAUSE(sp)
	mv	a0, sp
	bltz	a1, 1f
	callee_regs sd
	csrr	a2, stval
	sd	a2, PT_BADADDR(sp)
	call	do_kernel_trap
	j	2f
1:	call	do_irq
2:	csrci	sstatus, SR_SIE
	ld	t0, PT_EPC(sp)
	ld	t1, PT_STATUS(sp)
	csrw	sepc, t0
	csrw	sstatus, t1
	restore_caller_regs
	ld	a0, PT_A0(sp)
	addi	sp, sp, PT_SIZE
	sret

	/* t0 is in scratch1; go on upon this hart's spare stack, never to return */
kernel_stack_overflow:
	sd	sp, TASK_SCRATCH0(tp)
	la	t0, overflow_stack_top
	add	t0, t0, gp
	ld	sp, (t0)
	addi	sp, sp, -PT_SIZE
	sd	t1, PT_T1(sp)
	sd	a0, PT_A0(sp)
	save_caller_regs
	callee_regs sd
	sd	gp, PT_GP(sp)
	sd	tp, PT_TP(sp)
	ld	t0, TASK_SCRATCH0(tp)
	ld	t1, TASK_SCRATCH1(tp)
	sd	t0, PT_SP(sp)
	sd	t1, PT_T0(sp)
	csrr	t0, sepc
	csrr	t1, sstatus
	csrr	t2, scause
	csrr	t3, stval
	sd	t0, PT_EPC(sp)
	sd	t1, PT_STATUS(sp)
	sd	t2, PT_CAUSE(sp)
	sd	t3, PT_BADADDR(sp)
	mv	a0, sp
	call	handle_bad_stack

/*
 * The first instructions of a new task: a0 = the task that ran before, s0 = the
 * function of a kernel thread (0: a user task), s1 = its argument. A kernel
 * thread that returns has become a user program by exec.
 */
	.globl	ret_from_fork
ret_from_fork:
	call	schedule_tail
	beqz	s0, 1f
	mv	a0, s1
	jalr	s0
	call	kernel_thread_returned
1:	csrci	sstatus, SR_SIE
	j	user_regs_complete

	.globl	sys_clone_full
sys_clone_full:
	callee_regs sd			/* sp: pt_regs, as the dispatcher left it */
	tail	sys_clone

	.globl	sys_clone3_full
sys_clone3_full:
	callee_regs sd
	tail	sys_clone3
