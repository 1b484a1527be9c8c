// SPDX-License-Identifier: GPL-2.0-only
/*
 * mseal: what a sealed mapping refuses (EPERM) and what it allows; that seals stay
 * with their pages over fork and end with exec.
 */
#include "tap.h"

#define RW	(PROT_READ | PROT_WRITE)
#define ANON	(MAP_PRIVATE | MAP_ANONYMOUS)
#ifndef __NR_mseal
#define __NR_mseal 462
#endif

static long seal(void *p, size_t len)
{
	return syscall(__NR_mseal, p, len, 0UL);
}

static char *anon(size_t n, int prot)
{
	return must(mmap(NULL, n * PG, prot, ANON, -1, 0));
}

static void inherited(void *arg)
{
	CHECK_ERR(munmap(arg, PG), EPERM);
	CHECK_ERR(mprotect(arg, PG, PROT_NONE), EPERM);
}

static void refusals(void)
{
	char *p = anon(8, RW), *free_place = anon(8, PROT_NONE), *other = anon(2, RW);

	memset(p, 's', 8 * PG);
	must(munmap(free_place, 8 * PG));
	is(seal(p + 2 * PG, 4 * PG), 0, "mseal of the middle of a mapping");
	is(seal(p + 2 * PG, 4 * PG), 0, "a second time");
	is(seal(p, 0), 0, "of nothing");
	fails(munmap(p, 8 * PG), EPERM, "munmap over it");
	fails(mprotect(p, 8 * PG, PROT_READ), EPERM, "mprotect over it stops there");
	fails(mremap(p + 2 * PG, 4 * PG, 2 * PG, 0), EPERM, "mremap that shrinks");
	fails(mremap(p + 2 * PG, 4 * PG, 8 * PG, MREMAP_MAYMOVE), EPERM, "mremap that grows");
	fails(mremap(p + 2 * PG, PG, PG, MREMAP_MAYMOVE | MREMAP_FIXED, free_place), EPERM, "mremap that moves");
	fails(mremap(other, PG, PG, MREMAP_MAYMOVE | MREMAP_FIXED, p + 3 * PG), EPERM, "mremap to its place");
	fails(mmap(p + 3 * PG, PG, RW, ANON | MAP_FIXED, -1, 0), EPERM, "MAP_FIXED over it");
	fails(mmap(p + PG, 2 * PG, RW, ANON | MAP_FIXED, -1, 0), EPERM, "MAP_FIXED over its edge");
	ok(all_bytes(p, 's', 8 * PG), "all of it is there");
	must(mprotect(p, 2 * PG, RW));		/* what mprotect did before it stopped */
	no_fault(try_store(p + 3 * PG), "it can be stored to");
	is(madvise(p + 3 * PG, PG, MADV_DONTNEED), 0, "writable, it may be discarded");
	is(mlock(p + 3 * PG, PG), 0, "and locked");
	is(msync(p + 3 * PG, PG, MS_SYNC), 0, "and synced");
	is(child(inherited, p + 2 * PG), 0, "a child inherits the seal");
	is(munmap(p, 2 * PG) + munmap(p + 6 * PG, 2 * PG), 0, "the unsealed ends can go");
	must(munmap(other, 2 * PG));
}

static void read_only(void)
{
	char *p = anon(2, RW), *f;
	int fd = make_file("f", 2 * PG, 'f');

	memset(p, 'r', 2 * PG);
	must(mprotect(p, 2 * PG, PROT_READ));
	must(seal(p, PG));
	fails(madvise(p, PG, MADV_DONTNEED), EPERM, "read-only anonymous memory, sealed, cannot be discarded");
	fails(madvise(p, PG, MADV_FREE), EPERM, "nor freed");
	fails(madvise(p, PG, MADV_DONTFORK), EPERM, "nor kept from children");
	is(p[0], 'r', "and keeps its content");
	is(madvise(p + PG, PG, MADV_DONTNEED), 0, "the page beside it can");
	f = must(mmap(NULL, 2 * PG, PROT_READ, MAP_SHARED, fd, 0));
	must(seal(f, 2 * PG));
	is(madvise(f, PG, MADV_DONTNEED), 0, "of a file it can: nothing is lost");
	must(ftruncate(fd, PG));
	is_fault(try_load(f + PG), SIGBUS, BUS_ADRERR, f + PG, "truncation takes sealed pages away too");
	close(fd);
}

static void arguments(void)
{
	char *p = anon(4, RW);

	must(munmap(p + 2 * PG, PG));
	fails(seal(p, 4 * PG), ENOMEM, "a gap is ENOMEM");
	is(munmap(p, PG), 0, "and nothing has been sealed");
	fails(seal(p + PG + 1, PG), EINVAL, "an unaligned address is EINVAL");
	fails(seal(p, -1UL), EINVAL, "a length that rounds up to 0 is EINVAL");
	fails(seal(p, -2 * PG), EINVAL, "one that wraps is EINVAL");
	must(seal(p + PG, 1));
	fails(munmap(p + PG, PG), EPERM, "a length of 1 is the whole page");
}

int main(void)
{
	if (seal(NULL, 0) && errno == ENOSYS) {
		skip("no mseal", "mseal");
		return done();
	}
	work_in(TMPFS);
	arguments();
	refusals();
	read_only();
	return done();
}
