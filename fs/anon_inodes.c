// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files that are not in any filesystem, and have nothing that an inode could
 * keep: they all share one inode, and differ in operations and private data.
 * It cannot be opened again through /proc/PID/fd: ENXIO.
 */
#include <fs/anon_inodes.h>
#include <fs/fs.h>
#include <kernel/init.h>
#include <lib/err.h>
#include <linux/magic.h>

static struct vfsmount *anon_inode_mnt;
static struct inode *anon_inode_inode;

/**
 * anon_inode_getfile - a new file of @fops with @priv as its private data.
 * @name: in brackets, as "[eventfd]"
 * @flags: O_ACCMODE and O_NONBLOCK count
 * Context: may sleep. Return: ERR_PTR(-ENFILE, -ENOMEM), and @priv is still the caller's.
 */
struct file *anon_inode_getfile(const char *name, const struct file_operations *fops, void *priv,
				int flags)
{
	struct file *f;

	ihold(anon_inode_inode);
	f = alloc_file_pseudo(anon_inode_inode, anon_inode_mnt, name,
			      flags & (O_ACCMODE | O_NONBLOCK), fops);
	if (IS_ERR(f)) {
		iput(anon_inode_inode);
		return f;
	}
	/* no position: whoever sleeps in read() keeps nobody else out */
	f->f_mode &= ~(FMODE_PREAD | FMODE_PWRITE | FMODE_ATOMIC_POS);
	f->private_data = priv;
	return f;
}

/** anon_inode_getfd - @flags: O_CLOEXEC too. Return: a descriptor, -EMFILE, or as above. */
int anon_inode_getfd(const char *name, const struct file_operations *fops, void *priv, int flags)
{
	int fd = get_unused_fd_flags(flags);
	struct file *f;

	if (fd < 0)
		return fd;
	f = anon_inode_getfile(name, fops, priv, flags);
	if (IS_ERR(f)) {
		put_unused_fd(fd);
		return PTR_ERR(f);
	}
	fd_install(fd, f);
	return fd;
}

static char *anon_inode_dname(struct dentry *d, char *buf, int len)
{
	return dynamic_dname(buf, len, "anon_inode:%s", d->d_name.name);
}

static const struct dentry_operations anon_inode_dops = {
	.d_dname	= anon_inode_dname,
	.d_delete	= always_delete_dentry,
};

static const struct super_operations anon_inode_sops = {
	.statfs		= simple_statfs,
	.drop_inode	= generic_delete_inode,
};

static int anon_inode_fill_super(struct super_block *sb, void *data, int silent)
{
	return pseudo_fill_super(sb, ANON_INODE_FS_MAGIC, &anon_inode_sops, &anon_inode_dops);
}

static struct dentry *anon_inode_mount(struct file_system_type *t, int flags, const char *dev,
				       void *data)
{
	return mount_nodev(t, flags, data, anon_inode_fill_super);
}

static struct file_system_type anon_inode_fs_type = {
	.name		= "anon_inodefs",
	.mount		= anon_inode_mount,
	.kill_sb	= kill_anon_super,
};

static int anon_inode_init(void)
{
	struct inode *inode;

	anon_inode_mnt = kern_mount(&anon_inode_fs_type);
	if (IS_ERR(anon_inode_mnt))
		return PTR_ERR(anon_inode_mnt);
	inode = new_inode(anon_inode_mnt->mnt_sb);
	if (!inode)
		return -ENOMEM;
	inode->i_ino = get_next_ino();
	inode->i_mode = S_IRUSR | S_IWUSR;
	inode->i_atime = inode->i_mtime = inode->i_ctime = current_time(inode);
	anon_inode_inode = inode;
	return 0;
}
fs_initcall(anon_inode_init);
