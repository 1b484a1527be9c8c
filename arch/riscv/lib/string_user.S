/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Strings of user mode, a word at a time. The source is read in aligned words,
 * which never reach into a page that the string does not; so a fault in a word
 * is a fault of the string.
 *
 * long __strncpy_from_user(dst, src, n): as strncpy_from_user(), the range checked
 * long __strnlen_user(src, n): as strnlen_user(), the range checked
 */
#include <arch/csr.h>
#include <arch/uaccess_asm.h>

	.section .rodata, "a"
	.balign	8
.Lones:	.dword	0x0101010101010101

	.text
/* \mask: 0x80 in the lowest byte of \word that is 0 (garbage above), 0 if none */
.macro zero_byte mask, word, tmp
	sub	\mask, \word, t3
	not	\tmp, \word
	and	\mask, \mask, t4
	and	\mask, \mask, \tmp
.endm

/* \n: how many bytes are below the one that \mask has found */
.macro byte_index n, mask, tmp
	neg	\tmp, \mask
	and	\n, \mask, \tmp
	addi	\n, \n, -1
	and	\n, \n, t3
	mul	\n, \n, t3
	srli	\n, \n, 56
	addi	\n, \n, -1
.endm

	.balign	4
	.globl	__strncpy_from_user
__strncpy_from_user:
	li	t6, SR_SUM
	csrs	sstatus, t6
	mv	a3, a0
	li	a5, 8
	bltu	a2, a5, .Lcpy_bytes
	ld	t3, .Lones
	slli	t4, t3, 7
	andi	t0, a1, 7
	beqz	t0, 1f
	/* the first bytes: the rest of an aligned word, those missing made 0xff */
	sub	a6, a1, t0
	uaccess	.Lcpy_fault, ld t1, 0(a6)
	sub	a6, a5, t0		/* so many */
	slli	t0, t0, 3
	srl	t1, t1, t0
	neg	t0, t0
	li	t2, -1
	sll	t2, t2, t0
	or	t1, t1, t2
	zero_byte t2, t1, t5
	sd	t1, 0(a0)
	bnez	t2, .Lcpy_found
	add	a0, a0, a6
	add	a1, a1, a6
	sub	a2, a2, a6
	bltu	a2, a5, .Lcpy_bytes
1:	uaccess	.Lcpy_fault, ld t1, 0(a1)
	zero_byte t2, t1, t5
	sd	t1, 0(a0)
	bnez	t2, .Lcpy_found
	addi	a0, a0, 8
	addi	a1, a1, 8
	addi	a2, a2, -8
	bgeu	a2, a5, 1b

.Lcpy_bytes:
	beqz	a2, 3f
2:	uaccess	.Lcpy_fault, lbu t1, 0(a1)
	sb	t1, 0(a0)
	beqz	t1, 3f
	addi	a0, a0, 1
	addi	a1, a1, 1
	addi	a2, a2, -1
	bnez	a2, 2b
3:	csrc	sstatus, t6
	sub	a0, a0, a3
	ret

.Lcpy_found:
	byte_index t1, t2, t5
	add	a0, a0, t1
	csrc	sstatus, t6
	sub	a0, a0, a3
	ret

.Lcpy_fault:
	csrc	sstatus, t6
	li	a0, -14			/* EFAULT */
	ret

	.globl	__strnlen_user
__strnlen_user:
	li	t6, SR_SUM
	csrs	sstatus, t6
	ld	t3, .Lones
	slli	t4, t3, 7
	add	a4, a0, a1		/* no byte from here on counts */
	andi	t0, a0, 7
	sub	a2, a0, t0
	uaccess	.Llen_fault, ld t1, 0(a2)
	/* bytes before the string: not 0 */
	slli	t0, t0, 3
	li	t2, 1
	sll	t2, t2, t0
	addi	t2, t2, -1
	or	t1, t1, t2
1:	zero_byte t2, t1, t5
	bnez	t2, 2f
	addi	a2, a2, 8
	bgeu	a2, a4, 3f
	uaccess	.Llen_fault, ld t1, 0(a2)
	j	1b
2:	byte_index t1, t2, t5
	add	a2, a2, t1
	bgeu	a2, a4, 3f
	csrc	sstatus, t6
	sub	a0, a2, a0
	addi	a0, a0, 1
	ret
3:	csrc	sstatus, t6		/* longer than that */
	addi	a0, a1, 1
	ret
.Llen_fault:
	csrc	sstatus, t6
	li	a0, 0
	ret
