// SPDX-License-Identifier: GPL-2.0-only
/*
 * Inode bitmaps, and making inodes. A new file goes into its directory's group
 * if it can; a new directory into a group with many free inodes and blocks, so
 * that trees spread and a tree stays together.
 */
#include "ext2.h"
#include <kernel/timer.h>
#include <lib/bitmap.h>
#include <lib/bitops.h>
#include <lib/err.h>
#include <lib/string.h>

static unsigned int free_inodes(const struct ext2_group *g)
{
	return le16_to_cpu(READ_ONCE(g->desc->bg_free_inodes_count));
}

static unsigned int free_blocks(const struct ext2_group *g)
{
	return le16_to_cpu(READ_ONCE(g->desc->bg_free_blocks_count));
}

static int find_group_dir(struct ext2_sb *s, unsigned int parent)
{
	unsigned int average = atomic64_read(&s->free_inodes) / s->groups_count;
	int best = -1;

	for (unsigned int i = 0; i < s->groups_count; i++) {
		unsigned int group = (parent + i) % s->groups_count;
		struct ext2_group *g = &s->groups[group];

		if (!free_inodes(g) || free_inodes(g) < average)
			continue;
		if (best < 0 || free_blocks(g) > free_blocks(&s->groups[best]))
			best = group;
	}
	return best;
}

static int find_group_other(struct ext2_sb *s, unsigned int parent)
{
	for (unsigned int i = 0; i < s->groups_count; i++) {
		unsigned int group = (parent + i) % s->groups_count;

		if (free_inodes(&s->groups[group]) && free_blocks(&s->groups[group]))
			return group;
	}
	for (unsigned int i = 0; i < s->groups_count; i++) {
		unsigned int group = (parent + i) % s->groups_count;

		if (free_inodes(&s->groups[group]))
			return group;
	}
	return -1;
}

/* Claim a free inode number of @group. Return: 0 none, or the number; *@err on -EIO. */
static unsigned long claim_inode(struct super_block *sb, unsigned int group, bool dir, int *err)
{
	struct ext2_sb *s = EXT2_SB(sb);
	struct ext2_group *g = &s->groups[group];
	unsigned long ino = 0;
	struct block_ref b;
	unsigned int bit;

	*err = ext2_bread(sb, le32_to_cpu(g->desc->bg_inode_bitmap), "inode bitmap", &b);
	if (*err)
		return 0;
	spin_lock(&g->lock);
	bit = group ? 0 : s->first_ino - 1;	/* the reserved ones are never given out */
	bit = find_next_zero_bit(b.data, s->inodes_per_group, bit);
	if (bit < s->inodes_per_group) {
		__set_bit(bit, b.data);
		le16_add_cpu(&g->desc->bg_free_inodes_count, -1);
		if (dir)
			le16_add_cpu(&g->desc->bg_used_dirs_count, 1);
		ino = (unsigned long)group * s->inodes_per_group + bit + 1;
	}
	spin_unlock(&g->lock);
	if (ino) {
		block_mark_dirty(&b);
		block_mark_dirty(g->desc_block);
		atomic64_dec(&s->free_inodes);
	}
	block_put(&b);
	return ino;
}

static unsigned long alloc_ino(struct super_block *sb, struct inode *dir, bool is_dir, int *err)
{
	struct ext2_sb *s = EXT2_SB(sb);
	unsigned int parent = EXT2_I(dir)->group;
	int group = -1;

	if (is_dir)
		group = find_group_dir(s, parent);
	if (group < 0)
		group = find_group_other(s, parent);
	for (unsigned int i = 0; group >= 0 && i < s->groups_count; i++) {
		unsigned long ino = claim_inode(sb, group, is_dir, err);

		if (ino || *err)
			return ino;
		group = (group + 1) % s->groups_count;	/* somebody took the last one */
	}
	*err = -ENOSPC;
	return 0;
}

static u32 inherited_flags(struct inode *dir, umode_t mode)
{
	u32 flags = EXT2_I(dir)->i_flags & EXT2_FL_INHERITED;

	flags &= ~EXT2_BTREE_FL;
	if (S_ISDIR(mode))
		return flags;
	flags &= ~EXT2_DIRSYNC_FL;
	return S_ISREG(mode) ? flags : flags & EXT2_NOATIME_FL;
}

/**
 * ext2_new_inode - allocate an inode of type and mode @mode below @dir.
 * Context: may sleep. Return: the inode, hashed and I_NEW, not yet linked to a
 * name, or ERR_PTR: -ENOSPC, -ENOMEM, -EIO.
 */
struct inode *ext2_new_inode(struct inode *dir, umode_t mode)
{
	struct super_block *sb = dir->i_sb;
	struct ext2_sb *s = EXT2_SB(sb);
	struct inode *inode = new_inode(sb);
	struct ext2_inode *ei;
	int err;

	if (!inode)
		return ERR_PTR(-ENOMEM);
	ei = EXT2_I(inode);
	inode->i_ino = alloc_ino(sb, dir, S_ISDIR(mode), &err);
	if (!inode->i_ino) {
		clear_nlink(inode);
		inode->i_mode = 0;	/* nothing of it is on the disk: see ext2_evict_inode() */
		iput(inode);
		return ERR_PTR(err);
	}
	if (S_ISDIR(mode))
		atomic64_inc(&s->dirs);
	inode_init_owner(inode, dir, mode);
	if (s->grpid)
		inode->i_gid = dir->i_gid;
	inode->i_blocks = 0;
	inode->i_mtime = inode->i_atime = inode->i_ctime = current_time(inode);
	inode->i_generation = atomic_inc_return(&s->next_generation);
	memset(ei->i_data, 0, sizeof(ei->i_data));
	ei->i_flags = inherited_flags(dir, mode);
	ei->i_file_acl = ei->i_dtime = 0;
	ei->group = (inode->i_ino - 1) / s->inodes_per_group;
	ei->last_pblock = ei->dir_start_lookup = 0;
	ei->fresh = ei->new_name = true;
	ext2_set_inode_flags(inode);
	err = insert_inode_locked(inode);
	if (err) {
		/* the bitmap gave out a number that is in use */
		ext2_error(sb, "inode %lu is in use, though its bitmap has it as free", inode->i_ino);
		clear_nlink(inode);
		inode->i_mode = 0;
		iput(inode);
		return ERR_PTR(-EIO);
	}
	mark_inode_dirty(inode);
	return inode;
}

/** ext2_free_inode - give an inode's number back. Context: may sleep; nobody can find the inode any more. */
void ext2_free_inode(struct super_block *sb, unsigned long ino, bool dir)
{
	struct ext2_sb *s = EXT2_SB(sb);
	unsigned int group = (ino - 1) / s->inodes_per_group;
	unsigned int bit = (ino - 1) % s->inodes_per_group;
	struct ext2_group *g;
	struct block_ref b;
	bool was_set;

	if (ino < s->first_ino || group >= s->groups_count) {
		ext2_error(sb, "freeing inode %lu, reserved or out of range", ino);
		return;
	}
	g = &s->groups[group];
	if (ext2_bread(sb, le32_to_cpu(g->desc->bg_inode_bitmap), "inode bitmap", &b))
		return;
	spin_lock(&g->lock);
	was_set = __test_and_clear_bit(bit, b.data);
	if (was_set) {
		le16_add_cpu(&g->desc->bg_free_inodes_count, 1);
		if (dir)
			le16_add_cpu(&g->desc->bg_used_dirs_count, -1);
	}
	spin_unlock(&g->lock);
	block_mark_dirty(&b);
	block_mark_dirty(g->desc_block);
	block_put(&b);
	if (!was_set) {
		ext2_error(sb, "inode %lu was free already", ino);
		return;
	}
	atomic64_inc(&s->free_inodes);
	if (dir)
		atomic64_dec(&s->dirs);
}
