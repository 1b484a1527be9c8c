// SPDX-License-Identifier: GPL-2.0-only
/*
 * rename and renameat2: replacing, RENAME_NOREPLACE, RENAME_EXCHANGE, errors.
 */
#include "tap.h"

static int rename2(const char *from, const char *to, unsigned int flags)
{
	return syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, flags);
}

static ino_t ino(const char *path)
{
	struct stat st;

	return lstat(path, &st) ? 0 : st.st_ino;
}

static nlink_t links(const char *path)
{
	struct stat st;

	return lstat(path, &st) ? 0 : st.st_nlink;
}

static void file(const char *name, int c)
{
	close(make_file(name, 10, c));
}

static void files(const char *fs)
{
	int old;
	ino_t a, b;

	file("a", 'a'), file("b", 'b');
	a = ino("a"), b = ino("b");
	old = must(open("b", O_RDONLY));
	is(rename("a", "b"), 0, "%s: rename over a file", fs);
	is(ino("b"), a, "%s: gives it the name", fs);
	is(ino("a"), 0, "%s: and takes away the old one", fs);
	is(file_byte(old, 0), 'b', "%s: the replaced file lives while it is open", fs);
	close(old);
	is(rename("b", "b"), 0, "%s: to itself does nothing", fs);
	must(link("b", "c"));
	is(rename("b", "c"), 0, "%s: to another link of the same file does nothing", fs);
	ok(ino("b") == a && ino("c") == a, "%s: both names stay", fs);
	must(mkdir("d", 0755));
	is(rename("c", "d/c"), 0, "%s: into another directory", fs);
	is(ino("d/c"), a, "%s: it is there", fs);
	fails(rename("none", "x"), ENOENT, "%s: a missing file is ENOENT", fs);
	fails(rename("b", "none/x"), ENOENT, "%s: a missing directory is ENOENT", fs);
	fails(rename("b", "d"), EISDIR, "%s: a file over a directory is EISDIR", fs);
	fails(rename("b", "d/c/x"), ENOTDIR, "%s: below a file is ENOTDIR", fs);
	fails(rename("b/", "x"), ENOTDIR, "%s: a file with a slash is ENOTDIR", fs);
	fails(rename("b", "x/"), ENOTDIR, "%s: on the new name too", fs);
	fails(rename("b", "/dev/x"), EXDEV, "%s: to another filesystem is EXDEV", fs);
	fails(rename("", "x"), ENOENT, "%s: an empty name is ENOENT", fs);
	must(symlink("b", "sl"));
	is(rename("sl", "sl2"), 0, "%s: a symbolic link", fs);
	ok(!ino("sl") && ino("sl2") && ino("b") == a, "%s: is renamed itself", fs);
	is(rename("b", "sl2"), 0, "%s: over a symbolic link", fs);
	is(ino("sl2"), a, "%s: replaces the link", fs);
	(void)b;
}

static void dirs(const char *fs)
{
	ino_t p;

	must(mkdir("p", 0755)), must(mkdir("p/q", 0755)), must(mkdir("empty", 0755));
	must(mkdir("full", 0755)), file("full/x", 'x');
	p = ino("p");
	fails(rename("p", "full"), ENOTEMPTY, "%s: over a directory that is not empty is ENOTEMPTY", fs);
	fails(rename("p", "full/x"), ENOTDIR, "%s: a directory over a file is ENOTDIR", fs);
	fails(rename("p", "p/q/r"), EINVAL, "%s: into itself is EINVAL", fs);
	fails(rename("p/q", "p"), ENOTEMPTY, "%s: over its own parent is ENOTEMPTY", fs);
	fails(rename("p/.", "x"), EBUSY, "%s: of dot is EBUSY", fs);
	fails(rename("full", "p/.."), EBUSY, "%s: to dot-dot is EBUSY", fs);
	is(rename("p", "empty"), 0, "%s: over an empty directory", fs);
	is(ino("empty"), p, "%s: takes its place", fs);
	is(ino("empty/q"), ino("empty/q/."), "%s: with what is below", fs);
	is(links("empty"), 3, "%s: and its link count", fs);
	is(rename("empty/q", "full/q"), 0, "%s: a directory to another parent", fs);
	is(links("empty"), 2, "%s: the old parent loses a link", fs);
	is(links("full"), 3, "%s: the new one gains it", fs);
	is(ino("full/q/.."), ino("full"), "%s: dot-dot leads to the new parent", fs);
	is(rename("full/q/", "full/r/"), 0, "%s: slashes behind directories are fine", fs);
	must(chdir("full/r"));
	must(rename("../../full", "../../moved"));
	is(ino(".."), ino("../../moved"), "%s: a working directory moves along", fs);
	must(chdir("../.."));
}

static void noreplace(const char *fs)
{
	file("n1", '1'), file("n2", '2');
	if (rename2("n1", "n2", RENAME_NOREPLACE) == -1 && errno == EINVAL) {
		skip("not supported", "%s: RENAME_NOREPLACE", fs);
		return;
	}
	fails(rename2("n1", "n2", RENAME_NOREPLACE), EEXIST, "%s: RENAME_NOREPLACE over a file is EEXIST", fs);
	ok(ino("n1") && ino("n2"), "%s: both stay", fs);
	is(rename2("n1", "n3", RENAME_NOREPLACE), 0, "%s: to a free name it works", fs);
	fails(rename2("n3", "n3", RENAME_NOREPLACE), EEXIST, "%s: to itself is EEXIST", fs);
	fails(rename2("n3", "n4", 0x100), EINVAL, "%s: an unknown flag is EINVAL", fs);
	fails(rename2("n3", "n2", RENAME_NOREPLACE | RENAME_EXCHANGE), EINVAL,
	      "%s: NOREPLACE with EXCHANGE is EINVAL", fs);
}

static void exchange(const char *fs)
{
	ino_t f, d, l;

	must(mkdir("xd", 0755)), must(mkdir("xd/sub", 0755)), must(mkdir("xe", 0755));
	file("xf", 'f');
	must(symlink("xf", "xl"));
	f = ino("xf"), d = ino("xd/sub"), l = ino("xl");
	if (rename2("xf", "xl", RENAME_EXCHANGE) == -1 && errno == EINVAL) {
		skip("not supported", "%s: RENAME_EXCHANGE", fs);
		return;
	}
	ok(ino("xf") == l && ino("xl") == f, "%s: RENAME_EXCHANGE swaps a file and a link", fs);
	is(rename2("xl", "xd/sub", RENAME_EXCHANGE), 0, "%s: a file and a directory", fs);
	ok(ino("xl") == d && ino("xd/sub") == f, "%s: swap places", fs);
	is(ino("xl/.."), ino("."), "%s: the directory's dot-dot is right", fs);
	is(links("xd"), 2, "%s: the parent that lost it counts right", fs);
	fails(rename2("xf", "none", RENAME_EXCHANGE), ENOENT, "%s: with a missing name is ENOENT", fs);
	fails(rename2("xd", "xd/sub", RENAME_EXCHANGE), EINVAL, "%s: with something inside itself is EINVAL", fs);
	must(rename("xl", "xd/s2"));
	fails(rename2("xd/s2", "xd", RENAME_EXCHANGE), EINVAL, "%s: with an ancestor is EINVAL", fs);
	is(rename2("xd", "xe", RENAME_EXCHANGE), 0, "%s: two directories", fs);
	ok(ino("xe/s2") == d && links("xe") == 3 && links("xd") == 2, "%s: swap with all below", fs);
}

/* A replaced file's name never is missing, whoever looks. */
static void looker(void *arg)
{
	volatile int *stop = arg;

	while (!*stop)
		CHECK(access("always", F_OK) == 0);
}

static void atomic(const char *fs)
{
	int *stop = shared_alloc(PG);
	pid_t pid;

	file("always", 'a');
	pid = spawn(looker, stop);
	for (int i = 0; i < 300; i++) {
		file("next", i);
		must(rename("next", "always"));
	}
	*stop = 1;
	is(reap(pid), 0, "%s: during 300 replacements the name is always there", fs);
}

static void both(const char *fs)
{
	files(fs);
	dirs(fs);
	noreplace(fs);
	exchange(fs);
	atomic(fs);
}

int main(void)
{
	on_both(both);
	return done();
}
