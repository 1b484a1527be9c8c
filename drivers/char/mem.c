// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory devices: /dev/null, /dev/zero, /dev/full. Physical and kernel memory
 * (mem, kmem, port) are deliberately not to be had.
 */
#include <fs/fs.h>
#include <fs/shmem.h>
#include <fs/uio.h>
#include <kernel/init.h>
#include <kernel/sched.h>
#include <mm/mm.h>
#include <arch/uaccess.h>
#include <linux/major.h>

#define ZERO_CHUNK	(16 * PAGE_SIZE)	/* cleared between two looks for signals */

static ssize_t null_read(struct file *f, char __user *buf, size_t n, loff_t *pos)
{
	return 0;
}

static ssize_t null_write(struct file *f, const char __user *buf, size_t n, loff_t *pos)
{
	return n;
}

static ssize_t null_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	size_t n = iov_iter_count(from);

	iov_iter_advance(from, n);
	return n;
}

/* every offset is as good as any */
static loff_t null_llseek(struct file *f, loff_t off, int whence)
{
	return f->f_pos = 0;
}

static ssize_t zero_read(struct file *f, char __user *buf, size_t n, loff_t *pos)
{
	size_t done = 0, left;

	for (;;) {
		size_t chunk = min(n - done, ZERO_CHUNK);

		left = clear_user(buf + done, chunk);
		done += chunk - left;
		if (likely(left || done == n))
			break;
		if (signal_pending(current))
			break;
		cond_resched();
	}
	return done || !left ? done : -EFAULT;
}

static ssize_t zero_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	size_t done = 0, n, chunk;

	while ((chunk = min(iov_iter_count(to), ZERO_CHUNK))) {
		n = iov_iter_zero(chunk, to);
		done += n;
		if (n < chunk)
			return done ? (ssize_t)done : -EFAULT;
		if (signal_pending(current))
			break;
		cond_resched();
	}
	return done;
}

static ssize_t full_write(struct file *f, const char __user *buf, size_t n, loff_t *pos)
{
	return -ENOSPC;
}

/* A private mapping is anonymous memory; a shared one is a memory object of its own. */
static int zero_mmap(struct file *f, struct vm_area_struct *vma)
{
	if (vma->vm_flags & VM_SHARED)
		return shmem_zero_setup(vma);
	vma->vm_ops = NULL;
	return 0;
}

static const struct file_operations null_fops = {
	.llseek = null_llseek,
	.read = null_read,
	.write = null_write,
	.write_iter = null_write_iter,
};

static const struct file_operations zero_fops = {
	.llseek = null_llseek,
	.read = zero_read,
	.write = null_write,
	.read_iter = zero_read_iter,
	.write_iter = null_write_iter,
	.mmap = zero_mmap,
};

static const struct file_operations full_fops = {
	.llseek = null_llseek,
	.read = zero_read,
	.write = full_write,
	.read_iter = zero_read_iter,
};

static const struct {
	const char *name;
	unsigned int minor;
	const struct file_operations *fops;
} devices[] = {
	{ "null", 3, &null_fops },
	{ "zero", 5, &zero_fops },
	{ "full", 7, &full_fops },
};

static int __init mem_init(void)
{
	int err;

	for (size_t i = 0; i < ARRAY_SIZE(devices); i++) {
		err = register_chrdev_region_ops(MEM_MAJOR, devices[i].minor, 1, "mem", devices[i].fops);
		if (!err)
			err = devtmpfs_create_node(devices[i].name, 0666, MKDEV(MEM_MAJOR, devices[i].minor));
		if (err)
			return err;
	}
	return 0;
}
device_initcall(mem_init);
