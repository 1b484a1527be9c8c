// SPDX-License-Identifier: GPL-2.0-only
/*
 * File operations of an opened block device: read, write and mmap through its
 * page cache, and the ioctls that mke2fs, blockdev and their like use.
 *
 * The opener (block_dev.c) has set f_mapping to the device's, and private_data to the
 * holder if it was opened exclusively.
 */
#include <kernel/cred.h>
#include <mm/pagemap.h>
#include <fs/uio.h>
#include <arch/uaccess.h>
#include <linux/hdreg.h>
#include "internal_block.h"

static struct block_device *file_bdev(const struct file *file)
{
	return mapping_bdev(file->f_mapping);
}

static loff_t blkdev_llseek(struct file *file, loff_t off, int whence)
{
	return fixed_size_llseek(file, off, whence, i_size_read(file->f_mapping->host));
}

static ssize_t blkdev_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	struct inode *inode = iocb->ki_filp->f_mapping->host;
	loff_t size = i_size_read(inode);
	size_t count = iov_iter_count(from), cut;
	ssize_t ret;

	if (mapping_bdev(inode->i_mapping)->bd_read_only)
		return -EPERM;
	if (!count)
		return 0;
	if (iocb->ki_pos >= size)
		return -ENOSPC;
	iov_iter_truncate(from, size - iocb->ki_pos);
	cut = count - iov_iter_count(from);
	inode_lock(inode);
	ret = __generic_file_write_iter(iocb, from);
	inode_unlock(inode);
	iov_iter_reexpand(from, iov_iter_count(from) + cut);
	if (ret > 0 && (iocb->ki_flags & (IOCB_DSYNC | IOCB_SYNC)))
		ret = generic_write_sync(iocb, ret);
	return ret;
}

static int blkdev_fsync(struct file *file, loff_t start, loff_t end, int datasync)
{
	int err = file_write_and_wait_range(file, start, end);

	return err ? err : blkdev_issue_flush(file_bdev(file));
}

static int put_geometry(struct block_device *bdev, void __user *arg)
{
	struct hd_geometry geo = { .heads = 255, .sectors = 63 };

	geo.start = bdev->bd_start_sect;
	geo.cylinders = min_t(u64, bdev->bd_nr_sectors / (255 * 63), 65535);
	if (bdev->bd_ops->getgeo && bdev->bd_ops->getgeo(bdev, &geo))
		return -ENOTTY;
	return copy_to_user(arg, &geo, sizeof(geo)) ? -EFAULT : 0;
}

static int flush_buffers(struct block_device *bdev)
{
	if (!capable(CAP_SYS_ADMIN))
		return -EACCES;
	sync_blockdev(bdev);
	invalidate_bdev(bdev);
	return 0;
}

static int set_block_size(struct block_device *bdev, const int __user *arg)
{
	int size;

	if (!capable(CAP_SYS_ADMIN))
		return -EACCES;
	if (get_user(size, arg))
		return -EFAULT;
	if (size < 0)
		return -EINVAL;
	/* somebody has mounted it */
	if (bdev->bd_holder)
		return -EBUSY;
	return set_blocksize(bdev, size);
}

static long blkdev_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct block_device *bdev = file_bdev(file);
	void __user *p = (void __user *)arg;

	switch (cmd) {
	case BLKGETSIZE64:
		return put_user(bdev->bd_nr_sectors << SECTOR_SHIFT, (u64 __user *)p);
	case BLKGETSIZE:
		return put_user((unsigned long)bdev->bd_nr_sectors, (unsigned long __user *)p);
	case BLKSSZGET:
		return put_user((int)bdev->bd_logical_block_size, (int __user *)p);
	case BLKPBSZGET:
	case BLKIOMIN:
		return put_user(bdev->bd_logical_block_size, (unsigned int __user *)p);
	case BLKIOOPT:
		return put_user(0u, (unsigned int __user *)p);
	case BLKALIGNOFF:
		return put_user(0, (int __user *)p);
	case BLKBSZGET:
		return put_user(1 << bdev->bd_inode->i_blkbits, (int __user *)p);
	case BLKBSZSET:
		return set_block_size(bdev, p);
	case BLKROGET:
		return put_user((int)bdev->bd_read_only, (int __user *)p);
	case BLKSECTGET:
		return put_user((unsigned short)min(bdev->bd_max_bytes >> SECTOR_SHIFT, 65535u),
				(unsigned short __user *)p);
	case BLKROTATIONAL:
		return put_user((unsigned short)0, (unsigned short __user *)p);
	case BLKRAGET:
	case BLKFRAGET:
		return put_user((long)file->f_ra.ra_pages << (PAGE_SHIFT - SECTOR_SHIFT), (long __user *)p);
	case BLKFLSBUF:
		return flush_buffers(bdev);
	case BLKDISCARD:
	case BLKSECDISCARD:
		return -EOPNOTSUPP;
	case HDIO_GETGEO:
		return put_geometry(bdev, p);
	}
	return -ENOTTY;
}

static int blkdev_release(struct inode *inode, struct file *file)
{
	blkdev_put(file_bdev(file), file->private_data);	/* the holder: O_EXCL is not kept in f_flags */
	return 0;
}

const struct file_operations def_blk_fops = {
	.llseek		= blkdev_llseek,
	.read_iter	= generic_file_read_iter,
	.write_iter	= blkdev_write_iter,
	.mmap		= generic_file_mmap,
	.fsync		= blkdev_fsync,
	.unlocked_ioctl	= blkdev_ioctl,
	.release	= blkdev_release,
};
