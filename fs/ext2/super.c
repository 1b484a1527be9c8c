// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mounting: the super block and the group descriptors are checked before
 * anything is believed, and stay in memory until the end. While it is mounted
 * for writing the disk says "not clean".
 */
#include "ext2.h"
#include <drivers/block.h>
#include <kernel/init.h>
#include <kernel/printk.h>
#include <kernel/timer.h>
#include <lib/bitmap.h>
#include <lib/err.h>
#include <lib/printf.h>
#include <lib/string.h>
#include <mm/slab.h>

static struct kmem_cache *inode_cache;

static const struct super_operations ext2_sops;

static void inode_ctor(void *p)
{
	struct ext2_inode *ei = p;

	mutex_init(&ei->tree_lock, LR_FS_TRUNCATE);
	inode_init_once(&ei->vfs);
}

static struct inode *ext2_alloc_inode(struct super_block *sb)
{
	struct ext2_inode *ei = kmem_cache_alloc(inode_cache, GFP_KERNEL);

	if (!ei)
		return NULL;
	ei->index = NULL;
	return &ei->vfs;
}

static void ext2_free_inode_mem(struct inode *inode)
{
	kmem_cache_free(inode_cache, EXT2_I(inode));
}

void ext2_error(struct super_block *sb, const char *fmt, ...)
{
	struct ext2_sb *s = EXT2_SB(sb);
	char msg[160];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	if (printk_ratelimit())
		pr_err("EXT2-fs error (device %s): %s\n", sb->s_id, msg);
	if (!sb_rdonly(sb)) {
		spin_lock(&s->lock);
		s->mount_state |= EXT2_ERROR_FS;
		s->es->s_state |= cpu_to_le16(EXT2_ERROR_FS);
		spin_unlock(&s->lock);
		block_mark_dirty(&s->sb_block);
	}
	if (s->errors == EXT2_ERRORS_PANIC)
		panic("EXT2-fs (device %s): errors=panic: %s", sb->s_id, msg);
	if (s->errors == EXT2_ERRORS_RO && !sb_rdonly(sb)) {
		pr_err("EXT2-fs (device %s): remounting read-only\n", sb->s_id);
		sb->s_flags |= SB_RDONLY;
	}
}

void ext2_set_large_file(struct super_block *sb)
{
	struct ext2_sb *s = EXT2_SB(sb);

	if (s->es->s_feature_ro_compat & cpu_to_le32(EXT2_RO_LARGE_FILE))
		return;
	spin_lock(&s->lock);
	s->es->s_feature_ro_compat |= cpu_to_le32(EXT2_RO_LARGE_FILE);
	spin_unlock(&s->lock);
	block_mark_dirty(&s->sb_block);
}

static void ext2_update_super(struct super_block *sb)
{
	struct ext2_sb *s = EXT2_SB(sb);

	spin_lock(&s->lock);
	s->es->s_free_blocks_count = cpu_to_le32(atomic64_read(&s->free_blocks));
	s->es->s_free_inodes_count = cpu_to_le32(atomic64_read(&s->free_inodes));
	s->es->s_wtime = cpu_to_le32(ktime_get_real_seconds());
	spin_unlock(&s->lock);
	block_mark_dirty(&s->sb_block);
}

/* the disk says whether it is in use for writing */
static void set_state(struct ext2_sb *s, u16 state)
{
	spin_lock(&s->lock);
	s->es->s_state = cpu_to_le16(state);
	spin_unlock(&s->lock);
	ext2_update_super(s->sb);
	block_sync(&s->sb_block);
}

static int ext2_sync_fs(struct super_block *sb, int wait)
{
	if (!sb_rdonly(sb))
		ext2_update_super(sb);
	return 0;	/* the block device is written by whoever syncs */
}

static void free_sb(struct ext2_sb *s)
{
	for (unsigned int i = 0; s->gdt && i < s->gdt_blocks; i++)
		block_put(&s->gdt[i]);
	block_put(&s->sb_block);
	kvfree(s->gdt);
	kvfree(s->groups);
	kfree(s);
}

static void ext2_put_super(struct super_block *sb)
{
	struct ext2_sb *s = EXT2_SB(sb);

	if (!sb_rdonly(sb))
		set_state(s, s->mount_state);
	sync_blockdev(sb->s_bdev);
	sb->s_fs_info = NULL;
	free_sb(s);
}

static int ext2_statfs(struct dentry *d, struct kstatfs *st)
{
	struct super_block *sb = d->d_sb;
	struct ext2_sb *s = EXT2_SB(sb);
	s64 free = atomic64_read(&s->free_blocks);
	u64 id[2];

	st->f_type = EXT2_MAGIC;
	st->f_bsize = st->f_frsize = sb->s_blocksize;
	st->f_blocks = s->blocks_count - (s->minix_df ? 0 : s->overhead);
	st->f_bfree = max(free, 0LL);
	st->f_bavail = st->f_bfree > s->reserved_blocks ? st->f_bfree - s->reserved_blocks : 0;
	st->f_files = le32_to_cpu(s->es->s_inodes_count);
	st->f_ffree = atomic64_read(&s->free_inodes);
	st->f_namelen = EXT2_NAME_LEN;
	memcpy(id, s->es->s_uuid, sizeof(id));
	st->f_fsid = id[0] ^ id[1];
	return 0;
}

/* ---- mounting ---- */

static int refuse(struct super_block *sb, int silent, const char *why)
{
	if (!silent)
		pr_err("EXT2-fs (%s): %s\n", sb->s_id, why);
	return -EINVAL;
}

/* Read the super block with the device's smallest block, then with its own. */
static int read_super(struct super_block *sb, struct ext2_sb *s, int silent)
{
	unsigned int size = max(1024u, sb->s_bdev->bd_logical_block_size), want;
	int err;

	if (!sb_set_blocksize(sb, size))
		return refuse(sb, silent, "unable to set the block size");
	for (;;) {
		err = sb_bread(sb, EXT2_SB_OFFSET / size, &s->sb_block);
		if (err) {
			refuse(sb, silent, "unable to read the super block");
			return err;
		}
		s->es = s->sb_block.data + EXT2_SB_OFFSET % size;
		if (le16_to_cpu(s->es->s_magic) != EXT2_MAGIC)
			return refuse(sb, silent, "no ext2 filesystem found");
		if (le32_to_cpu(s->es->s_log_block_size) > 2)
			return refuse(sb, silent, "blocks larger than 4096 bytes are not supported");
		want = 1024u << le32_to_cpu(s->es->s_log_block_size);
		if (want == size)
			return 0;
		block_put(&s->sb_block);
		if (want < size || !sb_set_blocksize(sb, want))
			return refuse(sb, silent, "block size is below the device's");
		size = want;
	}
}

static int check_features(struct super_block *sb, struct ext2_sb *s, int silent)
{
	u32 in = le32_to_cpu(s->es->s_feature_incompat), ro = le32_to_cpu(s->es->s_feature_ro_compat);

	if (!le32_to_cpu(s->es->s_rev_level))
		return 0;
	if (in & ~EXT2_INCOMPAT_SUPP) {
		if (!silent)
			pr_err("EXT2-fs (%s): unsupported incompatible features %#x\n", sb->s_id,
			       in & ~EXT2_INCOMPAT_SUPP);
		return -EINVAL;
	}
	if (!sb_rdonly(sb) && (ro & ~EXT2_RO_SUPP)) {
		if (!silent)
			pr_err("EXT2-fs (%s): cannot be written with features %#x\n", sb->s_id,
			       ro & ~EXT2_RO_SUPP);
		return -EINVAL;
	}
	return 0;
}

/* every number that others divide by or index with */
static int check_geometry(struct super_block *sb, struct ext2_sb *s, int silent)
{
	struct ext2_super_block *es = s->es;
	unsigned int bs = sb->s_blocksize;
	bool old = !le32_to_cpu(es->s_rev_level);
	u64 groups;

	s->inode_size = old ? EXT2_GOOD_OLD_INODE_SIZE : le16_to_cpu(es->s_inode_size);
	s->first_ino = old ? EXT2_GOOD_OLD_FIRST_INO : le32_to_cpu(es->s_first_ino);
	s->blocks_per_group = le32_to_cpu(es->s_blocks_per_group);
	s->inodes_per_group = le32_to_cpu(es->s_inodes_per_group);
	s->first_data_block = le32_to_cpu(es->s_first_data_block);
	s->blocks_count = le32_to_cpu(es->s_blocks_count);
	if (s->inode_size < EXT2_GOOD_OLD_INODE_SIZE || s->inode_size > bs ||
	    (s->inode_size & (s->inode_size - 1)))
		return refuse(sb, silent, "bad inode size");
	s->inodes_per_block = bs / s->inode_size;
	if (s->first_ino < EXT2_GOOD_OLD_FIRST_INO)
		return refuse(sb, silent, "bad first inode");
	if (!s->blocks_per_group || s->blocks_per_group > bs * 8)
		return refuse(sb, silent, "bad number of blocks per group");
	if (!s->inodes_per_group || s->inodes_per_group > bs * 8 ||
	    s->inodes_per_group % s->inodes_per_block || s->inodes_per_group < s->first_ino)
		return refuse(sb, silent, "bad number of inodes per group");
	if (s->first_data_block != (bs == 1024))
		return refuse(sb, silent, "bad first data block");
	if (s->blocks_count <= s->first_data_block + 1)
		return refuse(sb, silent, "bad number of blocks");
	if (s->blocks_count > (sb->s_bdev->bd_nr_sectors << 9) / bs)
		return refuse(sb, silent, "the filesystem is larger than its device");
	groups = DIV_ROUND_UP(s->blocks_count - s->first_data_block, (u64)s->blocks_per_group);
	if (groups * s->inodes_per_group != le32_to_cpu(es->s_inodes_count))
		return refuse(sb, silent, "bad number of inodes");
	s->groups_count = groups;
	s->desc_per_block = bs / sizeof(struct ext2_group_desc);
	s->gdt_blocks = DIV_ROUND_UP(s->groups_count, s->desc_per_block);
	s->addr_per_block = bs / 4;
	s->addr_bits = sb->s_blocksize_bits - 2;
	return 0;
}

static u64 gdt_location(struct ext2_sb *s, unsigned int nr)
{
	u64 sb_block = s->first_data_block;
	unsigned int group;

	if (!ext2_incompat(s, EXT2_INCOMPAT_META_BG) || nr < le32_to_cpu(s->es->s_first_meta_bg))
		return sb_block + nr + 1;
	group = s->desc_per_block * nr;
	return ext2_group_first_block(s, group) + ext2_group_has_super(s, group);
}

/* the descriptor's bitmaps and table must lie in its own group */
static bool desc_ok(struct ext2_sb *s, unsigned int group)
{
	const struct ext2_group_desc *d = s->groups[group].desc;
	u64 first = ext2_group_first_block(s, group);
	u64 last = min(first + s->blocks_per_group, s->blocks_count) - 1;
	u64 bb = le32_to_cpu(d->bg_block_bitmap), ib = le32_to_cpu(d->bg_inode_bitmap);
	u64 it = le32_to_cpu(d->bg_inode_table);

	return bb >= first && bb <= last && ib >= first && ib <= last && it >= first &&
	       it + s->inodes_per_group / s->inodes_per_block - 1 <= last;
}

static int read_groups(struct super_block *sb, struct ext2_sb *s, int silent)
{
	s->gdt = kvcalloc(s->gdt_blocks, sizeof(*s->gdt), GFP_KERNEL | __GFP_ZERO);
	s->groups = kvcalloc(s->groups_count, sizeof(*s->groups), GFP_KERNEL | __GFP_ZERO);
	if (!s->gdt || !s->groups)
		return -ENOMEM;
	for (unsigned int i = 0; i < s->gdt_blocks; i++) {
		int err = sb_bread(sb, gdt_location(s, i), &s->gdt[i]);

		if (err) {
			refuse(sb, silent, "unable to read the group descriptors");
			return err;
		}
	}
	for (unsigned int g = 0; g < s->groups_count; g++) {
		struct ext2_group *gr = &s->groups[g];

		spin_lock_init(&gr->lock, LR_LEAF);
		gr->desc_block = &s->gdt[g / s->desc_per_block];
		gr->desc = (struct ext2_group_desc *)gr->desc_block->data + g % s->desc_per_block;
		if (!desc_ok(s, g)) {
			if (!silent)
				pr_err("EXT2-fs (%s): descriptor of group %u is corrupted\n", sb->s_id, g);
			return -EINVAL;
		}
		atomic64_add(le16_to_cpu(gr->desc->bg_free_blocks_count), &s->free_blocks);
		atomic64_add(le16_to_cpu(gr->desc->bg_free_inodes_count), &s->free_inodes);
		atomic64_add(le16_to_cpu(gr->desc->bg_used_dirs_count), &s->dirs);
		s->overhead += ext2_group_has_super(s, g) + ext2_group_gdt_blocks(s, g) + 2 +
			       s->inodes_per_group / s->inodes_per_block;
	}
	s->overhead += s->first_data_block;
	return 0;
}

/* warnings, and the "in use" mark */
static void begin_writing(struct super_block *sb, struct ext2_sb *s)
{
	s->mount_state = le16_to_cpu(s->es->s_state);
	if (!(s->mount_state & EXT2_VALID_FS))
		pr_warn("EXT2-fs (%s): warning: mounting unchecked fs, running e2fsck is recommended\n",
			sb->s_id);
	else if (s->mount_state & EXT2_ERROR_FS)
		pr_warn("EXT2-fs (%s): warning: mounting fs with errors, running e2fsck is recommended\n",
			sb->s_id);
	s->mount_state |= EXT2_VALID_FS;	/* clean once it is unmounted */
	spin_lock(&s->lock);
	le16_add_cpu(&s->es->s_mnt_count, 1);
	s->es->s_mtime = cpu_to_le32(ktime_get_real_seconds());
	spin_unlock(&s->lock);
	set_state(s, s->mount_state & ~EXT2_VALID_FS);
}

static int ext2_fill_super(struct super_block *sb, void *data, int silent)
{
	struct ext2_sb *s = kzalloc(sizeof(*s), GFP_KERNEL);
	struct ext2_options o;
	struct inode *root;
	int err;

	if (!s)
		return -ENOMEM;
	s->sb = sb;
	sb->s_fs_info = s;
	spin_lock_init(&s->lock, LR_LEAF);
	err = ext2_parse_options(&o, data);
	if (!err)
		err = read_super(sb, s, silent);
	if (!err)
		err = check_features(sb, s, silent);
	if (!err)
		err = check_geometry(sb, s, silent);
	if (!err)
		err = read_groups(sb, s, silent);
	if (err)
		goto fail;
	s->errors = le16_to_cpu(s->es->s_errors);
	s->resuid = le16_to_cpu(s->es->s_def_resuid);
	s->resgid = le16_to_cpu(s->es->s_def_resgid);
	s->reserved_blocks = le32_to_cpu(s->es->s_r_blocks_count);
	ext2_apply_options(s, &o);
	atomic_set(&s->next_generation, (int)(ktime_get() ^ ktime_get_real_seconds()));

	sb->s_magic = EXT2_MAGIC;
	sb->s_op = &ext2_sops;
	sb->s_maxbytes = ext2_max_size(sb->s_blocksize_bits);
	sb->s_time_gran = NSEC_PER_SEC;
	sb->s_time_min = S32_MIN;
	sb->s_time_max = S32_MAX;
	root = ext2_iget(sb, EXT2_ROOT_INO);
	if (IS_ERR(root)) {
		err = PTR_ERR(root);
		goto fail;
	}
	if (!S_ISDIR(root->i_mode) || !root->i_size) {
		iput(root);
		err = refuse(sb, 0, "the root inode is not a directory");
		goto fail;
	}
	sb->s_root = d_make_root(root);
	if (!sb->s_root) {
		err = -ENOMEM;
		goto fail;
	}
	if (!sb_rdonly(sb))
		begin_writing(sb, s);
	return 0;
fail:
	sb->s_fs_info = NULL;
	free_sb(s);
	return err;
}

static int ext2_remount(struct super_block *sb, int *flags, char *data)
{
	struct ext2_sb *s = EXT2_SB(sb);
	struct ext2_options o;
	int err = ext2_parse_options(&o, data);

	if (err)
		return err;
	ext2_apply_options(s, &o);
	if (!!(*flags & SB_RDONLY) == !!sb_rdonly(sb))
		return 0;
	if (*flags & SB_RDONLY) {
		/* the caller has written everything back: say that it is clean */
		set_state(s, s->mount_state);
		return sync_blockdev(sb->s_bdev);
	}
	if (sb->s_bdev->bd_read_only)
		return -EROFS;
	if (le32_to_cpu(s->es->s_feature_ro_compat) & ~EXT2_RO_SUPP) {
		pr_warn("EXT2-fs (%s): cannot be written: unsupported features\n", sb->s_id);
		return -EROFS;
	}
	begin_writing(sb, s);
	return 0;
}

static const struct super_operations ext2_sops = {
	.alloc_inode	= ext2_alloc_inode,
	.free_inode	= ext2_free_inode_mem,
	.write_inode	= ext2_write_inode,
	.evict_inode	= ext2_evict_inode,
	.put_super	= ext2_put_super,
	.sync_fs	= ext2_sync_fs,
	.statfs		= ext2_statfs,
	.remount_fs	= ext2_remount,
	.show_options	= ext2_show_options,
};

static struct dentry *ext2_mount(struct file_system_type *t, int flags, const char *dev, void *data)
{
	return mount_bdev(t, flags, dev, data, ext2_fill_super);
}

static struct file_system_type ext2_fs_type = {
	.name		= "ext2",
	.fs_flags	= FS_REQUIRES_DEV,
	.mount		= ext2_mount,
	.kill_sb	= kill_block_super,
};

static int ext2_init(void)
{
	inode_cache = kmem_cache_create("ext2_inode", sizeof(struct ext2_inode), 0,
					SLAB_RECLAIM_ACCOUNT | SLAB_PANIC, inode_ctor);
	ext2_index_init();
	return register_filesystem(&ext2_fs_type);
}
fs_initcall(ext2_init);
