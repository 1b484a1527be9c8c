// SPDX-License-Identifier: GPL-2.0-only
/*
 * madvise: MADV_DONTNEED and MADV_WILLNEED, the pure hints, errors.
 */
#include "tap.h"

#define RW	(PROT_READ | PROT_WRITE)

static char *anon(size_t n)
{
	return must(mmap(NULL, n * PG, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}

static void errors(void)
{
	char *p = anon(4);

	fails(madvise(p + 1, PG, MADV_DONTNEED), EINVAL, "an unaligned address is EINVAL");
	fails(madvise(p, PG, 9999), EINVAL, "an unknown advice is EINVAL");
	fails(madvise(p, -1UL - 2 * PG, MADV_DONTNEED), EINVAL, "a length that wraps is EINVAL");
	works(madvise(p, 0, MADV_DONTNEED), "length 0 works");
	works(madvise(p, 4 * PG, MADV_NORMAL), "MADV_NORMAL works");
	works(madvise(p, 4 * PG, MADV_RANDOM), "MADV_RANDOM works");
	works(madvise(p, 4 * PG, MADV_SEQUENTIAL), "MADV_SEQUENTIAL works");
	memset(p, 'e', 4 * PG);
	must(munmap(p + PG, PG));
	fails(madvise(p, 4 * PG, MADV_DONTNEED), ENOMEM, "a range with a gap is ENOMEM");
	is(p[0], 0, "but what lies before the gap is done");
	is(p[3 * PG], 0, "and what lies behind");
	fails(madvise(p + PG, PG, MADV_DONTNEED), ENOMEM, "an unmapped page is ENOMEM");
	must(munmap(p, 4 * PG));
}

static void dontneed(void)
{
	char *p = anon(8), *s;

	memset(p, 'd', 8 * PG);
	works(madvise(p + 2 * PG, 3 * PG, MADV_DONTNEED), "MADV_DONTNEED of part of a mapping");
	ok(all_bytes(p + 2 * PG, 0, 3 * PG), "gives zeros there");
	ok(all_bytes(p, 'd', 2 * PG) && all_bytes(p + 5 * PG, 'd', 3 * PG), "and only there");
	p[3 * PG] = 'n';
	is(p[3 * PG], 'n', "the memory stays usable");
	must(madvise(p, 1, MADV_DONTNEED));
	ok(all_bytes(p, 0, PG), "a length of 1 means the whole page");
	is(p[PG], 'd', "and no more");
	must(mprotect(p + 6 * PG, PG, PROT_NONE));
	works(madvise(p + 5 * PG, 3 * PG, MADV_DONTNEED), "over several mappings of any protection");
	is(p[7 * PG], 0, "all are dropped");
	must(munmap(p, 8 * PG));
	s = shared_alloc(2 * PG);
	s[0] = 's';
	works(madvise(s, 2 * PG, MADV_DONTNEED), "of shared memory");
	is(s[0], 's', "it drops only the mapping: the content is still there");
	must(munmap(s, 2 * PG));
}

static void on_file(const char *fs)
{
	int fd = make_file("f", 4 * PG, 'f');
	char *p = must(mmap(NULL, 4 * PG, RW, MAP_PRIVATE, fd, 0));
	char *s = must(mmap(NULL, 4 * PG, RW, MAP_SHARED, fd, 0));

	works(madvise(p, 4 * PG, MADV_WILLNEED), "%s: MADV_WILLNEED works", fs);
	p[0] = 'p';
	s[PG] = 's';
	must(madvise(p, 4 * PG, MADV_DONTNEED));
	is(p[0], 'f', "%s: MADV_DONTNEED of a private mapping brings the file back", fs);
	is(p[PG], 's', "%s: as it is now", fs);
	s[0] = 'S';
	must(madvise(s, 4 * PG, MADV_DONTNEED));
	is(s[0], 'S', "%s: stores to a shared mapping survive it", fs);
	is(file_byte(fd, 0), 'S', "%s: also for read", fs);
	must(munmap(p, 4 * PG)), must(munmap(s, 4 * PG));
	close(fd);
}

static void child_drops(void *arg)
{
	char *p = arg;

	CHECK(!madvise(p, 2 * PG, MADV_DONTNEED));
	CHECK(all_bytes(p, 0, 2 * PG));
}

int main(void)
{
	char *p;

	errors();
	dontneed();
	p = anon(2);
	memset(p, 'k', 2 * PG);
	is(child(child_drops, p), 0, "a child drops its copy of inherited pages");
	ok(all_bytes(p, 'k', 2 * PG), "the parent keeps its own");
	on_both(on_file);
	return done();
}
