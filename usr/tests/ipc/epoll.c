// SPDX-License-Identifier: GPL-2.0-only
/*
 * epoll: errors, level and edge, ONESHOT, EXCLUSIVE, closing, nesting, waiting,
 * over pipes, eventfds, pidfds and terminals.
 */
#include "tap.h"
#include <poll.h>
#include <pthread.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>

static struct epoll_event got[64];

static int ctl(int ep, int op, int fd, uint32_t events, uint64_t data)
{
	struct epoll_event e = { .events = events, .data.u64 = data };

	return epoll_ctl(ep, op, fd, &e);
}

static int add(int ep, int fd, uint32_t events)
{
	return ctl(ep, EPOLL_CTL_ADD, fd, events, fd);
}

/* by the system call: the compiler knows better than to pass on all that is passed here */
static int wait_raw(int ep, void *to, int max)
{
	return syscall(SYS_epoll_pwait, ep, to, max, 0, NULL, 8);
}

static int poll_now(int ep)
{
	memset(got, 0xee, sizeof(got));
	return epoll_wait(ep, got, ARRAY_SIZE(got), 0);
}

static void tell(int fd)
{
	uint64_t one = 1;

	must_be(write(fd, &one, 8) == 8);
}

static void hush(int fd)
{
	uint64_t v;

	must_be(read(fd, &v, 8) == 8);
}

static int new_event(void)
{
	return must(eventfd(0, EFD_NONBLOCK));
}

/* The bytes of struct epoll_event that are no member of it tell nothing. */
static void padding(void)
{
	size_t end = offsetof(struct epoll_event, events) + sizeof(got[0].events);
	int ep = must(epoll_create1(0)), fd[8], n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(fd); i++)
		tell(fd[i] = new_event()), must(add(ep, fd[i], EPOLLIN));
	memset(got, 0, sizeof(got));
	is(wait_raw(ep, got, ARRAY_SIZE(got)), ARRAY_SIZE(fd), "eight events are ready");
	for (size_t i = 0; i < ARRAY_SIZE(fd); i++)
		for (size_t at = end; at < offsetof(struct epoll_event, data); at++)
			n += ((char *)&got[i])[at] != 0;
	is(n, 0, "between their members nothing of the kernel's memory shows");
	for (size_t i = 0; i < ARRAY_SIZE(fd); i++)
		close(fd[i]);
	close(ep);
}

/* ---- errors ---- */

static void errors(void)
{
	int ep = must(epoll_create1(EPOLL_CLOEXEC)), fd = new_event(), file = make_file("f", 1, 'f');
	char *edge = must(mmap(NULL, 2 * PG, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	char path[64], link[64] = "", *info;

	must(munmap(edge + PG, PG));
	fails(epoll_create1(1), EINVAL, "epoll_create1: an unknown flag is EINVAL");
	is(fcntl(ep, F_GETFD), FD_CLOEXEC, "EPOLL_CLOEXEC");
	is(fcntl(ep, F_GETFL), O_RDWR, "it is open for both");
	fails(syscall(SYS_epoll_ctl, 999, EPOLL_CTL_ADD, 998, 8), EFAULT, "EPOLL_CTL_ADD: a bad pointer is EFAULT, first of all");
	fails(epoll_ctl(999, EPOLL_CTL_DEL, fd, (void *)8), EBADF, "EPOLL_CTL_DEL does not look at it");
	fails(add(999, fd, EPOLLIN), EBADF, "no such epoll: EBADF");
	fails(add(ep, 999, EPOLLIN), EBADF, "no such file: EBADF");
	fails(add(ep, file, EPOLLIN), EPERM, "a file that is always ready: EPERM");
	fails(add(fd, file, EPOLLIN), EPERM, "also to what is no epoll");
	fails(add(fd, ep, EPOLLIN), EINVAL, "what is no epoll: EINVAL");
	fails(add(ep, ep, EPOLLIN), EINVAL, "itself: EINVAL");
	fails(ctl(ep, 4, fd, EPOLLIN, 0), EINVAL, "an unknown operation: EINVAL");
	fails(ctl(ep, EPOLL_CTL_MOD, fd, EPOLLIN, 0), ENOENT, "EPOLL_CTL_MOD of what is not there: ENOENT");
	fails(ctl(ep, EPOLL_CTL_DEL, fd, EPOLLIN, 0), ENOENT, "EPOLL_CTL_DEL too");
	works(add(ep, fd, EPOLLIN), "EPOLL_CTL_ADD");
	fails(add(ep, fd, EPOLLIN), EEXIST, "twice: EEXIST");
	fails(wait_raw(999, got, 0), EINVAL, "epoll_wait for no events: EINVAL");
	fails(wait_raw(999, got, INT_MAX / 16 + 1), EINVAL, "for too many: EINVAL");
	fails(epoll_wait(999, got, 1, 0), EBADF, "no such epoll: EBADF");
	fails(epoll_wait(fd, got, 1, 0), EINVAL, "what is none: EINVAL");
	is(wait_raw(ep, (void *)8, 1), 0, "nothing to tell: the pointer does not matter");
	tell(fd);
	fails(wait_raw(ep, (void *)8, 1), EFAULT, "something: a bad pointer is EFAULT");
	is(wait_raw(ep, edge + PG - 16, 4), 1, "what fits before the end is told");
	is(poll_now(ep), 1, "and it is told again");
	fails(syscall(SYS_epoll_pwait, ep, got, 1, 0, &edge, 4), EINVAL, "a mask of another size: EINVAL");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", ep);
	must(readlink(path, link, sizeof(link) - 1));
	ok(!strcmp(link, "anon_inode:[eventpoll]"), "/proc/PID/fd calls it %s", link);
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", ep);
	snprintf(link, sizeof(link), "\ntfd: %8d events: %8x data: %16llx ", fd,
		 EPOLLIN | EPOLLERR | EPOLLHUP, (unsigned long long)fd);
	info = slurp(path);
	ok(info && strstr(info, link), "fdinfo tells what is watched");
	free(info);
	must(munmap(edge, PG));
	close(ep), close(fd), close(file);
}

/* an event that could not be stored is not lost, even where it comes but once */
static void fault_keeps(void)
{
	int ep = must(epoll_create1(0)), fd = new_event(), once = new_event();

	must(add(ep, fd, EPOLLIN | EPOLLET));
	must(add(ep, once, EPOLLIN | EPOLLONESHOT));
	tell(fd), tell(once);
	fails(wait_raw(ep, (void *)8, 4), EFAULT, "two events, nowhere to store them");
	is(poll_now(ep), 2, "are still there");
	is(poll_now(ep), 0, "and come once");
	close(ep), close(fd), close(once);
}

/* ---- how events are told ---- */

static void level(void)
{
	int ep = must(epoll_create1(0)), a = new_event(), b = new_event();

	must(ctl(ep, EPOLL_CTL_ADD, a, EPOLLIN, 0x123456789abcdefULL));
	must(add(ep, b, EPOLLIN));
	is(poll_now(ep), 0, "nothing is ready");
	tell(a);
	is(poll_now(ep), 1, "one is");
	ok(got[0].events == EPOLLIN && got[0].data.u64 == 0x123456789abcdefULL, "with its data");
	is(poll_now(ep), 1, "level-triggered, it is told again");
	tell(b);
	is(poll_now(ep), 2, "two are");
	is(epoll_wait(ep, got, 1, 0), 1, "asked for one, it tells one");
	is(epoll_wait(ep, got + 1, 1, 0), 1, "then");
	ok(got[0].data.u64 != got[1].data.u64, "the other: nobody starves");
	hush(a);
	is(poll_now(ep), 1, "what has been read is not told");
	is(got[0].data.u64, b, "the other is");
	must(ctl(ep, EPOLL_CTL_MOD, b, EPOLLOUT, 77));
	is(poll_now(ep), 1, "EPOLL_CTL_MOD: other events");
	ok(got[0].events == EPOLLOUT && got[0].data.u64 == 77, "and data");
	must(ctl(ep, EPOLL_CTL_MOD, b, 0, 77));
	is(poll_now(ep), 0, "no events: nothing");
	must(ctl(ep, EPOLL_CTL_MOD, b, EPOLLIN | EPOLLOUT, 78));
	is(poll_now(ep), 1, "both");
	is(got[0].events, EPOLLIN | EPOLLOUT, "are told at once");
	must(ctl(ep, EPOLL_CTL_DEL, b, 0, 0));
	is(poll_now(ep), 0, "EPOLL_CTL_DEL: no more");
	tell(b);
	is(poll_now(ep), 0, "whatever happens");
	close(ep), close(a), close(b);
}

static void edge(void)
{
	int ep = must(epoll_create1(0)), fd = new_event(), p[2];
	char c;

	tell(fd);
	must(add(ep, fd, EPOLLIN | EPOLLET));
	is(poll_now(ep), 1, "edge-triggered: what is ready is told");
	is(poll_now(ep), 0, "once");
	tell(fd);
	is(poll_now(ep), 1, "again when more comes");
	is(poll_now(ep), 0, "once");
	must(ctl(ep, EPOLL_CTL_MOD, fd, EPOLLIN | EPOLLET, 0));
	is(poll_now(ep), 1, "EPOLL_CTL_MOD looks anew");
	tell(fd), hush(fd);
	is(poll_now(ep), 0, "an edge that has gone is not told");
	close(fd);
	must(pipe2(p, O_NONBLOCK));
	must(add(ep, p[0], EPOLLIN | EPOLLET));
	must_be(write(p[1], "a", 1) == 1);
	is(poll_now(ep), 1, "a pipe: data is told");
	must_be(write(p[1], "b", 1) == 1);
	is(poll_now(ep), 1, "each write is an edge, though it was not empty");
	must_be(read(p[0], &c, 1) == 1);
	is(poll_now(ep), 0, "what a reader leaves is none");
	close(p[1]);
	is(poll_now(ep), 1, "so is the end of the writers");
	is(got[0].events, EPOLLIN | EPOLLHUP, "with EPOLLHUP, which need not be asked for");
	close(p[0]), close(ep);
}

static void oneshot(void)
{
	int ep = must(epoll_create1(0)), fd = new_event();

	must(add(ep, fd, EPOLLIN | EPOLLONESHOT));
	tell(fd);
	is(poll_now(ep), 1, "EPOLLONESHOT: told");
	is(poll_now(ep), 0, "once");
	tell(fd);
	is(poll_now(ep), 0, "and no more");
	must(ctl(ep, EPOLL_CTL_MOD, fd, EPOLLIN | EPOLLONESHOT, 0));
	is(poll_now(ep), 1, "until it is armed again");
	is(poll_now(ep), 0, "for once");
	close(ep), close(fd);
}

/* ---- closing ---- */

static void closing(void)
{
	int ep = must(epoll_create1(0)), fd = new_event(), copy = must(dup(fd)), p[2];

	must(add(ep, fd, EPOLLIN));
	tell(fd);
	close(fd);
	is(poll_now(ep), 1, "a file is watched until its last descriptor is closed");
	is(got[0].data.u64, fd, "by the one that it was added by");
	fails(ctl(ep, EPOLL_CTL_DEL, fd, 0, 0), EBADF, "which cannot be named any more");
	fails(ctl(ep, EPOLL_CTL_DEL, copy, 0, 0), ENOENT, "and by another name is not there");
	works(add(ep, copy, EPOLLIN), "by which it can be added");
	is(poll_now(ep), 2, "a second time");
	close(copy);
	is(poll_now(ep), 0, "the last close ends both");
	must(pipe2(p, O_NONBLOCK));
	must(add(ep, p[0], EPOLLIN));
	must(add(ep, p[1], EPOLLOUT));
	close(ep);
	close(p[0]), close(p[1]);
	ok(true, "the epoll may be closed before what it watches");
}

/* ---- nesting ---- */

static short readable(int fd)
{
	struct pollfd pf = { fd, POLLIN, 0 };

	return poll(&pf, 1, 0) < 0 ? -1 : pf.revents;
}

static void nesting(void)
{
	int outer = must(epoll_create1(0)), inner = must(epoll_create1(0)), fd = new_event();
	int chain[8];

	must(add(inner, fd, EPOLLIN));
	works(add(outer, inner, EPOLLIN), "an epoll can be watched");
	is(readable(outer), 0, "it is not readable");
	tell(fd);
	is(readable(inner), POLLIN, "until one of its files is");
	is(readable(outer), POLLIN, "through two, too");
	is(poll_now(outer), 1, "the outer tells of the inner");
	is(got[0].data.u64, inner, "which it watches");
	hush(fd);
	is(poll_now(outer), 0, "no more, when the file is read");
	fails(add(inner, outer, EPOLLIN), ELOOP, "a circle is ELOOP");
	fails(ctl(outer, EPOLL_CTL_MOD, inner, EPOLLIN | EPOLLEXCLUSIVE, 0), EINVAL, "EPOLLEXCLUSIVE cannot be changed to");
	close(outer);
	outer = must(epoll_create1(0));
	fails(add(outer, inner, EPOLLIN | EPOLLEXCLUSIVE), EINVAL, "nor watch an epoll");
	must(add(outer, inner, EPOLLIN | EPOLLET));
	tell(fd);
	is(poll_now(outer), 1, "edges come through, too");
	is(poll_now(outer), 0, "once");
	tell(fd);
	is(poll_now(outer), 1, "each of them");
	close(inner);
	is(poll_now(outer), 0, "a closed inner one is gone");
	close(outer);

	for (int i = 0; i < 8; i++)
		chain[i] = must(epoll_create1(0));
	for (int i = 0; i < 4; i++)
		must(add(chain[i], chain[i + 1], EPOLLIN));
	ok(true, "five in a row");
	fails(add(chain[4], chain[5], EPOLLIN), ELOOP, "a sixth below is ELOOP");
	fails(add(chain[6], chain[0], EPOLLIN), ELOOP, "a sixth above, too");
	fails(add(chain[4], chain[0], EPOLLIN), ELOOP, "and a circle of them");
	must(add(chain[4], fd, EPOLLIN));
	is(readable(chain[0]), POLLIN, "what is below the last is seen by the first");
	for (int i = 0; i < 8; i++)
		close(chain[i]);
	close(fd);
}

/* Many ways from a file to one epoll: each wake-up climbs them all. */
static void diamonds(void)
{
	int layer[3][3], top = must(epoll_create1(0)), fd = new_event();

	for (int l = 0; l < 3; l++)
		for (int i = 0; i < 3; i++) {
			layer[l][i] = must(epoll_create1(0));
			for (int j = 0; j < 3 && l; j++)
				must(add(layer[l][i], layer[l - 1][j], EPOLLIN | EPOLLET));
		}
	for (int i = 0; i < 3; i++) {
		must(add(layer[0][i], fd, EPOLLIN));
		must(add(top, layer[2][i], EPOLLIN | EPOLLET));
	}
	is(poll_now(top), 0, "nothing is ready below");
	tell(fd);
	is(poll_now(top), 3, "a file that is below in many ways is seen in each");
	is(poll_now(top), 0, "once");
	for (int l = 0; l < 3; l++)
		for (int i = 0; i < 3; i++)
			close(layer[l][i]);
	close(top), close(fd);
}

/* ---- waiting ---- */

static void tell_parent(void *arg)
{
	must_be(wait_state(getppid(), 'S'));
	tell(*(int *)arg);
}

static void wait_for_one(void *arg)
{
	CHECK(epoll_wait(*(int *)arg, got, 8, -1) == 1);
}

static void interrupt_parent(void *arg)
{
	(void)arg;
	must_be(wait_state(getppid(), 'S'));
	kill(getppid(), SIGUSR1);
}

static volatile int signals;

static void on_signal(int sig)
{
	(void)sig;
	signals++;
}

static void waiting(void)
{
	int ep = must(epoll_create1(0)), fd = new_event();
	struct timespec ts = { 0, 20000000 }, bad = { 0, 1000000000 };
	struct sigaction sa = { .sa_handler = on_signal, .sa_flags = SA_RESTART };
	sigset_t none, usr1;
	double t = now();
	pid_t pid;

	must(add(ep, fd, EPOLLIN));
	is(epoll_wait(ep, got, 8, 20), 0, "epoll_wait gives up after its time");
	ok(now() - t >= 0.020, "not before");
	t = now();
	is(syscall(SYS_epoll_pwait2, ep, got, 8, &ts, NULL, 8), 0, "so does epoll_pwait2");
	ok(now() - t >= 0.020, "not before");
	fails(syscall(SYS_epoll_pwait2, ep, got, 8, &bad, NULL, 8), EINVAL, "a bad time is EINVAL");
	fails(syscall(SYS_epoll_pwait2, ep, got, 8, (void *)8, NULL, 8), EFAULT, "a bad pointer to it EFAULT");
	pid = spawn(tell_parent, &fd);
	is(epoll_wait(ep, got, 8, -1), 1, "a sleeper is woken");
	is(reap(pid), 0, "by what it waits for");
	hush(fd);
	sigaction(SIGUSR1, &sa, NULL);
	pid = spawn(interrupt_parent, NULL);
	fails(epoll_wait(ep, got, 8, -1), EINTR, "a signal ends the wait, whatever SA_RESTART says");
	reap(pid);
	sigemptyset(&none);
	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	sigprocmask(SIG_BLOCK, &usr1, NULL);
	raise(SIGUSR1);
	is(signals, 1, "one signal was handled");
	fails(epoll_pwait(ep, got, 8, -1, &none), EINTR, "epoll_pwait lets a blocked one in");
	is(signals, 2, "which is handled");
	raise(SIGUSR1);
	tell(fd);
	is(epoll_pwait(ep, got, 8, -1, &none), 1, "if there are events, they come first");
	sigprocmask(SIG_UNBLOCK, &usr1, NULL);
	close(ep), close(fd);
}

/* two wait on one epoll: an edge wakes one, two edges both */
static void sleepers(void)
{
	int ep = must(epoll_create1(0)), a = new_event(), b = new_event(), st;
	pid_t one, two, first;

	must(add(ep, a, EPOLLIN | EPOLLET));
	must(add(ep, b, EPOLLIN | EPOLLET));
	one = spawn(wait_for_one, &ep);
	two = spawn(wait_for_one, &ep);
	must_be(wait_state(one, 'S') && wait_state(two, 'S'));
	tell(a);
	first = waitpid(-1, &st, 0);
	ok((first == one || first == two) && !st, "an edge ends the wait of one sleeper");
	must_be(wait_state(first == one ? two : one, 'S'));
	ok(!waitpid(-1, &st, WNOHANG), "not of the other");
	tell(b);
	is(reap(first == one ? two : one), 0, "which the next edge does");
	close(ep), close(a), close(b);
}

/* two epolls, two sleepers, one file: EPOLLEXCLUSIVE wakes one */
static void exclusive(void)
{
	int ep[2], fd = new_event(), st;
	pid_t pid[2], first;

	for (int i = 0; i < 2; i++) {
		ep[i] = must(epoll_create1(0));
		works(add(ep[i], fd, EPOLLIN | EPOLLET | EPOLLEXCLUSIVE), "EPOLLEXCLUSIVE");
	}
	fails(ctl(ep[0], EPOLL_CTL_MOD, fd, EPOLLIN, 0), EINVAL, "it cannot be modified");
	must(ctl(ep[0], EPOLL_CTL_DEL, fd, 0, 0));
	fails(add(ep[0], fd, EPOLLIN | EPOLLEXCLUSIVE | EPOLLONESHOT), EINVAL, "nor go with EPOLLONESHOT");
	must(add(ep[0], fd, EPOLLIN | EPOLLET | EPOLLEXCLUSIVE));
	for (int i = 0; i < 2; i++) {
		pid[i] = spawn(wait_for_one, &ep[i]);
		must_be(wait_state(pid[i], 'S'));
	}
	tell(fd);
	first = waitpid(-1, &st, 0);
	must_be(wait_state(first == pid[0] ? pid[1] : pid[0], 'S'));
	ok(!waitpid(-1, &st, WNOHANG), "one wake-up wakes one of two epolls' sleepers");
	tell(fd);
	is(reap(first == pid[0] ? pid[1] : pid[0]), 0, "the next the other's, as the first has none");
	close(ep[0]), close(ep[1]), close(fd);
}

/* ---- other files ---- */

static void others(void)
{
	int ep = must(epoll_create1(0)), master = must(open("/dev/ptmx", O_RDWR | O_NOCTTY)), slave, pidfd;
	struct gate g = gate_new();
	int unlock = 0, number;
	char path[32], buf[32];
	pid_t pid;

	must(ioctl(master, TIOCSPTLCK, &unlock));
	must(ioctl(master, TIOCGPTN, &number));
	snprintf(path, sizeof(path), "/dev/pts/%d", number);
	slave = must(open(path, O_RDWR | O_NOCTTY));
	must(add(ep, slave, EPOLLIN));
	is(poll_now(ep), 0, "a terminal without input");
	must_be(write(master, "line\n", 5) == 5);
	is(epoll_wait(ep, got, 8, 5000), 1, "a line makes it readable");
	must_be(read(slave, buf, sizeof(buf)) == 5);
	is(poll_now(ep), 0, "read, it is not");
	close(slave), close(master);

	pid = must(fork());
	if (!pid) {
		gate_pass(g);
		_exit(0);
	}
	pidfd = must(syscall(SYS_pidfd_open, pid, 0));
	must(add(ep, pidfd, EPOLLIN));
	is(poll_now(ep), 0, "a pidfd of a process that runs");
	gate_open(g);
	is(epoll_wait(ep, got, 8, -1), 1, "that ends");
	is(got[0].events, EPOLLIN, "is readable");
	reap(pid);
	is(poll_now(ep), 1, "reaped");
	is(got[0].events, EPOLLIN | EPOLLHUP, "it hangs up");
	close(pidfd), close(ep);
	gate_free(g);
}

static void many(void)
{
	static struct epoll_event ev[1000];
	int ep = must(epoll_create1(0)), fd[500], seen = 0;
	char is_there[1000] = { 0 };

	for (int i = 0; i < 500; i++) {
		fd[i] = new_event();
		must(ctl(ep, EPOLL_CTL_ADD, fd[i], EPOLLIN, i));
		if (i % 3 == 0)
			tell(fd[i]);
	}
	for (int n = epoll_wait(ep, ev, 1000, 0); n > 0; n--)
		if (!is_there[ev[n - 1].data.u64]++ && ev[n - 1].data.u64 % 3 == 0)
			seen++;
	is(seen, 167, "of 500 files the 167 that are ready are told, each once");
	for (int i = 0; i < 500; i += 2)
		close(fd[i]);
	is(epoll_wait(ep, ev, 1000, 0), 83, "half of them closed, the others");
	for (int i = 1; i < 500; i += 2)
		close(fd[i]);
	is(epoll_wait(ep, ev, 1000, 0), 0, "and none");
	close(ep);
}

/* ---- everything at once ---- */

static int storm_ep[2];
static volatile int storm_over;

static void *change(void *arg)
{
	uint64_t seed = (uintptr_t)arg, v = 1;

	while (!storm_over) {
		int fd = eventfd(0, EFD_NONBLOCK);

		if (add(storm_ep[0], fd, EPOLLIN | (rnd(&seed, 2) ? EPOLLET : 0)) < 0)
			break;
		(void)!write(fd, &v, 8);
		if (rnd(&seed, 2))
			ctl(storm_ep[0], EPOLL_CTL_MOD, fd, EPOLLIN | EPOLLONESHOT, 1);
		if (rnd(&seed, 2))
			ctl(storm_ep[0], EPOLL_CTL_DEL, fd, 0, 0);
		close(fd);
	}
	return NULL;
}

static void *renest(void *arg)
{
	(void)arg;
	while (!storm_over) {
		int ep = epoll_create1(0);

		add(ep, storm_ep[0], EPOLLIN);
		add(storm_ep[1], ep, EPOLLIN);
		close(ep);
	}
	return NULL;
}

static void storm(void)
{
	pthread_t t[4];
	long told = 0;

	storm_ep[0] = must(epoll_create1(0));
	storm_ep[1] = must(epoll_create1(0));
	for (long i = 0; i < 3; i++)
		must_be(!pthread_create(&t[i], NULL, change, (void *)(i + 1)));
	must_be(!pthread_create(&t[3], NULL, renest, NULL));
	for (int i = 0; i < 3000; i++) {
		told += epoll_wait(storm_ep[0], got, 64, 1) > 0;
		epoll_wait(storm_ep[1], got, 64, 0);
	}
	storm_over = 1;
	for (int i = 0; i < 4; i++)
		pthread_join(t[i], NULL);
	ok(told > 0, "threads add, change, close and nest while others wait");
	is(poll_now(storm_ep[0]), 0, "nothing is left of it");
	close(storm_ep[0]), close(storm_ep[1]);
}

int main(void)
{
	work_in(TMPFS);
	errors();
	padding();
	fault_keeps();
	level();
	edge();
	oneshot();
	closing();
	nesting();
	diamonds();
	waiting();
	sleepers();
	exclusive();
	others();
	many();
	storm();
	return done();
}
