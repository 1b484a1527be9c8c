// SPDX-License-Identifier: GPL-2.0-only
/*
 * Directories: getdents64, many entries, seeking, changes while reading,
 * working directory, chroot.
 */
#include "tap.h"
#include <dirent.h>

struct dirent64_raw {
	uint64_t ino;
	int64_t off;
	uint16_t reclen;
	uint8_t type;
	char name[];
};

static void raw(const char *fs)
{
	char buf[4096] __attribute__((aligned(8)));
	int fd, n, seen = 0, bad = 0;
	struct stat st;

	must(mkdir("raw", 0755)), must(mkdir("raw/dir", 0755));
	close(make_file("raw/file", 1, 1));
	must(symlink("x", "raw/link")), must(mkfifo("raw/fifo", 0644));
	must(mknod("raw/null", S_IFCHR | 0666, 0x103));
	fd = must(open("raw", O_RDONLY | O_DIRECTORY));
	n = must(syscall(SYS_getdents64, fd, buf, sizeof(buf)));
	for (int at = 0; at < n; ) {
		struct dirent64_raw *d = (void *)(buf + at);

		must(fstatat(fd, d->name, &st, AT_SYMLINK_NOFOLLOW));
		bad += d->ino != st.st_ino && strcmp(d->name, "..");
		bad += d->type != DT_UNKNOWN && d->type != ((st.st_mode >> 12) & 15);
		bad += d->reclen % 8 != 0;
		at += d->reclen;
		seen++;
	}
	is(seen, 7, "%s: getdents64 lists all entries, dot and dot-dot included", fs);
	is(bad, 0, "%s: with right inode numbers and types, aligned", fs);
	is(syscall(SYS_getdents64, fd, buf, sizeof(buf)), 0, "%s: then 0 at the end", fs);
	must(lseek(fd, 0, SEEK_SET));
	n = syscall(SYS_getdents64, fd, buf, 32);
	ok(n > 0 && n <= 32, "%s: after lseek to 0 again, with a small buffer", fs);
	fails(syscall(SYS_getdents64, fd, buf, 8), EINVAL, "%s: a buffer too small for one entry is EINVAL", fs);
	fails(syscall(SYS_getdents64, fd, (void *)PG, 100), EFAULT, "%s: a bad buffer is EFAULT", fs);
	close(fd);
	fd = must(open("raw/file", O_RDONLY));
	fails(syscall(SYS_getdents64, fd, buf, sizeof(buf)), ENOTDIR, "%s: a file is ENOTDIR", fs);
	close(fd);
	fails(syscall(SYS_getdents64, 999, buf, sizeof(buf)), EBADF, "%s: a closed descriptor is EBADF", fs);
	fd = must(open("raw/dir", O_RDONLY));
	must(rmdir("raw/dir"));
	fails(syscall(SYS_getdents64, fd, buf, sizeof(buf)), ENOENT, "%s: a removed directory is ENOENT", fs);
	close(fd);
}

/* What did not fit because the buffer's end is not there is read the next time. */
static void half_there(const char *fs)
{
	char *two = mmap(NULL, 2 * PG, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char name[64], good[2048] __attribute__((aligned(8)));
	int fd, n, seen = 0, faults = 0;

	must(munmap(two + PG, PG));
	must(mkdir("half", 0755));
	for (int i = 0; i < 60; i++) {
		sprintf(name, "half/entry%d", i);
		close(make_file(name, 0, 1));
	}
	fd = must(open("half", O_RDONLY | O_DIRECTORY));
	for (int i = 0; ; i++) {
		char *buf = i % 2 ? good : two + PG - 104;

		n = syscall(SYS_getdents64, fd, buf, i % 2 ? (int)sizeof(good) / 4 : 1000);
		if (n < 0 && errno == EFAULT && ++faults < 100)
			continue;
		if (n <= 0)
			break;
		for (int at = 0; at < n; at += ((struct dirent64_raw *)(buf + at))->reclen)
			seen++;
	}
	is(n, 0, "%s: a directory is read to its end through a buffer half of which is not there", fs);
	is(seen, 62, "%s: and nothing is lost, or told twice", fs);
	close(fd);
	munmap(two, PG);
}

static int count(const char *path, const char *prefix)
{
	DIR *d = opendir(path);
	struct dirent *e;
	int n = 0;

	if (!d)
		return -1;
	while ((e = readdir(d)))
		n += !strncmp(e->d_name, prefix, strlen(prefix));
	closedir(d);
	return n;
}

/* Entries that exist throughout are seen exactly once, whatever else happens. */
static void changing(const char *fs)
{
	char name[64];
	DIR *d;
	struct dirent *e;
	int kept = 0, seen[100] = { 0 }, i = 0, bad = 0;

	must(mkdir("chg", 0755));
	for (int j = 0; j < 100; j++) {
		snprintf(name, sizeof(name), "chg/keep%d", j);
		close(make_file(name, 0, 0));
		snprintf(name, sizeof(name), "chg/drop%d", j);
		close(make_file(name, 0, 0));
	}
	d = opendir("chg");
	while ((e = readdir(d))) {
		if (!strncmp(e->d_name, "keep", 4)) {
			seen[atoi(e->d_name + 4)]++;
			kept++;
		}
		if (i < 100) {
			snprintf(name, sizeof(name), "chg/drop%d", i);
			must(unlink(name));
			snprintf(name, sizeof(name), "chg/new%d", i++);
			close(make_file(name, 0, 0));
		}
	}
	closedir(d);
	for (int j = 0; j < 100; j++)
		bad += seen[j] != 1;
	is(bad, 0, "%s: while others come and go, each lasting entry is read exactly once", fs);
	is(kept, 100, "%s: a hundred of them", fs);
	is(count("chg", "drop"), 0, "%s: removed entries are gone", fs);
	is(count("chg", "new"), 100, "%s: new entries are there", fs);
}

static void many(const char *fs)
{
	const int n = 1500;
	char name[64];
	struct stat st;
	int bad = 0;

	must(mkdir("many", 0755));
	for (int i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "many/entry-with-a-longer-name-%05d", i);
		close(make_file(name, 0, 0));
	}
	is(count("many", "entry-"), n, "%s: 1500 entries are all listed", fs);
	for (int i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "many/entry-with-a-longer-name-%05d", i);
		bad += stat(name, &st) != 0;
	}
	is(bad, 0, "%s: and found", fs);
	for (int i = 0; i < n; i += 2) {
		snprintf(name, sizeof(name), "many/entry-with-a-longer-name-%05d", i);
		must(unlink(name));
	}
	is(count("many", "entry-"), n / 2, "%s: half of them removed", fs);
	for (int i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "many/entry-with-a-longer-name-%05d", i);
		bad += (stat(name, &st) == 0) != (i & 1);
	}
	is(bad, 0, "%s: exactly that half", fs);
	for (int i = 0; i < n; i += 2) {
		snprintf(name, sizeof(name), "many/x%d", i);
		close(make_file(name, 0, 0));
	}
	is(count("many", "x"), n / 2, "%s: the room is used again", fs);
	fails(rmdir("many"), ENOTEMPTY, "%s: rmdir is ENOTEMPTY", fs);
	for (int i = 0; i < n; i++) {
		snprintf(name, sizeof(name), i & 1 ? "many/entry-with-a-longer-name-%05d" : "many/x%d", i);
		must(unlink(name));
	}
	is(rmdir("many"), 0, "%s: until the last is gone", fs);
}

static void positions(const char *fs)
{
	char name[64], first[3][256];
	long pos[3];
	DIR *d;

	must(mkdir("pos", 0755));
	for (int i = 0; i < 300; i++) {
		snprintf(name, sizeof(name), "pos/e%d", i);
		close(make_file(name, 0, 0));
	}
	d = opendir("pos");
	for (int i = 0; i < 3; i++) {
		for (int j = 0; j < 70; j++)
			readdir(d);
		pos[i] = telldir(d);
		strcpy(first[i], readdir(d)->d_name);
	}
	for (int i = 2; i >= 0; i--) {
		seekdir(d, pos[i]);
		if (strcmp(readdir(d)->d_name, first[i])) {
			ok(false, "%s: seekdir leads back to the same entry", fs);
			break;
		}
		if (!i)
			ok(true, "%s: seekdir leads back to the same entry", fs);
	}
	closedir(d);
}

static void deep(const char *fs)
{
	char cwd[PATH_MAX], top[PATH_MAX];
	int i;

	must_be(getcwd(top, sizeof(top)));
	for (i = 0; i < 200; i++)
		if (mkdir("deeper", 0755) || chdir("deeper"))
			break;
	is(i, 200, "%s: 200 levels of directories", fs);
	ok(getcwd(cwd, sizeof(cwd)) && strlen(cwd) == strlen(top) + 200 * 7, "%s: getcwd names them all", fs);
	is(chdir(cwd), 0, "%s: and the name leads there", fs);
	fails(syscall(SYS_getcwd, cwd, 100), ERANGE, "%s: getcwd with too little room is ERANGE", fs);
	while (i--) {
		must(chdir(".."));
		must(rmdir("deeper"));
	}
	must_be(getcwd(cwd, sizeof(cwd)));
	ok(!strcmp(cwd, top), "%s: and all the way back", fs);
}

static void jailed(void *arg)
{
	char cwd[100];
	struct stat a, b;

	(void)arg;
	CHECK(!chroot("jail"));
	CHECK(!chdir("/"));
	CHECK(getcwd(cwd, sizeof(cwd)) && !strcmp(cwd, "/"));
	CHECK(!stat("/inside", &a));
	CHECK(!stat("/../../inside", &b) && a.st_ino == b.st_ino);
	CHECK(!stat("/abs", &b) && a.st_ino == b.st_ino);
	CHECK_ERR(stat("/proc/self", &a), ENOENT);
	CHECK(!setresuid(1000, 1000, 1000));
	CHECK_ERR(chroot("/"), EPERM);
}

static void cwd(const char *fs)
{
	int fd;

	must(mkdir("jail", 0755));
	close(make_file("jail/inside", 3, 'i'));
	must(symlink("/inside", "jail/abs"));
	is(child(jailed, NULL), 0, "%s: chroot bounds absolute paths, links and dot-dot", fs);
	fails(chdir("jail/inside"), ENOTDIR, "%s: chdir to a file is ENOTDIR", fs);
	fails(chdir("none"), ENOENT, "%s: to nothing ENOENT", fs);
	fd = must(open("jail", O_RDONLY));
	is(fchdir(fd), 0, "%s: fchdir", fs);
	is(access("inside", F_OK), 0, "%s: leads there", fs);
	close(fd);
	fd = must(open("inside", O_RDONLY));
	fails(fchdir(fd), ENOTDIR, "%s: of a file it is ENOTDIR", fs);
	close(fd);
	must(chdir(".."));
}

static void both(const char *fs)
{
	raw(fs);
	half_there(fs);
	changing(fs);
	many(fs);
	positions(fs);
	deep(fs);
	cwd(fs);
}

int main(void)
{
	on_both(both);
	return done();
}
