// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/kmsg: the kernel log, a record a read(2), each reader at its own place; a
 * write(2) adds a record. The log itself: kernel/printk.c, kernel/syslog.c.
 */
#include <fs/fs.h>
#include <fs/poll.h>
#include <fs/uio.h>
#include <kernel/init.h>
#include <kernel/mutex.h>
#include <kernel/printk.h>
#include <lib/kstrto.h>
#include <mm/slab.h>
#include <arch/uaccess.h>
#include <linux/major.h>

#define KMSG_MINOR	11
#define RECORD_MAX	8192		/* a record with every byte escaped fits */
#define WRITE_MAX	(1024 - 32)	/* longest line, as on Linux */
#define DEFAULT_PRIO	(1 << 3 | 4)	/* facility user, level warning */

struct kmsg_user {
	struct kmsg_reader reader;	/* lock */
	struct mutex lock;
	char buf[RECORD_MAX];
};

static int kmsg_open(struct inode *inode, struct file *f)
{
	struct kmsg_user *u;

	f->private_data = NULL;
	if (!(f->f_mode & FMODE_READ))
		return 0;
	u = kvmalloc(sizeof(*u), GFP_KERNEL);
	if (!u)
		return -ENOMEM;
	mutex_init(&u->lock, LR_KERNEL_MUTEX);
	kmsg_seek(&u->reader, KMSG_FIRST);
	f->private_data = u;
	return 0;
}

static int kmsg_release(struct inode *inode, struct file *f)
{
	kvfree(f->private_data);
	return 0;
}

static ssize_t kmsg_read_file(struct file *f, char __user *buf, size_t n, loff_t *pos)
{
	struct kmsg_user *u = f->private_data;
	char *out = NULL;
	ssize_t len;

	for (;;) {
		if (mutex_lock_interruptible(&u->lock))
			return -ERESTARTSYS;
		len = kmsg_read(&u->reader, u->buf, RECORD_MAX);
		/* user memory cannot be touched with the innermost lock held */
		if (len > 0 && len <= n)
			out = kmemdup(u->buf, len, GFP_KERNEL);
		mutex_unlock(&u->lock);
		if (len != -EAGAIN || f->f_flags & O_NONBLOCK)
			break;
		if (wait_event_interruptible(log_wait, kmsg_readable(&u->reader)))
			return -ERESTARTSYS;
	}
	if (len < 0)
		return len;
	if (len > n)
		return -EINVAL;
	if (!out)
		return -ENOMEM;
	if (copy_to_user(buf, out, len))
		len = -EFAULT;
	kfree(out);
	return len;
}

static ssize_t kmsg_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	size_t len = iov_iter_count(from);
	char *buf, *line, *end;
	int prio = DEFAULT_PRIO;
	ssize_t ret = len;

	if (len > WRITE_MAX)
		return -EINVAL;
	buf = kmalloc(len + 1, GFP_KERNEL);
	if (!buf)
		return -ENOMEM;
	buf[len] = '\0';
	if (copy_from_iter(buf, len, from) != len) {
		ret = -EFAULT;
		goto out;
	}
	/* "<N>" in front: facility and level */
	line = buf;
	if (line[0] == '<') {
		unsigned long v = simple_strtoul(line + 1, &end, 10);

		if (end != line + 1 && *end == '>') {
			prio = v & 0xff;
			line = end + 1;
		}
	}
	printk_user(prio, line, buf + len - line);
out:
	kfree(buf);
	return ret;
}

static loff_t kmsg_llseek(struct file *f, loff_t off, int whence)
{
	struct kmsg_user *u = f->private_data;
	enum kmsg_seek where;

	if (!u)
		return -EBADF;
	if (off)
		return -ESPIPE;
	switch (whence) {
	case SEEK_SET:
		where = KMSG_FIRST;
		break;
	case SEEK_DATA:
		where = KMSG_CLEAR;
		break;
	case SEEK_END:
		where = KMSG_END;
		break;
	default:
		return -EINVAL;
	}
	mutex_lock(&u->lock);
	kmsg_seek(&u->reader, where);
	mutex_unlock(&u->lock);
	return 0;
}

static u32 kmsg_poll(struct file *f, poll_table *pt)
{
	struct kmsg_user *u = f->private_data;

	if (!u)
		return EPOLLERR | EPOLLNVAL;
	poll_wait(f, &log_wait, pt);
	return kmsg_readable(&u->reader) ? EPOLLIN | EPOLLRDNORM : 0;
}

static const struct file_operations kmsg_fops = {
	.llseek = kmsg_llseek,
	.read = kmsg_read_file,
	.write_iter = kmsg_write_iter,
	.poll = kmsg_poll,
	.open = kmsg_open,
	.release = kmsg_release,
};

static int __init kmsg_init(void)
{
	int err = register_chrdev_region_ops(MEM_MAJOR, KMSG_MINOR, 1, "mem", &kmsg_fops);

	return err ? err : devtmpfs_create_node("kmsg", 0644, MKDEV(MEM_MAJOR, KMSG_MINOR));
}
device_initcall(kmsg_init);
