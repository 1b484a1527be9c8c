// SPDX-License-Identifier: GPL-2.0-only
/*
 * Boot: the rootfs (a tmpfs that is always there, at the bottom of the tree), and the real
 * root on top of it.
 */
#include "vfs_internal.h"
#include "mount.h"
#include <drivers/block.h>
#include <kernel/init.h>
#include <lib/printf.h>
#include <linux/mount.h>

static void set_root_of(struct fs_struct *fs, const struct path *p)
{
	set_fs_root(fs, p);
	set_fs_pwd(fs, p);
}

/* Process 1 begins in the rootfs, and so does every kernel thread. */
static int __init init_rootfs(void)
{
	struct file_system_type *tmpfs = get_fs_type("tmpfs");
	char options[] = "mode=0755";
	struct vfsmount *mnt;
	struct path root;

	if (!tmpfs)
		panic("VFS: no tmpfs for the rootfs");
	mnt = vfs_kern_mount(tmpfs, 0, "rootfs", options);
	if (IS_ERR(mnt))
		panic("VFS: cannot make the rootfs (error %ld)", PTR_ERR(mnt));
	strscpy(mnt->mnt_sb->s_id, "rootfs", sizeof(mnt->mnt_sb->s_id));
	down_write(&namespace_sem);
	spin_lock(&mount_lock);
	list_add_tail(&real_mount(mnt)->mnt_list, &all_mounts);
	spin_unlock(&mount_lock);
	up_write(&namespace_sem);
	root.mnt = mnt;
	root.dentry = mnt->mnt_root;
	set_root_of(&init_fs, &root);
	if (current->fs != &init_fs)
		set_root_of(current->fs, &root);
	return 0;
}
core_initcall(init_rootfs);

/* A node of the rootfs to mount from, whatever the device is called. */
static int __init make_root_node(dev_t dev)
{
	struct path parent;
	struct dentry *d = kern_path_create(AT_FDCWD, "/dev", &parent, LOOKUP_DIRECTORY);
	int err = 0;

	if (!IS_ERR(d)) {
		err = vfs_mkdir(parent.dentry->d_inode, d, 0755);
		done_path_create(&parent, d);
	} else if (PTR_ERR(d) != -EEXIST) {
		return PTR_ERR(d);
	}
	if (err)
		return err;
	d = kern_path_create(AT_FDCWD, "/dev/root", &parent, 0);
	if (IS_ERR(d))
		return PTR_ERR(d) == -EEXIST ? 0 : PTR_ERR(d);
	err = vfs_mknod(parent.dentry->d_inode, d, S_IFBLK | 0600, dev);
	done_path_create(&parent, d);
	return err;
}

static int __init try_mount(const char *type, unsigned long flags)
{
	long err = do_mount("/dev/root", "/", type, flags | MS_SILENT, NULL);

	/* a device that cannot be written is mounted read-only */
	if ((err == -EACCES || err == -EROFS) && !(flags & MS_RDONLY))
		err = do_mount("/dev/root", "/", type, flags | MS_SILENT | MS_RDONLY, NULL);
	return err;
}

/* Each type of @types (comma-separated), or each that lives on devices. */
static int __init try_types(const char *types, unsigned long flags, const char **which)
{
	static char name[32];
	struct file_system_type *t = NULL;
	int err = -ENODEV, ret = -ENODEV;

	if (types && *types) {
		while (*types) {
			size_t len = strcspn(types, ",");

			if (len && len < sizeof(name)) {
				memcpy(name, types, len);
				name[len] = 0;
				err = try_mount(name, flags);
				if (!err) {
					*which = name;
					return 0;
				}
				ret = err;
			}
			types += len;
			if (*types)
				types++;
		}
		return ret;
	}
	while ((t = next_bdev_fs_type(t))) {
		err = try_mount(t->name, flags);
		if (!err) {
			*which = t->name;
			return 0;
		}
		if (err != -EINVAL || ret == -ENODEV)
			ret = err;
	}
	return ret;
}

/**
 * init_mount_root - mount the root device on "/" and make it current's root.
 * @types: rootfstype=, comma-separated; NULL: all that are known
 * @flags: MS_RDONLY or 0
 * Return: 0 or -errno; a line on the console says what was wrong.
 */
int __init init_mount_root(const char *dev_name, const char *types, unsigned long flags)
{
	dev_t dev = name_to_dev(dev_name);
	const char *which = "?";
	struct vfsmount *top;
	struct path root;
	int err;

	if (!dev) {
		pr_err("VFS: Cannot open root device \"%s\": no such device\n", dev_name);
		return -ENXIO;
	}
	err = make_root_node(dev);
	if (!err)
		err = try_types(types, flags, &which);
	if (err) {
		pr_err("VFS: Cannot open root device \"%s\" or unknown-block(%u,%u): error %d\n",
		       dev_name, MAJOR(dev), MINOR(dev), err);
		return err;
	}
	get_fs_root(current->fs, &root);
	while ((top = lookup_mnt(&root))) {
		path_put(&root);
		root.mnt = top;
		root.dentry = dget(top->mnt_root);
	}
	set_root_of(current->fs, &root);
	if (current->fs != &init_fs)
		set_root_of(&init_fs, &root);
	pr_info("VFS: Mounted root (%s filesystem)%s on device %u:%u.\n", which,
		sb_rdonly(root.mnt->mnt_sb) ? " readonly" : "", MAJOR(dev), MINOR(dev));
	path_put(&root);
	return 0;
}
