// SPDX-License-Identifier: GPL-2.0-only
/*
 * eventfd: a number in the kernel that programs add to and take from, and wait for.
 *
 * Lock: the wait queue's guards the count, so that a waiter and a wake-up cannot
 * miss each other. The count never is U64_MAX.
 */
#include <arch/uaccess.h>
#include <fs/anon_inodes.h>
#include <fs/fs.h>
#include <fs/poll.h>
#include <fs/seq_file.h>
#include <fs/uio.h>
#include <kernel/syscalls.h>
#include <lib/err.h>
#include <mm/slab.h>
#include <linux/fcntl.h>

#define EFD_SEMAPHORE	1
#define EFD_CLOEXEC	O_CLOEXEC
#define EFD_NONBLOCK	O_NONBLOCK

struct eventfd_ctx {
	wait_queue_head_t wqh;
	u64 count;			/* wqh.lock */
	bool semaphore;			/* EFD_SEMAPHORE: taken one by one */
	unsigned int id;
};

static unsigned int last_id;

static u32 eventfd_poll(struct file *f, poll_table *pt)
{
	struct eventfd_ctx *ctx = f->private_data;
	u32 mask = 0;
	u64 count;

	poll_wait(f, &ctx->wqh, pt);
	count = READ_ONCE(ctx->count);
	if (count > 0)
		mask |= EPOLLIN;
	if (count == U64_MAX)
		mask |= EPOLLERR;
	if (count < U64_MAX - 1)
		mask |= EPOLLOUT;
	return mask;
}

static void wake_locked(struct eventfd_ctx *ctx, u32 mask)
{
	if (waitqueue_active(&ctx->wqh))
		__wake_up_locked(&ctx->wqh, TASK_NORMAL, 1, (void *)(unsigned long)mask);
}

/* Return: what was taken; 0: there is nothing */
static u64 take_count(struct eventfd_ctx *ctx)
{
	u64 taken;

	spin_lock_irq(&ctx->wqh.lock);
	taken = ctx->semaphore && ctx->count ? 1 : ctx->count;
	if (taken) {
		WRITE_ONCE(ctx->count, ctx->count - taken);
		wake_locked(ctx, EPOLLOUT);
	}
	spin_unlock_irq(&ctx->wqh.lock);
	return taken;
}

static bool add_count(struct eventfd_ctx *ctx, u64 n)
{
	bool fits;

	spin_lock_irq(&ctx->wqh.lock);
	fits = U64_MAX - ctx->count > n;
	if (fits) {
		WRITE_ONCE(ctx->count, ctx->count + n);
		wake_locked(ctx, EPOLLIN);
	}
	spin_unlock_irq(&ctx->wqh.lock);
	return fits;
}

static ssize_t eventfd_read(struct kiocb *iocb, struct iov_iter *to)
{
	struct eventfd_ctx *ctx = iocb->ki_filp->private_data;
	u64 taken;
	int err;

	if (iov_iter_count(to) < sizeof(taken))
		return -EINVAL;
	while (!(taken = take_count(ctx))) {
		if (!iocb_may_block(iocb))
			return -EAGAIN;
		err = wait_event_interruptible(ctx->wqh, READ_ONCE(ctx->count));
		if (err)
			return err;
	}
	return copy_to_iter(&taken, sizeof(taken), to) == sizeof(taken) ? (ssize_t)sizeof(taken) : -EFAULT;
}

static ssize_t eventfd_write(struct file *f, const char __user *buf, size_t len, loff_t *pos)
{
	struct eventfd_ctx *ctx = f->private_data;
	u64 n;
	int err;

	if (len != sizeof(n))
		return -EINVAL;
	if (copy_from_user(&n, buf, sizeof(n)))
		return -EFAULT;
	if (n == U64_MAX)
		return -EINVAL;
	while (!add_count(ctx, n)) {
		if (f->f_flags & O_NONBLOCK)
			return -EAGAIN;
		err = wait_event_interruptible(ctx->wqh, U64_MAX - READ_ONCE(ctx->count) > n);
		if (err)
			return err;
	}
	return sizeof(n);
}

static int eventfd_release(struct inode *inode, struct file *f)
{
	kfree(f->private_data);
	return 0;
}

static void eventfd_show_fdinfo(struct seq_file *m, struct file *f)
{
	struct eventfd_ctx *ctx = f->private_data;

	seq_printf(m, "eventfd-count: %16llx\neventfd-id: %u\neventfd-semaphore: %d\n",
		   READ_ONCE(ctx->count), ctx->id, ctx->semaphore);
}

static const struct file_operations eventfd_fops = {
	.llseek		= noop_llseek,
	.read_iter	= eventfd_read,
	.write		= eventfd_write,
	.poll		= eventfd_poll,
	.release	= eventfd_release,
	.show_fdinfo	= eventfd_show_fdinfo,
};

SYSCALL_DEFINE2(eventfd2, unsigned int, count, int, flags)
{
	struct eventfd_ctx *ctx;
	int fd;

	if (flags & ~(EFD_SEMAPHORE | EFD_CLOEXEC | EFD_NONBLOCK))
		return -EINVAL;
	ctx = kzalloc(sizeof(*ctx), GFP_KERNEL);
	if (!ctx)
		return -ENOMEM;
	init_waitqueue_head(&ctx->wqh);
	ctx->count = count;
	ctx->semaphore = flags & EFD_SEMAPHORE;
	ctx->id = __atomic_fetch_add(&last_id, 1, __ATOMIC_RELAXED);
	fd = anon_inode_getfd("[eventfd]", &eventfd_fops, ctx, O_RDWR | (flags & (O_CLOEXEC | O_NONBLOCK)));
	if (fd < 0)
		kfree(ctx);
	return fd;
}
