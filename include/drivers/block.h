/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The block layer: bios go to a queue's driver asynchronously, and end in
 * ->bi_end_io, in interrupt context. Sectors are 512 bytes.
 */
#ifndef DRIVERS_BLOCK_H
#define DRIVERS_BLOCK_H
#include <lib/types.h>
#include <lib/list.h>
#include <mm/page.h>
#include <mm/gfp.h>
#include <lib/atomic.h>

struct block_device;
struct inode;
struct address_space;
struct bio;
typedef void (*bio_end_io_t)(struct bio *bio);

enum req_op { REQ_OP_READ, REQ_OP_WRITE, REQ_OP_FLUSH };
struct bio_vec {
	struct page *bv_page;
	u32 bv_len, bv_offset;
};
struct bio {
	struct block_device *bi_bdev;
	u64 bi_sector;			/* 512-byte units, within the device */
	u32 bi_size;			/* bytes */
	u16 bi_vcnt, bi_max_vecs;
	u8 bi_op;			/* enum req_op */
	int bi_status;			/* 0 or -EIO ... */
	bio_end_io_t bi_end_io;
	void *bi_private;
	struct bio *bi_next;
	struct list_head bi_list;
	struct bio_vec bi_vecs[];
};
#define BIO_MAX_VECS 256
/** bio_alloc - @vecs <= BIO_MAX_VECS. GFP_NOIO never fails (emergency reserve). */
struct bio *bio_alloc(struct block_device *bdev, unsigned int vecs, enum req_op op, gfp_t gfp);
void bio_put(struct bio *bio);
/** bio_add_folio - false when full (or over the device's limits). */
bool bio_add_folio(struct bio *bio, struct folio *f, size_t len, size_t off);
bool bio_add_page(struct bio *bio, struct page *p, unsigned int len, unsigned int off);
void submit_bio(struct bio *bio);		/* beyond the device's end: ends with -EIO */
int submit_bio_wait(struct bio *bio);
void bio_endio(struct bio *bio);
int blkdev_issue_flush(struct block_device *bdev);	/* write cache to stable storage; waits */
/* plug: bios submitted by this task between start and finish go out together; the
 * task does not wait for any of them before blk_finish_plug(). They go out before if
 * it sleeps. */
struct blk_plug { struct bio *head, *tail; unsigned int count; };
void blk_start_plug(struct blk_plug *plug);
void blk_finish_plug(struct blk_plug *plug);

struct block_device_operations {
	void (*submit)(struct block_device *bdev, struct bio *bio);	/* list of bios by bi_next */
	int (*getgeo)(struct block_device *bdev, void *geo);
};
struct block_device {
	dev_t bd_dev;
	u64 bd_nr_sectors;
	bool bd_read_only, bd_has_flush;
	unsigned int bd_block_size;	/* soft block size of its inode: set_blocksize */
	unsigned int bd_logical_block_size, bd_max_segments, bd_max_bytes;
	struct inode *bd_inode;		/* its page cache: bd_inode->i_mapping */
	const struct block_device_operations *bd_ops;
	void *bd_private;
	char bd_name[32];		/* "vda" */
	void *bd_holder;		/* exclusive opener (a mounted super block) */
	struct super_block *bd_super;	/* mounted from it; RCU */
	int bd_holders, bd_openers;
	struct block_device *bd_whole;	/* partitions: the disk; NULL or self */
	u64 bd_start_sect;
	struct list_head bd_list;
	atomic64_t stat_ios[2], stat_sectors[2];	/* read, write */
};
/** add_disk - make it known: node in /dev, partitions scanned. @bdev filled by the driver. */
int add_disk(struct block_device *bdev);
struct block_device *blkdev_get_by_dev(dev_t dev, fmode_t mode, void *holder);	/* ERR_PTR(-ENXIO, -EBUSY) */
struct block_device *blkdev_get_by_path(const char *path, fmode_t mode, void *holder);
void blkdev_put(struct block_device *bdev, void *holder);	/* the same holder */
int set_blocksize(struct block_device *bdev, unsigned int size);
dev_t name_to_dev(const char *name);			/* "/dev/vda", "254:0", PARTUUID no; 0: unknown */
void block_init(void);
/** for_each_bdev - every disk and partition, for /proc/partitions. */
void for_each_bdev(void (*fn)(struct block_device *b, void *arg), void *arg);
#endif
