// SPDX-License-Identifier: GPL-2.0-only
/*
 * Descriptors: dup, dup2, dup3, fcntl, close, FD_CLOEXEC, many of them.
 */
#include "tap.h"
#include <sys/ioctl.h>
#include <sys/resource.h>

static int null(void)
{
	return must(open("/dev/null", O_RDWR));
}

static void dups(void)
{
	int a = null(), b, c;

	b = dup(a);
	ok(b > a, "dup gives another descriptor");
	is(fcntl(b, F_GETFD), 0, "without FD_CLOEXEC");
	is(dup2(a, 100), 100, "dup2 gives the one asked for");
	is(dup2(a, a), a, "dup2 to itself is a no-op");
	fails(dup2(999, 999), EBADF, "dup2 of a closed one to itself is EBADF");
	fails(dup2(999, 5), EBADF, "dup2 of a closed descriptor is EBADF");
	fails(dup2(a, -1), EBADF, "dup2 to a negative one is EBADF");
	fails(syscall(SYS_dup3, a, a, 0), EINVAL, "dup3 to itself is EINVAL");
	fails(syscall(SYS_dup3, a, 101, 1), EINVAL, "dup3 with an unknown flag is EINVAL");
	is(syscall(SYS_dup3, a, 101, O_CLOEXEC), 101, "dup3 with O_CLOEXEC");
	is(fcntl(101, F_GETFD), FD_CLOEXEC, "sets FD_CLOEXEC");
	fails(dup(999), EBADF, "dup of a closed descriptor is EBADF");
	c = fcntl(a, F_DUPFD, 50);
	is(c, 50, "F_DUPFD gives the lowest from its argument on");
	is(fcntl(a, F_DUPFD, 50), 51, "the next is the next");
	is(fcntl(a, F_DUPFD_CLOEXEC, 50), 52, "F_DUPFD_CLOEXEC");
	is(fcntl(52, F_GETFD), FD_CLOEXEC, "sets FD_CLOEXEC");
	fails(fcntl(a, F_DUPFD, -1), EINVAL, "F_DUPFD with a negative minimum is EINVAL");
	fails(fcntl(a, F_DUPFD, 100000000), EINVAL, "F_DUPFD beyond the limit is EINVAL");
	fails(fcntl(a, 9999), EINVAL, "an unknown fcntl is EINVAL");
	fails(fcntl(999, F_GETFD), EBADF, "fcntl of a closed descriptor is EBADF");
	is(fcntl(52, F_SETFD, 0), 0, "F_SETFD");
	is(fcntl(52, F_GETFD), 0, "clears the flag");
	for (int i = 50; i < 53; i++)
		close(i);
	close(100), close(101), close(a), close(b);
	fails(close(a), EBADF, "a second close is EBADF");
	fails(close(-1), EBADF, "close of -1 is EBADF");
}

/* dup2 over an open descriptor closes that: the pipe sees its reader go. */
static void replace(void)
{
	int fd[2], n = null();

	must(pipe(fd));
	signal(SIGPIPE, SIG_IGN);
	is(dup2(n, fd[0]), fd[0], "dup2 over the read end of a pipe");
	fails(write(fd[1], "x", 1), EPIPE, "closes it: EPIPE");
	signal(SIGPIPE, SIG_DFL);
	close(fd[0]), close(fd[1]), close(n);
}

static void status_shared(void)
{
	int a = null(), b = must(dup(a)), c = null();

	must(fcntl(a, F_SETFL, O_NONBLOCK | O_APPEND));
	ok(fcntl(b, F_GETFL) & O_NONBLOCK, "status flags are shared by dups");
	ok(!(fcntl(c, F_GETFL) & O_NONBLOCK), "not by another open");
	must(fcntl(a, F_SETFD, FD_CLOEXEC));
	is(fcntl(b, F_GETFD), 0, "descriptor flags are not shared");
	is(ioctl(b, FIOCLEX), 0, "FIOCLEX sets FD_CLOEXEC");
	is(fcntl(b, F_GETFD), FD_CLOEXEC, "as fcntl shows");
	is(ioctl(b, FIONCLEX), 0, "FIONCLEX clears it");
	is(fcntl(b, F_GETFD), 0, "as fcntl shows");
	close(a), close(b), close(c);
}

static void many(void *arg)
{
	struct rlimit rl = { 3000, 3000 };
	int i, n = 0;

	(void)arg;
	CHECK(!setrlimit(RLIMIT_NOFILE, &rl));
	while ((i = open("/dev/null", O_RDONLY)) >= 0)
		n = i;
	CHECK(errno == EMFILE);
	CHECK(n == 2999);
	CHECK_ERR(dup(0), EMFILE);
	CHECK_ERR(dup2(0, 3000), EBADF);
	CHECK_ERR(pipe((int[2]){ 0 }), EMFILE);
	CHECK(!close(1777) && !close(1500));
	CHECK(open("/dev/null", O_RDONLY) == 1500);
	CHECK_ERR(pipe((int[2]){ 0 }), EMFILE);
	CHECK(open("/dev/null", O_RDONLY) == 1777);
	CHECK_ERR(open("/dev/null", O_RDONLY), EMFILE);
}

static void inherited(void *arg)
{
	int fd = *(int *)arg;

	CHECK(fcntl(fd, F_GETFD) == FD_CLOEXEC);	/* fork keeps it open */
	CHECK(!close(fd));
}

static void forked(void)
{
	int fd = must(open("/dev/zero", O_RDONLY | O_CLOEXEC));
	char c;

	is(child(inherited, &fd), 0, "a child has the parent's descriptors, also the close-on-exec ones");
	is(read(fd, &c, 1), 1, "its close does not close the parent's");
	close(fd);
}

static void ranges(void)
{
	int a;

	for (int i = 200; i < 210; i++)
		must(dup2(0, i));
	if (syscall(SYS_close_range, 202, 204, 0) == -1 && errno == ENOSYS) {
		skip("no close_range", "close_range");
		for (int i = 200; i < 210; i++)
			close(i);
		return;
	}
	ok(fcntl(201, F_GETFD) == 0 && fcntl(202, F_GETFD) == -1 && fcntl(204, F_GETFD) == -1 &&
	   fcntl(205, F_GETFD) == 0, "close_range closes exactly its range");
	is(syscall(SYS_close_range, 205, 206, 4 /* CLOEXEC */), 0, "CLOSE_RANGE_CLOEXEC");
	ok(fcntl(206, F_GETFD) == FD_CLOEXEC && fcntl(207, F_GETFD) == 0, "only marks them");
	fails(syscall(SYS_close_range, 9, 8, 0), EINVAL, "a backward range is EINVAL");
	is(syscall(SYS_close_range, 200, ~0U, 0), 0, "up to the end");
	a = fcntl(209, F_GETFD);
	is(a, -1, "closes all");
}

static void available(void)
{
	int fd[2], n = -1;

	must(pipe(fd));
	must_be(write(fd[1], "12345", 5) == 5);
	is(ioctl(fd[0], FIONREAD, &n), 0, "FIONREAD of a pipe");
	is(n, 5, "tells how much can be read");
	close(fd[0]), close(fd[1]);
	fails(ioctl(999, FIONREAD, &n), EBADF, "ioctl of a closed descriptor is EBADF");
	fd[0] = null();
	fails(ioctl(fd[0], 0x12345678, &n), ENOTTY, "an unknown ioctl is ENOTTY");
	close(fd[0]);
}

static void queries(void)
{
	int a = null(), b = must(dup(a)), c = null(), p = must(open(".", O_PATH));

	is(fcntl(a, 1027 /* F_DUPFD_QUERY */, b), 1, "F_DUPFD_QUERY knows a duplicate");
	is(fcntl(a, 1027, a), 1, "and the same descriptor");
	is(fcntl(a, 1027, c), 0, "another open of the same file is not one");
	is(fcntl(p, 1027, p), 1, "O_PATH descriptors can be asked too");
	fails(fcntl(a, 1027, 999), EBADF, "a closed one is EBADF");
	is(fcntl(a, 1028 /* F_CREATED_QUERY */), 0, "F_CREATED_QUERY: what was there was not made");
	close(b);
	b = must(open("new", O_CREAT | O_RDWR, 0600));
	is(fcntl(b, 1028), 1, "this open made the file");
	close(b);
	b = must(open("new", O_CREAT | O_RDWR, 0600));
	is(fcntl(b, 1028), 0, "this one found it");
	must(unlink("new"));
	close(a), close(b), close(c), close(p);
}

int main(void)
{
	work_in(TMPFS);
	dups();
	queries();
	replace();
	status_shared();
	is(child(many, NULL), 0, "RLIMIT_NOFILE bounds descriptors: 3000 can be open, EMFILE then");
	forked();
	ranges();
	available();
	return done();
}
