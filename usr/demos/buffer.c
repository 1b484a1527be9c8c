// SPDX-License-Identifier: GPL-2.0-only
/*
 * buffer: the bounded buffer of the textbooks, between two programs, in /dev/shm. Two
 * semaphores in the same page count its free and its full slots; the producer sleeps
 * when it is full, the consumer when it is empty.
 */
#include "demo.h"
#include <linux/futex.h>
#include <sys/syscall.h>

#define NAME	"/dev/shm/buffer"
#define SLOTS	8
#define ITEMS	2000

struct buffer {
	uint32_t free, full;		/* semaphores */
	uint32_t slot[SLOTS];
	uint64_t slept[2];		/* how often: producer, consumer */
	uint64_t frame[2];
};

/* Return: how often we had to sleep. */
static unsigned int down(uint32_t *sem)
{
	unsigned int slept = 0;

	for (;;) {
		uint32_t n = __atomic_load_n(sem, __ATOMIC_RELAXED);

		if (!n) {
			syscall(SYS_futex, sem, FUTEX_WAIT, 0, NULL, NULL, 0);
			slept++;
		} else if (__atomic_compare_exchange_n(sem, &n, n - 1, false, __ATOMIC_ACQUIRE,
						       __ATOMIC_RELAXED)) {
			return slept;
		}
	}
}

static void up(uint32_t *sem)
{
	__atomic_fetch_add(sem, 1, __ATOMIC_RELEASE);
	syscall(SYS_futex, sem, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static uint32_t item(uint32_t i)
{
	return i * 2654435761u;		/* anything that shows loss, doubling and disorder */
}

static int produce(struct buffer *b)
{
	for (uint32_t i = 0; i < ITEMS; i++) {
		b->slept[0] += down(&b->free);
		b->slot[i % SLOTS] = item(i);
		up(&b->full);
		if (i == ITEMS / 2)
			sleep_ms(20);	/* let it run empty once */
	}
	return 0;
}

static int consume(struct buffer *b)
{
	for (uint32_t i = 0; i < ITEMS; i++) {
		b->slept[1] += down(&b->full);
		HOLDS(b->slot[i % SLOTS] == item(i));
		b->slot[i % SLOTS] = 0;
		up(&b->free);
		if (i == ITEMS / 4)
			sleep_ms(20);	/* let it run full once */
		if (i == ITEMS / 2)
			telling_moment("producer and consumer, and who started them");
	}
	return 0;
}

static pid_t start(const char *role)
{
	pid_t pid = fork();

	HOLDS(pid >= 0);
	if (!pid) {
		execl("/proc/self/exe", "buffer", role, (char *)NULL);
		_exit(127);
	}
	return pid;
}

int main(int argc, char **argv)
{
	struct buffer *b;
	pid_t producer, consumer;

	if (argc > 1) {
		int consumes = !strcmp(argv[1], "consume");

		b = map_file(NAME, PAGE);
		b->frame[consumes] = my_frame(b);
		return consumes ? consume(b) : produce(b);
	}
	unlink(NAME);
	b = map_file(NAME, PAGE);
	b->free = SLOTS;
	producer = start("produce");
	consumer = start("consume");
	HOLDS(ended_well(producer) && ended_well(consumer));

	printf("%d items went through %d slots, each once and in order.\n", ITEMS, SLOTS);
	printf("The producer slept %lu times (full), the consumer %lu times (empty).\n", b->slept[0],
	       b->slept[1]);
	printf("Frames: producer %#lx, consumer %#lx, and here %#lx.\n", b->frame[0], b->frame[1],
	       my_frame(b));
	HOLDS(b->free == SLOTS && !b->full && b->slept[0] && b->slept[1]);
	HOLDS(b->frame[0] == b->frame[1] && b->frame[0] == my_frame(b));
	unlink(NAME);
	return 0;
}
