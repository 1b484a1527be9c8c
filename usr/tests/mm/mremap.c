// SPDX-License-Identifier: GPL-2.0-only
/*
 * mremap: shrink, grow in place and by moving, MREMAP_FIXED, MREMAP_DONTUNMAP,
 * duplication of shared mappings, errors.
 */
#include "tap.h"

#define RW	(PROT_READ | PROT_WRITE)
#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP 4
#endif

static char *anon(size_t n)
{
	return must(mmap(NULL, n * PG, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}

/* @n pages with @room free pages behind them. */
static char *anon_with_room(size_t n, size_t room)
{
	char *p = anon(n + room);

	must(munmap(p + n * PG, room * PG));
	return p;
}

static void errors(void)
{
	char *p = anon(4), *q;

	fails(mremap(p + 1, PG, PG, 0), EINVAL, "an unaligned address is EINVAL");
	fails(mremap(p, PG, 0, 0), EINVAL, "new length 0 is EINVAL");
	fails(mremap(p, PG, PG, 64), EINVAL, "an unknown flag is EINVAL");
	fails(mremap(p, PG, PG, MREMAP_FIXED, p + 2 * PG), EINVAL,
	      "MREMAP_FIXED without MREMAP_MAYMOVE is EINVAL");
	fails(mremap(p, PG, PG, MREMAP_FIXED | MREMAP_MAYMOVE, p + 1), EINVAL,
	      "an unaligned new address is EINVAL");
	fails(mremap(p, 2 * PG, 2 * PG, MREMAP_FIXED | MREMAP_MAYMOVE, p + PG), EINVAL,
	      "overlapping old and new ranges are EINVAL");
	fails(mremap(p, 2 * PG, 3 * PG, MREMAP_DONTUNMAP | MREMAP_MAYMOVE), EINVAL,
	      "MREMAP_DONTUNMAP with a change of length is EINVAL");
	fails(mremap(p, PG, PG, MREMAP_DONTUNMAP), EINVAL,
	      "MREMAP_DONTUNMAP without MREMAP_MAYMOVE is EINVAL");
	fails(mremap(p, PG, 1UL << 62, MREMAP_MAYMOVE), ENOMEM,
	      "a length beyond the user half is ENOMEM");
	fails(mremap(p, 0, PG, MREMAP_MAYMOVE), EINVAL, "old length 0 of private memory is EINVAL");
	q = anon(1);
	must(munmap(q, PG));
	fails(mremap(q, PG, 2 * PG, MREMAP_MAYMOVE), EFAULT, "an unmapped address is EFAULT");
	must(mprotect(p, PG, PROT_READ));
	fails(mremap(p, 2 * PG, 4 * PG, MREMAP_MAYMOVE), EFAULT,
	      "a range that spans two mappings is EFAULT");
	must(munmap(p, 4 * PG));
}

static void in_place(void)
{
	char *p = anon_with_room(4, 4);

	memset(p, 'i', 4 * PG);
	is(mremap(p, 4 * PG, 2 * PG, 0), p, "shrinking stays in place");
	ok(!is_mapped(p + 2 * PG), "the pages behind are gone");
	ok(all_bytes(p, 'i', 2 * PG), "those before are kept");
	is(mremap(p, 2 * PG, 4 * PG, 0), p, "growing into free space stays in place");
	ok(all_bytes(p + 2 * PG, 0, 2 * PG), "the new pages are zeros, not the old ones");
	is(mremap(p, 4 * PG, 4 * PG, 0), p, "the same length is no change");
	is(mremap(p, 4 * PG - 5, 4 * PG, 0), p, "lengths are rounded up to pages");
	mmap(p + 4 * PG, PG, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	must(mprotect(p + 4 * PG, PG, PROT_READ));
	fails(mremap(p, 4 * PG, 5 * PG, 0), ENOMEM,
	      "growing over a neighbour without MREMAP_MAYMOVE is ENOMEM");
	ok(all_bytes(p, 'i', 2 * PG), "and changes nothing");
	must(munmap(p, 5 * PG));
}

static void moving(void)
{
	char *p = anon(4), *q, *r;

	for (int i = 0; i < 4; i++)
		memset(p + i * PG, 'a' + i, PG);
	must(mprotect(p + 3 * PG, PG, PROT_READ));	/* a neighbour */
	q = mremap(p, 3 * PG, 300 * PG, MREMAP_MAYMOVE);
	ok(q != MAP_FAILED && q != p, "growing over a neighbour moves");
	ok(all_bytes(q, 'a', PG) && all_bytes(q + PG, 'b', PG) && all_bytes(q + 2 * PG, 'c', PG),
	   "with its content");
	ok(all_bytes(q + 3 * PG, 0, 297 * PG), "followed by zeros");
	is_fault(try_load(p), SIGSEGV, SEGV_MAPERR, p, "the old place is unmapped");
	is(p[3 * PG], 'd', "the neighbour stays");
	r = anon(8);
	memset(r, 'r', 8 * PG);
	is(mremap(q + PG, 2 * PG, 3 * PG, MREMAP_MAYMOVE | MREMAP_FIXED, r + PG), r + PG,
	   "MREMAP_FIXED moves part of a mapping to the given place");
	ok(all_bytes(r + PG, 'b', PG) && all_bytes(r + 2 * PG, 'c', PG) && all_bytes(r + 3 * PG, 0, PG),
	   "it replaces what was there and grows");
	ok(r[0] == 'r' && r[4 * PG] == 'r', "on both sides the target's neighbours stay");
	ok(is_mapped(q) && !is_mapped(q + PG) && !is_mapped(q + 2 * PG) && is_mapped(q + 3 * PG),
	   "it leaves a hole where it was");
	is(mremap(r + 5 * PG, 3 * PG, 2 * PG, MREMAP_MAYMOVE | MREMAP_FIXED, q + 10 * PG), q + 10 * PG,
	   "MREMAP_FIXED may shrink");
	ok(all_bytes(q + 10 * PG, 'r', 2 * PG), "its first pages move");
	ok(!is_mapped(r + 7 * PG), "and its tail is unmapped");
	must(munmap(q, 300 * PG)), must(munmap(r, 8 * PG)), must(munmap(p, 4 * PG));
	p = anon(4), q = anon(4);
	p[0] = 'h';
	must(mprotect(p + 2 * PG, 2 * PG, PROT_READ));
	is(mremap(p, 4 * PG, PG, MREMAP_MAYMOVE | MREMAP_FIXED, q), q,
	   "what MREMAP_FIXED cuts off may be another mapping");
	ok(q[0] == 'h' && !is_mapped(p) && !is_mapped(p + PG) && !is_mapped(p + 3 * PG),
	   "it goes, and the rest moves");
	must(munmap(q, 4 * PG));
}

static void file(const char *fs)
{
	int fd = make_file("f", 8 * PG, 0);
	char *p, *q, *room = anon(16);

	for (int i = 0; i < 8; i++)
		file_poke(fd, i * PG, 'a' + i);
	p = must(mmap(NULL, 4 * PG, RW, MAP_SHARED, fd, PG));
	q = mremap(p, 4 * PG, 6 * PG, MREMAP_MAYMOVE | MREMAP_FIXED, room);
	is(q, room, "%s: a file mapping moves and grows", fs);
	ok(q[0] == 'b' && q[3 * PG] == 'e' && q[5 * PG] == 'g',
	   "%s: the new pages continue in the file", fs);
	q[5 * PG] = 'G';
	is(file_byte(fd, 6 * PG), 'G', "%s: and stores reach it", fs);
	p = mremap(q + PG, PG, PG, MREMAP_MAYMOVE | MREMAP_FIXED, room + 10 * PG);
	is(p[0], 'c', "%s: a page moved out of the middle keeps its offset", fs);
	is(q[2 * PG], 'd', "%s: so does what lies behind it", fs);
	must(munmap(room, 16 * PG));
	close(fd);
}

static void duplicate(void)
{
	char *p = shared_alloc(2 * PG), *q;

	p[0] = 'd';
	q = mremap(p, 0, 2 * PG, MREMAP_MAYMOVE);
	ok(q != MAP_FAILED && q != p, "old length 0 of shared memory maps it a second time");
	is(q[0], 'd', "the same pages");
	q[PG] = 'e';
	is(p[PG], 'e', "in both directions");
	must(munmap(p, 2 * PG)), must(munmap(q, 2 * PG));
}

static void dontunmap(void)
{
	char *p = anon(2), *q;

	memset(p, 'u', 2 * PG);
	q = mremap(p, 2 * PG, 2 * PG, MREMAP_MAYMOVE | MREMAP_DONTUNMAP);
	if (q == MAP_FAILED) {
		ok(false, "MREMAP_DONTUNMAP works");
		return;
	}
	ok(all_bytes(q, 'u', 2 * PG), "MREMAP_DONTUNMAP moves the pages");
	ok(all_bytes(p, 0, 2 * PG), "and leaves zeros in the old place");
	must(munmap(p, 2 * PG)), must(munmap(q, 2 * PG));
}

static void check_cow(void *arg)
{
	char *p = arg;

	CHECK(all_bytes(p, 'w', 2 * PG));
	p[0] = 'c';
}

static void copy_on_write(void)
{
	char *p = anon(2), *q = anon(2);
	pid_t pid;
	struct gate go = gate_new();

	memset(p, 'w', 2 * PG);
	pid = must(fork());
	if (!pid) {
		gate_pass(go);
		check_cow(p);
		_exit(0);
	}
	must_be(mremap(p, 2 * PG, 2 * PG, MREMAP_MAYMOVE | MREMAP_FIXED, q) == q);
	memset(q, 'X', 2 * PG);
	gate_open(go);
	is(reap(pid), 0, "pages shared with a child since fork stay copy-on-write when moved");
	ok(all_bytes(q, 'X', 2 * PG), "on both sides");
	gate_free(go);
	must(munmap(q, 2 * PG));
}

/* Large enough to cross page-table pages. */
static void large(void)
{
	size_t n = 1500, bad = 0;
	char *p = anon(n), *room = anon(4 * n), *q;

	for (size_t i = 0; i < n; i++)
		p[i * PG] = i % 251;
	q = mremap(p, n * PG, 3 * n * PG, MREMAP_MAYMOVE | MREMAP_FIXED, room + 77 * PG);
	is(q, room + 77 * PG, "6 MiB move to another alignment");
	for (size_t i = 0; i < n; i++)
		bad += q[i * PG] != (char)(i % 251);
	is(bad, 0, "every page is in its place");
	must(munmap(room, 4 * n * PG));
}

int main(void)
{
	errors();
	in_place();
	moving();
	duplicate();
	dontunmap();
	copy_on_write();
	large();
	on_both(file);
	return done();
}
