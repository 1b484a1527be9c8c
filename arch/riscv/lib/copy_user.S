/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * unsigned long __copy_to_user(to, from, n), __copy_from_user(to, from, n),
 * __clear_user(to, n): return how many bytes were not done, exactly.
 *
 * Groups of words are loaded before any of them is stored. When an access in a
 * group faults, the pointers are still those of the group's start, and the byte
 * loop goes on from there until it meets the bad byte itself.
 *
 * The destination gets aligned; a source that is not aligned to it is read with
 * misaligned loads.
 */
#include <arch/csr.h>
#include <arch/uaccess_asm.h>

.macro	group_load base, fixup
	uaccess	\fixup, ld a3, \base + 0(a1)
	uaccess	\fixup, ld a4, \base + 8(a1)
	uaccess	\fixup, ld a5, \base + 16(a1)
	uaccess	\fixup, ld a6, \base + 24(a1)
	uaccess	\fixup, ld a7, \base + 32(a1)
	uaccess	\fixup, ld t1, \base + 40(a1)
	uaccess	\fixup, ld t2, \base + 48(a1)
	uaccess	\fixup, ld t3, \base + 56(a1)
.endm

.macro	group_store base, fixup
	uaccess	\fixup, sd a3, \base + 0(a0)
	uaccess	\fixup, sd a4, \base + 8(a0)
	uaccess	\fixup, sd a5, \base + 16(a0)
	uaccess	\fixup, sd a6, \base + 24(a0)
	uaccess	\fixup, sd a7, \base + 32(a0)
	uaccess	\fixup, sd t1, \base + 40(a0)
	uaccess	\fixup, sd t2, \base + 48(a0)
	uaccess	\fixup, sd t3, \base + 56(a0)
.endm

	.text
	.balign	16
	.globl	__copy_to_user
	.globl	__copy_from_user
__copy_to_user:
__copy_from_user:
	li	t6, SR_SUM
	csrs	sstatus, t6
	add	t5, a0, a2		/* end of the destination */
	or	t0, a0, a1
	andi	t0, t0, 7
	beqz	t0, .Laligned
	sltiu	t0, a2, 16
	bnez	t0, .Lbytes
	neg	t0, a0
	andi	t0, t0, 7
	beqz	t0, .Laligned
	add	t4, a0, t0
1:	uaccess	.Lcopy_fault, lb a3, 0(a1)
	uaccess	.Lcopy_fault, sb a3, 0(a0)
	addi	a1, a1, 1
	addi	a0, a0, 1
	bltu	a0, t4, 1b
	sub	a2, t5, a0

.Laligned:
	andi	t0, a2, -128
	beqz	t0, .Lwords
	add	t4, a0, t0
2:	group_load 0, .Lbytes
	group_store 0, .Lbytes
	group_load 64, .Lbytes
	group_store 64, .Lbytes
	addi	a1, a1, 128
	addi	a0, a0, 128
	bltu	a0, t4, 2b
	andi	a2, a2, 127

.Lwords:
	andi	t0, a2, 0x60		/* pieces of 32 */
	beqz	t0, 4f
	add	t4, a0, t0
3:	uaccess	.Lbytes, ld a3, 0(a1)
	uaccess	.Lbytes, ld a4, 8(a1)
	uaccess	.Lbytes, ld a5, 16(a1)
	uaccess	.Lbytes, ld a6, 24(a1)
	uaccess	.Lbytes, sd a3, 0(a0)
	uaccess	.Lbytes, sd a4, 8(a0)
	uaccess	.Lbytes, sd a5, 16(a0)
	uaccess	.Lbytes, sd a6, 24(a0)
	addi	a1, a1, 32
	addi	a0, a0, 32
	bltu	a0, t4, 3b
4:	andi	t0, a2, 0x18		/* single words */
	beqz	t0, .Lbytes
	add	t4, a0, t0
5:	uaccess	.Lbytes, ld a3, 0(a1)
	uaccess	.Lbytes, sd a3, 0(a0)
	addi	a1, a1, 8
	addi	a0, a0, 8
	bltu	a0, t4, 5b

.Lbytes:
	bgeu	a0, t5, 7f
6:	uaccess	.Lcopy_fault, lb a3, 0(a1)
	uaccess	.Lcopy_fault, sb a3, 0(a0)
	addi	a1, a1, 1
	addi	a0, a0, 1
	bltu	a0, t5, 6b
7:	csrc	sstatus, t6
	li	a0, 0
	ret

.Lcopy_fault:
	csrc	sstatus, t6
	sub	a0, t5, a0
	ret

	.globl	__clear_user
__clear_user:
	li	t6, SR_SUM
	csrs	sstatus, t6
	add	t5, a0, a1
	neg	t0, a0
	andi	t0, t0, 7
	bltu	a1, t0, .Lclear_bytes
	add	t4, a0, t0
	bgeu	a0, t4, 8f
1:	uaccess	.Lclear_fault, sb zero, 0(a0)
	addi	a0, a0, 1
	bltu	a0, t4, 1b
8:	sub	t1, t5, a0
	andi	t0, t1, -64
	beqz	t0, 4f
	add	t4, a0, t0
3:	uaccess	.Lclear_bytes, sd zero, 0(a0)
	uaccess	.Lclear_bytes, sd zero, 8(a0)
	uaccess	.Lclear_bytes, sd zero, 16(a0)
	uaccess	.Lclear_bytes, sd zero, 24(a0)
	uaccess	.Lclear_bytes, sd zero, 32(a0)
	uaccess	.Lclear_bytes, sd zero, 40(a0)
	uaccess	.Lclear_bytes, sd zero, 48(a0)
	uaccess	.Lclear_bytes, sd zero, 56(a0)
	addi	a0, a0, 64
	bltu	a0, t4, 3b
4:	andi	t0, t1, 0x38
	beqz	t0, .Lclear_bytes
	add	t4, a0, t0
5:	uaccess	.Lclear_bytes, sd zero, 0(a0)
	addi	a0, a0, 8
	bltu	a0, t4, 5b
.Lclear_bytes:
	bgeu	a0, t5, 7f
6:	uaccess	.Lclear_fault, sb zero, 0(a0)
	addi	a0, a0, 1
	bltu	a0, t5, 6b
7:	csrc	sstatus, t6
	li	a0, 0
	ret

.Lclear_fault:
	csrc	sstatus, t6
	sub	a0, t5, a0
	ret
