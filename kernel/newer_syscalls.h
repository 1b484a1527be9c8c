/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * System calls newer than the oldest UAPI headers that the kernel is built with:
 * those that the installed <asm/unistd.h>, included before, does not list.
 * Included several times, with different definitions of __SYSCALL.
 */
#ifndef __NR_riscv_hwprobe
__SYSCALL(258, sys_riscv_hwprobe)
#endif
#ifndef __NR_cachestat
__SYSCALL(451, sys_cachestat)
#endif
#ifndef __NR_fchmodat2
__SYSCALL(452, sys_fchmodat2)
#endif
#ifndef __NR_futex_wake
__SYSCALL(454, sys_futex_wake)
#endif
#ifndef __NR_futex_wait
__SYSCALL(455, sys_futex_wait)
#endif
#ifndef __NR_futex_requeue
__SYSCALL(456, sys_futex_requeue)
#endif
#ifndef __NR_statmount
__SYSCALL(457, sys_statmount)
#endif
#ifndef __NR_listmount
__SYSCALL(458, sys_listmount)
#endif
#ifndef __NR_mseal
__SYSCALL(462, sys_mseal)
#endif
