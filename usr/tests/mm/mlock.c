// SPDX-License-Identifier: GPL-2.0-only
/*
 * mlock, mlock2, munlock, mlockall, MAP_LOCKED, RLIMIT_MEMLOCK; mincore.
 */
#include "tap.h"
#include <sys/resource.h>

#define RW	(PROT_READ | PROT_WRITE)

static char *anon(size_t n)
{
	return must(mmap(NULL, n * PG, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}

static long locked_kb(void)
{
	char *s = slurp("/proc/self/status"), *p = s ? strstr(s, "VmLck:") : NULL;
	long kb = p ? atol(p + 6) : -1;

	free(s);
	return kb;
}

static int resident(char *p, int n)
{
	unsigned char vec[256];
	int in = 0;

	must(mincore(p, n * PG, vec));
	for (int i = 0; i < n; i++)
		in += vec[i] & 1;
	return in;
}

static void locking(void)
{
	long base = locked_kb();
	char *p = anon(16);

	is(base, 0, "nothing is locked at first");
	is(mlock(p + 100, 8 * PG), 0, "mlock of an unaligned range");
	is(resident(p, 16), 9, "makes its pages resident, whole pages");
	is(locked_kb(), 36, "VmLck counts them");
	is(mlock(p, 4 * PG), 0, "locking again");
	is(locked_kb(), 36, "does not count twice");
	is(munlock(p + 2 * PG, PG), 0, "munlock of one");
	is(locked_kb(), 32, "counts down");
	fails(msync(p, PG, MS_INVALIDATE | MS_SYNC), EBUSY, "msync with MS_INVALIDATE of locked pages is EBUSY");
	works(msync(p + 2 * PG, PG, MS_INVALIDATE | MS_SYNC), "of the unlocked one it works");
	fails(madvise(p, PG, MADV_DONTNEED), EINVAL, "MADV_DONTNEED of locked pages is EINVAL");
	must(munmap(p, 4 * PG));
	is(locked_kb(), 20, "munmap unlocks");
	fails(mlock(p, 5 * PG), ENOMEM, "mlock over a gap is ENOMEM");
	fails(munlock(p, PG), ENOMEM, "munlock of nothing is ENOMEM");
	fails(mlock(p, -1UL - 8 * PG), EINVAL, "a length that wraps is EINVAL");
	is(mlock(p, 0), 0, "length 0 works");
	is(munlock(p + 4 * PG, 12 * PG), 0, "munlock of the rest");
	is(locked_kb(), 0, "leaves nothing");
	must(munmap(p, 16 * PG));
}

static void on_fault(void)
{
	char *p = anon(8);

	is(mlock2(p, 8 * PG, MLOCK_ONFAULT), 0, "mlock2 with MLOCK_ONFAULT");
	is(resident(p, 8), 0, "makes nothing resident");
	is(locked_kb(), 32, "but counts");
	p[PG] = 1;
	is(resident(p, 8), 1, "a fault brings one page");
	fails(mlock2(p, PG, 8), EINVAL, "an unknown flag is EINVAL");
	must(munmap(p, 8 * PG));
	p = must(mmap(NULL, 4 * PG, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED, -1, 0));
	is(resident(p, 4), 4, "MAP_LOCKED makes resident");
	is(locked_kb(), 16, "and locks");
	p = must(mremap(p, 4 * PG, 8 * PG, MREMAP_MAYMOVE));
	is(locked_kb(), 32, "mremap that grows locks what is new");
	is(resident(p, 8), 8, "and makes it resident");
	must(munmap(p, 8 * PG));
	is(locked_kb(), 0, "unmapped, nothing is locked");
}

static void everything(void)
{
	char *p = anon(4), *q;

	is(mlockall(MCL_CURRENT), 0, "mlockall(MCL_CURRENT)");
	is(resident(p, 4), 4, "makes what is mapped resident");
	q = anon(4);
	is(resident(q, 4), 0, "not what comes later");
	is(mlockall(MCL_FUTURE), 0, "MCL_FUTURE");
	q = anon(4);
	is(resident(q, 4), 4, "does that");
	is(mlockall(MCL_FUTURE | MCL_ONFAULT), 0, "MCL_ONFAULT");
	q = anon(4);
	is(resident(q, 4), 0, "waits for faults");
	is(munlockall(), 0, "munlockall");
	is(locked_kb(), 0, "unlocks everything");
	fails(mlockall(0), EINVAL, "mlockall of nothing is EINVAL");
	fails(mlockall(MCL_ONFAULT), EINVAL, "MCL_ONFAULT alone is EINVAL");
	fails(mlockall(64), EINVAL, "an unknown flag is EINVAL");
}

static void forked(void *arg)
{
	(void)arg;
	CHECK(locked_kb() == 0);
}

static void limited(void *arg)
{
	struct rlimit rl = { 8 * PG, 8 * PG };
	char *p = anon(32);

	(void)arg;
	CHECK(!setrlimit(RLIMIT_MEMLOCK, &rl));
	CHECK(!mlock(p, 32 * PG) && !munlock(p, 32 * PG));	/* root may */
	CHECK(!setresuid(1000, 1000, 1000));
	CHECK(!mlock(p, 8 * PG));
	CHECK_ERR(mlock(p + 8 * PG, PG), ENOMEM);
	CHECK(!mlock(p, 8 * PG));
	CHECK_ERR(mmap(NULL, PG, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED, -1, 0), EAGAIN);
	CHECK_ERR(mlockall(MCL_CURRENT), ENOMEM);
	CHECK(!munlock(p, 4 * PG) && !mlock(p + 20 * PG, 4 * PG));
	rl.rlim_cur = 0;
	CHECK(!munlockall() && !setrlimit(RLIMIT_MEMLOCK, &rl));
	CHECK_ERR(mlock(p, PG), EPERM);
	CHECK_ERR(mlockall(MCL_CURRENT), EPERM);
}

static void residency(const char *fs)
{
	int fd = make_file("f", 8 * PG, 'f');
	char *p = anon(8), *q = must(mmap(NULL, 8 * PG, PROT_READ, MAP_SHARED, fd, 0));
	unsigned char vec[16];

	is(resident(p, 8), 0, "%s: mincore: untouched anonymous memory is not resident", fs);
	p[0] = 1, (void)*(volatile char *)(p + PG);
	ok(!mincore(p, 2 * PG, vec) && (vec[0] & 1), "%s: a touched page is", fs);
	is(resident(q, 8), 8, "%s: cached pages of a file are, mapped or not", fs);
	fails(mincore(p + 1, PG, vec), EINVAL, "%s: an unaligned address is EINVAL", fs);
	fails(mincore(p, PG, (void *)PG), EFAULT, "%s: a bad vector is EFAULT", fs);
	is(mincore(p, 0, vec), 0, "%s: length 0 works", fs);
	must(munmap(p + PG, PG));
	fails(mincore(p, 3 * PG, vec), ENOMEM, "%s: a gap is ENOMEM", fs);
	fails(mincore((void *)-PG, PG, vec), ENOMEM, "%s: the kernel's half is ENOMEM", fs);
	must(munmap(p, 8 * PG)), must(munmap(q, 8 * PG));
	close(fd);
}

int main(void)
{
	char *p;

	locking();
	on_fault();
	p = anon(4);
	must(mlock(p, 4 * PG));
	is(child(forked, NULL), 0, "locks are not inherited by fork");
	must(munmap(p, 4 * PG));
	is(child(limited, NULL), 0, "RLIMIT_MEMLOCK bounds an ordinary user: ENOMEM, EAGAIN, EPERM when 0");
	everything();
	on_both(residency);
	return done();
}
