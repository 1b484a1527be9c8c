/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * System calls. SYSCALL_DEFINEn(name, type, arg, ...) defines sys_NAME, which
 * takes whole registers and narrows each to its type, so that no upper bits a
 * program left there are ever trusted. kernel/syscall_table.c lists every
 * number once. A number without a function gives -ENOSYS.
 */
#ifndef KERNEL_SYSCALLS_H
#define KERNEL_SYSCALLS_H
#include <lib/types.h>
#include <lib/err.h>

/* lists built from (type, name) pairs: declarations, as registers, casts back */
#define __SC_DECL1(t, a)	t a
#define __SC_DECL2(t, a, ...)	t a, __SC_DECL1(__VA_ARGS__)
#define __SC_DECL3(t, a, ...)	t a, __SC_DECL2(__VA_ARGS__)
#define __SC_DECL4(t, a, ...)	t a, __SC_DECL3(__VA_ARGS__)
#define __SC_DECL5(t, a, ...)	t a, __SC_DECL4(__VA_ARGS__)
#define __SC_DECL6(t, a, ...)	t a, __SC_DECL5(__VA_ARGS__)
#define __SC_LONG1(t, a)	long a
#define __SC_LONG2(t, a, ...)	long a, __SC_LONG1(__VA_ARGS__)
#define __SC_LONG3(t, a, ...)	long a, __SC_LONG2(__VA_ARGS__)
#define __SC_LONG4(t, a, ...)	long a, __SC_LONG3(__VA_ARGS__)
#define __SC_LONG5(t, a, ...)	long a, __SC_LONG4(__VA_ARGS__)
#define __SC_LONG6(t, a, ...)	long a, __SC_LONG5(__VA_ARGS__)
#define __SC_CAST1(t, a)	(t)a
#define __SC_CAST2(t, a, ...)	(t)a, __SC_CAST1(__VA_ARGS__)
#define __SC_CAST3(t, a, ...)	(t)a, __SC_CAST2(__VA_ARGS__)
#define __SC_CAST4(t, a, ...)	(t)a, __SC_CAST3(__VA_ARGS__)
#define __SC_CAST5(t, a, ...)	(t)a, __SC_CAST4(__VA_ARGS__)
#define __SC_CAST6(t, a, ...)	(t)a, __SC_CAST5(__VA_ARGS__)
#define __SYSCALL_DEF(n, name, ...)						\
	static inline long __do_sys_##name(__SC_DECL##n(__VA_ARGS__));		\
	long sys_##name(__SC_LONG##n(__VA_ARGS__));				\
	long sys_##name(__SC_LONG##n(__VA_ARGS__))				\
	{									\
		return __do_sys_##name(__SC_CAST##n(__VA_ARGS__));		\
	}									\
	static inline long __do_sys_##name(__SC_DECL##n(__VA_ARGS__))
#define SYSCALL_DEFINE0(name)	   long sys_##name(void); long sys_##name(void)
#define SYSCALL_DEFINE1(name, ...) __SYSCALL_DEF(1, name, __VA_ARGS__)
#define SYSCALL_DEFINE2(name, ...) __SYSCALL_DEF(2, name, __VA_ARGS__)
#define SYSCALL_DEFINE3(name, ...) __SYSCALL_DEF(3, name, __VA_ARGS__)
#define SYSCALL_DEFINE4(name, ...) __SYSCALL_DEF(4, name, __VA_ARGS__)
#define SYSCALL_DEFINE5(name, ...) __SYSCALL_DEF(5, name, __VA_ARGS__)
#define SYSCALL_DEFINE6(name, ...) __SYSCALL_DEF(6, name, __VA_ARGS__)

/*
 * Calls that copy the caller's registers: the table has these names, entry code
 * that stores the callee-saved registers into pt_regs and jumps to sys_clone()...
 */
long sys_clone_full(void);
long sys_clone3_full(void);

#define NR_SYSCALL_TABLE 480
extern void *const syscall_table[NR_SYSCALL_TABLE];
long sys_ni_syscall(void);

#endif
