// SPDX-License-Identifier: GPL-2.0-only
/*
 * How pipes come and go: pipe2, the opening of FIFOs, and the filesystem that
 * pipes' inodes live in. The ring itself is in pipe.c.
 *
 * A pipe_inode_info belongs to its inode while files are open on it: i_pipe and
 * the count of files are under the inode's i_lock, readers and writers under the
 * pipe's mutex.
 */
#include <fs/pipe_fs.h>
#include <arch/uaccess.h>
#include <fs/fs.h>
#include <kernel/cred.h>
#include <kernel/init.h>
#include <kernel/mutex.h>
#include <kernel/signal.h>
#include <kernel/syscalls.h>
#include <lib/err.h>
#include <linux/magic.h>
#include <mm/page_alloc.h>
#include <mm/slab.h>
#include "pipe.h"

#define PIPE_DEF_SLOTS	16

static struct vfsmount *pipe_mnt;

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
	kvfree(p->bufs);
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
	stream_open(inode, f);
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

/* ---- the filesystem that pipes' inodes live in ---- */

static char *pipe_dname(struct dentry *d, char *buf, int len)
{
	return dynamic_dname(buf, len, "pipe:[%lu]", d_inode(d)->i_ino);
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
	return pseudo_fill_super(sb, PIPEFS_MAGIC, &pipe_sops, &pipe_dops);
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
