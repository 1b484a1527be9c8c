// SPDX-License-Identifier: GPL-2.0-only
/*
 * The terminal: modes, window size, controlling terminal, foreground groups,
 * and, by simulated input, the line discipline.  Uses /dev/ttyS0 as long as
 * it is nobody's controlling terminal; echo is switched off.
 */
#include "tap.h"
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>

static int tty;
static struct termios saved, base;

static void type(const char *s)
{
	for (; *s; s++)
		CHECK(!ioctl(tty, TIOCSTI, s));
}

/* Lead a session of its own, with the line as its controlling terminal. */
static int lead(void)
{
	CHECK(setsid() > 0);
	tty = open("/dev/ttyS0", O_RDWR | O_NOCTTY);
	CHECK(tty >= 0);
	return ioctl(tty, TIOCSCTTY, 0);
}

/* Give the terminal up; the exit of its owner would hang it up for all. */
static void unlead(void)
{
	signal(SIGHUP, SIG_IGN);
	CHECK(!ioctl(tty, TIOCNOTTY));
}

static void mode(tcflag_t lflag, int vmin, int vtime)
{
	struct termios t = base;

	t.c_lflag = lflag;
	t.c_cc[VMIN] = vmin, t.c_cc[VTIME] = vtime;
	CHECK(!tcsetattr(tty, TCSAFLUSH, &t));
}

static bool gives(const char *want)
{
	char buf[300];
	ssize_t n = read(tty, buf, sizeof(buf));

	if (n != (ssize_t)strlen(want) || memcmp(buf, want, n)) {
		note("read gave %zd bytes, not %zu", n, strlen(want));
		return false;
	}
	return true;
}

static void canonical(void *arg)
{
	int n;
	char buf[10];

	(void)arg;
	CHECK(!lead());
	mode(ICANON, 1, 0);
	fcntl(tty, F_SETFL, O_NONBLOCK);
	type("abc");
	CHECK(read(tty, buf, 10) == -1 && errno == EAGAIN);	/* no line yet */
	type("\n");
	CHECK(!ioctl(tty, FIONREAD, &n) && n == 4);
	CHECK(gives("abc\n"));
	type("one\ntwo\n");
	CHECK(gives("one\n"));
	CHECK(gives("two\n"));
	type("wrongg\177\177ight\n");			/* erase */
	CHECK(gives("wronight\n"));
	type("forget\25this\n");			/* kill */
	CHECK(gives("this\n"));
	type("some words\27line\n");			/* word erase needs IEXTEN */
	CHECK(gives("some words\27line\n"));
	mode(ICANON | IEXTEN, 1, 0);
	type("some words\27line\n");
	CHECK(gives("some line\n"));
	type("no newline\4");				/* end of file pushes */
	CHECK(gives("no newline"));
	type("\4");
	CHECK(read(tty, buf, 10) == 0);			/* and alone it is the end */
	type("a\26\177b\n");				/* literal next */
	CHECK(gives("a\177b\n"));
	type("longer line\n");
	CHECK(read(tty, buf, 4) == 4 && !memcmp(buf, "long", 4));
	CHECK(gives("er line\n"));
	unlead();
}

static void raw(void *arg)
{
	char buf[10];
	struct pollfd pf;
	double t;

	(void)arg;
	CHECK(!lead());
	mode(0, 0, 0);
	CHECK(read(tty, buf, 10) == 0);			/* VMIN 0, VTIME 0: poll */
	type("x\3\177\4");
	CHECK(gives("x\3\177\4"));			/* nothing is special */
	mode(0, 0, 1);
	t = now();
	CHECK(read(tty, buf, 10) == 0 && now() - t >= 0.09);	/* VTIME: a tenth of a second */
	mode(0, 3, 0);
	pf = (struct pollfd){ tty, POLLIN, 0 };
	type("123");
	CHECK(poll(&pf, 1, 0) == 1 && pf.revents == POLLIN);
	CHECK(read(tty, buf, 10) == 3);			/* VMIN reached */
	type("left over");
	CHECK(!tcflush(tty, TCIFLUSH));
	fcntl(tty, F_SETFL, O_NONBLOCK);
	CHECK(read(tty, buf, 10) == -1 && errno == EAGAIN);
	unlead();
}

static volatile sig_atomic_t got;

static void on_signal(int sig)
{
	got = sig;
}

static void keys(void *arg)
{
	struct sigaction sa = { .sa_handler = on_signal };

	(void)arg;
	CHECK(!lead());
	mode(ICANON | ISIG, 1, 0);
	sigaction(SIGINT, &sa, NULL), sigaction(SIGQUIT, &sa, NULL);
	sigaction(SIGTSTP, &sa, NULL), sigaction(SIGWINCH, &sa, NULL);
	type("\3");
	while (got != SIGINT)
		sched_yield();
	type("\34");
	while (got != SIGQUIT)
		sched_yield();
	type("\32");
	while (got != SIGTSTP)
		sched_yield();
	type("xx\3yy\n");				/* the line so far is thrown away */
	CHECK(gives("yy\n"));
	CHECK(got == SIGINT);
	mode(ICANON, 1, 0);
	got = 0;
	type("\3\n");
	CHECK(gives("\3\n") && !got);			/* without ISIG a character */
	unlead();
}

static void background_read(void *arg)
{
	char c;

	(void)arg;
	CHECK(!setpgid(0, 0));
	(void)!read(tty, &c, 1);
}

static void background_ignoring(void *arg)
{
	char c;

	(void)arg;
	CHECK(!setpgid(0, 0));
	signal(SIGTTIN, SIG_IGN);
	CHECK_ERR(read(tty, &c, 1), EIO);
}

static void background_set(void *arg)
{
	(void)arg;
	CHECK(!setpgid(0, 0));
	tcsetattr(tty, TCSANOW, &base);
}

static void background_write(void *arg)
{
	(void)arg;
	CHECK(!setpgid(0, 0));
	(void)!write(tty, "#\n", 2);
}

static int stopped_by(void (*fn)(void *))
{
	pid_t pid = spawn(fn, NULL);
	int st;

	CHECK(waitpid(pid, &st, WUNTRACED) == pid);
	if (!WIFSTOPPED(st))
		return 0;
	kill(pid, SIGKILL), kill(pid, SIGCONT);
	reap(pid);
	return WSTOPSIG(st);
}

static void job_control(void *arg)
{
	int fd;
	pid_t pid;

	(void)arg;
	CHECK_ERR(tcgetpgrp(tty), ENOTTY);
	signal(SIGHUP, SIG_IGN);
	CHECK(!lead());
	CHECK(!ioctl(tty, TIOCNOTTY));
	CHECK(open("/dev/tty", O_RDWR) == -1 && errno == ENXIO);
	CHECK_ERR(tcgetpgrp(tty), ENOTTY);
	CHECK(!ioctl(tty, TIOCSCTTY, 0));
	fd = open("/dev/tty", O_RDWR);
	CHECK(fd >= 0 && tcgetsid(fd) == getpid());
	CHECK(tcgetpgrp(tty) == getpgrp());
	CHECK_ERR(tcsetpgrp(tty, 0x7ffffff0), ESRCH);
	mode(ICANON, 1, 0);
	CHECK(stopped_by(background_read) == SIGTTIN);
	CHECK(child(background_ignoring, NULL) == 0);
	CHECK(stopped_by(background_set) == SIGTTOU);
	CHECK(stopped_by(background_write) == 0);	/* without TOSTOP it may */
	mode(ICANON | TOSTOP, 1, 0);
	CHECK(stopped_by(background_write) == SIGTTOU);
	mode(ICANON, 1, 0);
	pid = fork();
	CHECK(pid >= 0);
	if (!pid) {
		setpgid(0, 0);
		for (;;)
			pause();
	}
	setpgid(pid, pid);
	signal(SIGTTOU, SIG_IGN);
	CHECK(!tcsetpgrp(tty, pid) && tcgetpgrp(tty) == pid);
	CHECK(!tcsetpgrp(tty, getpgrp()));
	kill(pid, SIGKILL);
	reap(pid);
	close(fd);
	unlead();
}

static void hangup(void *arg)
{
	struct gate *g = arg;
	pid_t pid;

	signal(SIGHUP, SIG_IGN);
	CHECK(!lead());
	pid = fork();
	if (!pid) {
		signal(SIGHUP, SIG_DFL);
		gate_open(*g);
		for (;;)
			pause();
	}
	gate_pass(*g);
	unlead();
	CHECK(reap(pid) == -SIGHUP);
}

static void attributes(void)
{
	struct winsize old, ws = { 33, 77, 0, 0 }, got_ws;
	struct termios t;

	is(isatty(tty), 1, "isatty");
	ok((base.c_cflag & CSIZE) == CS8, "eight bits");
	t = base;
	t.c_lflag ^= NOFLSH;
	is(tcsetattr(tty, TCSADRAIN, &t), 0, "tcsetattr");
	must(tcgetattr(tty, &t));
	is(t.c_lflag, base.c_lflag ^ NOFLSH, "is kept");
	must(tcsetattr(tty, TCSADRAIN, &base));
	is(ioctl(tty, TIOCGWINSZ, &old), 0, "TIOCGWINSZ");
	is(ioctl(tty, TIOCSWINSZ, &ws), 0, "TIOCSWINSZ");
	must(ioctl(tty, TIOCGWINSZ, &got_ws));
	ok(got_ws.ws_row == 33 && got_ws.ws_col == 77, "is kept");
	must(ioctl(tty, TIOCSWINSZ, &old));
	fails(ioctl(tty, 0x5499, &old), ENOTTY, "an unknown ioctl is ENOTTY");
	fails(lseek(tty, 0, SEEK_CUR), ESPIPE, "it cannot seek");
}

/* struct termios2, whose header and <termios.h> exclude each other */
struct modes {
	tcflag_t iflag, oflag, cflag, lflag;
	cc_t line, cc[19];
	speed_t ispeed, ospeed;
};

#define GET_MODES	_IOR('T', 0x2a, struct modes)
#define SET_MODES	_IOW('T', 0x2b, struct modes)
#define OTHER_SPEED	0x1000

static void speeds(void)
{
	static const speed_t odd[] = { 31250, 1, 0x10000000, ~0U };
	struct modes old, m;

	must(ioctl(tty, GET_MODES, &old));
	for (size_t i = 0; i < ARRAY_SIZE(odd); i++) {
		m = old;
		m.cflag = (m.cflag & ~CBAUD) | OTHER_SPEED;
		m.ospeed = odd[i];
		is(ioctl(tty, SET_MODES, &m), 0, "a line of %u bits per second", odd[i]);
	}
	must(ioctl(tty, SET_MODES, &old));
}

static void restore(void)
{
	if (tty > 0)
		tcsetattr(tty, TCSAFLUSH, &saved);
}

static void can_own(void *arg)
{
	int r;

	(void)arg;
	if (lead())
		_exit(2);
	r = ioctl(tty, TIOCSTI, "") ? 3 : 0;
	unlead();
	_exit(r);
}

int main(void)
{
	struct gate g = gate_new();
	int r, p[2];

	must(pipe(p));
	fails(ioctl(p[0], TCGETS, &base), ENOTTY, "TCGETS of a pipe is ENOTTY");
	is(isatty(p[0]), 0, "which is no terminal");
	tty = open("/dev/ttyS0", O_RDWR | O_NOCTTY | O_NONBLOCK);
	if (tty < 0 || tcgetattr(tty, &saved)) {
		skip("no serial line", "the terminal");
		return done();
	}
	fcntl(tty, F_SETFL, 0);
	atexit(restore);
	base = saved;
	base.c_lflag &= ~(ECHO | ECHOE | ECHOK | ECHONL);
	must(tcsetattr(tty, TCSADRAIN, &base));
	attributes();
	speeds();
	r = child(can_own, NULL);
	if (r == 2) {
		skip("the serial line is somebody's terminal", "job control");
	} else {
		is(child(job_control, NULL), 0, "controlling terminal, foreground group, SIGTTIN, SIGTTOU, TOSTOP, EIO");
		is(child(hangup, &g), 0, "giving the terminal up sends SIGHUP to the foreground group");
	}
	if (r) {
		skip("no TIOCSTI here", "the line discipline");
	} else {
		is(child(canonical, NULL), 0, "canonical mode: lines, erase, kill, word erase, end of file, literal next");
		is(child(raw, NULL), 0, "raw mode: VMIN, VTIME, nothing special, flush");
		is(child(keys, NULL), 0, "ISIG: interrupt, quit and suspend keys, flushing the line");
	}
	restore();
	return done();
}
