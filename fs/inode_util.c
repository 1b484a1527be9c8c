// SPDX-License-Identifier: GPL-2.0-only
/*
 * What filesystems and file operations do to single fields of an inode: link counts, time
 * stamps, owner of a new inode, device nodes, block counts.
 *
 * Time stamps are those of the last tick (coarse), so that a file touched often is
 * dirtied at most once a tick. Reading is recorded relatively: only if the stamp is older
 * than the last change, or than a day.
 */
#include "vfs_internal.h"
#include <fs/pipe_fs.h>
#include <lib/printf.h>

/*
 * s_remove_count counts the inodes of a filesystem that have no name left and are not gone
 * yet: their end will write to the disk, so it does not become read-only before.
 */
void set_nlink(struct inode *i, unsigned int n)
{
	if (!n) {
		clear_nlink(i);
		return;
	}
	if (!i->i_nlink)
		atomic_long_dec(&i->i_sb->s_remove_count);
	i->i_nlink = n;
}

void inc_nlink(struct inode *i)
{
	set_nlink(i, i->i_nlink + 1);
}

void drop_nlink(struct inode *i)
{
	if (!WARN_ON_ONCE(i->i_nlink == 0))
		set_nlink(i, i->i_nlink - 1);
}

void clear_nlink(struct inode *i)
{
	if (!i->i_nlink)
		return;
	atomic_long_inc(&i->i_sb->s_remove_count);
	i->i_nlink = 0;
}

/** inode_add_bytes - more blocks; @bytes a multiple of 512. */
void inode_add_bytes(struct inode *i, loff_t bytes)
{
	spin_lock(&i->i_lock);
	i->i_blocks += bytes >> 9;
	spin_unlock(&i->i_lock);
}

void inode_sub_bytes(struct inode *i, loff_t bytes)
{
	spin_lock(&i->i_lock);
	i->i_blocks -= bytes >> 9;
	spin_unlock(&i->i_lock);
}

ktime_t current_time(struct inode *inode)
{
	ktime_t now = ktime_get_coarse_real();
	u32 gran = inode->i_sb->s_time_gran;

	if (gran == 1)
		return now;
	if (gran == NSEC_PER_SEC)
		return now / NSEC_PER_SEC * NSEC_PER_SEC;
	return gran ? now - now % gran : now;
}

#define DAY_NS	(24 * 3600 * NSEC_PER_SEC)

/* The stamp is younger than the last change, and not older than a day. */
static inline bool atime_is_recent(const struct inode *inode)
{
	ktime_t atime = inode->i_atime;

	return atime > inode->i_mtime && atime > inode->i_ctime && ktime_get_coarse_real() - atime < DAY_NS;
}

/* Are reads of this file recorded at all? */
static bool atime_wanted(const struct path *path, const struct inode *inode)
{
	int mflags = path->mnt->mnt_flags;

	if (mflags & (MNT_NOATIME | MNT_READONLY) || inode->i_flags & S_NOATIME ||
	    inode->i_sb->s_flags & (SB_RDONLY | SB_NOATIME))
		return false;
	return !S_ISDIR(inode->i_mode) ||
	       !(mflags & MNT_NODIRATIME || inode->i_sb->s_flags & SB_NODIRATIME);
}

/** touch_atime - @path was read. Context: may sleep. */
void touch_atime(const struct path *path)
{
	struct inode *inode = path->dentry->d_inode;
	ktime_t now;

	if (likely(path->mnt->mnt_flags & MNT_RELATIME && atime_is_recent(inode)))
		return;
	if (!atime_wanted(path, inode))
		return;
	now = current_time(inode);
	if (now == inode->i_atime || mnt_want_write(path->mnt))
		return;
	inode->i_atime = now;
	if (inode->i_op->update_time)
		inode->i_op->update_time(inode, S_UPD_ATIME);
	else
		__mark_inode_dirty(inode, I_DIRTY_SYNC);
	mnt_drop_write(path->mnt);
}

/**
 * file_update_time - mtime and ctime, before a write.
 * Context: i_rwsem held for writing, or a page fault that makes a page writable.
 * Return: 0 or the filesystem's -errno.
 */
int file_update_time(struct file *f)
{
	struct inode *inode = f->f_inode;
	ktime_t now;

	if (inode->i_flags & S_NOCMTIME)
		return 0;
	now = current_time(inode);
	if (likely(inode->i_mtime == now && inode->i_ctime == now))
		return 0;
	inode->i_mtime = now;
	inode->i_ctime = now;
	inode->i_version++;
	if (inode->i_op->update_time)
		return inode->i_op->update_time(inode, S_UPD_MTIME | S_UPD_CTIME);
	__mark_inode_dirty(inode, I_DIRTY_SYNC);
	return 0;
}

/** setattr_should_drop_sgid - does a change of owner or contents take S_ISGID? Return: ATTR_KILL_SGID, 0. */
unsigned int setattr_should_drop_sgid(const struct inode *inode)
{
	umode_t mode = inode->i_mode;

	if (!(mode & S_ISGID))
		return 0;
	return (mode & S_IXGRP) || !(in_group_p(inode->i_gid) || capable(CAP_FSETID)) ? ATTR_KILL_SGID : 0;
}

/** setattr_should_drop_suidgid - which bits a change of contents by current takes: ATTR_KILL_*. */
unsigned int setattr_should_drop_suidgid(const struct inode *inode)
{
	umode_t mode = inode->i_mode;
	unsigned int kill;

	if (likely(!(mode & (S_ISUID | S_ISGID))))
		return 0;
	kill = setattr_should_drop_sgid(inode) | (mode & S_ISUID ? ATTR_KILL_SUID : 0);
	return S_ISREG(mode) && !capable(CAP_FSETID) ? kill : 0;
}

/**
 * file_remove_privs - a write takes setuid and setgid bits away.
 * Context: i_rwsem held for writing.
 * Return: 0 or -errno of notify_change().
 */
int file_remove_privs(struct file *f)
{
	unsigned int kill = setattr_should_drop_suidgid(f->f_inode);
	struct iattr attr;

	if (likely(!kill))
		return 0;
	attr.ia_valid = kill | ATTR_FORCE;
	return notify_change(f->f_path.dentry, &attr);
}

/**
 * vfs_prepare_mode - the mode of a new file in @dir, of which @mode is asked: no
 * set-group-ID program of a group that current is not in, and the umask. In that order:
 * the umask must not hide that it would be a program.
 */
umode_t vfs_prepare_mode(const struct inode *dir, umode_t mode)
{
	if ((dir->i_mode & S_ISGID) && (mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP) &&
	    !in_group_p(dir->i_gid) && !capable(CAP_FSETID))
		mode &= ~S_ISGID;
	return mode & ~current_umask();
}

/** inode_init_owner - owner, group and mode of a new inode in @dir (NULL: of nothing). */
void inode_init_owner(struct inode *inode, const struct inode *dir, umode_t mode)
{
	inode->i_uid = current_fsuid();
	if (dir && dir->i_mode & S_ISGID) {
		inode->i_gid = dir->i_gid;
		if (S_ISDIR(mode))
			mode |= S_ISGID;
	} else {
		inode->i_gid = current_fsgid();
	}
	inode->i_mode = mode;
	if (S_ISDIR(mode))
		inode->i_rwsem.rank = LR_I_RWSEM_DIR;
}

/** init_special_inode - operations of a device node, FIFO or socket. */
void init_special_inode(struct inode *inode, umode_t mode, dev_t dev)
{
	inode->i_mode = mode;
	if (S_ISCHR(mode)) {
		inode->i_fop = &def_chr_fops;
		inode->i_rdev = dev;
	} else if (S_ISBLK(mode)) {
		inode->i_fop = &blkdev_open_fops;
		inode->i_rdev = dev;
	} else if (S_ISFIFO(mode)) {
		inode->i_fop = &pipefifo_fops;
	}
	/* sockets keep no_open_fops: ENXIO */
}

static int no_open(struct inode *inode, struct file *f)
{
	return -ENXIO;
}

const struct file_operations no_open_fops = { .open = no_open };
