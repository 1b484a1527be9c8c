// SPDX-License-Identifier: GPL-2.0-only
/*
 * stat, fstat, statx, readlink.
 *
 * stat of a cached name takes no reference: the attributes are read in RCU mode and count
 * if nothing moved meanwhile (filename_lookup_rcu). A filesystem whose attributes are not
 * all in the inode has a ->getattr and is asked in reference mode.
 */
#include "namei.h"
#include <kernel/syscalls.h>
#include <arch/uaccess.h>
#include <asm/stat.h>

/** generic_fillattr - the attributes that are in the inode. Context: also RCU. */
void generic_fillattr(struct inode *inode, struct kstat *st)
{
	st->dev = inode->i_sb->s_dev;
	st->ino = inode->i_ino;
	st->mode = inode->i_mode;
	st->nlink = inode->i_nlink;
	st->uid = inode->i_uid;
	st->gid = inode->i_gid;
	st->rdev = inode->i_rdev;
	st->size = i_size_read(inode);
	st->atime = inode->i_atime;
	st->mtime = inode->i_mtime;
	st->ctime = inode->i_ctime;
	st->blksize = 1u << inode->i_blkbits;
	st->blocks = inode->i_blocks;
}

/**
 * vfs_getattr - attributes of a place.
 * @mask: STATX_* wanted
 * @flags: AT_STATX_*
 * Context: may sleep. Return: 0 or the filesystem's error.
 */
int vfs_getattr(const struct path *path, struct kstat *st, u32 mask, unsigned int flags)
{
	struct inode *inode = path->dentry->d_inode;

	st->result_mask = STATX_BASIC_STATS;
	st->attributes = 0;
	st->attributes_mask = STATX_ATTR_APPEND | STATX_ATTR_IMMUTABLE;
	st->btime = 0;
	if (IS_APPEND(inode))
		st->attributes |= STATX_ATTR_APPEND;
	if (IS_IMMUTABLE(inode))
		st->attributes |= STATX_ATTR_IMMUTABLE;
	if (inode->i_op->getattr)
		return inode->i_op->getattr(path, st, mask, flags);
	generic_fillattr(inode, st);
	return 0;
}

/* ---- struct stat ---- */

/* st_dev and st_rdev: 12 bits of major, 20 of minor, as the ABI packs them */
static inline u64 encode_dev(dev_t dev)
{
	u32 minor = MINOR(dev);

	return (minor & 0xff) | MAJOR(dev) << 8 | (u64)(minor & ~0xffu) << 12;
}

static __always_inline void put_time(ktime_t t, long *sec, unsigned long *nsec)
{
	long s = t / NSEC_PER_SEC;
	long ns = t - s * NSEC_PER_SEC;

	if (unlikely(ns < 0)) {
		ns += NSEC_PER_SEC;
		s--;
	}
	*sec = s;
	*nsec = ns;
}

static void fill_stat(struct stat *st, const struct kstat *k)
{
	st->st_dev = encode_dev(k->dev);
	st->st_ino = k->ino;
	st->st_mode = k->mode;
	st->st_nlink = k->nlink;
	st->st_uid = k->uid;
	st->st_gid = k->gid;
	st->st_rdev = encode_dev(k->rdev);
	st->__pad1 = 0;
	st->st_size = k->size;
	st->st_blksize = k->blksize;
	st->__pad2 = 0;
	st->st_blocks = k->blocks;
	put_time(k->atime, &st->st_atime, &st->st_atime_nsec);
	put_time(k->mtime, &st->st_mtime, &st->st_mtime_nsec);
	put_time(k->ctime, &st->st_ctime, &st->st_ctime_nsec);
	st->__unused4 = 0;
	st->__unused5 = 0;
}

/* struct stat straight from an inode that needs no ->getattr */
static __always_inline void inode_stat(struct stat *st, const struct inode *inode)
{
	st->st_dev = encode_dev(inode->i_sb->s_dev);
	st->st_ino = inode->i_ino;
	st->st_mode = inode->i_mode;
	st->st_nlink = inode->i_nlink;
	st->st_uid = inode->i_uid;
	st->st_gid = inode->i_gid;
	st->st_rdev = encode_dev(inode->i_rdev);
	st->__pad1 = 0;
	st->st_size = i_size_read(inode);
	st->st_blksize = 1 << inode->i_blkbits;
	st->__pad2 = 0;
	st->st_blocks = inode->i_blocks;
	put_time(inode->i_atime, &st->st_atime, &st->st_atime_nsec);
	put_time(inode->i_mtime, &st->st_mtime, &st->st_mtime_nsec);
	put_time(inode->i_ctime, &st->st_ctime, &st->st_ctime_nsec);
	st->__unused4 = 0;
	st->__unused5 = 0;
}

static int stat_rcu(const struct walk_end *e, void *arg)
{
	if (e->inode->i_op->getattr)
		return 0;
	inode_stat(arg, e->inode);
	return 1;
}

/* What the place says, and its mount. Return: 0 or the filesystem's error. */
static int stat_path(const struct path *path, struct kstat *k, u32 mask, unsigned int flags)
{
	int err = vfs_getattr(path, k, mask, flags);

	k->mnt_id = mount_id(path->mnt);
	k->result_mask |= STATX_MNT_ID;
	if (path->dentry == path->mnt->mnt_root)
		k->attributes |= STATX_ATTR_MOUNT_ROOT;
	k->attributes_mask |= STATX_ATTR_MOUNT_ROOT;
	return err;
}

static int stat_name(int dfd, struct filename *name, unsigned int lookup, struct kstat *k, u32 mask,
		     unsigned int flags)
{
	struct path path;
	int err = filename_lookup(dfd, name, lookup, &path);

	if (err)
		return err;
	err = stat_path(&path, k, mask, flags);
	path_put(&path);
	return err;
}

static int stat_fd(unsigned int fd, struct kstat *k, u32 mask, unsigned int flags)
{
	struct fd f = fdget_raw(fd);
	int err;

	if (unlikely(!f.file))
		return -EBADF;
	err = stat_path(&f.file->f_path, k, mask, flags);
	fdput(f);
	return err;
}

static int fd_to_stat(unsigned int fd, struct stat *st)
{
	struct fd f = fdget_raw(fd);
	struct kstat k;
	int err = 0;

	if (unlikely(!f.file))
		return -EBADF;
	if (likely(!f.file->f_inode->i_op->getattr)) {
		inode_stat(st, f.file->f_inode);
	} else {
		err = vfs_getattr(&f.file->f_path, &k, STATX_BASIC_STATS, 0);
		fill_stat(st, &k);
	}
	fdput(f);
	return err;
}

static int name_to_stat(int dfd, struct filename *name, unsigned int lookup, struct stat *st, unsigned int flags)
{
	struct kstat k;
	int err = filename_lookup_rcu(dfd, name, lookup, stat_rcu, st);

	if (likely(err))
		return err > 0 ? 0 : err;
	err = stat_name(dfd, name, lookup, &k, STATX_BASIC_STATS, flags);
	if (!err)
		fill_stat(st, &k);
	return err;
}

SYSCALL_DEFINE4(newfstatat, int, dfd, const char __user *, uname, struct stat __user *, ust, int, flags)
{
	unsigned int lookup = flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW;
	struct stat st __attribute__((uninitialized));
	DEFINE_NAME_BUF(nb);
	struct filename *name;
	int err;

	if (unlikely(flags & ~(AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH | AT_STATX_SYNC_TYPE)))
		return -EINVAL;
	if (flags & AT_EMPTY_PATH) {
		char c;

		/* fstat(), as the C library spells it */
		if (dfd >= 0 && (!uname || (!get_user(c, uname) && !c))) {
			err = fd_to_stat(dfd, &st);
			goto out;
		}
		lookup |= LOOKUP_EMPTY;
	}
	name = getname_onstack(uname, lookup, &nb);
	if (IS_ERR(name))
		return PTR_ERR(name);
	err = name_to_stat(dfd, name, lookup, &st, flags);
	putname_fast(name);
out:
	if (unlikely(err))
		return err;
	return copy_to_user(ust, &st, sizeof(st)) ? -EFAULT : 0;
}

SYSCALL_DEFINE2(newfstat, unsigned int, fd, struct stat __user *, ust)
{
	struct stat st __attribute__((uninitialized));
	int err = fd_to_stat(fd, &st);

	if (unlikely(err))
		return err;
	return copy_to_user(ust, &st, sizeof(st)) ? -EFAULT : 0;
}

/* ---- statx ---- */

static void statx_time(struct statx_timestamp *ts, ktime_t t)
{
	struct __kernel_timespec k = ns_to_timespec(t);

	ts->tv_sec = k.tv_sec;
	ts->tv_nsec = k.tv_nsec;
}

static int cp_statx(struct statx __user *u, const struct kstat *k)
{
	struct statx x = {
		.stx_mask = k->result_mask,
		.stx_blksize = k->blksize,
		.stx_attributes = k->attributes,
		.stx_attributes_mask = k->attributes_mask,
		.stx_nlink = k->nlink,
		.stx_uid = k->uid,
		.stx_gid = k->gid,
		.stx_mode = k->mode,
		.stx_ino = k->ino,
		.stx_size = k->size,
		.stx_blocks = k->blocks,
		.stx_rdev_major = MAJOR(k->rdev),
		.stx_rdev_minor = MINOR(k->rdev),
		.stx_dev_major = MAJOR(k->dev),
		.stx_dev_minor = MINOR(k->dev),
		.stx_mnt_id = k->mnt_id,
	};

	statx_time(&x.stx_atime, k->atime);
	statx_time(&x.stx_mtime, k->mtime);
	statx_time(&x.stx_ctime, k->ctime);
	if (k->result_mask & STATX_BTIME)
		statx_time(&x.stx_btime, k->btime);
	return copy_to_user(u, &x, sizeof(x)) ? -EFAULT : 0;
}

SYSCALL_DEFINE5(statx, int, dfd, const char __user *, uname, unsigned int, flags, unsigned int, mask,
		struct statx __user *, u)
{
	unsigned int lookup = flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW;
	DEFINE_NAME_BUF(nb);
	struct filename *name;
	struct kstat k;
	int err;

	if (mask & STATX__RESERVED)
		return -EINVAL;
	if ((flags & AT_STATX_SYNC_TYPE) == AT_STATX_SYNC_TYPE ||
	    flags & ~(AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH | AT_STATX_SYNC_TYPE))
		return -EINVAL;
	if (flags & AT_EMPTY_PATH)
		lookup |= LOOKUP_EMPTY;
	name = getname_onstack(uname, lookup, &nb);
	if (IS_ERR(name))
		return PTR_ERR(name);
	if (!*name->name && dfd >= 0)
		err = stat_fd(dfd, &k, mask | STATX_BASIC_STATS, flags);
	else
		err = stat_name(dfd, name, lookup, &k, mask, flags);
	putname_fast(name);
	return err ? err : cp_statx(u, &k);
}

/* ---- readlink ---- */

/** vfs_readlink - the text of a link to user space. Return: bytes or -errno. */
int vfs_readlink(struct dentry *d, char __user *buf, int len)
{
	struct inode *inode = d->d_inode;
	struct delayed_call done = { .fn = NULL };
	const char *text;
	int n;

	if (inode->i_op->readlink)
		return inode->i_op->readlink(d, buf, len);
	text = READ_ONCE(inode->i_link);
	if (!text) {
		if (!inode->i_op->get_link)
			return -EINVAL;
		text = inode->i_op->get_link(d, inode, &done);
		if (IS_ERR(text))
			return PTR_ERR(text);
	}
	n = min_t(size_t, strlen(text), len);
	if (copy_to_user(buf, text, n))
		n = -EFAULT;
	do_delayed_call(&done);
	return n;
}

SYSCALL_DEFINE4(readlinkat, int, dfd, const char __user *, uname, char __user *, buf, int, size)
{
	DEFINE_NAME_BUF(nb);
	struct filename *name;
	struct path path;
	bool empty;
	int err;

	if (size <= 0)
		return -EINVAL;
	name = getname_onstack(uname, LOOKUP_EMPTY, &nb);
	if (IS_ERR(name))
		return PTR_ERR(name);
	empty = !*name->name;
	if (empty && dfd == AT_FDCWD) {
		putname_fast(name);
		return -ENOENT;
	}
	err = filename_lookup(dfd, name, empty ? LOOKUP_EMPTY : 0, &path);
	putname_fast(name);
	if (err)
		return err;
	if (!S_ISLNK(path.dentry->d_inode->i_mode)) {
		err = empty ? -ENOENT : -EINVAL;
	} else {
		touch_atime(&path);
		err = vfs_readlink(path.dentry, buf, size);
	}
	path_put(&path);
	return err;
}
