// SPDX-License-Identifier: GPL-2.0-only
/*
 * How much memory is promised: vm.overcommit_memory 0, 1 and 2, what counts
 * into Committed_AS, and where ENOMEM comes under mode 2.
 *
 * Mode 2 is set with a limit somewhat above what is promised at the moment, and
 * undone at the end even if a point fails.
 */
#include "tap.h"
#include <sys/sysinfo.h>

#define RW	(PROT_READ | PROT_WRITE)
#define ANON	(MAP_PRIVATE | MAP_ANONYMOUS)
#define SLACK	(2048L)		/* KiB that the rest of the system may come and go by */

static long field_kb(const char *key)
{
	char *s = slurp("/proc/meminfo"), *p = s ? strstr(s, key) : NULL;
	long kb = p ? strtol(p + strlen(key), NULL, 10) : -1;

	free(s);
	return kb;
}

static long get(const char *name)
{
	char path[64], *s;
	long v;

	snprintf(path, sizeof(path), "/proc/sys/vm/%s", name);
	s = slurp(path);
	v = s ? atol(s) : -1;
	free(s);
	return v;
}

static void set(const char *name, long v)
{
	char path[64], text[32];
	int fd, n = snprintf(text, sizeof(text), "%ld\n", v);

	snprintf(path, sizeof(path), "/proc/sys/vm/%s", name);
	fd = must(open(path, O_WRONLY));
	must_be(write(fd, text, n) == n);
	close(fd);
}

static long old_mode, old_ratio, old_kbytes;
static pid_t starter;

static void restore(void)
{
	if (getpid() != starter)
		return;
	set("overcommit_memory", old_mode);
	if (old_kbytes)
		set("overcommit_kbytes", old_kbytes);
	else
		set("overcommit_ratio", old_ratio);
}

static bool near(long a, long b)
{
	if (labs(a - b) > SLACK)
		note("%ld KiB, not %ld", a, b);
	return labs(a - b) <= SLACK;
}

static void counted(const char *what, long kb, size_t len, int prot, int flags, int fd)
{
	long before = field_kb("Committed_AS:");
	char *p = must(mmap(NULL, len, prot, flags, fd, 0));

	ok(near(field_kb("Committed_AS:") - before, kb), "%s: %ld KiB more are promised", what, kb);
	must(munmap(p, len));
	ok(near(field_kb("Committed_AS:"), before), "%s: none after munmap", what);
}

static void accounting(void)
{
	int fd = make_file("f", PG, 'f');
	long before, kb = 32 * 1024;
	size_t len = 32 * MiB;
	char *p;

	must(ftruncate(fd, len));
	counted("private memory", kb, len, RW, ANON, -1);
	counted("shared memory", kb, len, RW, MAP_SHARED | MAP_ANONYMOUS, -1);
	counted("a writable private file mapping", kb, len, RW, MAP_PRIVATE, fd);
	counted("a shared file mapping", 0, len, RW, MAP_SHARED, fd);
	counted("a read-only private file mapping", 0, len, PROT_READ, MAP_PRIVATE, fd);
	counted("memory with MAP_NORESERVE, mode 0", 0, len, RW, ANON | MAP_NORESERVE, -1);
	before = field_kb("Committed_AS:");
	p = must(mmap(NULL, len, PROT_READ, ANON, -1, 0));
	ok(near(field_kb("Committed_AS:"), before), "read-only memory is not counted");
	must(mprotect(p, len / 2, RW));
	ok(near(field_kb("Committed_AS:") - before, kb / 2), "what mprotect makes writable is");
	p[0] = 'x';
	must(munmap(p + len / 4, len / 4));
	ok(near(field_kb("Committed_AS:") - before, kb / 4), "munmap of a part gives back that part");
	must(mprotect(p, len / 4, PROT_READ));
	ok(near(field_kb("Committed_AS:") - before, kb / 4), "what has been stored to stays counted when it is made read-only");
	must(mprotect(p + len / 2, len / 2, RW));
	must(mprotect(p + len / 2, len / 2, PROT_READ));
	ok(near(field_kb("Committed_AS:") - before, kb / 4), "what has never been stored to does not");
	must(munmap(p, len));
	ok(near(field_kb("Committed_AS:"), before), "all of it in the end");
	close(fd);
}

static void mode_guess_and_always(void)
{
	struct sysinfo si;
	size_t ram;
	char *p, *q;

	must(sysinfo(&si));
	ram = (si.totalram + si.totalswap) * si.mem_unit;
	set("overcommit_memory", 0);
	fails(mmap(NULL, ram + GiB, RW, ANON, -1, 0), ENOMEM, "mode 0: more than all memory at once is ENOMEM");
	p = mmap(NULL, ram / 4 * 3, RW, ANON, -1, 0);
	q = mmap(NULL, ram / 4 * 3, RW, ANON, -1, 0);
	ok(p != MAP_FAILED && q != MAP_FAILED, "mode 0: in several requests it is granted");
	munmap(p, ram / 4 * 3), munmap(q, ram / 4 * 3);
	p = mmap(NULL, ram + GiB, RW, ANON | MAP_NORESERVE, -1, 0);
	ok(p != MAP_FAILED, "mode 0: with MAP_NORESERVE in one as well");
	munmap(p, ram + GiB);
	set("overcommit_memory", 1);
	p = mmap(NULL, ram + GiB, RW, ANON, -1, 0);
	ok(p != MAP_FAILED, "mode 1: everything is granted");
	munmap(p, ram + GiB);
}

static void tunables(void)
{
	long total = field_kb("MemTotal:");

	set("overcommit_ratio", 50);
	is(get("overcommit_kbytes"), 0, "setting overcommit_ratio clears overcommit_kbytes");
	ok(near(field_kb("CommitLimit:"), field_kb("SwapTotal:") + total / 2), "CommitLimit: half of memory, and swap");
	set("overcommit_ratio", 100);
	ok(near(field_kb("CommitLimit:"), field_kb("SwapTotal:") + total), "all of it at a ratio of 100");
	set("overcommit_kbytes", 123456);
	is(get("overcommit_ratio"), 0, "setting overcommit_kbytes clears overcommit_ratio");
	is(field_kb("CommitLimit:"), field_kb("SwapTotal:") + 123456, "and is the limit then");
	fails(write(must(open("/proc/sys/vm/overcommit_memory", O_WRONLY)), "3\n", 2), EINVAL,
	      "a fourth mode is EINVAL");
}

static void fork_refused(void *arg)
{
	pid_t pid;

	(void)arg;
	CHECK(mmap(NULL, 40 * MiB, RW, ANON, -1, 0) != MAP_FAILED);
	pid = fork();
	if (!pid)
		_exit(0);
	CHECK(pid == -1 && errno == ENOMEM);
}

static void heap_refused(void *arg)
{
	char *now_at = (char *)syscall(SYS_brk, 0);

	(void)arg;
	CHECK((char *)syscall(SYS_brk, now_at + 128 * MiB) == now_at);
	CHECK((char *)syscall(SYS_brk, now_at + MiB) == now_at + MiB);
}

/* 64 MiB may still be promised. */
static void mode_never(void)
{
	int fd = make_file("n", PG, 'n');
	char *p, *q;

	must(ftruncate(fd, 128 * MiB));
	set("overcommit_kbytes", field_kb("Committed_AS:") + 64 * 1024);
	set("overcommit_memory", 2);
	fails(mmap(NULL, 128 * MiB, RW, ANON, -1, 0), ENOMEM, "mode 2: more than CommitLimit is ENOMEM");
	fails(mmap(NULL, 128 * MiB, RW, ANON | MAP_NORESERVE, -1, 0), ENOMEM, "mode 2: MAP_NORESERVE does not help");
	fails(mmap(NULL, 128 * MiB, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0), ENOMEM, "mode 2: nor for shared memory");
	fails(mmap(NULL, 128 * MiB, RW, MAP_PRIVATE, fd, 0), ENOMEM, "mode 2: nor for a private writable file mapping");
	p = mmap(NULL, 128 * MiB, PROT_READ, ANON, -1, 0);
	ok(p != MAP_FAILED, "mode 2: read-only memory needs no promise");
	fails(mprotect(p, 128 * MiB, RW), ENOMEM, "mode 2: mprotect to writable does: ENOMEM");
	is_fault(try_store(p), SIGSEGV, SEGV_ACCERR, p, "mode 2: which changes nothing");
	must(munmap(p, 128 * MiB));
	p = mmap(NULL, 128 * MiB, RW, MAP_SHARED, fd, 0);
	ok(p != MAP_FAILED, "mode 2: a shared file mapping needs none");
	must(munmap(p, 128 * MiB));
	p = mmap(NULL, 40 * MiB, RW, ANON, -1, 0);
	ok(p != MAP_FAILED, "mode 2: 40 of 64 MiB are granted");
	fails(mmap(NULL, 40 * MiB, RW, ANON, -1, 0), ENOMEM, "mode 2: 40 more are not");
	p[0] = 'x';
	fails(mmap(p, 128 * MiB, RW, ANON | MAP_FIXED, -1, 0), ENOMEM, "mode 2: nor over the first by MAP_FIXED");
	fails(mremap(p, 40 * MiB, 128 * MiB, MREMAP_MAYMOVE), ENOMEM, "mode 2: mremap that grows is ENOMEM");
	no_fault(try_load(p + 40 * MiB - 1), "mode 2: and leaves the mapping");
	must(munmap(p, 40 * MiB));
	q = mmap(NULL, 40 * MiB, RW, ANON, -1, 0);
	ok(q != MAP_FAILED, "mode 2: after munmap others get it");
	must(munmap(q, 40 * MiB));
	is(child(heap_refused, NULL), 0, "mode 2: brk stays where it is when refused");
	is(child(fork_refused, NULL), 0, "mode 2: fork, which would double it, is ENOMEM");
	set("overcommit_memory", 0);
	close(fd);
}

int main(void)
{
	starter = getpid();
	old_mode = get("overcommit_memory");
	old_ratio = get("overcommit_ratio");
	old_kbytes = get("overcommit_kbytes");
	must_be(old_mode >= 0 && old_ratio >= 0 && old_kbytes >= 0);
	atexit(restore);
	work_in(TMPFS);
	set("overcommit_memory", 0);
	accounting();
	mode_guess_and_always();
	tunables();
	mode_never();
	return done();
}
