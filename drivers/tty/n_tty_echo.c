// SPDX-License-Identifier: GPL-2.0-only
/*
 * The line discipline's output: OPOST processing for write(2), echoes of what is
 * typed, and rubbing out on the screen. All: tty->lock held.
 *
 * Echoes use the part of the out ring that write(2) leaves free. Where there is no
 * room even so, they are dropped (only a stopped or unread terminal gets there).
 */
#include "tty_private.h"
#include <lib/ctype.h>
#include <lib/string.h>

static bool is_continuation(const struct tty_struct *tty, u8 c)
{
	return I_FLAG(tty, IUTF8) && (c & 0xc0) == 0x80;
}

/* Bytes that OPOST passes on unchanged and that take one column each. */
static bool is_plain(const struct tty_struct *tty, u8 c)
{
	return c >= ' ' && c != 0x7f && !O_FLAG(tty, OLCUC) && !is_continuation(tty, c);
}

static bool put_str(struct tty_struct *tty, const char *s, size_t n, size_t limit)
{
	if (tty_out_pending(tty) + n > limit)
		return false;
	return tty_out_put(tty, (const u8 *)s, n, limit) == n;
}

/* one byte through output processing. Return: false: no room, nothing changed */
static bool opost_char(struct tty_struct *tty, u8 c, size_t limit)
{
	unsigned int column = tty->column, canon_column = tty->canon_column;
	unsigned int spaces = 8 - (column & 7);

	switch (c) {
	case '\n':
		if (O_FLAG(tty, ONLRET))
			column = 0;
		if (O_FLAG(tty, ONLCR)) {
			if (!put_str(tty, "\r\n", 2, limit))
				return false;
			tty->column = tty->canon_column = 0;
			return true;
		}
		canon_column = column;
		break;
	case '\r':
		if (O_FLAG(tty, ONOCR) && !column)
			return true;
		if (O_FLAG(tty, OCRNL)) {
			c = '\n';
			if (!O_FLAG(tty, ONLRET))
				break;
		}
		column = canon_column = 0;
		break;
	case '\t':
		column += spaces;
		if (O_FLAG(tty, TABDLY) == XTABS) {
			if (!put_str(tty, "        ", spaces, limit))
				return false;
			tty->column = column;
			return true;
		}
		break;
	case '\b':
		if (column)
			column--;
		break;
	default:
		if (O_FLAG(tty, OLCUC))
			c = toupper(c);
		if (!iscntrl(c) && !is_continuation(tty, c))
			column++;
	}
	if (!put_str(tty, (const char *)&c, 1, limit))
		return false;
	tty->column = column;
	tty->canon_column = canon_column;
	return true;
}

/**
 * n_tty_opost - queue output with the processing that termios asks for.
 * Return: how many bytes of @buf were dealt with; the rest had no room.
 */
size_t n_tty_opost(struct tty_struct *tty, const u8 *buf, size_t n, size_t limit)
{
	size_t done = 0, run, put;

	if (!O_FLAG(tty, OPOST))
		return tty_out_put(tty, buf, n, limit);
	while (done < n) {
		for (run = 0; done + run < n && is_plain(tty, buf[done + run]); run++)
			;
		if (!run) {
			if (!opost_char(tty, buf[done], limit))
				break;
			done++;
			continue;
		}
		put = tty_out_put(tty, buf + done, run, limit);
		tty->column += put;
		done += put;
		if (put < run)
			break;
	}
	return done;
}

/** n_tty_echo_raw - as the byte is, but for output processing. */
void n_tty_echo_raw(struct tty_struct *tty, u8 c)
{
	n_tty_opost(tty, &c, 1, TTY_OUT_SIZE);
}

/** n_tty_echo_char - control characters as ^X if ECHOCTL. */
void n_tty_echo_char(struct tty_struct *tty, u8 c)
{
	char seq[2] = { '^', c ^ 0100 };

	if (!L_FLAG(tty, ECHOCTL) || !iscntrl(c) || c == '\t') {
		n_tty_echo_raw(tty, c);
	} else if (put_str(tty, seq, 2, TTY_OUT_SIZE)) {
		tty->column += 2;
	}
}

static void move_back(struct tty_struct *tty, unsigned int n)
{
	while (n-- && put_str(tty, "\b", 1, TTY_OUT_SIZE))
		if (tty->column)
			tty->column--;
}

static void rub_out(struct tty_struct *tty)
{
	if (put_str(tty, "\b \b", 3, TTY_OUT_SIZE) && tty->column)
		tty->column--;
}

/** n_tty_finish_erasing - ECHOPRT: close the bracket that the erased bytes stand in. */
void n_tty_finish_erasing(struct tty_struct *tty)
{
	if (tty->erasing) {
		n_tty_echo_raw(tty, '/');
		tty->erasing = false;
	}
}

static u8 line_char(const struct tty_struct *tty, size_t pos)
{
	return tty->read_buf[pos % N_TTY_SIZE];
}

/* How many columns a tab that stood at the line's end had covered. */
static unsigned int tab_width(const struct tty_struct *tty)
{
	unsigned int chars = 0;
	size_t pos = tty->read_head;

	while (pos != tty->canon_head) {
		u8 c = line_char(tty, --pos);

		if (c == '\t')		/* that one ended at a tab stop */
			return 8 - (chars & 7);
		if (iscntrl(c))
			chars += L_FLAG(tty, ECHOCTL) ? 2 : 0;
		else if (!is_continuation(tty, c))
			chars++;
	}
	return 8 - ((chars + tty->canon_column) & 7);
}

/* the character at [read_head, read_head + bytes) has been taken off the line */
static void echo_erased(struct tty_struct *tty, u8 c, size_t bytes, bool one)
{
	if (L_FLAG(tty, ECHOPRT)) {
		if (!tty->erasing) {
			n_tty_echo_raw(tty, '\\');
			tty->erasing = true;
		}
		n_tty_echo_char(tty, c);
		for (size_t i = 1; i < bytes; i++)
			n_tty_echo_raw(tty, line_char(tty, tty->read_head + i));
	} else if (one && !L_FLAG(tty, ECHOE)) {
		n_tty_echo_char(tty, tty->termios.c_cc[VERASE]);
	} else if (c == '\t') {
		move_back(tty, tab_width(tty));
	} else if (!iscntrl(c)) {
		rub_out(tty);
	} else if (L_FLAG(tty, ECHOCTL)) {
		rub_out(tty);
		rub_out(tty);
	}
}

/* Take the last character, of one or more bytes, off the line. Return: false: none that is whole. */
static bool erase_one(struct tty_struct *tty, bool one, bool word, bool *seen_alnum)
{
	size_t head = tty->read_head, bytes;
	u8 c;

	do {
		c = line_char(tty, --head);
	} while (is_continuation(tty, c) && head != tty->canon_head);
	if (is_continuation(tty, c))
		return false;
	if (word) {
		if (isalnum(c) || c == '_')
			*seen_alnum = true;
		else if (*seen_alnum)
			return false;
	}
	bytes = tty->read_head - head;
	tty->read_head = head;
	if (L_FLAG(tty, ECHO))
		echo_erased(tty, c, bytes, one);
	return true;
}

/* KILL on a terminal that cannot, or shall not, rub out the line */
static bool kill_plainly(struct tty_struct *tty)
{
	if (L_FLAG(tty, ECHO) && L_FLAG(tty, ECHOK) && L_FLAG(tty, ECHOKE) && L_FLAG(tty, ECHOE))
		return false;
	tty->read_head = tty->canon_head;
	if (L_FLAG(tty, ECHO)) {
		n_tty_finish_erasing(tty);
		n_tty_echo_char(tty, tty->termios.c_cc[VKILL]);
		if (L_FLAG(tty, ECHOK))
			n_tty_echo_raw(tty, '\n');
	}
	return true;
}

/** n_tty_erase - the ERASE, WERASE or KILL character @c was typed. */
void n_tty_erase(struct tty_struct *tty, u8 c)
{
	bool one = tty_is_cc(tty, c, VERASE);
	bool word = !one && tty_is_cc(tty, c, VWERASE);
	bool seen_alnum = false;

	if (tty->read_head == tty->canon_head)
		return;
	if (!one && !word && kill_plainly(tty))
		return;
	while (tty->read_head != tty->canon_head && erase_one(tty, one, word, &seen_alnum))
		if (one)
			break;
	if (tty->read_head == tty->canon_head && L_FLAG(tty, ECHO))
		n_tty_finish_erasing(tty);
}
