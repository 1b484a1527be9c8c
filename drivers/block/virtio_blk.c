// SPDX-License-Identifier: GPL-2.0-only
/*
 * virtio block devices (virtio 1.2, section 5.2): /dev/vda, vdb, ...
 *
 * As many requests are in flight as descriptors allow; the rest wait in
 * ->pending, in order, and are started by completions.
 */
#include <drivers/block.h>
#include <drivers/virtio.h>
#include <linux/virtio_blk.h>
#include <linux/virtio_ids.h>
#include <arch/page.h>
#include <kernel/printk.h>
#include <kernel/spinlock.h>
#include <lib/err.h>
#include <lib/printf.h>
#include <lib/string.h>
#include <mm/slab.h>

#define VIRTBLK_MAJOR	254
#define VIRTBLK_MINORS	16	/* per disk: itself and 15 partitions */
#define VIRTBLK_SEGS	126

struct virtblk_req {
	struct virtio_blk_outhdr hdr;	/* read by the device */
	u8 status;			/* written by it */
	struct bio *bio;
	struct virtblk_req *next_free;
};

struct virtblk {
	struct block_device bdev;
	struct virtio_device *vdev;
	struct virtqueue *vq;
	spinlock_t lock;		/* the queue and what follows */
	struct virtblk_req *free;	/* one request per descriptor at most */
	struct bio *pending, **pending_tail;
	struct virtio_buf bufs[VIRTBLK_SEGS + 2];
};

static unsigned int nr_virtblk;

/* Give @bio to the device. False: no room now. */
static bool start_request(struct virtblk *vb, struct bio *bio) __must_hold(vb->lock)
{
	static const u32 type[] = {
		[REQ_OP_READ] = VIRTIO_BLK_T_IN,
		[REQ_OP_WRITE] = VIRTIO_BLK_T_OUT,
		[REQ_OP_FLUSH] = VIRTIO_BLK_T_FLUSH,
	};
	struct virtblk_req *req = vb->free;
	unsigned int n = 0, out;

	if (!req || vb->vq->num_free < bio->bi_vcnt + 2u)
		return false;
	req->hdr.type = type[bio->bi_op];
	req->hdr.ioprio = 0;
	req->hdr.sector = bio->bi_op == REQ_OP_FLUSH ? 0 : bio->bi_sector;
	req->status = 0xff;
	req->bio = bio;
	vb->bufs[n++] = (struct virtio_buf){ __pa(&req->hdr), sizeof(req->hdr) };
	for (unsigned int i = 0; i < bio->bi_vcnt; i++) {
		struct bio_vec *v = &bio->bi_vecs[i];

		vb->bufs[n++] = (struct virtio_buf){ page_to_phys(v->bv_page) + v->bv_offset, v->bv_len };
	}
	out = bio->bi_op == REQ_OP_READ ? 1 : n;
	vb->bufs[n++] = (struct virtio_buf){ __pa(&req->status), 1 };
	if (virtqueue_add(vb->vq, vb->bufs, out, n - out, req))
		return false;
	vb->free = req->next_free;
	return true;
}

static void start_pending(struct virtblk *vb) __must_hold(vb->lock)
{
	bool started = false;

	while (vb->pending) {
		struct bio *bio = vb->pending;
		struct bio *next = bio->bi_next;

		if (!start_request(vb, bio))
			break;
		vb->pending = next;
		started = true;
	}
	if (!vb->pending)
		vb->pending_tail = &vb->pending;
	if (started)
		virtqueue_kick(vb->vq);
}

static void virtblk_submit(struct block_device *bdev, struct bio *bio)
{
	struct virtblk *vb = bdev->bd_private;
	unsigned long flags;

	spin_lock_irqsave(&vb->lock, flags);
	*vb->pending_tail = bio;
	while (bio->bi_next)
		bio = bio->bi_next;
	vb->pending_tail = &bio->bi_next;
	start_pending(vb);
	spin_unlock_irqrestore(&vb->lock, flags);
}

static int status_to_errno(u8 status)
{
	switch (status) {
	case VIRTIO_BLK_S_OK:
		return 0;
	case VIRTIO_BLK_S_UNSUPP:
		return -EOPNOTSUPP;
	default:
		return -EIO;
	}
}

static void virtblk_done(struct virtqueue *vq)
{
	struct virtblk *vb = vq->vdev->priv;
	struct bio *done = NULL, **tail = &done;
	struct virtblk_req *req;
	unsigned long flags;

	spin_lock_irqsave(&vb->lock, flags);
	while ((req = virtqueue_get(vq, NULL))) {
		struct bio *bio = req->bio;

		bio->bi_status = status_to_errno(READ_ONCE(req->status));
		bio->bi_next = NULL;
		*tail = bio;
		tail = &bio->bi_next;
		req->next_free = vb->free;
		vb->free = req;
	}
	start_pending(vb);
	spin_unlock_irqrestore(&vb->lock, flags);
	while (done) {
		struct bio *bio = done;

		done = bio->bi_next;
		bio->bi_next = NULL;
		bio_endio(bio);
	}
}

static const struct block_device_operations virtblk_ops = {
	.submit = virtblk_submit,
};

static void disk_name(char *buf, size_t size, unsigned int n)
{
	char tmp[8];
	int i = sizeof(tmp);

	tmp[--i] = 0;
	do {
		tmp[--i] = 'a' + n % 26;
		n = n / 26;
	} while (n-- && i);
	snprintf(buf, size, "vd%s", tmp + i);
}

static void read_limits(struct virtblk *vb)
{
	struct virtio_device *vdev = vb->vdev;
	u32 v;

	virtio_config_read(vdev, offsetof(struct virtio_blk_config, capacity),
			   &vb->bdev.bd_nr_sectors, 8);
	vb->bdev.bd_logical_block_size = 512;
	if (virtio_has_feature(vdev, VIRTIO_BLK_F_BLK_SIZE)) {
		virtio_config_read(vdev, offsetof(struct virtio_blk_config, blk_size), &v, 4);
		if (v >= 512 && v <= PAGE_SIZE && !(v & (v - 1)))
			vb->bdev.bd_logical_block_size = v;
	}
	vb->bdev.bd_max_segments = 1;
	if (virtio_has_feature(vdev, VIRTIO_BLK_F_SEG_MAX)) {
		virtio_config_read(vdev, offsetof(struct virtio_blk_config, seg_max), &v, 4);
		vb->bdev.bd_max_segments = clamp(v, 1u, (u32)VIRTBLK_SEGS);
	}
	vb->bdev.bd_max_segments = min(vb->bdev.bd_max_segments, vb->vq->num - 2);
	vb->bdev.bd_max_bytes = 1u << 20;
	if (virtio_has_feature(vdev, VIRTIO_BLK_F_SIZE_MAX)) {
		virtio_config_read(vdev, offsetof(struct virtio_blk_config, size_max), &v, 4);
		/* a segment may be merged pages: keep the whole request below it */
		if (v >= PAGE_SIZE)
			vb->bdev.bd_max_bytes = min(vb->bdev.bd_max_bytes, v);
	}
	vb->bdev.bd_read_only = virtio_has_feature(vdev, VIRTIO_BLK_F_RO);
	vb->bdev.bd_has_flush = virtio_has_feature(vdev, VIRTIO_BLK_F_FLUSH);
}

static int virtblk_probe(struct virtio_device *vdev)
{
	struct virtblk *vb = kzalloc(sizeof(*vb), GFP_KERNEL);
	unsigned int n = nr_virtblk;

	if (!vb)
		return -ENOMEM;
	vb->vdev = vdev;
	vdev->priv = vb;
	spin_lock_init(&vb->lock, LR_DRIVER);
	vb->pending_tail = &vb->pending;
	vb->vq = virtio_find_vq(vdev, 0, 256, virtblk_done);
	if (IS_ERR(vb->vq))
		return PTR_ERR(vb->vq);
	if (vb->vq->num < 4)
		return -EINVAL;
	for (unsigned int i = 0; i < vb->vq->num / 2; i++) {
		struct virtblk_req *req = kzalloc(sizeof(*req), GFP_KERNEL);

		if (!req)
			return -ENOMEM;
		req->next_free = vb->free;
		vb->free = req;
	}
	read_limits(vb);
	disk_name(vb->bdev.bd_name, sizeof(vb->bdev.bd_name), n);
	vb->bdev.bd_dev = MKDEV(VIRTBLK_MAJOR, n * VIRTBLK_MINORS);
	vb->bdev.bd_ops = &virtblk_ops;
	vb->bdev.bd_private = vb;
	nr_virtblk++;
	virtio_device_ready(vdev);
	return add_disk(&vb->bdev);
}

const struct virtio_driver virtio_blk_driver = {
	.name = "virtio-blk",
	.device_id = VIRTIO_ID_BLOCK,
	.features = (1ULL << VIRTIO_BLK_F_SEG_MAX) | (1ULL << VIRTIO_BLK_F_SIZE_MAX) |
		    (1ULL << VIRTIO_BLK_F_BLK_SIZE) | (1ULL << VIRTIO_BLK_F_FLUSH) |
		    (1ULL << VIRTIO_BLK_F_RO),
	.probe = virtblk_probe,
};
