// SPDX-License-Identifier: GPL-2.0-only
/* fcntl(2): descriptor and file flags, signal ownership; locks are locks.c's. */
#include "vfs_internal.h"
#include <fs/pipe_fs.h>
#include <fs/shmem.h>
#include <kernel/newer_uapi.h>
#include <kernel/signal.h>
#include <kernel/syscalls.h>
#include <arch/uaccess.h>

#define SETFL_MASK	(O_APPEND | O_NONBLOCK | O_NDELAY | O_DIRECT | O_NOATIME)

static int set_fl(unsigned int fd, struct file *f, unsigned int arg)
{
	struct inode *inode = f->f_inode;
	int err = 0;

	/* append-only stays so */
	if (((arg ^ f->f_flags) & O_APPEND) && IS_APPEND(inode))
		return -EPERM;
	if ((arg & O_NOATIME) && !(f->f_flags & O_NOATIME) && !inode_owner_or_capable(inode))
		return -EPERM;
	if ((arg & O_DIRECT) && !S_ISFIFO(inode->i_mode) && !(f->f_mode & FMODE_CAN_ODIRECT))
		return -EINVAL;
	if (((arg ^ f->f_flags) & FASYNC) && f->f_op->fasync) {
		err = f->f_op->fasync(fd, f, (arg & FASYNC) != 0);
		if (err < 0)
			return err;
	}
	spin_lock(&f->f_lock);
	f->f_flags = (arg & (SETFL_MASK | FASYNC)) | (f->f_flags & ~(SETFL_MASK | FASYNC));
	spin_unlock(&f->f_lock);
	return 0;
}

/* F_SETOWN: a process, or, negative, a process group. 0: nobody. */
static int f_setown(struct file *f, int who)
{
	struct pid *pid = NULL, *old;

	if (who == INT_MIN)
		return -EINVAL;
	if (who) {
		pid = find_get_pid(who < 0 ? -who : who);
		if (!pid)
			return -ESRCH;
	}
	spin_lock(&f->f_lock);
	old = f->f_owner_pid;
	f->f_owner_pid = pid;
	f->f_owner_group = who < 0;
	spin_unlock(&f->f_lock);
	put_pid(old);
	return 0;
}

static int f_getown(struct file *f)
{
	int nr;

	spin_lock(&f->f_lock);
	nr = pid_nr(f->f_owner_pid);
	if (f->f_owner_group)
		nr = -nr;
	spin_unlock(&f->f_lock);
	return nr;
}

static int f_owner_ex(struct file *f, unsigned int cmd, struct f_owner_ex __user *u)
{
	struct f_owner_ex o;
	int nr;

	if (cmd == F_GETOWN_EX) {
		nr = f_getown(f);
		o.type = nr < 0 ? F_OWNER_PGRP : F_OWNER_PID;
		o.pid = nr < 0 ? -nr : nr;
		return copy_to_user(u, &o, sizeof(o)) ? -EFAULT : 0;
	}
	if (copy_from_user(&o, u, sizeof(o)))
		return -EFAULT;
	if (o.type != F_OWNER_TID && o.type != F_OWNER_PID && o.type != F_OWNER_PGRP)
		return -EINVAL;
	if (o.pid < 0)
		return -EINVAL;
	return f_setown(f, o.type == F_OWNER_PGRP ? -o.pid : o.pid);
}

/* F_DUPFD_QUERY: are the two one open file? */
static long f_dupfd_query(unsigned int other, const struct file *f)
{
	struct fd o = fdget_raw(other);
	bool same = o.file == f;

	if (!o.file)
		return -EBADF;
	fdput(o);
	return same;
}

static long do_fcntl(unsigned int fd, unsigned int cmd, unsigned long arg, struct file *f)
{
	switch (cmd) {
	case F_DUPFD:
		return fcntl_dupfd(arg, f, 0);
	case F_DUPFD_CLOEXEC:
		return fcntl_dupfd(arg, f, O_CLOEXEC);
	case F_DUPFD_QUERY:
		return f_dupfd_query(arg, f);
	case F_CREATED_QUERY:
		return (f->f_mode & FMODE_CREATED) != 0;
	case F_GETFD:
		return get_close_on_exec(fd) ? FD_CLOEXEC : 0;
	case F_SETFD:
		return set_close_on_exec(fd, arg & FD_CLOEXEC);
	case F_GETFL:
		return f->f_flags;
	case F_SETFL:
		return set_fl(fd, f, arg);
	case F_GETLK:
	case F_OFD_GETLK:
		return fcntl_getlk(f, cmd, (struct flock __user *)arg);
	case F_SETLK:
	case F_SETLKW:
	case F_OFD_SETLK:
	case F_OFD_SETLKW:
		return fcntl_setlk(fd, f, cmd, (struct flock __user *)arg);
	case F_GETOWN:
		return f_getown(f);
	case F_SETOWN:
		return f_setown(f, arg);
	case F_GETOWN_EX:
	case F_SETOWN_EX:
		return f_owner_ex(f, cmd, (struct f_owner_ex __user *)arg);
	case F_GETSIG:
		return f->f_owner_sig;
	case F_SETSIG:
		if (arg > _NSIG)
			return -EINVAL;
		f->f_owner_sig = arg;
		return 0;
	case F_SETPIPE_SZ:
	case F_GETPIPE_SZ:
		return pipe_fcntl(f, cmd, arg);
	case F_ADD_SEALS:
	case F_GET_SEALS:
		return memfd_fcntl(f, cmd, arg);
	default:
		return -EINVAL;
	}
}

/* What an O_PATH descriptor may be asked. */
static bool allowed_with_path(unsigned int cmd)
{
	return cmd == F_DUPFD || cmd == F_DUPFD_CLOEXEC || cmd == F_DUPFD_QUERY || cmd == F_CREATED_QUERY ||
	       cmd == F_GETFD || cmd == F_SETFD || cmd == F_GETFL;
}

SYSCALL_DEFINE3(fcntl, unsigned int, fd, unsigned int, cmd, unsigned long, arg)
{
	struct fd f = fdget_raw(fd);
	long err = -EBADF;

	if (!f.file)
		return -EBADF;
	if (likely(!(f.file->f_mode & FMODE_PATH)) || allowed_with_path(cmd))
		err = do_fcntl(fd, cmd, arg, f.file);
	fdput(f);
	return err;
}
