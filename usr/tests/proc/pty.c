// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pseudo-terminals: what the master writes is typed, what the terminal sends the
 * master reads; names, locks, sizes, job control and hangup.
 */
#include "tap.h"
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/time.h>
#include <sys/utsname.h>
#include <termios.h>

static int master, slave;
static char name[64];

static bool open_pair(void)
{
	master = posix_openpt(O_RDWR | O_NOCTTY);
	if (master < 0 || grantpt(master) || ptsname_r(master, name, sizeof(name)))
		return false;
	return access(name, F_OK) == 0;
}

static void no_echo(bool canon)
{
	struct termios t;

	must(tcgetattr(slave, &t));
	t.c_lflag &= ~(ECHO | ICANON);
	if (canon)
		t.c_lflag |= ICANON;
	t.c_oflag &= ~OPOST;
	must(tcsetattr(slave, TCSANOW, &t));
}

static bool reads(int fd, const char *want)
{
	char buf[256] = "";
	ssize_t n = read(fd, buf, sizeof(buf) - 1);

	if (n == (ssize_t)strlen(want) && !memcmp(buf, want, n))
		return true;
	note("read %zd bytes: \"%s\", errno %d", n, buf, errno);
	return false;
}

static void data(void)
{
	struct pollfd p = { .events = POLLIN | POLLOUT };
	int n;

	must(write(master, "hello\n", 6));
	ok(reads(slave, "hello\n"), "what the master writes is a line for the terminal");
	ok(reads(master, "hello\r\n"), "and is echoed");
	must(write(slave, "a\nb", 3));
	ok(reads(master, "a\r\nb"), "output is processed");
	no_echo(true);
	must(write(master, "abX\177c\nnext", 10));
	must(ioctl(slave, FIONREAD, &n));
	is(n, 4, "FIONREAD counts whole lines");
	ok(reads(slave, "abc\n"), "a line is edited");
	fcntl(slave, F_SETFL, O_NONBLOCK);
	fails(read(slave, name, 1), EAGAIN, "half a line cannot be read");
	no_echo(false);
	ok(reads(slave, "next"), "it can in raw mode");
	fcntl(slave, F_SETFL, 0);
	fcntl(master, F_SETFL, O_NONBLOCK);
	fails(read(master, name, 1), EAGAIN, "nothing to read for the master");
	fcntl(master, F_SETFL, 0);
	p.fd = master;
	ok(poll(&p, 1, 0) == 1 && p.revents == POLLOUT, "poll says so");
	must(write(slave, "x", 1));
	ok(poll(&p, 1, 1000) == 1 && p.revents == (POLLIN | POLLOUT), "and when there is something");
	ok(reads(master, "x"), "which is read");
}

/* more than every buffer between them holds, both ways */
static void bulk(void)
{
	static char buf[100000], back[100000];
	pid_t pid;
	size_t n = 0;

	for (size_t i = 0; i < sizeof(buf); i++)
		buf[i] = 'a' + i % 23;
	pid = must(fork());
	if (!pid) {
		CHECK(write(slave, buf, sizeof(buf)) == sizeof(buf));
		_exit(0);
	}
	while (n < sizeof(back)) {
		ssize_t r = read(master, back + n, sizeof(back) - n);

		if (r <= 0)
			break;
		n += r;
	}
	is(reap(pid), 0, "a large write(2) of the terminal ends");
	ok(n == sizeof(buf) && !memcmp(buf, back, n), "and arrives whole");
	pid = must(fork());
	if (!pid) {
		CHECK(write(master, buf, sizeof(buf)) == sizeof(buf));
		_exit(0);
	}
	memset(back, 0, sizeof(back));
	for (n = 0; n < sizeof(back);) {
		ssize_t r = read(slave, back + n, sizeof(back) - n);

		if (r <= 0)
			break;
		n += r;
	}
	is(reap(pid), 0, "a large write(2) of the master ends");
	ok(n == sizeof(buf) && !memcmp(buf, back, n), "and arrives whole");
}

static volatile sig_atomic_t got;

static void keeps_terminal(void *arg)
{
	int fd;

	CHECK(setsid() > 0);
	fd = open(arg, O_RDWR);
	CHECK(fd >= 0 && tcgetpgrp(fd) == getpgrp());
	close(fd);
	fd = open("/dev/tty", O_RDWR);
	CHECK(fd >= 0 && tcgetpgrp(fd) == getpgrp());
	signal(SIGHUP, SIG_IGN);
}

/* While its master is open, a terminal that nobody has open stays what it is. */
static void no_opener(void)
{
	struct winsize ws = { 12, 34, 0, 0 }, got;
	char pts[64];
	int m, s;

	m = must(posix_openpt(O_RDWR | O_NOCTTY));
	must(unlockpt(m));
	must(ptsname_r(m, pts, sizeof(pts)));
	is(write(m, "early\nand\n", 10), 10, "the master may write before the terminal is opened");
	s = must(open(pts, O_RDWR | O_NOCTTY | O_NONBLOCK));
	ok(reads(s, "early\n"), "the first opener reads it");
	must(ioctl(s, TIOCSWINSZ, &ws));
	close(s);
	is(write(m, "late\n", 5), 5, "and after the last close");
	s = must(open(pts, O_RDWR | O_NOCTTY | O_NONBLOCK));
	ok(reads(s, "and\n") && reads(s, "late\n"), "the next opener reads what is left, and that");
	must(ioctl(s, TIOCGWINSZ, &got));
	ok(got.ws_row == 12 && got.ws_col == 34, "the size is kept");
	close(s);
	is(child(keeps_terminal, pts), 0, "a session has its terminal also when nobody has it open");
	close(m);
}

/* as for the struct that the system calls have */
struct modes {
	tcflag_t iflag, oflag, cflag, lflag;
	cc_t line, cc[19];
};

static void locks_as_user(void *arg)
{
	CHECK(!setresuid(1000, 1000, 1000));
	CHECK_ERR(ioctl(slave, TIOCSLCKTRMIOS, arg), EPERM);
}

static void locked_modes(void)
{
	struct modes none = { 0 }, lock = { .lflag = ECHO, .oflag = ONLCR, .cc = { [VINTR] = 1 } }, m;
	struct termios before, t;

	is(ioctl(slave, TIOCGLCKTRMIOS, &m), 0, "TIOCGLCKTRMIOS");
	ok(!memcmp(&m, &none, sizeof(m)), "nothing is locked");
	must(tcgetattr(slave, &before));
	is(ioctl(slave, TIOCSLCKTRMIOS, &lock), 0, "ECHO, ONLCR and the interrupt key are locked");
	is(child(locks_as_user, &none), 0, "by the superuser only");
	t = before;
	t.c_lflag ^= ECHO | ECHOCTL;
	t.c_oflag ^= ONLCR | OCRNL;
	t.c_cc[VINTR]++, t.c_cc[VQUIT]++;
	is(tcsetattr(slave, TCSANOW, &t), 0, "changing all of them and others is no error");
	must(tcgetattr(slave, &t));
	ok(t.c_lflag == (before.c_lflag ^ ECHOCTL) && t.c_oflag == (before.c_oflag ^ OCRNL), "the flags that are locked stay");
	ok(t.c_cc[VINTR] == before.c_cc[VINTR] && t.c_cc[VQUIT] == before.c_cc[VQUIT] + 1, "and the key");
	must(ioctl(slave, TIOCSLCKTRMIOS, &none));
	t.c_cc[VINTR]++;
	must(tcsetattr(slave, TCSANOW, &t));
	must(tcgetattr(slave, &t));
	is(t.c_cc[VINTR], before.c_cc[VINTR] + 1, "unlocked it changes");
	must(tcsetattr(slave, TCSANOW, &before));
}

static void on_signal(int sig)
{
	got = sig;
}

static void await(int sig)
{
	for (int i = 0; i < 200 && got != sig; i++)
		usleep(10000);
	if (got != sig)
		note("expected signal %d, got %d", sig, got);
	CHECK(got == sig);
	got = 0;
}

static void session(void *arg)
{
	struct winsize ws = { .ws_row = 12, .ws_col = 34 };
	struct termios t;
	int tty;

	(void)arg;
	signal(SIGINT, on_signal);
	signal(SIGWINCH, on_signal);
	signal(SIGHUP, on_signal);
	CHECK(setsid() > 0);
	tty = open(name, O_RDWR);
	CHECK(tty >= 0);
	CHECK(tcgetpgrp(tty) == getpid());
	CHECK(open("/dev/tty", O_RDWR) >= 0);
	CHECK(!tcgetattr(tty, &t));
	t.c_lflag |= ISIG | ICANON;
	CHECK(!tcsetattr(tty, TCSANOW, &t));
	CHECK(write(master, "\003", 1) == 1);
	await(SIGINT);
	CHECK(!ioctl(master, TIOCSWINSZ, &ws));
	await(SIGWINCH);
	memset(&ws, 0, sizeof(ws));
	CHECK(!ioctl(tty, TIOCGWINSZ, &ws) && ws.ws_row == 12 && ws.ws_col == 34);
	close(slave);
	close(master);		/* the parent has closed its own */
	await(SIGHUP);
	CHECK(read(tty, name, 1) == 0);
	CHECK_ERR(write(tty, "x", 1), EIO);
	CHECK_ERR(open("/dev/tty", O_RDWR), ENXIO);
}

static void packets(void)
{
	int on = 1;
	char buf[8];

	must(ioctl(master, TIOCPKT, &on));
	must(write(slave, "hi", 2));
	is(read(master, buf, sizeof(buf)), 3, "packet mode: a byte in front");
	ok(buf[0] == TIOCPKT_DATA && buf[1] == 'h' && buf[2] == 'i', "which says data");
	must(tcflush(slave, TCIFLUSH));
	is(read(master, buf, sizeof(buf)), 1, "a flush is told alone");
	ok(buf[0] & TIOCPKT_FLUSHREAD, "as one");
	on = 0;
	must(ioctl(master, TIOCPKT, &on));
}

static void tick(int sig __attribute__((unused)))
{
}

/*
 * A shell echoes a key while its child reports: what has room is written, whatever comes.
 * Linux looks for a signal first, and the key is lost for a shell that writes by stdio.
 */
static void write_and_signals(void)
{
	struct sigaction sa = { .sa_handler = tick };
	struct itimerval t = { { 0, 200 }, { 0, 200 } };
	int broken = 0;
	struct utsname u;
	char c;

	must(sigaction(SIGALRM, &sa, NULL));
	must(setitimer(ITIMER_REAL, &t, NULL));
	for (int i = 0; i < 20000; i++) {
		if (write(slave, "k", 1) != 1)
			broken++;
		else
			while (read(master, &c, 1) < 0)
				;
	}
	t = (struct itimerval) { };
	must(setitimer(ITIMER_REAL, &t, NULL));
	must(uname(&u));
	if (broken && !strstr(u.release, "vellum"))
		skip("Linux ends it", "a signal does not end a write that need not wait");
	else
		is(broken, 0, "a signal does not end a write that need not wait");
}

static void as_user(void *arg)
{
	(void)arg;
	CHECK(!setresuid(1000, 1000, 1000));
	CHECK_ERR(vhangup(), EPERM);
}

static void hangs_up(void *arg)
{
	char c;
	int tty;

	CHECK(setsid() > 0);
	CHECK(!vhangup());	/* no terminal: nothing to do */
	signal(SIGHUP, on_signal);
	tty = open(arg, O_RDWR);
	CHECK(tty >= 0);
	CHECK(!child(as_user, NULL));
	CHECK(tcgetpgrp(tty) == getpid());
	CHECK(!vhangup());
	CHECK(got == SIGHUP);
	CHECK(read(tty, &c, 1) == 0);
	CHECK_ERR(write(tty, "x", 1), EIO);
	CHECK_ERR(open("/dev/tty", O_RDWR), ENXIO);
	tty = open(arg, O_RDWR | O_NOCTTY | O_NONBLOCK);
	CHECK(tty >= 0);
	CHECK_ERR(read(tty, &c, 1), EAGAIN);
}

/* What getty does, so that nobody who had the line before can read what the next types. */
static void hung_up(void)
{
	char pts[64];
	int m = must(posix_openpt(O_RDWR | O_NOCTTY));

	must(unlockpt(m));
	must(ptsname_r(m, pts, sizeof(pts)));
	is(child(hangs_up, pts), 0, "vhangup: SIGHUP, end of file, no terminal; who opens it again has it");
	close(m);
}

int main(void)
{
	char other[64];
	pid_t pid;
	int m2;

	if (!open_pair()) {
		skip("no /dev/ptmx or /dev/pts", "pseudo-terminals");
		return done();
	}
	ok(!strncmp(name, "/dev/pts/", 9), "a name in /dev/pts");
	fails(open(name, O_RDWR | O_NOCTTY), EIO, "a locked terminal cannot be opened");
	must(unlockpt(master));
	slave = must(open(name, O_RDWR | O_NOCTTY));
	ok(isatty(slave) && isatty(master), "both are terminals");
	is(strcmp(ttyname(slave), name), 0, "ttyname()");
	m2 = must(posix_openpt(O_RDWR | O_NOCTTY));
	must(ptsname_r(m2, other, sizeof(other)));
	ok(strcmp(name, other), "another has another name");
	close(m2);
	no_opener();
	fails(access(other, F_OK), ENOENT, "which goes with it");
	data();
	bulk();
	packets();
	write_and_signals();
	locked_modes();
	close(slave);
	fails(read(master, other, 1), EIO, "nobody has the terminal open: EIO");
	slave = must(open(name, O_RDWR | O_NOCTTY));
	pid = spawn(session, NULL);
	close(slave);
	close(master);
	is(reap(pid), 0, "a session: ^C, SIGWINCH, hangup when the master closes");
	hung_up();
	return done();
}
