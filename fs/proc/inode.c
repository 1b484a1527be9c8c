// SPDX-License-Identifier: GPL-2.0-only
/* proc as a filesystem: the super block, its inodes, and the root directory. */
#include "internal.h"
#include <kernel/init.h>
#include <lib/err.h>
#include <mm/slab.h>
#include <linux/magic.h>

static struct kmem_cache *proc_inode_cache;

static struct inode *proc_alloc_inode(struct super_block *sb)
{
	struct proc_inode *pi = kmem_cache_alloc(proc_inode_cache, GFP_KERNEL);

	if (!pi)
		return NULL;
	pi->pid = NULL;
	pi->pde = NULL;
	pi->entry = NULL;
	return &pi->vfs_inode;
}

static void proc_free_inode(struct inode *inode)
{
	kmem_cache_free(proc_inode_cache, PROC_I(inode));
}

static void proc_evict_inode(struct inode *inode)
{
	struct pid *pid = PROC_I(inode)->pid;

	clear_inode(inode);
	PROC_I(inode)->pid = NULL;
	put_pid(pid);
}

static const struct super_operations proc_sops = {
	.alloc_inode = proc_alloc_inode,
	.free_inode = proc_free_inode,
	.drop_inode = generic_delete_inode,
	.evict_inode = proc_evict_inode,
	.statfs = simple_statfs,
};

static void init_once(void *p)
{
	inode_init_once(&((struct proc_inode *)p)->vfs_inode);
}

/* ---- /proc itself: first the tree, then the processes ---- */

static struct dentry *proc_root_lookup(struct inode *dir, struct dentry *d, unsigned int flags)
{
	struct dentry *found = proc_pid_lookup(dir, d);

	return found == ERR_PTR(-ENOENT) ? proc_lookup_de(dir, d, &proc_root) : found;
}

static int proc_root_readdir(struct file *f, struct dir_context *ctx)
{
	if (ctx->pos < PROC_FIRST_PID) {
		if (!proc_readdir_de(f, ctx, &proc_root))
			return 0;
		ctx->pos = PROC_FIRST_PID;
	}
	return proc_pid_readdir(f, ctx);
}

static int proc_root_getattr(const struct path *path, struct kstat *st, u32 mask, unsigned int flags)
{
	generic_fillattr(path->dentry->d_inode, st);
	st->nlink = proc_root.nlink + READ_ONCE(nr_processes);
	return 0;
}

static ssize_t dir_read(struct file *f, char __user *buf, size_t n, loff_t *pos)
{
	return -EISDIR;
}

static const struct inode_operations proc_root_iops = {
	.lookup = proc_root_lookup,
	.getattr = proc_root_getattr,
};

static const struct file_operations proc_root_fops = {
	.llseek = generic_file_llseek,
	.read = dir_read,
	.iterate_shared = proc_root_readdir,
};

static int proc_fill_super(struct super_block *sb, void *data, int silent)
{
	struct inode *root;

	sb->s_flags |= SB_NODIRATIME | SB_NOSUID | SB_NOEXEC;
	sb->s_blocksize = 1024;
	sb->s_blocksize_bits = 10;
	sb->s_magic = PROC_SUPER_MAGIC;
	sb->s_maxbytes = MAX_LFS_FILESIZE;
	sb->s_op = &proc_sops;
	sb->s_time_gran = 1;
	root = proc_get_inode(sb, &proc_root);
	sb->s_root = root ? d_make_root(root) : NULL;
	return sb->s_root ? 0 : -ENOMEM;
}

static struct dentry *proc_mount(struct file_system_type *t, int flags, const char *dev, void *data)
{
	return mount_single(t, flags, data, proc_fill_super);
}

static struct file_system_type proc_fs_type = {
	.name = "proc",
	.fs_flags = FS_USERNS_OK,
	.mount = proc_mount,
	.kill_sb = kill_anon_super,
};

static int __init proc_fs_init(void)
{
	proc_inode_cache = kmem_cache_create("proc_inode_cache", sizeof(struct proc_inode), 0,
					     SLAB_RECLAIM_ACCOUNT, init_once);
	if (!proc_inode_cache)
		return -ENOMEM;
	proc_root.iops = &proc_root_iops;
	proc_root.fops = &proc_root_fops;
	proc_self_init();
	proc_symlink("mounts", NULL, "self/mounts");
	proc_sys_init();
	return register_filesystem(&proc_fs_type);
}
fs_initcall(proc_fs_init);
