/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Rows of bench -g: what one operation costs while there is more and more of
 * something. Each is measured with grow_n of it, and should stay flat or grow
 * as the logarithm does.
 */
static long grow_n;

/* mmap + touch + munmap among grow_n areas */
static double grow_vmas(void)
{
	char *p = mmap(NULL, 2 * grow_n * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		die("mmap");
	for (long i = 0; i < grow_n; i++)
		CHECK(munmap(p + (2 * i + 1) * PAGE, PAGE));
	return mmap_touch_1();
}

/* the same for a page of a file that is mapped and read in grow_n places already */
static double grow_mappers(void)
{
	int fd = make_file("mappers", PAGE);
	volatile char *p;

	for (long i = 0; i < grow_n; i++) {
		/* the hole beside it keeps each an area of its own */
		char *q = mmap(NULL, 2 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (q == MAP_FAILED || mmap(q, PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0) != q)
			die("mmap");
		sink = *q;
	}
	return TIMES(500, p = map(PAGE, MAP_SHARED, fd); (void)p[0]; munmap((char *)p, PAGE));
}

/* fork + _exit + wait while grow_n processes sleep */
static double grow_processes(void)
{
	for (long i = 0; i < grow_n; i++) {
		if (!CHECK(fork()))
			for (;;)
				pause();
	}
	return TIMES(50, reap(start_exiting()));
}

/* grow_n empty files in directories of @each, on tmpfs, as the working directory */
static void make_files(long each)
{
	char name[48];

	snprintf(name, sizeof(name), "/tmp/grow-%ld-%ld", each, grow_n);
	enter(name);
	for (long i = 0; i < grow_n; i++) {
		snprintf(name, sizeof(name), "d%ld", i / each);
		if (!(i % each))
			CHECK(mkdir(name, 0755));
		snprintf(name, sizeof(name), "d%ld/f%ld", i / each, i);
		close(make_empty(name));
	}
}

static void remove_files(long each)
{
	char name[48];

	for (long i = 0; i < grow_n; i++) {
		snprintf(name, sizeof(name), "d%ld/f%ld", i / each, i);
		CHECK(unlink(name));
		if (i % each == each - 1 || i == grow_n - 1) {
			snprintf(name, sizeof(name), "d%ld", i / each);
			CHECK(rmdir(name));
		}
	}
}

/* stat of random ones among grow_n files, what each of those costs */
static double stat_among(long each)
{
	char names[64][48];
	struct stat st;
	double v;

	make_files(each);
	for (long i = 0; i < 64; i++) {
		long k = i * 7919 % grow_n;

		snprintf(names[i], sizeof(names[i]), "d%ld/f%ld", k / each, k);
	}
	v = TIMES(2000, CHECK(stat(names[i % 64], &st)));
	remove_files(each);
	return v;
}

static double grow_cached(void) { return stat_among(100); }
static double grow_directory(void) { return stat_among(grow_n); }

/* pread of random pages of a file of grow_n of them */
static double grow_file(void)
{
	int fd = CHECK(open("/tmp/grow-file", O_RDWR | O_CREAT | O_TRUNC, 0644));

	unlink("/tmp/grow-file");
	for (long i = 0; i < grow_n; i++)
		CHECK(write(fd, data, PAGE));
	return TIMES(2000, if (pread(fd, data, PAGE, i * 7919 % grow_n * PAGE) != (ssize_t)PAGE) die("pread"));
}

/* dup + close above grow_n descriptors */
static double grow_descriptors(void)
{
	for (long i = 0; i < grow_n; i++)
		CHECK(dup(2));
	return TIMES(5000, close(dup(2)));
}

struct growth {
	const char *name, *unit, *what;
	double (*run)(void);
	long sizes[6];		/* up to the first 0 */
};

static const struct growth growths[] = {
	{ "vmas", "instr", "mmap + touch + munmap among N areas", grow_vmas,
	  { 10, 100, 1000, 10000, 60000 } },
	{ "mappers", "instr", "the same for a file's page mapped in N places", grow_mappers,
	  { 1, 10, 100, 1000, 5000 } },
	{ "processes", "instr", "fork + _exit + wait while N processes sleep", grow_processes,
	  { 10, 100, 1000, 5000 } },
	{ "cached", "instr", "stat of one of N cached files", grow_cached,
	  { 100, 1000, 10000, 100000 } },
	{ "directory", "instr", "stat of one of N files of a tmpfs directory", grow_directory,
	  { 10, 100, 1000, 10000, 100000 } },
	{ "file", "instr", "pread of 4 KiB of a tmpfs file of N pages", grow_file,
	  { 16, 256, 4096, 65536 } },
	{ "descriptors", "instr", "dup + close above N descriptors", grow_descriptors,
	  { 10, 100, 1000 } },
};
