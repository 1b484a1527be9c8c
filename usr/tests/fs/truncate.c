// SPDX-License-Identifier: GPL-2.0-only
/*
 * truncate, ftruncate, holes, sparse files as large as the filesystem can
 * address (direct to triple-indirect blocks), giving blocks back.
 */
#include "tap.h"
#include <sys/resource.h>
#include <sys/statfs.h>

static off_t sectors(int fd)
{
	struct stat st;

	must(fsync(fd));
	must(fstat(fd, &st));
	return st.st_blocks;
}

static void sizes(const char *fs)
{
	int fd = make_file("f", 10000, 'f'), ro;

	is(ftruncate(fd, 5000), 0, "%s: ftruncate makes a file shorter", fs);
	is(file_size(fd), 5000, "%s: its size says so", fs);
	is(file_byte(fd, 5000), -1, "%s: read ends there", fs);
	is(ftruncate(fd, 20000), 0, "%s: and longer", fs);
	is(file_byte(fd, 4999), 'f', "%s: the old data stays", fs);
	is(file_byte(fd, 5000), 0, "%s: what was cut off reads as zero", fs);
	is(file_byte(fd, 9999), 0, "%s: all of it", fs);
	is(file_byte(fd, 19999), 0, "%s: and what is new", fs);
	is(truncate("f", 3), 0, "%s: truncate by name", fs);
	is(file_size(fd), 3, "%s: is the same", fs);
	must(lseek(fd, 2, SEEK_SET));
	must(ftruncate(fd, 1));
	is(lseek(fd, 0, SEEK_CUR), 2, "%s: the position does not move", fs);
	ro = must(open("f", O_RDONLY));
	fails(ftruncate(ro, 0), EINVAL, "%s: ftruncate of O_RDONLY is EINVAL", fs);
	fails(ftruncate(fd, -1), EINVAL, "%s: a negative length is EINVAL", fs);
	fails(truncate("f", -1), EINVAL, "%s: for truncate too", fs);
	fails(truncate("none", 0), ENOENT, "%s: a missing file is ENOENT", fs);
	fails(truncate(".", 0), EISDIR, "%s: a directory is EISDIR", fs);
	fails(ftruncate(999, 0), EBADF, "%s: a closed descriptor is EBADF", fs);
	close(fd), close(ro);
}

/* Write one byte far out for each level of indirection, then check all. */
static void levels(const char *fs)
{
	static const off_t at[] = { 0, 11 * 1024, 12 * 1024, 12 * 4096, 268 * 1024, 300 * 1024,
				    (12 + 1024) * 4096L, 65804 * 1024L, 70000 * 1024L,
				    5L << 30, 15L << 30 };
	int fd = must(open("s", O_RDWR | O_CREAT | O_TRUNC, 0644)), bad = 0, n = 0;
	off_t used;
	char c;

	for (size_t i = 0; i < ARRAY_SIZE(at); i++) {
		c = 'a' + i;
		bad += pwrite(fd, &c, 1, at[i]) != 1;
	}
	is(bad, 0, "%s: bytes at all levels of block addressing up to 15 GiB", fs);
	is(file_size(fd), (15L << 30) + 1, "%s: the size is beyond 32 bits", fs);
	used = sectors(fd);
	ok(used > 0 && used * 512 < 1024 * 1024, "%s: only a few blocks are used", fs);
	for (size_t i = 0; i < ARRAY_SIZE(at); i++) {
		bad += file_byte(fd, at[i]) != 'a' + (int)i;
		bad += file_byte(fd, at[i] + 1) != (at[i] + 1 > 15L << 30 ? -1 : 0);
		n++;
	}
	is(bad, 0, "%s: all can be read back, zeros beside them", fs);
	is(file_byte(fd, 3L << 30), 0, "%s: a hole of gigabytes reads as zero", fs);
	for (int i = ARRAY_SIZE(at) - 1; i > 0; i--) {
		must(ftruncate(fd, at[i]));
		for (int j = 0; j < i; j++)
			bad += file_byte(fd, at[j]) != 'a' + j;
	}
	is(bad, 0, "%s: truncating step by step keeps what lies before", fs);
	must(ftruncate(fd, 0));
	is(sectors(fd), 0, "%s: truncated to nothing, no block is used", fs);
	must(ftruncate(fd, 1L << 30));
	is(sectors(fd), 0, "%s: a hole of 1 GiB uses none", fs);
	is(file_byte(fd, 12 * 1024), 0, "%s: and holds nothing old", fs);
	close(fd);
}

static void refill(const char *fs)
{
	int fd = must(open("r", O_RDWR | O_CREAT | O_TRUNC, 0644)), bad = 0;
	static char buf[PG], want[PG];

	/* Every third page, backwards: holes on all sides. */
	for (int i = 99; i >= 0; i -= 3) {
		memset(buf, i, PG);
		bad += pwrite(fd, buf, PG, i * PG) != PG;
	}
	must(fsync(fd));
	for (int i = 0; i < 100; i++) {
		memset(want, i % 3 ? 0 : i, PG);
		bad += pread(fd, buf, PG, i * PG) != PG || memcmp(buf, want, PG);
	}
	is(bad, 0, "%s: holes between written pages", fs);
	for (int i = 0; i < 100; i++) {
		memset(buf, 100 + i, PG);
		if (i % 3)
			bad += pwrite(fd, buf + 1, PG - 1, i * PG + 1) != PG - 1;
	}
	for (int i = 0; i < 100; i++) {
		memset(want, i % 3 ? 100 + i : i, PG);
		if (i % 3)
			want[0] = 0;
		bad += pread(fd, buf, PG, i * PG) != PG || memcmp(buf, want, PG);
	}
	is(bad, 0, "%s: are filled, all but their first byte", fs);
	close(fd);
}

static void giving_back(const char *fs)
{
	struct statfs before, during, after;
	int fd;

	must(statfs(".", &before));
	fd = make_file("big", 6 * MiB, 'b');
	must(fsync(fd));
	must(statfs(".", &during));
	ok(before.f_bfree >= during.f_bfree + 6 * MiB / before.f_bsize, "%s: a 6 MiB file uses blocks", fs);
	must(ftruncate(fd, 0));
	must(fsync(fd));
	sync();
	must(statfs(".", &after));
	ok(after.f_bfree + 4 >= before.f_bfree, "%s: ftruncate gives them back", fs);
	close(fd);
	fd = make_file("big2", 6 * MiB, 'b');
	must(unlink("big2"));
	sync();
	must(statfs(".", &during));
	ok(before.f_bfree >= during.f_bfree + 6 * MiB / before.f_bsize, "%s: an unlinked open file keeps its blocks", fs);
	close(fd);
	sync();
	must(statfs(".", &after));
	ok(after.f_bfree + 4 >= before.f_bfree, "%s: until its last close", fs);
}

static void limited(void *arg)
{
	struct rlimit rl = { 10000, 10000 };
	int fd = open("lim", O_RDWR | O_CREAT | O_TRUNC, 0644);
	char buf[200] = { 0 };

	(void)arg;
	CHECK(fd >= 0 && !setrlimit(RLIMIT_FSIZE, &rl));
	signal(SIGXFSZ, SIG_IGN);
	CHECK(pwrite(fd, buf, 200, 9900) == 100);
	CHECK_ERR(pwrite(fd, buf, 1, 10000), EFBIG);
	CHECK_ERR(ftruncate(fd, 10001), EFBIG);
	CHECK(!ftruncate(fd, 10000));
	signal(SIGXFSZ, SIG_DFL);
	(void)!pwrite(fd, buf, 1, 10000);
	CHECK(false);
}

static void both(const char *fs)
{
	sizes(fs);
	levels(fs);
	refill(fs);
	giving_back(fs);
	is(child(limited, NULL), -SIGXFSZ,
	   "%s: RLIMIT_FSIZE cuts a write, then EFBIG, or SIGXFSZ if not ignored", fs);
}

int main(void)
{
	on_both(both);
	return done();
}
