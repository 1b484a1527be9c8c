// SPDX-License-Identifier: GPL-2.0-only
/* access, chmod, chown, chdir, chroot: calls that ask or change one attribute of a place. */
#include "namei.h"
#include <kernel/syscalls.h>

/* ---- access ---- */

/* The credentials that access(2) asks with: the real ids. Return: NULL: no memory. */
static struct cred *access_creds(void)
{
	struct cred *new = prepare_creds();

	if (!new)
		return NULL;
	new->fsuid = new->uid;
	new->fsgid = new->gid;
	/* root by real id keeps what it may have, others have nothing */
	if (!(new->securebits & 4))	/* SECBIT_NO_SETUID_FIXUP */
		new->cap_effective = new->uid == 0 ? new->cap_permitted : 0;
	return new;
}

static bool access_needs_creds(void)
{
	const struct cred *c = current_cred();

	return c->fsuid != c->uid || c->fsgid != c->gid ||
	       (!(c->securebits & 4) && c->cap_effective != (c->uid == 0 ? c->cap_permitted : 0));
}

static int access_inode(const struct vfsmount *mnt, struct inode *inode, int mode)
{
	int err;

	if ((mode & MAY_EXEC) && S_ISREG(inode->i_mode) &&
	    (mnt->mnt_flags & MNT_NOEXEC || mnt->mnt_sb->s_flags & SB_NOEXEC))
		return -EACCES;
	err = inode_permission(inode, mode | MAY_ACCESS);
	if (err || !(mode & MAY_WRITE) || S_ISCHR(inode->i_mode) || S_ISBLK(inode->i_mode) ||
	    S_ISFIFO(inode->i_mode) || S_ISSOCK(inode->i_mode))
		return err;
	return mnt->mnt_flags & MNT_READONLY || sb_rdonly(mnt->mnt_sb) ? -EROFS : 0;
}

static int access_rcu(const struct walk_end *e, void *arg)
{
	int err;

	if (!(e->inode->i_opflags & IOP_FASTPERM))
		return 0;
	err = access_inode(e->mnt, e->inode, *(int *)arg);
	return err ? err : 1;
}

static long do_faccessat(int dfd, const char __user *uname, int mode, int flags)
{
	unsigned int lookup = flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW;
	const struct cred *old = NULL;
	DEFINE_NAME_BUF(nb);
	struct filename *name;
	struct path path;
	struct cred *cred;
	int err;

	if (mode & ~(MAY_READ | MAY_WRITE | MAY_EXEC) ||
	    flags & ~(AT_EACCESS | AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	if (flags & AT_EMPTY_PATH)
		lookup |= LOOKUP_EMPTY;
	name = getname_onstack(uname, lookup, &nb);
	if (IS_ERR(name))
		return PTR_ERR(name);
	if (!(flags & AT_EACCESS) && unlikely(access_needs_creds())) {
		cred = access_creds();
		if (!cred) {
			putname_fast(name);
			return -ENOMEM;
		}
		old = override_creds(cred);
		put_cred(cred);
	}
	err = filename_lookup_rcu(dfd, name, lookup, access_rcu, &mode);
	if (unlikely(!err)) {
		err = filename_lookup(dfd, name, lookup, &path);
		if (!err) {
			err = access_inode(path.mnt, path.dentry->d_inode, mode);
			path_put(&path);
		}
	}
	if (unlikely(old))
		revert_creds(old);
	putname_fast(name);
	return err > 0 ? 0 : err;
}

SYSCALL_DEFINE3(faccessat, int, dfd, const char __user *, name, int, mode)
{
	return do_faccessat(dfd, name, mode, 0);
}

SYSCALL_DEFINE4(faccessat2, int, dfd, const char __user *, name, int, mode, int, flags)
{
	return do_faccessat(dfd, name, mode, flags);
}

/* ---- chmod, chown ---- */

static int chmod_path(const struct path *path, umode_t mode)
{
	struct inode *inode = path->dentry->d_inode;
	struct iattr attr;
	int err = mnt_want_write(path->mnt);

	if (err)
		return err;
	inode_lock(inode);
	if (S_ISLNK(inode->i_mode)) {
		err = -EOPNOTSUPP;
	} else {
		attr.ia_mode = (mode & S_IALLUGO) | (inode->i_mode & ~S_IALLUGO);
		attr.ia_valid = ATTR_MODE | ATTR_CTIME;
		err = notify_change(path->dentry, &attr);
	}
	inode_unlock(inode);
	mnt_drop_write(path->mnt);
	return err;
}

SYSCALL_DEFINE2(fchmod, unsigned int, fd, umode_t, mode)
{
	struct fd f = fdget(fd);
	int err;

	if (!f.file)
		return -EBADF;
	err = chmod_path(&f.file->f_path, mode);
	fdput(f);
	return err;
}

static long do_fchmodat(int dfd, const char __user *name, umode_t mode, unsigned int flags)
{
	struct path path;
	int err;

	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	err = user_path_at(dfd, name, (flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW) |
				      (flags & AT_EMPTY_PATH ? LOOKUP_EMPTY : 0), &path);
	if (err)
		return err;
	err = chmod_path(&path, mode);
	path_put(&path);
	return err;
}

SYSCALL_DEFINE3(fchmodat, int, dfd, const char __user *, name, umode_t, mode)
{
	return do_fchmodat(dfd, name, mode, 0);
}

SYSCALL_DEFINE4(fchmodat2, int, dfd, const char __user *, name, umode_t, mode, unsigned int, flags)
{
	return do_fchmodat(dfd, name, mode, flags);
}

static int chown_path(const struct path *path, uid_t uid, gid_t gid)
{
	struct inode *inode = path->dentry->d_inode;
	struct iattr attr;
	int err = mnt_want_write(path->mnt);

	if (err)
		return err;
	attr.ia_valid = ATTR_CTIME;
	if (uid != (uid_t)-1) {
		attr.ia_valid |= ATTR_UID;
		attr.ia_uid = uid;
	}
	if (gid != (gid_t)-1) {
		attr.ia_valid |= ATTR_GID;
		attr.ia_gid = gid;
	}
	inode_lock(inode);
	if (!S_ISDIR(inode->i_mode))
		attr.ia_valid |= ATTR_KILL_SUID | setattr_should_drop_sgid(inode);
	err = notify_change(path->dentry, &attr);
	inode_unlock(inode);
	mnt_drop_write(path->mnt);
	return err;
}

SYSCALL_DEFINE5(fchownat, int, dfd, const char __user *, name, uid_t, uid, gid_t, gid, int, flags)
{
	struct path path;
	int err;

	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	err = user_path_at(dfd, name, (flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW) |
				      (flags & AT_EMPTY_PATH ? LOOKUP_EMPTY : 0), &path);
	if (err)
		return err;
	err = chown_path(&path, uid, gid);
	path_put(&path);
	return err;
}

SYSCALL_DEFINE3(fchown, unsigned int, fd, uid_t, uid, gid_t, gid)
{
	struct fd f = fdget(fd);
	int err;

	if (!f.file)
		return -EBADF;
	err = chown_path(&f.file->f_path, uid, gid);
	fdput(f);
	return err;
}
