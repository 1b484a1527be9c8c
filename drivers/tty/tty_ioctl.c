// SPDX-License-Identifier: GPL-2.0-only
/* ioctl(2) of terminals: flow control, flushing, sizes, and what is left. */
#include "tty_private.h"
#include <kernel/cred.h>
#include <kernel/signal.h>
#include <arch/uaccess.h>
#include <lib/string.h>
#include <linux/tty.h>

/** tty_stop - hold output back (^S). Context: tty->lock may be held. */
void tty_stop(struct tty_struct *tty)
{
	spin_lock(&tty->ctrl_lock);
	if (!tty->stopped) {
		WRITE_ONCE(tty->stopped, true);
		if (tty->ops->flow)
			tty->ops->flow(tty, true);
	}
	spin_unlock(&tty->ctrl_lock);
}

/** tty_start - go on with output, unless TCOOFF has stopped it. */
void tty_start(struct tty_struct *tty)
{
	bool started = false;

	spin_lock(&tty->ctrl_lock);
	if (tty->stopped && !tty->tco_stopped) {
		WRITE_ONCE(tty->stopped, false);
		started = true;
		if (tty->ops->flow)
			tty->ops->flow(tty, false);
	}
	spin_unlock(&tty->ctrl_lock);
	if (started) {
		tty->ops->start_tx(tty);
		tty_wakeup(tty);
	}
}

static void set_tco(struct tty_struct *tty, bool stopped)
{
	spin_lock(&tty->ctrl_lock);
	tty->tco_stopped = stopped;
	spin_unlock(&tty->ctrl_lock);
	if (stopped)
		tty_stop(tty);
	else
		tty_start(tty);
}

static long tcxonc(struct tty_struct *tty, unsigned long arg)
{
	unsigned int which;
	long ret = tty_check_change(tty, SIGTTOU);

	if (ret)
		return ret;
	switch (arg) {
	case TCOOFF:
	case TCOON:
		set_tco(tty, arg == TCOOFF);
		return 0;
	case TCIOFF:
	case TCION:
		which = arg == TCIOFF ? VSTOP : VSTART;
		if (tty->termios.c_cc[which])
			tty_send_xchar(tty, tty->termios.c_cc[which]);
		return 0;
	default:
		return -EINVAL;
	}
}

static long tcflsh(struct tty_struct *tty, unsigned long arg)
{
	long ret = tty_check_change(tty, SIGTTOU);

	if (ret)
		return ret;
	if (arg != TCIFLUSH && arg != TCOFLUSH && arg != TCIOFLUSH)
		return -EINVAL;
	if (arg != TCOFLUSH)
		n_tty_flush_input(tty);
	if (arg != TCIFLUSH)
		tty_out_flush(tty);
	return 0;
}

/* TCSBRK, TCSBRKP: wait until all is sent. No device here can send a break. */
static long tcdrain(struct tty_struct *tty)
{
	long ret = tty_check_change(tty, SIGTTOU);

	if (ret)
		return ret;
	tty_wait_until_sent(tty, MAX_SCHEDULE_TIMEOUT);
	return signal_pending(current) ? -EINTR : 0;
}

/** tty_set_winsize - and tell the foreground group if it has changed. Return: 0. */
int tty_set_winsize(struct tty_struct *tty, const struct winsize *ws)
{
	bool changed;

	mutex_lock(&tty->termios_mutex);
	changed = memcmp(ws, &tty->winsize, sizeof(*ws));
	tty->winsize = *ws;
	mutex_unlock(&tty->termios_mutex);
	if (changed)
		tty_signal_pgrp(tty, SIGWINCH);
	return 0;
}

static long get_winsize(struct tty_struct *tty, struct winsize __user *p)
{
	struct winsize ws;

	mutex_lock(&tty->termios_mutex);
	ws = tty->winsize;
	mutex_unlock(&tty->termios_mutex);
	return copy_to_user(p, &ws, sizeof(ws)) ? -EFAULT : 0;
}

static long set_winsize(struct tty_struct *tty, struct winsize __user *p)
{
	struct winsize ws;

	return copy_from_user(&ws, p, sizeof(ws)) ? -EFAULT : tty_set_winsize(tty, &ws);
}

static long simulate_input(struct tty_struct *tty, char __user *p)
{
	char c;

	if (!capable(CAP_SYS_ADMIN))
		return -EIO;
	if (get_user(c, p))
		return -EFAULT;
	tty_in_push(tty, (u8 *)&c, 1);
	return 0;
}

static long set_ldisc(int __user *p)
{
	int ldisc;

	if (get_user(ldisc, p))
		return -EFAULT;
	return ldisc == N_TTY ? 0 : -EINVAL;
}

static long exclusive(struct tty_struct *tty, bool on)
{
	mutex_lock(&tty_mutex);
	tty->exclusive = on;
	mutex_unlock(&tty_mutex);
	return 0;
}

static unsigned int new_encode_dev32(dev_t dev)
{
	unsigned int minor = MINOR(dev);

	return (minor & 0xff) | MAJOR(dev) << 8 | (minor & ~0xffU) << 12;
}

static long vhangup_ioctl(struct tty_struct *tty)
{
	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	tty_hangup_files(tty, false);
	return 0;
}

static long misc_ioctl(struct tty_struct *tty, unsigned int cmd, unsigned long arg)
{
	void __user *p = (void __user *)arg;
	int __user *ip = p;

	switch (cmd) {
	case TCXONC:
		return tcxonc(tty, arg);
	case TCFLSH:
		return tcflsh(tty, arg);
	case TCSBRK:
	case TCSBRKP:
		return tcdrain(tty);
	case TIOCSBRK:
	case TIOCCBRK:
		return 0;
	case TIOCGWINSZ:
		return get_winsize(tty, p);
	case TIOCSWINSZ:
		return set_winsize(tty, p);
	case TIOCINQ:
		return put_user((int)n_tty_chars_in_buffer(tty), ip);
	case TIOCOUTQ:
		return put_user((int)tty_out_pending(tty), ip);
	case TIOCSTI:
		return simulate_input(tty, p);
	case TIOCGETD:
		return put_user(N_TTY, ip);
	case TIOCSETD:
		return set_ldisc(p);
	case TIOCEXCL:
		return exclusive(tty, true);
	case TIOCNXCL:
		return exclusive(tty, false);
	case TIOCGEXCL:
		return put_user(tty->exclusive ? 1 : 0, ip);
	case TIOCVHANGUP:
		return vhangup_ioctl(tty);
	case TIOCGDEV:
		return put_user(new_encode_dev32(tty->devt), (unsigned int __user *)p);
	default:
		return -ENOTTY;
	}
}

/** tty_ioctl - of an open terminal, or of the master of one. */
long tty_ioctl(struct file *f, unsigned int cmd, unsigned long arg)
{
	struct tty_file *tf = tty_file(f);
	struct tty_struct *tty = tf->tty;
	long ret;

	if (tty_hung_up(tf))
		return cmd == TIOCSPGRP ? -ENOTTY : -EIO;
	ret = tty_jobctrl_ioctl(tty, tf, f, cmd, arg);
	if (ret == -ENOIOCTLCMD)
		ret = tty_termios_ioctl(tty, tf, cmd, arg);
	if (ret == -ENOIOCTLCMD)
		ret = misc_ioctl(tty, cmd, arg);
	return ret;
}
