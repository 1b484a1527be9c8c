// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pipes and FIFOs.
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
#include <kernel/init.h>
#include <kernel/mutex.h>
#include <kernel/signal.h>
#include <kernel/syscalls.h>
#include <lib/err.h>
#include <lib/printf.h>
#include <lib/string.h>
#include <linux/limits.h>
#include <linux/magic.h>
#include <asm/ioctls.h>
#include <mm/page_alloc.h>
#include <mm/slab.h>

#define PIPE_DEF_SLOTS	16
#define PIPE_BUF_PACKET	1		/* O_DIRECT: a read stops at its end */

unsigned int pipe_max_size = 1 << 20;	/* bytes, for the unprivileged: /proc/sys/fs/pipe-max-size */

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
	struct page *spare;
	struct pipe_buffer *bufs;
};

static struct vfsmount *pipe_mnt;

static bool pipe_empty(const struct pipe_inode_info *p)
{
	return READ_ONCE(p->head) == READ_ONCE(p->tail);
}

static bool pipe_full(const struct pipe_inode_info *p)
{
	return READ_ONCE(p->head) - READ_ONCE(p->tail) >= READ_ONCE(p->ring_size);
}

static struct pipe_buffer *slot(struct pipe_inode_info *p, unsigned int n)
{
	return &p->bufs[n & (p->ring_size - 1)];
}

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

static ssize_t pipe_read(struct kiocb *iocb, struct iov_iter *to)
{
	struct file *f = iocb->ki_filp;
	struct pipe_inode_info *p = f->private_data;
	size_t total = iov_iter_count(to);
	bool was_full = false;
	ssize_t done = 0;

	if (!total)
		return 0;
	mutex_lock(&p->mutex);
	for (;;) {
		while (!pipe_empty(p) && iov_iter_count(to)) {
			struct pipe_buffer *b = slot(p, p->tail);
			size_t n = min_t(size_t, b->len, iov_iter_count(to)), got;
			bool packet = b->flags & PIPE_BUF_PACKET;

			got = copy_to_iter(page_address(b->page) + b->off, n, to);
			done += got;
			b->off += got;
			b->len -= got;
			if (got < n) {
				if (!done)
					done = -EFAULT;
				goto out;
			}
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
		if ((f->f_flags & O_NONBLOCK) || (iocb->ki_flags & IOCB_NOWAIT)) {
			done = -EAGAIN;
			break;
		}
		mutex_unlock(&p->mutex);
		if (wait_event_interruptible_exclusive(p->rd_wait, !pipe_empty(p) || !READ_ONCE(p->writers)))
			return -ERESTARTSYS;
		mutex_lock(&p->mutex);
	}
out:
	mutex_unlock(&p->mutex);
	/* other readers may go on with what is left */
	if (!pipe_empty(p) && waitqueue_active(&p->rd_wait))
		wake_up_poll(&p->rd_wait, EPOLLIN | EPOLLRDNORM);
	if (was_full)
		wake_up_poll(&p->wr_wait, EPOLLOUT | EPOLLWRNORM);
	if (done > 0)
		file_accessed(f);
	return done;
}

/* ---- writing ---- */

/* Append to the last slot if all (or, for large writes, the odd head) fits. */
static ssize_t merge_write(struct pipe_inode_info *p, struct iov_iter *from)
{
	size_t chars = iov_iter_count(from) & (PAGE_SIZE - 1);
	struct pipe_buffer *b;
	size_t got;

	if (!chars || pipe_empty(p))
		return 0;
	b = slot(p, p->head - 1);
	if ((b->flags & PIPE_BUF_PACKET) || b->off + b->len + chars > PAGE_SIZE)
		return 0;
	got = copy_from_iter(page_address(b->page) + b->off + b->len, chars, from);
	b->len += got;
	return got < chars && !got ? -EFAULT : (ssize_t)got;
}

/* Fill one fresh slot. Return: bytes, -EFAULT, -ENOMEM. */
static ssize_t fill_slot(struct pipe_inode_info *p, struct iov_iter *from, bool packet)
{
	struct page *page = get_pipe_page(p);
	size_t n = min_t(size_t, iov_iter_count(from), PAGE_SIZE), got;

	if (!page)
		return -ENOMEM;
	got = copy_from_iter(page_address(page), n, from);
	if (!got) {
		put_pipe_page(p, page);
		return -EFAULT;
	}
	*slot(p, p->head) = (struct pipe_buffer){
		.page = page, .len = got, .flags = packet ? PIPE_BUF_PACKET : 0,
	};
	WRITE_ONCE(p->head, p->head + 1);
	return got;
}

static ssize_t pipe_write(struct kiocb *iocb, struct iov_iter *from)
{
	struct file *f = iocb->ki_filp;
	struct pipe_inode_info *p = f->private_data;
	bool packet = f->f_flags & O_DIRECT, was_empty;
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
		if ((f->f_flags & O_NONBLOCK) || (iocb->ki_flags & IOCB_NOWAIT)) {
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
		mutex_lock(&p->mutex);
		was_empty = pipe_empty(p);
	}
	mutex_unlock(&p->mutex);
out_unlocked:
	if (was_empty && !pipe_empty(p))
		wake_up_poll(&p->rd_wait, EPOLLIN | EPOLLRDNORM);
	/* room is left: the next writer may use it */
	if (!pipe_full(p) && waitqueue_active(&p->wr_wait))
		wake_up_poll(&p->wr_wait, EPOLLOUT | EPOLLWRNORM);
	if (done > 0)
		file_update_time(f);
	return done;
}

static u32 pipe_poll(struct file *f, poll_table *pt)
{
	struct pipe_inode_info *p = f->private_data;
	u32 mask = 0;

	if (f->f_mode & FMODE_READ)
		poll_wait(f, &p->rd_wait, pt);
	if (f->f_mode & FMODE_WRITE)
		poll_wait(f, &p->wr_wait, pt);
	smp_mb();
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

static long pipe_ioctl(struct file *f, unsigned int cmd, unsigned long arg)
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

/* ---- life ---- */

static struct pipe_inode_info *alloc_pipe(void)
{
	struct pipe_inode_info *p = kzalloc(sizeof(*p), GFP_KERNEL);

	if (!p)
		return NULL;
	p->ring_size = PIPE_DEF_SLOTS;
	p->bufs = kcalloc(p->ring_size, sizeof(*p->bufs), GFP_KERNEL);
	if (!p->bufs) {
		kfree(p);
		return NULL;
	}
	mutex_init(&p->mutex, LR_PIPE);
	init_waitqueue_head(&p->rd_wait);
	init_waitqueue_head(&p->wr_wait);
	p->r_counter = p->w_counter = 1;
	return p;
}

void free_pipe_info(struct pipe_inode_info *p)
{
	for (unsigned int i = p->tail; i != p->head; i++)
		put_page(slot(p, i)->page);
	if (p->spare)
		put_page(p->spare);
	kfree(p->bufs);
	kfree(p);
}

/* one file less on the pipe of @inode */
static void put_pipe(struct inode *inode, struct pipe_inode_info *p)
{
	bool gone = false;

	spin_lock(&inode->i_lock);
	if (!--p->files) {
		inode->i_pipe = NULL;
		gone = true;
	}
	spin_unlock(&inode->i_lock);
	if (gone)
		free_pipe_info(p);
}

static int pipe_release(struct inode *inode, struct file *f)
{
	struct pipe_inode_info *p = f->private_data;

	mutex_lock(&p->mutex);
	if (f->f_mode & FMODE_READ)
		p->readers--;
	if (f->f_mode & FMODE_WRITE)
		p->writers--;
	if (!p->readers != !p->writers) {
		wake_up_all(&p->rd_wait);
		wake_up_all(&p->wr_wait);
	}
	mutex_unlock(&p->mutex);
	put_pipe(inode, p);
	return 0;
}

/* ---- FIFOs: opening waits for the other side ---- */

static struct pipe_inode_info *get_fifo(struct inode *inode)
{
	struct pipe_inode_info *p, *new = NULL;

	for (;;) {
		spin_lock(&inode->i_lock);
		p = inode->i_pipe;
		if (!p && new) {
			inode->i_pipe = p = new;
			new = NULL;
		}
		if (p)
			p->files++;
		spin_unlock(&inode->i_lock);
		if (p)
			break;
		new = alloc_pipe();
		if (!new)
			return NULL;
	}
	if (new)
		free_pipe_info(new);
	return p;
}

/* Wait, without the mutex, until @counter is no longer @seen. 0 or -ERESTARTSYS. */
static int wait_for_partner(struct pipe_inode_info *p, unsigned int *counter, wait_queue_head_t *q) __no_tsa
{
	unsigned int seen = *counter;
	int err;

	mutex_unlock(&p->mutex);
	err = wait_event_interruptible(*q, READ_ONCE(*counter) != seen);
	mutex_lock(&p->mutex);
	return err;
}

/* @wait: for the other side, as a FIFO does; a pipe opened again, by /proc/PID/fd, does not */
static int open_read(struct pipe_inode_info *p, struct file *f, bool wait) __must_hold(p->mutex)
{
	p->r_counter++;
	if (p->readers++ == 0)
		wake_up_all(&p->wr_wait);
	if (p->writers || !wait)
		return 0;
	if (f->f_flags & O_NONBLOCK) {
		f->f_pos = p->w_counter;	/* no EPOLLHUP until a writer came and went */
		return 0;
	}
	if (wait_for_partner(p, &p->w_counter, &p->rd_wait)) {
		if (!--p->readers)
			wake_up_all(&p->wr_wait);
		return -ERESTARTSYS;
	}
	return 0;
}

static int open_write(struct pipe_inode_info *p, struct file *f, bool wait) __must_hold(p->mutex)
{
	if ((f->f_flags & O_NONBLOCK) && !p->readers && wait)
		return -ENXIO;
	p->w_counter++;
	if (p->writers++ == 0)
		wake_up_all(&p->rd_wait);
	if (p->readers || !wait)
		return 0;
	if (wait_for_partner(p, &p->r_counter, &p->wr_wait)) {
		if (!--p->writers)
			wake_up_all(&p->rd_wait);
		return -ERESTARTSYS;
	}
	return 0;
}

static int fifo_open(struct inode *inode, struct file *f)
{
	bool fifo = inode->i_sb != pipe_mnt->mnt_sb;
	struct pipe_inode_info *p = get_fifo(inode);
	int err = 0;

	if (!p)
		return -ENOMEM;
	f->private_data = p;
	f->f_pos = 0;
	mutex_lock(&p->mutex);
	switch (f->f_mode & (FMODE_READ | FMODE_WRITE)) {
	case FMODE_READ:
		err = open_read(p, f, fifo);
		break;
	case FMODE_WRITE:
		err = open_write(p, f, fifo);
		break;
	case FMODE_READ | FMODE_WRITE:	/* its own partner: never waits */
		p->readers++;
		p->writers++;
		p->r_counter++;
		p->w_counter++;
		if (p->readers == 1 || p->writers == 1) {
			wake_up_all(&p->rd_wait);
			wake_up_all(&p->wr_wait);
		}
		break;
	default:
		err = -EINVAL;
	}
	mutex_unlock(&p->mutex);
	if (err)
		put_pipe(inode, p);
	return err;
}

const struct file_operations pipefifo_fops = {
	.open		= fifo_open,
	.llseek		= no_llseek,
	.read_iter	= pipe_read,
	.write_iter	= pipe_write,
	.poll		= pipe_poll,
	.unlocked_ioctl	= pipe_ioctl,
	.release	= pipe_release,
};

/* pipes of pipe2() are open already when they get their file */
static const struct file_operations pipe_fops = {
	.llseek		= no_llseek,
	.read_iter	= pipe_read,
	.write_iter	= pipe_write,
	.poll		= pipe_poll,
	.unlocked_ioctl	= pipe_ioctl,
	.release	= pipe_release,
};

/* ---- pipe2 ---- */

static struct inode *pipe_inode(void)
{
	struct inode *inode = new_inode(pipe_mnt->mnt_sb);
	struct pipe_inode_info *p;

	if (!inode)
		return NULL;
	inode->i_ino = get_next_ino();
	p = alloc_pipe();
	if (!p) {
		iput(inode);
		return NULL;
	}
	inode->i_pipe = p;
	p->files = 2;
	p->readers = p->writers = 1;
	inode->i_fop = &pipefifo_fops;	/* whoever opens it again by /proc/PID/fd */
	inode->i_mode = S_IFIFO | 0600;
	inode->i_uid = current_fsuid();
	inode->i_gid = current_fsgid();
	inode->i_atime = inode->i_mtime = inode->i_ctime = current_time(inode);
	return inode;
}

/** do_pipe_files - a new pipe. Return: 0, -EINVAL (flags), -ENFILE, -ENOMEM. */
int do_pipe_files(struct file **res, int flags)
{
	struct inode *inode;
	struct pipe_inode_info *p;

	if (flags & ~(O_CLOEXEC | O_NONBLOCK | O_DIRECT))
		return -EINVAL;
	inode = pipe_inode();
	if (!inode)
		return -ENFILE;
	p = inode->i_pipe;
	ihold(inode);		/* one reference for each file */
	res[0] = alloc_file_pseudo(inode, pipe_mnt, "", O_RDONLY | (flags & O_NONBLOCK), &pipe_fops);
	if (IS_ERR(res[0])) {
		int err = PTR_ERR(res[0]);

		inode->i_pipe = NULL;
		free_pipe_info(p);
		iput(inode);
		iput(inode);
		return err;
	}
	res[0]->private_data = p;
	res[1] = alloc_file_pseudo(inode, pipe_mnt, "", O_WRONLY | (flags & (O_NONBLOCK | O_DIRECT)), &pipe_fops);
	if (IS_ERR(res[1])) {
		int err = PTR_ERR(res[1]);

		p->files = 1;
		fput(res[0]);
		iput(inode);
		return err;
	}
	res[1]->private_data = p;
	return 0;
}

SYSCALL_DEFINE2(pipe2, int __user *, ufds, int, flags)
{
	struct file *files[2];
	int err = do_pipe_files(files, flags), fd[2];

	if (err)
		return err;
	fd[0] = err = get_unused_fd_flags(flags);
	if (err < 0)
		goto put_files;
	fd[1] = err = get_unused_fd_flags(flags);
	if (err < 0)
		goto put_fd0;
	if (copy_to_user(ufds, fd, sizeof(fd))) {
		err = -EFAULT;
		goto put_fd1;
	}
	fd_install(fd[0], files[0]);
	fd_install(fd[1], files[1]);
	return 0;
put_fd1:
	put_unused_fd(fd[1]);
put_fd0:
	put_unused_fd(fd[0]);
put_files:
	fput(files[0]);
	fput(files[1]);
	return err;
}

/* ---- F_SETPIPE_SZ ---- */

static unsigned long round_size(unsigned long bytes)
{
	unsigned long size = PAGE_SIZE;

	while (size < bytes)
		size <<= 1;
	return size;
}

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

	if (f->f_op != &pipe_fops && f->f_op != &pipefifo_fops)
		return -EBADF;
	if (cmd == F_SETPIPE_SZ)
		return set_size(p, arg);
	return (long)READ_ONCE(p->ring_size) << PAGE_SHIFT;
}

/* ---- the filesystem that pipes' inodes live in ---- */

static char *pipe_dname(struct dentry *d, char *buf, int len)
{
	char name[32];
	int n = snprintf(name, sizeof(name), "pipe:[%lu]", d_inode(d)->i_ino) + 1;

	if (n > len)
		return ERR_PTR(-ENAMETOOLONG);
	return memcpy(buf + len - n, name, n);
}

static const struct dentry_operations pipe_dops = {
	.d_dname	= pipe_dname,
	.d_delete	= always_delete_dentry,
};

static const struct super_operations pipe_sops = {
	.statfs		= simple_statfs,
	.drop_inode	= generic_delete_inode,
};

static int pipe_fill_super(struct super_block *sb, void *data, int silent)
{
	struct inode *root;

	sb->s_blocksize = PAGE_SIZE;
	sb->s_blocksize_bits = PAGE_SHIFT;
	sb->s_magic = PIPEFS_MAGIC;
	sb->s_op = &pipe_sops;
	sb->s_d_op = &pipe_dops;
	sb->s_time_gran = 1;
	root = new_inode(sb);
	if (!root)
		return -ENOMEM;
	root->i_ino = 1;
	root->i_mode = S_IFDIR | 0600;
	sb->s_root = d_make_root(root);
	return sb->s_root ? 0 : -ENOMEM;
}

static struct dentry *pipe_mount(struct file_system_type *t, int flags, const char *dev, void *data)
{
	return mount_nodev(t, flags, data, pipe_fill_super);
}

static struct file_system_type pipe_fs_type = {
	.name		= "pipefs",
	.mount		= pipe_mount,
	.kill_sb	= kill_anon_super,
};

static int pipe_init(void)
{
	int err = register_filesystem(&pipe_fs_type);

	if (err)
		return err;
	pipe_mnt = kern_mount(&pipe_fs_type);
	return PTR_ERR_OR_ZERO(pipe_mnt);
}
fs_initcall(pipe_init);
