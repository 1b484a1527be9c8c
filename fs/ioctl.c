// SPDX-License-Identifier: GPL-2.0-only
/* ioctl(2): what every file answers, before and after asking its driver. */
#include "vfs_internal.h"
#include <kernel/syscalls.h>
#include <arch/uaccess.h>
#include <asm/ioctls.h>
#include <linux/fs.h>

static int ioctl_fionbio(struct file *f, int __user *arg)
{
	int on;

	if (get_user(on, arg))
		return -EFAULT;
	spin_lock(&f->f_lock);
	if (on)
		f->f_flags |= O_NONBLOCK;
	else
		f->f_flags &= ~O_NONBLOCK;
	spin_unlock(&f->f_lock);
	return 0;
}

static int ioctl_fioasync(unsigned int fd, struct file *f, int __user *arg)
{
	int on, err = 0;

	if (get_user(on, arg))
		return -EFAULT;
	if (!!on == !!(f->f_flags & FASYNC))
		return 0;
	if (!f->f_op->fasync)
		return -ENOTTY;
	err = f->f_op->fasync(fd, f, !!on);
	if (err < 0)
		return err;
	spin_lock(&f->f_lock);
	f->f_flags = on ? f->f_flags | FASYNC : f->f_flags & ~FASYNC;
	spin_unlock(&f->f_lock);
	return 0;
}

static int ioctl_fibmap(struct file *f, int __user *p)
{
	struct address_space *m = f->f_mapping;
	u64 block;
	int nr;

	if (!capable(CAP_SYS_RAWIO))
		return -EPERM;
	if (!m->a_ops || !m->a_ops->bmap)
		return -EINVAL;
	if (get_user(nr, p))
		return -EFAULT;
	if (nr < 0)
		return -EINVAL;
	block = m->a_ops->bmap(m, nr);
	if (block > INT_MAX)
		return put_user(0, p) ? -EFAULT : -ERANGE;
	return put_user((int)block, p);
}

static long driver_ioctl(struct file *f, unsigned int cmd, unsigned long arg)
{
	long err;

	if (!f->f_op->unlocked_ioctl)
		return -ENOTTY;
	err = f->f_op->unlocked_ioctl(f, cmd, arg);
	return err == -ENOIOCTLCMD ? -ENOTTY : err;
}

static long do_vfs_ioctl(struct file *f, unsigned int fd, unsigned int cmd, unsigned long arg)
{
	int __user *p = (int __user *)arg;
	struct inode *inode = f->f_inode;

	switch (cmd) {
	case FIOCLEX:
		return set_close_on_exec(fd, true);
	case FIONCLEX:
		return set_close_on_exec(fd, false);
	case FIONBIO:
		return ioctl_fionbio(f, p);
	case FIOASYNC:
		return ioctl_fioasync(fd, f, p);
	case FIOQSIZE:
		if (S_ISDIR(inode->i_mode) || S_ISREG(inode->i_mode) || S_ISLNK(inode->i_mode)) {
			loff_t size = (loff_t)inode->i_blocks << 9;

			return copy_to_user(p, &size, sizeof(size)) ? -EFAULT : 0;
		}
		return -ENOTTY;
	case FIGETBSZ:
		if (!inode->i_sb->s_blocksize)
			return -EINVAL;
		return put_user((int)inode->i_sb->s_blocksize, p);
	case FIBMAP:
		if (S_ISREG(inode->i_mode))
			return ioctl_fibmap(f, p);
		break;
	case FIONREAD:
		if (S_ISREG(inode->i_mode))
			return put_user((int)(i_size_read(inode) - f->f_pos), p);
		break;
	}
	return driver_ioctl(f, cmd, arg);
}

SYSCALL_DEFINE3(ioctl, unsigned int, fd, unsigned int, cmd, unsigned long, arg)
{
	struct fd f = fdget(fd);
	long err;

	if (!f.file)
		return -EBADF;
	err = do_vfs_ioctl(f.file, fd, cmd, arg);
	fdput(f);
	return err;
}
