// SPDX-License-Identifier: GPL-2.0-only
/*
 * A large directory against a model of it: what is made, removed and renamed is
 * found afterwards, and nothing else, though the caches go again and again.
 * A filesystem may keep an index of such a directory: it has to agree.
 */
#include "tap.h"
#include <dirent.h>

#define NAMES	1500
#define STEPS	4000

static bool present[NAMES];

/* Names of all lengths up to 255, so that room in the directory is of all sizes. */
static const char *name_of(int i, char *buf)
{
	int len = 1 + i * 37 % 40;

	if (i % 50 == 0)
		len = 249;
	memset(buf, 'a' + i % 26, len);
	sprintf(buf + len, "%d", i);
	return buf;
}

static void drop_caches(void)
{
	int fd = open("/proc/sys/vm/drop_caches", O_WRONLY);

	if (fd >= 0) {
		CHECK(write(fd, "2", 1) == 1);
		close(fd);
	}
}

static int create(const char *name)
{
	int fd = open(name, O_CREAT | O_EXCL | O_WRONLY, 0600);

	return fd < 0 ? fd : close(fd);
}

/* How many names are there and should not be, or the other way round? */
static int differences(void)
{
	char name[300];
	struct stat st;
	int bad = 0;

	for (int i = 0; i < NAMES; i++)
		bad += (stat(name_of(i, name), &st) == 0) != present[i];
	for (int i = 0; i < 200; i++) {
		sprintf(name, "never%d", i);
		bad += stat(name, &st) == 0 || errno != ENOENT;
	}
	return bad;
}

static int listed_wrongly(void)
{
	DIR *d = opendir(".");
	int seen[NAMES] = { 0 }, bad = 0;
	struct dirent *e;
	char name[300];

	while ((e = readdir(d))) {
		const char *digits = strpbrk(e->d_name, "0123456789");
		int i = digits ? atoi(digits) : -1;

		if (e->d_name[0] == '.')
			continue;
		if (i < 0 || i >= NAMES || strcmp(name_of(i, name), e->d_name))
			bad++;
		else
			seen[i]++;
	}
	closedir(d);
	for (int i = 0; i < NAMES; i++)
		bad += seen[i] != present[i];
	return bad;
}

/* Make, remove or rename a random name. Return: was the answer not what the model says? */
static bool step(uint64_t *s)
{
	int i = rnd(s, NAMES), j = rnd(s, NAMES);
	char a[300], b[300];
	bool was = present[i];
	int want = 0;

	name_of(i, a), name_of(j, b);
	errno = 0;
	switch (rnd(s, 3)) {
	case 0:
		want = was ? EEXIST : 0;
		create(a);
		present[i] = true;
		break;
	case 1:
		want = was ? 0 : ENOENT;
		unlink(a);
		present[i] = false;
		break;
	default:
		want = was ? 0 : ENOENT;
		rename(a, b);
		if (was && i != j) {
			present[i] = false;
			present[j] = true;
		}
	}
	return errno != want;
}

/* Memory is short, and others look for names, all the while. */
static void disturber(void *stop)
{
	struct stat st;
	char name[32];

	for (int i = 0; !__atomic_load_n((int *)stop, __ATOMIC_ACQUIRE); i++) {
		sprintf(name, "absent%d", i);
		CHECK(stat(name, &st) && errno == ENOENT);
		if (i % 100 == 0)
			drop_caches();
	}
}

static void steps(const char *fs, uint64_t seed, bool disturbed)
{
	int *stop = mmap(NULL, PG, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pid = disturbed ? spawn(disturber, stop) : 0;
	int bad = 0;

	for (int i = 0; i < STEPS; i++)
		bad += step(&seed);
	__atomic_store_n(stop, 1, __ATOMIC_RELEASE);
	if (disturbed)
		is(reap(pid), 0, "%s: others find nothing that is not there", fs);
	is(bad, 0, "%s: making, removing, renaming answer as the model%s", fs, disturbed ? ", disturbed" : "");
	drop_caches();
	is(differences(), 0, "%s: and what is there is found, nothing else", fs);
	is(listed_wrongly(), 0, "%s: and listed, once", fs);
	munmap(stop, PG);
}

static void both(const char *fs)
{
	char name[300];
	int bad = 0;

	must(mkdir("big", 0755)), must(chdir("big"));
	for (int i = 0; i < NAMES; i += 2) {
		bad += create(name_of(i, name)) != 0;
		present[i] = true;
	}
	is(bad, 0, "%s: many files", fs);
	drop_caches();
	is(differences(), 0, "%s: all are found, and nothing else", fs);
	steps(fs, 1, false);
	steps(fs, 2, true);
	bad = 0;
	for (int i = 0; i < NAMES; i++) {
		bad += present[i] && unlink(name_of(i, name));
		present[i] = false;
	}
	is(bad, 0, "%s: each can be removed", fs);
	must(chdir(".."));
	works(rmdir("big"), "%s: and then the directory", fs);
}

int main(void)
{
	on_both(both);
	return done();
}
