// SPDX-License-Identifier: GPL-2.0-only
/*
 * munmap in a process of several threads: when it has returned no thread gets at
 * the pages any more, and areas that were one with it lose nothing.
 */
#include "tap.h"
#include <pthread.h>

#define RW	(PROT_READ | PROT_WRITE)
#define THREADS	3
#define PAGES	32
#define ROUNDS	12

static pthread_barrier_t turn;
static char *window;
static int file;
static volatile bool over;

/* sees what the other thread sees, and must fault when that has unmapped it */
static void *looker(void *arg)
{
	long *counts = arg;

	for (int round = 0; round < ROUNDS; round++) {
		pthread_barrier_wait(&turn);
		counts[0] += *(volatile char *)window == (char)round;
		pthread_barrier_wait(&turn);
		pthread_barrier_wait(&turn);
		counts[1] += try_load(window).sig == SIGSEGV;
		pthread_barrier_wait(&turn);
	}
	return NULL;
}

static void gone_for_all(const char *what, int flags, int fd)
{
	long counts[2] = { 0 };
	pthread_t t;

	pthread_barrier_init(&turn, NULL, 2);
	must_be(!pthread_create(&t, NULL, looker, counts));
	for (int round = 0; round < ROUNDS; round++) {
		window = must(mmap(NULL, PAGES * PG, RW, flags, fd, 0));
		*window = round;
		pthread_barrier_wait(&turn);
		pthread_barrier_wait(&turn);
		must(munmap(window, round & 1 ? PG : PAGES * PG));
		pthread_barrier_wait(&turn);
		pthread_barrier_wait(&turn);
		munmap(window, PAGES * PG);
	}
	pthread_join(t, NULL);
	pthread_barrier_destroy(&turn);
	is(counts[0], ROUNDS, "%s: another thread sees what was stored", what);
	is(counts[1], ROUNDS, "%s: once munmap has returned, it faults there", what);
}

/* map, fill, compare and unmap a part of the window, which its neighbours border on */
static void *neighbour(void *arg)
{
	long me = (long)arg, bad = 0;
	char *mine = window + me * PAGES * PG;
	int flags = MAP_FIXED | (file < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED);

	for (int round = 0; round < 40; round++) {
		bad += mmap(mine, PAGES * PG, RW, flags, file, file < 0 ? 0 : mine - window) != mine;
		for (unsigned long i = 0; i < PAGES; i++)
			mine[i * PG] = me + round + i;
		for (unsigned long i = 0; i < PAGES; i++)
			bad += mine[i * PG] != (char)(me + round + i);
		/* its end, its head, the rest: borders move both ways */
		bad += munmap(mine + (PAGES - 8) * PG, 8 * PG) < 0;
		bad += munmap(mine, 8 * PG) < 0;
		for (unsigned long i = 8; i < PAGES - 8; i++)
			bad += mine[i * PG] != (char)(me + round + i);
		bad += munmap(mine + 8 * PG, (PAGES - 16) * PG) < 0;
	}
	return (void *)bad;
}

/* reads the entries of the window while it comes and goes */
static void *watcher(void *arg)
{
	uint64_t entries[THREADS * PAGES];
	long bad = 0;
	int fd = must(open("/proc/self/pagemap", O_RDONLY));

	(void)arg;
	while (!over)
		bad += pread(fd, entries, sizeof(entries), (unsigned long)window / PG * 8) !=
		       (ssize_t)sizeof(entries);
	close(fd);
	return (void *)bad;
}

static void beside_each_other(const char *what)
{
	pthread_t t[THREADS], w;
	long bad = 0;
	void *ret;

	/* a place that nothing else is put into */
	window = must(mmap(NULL, (THREADS * PAGES + 2) * PG, PROT_NONE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
	window += PG;
	over = false;
	must_be(!pthread_create(&w, NULL, watcher, NULL));
	for (long i = 0; i < THREADS; i++)
		must_be(!pthread_create(&t[i], NULL, neighbour, (void *)i));
	for (int i = 0; i < THREADS; i++) {
		pthread_join(t[i], &ret);
		bad += (long)ret;
	}
	over = true;
	pthread_join(w, &ret);
	is(bad + (long)ret, 0, "%s: threads map and unmap side by side, nothing is lost", what);
	must(munmap(window - PG, (THREADS * PAGES + 2) * PG));
}

static volatile uint64_t stored;	/* the last number that went into the window */

static void store_numbers(void *to)
{
	volatile uint64_t *at = to;

	for (;;) {
		*at = stored + 1;
		stored = stored + 1;
	}
}

/* until the window is gone */
static void *storer(void *arg)
{
	(void)arg;
	try_call(store_numbers, window);
	return NULL;
}

static void *syncer(void *arg)
{
	(void)arg;
	while (!over)
		must(fsync(file));
	return NULL;
}

/* The page that is stored to goes first, and the rest gives the others time. What is written
 * and fetched from the disk anew must be the last that the thread could store. */
static void stores_to_the_last(void)
{
	size_t len = 600 * PG;
	uint64_t on_disk;
	pthread_t t, s;
	int lost = 0;

	must(ftruncate(file, 0)), must(ftruncate(file, len));
	over = false;
	must_be(!pthread_create(&s, NULL, syncer, NULL));
	for (int round = 0; round < 60; round++) {
		window = must(mmap(NULL, len, RW, MAP_SHARED | MAP_POPULATE, file, 0));
		stored = 0;
		must_be(!pthread_create(&t, NULL, storer, NULL));
		while (stored < 100)
			sched_yield();
		must(munmap(window, len));
		pthread_join(t, NULL);
		must(fsync(file));
		must_be(!posix_fadvise(file, 0, PG, POSIX_FADV_DONTNEED));
		must_be(pread(file, &on_disk, sizeof(on_disk), 0) == sizeof(on_disk));
		lost += on_disk != stored;
	}
	over = true;
	pthread_join(s, NULL);
	is(lost, 0, "what is stored up to the end of a munmap reaches the disk");
}

int main(void)
{
	work_in(DISK);
	file = must(open("file", O_RDWR | O_CREAT, 0600));
	must(ftruncate(file, THREADS * PAGES * PG));
	gone_for_all("anonymous", MAP_PRIVATE | MAP_ANONYMOUS, -1);
	gone_for_all("file", MAP_SHARED, file);
	beside_each_other("file");
	stores_to_the_last();
	close(file);
	file = -1;
	beside_each_other("anonymous");
	return done();
}
