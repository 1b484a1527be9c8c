/* SPDX-License-Identifier: GPL-2.0-only */
/* void clear_page(page), void copy_page(to, from): whole aligned pages */
	.text
	.balign	16
	.globl	clear_page
clear_page:
	lw	t0, riscv_zicboz_block
	li	t2, 4096
	add	t1, a0, t2
	bnez	t0, 2f
1:
	.set	offset, 0
	.rept	32
	sd	zero, offset(a0)
	.set	offset, offset + 8
	.endr
	addi	a0, a0, 256
	bltu	a0, t1, 1b
	ret
2:	.insn	i 0x0f, 2, x0, a0, 4	/* cbo.zero (a0) */
	add	a0, a0, t0
	bltu	a0, t1, 2b
	ret

	.balign	16
	.globl	copy_page
copy_page:
	li	t0, 4096
	add	t0, a0, t0
1:
	.set	offset, 0
	.rept	4
	ld	a2, offset + 0(a1)
	ld	a3, offset + 8(a1)
	ld	a4, offset + 16(a1)
	ld	a5, offset + 24(a1)
	ld	a6, offset + 32(a1)
	ld	a7, offset + 40(a1)
	ld	t1, offset + 48(a1)
	ld	t2, offset + 56(a1)
	sd	a2, offset + 0(a0)
	sd	a3, offset + 8(a0)
	sd	a4, offset + 16(a0)
	sd	a5, offset + 24(a0)
	sd	a6, offset + 32(a0)
	sd	a7, offset + 40(a0)
	sd	t1, offset + 48(a0)
	sd	t2, offset + 56(a0)
	.set	offset, offset + 64
	.endr
	addi	a1, a1, 256
	addi	a0, a0, 256
	bltu	a0, t0, 1b
	ret
