// SPDX-License-Identifier: GPL-2.0-only
/* eventfd: counts, semaphores, blocking, poll, /proc. */
#include "tap.h"
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/uio.h>

#define TOP	(~0ULL - 1)	/* the largest count */

static short ready(int fd)
{
	struct pollfd pf = { fd, POLLIN | POLLOUT | POLLERR, 0 };

	return poll(&pf, 1, 0) < 0 ? -1 : pf.revents;
}

static int put(int fd, uint64_t v)
{
	return write(fd, &v, sizeof(v));
}

static uint64_t take(int fd)
{
	uint64_t v = 0;

	return read(fd, &v, sizeof(v)) == sizeof(v) ? v : ~0ULL;
}

static void counting(void)
{
	uint64_t v = 0;
	struct iovec two[2] = { { &v, 4 }, { (char *)&v + 4, 4 } };
	char link[64] = "", path[64], *info;
	int fd;

	fails(syscall(SYS_eventfd2, 0, 2), EINVAL, "an unknown flag is EINVAL");
	fd = must(eventfd(3, EFD_NONBLOCK | EFD_CLOEXEC));
	is(fcntl(fd, F_GETFD), FD_CLOEXEC, "EFD_CLOEXEC");
	is(fcntl(fd, F_GETFL), O_RDWR | O_NONBLOCK, "EFD_NONBLOCK");
	is(ready(fd), POLLIN | POLLOUT, "with a count it is readable and writable");
	is(take(fd), 3, "read gives the count it began with");
	is(ready(fd), POLLOUT, "and takes it: not readable");
	fails(read(fd, &v, 8), EAGAIN, "nothing is left: EAGAIN");
	is(put(fd, 5), 8, "write adds");
	is(put(fd, 7), 8, "and adds");
	is(readv(fd, two, 2), 8, "readv into two halves");
	is(v, 12, "gives the sum");
	is(put(fd, 0), 8, "adding nothing");
	is(ready(fd), POLLOUT, "changes nothing");
	is(put(fd, TOP), 8, "the largest count");
	is(ready(fd), POLLIN, "is full: not writable");
	fails(put(fd, 1), EAGAIN, "one more does not fit");
	is(put(fd, 0), 8, "nothing does");
	fails(put(fd, ~0ULL), EINVAL, "-1 cannot be added");
	is(take(fd), TOP, "and it is read");
	fails(read(fd, &v, 7), EINVAL, "less than eight bytes cannot be read");
	fails(write(fd, &v, 4), EINVAL, "nor written");
	fails(syscall(SYS_write, fd, 8, 8), EFAULT, "a bad pointer is EFAULT");
	is(lseek(fd, 5, SEEK_SET), 0, "it has no position to be moved");
	fails(pread(fd, &v, 8, 0), ESPIPE, "nor to be read at");
	put(fd, 0x1f);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	must(readlink(path, link, sizeof(link) - 1));
	ok(!strcmp(link, "anon_inode:[eventfd]"), "/proc/PID/fd calls it %s", link);
	fails(open(path, O_RDONLY), ENXIO, "where it cannot be opened");
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	info = slurp(path);
	ok(info && strstr(info, "\neventfd-count:               1f\neventfd-id: "), "fdinfo tells the count");
	free(info);
	close(fd);
}

static void semaphores(void)
{
	uint64_t v;
	int fd = must(eventfd(2, EFD_SEMAPHORE | EFD_NONBLOCK));

	is(take(fd), 1, "a semaphore gives one");
	is(take(fd), 1, "and one");
	fails(read(fd, &v, 8), EAGAIN, "until there is none");
	is(put(fd, 1), 8, "one is added");
	is(take(fd), 1, "and taken");
	close(fd);
}

static void read_one(void *arg)
{
	CHECK(take(*(int *)arg) == 9);
}

static void write_one(void *arg)
{
	CHECK(put(*(int *)arg, 1) == 8);
}

static void interrupted(int sig)
{
	(void)sig;
}

static void read_interrupted(void *arg)
{
	struct sigaction sa = { .sa_handler = interrupted };
	uint64_t v;

	sigaction(SIGUSR1, &sa, NULL);
	CHECK_ERR(read(*(int *)arg, &v, 8), EINTR);
}

static void blocking(void)
{
	int fd = must(eventfd(0, 0));
	pid_t pid = spawn(read_one, &fd);

	must_be(wait_state(pid, 'S'));
	put(fd, 9);
	is(reap(pid), 0, "a reader waits for a count");
	put(fd, TOP);
	pid = spawn(write_one, &fd);
	must_be(wait_state(pid, 'S'));
	is(take(fd), TOP, "a full one");
	is(reap(pid), 0, "lets its writer go on when it is read");
	is(take(fd), 1, "with what it added");
	pid = spawn(read_interrupted, &fd);
	must_be(wait_state(pid, 'S'));
	kill(pid, SIGUSR1);
	is(reap(pid), 0, "a signal ends the wait");
	close(fd);
}

int main(void)
{
	counting();
	semaphores();
	blocking();
	return done();
}
