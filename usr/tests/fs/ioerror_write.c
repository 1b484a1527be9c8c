// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writing to a disk that has a bad block. A write that fails is reported once by each
 * open file, and by syncfs; the page stays readable in the cache, and is not dirty any
 * more, so that neither writers nor reclaim wait for it for ever.
 */
#include "baddisk.h"

#define PAGES	32
#define BAD	3			/* the page of m/data that cannot be written */
#define HUGE_FIRST 1036UL		/* m/huge: from this page on, all pages are that block */
#define HUGE_PAGES 65536UL

#define NR_cachestat 451
struct stats {
	uint64_t cached, dirty, writeback, evicted, recently_evicted;
};

static char buf[64 * KiB] __attribute__((aligned(PG)));

/* An indirect block full of pointers to @block. */
static void fill_table(uint32_t table, uint32_t block)
{
	for (size_t i = 0; i < PG / 4; i++)
		((uint32_t *)buf)[i] = block;
	must_be(pwrite(disk, buf, PG, block_at(table)) == (ssize_t)PG);
}

static void make_disk(void)
{
	ino_t data, table, huge;
	int fd;

	make_fs();
	must(mount_fs(""));
	close(make_file("m/data", PAGES * PG, 'd'));
	close(make_file("m/table", NDIR * PG, 't'));
	fd = make_file("m/huge", 0, 0);
	must(ftruncate(fd, (HUGE_FIRST + HUGE_PAGES) * PG));
	close(fd);
	data = ino_of("m/data");
	table = ino_of("m/table");
	huge = ino_of("m/huge");
	must(umount_fs());
	open_disk();
	redirect(data, BAD, BAD_WRITE);
	redirect_table(table, NDIR, BAD_WRITE);		/* it reads as zeros: all holes */
	fill_table(FREE_BLOCK, BAD_WRITE);
	fill_table(FREE_BLOCK + 1, FREE_BLOCK);
	redirect_table(huge, DOUBLE, FREE_BLOCK + 1);
	close_disk();
	must(mount_fs(""));
}

/* Store something new to the bad page. */
static void spoil(int fd)
{
	static char c = 'A';

	memset(buf, c++, PG);
	must_be(pwrite(fd, buf, PG, BAD * PG) == (ssize_t)PG);
}

static void test_fsync(void)
{
	int fd = must(open("m/data", O_RDWR)), other = must(open("m/data", O_RDONLY)), later;

	spoil(fd);
	fails(fsync(fd), EIO, "fsync of a page that cannot be written is EIO");
	is(fsync(fd), 0, "once");
	later = must(open("m/data", O_RDWR));
	is(fsync(later), 0, "who opens after that does not hear of it");
	fails(fsync(other), EIO, "who had opened before does");
	is(fsync(other), 0, "once");
	is(file_byte(fd, BAD * PG), buf[0], "the page holds what was written");
	is(pwrite(fd, buf, PG, (BAD + 1) * PG), PG, "other pages can be written");
	is(fsync(fd), 0, "and synced");
	spoil(fd);
	fails(fdatasync(later), EIO, "a new failure is news: fdatasync is EIO");
	fails(fsync(fd), EIO, "and to the others");
	fails(fsync(other), EIO, "and to the one that cannot write");
	close(later);
	close(other);
	close(fd);
}

static void test_unseen(void)
{
	int fd = must(open("m/data", O_RDWR));

	spoil(fd);
	is(close(fd), 0, "close of a file with such a page is 0");
	sync();
	fd = must(open("m/data", O_RDWR));
	fails(fsync(fd), EIO, "a failure that nobody has seen is news to who opens later");
	is(fsync(fd), 0, "once");
	close(fd);
	fd = must(open("m/data", O_RDWR));
	is(fsync(fd), 0, "then it is seen");
	close(fd);
}

static void test_other_syncs(void)
{
	int fd = must(open("m/data", O_RDWR)), osync = must(open("m/data", O_RDWR | O_SYNC));
	unsigned int all = SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE |
			   SYNC_FILE_RANGE_WAIT_AFTER;

	spoil(fd);
	fails(sync_file_range(fd, 0, 0, all), EIO, "sync_file_range is EIO");
	is(sync_file_range(fd, 0, 0, all), 0, "once");
	fails(fsync(osync), EIO, "fsync of another open file is EIO after that");
	memset(buf, 's', PG);
	fails(pwrite(osync, buf, PG, BAD * PG), EIO, "a write with O_SYNC is EIO");
	is(pwrite(osync, buf, PG, (BAD + 1) * PG), PG, "on the next page it works");
	fails(fsync(fd), EIO, "other open files hear of it");
	close(osync);
	close(fd);
}

static void test_msync(void)
{
	int fd = must(open("m/data", O_RDWR));
	char *m = must(mmap(NULL, PAGES * PG, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));

	m[BAD * PG] = 'm';
	is(msync(m, PAGES * PG, MS_ASYNC), 0, "msync MS_ASYNC is 0");
	fails(msync(m, PAGES * PG, MS_SYNC), EIO, "msync MS_SYNC of a bad page is EIO");
	is(msync(m, PAGES * PG, MS_SYNC), 0, "once");
	is(fsync(fd), 0, "which was its open file's report");
	is(m[BAD * PG], 'm', "the mapping holds what was stored");
	m[BAD * PG] = 'n';
	fails(msync(m, PAGES * PG, MS_SYNC), EIO, "a store after that is noticed again");
	munmap(m, PAGES * PG);
	close(fd);
}

static void test_syncfs(void)
{
	int one = must(open("m", O_RDONLY)), two = must(open("m/data", O_RDWR)), later;

	spoil(two);
	fails(syncfs(one), EIO, "syncfs is EIO");
	is(syncfs(one), 0, "once");
	fails(syncfs(two), EIO, "and again for another file of the filesystem");
	is(syncfs(two), 0, "once");
	fails(fsync(two), EIO, "fsync still has its own report");
	spoil(two);
	sync();
	fails(syncfs(one), EIO, "sync does not swallow the report of syncfs");
	fails(fsync(two), EIO, "nor that of fsync");
	later = must(open("m", O_RDONLY));
	is(syncfs(later), 0, "who opens after that does not hear of it");
	close(later);
	later = must(open("m", O_PATH));
	fails(syncfs(later), EBADF, "syncfs of an O_PATH descriptor is EBADF");
	close(later);
	close(two);
	close(one);
}

static void test_direct(void)
{
	int fd = must(open("m/data", O_RDWR | O_DIRECT));

	memset(buf, 'o', sizeof(buf));
	fails(pwrite(fd, buf, PG, BAD * PG), EIO, "O_DIRECT: a write to the bad block is EIO");
	fails(pwrite(fd, buf, 8 * PG, 0), EIO, "O_DIRECT: a write over it is EIO");
	is(pwrite(fd, buf, PG, (BAD + 1) * PG), PG, "O_DIRECT: behind it, it works");
	close(fd);
}

/* The table of pointers of m/table is on the bad block. */
static void test_lost_table(void)
{
	int fd = must(open("m/table", O_RDWR)), other = must(open("m/table", O_RDONLY));
	int root = must(open("m", O_RDONLY));

	is(pwrite(fd, "x", 1, NDIR * PG), 1, "a file grows by an indirect block that cannot be written");
	fails(fsync(fd), EIO, "fsync is EIO");
	is(fsync(fd), 0, "once");
	(void)fsync(other), (void)syncfs(root);
	is(pwrite(fd, "x", 1, (NDIR + 1) * PG), 1, "it grows again");
	sync();
	drop_caches();
	fails(fsync(fd), EIO, "fsync is EIO though all was written and dropped from memory before");
	is(fsync(fd), 0, "once");
	fails(fsync(other), EIO, "for each open file");
	is(fsync(other), 0, "once for that, too");
	fails(syncfs(root), EIO, "and syncfs is");
	is(syncfs(root), 0, "once");
	close(root);
	close(other);
	close(fd);
}

/*
 * A page of four blocks, the first of which cannot be read. A write to the second, which
 * is a hole, fails, or takes what the first holds for lost: in either case nothing of what
 * the new block held before shows up.
 */
static void test_small_blocks(void)
{
	ino_t ino;
	int fd;

	make_fs_of("1024");
	must(mount_fs(""));
	fd = make_file("m/old", 6 * MiB, 'S');
	must(fsync(fd));
	must(close(fd));
	must(unlink("m/old"));
	close(make_file("m/file", KiB, 'f'));
	must(truncate("m/file", 2 * PG));
	ino = ino_of("m/file");
	must(umount_fs());
	open_disk();
	redirect(ino, 0, in_fs(BAD_READ));
	close_disk();
	must(mount_fs(""));
	fd = must(open("m/file", O_RDWR));
	note("the write returns %zd", pwrite(fd, "x", 1, KiB));
	fsync(fd);
	close(fd);
	must(umount_fs());
	must(mount_fs(""));
	fd = must(open("m/file", O_RDONLY | O_DIRECT));
	must(pread(fd, buf, KiB, KiB));
	ok(all_bytes(buf + 1, 0, KiB - 1), "a new block beside a bad one does not show what it held before");
	close(fd);
	must(umount_fs());
}

static struct stats stats_of(int fd)
{
	uint64_t range[2] = { 0, 0 };
	struct stats s;

	must(syscall(NR_cachestat, fd, range, &s, 0));
	return s;
}

static void write_huge(void *pages)
{
	int fd = must(open("m/huge", O_RDWR));

	memset(buf, 'h', sizeof(buf));
	for (unsigned long i = 0; i < (unsigned long)pages; i += sizeof(buf) / PG)
		CHECK(pwrite(fd, buf, sizeof(buf), (HUGE_FIRST + i) * PG) == sizeof(buf));
}

static void test_limits(void)
{
	char *ratio = must(slurp("/proc/sys/vm/dirty_ratio"));
	char *background = must(slurp("/proc/sys/vm/dirty_background_ratio"));
	int fd = must(open("m/huge", O_RDWR));
	struct stats s;

	write_proc("/proc/sys/vm/dirty_background_bytes", "1048576");
	write_proc("/proc/sys/vm/dirty_bytes", "2097152");
	is(child(write_huge, (void *)2048UL), 0,
	   "a writer beyond the limit of dirty memory goes on, though no write succeeds");
	write_proc("/proc/sys/vm/dirty_ratio", ratio);
	write_proc("/proc/sys/vm/dirty_background_ratio", background);
	fails(fsync(fd), EIO, "fsync of all that is EIO");
	s = stats_of(fd);
	is(s.dirty, 0, "nothing of it is dirty then");
	is(s.writeback, 0, "and nothing being written");
	is(fsync(fd), 0, "and no report is left");
	free(ratio), free(background);
	close(fd);
}

static long meminfo(const char *key)
{
	char *text = must(slurp("/proc/meminfo")), *at = strstr(text, key);
	long kib = at ? atol(at + strlen(key)) : -1;

	must_be(kib >= 0);
	free(text);
	return kib;
}

static void use_memory(void *bytes)
{
	char *m = mmap(NULL, (size_t)bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	CHECK(m != MAP_FAILED);
	for (size_t i = 0; i < (size_t)bytes; i += PG)
		m[i] = 1;
}

/* More memory is wanted than is free without pages that can only be dropped after a failed write. */
static void test_pressure(void)
{
	unsigned long dirty = 3072;	/* pages */
	size_t want;
	int fd;

	is(child(write_huge, (void *)dirty), 0, "12 MiB are dirtied that cannot be written");
	want = meminfo("MemAvailable:") * KiB;
	want -= want / 16;
	is(child(use_memory, (void *)want), 0, "memory is to be had all the same");
	fd = must(open("m/huge", O_RDWR));
	fails(fsync(fd), EIO, "and the failure is reported");
	is(stats_of(fd).dirty, 0, "nothing of it is dirty then");
	close(fd);
}

int main(void)
{
	if (!bad_disk("writing bad blocks"))
		return done();
	make_disk();
	test_fsync();
	test_unseen();
	test_other_syncs();
	test_msync();
	test_syncfs();
	test_direct();
	test_lost_table();
	test_limits();
	test_pressure();
	works(unlink("m/data"), "a file with a bad page can be removed");
	works(umount_fs(), "the filesystem can be unmounted");
	works(mount_fs(""), "and mounted");
	works(umount_fs(), "and unmounted");
	test_small_blocks();
	return done();
}
