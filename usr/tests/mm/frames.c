// SPDX-License-Identifier: GPL-2.0-only
/*
 * The proof that pages are shared: /proc/PID/pagemap gives the frame number
 * behind an address, the same one for all that share, another after a copy.
 */
#include "tap.h"

#define RW	(PROT_READ | PROT_WRITE)

/* The frame behind @p in process @pid: 0 when there is none. */
static uint64_t frame(pid_t pid, const void *p)
{
	char path[64];
	uint64_t e = 0;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/pagemap", pid);
	fd = must(open(path, O_RDONLY));
	must_be(pread(fd, &e, 8, (unsigned long)p / PG * 8) == 8);
	close(fd);
	return e >> 63 ? e & ((1ULL << 55) - 1) : 0;
}

#define mine(p)	frame(getpid(), p)

struct kid {
	char *p;
	struct gate ready, go;
};

static void kid(void *arg)
{
	struct kid *k = arg;

	(void)*(volatile char *)k->p;
	gate_open(k->ready);
	gate_pass(k->go);
	k->p[0] = 'k';
	gate_open(k->ready);
	gate_pass(k->go);
}

static void across_fork(const char *what, char *p, bool shared)
{
	struct kid k = { p, gate_new(), gate_new() };
	pid_t pid;

	p[0] = 'p';
	pid = spawn(kid, &k);
	gate_pass(k.ready);
	ok(mine(p) && frame(pid, p) == mine(p), "%s: after fork both have the same frame", what);
	gate_open(k.go);
	gate_pass(k.ready);
	(void)*(volatile char *)p;
	if (shared)
		is(frame(pid, p), mine(p), "%s: also after a store", what);
	else
		ok(frame(pid, p) && frame(pid, p) != mine(p), "%s: after a store each has its own", what);
	gate_open(k.go);
	is(reap(pid), 0, "%s: the child is done", what);
	gate_free(k.ready), gate_free(k.go);
}

static void on_file(const char *fs)
{
	int fd = make_file("f", 4 * PG, 'f'), fd2 = must(open("f", O_RDWR));
	char *a = must(mmap(NULL, 4 * PG, RW, MAP_SHARED, fd, 0)), what[64];
	char *b = must(mmap(NULL, 4 * PG, PROT_READ, MAP_SHARED, fd2, 0));
	char *c = must(mmap(NULL, 4 * PG, RW, MAP_PRIVATE, fd, 0));

	is(mine(a + PG), 0, "%s: an untouched page has no frame", fs);
	(void)*(volatile char *)a, (void)*(volatile char *)b, (void)*(volatile char *)c;
	ok(mine(a) && mine(a) == mine(b), "%s: two shared mappings have one frame", fs);
	is(mine(c), mine(a), "%s: an unwritten private mapping has it too", fs);
	c[0] = 'c';
	ok(mine(c) && mine(c) != mine(a), "%s: after a store it has its own", fs);
	a[0] = 'a';
	is(mine(a), mine(b), "%s: after a shared store the others still share", fs);
	snprintf(what, sizeof(what), "%s: shared", fs);
	across_fork(what, a, true);
	snprintf(what, sizeof(what), "%s: private", fs);
	across_fork(what, c, false);
	must(munmap(a, 4 * PG)), must(munmap(b, 4 * PG)), must(munmap(c, 4 * PG));
	close(fd), close(fd2);
}

static void unprivileged(void *arg)
{
	(void)arg;
	CHECK(!setresuid(1000, 1000, 1000));
	int fd = open("/proc/self/pagemap", O_RDONLY);
	uint64_t e = ~0ULL;

	if (fd >= 0)	/* refused, or shown without frame numbers */
		CHECK(pread(fd, &e, 8, (unsigned long)&e / PG * 8) != 8 || !(e & ((1ULL << 55) - 1)));
}

int main(void)
{
	char *z;

	if (access("/proc/self/pagemap", R_OK)) {
		skip("no /proc/PID/pagemap", "frames");
		return done();
	}
	z = must(mmap(NULL, 4 * PG, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	is(mine(z), 0, "anonymous: an untouched page has no frame");
	across_fork("anonymous private", z + PG, false);
	across_fork("anonymous shared", shared_alloc(PG), true);
	is(child(unprivileged, NULL), 0, "an ordinary user learns no frame numbers");
	on_both(on_file);
	return done();
}
