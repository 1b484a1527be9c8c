// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pipes: order, end of file, EPIPE, atomicity, O_NONBLOCK, capacity, blocking.
 */
#include "tap.h"
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/uio.h>

#ifndef F_SETPIPE_SZ
#define F_SETPIPE_SZ 1031
#define F_GETPIPE_SZ 1032
#endif

static char big[256 * KiB];

static void basics(void)
{
	int fd[2];
	char buf[100];
	struct stat st;

	is(pipe(fd), 0, "pipe");
	is(write(fd[1], "abcdef", 6), 6, "write");
	is(read(fd[0], buf, 3), 3, "read gives what it was asked for");
	is(read(fd[0], buf + 3, 97), 3, "and then what is left");
	ok(!memcmp(buf, "abcdef", 6), "in order");
	is(write(fd[1], buf, 0), 0, "write of nothing is 0");
	is(read(fd[0], buf, 0), 0, "read of nothing is 0, without blocking");
	fails(read(fd[1], buf, 1), EBADF, "the write end cannot be read");
	fails(write(fd[0], buf, 1), EBADF, "the read end cannot be written");
	must(fstat(fd[0], &st));
	ok(S_ISFIFO(st.st_mode), "stat tells a FIFO");
	must_be(write(fd[1], "last", 4) == 4);
	close(fd[1]);
	is(read(fd[0], buf, 100), 4, "after the writer has closed the rest can be read");
	is(read(fd[0], buf, 100), 0, "then comes the end of file");
	is(read(fd[0], buf, 100), 0, "again and again");
	close(fd[0]);
	fails(syscall(SYS_pipe2, fd, 0x12345), EINVAL, "pipe2 with unknown flags is EINVAL");
	is(pipe2(fd, O_CLOEXEC | O_NONBLOCK), 0, "pipe2");
	ok(fcntl(fd[0], F_GETFD) == FD_CLOEXEC && fcntl(fd[1], F_GETFD) == FD_CLOEXEC, "O_CLOEXEC of both");
	ok((fcntl(fd[0], F_GETFL) & O_NONBLOCK) && (fcntl(fd[1], F_GETFL) & O_NONBLOCK), "O_NONBLOCK of both");
	ok((fcntl(fd[0], F_GETFL) & O_ACCMODE) == O_RDONLY && (fcntl(fd[1], F_GETFL) & O_ACCMODE) == O_WRONLY,
	   "one end reads, one writes");
	close(fd[0]), close(fd[1]);
}

static void die_writing(void *arg)
{
	int *fd = arg;

	close(fd[0]);
	(void)!write(fd[1], "x", 1);
}

static void broken(void)
{
	int fd[2];

	must(pipe(fd));
	close(fd[0]);
	fd[0] = must(open("/dev/null", O_RDONLY));
	signal(SIGPIPE, SIG_IGN);
	fails(write(fd[1], "x", 1), EPIPE, "without a reader write is EPIPE when SIGPIPE is ignored");
	signal(SIGPIPE, SIG_DFL);
	is(child(die_writing, fd), -SIGPIPE, "and kills by SIGPIPE when not");
	close(fd[0]), close(fd[1]);
}

static void nonblocking(void)
{
	int fd[2], cap, n, sum = 0;
	char buf[PG];

	must(pipe2(fd, O_NONBLOCK));
	fails(read(fd[0], buf, 1), EAGAIN, "an empty pipe is EAGAIN with O_NONBLOCK");
	cap = fcntl(fd[0], F_GETPIPE_SZ);
	is(cap, 64 * KiB, "a pipe holds 64 KiB");
	is(write(fd[1], big, sizeof(big)), cap, "a large write takes what there is room for");
	fails(write(fd[1], "x", 1), EAGAIN, "then it is EAGAIN");
	must(ioctl(fd[0], FIONREAD, &n));
	is(n, cap, "FIONREAD tells the capacity");
	must_be(read(fd[0], buf, 100) == 100);
	fails(write(fd[1], buf, PG), EAGAIN, "a write of PIPE_BUF into less room is EAGAIN, not partial");
	must_be(read(fd[0], buf, PG) == (ssize_t)PG);
	is(write(fd[1], buf, PG), PG, "with a page of room it is taken");
	while ((n = read(fd[0], buf, sizeof(buf))) > 0)
		sum += n;
	is(sum, cap - 100, "everything comes out");
	close(fd[0]), close(fd[1]);
}

static void capacity(void)
{
	int fd[2];

	must(pipe2(fd, O_NONBLOCK));
	is(fcntl(fd[1], F_SETPIPE_SZ, 1), PG, "F_SETPIPE_SZ of 1 gives a page");
	is(write(fd[1], big, 2 * PG), PG, "it holds that");
	fails(fcntl(fd[1], F_SETPIPE_SZ, -1), EINVAL, "F_SETPIPE_SZ of -1 is EINVAL");
	is(fcntl(fd[1], F_SETPIPE_SZ, 100000), 128 * KiB, "sizes round up to powers of two");
	is(write(fd[1], big, sizeof(big)), 128 * KiB - PG, "it holds more then");
	fails(fcntl(fd[1], F_SETPIPE_SZ, PG), EBUSY, "shrinking below its content is EBUSY");
	is(fcntl(fd[0], F_GETPIPE_SZ), 128 * KiB, "and changes nothing");
	/* a ring too large for one piece of memory */
	ok(fcntl(fd[1], F_SETPIPE_SZ, 1 << 30) > 0 || errno == ENOMEM, "1 GiB is possible, or ENOMEM");
	is(read(fd[0], big, sizeof(big)), 128 * KiB, "and nothing is lost by it");
	close(fd[0]), close(fd[1]);
}

/* A buffer that ends in the middle: all of a page's worth, or nothing. */
static void bad_buffers(void)
{
	char *p = must(mmap(NULL, 2 * PG, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)), *at;
	int fd[2];

	must(munmap(p + PG, PG));
	at = p + PG - 100;
	memset(at, 'p', 100);
	must(pipe2(fd, O_NONBLOCK));
	fails(write(fd[1], at, 200), EFAULT, "a write of which half can be read is EFAULT");
	fails(read(fd[0], big, 200), EAGAIN, "and writes nothing");
	must_be(write(fd[1], "abc", 3) == 3);
	fails(write(fd[1], at, 200), EFAULT, "the same behind other bytes");
	must_be(write(fd[1], big, 197) == 197);
	fails(read(fd[0], at, 300), EFAULT, "a read of which half can be stored is EFAULT");
	is(read(fd[0], big, 300), 200, "and reads nothing");
	is(memcmp(big, "abc", 3), 0, "nor does it lose anything");
	close(fd[0]), close(fd[1]);
	must(munmap(p, PG));
}

/* Writers of PIPE_BUF bytes never interleave. */
static void record_writer(void *arg)
{
	int *fd = arg;
	char rec[PG];

	memset(rec, fd[2], sizeof(rec));
	for (int i = 0; i < 100; i++)
		CHECK(write(fd[1], rec, sizeof(rec)) == sizeof(rec));
}

static bool read_full(int fd, char *buf, size_t len)
{
	while (len) {
		ssize_t n = read(fd, buf, len);

		if (n <= 0)
			return false;
		buf += n, len -= n;
	}
	return true;
}

static void atomicity(void)
{
	int fd[3], bad = 0, count[4] = { 0 };
	pid_t pid[4];
	char rec[PG];

	must(pipe(fd));
	for (int i = 0; i < 4; i++) {
		fd[2] = 'A' + i;
		pid[i] = spawn(record_writer, fd);
	}
	close(fd[1]);
	for (int i = 0; i < 400; i++) {
		if (!read_full(fd[0], rec, PG) || memcmp(rec, rec + 1, PG - 1)) {
			bad++;
			break;
		}
		count[(rec[0] - 'A') & 3]++;
	}
	is(read(fd[0], rec, 1), 0, "after 400 records of four writers comes the end");
	for (int i = 0; i < 4; i++)
		bad += reap(pid[i]) != 0 || count[i] != 100;
	is(bad, 0, "records of PIPE_BUF bytes are never interleaved or lost");
	close(fd[0]);
}

static void stream_writer(void *arg)
{
	int *fd = arg;
	uint64_t s = 5;
	char buf[9000];

	for (size_t sent = 0; sent < 2 * MiB; ) {
		size_t n = 1 + rnd(&s, sizeof(buf));

		for (size_t i = 0; i < n; i++)
			buf[i] = (sent + i) % 251;
		CHECK(write(fd[1], buf, n) == (ssize_t)n);
		sent += n;
	}
}

static void stream(void)
{
	int fd[2];
	uint64_t s = 9;
	size_t got = 0, bad = 0;
	char buf[9000];
	ssize_t n;
	pid_t pid;

	must(pipe(fd));
	pid = spawn(stream_writer, fd);
	close(fd[1]);
	while ((n = read(fd[0], buf, 1 + rnd(&s, sizeof(buf)))) > 0) {
		for (ssize_t i = 0; i < n; i++)
			bad += buf[i] != (char)((got + i) % 251);
		got += n;
	}
	is(reap(pid), 0, "2 MiB written in pieces of odd sizes");
	ok(got >= 2 * MiB && !bad, "are read in other pieces, every byte right");
	close(fd[0]);
}

static void blocked_reader(void *arg)
{
	int *fd = arg;
	char buf[10];

	close(fd[1]);
	CHECK(read(fd[0], buf, 10) == 2);
	CHECK(read(fd[0], buf, 10) == 0);
}

static void blocked_writer(void *arg)
{
	int *fd = arg;

	close(fd[0]);
	CHECK(write(fd[1], big, 100 * KiB) == 100 * KiB);
}

static void on_signal(int sig)
{
	(void)sig;
}

static void interrupted(void *arg)
{
	int *fd = arg;
	struct sigaction sa = { .sa_handler = on_signal };
	char c;

	sigaction(SIGUSR1, &sa, NULL);
	CHECK(read(fd[0], &c, 1) == -1 && errno == EINTR);
}

static void restarted(void *arg)
{
	int *fd = arg;
	struct sigaction sa = { .sa_handler = on_signal, .sa_flags = SA_RESTART };
	char c;

	sigaction(SIGUSR1, &sa, NULL);
	CHECK(read(fd[0], &c, 1) == 1 && c == 'r');
}

static void partly(void *arg)
{
	int *fd = arg;
	struct sigaction sa = { .sa_handler = on_signal };
	ssize_t n;

	sigaction(SIGUSR1, &sa, NULL);
	n = write(fd[1], big, 100 * KiB);
	CHECK(n == 64 * KiB);
}

static void blocking(void)
{
	int fd[2];
	pid_t pid;
	static char buf[100 * KiB];

	must(pipe(fd));
	pid = spawn(blocked_reader, fd);
	must_be(wait_state(pid, 'S'));
	must_be(write(fd[1], "ok", 2) == 2);
	close(fd[1]);
	is(reap(pid), 0, "a blocked reader is woken by data, and then by the end");
	close(fd[0]);
	must(pipe(fd));
	pid = spawn(blocked_writer, fd);
	must_be(wait_state(pid, 'S'));
	close(fd[1]);
	ok(read_full(fd[0], buf, sizeof(buf)), "a blocked writer goes on when there is room");
	is(reap(pid), 0, "and its write is complete");
	close(fd[0]);
	must(pipe(fd));
	pid = spawn(interrupted, fd);
	must_be(wait_state(pid, 'S'));
	kill(pid, SIGUSR1);
	is(reap(pid), 0, "a signal ends a blocked read with EINTR");
	pid = spawn(restarted, fd);
	must_be(wait_state(pid, 'S'));
	kill(pid, SIGUSR1);
	must_be(wait_state(pid, 'S'));
	must_be(write(fd[1], "r", 1) == 1);
	is(reap(pid), 0, "with SA_RESTART the read goes on");
	pid = spawn(partly, fd);
	must_be(wait_state(pid, 'S'));
	kill(pid, SIGUSR1);
	is(reap(pid), 0, "a signal ends a half-done write with what was written");
	close(fd[0]), close(fd[1]);
}

static void vectors(void)
{
	int fd[2];
	char a[3], b[10];
	struct iovec out[3] = { { "12", 2 }, { "", 0 }, { "3456", 4 } }, in[2] = { { a, 3 }, { b, 10 } };

	must(pipe(fd));
	is(writev(fd[1], out, 3), 6, "writev");
	is(readv(fd[0], in, 2), 6, "readv");
	ok(!memcmp(a, "123", 3) && !memcmp(b, "456", 3), "put together and taken apart");
	close(fd[0]), close(fd[1]);
}

int main(void)
{
	basics();
	broken();
	nonblocking();
	capacity();
	bad_buffers();
	atomicity();
	stream();
	blocking();
	vectors();
	return done();
}
