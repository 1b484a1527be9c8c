/* SPDX-License-Identifier: GPL-2.0-only */
/* Descriptors of processes and threads (kernel/pidfd.c). */
#ifndef KERNEL_PIDFD_H
#define KERNEL_PIDFD_H
#include <linux/pidfd.h>
#include <kernel/pid.h>

/* newer than the oldest headers that the kernel is built with */
#ifndef PIDFD_THREAD
#define PIDFD_THREAD			0200	/* O_EXCL: the thread, not its process */
#define PIDFD_SIGNAL_THREAD		(1U << 0)
#define PIDFD_SIGNAL_THREAD_GROUP	(1U << 1)
#define PIDFD_SIGNAL_PROCESS_GROUP	(1U << 2)
#endif

struct file;
struct kernel_clone_args;
/** pidfd_get_pid - what pidfd @fd stands for, counted; *@flags: its file's. ERR_PTR(-EBADF). */
struct pid *pidfd_get_pid(unsigned int fd, unsigned int *flags);
/** pidfd_get_task - the process of pidfd @fd, counted. ERR_PTR(-EBADF, -ESRCH). */
struct task_struct *pidfd_get_task(int fd);
/**
 * pidfd_clone - a pidfd for the task that @args make, told to the program, still without
 * its file: fd_install() it, or pidfd_clone_undo(). Return: it, -EMFILE, -ENOMEM, -EFAULT.
 */
int pidfd_clone(struct pid *pid, const struct kernel_clone_args *args, struct file **file);
void pidfd_clone_undo(int fd, struct file *file);
/** pidfd_notify - @t has become a zombie: wake pollers. Context: any; exit_state is set. */
void pidfd_notify(struct task_struct *t);

#endif
