// SPDX-License-Identifier: GPL-2.0-only
/*
 * The proof that pages are shared: /proc/PID/pagemap gives the frame number
 * behind an address, the same one for all that share, another after a copy.
 * /proc/kpagecount and kpageflags tell how many map a frame, and what it is.
 */
#include "tap.h"
#include <linux/kernel-page-flags.h>

#define RW	(PROT_READ | PROT_WRITE)

/* The frame behind @p in process @pid: 0 when there is none. */
static uint64_t frame(pid_t pid, const void *p)
{
	char path[64];
	uint64_t e = 0;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/pagemap", pid);
	fd = must(open(path, O_RDONLY));
	must_be(pread(fd, &e, 8, (unsigned long)p / PG * 8) == 8);
	close(fd);
	return e >> 63 ? e & ((1ULL << 55) - 1) : 0;
}

#define mine(p)	frame(getpid(), p)

/* What the file @name in /proc has on @frame. */
static uint64_t about(const char *name, uint64_t frame)
{
	char path[64];
	uint64_t v = ~0ULL;
	int fd;

	snprintf(path, sizeof(path), "/proc/%s", name);
	fd = must(open(path, O_RDONLY));
	must_be(pread(fd, &v, 8, frame * 8) == 8);
	close(fd);
	return v;
}

#define mappers(p)	about("kpagecount", mine(p))
#define has(p, flag)	(about("kpageflags", mine(p)) >> (flag) & 1)

struct kid {
	char *p;
	struct gate ready, go;
};

static void kid(void *arg)
{
	struct kid *k = arg;

	(void)*(volatile char *)k->p;
	gate_open(k->ready);
	gate_pass(k->go);
	k->p[0] = 'k';
	gate_open(k->ready);
	gate_pass(k->go);
}

static void across_fork(const char *what, char *p, bool shared)
{
	struct kid k = { p, gate_new(), gate_new() };
	pid_t pid;

	p[0] = 'p';
	pid = spawn(kid, &k);
	gate_pass(k.ready);
	ok(mine(p) && frame(pid, p) == mine(p), "%s: after fork both have the same frame", what);
	gate_open(k.go);
	gate_pass(k.ready);
	(void)*(volatile char *)p;
	if (shared)
		is(frame(pid, p), mine(p), "%s: also after a store", what);
	else
		ok(frame(pid, p) && frame(pid, p) != mine(p), "%s: after a store each has its own", what);
	is(mappers(p), shared ? 2 : 1, "%s: kpagecount says how many map it", what);
	gate_open(k.go);
	is(reap(pid), 0, "%s: the child is done", what);
	gate_free(k.ready), gate_free(k.go);
}

static void on_file(const char *fs)
{
	int fd = make_file("f", 4 * PG, 'f'), fd2 = must(open("f", O_RDWR));
	char *a = must(mmap(NULL, 4 * PG, RW, MAP_SHARED, fd, 0)), what[64];
	char *b = must(mmap(NULL, 4 * PG, PROT_READ, MAP_SHARED, fd2, 0));
	char *c = must(mmap(NULL, 4 * PG, RW, MAP_PRIVATE, fd, 0));

	is(mine(a + PG), 0, "%s: an untouched page has no frame", fs);
	(void)*(volatile char *)a, (void)*(volatile char *)b, (void)*(volatile char *)c;
	ok(mine(a) && mine(a) == mine(b), "%s: two shared mappings have one frame", fs);
	is(mine(c), mine(a), "%s: an unwritten private mapping has it too", fs);
	c[0] = 'c';
	ok(mine(c) && mine(c) != mine(a), "%s: after a store it has its own", fs);
	is(mappers(a), 2, "%s: two map the file's frame", fs);
	is(mappers(c), 1, "%s: one the private copy", fs);
	ok(has(c, KPF_ANON) && !has(a, KPF_ANON), "%s: the copy is anonymous, the file's is not", fs);
	ok(has(a, KPF_MMAP) && has(a, KPF_UPTODATE) && !has(a, KPF_SLAB) && !has(a, KPF_BUDDY),
	   "%s: kpageflags: mapped, up to date, neither slab nor free", fs);
	a[0] = 'a';
	is(mine(a), mine(b), "%s: after a shared store the others still share", fs);
	must(munmap(b, 4 * PG));
	snprintf(what, sizeof(what), "%s: shared", fs);
	across_fork(what, a, true);
	snprintf(what, sizeof(what), "%s: private", fs);
	across_fork(what, c, false);
	must(munmap(a, 4 * PG)), must(munmap(c, 4 * PG));
	close(fd), close(fd2);
}

static void unprivileged(void *arg)
{
	(void)arg;
	CHECK(!setresuid(1000, 1000, 1000));
	int fd = open("/proc/self/pagemap", O_RDONLY);
	uint64_t e = ~0ULL;

	if (fd >= 0)	/* refused, or shown without frame numbers */
		CHECK(pread(fd, &e, 8, (unsigned long)&e / PG * 8) != 8 || !(e & ((1ULL << 55) - 1)));
}

/* Dirty is a flag of the frame: set by the store, gone after the write-back. */
static void dirty(void)
{
	char *a;
	int fd;

	work_in(DISK);
	fd = make_file("f", PG, 'f');
	a = must(mmap(NULL, PG, RW, MAP_SHARED, fd, 0));
	a[0] = 'a';
	must(msync(a, PG, MS_SYNC));
	ok(!has(a, KPF_DIRTY) && !has(a, KPF_WRITEBACK), "kpageflags: clean after msync");
	a[0] = 'b';
	must_be(pwrite(fd, "c", 1, 1) == 1);
	ok(has(a, KPF_DIRTY), "kpageflags: dirty after a write");
	must(munmap(a, PG));
	close(fd);
	work_out();
}

static void frame_files(void)
{
	int fd = must(open("/proc/kpageflags", O_RDONLY));
	uint64_t two[2];
	struct stat st;

	must(fstat(fd, &st));
	is(st.st_mode, S_IFREG | 0400, "kpageflags: for root alone");
	fails(pread(fd, two, 7, 0), EINVAL, "part of an entry is EINVAL");
	fails(pread(fd, two, 8, 4), EINVAL, "so is a position within one");
	is(pread(fd, two, 8, 1L << 50), 0, "behind the last frame is the end");
	is(pread(fd, two, 16, 0), 16, "frames without memory are in the file");
	is(two[0] >> KPF_NOPAGE & 1, 1, "and marked as such");
	fails(pread(fd, NOTHING, 8, 0), EFAULT, "a bad buffer is EFAULT");
	close(fd);
	is(about("kpagecount", 0), 0, "nobody maps them");
}

int main(void)
{
	char *z;

	if (access("/proc/self/pagemap", R_OK)) {
		skip("no /proc/PID/pagemap", "frames");
		return done();
	}
	z = must(mmap(NULL, 4 * PG, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	is(mine(z), 0, "anonymous: an untouched page has no frame");
	across_fork("anonymous private", z + PG, false);
	across_fork("anonymous shared", shared_alloc(PG), true);
	is(child(unprivileged, NULL), 0, "an ordinary user learns no frame numbers");
	on_both(on_file);
	dirty();
	frame_files();
	return done();
}
