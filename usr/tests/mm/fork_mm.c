// SPDX-License-Identifier: GPL-2.0-only
/*
 * What fork does to memory: copy-on-write in chains of processes, in both
 * directions, with read-only and unmapped regions, and many pages.
 */
#include "tap.h"
#include <sys/resource.h>

#define RW	(PROT_READ | PROT_WRITE)

static char *anon(size_t n)
{
	return must(mmap(NULL, n * PG, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}

static int data = 1;
static int bss;

static void segments(void *arg)
{
	int *heap = arg;

	CHECK(data == 1 && bss == 2 && *heap == 3);
	data = 10, bss = 20, *heap = 30;
}

/* Each of a chain of processes changes its own page and checks all others. */
static void chain(char *p, int level, int levels)
{
	pid_t pid;

	p[level * PG] = 'A' + level;
	if (level + 1 < levels) {
		pid = fork();
		CHECK(pid >= 0);
		if (!pid) {
			chain(p, level + 1, levels);
			_exit(0);
		}
		CHECK(reap(pid) == 0);
	}
	for (int i = 0; i < levels; i++)
		CHECK(p[i * PG] == (i <= level ? 'A' + i : 0));
}

static void chained(void *arg)
{
	chain(arg, 0, 8);
}

struct many {
	char *p;
	struct gate go, ready;
	int n;
};

static void writer(void *arg)
{
	struct many *m = arg;

	gate_pass(m->go);
	for (int i = 0; i < m->n; i++) {
		CHECK(m->p[i * PG] == (char)i);
		m->p[i * PG] = 100;
	}
	for (int i = 0; i < m->n; i++)
		CHECK(m->p[i * PG] == 100 && m->p[i * PG + 1] == 'm');
}

/* Several children and the parent write the same pages at the same time. */
static void at_once(void)
{
	struct many m = { anon(200), gate_new(), gate_new(), 200 };
	pid_t pid[4];
	int bad = 0;

	memset(m.p, 'm', 200 * PG);
	for (int i = 0; i < m.n; i++)
		m.p[i * PG] = i;
	for (int i = 0; i < 4; i++)
		pid[i] = spawn(writer, &m);
	for (int i = 0; i < 4; i++)
		gate_open(m.go);
	for (int i = 0; i < m.n; i++) {
		bad += m.p[i * PG] != (char)i;
		m.p[i * PG] = 50;
	}
	for (int i = 0; i < 4; i++)
		bad += reap(pid[i]) != 0;
	for (int i = 0; i < m.n; i++)
		bad += m.p[i * PG] != 50;
	is(bad, 0, "parent and four children write 200 shared pages at once, each sees its own");
	must(munmap(m.p, 200 * PG));
	gate_free(m.go), gate_free(m.ready);
}

static void child_layout(void *arg)
{
	char *p = arg;

	CHECK(try_load(p + PG).sig == SIGSEGV);
	CHECK(try_store(p + 2 * PG).code == SEGV_ACCERR);
	CHECK(p[2 * PG] == 'r' && p[0] == 'w');
	p[0] = 'c';
	CHECK(!mprotect(p + 2 * PG, PG, RW));
	p[2 * PG] = 'c';
	CHECK(mmap(p + PG, PG, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == p + PG);
	p[PG] = 'c';
}

static void layout(void)
{
	char *p = anon(3);

	p[0] = 'w', p[2 * PG] = 'r';
	must(munmap(p + PG, PG));
	must(mprotect(p + 2 * PG, PG, PROT_READ));
	is(child(child_layout, p), 0, "a child has its parent's holes and protections and may change its own");
	ok(p[0] == 'w' && p[2 * PG] == 'r', "the parent's content stays");
	is_fault(try_load(p + PG), SIGSEGV, SEGV_MAPERR, p + PG, "the parent's hole stays");
	is_fault(try_store(p + 2 * PG), SIGSEGV, SEGV_ACCERR, p + 2 * PG, "the parent's protection stays");
}

/* A page of a dead child's sharing is the parent's alone again: no copy. */
static void nothing(void *arg)
{
	(void)arg;
}

static void reuse(void)
{
	char *p = anon(64);
	bool good = true;

	for (int round = 0; round < 30; round++) {
		memset(p, round, 64 * PG);
		good &= child(nothing, NULL) == 0;
		good &= all_bytes(p, round, 64 * PG);
	}
	ok(good, "thirty rounds of storing and forking keep the content");
	must(munmap(p, 64 * PG));
}

/* fork of a child whose parent has exited: pages go on with the orphan. */
static void orphaning(void *arg)
{
	struct many *m = arg;
	pid_t pid;

	m->p[0] = 'o';
	pid = fork();
	CHECK(pid >= 0);
	if (pid)
		_exit(0);
	gate_pass(m->go);
	m->p[1] = m->p[0];
	if (m->p[0] == 'o' && m->p[PG] == 'g')
		gate_open(m->ready);
	_exit(0);
}

static void orphans(void)
{
	struct many m = { anon(2), gate_new(), gate_new(), 0 };
	char c = 0;

	m.p[0] = m.p[PG] = 'g';
	is(child(orphaning, &m), 0, "a child forks and exits");
	m.p[PG] = 'x';
	gate_open(m.go);
	close(m.ready.fd[1]);
	is(read(m.ready.fd[0], &c, 1), 1, "its child goes on with the memory as it was");
	gate_free(m.go);
	close(m.ready.fd[0]);
}

static void large(void)
{
	size_t n = 4096, bad = 0;
	char *p = anon(n);
	pid_t pid;

	for (size_t i = 0; i < n; i++)
		*(size_t *)(p + i * PG) = i;
	pid = must(fork());
	if (!pid) {
		for (size_t i = 0; i < n; i++)
			bad += *(size_t *)(p + i * PG) != i;
		for (size_t i = 0; i < n; i += 3)
			*(size_t *)(p + i * PG) = ~i;
		for (size_t i = 0; i < n; i++)
			bad += *(size_t *)(p + i * PG) != (i % 3 ? i : ~i);
		_exit(!!bad);
	}
	is(reap(pid), 0, "16 MiB are inherited, every page right, a third of it changed");
	for (size_t i = 0; i < n; i++)
		bad += *(size_t *)(p + i * PG) != i;
	is(bad, 0, "the parent's 16 MiB are unchanged");
	must(munmap(p, n * PG));
}

int main(void)
{
	int *heap = malloc(sizeof(int));

	bss = 2, *heap = 3;
	is(child(segments, heap), 0, "a child has its own data, bss and heap");
	ok(data == 1 && bss == 2 && *heap == 3, "its stores do not reach the parent");
	is(child(chained, anon(8)), 0, "a chain of eight generations: each sees its ancestors' stores only");
	at_once();
	layout();
	reuse();
	orphans();
	large();
	return done();
}
