// SPDX-License-Identifier: GPL-2.0-only
/*
 * Block bitmaps. A bitmap is an ordinary metadata block; its bits and the
 * group's counts change together under the group's lock. The search begins at
 * the goal and goes round all groups once.
 */
#include "ext2.h"
#include <kernel/printk.h>
#include <lib/bitmap.h>
#include <lib/bitops.h>
#include <lib/err.h>

static bool is_power_of(unsigned int n, unsigned int base)
{
	while (n > 1 && n % base == 0)
		n /= base;
	return n == 1;
}

/** ext2_group_has_super - does @group hold a copy of the super block (and descriptors)? */
bool ext2_group_has_super(const struct ext2_sb *s, unsigned int group)
{
	if (!(s->es->s_feature_ro_compat & cpu_to_le32(EXT2_RO_SPARSE_SUPER)))
		return true;
	return group <= 1 || is_power_of(group, 3) || is_power_of(group, 5) || is_power_of(group, 7);
}

/** ext2_group_gdt_blocks - descriptor blocks stored in @group. */
unsigned int ext2_group_gdt_blocks(const struct ext2_sb *s, unsigned int group)
{
	u32 first_meta = le32_to_cpu(s->es->s_first_meta_bg);
	unsigned int meta = group / s->desc_per_block, in_meta = group % s->desc_per_block;

	if (!ext2_incompat(s, EXT2_INCOMPAT_META_BG) || meta < first_meta) {
		if (!ext2_group_has_super(s, group))
			return 0;
		return ext2_incompat(s, EXT2_INCOMPAT_META_BG) ? first_meta : s->gdt_blocks;
	}
	return in_meta == 0 || in_meta == 1 || in_meta == s->desc_per_block - 1;
}

/** ext2_data_block_valid - may [@block, @block + @count) be pointed at by an inode? */
bool ext2_data_block_valid(const struct ext2_sb *s, u32 block, unsigned int count)
{
	return block > s->first_data_block && block < s->blocks_count &&
	       count <= s->blocks_count - block;
}

/* blocks in @group; the last one may be short */
static unsigned int group_size(const struct ext2_sb *s, unsigned int group)
{
	u64 left = s->blocks_count - ext2_group_first_block(s, group);

	return min_t(u64, left, s->blocks_per_group);
}

/* does the run touch the group's own bitmaps or inode table? Then the disk lies. */
static bool in_system_zone(const struct ext2_sb *s, const struct ext2_group *g, u32 block, unsigned int count)
{
	u32 table = le32_to_cpu(g->desc->bg_inode_table), end = block + count;
	u32 itb = s->inodes_per_group / s->inodes_per_block;
	u32 bb = le32_to_cpu(g->desc->bg_block_bitmap), ib = le32_to_cpu(g->desc->bg_inode_bitmap);

	return (bb >= block && bb < end) || (ib >= block && ib < end) ||
	       (block < table + itb && end > table);
}

/* Take up to *@count free bits from @from on. Return: the bit, or -1. */
static int claim_bits(struct ext2_sb *s, struct ext2_group *g, unsigned long *map, unsigned int from,
		      unsigned int size, unsigned int *count)
{
	unsigned int bit, n = 0;

	spin_lock(&g->lock);
	bit = find_next_zero_bit(map, size, from);
	while (bit + n < size && n < *count && !test_bit(bit + n, map)) {
		__set_bit(bit + n, map);
		n++;
	}
	if (n)
		le16_add_cpu(&g->desc->bg_free_blocks_count, -(int)n);
	spin_unlock(&g->lock);
	if (!n)
		return -1;
	*count = n;
	return bit;
}

static bool has_free_blocks(struct ext2_sb *s)
{
	s64 avail = atomic64_read(&s->free_blocks);

	if (avail <= 0)
		return false;
	if ((u64)avail > s->reserved_blocks)
		return true;
	return capable(CAP_SYS_RESOURCE) || current_fsuid() == s->resuid ||
	       (s->resgid && in_group_p(s->resgid));
}

/* One group: from the goal's bit, or from its start. Return: block, 0 none, or -EIO in *@err. */
static u32 alloc_in_group(struct super_block *sb, unsigned int group, unsigned int from,
			  unsigned int *count, int *err)
{
	struct ext2_sb *s = EXT2_SB(sb);
	struct ext2_group *g = &s->groups[group];
	unsigned int size = group_size(s, group);
	u32 block = 0;

	while (READ_ONCE(g->desc->bg_free_blocks_count) && from < size) {
		struct block_ref b;
		int bit;

		*err = ext2_bread(sb, le32_to_cpu(g->desc->bg_block_bitmap), "block bitmap", &b);
		if (*err)
			return 0;
		bit = claim_bits(s, g, b.data, from, size, count);
		if (bit >= 0)
			block_mark_dirty(&b);
		block_put(&b);
		if (bit < 0)
			break;
		block_mark_dirty(g->desc_block);
		block = ext2_group_first_block(s, group) + bit;
		if (!in_system_zone(s, g, block, *count))
			return block;
		/* marked used now, and never handed out */
		ext2_error(sb, "group %u: the bitmap has its own metadata as free at block %u", group, block);
		from = bit + *count;
		block = 0;
	}
	return block;
}

u32 ext2_new_blocks(struct inode *inode, u32 goal, unsigned int *count, int *err)
{
	struct super_block *sb = inode->i_sb;
	struct ext2_sb *s = EXT2_SB(sb);
	unsigned int first, bit;

	*err = -ENOSPC;
	if (!has_free_blocks(s))
		return 0;
	if (!ext2_data_block_valid(s, goal, 1))
		goal = s->first_data_block;
	first = (goal - s->first_data_block) / s->blocks_per_group;
	bit = (goal - s->first_data_block) % s->blocks_per_group;

	/* the goal's group from the goal on, the others, and its beginning */
	for (unsigned int i = 0; i <= s->groups_count; i++) {
		unsigned int group = (first + i) % s->groups_count;
		unsigned int n = *count;
		u32 block;

		*err = 0;
		block = alloc_in_group(sb, group, i ? 0 : bit, &n, err);
		if (block) {
			atomic64_sub(n, &s->free_blocks);
			*count = n;
			return block;
		}
		if (*err)
			return 0;
	}
	*err = -ENOSPC;
	return 0;
}

static void free_in_group(struct super_block *sb, unsigned int group, unsigned int bit, unsigned int n)
{
	struct ext2_sb *s = EXT2_SB(sb);
	struct ext2_group *g = &s->groups[group];
	unsigned int freed = 0;
	struct block_ref b;

	/* a bitmap that cannot be read: the blocks stay marked used */
	if (ext2_bread(sb, le32_to_cpu(g->desc->bg_block_bitmap), "block bitmap", &b))
		return;
	spin_lock(&g->lock);
	for (unsigned int i = 0; i < n; i++)
		freed += __test_and_clear_bit(bit + i, b.data);
	le16_add_cpu(&g->desc->bg_free_blocks_count, freed);
	spin_unlock(&g->lock);
	block_mark_dirty(&b);
	block_mark_dirty(g->desc_block);
	block_put(&b);
	atomic64_add(freed, &s->free_blocks);
	if (freed != n)
		ext2_error(sb, "group %u: %u blocks at %u were free already", group, n - freed, bit);
}

/** ext2_free_blocks - give blocks back. Context: may sleep. */
void ext2_free_blocks(struct inode *inode, u32 block, unsigned int count)
{
	struct super_block *sb = inode->i_sb;
	struct ext2_sb *s = EXT2_SB(sb);

	if (!ext2_data_block_valid(s, block, count)) {
		ext2_error(sb, "inode %lu: freeing blocks %u + %u, out of range", inode->i_ino, block, count);
		return;
	}
	while (count) {
		unsigned int group = (block - s->first_data_block) / s->blocks_per_group;
		unsigned int bit = (block - s->first_data_block) % s->blocks_per_group;
		unsigned int n = min(count, s->blocks_per_group - bit);

		if (in_system_zone(s, &s->groups[group], block, n))
			ext2_error(sb, "inode %lu: blocks %u + %u are metadata of the disk",
				   inode->i_ino, block, n);
		else
			free_in_group(sb, group, bit, n);
		block += n;
		count -= n;
	}
}
