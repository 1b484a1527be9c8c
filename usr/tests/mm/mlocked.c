// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is locked in memory is counted: Mlocked and Unevictable of /proc/meminfo,
 * nr_mlock of /proc/vmstat, over mlock, munlock, fork, exit, munmap, mremap,
 * truncation and copy-on-write.
 */
#include "tap.h"

#define RW	(PROT_READ | PROT_WRITE)
#define PAGES	512L
#define SLACK	64	/* pages: some count in batches, and others use the machine too */

static long meminfo(const char *name)
{
	char *text = slurp("/proc/meminfo"), *at = text ? strstr(text, name) : NULL;
	long kb = at ? atol(at + strlen(name)) : -1;

	free(text);
	return kb / 4;
}

static long base;

/* pages locked since the program began */
static long mlocked(void)
{
	return meminfo("Mlocked:") - base;
}

static bool near(long got, long want)
{
	if (got >= want - SLACK && got <= want + SLACK)
		return true;
	note("%ld pages, not about %ld", got, want);
	return false;
}

static char *map(int fd, int flags)
{
	return must(mmap(NULL, PAGES * PG, RW, flags, fd, 0));
}

static void anonymous(void)
{
	char *p = map(-1, MAP_PRIVATE | MAP_ANONYMOUS), *q;
	long locks = vm_counter("unevictable_pgs_mlocked");

	memset(p, 'a', PAGES * PG);
	ok(near(mlocked(), 0), "memory in use is not locked");
	must(mlock(p, PAGES * PG));
	ok(near(mlocked(), PAGES), "mlock of pages that are there");
	ok(near(vm_counter("nr_mlock") - base, PAGES), "vmstat says the same");
	ok(near(meminfo("Unevictable:"), meminfo("Mlocked:")), "they are unevictable");
	ok(vm_counter("unevictable_pgs_mlocked") - locks >= PAGES, "and counted as an event");
	must(mlock(p, PAGES * PG));
	ok(near(mlocked(), PAGES), "locking again does not count again");
	must(munlock(p, PAGES / 2 * PG));
	ok(near(mlocked(), PAGES / 2), "munlock of half");
	q = must(mremap(p + PAGES / 2 * PG, PAGES / 2 * PG, PAGES * PG, MREMAP_MAYMOVE));
	ok(near(mlocked(), PAGES), "mremap to twice the size locks the rest");
	must(munmap(q, PAGES * PG));
	ok(near(mlocked(), 0), "munmap");
	must(munmap(p, PAGES / 2 * PG));
	p = must(mmap(NULL, PAGES * PG, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED, -1, 0));
	ok(near(mlocked(), PAGES), "MAP_LOCKED");
	must(madvise(p, PAGES * PG, MADV_DONTNEED_LOCKED));
	ok(near(mlocked(), 0), "MADV_DONTNEED_LOCKED");
	memset(p, 'b', PAGES / 2 * PG);
	ok(near(mlocked(), PAGES / 2), "what is touched again is locked again");
	must(munmap(p, PAGES * PG));
	p = map(-1, MAP_PRIVATE | MAP_ANONYMOUS);
	must(mlock2(p, PAGES * PG, MLOCK_ONFAULT));
	ok(near(mlocked(), 0), "MLOCK_ONFAULT locks nothing yet");
	memset(p, 'c', PAGES / 2 * PG);
	ok(near(mlocked(), PAGES / 2), "but what is touched");
	must(munmap(p, PAGES * PG));
	ok(near(mlocked(), 0), "all is unlocked");
}

struct family {
	char *p;
	struct gate go, ready;
};

static void lock_in_child(void *arg)
{
	struct family *f = arg;

	CHECK(!mlock(f->p, PAGES * PG));
	gate_open(f->ready);
	gate_pass(f->go);
}

static void idle_child(void *arg)
{
	gate_pass(((struct family *)arg)->go);
}

static void forked(void)
{
	struct family f = { map(-1, MAP_PRIVATE | MAP_ANONYMOUS), gate_new(), gate_new() };
	pid_t pid;

	memset(f.p, 'f', PAGES * PG);
	must(mlock(f.p, PAGES * PG));
	pid = spawn(idle_child, &f);
	ok(near(mlocked(), PAGES), "a child does not inherit locks");
	must(munlock(f.p, PAGES * PG));
	ok(near(mlocked(), 0), "munlock of pages that a child has too");
	gate_open(f.go);
	reap(pid);
	must(mlock(f.p, PAGES * PG));
	pid = spawn(idle_child, &f);
	must(munmap(f.p, PAGES * PG));
	ok(near(mlocked(), 0), "munmap of locked pages that a child has too");
	gate_open(f.go);
	reap(pid);
	f.p = map(-1, MAP_PRIVATE | MAP_ANONYMOUS);
	memset(f.p, 'g', PAGES * PG);
	pid = spawn(lock_in_child, &f);
	gate_pass(f.ready);
	ok(near(mlocked(), PAGES), "a child locks its copies");
	gate_open(f.go);
	is(reap(pid), 0, "the child is content");
	ok(near(mlocked(), 0), "its exit unlocks them");
	must(munmap(f.p, PAGES * PG));
}

static void killed(void *arg)
{
	struct family *f = arg;

	CHECK(!mlockall(MCL_CURRENT | MCL_FUTURE));
	memset(f->p, 'k', PAGES * PG);
	gate_open(f->ready);
	pause();
}

static void files(const char *fs)
{
	int fd = make_file("f", PAGES * PG, 'f');
	struct family f = { map(fd, MAP_SHARED), gate_new(), gate_new() };
	char *private = map(fd, MAP_PRIVATE);
	pid_t pid;

	must(mlock(f.p, PAGES * PG));
	ok(near(mlocked(), PAGES), "%s: mlock of a mapped file", fs);
	pid = spawn(lock_in_child, &f);
	gate_pass(f.ready);
	ok(near(mlocked(), PAGES), "%s: by two processes it counts once", fs);
	must(munlock(f.p, PAGES * PG));
	ok(near(mlocked(), PAGES), "%s: and still if one unlocks", fs);
	gate_open(f.go);
	reap(pid);
	ok(near(mlocked(), 0), "%s: until the other exits", fs);
	must(mlock(f.p, PAGES * PG));
	must(ftruncate(fd, PAGES / 2 * PG));
	ok(near(mlocked(), PAGES / 2), "%s: truncation takes locked pages away", fs);
	must(munmap(f.p, PAGES * PG));
	ok(near(mlocked(), 0), "%s: munmap", fs);
	must(ftruncate(fd, PAGES * PG));
	must(mprotect(private, PAGES * PG, PROT_READ));
	must(mlock(private, PAGES * PG));
	must(mprotect(private, PAGES * PG, RW));
	ok(near(mlocked(), PAGES), "%s: mlock of a private mapping", fs);
	memset(private, 'p', PAGES * PG);
	ok(near(mlocked(), PAGES), "%s: stores move the locks from the file's pages to the copies", fs);
	must(munmap(private, PAGES * PG));
	ok(near(mlocked(), 0), "%s: which munmap frees", fs);
	f.p = map(-1, MAP_PRIVATE | MAP_ANONYMOUS);
	pid = spawn(killed, &f);
	gate_pass(f.ready);
	ok(near(mlocked(), PAGES) || mlocked() > PAGES, "%s: mlockall of another process", fs);
	must(kill(pid, SIGKILL));
	reap(pid);
	ok(near(mlocked(), 0), "%s: SIGKILL unlocks it", fs);
	must(munmap(f.p, PAGES * PG));
	close(fd);
}

int main(void)
{
	base = meminfo("Mlocked:");
	anonymous();
	forked();
	on_both(files);
	return done();
}
