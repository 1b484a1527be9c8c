// SPDX-License-Identifier: GPL-2.0-only
/*
 * Operations on names: mkdir, mknod, symlink, link, unlink, rmdir; rename is rename.c's.
 *
 * The vfs_*() functions do one operation with the directory's i_rwsem held: permission,
 * the filesystem's method, the name cache. The system calls around them find the parent,
 * get write access to the mount before any lock, and lock.
 */
#include "namei.h"
#include <kernel/syscalls.h>

/* ---- may it be? ---- */

/** may_create - may current make @child in @dir? Return: 0, -EEXIST, -ENOENT, -EACCES, -EROFS. */
int may_create(struct inode *dir, struct dentry *child)
{
	if (child->d_inode)
		return -EEXIST;
	if (IS_DEADDIR(dir))
		return -ENOENT;
	return inode_permission(dir, MAY_WRITE | MAY_EXEC);
}

/* In a sticky directory only the owners of the directory and of the file remove it. */
static bool check_sticky(const struct inode *dir, const struct inode *inode)
{
	if (!(dir->i_mode & S_ISVTX))
		return false;
	return current_fsuid() != inode->i_uid && current_fsuid() != dir->i_uid && !capable(CAP_FOWNER);
}

/** may_delete - may current remove @victim from @dir? */
int may_delete(struct inode *dir, struct dentry *victim, bool isdir)
{
	struct inode *inode = victim->d_inode;
	int err;

	if (!inode)
		return -ENOENT;
	err = inode_permission(dir, MAY_WRITE | MAY_EXEC);
	if (err)
		return err;
	if (IS_APPEND(dir))
		return -EPERM;
	if (check_sticky(dir, inode) || IS_APPEND(inode) || IS_IMMUTABLE(inode) ||
	    (inode->i_flags & S_SWAPFILE))
		return -EPERM;
	if (isdir) {
		if (!S_ISDIR(inode->i_mode))
			return -ENOTDIR;
		if (IS_ROOT(victim))
			return -EBUSY;
	} else if (S_ISDIR(inode->i_mode)) {
		return -EISDIR;
	}
	return IS_DEADDIR(dir) ? -ENOENT : 0;
}

/* ---- the operations; the directory's i_rwsem is held for writing ---- */

int vfs_create(struct inode *dir, struct dentry *d, umode_t mode, bool excl)
{
	int err = may_create(dir, d);

	if (err)
		return err;
	if (!dir->i_op->create)
		return -EACCES;
	return dir->i_op->create(dir, d, (mode & S_IALLUGO) | S_IFREG, excl);
}

int vfs_mkdir(struct inode *dir, struct dentry *d, umode_t mode)
{
	int err = may_create(dir, d);

	if (err)
		return err;
	if (!dir->i_op->mkdir)
		return -EPERM;
	return dir->i_op->mkdir(dir, d, mode & (S_IRWXUGO | S_ISVTX));
}

int vfs_mknod(struct inode *dir, struct dentry *d, umode_t mode, dev_t dev)
{
	int err = may_create(dir, d);

	if (err)
		return err;
	if ((S_ISCHR(mode) || S_ISBLK(mode)) && !capable(CAP_MKNOD) && !(S_ISCHR(mode) && dev == 0))
		return -EPERM;
	if (!dir->i_op->mknod)
		return -EPERM;
	return dir->i_op->mknod(dir, d, mode, dev);
}

static int vfs_symlink(struct inode *dir, struct dentry *d, const char *target)
{
	int err = may_create(dir, d);

	if (err)
		return err;
	if (!dir->i_op->symlink)
		return -EPERM;
	return dir->i_op->symlink(dir, d, target);
}

static int vfs_link(struct dentry *old, struct inode *dir, struct dentry *d)
{
	struct inode *inode = old->d_inode;
	int err;

	if (!inode)
		return -ENOENT;
	err = may_create(dir, d);
	if (err)
		return err;
	if (dir->i_sb != inode->i_sb)
		return -EXDEV;
	if (IS_APPEND(inode) || IS_IMMUTABLE(inode))
		return -EPERM;
	if (!dir->i_op->link)
		return -EPERM;
	if (S_ISDIR(inode->i_mode))
		return -EPERM;
	inode_lock_nested(inode);
	if (!inode->i_nlink && !(inode->i_state & I_LINKABLE))
		err = -ENOENT;
	else
		err = dir->i_op->link(old, dir, d);
	if (!err && (inode->i_state & I_LINKABLE)) {
		spin_lock(&inode->i_lock);
		inode->i_state &= ~I_LINKABLE;
		spin_unlock(&inode->i_lock);
	}
	inode_unlock(inode);
	return err;
}

int vfs_unlink(struct inode *dir, struct dentry *d)
{
	struct inode *inode = d->d_inode;
	int err = may_delete(dir, d, false);

	if (err)
		return err;
	if (!dir->i_op->unlink)
		return -EPERM;
	inode_lock_nested(inode);
	err = d->d_flags & DCACHE_MOUNTED ? -EBUSY : dir->i_op->unlink(dir, d);
	if (!err)
		dont_mount(d);
	inode_unlock(inode);
	if (!err)
		d_delete(d);
	return err;
}

int vfs_rmdir(struct inode *dir, struct dentry *d)
{
	struct inode *inode = d->d_inode;
	int err = may_delete(dir, d, true);

	if (err)
		return err;
	if (!dir->i_op->rmdir)
		return -EPERM;
	dget(d);
	inode_lock_nested(inode);
	err = d->d_flags & DCACHE_MOUNTED ? -EBUSY : dir->i_op->rmdir(dir, d);
	if (!err) {
		shrink_dcache_parent(d);
		inode->i_flags |= S_DEAD;
		dont_mount(d);
	}
	inode_unlock(inode);
	dput(d);
	if (!err)
		d_delete(d);
	return err;
}

/* ---- the place for a new name ---- */

/*
 * The parent of @name, locked, with write access, and the negative dentry to fill.
 * Return: ERR_PTR: nothing is held; -EEXIST, -ENOENT (trailing slash, not a directory).
 */
static struct dentry *filename_create(int dfd, struct filename *name, struct path *path, unsigned int flags)
{
	bool want_dir = flags & LOOKUP_DIRECTORY;
	struct dentry *d;
	struct qstr last;
	int type, err, write_err;

	err = filename_parentat(dfd, name, 0, path, &last, &type);
	if (err)
		return ERR_PTR(err);
	if (unlikely(type != LAST_NORM)) {
		path_put(path);
		return ERR_PTR(-EEXIST);
	}
	write_err = mnt_want_write(path->mnt);
	inode_lock(path->dentry->d_inode);
	d = lookup_one_qstr_excl(&last, path->dentry, LOOKUP_CREATE | LOOKUP_EXCL);
	err = PTR_ERR_OR_ZERO(d);
	if (!err && d->d_inode)
		err = -EEXIST;
	else if (!err && !want_dir && last.name[last.len])
		err = -ENOENT;
	else if (!err)
		err = write_err;
	if (likely(!err))
		return d;
	if (!IS_ERR(d))
		dput(d);
	inode_unlock(path->dentry->d_inode);
	if (!write_err)
		mnt_drop_write(path->mnt);
	path_put(path);
	return ERR_PTR(err);
}

struct dentry *kern_path_create(int dfd, const char *path_name, struct path *parent, unsigned int flags)
{
	struct filename *name = getname_kernel(path_name);
	struct dentry *d = filename_create(dfd, name, parent, flags);

	putname(name);
	return d;
}

void done_path_create(struct path *parent, struct dentry *d)
{
	dput(d);
	inode_unlock(parent->dentry->d_inode);
	mnt_drop_write(parent->mnt);
	path_put(parent);
}

static bool may_mknod_type(umode_t mode)
{
	switch (mode & S_IFMT) {
	case 0:
	case S_IFREG:
	case S_IFCHR:
	case S_IFBLK:
	case S_IFIFO:
	case S_IFSOCK:
		return true;
	}
	return false;
}

/* st_rdev's packing, of mknod(2) */
static dev_t decode_dev(u32 dev)
{
	return MKDEV((dev & 0xfff00) >> 8, (dev & 0xff) | ((dev >> 12) & 0xfff00));
}

SYSCALL_DEFINE4(mknodat, int, dfd, const char __user *, uname, umode_t, mode, unsigned int, dev)
{
	DEFINE_NAME_BUF(nb);
	struct filename *name;
	struct dentry *d;
	struct path path;
	struct inode *dir;
	int err;

	if (S_ISDIR(mode))
		return -EPERM;
	if (!may_mknod_type(mode))
		return -EINVAL;
	name = getname_onstack(uname, 0, &nb);
	if (IS_ERR(name))
		return PTR_ERR(name);
	d = filename_create(dfd, name, &path, 0);
	putname_fast(name);
	if (IS_ERR(d))
		return PTR_ERR(d);
	dir = path.dentry->d_inode;
	mode = vfs_prepare_mode(dir, mode);
	if (S_ISREG(mode) || !(mode & S_IFMT))
		err = vfs_create(dir, d, mode, true);
	else if (S_ISCHR(mode) || S_ISBLK(mode))
		err = vfs_mknod(dir, d, mode, decode_dev(dev));
	else
		err = vfs_mknod(dir, d, mode, 0);
	done_path_create(&path, d);
	return err;
}

SYSCALL_DEFINE3(mkdirat, int, dfd, const char __user *, uname, umode_t, mode)
{
	DEFINE_NAME_BUF(nb);
	struct filename *name = getname_onstack(uname, 0, &nb);
	struct dentry *d;
	struct path path;
	int err;

	if (IS_ERR(name))
		return PTR_ERR(name);
	d = filename_create(dfd, name, &path, LOOKUP_DIRECTORY);
	putname_fast(name);
	if (IS_ERR(d))
		return PTR_ERR(d);
	err = vfs_mkdir(path.dentry->d_inode, d, mode & ~current_umask());
	done_path_create(&path, d);
	return err;
}

SYSCALL_DEFINE3(symlinkat, const char __user *, utarget, int, dfd, const char __user *, uname)
{
	DEFINE_NAME_BUF(nb);
	struct filename *target = getname(utarget), *name;
	struct dentry *d;
	struct path path;
	int err;

	if (IS_ERR(target))
		return PTR_ERR(target);
	name = getname_onstack(uname, 0, &nb);
	d = IS_ERR(name) ? ERR_CAST(name) : filename_create(dfd, name, &path, 0);
	err = PTR_ERR_OR_ZERO(d);
	if (!err) {
		err = vfs_symlink(path.dentry->d_inode, d, target->name);
		done_path_create(&path, d);
	}
	if (!IS_ERR(name))
		putname_fast(name);
	putname(target);
	return err;
}

SYSCALL_DEFINE5(linkat, int, odfd, const char __user *, uold, int, ndfd, const char __user *, unew, int, flags)
{
	unsigned int how = flags & AT_SYMLINK_FOLLOW ? LOOKUP_FOLLOW : 0;
	DEFINE_NAME_BUF(nb);
	struct filename *name;
	struct path old, path;
	struct dentry *d;
	int err;

	if (flags & ~(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	if (flags & AT_EMPTY_PATH)
		how |= LOOKUP_EMPTY | LOOKUP_LINKAT_EMPTY;
	err = user_path_at(odfd, uold, how, &old);
	if (err)
		return err;
	name = getname_onstack(unew, 0, &nb);
	d = IS_ERR(name) ? ERR_CAST(name) : filename_create(ndfd, name, &path, 0);
	err = PTR_ERR_OR_ZERO(d);
	if (!err) {
		err = -EXDEV;
		if (old.mnt == path.mnt)
			err = vfs_link(old.dentry, path.dentry->d_inode, d);
		done_path_create(&path, d);
	}
	if (!IS_ERR(name))
		putname_fast(name);
	path_put(&old);
	return err;
}

/* ---- removing ---- */

static int do_rmdir(int dfd, struct filename *name)
{
	struct dentry *d;
	struct path path;
	struct qstr last;
	int type, err = filename_parentat(dfd, name, 0, &path, &last, &type);

	if (err)
		return err;
	if (unlikely(type != LAST_NORM)) {
		path_put(&path);
		return type == LAST_DOTDOT ? -ENOTEMPTY : type == LAST_DOT ? -EINVAL : -EBUSY;
	}
	err = mnt_want_write(path.mnt);
	if (err)
		goto out;
	inode_lock(path.dentry->d_inode);
	d = lookup_one_qstr_excl(&last, path.dentry, 0);
	err = PTR_ERR_OR_ZERO(d);
	if (!err) {
		err = d->d_inode ? vfs_rmdir(path.dentry->d_inode, d) : -ENOENT;
		dput(d);
	}
	inode_unlock(path.dentry->d_inode);
	mnt_drop_write(path.mnt);
out:
	path_put(&path);
	return err;
}

static int do_unlink(int dfd, struct filename *name)
{
	struct inode *inode = NULL;
	struct dentry *d;
	struct path path;
	struct qstr last;
	int type, err = filename_parentat(dfd, name, 0, &path, &last, &type);

	if (err)
		return err;
	err = -EISDIR;
	if (unlikely(type != LAST_NORM))
		goto out;
	err = mnt_want_write(path.mnt);
	if (err)
		goto out;
	inode_lock(path.dentry->d_inode);
	d = lookup_one_qstr_excl(&last, path.dentry, 0);
	err = PTR_ERR_OR_ZERO(d);
	if (!err) {
		if (unlikely(!d->d_inode)) {
			err = -ENOENT;
		} else if (unlikely(last.name[last.len])) {
			err = d_is_dir(d) ? -EISDIR : -ENOTDIR;
		} else {
			/* the file's blocks are freed after the directory is unlocked */
			inode = d->d_inode;
			ihold(inode);
			err = vfs_unlink(path.dentry->d_inode, d);
		}
		dput(d);
	}
	inode_unlock(path.dentry->d_inode);
	iput(inode);
	mnt_drop_write(path.mnt);
out:
	path_put(&path);
	return err;
}

int kern_path_remove(const char *path_name, int flags)
{
	struct filename *name = getname_kernel(path_name);
	int err;

	if (IS_ERR(name))
		return PTR_ERR(name);
	err = flags & AT_REMOVEDIR ? do_rmdir(AT_FDCWD, name) : do_unlink(AT_FDCWD, name);
	putname(name);
	return err;
}

SYSCALL_DEFINE3(unlinkat, int, dfd, const char __user *, uname, int, flags)
{
	DEFINE_NAME_BUF(nb);
	struct filename *name;
	int err;

	if (flags & ~AT_REMOVEDIR)
		return -EINVAL;
	name = getname_onstack(uname, 0, &nb);
	if (IS_ERR(name))
		return PTR_ERR(name);
	err = flags & AT_REMOVEDIR ? do_rmdir(dfd, name) : do_unlink(dfd, name);
	putname_fast(name);
	return err;
}
