// SPDX-License-Identifier: GPL-2.0-only
/*
 * open(2) and its relatives on the side of the file: flags, do_dentry_open(), write
 * access, truncation; and the calls chmod, chown, access that change or ask attributes
 * by name.
 *
 * i_writecount: > 0 writers, < 0 executed (deny_write_access); each excludes the other
 * with -ETXTBSY.
 */
#include "vfs_internal.h"
#include "namei.h"
#include <kernel/signal.h>
#include <kernel/syscalls.h>
#include <arch/uaccess.h>
#include <linux/openat2.h>

/* ---- write access ---- */

int get_write_access(struct inode *i)
{
	int c = atomic_read(&i->i_writecount);

	do {
		if (unlikely(c < 0))
			return -ETXTBSY;
	} while (!atomic_try_cmpxchg(&i->i_writecount, &c, c + 1));
	return 0;
}

void put_write_access(struct inode *i)
{
	atomic_dec(&i->i_writecount);
}

/** deny_write_access - exec: nobody may write to @f. Return: 0, -ETXTBSY. */
int deny_write_access(struct file *f)
{
	struct inode *i = f->f_inode;
	int c = atomic_read(&i->i_writecount);

	do {
		if (c > 0)
			return -ETXTBSY;
	} while (!atomic_try_cmpxchg(&i->i_writecount, &c, c - 1));
	return 0;
}

void allow_write_access(struct file *f)
{
	if (f)
		atomic_inc(&f->f_inode->i_writecount);
}

/* ---- opening ---- */

static const struct file_operations empty_fops;

static int open_for_write(struct file *f, struct inode *inode)
{
	int err = get_write_access(inode);

	if (err)
		return err;
	err = mnt_want_write(f->f_path.mnt);
	if (err) {
		put_write_access(inode);
		return err;
	}
	f->f_mode |= FMODE_WRITER;
	return 0;
}

/**
 * do_dentry_open - make @f, whose f_path is set, the open file of that place.
 * @open: instead of i_fop->open; or NULL
 * Context: may sleep. On failure fput() cleans up; f_path stays.
 * Return: 0 or -errno.
 */
int do_dentry_open(struct file *f, int (*open)(struct inode *, struct file *))
{
	struct inode *inode = f->f_path.dentry->d_inode;
	int err;

	if (CONFIG_DEBUG) {
		dentry_validate(f->f_path.dentry);
		inode_validate(inode);
	}
	f->f_inode = inode;
	f->f_mapping = inode->i_mapping;
	f->f_wb_err = errseq_sample(&f->f_mapping->wb_err);
	f->f_sb_err = errseq_sample(&inode->i_sb->s_wb_err);
	if (unlikely(f->f_flags & O_PATH)) {
		f->f_mode = FMODE_PATH | FMODE_OPENED;
		f->f_op = &empty_fops;
		return 0;
	}
	if ((f->f_mode & FMODE_WRITE) && (S_ISREG(inode->i_mode) || S_ISDIR(inode->i_mode))) {
		err = open_for_write(f, inode);
		if (unlikely(err))
			return err;
	}
	if (S_ISREG(inode->i_mode) || S_ISDIR(inode->i_mode))
		f->f_mode |= FMODE_ATOMIC_POS;
	f->f_op = inode->i_fop ? inode->i_fop : &empty_fops;
	f->f_mode |= FMODE_LSEEK | FMODE_PREAD | FMODE_PWRITE;
	if (!open)
		open = f->f_op->open;
	if (open) {
		err = open(inode, f);
		if (unlikely(err))
			goto undo;
	}
	f->f_mode |= FMODE_OPENED;
	if ((f->f_mode & FMODE_READ) && likely(f->f_op->read || f->f_op->read_iter))
		f->f_mode |= FMODE_CAN_READ;
	if ((f->f_mode & FMODE_WRITE) && likely(f->f_op->write || f->f_op->write_iter))
		f->f_mode |= FMODE_CAN_WRITE;
	if (!f->f_op->llseek)
		f->f_mode &= ~FMODE_LSEEK;
	f->f_flags &= ~(O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC);
	file_ra_state_init(&f->f_ra, f->f_mapping);
	if (!S_ISDIR(inode->i_mode) && f->f_mapping->a_ops && f->f_mapping->a_ops->direct_IO)
		f->f_mode |= FMODE_CAN_ODIRECT;
	if (unlikely(f->f_flags & O_DIRECT) && !(f->f_mode & FMODE_CAN_ODIRECT))
		return -EINVAL;
	return 0;
undo:
	if (f->f_mode & FMODE_WRITER) {
		f->f_mode &= ~FMODE_WRITER;
		put_write_access(inode);
		mnt_drop_write(f->f_path.mnt);
	}
	return err;
}

/** vfs_open - open @path as @f. Takes references of its own. */
static int vfs_open(const struct path *path, struct file *f)
{
	path_get(path);
	f->f_path = *path;
	return do_dentry_open(f, NULL);
}

/** dentry_open - open a known place without permission checks. ERR_PTR. */
struct file *dentry_open(const struct path *path, int flags, const struct cred *cred)
{
	struct file *f = alloc_empty_file(flags, cred);
	int err;

	if (IS_ERR(f))
		return f;
	err = vfs_open(path, f);
	if (!err)
		return f;
	fput(f);
	return ERR_PTR(err);
}

/* RESOLVE_* of openat2() as LOOKUP_*. */
static int resolve_flags(u64 resolve)
{
	int flags = 0;

	if (resolve & RESOLVE_NO_XDEV)
		flags |= LOOKUP_NO_XDEV;
	if (resolve & RESOLVE_NO_MAGICLINKS)
		flags |= LOOKUP_NO_MAGICLINKS;
	if (resolve & RESOLVE_NO_SYMLINKS)
		flags |= LOOKUP_NO_SYMLINKS | LOOKUP_NO_MAGICLINKS;
	if (resolve & RESOLVE_BENEATH)
		flags |= LOOKUP_BENEATH;
	if (resolve & RESOLVE_IN_ROOT)
		flags |= LOOKUP_IN_ROOT;
	return flags;
}

/**
 * build_open_flags - what the lookup and the open need, out of open(2)'s flags.
 * Return: 0, -EINVAL.
 */
static int build_open_flags(int flags, umode_t mode, u64 resolve, struct open_flags *op)
{
	int lookup = 0, acc_mode = ACC_MODE(flags);

	if (unlikely(flags & O_PATH)) {
		flags &= O_PATH_FLAGS;
		acc_mode = 0;
	}
	if ((flags & O_CREAT || flags & __O_TMPFILE) == 0)
		mode = 0;
	op->mode = mode & S_IALLUGO;
	if (flags & O_CREAT)
		op->mode |= S_IFREG;
	flags &= VALID_OPEN_FLAGS;
	if (unlikely(flags & __O_TMPFILE)) {
		if ((flags & O_TMPFILE) != O_TMPFILE || (flags & O_CREAT) || !(acc_mode & MAY_WRITE))
			return -EINVAL;
	} else if (unlikely((flags & (O_DIRECTORY | O_CREAT)) == (O_DIRECTORY | O_CREAT))) {
		return -EINVAL;
	}
	if (flags & __O_SYNC)
		flags |= O_DSYNC;
	op->open_flag = flags & ~O_CLOEXEC;
	if (flags & O_TRUNC)
		acc_mode |= MAY_WRITE;
	if (flags & O_APPEND)
		acc_mode |= MAY_APPEND;
	op->acc_mode = acc_mode;
	op->intent = flags & O_PATH ? 0 : LOOKUP_OPEN;
	if (flags & O_CREAT) {
		op->intent |= LOOKUP_CREATE;
		if (flags & O_EXCL) {
			op->intent |= LOOKUP_EXCL;
			flags |= O_NOFOLLOW;
		}
	}
	if (flags & O_DIRECTORY)
		lookup |= LOOKUP_DIRECTORY;
	if (!(flags & O_NOFOLLOW))
		lookup |= LOOKUP_FOLLOW;
	op->lookup_flags = lookup | (resolve ? resolve_flags(resolve) : 0);
	return 0;
}

/** filp_open - open for the kernel. ERR_PTR. */
struct file *filp_open(const char *path_name, int flags, umode_t mode)
{
	struct filename *name = getname_kernel(path_name);
	struct open_flags op;
	struct file *f;
	int err = build_open_flags(flags, mode, 0, &op);

	if (err)
		f = ERR_PTR(err);
	else
		f = do_filp_open(AT_FDCWD, name, &op);
	putname(name);
	return f;
}

static long do_sys_open(int dfd, const char __user *uname, int flags, const struct open_flags *op)
{
	DEFINE_NAME_BUF(nb);
	struct filename *name = getname_onstack(uname, 0, &nb);
	struct file *f;
	int fd;

	if (IS_ERR(name))
		return PTR_ERR(name);
	fd = get_unused_fd_flags(flags);
	if (likely(fd >= 0)) {
		f = do_filp_open(dfd, name, op);
		if (IS_ERR(f)) {
			put_unused_fd(fd);
			fd = PTR_ERR(f);
		} else {
			fd_install(fd, f);
		}
	}
	putname_fast(name);
	return fd;
}

SYSCALL_DEFINE4(openat, int, dfd, const char __user *, name, int, flags, umode_t, mode)
{
	struct open_flags op;
	int err = build_open_flags(flags | O_LARGEFILE, mode, 0, &op);

	return err ? err : do_sys_open(dfd, name, flags, &op);
}

#define OPEN_HOW_SIZE_VER0 24

/* The bytes of a larger, newer struct must be zero. */
static int copy_open_how(struct open_how *how, const void __user *u, size_t size)
{
	char rest[32];
	size_t off;

	if (size < OPEN_HOW_SIZE_VER0)
		return -EINVAL;
	if (size > PAGE_SIZE)
		return -E2BIG;
	if (copy_from_user(how, u, sizeof(*how)))
		return -EFAULT;
	for (off = sizeof(*how); off < size; off += sizeof(rest)) {
		size_t n = min(size - off, sizeof(rest));

		if (copy_from_user(rest, (const char __user *)u + off, n))
			return -EFAULT;
		if (!mem_is_zero(rest, n))
			return -E2BIG;
	}
	return 0;
}

SYSCALL_DEFINE4(openat2, int, dfd, const char __user *, name, struct open_how __user *, uhow, size_t, size)
{
	const u64 known = RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS |
			  RESOLVE_BENEATH | RESOLVE_IN_ROOT | RESOLVE_CACHED;
	struct open_how how;
	struct open_flags op;
	int err = copy_open_how(&how, uhow, size);

	if (err)
		return err;
	if (how.flags & ~(u64)VALID_OPEN_FLAGS || how.resolve & ~known ||
	    ((how.resolve & RESOLVE_BENEATH) && (how.resolve & RESOLVE_IN_ROOT)))
		return -EINVAL;
	if ((how.flags & O_PATH) && (how.flags & ~(u64)(O_PATH_FLAGS | O_LARGEFILE)))
		return -EINVAL;
	if (how.flags & (O_CREAT | __O_TMPFILE) ? how.mode & ~(u64)S_IALLUGO : how.mode)
		return -EINVAL;
	if (how.resolve & RESOLVE_CACHED)
		return -EAGAIN;	/* allowed: nothing is promised to be cached */
	err = build_open_flags(how.flags | O_LARGEFILE, how.mode, how.resolve, &op);
	return err ? err : do_sys_open(dfd, name, how.flags, &op);
}

/* ---- for the fops tables ---- */

int generic_file_open(struct inode *inode, struct file *f)
{
	return 0;	/* files are large on 64 bits */
}

int stream_open(struct inode *inode, struct file *f)
{
	f->f_mode &= ~(FMODE_LSEEK | FMODE_PREAD | FMODE_PWRITE | FMODE_ATOMIC_POS);
	f->f_mode |= FMODE_STREAM;
	return 0;
}

/* ---- truncation ---- */

/**
 * do_truncate - change a file's length.
 * @time_attrs: ATTR_* to go with it
 * @f: the open file, or NULL
 * Context: takes i_rwsem; may sleep.
 */
int do_truncate(struct dentry *d, loff_t len, unsigned int time_attrs, struct file *f)
{
	struct inode *inode = d->d_inode;
	unsigned int kill;
	struct iattr attr;
	int err;

	if (len < 0)
		return -EINVAL;
	attr.ia_size = len;
	attr.ia_valid = ATTR_SIZE | time_attrs;
	if (f) {
		attr.ia_file = f;
		attr.ia_valid |= ATTR_FILE;
	}
	inode_lock(inode);
	kill = setattr_should_drop_suidgid(inode);
	if (kill)
		attr.ia_valid |= kill | ATTR_FORCE;
	err = notify_change(d, &attr);
	inode_unlock(inode);
	return err;
}

int vfs_truncate(const struct path *p, loff_t len)
{
	struct inode *inode = p->dentry->d_inode;
	int err;

	if (S_ISDIR(inode->i_mode))
		return -EISDIR;
	if (!S_ISREG(inode->i_mode))
		return -EINVAL;
	err = mnt_want_write(p->mnt);
	if (err)
		return err;
	err = inode_permission(inode, MAY_WRITE);
	if (!err && IS_APPEND(inode))
		err = -EPERM;
	if (!err)
		err = get_write_access(inode);
	if (!err) {
		err = do_truncate(p->dentry, len, ATTR_MTIME | ATTR_CTIME, NULL);
		put_write_access(inode);
	}
	mnt_drop_write(p->mnt);
	return err;
}

SYSCALL_DEFINE2(truncate, const char __user *, name, long, len)
{
	struct path path;
	int err;

	if (len < 0)
		return -EINVAL;
	err = user_path_at(AT_FDCWD, name, LOOKUP_FOLLOW, &path);
	if (err)
		return err;
	err = vfs_truncate(&path, len);
	path_put(&path);
	return err;
}

SYSCALL_DEFINE2(ftruncate, unsigned int, fd, long, len)
{
	struct fd f;
	int err = -EINVAL;

	if (len < 0)
		return -EINVAL;
	f = fdget(fd);
	if (!f.file)
		return -EBADF;
	if (S_ISREG(f.file->f_inode->i_mode) && (f.file->f_mode & FMODE_WRITE)) {
		err = -EPERM;
		if (!IS_APPEND(f.file->f_inode))
			err = do_truncate(f.file->f_path.dentry, len, ATTR_MTIME | ATTR_CTIME, f.file);
	}
	fdput(f);
	return err;
}

SYSCALL_DEFINE4(fallocate, int, fd, int, mode, loff_t, offset, loff_t, len)
{
	struct fd f = fdget(fd);
	struct inode *inode;
	long err = -EBADF;

	if (!f.file)
		return -EBADF;
	inode = f.file->f_inode;
	if (offset < 0 || len <= 0)
		err = -EINVAL;
	else if (mode & ~(FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE | FALLOC_FL_COLLAPSE_RANGE |
			  FALLOC_FL_ZERO_RANGE | FALLOC_FL_INSERT_RANGE | FALLOC_FL_UNSHARE_RANGE))
		err = -EOPNOTSUPP;
	else if ((mode & FALLOC_FL_PUNCH_HOLE) && !(mode & FALLOC_FL_KEEP_SIZE))
		err = -EOPNOTSUPP;
	else if (!(f.file->f_mode & FMODE_WRITE))
		err = -EBADF;
	else if (IS_IMMUTABLE(inode) || ((mode & ~FALLOC_FL_KEEP_SIZE) && IS_APPEND(inode)))
		err = -EPERM;
	else if (S_ISFIFO(inode->i_mode))
		err = -ESPIPE;
	else if (S_ISDIR(inode->i_mode))
		err = -EISDIR;
	else if (!S_ISREG(inode->i_mode) && !S_ISBLK(inode->i_mode))
		err = -ENODEV;
	else if (offset > inode->i_sb->s_maxbytes - len)
		err = -EFBIG;
	else if (!f.file->f_op->fallocate)
		err = -EOPNOTSUPP;
	else
		err = f.file->f_op->fallocate(f.file, mode, offset, len);
	fdput(f);
	return err;
}
