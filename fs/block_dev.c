// SPDX-License-Identifier: GPL-2.0-only
/*
 * Block devices as files: the bdev pseudo filesystem, whose inodes own the page caches of
 * the devices, and the open of a device node, which leads there.
 */
#include "vfs_internal.h"
#include <drivers/block.h>
#include <fs/buffer.h>
#include <kernel/init.h>

static struct vfsmount *bdev_mnt;

static const struct super_operations bdev_sops = {
	.statfs = simple_statfs,
	.drop_inode = generic_delete_inode,
};

static int bdev_fill_super(struct super_block *sb, void *data, int silent)
{
	struct inode *root;

	sb->s_magic = 0x62646576;	/* BDEVFS_MAGIC */
	sb->s_op = &bdev_sops;
	root = new_inode(sb);
	if (!root)
		return -ENOMEM;
	root->i_ino = 1;
	root->i_mode = S_IFDIR | 0755;
	sb->s_root = d_make_root(root);
	return sb->s_root ? 0 : -ENOMEM;
}

static struct dentry *bdev_mount(struct file_system_type *t, int flags, const char *dev, void *data)
{
	return mount_nodev(t, flags, data, bdev_fill_super);
}

static struct file_system_type bdev_type = {
	.name = "bdev",
	.mount = bdev_mount,
	.kill_sb = kill_anon_super,
};

/**
 * bdev_inode_alloc - the inode of a device that is being added; it lives as long.
 * Return: ERR_PTR(-ENOMEM).
 */
struct inode *bdev_inode_alloc(struct block_device *bdev)
{
	struct inode *inode = new_inode(bdev_mnt->mnt_sb);

	if (!inode)
		return ERR_PTR(-ENOMEM);
	inode->i_ino = get_next_ino();
	inode->i_mode = S_IFBLK;
	inode->i_rdev = bdev->bd_dev;
	inode->i_bdev = bdev;
	inode->i_blkbits = ilog2(max(bdev->bd_block_size, max(bdev->bd_logical_block_size, 512u)));
	i_size_write(inode, bdev->bd_nr_sectors << 9);
	inode->i_data.a_ops = &def_blk_aops;
	inode->i_data.gfp_mask = GFP_USER;
	insert_inode_hash(inode);
	return inode;
}

static int blkdev_open(struct inode *inode, struct file *f)
{
	void *holder = f->f_flags & O_EXCL ? f : NULL;
	struct block_device *bdev = blkdev_get_by_dev(inode->i_rdev, f->f_mode, holder);

	if (IS_ERR(bdev))
		return PTR_ERR(bdev);
	f->private_data = holder;
	f->f_mapping = bdev->bd_inode->i_mapping;
	f->f_wb_err = errseq_sample(&f->f_mapping->wb_err);
	f->f_op = &def_blk_fops;
	return 0;
}

const struct file_operations blkdev_open_fops = { .open = blkdev_open };

void __init bdev_cache_init(void)
{
	bdev_mnt = kern_mount(&bdev_type);
	if (IS_ERR(bdev_mnt))
		panic("VFS: cannot mount bdev");
}
