// SPDX-License-Identifier: GPL-2.0-only
/*
 * devtmpfs: a tmpfs instance that the kernel keeps and in which drivers make their device
 * nodes. Every mount of the type shows the same instance.
 *
 * Drivers may come before it: their nodes are remembered and made when it is there. The
 * kernel works in it by its mount of its own, whatever user space has mounted over.
 */
#include "vfs_internal.h"
#include <fs/shmem.h>
#include <kernel/init.h>
#include <linux/mount.h>

struct dev_node {
	struct list_head list;
	umode_t mode;
	dev_t dev;
	char name[];
};
static LIST_HEAD(early_nodes);
static DEFINE_MUTEX(devtmpfs_lock, LR_MOUNT);
static struct vfsmount *dev_mnt;		/* set once, under devtmpfs_lock */

/* The child @name of @dir, made if it is missing. Return: referenced; ERR_PTR. */
static struct dentry *make_one(struct dentry *dir, const char *name, unsigned int len, umode_t mode, dev_t dev)
{
	struct qstr q = { .name = (const unsigned char *)name, .len = len };
	struct inode *inode = dir->d_inode;
	struct dentry *d;
	int err = 0;

	q.hash = d_name_hash(dir, name, len);
	inode_lock(inode);
	d = lookup_one_qstr_excl(&q, dir, LOOKUP_CREATE);
	if (!IS_ERR(d) && !d->d_inode) {
		if (S_ISDIR(mode))
			err = inode->i_op->mkdir(inode, d, mode & S_IALLUGO);
		else
			err = inode->i_op->mknod(inode, d, mode, dev);
		if (err) {
			dput(d);
			d = ERR_PTR(err);
		}
	}
	inode_unlock(inode);
	return d;
}

static int make_node(const char *name, umode_t mode, dev_t dev)
{
	struct dentry *dir = dget(dev_mnt->mnt_root), *d;

	for (;;) {
		const char *slash = strchr(name, '/');
		bool last = !slash;

		d = make_one(dir, name, last ? strlen(name) : slash - name,
			     last ? mode : S_IFDIR | 0755, dev);
		dput(dir);
		if (IS_ERR(d))
			return PTR_ERR(d);
		if (last) {
			dput(d);
			return 0;
		}
		dir = d;
		name = slash + 1;
	}
}

/**
 * devtmpfs_create_node - a device node in /dev.
 * @name: without "/dev/"; directories in it are made
 * @mode: without a type it is a character device
 * Context: may sleep. Return: 0 or -errno.
 */
int devtmpfs_create_node(const char *name, umode_t mode, dev_t dev)
{
	struct dev_node *n;
	size_t size = strlen(name) + 1;
	int err = 0;

	if (!(mode & S_IFMT))
		mode |= S_IFCHR;
	mutex_lock(&devtmpfs_lock);
	if (dev_mnt) {
		err = make_node(name, mode, dev);
	} else {
		n = kmalloc(sizeof(*n) + size, GFP_KERNEL);
		if (n) {
			n->mode = mode;
			n->dev = dev;
			memcpy(n->name, name, size);
			list_add_tail(&n->list, &early_nodes);
		} else {
			err = -ENOMEM;
		}
	}
	mutex_unlock(&devtmpfs_lock);
	return err;
}

static struct dentry *devtmpfs_type_mount(struct file_system_type *t, int flags, const char *dev, void *data)
{
	struct super_block *sb = dev_mnt->mnt_sb;

	atomic_inc(&sb->s_active);
	return dget(dev_mnt->mnt_root);
}

static struct file_system_type devtmpfs_type = {
	.name = "devtmpfs",
	.mount = devtmpfs_type_mount,
	.kill_sb = kill_litter_super,	/* never: the kernel's mount stays */
};

/** devtmpfs_mount - boot: put it onto @dir, if there is such a directory. */
int devtmpfs_mount(const char *dir)
{
	return do_mount("devtmpfs", dir, "devtmpfs", MS_SILENT, NULL);
}

/* The instance is a tmpfs; only its name in the lists is devtmpfs. */
static int __init devtmpfs_init(void)
{
	struct file_system_type *tmpfs = get_fs_type("tmpfs");
	char options[] = "mode=0755";
	struct dev_node *n, *next;
	struct vfsmount *m;

	if (!tmpfs)
		return -ENODEV;
	m = vfs_kern_mount(tmpfs, SB_KERNMOUNT, "devtmpfs", options);
	if (IS_ERR(m))
		return PTR_ERR(m);
	m->mnt_sb->s_type = &devtmpfs_type;
	mutex_lock(&devtmpfs_lock);
	dev_mnt = m;
	list_for_each_entry_safe(n, next, &early_nodes, list) {
		if (make_node(n->name, n->mode, n->dev))
			pr_err("devtmpfs: no node for %s\n", n->name);
		list_del(&n->list);
		kfree(n);
	}
	mutex_unlock(&devtmpfs_lock);
	return register_filesystem(&devtmpfs_type);
}
core_initcall(devtmpfs_init);
