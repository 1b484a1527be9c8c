// SPDX-License-Identifier: GPL-2.0-only
/*
 * Split virtqueues (virtio 1.2, section 2.7): descriptors, available and used
 * rings in guest memory.
 *
 * The device is not trusted with the kernel's memory safety: a used element
 * with an id that was not given out is reported and dropped.
 */
#include <drivers/virtio.h>
#include <arch/page.h>
#include <kernel/printk.h>
#include <lib/atomic.h>
#include <lib/err.h>

int virtqueue_add(struct virtqueue *vq, const struct virtio_buf *bufs, unsigned int out,
		  unsigned int in, void *data)
{
	unsigned int n = out + in, i;
	u16 head = vq->free_head, idx = head;

	if (vq->num_free < n)
		return -ENOSPC;
	for (i = 0; i < n; i++) {
		struct vring_desc *d = &vq->desc[idx];

		d->addr = bufs[i].phys;
		d->len = bufs[i].len;
		d->flags = (i >= out ? VRING_DESC_F_WRITE : 0) |
			   (i + 1 < n ? VRING_DESC_F_NEXT : 0);
		idx = d->next;		/* free descriptors are chained by next */
	}
	vq->free_head = idx;
	vq->num_free -= n;
	vq->data[head] = data;
	vq->avail->ring[vq->avail_idx & (vq->num - 1)] = head;
	vq->avail_idx++;
	smp_store_release(&vq->avail->idx, vq->avail_idx);
	return 0;
}

static void free_chain(struct virtqueue *vq, u16 head)
{
	u16 idx = head, n = 1;

	while (vq->desc[idx].flags & VRING_DESC_F_NEXT) {
		idx = vq->desc[idx].next;
		n++;
	}
	vq->desc[idx].next = vq->free_head;
	vq->free_head = head;
	vq->num_free += n;
}

void *virtqueue_get(struct virtqueue *vq, u32 *len)
{
	while (vq->last_used != smp_load_acquire(&vq->used->idx)) {
		struct vring_used_elem *e = &vq->used->ring[vq->last_used & (vq->num - 1)];
		u32 id = READ_ONCE(e->id);
		void *data;

		if (len)
			*len = READ_ONCE(e->len);
		vq->last_used++;
		data = id < vq->num ? vq->data[id] : NULL;
		if (!data) {
			pr_warn_ratelimited("virtio: queue %u: device returned unknown id %u\n",
					    vq->index, id);
			continue;
		}
		vq->data[id] = NULL;
		free_chain(vq, id);
		return data;
	}
	return NULL;
}
