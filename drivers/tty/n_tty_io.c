// SPDX-License-Identifier: GPL-2.0-only
/*
 * The line discipline's two ends towards programs: read(2) and write(2), with
 * canonical lines, VMIN and VTIME, and job control of background processes.
 */
#include "tty_private.h"
#include <kernel/signal.h>
#include <kernel/timer.h>
#include <arch/uaccess.h>

#define READ_CHUNK	256
#define WRITE_CHUNK	512
#define DECISECOND	(NSEC_PER_SEC / 10)

/* ---- read ---- */

static bool line_ends_at(const struct tty_struct *tty, size_t pos)
{
	size_t at = pos % N_TTY_SIZE;

	return tty->read_flags[at / 64] >> (at % 64) & 1;
}

static void clear_line_end(struct tty_struct *tty, size_t pos)
{
	size_t at = pos % N_TTY_SIZE;

	tty->read_flags[at / 64] &= ~(1UL << (at % 64));
}

/*
 * Take up to @n bytes of the first line. *@ended: its end was reached (and, if that
 * is an end of file, swallowed). tty->lock held.
 */
static size_t take_line(struct tty_struct *tty, u8 *buf, size_t n, bool *ended)
{
	size_t got = 0, pos = tty->read_tail;

	*ended = false;
	while (got < n && pos != tty->canon_head && !*ended) {
		u8 c = tty->read_buf[pos % N_TTY_SIZE];

		*ended = line_ends_at(tty, pos);
		if (*ended)
			clear_line_end(tty, pos);
		if (!*ended || c || tty->push)
			buf[got++] = c;
		pos++;
	}
	if (*ended)
		tty->push = false;
	WRITE_ONCE(tty->read_tail, pos);
	return got;
}

/* The read has taken all it asked for; an end of file right behind is part of it. */
static void skip_eof(struct tty_struct *tty)
{
	size_t pos = tty->read_tail;

	if (pos == tty->canon_head || !line_ends_at(tty, pos) || tty->read_buf[pos % N_TTY_SIZE] ||
	    tty->push)
		return;
	clear_line_end(tty, pos);
	WRITE_ONCE(tty->read_tail, pos + 1);
}

static size_t take_raw(struct tty_struct *tty, u8 *buf, size_t n)
{
	size_t pos = tty->read_tail;

	n = min(n, tty->read_head - pos);
	for (size_t i = 0; i < n; i++)
		buf[i] = tty->read_buf[pos++ % N_TTY_SIZE];
	WRITE_ONCE(tty->read_tail, pos);
	tty->canon_head = pos;
	return n;
}

/*
 * Copy what is there to @ubuf. *@ended: a line's end was met, so the read is over.
 * Return: bytes, or -EFAULT.
 */
static ssize_t copy_available(struct tty_struct *tty, char __user *ubuf, size_t n, bool *ended)
{
	u8 buf[READ_CHUNK] __attribute__((uninitialized));
	size_t done = 0, got;

	do {
		size_t want = min_t(size_t, n - done, READ_CHUNK);

		*ended = false;
		spin_lock(&tty->lock);
		if (tty->icanon) {
			got = take_line(tty, buf, want, ended);
			if (!*ended && got && done + got == n)
				skip_eof(tty);
		} else {
			got = take_raw(tty, buf, want);
		}
		spin_unlock(&tty->lock);
		if (copy_to_user(ubuf + done, buf, got))
			return -EFAULT;
		done += got;
	} while (got && !*ended && done < n);
	/* room again: let in what waits outside */
	if (READ_ONCE(tty->in_head) != READ_ONCE(tty->in_tail))
		schedule_work(&tty->rx_work);
	return done;
}

static bool read_over(const struct tty_struct *tty, const struct tty_file *tf)
{
	return tty_hung_up(tf) || READ_ONCE(tty->other_closed);
}

/*
 * Wait for input for at most *@timeout_ns. Return: 0 there is some, or the wait was
 * ended by a change of mode (look again); 1 the end: time is up, hung up; -errno.
 */
static int wait_for_input(struct tty_struct *tty, struct file *f, long *timeout_ns)
{
	struct tty_file *tf = tty_file(f);
	bool canon = READ_ONCE(tty->icanon);
	long left;

	n_tty_rx_work(&tty->rx_work);
	if (n_tty_input_available(tty, false))
		return 0;
	if (tty_hung_up(tf))
		return 1;
	if (READ_ONCE(tty->other_closed))
		return -EIO;
	if (!*timeout_ns)
		return 1;
	if (f->f_flags & O_NONBLOCK)
		return -EAGAIN;
	left = wait_event_interruptible_timeout(tty->read_wait,
						n_tty_input_available(tty, false) || read_over(tty, tf) ||
						READ_ONCE(tty->icanon) != canon, *timeout_ns);
	if (left < 0)
		return left;
	*timeout_ns = left;
	return 0;
}

static ssize_t read_locked(struct tty_struct *tty, struct file *f, char __user *buf, size_t n)
{
	long timeout_ns = MAX_SCHEDULE_TIMEOUT, between_ns = 0;
	size_t done = 0, min_chars = 1;
	bool ended;
	ssize_t ret;

	if (!tty->icanon) {
		min_chars = tty->termios.c_cc[VMIN];
		if (min_chars)
			between_ns = tty->termios.c_cc[VTIME] * DECISECOND;
		else
			timeout_ns = tty->termios.c_cc[VTIME] * DECISECOND;
		min_chars = max_t(size_t, min_chars, 1);
	}
	while (done < n) {
		if (!n_tty_input_available(tty, false)) {
			ret = wait_for_input(tty, f, &timeout_ns);
			if (ret)
				return done ? done : min_t(ssize_t, ret, 0);
			if (!n_tty_input_available(tty, false))
				continue;
		}
		ret = copy_available(tty, buf + done, n - done, &ended);
		if (ret < 0)
			return ret;
		done += ret;
		if (ended || done >= min_chars)
			break;
		if (between_ns)
			timeout_ns = between_ns;
	}
	return done;
}

/** n_tty_read - read(2). Return: bytes, 0: end of file or hung up, -errno. */
ssize_t n_tty_read(struct tty_struct *tty, struct file *f, char __user *buf, size_t n)
{
	ssize_t ret;

	if (!tty_file(f)->console && current->signal->tty == tty) {
		ret = tty_check_change(tty, SIGTTIN);
		if (ret)
			return ret;
	}
	if (f->f_flags & O_NONBLOCK) {
		if (!mutex_trylock(&tty->read_mutex))
			return -EAGAIN;
	} else if (mutex_lock_interruptible(&tty->read_mutex)) {
		return -ERESTARTSYS;
	}
	ret = read_locked(tty, f, buf, n);
	mutex_unlock(&tty->read_mutex);
	return ret;
}

/* ---- write ---- */

static bool write_over(const struct tty_struct *tty, const struct tty_file *tf)
{
	return tty_hung_up(tf) || READ_ONCE(tty->other_closed);
}

/* Send @n bytes. Return: how many went; *@err says why not all. */
static size_t write_chunk(struct tty_struct *tty, struct file *f, const u8 *buf, size_t n, int *err)
{
	struct tty_file *tf = tty_file(f);
	size_t done = 0, put;

	for (;;) {
		*err = write_over(tty, tf) ? -EIO : 0;
		if (*err)
			return done;
		spin_lock(&tty->lock);
		put = n_tty_opost(tty, buf + done, n - done, TTY_OUT_LIMIT);
		spin_unlock(&tty->lock);
		if (put || tty_out_pending(tty))
			tty->ops->start_tx(tty);
		done += put;
		if (done == n)
			return done;
		*err = -EAGAIN;
		if (f->f_flags & O_NONBLOCK)
			return done;
		*err = wait_event_interruptible(tty->write_wait,
						tty_out_pending(tty) <= TTY_OUT_WAKE || write_over(tty, tf));
		if (*err)
			return done;
	}
}

/*
 * A signal ends a write that would wait, or goes on for long; what fits goes out first:
 * a shell whose child reports while it echoes a key must not lose the key.
 */
static ssize_t write_locked(struct tty_struct *tty, struct file *f, const char __user *ubuf, size_t n)
{
	u8 buf[WRITE_CHUNK] __attribute__((uninitialized));
	size_t done = 0, len;
	int err = 0;

	while (done < n && !err) {
		if (done && signal_pending(current))
			break;
		len = min_t(size_t, n - done, WRITE_CHUNK);
		if (copy_from_user(buf, ubuf + done, len)) {
			err = -EFAULT;
			break;
		}
		done += write_chunk(tty, f, buf, len, &err);
		cond_resched();
	}
	return done ? done : err;
}

/** n_tty_write - write(2). Return: bytes or -errno. */
ssize_t n_tty_write(struct tty_struct *tty, struct file *f, const char __user *buf, size_t n)
{
	ssize_t ret;

	if (L_FLAG(tty, TOSTOP) && !tty_file(f)->console) {
		ret = tty_check_change(tty, SIGTTOU);
		if (ret)
			return ret;
	}
	if (f->f_flags & O_NONBLOCK) {
		if (!mutex_trylock(&tty->write_mutex))
			return -EAGAIN;
	} else if (mutex_lock_interruptible(&tty->write_mutex)) {
		return -ERESTARTSYS;
	}
	ret = write_locked(tty, f, buf, n);
	mutex_unlock(&tty->write_mutex);
	return ret;
}
