// SPDX-License-Identifier: GPL-2.0-only
/*
 * The system calls of pidfds. A pidfd names a process, or with PIDFD_THREAD a
 * thread, and goes on naming that one when its number has long been another's:
 * it holds the struct pid (fs/pidfs.c), not the number.
 *
 * With a pidfd one may wait (kernel/wait4.c), poll, signal, and look into the
 * process's open files; mm/ has process_madvise() and process_mrelease().
 */
#include <kernel/pidfd.h>
#include "signal_private.h"
#include <arch/uaccess.h>
#include <fs/fs.h>
#include <fs/pidfs.h>
#include <fs/poll.h>
#include <kernel/cred.h>
#include <kernel/ptrace.h>
#include <kernel/syscalls.h>
#include <lib/err.h>
#include <lib/string.h>

struct pid *pidfd_get_pid(unsigned int fd, unsigned int *flags)
{
	struct fd f = fdget(fd);
	struct pid *pid;

	if (!f.file)
		return ERR_PTR(-EBADF);
	pid = pidfd_pid(f.file);
	if (!IS_ERR(pid)) {
		get_pid(pid);
		*flags = f.file->f_flags;
	}
	fdput(f);
	return pid;
}

struct task_struct *pidfd_get_task(int fd)
{
	unsigned int flags;
	struct pid *pid = pidfd_get_pid(fd, &flags);
	struct task_struct *t;

	if (IS_ERR(pid))
		return ERR_CAST(pid);
	t = get_pid_task(pid, PIDTYPE_TGID);
	put_pid(pid);
	return t ? t : ERR_PTR(-ESRCH);
}

/* ---- making them ---- */

static int pidfd_prepare(struct pid *pid, unsigned int flags, struct file **file)
{
	int fd = get_unused_fd_flags(O_CLOEXEC);

	if (fd < 0)
		return fd;
	*file = pidfs_alloc_file(pid, flags);
	if (IS_ERR(*file)) {
		put_unused_fd(fd);
		return PTR_ERR(*file);
	}
	return fd;
}

static bool pid_names(struct pid *pid, enum pid_type type)
{
	bool ret;

	rcu_read_lock();
	ret = pid_task(pid, type);
	rcu_read_unlock();
	return ret;
}

SYSCALL_DEFINE2(pidfd_open, pid_t, nr, unsigned int, flags)
{
	struct file *file;
	struct pid *pid;
	int fd = -EINVAL;

	if (flags & ~(PIDFD_NONBLOCK | PIDFD_THREAD) || nr <= 0)
		return -EINVAL;
	pid = find_get_pid(nr);
	if (!pid)
		return -ESRCH;
	if (pid_names(pid, flags & PIDFD_THREAD ? PIDTYPE_PID : PIDTYPE_TGID))
		fd = pidfd_prepare(pid, flags, &file);
	put_pid(pid);
	if (fd >= 0)
		fd_install(fd, file);
	return fd;
}

int pidfd_clone(struct pid *pid, const struct kernel_clone_args *args, struct file **file)
{
	int fd = pidfd_prepare(pid, args->flags & CLONE_THREAD ? PIDFD_THREAD : 0, file);

	if (fd >= 0 && put_user(fd, args->pidfd)) {
		pidfd_clone_undo(fd, *file);
		return -EFAULT;
	}
	return fd;
}

void pidfd_clone_undo(int fd, struct file *file)
{
	put_unused_fd(fd);
	fput(file);
}

void pidfd_notify(struct task_struct *t)
{
	wait_queue_head_t *q = &t->thread_pid->wait_pidfd;

	smp_mb();	/* exit_state before the test: a poller queues before it looks */
	if (waitqueue_active(q))
		__wake_up(q, TASK_NORMAL, 0, (void *)(EPOLLIN | EPOLLRDNORM));
}

/* ---- pidfd_send_signal ---- */

/* what a signal is sent to: as @flags say, or as the pidfd was opened. Return: PIDTYPE_MAX: bad flags */
static enum pid_type signal_scope(unsigned int flags, const struct file *f)
{
	switch (flags) {
	case 0:
		return f->f_flags & PIDFD_THREAD ? PIDTYPE_PID : PIDTYPE_TGID;
	case PIDFD_SIGNAL_THREAD:
		return PIDTYPE_PID;
	case PIDFD_SIGNAL_THREAD_GROUP:
		return PIDTYPE_TGID;
	case PIDFD_SIGNAL_PROCESS_GROUP:
		return PIDTYPE_PGID;
	default:
		return PIDTYPE_MAX;
	}
}

static int fill_siginfo(siginfo_t *info, const siginfo_t __user *uinfo, int sig, struct pid *pid,
			enum pid_type type)
{
	int err;

	if (!uinfo) {
		memset(info, 0, sizeof(*info));
		info->si_signo = sig;
		info->si_code = type == PIDTYPE_PID ? SI_TKILL : SI_USER;
		info->si_pid = current->tgid;
		info->si_uid = current_uid();
		return 0;
	}
	err = copy_siginfo_from_user(info, 0, uinfo);
	if (err)
		return err;
	if (info->si_signo != sig)
		return -EINVAL;
	if ((task_pid(current) != pid || type == PIDTYPE_PGID) && siginfo_for_self(info))
		return -EPERM;
	return 0;
}

static int signal_thread(struct pid *pid, int sig, siginfo_t *info)
{
	struct task_struct *t;
	int err = -ESRCH;

	rcu_read_lock();
	t = pid_task(pid, PIDTYPE_PID);
	if (t) {
		err = kill_ok(sig, info, t);
		if (!err && sig)
			err = send_sig_info(sig, info, t);
	}
	rcu_read_unlock();
	return err;
}

static int signal_pgrp(struct pid *pid, int sig, siginfo_t *info)
{
	unsigned long flags;
	int err;

	spin_lock_irqsave(&tasklist_lock, flags);
	err = kill_pgrp_info(sig, info, pid);
	spin_unlock_irqrestore(&tasklist_lock, flags);
	return err;
}

static int send_to_pid(const struct file *f, int sig, const siginfo_t __user *uinfo,
		       unsigned int flags)
{
	enum pid_type type = signal_scope(flags, f);
	struct pid *pid = pidfd_pid(f);
	siginfo_t info;
	int err;

	if (IS_ERR(pid))
		pid = tgid_pidfd_to_pid(f);
	if (IS_ERR(pid))
		return PTR_ERR(pid);
	err = fill_siginfo(&info, uinfo, sig, pid, type);
	if (err)
		return err;
	switch (type) {
	case PIDTYPE_PID:
		return signal_thread(pid, sig, &info);
	case PIDTYPE_PGID:
		return signal_pgrp(pid, sig, &info);
	default:
		return kill_pid_info(sig, &info, pid);
	}
}

SYSCALL_DEFINE4(pidfd_send_signal, int, pidfd, int, sig, siginfo_t __user *, info,
		unsigned int, flags)
{
	struct fd f;
	int err;

	/* one scope at most */
	if (flags > PIDFD_SIGNAL_PROCESS_GROUP || (flags & (flags - 1)))
		return -EINVAL;
	f = fdget(pidfd);
	if (!f.file)
		return -EBADF;
	err = send_to_pid(f.file, sig, info, flags);
	fdput(f);
	return err;
}

/* ---- pidfd_getfd ---- */

/* Context: may sleep. exec is kept away, so that who may look is who was asked about. */
static struct file *get_file_of(struct task_struct *t, unsigned int fd)
{
	struct file *f = NULL;
	bool may;

	if (mutex_lock_killable(&t->signal->cred_guard_mutex))
		return ERR_PTR(-EINTR);
	may = ptrace_may_access(t, PTRACE_MODE_ATTACH_REALCREDS);
	if (may)
		f = fget_task(t, fd);
	mutex_unlock(&t->signal->cred_guard_mutex);
	if (!may)
		return ERR_PTR(-EPERM);
	/* a task that exits has no files left: say that, and not that this one is closed */
	if (!f)
		return ERR_PTR(t->flags & PF_EXITING ? -ESRCH : -EBADF);
	return f;
}

static int getfd(struct pid *pid, unsigned int fd)
{
	struct task_struct *t = get_pid_task(pid, PIDTYPE_PID);
	struct file *f;
	int new;

	if (!t)
		return -ESRCH;
	f = get_file_of(t, fd);
	put_task_struct(t);
	if (IS_ERR(f))
		return PTR_ERR(f);
	new = get_unused_fd_flags(O_CLOEXEC);
	if (new < 0)
		fput(f);
	else
		fd_install(new, f);
	return new;
}

SYSCALL_DEFINE3(pidfd_getfd, int, pidfd, int, fd, unsigned int, flags)
{
	unsigned int pidfd_flags;
	struct pid *pid;
	int ret;

	if (flags)
		return -EINVAL;
	pid = pidfd_get_pid(pidfd, &pidfd_flags);
	if (IS_ERR(pid))
		return PTR_ERR(pid);
	ret = getfd(pid, fd);
	put_pid(pid);
	return ret;
}
