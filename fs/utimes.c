// SPDX-License-Identifier: GPL-2.0-only
/* utimensat(2): set the access and modification times. */
#include "vfs_internal.h"
#include <kernel/syscalls.h>
#include <arch/uaccess.h>
#include <linux/stat.h>

#define UTIME_NOW	((1l << 30) - 1l)
#define UTIME_OMIT	((1l << 30) - 2l)

static bool nsec_valid(long nsec)
{
	return nsec == UTIME_NOW || nsec == UTIME_OMIT || (nsec >= 0 && nsec < NSEC_PER_SEC);
}

/* to the filesystem's granularity and range */
static ktime_t file_time(const struct inode *inode, const struct __kernel_timespec *ts)
{
	const struct super_block *sb = inode->i_sb;
	time64_t sec = clamp_t(time64_t, ts->tv_sec, max_t(time64_t, sb->s_time_min, LLONG_MIN / NSEC_PER_SEC + 1),
			       min_t(time64_t, sb->s_time_max, LLONG_MAX / NSEC_PER_SEC - 1));
	long ns = sec == ts->tv_sec ? ts->tv_nsec : 0;

	if (sb->s_time_gran > 1)
		ns = ns / sb->s_time_gran * sb->s_time_gran;
	return sec * NSEC_PER_SEC + ns;
}

/* @times NULL: both are now */
static int set_times(const struct path *path, const struct __kernel_timespec *times)
{
	struct inode *inode = path->dentry->d_inode;
	struct iattr attr;
	int err;

	if (times && times[0].tv_nsec == UTIME_OMIT && times[1].tv_nsec == UTIME_OMIT)
		return 0;
	if (times && times[0].tv_nsec == UTIME_NOW && times[1].tv_nsec == UTIME_NOW)
		times = NULL;
	attr.ia_valid = ATTR_CTIME | ATTR_MTIME | ATTR_ATIME;
	if (times) {
		if (times[0].tv_nsec == UTIME_OMIT) {
			attr.ia_valid &= ~ATTR_ATIME;
		} else if (times[0].tv_nsec != UTIME_NOW) {
			attr.ia_atime = file_time(inode, &times[0]);
			attr.ia_valid |= ATTR_ATIME_SET;
		}
		if (times[1].tv_nsec == UTIME_OMIT) {
			attr.ia_valid &= ~ATTR_MTIME;
		} else if (times[1].tv_nsec != UTIME_NOW) {
			attr.ia_mtime = file_time(inode, &times[1]);
			attr.ia_valid |= ATTR_MTIME_SET;
		}
		attr.ia_valid |= ATTR_TIMES_SET;
	} else {
		attr.ia_valid |= ATTR_TOUCH;
	}
	err = mnt_want_write(path->mnt);
	if (err)
		return err;
	inode_lock(inode);
	err = notify_change(path->dentry, &attr);
	inode_unlock(inode);
	mnt_drop_write(path->mnt);
	return err;
}

SYSCALL_DEFINE4(utimensat, int, dfd, const char __user *, name, struct __kernel_timespec __user *, utimes, int, flags)
{
	struct __kernel_timespec ts[2], *times = NULL;
	unsigned int lookup = flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW;
	struct path path;
	struct fd f;
	int err;

	if (utimes) {
		if (copy_from_user(ts, utimes, sizeof(ts)))
			return -EFAULT;
		if (ts[0].tv_nsec == UTIME_OMIT && ts[1].tv_nsec == UTIME_OMIT)
			return 0;
		if (!nsec_valid(ts[0].tv_nsec) || !nsec_valid(ts[1].tv_nsec))
			return -EINVAL;
		times = ts;
	}
	if (!name && dfd != AT_FDCWD) {
		if (flags)
			return -EINVAL;
		f = fdget(dfd);
		if (!f.file)
			return -EBADF;
		err = set_times(&f.file->f_path, times);
		fdput(f);
		return err;
	}
	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	err = user_path_at(dfd, name, lookup | (flags & AT_EMPTY_PATH ? LOOKUP_EMPTY : 0), &path);
	if (err)
		return err;
	err = set_times(&path, times);
	path_put(&path);
	return err;
}
