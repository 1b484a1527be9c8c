// SPDX-License-Identifier: GPL-2.0-only
/*
 * cachestat: how much of a file is cached, and dirty.
 */
#include "tap.h"

#ifndef __NR_cachestat
#define __NR_cachestat 451
#endif

/* as in Linux 6.5's <linux/mman.h>; older headers do not have them */
struct range { uint64_t off, len; };
struct stats { uint64_t cache, dirty, writeback, evicted, recently_evicted; };

static long stats(int fd, uint64_t off, uint64_t len, struct stats *s)
{
	struct range r = { off, len };

	memset(s, 0xff, sizeof(*s));
	return syscall(__NR_cachestat, fd, &r, s, 0);
}

static void figures(const char *fs)
{
	int fd = make_file("f", 16 * PG, 'f');
	struct range r = { 0, 0 };
	struct stats s;
	char *p;

	is(stats(fd, 0, 0, &s), 0, "%s: length 0 means to the end", fs);
	is(s.cache, 16, "%s: all pages just written are cached", fs);
	ok(s.dirty <= 16 && s.writeback <= 16, "%s: with sane figures", fs);
	is(stats(fd, 2 * PG, 3 * PG, &s), 0, "%s: of a range", fs);
	is(s.cache, 3, "%s: exactly its pages", fs);
	is(stats(fd, 2 * PG + 100, PG, &s), 0, "%s: of one that is not aligned", fs);
	is(s.cache, 2, "%s: both pages it touches", fs);
	is(stats(fd, 100 * PG, PG, &s), 0, "%s: behind the end", fs);
	is(s.cache + s.dirty + s.writeback, 0, "%s: nothing", fs);
	if (!strcmp(fs, "ext2")) {
		must(fsync(fd));
		must(stats(fd, 0, 0, &s));
		is(s.dirty + s.writeback, 0, "%s: after fsync nothing is dirty", fs);
		p = must(mmap(NULL, 16 * PG, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
		p[5 * PG] = p[6 * PG] = 'd';
		must(msync(p + 6 * PG, PG, MS_SYNC));
		must(stats(fd, 5 * PG, PG, &s));
		ok(s.dirty + s.writeback <= 1, "%s: a store makes at most its page dirty", fs);
		must(munmap(p, 16 * PG));
	}
	fails(syscall(__NR_cachestat, fd, &r, &s, 1), EINVAL, "%s: a flag is EINVAL", fs);
	fails(syscall(__NR_cachestat, fd, NOTHING, &s, 0), EFAULT, "%s: no range is EFAULT", fs);
	fails(syscall(__NR_cachestat, fd, &r, NOTHING, 0), EFAULT, "%s: no result is EFAULT", fs);
	close(fd);
	fails(syscall(__NR_cachestat, fd, &r, &s, 0), EBADF, "%s: a closed descriptor is EBADF", fs);
}

int main(void)
{
	struct stats s;

	work_in(TMPFS);
	if (stats(make_file("x", 1, 'x'), 0, 0, &s) && errno == ENOSYS)
		skip("no cachestat", "cachestat");
	else
		on_both(figures);
	return done();
}
