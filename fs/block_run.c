// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs of folios gathered into bios. What follows on the device goes into the
 * same bio, as long as that has room.
 *
 * Context: bio_alloc(GFP_NOIO) never fails, so none of this can; it may sleep
 * until an earlier bio has ended.
 */
#include <lib/atomic.h>
#include "internal_block.h"

void run_bio_submit(struct run_bio *rb)
{
	struct bio *bio = rb->bio;

	rb->bio = NULL;
	if (bio)
		submit_bio(bio);
}

void run_bio_add(struct run_bio *rb, struct folio *f, const struct block_run *run)
{
	struct bio *bio = rb->bio;

	if (bio && bio->bi_sector + (bio->bi_size >> SECTOR_SHIFT) == run->sector &&
	    likely(bio_add_folio(bio, f, run->len, run->off)))
		return;
	run_bio_submit(rb);
	bio = bio_alloc(rb->bdev, rb->vecs, rb->op, GFP_NOIO);
	bio->bi_sector = run->sector;
	bio->bi_end_io = rb->end_io;
	/* an empty bio takes at least a page */
	bio_add_folio(bio, f, run->len, run->off);
	rb->bio = bio;
}

int run_read_wait(struct block_device *bdev, struct folio *f, const struct block_run *runs,
		  unsigned int n)
{
	int ret = 0, err;

	for (unsigned int i = 0; i < n; i++) {
		struct bio *bio = bio_alloc(bdev, 1, REQ_OP_READ, GFP_NOIO);

		bio->bi_sector = runs[i].sector;
		bio_add_folio(bio, f, runs[i].len, runs[i].off);
		err = submit_bio_wait(bio);
		bio_put(bio);
		if (err && !ret)
			ret = err;
	}
	return ret;
}

void folio_write_end_io(struct bio *bio)
{
	int err = bio->bi_status;

	for (unsigned int i = 0; i < bio->bi_vcnt; i++) {
		struct folio *f;
		size_t pos;

		bvec_for_each_folio(f, pos, &bio->bi_vecs[i]) {
			mapping_set_error(f->mapping, err);
			if (atomic_dec_and_test(&f->io_pending))
				folio_end_writeback(f);
		}
	}
	bio_put(bio);
}
