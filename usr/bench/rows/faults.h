/* SPDX-License-Identifier: GPL-2.0-only */
/* Rows of bench: page faults. */
#define BIG	(16 * MiB)
#define HUGE	(64 * MiB)

#define PAGES(len) ((long)((len) / PAGE))

static volatile char sink;

/* every page of @p once, read or written; per page */
static double touch(char *p, size_t len, bool wr)
{
	uint64_t t0 = now();

	for (size_t i = 0; i < len; i += PAGE) {
		if (wr)
			p[i] = 1;
		else
			sink = p[i];
	}
	return (double)(now() - t0) / PAGES(len);
}

static double touch_rand(char *p, size_t len, bool wr)
{
	uint64_t t0 = now();
	size_t n = len / PAGE;

	for (size_t i = 0; i < n; i++) {
		if (wr)
			p[shuffled(i, n) * PAGE] = 1;
		else
			sink = p[shuffled(i, n) * PAGE];
	}
	return (double)(now() - t0) / n;
}

/* anonymous memory without huge pages; @sharing is MAP_PRIVATE or MAP_SHARED */
static char *anon(size_t len, int sharing)
{
	char *p = map(len, MAP_ANONYMOUS | sharing, -1);

	madvise(p, len, MADV_NOHUGEPAGE);
	return p;
}

static double anon_fault(void) { return touch(anon(HUGE, MAP_PRIVATE), HUGE, true); }
static double anon_fault_rand(void) { return touch_rand(anon(HUGE, MAP_PRIVATE), HUGE, true); }
static double anon_fault_read(void) { return touch(anon(HUGE, MAP_PRIVATE), HUGE, false); }
static double shm_fault(void) { return touch(anon(HUGE, MAP_SHARED), HUGE, true); }

static double anon_fault_huge(void)
{
	char *p = map(HUGE + 2 * MiB, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	p += -(uintptr_t)p & (2 * MiB - 1);
	madvise(p, HUGE, MADV_HUGEPAGE);
	return touch(p, HUGE, true);
}

/* written by the parent while the child lives, or after it has gone */
static double after_fork(bool alive)
{
	char *p = anon(BIG, MAP_PRIVATE), c;
	int fds[2];
	pid_t pid;
	double v;

	touch(p, BIG, true);
	CHECK(pipe(fds));
	pid = CHECK(fork());
	if (!pid) {
		close(fds[1]);
		_exit(alive && read(fds[0], &c, 1) < 0);
	}
	if (!alive)
		reap(pid);
	else
		sched_yield();
	v = touch(p, BIG, true);
	close(fds[1]);
	if (alive)
		reap(pid);
	return v;
}

static double cow_fault(void) { return after_fork(true); }
static double cow_reuse(void) { return after_fork(false); }

/* ---- files ---- */

/* a cached file of BIG bytes, clean, mapped as @sharing */
static char *file_map(int sharing)
{
	int fd = make_file("map", BIG);

	while (CHECK(read(fd, data, sizeof(data))) > 0)
		;
	return map(BIG, sharing, fd);
}

static double priv_read_seq(void) { return touch(file_map(MAP_PRIVATE), BIG, false); }
static double priv_read_rand(void) { return touch_rand(file_map(MAP_PRIVATE), BIG, false); }
static double priv_write_seq(void) { return touch(file_map(MAP_PRIVATE), BIG, true); }
static double shared_read_seq(void) { return touch(file_map(MAP_SHARED), BIG, false); }
static double shared_read_rand(void) { return touch_rand(file_map(MAP_SHARED), BIG, false); }
static double shared_write_new(void) { return touch(file_map(MAP_SHARED), BIG, true); }

static double shared_write_up(void)
{
	char *p = file_map(MAP_SHARED);

	touch(p, BIG, false);
	return touch(p, BIG, true);
}

static char *tmpfs_map(void)
{
	int fd = CHECK(open("/tmp/bench-map", O_RDWR | O_CREAT | O_TRUNC, 0644));

	for (size_t n = 0; n < BIG; n += sizeof(data))
		CHECK(write(fd, data, sizeof(data)));
	unlink("/tmp/bench-map");
	return map(BIG, MAP_SHARED, fd);
}

static double tmpfs_read_seq(void) { return touch(tmpfs_map(), BIG, false); }
static double tmpfs_write_seq(void) { return touch(tmpfs_map(), BIG, true); }

/* ---- and away again ---- */

static double unmap_anon(void)
{
	char *p = anon(BIG, MAP_PRIVATE);

	touch(p, BIG, true);
	return ONCE(1, CHECK(munmap(p, BIG))) / PAGES(BIG);
}

static double unmap_file(void)
{
	char *p = file_map(MAP_SHARED);

	touch(p, BIG, false);
	return ONCE(1, CHECK(munmap(p, BIG))) / PAGES(BIG);
}

static double dontneed(void)
{
	char *p = anon(1024 * PAGE, MAP_PRIVATE);

	touch(p, 1024 * PAGE, true);
	return ONCE(1, CHECK(madvise(p, 1024 * PAGE, MADV_DONTNEED))) / 1024;
}

#define FAULT_ROWS \
	{ "anon_fault", "instr/page", "first write, 64 MiB, no huge pages", anon_fault }, \
	{ "anon_fault_rand", "instr/page", "the same in random order", anon_fault_rand }, \
	{ "anon_fault_read", "instr/page", "first read, 64 MiB", anon_fault_read }, \
	{ "anon_fault_huge", "instr/page", "first write, 64 MiB, huge pages if the kernel likes", anon_fault_huge }, \
	{ "shm_fault", "instr/page", "first write, MAP_SHARED anonymous", shm_fault }, \
	{ "cow_fault", "instr/page", "write after fork: copy", cow_fault }, \
	{ "cow_reuse", "instr/page", "write after fork and exit of the child: no copy", cow_reuse }, \
	{ "priv_read_seq", "instr/page", "MAP_PRIVATE file, cached, read", priv_read_seq }, \
	{ "priv_read_rand", "instr/page", "the same in random order", priv_read_rand }, \
	{ "priv_write_seq", "instr/page", "MAP_PRIVATE file, cached, written: copy", priv_write_seq }, \
	{ "shared_read_seq", "instr/page", "MAP_SHARED file, cached, read", shared_read_seq }, \
	{ "shared_read_rand", "instr/page", "the same in random order", shared_read_rand }, \
	{ "shared_write_new", "instr/page", "MAP_SHARED file, clean: first access writes", shared_write_new }, \
	{ "shared_write_up", "instr/page", "MAP_SHARED file, clean, read before: first write", shared_write_up }, \
	{ "tmpfs_read_seq", "instr/page", "MAP_SHARED tmpfs file, read", tmpfs_read_seq }, \
	{ "tmpfs_write_seq", "instr/page", "MAP_SHARED tmpfs file, written", tmpfs_write_seq }, \
	{ "unmap_anon", "instr/page", "munmap 16 MiB touched", unmap_anon }, \
	{ "unmap_file", "instr/page", "munmap 16 MiB of a mapped file", unmap_file }, \
	{ "dontneed", "instr/page", "madvise DONTNEED 1,024 touched pages", dontneed },
