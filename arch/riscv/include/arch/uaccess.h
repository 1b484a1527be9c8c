/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The only ways to touch user memory. sstatus.SUM is set inside these
 * functions only; faults are fixed up through exception tables.
 * Context: may sleep (page faults) unless pagefault_disabled().
 */
#ifndef ARCH_UACCESS_H
#define ARCH_UACCESS_H
#include <lib/types.h>
#include <lib/err.h>
#include <arch/page.h>

/** access_ok - does [addr, addr+size) lie in the user half? No wrap. */
static inline bool access_ok(const void __user *addr, unsigned long size)
{
	return size <= TASK_SIZE && (unsigned long)addr <= TASK_SIZE - size;
}

/* Return: bytes NOT copied (0 = all). No access_ok check in __ versions. */
unsigned long __copy_from_user(void *to, const void __user *from, unsigned long n);
unsigned long __copy_to_user(void __user *to, const void *from, unsigned long n);
unsigned long __clear_user(void __user *to, unsigned long n);

static inline unsigned long __must_check
copy_from_user(void *to, const void __user *from, unsigned long n)
{
	return access_ok(from, n) ? __copy_from_user(to, from, n) : n;
}
static inline unsigned long __must_check
copy_to_user(void __user *to, const void *from, unsigned long n)
{
	return access_ok(to, n) ? __copy_to_user(to, from, n) : n;
}
static inline unsigned long __must_check clear_user(void __user *to, unsigned long n)
{
	return access_ok(to, n) ? __clear_user(to, n) : n;
}

/**
 * strncpy_from_user - copy a NUL-terminated string of at most @n bytes.
 * Return: its length without NUL; @n if no NUL was found in @n bytes; -EFAULT.
 */
long strncpy_from_user(char *dst, const char __user *src, long n);
/** strnlen_user - length WITH the NUL; > @n if longer; 0 on fault. */
long strnlen_user(const char __user *s, long n);

/* __get_user_asm_1/2/4/8 and __put_user_asm_*: inline asm with exception table,
 * defined in arch/uaccess_asm.h. get_user/put_user return 0 or -EFAULT. */
#include <arch/uaccess_asm.h>

/*
 * Atomic accesses for futexes. Return 0 or -EFAULT; with pagefault_disabled()
 * they never sleep.
 */
int futex_atomic_cmpxchg_user(u32 *old_out, u32 __user *uaddr, u32 old, u32 new);
int futex_atomic_op_user(int op, u32 oparg, u32 *old_out, u32 __user *uaddr);

/* pagefault_disable(): accesses that would sleep return -EFAULT instead.
 * A per-task counter; in kernel/sched.h's task_struct as .pagefault_disabled */
void pagefault_disable(void);
void pagefault_enable(void);

#endif
