/* SPDX-License-Identifier: GPL-2.0-only */
/* Inside of fork.c, exit.c, kthread.c, signal_struct.c. */
#ifndef KERNEL_FORK_PRIV_H
#define KERNEL_FORK_PRIV_H
#include <kernel/sched.h>
#include <kernel/signal.h>

/* fork.c: everything but waking it up. ERR_PTR on failure. */
struct task_struct *copy_process(struct kernel_clone_args *args);

/* task_stack.c */
void *alloc_task_stack(void);
void free_task_stack(void *stack);

/* fork_signal.c */
int copy_sighand(unsigned long flags, struct task_struct *p, struct task_struct *orig);
int copy_signal(unsigned long flags, struct task_struct *p, struct task_struct *orig);
void put_sighand(struct sighand_struct *s);
void put_signal_struct(struct signal_struct *s);
int unshare_sighand(struct task_struct *t);
void fork_signal_init(void);

/* exit.c: take a zombie (or the thread itself) out of all tables, and drop it */
void release_task(struct task_struct *t);

#endif
