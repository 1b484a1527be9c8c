/* SPDX-License-Identifier: GPL-2.0-only */
/* Rows of bench: the contents of files. */
#define FSIZE	(8 * MiB)
#define COLD	(64 * MiB)

/* a cached file of FSIZE bytes, written out if it is on the disk */
static int data_file(bool tmpfs)
{
	static const char *const name = "/tmp/bench-data";
	int fd;

	if (!tmpfs)
		return make_file("data", FSIZE);
	fd = CHECK(open(name, O_RDWR | O_CREAT | O_TRUNC, 0644));
	for (size_t n = 0; n < FSIZE; n += sizeof(data))
		CHECK(write(fd, data, sizeof(data)));
	unlink(name);
	return fd;
}

/* the whole file in pieces of @n bytes, the second time; per page */
static double whole(bool tmpfs, bool wr, size_t n)
{
	int fd = data_file(tmpfs);
	double v = 0;

	memset(data, 2, n);
	for (int round = 0; round < 2; round++) {
		lseek(fd, 0, SEEK_SET);
		v = ONCE((long)(FSIZE / n), if ((wr ? write(fd, data, n) : read(fd, data, n)) != (ssize_t)n)
				die("read or write"));
	}
	return v / ((double)n / PAGE);
}

static double read_4k_disk(void) { return whole(false, false, PAGE); }
static double read_64k_disk(void) { return whole(false, false, 65536); }
static double read_1m_disk(void) { return whole(false, false, MiB); }
static double read_4k_tmpfs(void) { return whole(true, false, PAGE); }
static double read_64k_tmpfs(void) { return whole(true, false, 65536); }
static double read_1m_tmpfs(void) { return whole(true, false, MiB); }
static double write_4k_disk(void) { return whole(false, true, PAGE); }
static double write_64k_disk(void) { return whole(false, true, 65536); }
static double write_1m_disk(void) { return whole(false, true, MiB); }
static double write_4k_tmpfs(void) { return whole(true, true, PAGE); }
static double write_64k_tmpfs(void) { return whole(true, true, 65536); }
static double write_1m_tmpfs(void) { return whole(true, true, MiB); }

static double read_rand_disk(void)
{
	int fd = data_file(false);

	return TIMES(2000, if (pread(fd, data, PAGE, shuffled(i, FSIZE / PAGE) * PAGE) != (ssize_t)PAGE)
			die("pread"));
}

static double read_64b_disk(void)
{
	int fd = data_file(false);

	return TIMES(5000, if (pread(fd, data, 64, 128) != 64) die("pread"));
}

/* @count times @n bytes at the end of an empty file, the second time */
static double append(bool tmpfs, size_t n, long count)
{
	const char *name = tmpfs ? "/tmp/bench-append" : path("append");
	double v = 0;

	for (int round = 0; round < 2; round++) {
		int fd = CHECK(open(name, O_RDWR | O_CREAT | O_TRUNC | O_APPEND, 0644));

		v = ONCE(count, if (write(fd, data, n) != (ssize_t)n) die("write"));
		close(fd);
	}
	unlink(name);
	return v;
}

static double append_4k_disk(void) { return append(false, PAGE, FSIZE / PAGE); }
static double append_4k_tmpfs(void) { return append(true, PAGE, FSIZE / PAGE); }
static double append_64b_disk(void) { return append(false, 64, 5000); }

static double truncate_in(bool tmpfs)
{
	double v = 0;

	for (int round = 0; round < 2; round++) {
		int fd = data_file(tmpfs);

		v = ONCE(1, CHECK(ftruncate(fd, 0))) / (FSIZE / PAGE);
		close(fd);
	}
	return v;
}

static double truncate_disk(void) { return truncate_in(false); }
static double truncate_tmpfs(void) { return truncate_in(true); }

/* ---- what goes to the disk and comes from it ---- */

static double fsync_4k(void)
{
	int fd = make_file("sync", 64 * PAGE);

	return BUSY(100, CHECK(pwrite(fd, data, PAGE, 0)); CHECK(fsync(fd)));
}

static double msync_1(void)
{
	int fd = make_file("sync", 64 * PAGE);
	char *p = map(64 * PAGE, MAP_SHARED, fd);

	return BUSY(100, p[0] = i; CHECK(msync(p, PAGE, MS_SYNC)));
}

static double msync_1024(void)
{
	int fd = make_file("sync", 1024 * PAGE);
	char *p = map(1024 * PAGE, MAP_SHARED, fd);
	double v = 0;

	for (int round = 0; round < 2; round++) {
		for (size_t k = 0; k < 1024; k++)
			p[k * PAGE] = k + round;
		v = BUSY(1, CHECK(msync(p, 1024 * PAGE, MS_SYNC)));
	}
	return v / 1024;
}

/* a file of COLD bytes, of which nothing is cached */
static int cold_file(void)
{
	int fd = make_file("cold", COLD), drop;

	CHECK(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED));
	drop = open("/proc/sys/vm/drop_caches", O_WRONLY);
	if (drop >= 0 && write(drop, "1\n", 2) != 2)
		die("drop_caches");
	close(drop);
	return fd;
}

static double cold_read(void)
{
	int fd = cold_file();

	memset(data, 3, sizeof(data));
	return BUSY(COLD / 65536, if (read(fd, data, 65536) != 65536) die("read")) / 16;
}

static double cold_pages(size_t len, bool in_order)
{
	int fd = cold_file();
	volatile char *p = map(len, MAP_SHARED, fd);

	return BUSY((long)(len / PAGE), p[(in_order ? (size_t)i : shuffled(i, len / PAGE)) * PAGE]);
}

static double cold_mmap(void) { return cold_pages(COLD, true); }
static double cold_mmap_rand(void) { return cold_pages(16 * MiB, false); }

#define DATA_ROWS \
	{ "read_4k_disk", "instr/page", "cached file, 4 KiB reads", read_4k_disk }, \
	{ "read_64k_disk", "instr/page", "cached file, 64 KiB reads", read_64k_disk }, \
	{ "read_1m_disk", "instr/page", "cached file, 1 MiB reads", read_1m_disk }, \
	{ "read_4k_tmpfs", "instr/page", "tmpfs, 4 KiB reads", read_4k_tmpfs }, \
	{ "read_64k_tmpfs", "instr/page", "tmpfs, 64 KiB reads", read_64k_tmpfs }, \
	{ "read_1m_tmpfs", "instr/page", "tmpfs, 1 MiB reads", read_1m_tmpfs }, \
	{ "read_rand_disk", "instr/page", "pread of random 4 KiB, cached", read_rand_disk }, \
	{ "read_64b_disk", "instr", "pread of 64 bytes, cached", read_64b_disk }, \
	{ "write_4k_disk", "instr/page", "overwrite, no sync, 4 KiB", write_4k_disk }, \
	{ "write_64k_disk", "instr/page", "overwrite, no sync, 64 KiB", write_64k_disk }, \
	{ "write_1m_disk", "instr/page", "overwrite, no sync, 1 MiB", write_1m_disk }, \
	{ "write_4k_tmpfs", "instr/page", "tmpfs overwrite, 4 KiB", write_4k_tmpfs }, \
	{ "write_64k_tmpfs", "instr/page", "tmpfs overwrite, 64 KiB", write_64k_tmpfs }, \
	{ "write_1m_tmpfs", "instr/page", "tmpfs overwrite, 1 MiB", write_1m_tmpfs }, \
	{ "append_4k_disk", "instr/page", "append 4 KiB, no sync, file of 8 MiB", append_4k_disk }, \
	{ "append_4k_tmpfs", "instr/page", "append 4 KiB on tmpfs", append_4k_tmpfs }, \
	{ "append_64b_disk", "instr", "append 64 bytes", append_64b_disk }, \
	{ "truncate_disk", "instr/page", "ftruncate 8 MiB to nothing", truncate_disk }, \
	{ "truncate_tmpfs", "instr/page", "ftruncate 8 MiB to nothing on tmpfs", truncate_tmpfs }, \
	{ "fsync_4k", "instr", "pwrite 4 KiB + fsync, instructions", fsync_4k }, \
	{ "msync_1", "instr", "msync MS_SYNC, 1 dirty page, instructions", msync_1 }, \
	{ "msync_1024", "instr/page", "msync MS_SYNC, 1,024 dirty pages, instructions", msync_1024 }, \
	{ "cold_read", "instr/page", "uncached 64 MiB by read, instructions", cold_read }, \
	{ "cold_mmap", "instr/page", "uncached 64 MiB by mmap, instructions", cold_mmap }, \
	{ "cold_mmap_rand", "instr/page", "uncached 16 MiB by mmap, random order, instructions", cold_mmap_rand },
