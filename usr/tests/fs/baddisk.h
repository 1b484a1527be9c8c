/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A disk that fails: /dev/vdc as tools/testing/spares.py makes it. One sector of
 * BAD_READ cannot be read and one of BAD_WRITE cannot be written, for ever; all else is
 * sound. Which part of a filesystem meets the bad block is the test's choice:
 *
 *	if (!bad_disk("read errors"))
 *		return done();
 *	make_fs();
 *	mount_fs("");	... make files below m/ ...	umount_fs();
 *	open_disk();
 *	redirect(ino, 5, BAD_READ);		// page 5 of that file is lost
 *	close_disk();
 *	mount_fs("");
 *
 * The working directory is a private one, in tmpfs.
 */
#ifndef TESTS_BADDISK_H
#define TESTS_BADDISK_H
#include "tap.h"
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/mount.h>

#define BAD_DISK	"/dev/vdc"
#define BAD_READ	1000	/* blocks of 4096 bytes */
#define BAD_WRITE	1100
#define FREE_BLOCK	1200	/* from here on FREE_BLOCKS for the tests, that no file gets */
#define FREE_BLOCKS	64

#define SUPER		1024	/* bytes: where the super block is */
#define DIR_INDEX	0x20
#define NDIR		12
#define DOUBLE		13	/* the double indirect block in i_block */

static int disk = -1;
static struct {
	unsigned int block_size, inode_size, first_block;
	off_t group;			/* the descriptor of the only group */
	uint32_t block_bitmap, inode_bitmap, inode_table;
} bad_fs;

static inline void get(off_t at, void *v, size_t len)
{
	must_be(pread(disk, v, len, at) == (ssize_t)len);
}

static inline void put(off_t at, const void *v, size_t len)
{
	must_be(pwrite(disk, v, len, at) == (ssize_t)len);
}

static inline uint32_t get32(off_t at)
{
	uint32_t v;

	get(at, &v, sizeof(v));
	return v;
}

static inline uint16_t get16(off_t at)
{
	uint16_t v;

	get(at, &v, sizeof(v));
	return v;
}

static inline void put32(off_t at, uint32_t v)
{
	put(at, &v, sizeof(v));
}

static inline void put16(off_t at, uint16_t v)
{
	put(at, &v, sizeof(v));
}

/* ---- changing an unmounted filesystem ---- */

static inline off_t block_at(uint32_t block)
{
	return (off_t)block * bad_fs.block_size;
}

static inline void open_disk(void)
{
	disk = must(open(BAD_DISK, O_RDWR | O_CLOEXEC));
	(void)fsync(disk);	/* what failed while it was mounted may be news here */
	must(ioctl(disk, BLKFLSBUF, 0));
	bad_fs.block_size = 1024 << get32(SUPER + 24);
	bad_fs.inode_size = get16(SUPER + 88);
	bad_fs.first_block = get32(SUPER + 20);
	bad_fs.group = block_at(bad_fs.first_block + 1);
	bad_fs.block_bitmap = get32(bad_fs.group);
	bad_fs.inode_bitmap = get32(bad_fs.group + 4);
	bad_fs.inode_table = get32(bad_fs.group + 8);
}

static inline void close_disk(void)
{
	must(fsync(disk));
	must(ioctl(disk, BLKFLSBUF, 0));
	must(close(disk));
}

static inline off_t inode_at(ino_t ino)
{
	return block_at(bad_fs.inode_table) + (off_t)(ino - 1) * bad_fs.inode_size;
}

/* Where the number of block @n of the file is: directly, or by one indirect block. */
static inline off_t pointer_at(ino_t ino, unsigned int n)
{
	off_t direct = inode_at(ino) + 40;

	if (n < NDIR)
		return direct + 4 * n;
	return block_at(get32(direct + 4 * NDIR)) + 4 * (n - NDIR);
}

static inline void redirect(ino_t ino, unsigned int n, uint32_t block)
{
	put32(pointer_at(ino, n), block);
}

/* The indirect (NDIR) or double indirect (DOUBLE) block itself. */
static inline void redirect_table(ino_t ino, unsigned int which, uint32_t block)
{
	put32(inode_at(ino) + 40 + 4 * which, block);
	/* a file of no blocks at all would not be looked at */
	put32(inode_at(ino) + 28, get32(inode_at(ino) + 28) + (bad_fs.block_size >> 9));
}

/* The block of the filesystem in which @block of 4096 bytes begins. */
static inline uint32_t in_fs(uint32_t block)
{
	return block * (PG / bad_fs.block_size);
}

/* Nobody but the test uses @block. */
static inline void reserve(uint32_t block)
{
	unsigned int bit = block - bad_fs.first_block;	/* of the only group */
	off_t at = block_at(bad_fs.block_bitmap) + bit / 8;
	unsigned char byte;

	get(at, &byte, 1);
	must_be(!(byte & 1 << bit % 8));
	byte |= 1 << bit % 8;
	put(at, &byte, 1);
	put16(bad_fs.group + 12, get16(bad_fs.group + 12) - 1);
	put32(SUPER + 12, get32(SUPER + 12) - 1);
}

/* ---- the filesystem ---- */

/* A new filesystem; no file gets a bad block of itself. */
static inline void make_fs_of(const char *block_size)
{
	pid_t pid = must(fork());

	if (!pid) {
		int null = open("/dev/null", O_RDWR);

		dup2(null, 1);
		dup2(null, 2);
		execlp("mke2fs", "mke2fs", "-F", "-b", block_size, "-I", "128", BAD_DISK, NULL);
		_exit(127);
	}
	must_be(reap(pid) == 0);
	open_disk();
	/* directories are searched from the start, by whatever driver */
	put32(SUPER + 92, get32(SUPER + 92) & ~DIR_INDEX);
	reserve(in_fs(BAD_READ));
	reserve(in_fs(BAD_WRITE));
	for (int i = 0; i < FREE_BLOCKS; i++)
		reserve(FREE_BLOCK + i);
	close_disk();
}

static inline void make_fs(void)
{
	make_fs_of("4096");
}

static inline int mount_fs(const char *options)
{
	return mount(BAD_DISK, "m", "ext2", 0, options);
}

static inline int umount_fs(void)
{
	return umount("m");
}

static inline ino_t ino_of(const char *path)
{
	struct stat st;

	must(lstat(path, &st));
	return st.st_ino;
}

static inline void write_proc(const char *file, const char *text)
{
	int fd = must(open(file, O_WRONLY | O_CLOEXEC));

	must_be(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
}

static inline void drop_caches(void)
{
	write_proc("/proc/sys/vm/drop_caches", "3");
}

/* Is the disk there, and as bad as it should be? Then go to a private directory. */
static inline bool bad_disk(const char *what)
{
	char *page = must(mmap(NULL, PG, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	int fd = open(BAD_DISK, O_RDWR | O_DIRECT | O_CLOEXEC);
	bool bad = fd >= 0 && pread(fd, page, PG, BAD_READ * PG) == -1 && errno == EIO &&
		   pread(fd, page, PG, BAD_WRITE * PG) == (ssize_t)PG &&
		   pwrite(fd, page, PG, BAD_WRITE * PG) == -1 && errno == EIO;

	if (fd >= 0)
		close(fd);
	munmap(page, PG);
	if (!bad) {
		skip("there is no failing disk", "%s", what);
		return false;
	}
	work_in(TMPFS);
	must(mkdir("m", 0755));
	return true;
}

#endif
