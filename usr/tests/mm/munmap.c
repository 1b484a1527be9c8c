// SPDX-License-Identifier: GPL-2.0-only
/*
 * munmap: splits, gaps, several mappings, and its errors.
 */
#include "tap.h"

#define RW	(PROT_READ | PROT_WRITE)

static char *anon(size_t n)
{
	return must(mmap(NULL, n * PG, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}

static void errors(void)
{
	char *p = anon(2);

	fails(munmap(p + 1, PG), EINVAL, "an unaligned address is EINVAL");
	fails(munmap(p, 0), EINVAL, "length 0 is EINVAL");
	fails(munmap(p, -1UL), EINVAL, "a length that wraps is EINVAL");
	fails(munmap(p, 1UL << 62), EINVAL, "a length beyond the user half is EINVAL");
	fails(munmap((void *)-PG, PG), EINVAL, "a kernel address is EINVAL");
	ok(is_mapped(p) && is_mapped(p + PG), "a refused munmap removes nothing");
	works(munmap(p, 2 * PG), "munmap works");
	works(munmap(p, 2 * PG), "munmap of an unmapped range is not an error");
	is_fault(try_load(p), SIGSEGV, SEGV_MAPERR, p, "access afterwards is SEGV_MAPERR");
	is_fault(try_store(p + PG), SIGSEGV, SEGV_MAPERR, p + PG, "so is a store");
}

static void split(void)
{
	char *p = anon(6);

	for (int i = 0; i < 6; i++)
		memset(p + i * PG, 'a' + i, PG);
	works(munmap(p + 2 * PG, 2 * PG), "munmap of the middle");
	is_fault(try_load(p + 2 * PG), SIGSEGV, SEGV_MAPERR, p + 2 * PG, "makes a hole");
	is_fault(try_load(p + 4 * PG - 1), SIGSEGV, SEGV_MAPERR, p + 4 * PG - 1, "up to its end");
	ok(all_bytes(p, 'a', PG) && all_bytes(p + PG, 'b', PG), "the first part stays");
	ok(all_bytes(p + 4 * PG, 'e', PG) && all_bytes(p + 5 * PG, 'f', PG), "the last part stays");
	works(munmap(p, PG), "munmap of the first page");
	works(munmap(p + 5 * PG, PG), "and of the last");
	ok(!is_mapped(p) && is_mapped(p + PG) && is_mapped(p + 4 * PG) && !is_mapped(p + 5 * PG),
	   "exactly these are gone");
	works(munmap(p, 6 * PG), "munmap over the two that are left and the holes");
	ok(!is_mapped(p + PG) && !is_mapped(p + 4 * PG), "removes both");
}

/* After a split the second half must still be at its own file offset. */
static void split_file(const char *fs)
{
	int fd = make_file("f", 6 * PG, 0);
	char *p;

	for (int i = 0; i < 6; i++)
		file_poke(fd, i * PG, 'a' + i);
	p = must(mmap(NULL, 5 * PG, RW, MAP_SHARED, fd, PG));
	must(munmap(p + PG, PG));
	is(p[0], 'b', "%s: before the hole: the first page of the mapping", fs);
	is(p[2 * PG], 'd', "%s: behind the hole: the offset is right", fs);
	p[3 * PG] = 'X';
	is(file_byte(fd, 4 * PG), 'X', "%s: a store behind the hole reaches the right place", fs);
	must(munmap(p, PG));
	is(p[4 * PG], 'f', "%s: after cutting the head as well", fs);
	must(munmap(p + 3 * PG, 2 * PG));
	is(p[2 * PG], 'd', "%s: and the tail", fs);
	is(file_byte(fd, 0), 'a', "%s: the page in front of the mapping is untouched", fs);
	must(munmap(p + 2 * PG, PG));
	close(fd);
}

static void keep_going(void *arg)
{
	char *p = arg;

	CHECK(!munmap(p, 4 * PG));
	CHECK(try_load(p).sig == SIGSEGV);
}

static void forked(void)
{
	char *p = anon(4);

	memset(p, 'p', 4 * PG);
	is(child(keep_going, p), 0, "a child unmaps what it inherited");
	ok(all_bytes(p, 'p', 4 * PG), "the parent keeps it");
	must(munmap(p, 4 * PG));
}

/* The address range is free for the next one, and the new pages are zero. */
static void reuse(void)
{
	char *p = anon(4), *q;

	memset(p, 'r', 4 * PG);
	must(munmap(p + PG, PG));
	q = mmap(p + PG, PG, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	is(q, p + PG, "a hole can be filled again");
	ok(all_bytes(q, 0, PG), "with zeros");
	must(munmap(p, 4 * PG));
}

static void both(const char *fs)
{
	split_file(fs);
}

int main(void)
{
	errors();
	split();
	forked();
	reuse();
	on_both(both);
	return done();
}
