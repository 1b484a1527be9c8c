// SPDX-License-Identifier: GPL-2.0-only
/* /proc/kmsg: the kernel log as syslog(2) gives it, each record once to whoever reads first. */
#include "internal.h"
#include <fs/poll.h>
#include <kernel/init.h>
#include <kernel/printk.h>

/* actions of syslog(2) */
enum { SYSLOG_CLOSE = 0, SYSLOG_OPEN = 1, SYSLOG_READ = 2, SYSLOG_SIZE_UNREAD = 9 };

static int kmsg_open(struct inode *inode, struct file *f)
{
	return do_syslog(SYSLOG_OPEN, NULL, 0);
}

static int kmsg_release(struct inode *inode, struct file *f)
{
	return do_syslog(SYSLOG_CLOSE, NULL, 0);
}

static ssize_t kmsg_read_file(struct file *f, char __user *buf, size_t n, loff_t *pos)
{
	if (f->f_flags & O_NONBLOCK && !do_syslog(SYSLOG_SIZE_UNREAD, NULL, 0))
		return -EAGAIN;
	return do_syslog(SYSLOG_READ, buf, min_t(size_t, n, INT_MAX));
}

static u32 kmsg_poll(struct file *f, poll_table *pt)
{
	poll_wait(f, &log_wait, pt);
	return do_syslog(SYSLOG_SIZE_UNREAD, NULL, 0) ? EPOLLIN | EPOLLRDNORM : 0;
}

static const struct file_operations kmsg_fops = {
	.llseek = generic_file_llseek,
	.read = kmsg_read_file,
	.poll = kmsg_poll,
	.open = kmsg_open,
	.release = kmsg_release,
};

static int __init proc_kmsg_init(void)
{
	proc_create("kmsg", 0400, NULL, &kmsg_fops, NULL);
	return 0;
}
fs_initcall(proc_kmsg_init);
