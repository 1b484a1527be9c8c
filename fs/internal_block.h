/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shared by the files of the block library (buffer, bdev_*, mpage, block_write,
 * direct_io).
 *
 * A run is a piece of one folio that is contiguous on the device. All runs of a
 * folio that is being read or written are counted in folio->io_pending; whoever
 * ends the last one ends the folio's I/O.
 */
#ifndef FS_INTERNAL_BLOCK_H
#define FS_INTERNAL_BLOCK_H
#include <drivers/block.h>
#include <fs/buffer.h>
#include <fs/fs.h>
#include <mm/page.h>

#define MAX_RUNS	(PAGE_SIZE >> 9)
#define SECTOR_SHIFT	9

struct block_run {
	u64 sector;		/* 512-byte units on the device */
	u16 off, len;		/* bytes in the folio; len 4096 fits */
};

/* the pages that a segment covers: neighbours in memory may have been merged */
#define bvec_for_each_folio(f, pos, bv)						\
	for ((pos) = 0; (pos) < (bv)->bv_offset + (bv)->bv_len &&		\
	     ((f) = page_folio((bv)->bv_page + ((pos) >> PAGE_SHIFT)), true);	\
	     (pos) += PAGE_SIZE)

static inline struct block_device *mapping_bdev(const struct address_space *m)
{
	return m->host->i_bdev;
}

/* bio_list.c: gather runs in ascending order into large bios */
struct run_bio {
	struct block_device *bdev;
	struct bio *bio;
	bio_end_io_t end_io;
	u8 op;
	unsigned int vecs;	/* asked for in each new bio */
};
/** run_bio_add - append a run of @f, starting new bios as needed. Context: may sleep. */
void run_bio_add(struct run_bio *rb, struct folio *f, const struct block_run *run);
void run_bio_submit(struct run_bio *rb);
/** run_read_wait - read the runs of the locked @f and wait. 0 or -errno. */
int run_read_wait(struct block_device *bdev, struct folio *f, const struct block_run *runs,
		  unsigned int n);
/* ->bi_end_io for folios whose runs are counted in io_pending */
void folio_write_end_io(struct bio *bio);

/* mpage.c: folio->private of file folios */
#define FM_CONTIG	1UL	/* all blocks of the page are mapped, one behind the other */
#define FM_SCATTERED	2UL	/* all are mapped */
#define FM_NEW		4UL	/* write_begin to write_end: all are fresh, disk content is garbage */
#define FM_SHIFT	3	/* FM_CONTIG: number of the first block */

/** folio_map_blocks - the runs of the locked @f that are mapped on the device; holes, blocks
 *  in @fresh and what is beyond the end are zeroed in memory. Return: number or -errno. */
int folio_map_blocks(struct folio *f, get_block_t get_block, u32 fresh, struct block_run *runs);

/* bdev_aops.c */
/** bdev_read_missing - read what is not uptodate of the locked @f, and wait; -EIO if
 *  one of the sectors in @need could not be read. */
int bdev_read_missing(struct folio *f, unsigned int need);
/** bdev_write_folio_start - start writing the dirty blocks of @f, which is locked and no
 *  longer PG_dirty; unlocks it. */
void bdev_write_folio_start(struct folio *f, struct run_bio *rb);
/* ->bi_end_io of such a write */
void bdev_write_end_io(struct bio *bio);

/* folio->private of block devices' folios: for each state, a bit for each 512 bytes */
#define BD_UPTODATE_SHIFT	0
#define BD_DIRTY_SHIFT		8
#define BD_ASSOC_SHIFT		16	/* the block is on some inode's list */
#define BD_FAILED_SHIFT		24	/* its last write failed, and nobody was told yet */
#define BD_ALL			0xffUL
static inline unsigned long sector_mask(size_t off, size_t len)
{
	return ((1UL << (len >> SECTOR_SHIFT)) - 1) << (off >> SECTOR_SHIFT);
}
static inline unsigned long bd_state_or(struct folio *f, unsigned long bits)
{
	return __atomic_fetch_or(&f->private, bits, __ATOMIC_ACQ_REL);
}
static inline unsigned long bd_state_clear(struct folio *f, unsigned long bits)
{
	return __atomic_fetch_and(&f->private, ~bits, __ATOMIC_ACQ_REL);
}

#endif
