// SPDX-License-Identifier: GPL-2.0-only
/*
 * userfaultfd(2): the file. Faults and events are read from it as messages; what a
 * program answers with are ioctls (userfaultfd_ioctl.c). How a fault sleeps and how it
 * is resolved is mm's business.
 *
 * The file holds the context's lasting reference. When it is closed, its mappings are
 * the kernel's to serve again, and whoever sleeps goes on.
 */
#include "vfs_internal.h"
#include "userfaultfd.h"
#include <arch/uaccess.h>
#include <fs/anon_inodes.h>
#include <fs/poll.h>
#include <fs/seq_file.h>
#include <kernel/cred.h>
#include <kernel/init.h>
#include <kernel/sched.h>
#include <kernel/signal.h>
#include <kernel/syscalls.h>
#include <linux/capability.h>
#include <linux/major.h>

#define FCNTL_FLAGS	(O_CLOEXEC | O_NONBLOCK)

int sysctl_unprivileged_userfaultfd;
static const struct file_operations userfaultfd_fops;

/* ---- reading ---- */

static bool something_to_read(struct userfaultfd_ctx *ctx)
{
	return !list_empty(&ctx->pending) || !list_empty(&ctx->events);
}

/* Read the fork @ev, which was taken: a descriptor for the child. Return: 0 or -errno */
static int read_fork(struct userfaultfd_ctx *ctx, struct uffd_event *ev, struct uffd_msg *msg)
{
	int fd = anon_inode_getfd("[userfaultfd]", &userfaultfd_fops, ev->child,
				  O_RDONLY | (ev->child->flags & FCNTL_FLAGS));

	spin_lock(&ctx->lock);
	if (fd >= 0)
		ev->done = true;
	else
		list_add(&ev->list, &ctx->events);
	ev->taken = false;
	spin_unlock(&ctx->lock);
	wake_up_all(&ctx->told);
	msg->arg.fork.ufd = fd;
	return fd < 0 ? fd : 0;
}

/* Return: 0 with *@msg filled in; -EAGAIN: there is none; or as read_fork() */
static int next_msg(struct userfaultfd_ctx *ctx, struct uffd_msg *msg)
{
	struct uffd_event *ev = NULL;
	struct uffd_wait *w;
	bool fork = false;

	spin_lock(&ctx->lock);
	w = list_first_entry_or_null(&ctx->pending, struct uffd_wait, list);
	if (w) {
		list_move_tail(&w->list, &ctx->waiting);
		*msg = w->msg;
	} else {
		ev = list_first_entry_or_null(&ctx->events, struct uffd_event, list);
	}
	if (ev) {
		list_del(&ev->list);
		*msg = ev->msg;
		fork = ev->child;
		ev->taken = fork;
		ev->done = !fork;
	}
	spin_unlock(&ctx->lock);
	if (fork)
		return read_fork(ctx, ev, msg);
	if (ev)		/* which is gone by now, perhaps */
		wake_up_all(&ctx->told);
	return w || ev ? 0 : -EAGAIN;
}

/* Return: 0, or -EAGAIN, -ERESTARTSYS, or why an event could not be made one to read */
static int wait_for_msg(struct userfaultfd_ctx *ctx, bool nonblock, struct uffd_msg *msg)
{
	int err;

	while ((err = next_msg(ctx, msg)) == -EAGAIN && !nonblock) {
		err = wait_event_interruptible(ctx->readers, something_to_read(ctx));
		if (err)
			break;
	}
	return err;
}

static ssize_t userfaultfd_read(struct file *f, char __user *buf, size_t n, loff_t *pos)
{
	struct userfaultfd_ctx *ctx = f->private_data;
	bool nonblock = f->f_flags & O_NONBLOCK;
	struct uffd_msg msg;
	ssize_t done = 0;
	int err;

	if (!userfaultfd_is_initialized(ctx))
		return -EINVAL;
	do {
		if (n - done < sizeof(msg))
			return done ? done : -EINVAL;
		err = wait_for_msg(ctx, nonblock, &msg);
		if (!err && copy_to_user(buf + done, &msg, sizeof(msg)))
			err = -EFAULT;
		if (!err)
			done += sizeof(msg);
		nonblock = true;	/* only the first is waited for */
	} while (!err);
	return done ? done : err;
}

static u32 userfaultfd_poll(struct file *f, struct poll_table_struct *pt)
{
	struct userfaultfd_ctx *ctx = f->private_data;

	poll_wait(f, &ctx->readers, pt);
	if (!userfaultfd_is_initialized(ctx))
		return EPOLLERR;
	/* a fault may be gone again before it is read: blocking readers cannot rely on poll */
	if (!(f->f_flags & O_NONBLOCK))
		return EPOLLERR;
	smp_mb();	/* against handle_userfault(): on the list, then the queue woken */
	return something_to_read(ctx) ? EPOLLIN : 0;
}

static int userfaultfd_release(struct inode *inode, struct file *f)
{
	struct userfaultfd_ctx *ctx = f->private_data;

	WRITE_ONCE(ctx->released, true);
	userfaultfd_unregister_all(ctx);
	userfaultfd_wake(ctx, 0, 0);
	wake_up_all(&ctx->told);
	userfaultfd_ctx_put(ctx);
	return 0;
}

static void userfaultfd_show_fdinfo(struct seq_file *m, struct file *f)
{
	struct userfaultfd_ctx *ctx = f->private_data;
	unsigned long pending = 0, total;
	struct list_head *p;

	spin_lock(&ctx->lock);
	list_for_each(p, &ctx->pending)
		pending++;
	total = pending;
	list_for_each(p, &ctx->waiting)
		total++;
	spin_unlock(&ctx->lock);
	seq_printf(m, "pending:\t%lu\ntotal:\t%lu\nAPI:\t%llx:%x:%llx\n", pending, total,
		   (unsigned long long)UFFD_API, ctx->features,
		   (unsigned long long)(UFFD_IOCTLS | UFFD_RANGE_IOCTLS));
}

static const struct file_operations userfaultfd_fops = {
	.llseek		= noop_llseek,
	.read		= userfaultfd_read,
	.poll		= userfaultfd_poll,
	.unlocked_ioctl	= userfaultfd_ioctl,
	.release	= userfaultfd_release,
	.show_fdinfo	= userfaultfd_show_fdinfo,
};

/* ---- making one ---- */

static int new_userfaultfd(unsigned int flags)
{
	struct userfaultfd_ctx *ctx;
	int fd;

	if (flags & ~(FCNTL_FLAGS | UFFD_USER_MODE_ONLY))
		return -EINVAL;
	ctx = userfaultfd_ctx_alloc(current->mm, flags);
	if (!ctx)
		return -ENOMEM;
	fd = anon_inode_getfd("[userfaultfd]", &userfaultfd_fops, ctx,
			      O_RDONLY | (flags & FCNTL_FLAGS));
	if (fd < 0)
		userfaultfd_ctx_put(ctx);
	return fd;
}

SYSCALL_DEFINE1(userfaultfd, int, flags)
{
	/* who can stop the kernel's own accesses has a hold on the kernel */
	if (!(flags & UFFD_USER_MODE_ONLY) && !capable(CAP_SYS_PTRACE) &&
	    !READ_ONCE(sysctl_unprivileged_userfaultfd))
		return -EPERM;
	return new_userfaultfd(flags);
}

/* ---- /dev/userfaultfd: whoever may open it may make one ---- */

#define USERFAULTFD_MINOR 126	/* of those that Linux hands out as they come */

static long dev_ioctl(struct file *f, unsigned int cmd, unsigned long flags)
{
	return cmd == USERFAULTFD_IOC_NEW ? new_userfaultfd(flags) : -EINVAL;
}

static const struct file_operations dev_fops = {
	.unlocked_ioctl	= dev_ioctl,
	.llseek		= noop_llseek,
};

static int userfaultfd_dev_init(void)
{
	int err = register_chrdev_region_ops(MISC_MAJOR, USERFAULTFD_MINOR, 1, "misc", &dev_fops);

	return err ? err : devtmpfs_create_node("userfaultfd", 0600,
						MKDEV(MISC_MAJOR, USERFAULTFD_MINOR));
}
device_initcall(userfaultfd_dev_init);
