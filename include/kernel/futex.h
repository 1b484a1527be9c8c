/* SPDX-License-Identifier: GPL-2.0-only */
/* Futexes: what fork and exit need of them. */
#ifndef KERNEL_FUTEX_H
#define KERNEL_FUTEX_H
#include <lib/types.h>

struct task_struct;

/** do_futex - futex(2) with the deadline (monotonic or realtime ns, as @op says)
 *  already read; @timeout NULL: none. Return: as the system call. */
long do_futex(u32 __user *uaddr, int op, u32 val, ktime_t *timeout, u32 __user *uaddr2,
	      u32 val2, u32 val3);
/** futex_wake - wake at most @nr waiters of the word at @uaddr whose bits meet @bitset;
 *  @shared: the word may be in shared memory. Context: may sleep. Return: how many,
 *  -EINVAL, -EFAULT. */
long futex_wake(u32 __user *uaddr, bool shared, int nr, u32 bitset);
/** futex_exit_release - current leaves its mm: walk the robust list, store 0 in
 *  clear_child_tid and wake who waits there. Context: may sleep (user memory). */
void futex_exit_release(struct task_struct *t);
void futex_init(void);

#endif
