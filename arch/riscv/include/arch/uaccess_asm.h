/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * get_user() and put_user(): one value of 1, 2, 4 or 8 bytes. A fault ends up
 * in the exception table, whose entries hold two distances from themselves: to
 * the instruction that faulted, and to where to go on.
 *
 *	r = get_user(x, uptr);		0 or -EFAULT, then x is 0
 *	r = put_user(value, uptr);	0 or -EFAULT
 *
 * The __ forms leave out the range check: somebody has done access_ok().
 */
#ifndef ARCH_UACCESS_ASM_H
#define ARCH_UACCESS_ASM_H

#ifdef __ASSEMBLER__

/* the next instruction may fault; if so go on at \fixup */
.macro uaccess fixup:req, insn:vararg
.Lu\@:	\insn
	.pushsection __ex_table, "a"
	.balign	4
	.long	.Lu\@ - .
	.long	\fixup - .
	.popsection
.endm

#else

#define __UACCESS_SUM	0x40000UL	/* sstatus.SUM */

#define __EX_TABLE(insn, fixup)			\
	".pushsection __ex_table, \"a\"\n"	\
	".balign 4\n"				\
	".long " insn " - .\n"			\
	".long " fixup " - .\n"			\
	".popsection\n"

#define __get_user_asm(insn, x, ptr, err) do {				\
	unsigned long __gv;						\
	asm volatile("csrs sstatus, %[sum]\n"				\
		     "1:	" insn " %[v], %[m]\n"			\
		     "2:	csrc sstatus, %[sum]\n"			\
		     ".subsection 1\n"					\
		     "3:	li %[e], -14\n"				\
		     "	li %[v], 0\n"					\
		     "	j 2b\n"						\
		     ".previous\n"					\
		     __EX_TABLE("1b", "3b")				\
		     : [v] "=&r"(__gv), [e] "+r"(err)			\
		     : [m] "m"(*(ptr)), [sum] "r"(__UACCESS_SUM)	\
		     : "memory");					\
	(x) = (typeof(*(ptr)))__gv;					\
} while (0)

#define __put_user_asm(insn, x, ptr, err) do {				\
	asm volatile("csrs sstatus, %[sum]\n"				\
		     "1:	" insn " %z[v], %[m]\n"			\
		     "2:	csrc sstatus, %[sum]\n"			\
		     ".subsection 1\n"					\
		     "3:	li %[e], -14\n"				\
		     "	j 2b\n"						\
		     ".previous\n"					\
		     __EX_TABLE("1b", "3b")				\
		     : [e] "+r"(err), [m] "=m"(*(ptr))			\
		     : [v] "rJ"(x), [sum] "r"(__UACCESS_SUM)		\
		     : "memory");					\
} while (0)

#define __get_user(x, ptr) ({						\
	typeof(*(ptr)) const __user *__gp = (ptr);			\
	long __ge = 0;							\
									\
	static_assert(sizeof(*__gp) == 1 || sizeof(*__gp) == 2 ||	\
		      sizeof(*__gp) == 4 || sizeof(*__gp) == 8, "get_user"); \
	switch (sizeof(*__gp)) {					\
	case 1:								\
		__get_user_asm("lb", x, __gp, __ge);			\
		break;							\
	case 2:								\
		__get_user_asm("lh", x, __gp, __ge);			\
		break;							\
	case 4:								\
		__get_user_asm("lw", x, __gp, __ge);			\
		break;							\
	default:							\
		__get_user_asm("ld", x, __gp, __ge);			\
		break;							\
	}								\
	(int)__ge;							\
})

/* an integer or a pointer as a register holds it */
#define __put_user_reg(x, ptr)	((unsigned long)(typeof(*(ptr)))(x))

#define __put_user(x, ptr) ({						\
	__auto_type __pp = (ptr);					\
	unsigned long __pv = __put_user_reg(x, __pp);			\
	long __pe = 0;							\
									\
	static_assert(sizeof(*__pp) == 1 || sizeof(*__pp) == 2 ||	\
		      sizeof(*__pp) == 4 || sizeof(*__pp) == 8, "put_user"); \
	switch (sizeof(*__pp)) {					\
	case 1:								\
		__put_user_asm("sb", __pv, __pp, __pe);			\
		break;							\
	case 2:								\
		__put_user_asm("sh", __pv, __pp, __pe);			\
		break;							\
	case 4:								\
		__put_user_asm("sw", __pv, __pp, __pe);			\
		break;							\
	default:							\
		__put_user_asm("sd", __pv, __pp, __pe);			\
		break;							\
	}								\
	(int)__pe;							\
})

#define get_user(x, ptr) ({						\
	typeof(*(ptr)) const __user *__cgp = (ptr);			\
	int __cge = -EFAULT;						\
									\
	if (likely(access_ok(__cgp, sizeof(*__cgp))))			\
		__cge = __get_user(x, __cgp);				\
	else								\
		(x) = (typeof(*__cgp))0;				\
	__cge;								\
})

#define put_user(x, ptr) ({						\
	__auto_type __cpp = (ptr);					\
									\
	likely(access_ok(__cpp, sizeof(*__cpp))) ? __put_user(x, __cpp) : -EFAULT; \
})

#endif /* __ASSEMBLER__ */
#endif
