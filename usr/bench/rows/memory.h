/* SPDX-License-Identifier: GPL-2.0-only */
/* Rows of bench: mappings and faults. */
#define BIG (16 * MiB)
#define NPAGES(len) ((long)((len) / PAGE))

static volatile char sink;

static double touch(char *p, size_t len, bool wr)
{
	uint64_t t0 = now(), t1;

	for (size_t i = 0; i < len; i += PAGE) {
		if (wr)
			p[i] = 1;
		else
			sink = p[i];
	}
	t1 = now();
	return (double)(t1 - t0) / NPAGES(len);
}

static void *anon(size_t len, int more)
{
	void *p = map(len, MAP_ANONYMOUS | (more ? more : MAP_PRIVATE), -1);

	no_huge(p, len);
	return p;
}

static double mmap_n(size_t len, bool t)
{
	return TIMES(1000, char *p = map(len, MAP_PRIVATE | MAP_ANONYMOUS, -1);
		     if (t) for (size_t k = 0; k < len; k += PAGE) p[k] = 1;
		     munmap(p, len));
}

static double mmap_1(void) { return mmap_n(PAGE, false); }
static double mmap_64(void) { return mmap_n(64 * PAGE, false); }
static double mmap_touch_1(void) { return mmap_n(PAGE, true); }
static double mmap_touch_64(void) { return mmap_n(64 * PAGE, true); }

static double mmap_file(void)
{
	int fd = make_file("mf", 16 * PAGE);

	return TIMES(1000, char *p = mmap(NULL, 16 * PAGE, PROT_READ, MAP_SHARED, fd, 0);
		     sink = p[0]; munmap(p, 16 * PAGE));
}

static double anon_fault(void) { return touch(anon(BIG, 0), BIG, true); }
static double anon_fault_read(void) { return touch(anon(BIG, 0), BIG, false); }
static double shm_fault(void) { return touch(anon(BIG, MAP_SHARED), BIG, true); }

static double after_fork(bool copy)
{
	char *p = anon(BIG, 0);
	int fds[2];
	pid_t pid;
	double v;
	char c;

	touch(p, BIG, true);
	CHECK(pipe(fds));
	pid = CHECK(fork());
	if (!pid) {
		close(fds[1]);
		if (copy && read(fds[0], &c, 1) < 0)
			_exit(1);
		_exit(0);
	}
	if (!copy)
		reap(pid);
	v = touch(p, BIG, true);
	close(fds[1]);
	if (copy)
		reap(pid);
	return v;
}

static double cow_fault(void) { return after_fork(true); }
static double cow_reuse(void) { return after_fork(false); }

static double file_touch(int flags, bool wr, bool read_first)
{
	int fd = make_file("map", BIG);
	char *p = map(BIG, flags, fd);

	/* cached: read the file once */
	for (size_t n = 0; n < BIG; n += sizeof(data))
		CHECK(pread(fd, data, sizeof(data), n));
	if (read_first)
		touch(p, BIG, false);
	return touch(p, BIG, wr);
}

static double priv_read_seq(void) { return file_touch(MAP_PRIVATE, false, false); }
static double priv_write_seq(void) { return file_touch(MAP_PRIVATE, true, false); }
static double shared_read_seq(void) { return file_touch(MAP_SHARED, false, false); }
static double shared_write_new(void) { return file_touch(MAP_SHARED, true, false); }
static double shared_write_up(void) { return file_touch(MAP_SHARED, true, true); }

static double tmpfs_touch(bool wr)
{
	int fd = CHECK(open("/tmp/bench-map", O_RDWR | O_CREAT | O_TRUNC, 0644));

	for (size_t n = 0; n < BIG; n += sizeof(data))
		CHECK(write(fd, data, sizeof(data)));
	unlink("/tmp/bench-map");
	return touch(map(BIG, MAP_SHARED, fd), BIG, wr);
}

static double tmpfs_read_seq(void) { return tmpfs_touch(false); }
static double tmpfs_write_seq(void) { return tmpfs_touch(true); }

static double unmap_anon(void)
{
	char *p = anon(BIG, 0);

	touch(p, BIG, true);
	return ONCE(1, munmap(p, BIG)) / NPAGES(BIG);
}

static double unmap_file(void)
{
	int fd = make_file("map", BIG);
	char *p = map(BIG, MAP_SHARED, fd);

	touch(p, BIG, false);
	return ONCE(1, munmap(p, BIG)) / NPAGES(BIG);
}

static double dontneed(void)
{
	char *p = anon(1024 * PAGE, 0);

	touch(p, 1024 * PAGE, true);
	return ONCE(1, madvise(p, 1024 * PAGE, MADV_DONTNEED)) / 1024;
}

static double mprotect_n(long n)
{
	char *p = anon(n * PAGE, 0);

	touch(p, n * PAGE, true);
	return TIMES(500, mprotect(p, n * PAGE, PROT_READ); mprotect(p, n * PAGE, PROT_READ | PROT_WRITE)) / 2;
}

static double mprotect_1(void) { return mprotect_n(1); }
static double mprotect_1024(void) { return mprotect_n(1024); }

static double mprotect_split(void)
{
	char *p = anon(64 * PAGE, 0);

	return TIMES(1000, mprotect(p + 32 * PAGE, PAGE, PROT_READ);
		     mprotect(p + 32 * PAGE, PAGE, PROT_READ | PROT_WRITE)) / 2;
}

static double mremap_grow(void)
{
	char *p = anon(2 * BIG, 0);

	munmap(p + BIG, BIG);
	return TIMES(500, if (mremap(p, BIG, 2 * BIG, 0) != p) die("mremap"); mremap(p, 2 * BIG, BIG, 0)) / 2;
}

static double mremap_move_by(size_t off)
{
	char *area = map(6 * BIG, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1), *a, *b;

	a = (char *)(((unsigned long)area + 2 * MiB - 1) & ~(2 * MiB - 1));
	b = a + 2 * BIG + off;
	munmap(area, 6 * BIG);
	a = mmap(a, BIG, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	no_huge(a, BIG);
	touch(a, BIG, true);
	return TIMES(20, if (mremap(a, BIG, BIG, MREMAP_MAYMOVE | MREMAP_FIXED, b) != b) die("mremap");
		     mremap(b, BIG, BIG, MREMAP_MAYMOVE | MREMAP_FIXED, a)) / 2;
}

static double mremap_move(void) { return mremap_move_by(0); }
static double mremap_move_4k(void) { return mremap_move_by(PAGE); }

static double mincore_row(void)
{
	static unsigned char vec[BIG / PAGE];
	char *p = anon(BIG, 0);

	touch(p, BIG, true);
	return TIMES(20, CHECK(mincore(p, BIG, vec))) / NPAGES(BIG);
}

#define NVMA 10000
static char *vma_10k(void)
{
	char *p = mmap(NULL, 2 * NVMA * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	for (long i = 0; i < NVMA; i++)
		mprotect(p + 2 * i * PAGE, PAGE, PROT_READ | PROT_WRITE);
	return p;
}

static double vma_10k_map(void)
{
	vma_10k();
	return TIMES(500, map(PAGE, i & 1 ? MAP_SHARED | MAP_ANONYMOUS : MAP_PRIVATE | MAP_ANONYMOUS, -1)) ;
}

static double vma_10k_fault(void)
{
	char *p = vma_10k();
	uint32_t x = 1;

	return ONCE(2000, x = x * 1664525 + 1013904223; p[2 * ((x >> 8) % NVMA) * PAGE] = 1);
}

static double vma_10k_unmap(void)
{
	char *p = vma_10k();

	return ONCE(2000, munmap(p + 2 * ((i * 7919) % NVMA) * PAGE, PAGE));
}

static double brk_row(bool t)
{
	char *p = sbrk(0);

	return TIMES(500, sbrk(16 * PAGE); if (t) for (size_t k = 0; k < 16; k++) p[k * PAGE] = 1; sbrk(-16 * (long)PAGE));
}

static double brk_plain(void) { return brk_row(false); }
static double brk_touch(void) { return brk_row(true); }

static double fsync_4k(void)
{
	int fd = make_file("sync", 64 * PAGE);

	return TIMES(20, CHECK(pwrite(fd, data, PAGE, 0)); CHECK(fsync(fd)));
}

static double msync_1(void)
{
	int fd = make_file("sync", 64 * PAGE);
	char *p = map(64 * PAGE, MAP_SHARED, fd);

	return TIMES(20, p[0] = i; CHECK(msync(p, PAGE, MS_SYNC)));
}

#define MEMORY_ROWS \
	{ "mmap_1", "instr", "mmap + munmap 1 page", mmap_1 }, \
	{ "mmap_64", "instr", "mmap + munmap 64 pages", mmap_64 }, \
	{ "mmap_touch_1", "instr", "mmap + touch + munmap 1 page", mmap_touch_1 }, \
	{ "mmap_touch_64", "instr", "mmap + touch + munmap 64 pages", mmap_touch_64 }, \
	{ "mmap_file", "instr", "mmap 16 pages of a cached file, read one, munmap", mmap_file }, \
	{ "anon_fault", "instr/page", "first write, 16 MiB, no huge pages", anon_fault }, \
	{ "anon_fault_read", "instr/page", "first read, 16 MiB", anon_fault_read }, \
	{ "shm_fault", "instr/page", "first write, MAP_SHARED anonymous", shm_fault }, \
	{ "cow_fault", "instr/page", "write after fork: copy", cow_fault }, \
	{ "cow_reuse", "instr/page", "write after fork and exit of the child: no copy", cow_reuse }, \
	{ "priv_read_seq", "instr/page", "MAP_PRIVATE file, cached, read", priv_read_seq }, \
	{ "priv_write_seq", "instr/page", "MAP_PRIVATE file, cached, written: copy", priv_write_seq }, \
	{ "shared_read_seq", "instr/page", "MAP_SHARED file, cached, read", shared_read_seq }, \
	{ "shared_write_new", "instr/page", "MAP_SHARED file, clean: first access writes", shared_write_new }, \
	{ "shared_write_up", "instr/page", "MAP_SHARED file, clean, read before: first write", shared_write_up }, \
	{ "tmpfs_read_seq", "instr/page", "MAP_SHARED tmpfs file, read", tmpfs_read_seq }, \
	{ "tmpfs_write_seq", "instr/page", "MAP_SHARED tmpfs file, written", tmpfs_write_seq }, \
	{ "unmap_anon", "instr/page", "munmap 16 MiB touched", unmap_anon }, \
	{ "unmap_file", "instr/page", "munmap 16 MiB of a mapped file", unmap_file }, \
	{ "dontneed", "instr/page", "madvise DONTNEED 1,024 touched pages", dontneed }, \
	{ "mprotect_1", "instr", "mprotect of an area of 1 page", mprotect_1 }, \
	{ "mprotect_1024", "instr", "mprotect of an area of 1,024 touched pages", mprotect_1024 }, \
	{ "mprotect_split", "instr", "mprotect of one page inside an area: split, merge", mprotect_split }, \
	{ "mremap_grow", "instr", "mremap 16 to 32 MiB in place and back", mremap_grow }, \
	{ "mremap_move", "instr", "mremap to another place, 16 MiB touched", mremap_move }, \
	{ "mremap_move_4k", "instr", "the same, places not congruent modulo 2 MiB", mremap_move_4k }, \
	{ "mincore", "instr/page", "mincore of 16 MiB touched", mincore_row }, \
	{ "vma_10k_map", "instr", "mmap one of 10,000 areas", vma_10k_map }, \
	{ "vma_10k_fault", "instr", "first write in a random one of 10,000 areas", vma_10k_fault }, \
	{ "vma_10k_unmap", "instr", "munmap a random one", vma_10k_unmap }, \
	{ "brk", "instr", "brk up and down by 16 pages", brk_plain }, \
	{ "brk_touch", "instr", "the same, all touched", brk_touch }, \
	{ "fsync_4k", "instr", "pwrite 4 KiB + fsync, waiting included", fsync_4k }, \
	{ "msync_1", "instr", "msync MS_SYNC, 1 dirty page, waiting included", msync_1 },
