// SPDX-License-Identifier: GPL-2.0-only
/*
 * virtio over MMIO (virtio 1.2, section 4.2), found in the device tree as
 * "virtio,mmio". Both register layouts: version 2, and legacy version 1, where
 * the queue is one contiguous block given by its page number.
 */
#include <drivers/virtio.h>
#include <linux/virtio_config.h>
#include <linux/virtio_ids.h>
#include <linux/virtio_mmio.h>
#include <arch/io.h>
#include <arch/page.h>
#include <kernel/init.h>
#include <kernel/irq.h>
#include <kernel/printk.h>
#include <lib/err.h>
#include <lib/fdt.h>
#include <lib/string.h>
#include <mm/page_alloc.h>
#include <mm/slab.h>
#include <mm/vmalloc.h>

#define VIRTIO_MAGIC	0x74726976	/* "virt" */

static const struct virtio_driver *const drivers[] = {
	&virtio_blk_driver,
};

static u32 vm_read(struct virtio_device *d, unsigned int reg)
{
	return readl(d->base + reg);
}

static void vm_write(struct virtio_device *d, unsigned int reg, u32 v)
{
	writel(v, d->base + reg);
}

static void add_status(struct virtio_device *d, u32 bits)
{
	vm_write(d, VIRTIO_MMIO_STATUS, vm_read(d, VIRTIO_MMIO_STATUS) | bits);
}

static u64 read_features(struct virtio_device *d)
{
	u64 f;

	vm_write(d, VIRTIO_MMIO_DEVICE_FEATURES_SEL, 1);
	f = (u64)vm_read(d, VIRTIO_MMIO_DEVICE_FEATURES) << 32;
	vm_write(d, VIRTIO_MMIO_DEVICE_FEATURES_SEL, 0);
	return f | vm_read(d, VIRTIO_MMIO_DEVICE_FEATURES);
}

static int negotiate(struct virtio_device *d)
{
	u64 offered = read_features(d);

	d->features = offered & d->driver->features;
	if (d->version >= 2) {
		if (!(offered & (1ULL << VIRTIO_F_VERSION_1)))
			return -ENODEV;
		d->features |= 1ULL << VIRTIO_F_VERSION_1;
	} else {
		d->features &= 0xffffffffULL;
	}
	vm_write(d, VIRTIO_MMIO_DRIVER_FEATURES_SEL, 1);
	vm_write(d, VIRTIO_MMIO_DRIVER_FEATURES, d->features >> 32);
	vm_write(d, VIRTIO_MMIO_DRIVER_FEATURES_SEL, 0);
	vm_write(d, VIRTIO_MMIO_DRIVER_FEATURES, (u32)d->features);
	if (d->version < 2)
		return 0;
	add_status(d, VIRTIO_CONFIG_S_FEATURES_OK);
	return vm_read(d, VIRTIO_MMIO_STATUS) & VIRTIO_CONFIG_S_FEATURES_OK ? 0 : -ENODEV;
}

void virtio_config_read(struct virtio_device *d, unsigned int off, void *buf, unsigned int len)
{
	u32 before, after;

	/* the configuration may change while it is read: version 2 tells */
	do {
		u8 *p = buf;

		before = d->version >= 2 ? vm_read(d, VIRTIO_MMIO_CONFIG_GENERATION) : 0;
		for (unsigned int i = 0; i < len; i++)
			p[i] = readb(d->base + VIRTIO_MMIO_CONFIG + off + i);
		after = d->version >= 2 ? vm_read(d, VIRTIO_MMIO_CONFIG_GENERATION) : 0;
	} while (before != after);
}

void virtio_device_ready(struct virtio_device *d)
{
	add_status(d, VIRTIO_CONFIG_S_DRIVER_OK);
}

static void write_addr(struct virtio_device *d, unsigned int reg, const volatile void *p)
{
	u64 pa = __pa(p);

	vm_write(d, reg, (u32)pa);
	vm_write(d, reg + 4, pa >> 32);
}

/* tell the device where the queue's memory, @ring, is */
static int activate(struct virtqueue *vq, void *ring)
{
	struct virtio_device *d = vq->vdev;

	vm_write(d, VIRTIO_MMIO_QUEUE_NUM, vq->num);
	if (d->version >= 2) {
		write_addr(d, VIRTIO_MMIO_QUEUE_DESC_LOW, vq->desc);
		write_addr(d, VIRTIO_MMIO_QUEUE_AVAIL_LOW, vq->avail);
		write_addr(d, VIRTIO_MMIO_QUEUE_USED_LOW, vq->used);
		vm_write(d, VIRTIO_MMIO_QUEUE_READY, 1);
		return 0;
	}
	if (__pa(ring) >> (PAGE_SHIFT + 32))
		return -ERANGE;
	vm_write(d, VIRTIO_MMIO_QUEUE_ALIGN, PAGE_SIZE);
	vm_write(d, VIRTIO_MMIO_QUEUE_PFN, __pa(ring) >> PAGE_SHIFT);
	return 0;
}

struct virtqueue *virtio_find_vq(struct virtio_device *d, unsigned int index, unsigned int max,
				 void (*callback)(struct virtqueue *vq))
{
	struct virtqueue *vq;
	unsigned int num;
	struct page *page;
	int order, err;
	u8 *ring;

	vm_write(d, VIRTIO_MMIO_QUEUE_SEL, index);
	num = min(vm_read(d, VIRTIO_MMIO_QUEUE_NUM_MAX), max);
	if (!num || (num & (num - 1)) || index >= ARRAY_SIZE(d->vqs))
		return ERR_PTR(-ENOENT);
	vq = kzalloc(sizeof(*vq), GFP_KERNEL);
	if (!vq)
		return ERR_PTR(-ENOMEM);
	vq->data = kcalloc(num, sizeof(void *), GFP_KERNEL);
	order = get_order(vring_size(num, PAGE_SIZE));
	page = alloc_pages(GFP_KERNEL | __GFP_ZERO, order);
	err = -ENOMEM;
	if (!vq->data || !page)
		goto free;
	ring = page_address(page);
	vq->vdev = d;
	vq->index = index;
	vq->num = vq->num_free = num;
	vq->callback = callback;
	vq->desc = (struct vring_desc *)ring;
	vq->avail = (struct vring_avail *)(ring + num * sizeof(struct vring_desc));
	vq->used = (struct vring_used *)(ring + ALIGN(num * sizeof(struct vring_desc) +
						      sizeof(u16) * (3 + num), PAGE_SIZE));
	for (unsigned int i = 0; i < num; i++)
		vq->desc[i].next = i + 1;
	err = activate(vq, ring);
	if (err)
		goto free;
	d->vqs[index] = vq;
	d->nr_vqs = max(d->nr_vqs, index + 1);
	return vq;
free:
	if (page)
		__free_pages(page, order);
	kfree(vq->data);
	kfree(vq);
	return ERR_PTR(err);
}

void virtqueue_kick(struct virtqueue *vq)
{
	smp_mb();	/* the index before the device's wish not to be told */
	if (!(READ_ONCE(vq->used->flags) & VRING_USED_F_NO_NOTIFY))
		vm_write(vq->vdev, VIRTIO_MMIO_QUEUE_NOTIFY, vq->index);
}

static void virtio_interrupt(unsigned int irq, void *dev)
{
	struct virtio_device *d = dev;
	u32 status = vm_read(d, VIRTIO_MMIO_INTERRUPT_STATUS);

	vm_write(d, VIRTIO_MMIO_INTERRUPT_ACK, status);
	if (!(status & VIRTIO_MMIO_INT_VRING))
		return;
	for (unsigned int i = 0; i < d->nr_vqs; i++)
		if (d->vqs[i] && d->vqs[i]->callback)
			d->vqs[i]->callback(d->vqs[i]);
}

static const struct virtio_driver *find_driver(u32 id)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(drivers); i++)
		if (drivers[i]->device_id == id)
			return drivers[i];
	return NULL;
}

static int start_device(struct virtio_device *d)
{
	int err;

	vm_write(d, VIRTIO_MMIO_STATUS, 0);	/* reset */
	add_status(d, VIRTIO_CONFIG_S_ACKNOWLEDGE);
	add_status(d, VIRTIO_CONFIG_S_DRIVER);
	if (d->version < 2)
		vm_write(d, VIRTIO_MMIO_GUEST_PAGE_SIZE, PAGE_SIZE);
	err = negotiate(d);
	if (!err)
		err = request_irq(d->irq, virtio_interrupt, d->driver->name, d);
	if (!err)
		err = d->driver->probe(d);
	if (err)
		add_status(d, VIRTIO_CONFIG_S_FAILED);
	return err;
}

static int virtio_mmio_probe(const struct fdt *fdt, int node)
{
	const struct virtio_driver *driver = NULL;
	struct virtio_device *d;
	u64 addr, size;
	u8 *base;
	u32 version;

	if (fdt_reg(fdt, node, 0, &addr, &size))
		return -EINVAL;
	base = ioremap(addr, size);
	if (!base)
		return -ENOMEM;
	version = readl(base + VIRTIO_MMIO_VERSION);
	if (readl(base + VIRTIO_MMIO_MAGIC_VALUE) == VIRTIO_MAGIC && version >= 1 && version <= 2)
		driver = find_driver(readl(base + VIRTIO_MMIO_DEVICE_ID));
	if (!driver) {			/* an empty slot, or a device nobody drives */
		iounmap(base);
		return 0;
	}
	d = kzalloc(sizeof(*d), GFP_KERNEL);
	if (!d) {
		iounmap(base);
		return -ENOMEM;
	}
	d->base = base;
	d->irq = of_irq(fdt, node, 0);
	d->version = version;
	d->driver = driver;
	/* a device that failed keeps its memory: it may still write to it */
	return start_device(d);
}

static const char *const virtio_mmio_compatible[] = { "virtio,mmio", NULL };

static const struct of_driver virtio_mmio_driver = {
	.name = "virtio-mmio",
	.compatible = virtio_mmio_compatible,
	.probe = virtio_mmio_probe,
	.level = 2,
};
OF_DRIVER(virtio_mmio_driver);
