// SPDX-License-Identifier: GPL-2.0-only
/*
 * stat, lstat, fstat, statx; times and utimensat; chmod, chown, access.
 */
#include "tap.h"
#include <sys/sysmacros.h>

static void fields(const char *fs)
{
	int fd = make_file("f", 5000, 'f');
	struct stat st, lst, dir;

	must(fsync(fd));
	is(stat("f", &st), 0, "%s: stat", fs);
	is(st.st_size, 5000, "%s: size", fs);
	is(st.st_mode, S_IFREG | 0644, "%s: type and mode", fs);
	ok(st.st_uid == geteuid() && st.st_gid == getegid(), "%s: owner", fs);
	ok(st.st_blocks * 512 >= 5000 && st.st_blocks <= 32, "%s: blocks are counted in 512 bytes", fs);
	ok(st.st_blksize >= 512 && !(st.st_blksize & (st.st_blksize - 1)), "%s: block size", fs);
	must(stat(".", &dir));
	is(dir.st_dev, st.st_dev, "%s: the device is the directory's", fs);
	ok(dir.st_ino != st.st_ino && st.st_ino, "%s: the inode number is its own", fs);
	must(fstat(fd, &lst));
	ok(lst.st_ino == st.st_ino && lst.st_size == st.st_size, "%s: fstat agrees", fs);
	must(symlink("f", "l"));
	must(lstat("l", &lst));
	is(lst.st_mode, S_IFLNK | 0777, "%s: lstat of a link is the link", fs);
	is(lst.st_size, 1, "%s: its size is its length", fs);
	must(stat("l", &lst));
	is(lst.st_ino, st.st_ino, "%s: stat follows it", fs);
	must(link("f", "f2"));
	must(stat("f2", &lst));
	ok(lst.st_nlink == 2 && lst.st_ino == st.st_ino, "%s: a hard link is the same inode", fs);
	must(mkdir("d", 0750));
	must(stat("d", &st));
	is(st.st_mode, S_IFDIR | 0750, "%s: a directory", fs);
	is(st.st_nlink, 2, "%s: has two links", fs);
	must(mkdir("d/e", 0755));
	must(stat("d", &st));
	is(st.st_nlink, 3, "%s: and one more for each subdirectory", fs);
	must(rmdir("d/e"));
	must(stat("d", &st));
	is(st.st_nlink, 2, "%s: which goes away with it", fs);
	fails(stat("none", &st), ENOENT, "%s: a missing file is ENOENT", fs);
	fails(stat("f/x", &st), ENOTDIR, "%s: below a file it is ENOTDIR", fs);
	fails(stat("", &st), ENOENT, "%s: the empty path is ENOENT", fs);
	fails(fstat(999, &st), EBADF, "%s: fstat of a closed descriptor", fs);
	is(fstatat(fd, "", &st, AT_EMPTY_PATH), 0, "%s: AT_EMPTY_PATH is the descriptor", fs);
	is(st.st_size, 5000, "%s: itself", fs);
	fails(fstatat(AT_FDCWD, "f", &st, 0x8000), EINVAL, "%s: an unknown flag is EINVAL", fs);
	close(fd);
}

static void extended(const char *fs)
{
	struct statx sx;
	struct stat st;
	int fd = make_file("x", 100, 'x'), proc;
	char text[64], *info;

	must(fstat(fd, &st));
	is(statx(AT_FDCWD, "x", 0, STATX_BASIC_STATS, &sx), 0, "%s: statx", fs);
	is(sx.stx_mask & STATX_BASIC_STATS, STATX_BASIC_STATS, "%s: gives the basic fields", fs);
	ok(sx.stx_ino == st.st_ino && sx.stx_size == 100 && sx.stx_mode == st.st_mode &&
	   sx.stx_nlink == 1 && sx.stx_mtime.tv_sec == st.st_mtim.tv_sec &&
	   sx.stx_mtime.tv_nsec == st.st_mtim.tv_nsec, "%s: which agree with stat", fs);
	is(makedev(sx.stx_dev_major, sx.stx_dev_minor), st.st_dev, "%s: also the device", fs);
	is(statx(fd, "", AT_EMPTY_PATH, STATX_SIZE, &sx), 0, "%s: of a descriptor", fs);
	is(sx.stx_size, 100, "%s: its size", fs);
	snprintf(text, sizeof(text), "/proc/self/fdinfo/%d", fd);
	info = slurp(text);
	snprintf(text, sizeof(text), "mnt_id:\t%lu\n", ((uint64_t *)&sx)[0x90 / 8]);
	ok((sx.stx_mask & 0x1000) && info && strstr(info, text), "%s: its mount, as fdinfo says", fs);
	free(info);
	must(statx(AT_FDCWD, "/proc", 0, STATX_SIZE, &sx));
	ok(sx.stx_attributes_mask & sx.stx_attributes & 0x2000, "%s: /proc is the root of a mount", fs);
	proc = must(open("/proc", O_PATH)), must(statx(proc, "", AT_EMPTY_PATH, STATX_SIZE, &sx));
	ok(sx.stx_attributes & 0x2000, "%s: also by a descriptor", fs);
	close(proc);
	fails(statx(AT_FDCWD, "x", 0, 1u << 31, &sx), EINVAL, "%s: the reserved mask bit is EINVAL", fs);
	fails(statx(AT_FDCWD, "x", AT_STATX_FORCE_SYNC | AT_STATX_DONT_SYNC, STATX_SIZE, &sx), EINVAL,
	      "%s: contradicting flags are EINVAL", fs);
	close(fd);
}

static bool later(struct timespec a, struct timespec b)
{
	return a.tv_sec > b.tv_sec || (a.tv_sec == b.tv_sec && a.tv_nsec >= b.tv_nsec);
}

static void times(const char *fs)
{
	struct timespec ts[2] = { { 1000, 5 }, { 2000, 7 } }, before;
	int fd = make_file("t", 10, 't');
	struct stat st, dir;
	char c;

	is(utimensat(AT_FDCWD, "t", ts, 0), 0, "%s: utimensat", fs);
	must(stat("t", &st));
	ok(st.st_atim.tv_sec == 1000 && st.st_mtim.tv_sec == 2000, "%s: sets atime and mtime", fs);
	clock_gettime(CLOCK_REALTIME_COARSE, &before);
	before.tv_nsec = 0;
	ok(later(st.st_ctim, before) || before.tv_sec - st.st_ctim.tv_sec < 30, "%s: ctime is now", fs);
	ts[0].tv_nsec = UTIME_OMIT, ts[1].tv_nsec = UTIME_NOW;
	is(futimens(fd, ts), 0, "%s: UTIME_OMIT and UTIME_NOW", fs);
	must(stat("t", &st));
	is(st.st_atim.tv_sec, 1000, "%s: the one is left", fs);
	ok(st.st_mtim.tv_sec > 1000000, "%s: the other is now", fs);
	ts[0] = (struct timespec){ 1, 0 }, ts[1] = (struct timespec){ 1, 0 };
	must(futimens(fd, ts));
	must_be(pwrite(fd, "w", 1, 0) == 1);
	must(stat("t", &st));
	ok(st.st_mtim.tv_sec > 1000000, "%s: write sets mtime", fs);
	must(futimens(fd, ts));
	must_be(pread(fd, &c, 1, 0) == 1);
	must(stat("t", &st));
	is(st.st_mtim.tv_sec, 1, "%s: read does not", fs);
	must(ftruncate(fd, 5));
	must(stat("t", &st));
	ok(st.st_mtim.tv_sec > 1000000, "%s: ftruncate sets mtime", fs);
	must(futimens(fd, ts));
	must(chmod("t", 0600));
	must(stat("t", &st));
	is(st.st_mtim.tv_sec, 1, "%s: chmod leaves mtime", fs);
	ok(st.st_ctim.tv_sec > 1000000, "%s: and sets ctime", fs);
	must(mkdir("td", 0755));
	must(utimensat(AT_FDCWD, "td", ts, 0));
	close(make_file("td/x", 0, 0));
	must(stat("td", &dir));
	ok(dir.st_mtim.tv_sec > 1000000, "%s: a new entry sets the directory's mtime", fs);
	must(utimensat(AT_FDCWD, "td", ts, 0));
	must(unlink("td/x"));
	must(stat("td", &dir));
	ok(dir.st_mtim.tv_sec > 1000000, "%s: so does its removal", fs);
	ts[0].tv_nsec = 1000000000;
	fails(utimensat(AT_FDCWD, "t", ts, 0), EINVAL, "%s: a billion nanoseconds is EINVAL", fs);
	close(fd);
}

static void modes(const char *fs)
{
	int fd = make_file("m", 10, 'm');
	struct stat st;

	is(chmod("m", 04751), 0, "%s: chmod", fs);
	must(stat("m", &st));
	is(st.st_mode, S_IFREG | 04751, "%s: sets all 12 bits", fs);
	is(fchmod(fd, 0100777), 0, "%s: fchmod", fs);
	must(stat("m", &st));
	is(st.st_mode, S_IFREG | 0777, "%s: ignores the type", fs);
	is(chown("m", 12, 34), 0, "%s: chown", fs);
	must(stat("m", &st));
	ok(st.st_uid == 12 && st.st_gid == 34, "%s: sets both", fs);
	is(chown("m", -1, 56), 0, "%s: -1", fs);
	must(stat("m", &st));
	ok(st.st_uid == 12 && st.st_gid == 56, "%s: leaves one", fs);
	is(fchown(fd, 100000, 70000), 0, "%s: ids above 16 bits", fs);
	must(stat("m", &st));
	ok(st.st_uid == 100000 && st.st_gid == 70000, "%s: are kept", fs);
	must(chmod("m", 06777));
	must(chown("m", 1, 1));
	must(stat("m", &st));
	is(st.st_mode & 07777, 0777, "%s: chown of an executable clears its set-id bits", fs);
	must(symlink("m", "ml"));
	must(lchown("ml", 77, 78));
	must(lstat("ml", &st));
	is(st.st_uid, 77, "%s: lchown changes the link", fs);
	must(stat("ml", &st));
	is(st.st_uid, 1, "%s: not its target", fs);
	fails(chmod("none", 0), ENOENT, "%s: chmod of a missing file", fs);
	fails(fchmod(999, 0), EBADF, "%s: fchmod of a closed descriptor", fs);
	close(fd);
}

static void check_access(void *arg)
{
	(void)arg;
	CHECK(!setresgid(500, 500, 500) && !setresuid(1000, 1000, 1000));
	CHECK(!access("m640", F_OK));
	CHECK(!access("m640", R_OK));
	CHECK_ERR(access("m640", W_OK), EACCES);
	CHECK_ERR(access("m640", R_OK | W_OK), EACCES);
	CHECK_ERR(access("m640", X_OK), EACCES);
	CHECK_ERR(access("m600", R_OK), EACCES);
	CHECK_ERR(access("none", R_OK), ENOENT);
	CHECK_ERR(access("m640", 8), EINVAL);
}

static void accessing(const char *fs)
{
	close(make_file("m640", 1, 1)), close(make_file("m600", 1, 1));
	must(chmod("m640", 0640)), must(chmod("m600", 0600));
	must(chown("m640", 0, 500));
	is(child(check_access, NULL), 0, "%s: access checks the real user: group bits, EACCES, ENOENT, EINVAL", fs);
	is(access("m600", R_OK | W_OK), 0, "%s: root may read and write anything", fs);
	fails(access("m600", X_OK), EACCES, "%s: but execute only what somebody may execute", fs);
}

static void both(const char *fs)
{
	umask(022);
	fields(fs);
	extended(fs);
	times(fs);
	modes(fs);
	accessing(fs);
}

int main(void)
{
	on_both(both);
	return done();
}
