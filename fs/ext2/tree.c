// SPDX-License-Identifier: GPL-2.0-only
/*
 * The block tree of an inode: 12 direct pointers, then single, double and
 * triple indirect blocks.
 *
 * A position is a path: for each level the index in that level's table.
 * Lookups walk it without a lock (see ext2.h). Allocation decides first, with
 * everything it needs allocated and filled in, and then splices the new branch
 * in with one store.
 */
#include "ext2.h"
#include <lib/err.h>
#include <lib/string.h>

#define MAX_DEPTH 4

struct tree_path {
	int depth;			/* levels, 1 (direct) to 4 */
	u32 index[MAX_DEPTH];
	u32 left;			/* entries behind the last index in its table */
};

/* Split @iblock into indices. False: beyond what the tree can address. */
static bool block_to_path(const struct ext2_sb *s, u64 iblock, struct tree_path *p)
{
	unsigned int bits = s->addr_bits;
	u64 ptrs = s->addr_per_block;
	int level;

	if (iblock < EXT2_NDIR) {
		p->depth = 1;
		p->index[0] = iblock;
		p->left = EXT2_NDIR - 1 - iblock;
		return true;
	}
	iblock -= EXT2_NDIR;
	for (level = 1; level <= 3; level++) {
		if (iblock < 1ULL << (bits * level))
			break;
		iblock -= 1ULL << (bits * level);
	}
	if (level > 3)
		return false;
	p->depth = level + 1;
	p->index[0] = EXT2_IND + level - 1;
	for (int i = 1; i <= level; i++)
		p->index[i] = (iblock >> (bits * (level - i))) & (ptrs - 1);
	p->left = ptrs - 1 - p->index[level];
	return true;
}

/* where a walk stopped: the pointer at .slot is the deepest one read */
struct tree_walk {
	struct block_ref table;		/* holds .slot; no folio: the inode itself */
	__le32 *slot;
	u32 block;			/* *slot; 0: missing */
	int level;			/* of .slot, from 0 */
};

/*
 * Follow @p as far as there are blocks. On 0 w->table is referenced; w->level ==
 * depth - 1 means that the last table was reached, w->block may still be 0.
 */
static int walk(struct inode *inode, const struct tree_path *p, struct tree_walk *w)
{
	struct super_block *sb = inode->i_sb;

	w->table.folio = NULL;
	w->slot = &EXT2_I(inode)->i_data[p->index[0]];
	w->level = 0;
	for (;;) {
		struct block_ref next;
		int err;

		w->block = le32_to_cpu(__atomic_load_n(w->slot, __ATOMIC_ACQUIRE));
		if (!w->block)
			return 0;
		if (!ext2_data_block_valid(EXT2_SB(sb), w->block, 1)) {
			ext2_error(sb, "inode %lu: block pointer %u is out of range",
				   inode->i_ino, w->block);
			block_put(&w->table);
			return -EIO;
		}
		if (w->level == p->depth - 1)
			return 0;
		err = sb_bread(sb, w->block, &next);
		block_put(&w->table);
		if (err)
			return err;
		w->table = next;
		w->level++;
		w->slot = (__le32 *)next.data + p->index[w->level];
	}
}

/* how many pointers from @slot on are consecutive block numbers, at most @max */
static unsigned int run_length(const __le32 *slot, u32 first, unsigned int max)
{
	unsigned int n = 1;

	while (n < max && le32_to_cpu(READ_ONCE(slot[n])) == first + n)
		n++;
	return n;
}

static u32 find_goal(struct inode *inode, u64 iblock, const struct tree_walk *w)
{
	struct ext2_inode *ei = EXT2_I(inode);
	const __le32 *first = w->table.folio ? w->table.data : ei->i_data;

	if (ei->last_pblock && iblock == (u64)ei->last_iblock + 1)
		return ei->last_pblock + 1;
	for (const __le32 *q = w->slot; q-- > first; )
		if (*q)
			return le32_to_cpu(*q) + 1;
	if (w->table.folio)
		return w->table.blocknr + 1;
	return ext2_group_first_block(EXT2_SB(inode->i_sb), ei->group);
}

/* a new pointer in @w: dirty what holds it */
static void splice(struct inode *inode, struct tree_walk *w, u32 block)
{
	__atomic_store_n(w->slot, cpu_to_le32(block), __ATOMIC_RELEASE);
	if (w->table.folio)
		block_mark_dirty_inode(&w->table, inode);
}

/* One new indirect block that points to @child at @index. 0 or -errno. */
static int new_table(struct inode *inode, u32 block, u32 index, u32 child, unsigned int count)
{
	struct block_ref b;
	int err = sb_getblk_zero(inode->i_sb, block, &b);

	if (err)
		return err;
	for (unsigned int i = 0; i < count; i++)
		((__le32 *)b.data)[index + i] = cpu_to_le32(child + i);
	block_mark_dirty_inode(&b, inode);
	block_put(&b);
	return 0;
}

/*
 * Allocate what is missing below @w: the data blocks (up to @map->len), and the
 * tables between. Context: tree_lock held.
 */
static int grow(struct inode *inode, u64 iblock, const struct tree_path *p, struct tree_walk *w,
		struct block_map *map)
{
	int missing = p->depth - 1 - w->level;		/* tables to be made */
	u32 tables[MAX_DEPTH], goal = find_goal(inode, iblock, w), data;
	struct ext2_inode *ei = EXT2_I(inode);
	unsigned int count, one = 1;
	int made = 0, err = 0;

	/* data blocks stay within one table, and go only where nothing is yet */
	count = min(map->len, p->left + 1);
	if (!missing) {
		unsigned int n = 1;

		while (n < count && !w->slot[n])
			n++;
		count = n;
	}
	while (made < missing) {
		tables[made] = ext2_new_blocks(inode, goal, &one, &err);
		if (!tables[made])
			goto undo;
		goal = tables[made++] + 1;
	}
	data = ext2_new_blocks(inode, goal, &count, &err);
	if (!data)
		goto undo;
	for (int i = missing - 1; i >= 0; i--) {
		bool leaf = i == missing - 1;

		err = new_table(inode, tables[i], p->index[w->level + 1 + i],
				leaf ? data : tables[i + 1], leaf ? count : 1);
		if (err)
			goto undo_data;
	}

	/* the branch is ready: make it visible */
	if (missing)
		splice(inode, w, tables[0]);
	else
		for (unsigned int i = count; i-- > 0; ) {
			struct tree_walk at = *w;

			at.slot += i;
			splice(inode, &at, data + i);
		}
	ei->last_iblock = iblock + count - 1;
	ei->last_pblock = data + count - 1;
	inode_add_bytes(inode, (loff_t)(count + missing) << inode->i_blkbits);
	mark_inode_dirty(inode);
	*map = (struct block_map){ .pblock = data, .len = count, .mapped = true, .new = true };
	return 0;

undo_data:
	ext2_free_blocks(inode, data, count);
undo:
	while (made > 0) {
		block_forget(inode->i_sb, tables[--made]);
		ext2_free_blocks(inode, tables[made], 1);
	}
	return err;
}

/**
 * ext2_get_block - map file block @iblock, as get_block_t.
 * Context: may sleep. Return: 0, -EFBIG, -ENOSPC, -EIO, -ENOMEM.
 */
int ext2_get_block(struct inode *inode, u64 iblock, struct block_map *map, bool create)
{
	struct ext2_inode *ei = EXT2_I(inode);
	struct tree_path p;
	struct tree_walk w;
	int err;

	if (!block_to_path(EXT2_SB(inode->i_sb), iblock, &p))
		return -EFBIG;
	map->new = false;
	err = walk(inode, &p, &w);
	if (err)
		return err;
	if (!w.block && create) {
		/* somebody may have filled it meanwhile: look again under the lock */
		block_put(&w.table);
		mutex_lock(&ei->tree_lock);
		err = walk(inode, &p, &w);
		if (!err && !w.block) {
			err = grow(inode, iblock, &p, &w, map);
			block_put(&w.table);
			mutex_unlock(&ei->tree_lock);
			return err;
		}
		mutex_unlock(&ei->tree_lock);
		if (err)
			return err;
	}
	map->mapped = w.block != 0;
	map->pblock = w.block;
	if (map->mapped)
		map->len = run_length(w.slot, w.block, min(map->len, p.left + 1));
	else
		map->len = 1;
	block_put(&w.table);
	return 0;
}

/* ---- freeing ---- */

/* blocks to be freed, gathered into runs */
struct free_run {
	struct inode *inode;
	u32 start;
	unsigned int count;
	u64 freed;
};

static void flush_run(struct free_run *r)
{
	if (r->count)
		ext2_free_blocks(r->inode, r->start, r->count);
	r->count = 0;
}

static void free_one(struct free_run *r, u32 block)
{
	if (!r->count || block != r->start + r->count) {
		flush_run(r);
		r->start = block;
	}
	r->count++;
	r->freed++;
}

/*
 * Free what lies at or beyond data block @from (relative to this subtree) below
 * the pointers slot[0..n), each of which covers 2^(bits*depth) data blocks.
 * Pointers are cleared before their blocks are freed.
 */
static bool free_slots(struct free_run *r, __le32 *slot, unsigned int n, int depth, u64 from)
{
	struct super_block *sb = r->inode->i_sb;
	struct ext2_sb *s = EXT2_SB(sb);
	unsigned int shift = s->addr_bits * depth;
	bool changed = false;

	for (unsigned int i = from >> shift; i < n; i++) {
		u64 inner = i == from >> shift ? from & ((1ULL << shift) - 1) : 0;
		u32 block = le32_to_cpu(slot[i]);

		if (!block)
			continue;
		if (!ext2_data_block_valid(s, block, 1)) {
			ext2_error(sb, "inode %lu: freeing block %u, out of range", r->inode->i_ino, block);
			slot[i] = 0;
			changed = true;
			continue;
		}
		if (depth) {
			struct block_ref b;

			/* an unreadable table is lost with what is below it */
			if (!ext2_bread(sb, block, "indirect block", &b)) {
				bool dirty = free_slots(r, b.data, s->addr_per_block, depth - 1, inner);

				if (dirty && inner)
					block_mark_dirty_inode(&b, r->inode);
				block_put(&b);
			}
			if (inner)
				continue;
			block_forget(sb, block);
		}
		slot[i] = 0;
		changed = true;
		free_one(r, block);
	}
	return changed;
}

void ext2_truncate_blocks(struct inode *inode, loff_t size)
{
	struct ext2_inode *ei = EXT2_I(inode);
	struct ext2_sb *s = EXT2_SB(inode->i_sb);
	u64 from = ((u64)size + inode->i_sb->s_blocksize - 1) >> inode->i_blkbits;
	struct free_run r = { .inode = inode };
	u64 base = EXT2_NDIR;

	mutex_lock(&ei->tree_lock);
	if (from < EXT2_NDIR)
		free_slots(&r, ei->i_data, EXT2_NDIR, 0, from);
	for (int depth = 1; depth <= 3; depth++) {
		u64 span = 1ULL << (s->addr_bits * depth);

		if (from < base + span)
			free_slots(&r, &ei->i_data[EXT2_IND + depth - 1], 1, depth,
				   from > base ? from - base : 0);
		base += span;
	}
	flush_run(&r);
	ei->last_pblock = 0;
	mutex_unlock(&ei->tree_lock);
	if (r.freed) {
		inode_sub_bytes(inode, r.freed << inode->i_blkbits);
		mark_inode_dirty(inode);
	}
}

/**
 * ext2_max_size - the largest file, bytes: what the tree addresses, and what
 * i_blocks (32 bits of 512-byte units, tables included) can count.
 */
loff_t ext2_max_size(unsigned int blkbits)
{
	u64 ptrs = 1ULL << (blkbits - 2);
	u64 tree = EXT2_NDIR + ptrs + ptrs * ptrs + ptrs * ptrs * ptrs;
	u64 count = ((1ULL << 32) - 1) >> (blkbits - 9);	/* blocks that i_blocks can count */
	u64 tables = 1 + 1 + ptrs + 1 + ptrs + ptrs * ptrs;	/* at most */

	if (count < tree + tables) {
		/* data blocks when tables for them are counted too */
		u64 data = count - count / (ptrs + 1) - 4;

		tree = min(tree, data);
	}
	return min_t(u64, tree << blkbits, MAX_LFS_FILESIZE);
}
