/* SPDX-License-Identifier: GPL-2.0-only */
/* The files behind pidfds (fs/pidfs.c). */
#ifndef FS_PIDFS_H
#define FS_PIDFS_H
struct file;
struct pid;
/** pidfs_alloc_file - a file for @pid, which gets a reference. @flags: O_NONBLOCK, PIDFD_THREAD. ERR_PTR. */
struct file *pidfs_alloc_file(struct pid *pid, unsigned int flags);
/** pidfd_pid - what @f stands for, not counted: @f keeps it. ERR_PTR(-EBADF): @f is no pidfd. */
struct pid *pidfd_pid(const struct file *f);
/** tgid_pidfd_to_pid - the same for an open /proc/PID (fs/proc). */
struct pid *tgid_pidfd_to_pid(const struct file *f);
#endif
