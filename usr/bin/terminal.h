/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For a program that has the whole terminal to itself: enter, and ask for keys.
 *
 * The terminal is left as it was before the program ends or stops by a signal, too. The
 * signals are blocked but while we wait for a key: so none is missed, and what handles
 * them may do anything.
 */
#ifndef TERMINAL_H
#define TERMINAL_H

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

/* What terminal_key() returns for keys that are not one byte. */
enum { KEY_UP = 256, KEY_DOWN, KEY_HOME, KEY_END, KEY_PAGE_UP, KEY_PAGE_DOWN, KEY_RESIZED, KEY_OTHER };
#define KEY_ESC 27

static struct {
	int rows, cols;
	struct termios before;
	sigset_t while_waiting;
	enum { PLAIN, ESCAPED, IN_SEQUENCE } state;	/* of what has been typed */
	int number;					/* in that sequence */
} terminal;

static volatile sig_atomic_t terminal_signal, terminal_resized;

static void terminal_on_signal(int sig)
{
	if (sig == SIGWINCH)
		terminal_resized = true;
	else if (sig != SIGCONT)
		terminal_signal = sig;
}

static void terminal_catch_signals(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT, SIGWINCH };
	struct sigaction action = { .sa_handler = terminal_on_signal };
	sigset_t blocked;

	sigemptyset(&blocked);
	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++) {
		sigaddset(&blocked, signals[i]);
		sigaction(signals[i], &action, NULL);
	}
	sigprocmask(SIG_BLOCK, &blocked, &terminal.while_waiting);
}

static void terminal_look_at_size(void)
{
	struct winsize size = {};

	ioctl(1, TIOCGWINSZ, &size);
	terminal.rows = size.ws_row ? size.ws_row : 24;
	terminal.cols = size.ws_col ? size.ws_col : 80;
}

static void terminal_take(void)
{
	struct termios raw = terminal.before;

	raw.c_lflag &= ~(ICANON | ECHO);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	tcsetattr(0, TCSADRAIN, &raw);
	dprintf(1, "\033[?1049h\033[?25l\033[?7l");	/* another screen, no cursor, no wrapping */
	terminal_look_at_size();
}

static void terminal_leave(void)
{
	dprintf(1, "\033[0m\033[?7h\033[?25h\033[?1049l");
	tcsetattr(0, TCSADRAIN, &terminal.before);
}

/* Take the terminal, until we exit. Return: is there one? */
static bool terminal_enter(void)
{
	if (tcgetattr(0, &terminal.before) || !isatty(1))
		return false;
	terminal_catch_signals();
	terminal_take();
	atexit(terminal_leave);
	return true;
}

/* Stop or end by @sig, as if we had not caught it. */
static void terminal_obey(int sig)
{
	struct sigaction action = { .sa_handler = SIG_DFL }, ours;
	sigset_t blocked;

	terminal_leave();
	sigaction(sig, &action, &ours);
	raise(sig);
	sigprocmask(SIG_SETMASK, &terminal.while_waiting, &blocked);
	/* Here we are only if we were stopped, and go on. */
	sigprocmask(SIG_SETMASK, &blocked, NULL);
	sigaction(sig, &ours, NULL);
	terminal_take();
}

/* What an escape sequence means, by its last byte and the number in it. */
static int terminal_sequence(int number, int last)
{
	static const int letters[] = { ['A'] = KEY_UP, ['B'] = KEY_DOWN, ['H'] = KEY_HOME, ['F'] = KEY_END };
	static const int numbers[] = { [1] = KEY_HOME, [4] = KEY_END, [5] = KEY_PAGE_UP, [6] = KEY_PAGE_DOWN,
				       [7] = KEY_HOME, [8] = KEY_END };
	int key = 0;

	if (last == '~' && number < (int)(sizeof(numbers) / sizeof(*numbers)))
		key = numbers[number];
	else if (last < (int)(sizeof(letters) / sizeof(*letters)))
		key = letters[last];
	return key ? key : KEY_OTHER;
}

/* Return: the key that @c completes; 0: none yet, a sequence may come in pieces. */
static int terminal_byte(unsigned char c)
{
	switch (terminal.state) {
	case IN_SEQUENCE:
		if (c >= '0' && c <= '9')
			terminal.number = (terminal.number * 10 + c - '0') % 1000;
		if (c < '@' || c > '~')
			return 0;
		terminal.state = PLAIN;
		return terminal_sequence(terminal.number, c);
	case ESCAPED:
		terminal.state = c == '[' || c == 'O' ? IN_SEQUENCE : PLAIN;
		terminal.number = 0;
		break;
	default:
		terminal.state = c == KEY_ESC ? ESCAPED : PLAIN;
		break;
	}
	return terminal.state == PLAIN ? c : 0;
}

/*
 * Wait for a key, @timeout_ms at most, obeying signals meanwhile.
 * Return: the key; 0: none; -1: the terminal is gone.
 */
static int terminal_key(int timeout_ms)
{
	struct timespec timeout = { timeout_ms / 1000, timeout_ms % 1000 * 1000000L };
	struct pollfd in = { .fd = 0, .events = POLLIN };
	int ready = ppoll(&in, 1, &timeout, &terminal.while_waiting);
	unsigned char c;

	if (terminal_signal) {
		terminal_obey(terminal_signal);
		terminal_signal = 0;
		return KEY_RESIZED;
	}
	if (terminal_resized) {
		terminal_resized = false;
		terminal_look_at_size();
		return KEY_RESIZED;
	}
	if (ready <= 0 && timeout_ms && terminal.state == ESCAPED) {
		terminal.state = PLAIN;
		return KEY_ESC;		/* nothing follows: it was the key itself */
	}
	if (ready <= 0)
		return 0;
	return read(0, &c, 1) == 1 ? terminal_byte(c) : -1;
}

#endif
