// SPDX-License-Identifier: GPL-2.0-only
/*
 * Metadata blocks: a view on the block device's page cache (bdev_aops.c).
 *
 *	err = sb_bread(sb, nr, &b);	... b.data ...
 *	change b.data; block_mark_dirty(&b);
 *	block_put(&b);
 *
 * Never keep b.data beyond block_put(). The filesystem's own locks guard the
 * content; a block may be written to the disk at any moment, also in the middle
 * of a change, and is written again if it was marked dirty after that.
 *
 * A block that belongs to one file (an indirect block) is marked dirty with
 * block_mark_dirty_inode(), which puts it on the inode's list: fsync writes the
 * blocks of the list. The ASSOC bit of a block says that it is on a list already;
 * an entry whose block meanwhile is somebody else's only costs a needless write.
 *
 * Locks: mapping->i_private_lock guards the list of an inode. The folio lock is
 * taken only to read or write a block, not to look at one that is uptodate.
 */
#include <lib/list.h>
#include <lib/string.h>
#include <mm/pagemap.h>
#include <mm/reclaim.h>
#include <mm/slab.h>
#include <mm/writeback.h>
#include "internal_block.h"

/* mapping->flags: the list lost entries for want of memory; fsync writes everything */
#define AS_META_LOST 8

struct meta_block {
	struct list_head list;
	struct address_space *bdev_mapping;
	pgoff_t index;
	unsigned long mask;		/* sectors of the folio */
	struct folio *folio;		/* while it is being written */
};

static inline struct address_space *sb_mapping(struct super_block *sb)
{
	return sb->s_bdev->bd_inode->i_mapping;
}

static inline unsigned long block_mask(const struct block_ref *b)
{
	return sector_mask(offset_in_page(b->data), b->size);
}

static inline bool has_sectors(struct folio *f, unsigned long mask)
{
	return folio_test_uptodate(f) ||
	       (__atomic_load_n(&f->private, __ATOMIC_ACQUIRE) & mask) == mask;
}

static inline void set_ref(struct block_ref *b, struct super_block *sb, u64 nr, struct folio *f,
			   size_t off)
{
	b->folio = f;
	b->data = folio_address(f) + off;
	b->blocknr = nr;
	b->size = sb->s_blocksize;
}

/* Where block @nr is. False: not on the device. */
static inline bool locate(struct super_block *sb, u64 nr, pgoff_t *index, size_t *off)
{
	u64 pos = nr << sb->s_blocksize_bits;

	*index = pos >> PAGE_SHIFT;
	*off = pos & (PAGE_SIZE - 1);
	return nr < (u64)i_size_read(sb->s_bdev->bd_inode) >> sb->s_blocksize_bits;
}

/* The locked folio of page @index, made if need be. Never reclaims through filesystems. */
static struct folio *lock_meta_folio(struct address_space *m, pgoff_t index)
{
	return __filemap_get_folio(m, index, FGP_LOCK | FGP_CREAT | FGP_ACCESSED, GFP_NOFS);
}

static noinline int bread_slow(struct super_block *sb, u64 nr, struct block_ref *b)
{
	unsigned long mask;
	struct folio *f;
	pgoff_t index;
	size_t off;
	int err = 0;

	b->folio = NULL;
	if (!locate(sb, nr, &index, &off))
		return -EIO;
	f = lock_meta_folio(sb_mapping(sb), index);
	if (IS_ERR(f))
		return PTR_ERR(f);
	mask = sector_mask(off, sb->s_blocksize);
	if (!has_sectors(f, mask))
		err = bdev_read_missing(f, mask);
	folio_unlock(f);
	if (err) {
		folio_put(f);
		return err;
	}
	set_ref(b, sb, nr, f, off);
	return 0;
}

/**
 * sb_bread - the block @nr of the filesystem's device, read if needed.
 * Context: may sleep. Return: 0 with a reference in @b; -EIO, -ENOMEM (b->folio NULL).
 */
int sb_bread(struct super_block *sb, u64 nr, struct block_ref *b)
{
	const unsigned long used = 1UL << PG_referenced | 1UL << PG_active;
	u64 pos = nr << sb->s_blocksize_bits;
	size_t off = pos & (PAGE_SIZE - 1);
	struct folio *f = filemap_get_folio(sb_mapping(sb), pos >> PAGE_SHIFT);

	if (likely(f)) {
		if (likely(has_sectors(f, sector_mask(off, sb->s_blocksize)))) {
			if (unlikely((READ_ONCE(f->flags) & used) != used))
				folio_mark_accessed(f);
			set_ref(b, sb, nr, f, off);
			return 0;
		}
		folio_put(f);
	}
	return bread_slow(sb, nr, b);
}

/**
 * sb_getblk_zero - block @nr, to be filled with something new: zeroed, not read.
 * It is not dirty yet. Context: may sleep. Return: 0, -EIO, -ENOMEM.
 */
int sb_getblk_zero(struct super_block *sb, u64 nr, struct block_ref *b)
{
	unsigned long mask;
	struct folio *f;
	pgoff_t index;
	size_t off;

	b->folio = NULL;
	if (!locate(sb, nr, &index, &off))
		return -EIO;
	f = lock_meta_folio(sb_mapping(sb), index);
	if (IS_ERR(f))
		return PTR_ERR(f);
	mask = sector_mask(off, sb->s_blocksize);
	/* an old write of this block must not land after what is written next */
	folio_wait_writeback(f);
	memset(folio_address(f) + off, 0, sb->s_blocksize);
	if (((bd_state_or(f, mask) | mask) & BD_ALL) == BD_ALL)
		folio_mark_uptodate(f);
	folio_unlock(f);
	set_ref(b, sb, nr, f, off);
	return 0;
}

/** block_mark_dirty - b->data was changed. Context: does not sleep. */
void block_mark_dirty(struct block_ref *b)
{
	unsigned long mask = block_mask(b);

	bd_state_or(b->folio, mask << BD_UPTODATE_SHIFT | mask << BD_DIRTY_SHIFT);
	/* truncated away: the device is being closed */
	if (likely(b->folio->mapping))
		filemap_dirty_folio(b->folio->mapping, b->folio);
}

/** block_mark_dirty_inode - the same, and fsync of @inode writes it. Context: does not sleep. */
void block_mark_dirty_inode(struct block_ref *b, struct inode *inode)
{
	struct address_space *m = &inode->i_data;
	unsigned long mask = block_mask(b);
	struct meta_block *e;

	block_mark_dirty(b);
	if ((bd_state_or(b->folio, mask << BD_ASSOC_SHIFT) >> BD_ASSOC_SHIFT) & mask)
		return;
	e = kmalloc(sizeof(*e), GFP_NOWAIT);
	if (!e) {
		__atomic_fetch_or(&m->flags, 1UL << AS_META_LOST, __ATOMIC_RELAXED);
		return;
	}
	e->bdev_mapping = sb_mapping(inode->i_sb);
	e->index = b->folio->index;
	e->mask = mask;
	e->folio = NULL;
	spin_lock(&m->i_private_lock);
	list_add_tail(&e->list, &m->meta_blocks);
	spin_unlock(&m->i_private_lock);
}

/* Start writing what is dirty in the locked @f; unlocks it. */
static void start_write(struct folio *f)
{
	struct run_bio rb = { .bdev = mapping_bdev(f->mapping), .end_io = bdev_write_end_io,
			      .op = REQ_OP_WRITE, .vecs = 1 };

	if (folio_test_dirty(f) || folio_mapped(f))
		folio_wait_writeback(f);
	if (!folio_clear_dirty_for_io(f)) {
		folio_unlock(f);
		return;
	}
	bdev_write_folio_start(f, &rb);
	run_bio_submit(&rb);
}

/* Did the last write of blocks @mask fail? Tells it once. */
static bool take_failure(struct folio *f, unsigned long mask)
{
	unsigned long old = bd_state_clear(f, mask << BD_FAILED_SHIFT);

	return (old >> BD_FAILED_SHIFT) & mask;
}

/**
 * block_sync - write this block now, if it is dirty, and wait.
 * Return: 0; -EIO: that, or the write before it, failed.
 */
int block_sync(struct block_ref *b)
{
	struct folio *f = b->folio;

	folio_lock(f);
	if (!f->mapping) {
		folio_unlock(f);
		return -EIO;
	}
	start_write(f);
	folio_wait_writeback(f);
	return take_failure(f, block_mask(b)) ? -EIO : 0;
}

/* Forget changes of sectors @mask of page @index, and wait for a write under way. */
static void forget_sectors(struct address_space *m, pgoff_t index, unsigned long mask)
{
	unsigned long gone = mask << BD_DIRTY_SHIFT | mask << BD_ASSOC_SHIFT |
			     mask << BD_FAILED_SHIFT;
	struct folio *f = filemap_get_folio(m, index);

	if (likely(!f))
		return;
	if ((READ_ONCE(f->private) & gone) || folio_test_writeback(f) || folio_test_locked(f)) {
		/* with the lock: between taking the bits and the write */
		folio_lock(f);
		if (f->mapping == m)
			folio_wait_writeback(f);
		bd_state_clear(f, gone);
		folio_unlock(f);
	}
	folio_put(f);
}

void block_forget(struct super_block *sb, u64 nr)
{
	pgoff_t index;
	size_t off;

	if (locate(sb, nr, &index, &off))
		forget_sectors(sb_mapping(sb), index, sector_mask(off, sb->s_blocksize));
}

void clean_bdev_blocks(struct super_block *sb, u64 nr, u64 count)
{
	pgoff_t index;
	size_t off;

	while (count) {
		u64 n;

		if (!locate(sb, nr, &index, &off))
			return;
		n = min(count, (u64)(PAGE_SIZE - off) >> sb->s_blocksize_bits);
		forget_sectors(sb_mapping(sb), index, sector_mask(off, n << sb->s_blocksize_bits));
		nr += n;
		count -= n;
	}
}

/* Take the list of @m, so that new entries do not make the work endless. */
static void take_list(struct address_space *m, struct list_head *list)
{
	spin_lock(&m->i_private_lock);
	list_splice_init(&m->meta_blocks, list);
	spin_unlock(&m->i_private_lock);
}

/**
 * sync_inode_blocks - write the metadata blocks of @inode, and wait.
 * Context: may sleep. Return: 0; -EIO: these writes, or earlier ones of the blocks, failed.
 */
int sync_inode_blocks(struct inode *inode)
{
	struct address_space *m = &inode->i_data;
	struct meta_block *e, *next;
	LIST_HEAD(list);
	int err = 0;

	if (unlikely(m->flags & (1UL << AS_META_LOST))) {
		__atomic_fetch_and(&m->flags, ~(1UL << AS_META_LOST), __ATOMIC_RELAXED);
		err = sync_blockdev(inode->i_sb->s_bdev);
	}
	if (list_empty(&m->meta_blocks))
		return err;
	take_list(m, &list);
	list_for_each_entry(e, &list, list) {
		e->folio = filemap_lock_folio(e->bdev_mapping, e->index);
		if (IS_ERR(e->folio))
			continue;	/* written and reclaimed */
		bd_state_clear(e->folio, e->mask << BD_ASSOC_SHIFT);
		start_write(e->folio);
	}
	list_for_each_entry_safe(e, next, &list, list) {
		if (!IS_ERR(e->folio)) {
			folio_wait_writeback(e->folio);
			if (take_failure(e->folio, e->mask))
				err = -EIO;
			folio_put(e->folio);
		}
		kfree(e);
	}
	return err;
}

/** forget_inode_blocks - @inode ends; its blocks are written by the flusher, or freed. */
void forget_inode_blocks(struct inode *inode)
{
	struct meta_block *e, *next;
	LIST_HEAD(list);

	take_list(&inode->i_data, &list);
	list_for_each_entry_safe(e, next, &list, list) {
		struct folio *f = filemap_get_folio(e->bdev_mapping, e->index);

		if (f) {
			bd_state_clear(f, e->mask << BD_ASSOC_SHIFT);
			folio_put(f);
		}
		kfree(e);
	}
}

/** sync_blockdev - write all dirty blocks of @bdev and wait. Return: 0 or -errno. */
int sync_blockdev(struct block_device *bdev)
{
	return filemap_write_and_wait_range(bdev->bd_inode->i_mapping, 0, LLONG_MAX);
}

/** invalidate_bdev - drop the clean, unused blocks of @bdev from the cache. */
void invalidate_bdev(struct block_device *bdev)
{
	invalidate_mapping_pages(bdev->bd_inode->i_mapping, 0, ULONG_MAX);
}
