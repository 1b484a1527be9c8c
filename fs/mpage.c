// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading and writing whole folios of files through a filesystem's get_block,
 * gathering neighbours into large bios.
 *
 * A folio of a file is uptodate as a whole, and written as a whole up to the end
 * of the file; holes in it are zero in memory and skipped on the way out: blocks
 * that must exist were allocated when the data came (block_write.c), so writing
 * never allocates.
 *
 * folio->private remembers where a folio's blocks are (FM_* in internal_block.h),
 * so that overwriting and writing back need not ask get_block again. It is
 * written under the folio lock, and forgotten by folio_invalidate() when the
 * filesystem cuts blocks off. A filesystem that moves blocks cannot use this file.
 */
#include <lib/atomic.h>
#include <lib/string.h>
#include <mm/pagemap.h>
#include <mm/writeback.h>
#include "internal_block.h"

#define WRITE_AHEAD 64		/* blocks asked for at once when writing */

/* the extent that get_block gave last */
struct extent {
	get_block_t get_block;
	struct inode *inode;
	unsigned int ahead;		/* blocks to ask for */
	u64 iblock;
	struct block_map map;
};

static int map_block(struct extent *e, u64 iblock, u64 *pblock, unsigned int *len)
{
	u64 skip = iblock - e->iblock;
	int err;

	if (skip >= e->map.len) {	/* also if iblock < e->iblock */
		e->map = (struct block_map){ .len = e->ahead };
		e->iblock = iblock;
		err = e->get_block(e->inode, iblock, &e->map, false);
		if (err) {
			e->map.len = 0;
			return err;
		}
		if (!e->map.len)
			e->map.len = 1;
		skip = 0;
	}
	*len = e->map.len - skip;
	*pblock = e->map.mapped ? e->map.pblock + skip : 0;
	return e->map.mapped;
}

/* The usual folio: within the file, and in one piece on the device. Return: false: it is not. */
static bool map_whole(struct extent *e, struct folio *f, u64 last, struct block_run *run)
{
	unsigned int bits = e->inode->i_blkbits, per_page = PAGE_SIZE >> bits, len;
	u64 iblock = (u64)f->index << (PAGE_SHIFT - bits), pblock;

	if (iblock + per_page > last || map_block(e, iblock, &pblock, &len) <= 0 || len < per_page)
		return false;
	*run = (struct block_run){ .sector = pblock << (bits - SECTOR_SHIFT), .len = PAGE_SIZE };
	f->private = pblock << FM_SHIFT | FM_CONTIG;
	return true;
}

/* see folio_map_blocks(); with @write nothing is zeroed. Sets private. */
static int map_folio(struct extent *e, struct folio *f, u32 fresh, struct block_run *runs,
		     bool write)
{
	unsigned int bits = e->inode->i_blkbits, per_page = PAGE_SIZE >> bits, n = 0, len;
	u64 iblock = (u64)f->index << (PAGE_SHIFT - bits), pblock = 0;
	u64 last = ((u64)i_size_read(e->inode) + (1U << bits) - 1) >> bits;
	unsigned int mapped_blocks = 0;

	if (likely(!fresh && map_whole(e, f, last, runs)))
		return 1;
	for (unsigned int b = 0; b < per_page; b += len) {
		int mapped = 0;

		len = 1;
		if (iblock + b >= last) {
			len = per_page - b;
		} else if (!(fresh & (1U << b))) {
			mapped = map_block(e, iblock + b, &pblock, &len);
			if (mapped < 0)
				return mapped;
			len = min3(len, per_page - b, (unsigned int)min_t(u64, last - iblock - b, per_page));
			/* a fresh block within: stop before it */
			for (unsigned int i = 1; i < len; i++)
				if (fresh & (1U << (b + i)))
					len = i;
		}
		if (!mapped) {
			if (!write)
				memset(folio_address(f) + (b << bits), 0, len << bits);
			continue;
		}
		mapped_blocks += len;
		if (n && runs[n - 1].off + runs[n - 1].len == b << bits &&
		    runs[n - 1].sector + (runs[n - 1].len >> SECTOR_SHIFT) ==
		    pblock << (bits - SECTOR_SHIFT)) {
			runs[n - 1].len += len << bits;
			continue;
		}
		runs[n++] = (struct block_run){ .sector = pblock << (bits - SECTOR_SHIFT),
						.off = b << bits, .len = len << bits };
	}
	if (mapped_blocks == per_page)
		f->private = n == 1 ? (runs[0].sector >> (bits - SECTOR_SHIFT)) << FM_SHIFT | FM_CONTIG
				    : FM_SCATTERED;
	return n;
}

int folio_map_blocks(struct folio *f, get_block_t get_block, u32 fresh, struct block_run *runs)
{
	struct inode *inode = f->mapping->host;
	struct extent e = { .get_block = get_block, .inode = inode,
			    .ahead = PAGE_SIZE >> inode->i_blkbits };

	return map_folio(&e, f, fresh, runs, false);
}

/* --- reading --- */

static void folio_read_end_io(struct bio *bio)
{
	int err = bio->bi_status;

	for (unsigned int i = 0; i < bio->bi_vcnt; i++) {
		struct folio *f;
		size_t pos;

		bvec_for_each_folio(f, pos, &bio->bi_vecs[i]) {
			if (unlikely(err))
				folio_set_error(f);
			if (atomic_dec_and_test(&f->io_pending))
				folio_end_read(f, !folio_test_error(f));
		}
	}
	bio_put(bio);
}

/* Start reading the locked @f, which comes unlocked in the end. 0 or -errno. */
static int read_one(struct extent *e, struct run_bio *rb, struct folio *f)
{
	struct block_run runs[MAX_RUNS] __attribute__((uninitialized));
	int n = map_folio(e, f, 0, runs, false);

	if (unlikely(n < 0)) {
		folio_set_error(f);
		folio_unlock(f);
		return n;
	}
	if (!n) {
		folio_end_read(f, true);
		return 0;
	}
	atomic_set(&f->io_pending, n);
	for (int i = 0; i < n; i++)
		run_bio_add(rb, f, &runs[i]);
	return 0;
}

/**
 * mpage_read_folio - ->read_folio: start reading a locked folio.
 * Context: may sleep. Return: 0, or -errno of get_block.
 */
int mpage_read_folio(struct folio *f, get_block_t get_block)
{
	struct inode *inode = f->mapping->host;
	struct extent e = { .get_block = get_block, .inode = inode,
			    .ahead = PAGE_SIZE >> inode->i_blkbits };
	struct run_bio rb = { .bdev = inode->i_sb->s_bdev, .end_io = folio_read_end_io,
			      .op = REQ_OP_READ, .vecs = 1 };
	int err;

	folio_clear_error(f);
	err = read_one(&e, &rb, f);
	run_bio_submit(&rb);
	return err;
}

/** mpage_readahead - ->readahead: start reading all folios of @rac. Context: may sleep. */
void mpage_readahead(struct readahead_control *rac, get_block_t get_block)
{
	struct inode *inode = rac->mapping->host;
	struct extent e = { .get_block = get_block, .inode = inode,
			    .ahead = rac->_nr_pages << (PAGE_SHIFT - inode->i_blkbits) };
	struct run_bio rb = { .bdev = inode->i_sb->s_bdev, .end_io = folio_read_end_io,
			      .op = REQ_OP_READ };
	struct blk_plug plug;
	struct folio *f;

	blk_start_plug(&plug);
	while ((f = readahead_folio(rac))) {
		rb.vecs = min_t(unsigned int, rac->_nr_pages + 1, BIO_MAX_VECS);
		read_one(&e, &rb, f);
	}
	run_bio_submit(&rb);
	blk_finish_plug(&plug);
}

/* --- writing --- */

struct mpage_write {
	struct extent e;
	struct run_bio rb;
};

/* The runs of a folio that is to be written. Return: how many, or -errno. */
static int write_runs(struct mpage_write *w, struct folio *f, size_t bytes, struct block_run *runs)
{
	unsigned int bits = w->e.inode->i_blkbits;

	if (likely(f->private & FM_CONTIG)) {
		runs[0] = (struct block_run){
			.sector = (f->private >> FM_SHIFT) << (bits - SECTOR_SHIFT),
			.len = ALIGN(bytes, 1UL << bits),
		};
		return 1;
	}
	return map_folio(&w->e, f, 0, runs, true);
}

static int mpage_write_folio(struct folio *f, struct writeback_control *wbc, void *data)
{
	struct block_run runs[MAX_RUNS] __attribute__((uninitialized));
	struct mpage_write *w = data;
	loff_t isize = i_size_read(w->e.inode), pos = folio_pos(f);
	size_t bytes = PAGE_SIZE;
	int n, err = 0;

	if (unlikely(pos >= isize)) {
		/* truncated, and about to be removed */
		folio_unlock(f);
		return 0;
	}
	if (unlikely(isize - pos < (loff_t)PAGE_SIZE)) {
		/* what a mapping stored behind the end is not part of the file */
		bytes = isize - pos;
		memset(folio_address(f) + bytes, 0, PAGE_SIZE - bytes);
	}
	n = write_runs(w, f, bytes, runs);
	if (unlikely(n == -ENOMEM)) {
		folio_redirty_for_writepage(wbc, f);
		folio_unlock(f);
		return n;
	}
	if (unlikely(n < 0)) {
		/* it is lost, and somebody will be told; nothing is written */
		mapping_set_error(f->mapping, n);
		err = n;
		n = 0;
	}
	folio_start_writeback(f);
	/* from here on the end of the write may come at any time, but for the last count */
	atomic_set(&f->io_pending, n + 1);
	folio_unlock(f);
	for (int i = 0; i < n; i++)
		run_bio_add(&w->rb, f, &runs[i]);
	if (atomic_dec_and_test(&f->io_pending))
		folio_end_writeback(f);
	return err;
}

/**
 * mpage_writepages - ->writepages: write the dirty folios of @wbc's range.
 * Context: sleeps. Return: 0 or the first -errno.
 */
int mpage_writepages(struct address_space *m, struct writeback_control *wbc, get_block_t get_block)
{
	struct mpage_write w = {
		.e = { .get_block = get_block, .inode = m->host, .ahead = WRITE_AHEAD },
		.rb = { .bdev = m->host->i_sb->s_bdev, .end_io = folio_write_end_io,
			.op = REQ_OP_WRITE },
	};
	struct blk_plug plug;
	int err;

	w.rb.vecs = min_t(unsigned long, m->nrpages, BIO_MAX_VECS);
	blk_start_plug(&plug);
	err = write_cache_pages(m, wbc, mpage_write_folio, &w);
	run_bio_submit(&w.rb);
	blk_finish_plug(&plug);
	return err;
}

/** generic_block_bmap - ->bmap: the device block of file block @block, 0 for a hole. */
u64 generic_block_bmap(struct address_space *m, u64 block, get_block_t get_block)
{
	struct block_map map = { .len = 1 };

	if (get_block(m->host, block, &map, false) || !map.mapped)
		return 0;
	return map.pblock;
}
