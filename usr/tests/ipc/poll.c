// SPDX-License-Identifier: GPL-2.0-only
/*
 * poll, ppoll, select, pselect: readiness, time limits, signals, errors.
 */
#include "tap.h"
#include <poll.h>
#include <sys/resource.h>
#include <sys/select.h>

static char big[128 * KiB];

static short ready(int fd, short events)
{
	struct pollfd pf = { fd, events, 0x7777 };
	int n = poll(&pf, 1, 0);

	return n < 0 ? -1 : n == !!pf.revents ? pf.revents : -2;
}

static void states(void)
{
	int fd[2], file, null = must(open("/dev/null", O_RDWR));
	char c;

	must(pipe2(fd, O_NONBLOCK));
	is(ready(fd[0], POLLIN), 0, "an empty pipe is not readable");
	is(ready(fd[1], POLLOUT), POLLOUT, "but writable");
	is(ready(fd[1], 0), 0, "nothing asked, nothing told");
	must_be(write(fd[1], "x", 1) == 1);
	is(ready(fd[0], POLLIN | POLLRDNORM), POLLIN | POLLRDNORM, "with data it is readable");
	is(ready(fd[0], POLLOUT), 0, "the read end is never writable");
	must_be(write(fd[1], big, sizeof(big)) > 0);
	is(ready(fd[1], POLLOUT), 0, "a full pipe is not writable");
	while (read(fd[0], big, sizeof(big)) > 0)
		;
	is(ready(fd[1], POLLOUT), POLLOUT, "emptied it is");
	must_be(write(fd[1], "y", 1) == 1);
	close(fd[1]);
	is(ready(fd[0], POLLIN), POLLIN | POLLHUP, "data and no writer: POLLIN and POLLHUP");
	must_be(read(fd[0], &c, 1) == 1);
	is(ready(fd[0], POLLIN), POLLHUP, "no data and no writer: POLLHUP");
	is(ready(fd[0], 0), POLLHUP, "also when not asked for");
	close(fd[0]);
	must(pipe(fd));
	close(fd[0]);
	is(ready(fd[1], POLLOUT), POLLOUT | POLLERR, "no reader: POLLERR");
	close(fd[1]);
	is(ready(fd[1], POLLIN), POLLNVAL, "a closed descriptor: POLLNVAL");
	is(ready(-1, POLLIN), 0, "a negative descriptor is skipped");
	file = make_file("f", 1, 'f');
	is(ready(file, POLLIN | POLLOUT), POLLIN | POLLOUT, "a file is always ready");
	is(ready(null, POLLIN | POLLOUT), POLLIN | POLLOUT, "so is /dev/null");
	close(file), close(null);
}

static void several(void)
{
	struct pollfd pf[3];
	int a[2], b[2];

	must(pipe(a)), must(pipe(b));
	must_be(write(b[1], "x", 1) == 1);
	pf[0] = (struct pollfd){ a[0], POLLIN, 9 };
	pf[1] = (struct pollfd){ b[0], POLLIN, 9 };
	pf[2] = (struct pollfd){ a[1], POLLOUT, 9 };
	is(poll(pf, 3, -1), 2, "poll counts those that are ready");
	ok(!pf[0].revents && pf[1].revents == POLLIN && pf[2].revents == POLLOUT, "and marks them");
	close(a[0]), close(a[1]), close(b[0]), close(b[1]);
}

static void limits(void)
{
	struct rlimit rl;
	struct pollfd pf = { 0, 0, 0 };
	struct timespec bad = { 0, 1000000000 }, zero = { 0, 0 };
	double t;
	int fd[2];

	must(pipe(fd));
	pf = (struct pollfd){ fd[0], POLLIN, 0 };
	t = now();
	is(poll(&pf, 1, 50), 0, "poll gives up after its time");
	t = now() - t;
	ok(t >= 0.050, "not before (%.3f s)", t);
	is(poll(NULL, 0, 10), 0, "no descriptors: just a time limit");
	must(getrlimit(RLIMIT_NOFILE, &rl));
	fails(syscall(SYS_ppoll, &pf, rl.rlim_cur + 1, &zero, NULL, 8), EINVAL,
	      "more entries than RLIMIT_NOFILE is EINVAL");
	fails(syscall(SYS_ppoll, &pf, 1, &bad, NULL, 8), EINVAL, "a bad time is EINVAL");
	fails(syscall(SYS_ppoll, &pf, 1, &zero, &bad, 4), EINVAL, "a wrong size of the mask is EINVAL");
	close(fd[0]), close(fd[1]);
}

static void waker(void *arg)
{
	int *fd = arg;

	must_be(wait_state(getppid(), 'S'));
	CHECK(write(fd[1], "w", 1) == 1);
}

static void closer(void *arg)
{
	int *fd = arg;

	close(fd[0]);
	must_be(wait_state(getppid(), 'S'));
}

static void waking(void)
{
	struct pollfd pf;
	int fd[2];
	pid_t pid;
	fd_set set;

	must(pipe(fd));
	pid = spawn(waker, fd);
	pf = (struct pollfd){ fd[0], POLLIN, 0 };
	is(poll(&pf, 1, -1), 1, "a waiting poll is woken by data");
	is(pf.revents, POLLIN, "and tells so");
	is(reap(pid), 0, "from another process");
	big[0] = read(fd[0], big, 1);
	pid = spawn(waker, fd);
	FD_ZERO(&set);
	FD_SET(fd[0], &set);
	is(select(fd[0] + 1, &set, NULL, NULL, NULL), 1, "so is a waiting select");
	ok(FD_ISSET(fd[0], &set), "which marks it");
	is(reap(pid), 0, "from another process");
	must_be(read(fd[0], big, 1) == 1);
	pid = spawn(closer, fd);
	close(fd[1]);
	is(poll(&pf, 1, -1), 1, "the death of the last writer wakes");
	is(pf.revents, POLLHUP, "with POLLHUP");
	is(reap(pid), 0, "when it exits");
	close(fd[0]);
}

static void selecting(void)
{
	struct timeval tv = { 0, 0 };
	int fd[2], high;
	fd_set r, w, e;

	must(pipe(fd));
	FD_ZERO(&r);
	FD_ZERO(&w);
	FD_ZERO(&e);
	FD_SET(fd[0], &r), FD_SET(fd[1], &w), FD_SET(fd[0], &e);
	is(select(fd[1] + 1, &r, &w, &e, &tv), 1, "select counts");
	ok(!FD_ISSET(fd[0], &r) && FD_ISSET(fd[1], &w) && !FD_ISSET(fd[0], &e), "and clears what is not ready");
	must_be(write(fd[1], "x", 1) == 1);
	FD_ZERO(&r);
	FD_ZERO(&w);
	FD_SET(fd[0], &r), FD_SET(fd[1], &w);
	tv = (struct timeval){ 100, 0 };
	is(select(fd[1] + 1, &r, &w, NULL, &tv), 2, "both ready: 2");
	ok(tv.tv_sec == 99, "the time that is left is given back");
	tv = (struct timeval){ 0, 20000 };
	is(select(0, NULL, NULL, NULL, &tv), 0, "select of nothing sleeps");
	ok(!tv.tv_sec && !tv.tv_usec, "to the end");
	FD_ZERO(&r);
	FD_SET(60, &r);
	tv = (struct timeval){ 0, 0 };
	fails(select(61, &r, NULL, NULL, &tv), EBADF, "a closed descriptor is EBADF");
	tv.tv_sec = -1;
	fails(select(0, NULL, NULL, NULL, &tv), EINVAL, "a negative time is EINVAL");
	fails(syscall(SYS_pselect6, -1, NULL, NULL, NULL, NULL, NULL), EINVAL, "a negative count is EINVAL");
	high = must(dup2(fd[0], 900));
	FD_ZERO(&r);
	FD_SET(high, &r);
	tv = (struct timeval){ 1, 0 };
	is(select(901, &r, NULL, NULL, &tv), 1, "a high descriptor");
	close(high), close(fd[0]), close(fd[1]);
}

static volatile sig_atomic_t got;

static void on_signal(int sig)
{
	got = sig;
}

static void signalled(void *arg)
{
	struct sigaction sa = { .sa_handler = on_signal, .sa_flags = SA_RESTART };
	sigset_t block, old;
	struct timespec ts = { 20, 0 };
	int how = *(int *)arg;

	sigaction(SIGUSR1, &sa, NULL);
	sigemptyset(&block), sigaddset(&block, SIGUSR1);
	sigprocmask(SIG_BLOCK, &block, &old);
	if (how == 2) {
		raise(SIGUSR1);		/* pending: ppoll must see it at once */
		CHECK_ERR(ppoll(NULL, 0, &ts, &old), EINTR);
	} else if (how == 1) {
		CHECK_ERR(pselect(0, NULL, NULL, NULL, &ts, &old), EINTR);
	} else if (how == 0) {
		CHECK_ERR(ppoll(NULL, 0, &ts, &old), EINTR);
	} else {
		sigprocmask(SIG_SETMASK, &old, NULL);
		CHECK_ERR(poll(NULL, 0, 20000), EINTR);
		sigprocmask(SIG_BLOCK, &block, NULL);
	}
	CHECK(got == SIGUSR1);
	sigprocmask(SIG_BLOCK, NULL, &old);
	CHECK(sigismember(&old, SIGUSR1));
}

static void signals(void)
{
	static const char *const name[] = {
		"ppoll lets the signals of its mask in: EINTR, handler run, mask restored",
		"so does pselect", "a signal that was pending ends ppoll at once",
		"poll is ended by a signal even with SA_RESTART",
	};

	for (int i = 0; i < 4; i++) {
		pid_t pid = spawn(signalled, &i);

		if (i != 2) {
			must_be(wait_state(pid, 'S'));
			kill(pid, SIGUSR1);
		}
		is(reap(pid), 0, "%s", name[i]);
	}
}

/* One pipe of many is ready each time. */
static void crowd(void)
{
	enum { N = 200 };
	static struct pollfd pf[N];
	static int w[N];
	int bad = 0;
	char c;

	for (int i = 0; i < N; i++) {
		int fd[2];

		must(pipe(fd));
		pf[i] = (struct pollfd){ fd[0], POLLIN, 0 };
		w[i] = fd[1];
	}
	for (int i = 0; i < N; i++) {
		must_be(write(w[i], "x", 1) == 1);
		bad += poll(pf, N, -1) != 1 || pf[i].revents != POLLIN;
		must_be(read(pf[i].fd, &c, 1) == 1);
	}
	is(bad, 0, "of 200 polled pipes the one with data is found, each in turn");
	for (int i = 0; i < N; i++)
		close(w[i]), close(pf[i].fd);
}

int main(void)
{
	work_in(TMPFS);
	states();
	several();
	limits();
	waking();
	selecting();
	signals();
	crowd();
	return done();
}
