// SPDX-License-Identifier: GPL-2.0-only
/*
 * RLIMIT_AS, RLIMIT_DATA, RLIMIT_STACK and RLIMIT_MEMLOCK against every call that
 * can run into them, and vm.max_map_count.
 *
 * Each point is one child, since a lowered limit cannot always be raised again.
 */
#include "tap.h"
#include <sys/resource.h>

#define RW	(PROT_READ | PROT_WRITE)
#define ANON	(MAP_PRIVATE | MAP_ANONYMOUS)
#define MAP(len, prot, flags) mmap(NULL, len, prot, flags, -1, 0)

static void limit(int which, rlim_t value)
{
	struct rlimit rl = { value, RLIM_INFINITY };

	CHECK(!getrlimit(which, &rl));
	rl.rlim_cur = value;
	CHECK(!setrlimit(which, &rl));
}

/* KiB of a field of /proc/self/status. */
static unsigned long status_kb(const char *key)
{
	char *s = slurp("/proc/self/status"), *p = s ? strstr(s, key) : NULL;
	unsigned long kb = p ? strtoul(p + strlen(key), NULL, 10) : 0;

	free(s);
	return kb;
}

/* Does the heap grow by @by? */
static bool heap_grows(long by)
{
	char *at = (char *)syscall(SYS_brk, 0);

	return (char *)syscall(SYS_brk, at + by) == at + by;
}

static void as_mapping(void *arg)
{
	char *p;

	(void)arg;
	limit(RLIMIT_AS, status_kb("VmSize:") * KiB + 16 * MiB);
	CHECK_ERR(MAP(32 * MiB, RW, ANON), ENOMEM);
	CHECK_ERR(MAP(32 * MiB, PROT_NONE, ANON), ENOMEM);
	CHECK_ERR(MAP(32 * MiB, PROT_READ, MAP_SHARED | MAP_ANONYMOUS), ENOMEM);
	p = MAP(12 * MiB, RW, ANON);
	CHECK(p != MAP_FAILED);
	CHECK_ERR(MAP(12 * MiB, RW, ANON), ENOMEM);
	CHECK(mmap(p, 12 * MiB, RW, ANON | MAP_FIXED, -1, 0) == p);	/* replaces: no more than before */
	CHECK_ERR(mremap(p, 12 * MiB, 32 * MiB, MREMAP_MAYMOVE), ENOMEM);
	CHECK(mremap(p, 12 * MiB, 13 * MiB, MREMAP_MAYMOVE) != MAP_FAILED);
	CHECK(!heap_grows(32 * MiB));
	CHECK(heap_grows(MiB));
}

static void as_fixed_failure(void *arg)
{
	char *p = MAP(8 * PG, RW, ANON);

	(void)arg;
	memset(p, 'o', 8 * PG);
	limit(RLIMIT_AS, status_kb("VmSize:") * KiB + 16 * MiB);
	CHECK_ERR(mmap(p, 64 * MiB, RW, ANON | MAP_FIXED, -1, 0), ENOMEM);
	CHECK(all_bytes(p, 'o', 8 * PG));
}

static void as_below_use(void *arg)
{
	char *p = MAP(8 * MiB, RW, ANON);

	(void)arg;
	limit(RLIMIT_AS, MiB);
	memset(p, 'b', 8 * MiB);		/* what is mapped stays usable */
	CHECK_ERR(MAP(PG, RW, ANON), ENOMEM);
	CHECK(!munmap(p, 8 * MiB));
	limit(RLIMIT_AS, RLIM_INFINITY);
	CHECK(MAP(PG, RW, ANON) != MAP_FAILED);
}

static void data(void *arg)
{
	char *p, *ro;

	(void)arg;
	limit(RLIMIT_DATA, status_kb("VmData:") * KiB + 16 * MiB);
	CHECK_ERR(MAP(32 * MiB, RW, ANON), ENOMEM);
	CHECK(MAP(32 * MiB, RW, MAP_SHARED | MAP_ANONYMOUS) != MAP_FAILED);
	ro = MAP(32 * MiB, PROT_READ, ANON);
	CHECK(ro != MAP_FAILED);
	CHECK_ERR(mprotect(ro, 32 * MiB, RW), ENOMEM);
	CHECK(!mprotect(ro, 4 * MiB, RW));
	p = MAP(8 * MiB, RW, ANON);
	CHECK(p != MAP_FAILED);
	CHECK_ERR(MAP(8 * MiB, RW, ANON), ENOMEM);
	CHECK_ERR(mremap(p, 8 * MiB, 24 * MiB, MREMAP_MAYMOVE), ENOMEM);
	CHECK(!heap_grows(24 * MiB));
	CHECK(!munmap(p, 8 * MiB));
	CHECK(MAP(8 * MiB, RW, ANON) != MAP_FAILED);
}

/* A soft limit of 0 alone means the hard one to mmap: Linux has it so for Valgrind. */
static void data_of_none(void *arg)
{
	struct rlimit none = { 0, 0 };

	(void)arg;
	limit(RLIMIT_DATA, 0);
	CHECK(!heap_grows(PG));
	CHECK(MAP(PG, RW, ANON) != MAP_FAILED);
	CHECK(!setrlimit(RLIMIT_DATA, &none));
	CHECK(MAP(PG, PROT_READ, ANON) != MAP_FAILED);
	CHECK(MAP(PG, RW, MAP_SHARED | MAP_ANONYMOUS) != MAP_FAILED);
	CHECK_ERR(MAP(PG, RW, ANON), ENOMEM);
}

static void growing(void *arg)
{
	char *base = must(MAP(16 * MiB, PROT_NONE, ANON)), *top = base + 12 * MiB, *p;

	(void)arg;
	must(munmap(base, 16 * MiB));
	p = mmap(top, PG, RW, ANON | MAP_GROWSDOWN | MAP_FIXED_NOREPLACE, -1, 0);
	CHECK(p == top);
	limit(RLIMIT_STACK, 64 * KiB);
	CHECK(try_store(p - 32 * KiB).sig == 0);
	CHECK(try_store(p - 128 * KiB).sig == SIGSEGV);
	CHECK(tap_fault.code == SEGV_MAPERR && tap_fault.addr == (unsigned long)p - 128 * KiB);
	limit(RLIMIT_STACK, 8 * MiB);
	CHECK(try_store(p - 128 * KiB).sig == 0);
	limit(RLIMIT_AS, status_kb("VmSize:") * KiB + 256 * KiB);	/* growth counts there too */
	CHECK(try_store(p - MiB).sig == SIGSEGV);
}

static void locked_memory(void *arg)
{
	char *p = MAP(64 * PG, RW, ANON), *q;
	int fd = make_file("locked", 64 * PG, 'l');

	(void)arg;
	limit(RLIMIT_MEMLOCK, 8 * PG);
	CHECK(!setresuid(1000, 1000, 1000));
	CHECK_ERR(mlock2(p, 9 * PG, MLOCK_ONFAULT), ENOMEM);	/* before they are there, too */
	CHECK_ERR(mmap(NULL, 9 * PG, PROT_READ, MAP_SHARED | MAP_LOCKED, fd, 0), EAGAIN);
	q = mmap(NULL, 6 * PG, PROT_READ, MAP_SHARED | MAP_LOCKED, fd, 0);
	CHECK(q != MAP_FAILED);
	CHECK_ERR(mremap(q, 6 * PG, 12 * PG, MREMAP_MAYMOVE), EAGAIN);
	CHECK_ERR(mlock(p, 3 * PG), ENOMEM);
	CHECK(!mlock(p, 2 * PG));
	CHECK(!munmap(q, 6 * PG));
	CHECK(!mlock(p, 8 * PG) && !munlock(p, 8 * PG));
	CHECK(mmap(p, 2 * PG, RW, ANON | MAP_FIXED | MAP_LOCKED, -1, 0) == p);
	memset(p + 2 * PG, 'k', PG);
	CHECK_ERR(mmap(p + 2 * PG, 7 * PG, RW, ANON | MAP_FIXED | MAP_LOCKED, -1, 0), EAGAIN);
	CHECK(all_bytes(p + 2 * PG, 'k', PG));
}

static void locked_future(void *arg)
{
	(void)arg;
	CHECK(!setresuid(1000, 1000, 0));
	CHECK(!mlockall(MCL_FUTURE));
	limit(RLIMIT_MEMLOCK, 8 * PG);
	CHECK_ERR(MAP(16 * PG, RW, ANON), EAGAIN);
	CHECK(!heap_grows(16 * PG));
	CHECK(MAP(4 * PG, RW, ANON) != MAP_FAILED);
	CHECK(!munlockall());
	CHECK(MAP(16 * PG, RW, ANON) != MAP_FAILED);
}

static long max_map_count(long to)
{
	char *s = slurp("/proc/sys/vm/max_map_count");
	long old = s ? atol(s) : -1;
	int fd = must(open("/proc/sys/vm/max_map_count", O_WRONLY));

	free(s);
	if (to > 0)
		must(dprintf(fd, "%ld\n", to));
	close(fd);
	return old;
}

static void map_count(void *arg)
{
	char *p = MAP(1000 * PG, RW, ANON), *q = MAP(5 * PG, RW, ANON);
	int n;

	(void)arg;
	CHECK(!mprotect(q + PG, PG, PROT_READ));	/* three, that can become one again */
	memset(p, 'm', 1000 * PG);
	for (n = 0; n < 499; n++)
		if (mprotect(p + (2 * n + 1) * PG, PG, PROT_READ))
			break;
	CHECK(n > 10 && n < 499 && errno == ENOMEM);
	CHECK_ERR(munmap(p + 900 * PG, PG), ENOMEM);	/* would make one more of it */
	CHECK_ERR(mprotect(p + 900 * PG, PG, PROT_NONE), ENOMEM);
	CHECK_ERR(madvise(p + 900 * PG, PG, MADV_DONTFORK), EAGAIN);
	CHECK_ERR(mlock(p + 900 * PG, PG), ENOMEM);
	CHECK(all_bytes(p, 'm', 1000 * PG));
	CHECK(!mprotect(q + PG, PG, RW));		/* makes one less or two */
	CHECK(!munmap(p, 100 * PG));
	CHECK(!munmap(p + 900 * PG, PG));
	CHECK(MAP(PG, PROT_NONE, ANON) != MAP_FAILED);
}

int main(void)
{
	long old;

	work_in(TMPFS);
	must(chmod(".", 0777));
	is(child(as_mapping, NULL), 0, "RLIMIT_AS bounds mmap, mremap and brk, of every kind: ENOMEM");
	is(child(as_fixed_failure, NULL), 0, "MAP_FIXED that runs into it leaves the old mapping");
	is(child(as_below_use, NULL), 0, "a limit below what is in use takes nothing away");
	is(child(data, NULL), 0, "RLIMIT_DATA bounds private writable memory: mmap, mprotect, mremap, brk; not shared, not read-only");
	is(child(data_of_none, NULL), 0, "RLIMIT_DATA of 0");
	is(child(growing, NULL), 0, "RLIMIT_STACK and RLIMIT_AS bound MAP_GROWSDOWN at the exact address");
	is(child(locked_memory, NULL), 0, "RLIMIT_MEMLOCK: mlock ENOMEM, MAP_LOCKED and mremap EAGAIN, with the old mapping left");
	is(child(locked_future, NULL), 0, "under MCL_FUTURE mmap is EAGAIN and brk stays");
	old = max_map_count(200);
	must_be(old > 0);
	is(child(map_count, NULL), 0, "vm.max_map_count: what would split is ENOMEM and changes nothing, what merges works");
	max_map_count(old);
	return done();
}
