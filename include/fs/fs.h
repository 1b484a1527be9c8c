/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The virtual file system, whole: what a filesystem and a caller of one
 * include. A part that needs less includes its own header.
 *
 *	super.h		super blocks, filesystem types
 *	inode.h		inodes and their attributes
 *	dentry.h	the cache of names
 *	path.h		mounts, paths, name lookup
 *	file.h		open files
 *	files.h		descriptor tables
 *
 * Contracts are Linux's unless said there.
 */
#ifndef FS_FS_H
#define FS_FS_H
#include <fs/super.h>
#include <fs/inode.h>
#include <fs/dentry.h>
#include <fs/path.h>
#include <fs/file.h>
#include <fs/files.h>
#include <linux/falloc.h>

/* devices: drivers register operations by number; fs/char_dev.c opens them */
int register_chrdev_region_ops(unsigned int major, unsigned int first_minor, unsigned int count, const char *name, const struct file_operations *fops);
int devtmpfs_create_node(const char *name, umode_t mode, dev_t dev);	/* name may hold '/' */
int show_devices(struct seq_file *m);
int devtmpfs_mount(const char *dir);		/* boot: devtmpfs onto @dir */
/** bdev_inode_alloc - the inode (page cache) of a block device being added. ERR_PTR(-ENOMEM). */
struct inode *bdev_inode_alloc(struct block_device *bdev);
int unpack_initramfs(void);			/* boot: initrd into the rootfs; init/initramfs.c */

/* library for small filesystems (fs/libfs.c) */
extern const struct file_operations simple_dir_operations;
extern const struct inode_operations simple_dir_inode_operations;
struct dentry *simple_lookup(struct inode *dir, struct dentry *d, unsigned int flags);
int dcache_readdir(struct file *f, struct dir_context *ctx);
loff_t dcache_dir_lseek(struct file *f, loff_t off, int whence);
int dcache_dir_open(struct inode *i, struct file *f);
int dcache_dir_close(struct inode *i, struct file *f);
int simple_link(struct dentry *old, struct inode *dir, struct dentry *d);
int simple_unlink(struct inode *dir, struct dentry *d);
int simple_rmdir(struct inode *dir, struct dentry *d);
int simple_rename(struct inode *odir, struct dentry *od, struct inode *ndir, struct dentry *nd, unsigned int flags);
int simple_empty(struct dentry *d);
ssize_t generic_read_dir(struct file *f, char __user *buf, size_t n, loff_t *pos);	/* EISDIR */
int always_delete_dentry(const struct dentry *d);
int pseudo_fill_super(struct super_block *sb, unsigned long magic, const struct super_operations *sops,
		      const struct dentry_operations *dops);
ssize_t simple_read_from_buffer(void __user *to, size_t n, loff_t *pos, const void *from, size_t avail);

/* exec (fs/exec.c) */
int do_execveat(int dfd, struct filename *name, const char __user *const __user *argv,
		const char __user *const __user *envp, int flags);
int kernel_execve(const char *name, const char *const *argv, const char *const *envp);

#endif
