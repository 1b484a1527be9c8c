// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ring behind pipes and FIFOs; pipe_open.c makes, opens and frees them.
 *
 * A pipe is a ring of pages. head counts slots filled, tail slots emptied; the
 * ring has ring_size (a power of two) slots. Everything but the wait queues is
 * under pipe->mutex. Writes of at most PIPE_BUF bytes are atomic: they go into
 * one slot, or into the free end of the last one.
 *
 * Sleepers are woken when the ring stops being empty (readers) or full
 * (writers); both also when the other side's last file closes. One page is kept
 * by the pipe for the next write, so that ping-pong does not allocate.
 *
 * Not here: splice, packets that are merged by O_DIRECT readers only partly.
 */
#include <fs/pipe_fs.h>
#include <arch/uaccess.h>
#include <fs/fs.h>
#include <fs/poll.h>
#include <fs/uio.h>
#include <kernel/cred.h>
#include <kernel/mutex.h>
#include <kernel/signal.h>
#include <lib/string.h>
#include <linux/limits.h>
#include <asm/ioctls.h>
#include <mm/page_alloc.h>
#include <mm/slab.h>
#include "pipe.h"

#define PIPE_BUF_PACKET	1		/* O_DIRECT: a read stops at its end */

unsigned int pipe_max_size = 1 << 20;	/* bytes, for the unprivileged: /proc/sys/fs/pipe-max-size */

static struct page *get_pipe_page(struct pipe_inode_info *p)
{
	struct page *page = p->spare;

	p->spare = NULL;
	return page ? page : alloc_page(GFP_HIGHUSER | __GFP_ACCOUNT);
}

static void put_pipe_page(struct pipe_inode_info *p, struct page *page)
{
	if (!p->spare)
		p->spare = page;
	else
		put_page(page);
}

/* ---- reading ---- */

ssize_t pipe_read(struct kiocb *iocb, struct iov_iter *to)
{
	struct file *f = iocb->ki_filp;
	struct pipe_inode_info *p = f->private_data;
	size_t total = iov_iter_count(to);
	bool was_full = false, slept = false;
	ssize_t done = 0;

	if (!total)
		return 0;
	mutex_lock(&p->mutex);
	for (;;) {
		while (!pipe_empty(p) && iov_iter_count(to)) {
			struct pipe_buffer *b = slot(p, p->tail);
			size_t n = min_t(size_t, b->len, iov_iter_count(to));
			bool packet = b->flags & PIPE_BUF_PACKET;

			/* what did not arrive as a whole has not been read */
			if (copy_to_iter(page_address(b->page) + b->off, n, to) < n) {
				if (!done)
					done = -EFAULT;
				goto out;
			}
			done += n;
			b->off += n;
			b->len -= n;
			if (packet)		/* the rest of a packet is dropped */
				b->len = 0;
			if (!b->len) {
				was_full |= pipe_full(p);
				put_pipe_page(p, b->page);
				b->page = NULL;
				WRITE_ONCE(p->tail, p->tail + 1);
			}
			if (packet)
				goto out;
		}
		if (done || !p->writers)
			break;
		if (!iocb_may_block(iocb)) {
			done = -EAGAIN;
			break;
		}
		mutex_unlock(&p->mutex);
		if (wait_event_interruptible_exclusive(p->rd_wait, !pipe_empty(p) || !READ_ONCE(p->writers)))
			return -ERESTARTSYS;
		slept = true;
		mutex_lock(&p->mutex);
	}
out:
	mutex_unlock(&p->mutex);
	/* the wake-up was for one: the next may go on with what is left */
	if (slept && !pipe_empty(p) && waitqueue_active(&p->rd_wait))
		wake_up_poll(&p->rd_wait, EPOLLIN | EPOLLRDNORM);
	if (was_full)
		wake_up_poll(&p->wr_wait, EPOLLOUT | EPOLLWRNORM);
	if (done > 0)
		file_accessed(f);
	return done;
}

/* ---- writing ---- */

/* Append to the last slot if all (or, for large writes, the odd head) fits. Return: bytes, -EFAULT. */
static ssize_t merge_write(struct pipe_inode_info *p, struct iov_iter *from)
{
	size_t chars = iov_iter_count(from) & (PAGE_SIZE - 1);
	struct pipe_buffer *b;

	if (!chars || pipe_empty(p))
		return 0;
	b = slot(p, p->head - 1);
	if ((b->flags & PIPE_BUF_PACKET) || b->off + b->len + chars > PAGE_SIZE)
		return 0;
	if (copy_from_iter(page_address(b->page) + b->off + b->len, chars, from) < chars)
		return -EFAULT;
	b->len += chars;
	return chars;
}

/* Fill one fresh slot. Return: bytes, -EFAULT, -ENOMEM. */
static ssize_t fill_slot(struct pipe_inode_info *p, struct iov_iter *from, bool packet)
{
	struct page *page = get_pipe_page(p);
	size_t n = min_t(size_t, iov_iter_count(from), PAGE_SIZE);

	if (!page)
		return -ENOMEM;
	if (copy_from_iter(page_address(page), n, from) < n) {
		put_pipe_page(p, page);
		return -EFAULT;
	}
	*slot(p, p->head) = (struct pipe_buffer){
		.page = page, .len = n, .flags = packet ? PIPE_BUF_PACKET : 0,
	};
	WRITE_ONCE(p->head, p->head + 1);
	return n;
}

ssize_t pipe_write(struct kiocb *iocb, struct iov_iter *from)
{
	struct file *f = iocb->ki_filp;
	struct pipe_inode_info *p = f->private_data;
	bool packet = f->f_flags & O_DIRECT, was_empty, slept = false;
	ssize_t done = 0, n;

	if (!iov_iter_count(from))
		return 0;
	mutex_lock(&p->mutex);
	was_empty = pipe_empty(p);
	if (!p->readers) {
		mutex_unlock(&p->mutex);
		send_sig(SIGPIPE, current, 0);
		return -EPIPE;
	}
	n = packet ? 0 : merge_write(p, from);
	if (n < 0)
		done = n;
	else
		done += n;
	while (done >= 0 && iov_iter_count(from)) {
		if (!p->readers) {
			send_sig(SIGPIPE, current, 0);
			if (!done)
				done = -EPIPE;
			break;
		}
		if (!pipe_full(p)) {
			n = fill_slot(p, from, packet);
			if (n < 0) {
				if (!done)
					done = n;
				break;
			}
			done += n;
			continue;
		}
		if (!iocb_may_block(iocb)) {
			if (!done)
				done = -EAGAIN;
			break;
		}
		mutex_unlock(&p->mutex);
		if (was_empty)
			wake_up_poll(&p->rd_wait, EPOLLIN | EPOLLRDNORM);
		if (wait_event_interruptible_exclusive(p->wr_wait, !pipe_full(p) || !READ_ONCE(p->readers))) {
			if (!done)
				done = -ERESTARTSYS;
			goto out_unlocked;
		}
		slept = true;
		mutex_lock(&p->mutex);
		was_empty = pipe_empty(p);
	}
	mutex_unlock(&p->mutex);
out_unlocked:
	if ((was_empty || READ_ONCE(p->polled)) && !pipe_empty(p))
		wake_up_poll(&p->rd_wait, EPOLLIN | EPOLLRDNORM);
	/* the wake-up was for one: the next may use the room that is left */
	if (slept && !pipe_full(p) && waitqueue_active(&p->wr_wait))
		wake_up_poll(&p->wr_wait, EPOLLOUT | EPOLLWRNORM);
	if (done > 0)
		file_update_time(f);
	return done;
}

static noinline void pipe_poll_wait(struct file *f, poll_table *pt)
{
	struct pipe_inode_info *p = f->private_data;

	WRITE_ONCE(p->polled, true);
	if (f->f_mode & FMODE_READ)
		poll_wait(f, &p->rd_wait, pt);
	if (f->f_mode & FMODE_WRITE)
		poll_wait(f, &p->wr_wait, pt);
}

u32 pipe_poll(struct file *f, poll_table *pt)
{
	struct pipe_inode_info *p = f->private_data;
	u32 mask = 0;

	if (pt)
		pipe_poll_wait(f, pt);
	if (f->f_mode & FMODE_READ) {
		if (!pipe_empty(p))
			mask |= EPOLLIN | EPOLLRDNORM;
		/* a FIFO that never had a writer since this open is not hung up */
		if (!READ_ONCE(p->writers) && (unsigned long)f->f_pos != READ_ONCE(p->w_counter))
			mask |= EPOLLHUP;
	}
	if (f->f_mode & FMODE_WRITE) {
		if (!pipe_full(p))
			mask |= EPOLLOUT | EPOLLWRNORM;
		if (!READ_ONCE(p->readers))
			mask |= EPOLLERR;
	}
	return mask;
}

long pipe_ioctl(struct file *f, unsigned int cmd, unsigned long arg)
{
	struct pipe_inode_info *p = f->private_data;
	unsigned int n = 0;

	if (cmd != FIONREAD)
		return -ENOTTY;
	mutex_lock(&p->mutex);
	for (unsigned int i = p->tail; i != p->head; i++)
		n += slot(p, i)->len;
	mutex_unlock(&p->mutex);
	return put_user(n, (int __user *)arg);
}

/* ---- F_SETPIPE_SZ ---- */

static unsigned long round_size(unsigned long bytes)
{
	unsigned long size = PAGE_SIZE;

	while (size < bytes)
		size <<= 1;
	return size;
}

/* a ring of another size, with what is in it */
static long set_size(struct pipe_inode_info *p, unsigned long bytes)
{
	unsigned long size;
	struct pipe_buffer *new;
	unsigned int slots, used;
	long err = 0;

	if (bytes > 1UL << 31)
		return -EINVAL;
	size = round_size(bytes);
	slots = size >> PAGE_SHIFT;
	if (slots > p->ring_size && size > pipe_max_size && !capable(CAP_SYS_RESOURCE))
		return -EPERM;
	new = kvcalloc(slots, sizeof(*new), GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN);
	if (!new)
		return -ENOMEM;
	mutex_lock(&p->mutex);
	used = p->head - p->tail;
	if (used > slots) {
		err = -EBUSY;
	} else {
		for (unsigned int i = 0; i < used; i++)
			new[i] = *slot(p, p->tail + i);
		swap(p->bufs, new);
		p->tail = 0;
		p->head = used;
		p->ring_size = slots;
	}
	mutex_unlock(&p->mutex);
	kvfree(new);
	wake_up_all(&p->wr_wait);
	return err ? err : (long)size;
}

/** pipe_fcntl - F_SETPIPE_SZ, F_GETPIPE_SZ. Return: bytes, -EBADF (no pipe), -EBUSY, -EPERM, -ENOMEM. */
long pipe_fcntl(struct file *f, unsigned int cmd, unsigned long arg)
{
	struct pipe_inode_info *p = f->private_data;

	if (f->f_op->read_iter != pipe_read)
		return -EBADF;
	if (cmd == F_SETPIPE_SZ)
		return set_size(p, arg);
	return (long)READ_ONCE(p->ring_size) << PAGE_SHIFT;
}
