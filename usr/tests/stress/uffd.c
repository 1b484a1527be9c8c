// SPDX-License-Identifier: GPL-2.0-only
/*
 * userfaultfd under load: threads touch pages of a region at random, several handlers
 * serve the faults, one thread throws pages away again, and one interrupts with signals.
 * Each page holds its number and nothing else, whoever served it and however often; no
 * wake-up is lost, since every toucher comes to its end. Then the same with a shared file.
 *
 * Another seed: uffd -s SEED; other lengths: -n TOUCHES.
 */
#include "../mm/uffd.h"

#define PAGES		256
#define TOUCHERS	6
#define HANDLERS	2

static char *area;
static int uffd;
static bool shared;
static long touches = 4000;
static uint64_t seed = 1;
static volatile int touching;
static volatile long wrong, served;

static void fill_page(unsigned long *page, unsigned long n)
{
	for (size_t i = 0; i < PG / sizeof(*page); i++)
		page[i] = n * 1000003 + i;
}

static void *toucher(void *arg)
{
	uint64_t s = seed + 77 * ((long)arg + 1);

	for (long i = 0; i < touches; i++) {
		unsigned long n = rnd(&s, PAGES), at = rnd(&s, PG / sizeof(long));
		volatile unsigned long *page = (void *)(area + n * PG);

		if (page[at] != n * 1000003 + at)
			__atomic_fetch_add(&wrong, 1, __ATOMIC_RELAXED);
	}
	__atomic_fetch_sub(&touching, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

static void *handler(void *arg)
{
	struct pollfd p = { uffd, POLLIN, 0 };
	unsigned long page[PG / sizeof(long)];
	struct uffd_msg m;

	(void)arg;
	while (touching) {
		if (poll(&p, 1, 100) != 1 || read(uffd, &m, sizeof(m)) != sizeof(m))
			continue;
		must_be(m.event == UFFD_EVENT_PAGEFAULT);
		fill_page(page, (m.arg.pagefault.address - (uintptr_t)area) / PG);
		/* a second fault of the page may have been served by another handler */
		if (uffd_copy(uffd, (void *)(uintptr_t)m.arg.pagefault.address, page, PG, 0)) {
			must_be(errno == EEXIST);
			must(uffd_wake(uffd, (void *)(uintptr_t)m.arg.pagefault.address, PG));
		}
		__atomic_fetch_add(&served, 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

/*
 * Until a handler has got through once more: however slowly the host runs some of the
 * harts, faults are answered faster than they are undone.
 */
static void let_one_be_served(void)
{
	long before = served;

	while (touching && served == before)
		sched_yield();
}

static void *evictor(void *arg)
{
	uint64_t s = seed + 5;

	(void)arg;
	while (touching) {
		unsigned long n = rnd(&s, PAGES), len = 1 + rnd(&s, 8);

		if (n + len > PAGES)
			len = PAGES - n;
		must(madvise(area + n * PG, len * PG, shared ? MADV_REMOVE : MADV_DONTNEED));
		let_one_be_served();
	}
	return NULL;
}

static void on_usr1(int sig)
{
	(void)sig;
}

static void run(const char *name)
{
	pthread_t t[TOUCHERS], h[HANDLERS], e;
	struct sigaction sa = { .sa_handler = on_usr1 };
	int memory = new_memfd(PAGES);

	area = shared ? map_fd(memory, PAGES, MAP_SHARED) : map_anon(PAGES);
	uffd = uffd_new(0);
	must(uffd_register(uffd, area, PAGES * PG, MISSING));
	must(sigaction(SIGUSR1, &sa, NULL));
	wrong = served = 0;
	touching = TOUCHERS;
	for (long i = 0; i < HANDLERS; i++)
		must_be(!pthread_create(&h[i], NULL, handler, NULL));
	for (long i = 0; i < TOUCHERS; i++)
		must_be(!pthread_create(&t[i], NULL, toucher, (void *)i));
	must_be(!pthread_create(&e, NULL, evictor, NULL));
	for (unsigned int i = 0; touching; i++) {
		pthread_kill(t[i % TOUCHERS], SIGUSR1);
		let_one_be_served();
	}
	for (int i = 0; i < TOUCHERS; i++)
		pthread_join(t[i], NULL);
	for (int i = 0; i < HANDLERS; i++)
		pthread_join(h[i], NULL);
	pthread_join(e, NULL);
	is(wrong, 0, "%s: every page has what was computed for it", name);
	ok(served >= PAGES / 2, "%s: faults were served", name);
	note("%ld faults served", served);
	must(munmap(area, PAGES * PG));
	close(memory);
	close(uffd);
}

int main(int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "s:n:")) != -1) {
		if (c == 's')
			seed = strtoull(optarg, NULL, 0);
		else if (c == 'n')
			touches = strtol(optarg, NULL, 0);
	}
	run("anonymous");
	shared = true;
	run("shared memfd");
	return done();
}
