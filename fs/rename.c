// SPDX-License-Identifier: GPL-2.0-only
/*
 * rename, renameat2.
 *
 * Two directories are locked parent before child, else by address, under the super block's
 * s_vfs_rename_mutex, so that neither can become the other's ancestor meanwhile. Everything
 * that can refuse is asked before the filesystem's ->rename; after it succeeds, the name
 * cache follows.
 */
#include "namei.h"
#include <kernel/syscalls.h>
#include <linux/fs.h>

/* The child of @ancestor on the way to @d, or NULL. s_vfs_rename_mutex held. */
static struct dentry *ancestor_child(struct dentry *ancestor, struct dentry *d)
{
	struct dentry *p;

	for (p = d; !IS_ROOT(p); p = p->d_parent)
		if (p->d_parent == ancestor)
			return p;
	return NULL;
}

/**
 * lock_rename - lock two directories of one super block for a rename.
 * Return: the child of one on the way to the other, or NULL: neither contains the other.
 */
static struct dentry *lock_rename(struct dentry *a, struct dentry *b) __no_tsa	/* one lock or three */
{
	struct dentry *p;

	if (a == b) {
		inode_lock(a->d_inode);
		return NULL;
	}
	mutex_lock(&a->d_sb->s_vfs_rename_mutex);
	p = ancestor_child(b, a);
	if (p) {
		inode_lock(b->d_inode);
		inode_lock_nested(a->d_inode);
		return p;
	}
	p = ancestor_child(a, b);
	if (p || a->d_inode < b->d_inode) {
		inode_lock(a->d_inode);
		inode_lock_nested(b->d_inode);
	} else {
		inode_lock(b->d_inode);
		inode_lock_nested(a->d_inode);
	}
	return p;
}

static void unlock_rename(struct dentry *a, struct dentry *b) __no_tsa
{
	inode_unlock(a->d_inode);
	if (a != b) {
		inode_unlock(b->d_inode);
		mutex_unlock(&a->d_sb->s_vfs_rename_mutex);
	}
}

static int may_rename(struct inode *odir, struct dentry *od, struct inode *ndir, struct dentry *nd,
		      unsigned int flags)
{
	bool is_dir = d_is_dir(od);
	int err = may_delete(odir, od, is_dir);

	if (err)
		return err;
	if (!nd->d_inode)
		err = may_create(ndir, nd);
	else
		err = may_delete(ndir, nd, flags & RENAME_EXCHANGE ? d_is_dir(nd) : is_dir);
	if (err)
		return err;
	if (!odir->i_op->rename)
		return -EPERM;
	/* a directory gets another "..": that is writing it */
	if (ndir != odir) {
		if (is_dir)
			err = inode_permission(od->d_inode, MAY_WRITE);
		if (!err && (flags & RENAME_EXCHANGE) && d_is_dir(nd))
			err = inode_permission(nd->d_inode, MAY_WRITE);
	}
	return err;
}

/* Lock the inodes that are moved or overwritten: files by address, after directories. */
static void lock_victims(struct inode *a, struct inode *b)
{
	if (a && b && ((S_ISDIR(b->i_mode) && !S_ISDIR(a->i_mode)) ||
		       (S_ISDIR(a->i_mode) == S_ISDIR(b->i_mode) && a > b)))
		swap(a, b);
	if (a)
		inode_lock_nested(a);
	if (b)
		inode_lock_nested(b);
}

static void unlock_victims(struct inode *a, struct inode *b)
{
	if (a)
		inode_unlock(a);
	if (b)
		inode_unlock(b);
}

/**
 * vfs_rename - Context: both directories locked by lock_rename().
 * Return: 0 or -errno; the names are moved in the cache too.
 */
static int vfs_rename(struct inode *odir, struct dentry *od, struct inode *ndir, struct dentry *nd,
	       unsigned int flags)
{
	struct inode *source = od->d_inode, *target = nd->d_inode;
	bool exchange = flags & RENAME_EXCHANGE;
	int err;

	if (source == target)
		return 0;
	err = may_rename(odir, od, ndir, nd, flags);
	if (err)
		return err;
	dget(nd);
	lock_victims(source, target);
	if ((od->d_flags | nd->d_flags) & DCACHE_MOUNTED)
		err = -EBUSY;
	else
		err = odir->i_op->rename(odir, od, ndir, nd, flags);
	if (!err && !exchange && target) {
		if (S_ISDIR(target->i_mode)) {
			shrink_dcache_parent(nd);
			target->i_flags |= S_DEAD;
		}
		dont_mount(nd);
	}
	if (!err) {
		if (exchange)
			d_exchange(od, nd);
		else
			d_move(od, nd);
		if (CONFIG_DEBUG) {
			dentry_validate(od);
			dentry_validate(nd);
		}
	}
	unlock_victims(source, target);
	dput(nd);
	return err;
}

/* Both parents are locked; the names and what they say about directories. */
static int rename_locked(struct path *opath, const struct qstr *oname, struct path *npath,
			 const struct qstr *nname, struct dentry *trap, unsigned int flags)
{
	struct dentry *od, *nd;
	int err;

	od = lookup_one_qstr_excl(oname, opath->dentry, 0);
	if (IS_ERR(od))
		return PTR_ERR(od);
	err = -ENOENT;
	if (!od->d_inode)
		goto out_old;
	nd = lookup_one_qstr_excl(nname, npath->dentry, LOOKUP_RENAME_TARGET);
	err = PTR_ERR_OR_ZERO(nd);
	if (err)
		goto out_old;
	err = -EEXIST;
	if ((flags & RENAME_NOREPLACE) && nd->d_inode)
		goto out_new;
	if (flags & RENAME_EXCHANGE) {
		err = -ENOENT;
		if (!nd->d_inode)
			goto out_new;
		err = -ENOTDIR;
		if (!d_is_dir(nd) && nname->name[nname->len])
			goto out_new;
	}
	err = -ENOTDIR;
	if (!d_is_dir(od) && (oname->name[oname->len] ||
			      (!(flags & RENAME_EXCHANGE) && nname->name[nname->len])))
		goto out_new;
	/* a directory into itself; or over one that contains it */
	err = -EINVAL;
	if (od == trap)
		goto out_new;
	err = flags & RENAME_EXCHANGE ? -EINVAL : -ENOTEMPTY;
	if (nd == trap)
		goto out_new;
	err = vfs_rename(opath->dentry->d_inode, od, npath->dentry->d_inode, nd, flags);
out_new:
	dput(nd);
out_old:
	dput(od);
	return err;
}

static int do_rename(int odfd, struct filename *from, int ndfd, struct filename *to, unsigned int flags)
{
	struct path opath, npath;
	struct qstr oname, nname;
	struct dentry *trap;
	int otype, ntype, err;

	err = filename_parentat(odfd, from, 0, &opath, &oname, &otype);
	if (err)
		return err;
	err = filename_parentat(ndfd, to, 0, &npath, &nname, &ntype);
	if (err)
		goto out_old;
	err = -EXDEV;
	if (opath.mnt != npath.mnt)
		goto out;
	err = -EBUSY;
	if (otype != LAST_NORM)
		goto out;
	if (flags & RENAME_NOREPLACE)
		err = -EEXIST;
	if (ntype != LAST_NORM)
		goto out;
	err = mnt_want_write(opath.mnt);
	if (err)
		goto out;
	trap = lock_rename(npath.dentry, opath.dentry);
	err = rename_locked(&opath, &oname, &npath, &nname, trap, flags);
	unlock_rename(npath.dentry, opath.dentry);
	mnt_drop_write(opath.mnt);
out:
	path_put(&npath);
out_old:
	path_put(&opath);
	return err;
}

static long rename_users(int odfd, const char __user *uold, int ndfd, const char __user *unew, unsigned int flags)
{
	DEFINE_NAME_BUF(ob);
	DEFINE_NAME_BUF(nb);
	struct filename *from, *to;
	int err;

	if (flags & ~(RENAME_NOREPLACE | RENAME_EXCHANGE))
		return -EINVAL;
	if ((flags & RENAME_NOREPLACE) && (flags & RENAME_EXCHANGE))
		return -EINVAL;
	from = getname_onstack(uold, 0, &ob);
	if (IS_ERR(from))
		return PTR_ERR(from);
	to = getname_onstack(unew, 0, &nb);
	if (IS_ERR(to)) {
		err = PTR_ERR(to);
	} else {
		err = do_rename(odfd, from, ndfd, to, flags);
		putname_fast(to);
	}
	putname_fast(from);
	return err;
}

SYSCALL_DEFINE5(renameat2, int, odfd, const char __user *, uold, int, ndfd, const char __user *, unew,
		unsigned int, flags)
{
	return rename_users(odfd, uold, ndfd, unew, flags);
}
