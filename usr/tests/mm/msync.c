// SPDX-License-Identifier: GPL-2.0-only
/*
 * msync: errors and effect.
 */
#include "tap.h"

#define RW	(PROT_READ | PROT_WRITE)

static void errors(void)
{
	char *p = must(mmap(NULL, 4 * PG, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));

	fails(msync(p + 1, PG, MS_SYNC), EINVAL, "an unaligned address is EINVAL");
	fails(msync(p, PG, MS_SYNC | MS_ASYNC), EINVAL, "MS_SYNC with MS_ASYNC is EINVAL");
	fails(msync(p, PG, 64), EINVAL, "an unknown flag is EINVAL");
	works(msync(p, PG, 0), "no flag at all works");
	works(msync(p, 0, MS_SYNC), "length 0 works");
	fails(msync(p, -1UL - 2 * PG, MS_SYNC), ENOMEM, "a length that wraps is ENOMEM");
	works(msync(p, 4 * PG, MS_SYNC), "anonymous memory works");
	works(msync(p, 4 * PG, MS_SYNC | MS_INVALIDATE), "MS_INVALIDATE works");
	must(munmap(p + PG, PG));
	fails(msync(p, 4 * PG, MS_SYNC), ENOMEM, "a range with a gap is ENOMEM");
	fails(msync(p + PG, PG, MS_ASYNC), ENOMEM, "an unmapped page is ENOMEM, with MS_ASYNC too");
	must(munmap(p, 4 * PG));
}

static void effect(const char *fs)
{
	int fd = make_file("f", 8 * PG, 'f');
	char *p = must(mmap(NULL, 8 * PG, RW, MAP_SHARED, fd, 0));
	char *q;

	for (int round = 0; round < 10; round++)
		for (int i = 0; i < 8; i++) {
			p[i * PG + round] = 'a' + round;
			must_be(!msync(p + i * PG, PG, i & 1 ? MS_SYNC : MS_ASYNC));
		}
	ok(!memcmp(p + 7 * PG, "abcdefghijf", 11), "%s: stores between msyncs are all kept", fs);
	q = must(mmap(NULL, 8 * PG, PROT_READ, MAP_PRIVATE, fd, 0));
	works(msync(q, 8 * PG, MS_SYNC), "%s: a private mapping works", fs);
	must(munmap(q, 8 * PG));
	works(msync(p, 8 * PG, MS_SYNC | MS_INVALIDATE), "%s: MS_INVALIDATE of shared pages works", fs);
	ok(!memcmp(p, "abcdefghijf", 11), "%s: and loses nothing", fs);
	must(mprotect(p, 8 * PG, PROT_NONE));
	works(msync(p, 8 * PG, MS_SYNC), "%s: PROT_NONE does not matter", fs);
	must(munmap(p, 8 * PG));
	close(fd);
}

/* The gap makes it fail, but both sides of it are synced first. */
static void gap(const char *fs)
{
	int fd = make_file("g", 4 * PG, 'g');
	char *p = must(mmap(NULL, 4 * PG, RW, MAP_SHARED, fd, 0));

	must(munmap(p + PG, PG));
	p[0] = p[3 * PG] = 'G';
	fails(msync(p, 4 * PG, MS_SYNC), ENOMEM, "%s: shared mappings around a gap: ENOMEM", fs);
	is(file_byte(fd, 3 * PG), 'G', "%s: nothing is lost", fs);
	must(munmap(p, 4 * PG));
	close(fd);
}

static void both(const char *fs)
{
	effect(fs);
	gap(fs);
}

int main(void)
{
	errors();
	on_both(both);
	return done();
}
