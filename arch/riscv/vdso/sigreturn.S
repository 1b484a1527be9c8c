/* SPDX-License-Identifier: GPL-2.0-only */
/* Where signal handlers return to. Unwinders know these two instructions. */
	.section .text.sigreturn, "ax", @progbits
	.balign	4
	.globl	__vdso_rt_sigreturn
	.type	__vdso_rt_sigreturn, @function
__vdso_rt_sigreturn:
	.option	push
	.option	norvc
	li	a7, 139			/* rt_sigreturn */
	ecall
	.option	pop
	.size	__vdso_rt_sigreturn, . - __vdso_rt_sigreturn
