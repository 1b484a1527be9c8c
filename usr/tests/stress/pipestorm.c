// SPDX-License-Identifier: GPL-2.0-only
/*
 * Many pipes and processes: a ring that passes a token, a chain of filters,
 * all-to-all messages through poll, writers that die.
 */
#include "tap.h"
#include <poll.h>

#define RING	24

static int ring[RING][2];

static void ring_member(void *arg)
{
	int me = (int)(long)arg;
	long token;

	while (read(ring[me][0], &token, sizeof(token)) == sizeof(token)) {
		token++;
		CHECK(write(ring[(me + 1) % RING][1], &token, sizeof(token)) == sizeof(token));
		if (token > 4000)
			_exit(0);
	}
	_exit(2);
}

static void pass_token(void)
{
	pid_t pid[RING];
	long token = 0;
	int bad = 0;

	for (int i = 0; i < RING; i++)
		must(pipe(ring[i]));
	for (long i = 0; i < RING; i++)
		pid[i] = spawn(ring_member, (void *)i);
	must_be(write(ring[0][1], &token, sizeof(token)) == sizeof(token));
	for (int i = 0; i < RING; i++)
		bad += reap(pid[i]) != 0;
	is(bad, 0, "a token goes 4000 steps round a ring of %d processes", RING);
	for (int i = 0; i < RING; i++)
		close(ring[i][0]), close(ring[i][1]);
}

/* cat | cat | ... with odd buffer sizes; the sum must arrive unchanged. */
static void filter(int in, int out, size_t size)
{
	static char buf[20000];
	ssize_t n;

	while ((n = read(in, buf, size)) > 0)
		for (ssize_t at = 0; at < n; ) {
			ssize_t w = write(out, buf + at, n - at);

			CHECK(w > 0);
			at += w;
		}
	_exit(n == 0 ? 0 : 1);
}

static void chain(void)
{
	enum { N = 10 };
	pid_t pid[N + 1];
	uint64_t s = 3, sum = 0, want = 0;
	int in, bad = 0, fd[2];
	static unsigned char buf[7777];
	size_t total = 0;
	ssize_t n;

	must(pipe(fd));
	pid[0] = must(fork());
	if (!pid[0]) {
		for (int i = 0; i < 150; i++) {
			for (size_t j = 0; j < sizeof(buf); j++)
				buf[j] = rnd_next(&s) >> 32;
			CHECK(write(fd[1], buf, sizeof(buf)) == sizeof(buf));
		}
		_exit(0);
	}
	close(fd[1]);
	in = fd[0];
	for (int i = 1; i <= N; i++) {
		must(pipe(fd));
		pid[i] = must(fork());
		if (!pid[i]) {
			close(fd[0]);
			filter(in, fd[1], 1000 * i + 13);
		}
		close(in), close(fd[1]);
		in = fd[0];
	}
	while ((n = read(in, buf, sizeof(buf))) > 0) {
		for (ssize_t i = 0; i < n; i++)
			sum = sum * 31 + buf[i];
		total += n;
	}
	close(in);
	for (int i = 0; i <= N; i++)
		bad += reap(pid[i]) != 0;
	for (int i = 0; i < 150 * 7777; i++)
		want = want * 31 + (unsigned char)(rnd_next(&s) >> 32);
	is(bad, 0, "a chain of ten filters ends well");
	ok(total == 150 * 7777 && sum == want, "and over a megabyte comes through unchanged");
}

/* Every process writes to every other's pipe and serves its own by poll. */
enum { NODES = 8, MESSAGES = 60 };
static int inbox[NODES][2];

struct message {
	int from, number;
	char text[56];
};

static void node(void *arg)
{
	int me = (int)(long)arg, to_send = NODES * MESSAGES, got = 0, next[NODES] = { 0 };
	struct message m = { .from = me };

	while (to_send || got < NODES * MESSAGES) {
		int to = to_send % NODES;
		struct pollfd pf[2] = { { inbox[me][0], POLLIN, 0 },
					{ to_send ? inbox[to][1] : -1, POLLOUT, 0 } };

		CHECK(poll(pf, 2, 30000) > 0);
		if (pf[0].revents & POLLIN) {
			struct message in;

			CHECK(read(inbox[me][0], &in, sizeof(in)) == sizeof(in));
			CHECK(in.number == next[in.from]++);
			CHECK(in.text[0] == (char)in.number && in.text[55] == (char)in.number);
			got++;
		}
		if (pf[1].revents & POLLOUT) {
			m.number = MESSAGES - 1 - (to_send - 1) / NODES;
			memset(m.text, m.number, sizeof(m.text));
			if (write(inbox[to][1], &m, sizeof(m)) == sizeof(m))
				to_send--;
			else
				CHECK(errno == EAGAIN);
		}
	}
}

static void all_to_all(void)
{
	pid_t pid[NODES];
	int bad = 0;

	for (int i = 0; i < NODES; i++)
		must(pipe2(inbox[i], O_NONBLOCK));
	for (long i = 0; i < NODES; i++)
		pid[i] = spawn(node, (void *)i);
	for (int i = 0; i < NODES; i++)
		bad += reap(pid[i]) != 0;
	is(bad, 0, "eight processes send 60 messages to each other: all arrive in order");
	for (int i = 0; i < NODES; i++)
		close(inbox[i][0]), close(inbox[i][1]);
}

static void dying_writer(void *arg)
{
	int *fd = arg;
	static char buf[1000];

	close(fd[0]);
	for (int i = 0; ; i++)
		CHECK(write(fd[1], buf, sizeof(buf)) > 0);
}

static void deaths(void)
{
	int bad = 0;

	for (int i = 0; i < 40; i++) {
		static char buf[3000];
		int fd[2];
		pid_t pid;

		must(pipe(fd));
		pid = spawn(dying_writer, fd);
		close(fd[1]);
		for (int j = 0; j < i; j++)
			bad += read(fd[0], buf, sizeof(buf)) <= 0;
		if (i & 1) {
			kill(pid, SIGKILL);
			while (read(fd[0], buf, sizeof(buf)) > 0)
				;
			close(fd[0]);
			bad += reap(pid) != -SIGKILL;
		} else {
			close(fd[0]);
			bad += reap(pid) != -SIGPIPE;
		}
	}
	is(bad, 0, "forty writers die by SIGKILL or SIGPIPE at any moment, and the reader sees the end");
}

int main(void)
{
	pass_token();
	chain();
	all_to_all();
	deaths();
	return done();
}
