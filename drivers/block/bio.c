// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bios: building, submitting and ending block requests.
 *
 * A bio never exceeds its device's limits, since bio_add_*() refuses what does
 * not fit; so nothing is ever split below. bio_alloc() from write-back and
 * reclaim must not fail: when the slabs are empty it waits for one of a small
 * reserve of bios, each of which comes back when its I/O ends.
 */
#include <drivers/block.h>
#include <kernel/printk.h>
#include <kernel/sched.h>
#include <kernel/spinlock.h>
#include <kernel/wait.h>
#include <lib/err.h>
#include <lib/string.h>
#include <mm/slab.h>
#include <mm/vmstat.h>

#define RESERVE_BIOS	8
#define RESERVE_VECS	16
#define PLUG_MAX	16

static const unsigned short class_vecs[] = { 1, RESERVE_VECS, 64, BIO_MAX_VECS };
static struct kmem_cache *class_cache[ARRAY_SIZE(class_vecs)];

static DEFINE_SPINLOCK(reserve_lock, LR_LEAF);
static struct bio *reserve;		/* by bi_next */
static unsigned int reserve_count;
static DECLARE_WAIT_QUEUE_HEAD(reserve_wait);

static struct bio *take_reserve(void)
{
	unsigned long flags;
	struct bio *bio;

	spin_lock_irqsave(&reserve_lock, flags);
	bio = reserve;
	if (bio) {
		reserve = bio->bi_next;
		reserve_count--;
	}
	spin_unlock_irqrestore(&reserve_lock, flags);
	return bio;
}

static bool give_reserve(struct bio *bio)
{
	unsigned long flags;
	bool kept = false;

	if (bio->bi_max_vecs != RESERVE_VECS || READ_ONCE(reserve_count) >= RESERVE_BIOS)
		return false;
	spin_lock_irqsave(&reserve_lock, flags);
	if (reserve_count < RESERVE_BIOS) {
		bio->bi_next = reserve;
		reserve = bio;
		reserve_count++;
		kept = true;
	}
	spin_unlock_irqrestore(&reserve_lock, flags);
	if (kept)
		wake_up(&reserve_wait);
	return kept;
}

static void submit_list(struct bio *head)
{
	/* one call of the driver for each run of bios of the same device */
	while (head) {
		struct block_device *b = head->bi_bdev;
		struct bio *last = head, *rest;

		while (last->bi_next && last->bi_next->bi_bdev == b)
			last = last->bi_next;
		rest = last->bi_next;
		last->bi_next = NULL;
		b->bd_ops->submit(b, head);
		head = rest;
	}
}

/** blk_flush_plug - submit what this task has gathered. Context: as submit_bio(). */
void blk_flush_plug(void)
{
	struct blk_plug *plug = current->plug;
	struct bio *head;

	if (!plug)
		return;
	head = plug->head;
	*plug = (struct blk_plug){ 0 };
	submit_list(head);
}

static unsigned int vec_class(unsigned int vecs)
{
	unsigned int i = 0;

	while (i < ARRAY_SIZE(class_vecs) - 1 && class_vecs[i] < vecs)
		i++;
	return i;
}

/**
 * bio_alloc - a new bio for @op on @bdev with room for @vecs segments, or
 * fewer when memory is short: bio_add_folio() says when it is full.
 * Context: may sleep if @gfp allows it. Return: never NULL if @gfp may sleep.
 */
struct bio *bio_alloc(struct block_device *bdev, unsigned int vecs, enum req_op op, gfp_t gfp)
{
	unsigned int c = vec_class(vecs);
	struct bio *bio = kmem_cache_alloc(class_cache[c], (gfp & ~__GFP_DIRECT_RECLAIM) | __GFP_NOWARN);
	unsigned int max = class_vecs[c];

	if (unlikely(!bio)) {
		max = RESERVE_VECS;
		if (gfp & __GFP_DIRECT_RECLAIM)
			wait_event(reserve_wait, (bio = take_reserve()) != NULL);
		else
			bio = take_reserve();
		if (!bio)
			return NULL;
	}
	memset(bio, 0, sizeof(*bio));
	bio->bi_bdev = bdev;
	bio->bi_op = op;
	bio->bi_max_vecs = max;
	INIT_LIST_HEAD(&bio->bi_list);
	return bio;
}

/** bio_put - free a bio that has ended. Context: any. */
void bio_put(struct bio *bio)
{
	if (!give_reserve(bio))
		kmem_cache_free(class_cache[vec_class(bio->bi_max_vecs)], bio);
}

/**
 * bio_add_page - append @len bytes at @off of @p, merged with the last segment
 * when they follow it in memory. Return: false when the bio is full.
 */
bool bio_add_page(struct bio *bio, struct page *p, unsigned int len, unsigned int off)
{
	const struct block_device *b = bio->bi_bdev;

	if (bio->bi_size + len > b->bd_max_bytes)
		return false;
	if (bio->bi_vcnt) {
		struct bio_vec *last = &bio->bi_vecs[bio->bi_vcnt - 1];

		if (page_to_phys(last->bv_page) + last->bv_offset + last->bv_len ==
		    page_to_phys(p) + off) {
			last->bv_len += len;
			bio->bi_size += len;
			return true;
		}
	}
	if (bio->bi_vcnt >= bio->bi_max_vecs || bio->bi_vcnt >= b->bd_max_segments)
		return false;
	bio->bi_vecs[bio->bi_vcnt++] = (struct bio_vec){ .bv_page = p, .bv_len = len, .bv_offset = off };
	bio->bi_size += len;
	return true;
}

bool bio_add_folio(struct bio *bio, struct folio *f, size_t len, size_t off)
{
	return bio_add_page(bio, folio_page(f), len, off);
}

/**
 * bio_endio - the device is done with @bio, with ->bi_status.
 * Context: any, usually interrupt. ->bi_end_io owns the bio from here on.
 */
void bio_endio(struct bio *bio)
{
	if (unlikely(bio->bi_status && bio->bi_op != REQ_OP_FLUSH))
		pr_warn_ratelimited("%s: I/O error, %s of %u bytes at sector %llu\n",
				    bio->bi_bdev->bd_name,
				    bio->bi_op == REQ_OP_READ ? "read" : "write", bio->bi_size,
				    (unsigned long long)bio->bi_sector);
	bio->bi_end_io(bio);
}

static void end_with(struct bio *bio, int err)
{
	bio->bi_status = err;
	bio_endio(bio);
}

/* Checks what the device must never see; sectors become the whole disk's. */
static bool prepare(struct bio *bio)
{
	struct block_device *b = bio->bi_bdev;
	u64 sectors = bio->bi_size >> 9;
	int rw = bio->bi_op != REQ_OP_READ;

	if (bio->bi_op == REQ_OP_FLUSH) {
		if (!b->bd_has_flush) {
			end_with(bio, 0);
			return false;
		}
	} else if (bio->bi_sector > b->bd_nr_sectors || sectors > b->bd_nr_sectors - bio->bi_sector) {
		pr_warn_ratelimited("%s: access beyond the end of the device: sector %llu of %llu\n",
				    b->bd_name, (unsigned long long)bio->bi_sector,
				    (unsigned long long)b->bd_nr_sectors);
		end_with(bio, -EIO);
		return false;
	} else if (rw && b->bd_read_only) {
		end_with(bio, -EPERM);
		return false;
	} else {
		atomic64_inc(&b->stat_ios[rw]);
		atomic64_add(sectors, &b->stat_sectors[rw]);
		count_vm_events(rw ? PGPGOUT : PGPGIN, bio->bi_size >> 10);
	}
	if (b->bd_whole && b->bd_whole != b) {
		bio->bi_sector += b->bd_start_sect;
		bio->bi_bdev = b->bd_whole;
	}
	return true;
}

/**
 * submit_bio - start @bio; ->bi_end_io is called when it is done, perhaps
 * before this returns. Context: any that may take LR_DRIVER locks.
 */
void submit_bio(struct bio *bio)
{
	struct blk_plug *plug = current->plug;

	bio->bi_next = NULL;
	if (!prepare(bio))
		return;
	if (!plug) {
		submit_list(bio);
		return;
	}
	if (plug->tail)
		plug->tail->bi_next = bio;
	else
		plug->head = bio;
	plug->tail = bio;
	if (++plug->count >= PLUG_MAX)
		blk_flush_plug();
}

/** blk_start_plug - gather this task's bios in @plug, on its stack. Plugs do not nest: an inner one is part of the outer. */
void blk_start_plug(struct blk_plug *plug)
{
	*plug = (struct blk_plug){ 0 };
	if (!current->plug)
		current->plug = plug;
}

void blk_finish_plug(struct blk_plug *plug)
{
	if (current->plug != plug)
		return;
	current->plug = NULL;
	submit_list(plug->head);
}

static void wake_waiter(struct bio *bio)
{
	complete(bio->bi_private);
}

/** submit_bio_wait - submit and sleep until it is done. Return: its status. The bio stays the caller's. */
int submit_bio_wait(struct bio *bio)
{
	struct blk_plug *plug = current->plug;
	struct completion done;

	init_completion(&done);
	bio->bi_private = &done;
	bio->bi_end_io = wake_waiter;
	blk_flush_plug();
	current->plug = NULL;
	submit_bio(bio);
	wait_for_completion(&done);
	current->plug = plug;
	return bio->bi_status;
}

/** blkdev_issue_flush - everything the device has acknowledged becomes durable. Return: 0 or -EIO. */
int blkdev_issue_flush(struct block_device *bdev)
{
	struct bio *bio;
	int err;

	if (!bdev->bd_has_flush)
		return 0;
	bio = bio_alloc(bdev, 1, REQ_OP_FLUSH, GFP_NOIO);
	err = submit_bio_wait(bio);
	bio_put(bio);
	return err;
}

/** block_init - caches and the reserve. Context: boot, slab is up. */
void block_init(void)
{
	static const char *const names[] = { "bio-1", "bio-16", "bio-64", "bio-256" };

	for (unsigned int i = 0; i < ARRAY_SIZE(class_vecs); i++)
		class_cache[i] = kmem_cache_create(names[i], sizeof(struct bio) +
						   class_vecs[i] * sizeof(struct bio_vec),
						   8, SLAB_PANIC, NULL);
	for (unsigned int i = 0; i < RESERVE_BIOS; i++) {
		struct bio *bio = kmem_cache_alloc(class_cache[1], GFP_KERNEL);

		BUG_ON(!bio);		/* at boot */
		bio->bi_next = reserve;
		reserve = bio;
	}
	reserve_count = RESERVE_BIOS;
}
