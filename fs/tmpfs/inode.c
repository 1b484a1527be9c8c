// SPDX-License-Identifier: GPL-2.0-only
/*
 * Inodes and names of tmpfs. Names live in the dentry cache only: each dentry of a
 * name has a reference of its own, given at creation and dropped by unlink.
 *
 * Locks: the VFS holds the i_rwsem of the directories.
 */
#include <kernel/cred.h>
#include <lib/string.h>
#include <mm/mm.h>
#include <mm/pagemap.h>
#include <mm/slab.h>
#include "tmpfs.h"

static const struct inode_operations tmpfs_dir_inode_operations, tmpfs_symlink_inode_operations;

static struct kmem_cache *tmpfs_inode_cache;

static void tmpfs_inode_ctor(void *p)
{
	inode_init_once(&((struct tmpfs_inode *)p)->vfs_inode);
}

void tmpfs_inode_cache_init(void)
{
	tmpfs_inode_cache = kmem_cache_create("shmem_inode_cache", sizeof(struct tmpfs_inode), 0,
					      SLAB_PANIC | SLAB_ACCOUNT, tmpfs_inode_ctor);
}

struct inode *tmpfs_alloc_inode(struct super_block *sb)
{
	struct tmpfs_inode *info = kmem_cache_alloc(tmpfs_inode_cache, GFP_KERNEL);

	if (!info)
		return NULL;
	info->alloced = 0;
	info->vm_flags = 0;
	info->reserved_pages = 0;
	info->seals = 0;
	return &info->vfs_inode;
}

void tmpfs_free_inode(struct inode *inode)
{
	if (S_ISLNK(inode->i_mode))
		kfree(inode->i_link);
	kmem_cache_free(tmpfs_inode_cache, TMPFS_I(inode));
}

void tmpfs_evict_inode(struct inode *inode)
{
	struct tmpfs_inode *info = TMPFS_I(inode);
	struct tmpfs_sb *s = TMPFS_SB(inode->i_sb);

	if (inode->i_mapping == &inode->i_data) {
		truncate_inode_pages_final(&inode->i_data);
		if (info->alloced)
			tmpfs_recalc(inode);
	}
	if (info->reserved_pages)
		vm_unacct_memory(info->reserved_pages);
	if (s->max_inodes)
		atomic64_dec(&s->used_inodes);
	clear_inode(inode);
}

int tmpfs_statfs(struct dentry *d, struct kstatfs *st)
{
	struct tmpfs_sb *s = TMPFS_SB(d->d_sb);
	u64 used;

	st->f_type = d->d_sb->s_magic;
	st->f_bsize = PAGE_SIZE;
	st->f_namelen = NAME_MAX_LEN;
	st->f_fsid = d->d_sb->s_dev;
	if (s->max_blocks) {
		used = atomic64_read(&s->used_blocks);
		st->f_blocks = s->max_blocks;
		st->f_bfree = st->f_bavail = used < s->max_blocks ? s->max_blocks - used : 0;
	}
	if (s->max_inodes) {
		used = atomic64_read(&s->used_inodes);
		st->f_files = s->max_inodes;
		st->f_ffree = used < s->max_inodes ? s->max_inodes - used : 0;
	}
	return 0;
}

static int charge_inode(struct tmpfs_sb *s)
{
	if (!s->max_inodes)
		return 0;
	if ((unsigned long)atomic64_add_return_relaxed(1, &s->used_inodes) <= s->max_inodes)
		return 0;
	atomic64_dec(&s->used_inodes);
	return -ENOSPC;
}

struct inode *tmpfs_new_inode(struct super_block *sb, struct inode *dir, umode_t mode, dev_t dev,
			      unsigned long vm_flags)
{
	struct tmpfs_sb *s = TMPFS_SB(sb);
	struct inode *inode;
	int err = charge_inode(s);

	if (err)
		return ERR_PTR(err);
	inode = new_inode(sb);
	if (!inode) {
		if (s->max_inodes)
			atomic64_dec(&s->used_inodes);
		return ERR_PTR(-ENOMEM);
	}
	inode->i_ino = get_next_ino();
	inode_init_owner(inode, dir, mode);
	inode->i_atime = inode->i_mtime = inode->i_ctime = current_time(inode);
	TMPFS_I(inode)->seals = F_SEAL_SEAL;
	switch (mode & S_IFMT) {
	case S_IFREG:
		TMPFS_I(inode)->vm_flags = vm_flags & VM_NORESERVE;
		inode->i_mapping->a_ops = &tmpfs_aops;
		inode->i_mapping->flags |= 1UL << AS_SHMEM;
		inode->i_op = &tmpfs_file_inode_operations;
		inode->i_fop = &tmpfs_file_operations;
		break;
	case S_IFDIR:
		inc_nlink(inode);		/* "." */
		i_size_write(inode, 2 * TMPFS_DIRENT_SIZE);
		inode->i_op = &tmpfs_dir_inode_operations;
		inode->i_fop = &simple_dir_operations;
		break;
	case S_IFLNK:
		inode->i_op = &tmpfs_symlink_inode_operations;
		break;
	default:
		inode->i_op = &tmpfs_file_inode_operations;
		init_special_inode(inode, mode, dev);
	}
	return inode;
}

/* --- directories --- */

static void dir_changed(struct inode *dir, int entries)
{
	i_size_write(dir, dir->i_size + entries * TMPFS_DIRENT_SIZE);
	dir->i_mtime = dir->i_ctime = current_time(dir);
}

/* Give the new @inode the name @d. */
static void add_name(struct inode *dir, struct dentry *d, struct inode *inode)
{
	dir_changed(dir, 1);
	d_instantiate(d, inode);
	dget(d);		/* for the name */
}

static int tmpfs_mknod(struct inode *dir, struct dentry *d, umode_t mode, dev_t dev)
{
	struct inode *inode = tmpfs_new_inode(dir->i_sb, dir, mode, dev, VM_NORESERVE);

	if (IS_ERR(inode))
		return PTR_ERR(inode);
	add_name(dir, d, inode);
	return 0;
}

static int tmpfs_create(struct inode *dir, struct dentry *d, umode_t mode, bool excl)
{
	return tmpfs_mknod(dir, d, mode | S_IFREG, 0);
}

static int tmpfs_mkdir(struct inode *dir, struct dentry *d, umode_t mode)
{
	int err = tmpfs_mknod(dir, d, mode | S_IFDIR, 0);

	if (!err)
		inc_nlink(dir);
	return err;
}

static int tmpfs_symlink(struct inode *dir, struct dentry *d, const char *target)
{
	size_t len = strlen(target);
	struct inode *inode;
	char *copy;

	if (len >= PATH_MAX_LEN)
		return -ENAMETOOLONG;
	copy = kmemdup(target, len + 1, GFP_KERNEL);
	if (!copy)
		return -ENOMEM;
	inode = tmpfs_new_inode(dir->i_sb, dir, S_IFLNK | 0777, 0, VM_NORESERVE);
	if (IS_ERR(inode)) {
		kfree(copy);
		return PTR_ERR(inode);
	}
	inode->i_link = copy;
	i_size_write(inode, len);
	add_name(dir, d, inode);
	return 0;
}

static int tmpfs_tmpfile(struct inode *dir, struct file *file, umode_t mode)
{
	struct inode *inode = tmpfs_new_inode(dir->i_sb, dir, mode | S_IFREG, 0, VM_NORESERVE);

	if (IS_ERR(inode))
		return PTR_ERR(inode);
	d_tmpfile(file, inode);
	return 0;
}

static int tmpfs_link(struct dentry *old, struct inode *dir, struct dentry *d)
{
	int err = simple_link(old, dir, d);

	if (!err)
		i_size_write(dir, dir->i_size + TMPFS_DIRENT_SIZE);
	return err;
}

static int tmpfs_unlink(struct inode *dir, struct dentry *d)
{
	i_size_write(dir, dir->i_size - TMPFS_DIRENT_SIZE);
	return simple_unlink(dir, d);
}

static int tmpfs_rmdir(struct inode *dir, struct dentry *d)
{
	int err = simple_rmdir(dir, d);

	if (!err)
		i_size_write(dir, dir->i_size - TMPFS_DIRENT_SIZE);
	return err;
}

static int tmpfs_rename(struct inode *odir, struct dentry *od, struct inode *ndir,
			struct dentry *nd, unsigned int flags)
{
	bool replaces = d_is_positive(nd);
	int err = simple_rename(odir, od, ndir, nd, flags);

	if (err || (flags & RENAME_EXCHANGE))
		return err;
	i_size_write(odir, odir->i_size - TMPFS_DIRENT_SIZE);
	if (!replaces)
		i_size_write(ndir, ndir->i_size + TMPFS_DIRENT_SIZE);
	return 0;
}

static const struct inode_operations tmpfs_dir_inode_operations = {
	.lookup		= simple_lookup,
	.create		= tmpfs_create,
	.link		= tmpfs_link,
	.unlink		= tmpfs_unlink,
	.symlink	= tmpfs_symlink,
	.mkdir		= tmpfs_mkdir,
	.rmdir		= tmpfs_rmdir,
	.mknod		= tmpfs_mknod,
	.rename		= tmpfs_rename,
	.tmpfile	= tmpfs_tmpfile,
	.setattr	= tmpfs_setattr,
};

static const struct inode_operations tmpfs_symlink_inode_operations = {
	.get_link	= simple_get_link,
	.setattr	= tmpfs_setattr,
};
