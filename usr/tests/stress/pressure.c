// SPDX-License-Identifier: GPL-2.0-only
/*
 * More than fits: files larger than memory are read, mapped and written, and a
 * process that wants more memory than there is dies alone.
 *
 * On machines with more than 300 MiB this takes too long and is skipped.
 */
#include "tap.h"
#include <sys/statfs.h>
#include <sys/sysinfo.h>

#define RW	(PROT_READ | PROT_WRITE)

static size_t memory;

static long field_kb(const char *key)
{
	char *s = slurp("/proc/meminfo"), *p = s ? strstr(s, key) : NULL;
	long kb = p ? strtol(p + strlen(key), NULL, 10) : -1;

	free(s);
	return kb;
}

/* The holes of a sparse file, longer than memory, with marks here and there. */
static void reading(const char *fs)
{
	static char buf[256 * KiB];
	size_t len = memory + memory / 4, bad = 0;
	int fd = must(open("sparse", O_RDWR | O_CREAT | O_TRUNC, 0644));
	char *p;

	for (size_t at = 0; at < len; at += 4 * MiB)
		must_be(pwrite(fd, &at, 8, at) == 8);
	must(ftruncate(fd, len));
	for (size_t at = 0; at < len; at += sizeof(buf)) {
		if (pread(fd, buf, sizeof(buf), at) <= 0)
			bad++;
		bad += at % (4 * MiB) == 0 && *(size_t *)buf != at;
	}
	is(bad, 0, "%s: a file of 5/4 of memory is read by read(2)", fs);
	p = must(mmap(NULL, len, PROT_READ, MAP_SHARED, fd, 0));
	for (size_t at = 0; at < len; at += PG)
		bad += *(volatile size_t *)(p + at) != (at % (4 * MiB) ? 0 : at);
	is(bad, 0, "%s: and through one mapping", fs);
	ok(field_kb("MemAvailable:") > (long)(memory / KiB / 4), "%s: what is cached counts as available", fs);
	must(munmap(p, len));
	close(fd);
	must(unlink("sparse"));
}

/* Dirty pages, as many as the disk has room for, up to memory and a quarter. */
static void writing(const char *fs)
{
	static uint64_t buf[64 * KiB / 8];
	size_t len = memory + memory / 4, bad = 0;
	struct statfs sf;
	char *p;
	int fd;

	must(statfs(".", &sf));
	if (len > sf.f_bavail * sf.f_bsize * 3 / 4)
		len = (sf.f_bavail * sf.f_bsize * 3 / 4) & ~(MiB - 1);
	if (len > 160 * MiB)
		len = 160 * MiB;
	fd = must(open("dirty", O_RDWR | O_CREAT | O_TRUNC, 0644));
	for (size_t at = 0; at < len / 2; at += sizeof(buf)) {
		for (size_t i = 0; i < ARRAY_SIZE(buf); i += 64)
			buf[i] = at + i;
		bad += pwrite(fd, buf, sizeof(buf), at) != sizeof(buf);
	}
	must(ftruncate(fd, len));
	p = must(mmap(NULL, len, RW, MAP_SHARED, fd, 0));
	for (size_t at = len / 2; at < len; at += PG)
		*(volatile size_t *)(p + at) = ~at;
	is(fsync(fd), 0, "%s: %zu MiB written half by write, half by mapping, synced", fs, len / MiB);
	for (size_t at = 0; at < len / 2; at += sizeof(buf))
		bad += *(volatile size_t *)(p + at) != at;
	for (size_t at = len / 2; at < len; at += PG)
		bad += *(volatile size_t *)(p + at) != ~at;
	is(bad, 0, "%s: all of it reads back right", fs);
	must(munmap(p, len));
	close(fd);
	must(unlink("dirty"));
}

static void glutton(void *arg)
{
	size_t len = memory + memory / 4;
	char *p = mmap(NULL, len, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	int fd = open("/proc/self/oom_score_adj", O_WRONLY);

	(void)arg;
	if (fd >= 0)
		(void)!write(fd, "1000", 4);
	if (p == MAP_FAILED)
		_exit(7);
	for (size_t at = 0; at < len; at += PG)
		p[at] = 1;
	_exit(0);
}

static void many_gluttons(void)
{
	pid_t pid[3];
	int bad = 0;

	for (int i = 0; i < 3; i++)
		pid[i] = spawn(glutton, NULL);
	for (int i = 0; i < 3; i++) {
		int r = reap(pid[i]);

		bad += r != -SIGKILL && r != 7;
	}
	is(bad, 0, "three at once too");
}

static void small_work(void *arg)
{
	char *p = must(mmap(NULL, MiB, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));

	(void)arg;
	memset(p, 1, MiB);
	CHECK(all_bytes(p, 1, MiB));
}

int main(void)
{
	struct sysinfo si;
	int r;

	must(sysinfo(&si));
	memory = (si.totalram * si.mem_unit) & ~(MiB - 1);
	if (memory > 300 * MiB) {
		skip("too much memory", "memory pressure");
		return done();
	}
	work_in(DISK);
	reading("ext2");
	writing("ext2");
	r = child(glutton, NULL);
	ok(r == -SIGKILL || r == 7, "a process that touches 5/4 of memory is killed, or refused (%d)", r);
	is(child(small_work, NULL), 0, "others go on");
	many_gluttons();
	is(child(small_work, NULL), 0, "and still others go on");
	return done();
}
