/* SPDX-License-Identifier: GPL-2.0-only */
/* Rows of bench: names and files. */
#define DEEP "a/b/c/d/e"

static void deep_dir(void)
{
	char *p = path(DEEP "/f"), *s = p;

	while ((s = strchr(s + 1, '/'))) {
		*s = 0;
		mkdir(p, 0755);
		*s = '/';
	}
	close(make_file(DEEP "/f", 4096));
}

static double lseek_row(void)
{
	int fd = make_file("f", 4096);

	return TIMES(10000, lseek(fd, i & 1, SEEK_SET));
}

/* names right below the root, as the row says */
static double open_close_d1(void)
{
	close(CHECK(open("/f1", O_RDWR | O_CREAT, 0644)));
	return TIMES(5000, close(open("/f1", O_RDONLY)));
}

static double stat_d1(void)
{
	struct stat st;

	close(CHECK(open("/f1", O_RDWR | O_CREAT, 0644)));
	return TIMES(5000, stat("/f1", &st));
}

static double access_none_d1(void) { return TIMES(5000, access("/none", F_OK)); }

static double in_deep(int what)
{
	struct stat st;

	deep_dir();
	CHECK(chdir(dir));
	switch (what) {
	case 0:
		return TIMES(5000, close(open(DEEP "/f", O_RDONLY)));
	case 1:
		return TIMES(5000, stat(DEEP "/f", &st));
	default:
		return TIMES(5000, access(DEEP "/none", F_OK));
	}
}

static double open_close_d6(void) { return in_deep(0); }
static double stat_d6(void) { return in_deep(1); }
static double access_none_d6(void) { return in_deep(2); }

static double fstat_row(void)
{
	int fd = make_file("f", 4096);
	struct stat st;

	return TIMES(10000, fstat(fd, &st));
}

static double create_in(const char *d, bool un)
{
	char name[64];
	double made, gone;

	CHECK(mkdir(d, 0755) && errno != EEXIST ? -1 : chdir(d));
	for (int round = 0; ; round++) {
		made = ONCE(1000, snprintf(name, sizeof(name), "n%ld", i);
			    close(CHECK(open(name, O_CREAT | O_WRONLY, 0644))));
		gone = ONCE(1000, snprintf(name, sizeof(name), "n%ld", i); CHECK(unlink(name)));
		if (round)
			return un ? gone : made;
	}
}

static double create_disk(void) { return create_in(path("create"), false); }
static double unlink_disk(void) { return create_in(path("create"), true); }
static double create_tmpfs(void) { return create_in("/tmp/create", false); }
static double unlink_tmpfs(void) { return create_in("/tmp/create", true); }

static double mkdir_rmdir(const char *d)
{
	CHECK(mkdir(d, 0755) && errno != EEXIST ? -1 : chdir(d));
	return TIMES(200, CHECK(mkdir("x", 0755)); CHECK(rmdir("x")));
}

static double mkdir_rmdir_disk(void) { return mkdir_rmdir(path("dirs")); }
static double mkdir_rmdir_tmpfs(void) { return mkdir_rmdir("/tmp/dirs"); }

static double rename_in(const char *d)
{
	CHECK(mkdir(d, 0755) && errno != EEXIST ? -1 : chdir(d));
	close(CHECK(open("x", O_CREAT | O_WRONLY, 0644)));
	return TIMES(500, CHECK(rename("x", "y")); CHECK(rename("y", "x"))) / 2;
}

static double rename_disk(void) { return rename_in(path("ren")); }
static double rename_tmpfs(void) { return rename_in("/tmp/ren"); }

static double proc_maps(void)
{
	static char buf[8192];

	return TIMES(500, int fd = open("/proc/self/maps", O_RDONLY);
		     while (read(fd, buf, sizeof(buf)) > 0); close(fd));
}

/* ---- data ---- */

#define FSIZE (8 * MiB)
static char data[1 << 20];

static int data_file(bool tmpfs)
{
	static const char *const tmp = "/tmp/bench-data";
	int fd;

	if (!tmpfs)
		return make_file("data", FSIZE);
	fd = CHECK(open(tmp, O_RDWR | O_CREAT | O_TRUNC, 0644));
	for (size_t n = 0; n < FSIZE; n += sizeof(data))
		CHECK(write(fd, data, sizeof(data)));
	unlink(tmp);
	return fd;
}

/* the whole file in pieces of @n bytes; per page */
static double whole(bool tmpfs, bool wr, size_t n)
{
	int fd = data_file(tmpfs);
	double v = 0;

	for (int round = 0; round < 2; round++) {
		lseek(fd, 0, SEEK_SET);
		v = ONCE((long)(FSIZE / n), if ((wr ? write(fd, data, n) : read(fd, data, n)) != (ssize_t)n) die("io"));
	}
	return v / ((double)n / PAGE);
}

static double read_4k_disk(void) { return whole(false, false, 4096); }
static double read_64k_disk(void) { return whole(false, false, 65536); }
static double read_1m_disk(void) { return whole(false, false, 1 << 20); }
static double read_4k_tmpfs(void) { return whole(true, false, 4096); }
static double read_64k_tmpfs(void) { return whole(true, false, 65536); }
static double read_1m_tmpfs(void) { return whole(true, false, 1 << 20); }
static double write_4k_disk(void) { return whole(false, true, 4096); }
static double write_64k_disk(void) { return whole(false, true, 65536); }
static double write_1m_disk(void) { return whole(false, true, 1 << 20); }
static double write_4k_tmpfs(void) { return whole(true, true, 4096); }
static double write_64k_tmpfs(void) { return whole(true, true, 65536); }
static double write_1m_tmpfs(void) { return whole(true, true, 1 << 20); }

static double read_rand_disk(void)
{
	int fd = data_file(false);
	uint32_t x = 1;

	return TIMES(2000, x = x * 1664525 + 1013904223;
		     if (pread(fd, data, PAGE, (x >> 8) % (FSIZE / PAGE) * PAGE) != (ssize_t)PAGE) die("pread"));
}

static double read_64b_disk(void)
{
	int fd = data_file(false);

	return TIMES(5000, if (pread(fd, data, 64, 128) != 64) die("pread"));
}

static double append(bool tmpfs, size_t n, long count)
{
	double v = 0;

	for (int round = 0; round < 2; round++) {
		int fd = CHECK(open(tmpfs ? "/tmp/bench-app" : path("app"), O_RDWR | O_CREAT | O_TRUNC | O_APPEND, 0644));

		v = ONCE(count, if (write(fd, data, n) != (ssize_t)n) die("append"));
		close(fd);
	}
	unlink("/tmp/bench-app");
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

		if (!tmpfs)
			fsync(fd);
		v = ONCE(1, CHECK(ftruncate(fd, 0))) / (FSIZE / PAGE);
		close(fd);
	}
	return v;
}

static double truncate_disk(void) { return truncate_in(false); }
static double truncate_tmpfs(void) { return truncate_in(true); }

#define FILE_ROWS \
	{ "lseek", "instr", "lseek in a disk file", lseek_row }, \
	{ "open_close_d1", "instr", "open + close, /f1", open_close_d1 }, \
	{ "open_close_d6", "instr", "open + close, path of 6 names", open_close_d6 }, \
	{ "stat_d1", "instr", "stat, /f1", stat_d1 }, \
	{ "stat_d6", "instr", "stat, path of 6 names", stat_d6 }, \
	{ "fstat", "instr", "fstat", fstat_row }, \
	{ "access_none_d1", "instr", "access, ENOENT, /none", access_none_d1 }, \
	{ "access_none_d6", "instr", "access, ENOENT, path of 6 names", access_none_d6 }, \
	{ "create_disk", "instr", "create + close, 1,000 files in a directory", create_disk }, \
	{ "unlink_disk", "instr", "unlink those", unlink_disk }, \
	{ "create_tmpfs", "instr", "create + close on tmpfs", create_tmpfs }, \
	{ "unlink_tmpfs", "instr", "unlink those", unlink_tmpfs }, \
	{ "mkdir_rmdir_disk", "instr", "mkdir + rmdir", mkdir_rmdir_disk }, \
	{ "mkdir_rmdir_tmpfs", "instr", "mkdir + rmdir on tmpfs", mkdir_rmdir_tmpfs }, \
	{ "rename_disk", "instr", "rename within a directory", rename_disk }, \
	{ "rename_tmpfs", "instr", "rename on tmpfs", rename_tmpfs }, \
	{ "proc_maps", "instr", "open, read, close /proc/self/maps", proc_maps }, \
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
	{ "truncate_tmpfs", "instr/page", "ftruncate 8 MiB to nothing on tmpfs", truncate_tmpfs },
