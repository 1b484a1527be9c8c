// SPDX-License-Identifier: GPL-2.0-only
/*
 * brk: growing, shrinking, limits, and keeping off other mappings.
 *
 * The bare system call returns the break, new or unchanged; it has no errno.
 */
#include "tap.h"
#include <sys/resource.h>

static char *sys_brk(void *to)
{
	return (char *)syscall(SYS_brk, to);
}

static void moves(void)
{
	char *start = sys_brk(NULL), *b;

	is(sys_brk(NULL), start, "brk(0) tells the break");
	is(sys_brk((char *)16), start, "a break below the heap is refused");
	is(sys_brk((char *)-PG), start, "a break in the kernel's half is refused");
	b = start + 64 * PG;
	is(sys_brk(b), b, "the break grows");
	ok(all_bytes(start + PG, 0, 62 * PG), "the new memory is zeros");
	memset(start, 'b', 64 * PG);
	is(sys_brk(start + 32 * PG), start + 32 * PG, "the break shrinks");
	is_fault(try_load(start + 40 * PG), SIGSEGV, SEGV_MAPERR, start + 40 * PG,
		 "the memory behind is gone");
	is(sys_brk(b), b, "it grows again");
	ok(all_bytes(start + 33 * PG, 0, 30 * PG), "with zeros again");
	ok(all_bytes(start, 'b', 32 * PG), "what lies before is kept");
	is(sys_brk(b + 5), b + 5, "a break need not be aligned");
	no_fault(try_store((char *)(((unsigned long)b + 5) | (PG - 1))), "the whole page of it is usable");
	is(sys_brk(start), start, "and goes back to where it began");
}

/* A mapping in the way: the break stays. Labs let heap and mappings collide. */
static void collision(void)
{
	char *start = sys_brk(NULL);
	char *at = (char *)(((unsigned long)start + PG - 1) & ~(PG - 1)) + 16 * PG;
	char *p = mmap(at, PG, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	must_be(p == at);
	p[0] = 'm';
	is(sys_brk(at + PG), start, "the break does not grow over a mapping");
	is(p[0], 'm', "which is intact");
	is(sys_brk(at - 4 * PG), at - 4 * PG, "it does grow in front of it");
	is(sys_brk(start), start, "and back");
	must(munmap(p, PG));
}

static void in_child(void *arg)
{
	char *start = sys_brk(NULL);

	CHECK(start == arg);
	CHECK(sys_brk(start + 8 * PG) == start + 8 * PG);
	memset(start, 'c', 8 * PG);
}

static void limited(void *arg)
{
	struct rlimit rl = { 1 * MiB, 1 * MiB };
	char *start = sys_brk(NULL);

	(void)arg;
	CHECK(!setrlimit(RLIMIT_DATA, &rl));
	CHECK(sys_brk(start + 4 * MiB) == start);
	CHECK(sys_brk(start + 64 * KiB) == start + 64 * KiB);
}

int main(void)
{
	char *start;

	moves();
	collision();
	start = sys_brk(NULL);
	is(child(in_child, start), 0, "a child has its parent's break and moves its own");
	is(sys_brk(NULL), start, "the parent's stays");
	is(child(limited, NULL), 0, "RLIMIT_DATA bounds the heap");
	return done();
}
