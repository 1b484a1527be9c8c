// SPDX-License-Identifier: GPL-2.0-only
/* Regular files: all of it is the page cache's, but for allocating at a store. */
#include "ext2.h"
#include <arch/uaccess.h>
#include <drivers/block.h>
#include <lib/err.h>
#include <mm/mm.h>

static vm_fault_t ext2_page_mkwrite(struct vm_fault *vmf)
{
	return block_page_mkwrite(vmf, ext2_get_block);
}

static const struct vm_operations_struct ext2_vm_ops = {
	.fault		= filemap_fault,
	.map_pages	= filemap_map_pages,
	.page_mkwrite	= ext2_page_mkwrite,
};

static int ext2_mmap(struct file *file, struct vm_area_struct *vma)
{
	file_accessed(file);
	vma->vm_ops = &ext2_vm_ops;
	return 0;
}

static void keep_first(int *err, int new)
{
	if (!*err)
		*err = new;
}

/* data, pointers and inode of a directory */
static int sync_dir(struct inode *dir)
{
	int err = filemap_write_and_wait_range(dir->i_mapping, 0, MAX_LFS_FILESIZE);

	keep_first(&err, ext2_sync_inode(dir, false));
	keep_first(&err, sync_inode_blocks(dir));
	return err;
}

/* A file made since its directory was written: its name must be there too, and its directory's. */
static int sync_names(struct dentry *d)
{
	int err = 0;

	dget(d);
	while (!err && !IS_ROOT(d) && EXT2_I(d_inode(d))->new_name) {
		struct dentry *parent = dget_parent(d);

		EXT2_I(d_inode(d))->new_name = false;
		err = sync_dir(d_inode(parent));
		dput(d);
		d = parent;
	}
	dput(d);
	return err;
}

/**
 * ext2_fsync - data, block pointers, the inode and, for a new file, its name.
 * Context: may sleep. Return: 0; -EIO, -ENOSPC as write-back met them.
 */
int ext2_fsync(struct file *f, loff_t start, loff_t end, int datasync)
{
	struct inode *inode = file_inode(f);
	int err = file_write_and_wait_range(f, start, end), meta = 0;

	keep_first(&meta, ext2_sync_inode(inode, datasync));
	keep_first(&meta, sync_inode_blocks(inode));
	if (unlikely(meta == -EIO)) {
		/* all who have the file open are to hear of it */
		errseq_set(&inode->i_mapping->wb_err, meta);
		keep_first(&err, file_check_and_advance_wb_err(f));
	}
	keep_first(&err, meta);
	if (unlikely(EXT2_I(inode)->new_name))
		keep_first(&err, sync_names(f->f_path.dentry));
	keep_first(&err, blkdev_issue_flush(inode->i_sb->s_bdev));
	return err;
}

const struct file_operations ext2_file_operations = {
	.llseek		= generic_file_llseek,
	.read_iter	= generic_file_read_iter,
	.write_iter	= generic_file_write_iter,
	.unlocked_ioctl	= ext2_ioctl,
	.mmap		= ext2_mmap,
	.open		= generic_file_open,
	.fsync		= ext2_fsync,
};

const struct inode_operations ext2_file_inode_operations = {
	.setattr	= ext2_setattr,
};

/* lsattr and chattr */
static long set_flags(struct file *f, u32 flags)
{
	struct inode *inode = file_inode(f);
	struct ext2_inode *ei = EXT2_I(inode);
	long err = mnt_want_write(f->f_path.mnt);

	if (err)
		return err;
	inode_lock(inode);
	err = -EPERM;
	if (!inode_owner_or_capable(inode))
		goto out;
	if (((flags ^ ei->i_flags) & (EXT2_APPEND_FL | EXT2_IMMUTABLE_FL)) &&
	    !capable(CAP_LINUX_IMMUTABLE))
		goto out;
	ei->i_flags = (flags & EXT2_FL_USER_MODIFIABLE) | (ei->i_flags & ~EXT2_FL_USER_MODIFIABLE);
	if (!S_ISDIR(inode->i_mode))
		ei->i_flags &= ~EXT2_DIRSYNC_FL;
	ext2_set_inode_flags(inode);
	inode->i_ctime = current_time(inode);
	mark_inode_dirty(inode);
	err = 0;
out:
	inode_unlock(inode);
	mnt_drop_write(f->f_path.mnt);
	return err;
}

long ext2_ioctl(struct file *f, unsigned int cmd, unsigned long arg)
{
	struct inode *inode = file_inode(f);
	u32 flags;

	switch (cmd) {
	case FS_IOC_GETFLAGS:
		flags = EXT2_I(inode)->i_flags & EXT2_FL_USER_VISIBLE;
		return put_user(flags, (u32 __user *)arg);
	case FS_IOC_SETFLAGS:
		if (get_user(flags, (u32 __user *)arg))
			return -EFAULT;
		return set_flags(f, flags);
	case FS_IOC_GETVERSION:
		return put_user(inode->i_generation, (u32 __user *)arg);
	default:
		return -ENOTTY;
	}
}
