// SPDX-License-Identifier: GPL-2.0-only
/*
 * Changing files that live in blocks: preparing folios for write(2) and for
 * stores through mappings, and cutting a file's last block.
 *
 * Blocks are allocated here, before the data is accepted, so that "no space" is
 * the answer to the write or a SIGBUS at the store, and never found out later.
 *
 * W1. A folio is made uptodate as a whole before a part of it is written, except
 *     when the write covers all of it that is file; then it becomes uptodate in
 *     generic_write_end(), if the copy was complete.
 * W2. A fresh block's content on the disk is garbage. It never becomes visible: the
 *     cached folio is uptodate and dirty before its lock is released; or, if that
 *     cannot be, the block was made zero.
 *
 * Context: i_rwsem is held by writers; page_mkwrite holds only the folio lock.
 */
#include <lib/atomic.h>
#include <lib/string.h>
#include <mm/mm.h>
#include <mm/pagemap.h>
#include <mm/reclaim.h>
#include "internal_block.h"

/*
 * Map bytes [@from, @to) of the locked @f, allocating what is missing. *@fresh gets a
 * bit for each block of the page that is new, also on failure. Sets private when all
 * of the page is mapped. 0 or -errno.
 */
static int alloc_blocks(struct inode *inode, struct folio *f, size_t from, size_t to,
			get_block_t get_block, u32 *fresh)
{
	unsigned int bits = inode->i_blkbits, per_page = PAGE_SIZE >> bits;
	unsigned int b = from >> bits, last = (to - 1) >> bits;
	u64 iblock = (u64)f->index << (PAGE_SHIFT - bits);
	bool contig = b == 0 && last == per_page - 1;
	u64 first = 0;

	*fresh = 0;
	while (b <= last) {
		struct block_map map = { .len = last - b + 1 };
		int err = get_block(inode, iblock + b, &map, true);

		if (unlikely(err))
			return err;
		map.len = clamp(map.len, 1u, last - b + 1);
		if (map.new) {
			clean_bdev_blocks(inode->i_sb, map.pblock, map.len);
			*fresh |= ((1U << map.len) - 1) << b;
		}
		if (b == 0)
			first = map.pblock;
		else if (map.pblock != first + b)
			contig = false;
		b += map.len;
	}
	if (contig)
		f->private = first << FM_SHIFT | FM_CONTIG;
	return 0;
}

/*
 * The locked @f cannot become uptodate, since a block beside those in @fresh is not
 * readable: then these are made zero on the disk, in place of what was in them (W2).
 */
static noinline void zero_on_disk(struct inode *inode, struct folio *f, get_block_t get_block,
				  u32 fresh)
{
	unsigned int bits = inode->i_blkbits;
	u64 iblock = (u64)f->index << (PAGE_SHIFT - bits);

	for (unsigned int b = 0; fresh >> b; b++) {
		struct block_map map = { .len = 1 };
		struct bio *bio;

		if (!(fresh & (1U << b)) || get_block(inode, iblock + b, &map, false) || !map.mapped)
			continue;
		memset(folio_address(f) + (b << bits), 0, 1U << bits);
		bio = bio_alloc(inode->i_sb->s_bdev, 1, REQ_OP_WRITE, GFP_NOIO);
		bio->bi_sector = map.pblock << (bits - SECTOR_SHIFT);
		bio_add_folio(bio, f, 1U << bits, b << bits);
		mapping_set_error(f->mapping, submit_bio_wait(bio));
		bio_put(bio);
	}
}

/* Make the locked @f uptodate; blocks in @fresh are zeroed instead of read. 0 or -errno. */
static int fill_folio(struct inode *inode, struct folio *f, get_block_t get_block, u32 fresh)
{
	struct block_run runs[MAX_RUNS];
	int n = folio_map_blocks(f, get_block, fresh, runs), err;

	if (n < 0)
		return n;
	err = run_read_wait(inode->i_sb->s_bdev, f, runs, n);
	if (!err)
		folio_mark_uptodate(f);
	else if (fresh)
		zero_on_disk(inode, f, get_block, fresh);
	return err;
}

/* Prepare the locked @f for a write of bytes [@from, @to). 0 or -errno. */
static int prepare_write(struct inode *inode, struct folio *f, size_t from, size_t to,
			 get_block_t get_block)
{
	u32 fresh, all = (1U << (PAGE_SIZE >> inode->i_blkbits)) - 1;
	loff_t isize = i_size_read(inode);
	int err;

	err = alloc_blocks(inode, f, from, to, get_block, &fresh);
	if (unlikely(err)) {
		/* blocks that were got before must not show what was in them (W2) */
		if (fresh && (folio_test_uptodate(f) || !fill_folio(inode, f, get_block, fresh)))
			folio_mark_dirty(f);
		return err;
	}
	if (folio_test_uptodate(f)) {
		/* nothing else would write the new block's zeros if the copy fails (W2) */
		if (fresh)
			folio_mark_dirty(f);
		return 0;
	}
	if (from == 0 && (to == PAGE_SIZE || folio_pos(f) + (loff_t)to >= isize)) {
		u32 written = (1U << ((to + (1U << inode->i_blkbits) - 1) >> inode->i_blkbits)) - 1;

		/* covered: nothing to read, unless some blocks are new and some not */
		if (!fresh || (fresh & written) == written) {
			memset(folio_address(f) + to, 0, PAGE_SIZE - to);
			if (fresh)
				f->private |= FM_NEW;
			return 0;
		}
	}
	if (fresh == all) {
		memset(folio_address(f), 0, PAGE_SIZE);
		folio_mark_uptodate(f);
		err = 0;
	} else {
		err = fill_folio(inode, f, get_block, fresh);
	}
	/* if the copy fails now, nobody else would dirty it (W2) */
	if (!err && fresh)
		folio_mark_dirty(f);
	return err;
}

/* A folio that has to be made, read, or given blocks first. */
static noinline int write_begin_slow(struct address_space *m, loff_t pos, unsigned int len,
				     struct folio **foliop, get_block_t get_block)
{
	struct folio *f = __filemap_get_folio(m, pos >> PAGE_SHIFT,
					      FGP_LOCK | FGP_CREAT | FGP_WRITE | FGP_ACCESSED,
					      m->gfp_mask);
	size_t from = pos & (PAGE_SIZE - 1);
	int err;

	if (IS_ERR(f))
		return PTR_ERR(f);
	err = prepare_write(m->host, f, from, from + len, get_block);
	if (unlikely(err)) {
		folio_unlock(f);
		folio_put(f);
		return err;
	}
	*foliop = f;
	return 0;
}

/**
 * block_write_begin - ->write_begin: a locked folio ready for bytes [@pos, @pos + @len).
 * Context: i_rwsem held; sleeps. Return: 0; -ENOSPC, -EIO, -ENOMEM, -EFBIG.
 */
int block_write_begin(struct address_space *m, loff_t pos, unsigned int len,
		      struct folio **foliop, get_block_t get_block)
{
	struct folio *f = filemap_get_folio(m, pos >> PAGE_SHIFT);

	if (likely(f)) {
		/* overwriting: the content and its blocks are there */
		if (likely(folio_trylock(f))) {
			if (likely(f->mapping == m && folio_test_uptodate(f) &&
				   (f->private & (FM_CONTIG | FM_SCATTERED)))) {
				folio_note_accessed(f);
				*foliop = f;
				return 0;
			}
			folio_unlock(f);
		}
		folio_put(f);
	}
	return write_begin_slow(m, pos, len, foliop, get_block);
}

/* The copy into a folio that is not uptodate stopped short. Return: bytes to accept. */
static unsigned int short_copy(struct folio *f, size_t off, unsigned int copied)
{
	if (!(f->private & FM_NEW))
		return 0;
	/* fresh blocks: what was not copied is a hole's content (W2) */
	memset(folio_address(f) + off + copied, 0, PAGE_SIZE - off - copied);
	folio_mark_uptodate(f);
	folio_mark_dirty(f);
	return copied;
}

/**
 * generic_write_end - ->write_end: @copied of @len bytes at @pos are in @folio.
 * Context: i_rwsem held; unlocks and releases @folio. Return: bytes accepted.
 */
int generic_write_end(struct file *file, struct address_space *m, loff_t pos, unsigned int len,
		      unsigned int copied, struct folio *f)
{
	struct inode *inode = m->host;
	loff_t old = inode->i_size;
	bool grown = false;

	if (unlikely(!folio_test_uptodate(f))) {
		if (unlikely(copied < len))
			copied = short_copy(f, pos & (PAGE_SIZE - 1), copied);
		else
			folio_mark_uptodate(f);
		f->private &= ~FM_NEW;
	}
	if (likely(copied)) {
		if (!folio_test_dirty(f))
			folio_mark_dirty(f);
		/* under the folio lock: write-back must not take the new bytes for a tail */
		if (pos + (loff_t)copied > old) {
			i_size_write(inode, pos + copied);
			grown = true;
		}
	}
	folio_unlock(f);
	folio_put(f);
	if (grown) {
		if (unlikely(old < pos))
			pagecache_isize_extended(inode, old, pos);
		mark_inode_dirty(inode);
	}
	return copied;
}

/**
 * block_page_mkwrite - ->page_mkwrite: a mapping wants to store to vmf->folio. Allocates
 * the blocks up to the end of the file.
 * Context: sleeps. Return: VM_FAULT_LOCKED, dirty; VM_FAULT_NOPAGE: truncated, fault
 * again; VM_FAULT_SIGBUS: no space, or I/O error; VM_FAULT_OOM.
 */
vm_fault_t block_page_mkwrite(struct vm_fault *vmf, get_block_t get_block)
{
	struct file *file = vmf->vma->vm_file;
	struct inode *inode = file->f_mapping->host;
	struct folio *f = vmf->folio;
	loff_t isize;
	u32 fresh;
	int err;

	file_update_time(file);
	folio_lock(f);
	isize = i_size_read(inode);
	if (unlikely(f->mapping != inode->i_mapping || folio_pos(f) >= isize ||
		     !folio_test_uptodate(f))) {
		folio_unlock(f);
		return VM_FAULT_NOPAGE;
	}
	if (!(f->private & (FM_CONTIG | FM_SCATTERED))) {
		size_t end = min_t(loff_t, PAGE_SIZE, isize - folio_pos(f));

		err = alloc_blocks(inode, f, 0, end, get_block, &fresh);
		if (unlikely(err)) {
			if (fresh)
				folio_mark_dirty(f);
			folio_unlock(f);
			return err == -ENOMEM ? VM_FAULT_OOM : VM_FAULT_SIGBUS;
		}
	}
	folio_mark_dirty(f);
	return VM_FAULT_LOCKED;
}

/**
 * block_truncate_page - zero the rest of the block that holds byte @from, in the cache
 * and so on the disk. Context: i_rwsem held; sleeps. Return: 0, -EIO, -ENOMEM.
 */
int block_truncate_page(struct address_space *m, loff_t from, get_block_t get_block)
{
	struct inode *inode = m->host;
	unsigned int bs = 1U << inode->i_blkbits, rest = bs - (from & (bs - 1));
	struct block_map map = { .len = 1 };
	struct folio *f;
	int err;

	if (rest == bs)
		return 0;
	err = get_block(inode, from >> inode->i_blkbits, &map, false);
	if (err || !map.mapped)
		return err;
	f = __filemap_get_folio(m, from >> PAGE_SHIFT, FGP_LOCK | FGP_CREAT, m->gfp_mask);
	if (IS_ERR(f))
		return PTR_ERR(f);
	if (!folio_test_uptodate(f))
		err = fill_folio(inode, f, get_block, 0);
	if (!err) {
		memset(folio_address(f) + offset_in_page(from), 0, rest);
		folio_mark_dirty(f);
	}
	folio_unlock(f);
	folio_put(f);
	return err;
}
