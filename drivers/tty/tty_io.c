// SPDX-License-Identifier: GPL-2.0-only
/*
 * Terminals as files: /dev/ttyS*, /dev/console, /dev/tty; opening, closing, hanging
 * up. What a terminal does is the line discipline's (n_tty*.c); what lies below it,
 * that of tty_ops (serial.c, pty.c).
 *
 * A hangup ends the files opened before it: each file remembers tty->generation.
 * /dev/console is exempt, so that init keeps its messages.
 *
 * Locks: tty_mutex for open and close; a reference (tty_kref_get) keeps the struct.
 */
#include "tty_private.h"
#include <fs/poll.h>
#include <kernel/cred.h>
#include <kernel/init.h>
#include <kernel/printk.h>
#include <kernel/signal.h>
#include <kernel/syscalls.h>
#include <kernel/timer.h>
#include <lib/string.h>
#include <mm/slab.h>
#include <linux/major.h>

#define CLOSING_WAIT	(30 * NSEC_PER_SEC)

DEFINE_MUTEX(tty_mutex, LR_TTY);

/* ---- the object ---- */

/** tty_alloc - a terminal that nobody has open; one reference. Return: NULL: no memory. */
struct tty_struct *tty_alloc(const char *name, dev_t devt, const struct tty_ops *ops)
{
	struct tty_struct *tty = kzalloc(sizeof(*tty), GFP_KERNEL);

	if (!tty)
		return NULL;
	tty->in = kmalloc(TTY_IN_SIZE * sizeof(*tty->in), GFP_KERNEL);
	tty->out = kmalloc(TTY_OUT_SIZE, GFP_KERNEL);
	tty->read_buf = kmalloc(N_TTY_SIZE, GFP_KERNEL);
	if (!tty->in || !tty->out || !tty->read_buf) {
		kfree(tty->in);
		kfree(tty->out);
		kfree(tty->read_buf);
		kfree(tty);
		return NULL;
	}
	refcount_set(&tty->refs, 1);
	strscpy(tty->name, name, sizeof(tty->name));
	tty->devt = devt;
	tty->ops = ops;
	mutex_init(&tty->termios_mutex, LR_TTY);
	mutex_init(&tty->read_mutex, LR_TTY_READ);
	mutex_init(&tty->write_mutex, LR_TTY_WRITE);
	spin_lock_init(&tty->ctrl_lock, LR_TTY_CTRL);
	spin_lock_init(&tty->in_lock, LR_TTY_BUF);
	spin_lock_init(&tty->out_lock, LR_TTY_BUF);
	spin_lock_init(&tty->lock, LR_TTY_LDISC);
	init_waitqueue_head(&tty->read_wait);
	init_waitqueue_head(&tty->write_wait);
	INIT_WORK(&tty->rx_work, n_tty_rx_work);
	tty->termios = tty_std_termios;
	n_tty_set_termios(tty, NULL);
	return tty;
}

/** tty_kref_get - NULL is fine. */
void tty_kref_get(struct tty_struct *tty)
{
	if (tty)
		refcount_inc(&tty->refs);
}

/** tty_kref_put - Context: any; NULL is fine. */
void tty_kref_put(struct tty_struct *tty)
{
	if (!tty || !refcount_dec_and_test(&tty->refs))
		return;
	if (tty->ops->free)
		tty->ops->free(tty);
	kfree(tty->in);
	kfree(tty->out);
	kfree(tty->read_buf);
	kfree(tty);
}

dev_t tty_devnum(struct tty_struct *tty)
{
	return tty ? tty->devt : 0;
}

/* ---- hangup ---- */

/** tty_hung_up - is this file of no more use? */
bool tty_hung_up(const struct tty_file *tf)
{
	return !tf->console && !tf->master &&
	       READ_ONCE(tf->tty->generation) != tf->generation;
}

/**
 * tty_hangup_files - the line is gone: files opened so far read end of file, and the
 * session loses its terminal. Context: may not hold tty->lock or ctrl_lock.
 */
void tty_hangup_files(struct tty_struct *tty, bool exit_session)
{
	mutex_lock(&tty_mutex);
	WRITE_ONCE(tty->generation, tty->generation + 1);
	mutex_unlock(&tty_mutex);
	wake_up_all(&tty->read_wait);
	wake_up_all(&tty->write_wait);
	tty_signal_session_leader(tty, exit_session);
	n_tty_flush_input(tty);
	tty_start(tty);
}

SYSCALL_DEFINE0(vhangup)
{
	struct tty_struct *tty;

	if (!capable(CAP_SYS_TTY_CONFIG))
		return -EPERM;
	tty = get_current_tty();
	if (tty) {
		tty_hangup_files(tty, false);
		tty_kref_put(tty);
	}
	return 0;
}

/* ---- open and close ---- */

/* wait_event() with ticks, since the hardware does not say when its FIFO is empty */
void tty_wait_until_sent(struct tty_struct *tty, long timeout_ns)
{
	long left;

	left = wait_event_interruptible_timeout(tty->write_wait, !tty_out_pending(tty), timeout_ns);
	if (left <= 0 || !tty->ops->tx_empty)
		return;
	for (int i = 0; i < 100 && !tty->ops->tx_empty(tty) && !signal_pending(current); i++) {
		set_current_state(TASK_INTERRUPTIBLE);
		schedule_timeout(NSEC_PER_MSEC);
	}
}

/**
 * tty_open_slave - make @f an open file of @tty (not of a pty's master).
 * @console: it is /dev/console. Return: 0, -EBUSY (exclusive), -ENOMEM, the device's.
 */
static int tty_open_slave(struct tty_struct *tty, struct file *f, bool console)
{
	struct tty_file *tf = kmalloc(sizeof(*tf), GFP_KERNEL);
	int err = 0;

	if (!tf)
		return -ENOMEM;
	mutex_lock(&tty_mutex);
	if (tty->exclusive && !capable(CAP_SYS_ADMIN))
		err = -EBUSY;
	else if (tty->other_closed)
		err = -EIO;
	else if (!tty->count && tty->ops->startup)
		err = tty->ops->startup(tty);
	if (!err) {
		tty->count++;
		tty_kref_get(tty);
		*tf = (struct tty_file){
			.tty = tty, .generation = tty->generation, .console = console,
		};
	}
	mutex_unlock(&tty_mutex);
	if (err) {
		kfree(tf);
		return err;
	}
	f->private_data = tf;
	return 0;
}

static struct tty_struct *find_tty(dev_t dev, bool *console)
{
	struct tty_struct *tty;

	*console = false;
	if (MAJOR(dev) == UNIX98_PTY_SLAVE_MAJOR)
		return pty_slave(MINOR(dev));
	if (MAJOR(dev) == TTY_MAJOR) {
		tty = serial_tty(MINOR(dev) - 64);
	} else if (MINOR(dev) == 0) {
		tty = get_current_tty();
		return tty ?: ERR_PTR(-ENXIO);
	} else {
		*console = true;
		tty = console_tty();
	}
	tty_kref_get(tty);
	return tty ?: ERR_PTR(-ENODEV);
}

static int tty_open(struct inode *inode, struct file *f)
{
	bool console;
	struct tty_struct *tty = find_tty(inode->i_rdev, &console);
	int err;

	if (IS_ERR(tty))
		return PTR_ERR(tty);
	stream_open(inode, f);
	err = tty_open_slave(tty, f, console);
	if (!err && !(f->f_flags & O_NOCTTY) && !console)
		tty_open_proc_set_tty(tty, f);
	tty_kref_put(tty);
	return err;
}

/* Nothing but its modes outlives a line's last close. tty_mutex held; there are no other users. */
static void forget_state(struct tty_struct *tty)
{
	struct pid *session;

	spin_lock(&tty->ctrl_lock);
	session = get_pid(tty->session);
	WRITE_ONCE(tty->stopped, false);
	tty->tco_stopped = false;
	spin_unlock(&tty->ctrl_lock);
	if (session) {
		session_clear_tty(session);
		tty_forget_session(tty, session);
		put_pid(session);
	}
	tty->exclusive = false;
	tty->winsize = (struct winsize){ };
	spin_lock(&tty->lock);
	n_tty_reset(tty);
	n_tty_set_termios(tty, NULL);
	tty->column = tty->canon_column = 0;
	spin_unlock(&tty->lock);
}

/* tty_mutex held: nobody has it open any more. */
static void last_close(struct tty_struct *tty)
{
	if (tty->ops->shutdown)
		tty->ops->shutdown(tty);
	flush_work(&tty->rx_work);
	if (!tty->is_pty)	/* which stays as it is for its master */
		forget_state(tty);
}

/** tty_release_slave - a file opened by tty_open_slave() is closed. Return: 0. */
static int tty_release_slave(struct tty_struct *tty)
{
	if (READ_ONCE(tty->count) == 1 && !tty->is_pty && tty_out_pending(tty))
		tty_wait_until_sent(tty, CLOSING_WAIT);
	mutex_lock(&tty_mutex);
	if (!--tty->count)
		last_close(tty);
	mutex_unlock(&tty_mutex);
	tty_kref_put(tty);
	return 0;
}

static int tty_release(struct inode *inode, struct file *f)
{
	struct tty_file *tf = tty_file(f);
	struct tty_struct *tty = tf->tty;

	kfree(tf);
	return tty_release_slave(tty);
}

/* ---- read, write, poll ---- */

/* Access times of terminals tell how long a user has been idle, not what was typed
 * when: eight seconds are exact enough, for that reason. */
static void update_time(ktime_t *t)
{
	ktime_t now = ktime_get_coarse_real();

	if (now - *t >= 8 * NSEC_PER_SEC || now < *t)
		*t = now - now % (8 * NSEC_PER_SEC);
}

static ssize_t tty_read(struct file *f, char __user *buf, size_t n, loff_t *pos)
{
	struct tty_file *tf = tty_file(f);
	ssize_t ret;

	if (tty_hung_up(tf))
		return 0;
	ret = n_tty_read(tf->tty, f, buf, n);
	if (ret > 0)
		update_time(&file_inode(f)->i_atime);
	return ret;
}

static ssize_t tty_write(struct file *f, const char __user *buf, size_t n, loff_t *pos)
{
	struct tty_file *tf = tty_file(f);
	ssize_t ret;

	if (tty_hung_up(tf))
		return -EIO;
	ret = n_tty_write(tf->tty, f, buf, n);
	if (ret > 0)
		update_time(&file_inode(f)->i_mtime);
	return ret;
}

static u32 tty_poll(struct file *f, poll_table *pt)
{
	struct tty_file *tf = tty_file(f);
	struct tty_struct *tty = tf->tty;
	u32 mask = 0;

	if (tty_hung_up(tf))
		return EPOLLIN | EPOLLOUT | EPOLLERR | EPOLLHUP | EPOLLRDNORM | EPOLLWRNORM;
	poll_wait(f, &tty->read_wait, pt);
	poll_wait(f, &tty->write_wait, pt);
	if (!n_tty_input_available(tty, true))
		n_tty_rx_work(&tty->rx_work);
	if (n_tty_input_available(tty, true))
		mask |= EPOLLIN | EPOLLRDNORM;
	if (tty_hung_up(tf) || READ_ONCE(tty->other_closed))
		mask |= EPOLLHUP;
	if (tty_out_pending(tty) <= TTY_OUT_WAKE)
		mask |= EPOLLOUT | EPOLLWRNORM;
	return mask;
}

const struct file_operations tty_fops = {
	.llseek = no_llseek,
	.read = tty_read,
	.write = tty_write,
	.poll = tty_poll,
	.unlocked_ioctl = tty_ioctl,
	.open = tty_open,
	.release = tty_release,
};

/** tty_init - from the boot table. The nodes of serial ports: serial.c. */
void tty_init(void)
{
	register_chrdev_region_ops(TTYAUX_MAJOR, 0, 1, "/dev/tty", &tty_fops);
	register_chrdev_region_ops(TTYAUX_MAJOR, 1, 1, "/dev/console", &tty_fops);
}

static int __init tty_nodes(void)
{
	devtmpfs_create_node("tty", 0666, MKDEV(TTYAUX_MAJOR, 0));
	devtmpfs_create_node("console", 0600, MKDEV(TTYAUX_MAJOR, 1));
	return 0;
}
device_initcall(tty_nodes);
