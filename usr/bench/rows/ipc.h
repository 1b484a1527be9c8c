/* SPDX-License-Identifier: GPL-2.0-only */
/* Rows of bench: pipes, sockets, futexes, yielding, waiting for descriptors. */
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>

/* what has a reading end and a writing end */
static void make_pipe(int fds[2], int type)
{
	int pair[2];

	if (!type) {
		CHECK(pipe(fds));
		return;
	}
	CHECK(socketpair(AF_UNIX, type, 0, pair));
	fds[0] = pair[0];
	fds[1] = pair[1];
}

static double pipe_self(void)
{
	int fds[2];
	char c = 0;

	CHECK(pipe(fds));
	return TIMES(5000, if (write(fds[1], &c, 1) != 1 || read(fds[0], &c, 1) != 1) die("pipe"));
}

/* a byte goes round @n processes over pipes or sockets of @type; per hop */
static double ring(int n, int type)
{
	int fds[8][2];
	pid_t pids[8];
	char c = 0;
	double v;

	for (int i = 0; i < n; i++)
		make_pipe(fds[i], type);
	for (int i = 1; i < n; i++) {
		pids[i] = CHECK(fork());
		if (!pids[i]) {
			while (read(fds[i - 1][0], &c, 1) == 1 && write(fds[i][1], &c, 1) == 1)
				;
			_exit(0);
		}
	}
	v = TIMES(2000, if (write(fds[0][1], &c, 1) != 1 || read(fds[n - 1][0], &c, 1) != 1) die("ring"));
	for (int i = 1; i < n; i++)
		end(pids[i]);
	return v / n;
}

static double pipe_rt(void) { return ring(2, 0); }
static double ctx_8(void) { return ring(8, 0); }
static double unix_rt(void) { return ring(2, SOCK_STREAM); }
static double unix_rt_dgram(void) { return ring(2, SOCK_DGRAM); }

static double bandwidth(int type)
{
	int fds[2];
	double v;
	pid_t pid;

	make_pipe(fds, type);
	pid = CHECK(fork());
	if (!pid) {
		close(fds[1]);
		while (read(fds[0], data, 65536) > 0)
			;
		_exit(0);
	}
	memset(data, 1, 65536);
	v = TIMES(200, if (write(fds[1], data, 65536) != 65536) die("write"));
	end(pid);
	return v / 16;
}

static double pipe_bw(void) { return bandwidth(0); }
static double unix_bw(void) { return bandwidth(SOCK_STREAM); }

/* ---- futexes ---- */

#define FUTEX_ROUNDS	3000

struct pingpong {
	int *word, private, mine;
};

static void take_turns(struct pingpong *p, long n)
{
	int *w = p->word, mine = p->mine;

	for (long i = 0; i < n; i++) {
		while (__atomic_load_n(w, __ATOMIC_ACQUIRE) != mine)
			syscall(SYS_futex, w, FUTEX_WAIT | p->private, !mine, NULL, NULL, 0);
		__atomic_store_n(w, !mine, __ATOMIC_RELEASE);
		syscall(SYS_futex, w, FUTEX_WAKE | p->private, 1, NULL, NULL, 0);
	}
}

static double time_turns(struct pingpong *p)
{
	uint64_t t0;

	take_turns(p, FUTEX_ROUNDS / 10);
	t0 = now();
	take_turns(p, FUTEX_ROUNDS);
	return (double)(now() - t0) / (2 * FUTEX_ROUNDS);
}

static void *other_side(void *arg)
{
	struct pingpong p = *(struct pingpong *)arg;

	p.mine = 1;
	take_turns(&p, FUTEX_ROUNDS + FUTEX_ROUNDS / 10);
	return NULL;
}

static double futex_procs(void)
{
	struct pingpong p = { .word = map(PAGE, MAP_SHARED | MAP_ANONYMOUS, -1) };
	pid_t pid = CHECK(fork());
	double v;

	if (!pid) {
		other_side(&p);
		_exit(0);
	}
	v = time_turns(&p);
	reap(pid);
	return v;
}

static double futex_threads(void)
{
	int word = 0;
	struct pingpong p = { .word = &word, .private = FUTEX_PRIVATE_FLAG };
	pthread_t thread;
	double v;

	errno = pthread_create(&thread, NULL, other_side, &p);
	if (errno)
		die("pthread_create");
	v = time_turns(&p);
	pthread_join(thread, NULL);
	return v;
}

/* ---- yielding ---- */

static double yield_row(void)
{
	return TIMES(10000, sched_yield());
}

static double yield_2(void)
{
	pid_t pid = CHECK(fork());
	double v;

	if (!pid)
		for (;;)
			sched_yield();
	v = TIMES(5000, sched_yield());
	end(pid);
	return v / 2;
}

/* ---- one of many descriptors ---- */

#define NFDS 100

/* the first @ready of NFDS pipes have something to read; the reading ends go to @fds */
static void make_fds(int fds[NFDS], int ready)
{
	int ends[2];

	for (int i = 0; i < NFDS; i++) {
		CHECK(pipe(ends));
		fds[i] = ends[0];
		if (i < ready && write(ends[1], "", 1) != 1)
			die("write");
	}
}

static double epoll_100(int ready)
{
	struct epoll_event events[NFDS];
	int ep = CHECK(epoll_create1(0)), fds[NFDS];

	make_fds(fds, ready);
	for (int i = 0; i < NFDS; i++) {
		struct epoll_event e = { .events = EPOLLIN, .data.fd = fds[i] };

		CHECK(epoll_ctl(ep, EPOLL_CTL_ADD, fds[i], &e));
	}
	return TIMES(2000, if (epoll_wait(ep, events, NFDS, -1) != ready) die("epoll_wait"));
}

static double epoll_100_1(void) { return epoll_100(1); }
static double epoll_100_100(void) { return epoll_100(100); }

static double epoll_add_del(void)
{
	struct epoll_event e = { .events = EPOLLIN };
	int ep = CHECK(epoll_create1(0)), fds[NFDS];

	make_fds(fds, 0);
	return TIMES(2000, CHECK(epoll_ctl(ep, EPOLL_CTL_ADD, fds[i % NFDS], &e));
		     CHECK(epoll_ctl(ep, EPOLL_CTL_DEL, fds[i % NFDS], NULL)));
}

static double poll_100(void)
{
	struct pollfd pfds[NFDS];
	int fds[NFDS];

	make_fds(fds, 1);
	for (int i = 0; i < NFDS; i++)
		pfds[i] = (struct pollfd){ .fd = fds[i], .events = POLLIN };
	return TIMES(2000, if (poll(pfds, NFDS, -1) != 1) die("poll"));
}

static double select_100(void)
{
	fd_set all, set;
	int fds[NFDS], last;

	make_fds(fds, 1);
	last = fds[NFDS - 1];
	FD_ZERO(&all);
	for (int i = 0; i < NFDS; i++)
		FD_SET(fds[i], &all);
	return TIMES(2000, set = all; if (select(last + 1, &set, NULL, NULL, NULL) != 1) die("select"));
}

#define IPC_ROWS \
	{ "pipe_self", "instr", "write + read 1 byte, no switch", pipe_self }, \
	{ "pipe_rt", "instr", "1 byte over a pipe to another process, per hop", pipe_rt }, \
	{ "ctx_8", "instr", "the same in a ring of 8", ctx_8 }, \
	{ "pipe_bw", "instr/page", "64 KiB writes through a pipe, per 4 KiB", pipe_bw }, \
	{ "unix_rt", "instr", "1 byte over AF_UNIX stream, per hop", unix_rt }, \
	{ "unix_rt_dgram", "instr", "1 byte over AF_UNIX datagram, per hop", unix_rt_dgram }, \
	{ "unix_bw", "instr/page", "64 KiB writes through AF_UNIX, per 4 KiB", unix_bw }, \
	{ "futex_procs", "instr", "futex ping-pong on MAP_SHARED, per hop", futex_procs }, \
	{ "futex_threads", "instr", "the same between threads", futex_threads }, \
	{ "yield", "instr", "sched_yield, alone", yield_row }, \
	{ "yield_2", "instr", "sched_yield, two processes in turn", yield_2 }, \
	{ "epoll_100_1", "instr", "epoll_wait, 100 fds, 1 ready", epoll_100_1 }, \
	{ "epoll_100_100", "instr", "epoll_wait, 100 fds, 100 ready", epoll_100_100 }, \
	{ "epoll_add_del", "instr", "EPOLL_CTL_ADD + DEL", epoll_add_del }, \
	{ "poll_100", "instr", "poll, 100 fds, 1 ready", poll_100 }, \
	{ "select_100", "instr", "select, 100 fds, 1 ready", select_100 },
