// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading and changing the modes of a terminal: TCGETS, TCSETS and their older and
 * newer forms. The kernel's own form has the speeds as numbers, like termios2.
 */
#include "tty_private.h"
#include <kernel/cred.h>
#include <kernel/signal.h>
#include <arch/uaccess.h>
#include <lib/string.h>

#define WAIT	1
#define FLUSH	2

const struct ktermios tty_std_termios = {
	.c_iflag = ICRNL | IXON,
	.c_oflag = OPOST | ONLCR,
	.c_cflag = B38400 | CS8 | CREAD | HUPCL,
	.c_lflag = ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN,
	.c_cc = {
		[VINTR] = 'C' - 64, [VQUIT] = '\\' - 64, [VERASE] = 0x7f, [VKILL] = 'U' - 64,
		[VEOF] = 'D' - 64, [VMIN] = 1, [VSTART] = 'Q' - 64, [VSTOP] = 'S' - 64,
		[VSUSP] = 'Z' - 64, [VREPRINT] = 'R' - 64, [VDISCARD] = 'O' - 64,
		[VWERASE] = 'W' - 64, [VLNEXT] = 'V' - 64,
	},
	.c_ispeed = 38400,
	.c_ospeed = 38400,
};

static const struct { unsigned int code, baud; } speeds[] = {
	{ B0, 0 }, { B50, 50 }, { B75, 75 }, { B110, 110 }, { B134, 134 }, { B150, 150 },
	{ B200, 200 }, { B300, 300 }, { B600, 600 }, { B1200, 1200 }, { B1800, 1800 },
	{ B2400, 2400 }, { B4800, 4800 }, { B9600, 9600 }, { B19200, 19200 }, { B38400, 38400 },
	{ B57600, 57600 }, { B115200, 115200 }, { B230400, 230400 }, { B460800, 460800 },
	{ B500000, 500000 }, { B576000, 576000 }, { B921600, 921600 }, { B1000000, 1000000 },
	{ B1152000, 1152000 }, { B1500000, 1500000 }, { B2000000, 2000000 }, { B2500000, 2500000 },
	{ B3000000, 3000000 }, { B3500000, 3500000 }, { B4000000, 4000000 },
};

static unsigned int baud_of(unsigned int code, unsigned int other)
{
	if (code == BOTHER)
		return other;
	for (size_t i = 0; i < ARRAY_SIZE(speeds); i++)
		if (speeds[i].code == code)
			return speeds[i].baud;
	return 0;
}

/** tty_baud_rate - bits per second out; 0: hang up. */
unsigned int tty_baud_rate(const struct ktermios *t)
{
	return baud_of(t->c_cflag & CBAUD, t->c_ospeed);
}

static unsigned int input_baud_rate(const struct ktermios *t)
{
	unsigned int code = (t->c_cflag >> IBSHIFT) & CBAUD;

	return code == B0 ? tty_baud_rate(t) : baud_of(code, t->c_ispeed);
}

static tcflag_t keep(tcflag_t new, tcflag_t old, tcflag_t locked)
{
	return (new & ~locked) | (old & locked);
}

/* What is locked stays as it is, and nobody is told. */
static void keep_locked(struct ktermios *new, const struct ktermios *old, const struct termios *locked)
{
	new->c_iflag = keep(new->c_iflag, old->c_iflag, locked->c_iflag);
	new->c_oflag = keep(new->c_oflag, old->c_oflag, locked->c_oflag);
	new->c_cflag = keep(new->c_cflag, old->c_cflag, locked->c_cflag);
	new->c_lflag = keep(new->c_lflag, old->c_lflag, locked->c_lflag);
	if (locked->c_line)
		new->c_line = old->c_line;
	for (size_t i = 0; i < NCCS; i++)
		if (locked->c_cc[i])
			new->c_cc[i] = old->c_cc[i];
}

static void apply(struct tty_struct *tty, struct ktermios *new)
{
	struct ktermios old;

	mutex_lock(&tty->termios_mutex);
	old = tty->termios;
	keep_locked(new, &old, &tty->locked);
	if (tty->is_pty)
		new->c_cflag = (new->c_cflag & ~(CSIZE | PARENB)) | CS8 | CREAD;
	spin_lock(&tty->lock);
	tty->termios = *new;
	n_tty_set_termios(tty, &old);
	spin_unlock(&tty->lock);
	if (tty->ops->set_termios && (old.c_cflag != new->c_cflag || old.c_ospeed != new->c_ospeed))
		tty->ops->set_termios(tty);
	mutex_unlock(&tty->termios_mutex);
	if (old.c_iflag & IXON && !(new->c_iflag & IXON) && !tty->tco_stopped)
		tty_start(tty);
}

static long set_termios(struct tty_struct *tty, struct ktermios *new, unsigned int how)
{
	long ret = tty_check_change(tty, SIGTTOU);

	if (ret)
		return ret;
	new->c_ispeed = input_baud_rate(new);
	new->c_ospeed = tty_baud_rate(new);
	if (how & FLUSH)
		n_tty_flush_input(tty);
	if (how & WAIT) {
		tty_wait_until_sent(tty, MAX_SCHEDULE_TIMEOUT);
		if (signal_pending(current))
			return -ERESTARTSYS;
	}
	apply(tty, new);
	return 0;
}

static struct ktermios get_termios(struct tty_struct *tty)
{
	struct ktermios t;

	mutex_lock(&tty->termios_mutex);
	t = tty->termios;
	mutex_unlock(&tty->termios_mutex);
	return t;
}

/* struct termios is how ktermios begins; termios2 is the whole */
static_assert(sizeof(struct termios2) == sizeof(struct ktermios), "termios2");
static_assert(offsetof(struct termios, c_cc) == offsetof(struct ktermios, c_cc), "termios");

static long get_user_termios(struct tty_struct *tty, void __user *p, size_t size)
{
	struct ktermios t = get_termios(tty);

	return copy_to_user(p, &t, size) ? -EFAULT : 0;
}

static long set_user_termios(struct tty_struct *tty, void __user *p, size_t size, unsigned int how)
{
	struct ktermios t = get_termios(tty);

	if (copy_from_user(&t, p, size))
		return -EFAULT;
	return set_termios(tty, &t, how);
}

/* struct termio: flags of 16 bits, 8 control characters */
static long get_user_termio(struct tty_struct *tty, struct termio __user *p)
{
	struct ktermios t = get_termios(tty);
	struct termio o = {
		.c_iflag = t.c_iflag, .c_oflag = t.c_oflag,
		.c_cflag = t.c_cflag, .c_lflag = t.c_lflag, .c_line = t.c_line,
	};

	memcpy(o.c_cc, t.c_cc, NCC);
	return copy_to_user(p, &o, sizeof(o)) ? -EFAULT : 0;
}

static long set_user_termio(struct tty_struct *tty, struct termio __user *p, unsigned int how)
{
	struct ktermios t = get_termios(tty);
	struct termio o;

	if (copy_from_user(&o, p, sizeof(o)))
		return -EFAULT;
	t.c_iflag = (t.c_iflag & ~0xffffU) | o.c_iflag;
	t.c_oflag = (t.c_oflag & ~0xffffU) | o.c_oflag;
	t.c_cflag = (t.c_cflag & ~0xffffU) | o.c_cflag;
	t.c_lflag = (t.c_lflag & ~0xffffU) | o.c_lflag;
	t.c_line = o.c_line;
	memcpy(t.c_cc, o.c_cc, NCC);
	return set_termios(tty, &t, how);
}

static long get_locked(struct tty_struct *tty, void __user *p)
{
	struct termios t;

	mutex_lock(&tty->termios_mutex);
	t = tty->locked;
	mutex_unlock(&tty->termios_mutex);
	return copy_to_user(p, &t, sizeof(t)) ? -EFAULT : 0;
}

static long set_locked(struct tty_struct *tty, const void __user *p)
{
	struct termios t;

	if (!capable(CAP_SYS_ADMIN) && !capable(CAP_CHECKPOINT_RESTORE))
		return -EPERM;
	if (copy_from_user(&t, p, sizeof(t)))
		return -EFAULT;
	mutex_lock(&tty->termios_mutex);
	tty->locked = t;
	mutex_unlock(&tty->termios_mutex);
	return 0;
}

static long set_softcar(struct tty_struct *tty, int on)
{
	struct ktermios t = get_termios(tty);

	t.c_cflag = (t.c_cflag & ~CLOCAL) | (on ? CLOCAL : 0);
	apply(tty, &t);
	return 0;
}

/** tty_termios_ioctl - Return: -ENOIOCTLCMD: not one of these. */
long tty_termios_ioctl(struct tty_struct *tty, struct tty_file *tf, unsigned int cmd, unsigned long arg)
{
	void __user *p = (void __user *)arg;
	int on;

	switch (cmd) {
	case TCGETS:
		return get_user_termios(tty, p, sizeof(struct termios));
	case TCSETS:
		return set_user_termios(tty, p, sizeof(struct termios), 0);
	case TCSETSW:
		return set_user_termios(tty, p, sizeof(struct termios), WAIT);
	case TCSETSF:
		return set_user_termios(tty, p, sizeof(struct termios), WAIT | FLUSH);
	case TCGETS2:
		return get_user_termios(tty, p, sizeof(struct termios2));
	case TCSETS2:
		return set_user_termios(tty, p, sizeof(struct termios2), 0);
	case TCSETSW2:
		return set_user_termios(tty, p, sizeof(struct termios2), WAIT);
	case TCSETSF2:
		return set_user_termios(tty, p, sizeof(struct termios2), WAIT | FLUSH);
	case TCGETA:
		return get_user_termio(tty, p);
	case TCSETA:
		return set_user_termio(tty, p, 0);
	case TCSETAW:
		return set_user_termio(tty, p, WAIT);
	case TCSETAF:
		return set_user_termio(tty, p, WAIT | FLUSH);
	case TIOCGLCKTRMIOS:
		return get_locked(tty, p);
	case TIOCSLCKTRMIOS:
		return set_locked(tty, p);
	case TIOCGSOFTCAR:
		return put_user(C_FLAG(tty, CLOCAL) ? 1 : 0, (int __user *)p);
	case TIOCSSOFTCAR:
		return get_user(on, (int __user *)p) ? -EFAULT : set_softcar(tty, on);
	default:
		return -ENOIOCTLCMD;
	}
}
