// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mounting tmpfs: options, limits, remount; and the kernel's own instance, on which
 * shared memory without a name lives (shmem.c).
 */
#include <kernel/cred.h>
#include <kernel/printk.h>
#include <lib/kstrto.h>
#include <lib/string.h>
#include <mm/mm.h>
#include <mm/slab.h>
#include <fs/seq_file.h>
#include <linux/magic.h>
#include "tmpfs.h"

struct tmpfs_options {
	unsigned long max_blocks, max_inodes;
	umode_t mode;
	uid_t uid;
	gid_t gid;
	bool has_blocks, has_inodes, has_mode, has_uid, has_gid;
};

/* "64m", "50%": bytes to pages. 0 or -EINVAL. */
static int parse_size(const char *val, unsigned long *pages)
{
	char *rest;
	u64 bytes = memparse(val, &rest);

	if (*rest == '%') {
		bytes = bytes * totalram_pages() / 100 << PAGE_SHIFT;
		rest++;
	}
	if (*rest || rest == val)
		return -EINVAL;
	*pages = (bytes + PAGE_SIZE - 1) >> PAGE_SHIFT;
	return 0;
}

static int parse_count(const char *val, unsigned long *n)
{
	char *rest;

	*n = memparse(val, &rest);
	return *rest || rest == val ? -EINVAL : 0;
}

static int parse_one(struct tmpfs_options *o, const char *key, const char *val)
{
	unsigned int v;

	/* one that is accepted and has nothing to steer here */
	if (!strcmp(key, "noswap") || !strcmp(key, "huge") || !strcmp(key, "inode64"))
		return 0;
	if (!val || !*val)
		return -EINVAL;
	if (!strcmp(key, "size")) {
		o->has_blocks = true;
		return parse_size(val, &o->max_blocks);
	}
	if (!strcmp(key, "nr_blocks")) {
		o->has_blocks = true;
		return parse_count(val, &o->max_blocks);
	}
	if (!strcmp(key, "nr_inodes")) {
		o->has_inodes = true;
		return parse_count(val, &o->max_inodes);
	}
	if (!strcmp(key, "mode")) {
		o->has_mode = true;
		if (kstrtouint(val, 8, &v))
			return -EINVAL;
		o->mode = v & 07777;
		return 0;
	}
	if (!strcmp(key, "uid")) {
		o->has_uid = true;
		return kstrtouint(val, 0, &o->uid) ? -EINVAL : 0;
	}
	if (!strcmp(key, "gid")) {
		o->has_gid = true;
		return kstrtouint(val, 0, &o->gid) ? -EINVAL : 0;
	}
	return -EINVAL;
}

/* @data: "size=64m,mode=1777", changed in place; or NULL. */
static int parse_options(struct tmpfs_options *o, char *data)
{
	char *opt, *val;

	while ((opt = strsep(&data, ","))) {
		if (!*opt)
			continue;
		val = strchr(opt, '=');
		if (val)
			*val++ = 0;
		if (parse_one(o, opt, val)) {
			pr_err("tmpfs: bad mount option \"%s\"\n", opt);
			return -EINVAL;
		}
	}
	return 0;
}

static int tmpfs_remount(struct super_block *sb, int *flags, char *data);
static int tmpfs_show_options(struct seq_file *m, struct dentry *root);

static const struct super_operations tmpfs_super_operations = {
	.alloc_inode	= tmpfs_alloc_inode,
	.free_inode	= tmpfs_free_inode,
	.evict_inode	= tmpfs_evict_inode,
	.drop_inode	= generic_delete_inode,
	.statfs		= tmpfs_statfs,
	.remount_fs	= tmpfs_remount,
	.show_options	= tmpfs_show_options,
};

static int tmpfs_fill_super(struct super_block *sb, void *data, int silent)
{
	bool internal = sb->s_flags & SB_KERNMOUNT;
	struct tmpfs_options o = {
		.max_blocks = totalram_pages() / 2, .max_inodes = totalram_pages() / 2,
		.mode = 01777, .uid = current_fsuid(), .gid = current_fsgid(),
	};
	struct tmpfs_sb *s;
	struct inode *root;
	int err = parse_options(&o, data);

	if (err)
		return err;
	s = kzalloc(sizeof(*s), GFP_KERNEL);
	if (!s)
		return -ENOMEM;
	s->max_blocks = internal ? 0 : o.max_blocks;
	s->max_inodes = internal ? 0 : o.max_inodes;
	s->mode = o.mode;
	s->uid = o.uid;
	s->gid = o.gid;
	sb->s_fs_info = s;
	sb->s_maxbytes = MAX_LFS_FILESIZE;
	sb->s_blocksize = PAGE_SIZE;
	sb->s_blocksize_bits = PAGE_SHIFT;
	sb->s_magic = TMPFS_MAGIC;
	sb->s_op = &tmpfs_super_operations;
	sb->s_time_gran = 1;
	root = tmpfs_new_inode(sb, NULL, S_IFDIR | o.mode, 0, VM_NORESERVE);
	if (IS_ERR(root))
		return PTR_ERR(root);
	root->i_uid = o.uid;
	root->i_gid = o.gid;
	sb->s_root = d_make_root(root);
	return sb->s_root ? 0 : -ENOMEM;
}

static struct dentry *tmpfs_mount(struct file_system_type *t, int flags, const char *dev, void *data)
{
	return mount_nodev(t, flags, data, tmpfs_fill_super);
}

static void tmpfs_kill_sb(struct super_block *sb)
{
	struct tmpfs_sb *s = TMPFS_SB(sb);

	kill_litter_super(sb);
	kfree(s);
}

/* Limits may be changed, but not below what is used. */
static int tmpfs_remount(struct super_block *sb, int *flags, char *data)
{
	struct tmpfs_sb *s = TMPFS_SB(sb);
	struct tmpfs_options o = { };
	int err = parse_options(&o, data);

	if (err)
		return err;
	/* what was not limited was not counted */
	if (o.has_blocks && ((o.max_blocks && !s->max_blocks) ||
			     (o.max_blocks && (u64)atomic64_read(&s->used_blocks) > o.max_blocks)))
		return -EINVAL;
	if (o.has_inodes && ((o.max_inodes && !s->max_inodes) ||
			     (o.max_inodes && (u64)atomic64_read(&s->used_inodes) > o.max_inodes)))
		return -EINVAL;
	if ((o.has_blocks && !o.max_blocks && s->max_blocks) ||
	    (o.has_inodes && !o.max_inodes && s->max_inodes))
		return -EINVAL;
	if (o.has_blocks)
		s->max_blocks = o.max_blocks;
	if (o.has_inodes)
		s->max_inodes = o.max_inodes;
	return 0;
}

static int tmpfs_show_options(struct seq_file *m, struct dentry *root)
{
	struct tmpfs_sb *s = TMPFS_SB(root->d_sb);

	if (s->max_blocks && s->max_blocks != totalram_pages() / 2)
		seq_printf(m, ",size=%luk", s->max_blocks << (PAGE_SHIFT - 10));
	if (s->max_inodes && s->max_inodes != totalram_pages() / 2)
		seq_printf(m, ",nr_inodes=%lu", s->max_inodes);
	if (s->mode != 01777)
		seq_printf(m, ",mode=%03o", s->mode);
	if (s->uid)
		seq_printf(m, ",uid=%u", s->uid);
	if (s->gid)
		seq_printf(m, ",gid=%u", s->gid);
	return 0;
}

static struct file_system_type tmpfs_type = {
	.name		= "tmpfs",
	.fs_flags	= FS_USERNS_OK,
	.mount		= tmpfs_mount,
	.kill_sb	= tmpfs_kill_sb,
};

struct vfsmount *shm_mnt;

/** shmem_init - tmpfs is known from now on, and the kernel has an instance of its own. */
void shmem_init(void)
{
	tmpfs_inode_cache_init();
	if (register_filesystem(&tmpfs_type))
		panic("cannot register tmpfs");
	shm_mnt = kern_mount(&tmpfs_type);
	if (IS_ERR(shm_mnt))
		panic("cannot mount tmpfs for the kernel");
}
