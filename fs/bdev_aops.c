// SPDX-License-Identifier: GPL-2.0-only
/*
 * The page cache of block devices: what programs see in /dev/vda, and what
 * filesystems see as metadata blocks (buffer.c).
 *
 * For each 512 bytes a folio keeps bits in ->private, such as uptodate and dirty. So
 * a block can be made without reading its neighbours, and writing one never
 * writes a neighbour that was not changed.
 *
 * B1. PG_uptodate implies nothing is missing; all uptodate bits make PG_uptodate.
 * B2. A dirty bit implies its uptodate bit. Whoever sets dirty bits sets PG_dirty
 *     after them; the writer clears PG_dirty and then takes the bits. So a bit is
 *     never left behind without PG_dirty, but PG_dirty may be there without a bit.
 * B3. Uptodate bits are set under the folio lock, or at the end of a read that was
 *     started under it.
 * B4. A failed bit stays until somebody is told (buffer.c), or the next write of the
 *     block; with a file's block it keeps the folio in memory.
 */
#include <lib/atomic.h>
#include <lib/bitops.h>
#include <kernel/rcu.h>
#include <lib/string.h>
#include <mm/pagemap.h>
#include <mm/writeback.h>
#include <fs/uio.h>
#include "internal_block.h"

/* The sectors of the folio that the device has. */
static unsigned int present_mask(const struct folio *f)
{
	loff_t left = i_size_read(f->mapping->host) - folio_pos(f);

	if (left >= (loff_t)PAGE_SIZE)
		return BD_ALL;
	return left > 0 ? sector_mask(0, left) : 0;
}

/* The runs of 1 bits of @mask as runs of @f. Return: how many. */
static unsigned int mask_runs(const struct folio *f, unsigned int mask, struct block_run *runs)
{
	u64 sector = (u64)f->index << (PAGE_SHIFT - SECTOR_SHIFT);
	unsigned int n = 0;

	for (unsigned int i = 0; i < MAX_RUNS; i++) {
		if (!(mask & (1U << i)))
			continue;
		if (n && runs[n - 1].off + runs[n - 1].len == i << SECTOR_SHIFT)
			runs[n - 1].len += 1 << SECTOR_SHIFT;
		else
			runs[n++] = (struct block_run){ .sector = sector + i, .off = i << SECTOR_SHIFT,
							.len = 1 << SECTOR_SHIFT };
	}
	return n;
}

/* Zero what the device does not have, and say that it is there. */
static void zero_beyond_end(struct folio *f, unsigned int present)
{
	unsigned int absent = BD_ALL & ~present;

	if (likely(!absent) || (f->private & absent) == absent)
		return;
	/* absent sectors are the last ones */
	memset(folio_address(f) + (__ffs(absent) << SECTOR_SHIFT), 0,
	       PAGE_SIZE - (__ffs(absent) << SECTOR_SHIFT));
	bd_state_or(f, absent);
}

int bdev_read_missing(struct folio *f, unsigned int need)
{
	struct block_device *bdev = mapping_bdev(f->mapping);
	unsigned int present = present_mask(f), missing = present & ~f->private;
	struct block_run runs[MAX_RUNS];
	unsigned int n;

	zero_beyond_end(f, present);
	n = mask_runs(f, missing, runs);
	if (run_read_wait(bdev, f, runs, n)) {
		/* a bad sector nearby must not make the others unreadable */
		missing &= need;
		n = mask_runs(f, missing, runs);
		if (run_read_wait(bdev, f, runs, n))
			return -EIO;
	}
	if (((bd_state_or(f, missing) | missing) & BD_ALL) == BD_ALL)
		folio_mark_uptodate(f);
	return (need & present & ~f->private) ? -EIO : 0;
}

/* --- reading --- */

static void bdev_read_end_io(struct bio *bio)
{
	bool ok = !bio->bi_status;

	for (unsigned int i = 0; i < bio->bi_vcnt; i++) {
		struct folio *f;
		size_t pos;

		bvec_for_each_folio(f, pos, &bio->bi_vecs[i]) {
			if (ok)
				bd_state_or(f, BD_ALL);
			else
				folio_set_error(f);
			folio_end_read(f, ok);
		}
	}
	bio_put(bio);
}

/* Start reading the locked @f, of which nothing is uptodate. */
static void bdev_start_read(struct folio *f, struct run_bio *rb)
{
	unsigned int present = present_mask(f);
	struct block_run run = {
		.sector = (u64)f->index << (PAGE_SHIFT - SECTOR_SHIFT),
		.len = hweight64(present) << SECTOR_SHIFT,
	};

	zero_beyond_end(f, present);
	if (present)
		run_bio_add(rb, f, &run);
	else
		folio_end_read(f, true);
}

static int bdev_read_folio(struct file *file, struct folio *f)
{
	struct run_bio rb = { .bdev = mapping_bdev(f->mapping), .end_io = bdev_read_end_io,
			      .op = REQ_OP_READ, .vecs = 1 };
	int err;

	folio_clear_error(f);
	if (!(f->private & BD_ALL)) {
		bdev_start_read(f, &rb);
		run_bio_submit(&rb);
		return 0;
	}
	err = bdev_read_missing(f, BD_ALL);
	if (err)
		folio_set_error(f);
	folio_unlock(f);
	return err;
}

static void bdev_readahead(struct readahead_control *rac)
{
	struct run_bio rb = { .bdev = mapping_bdev(rac->mapping), .end_io = bdev_read_end_io,
			      .op = REQ_OP_READ };
	struct blk_plug plug;
	struct folio *f;

	blk_start_plug(&plug);
	while ((f = readahead_folio(rac))) {
		rb.vecs = min_t(unsigned int, rac->_nr_pages + 1, BIO_MAX_VECS);
		bdev_start_read(f, &rb);
	}
	run_bio_submit(&rb);
	blk_finish_plug(&plug);
}

/* --- dirtying and writing --- */

/* A store by a mapping: there is no telling where. */
static bool bdev_dirty_folio(struct address_space *m, struct folio *f)
{
	unsigned long dirty = present_mask(f) & f->private;

	bd_state_or(f, dirty << BD_DIRTY_SHIFT);
	return filemap_dirty_folio(m, f);
}

static void bdev_invalidate_folio(struct folio *f, size_t off, size_t len)
{
	if (off == 0 && len == PAGE_SIZE)
		bd_state_clear(f, ~0UL);
}

void bdev_write_folio_start(struct folio *f, struct run_bio *rb)
{
	unsigned long old = bd_state_clear(f, BD_ALL << BD_DIRTY_SHIFT);
	unsigned int dirty = (old >> BD_DIRTY_SHIFT) & present_mask(f);
	struct block_run runs[MAX_RUNS];
	unsigned int n = mask_runs(f, dirty, runs);

	bd_state_clear(f, (unsigned long)dirty << BD_FAILED_SHIFT);
	/* also if there is nothing to write: this clears the mark in the xarray */
	folio_start_writeback(f);
	atomic_set(&f->io_pending, n + 1);
	folio_unlock(f);
	for (unsigned int i = 0; i < n; i++)
		run_bio_add(rb, f, &runs[i]);
	if (atomic_dec_and_test(&f->io_pending))
		folio_end_writeback(f);
}

static void write_failed(struct folio *f, size_t from, size_t to, int err)
{
	struct super_block *sb;

	bd_state_or(f, sector_mask(from, to - from) << BD_FAILED_SHIFT);
	mapping_set_error(f->mapping, err);
	rcu_read_lock();
	sb = READ_ONCE(mapping_bdev(f->mapping)->bd_super);
	if (sb)
		errseq_set(&sb->s_wb_err, err);
	rcu_read_unlock();
}

void bdev_write_end_io(struct bio *bio)
{
	for (unsigned int i = 0; i < bio->bi_vcnt; i++) {
		struct bio_vec *v = &bio->bi_vecs[i];
		struct folio *f;
		size_t pos;

		bvec_for_each_folio(f, pos, v) {
			if (unlikely(bio->bi_status))
				write_failed(f, max_t(size_t, v->bv_offset, pos) - pos,
					     min_t(size_t, v->bv_offset + v->bv_len - pos, PAGE_SIZE),
					     bio->bi_status);
			if (atomic_dec_and_test(&f->io_pending))
				folio_end_writeback(f);
		}
	}
	bio_put(bio);
}

/* see B4 */
static bool bdev_release_folio(struct folio *f, gfp_t gfp)
{
	unsigned long state = READ_ONCE(f->private);

	return !((state >> BD_FAILED_SHIFT) & (state >> BD_ASSOC_SHIFT) & BD_ALL);
}

static int bdev_write_folio(struct folio *f, struct writeback_control *wbc, void *data)
{
	bdev_write_folio_start(f, data);
	return 0;
}

static int bdev_writepages(struct address_space *m, struct writeback_control *wbc)
{
	struct run_bio rb = { .bdev = mapping_bdev(m), .end_io = bdev_write_end_io,
			      .op = REQ_OP_WRITE, .vecs = min_t(unsigned long, m->nrpages, 64) };
	struct blk_plug plug;
	int err;

	blk_start_plug(&plug);
	err = write_cache_pages(m, wbc, bdev_write_folio, &rb);
	run_bio_submit(&rb);
	blk_finish_plug(&plug);
	return err;
}

/* --- write(2) to the device --- */

static int bdev_write_begin(struct file *file, struct address_space *m, loff_t pos,
			    unsigned int len, struct folio **foliop)
{
	struct folio *f = __filemap_get_folio(m, pos >> PAGE_SHIFT,
					      FGP_LOCK | FGP_CREAT | FGP_WRITE | FGP_ACCESSED,
					      m->gfp_mask);
	int err = 0;

	if (IS_ERR(f))
		return PTR_ERR(f);
	/* what is there already must survive a copy that stops half-way */
	if (!folio_test_uptodate(f) && (len != PAGE_SIZE || f->private))
		err = bdev_read_missing(f, BD_ALL);
	if (err) {
		folio_unlock(f);
		folio_put(f);
		return err;
	}
	*foliop = f;
	return 0;
}

static int bdev_write_end(struct file *file, struct address_space *m, loff_t pos,
			  unsigned int len, unsigned int copied, struct folio *f)
{
	size_t block = 1UL << m->host->i_blkbits, off = pos & (PAGE_SIZE - 1);

	if (!folio_test_uptodate(f)) {
		if (copied < len)
			copied = 0;	/* nothing of it is valid yet */
		else
			folio_mark_uptodate(f);
	}
	if (copied) {
		size_t from = ALIGN_DOWN(off, block), to = ALIGN(off + copied, block);
		unsigned long bits = sector_mask(from, to - from) & present_mask(f);

		if (folio_test_uptodate(f))
			bd_state_or(f, BD_ALL);
		bd_state_or(f, bits << BD_DIRTY_SHIFT);
		filemap_dirty_folio(m, f);
	}
	folio_unlock(f);
	folio_put(f);
	return copied;
}

static int bdev_get_block(struct inode *inode, u64 iblock, struct block_map *map, bool create)
{
	u64 blocks = (u64)i_size_read(inode) >> inode->i_blkbits;

	map->mapped = iblock < blocks;
	map->new = false;
	map->pblock = iblock;
	map->len = map->mapped ? min_t(u64, map->len, blocks - iblock) : 1;
	return 0;
}

static ssize_t bdev_direct_IO(struct kiocb *iocb, struct iov_iter *iter)
{
	return blockdev_direct_IO(iocb, iocb->ki_filp->f_mapping->host, iter, bdev_get_block);
}

const struct address_space_operations def_blk_aops = {
	.read_folio		= bdev_read_folio,
	.readahead		= bdev_readahead,
	.writepages		= bdev_writepages,
	.dirty_folio		= bdev_dirty_folio,
	.write_begin		= bdev_write_begin,
	.write_end		= bdev_write_end,
	.invalidate_folio	= bdev_invalidate_folio,
	.release_folio		= bdev_release_folio,
	.direct_IO		= bdev_direct_IO,
};
