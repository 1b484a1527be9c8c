// SPDX-License-Identifier: GPL-2.0-only
/*
 * sync, syncfs, fsync, fdatasync: when they return, what was written before is on stable
 * storage, or the error has been reported.
 */
#include "vfs_internal.h"
#include <drivers/block.h>
#include <fs/buffer.h>
#include <kernel/syscalls.h>

static int sync_one(struct super_block *sb, bool wait)
{
	int err = 0, err2;

	if (wait)
		sync_inodes_sb(sb);
	else
		writeback_inodes_sb(sb);
	if (sb->s_op && sb->s_op->sync_fs)
		err = sb->s_op->sync_fs(sb, wait);
	if (!sb->s_bdev)
		return err;
	if (!wait)
		return filemap_flush(sb->s_bdev->bd_inode->i_mapping);
	err2 = sync_blockdev(sb->s_bdev);
	if (!err)
		err = err2;
	err2 = blkdev_issue_flush(sb->s_bdev);
	return err ? err : err2;
}

/**
 * sync_filesystem - write out all of a filesystem and wait.
 * Context: s_umount held; may sleep. Return: 0 or the first error.
 */
int sync_filesystem(struct super_block *sb)
{
	int err;

	if (sb_rdonly(sb))
		return 0;
	err = sync_one(sb, false);
	return err ? err : sync_one(sb, true);
}

static void sync_start(struct super_block *sb, void *arg)
{
	if (!sb_rdonly(sb))
		sync_one(sb, false);
}

static void sync_wait(struct super_block *sb, void *arg)
{
	if (!sb_rdonly(sb))
		sync_one(sb, true);
}

SYSCALL_DEFINE0(sync)
{
	iterate_supers(sync_start, NULL);
	iterate_supers(sync_wait, NULL);
	return 0;
}

SYSCALL_DEFINE1(syncfs, int, fd)
{
	struct fd f = fdget(fd);
	struct super_block *sb;
	int err, err2;

	if (!f.file)
		return -EBADF;
	sb = f.file->f_path.dentry->d_sb;
	down_read(&sb->s_umount);
	err = sync_filesystem(sb);
	up_read(&sb->s_umount);
	err2 = errseq_check_and_advance(&sb->s_wb_err, &f.file->f_sb_err);
	fdput(f);
	return err ? err : err2;
}

/** vfs_fsync_range - @end is inclusive. Return: 0, -EINVAL (cannot be synced), or the error. */
int vfs_fsync_range(struct file *f, loff_t start, loff_t end, int datasync)
{
	if (!f->f_op->fsync)
		return -EINVAL;
	return f->f_op->fsync(f, start, end, datasync);
}

static long do_fsync(unsigned int fd, int datasync)
{
	struct fd f = fdget(fd);
	int err;

	if (!f.file)
		return -EBADF;
	err = vfs_fsync(f.file, datasync);
	fdput(f);
	return err;
}

SYSCALL_DEFINE1(fsync, unsigned int, fd)
{
	return do_fsync(fd, 0);
}

SYSCALL_DEFINE1(fdatasync, unsigned int, fd)
{
	return do_fsync(fd, 1);
}
