// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hard links, symbolic links, readlink, unlink (also while open), rmdir.
 */
#include "tap.h"

static nlink_t links(const char *path)
{
	struct stat st;

	return lstat(path, &st) ? 0 : st.st_nlink;
}

static void hard(const char *fs)
{
	int fd = make_file("a", 10, 'a'), fd2;

	is(link("a", "b"), 0, "%s: link", fs);
	is(links("a"), 2, "%s: counts", fs);
	fd2 = must(open("b", O_RDWR));
	file_poke(fd2, 0, 'B');
	is(file_byte(fd, 0), 'B', "%s: both names are one file", fs);
	fails(link("a", "b"), EEXIST, "%s: an existing name is EEXIST", fs);
	fails(link("none", "c"), ENOENT, "%s: a missing file is ENOENT", fs);
	must(mkdir("d", 0755));
	fails(link("d", "d2"), EPERM, "%s: a directory is EPERM", fs);
	fails(link("a", "a/x"), ENOTDIR, "%s: into a file is ENOTDIR", fs);
	fails(link("a", "/dev/x"), EXDEV, "%s: to another filesystem is EXDEV", fs);
	must(symlink("a", "s"));
	is(link("s", "s2"), 0, "%s: link of a symbolic link", fs);
	is(links("s2"), 2, "%s: links the link", fs);
	is(linkat(AT_FDCWD, "s", AT_FDCWD, "s3", AT_SYMLINK_FOLLOW), 0, "%s: AT_SYMLINK_FOLLOW", fs);
	is(links("a"), 3, "%s: links its target", fs);
	must(unlink("a"));
	is(links("b"), 2, "%s: unlink of one name keeps the others", fs);
	is(file_byte(fd2, 0), 'B', "%s: and the data", fs);
	close(fd), close(fd2);
}

static void many_links(const char *fs)
{
	char name[20];
	int i;

	close(make_file("many", 1, 'm'));
	for (i = 0; i < 200; i++) {
		snprintf(name, sizeof(name), "many%d", i);
		if (link("many", name))
			break;
	}
	is(links("many"), 201, "%s: two hundred names for one file", fs);
	while (i--) {
		snprintf(name, sizeof(name), "many%d", i);
		must(unlink(name));
	}
	is(links("many"), 1, "%s: and removed again", fs);
}

static void symbolic(const char *fs)
{
	char target[5000], buf[5000];
	struct stat st;

	is(symlink("to/somewhere", "sl"), 0, "%s: symlink needs no target", fs);
	is(readlink("sl", buf, sizeof(buf)), 12, "%s: readlink gives its length", fs);
	ok(!memcmp(buf, "to/somewhere", 12), "%s: and content", fs);
	is(readlink("sl", buf, 5), 5, "%s: cut to the buffer", fs);
	fails(readlink("sl", buf, 0), EINVAL, "%s: an empty buffer is EINVAL", fs);
	fails(symlink("x", "sl"), EEXIST, "%s: an existing name is EEXIST", fs);
	fails(symlink("", "e"), ENOENT, "%s: an empty target is ENOENT", fs);
	fails(readlink("none", buf, 5), ENOENT, "%s: readlink of nothing", fs);
	close(make_file("plain", 1, 1));
	fails(readlink("plain", buf, 5), EINVAL, "%s: readlink of a file is EINVAL", fs);
	/* Fast links live in the inode up to 59 bytes, longer ones in a block. */
	for (int len = 55; len < 65; len++) {
		memset(target, 'x', len), target[len] = 0;
		must(symlink(target, "var"));
		if (readlink("var", buf, sizeof(buf)) != len || memcmp(buf, target, len))
			break;
		must(unlink("var"));
		if (len == 64)
			ok(true, "%s: targets of 55 to 64 bytes are kept", fs);
	}
	if (access("var", F_OK) == 0)
		ok(false, "%s: targets of 55 to 64 bytes are kept", fs);
	memset(target, '/', 1000), strcpy(target + 1000, "dev/null");
	is(symlink(target, "long"), 0, "%s: a target of 1008 bytes", fs);
	is(readlink("long", buf, sizeof(buf)), 1008, "%s: is kept", fs);
	is(stat("long", &st), 0, "%s: and followed", fs);
	ok(S_ISCHR(st.st_mode), "%s: to its end", fs);
	memset(target, 'x', 4096), target[4096] = 0;
	fails(symlink(target, "toolong"), ENAMETOOLONG, "%s: one of 4096 is ENAMETOOLONG", fs);
}

static void following(const char *fs)
{
	char a[20], b[20];
	struct stat st;

	must(mkdir("dir", 0755));
	close(make_file("dir/file", 7, 'f'));
	must(symlink("dir", "ld")), must(symlink("../dir/file", "dir/up"));
	is(stat("ld/file", &st), 0, "%s: a link in the middle of a path", fs);
	is(stat("ld/up", &st), 0, "%s: a relative link starts at its own directory", fs);
	is(st.st_size, 7, "%s: and finds the file", fs);
	is(lstat("ld/", &st), 0, "%s: lstat with a trailing slash", fs);
	ok(S_ISDIR(st.st_mode), "%s: follows the link", fs);
	must(symlink("dir/file", "c0"));
	for (int i = 1; i <= 40; i++) {
		snprintf(a, sizeof(a), "c%d", i - 1), snprintf(b, sizeof(b), "c%d", i);
		must(symlink(a, b));
	}
	is(stat("c39", &st), 0, "%s: a chain of 40 links is followed", fs);
	fails(stat("c40", &st), ELOOP, "%s: one of 41 is ELOOP", fs);
	fails(rmdir("ld"), ENOTDIR, "%s: rmdir of a link is ENOTDIR", fs);
	is(unlink("ld"), 0, "%s: unlink removes the link", fs);
	is(stat("dir/file", &st), 0, "%s: not the target", fs);
}

/* A file without a name gets one by its descriptor. */
static void by_descriptor(void *arg)
{
	int theirs = *(int *)arg, fd;

	CHECK(!setresgid(1000, 1000, 1000) && !setresuid(1000, 1000, 1000));
	fd = open(".", O_TMPFILE | O_RDWR, 0600);
	CHECK(fd >= 0);
	CHECK(!linkat(fd, "", AT_FDCWD, "named", AT_EMPTY_PATH));
	CHECK(!access("named", R_OK) && !unlink("named"));
	CHECK_ERR(linkat(theirs, "", AT_FDCWD, "named", AT_EMPTY_PATH), ENOENT);
}

static void nameless(const char *fs)
{
	int fd = must(open(".", O_TMPFILE | O_RDWR, 0666));
	struct stat st;
	char link[64], path[PATH_MAX] = "", want[32];

	must(chmod(".", 0777));
	is(child(by_descriptor, &fd), 0, "%s: linkat() by a descriptor that one has opened oneself, no other", fs);
	must(chmod(".", 0755));
	must(fstat(fd, &st));
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	snprintf(want, sizeof(want), "/#%lu (deleted)", st.st_ino);
	must(readlink(link, path, sizeof(path) - 1));
	ok(strlen(path) > strlen(want) && !strcmp(path + strlen(path) - strlen(want), want),
	   "%s: it is called by its number (%s)", fs, path);
	close(fd);
}

static void removal(const char *fs)
{
	int fd = make_file("gone", 100, 'g'), d;
	struct stat st;
	char cwd[100];

	is(unlink("gone"), 0, "%s: unlink of an open file", fs);
	fails(open("gone", O_RDONLY), ENOENT, "%s: its name is gone", fs);
	is(file_byte(fd, 99), 'g', "%s: its data is there", fs);
	is(pwrite(fd, "more", 4, 100000), 4, "%s: it can grow", fs);
	must(fstat(fd, &st));
	ok(st.st_nlink == 0 && st.st_size == 100004, "%s: without a link", fs);
	close(fd);
	must(mkdir("e", 0755)), must(mkdir("e/sub", 0755));
	fails(unlink("e"), EISDIR, "%s: unlink of a directory is EISDIR", fs);
	fails(rmdir("e"), ENOTEMPTY, "%s: rmdir of one that is not empty is ENOTEMPTY", fs);
	fails(rmdir("e/sub/."), EINVAL, "%s: rmdir of dot is EINVAL", fs);
	fails(rmdir("e/sub/.."), ENOTEMPTY, "%s: of dot-dot ENOTEMPTY", fs);
	fails(rmdir("none"), ENOENT, "%s: of nothing ENOENT", fs);
	close(make_file("pl", 1, 1));
	fails(rmdir("pl"), ENOTDIR, "%s: of a file ENOTDIR", fs);
	fails(unlink("pl/"), ENOTDIR, "%s: unlink of a file with a slash is ENOTDIR", fs);
	fails(unlinkat(AT_FDCWD, "pl", AT_REMOVEDIR), ENOTDIR, "%s: AT_REMOVEDIR of a file is ENOTDIR", fs);
	fails(unlinkat(AT_FDCWD, "pl", 4), EINVAL, "%s: an unknown flag is EINVAL", fs);
	d = must(open("e/sub", O_RDONLY | O_DIRECTORY));
	is(rmdir("e/sub"), 0, "%s: rmdir of an open directory", fs);
	must(fstat(d, &st));
	is(st.st_nlink, 0, "%s: leaves it without a link", fs);
	fails(fstatat(d, "x", &st, 0), ENOENT, "%s: and nothing can be found in it", fs);
	fails(mkdirat(d, "x", 0755), ENOENT, "%s: or made", fs);
	close(d);
	must(mkdir("e/cwd", 0755));
	must(chdir("e/cwd"));
	is(rmdir("../cwd"), 0, "%s: rmdir of the working directory", fs);
	fails(syscall(SYS_getcwd, cwd, sizeof(cwd)), ENOENT, "%s: getcwd is ENOENT then", fs);
	is(chdir(".."), 0, "%s: chdir to dot-dot works still", fs);
	must(chdir(".."));
	is(rmdir("e"), 0, "%s: and the empty parent can be removed", fs);
	fails(rmdir("/"), EBUSY, "%s: rmdir of the root is EBUSY", fs);
}

static void directories(const char *fs)
{
	fails(mkdir("dir", 0755), EEXIST, "%s: mkdir of an existing name is EEXIST", fs);
	fails(mkdir("pl", 0755), EEXIST, "%s: also of a file", fs);
	fails(mkdir("x/y", 0755), ENOENT, "%s: below nothing is ENOENT", fs);
	fails(mkdir("pl/y", 0755), ENOTDIR, "%s: below a file is ENOTDIR", fs);
	is(mkdir("slash/", 0755), 0, "%s: with a trailing slash it works", fs);
	fails(mkdir("/", 0755), EEXIST, "%s: the root is EEXIST", fs);
	fails(mkdir("dir/.", 0755), EEXIST, "%s: dot is EEXIST", fs);
}

static void both(const char *fs)
{
	umask(022);
	hard(fs);
	many_links(fs);
	symbolic(fs);
	following(fs);
	nameless(fs);
	removal(fs);
	directories(fs);
}

int main(void)
{
	on_both(both);
	return done();
}
