// SPDX-License-Identifier: GPL-2.0-only
/*
 * The list of disks and partitions, and opening them by number or name. A
 * block_device lives as long as the kernel; openers are counted, and one
 * holder (a mounted filesystem) may claim it exclusively.
 */
#include <drivers/block.h>
#include <fs/buffer.h>
#include <fs/fs.h>
#include <kernel/mutex.h>
#include <kernel/printk.h>
#include <lib/ctype.h>
#include <lib/err.h>
#include <lib/kstrto.h>
#include <lib/printf.h>
#include <lib/string.h>
#include <mm/slab.h>
#include "partition.h"

static DEFINE_MUTEX(bdev_lock, LR_BDEV);	/* the list, openers, holders */
static LIST_HEAD(all_bdevs);

/* a device's inode and cache, its place in the list, its node in /dev */
static int publish(struct block_device *b)
{
	int err;

	b->bd_inode = bdev_inode_alloc(b);
	if (IS_ERR(b->bd_inode))
		return PTR_ERR(b->bd_inode);
	if (!b->bd_block_size)
		b->bd_block_size = max(b->bd_logical_block_size, 512u);
	mutex_lock(&bdev_lock);
	list_add_tail(&b->bd_list, &all_bdevs);
	mutex_unlock(&bdev_lock);
	err = devtmpfs_create_node(b->bd_name, S_IFBLK | 0600, b->bd_dev);
	if (err)
		pr_warn("%s: no node in /dev: error %d\n", b->bd_name, err);
	return 0;
}

static void add_partition(struct block_device *disk, unsigned int nr, u64 start, u64 sectors)
{
	bool digit = isdigit(disk->bd_name[strlen(disk->bd_name) - 1]);
	struct block_device *p;

	if (!sectors || start >= disk->bd_nr_sectors || sectors > disk->bd_nr_sectors - start) {
		pr_warn("%s: partition %u lies beyond the end of the disk\n", disk->bd_name, nr);
		return;
	}
	p = kzalloc(sizeof(*p), GFP_KERNEL);
	if (!p)
		return;
	*p = (struct block_device){
		.bd_dev = disk->bd_dev + nr,
		.bd_nr_sectors = sectors,
		.bd_start_sect = start,
		.bd_whole = disk,
		.bd_read_only = disk->bd_read_only,
		.bd_has_flush = disk->bd_has_flush,
		.bd_logical_block_size = disk->bd_logical_block_size,
		.bd_max_segments = disk->bd_max_segments,
		.bd_max_bytes = disk->bd_max_bytes,
		.bd_ops = disk->bd_ops,
		.bd_private = disk->bd_private,
	};
	snprintf(p->bd_name, sizeof(p->bd_name), digit ? "%sp%u" : "%s%u", disk->bd_name, nr);
	if (publish(p))
		kfree(p);
	else
		pr_info("%s: %llu sectors at %llu\n", p->bd_name, (unsigned long long)sectors,
			(unsigned long long)start);
}

/**
 * add_disk - make a driver's disk known, with its partitions.
 * Context: may sleep; the device takes requests already. Return: 0 or -errno.
 */
int add_disk(struct block_device *bdev)
{
	int err = publish(bdev);

	if (err)
		return err;
	pr_info("%s: %llu sectors of 512 bytes, %llu MiB%s\n", bdev->bd_name,
		(unsigned long long)bdev->bd_nr_sectors,
		(unsigned long long)bdev->bd_nr_sectors >> 11,
		bdev->bd_read_only ? ", read-only" : "");
	scan_partitions(bdev, add_partition);
	return 0;
}

static struct block_device *find_bdev(dev_t dev) __must_hold(bdev_lock)
{
	struct block_device *b;

	list_for_each_entry(b, &all_bdevs, bd_list)
		if (b->bd_dev == dev)
			return b;
	return NULL;
}

/* a disk and its partitions exclude each other's holders */
static bool may_claim(struct block_device *b, void *holder) __must_hold(bdev_lock)
{
	struct block_device *o;

	if (b->bd_holder)
		return b->bd_holder == holder;
	list_for_each_entry(o, &all_bdevs, bd_list)
		if (o->bd_holder && (o->bd_whole == b || b->bd_whole == o))
			return false;
	return true;
}

/**
 * blkdev_get_by_dev - open @dev; with @holder not NULL exclusively for it.
 * Return: the device, to be closed with blkdev_put(), or ERR_PTR: -ENXIO no
 * such device, -EROFS opened for writing but read-only, -EBUSY held by another.
 */
struct block_device *blkdev_get_by_dev(dev_t dev, fmode_t mode, void *holder)
{
	struct block_device *b;
	int err = 0;

	mutex_lock(&bdev_lock);
	b = find_bdev(dev);
	if (!b)
		err = -ENXIO;
	else if ((mode & FMODE_WRITE) && b->bd_read_only)
		err = -EROFS;
	else if (holder && !may_claim(b, holder))
		err = -EBUSY;
	if (!err) {
		b->bd_openers++;
		if (holder) {
			b->bd_holder = holder;
			b->bd_holders++;
		}
	}
	mutex_unlock(&bdev_lock);
	return err ? ERR_PTR(err) : b;
}

/** blkdev_get_by_path - the same by the name of a device node. Return: also -ENOTBLK, and lookup errors. */
struct block_device *blkdev_get_by_path(const char *name, fmode_t mode, void *holder)
{
	struct path path;
	struct inode *inode;
	dev_t dev = 0;
	int err = kern_path(name, LOOKUP_FOLLOW, &path);

	if (err)
		return ERR_PTR(err);
	inode = d_inode(path.dentry);
	if (!S_ISBLK(inode->i_mode))
		err = -ENOTBLK;
	else if (path.mnt->mnt_flags & MNT_NODEV)
		err = -EACCES;
	else
		dev = inode->i_rdev;
	path_put(&path);
	return err ? ERR_PTR(err) : blkdev_get_by_dev(dev, mode, holder);
}

/** blkdev_put - close what blkdev_get_by_*() opened, with the same @holder. Context: may sleep. */
void blkdev_put(struct block_device *bdev, void *holder)
{
	bool last;

	mutex_lock(&bdev_lock);
	if (holder && --bdev->bd_holders == 0)
		bdev->bd_holder = NULL;
	last = bdev->bd_openers == 1;
	mutex_unlock(&bdev_lock);
	if (last)		/* nobody else: what is dirty goes to the device */
		sync_blockdev(bdev);
	mutex_lock(&bdev_lock);
	bdev->bd_openers--;
	mutex_unlock(&bdev_lock);
}

/**
 * set_blocksize - the unit in which the device's cache is read and written.
 * Cached folios of another size are written and dropped.
 * Return: 0, -EINVAL (not a power of two of 512..4096, or below the device's).
 */
int set_blocksize(struct block_device *bdev, unsigned int size)
{
	if (size < 512 || size > PAGE_SIZE || (size & (size - 1)) ||
	    size < bdev->bd_logical_block_size)
		return -EINVAL;
	if (bdev->bd_block_size == size)
		return 0;
	sync_blockdev(bdev);
	invalidate_bdev(bdev);
	bdev->bd_block_size = size;
	bdev->bd_inode->i_blkbits = __builtin_ctz(size);
	return 0;
}

/**
 * name_to_dev - what root= names: "/dev/vda1", "vda1", "254:1" or "fe01".
 * Return: 0 if there is no such device.
 */
dev_t name_to_dev(const char *name)
{
	struct block_device *b;
	unsigned long major, minor;
	dev_t dev = 0;
	char *end;

	if (!strncmp(name, "/dev/", 5))
		name += 5;
	mutex_lock(&bdev_lock);
	list_for_each_entry(b, &all_bdevs, bd_list)
		if (!strcmp(b->bd_name, name))
			dev = b->bd_dev;
	if (!dev && *name) {
		major = simple_strtoul(name, &end, 10);
		if (*end == ':') {
			minor = simple_strtoul(end + 1, &end, 10);
			dev = MKDEV(major, minor);
		} else {
			major = simple_strtoul(name, &end, 16);	/* the old form of two bytes */
			dev = MKDEV(major >> 8, major & 0xff);
		}
		if (*end || !find_bdev(dev))
			dev = 0;
	}
	mutex_unlock(&bdev_lock);
	return dev;
}

void for_each_bdev(void (*fn)(struct block_device *b, void *arg), void *arg)
{
	struct block_device *b;

	mutex_lock(&bdev_lock);
	list_for_each_entry(b, &all_bdevs, bd_list)
		fn(b, arg);
	mutex_unlock(&bdev_lock);
}
