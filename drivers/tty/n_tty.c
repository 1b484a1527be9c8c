// SPDX-License-Identifier: GPL-2.0-only
/*
 * The line discipline's input: from bytes received to lines (or plain bytes) that
 * read(2) can have. Special characters, signals, flow control, editing.
 *
 * It runs in the terminal's work item, or in a reader that cannot wait for it;
 * tty->lock keeps the bytes in order. When read_buf is full the bytes stay in the
 * in ring, which then holds the sender back: nothing is lost while a reader is
 * slow. Only a canonical line longer than read_buf loses its end, as POSIX has it.
 */
#include "tty_private.h"
#include <fs/poll.h>
#include <kernel/printk.h>
#include <kernel/signal.h>
#include <lib/ctype.h>
#include <lib/string.h>

#define RX_CHUNK	64
#define ECHO_ROOM	512	/* the most that an ordinary byte's echo may take, with much to spare */

static void set_map(struct tty_struct *tty, u8 c)
{
	tty->char_map[c / 64] |= 1UL << (c % 64);
}

static bool in_map(const struct tty_struct *tty, u8 c)
{
	return tty->char_map[c / 64] >> (c % 64) & 1;
}

static void build_char_map(struct tty_struct *tty)
{
	static const u8 canon_cc[] = { VERASE, VKILL, VEOF, VEOL, VEOL2, VWERASE, VREPRINT, VLNEXT };
	const u8 *cc = tty->termios.c_cc;

	memset(tty->char_map, 0, sizeof(tty->char_map));
	if (I_FLAG(tty, IGNCR | ICRNL))
		set_map(tty, '\r');
	if (I_FLAG(tty, INLCR))
		set_map(tty, '\n');
	if (tty->icanon) {
		set_map(tty, '\n');
		for (size_t i = 0; i < ARRAY_SIZE(canon_cc); i++)
			set_map(tty, cc[canon_cc[i]]);
	}
	if (I_FLAG(tty, IXON)) {
		set_map(tty, cc[VSTART]);
		set_map(tty, cc[VSTOP]);
	}
	if (L_FLAG(tty, ISIG)) {
		set_map(tty, cc[VINTR]);
		set_map(tty, cc[VQUIT]);
		set_map(tty, cc[VSUSP]);
	}
	tty->char_map[0] &= ~1UL;	/* '\0' as a control character: there is none */
}

/** n_tty_reset - forget what has been typed. tty->lock held. */
void n_tty_reset(struct tty_struct *tty)
{
	tty->read_head = tty->canon_head = tty->read_tail = 0;
	memset(tty->read_flags, 0, sizeof(tty->read_flags));
	tty->lnext = tty->erasing = tty->push = false;
}

void n_tty_flush_input(struct tty_struct *tty)
{
	tty_in_flush(tty);
	spin_lock(&tty->lock);
	n_tty_reset(tty);
	spin_unlock(&tty->lock);
}

/**
 * n_tty_set_termios - tty->termios has changed; @old: what it was, NULL at first.
 * What has been typed in one mode stays readable in the other: on the way to
 * canonical mode it counts as a line. Context: tty->lock held.
 */
void n_tty_set_termios(struct tty_struct *tty, const struct ktermios *old)
{
	size_t pending = tty->read_head - tty->read_tail;

	tty->icanon = L_FLAG(tty, ICANON) && !L_FLAG(tty, EXTPROC);
	build_char_map(tty);
	if (!old || (old->c_lflag ^ tty->termios.c_lflag) & (ICANON | EXTPROC)) {
		memset(tty->read_flags, 0, sizeof(tty->read_flags));
		tty->canon_head = tty->read_tail;
		tty->push = false;
		if (tty->icanon && pending) {
			size_t last = (tty->read_head - 1) % N_TTY_SIZE;

			tty->read_flags[last / 64] |= 1UL << (last % 64);
			tty->canon_head = tty->read_head;
			tty->push = true;
		}
		tty->lnext = tty->erasing = false;
	}
	wake_up_poll(&tty->read_wait, EPOLLIN | EPOLLRDNORM);
}

/** n_tty_input_available - can read(2) (or, if @poll, as much as VMIN) be had at once? */
bool n_tty_input_available(struct tty_struct *tty, bool poll)
{
	size_t want = 1;

	if (READ_ONCE(tty->icanon))
		return READ_ONCE(tty->canon_head) != READ_ONCE(tty->read_tail);
	if (poll && !tty->termios.c_cc[VTIME] && tty->termios.c_cc[VMIN])
		want = tty->termios.c_cc[VMIN];
	return READ_ONCE(tty->read_head) - READ_ONCE(tty->read_tail) >= want;
}

/** n_tty_chars_in_buffer - FIONREAD: ends of file are no bytes. */
size_t n_tty_chars_in_buffer(struct tty_struct *tty)
{
	size_t n;

	n_tty_rx_work(&tty->rx_work);
	spin_lock(&tty->lock);
	n = (tty->icanon ? tty->canon_head : tty->read_head) - tty->read_tail;
	for (size_t pos = tty->read_tail; tty->icanon && pos != tty->canon_head; pos++) {
		size_t at = pos % N_TTY_SIZE;

		if (tty->read_flags[at / 64] >> (at % 64) & 1 && !tty->read_buf[at])
			n--;
	}
	spin_unlock(&tty->lock);
	return n;
}

/* ---- bytes ---- */

static void put(struct tty_struct *tty, u8 c)
{
	if (tty->read_head - tty->read_tail < N_TTY_SIZE)
		tty->read_buf[tty->read_head++ % N_TTY_SIZE] = c;
}

/* PARMRK: a byte 0xff is doubled, to tell it from the mark of an error */
static void put_marked(struct tty_struct *tty, u8 c)
{
	if (c == 0xff && I_FLAG(tty, PARMRK))
		put(tty, c);
	put(tty, c);
}

static void end_line(struct tty_struct *tty, u8 c)
{
	size_t at = tty->read_head % N_TTY_SIZE;

	if (tty->read_head - tty->read_tail == N_TTY_SIZE)
		return;
	put(tty, c);
	tty->read_flags[at / 64] |= 1UL << (at % 64);
	WRITE_ONCE(tty->canon_head, tty->read_head);
}

static void echo(struct tty_struct *tty, u8 c)
{
	if (!L_FLAG(tty, ECHO))
		return;
	n_tty_finish_erasing(tty);
	if (tty->canon_head == tty->read_head)
		tty->canon_column = tty->column;
	if (c == '\n')
		n_tty_echo_raw(tty, c);
	else
		n_tty_echo_char(tty, c);
}

static void ordinary(struct tty_struct *tty, u8 c)
{
	echo(tty, c);
	put_marked(tty, c);
}

/* A key that means a signal: what was typed before is void, unless NOFLSH. */
static void signal_char(struct tty_struct *tty, int sig, u8 c)
{
	tty_signal_pgrp(tty, sig);
	if (!L_FLAG(tty, NOFLSH)) {
		tty_out_flush(tty);
		n_tty_reset(tty);
	}
	if (I_FLAG(tty, IXON))
		tty_start(tty);
	if (c && L_FLAG(tty, ECHO))
		n_tty_echo_char(tty, c);
}

static void reprint(struct tty_struct *tty, u8 c)
{
	n_tty_finish_erasing(tty);
	n_tty_echo_char(tty, c);
	n_tty_echo_raw(tty, '\n');
	for (size_t pos = tty->canon_head; pos != tty->read_head; pos++)
		n_tty_echo_char(tty, tty->read_buf[pos % N_TTY_SIZE]);
}

/* Return: was @c one of the keys that edit the line? */
static bool edit_char(struct tty_struct *tty, u8 c)
{
	bool ext = L_FLAG(tty, IEXTEN);

	if (tty_is_cc(tty, c, VERASE) || tty_is_cc(tty, c, VKILL) ||
	    (ext && tty_is_cc(tty, c, VWERASE))) {
		n_tty_erase(tty, c);
	} else if (ext && tty_is_cc(tty, c, VLNEXT)) {
		tty->lnext = true;
		if (L_FLAG(tty, ECHO) && L_FLAG(tty, ECHOCTL)) {
			n_tty_finish_erasing(tty);
			n_tty_opost(tty, (const u8 *)"^\b", 2, TTY_OUT_SIZE);
		}
	} else if (ext && L_FLAG(tty, ECHO) && tty_is_cc(tty, c, VREPRINT)) {
		reprint(tty, c);
	} else {
		return false;
	}
	return true;
}

/* Return: did @c end the line? */
static bool line_end_char(struct tty_struct *tty, u8 c)
{
	if (c == '\n') {
		if (L_FLAG(tty, ECHO | ECHONL)) {
			n_tty_finish_erasing(tty);
			n_tty_echo_raw(tty, '\n');
		}
	} else if (tty_is_cc(tty, c, VEOF)) {
		c = '\0';
	} else if (tty_is_cc(tty, c, VEOL) || (L_FLAG(tty, IEXTEN) && tty_is_cc(tty, c, VEOL2))) {
		echo(tty, c);
		if (c == 0xff && I_FLAG(tty, PARMRK))
			put(tty, c);
	} else {
		return false;
	}
	end_line(tty, c);
	return true;
}

static bool flow_char(struct tty_struct *tty, u8 c)
{
	if (!I_FLAG(tty, IXON))
		return false;
	if (tty_is_cc(tty, c, VSTART)) {
		tty_start(tty);
		return true;
	}
	if (tty_is_cc(tty, c, VSTOP)) {
		tty_stop(tty);
		return true;
	}
	return false;
}

static bool isig_char(struct tty_struct *tty, u8 c)
{
	int sig = 0;

	if (!L_FLAG(tty, ISIG))
		return false;
	if (tty_is_cc(tty, c, VINTR))
		sig = SIGINT;
	else if (tty_is_cc(tty, c, VQUIT))
		sig = SIGQUIT;
	else if (tty_is_cc(tty, c, VSUSP))
		sig = SIGTSTP;
	if (sig)
		signal_char(tty, sig, c);
	return sig;
}

/* a byte that char_map marks */
static void special(struct tty_struct *tty, u8 c)
{
	if (flow_char(tty, c) || isig_char(tty, c))
		return;
	if (tty->stopped && !tty->tco_stopped && I_FLAG(tty, IXON) && I_FLAG(tty, IXANY))
		tty_start(tty);
	if (c == '\r') {
		if (I_FLAG(tty, IGNCR))
			return;
		if (I_FLAG(tty, ICRNL))
			c = '\n';
	} else if (c == '\n' && I_FLAG(tty, INLCR)) {
		c = '\r';
	}
	if (tty->icanon && (edit_char(tty, c) || line_end_char(tty, c)))
		return;
	ordinary(tty, c);
}

static void receive_break(struct tty_struct *tty)
{
	if (I_FLAG(tty, IGNBRK))
		return;
	if (I_FLAG(tty, BRKINT)) {
		signal_char(tty, SIGINT, 0);
		return;
	}
	if (I_FLAG(tty, PARMRK)) {
		put(tty, 0xff);
		put(tty, 0);
	}
	put(tty, 0);
}

static void receive(struct tty_struct *tty, u16 rx)
{
	u8 c = rx;

	if (rx == TTY_RX_BREAK) {
		receive_break(tty);
		return;
	}
	if (I_FLAG(tty, ISTRIP))
		c &= 0x7f;
	if (I_FLAG(tty, IUCLC) && L_FLAG(tty, IEXTEN))
		c = tolower(c);
	if (L_FLAG(tty, EXTPROC)) {
		put(tty, c);
	} else if (tty->lnext) {
		tty->lnext = false;
		ordinary(tty, c);
	} else if (in_map(tty, c)) {
		special(tty, c);
	} else {
		if (tty->stopped && !tty->tco_stopped && I_FLAG(tty, IXON) && I_FLAG(tty, IXANY))
			tty_start(tty);
		ordinary(tty, c);
	}
}

/* How many bytes can be dealt with now, whatever they are. */
static size_t receive_room(struct tty_struct *tty)
{
	size_t room = N_TTY_SIZE - (tty->read_head - tty->read_tail);

	if (tty->ops->wait_for_echo && !tty->stopped && L_FLAG(tty, ECHO) &&
	    tty_out_pending(tty) > TTY_OUT_SIZE - ECHO_ROOM)
		return 0;
	if (I_FLAG(tty, PARMRK))
		room /= 3;
	if (!room && tty->icanon && tty->canon_head == tty->read_tail) {
		/* too long for a line: its last byte gives way, so that its end has room */
		tty->read_head--;
		room = 1;
	}
	return room;
}

/** n_tty_rx_work - deal with what has been received, as far as there is room. */
void n_tty_rx_work(struct work_struct *w)
{
	struct tty_struct *tty = container_of(w, struct tty_struct, rx_work);
	u16 buf[RX_CHUNK];
	size_t n, pending;

	do {
		spin_lock(&tty->lock);
		n = tty_in_get(tty, buf, min_t(size_t, receive_room(tty), RX_CHUNK));
		for (size_t i = 0; i < n; i++)
			receive(tty, buf[i]);
		if (CONFIG_DEBUG)
			n_tty_validate(tty);
		pending = tty_out_pending(tty);
		spin_unlock(&tty->lock);
		if (n && n_tty_input_available(tty, false))
			wake_up_poll(&tty->read_wait, EPOLLIN | EPOLLRDNORM);
		if (n && pending)
			tty->ops->start_tx(tty);
	} while (n);
}

/** n_tty_validate - I1, I2 and I4 of tty_private.h. Context: tty->lock held. */
void n_tty_validate(struct tty_struct *tty)
{
	BUG_ON(tty->read_head - tty->read_tail > N_TTY_SIZE);
	BUG_ON(tty_out_pending(tty) > TTY_OUT_SIZE);
	if (!tty->icanon)
		return;
	BUG_ON(tty->canon_head - tty->read_tail > tty->read_head - tty->read_tail);
	for (size_t pos = tty->canon_head; pos != tty->read_tail + N_TTY_SIZE; pos++) {
		size_t at = pos % N_TTY_SIZE;

		BUG_ON(tty->read_flags[at / 64] >> (at % 64) & 1);
	}
}
