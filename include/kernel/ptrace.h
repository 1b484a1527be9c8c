/* SPDX-License-Identifier: GPL-2.0-only */
/* Who may look into another process (kernel/ptrace.c). */
#ifndef KERNEL_PTRACE_H
#define KERNEL_PTRACE_H
#include <lib/types.h>

/* modes, as ptrace(2) has them: what for, and by which of the caller's ids */
#define PTRACE_MODE_READ	1
#define PTRACE_MODE_ATTACH	2
#define PTRACE_MODE_FSCREDS	8
#define PTRACE_MODE_REALCREDS	16
#define PTRACE_MODE_READ_FSCREDS	(PTRACE_MODE_READ | PTRACE_MODE_FSCREDS)
#define PTRACE_MODE_READ_REALCREDS	(PTRACE_MODE_READ | PTRACE_MODE_REALCREDS)
#define PTRACE_MODE_ATTACH_FSCREDS	(PTRACE_MODE_ATTACH | PTRACE_MODE_FSCREDS)
#define PTRACE_MODE_ATTACH_REALCREDS	(PTRACE_MODE_ATTACH | PTRACE_MODE_REALCREDS)

struct mm_struct;
struct task_struct;
bool ptrace_may_access(struct task_struct *t, unsigned int mode);
/** mm_access - the address space of @t, counted. ERR_PTR(-ESRCH): it has none; -EACCES; -EINTR. */
struct mm_struct *mm_access(struct task_struct *t, unsigned int mode);

#endif
