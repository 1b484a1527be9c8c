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

/** copy_semundo - fork: @p has its parent's SEM_UNDO list or none. Return: 0, -ENOMEM. */
int copy_semundo(u64 flags, struct task_struct *p);
/** exit_sem - @t, which is current or never ran, leaves its SEM_UNDO list. */
void exit_sem(struct task_struct *t);

/* the limits in /proc/sys/kernel */
extern unsigned long shm_ctlmax;	/* bytes of a segment */
extern unsigned long shm_ctlall;	/* pages of all */
extern int shm_ctlmni, shm_rmid_forced;
extern int sem_ctls[4];		/* per set, in all sets, operations of a call, sets */
extern int msg_ctlmax, msg_ctlmnb;	/* bytes of a message, of a queue as it is made */
extern int msg_ctlmni;			/* queues */

/* /proc/sysvipc */
extern const struct seq_operations sysvipc_shm_seq, sysvipc_sem_seq, sysvipc_msg_seq;

#endif
