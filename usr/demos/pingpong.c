// SPDX-License-Identifier: GPL-2.0-only
/*
 * pingpong: two programs that know nothing of each other but the name of a file play
 * over its first page. Neither writes or reads the file: the ball is in the memory
 * that both have mapped, and both find the same physical frame behind it.
 */
#include "demo.h"
#include <linux/futex.h>
#include <sys/syscall.h>

#define TABLE	DISK_FILE("pingpong")
#define STROKES	10

/* The first page of the file. */
struct table {
	uint32_t ball;			/* strokes so far; who is next is its lowest bit */
	uint64_t frame[2];		/* the frame that each player sees */
	char said[2][16];
};

/* Asleep until the ball is no more @seen: the kernel knows the word by its page, so it
 * does not matter that each of us has it at another address. */
static void await(uint32_t *ball, uint32_t seen)
{
	syscall(SYS_futex, ball, FUTEX_WAIT, seen, NULL, NULL, 0);
}

static int play(int me)
{
	static const char *const word[] = { "ping", "pong" };
	/* Different addresses, to show that they do not matter. */
	void *wanted = (void *)(me ? 0x2000000000UL : 0x1000000000UL);
	int fd = open(TABLE, O_RDWR);
	struct table *t;

	HOLDS(fd >= 0);
	t = mmap(wanted, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	HOLDS(t == wanted);
	t->frame[me] = my_frame(t);
	for (;;) {
		uint32_t ball = __atomic_load_n(&t->ball, __ATOMIC_ACQUIRE);

		if (ball >= STROKES)
			return 0;
		if (ball % 2 != (uint32_t)me) {
			await(&t->ball, ball);
			continue;
		}
		printf("%s%s   process %d, address %p, frame %#lx\n", me ? "        " : "",
		       word[me], getpid(), (void *)t, frame_of(getpid(), t));
		fflush(stdout);
		HOLDS(frame_of(getpid(), t) == t->frame[me]);
		if (ball == STROKES / 2)
			telling_moment("two programs over one page of a file");
		snprintf(t->said[me], sizeof(t->said[me]), "%s %u", word[me], ball);
		__atomic_store_n(&t->ball, ball + 1, __ATOMIC_RELEASE);
		syscall(SYS_futex, &t->ball, FUTEX_WAKE, 1, NULL, NULL, 0);
	}
}

static pid_t start(const char *player)
{
	pid_t pid = fork();

	HOLDS(pid >= 0);
	if (!pid) {
		execl("/proc/self/exe", "pingpong", player, (char *)NULL);
		_exit(127);
	}
	return pid;
}

int main(int argc, char **argv)
{
	pid_t ping, pong;
	struct table t;
	int fd;

	if (argc > 1)
		return play(atoi(argv[1]));
	unlink(TABLE);
	fd = open(TABLE, O_RDWR | O_CREAT, 0600);
	HOLDS(fd >= 0 && !ftruncate(fd, PAGE));
	ping = start("0");
	pong = start("1");
	HOLDS(ended_well(ping) && ended_well(pong));

	/* And read(2) finds in the file what they left in memory. */
	HOLDS(pread(fd, &t, sizeof(t), 0) == sizeof(t));
	printf("read() of the file: \"%s\", \"%s\"\n", t.said[0], t.said[1]);
	HOLDS(t.ball == STROKES && !strcmp(t.said[0], "ping 8") && !strcmp(t.said[1], "pong 9"));
	HOLDS(t.frame[0] && t.frame[0] == t.frame[1]);
	printf("Both saw frame %#lx: one page, two processes.\n", t.frame[0]);
	unlink(TABLE);
	return 0;
}
