// SPDX-License-Identifier: GPL-2.0-only
/*
 * A bad block among those that a filesystem keeps for itself: in a directory, in the
 * inode table, a bitmap, the super block; and a disk that cannot make anything durable.
 */
#include "baddisk.h"
#include <dirent.h>

#define NAMES		60	/* of 200 bytes: three blocks */
#define NODISK		"/dev/vdd"	/* its super block cannot be read, no flush succeeds */

static char buf[PG] __attribute__((aligned(PG)));

static const char *long_name(int n)
{
	static char name[256];

	snprintf(name, sizeof(name), "m/dir/%0200d", n);
	return name;
}

/* Read the directory: how many long names, and how it ended. */
static int list(const char *path, int *err)
{
	DIR *d = opendir(path);
	struct dirent *de;
	int n = 0;

	must_be(d);
	for (errno = 0; (de = readdir(d)); errno = 0)
		n += strlen(de->d_name) == 200;
	*err = errno;
	closedir(d);
	return n;
}


static void test_directory(void)
{
	struct stat st;
	int n, err;
	ino_t dir;

	make_fs();
	must(mount_fs(""));
	must(mkdir("m/dir", 0755));
	for (int i = 0; i < NAMES; i++)
		close(must(open(long_name(i), O_CREAT | O_WRONLY | O_EXCL, 0644)));
	dir = ino_of("m/dir");
	must(umount_fs());
	open_disk();
	redirect(dir, 1, BAD_READ);
	close_disk();
	must(mount_fs(""));

	n = list("m/dir", &err);
	is(err, EIO, "a directory with a bad block is EIO to who reads it");
	ok(n > 0 && n < NAMES, "after the names before that");
	works(stat(long_name(0), &st), "a name in a good block is found");
	fails(stat(long_name(NAMES / 2), &st), EIO, "one in the bad block is EIO");
	fails(stat("m/dir/absent", &st), EIO, "and so is one that is not there");
	fails(open("m/dir/absent", O_CREAT | O_WRONLY, 0644), EIO, "which cannot be made");
	fails(rename(long_name(0), "m/dir/absent"), EIO, "nor be given to another");
	works(unlink(long_name(0)), "a name in the good block can be removed");
	works(mkdir("m/other", 0755), "other directories work");
	works(umount_fs(), "umount works");
}

/* The inode table moves to where its second block is the bad one. */
static void move_inode_table(void)
{
	uint32_t blocks = get32(SUPER + 40) * bad_fs.inode_size / bad_fs.block_size;
	/* a write by way of the cache would leave it readable there */
	int direct = must(open(BAD_DISK, O_WRONLY | O_DIRECT));

	for (uint32_t i = 0; i < blocks; i++) {
		must_be(pread(disk, buf, PG, block_at(bad_fs.inode_table + i)) == (ssize_t)PG);
		must_be(pwrite(direct, buf, PG, block_at(BAD_READ - 1 + i)) == (ssize_t)PG);
	}
	close(direct);
	put32(bad_fs.group + 8, BAD_READ - 1);
}

static const char *short_name(int n)
{
	static char name[32];

	snprintf(name, sizeof(name), "m/f%d", n);
	return name;
}

static void test_inode_table(void)
{
	int good = 0, bad = 0, lost = -1, ends = 0, fd;
	struct stat st;

	make_fs();
	must(mount_fs(""));
	for (int i = 0; i < 40; i++) {
		ino_t ino;

		close(make_file(short_name(i), 100, 'f'));
		ino = ino_of(short_name(i));
		if (ino > PG / 128 && ino <= 2 * PG / 128)
			lost = lost < 0 ? i : lost;
	}
	must_be(lost > 0);
	must(umount_fs());
	open_disk();
	move_inode_table();
	close_disk();
	must(mount_fs(""));

	for (int i = 0; i < 40; i++) {
		errno = 0;
		if (stat(short_name(i), &st) == 0)
			good++;
		else
			bad += errno == EIO;
	}
	ok(good > 0 && bad > 0, "files are there as far as their part of the inode table is");
	is(good + bad, 40, "the others are EIO");
	fails(stat(short_name(lost), &st), EIO, "and stay so");
	fails(open(short_name(lost), O_RDONLY), EIO, "open is EIO");
	fails(unlink(short_name(lost)), EIO, "unlink is EIO");
	/* one driver reads the table first, the other when it writes it */
	fd = open("m/new", O_CREAT | O_WRONLY, 0644);
	ok((fd < 0 || fsync(fd) < 0) && errno == EIO, "a file whose inode is there is not made, or not synced");
	if (fd >= 0)
		close(fd);
	works(unlink(short_name(0)), "a file with an inode can be removed");
	list("m", &ends);
	is(ends, 0, "their names can be read");
	works(umount_fs(), "umount works");
}

static void test_inode_bitmap(void)
{
	struct stat st;

	make_fs();
	must(mount_fs(""));
	close(make_file("m/old", 100, 'o'));
	must(umount_fs());
	open_disk();
	put32(bad_fs.group + 4, BAD_READ);
	close_disk();
	must(mount_fs(""));

	/* one driver says what happened, the other looks for inodes elsewhere */
	ok(open("m/new", O_CREAT | O_WRONLY, 0644) < 0 && (errno == EIO || errno == ENOSPC),
	   "no file is made with a bad inode bitmap");
	ok(mkdir("m/dir", 0755) < 0 && (errno == EIO || errno == ENOSPC), "no directory");
	fails(stat("m/new", &st), ENOENT, "nothing of it is left");
	works(stat("m/old", &st), "what there was is there");
	works(unlink("m/old"), "and can be removed");
	works(umount_fs(), "umount works");
}

static void test_block_bitmap(void)
{
	int fd, err;

	make_fs();
	must(mount_fs(""));
	close(make_file("m/old", 4 * PG, 'o'));
	must(umount_fs());
	open_disk();
	put32(bad_fs.group, BAD_READ);
	close_disk();
	must(mount_fs(""));

	fd = must(open("m/old", O_RDWR));
	is(pread(fd, buf, PG, 0), PG, "with a bad block bitmap a file is readable");
	is(pwrite(fd, "new", 3, 0), 3, "and writable where it has blocks");
	is(fsync(fd), 0, "and durable");
	/* the one filesystem reserves when writing, the other allocates */
	memset(buf, 'n', PG);
	err = pwrite(fd, buf, PG, 8 * PG) < 0 || fsync(fd) < 0 ? errno : 0;
	ok(err == EIO || err == ENOSPC, "but gets no new ones");
	is(ftruncate(fd, PG), 0, "it can be cut");
	close(fd);
	works(unlink("m/old"), "and removed");
	works(umount_fs(), "umount works");
}

/* What errors=remount-ro is for: the filesystem found itself unable to read its own. */
static void test_remount(void)
{
	make_fs();
	open_disk();
	put32(bad_fs.group + 4, BAD_READ);
	close_disk();
	must(mount_fs("errors=remount-ro"));
	works(chmod("m/lost+found", 0755), "errors=remount-ro: the filesystem is writable");
	ok(mkdir("m/dir", 0755) < 0, "until it cannot read its inode bitmap");
	/* one driver says that it is read-only, the other that it is shut */
	ok(chmod("m/lost+found", 0700) < 0 && (errno == EROFS || errno == EIO), "then not any more");
	works(umount_fs(), "umount works");
}

/* Blocks of a file beyond an indirect block that cannot be read are lost; the disk says so. */
static void test_lost_blocks(void)
{
	ino_t ino;

	make_fs();
	must(mount_fs(""));
	close(make_file("m/file", 20 * PG, 'f'));
	ino = ino_of("m/file");
	must(umount_fs());
	open_disk();
	is(get16(SUPER + 58) & 2, 0, "a new disk has no errors");
	redirect_table(ino, NDIR, BAD_READ);
	close_disk();
	must(mount_fs(""));
	works(unlink("m/file"), "a file whose indirect block is bad can be removed");
	must(umount_fs());
	open_disk();
	is(get16(SUPER + 58) & 2, 2, "the disk is marked to be checked for blocks that are lost");
	close_disk();
}

static void test_no_super(void)
{
	int fd = open(NODISK, O_RDWR | O_CLOEXEC);

	if (fd < 0) {
		skip("there is no such disk", "a disk without a readable super block");
		return;
	}
	fails(mount(NODISK, "m", "ext2", 0, ""), EIO, "mount without a readable super block is EIO");
	fails(mount(NODISK, "m", "ext2", MS_RDONLY, ""), EIO, "read-only too");
	fails(pread(fd, buf, PG, 0), EIO, "a read of it is EIO");
	is(pread(fd, buf, PG, PG), PG, "the page behind it is readable");
	is(pwrite(fd, buf, PG, 64 * KiB), PG, "a disk that cannot flush takes data");
	fails(fsync(fd), EIO, "fsync is EIO");
	is(pwrite(fd, buf, PG, 64 * KiB), PG, "and takes more");
	fails(fdatasync(fd), EIO, "fdatasync is EIO");
	is(close(fd), 0, "close is not");
}

int main(void)
{
	if (!bad_disk("bad blocks of a filesystem's own"))
		return done();
	test_directory();
	test_inode_table();
	test_inode_bitmap();
	test_block_bitmap();
	test_remount();
	test_lost_blocks();
	test_no_super();
	return done();
}
