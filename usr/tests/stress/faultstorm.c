// SPDX-License-Identifier: GPL-2.0-only
/*
 * Threads that fault the same pages at once; faults racing with munmap, mmap,
 * mprotect, madvise, truncation, fork and exec.
 */
#include "tap.h"
#include <pthread.h>

#define RW	(PROT_READ | PROT_WRITE)
#define THREADS	6
#define PAGES	64

static pthread_barrier_t start;
static char *area;

static long counts[THREADS];

static void run(void *(*fn)(void *), int n)
{
	pthread_t t[THREADS];

	for (long i = 0; i < n; i++)
		must_be(!pthread_create(&t[i], NULL, fn, (void *)i));
	for (int i = 0; i < n; i++)
		pthread_join(t[i], NULL);
}

/* All threads add to the same words of fresh pages: no add may be lost. */
static void *adder(void *arg)
{
	long me = (long)arg;

	pthread_barrier_wait(&start);
	for (int i = 0; i < PAGES; i++)
		__atomic_fetch_add((long *)(area + i * PG), me + 1, __ATOMIC_RELAXED);
	return NULL;
}

static void same_pages(const char *what, int flags, int fd)
{
	int bad = 0;

	pthread_barrier_init(&start, NULL, THREADS);
	for (int round = 0; round < 30; round++) {
		area = must(mmap(NULL, PAGES * PG, RW, flags, fd, 0));
		run(adder, THREADS);
		for (int i = 0; i < PAGES; i++) {
			bad += *(long *)(area + i * PG) != THREADS * (THREADS + 1) / 2;
			*(long *)(area + i * PG) = 0;
		}
		must(munmap(area, PAGES * PG));
	}
	is(bad, 0, "%d threads first touch the same pages of %s: nothing is lost", THREADS, what);
	pthread_barrier_destroy(&start);
}

/* Each thread owns a byte of each page; stores meet DONTNEED-free races. */
static void *own_byte(void *arg)
{
	long me = (long)arg;
	int bad = 0;

	for (int round = 0; round < 40; round++)
		for (int i = 0; i < PAGES; i++) {
			volatile char *p = area + i * PG + me;

			*p = round + i;
			bad += *p != (char)(round + i);
		}
	counts[me] = bad;
	__atomic_fetch_sub((long *)(area + PAGES * PG), 1, __ATOMIC_SEQ_CST);
	return NULL;
}

/* One thread changes the protection there and back; stores wait, none is lost. */
static void *flipper(void *arg)
{
	if ((long)arg)
		return own_byte(arg);
	while (*(volatile long *)(area + PAGES * PG) > 1)
		for (int i = 0; i < PAGES; i += 8)
			if (mprotect(area + i * PG, 8 * PG, RW | PROT_EXEC) || mprotect(area + i * PG, 8 * PG, RW))
				counts[0]++;
	return NULL;
}

static void protection_race(void)
{
	long bad = 0;

	area = must(mmap(NULL, (PAGES + 1) * PG, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	*(long *)(area + PAGES * PG) = THREADS;
	memset(counts, 0, sizeof(counts));
	run(flipper, THREADS);
	for (int i = 0; i < THREADS; i++)
		bad += counts[i];
	is(bad, 0, "stores while another thread changes protections: none is lost");
	must(munmap(area, (PAGES + 1) * PG));
}

/* fork again and again while threads store: copy-on-write must lose nothing. */
static void *forker(void *arg)
{
	if ((long)arg)
		return own_byte(arg);
	while (*(volatile long *)(area + PAGES * PG) > 1) {
		pid_t pid = fork();

		if (!pid) {
			for (int i = 0; i < PAGES; i++)
				area[i * PG + 100] = 1;
			_exit(0);
		}
		counts[0] += pid < 0 || reap(pid) != 0;
	}
	return NULL;
}

static void fork_race(void)
{
	long bad = 0;

	area = must(mmap(NULL, (PAGES + 1) * PG, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	*(long *)(area + PAGES * PG) = THREADS;
	memset(counts, 0, sizeof(counts));
	run(forker, THREADS);
	for (int i = 0; i < THREADS; i++)
		bad += counts[i];
	is(bad, 0, "stores while another thread forks: none is lost");
	for (int i = 0, n = 0; i < PAGES; i++) {
		n += area[i * PG + 100];
		if (i == PAGES - 1)
			is(n, 0, "and no child's store is seen");
	}
	must(munmap(area, (PAGES + 1) * PG));
}

static __thread sigjmp_buf escape;
static __thread volatile bool guarded;

static void on_fault(int sig)
{
	if (!guarded)
		_exit(64 + sig);
	siglongjmp(escape, 1);
}

/*
 * Threads touch pages that another thread unmaps, maps again and discards.
 * An access faults or sees zero or the tag of this round; nothing else.
 */
static void *toucher(void *arg)
{
	long me = (long)arg;
	static __thread uint64_t s;
	volatile long faults = 0, bad = 0;

	s = me + 77;
	for (volatile int n = 0; n < 3000; n++) {
		volatile long *p = (long *)(area + rnd(&s, PAGES) * PG);
		long v;

		guarded = true;
		if (sigsetjmp(escape, 1) == 0) {
			v = *p;
			if (v && v != 0x1234567)
				bad++;
			if (n & 1)
				*p = 0x1234567;
		} else {
			faults++;
		}
		guarded = false;
	}
	counts[me] = bad;
	__atomic_fetch_sub(&counts[0], 1, __ATOMIC_SEQ_CST);
	return NULL;
}

static int backing = -1;

static void *mapper(void *arg)
{
	uint64_t s = 99;

	/* the stack of a thread that is yet to be made might be put where we unmap */
	pthread_barrier_wait(&start);
	if ((long)arg)
		return toucher(arg);
	while (__atomic_load_n(&counts[0], __ATOMIC_SEQ_CST) > 0) {
		int at = rnd(&s, PAGES), n = 1 + rnd(&s, 8);
		char *p = area + at * PG;

		n = at + n > PAGES ? PAGES - at : n;
		switch (rnd(&s, 5)) {
		case 0:
			munmap(p, n * PG);
			break;
		case 1:
			mprotect(p, n * PG, PROT_READ);
			break;
		case 2:
			madvise(p, n * PG, MADV_DONTNEED);
			break;
		case 3:
			if (backing >= 0)
				(void)!(ftruncate(backing, at * PG) || ftruncate(backing, PAGES * PG));
			break;
		default:
			if (backing >= 0)
				mmap(p, n * PG, RW, (at & 1 ? MAP_SHARED : MAP_PRIVATE) | MAP_FIXED,
				     backing, at * PG);
			else
				mmap(p, n * PG, RW, (at & 1 ? MAP_SHARED : MAP_PRIVATE) |
				     MAP_ANONYMOUS | MAP_FIXED, -1, 0);
		}
	}
	return NULL;
}

static void mapping_race(const char *what)
{
	struct sigaction sa = { .sa_handler = on_fault };
	long bad = 0;

	sigaction(SIGSEGV, &sa, NULL), sigaction(SIGBUS, &sa, NULL);
	area = must(mmap(NULL, PAGES * PG, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	memset(counts, 0, sizeof(counts));
	counts[0] = THREADS - 1;
	pthread_barrier_init(&start, NULL, THREADS);
	run(mapper, THREADS);
	pthread_barrier_destroy(&start);
	for (int i = 1; i < THREADS; i++)
		bad += counts[i];
	is(bad, 0, "touching %s that another thread unmaps, maps, protects, discards%s: right data or a fault",
	   what, backing >= 0 ? ", truncates" : "");
	munmap(area, PAGES * PG);
	signal(SIGSEGV, SIG_DFL), signal(SIGBUS, SIG_DFL);
}

static void on_file(const char *fs)
{
	char what[64];

	backing = make_file("f", PAGES * PG, 0);
	snprintf(what, sizeof(what), "a shared file on %s", fs);
	same_pages(what, MAP_SHARED, backing);
	snprintf(what, sizeof(what), "a private file on %s", fs);
	same_pages(what, MAP_PRIVATE, backing);
	snprintf(what, sizeof(what), "a file on %s", fs);
	mapping_race(what);
	close(backing);
	backing = -1;
}

/* Processes, not threads: all fault a fresh shared file and check it. */
static void process_adder(void *arg)
{
	for (int i = 0; i < PAGES; i++)
		__atomic_fetch_add((long *)((char *)arg + i * PG), 1, __ATOMIC_RELAXED);
}

static void processes(void)
{
	char *p = shared_alloc(PAGES * PG);
	pid_t pid[8];
	int bad = 0;

	for (int i = 0; i < 8; i++)
		pid[i] = spawn(process_adder, p);
	for (int i = 0; i < 8; i++)
		bad += reap(pid[i]) != 0;
	for (int i = 0; i < PAGES; i++)
		bad += *(long *)(p + i * PG) != 8;
	is(bad, 0, "eight processes first touch the same shared pages: nothing is lost");
	must(munmap(p, PAGES * PG));
}

/* exec in one thread while the others fault. */
static void *exec_or_fault(void *arg)
{
	pthread_barrier_wait(&start);	/* all threads have been made */
	if (!(long)arg) {
		execl("/proc/self/exe", "faultstorm", "exit-7", (char *)NULL);
		_exit(1);
	}
	for (;;) {
		char *p = mmap(NULL, 16 * PG, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		for (int i = 0; i < 16; i++)
			p[i * PG] = 1;
		munmap(p, 16 * PG);
	}
}

static void exec_child(void *arg)
{
	(void)arg;
	pthread_barrier_init(&start, NULL, THREADS);
	run(exec_or_fault, THREADS);
}

int main(int argc, char **argv)
{
	int bad = 0;

	if (argc > 1 && !strcmp(argv[1], "exit-7"))
		return 7;
	same_pages("private memory", MAP_PRIVATE | MAP_ANONYMOUS, -1);
	same_pages("shared memory", MAP_SHARED | MAP_ANONYMOUS, -1);
	processes();
	protection_race();
	fork_race();
	mapping_race("memory");
	for (int i = 0; i < 8; i++)
		bad += child(exec_child, NULL) != 7;
	is(bad, 0, "exec in one thread while five others fault, eight times");
	on_both(on_file);
	return done();
}
