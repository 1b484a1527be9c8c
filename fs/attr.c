// SPDX-License-Identifier: GPL-2.0-only
/*
 * Changing attributes: who may (setattr_prepare), how (setattr_copy), and the common path
 * of chmod, chown, truncate and utimes (notify_change).
 */
#include "vfs_internal.h"
#include <kernel/signal.h>

/** inode_owner_or_capable - may current act as the owner? */
bool inode_owner_or_capable(const struct inode *inode)
{
	return current_fsuid() == inode->i_uid || capable(CAP_FOWNER);
}

static bool chown_ok(const struct inode *inode, uid_t uid)
{
	return (current_fsuid() == inode->i_uid && uid == inode->i_uid) || capable(CAP_CHOWN);
}

static bool chgrp_ok(const struct inode *inode, gid_t gid)
{
	return (current_fsuid() == inode->i_uid && (in_group_p(gid) || gid == inode->i_gid)) ||
	       capable(CAP_CHOWN);
}

/**
 * inode_newsize_ok - may the file be @size long?
 * Context: may sleep; sends SIGXFSZ.
 * Return: 0, -EFBIG, -ETXTBSY (a swap file).
 */
int inode_newsize_ok(const struct inode *inode, loff_t size)
{
	if (size < 0)
		return -EINVAL;
	if (size > inode->i_size) {
		unsigned long limit = rlimit(RLIMIT_FSIZE);

		if (limit != RLIM_INFINITY && (u64)size > limit) {
			kill_pid(task_pid(current), SIGXFSZ, 0);
			return -EFBIG;
		}
		if (size > inode->i_sb->s_maxbytes)
			return -EFBIG;
	} else if (inode->i_flags & S_SWAPFILE) {
		return -ETXTBSY;
	}
	return 0;
}

/**
 * setattr_prepare - may current change @attr of @d?
 * Return: 0, -EPERM, -EFBIG, -ETXTBSY, -EINVAL.
 */
int setattr_prepare(struct dentry *d, struct iattr *attr)
{
	struct inode *inode = d->d_inode;
	unsigned int valid = attr->ia_valid;

	if (valid & ATTR_SIZE) {
		int err = inode_newsize_ok(inode, attr->ia_size);

		if (err)
			return err;
	}
	if (valid & ATTR_FORCE)
		return 0;
	if ((valid & ATTR_UID) && !chown_ok(inode, attr->ia_uid))
		return -EPERM;
	if ((valid & ATTR_GID) && !chgrp_ok(inode, attr->ia_gid))
		return -EPERM;
	if (valid & ATTR_MODE) {
		gid_t gid = valid & ATTR_GID ? attr->ia_gid : inode->i_gid;

		if (!inode_owner_or_capable(inode))
			return -EPERM;
		if (!in_group_p(gid) && !capable(CAP_FSETID))
			attr->ia_mode &= ~S_ISGID;
	}
	if ((valid & (ATTR_MTIME_SET | ATTR_ATIME_SET | ATTR_TIMES_SET)) && !inode_owner_or_capable(inode))
		return -EPERM;
	return 0;
}

/** setattr_copy - change the inode's fields; marks nothing dirty. Context: i_rwsem. */
void setattr_copy(struct inode *inode, const struct iattr *attr)
{
	unsigned int valid = attr->ia_valid;

	if (valid & ATTR_UID)
		inode->i_uid = attr->ia_uid;
	if (valid & ATTR_GID)
		inode->i_gid = attr->ia_gid;
	if (valid & ATTR_ATIME)
		inode->i_atime = attr->ia_atime;
	if (valid & ATTR_MTIME)
		inode->i_mtime = attr->ia_mtime;
	if (valid & ATTR_CTIME)
		inode->i_ctime = attr->ia_ctime;
	if (valid & ATTR_MODE) {
		umode_t mode = attr->ia_mode;

		if (!in_group_p(inode->i_gid) && !capable(CAP_FSETID))
			mode &= ~S_ISGID;
		inode->i_mode = mode;
	}
}

/* What no permission overrides: immutable and append-only files. */
static int may_setattr(struct inode *inode, unsigned int valid)
{
	if ((valid & (ATTR_MODE | ATTR_UID | ATTR_GID | ATTR_TIMES_SET)) &&
	    (IS_IMMUTABLE(inode) || IS_APPEND(inode)))
		return -EPERM;
	if (valid & ATTR_TOUCH) {
		if (IS_IMMUTABLE(inode))
			return -EPERM;
		if (!inode_owner_or_capable(inode))
			return inode_permission(inode, MAY_WRITE);
	}
	return 0;
}

/* ATTR_KILL_*: setuid and setgid go with a change of owner or contents. */
static void kill_privs(struct inode *inode, struct iattr *attr)
{
	unsigned int kill = attr->ia_valid & (ATTR_KILL_SUID | ATTR_KILL_SGID);
	umode_t mode = inode->i_mode;

	attr->ia_valid &= ~kill;
	if ((kill & ATTR_KILL_SUID) && (mode & S_ISUID)) {
		attr->ia_valid |= ATTR_MODE;
		mode &= ~S_ISUID;
	}
	if ((kill & ATTR_KILL_SGID) && (mode & S_ISGID)) {
		attr->ia_valid |= ATTR_MODE;
		mode &= ~S_ISGID;
	}
	if (kill && (attr->ia_valid & ATTR_MODE))
		attr->ia_mode = mode;
}

/**
 * notify_change - change attributes of an inode.
 * Context: i_rwsem held for writing, write access to the mount; may sleep.
 * Return: 0, -EPERM, -EACCES, or the filesystem's error.
 */
int notify_change(struct dentry *d, struct iattr *attr)
{
	struct inode *inode = d->d_inode;
	ktime_t now;
	int err = may_setattr(inode, attr->ia_valid);

	if (err)
		return err;
	now = current_time(inode);
	attr->ia_ctime = now;
	if (!(attr->ia_valid & ATTR_ATIME_SET))
		attr->ia_atime = now;
	if (!(attr->ia_valid & ATTR_MTIME_SET))
		attr->ia_mtime = now;
	if ((attr->ia_valid & (ATTR_KILL_SUID | ATTR_KILL_SGID)) && (attr->ia_valid & ATTR_MODE))
		attr->ia_valid &= ~(ATTR_KILL_SUID | ATTR_KILL_SGID);
	attr->ia_valid |= ATTR_CTIME;
	kill_privs(inode, attr);
	if (inode->i_op->setattr)
		return inode->i_op->setattr(d, attr);
	return simple_setattr(d, attr);
}

/** simple_setattr - ->setattr of filesystems whose inodes are memory. */
int simple_setattr(struct dentry *d, struct iattr *attr)
{
	struct inode *inode = d->d_inode;
	int err = setattr_prepare(d, attr);

	if (err)
		return err;
	if (attr->ia_valid & ATTR_SIZE)
		truncate_setsize(inode, attr->ia_size);
	setattr_copy(inode, attr);
	mark_inode_dirty(inode);
	return 0;
}
