/* SPDX-License-Identifier: GPL-2.0-only */
/* Rows of bench: system calls that do little. */
#include <sched.h>
#include <signal.h>

static double getppid_row(void) { return TIMES(20000, syscall(SYS_getppid)); }
static double yield_row(void) { return TIMES(20000, sched_yield()); }

static double clock_user(void)
{
	struct timespec t;

	return TIMES(20000, clock_gettime(CLOCK_MONOTONIC, &t));
}

static double clock_call(void)
{
	struct timespec t;

	return TIMES(20000, syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &t));
}

static double read_zero(void)
{
	int fd = CHECK(open("/dev/zero", O_RDONLY));
	char c;

	return TIMES(20000, if (read(fd, &c, 1) != 1) die("read"));
}

static double write_null(void)
{
	int fd = CHECK(open("/dev/null", O_WRONLY));
	char c = 0;

	return TIMES(20000, if (write(fd, &c, 1) != 1) die("write"));
}

static double dup_close(void) { return TIMES(10000, close(dup(0))); }

static void on_signal(int sig)
{
	(void)sig;
}

static double sig_install(void)
{
	struct sigaction sa = { .sa_handler = on_signal };

	return TIMES(10000, sigaction(SIGUSR1, &sa, NULL));
}

static double sig_deliver(void)
{
	struct sigaction sa = { .sa_handler = on_signal };
	pid_t me = getpid();

	sigaction(SIGUSR1, &sa, NULL);
	return TIMES(5000, kill(me, SIGUSR1));
}

static double yield_2(void)
{
	pid_t pid = CHECK(fork());
	double v;

	if (!pid)
		for (;;)
			sched_yield();
	v = TIMES(5000, sched_yield());
	kill(pid, SIGKILL);
	reap(pid);
	return v / 2;
}

static double pipe_self(void)
{
	int fds[2];
	char c = 0;

	CHECK(pipe(fds));
	return TIMES(5000, if (write(fds[1], &c, 1) != 1 || read(fds[0], &c, 1) != 1) die("pipe"));
}

/* a byte goes round @n processes; instructions per hop */
static double ring(int n)
{
	int fds[16][2];
	pid_t pids[16];
	double v;
	char c = 0;

	for (int i = 0; i < n; i++)
		CHECK(pipe(fds[i]));
	for (int i = 1; i < n; i++) {
		pids[i] = CHECK(fork());
		if (!pids[i])
			while (read(fds[i - 1][0], &c, 1) == 1 && write(fds[i][1], &c, 1) == 1)
				;
	}
	v = TIMES(3000, if (write(fds[0][1], &c, 1) != 1 || read(fds[n - 1][0], &c, 1) != 1) die("ring")) / n;
	for (int i = 1; i < n; i++) {
		kill(pids[i], SIGKILL);
		reap(pids[i]);
	}
	return v;
}

static double pipe_rt(void) { return ring(2); }
static double ctx_8(void) { return ring(8); }

static double pipe_bw(void)
{
	static char buf[65536];
	int fds[2];
	double v;
	pid_t pid;

	CHECK(pipe(fds));
	pid = CHECK(fork());
	if (!pid)
		while (read(fds[0], buf, sizeof(buf)) > 0)
			;
	v = TIMES(200, if (write(fds[1], buf, sizeof(buf)) != sizeof(buf)) die("write")) / 16;
	kill(pid, SIGKILL);
	reap(pid);
	return v;
}

#define CALL_ROWS \
	{ "getppid", "instr", "null system call", getppid_row }, \
	{ "clock_user", "instr", "clock_gettime, vDSO if there is one", clock_user }, \
	{ "clock_call", "instr", "clock_gettime by system call", clock_call }, \
	{ "read_zero", "instr", "read 1 byte from /dev/zero", read_zero }, \
	{ "write_null", "instr", "write 1 byte to /dev/null", write_null }, \
	{ "dup_close", "instr", "dup + close", dup_close }, \
	{ "sig_install", "instr", "sigaction", sig_install }, \
	{ "sig_deliver", "instr", "kill self, handler, sigreturn", sig_deliver }, \
	{ "pipe_self", "instr", "write + read 1 byte, no switch", pipe_self }, \
	{ "pipe_rt", "instr", "1 byte over a pipe to another process, per hop", pipe_rt }, \
	{ "ctx_8", "instr", "the same in a ring of 8", ctx_8 }, \
	{ "pipe_bw", "instr/page", "64 KiB writes through a pipe, per 4 KiB", pipe_bw }, \
	{ "yield", "instr", "sched_yield, alone", yield_row }, \
	{ "yield_2", "instr", "sched_yield, two processes in turn", yield_2 },
