// SPDX-License-Identifier: GPL-2.0-only
/*
 * counter: a parent and its children count in memory that they share, on as many harts
 * as there are. First without a lock, and counts get lost; then with a mutex of three
 * states made of one word and futex(2), and none does.
 */
#include "demo.h"
#include <linux/futex.h>
#include <sys/syscall.h>

#define CHILDREN	3
#define ROUNDS		20000

struct shared {
	uint32_t mutex;			/* 0 free, 1 taken, 2 taken and somebody sleeps */
	uint64_t slept;			/* how often somebody did; guarded by mutex */
	volatile uint64_t locked;	/* guarded by mutex */
	volatile uint64_t unlocked;	/* guarded by nothing, on purpose */
	uint64_t frame[CHILDREN + 1];	/* what each process has behind this page */
};

/* Return: how often we slept. */
static int lock(uint32_t *m)
{
	uint32_t was = 0;
	int slept = 0;

	if (__atomic_compare_exchange_n(m, &was, 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
		return 0;	/* it was free: no system call at all */
	/* From now on whoever unlocks must wake: we cannot know whether others sleep too. */
	while (__atomic_exchange_n(m, 2, __ATOMIC_ACQUIRE)) {
		syscall(SYS_futex, m, FUTEX_WAIT, 2, NULL, NULL, 0);
		slept++;
	}
	return slept;
}

static void unlock(uint32_t *m)
{
	if (__atomic_exchange_n(m, 0, __ATOMIC_RELEASE) == 2)
		syscall(SYS_futex, m, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static void count(struct shared *s, int who)
{
	s->frame[who] = my_frame(s);
	for (int i = 0; i < ROUNDS; i++) {
		int slept;

		s->unlocked = s->unlocked + 1;

		slept = lock(&s->mutex);
		s->locked = s->locked + 1;
		s->slept += slept;
		unlock(&s->mutex);
	}
}

int main(void)
{
	struct shared *s = map_shared(PAGE);
	const uint64_t all = (CHILDREN + 1) * ROUNDS;
	pid_t child[CHILDREN];
	int stay[2];		/* the children do, until we close our end */

	HOLDS(!pipe(stay));
	for (int i = 0; i < CHILDREN; i++) {
		child[i] = fork();
		HOLDS(child[i] >= 0);
		if (!child[i]) {
			close(stay[1]);
			count(s, i + 1);
			_exit(read(stay[0], &(char){ 0 }, 1));
		}
	}
	count(s, 0);
	telling_moment("a parent and its children over one page");
	close(stay[1]);
	for (int i = 0; i < CHILDREN; i++)
		HOLDS(ended_well(child[i]));

	printf("%d processes on %ld harts count to %d each, in one page:\n", CHILDREN + 1,
	       sysconf(_SC_NPROCESSORS_ONLN), ROUNDS);
	for (int i = 0; i <= CHILDREN; i++) {
		printf("  %s has it in frame %#lx\n", i ? "child " : "parent", s->frame[i]);
		HOLDS(s->frame[i] && s->frame[i] == s->frame[0]);
	}
	printf("without the lock:  %6lu of %lu (%lu lost)\n", s->unlocked, all, all - s->unlocked);
	printf("with the lock:     %6lu of %lu, asleep %lu times\n", s->locked, all, s->slept);
	HOLDS(s->locked == all && s->unlocked <= all);
	return 0;
}
