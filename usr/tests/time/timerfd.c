// SPDX-License-Identifier: GPL-2.0-only
/* timerfd: once and periodic, relative and absolute, counting, poll, clock steps. */
#include "tap.h"
#include <poll.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>

#define MS	1000000L

static struct itimerspec spec(long value_ns, long interval_ns)
{
	return (struct itimerspec){
		.it_value = { value_ns / 1000000000, value_ns % 1000000000 },
		.it_interval = { interval_ns / 1000000000, interval_ns % 1000000000 },
	};
}

static long ns_of(struct timespec t)
{
	return t.tv_sec * 1000000000 + t.tv_nsec;
}

static long clock_ns(int clock)
{
	struct timespec t;

	must(clock_gettime(clock, &t));
	return ns_of(t);
}

static int set(int fd, int flags, long value, long interval)
{
	struct itimerspec t = spec(value, interval);

	return timerfd_settime(fd, flags, &t, NULL);
}

static uint64_t take(int fd)
{
	uint64_t v = 0;

	return read(fd, &v, 8) == 8 ? v : ~0ULL;
}

static short ready(int fd, int ms)
{
	struct pollfd pf = { fd, POLLIN, 0 };

	return poll(&pf, 1, ms) < 0 ? -1 : pf.revents;
}

static void errors(void)
{
	struct itimerspec t = spec(MS, 0), bad = spec(MS, 0);
	int fd = must(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)), other[2];
	char link[64] = "", path[64], *info;
	uint64_t v;

	must(pipe(other));
	fails(timerfd_create(CLOCK_MONOTONIC, 1), EINVAL, "timerfd_create: an unknown flag is EINVAL");
	fails(timerfd_create(CLOCK_THREAD_CPUTIME_ID, 0), EINVAL, "so is a clock of processor time");
	is(fcntl(fd, F_GETFD), FD_CLOEXEC, "TFD_CLOEXEC");
	is(fcntl(fd, F_GETFL), O_RDWR | O_NONBLOCK, "TFD_NONBLOCK");
	bad.it_value.tv_nsec = 1000000000;
	fails(syscall(SYS_timerfd_settime, 999, 4, 8, NULL), EFAULT, "timerfd_settime: a bad pointer is EFAULT, first of all");
	fails(timerfd_settime(999, 4, &t, NULL), EINVAL, "then flags");
	fails(timerfd_settime(999, 0, &bad, NULL), EINVAL, "and times");
	fails(timerfd_settime(999, 0, &t, NULL), EBADF, "then the descriptor");
	fails(timerfd_settime(other[0], 0, &t, NULL), EINVAL, "which has to be a timerfd");
	fails(timerfd_gettime(999, &t), EBADF, "timerfd_gettime: EBADF");
	fails(timerfd_gettime(other[0], &t), EINVAL, "EINVAL");
	fails(syscall(SYS_timerfd_gettime, fd, 8), EFAULT, "EFAULT");
	fails(read(fd, &v, 7), EINVAL, "less than eight bytes cannot be read");
	fails(read(fd, &v, 8), EAGAIN, "a timer that is not set: EAGAIN");
	fails(write(fd, &v, 8), EINVAL, "it cannot be written");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	must(readlink(path, link, sizeof(link) - 1));
	ok(!strcmp(link, "anon_inode:[timerfd]"), "/proc/PID/fd calls it %s", link);
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	info = slurp(path);
	ok(info && strstr(info, "\nclockid: 1\nticks: 0\nsettime flags: 00\nit_value: (0, 0)\nit_interval: (0, 0)\n"),
	   "fdinfo tells its setting");
	free(info);
	close(fd), close(other[0]), close(other[1]);
}

static void once(int clock, const char *name)
{
	int fd = must(timerfd_create(clock, 0));
	long start = clock_ns(clock), left;
	struct itimerspec t, old;

	is(set(fd, 0, 20 * MS, 0), 0, "%s: a timer for once", name);
	is(take(fd), 1, "expires");
	ok(clock_ns(clock) - start >= 20 * MS, "not before its time");
	must(timerfd_gettime(fd, &t));
	ok(!ns_of(t.it_value) && !ns_of(t.it_interval), "then it is not set");
	start = clock_ns(clock);
	is(set(fd, TFD_TIMER_ABSTIME, start + 20 * MS, 0), 0, "one for a point in time");
	is(take(fd), 1, "expires");
	ok(clock_ns(clock) >= start + 20 * MS, "not before it");
	is(set(fd, TFD_TIMER_ABSTIME, 1, 0), 0, "one for the past");
	is(take(fd), 1, "expires at once");
	must(set(fd, 0, 3600000 * MS, 5 * MS));
	must(timerfd_gettime(fd, &t));
	left = ns_of(t.it_value);
	ok(left > 3000000 * MS && left <= 3600000 * MS, "timerfd_gettime tells what is left");
	is(ns_of(t.it_interval), 5 * MS, "and the interval");
	t = spec(0, 7 * MS);
	is(timerfd_settime(fd, 0, &t, &old), 0, "a value of zero disarms");
	ok(ns_of(old.it_value) > 3000000 * MS && ns_of(old.it_interval) == 5 * MS, "the old setting is told");
	must(timerfd_gettime(fd, &t));
	is(ns_of(t.it_value), 0, "nothing is left");
	close(fd);
}

static void periodic(void)
{
	int fd = must(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK));
	long start = clock_ns(CLOCK_MONOTONIC), set_by, end;
	struct itimerspec t;
	uint64_t n, more;

	must(set(fd, 0, MS, MS));
	set_by = clock_ns(CLOCK_MONOTONIC);		/* a busy host may let some time pass before */
	while (clock_ns(CLOCK_MONOTONIC) < set_by + 20 * MS)
		;
	is(ready(fd, -1), POLLIN, "a periodic timer is readable");
	n = take(fd);
	end = clock_ns(CLOCK_MONOTONIC);
	ok(n >= 20 && n <= (uint64_t)((end - start) / MS), "a read counts all expiries that passed (%d)", (int)n);
	is(ready(fd, -1), POLLIN, "it goes on");
	more = take(fd);
	ok(more >= 1 && n + more <= (uint64_t)((clock_ns(CLOCK_MONOTONIC) - start) / MS), "and counts none twice");
	must(timerfd_gettime(fd, &t));
	ok(ns_of(t.it_value) <= MS && ns_of(t.it_interval) == MS, "timerfd_gettime tells of the next");
	is(ready(fd, -1), POLLIN, "expired again");
	must(set(fd, 0, 3600000 * MS, 0));
	is(ready(fd, 0), 0, "setting it anew forgets what has expired");
	close(fd);
}

static void waiting(void)
{
	int fd = must(timerfd_create(CLOCK_MONOTONIC, 0)), ep = must(epoll_create1(0));
	struct epoll_event e = { .events = EPOLLIN | EPOLLET };

	must(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e));
	must(set(fd, 0, 5 * MS, 5 * MS));
	is(epoll_wait(ep, &e, 1, -1), 1, "epoll hears of an expiry");
	is(e.events, EPOLLIN, "as of something to be read");
	ok(take(fd) >= 1, "and it is");
	is(epoll_wait(ep, &e, 1, -1), 1, "of the next too, once it has been read");
	close(ep), close(fd);
}

static void clock_step(void)
{
	int fd = must(timerfd_create(CLOCK_REALTIME, 0)), quiet = must(timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK));
	struct timespec t;
	uint64_t v;

	must(clock_gettime(CLOCK_REALTIME, &t));
	must(set(fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, ns_of(t) + 3600000 * MS, 0));
	must(set(quiet, TFD_TIMER_ABSTIME, ns_of(t) + 3600000 * MS, 0));
	is(ready(fd, 0), 0, "TFD_TIMER_CANCEL_ON_SET");
	t.tv_sec++;
	must(clock_settime(CLOCK_REALTIME, &t));
	is(ready(fd, 0), POLLIN, "is readable when the clock is set");
	fails(read(fd, &v, 8), ECANCELED, "and says ECANCELED");
	is(ready(fd, 0), 0, "once");
	is(ready(quiet, 0), 0, "others are not told");
	t.tv_sec += 7200;
	must(clock_settime(CLOCK_REALTIME, &t));
	is(ready(quiet, 1000), POLLIN, "but expire, if their time is passed by");
	is(take(quiet), 1, "once");
	t.tv_sec -= 7201;
	must(clock_settime(CLOCK_REALTIME, &t));
	close(fd), close(quiet);
}

int main(void)
{
	errors();
	once(CLOCK_MONOTONIC, "CLOCK_MONOTONIC");
	once(CLOCK_REALTIME, "CLOCK_REALTIME");
	once(CLOCK_BOOTTIME, "CLOCK_BOOTTIME");
	periodic();
	waiting();
	clock_step();
	return done();
}
