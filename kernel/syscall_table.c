// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every system call by its number, from the UAPI's own list. A call that no
 * file defines is ni_syscall by weak alias, so this file does not change
 * when calls are added. The functions' real types stay unknown here: entry code
 * passes six registers, and each SYSCALL_DEFINE takes what it wants.
 */
#include <kernel/syscalls.h>

/* two names differ from Linux's list; clone needs all registers saved first */
#define sys_fadvise64_64	sys_fadvise64
#define sys_clone		sys_clone_full
#define sys_clone3		sys_clone3_full

/* newer lists name what Linux itself has no more, perhaps more than once: a name a line */
#define RETIRED(line)		RETIRED_(line)
#define RETIRED_(line)		retired_call_##line
#define sys_ni_syscall		RETIRED(__LINE__)

static long ni_syscall(void)
{
	return -ENOSYS;
}

#define __SYSCALL(nr, call) \
	long call(void) __attribute__((weak, alias("ni_syscall")));
#include <asm/unistd.h>
#include "newer_syscalls.h"
#undef __SYSCALL

/* entries replace the default */
#pragma GCC diagnostic ignored "-Woverride-init"
#define __SYSCALL(nr, call) [nr] = call,
void *const syscall_table[NR_SYSCALL_TABLE] = {
	[0 ... NR_SYSCALL_TABLE - 1] = ni_syscall,
#include <asm/unistd.h>
#include "newer_syscalls.h"
};
