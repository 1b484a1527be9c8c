// SPDX-License-Identifier: GPL-2.0-only
/*
 * Opening by name: the last component of open(2), with creation, O_TMPFILE and O_PATH.
 *
 * A file that exists is opened without locking its directory; a missing one is looked up
 * and created under the directory's i_rwsem. The walk's reference on the place becomes
 * the file's.
 */
#include "namei.h"
#include <kernel/signal.h>
#include <fs/poll.h>

/**
 * may_open - may current open @path so?
 * @acc_mode: MAY_*; 0: it was just created
 * Return: 0, -ELOOP, -EISDIR, -EACCES, -EPERM, -EROFS, ...
 */
static int may_open(const struct path *path, int acc_mode, int flag)
{
	struct inode *inode = path->dentry->d_inode;
	int err;

	switch (inode->i_mode & S_IFMT) {
	case S_IFLNK:
		return -ELOOP;
	case S_IFDIR:
		if (acc_mode & MAY_WRITE)
			return -EISDIR;
		if (acc_mode & MAY_EXEC)
			return -EACCES;
		break;
	case S_IFBLK:
	case S_IFCHR:
		if (path->mnt->mnt_flags & MNT_NODEV || inode->i_sb->s_flags & SB_NODEV)
			return -EACCES;
		fallthrough;
	case S_IFIFO:
	case S_IFSOCK:
		if (acc_mode & MAY_EXEC)
			return -EACCES;
		flag &= ~O_TRUNC;
		break;
	case S_IFREG:
		if ((acc_mode & MAY_EXEC) && path_noexec(path))
			return -EACCES;
		break;
	}
	if (acc_mode) {
		err = inode_permission(inode, MAY_OPEN | acc_mode);
		if (err)
			return err;
	}
	if (IS_APPEND(inode)) {
		if ((flag & O_ACCMODE) != O_RDONLY && !(flag & O_APPEND))
			return -EPERM;
		if (flag & O_TRUNC)
			return -EPERM;
	}
	if (unlikely(flag & O_NOATIME) && !inode_owner_or_capable(inode))
		return -EPERM;
	return 0;
}

/** handle_truncate - O_TRUNC of a file just opened. */
int handle_truncate(struct file *f)
{
	struct inode *inode = f->f_inode;
	int err = get_write_access(inode);

	if (err)
		return err;
	err = do_truncate(f->f_path.dentry, 0, ATTR_MTIME | ATTR_CTIME | ATTR_OPEN, f);
	put_write_access(inode);
	return err;
}

static int may_o_create(const struct path *dir)
{
	struct inode *inode = dir->dentry->d_inode;

	return inode_permission(inode, MAY_WRITE | MAY_EXEC);
}

/*
 * The last name, the directory locked for writing (O_CREAT). Creates the file if it is
 * not there. @write_err: why the mount cannot be written, or 0.
 * Return: the dentry; FMODE_CREATED says if it is new.
 */
static struct dentry *lookup_create(struct nameidata *nd, struct file *f, const struct open_flags *op,
				    int write_err)
{
	struct dentry *dir = nd->path.dentry, *d;
	struct inode *dir_inode = dir->d_inode;
	umode_t mode;
	int err;

	if (unlikely(IS_DEADDIR(dir_inode)))
		return ERR_PTR(-ENOENT);
	d = __lookup_slow_excl(&nd->last, dir, nd->flags);
	if (IS_ERR(d) || d->d_inode)
		return d;
	err = write_err ? write_err : may_o_create(&nd->path);
	if (!err && !dir_inode->i_op->create)
		err = -EACCES;
	if (!err) {
		mode = (vfs_prepare_mode(dir_inode, op->mode) & S_IALLUGO) | S_IFREG;
		err = dir_inode->i_op->create(dir_inode, d, mode, op->open_flag & O_EXCL);
	}
	if (err) {
		dput(d);
		return ERR_PTR(err);
	}
	f->f_mode |= FMODE_CREATED;
	return d;
}

/* O_CREAT, and the name is not known to exist. */
static struct dentry *open_locked(struct nameidata *nd, struct file *f, const struct open_flags *op)
{
	struct inode *dir = nd->path.dentry->d_inode;
	int write_err = mnt_want_write(nd->path.mnt);
	struct dentry *d;

	inode_lock(dir);
	d = lookup_create(nd, f, op, write_err);
	inode_unlock(dir);
	if (!write_err)
		mnt_drop_write(nd->path.mnt);
	return d;
}

/* Return: NULL: nd->path is what is to be opened; the text of a link; ERR_PTR. */
static const char *open_last_lookups(struct nameidata *nd, struct file *f, const struct open_flags *op)
{
	int flag = op->open_flag;
	const char *link;
	struct dentry *d;

	nd->flags |= op->intent;
	if (unlikely(nd->last_type != LAST_NORM)) {
		if (nd->depth)
			put_link(nd);
		return handle_dots(nd, nd->last_type);
	}
	if (unlikely(nd->last.name[nd->last.len])) {
		if (flag & O_CREAT)
			return ERR_PTR(-EISDIR);
		nd->flags |= LOOKUP_FOLLOW | LOOKUP_DIRECTORY;
	}
	d = lookup_fast(nd);
	if (IS_ERR(d))
		return ERR_CAST(d);
	if (likely(d && (!(flag & O_CREAT) || (d->d_inode && !(flag & O_EXCL)))))
		goto step;
	if (!d && !(flag & O_CREAT)) {
		d = lookup_slow(&nd->last, nd->path.dentry, nd->flags);
	} else {
		if (nd->flags & LOOKUP_RCU) {
			if (!try_to_unlazy(nd))
				return ERR_PTR(-ECHILD);
		} else if (d) {
			dput(d);
		}
		d = open_locked(nd, f, op);
	}
	if (IS_ERR(d))
		return ERR_CAST(d);
	if (f->f_mode & FMODE_CREATED) {
		dput(nd->path.dentry);
		nd->path.dentry = d;
		nd->inode = d->d_inode;
		return NULL;
	}
step:
	if (unlikely(nd->depth))
		put_link(nd);
	link = step_into(nd, WALK_TRAILING, d);
	if (unlikely(link))
		nd->flags &= ~(LOOKUP_OPEN | LOOKUP_CREATE | LOOKUP_EXCL);
	return link;
}

/* nd->path is the file: check, open, truncate. */
static int do_open(struct nameidata *nd, struct file *f, const struct open_flags *op)
{
	int flag = op->open_flag, acc_mode = op->acc_mode;
	bool truncate = false;
	int err;

	if (!(f->f_mode & FMODE_CREATED)) {
		err = complete_walk(nd);
		if (unlikely(err))
			return err;
	}
	if (unlikely(flag & O_CREAT)) {
		if ((flag & O_EXCL) && !(f->f_mode & FMODE_CREATED))
			return -EEXIST;
		if (d_is_dir(nd->path.dentry))
			return -EISDIR;
	}
	if (unlikely(nd->flags & LOOKUP_DIRECTORY) && !d_can_lookup(nd->path.dentry))
		return -ENOTDIR;
	if (f->f_mode & FMODE_CREATED) {
		flag &= ~O_TRUNC;
		acc_mode = 0;
	} else if (unlikely(flag & O_TRUNC) && S_ISREG(nd->inode->i_mode)) {
		err = mnt_want_write(nd->path.mnt);
		if (err)
			return err;
		truncate = true;
	}
	err = may_open(&nd->path, acc_mode, flag);
	if (likely(!err)) {
		/* the walk's references are the file's from here */
		f->f_path = nd->path;
		nd->path.mnt = NULL;
		nd->path.dentry = NULL;
		err = do_dentry_open(f, NULL);
	}
	if (truncate) {
		if (!err)
			err = handle_truncate(f);
		mnt_drop_write(f->f_path.mnt ? f->f_path.mnt : nd->path.mnt);
	}
	return err;
}

static int do_o_path(struct nameidata *nd, unsigned int flags, struct file *f)
{
	struct path path;
	int err = path_lookupat(nd, flags, &path);

	if (err)
		return err;
	f->f_path = path;
	return do_dentry_open(f, NULL);
}

static int do_tmpfile(struct nameidata *nd, unsigned int flags, const struct open_flags *op, struct file *f)
{
	static const struct qstr name = { .name = (const unsigned char *)"/tmpfile", .len = 8 };
	struct path dir;
	struct inode *inode;
	struct dentry *d;
	int err = path_lookupat(nd, flags | LOOKUP_DIRECTORY, &dir);

	if (err)
		return err;
	inode = dir.dentry->d_inode;
	err = mnt_want_write(dir.mnt);
	if (err)
		goto out_path;
	err = inode_permission(inode, MAY_WRITE | MAY_EXEC);
	if (!err && !inode->i_op->tmpfile)
		err = -EOPNOTSUPP;
	if (err)
		goto out_write;
	d = d_alloc(dir.dentry, &name);
	err = -ENOMEM;
	if (!d)
		goto out_write;
	f->f_path.mnt = mntget(dir.mnt);
	f->f_path.dentry = d;
	err = inode->i_op->tmpfile(inode, f, (vfs_prepare_mode(inode, op->mode) & S_IALLUGO) | S_IFREG);
	if (!err)
		err = may_open(&f->f_path, 0, op->open_flag);
	if (!err && !(f->f_mode & FMODE_OPENED))
		err = do_dentry_open(f, NULL);
	if (!err && !(op->open_flag & O_EXCL)) {
		/* linkat() may give it a name */
		spin_lock(&d->d_inode->i_lock);
		d->d_inode->i_state |= I_LINKABLE;
		spin_unlock(&d->d_inode->i_lock);
	}
out_write:
	mnt_drop_write(dir.mnt);
out_path:
	path_put(&dir);
	return err;
}

static struct file *path_openat(struct nameidata *nd, const struct open_flags *op, unsigned int flags)
{
	struct file *f = alloc_empty_file(op->open_flag, current_cred());
	const char *s;
	int err;

	if (IS_ERR(f))
		return f;
	if (unlikely(f->f_flags & __O_TMPFILE)) {
		err = do_tmpfile(nd, flags, op, f);
	} else if (unlikely(f->f_flags & O_PATH)) {
		err = do_o_path(nd, flags, f);
	} else {
		s = path_init(nd, flags);
		while (!(err = link_path_walk(s, nd)) && (s = open_last_lookups(nd, f, op)) != NULL)
			;
		if (likely(!err))
			err = do_open(nd, f, op);
		terminate_walk(nd);
	}
	if (likely(!err))
		return f;
	fput(f);
	return ERR_PTR(err == -EOPENSTALE ? -ESTALE : err);
}

/* What exists, is cached and is no link, opened without creating or truncating. NULL: no. */
static struct file *open_fast(int dfd, const char *name, const struct open_flags *op)
{
	struct walk_end e __attribute__((uninitialized));
	struct file *f;
	struct path path;
	int err = walk_fast(dfd, name, &e, false);

	if (err <= 0)
		return err ? ERR_PTR(err) : NULL;
	if (unlikely(op->lookup_flags & LOOKUP_DIRECTORY) && !S_ISDIR(e.inode->i_mode))
		return NULL;
	if (!walk_end_get(&e, &path))
		return NULL;
	err = may_open(&path, op->acc_mode, op->open_flag);
	f = unlikely(err) ? ERR_PTR(err) : alloc_empty_file(op->open_flag, current_cred());
	if (IS_ERR(f)) {
		path_put(&path);
		return f;
	}
	f->f_path = path;
	err = do_dentry_open(f, NULL);
	if (likely(!err))
		return f;
	fput(f);
	return ERR_PTR(err);
}

/** do_filp_open - open @name. Context: may sleep. Return: the file; ERR_PTR. */
struct file *do_filp_open(int dfd, struct filename *name, const struct open_flags *op)
{
	unsigned int flags = op->lookup_flags;
	DEFINE_NAMEIDATA(nd);
	struct file *f;

	if (IS_ERR(name))
		return ERR_CAST(name);
	if (likely(!(op->open_flag & (O_CREAT | O_TRUNC | O_PATH | __O_TMPFILE)) &&
		   !(flags & ~(LOOKUP_FOLLOW | LOOKUP_DIRECTORY)))) {
		f = open_fast(dfd, name->name, op);
		if (likely(f))
			return f;
	}
	nd_init(&nd, dfd, name);
	f = path_openat(&nd, op, flags & (LOOKUP_IS_SCOPED) ? flags : flags | LOOKUP_RCU);
	if (unlikely(f == ERR_PTR(-ECHILD))) {
		nd_fini(&nd);
		nd_init(&nd, dfd, name);
		f = path_openat(&nd, op, flags);
	}
	nd_fini(&nd);
	return f;
}
