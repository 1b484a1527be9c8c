// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pseudo-terminals: opening /dev/ptmx makes a terminal, /dev/pts/<n>, whose hardware
 * is the open file. What is written to that (the master) arrives as if typed; what
 * the terminal sends is read there. The terminal is the tty_struct; the master has
 * none of its own, so an ioctl on it acts on the terminal.
 *
 * When the master is closed, the terminal is hung up and its name goes away; the
 * struct stays as long as somebody has it open. When the last opener of the terminal
 * has gone, the master reads what is left, then -EIO, until it is opened again.
 */
#include "tty_private.h"
#include <arch/uaccess.h>
#include <fs/devpts_fs.h>
#include <fs/poll.h>
#include <kernel/init.h>
#include <lib/idr.h>
#include <lib/printf.h>
#include <mm/slab.h>
#include <linux/major.h>

#define PTMX_MINOR	2
#define PTY_MAX		4096		/* as on Linux, /proc/sys/kernel/pty/max */
#define PTY_CHUNK	512

struct pty {
	struct tty_struct *tty;
	wait_queue_head_t read_wait, write_wait;	/* of the master */
	unsigned int index;
	bool locked;				/* TIOCSPTLCK: not to be opened yet */
	bool slave_closed;
	bool packet;				/* TIOCPKT: a byte before each read tells of what */
	u32 status;				/* TIOCPKT_*: to be told; atomic */
	struct dentry *node;
};

static DEFINE_IDR(ptys);			/* tty_mutex */

static struct pty *pty_of(struct tty_struct *tty)
{
	return tty->driver_data;
}

/* ---- from the terminal ---- */

static void wake_reader(struct pty *p)
{
	wake_up_poll(&p->read_wait, EPOLLIN | EPOLLRDNORM);
}

static void pty_start_tx(struct tty_struct *tty)
{
	wake_reader(pty_of(tty));
}

static void pty_throttle(struct tty_struct *tty)
{
	wake_up_poll(&pty_of(tty)->write_wait, EPOLLOUT | EPOLLWRNORM);
}

static void tell(struct pty *p, u32 set, u32 clear)
{
	if (!READ_ONCE(p->packet))
		return;
	__atomic_fetch_and(&p->status, ~clear, __ATOMIC_RELAXED);
	__atomic_fetch_or(&p->status, set, __ATOMIC_RELEASE);
	wake_up_poll(&p->read_wait, EPOLLIN | EPOLLRDNORM | EPOLLPRI);
}

static void pty_flow(struct tty_struct *tty, bool stop)
{
	tell(pty_of(tty), stop ? TIOCPKT_STOP : TIOCPKT_START, stop ? TIOCPKT_START : TIOCPKT_STOP);
}

static void pty_flushed(struct tty_struct *tty, bool in, bool out)
{
	tell(pty_of(tty), (in ? TIOCPKT_FLUSHREAD : 0) | (out ? TIOCPKT_FLUSHWRITE : 0), 0);
	if (in)
		pty_throttle(tty);
}

static int pty_startup(struct tty_struct *tty)
{
	WRITE_ONCE(pty_of(tty)->slave_closed, false);
	return 0;
}

static void pty_shutdown(struct tty_struct *tty)
{
	struct pty *p = pty_of(tty);

	WRITE_ONCE(p->slave_closed, true);
	wake_up_poll(&p->read_wait, EPOLLIN | EPOLLRDNORM | EPOLLHUP);
	wake_up_poll(&p->write_wait, EPOLLOUT | EPOLLWRNORM);
}

static void pty_free(struct tty_struct *tty)
{
	kfree(pty_of(tty));
}

static const struct tty_ops pty_ops = {
	.startup = pty_startup,
	.shutdown = pty_shutdown,
	.start_tx = pty_start_tx,
	.throttle = pty_throttle,
	.flow = pty_flow,
	.flushed = pty_flushed,
	.free = pty_free,
};

/** pty_slave - for opening /dev/pts/@index. Return: counted; ERR_PTR(-EIO): none, or locked. */
struct tty_struct *pty_slave(unsigned int index)
{
	struct tty_struct *tty;

	mutex_lock(&tty_mutex);
	tty = idr_find(&ptys, index);
	if (tty && !pty_of(tty)->locked)
		tty_kref_get(tty);
	else
		tty = ERR_PTR(-EIO);
	mutex_unlock(&tty_mutex);
	return tty;
}

/* ---- the master's file ---- */

static bool can_read(struct tty_struct *tty)
{
	return (tty_out_pending(tty) && !READ_ONCE(tty->stopped)) || READ_ONCE(tty->x_char) ||
	       READ_ONCE(pty_of(tty)->status);
}

static int wait_readable(struct tty_struct *tty, struct file *f)
{
	struct pty *p = pty_of(tty);

	if (can_read(tty))
		return 0;
	if (READ_ONCE(p->slave_closed))
		return -EIO;
	if (f->f_flags & O_NONBLOCK)
		return -EAGAIN;
	return wait_event_interruptible(p->read_wait, can_read(tty) || READ_ONCE(p->slave_closed));
}

/* packet mode: one byte in front, either what has happened or TIOCPKT_DATA */
static ssize_t put_packet_byte(struct pty *p, char __user *buf)
{
	u32 status = __atomic_exchange_n(&p->status, 0, __ATOMIC_ACQUIRE);

	return put_user((u8)status, (u8 __user *)buf) ? -EFAULT : status;
}

static ssize_t master_read(struct file *f, char __user *buf, size_t n, loff_t *pos)
{
	u8 chunk[PTY_CHUNK] __attribute__((uninitialized));
	struct tty_struct *tty = tty_file(f)->tty;
	struct pty *p = pty_of(tty);
	size_t done = 0, got;
	ssize_t ret;

	if (!n)
		return 0;
	do {
		ret = wait_readable(tty, f);
		if (ret)
			return ret;
		if (READ_ONCE(p->packet)) {
			ret = put_packet_byte(p, buf);
			if (ret)
				return ret < 0 ? ret : 1;
			done = 1;
		}
		while (done < n && (got = tty_out_get(tty, chunk, min_t(size_t, n - done, PTY_CHUNK)))) {
			if (copy_to_user(buf + done, chunk, got))
				return -EFAULT;
			done += got;
		}
		/* another reader may have been first */
	} while (!done || (done == 1 && p->packet && n > 1));
	return done;
}

static ssize_t master_write(struct file *f, const char __user *buf, size_t n, loff_t *pos)
{
	u8 chunk[PTY_CHUNK] __attribute__((uninitialized));
	struct tty_struct *tty = tty_file(f)->tty;
	struct pty *p = pty_of(tty);
	size_t done = 0, len, put;
	ssize_t ret = 0;

	while (done < n) {
		len = min_t(size_t, n - done, PTY_CHUNK);
		if (copy_from_user(chunk, buf + done, len)) {
			ret = -EFAULT;
			break;
		}
		put = tty_in_push(tty, chunk, len);
		done += put;
		if (put == len)
			continue;
		ret = f->f_flags & O_NONBLOCK ? -EAGAIN :
		      wait_event_interruptible(p->write_wait, !READ_ONCE(tty->throttled));
		if (ret)
			break;
	}
	return done ? done : ret;
}

static u32 master_poll(struct file *f, poll_table *pt)
{
	struct tty_struct *tty = tty_file(f)->tty;
	struct pty *p = pty_of(tty);
	u32 mask = 0;

	poll_wait(f, &p->read_wait, pt);
	poll_wait(f, &p->write_wait, pt);
	if (can_read(tty))
		mask |= EPOLLIN | EPOLLRDNORM;
	if (READ_ONCE(p->status))
		mask |= EPOLLPRI;
	if (READ_ONCE(p->slave_closed))
		mask |= EPOLLHUP;
	if (!READ_ONCE(tty->throttled))
		mask |= EPOLLOUT | EPOLLWRNORM;
	return mask;
}

static long set_flag(bool *flag, int __user *ip)
{
	int on;

	if (get_user(on, ip))
		return -EFAULT;
	WRITE_ONCE(*flag, on != 0);
	return 0;
}

static long send_signal(struct tty_struct *tty, int sig)
{
	if (sig != SIGINT && sig != SIGQUIT && sig != SIGTSTP)
		return -EINVAL;
	tty_signal_pgrp(tty, sig);
	return 0;
}

static long master_ioctl(struct file *f, unsigned int cmd, unsigned long arg)
{
	struct tty_struct *tty = tty_file(f)->tty;
	struct pty *p = pty_of(tty);
	int __user *ip = (int __user *)arg;

	switch (cmd) {
	case TIOCSPTLCK:
		return set_flag(&p->locked, ip);
	case TIOCGPTLCK:
		return put_user(p->locked ? 1 : 0, ip);
	case TIOCGPTN:
		return put_user(p->index, (unsigned int __user *)arg);
	case TIOCPKT:
		WRITE_ONCE(p->status, 0);
		return set_flag(&p->packet, ip);
	case TIOCGPKT:
		return put_user(p->packet ? 1 : 0, ip);
	case TIOCSIG:
		return send_signal(tty, arg);
	case TIOCINQ:
		return put_user((int)tty_out_pending(tty), ip);
	case TIOCOUTQ:
		return put_user((int)(TTY_IN_SIZE - tty_in_room(tty)), ip);
	default:
		return tty_ioctl(f, cmd, arg);
	}
}

static int master_release(struct inode *inode, struct file *f)
{
	struct tty_struct *tty = tty_file(f)->tty;
	struct pty *p = pty_of(tty);

	mutex_lock(&tty_mutex);
	WRITE_ONCE(tty->other_closed, true);
	idr_remove(&ptys, p->index);
	mutex_unlock(&tty_mutex);
	devpts_pty_kill(p->node);
	tty_hangup_files(tty, false);
	tty_out_flush(tty);
	flush_work(&tty->rx_work);
	kfree(f->private_data);
	tty_kref_put(tty);
	return 0;
}

static const struct file_operations master_fops = {
	.llseek = no_llseek,
	.read = master_read,
	.write = master_write,
	.poll = master_poll,
	.unlocked_ioctl = master_ioctl,
	.release = master_release,
};

/* ---- /dev/ptmx ---- */

/* a new terminal and its half of a pair. Return: ERR_PTR(-ENOSPC, -ENOMEM, -ENODEV) */
static struct tty_struct *make_pty(void)
{
	struct pty *p = kzalloc(sizeof(*p), GFP_KERNEL);
	struct tty_struct *tty;
	int index;

	tty = p ? tty_alloc("", 0, &pty_ops) : NULL;
	if (!tty) {
		kfree(p);
		return ERR_PTR(-ENOMEM);
	}
	p->tty = tty;
	p->locked = true;
	init_waitqueue_head(&p->read_wait);
	init_waitqueue_head(&p->write_wait);
	tty->driver_data = p;
	tty->is_pty = true;

	mutex_lock(&tty_mutex);
	index = idr_alloc(&ptys, tty, 0, PTY_MAX, GFP_KERNEL);
	if (index >= 0) {
		p->index = index;
		tty->devt = MKDEV(UNIX98_PTY_SLAVE_MAJOR, index);
		snprintf(tty->name, sizeof(tty->name), "pts/%d", index);
	}
	mutex_unlock(&tty_mutex);
	if (index < 0) {
		tty_kref_put(tty);
		return ERR_PTR(index);
	}
	p->node = devpts_pty_new(index, tty->devt);
	if (IS_ERR(p->node)) {
		index = PTR_ERR(p->node);
		mutex_lock(&tty_mutex);
		idr_remove(&ptys, p->index);
		mutex_unlock(&tty_mutex);
		tty_kref_put(tty);
		return ERR_PTR(index);
	}
	return tty;
}

static int ptmx_open(struct inode *inode, struct file *f)
{
	struct tty_file *tf = kzalloc(sizeof(*tf), GFP_KERNEL);
	struct tty_struct *tty;

	if (!tf)
		return -ENOMEM;
	tty = make_pty();
	if (IS_ERR(tty)) {
		kfree(tf);
		return PTR_ERR(tty);
	}
	tf->tty = tty;
	tf->master = true;
	stream_open(inode, f);
	f->private_data = tf;
	f->f_op = &master_fops;
	return 0;
}

static const struct file_operations ptmx_fops = { .open = ptmx_open };

static int __init pty_init(void)
{
	int err = register_chrdev_region_ops(TTYAUX_MAJOR, PTMX_MINOR, 1, "/dev/ptmx", &ptmx_fops);

	if (!err)
		err = register_chrdev_region_ops(UNIX98_PTY_SLAVE_MAJOR, 0, PTY_MAX, "pts", &tty_fops);
	if (!err)
		err = devtmpfs_create_node("ptmx", 0666, MKDEV(TTYAUX_MAJOR, PTMX_MINOR));
	return err;
}
device_initcall(pty_init);
