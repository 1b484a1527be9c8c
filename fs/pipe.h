/* SPDX-License-Identifier: GPL-2.0-only */
/* Private to pipe.c (the ring) and pipe_open.c (how pipes come and go). */
#ifndef FS_PIPE_H
#define FS_PIPE_H
#include <fs/fs.h>
#include <fs/pipe_fs.h>
#include <fs/poll.h>
#include <fs/uio.h>
#include <kernel/mutex.h>
#include <kernel/wait.h>

struct pipe_buffer {
	struct page *page;
	unsigned int off, len, flags;
};

struct pipe_inode_info {
	struct mutex mutex;		/* LR_PIPE */
	wait_queue_head_t rd_wait, wr_wait;
	unsigned int head, tail, ring_size;
	unsigned int readers, writers, files;
	unsigned int r_counter, w_counter;	/* opens so far: a FIFO open waits for a change */
	bool polled;			/* by somebody who may want to hear of every write */
	struct page *spare;
	struct pipe_buffer *bufs;
};

static inline bool pipe_empty(const struct pipe_inode_info *p)
{
	return READ_ONCE(p->head) == READ_ONCE(p->tail);
}

static inline bool pipe_full(const struct pipe_inode_info *p)
{
	return READ_ONCE(p->head) - READ_ONCE(p->tail) >= READ_ONCE(p->ring_size);
}

static inline struct pipe_buffer *slot(struct pipe_inode_info *p, unsigned int n)
{
	return &p->bufs[n & (p->ring_size - 1)];
}

ssize_t pipe_read(struct kiocb *iocb, struct iov_iter *to);
ssize_t pipe_write(struct kiocb *iocb, struct iov_iter *from);
u32 pipe_poll(struct file *f, poll_table *pt);
long pipe_ioctl(struct file *f, unsigned int cmd, unsigned long arg);

#endif
