// SPDX-License-Identifier: GPL-2.0-only
/*
 * remap_file_pages: file pages in another order within one shared mapping, which
 * Linux has emulated by mappings since 4.0.
 */
#include "tap.h"

#define RW	(PROT_READ | PROT_WRITE)
#define PAGES	8

static void order(const char *fs)
{
	int fd = make_file("f", PAGES * PG, 0), ro;
	char *p, *q;
	int bad = 0;

	for (int i = 0; i < PAGES; i++)
		file_poke(fd, i * PG, 'a' + i);
	p = must(mmap(NULL, PAGES * PG, RW, MAP_SHARED, fd, 0));
	for (int i = 0; i < PAGES; i++)
		bad += remap_file_pages(p + i * PG, PG, 0, PAGES - 1 - i, 0) != 0;
	is(bad, 0, "%s: all pages in reverse", fs);
	for (int i = 0; i < PAGES; i++)
		bad += p[i * PG] != 'a' + PAGES - 1 - i;
	is(bad, 0, "%s: each shows its page", fs);
	p[PG] = 'S';
	is(file_byte(fd, (PAGES - 2) * PG), 'S', "%s: a store reaches the right one", fs);
	works(remap_file_pages(p, 2 * PG, 0, 3, 0), "%s: two at once", fs);
	ok(p[0] == 'd' && p[PG] == 'e', "%s: are consecutive", fs);
	fails(remap_file_pages(p, PG, PROT_READ, 0, 0), EINVAL, "%s: a protection is EINVAL", fs);
	fails(remap_file_pages(p, 0, 0, 0, 0), EINVAL, "%s: no length is EINVAL", fs);
	fails(remap_file_pages(p, -PG, 0, 0, 0), EINVAL, "%s: a length that wraps is EINVAL", fs);
	fails(remap_file_pages(p, PG, 0, -1UL, 0), EINVAL, "%s: an offset that wraps is EINVAL", fs);
	works(remap_file_pages(p + 5, PG + 7, 0, 7, 0), "%s: address and length are rounded down", fs);
	is(p[0], 'h', "%s: to that page", fs);
	must(munmap(p, PAGES * PG));
	fails(remap_file_pages(p, PG, 0, 0, 0), EINVAL, "%s: nothing mapped is EINVAL", fs);
	q = must(mmap(NULL, PG, RW, MAP_PRIVATE, fd, 0));
	fails(remap_file_pages(q, PG, 0, 1, 0), EINVAL, "%s: a private mapping is EINVAL", fs);
	ro = must(open("f", O_RDONLY));
	q = must(mmap(q, PG, PROT_READ, MAP_SHARED | MAP_FIXED, ro, 0));
	fails(remap_file_pages(q, PG, 0, 1, 0), EINVAL, "%s: a shared one of an O_RDONLY file too", fs);
	must(munmap(q, PG));
	close(ro), close(fd);
}

int main(void)
{
	char *s;

	on_both(order);
	s = shared_alloc(4 * PG);
	s[0] = '0', s[3 * PG] = '3';
	works(remap_file_pages(s, PG, 0, 3, 0), "shared anonymous memory");
	is(s[0], '3', "can be reordered too");
	s[0] = 'x';
	is(s[3 * PG], 'x', "it is one page at two places");
	return done();
}
