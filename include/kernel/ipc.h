/* SPDX-License-Identifier: GPL-2.0-only */
/* System V IPC (kernel/ipc/): what processes' lives and /proc need of it. */
#ifndef KERNEL_IPC_H
#define KERNEL_IPC_H
#include <lib/types.h>

struct task_struct;
struct seq_operations;

/** exit_shm - current dies: with shm_rmid_forced, so do its segments that nobody uses. */
void exit_shm(struct task_struct *t);
/** shm_destroy_orphaned - the same for those whose makers are dead. Context: may sleep. */
void shm_destroy_orphaned(void);

/* the limits in /proc/sys/kernel */
extern unsigned long shm_ctlmax;	/* bytes of a segment */
extern unsigned long shm_ctlall;	/* pages of all */
extern int shm_ctlmni, shm_rmid_forced;

/* /proc/sysvipc */
extern const struct seq_operations sysvipc_shm_seq;

#endif
