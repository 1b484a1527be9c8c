// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where mmap puts things: hints, MAP_FIXED, MAP_FIXED_NOREPLACE, MAP_GROWSDOWN,
 * and many mappings at once.
 */
#include "tap.h"

#define RW	(PROT_READ | PROT_WRITE)
#define ANON	(MAP_PRIVATE | MAP_ANONYMOUS)

static char *anon(void *at, size_t len, int flags)
{
	return must(mmap(at, len, RW, ANON | flags, -1, 0));
}

static void hints(void)
{
	char *p = anon(NULL, 8 * PG, 0), *q;

	must(munmap(p, 8 * PG));
	q = mmap(p + 2 * PG, PG, RW, ANON, -1, 0);
	is(q, p + 2 * PG, "a free hint is taken");
	q = mmap(p + 2 * PG, PG, RW, ANON, -1, 0);
	ok(q != MAP_FAILED && q != p + 2 * PG, "an occupied hint gives another place");
	q = mmap(p + 4 * PG + 5, PG, RW, ANON, -1, 0);
	is((unsigned long)q % PG, 0, "an unaligned hint gives an aligned place");
	q = mmap((void *)-PG, PG, RW, ANON, -1, 0);
	ok(q != MAP_FAILED, "an impossible hint gives another place");
	ok((unsigned long)mmap((void *)PG, PG, RW, ANON, -1, 0) >= PG, "a low hint works somehow");
}

static void fixed(void)
{
	char *p = anon(NULL, 8 * PG, 0);

	memset(p, 'o', 8 * PG);
	is(mmap(p + 2 * PG, 2 * PG, RW, ANON | MAP_FIXED, -1, 0), p + 2 * PG,
	   "MAP_FIXED in the middle of a mapping is taken");
	ok(all_bytes(p + 2 * PG, 0, 2 * PG), "it replaces the old pages");
	ok(all_bytes(p, 'o', 2 * PG) && all_bytes(p + 4 * PG, 'o', 4 * PG),
	   "and leaves those on both sides");
	is(mmap(p + 6 * PG, 4 * PG, RW, ANON | MAP_FIXED, -1, 0), p + 6 * PG,
	   "MAP_FIXED over an end of a mapping is taken");
	ok(all_bytes(p + 6 * PG, 0, 4 * PG), "all zeros");
	is(p[6 * PG - 1], 'o', "up to the boundary");
	must(munmap(p, 10 * PG));
}

/* MAP_FIXED over several different mappings with gaps between them. */
static void fixed_over_many(void)
{
	char *p = anon(NULL, 16 * PG, 0);
	int fd = make_file("f", 4 * PG, 'f');

	for (int i = 0; i < 16; i += 4) {
		memset(p + i * PG, 'm', 4 * PG);
		must(mmap(p + i * PG, PG, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0));
		must(munmap(p + (i + 2) * PG, PG));
	}
	is(mmap(p + PG, 14 * PG, RW, ANON | MAP_FIXED, -1, 0), p + PG,
	   "MAP_FIXED over mappings and gaps is taken");
	ok(all_bytes(p + PG, 0, 14 * PG), "one new mapping replaces them all");
	is(p[0], 'f', "what lies before stays");
	is(p[15 * PG], 'm', "what lies behind stays");
	is(file_byte(fd, 0), 'f', "the file is untouched");
	must(munmap(p, 16 * PG));
	close(fd);
}

static void noreplace(void)
{
	char *p = anon(NULL, 8 * PG, 0);

	p[3 * PG] = 'k';
	fails(mmap(p + 3 * PG, PG, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0), EEXIST,
	      "MAP_FIXED_NOREPLACE inside a mapping is EEXIST");
	must(munmap(p + 4 * PG, 2 * PG));
	fails(mmap(p + 4 * PG, 3 * PG, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0), EEXIST,
	      "MAP_FIXED_NOREPLACE that overlaps by one page is EEXIST");
	fails(mmap(p + 3 * PG, 2 * PG, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0), EEXIST,
	      "at the other end too");
	is(p[3 * PG], 'k', "the old mapping is intact");
	ok(!is_mapped(p + 4 * PG), "and the gap is still a gap");
	is(mmap(p + 4 * PG, 2 * PG, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0), p + 4 * PG,
	   "MAP_FIXED_NOREPLACE that fits exactly works at the very place");
	fails(mmap(p + 1, PG, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0), EINVAL,
	      "MAP_FIXED_NOREPLACE at an unaligned address is EINVAL");
	must(munmap(p, 8 * PG));
}

static void growsdown(void)
{
	char *base = anon(NULL, 2048 * PG, 0), *p, *q;

	must(munmap(base, 2048 * PG));
	p = mmap(base + 1024 * PG, 4 * PG, RW, ANON | MAP_GROWSDOWN | MAP_FIXED, -1, 0);
	is(p, base + 1024 * PG, "MAP_GROWSDOWN maps");
	no_fault(try_store(p - 8), "a store just below it grows it");
	no_fault(try_store(p - 3 * PG), "a store three pages below grows it again");
	ok(is_mapped(p - 2 * PG), "the pages between are mapped too");
	/* With a neighbour below, 256 pages of guard gap stay free. */
	q = mmap(base + 512 * PG, PG, RW, ANON | MAP_FIXED, -1, 0);
	must_be(q == base + 512 * PG);
	is_fault(try_store(q + PG), SIGSEGV, SEGV_MAPERR, q + PG,
		 "it does not grow into the guard gap over the next mapping");
	no_fault(try_store(q + 300 * PG), "it grows up to the guard gap");
	must(munmap(p, 4 * PG));
	must(munmap(q, 512 * PG));
	ok(!is_mapped(q + 300 * PG), "munmap removes what has grown");
}

/* Thousands of mappings: alternate protections so that none can be merged. */
static void many(void)
{
	const size_t n = 8000;
	char *p = anon(NULL, n * PG, 0);
	size_t i, bad = 0;

	for (i = 0; i < n; i += 2)
		if (mprotect(p + i * PG, PG, PROT_READ))
			break;
	ok(i >= n, "8000 mappings of different protection can exist");
	for (i = 1; i < n; i += 2)
		p[i * PG] = i;
	for (i = 0; i < n; i++)
		bad += p[i * PG] != (char)(i & 1 ? i : 0);
	is(bad, 0, "each keeps its own content");
	is_fault(try_store(p + 5000 * PG), SIGSEGV, SEGV_ACCERR, p + 5000 * PG,
		 "and its own protection");
	works(mprotect(p, n * PG, RW), "one mprotect over all of them");
	no_fault(try_store(p + 5000 * PG), "takes effect");
	for (i = 0; i < n; i += 2)
		if (munmap(p + i * PG, PG))
			break;
	ok(i >= n, "4000 holes can be punched");
	for (i = 1, bad = 0; i < n; i += 2)
		bad += p[i * PG] != (char)i;
	is(bad, 0, "what is left has its content");
	works(munmap(p, n * PG), "one munmap removes everything, holes and all");
}

/* max_map_count: one more mapping is ENOMEM, and nothing breaks. */
static void map_count(void *arg)
{
	char *s = slurp("/proc/sys/vm/max_map_count");
	size_t max = s ? atol(s) : 0, i;
	char *p;

	(void)arg;
	if (!max || max > 70000)
		_exit(77);
	p = anon(NULL, (max + 10) * PG, MAP_NORESERVE);
	for (i = 0; i < max + 10; i += 2)
		if (mprotect(p + i * PG, PG, PROT_READ))
			break;
	CHECK(errno == ENOMEM);
	CHECK(i > max - 200 && i <= max);
	CHECK_ERR(munmap(p + (max + 5) * PG, PG), ENOMEM);
	CHECK(!munmap(p, PG));
	CHECK(!munmap(p, (max + 10) * PG));
	CHECK(anon(NULL, PG, 0) != MAP_FAILED);
}

static void huge_length(void)
{
	char *p = mmap(NULL, 16 * GiB, RW, ANON | MAP_NORESERVE, -1, 0);

	if (!ok(p != MAP_FAILED, "16 GiB with MAP_NORESERVE can be mapped"))
		return;
	p[0] = p[8 * GiB] = p[16 * GiB - 1] = 'h';
	ok(p[0] == 'h' && p[8 * GiB] == 'h' && p[16 * GiB - 1] == 'h' && !p[4 * GiB],
	   "and touched here and there");
	works(munmap(p, 16 * GiB), "and unmapped");
	p = mmap(NULL, 16 * GiB, PROT_NONE, ANON, -1, 0);
	ok(p != MAP_FAILED, "16 GiB of PROT_NONE can be reserved");
	munmap(p, 16 * GiB);
}

int main(void)
{
	int r;

	work_in(TMPFS);
	hints();
	fixed();
	fixed_over_many();
	noreplace();
	growsdown();
	many();
	huge_length();
	r = child(map_count, NULL);
	if (r == 77)
		skip("no /proc/sys/vm/max_map_count", "max_map_count bounds the mappings");
	else
		is(r, 0, "max_map_count bounds the mappings: ENOMEM, and munmap still works");
	return done();
}
