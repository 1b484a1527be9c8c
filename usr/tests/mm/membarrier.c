// SPDX-License-Identifier: GPL-2.0-only
/*
 * membarrier: registration, errors, and that it is a barrier: with it on one side
 * alone, two threads that each store and then load cannot both miss the other.
 */
#include "tap.h"
#include <linux/membarrier.h>
#include <pthread.h>

#define ROUNDS	500

static long membarrier(int cmd, unsigned int flags)
{
	return syscall(SYS_membarrier, cmd, flags, 0);
}

static volatile int x __attribute__((aligned(64))), y __attribute__((aligned(64)));
static volatile int seen_x, seen_y;
static pthread_barrier_t line;

/* The fast side: no barrier instruction between its store and its load. */
static void *fast(void *arg)
{
	(void)arg;
	for (int i = 1; i <= ROUNDS; i++) {
		pthread_barrier_wait(&line);
		x = i;
		asm volatile("" ::: "memory");
		seen_y = y;
		pthread_barrier_wait(&line);
	}
	return NULL;
}

static int both_missed(void)
{
	pthread_t t;
	int bad = 0;

	pthread_barrier_init(&line, NULL, 2);
	must_be(!pthread_create(&t, NULL, fast, NULL));
	for (int i = 1; i <= ROUNDS; i++) {
		pthread_barrier_wait(&line);
		y = i;
		if (membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0))
			bad++;
		seen_x = x;
		pthread_barrier_wait(&line);
		bad += seen_x != i && seen_y != i;
	}
	pthread_join(t, NULL);
	return bad;
}

static void inherited(void *arg)
{
	(void)arg;
	CHECK(!membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0));
	execl("/proc/self/exe", "membarrier", "after-exec", (char *)NULL);
	_exit(1);
}

int main(int argc, char **argv)
{
	long cmds = membarrier(MEMBARRIER_CMD_QUERY, 0);

	if (argc > 1 && !strcmp(argv[1], "after-exec"))
		return membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0) == -1 && errno == EPERM ? 0 : 1;
	if (cmds < 0 && errno == ENOSYS) {
		skip("no membarrier", "membarrier");
		return done();
	}
	ok(cmds & MEMBARRIER_CMD_PRIVATE_EXPEDITED, "QUERY tells the commands");
	fails(membarrier(MEMBARRIER_CMD_QUERY, 99), EINVAL, "a flag is EINVAL");
	fails(membarrier(1 << 30, 0), EINVAL, "an unknown command is EINVAL");
	works(membarrier(MEMBARRIER_CMD_GLOBAL, 0), "GLOBAL");
	works(membarrier(MEMBARRIER_CMD_GLOBAL_EXPEDITED, 0), "GLOBAL_EXPEDITED needs no registration");
	fails(membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0), EPERM, "PRIVATE_EXPEDITED without registration is EPERM");
	works(membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0), "registration");
	works(membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0), "a second time");
	works(membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0), "PRIVATE_EXPEDITED then works");
	if (cmds & MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE) {
		fails(membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE, 0), EPERM, "SYNC_CORE has a registration of its own");
		works(membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE, 0), "which works");
		works(membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE, 0), "and is enough");
	}
	is(child(inherited, NULL), 0, "registration is inherited by fork and ends with exec");
	is(both_missed(), 0, "%d rounds of store, then load in two threads, one with membarrier: never do both miss the other", ROUNDS);
	return done();
}
