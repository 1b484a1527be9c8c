/* SPDX-License-Identifier: GPL-2.0-only */
/* Rows of bench: names, directories, attributes. */
#include <dirent.h>

#define DEEP "/d1/d2/d3/d4/d5"

static int make_empty(const char *name)
{
	return CHECK(open(name, O_RDWR | O_CREAT, 0644));
}

static void deep_dir(void)
{
	char name[] = DEEP "/f6";

	for (char *s = name; (s = strchr(s + 1, '/')); *s = '/') {
		*s = 0;
		mkdir(name, 0755);
	}
	close(make_empty(name));
}

/* a directory, made if need be, as the working directory */
static void enter(const char *name)
{
	if (mkdir(name, 0755) && errno != EEXIST)
		die("mkdir");
	CHECK(chdir(name));
}

static double lseek_row(void)
{
	int fd = make_file("f", 4096);

	return TIMES(10000, lseek(fd, i & 1, SEEK_SET));
}

static double fstat_row(void)
{
	int fd = make_file("f", 4096);
	struct stat st;

	return TIMES(10000, fstat(fd, &st));
}

static double open_close_d1(void)
{
	close(make_empty("/f1"));
	return TIMES(5000, close(CHECK(open("/f1", O_RDONLY))));
}

static double open_close_d6(void)
{
	deep_dir();
	return TIMES(5000, close(CHECK(open(DEEP "/f6", O_RDONLY))));
}

static double stat_d1(void)
{
	struct stat st;

	close(make_empty("/f1"));
	return TIMES(5000, CHECK(stat("/f1", &st)));
}

static double stat_d6(void)
{
	struct stat st;

	deep_dir();
	return TIMES(5000, CHECK(stat(DEEP "/f6", &st)));
}

static double access_none_d1(void)
{
	return TIMES(5000, access("/none", F_OK));
}

static double access_none_d6(void)
{
	deep_dir();
	return TIMES(5000, access(DEEP "/none", F_OK));
}

/* ---- making and removing names ---- */

static double create_in(const char *d, bool gone)
{
	double created, unlinked;
	char names[1000][8];

	enter(d);
	for (int i = 0; i < 1000; i++)
		snprintf(names[i], sizeof(names[i]), "n%d", i);
	for (int round = 0; ; round++) {
		created = ONCE(1000, close(CHECK(open(names[i], O_CREAT | O_WRONLY, 0644))));
		unlinked = ONCE(1000, CHECK(unlink(names[i])));
		if (round)
			return gone ? unlinked : created;
	}
}

static double create_disk(void) { return create_in(path("create"), false); }
static double unlink_disk(void) { return create_in(path("create"), true); }
static double create_tmpfs(void) { return create_in("/tmp/create", false); }
static double unlink_tmpfs(void) { return create_in("/tmp/create", true); }

static double mkdir_rmdir(const char *d)
{
	enter(d);
	return TIMES(200, CHECK(mkdir("x", 0755)); CHECK(rmdir("x")));
}

static double mkdir_rmdir_disk(void) { return mkdir_rmdir(path("dirs")); }
static double mkdir_rmdir_tmpfs(void) { return mkdir_rmdir("/tmp/dirs"); }

static double rename_in(const char *d)
{
	enter(d);
	unlink("y");
	close(make_empty("x"));
	return TIMES(500, CHECK(rename("x", "y")); CHECK(rename("y", "x"))) / 2;
}

static double rename_disk(void) { return rename_in(path("rename")); }
static double rename_tmpfs(void) { return rename_in("/tmp/rename"); }

/* ---- a directory of 10,000 ---- */

#define MANY 10000

static int many_names(void)
{
	char name[16];
	int fd;

	enter(path("many"));
	snprintf(name, sizeof(name), "name%05d", MANY - 1);
	for (int i = 0; i < MANY && access(name, F_OK); i++) {
		char each[16];

		snprintf(each, sizeof(each), "name%05d", i);
		close(CHECK(open(each, O_CREAT | O_WRONLY, 0644)));
	}
	fd = CHECK(open(".", O_RDONLY | O_DIRECTORY));
	fsync(fd);
	return fd;
}

static double readdir_10k(void)
{
	int fd = many_names();
	long n = 0;

	return TIMES(8, CHECK(lseek(fd, 0, SEEK_SET));
		     while ((n = CHECK(syscall(SYS_getdents64, fd, data, 32768))) > 0)) / MANY;
}

static double stat_10k(void)
{
	int fd = many_names();
	struct stat st;
	char name[16] = "";
	double v = 0;

	for (int round = 0; round < 2; round++) {
		uint64_t t0, base;

		/* making the names has its price as well */
		base = now();
		for (int i = 0; i < MANY; i++)
			snprintf(name, sizeof(name), "name%05d", i);
		t0 = now();
		for (int i = 0; i < MANY; i++) {
			snprintf(name, sizeof(name), "name%05d", i);
			CHECK(fstatat(fd, name, &st, 0));
		}
		v = ((double)(now() - t0) - (double)(t0 - base)) / MANY;
	}
	return v;
}

static double lookup_miss_10k(void)
{
	int fd = many_names();
	char names[200][32];

	/* names that no run before this one has asked for */
	for (int i = 0; i < 200; i++)
		snprintf(names[i], sizeof(names[i]), "missing%05d-%d", i, getpid());
	faccessat(fd, "warm", F_OK, 0);
	return ONCE(200, faccessat(fd, names[i], F_OK, 0));
}

static double proc_maps(void)
{
	int fd;

	return TIMES(500, fd = CHECK(open("/proc/self/maps", O_RDONLY));
		     while (read(fd, data, 8192) > 0);
		     close(fd));
}

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
	{ "create_tmpfs", "instr", "the same on tmpfs", create_tmpfs }, \
	{ "unlink_tmpfs", "instr", "unlink those on tmpfs", unlink_tmpfs }, \
	{ "mkdir_rmdir_disk", "instr", "mkdir + rmdir", mkdir_rmdir_disk }, \
	{ "mkdir_rmdir_tmpfs", "instr", "mkdir + rmdir on tmpfs", mkdir_rmdir_tmpfs }, \
	{ "rename_disk", "instr", "rename within a directory", rename_disk }, \
	{ "rename_tmpfs", "instr", "rename within a directory on tmpfs", rename_tmpfs }, \
	{ "readdir_10k", "instr/entry", "getdents64 of 10,000 entries, disk, cached", readdir_10k }, \
	{ "stat_10k", "instr", "fstatat of each of them, second time", stat_10k }, \
	{ "lookup_miss_10k", "instr", "a new missing name among 10,000, disk", lookup_miss_10k }, \
	{ "proc_maps", "instr", "open, read, close /proc/self/maps", proc_maps },
