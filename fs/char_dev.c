// SPDX-License-Identifier: GPL-2.0-only
/*
 * Character devices: who drives which numbers, and the open that finds them.
 *
 * Drivers register once and stay, so the list only grows, and is read under RCU.
 */
#include "vfs_internal.h"
#include <fs/seq_file.h>

struct chrdev_region {
	struct list_head list;
	unsigned int major, minor, count;
	const char *name;
	const struct file_operations *fops;
};
static LIST_HEAD(chrdevs);		/* by major, minor; chrdevs_lock to change */
static DEFINE_MUTEX(chrdevs_lock, LR_KERNEL_MUTEX);

/**
 * register_chrdev_region_ops - drive @count device numbers.
 * Context: may sleep. Return: 0, -EBUSY (taken), -EINVAL, -ENOMEM.
 */
int register_chrdev_region_ops(unsigned int major, unsigned int first_minor, unsigned int count,
			       const char *name, const struct file_operations *fops)
{
	struct chrdev_region *r = kmalloc(sizeof(*r), GFP_KERNEL), *o;
	struct list_head *at = &chrdevs;
	int err = 0;

	if (!r)
		return -ENOMEM;
	*r = (struct chrdev_region){ .major = major, .minor = first_minor, .count = count,
				     .name = name, .fops = fops };
	mutex_lock(&chrdevs_lock);
	if (!count || first_minor > MINORMASK || count - 1 > MINORMASK - first_minor || major > 4095)
		err = -EINVAL;
	list_for_each_entry(o, &chrdevs, list) {
		if (o->major == major && o->minor < first_minor + count && first_minor < o->minor + o->count)
			err = -EBUSY;
		if (o->major < major || (o->major == major && o->minor < first_minor))
			at = &o->list;
	}
	if (!err)
		list_add_rcu(&r->list, at);
	mutex_unlock(&chrdevs_lock);
	if (err)
		kfree(r);
	return err;
}

static const struct file_operations *find_fops(dev_t dev)
{
	struct chrdev_region *r;

	list_for_each_entry_rcu(r, &chrdevs, list)
		if (r->major == MAJOR(dev) && MINOR(dev) - r->minor < r->count)
			return r->fops;
	return NULL;
}

static int chrdev_open(struct inode *inode, struct file *f)
{
	const struct file_operations *fops = inode->i_cdev;

	if (!fops) {
		fops = find_fops(inode->i_rdev);
		if (!fops)
			return -ENXIO;
		inode->i_cdev = (void *)fops;
	}
	f->f_op = fops;
	return fops->open ? fops->open(inode, f) : 0;
}

const struct file_operations def_chr_fops = { .open = chrdev_open, .llseek = noop_llseek };

/** show_devices - /proc/devices. */
int show_devices(struct seq_file *m)
{
	struct chrdev_region *r;
	unsigned int last = ~0u;

	seq_puts(m, "Character devices:\n");
	mutex_lock(&chrdevs_lock);
	list_for_each_entry(r, &chrdevs, list) {
		if (r->major != last)
			seq_printf(m, "%3u %s\n", r->major, r->name);
		last = r->major;
	}
	mutex_unlock(&chrdevs_lock);
	return 0;
}
