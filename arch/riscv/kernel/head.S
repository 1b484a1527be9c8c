/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The first instructions: the Linux riscv image header, then paging on and the
 * jump to the kernel's own addresses.
 *
 * Entry (boot hart): a0 = hart number, a1 = physical address of the device tree,
 * MMU off, at any 2 MiB aligned address. Other harts are started later through
 * SBI HSM and enter at secondary_start with a1 = their idle task.
 *
 * To turn paging on, stvec is pointed at the virtual address of what follows:
 * the fetch behind the satp write faults and so continues there.
 */
#include <arch/asm_offsets.h>
#include <arch/csr.h>
#include <arch/sbi.h>

	.section .head.text, "ax"
	.globl	_start
_start:
	.option	push
	.option	norvc
	j	start_boot_hart
	.word	0
	.option	pop
	.dword	0x200000		/* text offset: above the firmware */
	.dword	_image_size		/* linker script: with bss */
	.dword	0			/* flags: little endian */
	.word	2			/* version 0.2 of this header */
	.word	0
	.dword	0
	.ascii	"RISCV\0\0\0"
	.ascii	"RSC\005"
	.word	0

start_boot_hart:
	csrw	sie, zero
	csrw	sip, zero
	li	t0, SR_FS | SR_VS | SR_SUM
	csrc	sstatus, t0
	/* firmware may start more than one hart here: one wins */
	la	t0, boot_lottery
	li	t1, 1
	amoadd.w t0, t1, (t0)
	bnez	t0, stop_hart
	mv	s0, a0
	mv	s1, a1

	la	t0, __bss_start
	la	t1, __bss_stop
1:	bgeu	t0, t1, 2f
	sd	zero, (t0)
	addi	t0, t0, 8
	j	1b
2:
	la	sp, init_stack + (1 << KSTACK_SHIFT) - PT_SIZE
	la	tp, init_task
	li	gp, 0			/* per-CPU data of the boot hart: the section itself */
	mv	a0, s1
	call	setup_early_vm

	la	t0, kernel_va_pa_offset
	ld	t1, (t0)
	la	t2, 3f
	add	t2, t2, t1
	csrw	stvec, t2
	la	t0, early_satp
	ld	t0, (t0)
	sfence.vma
	csrw	satp, t0
	.balign	4
3:	la	t0, park
	csrw	stvec, t0
	la	sp, init_stack + (1 << KSTACK_SHIFT) - PT_SIZE
	la	tp, init_task
	csrw	sscratch, zero
	la	t0, boot_hartid
	sd	s0, (t0)
	la	t0, boot_dtb_pa
	sd	s1, (t0)
	call	start_kernel

	/*
	 * Another hart boots. OpenSBI up to 1.1 marks a hart as to be started
	 * before it stores where: one that looks just then comes here instead of
	 * secondary_start. It goes back, and start_hart() asks again.
	 */
stop_hart:
	li	a7, SBI_EXT_HSM
	li	a6, SBI_HSM_HART_STOP
	ecall

	.balign	4
park:	wfi
	j	park

	.text
	.balign	4
	.globl	secondary_start
secondary_start:
	csrw	sie, zero
	csrw	sip, zero
	li	t0, SR_FS | SR_VS | SR_SUM
	csrc	sstatus, t0
	la	t0, kernel_va_pa_offset
	ld	t1, (t0)
	la	t2, 1f
	add	t2, t2, t1
	csrw	stvec, t2
	la	t0, secondary_satp
	ld	t0, (t0)
	sfence.vma
	csrw	satp, t0
	.balign	4
1:	mv	tp, a1
	ld	sp, TASK_KERNEL_SP(tp)
	ld	gp, TASK_PERCPU(tp)
	csrw	sscratch, zero
	la	t0, trap_entry
	csrw	stvec, t0
	call	smp_callin

	.data
	.balign	4
boot_lottery:
	.word	0

	.section .bss..page_aligned, "aw", @nobits
	.balign	4096
	.globl	init_stack_guard	/* paging_init() leaves it out */
init_stack_guard:
	.skip	4096
	.globl	init_stack
init_stack:
	.skip	1 << KSTACK_SHIFT
