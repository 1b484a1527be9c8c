// SPDX-License-Identifier: GPL-2.0-only
/*
 * Several processes create, link, rename and remove in the same directories at
 * random; afterwards the tree must be consistent, and removable to the last.
 */
#include "tap.h"
#include <dirent.h>

#define WORKERS	5
#define NAMES	12
#define DIRS	3

static bool expected_error(int e)
{
	return e == ENOENT || e == EEXIST || e == ENOTEMPTY || e == EISDIR || e == ENOTDIR ||
	       e == EINVAL || e == EPERM || e == EBUSY || e == ELOOP || e == ESTALE;
}

static void name(uint64_t *s, char *out)
{
	int d = rnd(s, DIRS), d2 = rnd(s, DIRS);

	if (rnd(s, 4))
		sprintf(out, "d%d/n%d", d, (int)rnd(s, NAMES));
	else
		sprintf(out, "d%d/sub%d/n%d", d, d2, (int)rnd(s, NAMES));
}

static void worker(void *arg)
{
	uint64_t s = 1000 + (long)arg;
	char a[64], b[64];

	for (int i = 0; i < 700; i++) {
		int r = 0, fd;

		name(&s, a), name(&s, b);
		errno = 0;
		switch (rnd(&s, 11)) {
		case 0 ... 1:
			fd = open(a, O_RDWR | O_CREAT, 0644);
			if (fd >= 0) {
				CHECK(write(fd, a, strlen(a)) == (ssize_t)strlen(a));
				close(fd);
			} else {
				r = -1;
			}
			break;
		case 2:
			r = mkdir(a, 0755);
			break;
		case 3:
			r = rmdir(a);
			break;
		case 4:
			r = unlink(a);
			break;
		case 5 ... 6:
			r = rename(a, b);
			break;
		case 7:
			r = link(a, b);
			break;
		case 8:
			r = symlink(b, a);
			break;
		case 9:
			sprintf(a, "d%d/sub%d", (int)rnd(&s, DIRS), (int)rnd(&s, DIRS));
			sprintf(b, "d%d/sub%d", (int)rnd(&s, DIRS), (int)rnd(&s, DIRS));
			r = rnd(&s, 2) ? mkdir(a, 0755) : rename(a, b);
			break;
		default: {
			DIR *d = opendir(a);
			struct dirent *e;

			while (d && (e = readdir(d)))
				CHECK(e->d_name[0]);
			if (d)
				closedir(d);
			errno = 0;
		}
		}
		CHECK(!r || expected_error(errno));
	}
}

static int entries, wrong;

static int visit(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)ftw;
	entries++;
	if (flag == FTW_NS || flag == FTW_DNR) {
		note("%s cannot be read", path);
		wrong++;
	} else if (S_ISDIR(st->st_mode)) {
		DIR *d = opendir(path);
		struct dirent *e;
		nlink_t want = 2;

		while (d && (e = readdir(d))) {
			struct stat es;

			if (fstatat(dirfd(d), e->d_name, &es, AT_SYMLINK_NOFOLLOW)) {
				note("%s/%s is listed and not found", path, e->d_name);
				wrong++;
			} else if (S_ISDIR(es.st_mode) && e->d_name[0] != '.') {
				want++;
			}
		}
		if (d)
			closedir(d);
		if (st->st_nlink != want) {
			note("%s has %d links, not %d", path, (int)st->st_nlink, (int)want);
			wrong++;
		}
	}
	return 0;
}

static void both(const char *fs)
{
	pid_t pid[WORKERS];
	char buf[64];
	int bad = 0;

	for (int i = 0; i < DIRS; i++) {
		sprintf(buf, "d%d", i);
		must(mkdir(buf, 0755));
	}
	for (long i = 0; i < WORKERS; i++)
		pid[i] = spawn(worker, (void *)i);
	for (int i = 0; i < WORKERS; i++)
		bad += reap(pid[i]) != 0;
	is(bad, 0, "%s: five processes create, link, rename, remove: only sensible errors", fs);
	entries = wrong = 0;
	nftw(".", visit, 16, FTW_PHYS);
	ok(!wrong, "%s: the tree of %d entries is consistent: all listed are found, link counts right", fs, entries);
	for (int i = 0; i < DIRS; i++) {
		sprintf(buf, "d%d", i);
		nftw(buf, tap_remove_one, 16, FTW_DEPTH | FTW_PHYS);
		bad += access(buf, F_OK) == 0;
	}
	is(bad, 0, "%s: and can be removed entirely", fs);
}

int main(void)
{
	on_both(both);
	return done();
}
