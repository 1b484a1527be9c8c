/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * virtio devices (OASIS virtio 1.2) over MMIO, version 2 and the legacy
 * version 1. A driver is a row in the table of drivers/virtio/virtio_mmio.c.
 *
 * A virtqueue is guarded by a lock of its driver. Addresses given to the
 * device are physical.
 */
#ifndef DRIVERS_VIRTIO_H
#define DRIVERS_VIRTIO_H
#include <lib/types.h>
#include <linux/virtio_ring.h>

struct virtio_device;

struct virtio_driver {
	const char *name;
	u32 device_id;
	u64 features;		/* those it can use; the transport adds its own */
	/** probe - 0 or -errno. virtio_device_ready() makes the device live. */
	int (*probe)(struct virtio_device *vdev);
};

struct virtqueue {
	struct virtio_device *vdev;
	unsigned int index, num;
	struct vring_desc *desc;
	struct vring_avail *avail;
	struct vring_used *used;
	u16 free_head, num_free, last_used, avail_idx;
	void **data;			/* by head descriptor: the driver's request */
	void (*callback)(struct virtqueue *vq);	/* interrupt */
};

struct virtio_device {
	volatile u8 *base;
	unsigned int irq;
	u32 version;			/* 1 legacy, 2 modern */
	u64 features;			/* negotiated */
	const struct virtio_driver *driver;
	void *priv;
	struct virtqueue *vqs[4];
	unsigned int nr_vqs;
};

struct virtio_buf {
	u64 phys;
	u32 len;
};

static inline bool virtio_has_feature(const struct virtio_device *d, unsigned int bit)
{
	return d->features & (1ULL << bit);
}
/** virtio_find_vq - set up queue @index with at most @max entries. ERR_PTR. */
struct virtqueue *virtio_find_vq(struct virtio_device *d, unsigned int index, unsigned int max,
				 void (*callback)(struct virtqueue *vq));
void virtio_device_ready(struct virtio_device *d);
void virtio_config_read(struct virtio_device *d, unsigned int off, void *buf, unsigned int len);

/**
 * virtqueue_add - queue a chain: @out buffers the device reads, then @in it writes.
 * Context: the driver's queue lock. Return: 0, -ENOSPC when too few descriptors are free.
 */
int virtqueue_add(struct virtqueue *vq, const struct virtio_buf *bufs, unsigned int out,
		  unsigned int in, void *data);
void virtqueue_kick(struct virtqueue *vq);	/* tell the device, unless it polls */
/** virtqueue_get - a finished request's data, or NULL. */
void *virtqueue_get(struct virtqueue *vq, u32 *len);

extern const struct virtio_driver virtio_blk_driver;

#endif
