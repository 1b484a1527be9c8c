// SPDX-License-Identifier: GPL-2.0-only
/*
 * open: flags, creation, errno; path resolution errors; openat.
 */
#include "tap.h"
#include <sys/resource.h>
#include <sys/syscall.h>

#ifndef O_TMPFILE
#define O_TMPFILE (020000000 | O_DIRECTORY)
#endif

static void creation(const char *fs)
{
	struct stat st;
	int fd;

	fails(open("f", O_RDWR), ENOENT, "%s: a missing file is ENOENT", fs);
	umask(022);
	fd = open("f", O_RDWR | O_CREAT, 0666);
	ok(fd >= 0, "%s: O_CREAT makes it", fs);
	must(fstat(fd, &st));
	is(st.st_mode, S_IFREG | 0644, "%s: with mode & ~umask", fs);
	is(st.st_size, 0, "%s: empty", fs);
	is(st.st_nlink, 1, "%s: with one link", fs);
	must_be(write(fd, "data", 4) == 4);
	close(fd);
	fails(open("f", O_RDWR | O_CREAT | O_EXCL, 0666), EEXIST, "%s: O_EXCL of an existing file is EEXIST", fs);
	fd = open("f", O_RDWR | O_CREAT, 0600);
	is(file_size(fd), 4, "%s: O_CREAT of an existing file opens it", fs);
	must(fstat(fd, &st));
	is(st.st_mode & 07777, 0644, "%s: without changing its mode", fs);
	close(fd);
	fd = must(open("f", O_RDWR | O_TRUNC));
	is(file_size(fd), 0, "%s: O_TRUNC empties it", fs);
	close(fd);
	umask(0);
	fd = must(open("g", O_RDWR | O_CREAT, 0));
	is(write(fd, "x", 1), 1, "%s: the creator may write a mode 0 file through its descriptor", fs);
	must(fstat(fd, &st));
	is(st.st_mode, S_IFREG, "%s: mode 0", fs);
	close(fd);
	fd = must(open("h", O_RDONLY | O_CREAT | O_TRUNC, 06777));
	must(fstat(fd, &st));
	is(st.st_mode & 07777, 06777, "%s: set-id bits can be given", fs);
	umask(022);
	close(fd);
}

static void kinds(const char *fs)
{
	int fd;

	must(mkdir("d", 0755));
	must(symlink("missing", "dangling"));
	must(symlink("d", "todir"));
	must(symlink("loop2", "loop1")), must(symlink("loop1", "loop2"));
	close(make_file("plain", 3, 'p'));
	fails(open("d", O_WRONLY), EISDIR, "%s: a directory for writing is EISDIR", fs);
	fails(open("d", O_RDWR | O_CREAT, 0644), EISDIR, "%s: also with O_CREAT", fs);
	fails(open("d", O_RDONLY | O_CREAT, 0644), EISDIR, "%s: O_CREAT of a directory even for reading", fs);
	works(fd = open("d", O_RDONLY), "%s: for reading it opens", fs);
	close(fd);
	fails(open("plain", O_RDONLY | O_DIRECTORY), ENOTDIR, "%s: O_DIRECTORY of a file is ENOTDIR", fs);
	works(fd = open("todir", O_RDONLY | O_DIRECTORY), "%s: of a link to a directory it works", fs);
	close(fd);
	fails(open("todir", O_RDONLY | O_NOFOLLOW), ELOOP, "%s: O_NOFOLLOW of a link is ELOOP", fs);
	fails(open("todir", O_RDONLY | O_NOFOLLOW | O_DIRECTORY), ENOTDIR,
	      "%s: with O_DIRECTORY it is ENOTDIR", fs);
	works(fd = open("todir", O_PATH | O_NOFOLLOW), "%s: O_PATH|O_NOFOLLOW opens the link itself", fs);
	close(fd);
	fails(open("dangling", O_RDONLY), ENOENT, "%s: a dangling link is ENOENT", fs);
	fails(open("dangling", O_RDWR | O_CREAT | O_EXCL, 0644), EEXIST,
	      "%s: O_CREAT|O_EXCL of one is EEXIST", fs);
	works(fd = open("dangling", O_RDWR | O_CREAT, 0644), "%s: O_CREAT through it", fs);
	close(fd);
	is(access("missing", F_OK), 0, "%s: makes its target", fs);
	fails(open("loop1", O_RDONLY), ELOOP, "%s: a loop of links is ELOOP", fs);
	fails(open("plain/x", O_RDONLY), ENOTDIR, "%s: a path through a file is ENOTDIR", fs);
	fails(open("plain/", O_RDONLY), ENOTDIR, "%s: a file with a trailing slash is ENOTDIR", fs);
	fails(open("nothing/", O_RDWR | O_CREAT, 0644), EISDIR, "%s: creating with a trailing slash is EISDIR", fs);
	fails(open("nothing/x", O_RDWR | O_CREAT, 0644), ENOENT, "%s: creating in a missing directory is ENOENT", fs);
	fails(open("", O_RDONLY), ENOENT, "%s: the empty path is ENOENT", fs);
	works(fd = open("./d/../plain", O_RDONLY), "%s: dots in a path", fs);
	close(fd);
	works(fd = open("d//.//..///plain", O_RDONLY), "%s: and many slashes", fs);
	close(fd);
	fails(open("plain/..", O_RDONLY), ENOTDIR, "%s: dot-dot of a file is ENOTDIR", fs);
}

static void names(const char *fs)
{
	char name[300], path[5000];
	int fd;

	memset(name, 'n', sizeof(name));
	name[255] = 0;
	works(fd = open(name, O_RDWR | O_CREAT, 0644), "%s: a name of 255 bytes", fs);
	close(fd);
	is(unlink(name), 0, "%s: can be removed", fs);
	name[255] = 'n', name[256] = 0;
	fails(open(name, O_RDWR | O_CREAT, 0644), ENAMETOOLONG, "%s: one of 256 is ENAMETOOLONG", fs);
	fails(mkdir(name, 0755), ENAMETOOLONG, "%s: for mkdir too", fs);
	memset(path, '/', sizeof(path));
	strcpy(path + 4090, "dev");
	works(fd = open(path, O_RDONLY), "%s: a path of 4093 bytes", fs);
	close(fd);
	memset(path, '/', sizeof(path));
	strcpy(path + 4093, "dev");
	fails(open(path, O_RDONLY), ENAMETOOLONG, "%s: one of 4096 is ENAMETOOLONG", fs);
	works(fd = open("\xff\x01 odd\n", O_RDWR | O_CREAT, 0644), "%s: any byte but / and NUL is a name", fs);
	close(fd);
	is(unlink("\xff\x01 odd\n"), 0, "%s: and found again", fs);
}

static void at(const char *fs)
{
	int d, fd;
	struct stat st;

	must(mkdir("sub", 0755));
	d = must(open("sub", O_RDONLY | O_DIRECTORY));
	works(fd = openat(d, "inner", O_RDWR | O_CREAT, 0644), "%s: openat makes a file in its directory", fs);
	is(stat("sub/inner", &st), 0, "%s: where it is found", fs);
	fails(openat(fd, "x", O_RDONLY), ENOTDIR, "%s: openat of a file is ENOTDIR", fs);
	fails(openat(999, "x", O_RDONLY), EBADF, "%s: of a closed descriptor EBADF", fs);
	close(fd);
	works(fd = openat(999, "/dev/null", O_RDONLY), "%s: an absolute path ignores it", fs);
	close(fd);
	works(fd = openat(AT_FDCWD, "sub/inner", O_RDONLY), "%s: AT_FDCWD is the working directory", fs);
	close(fd);
	close(d);
	d = must(open("sub", O_PATH));
	works(fd = openat(d, "inner", O_RDONLY), "%s: openat of an O_PATH directory", fs);
	close(fd);
	must(rename("sub", "moved"));
	works(fd = openat(d, "inner", O_RDONLY), "%s: it follows the directory when that is renamed", fs);
	close(fd);
	must(unlink("moved/inner"));
	must(rmdir("moved"));
	fails(openat(d, "new", O_RDWR | O_CREAT, 0644), ENOENT, "%s: a removed directory takes no new file", fs);
	close(d);
}

static void descriptors(const char *fs)
{
	struct rlimit old, rl;
	int fd, a, b;

	a = must(open("/dev/null", O_RDONLY)), b = must(open("/dev/null", O_RDONLY));
	close(a);
	is(fd = open("/dev/null", O_RDONLY), a, "%s: open gives the lowest free descriptor", fs);
	close(b);
	close(fd);
	must(getrlimit(RLIMIT_NOFILE, &old));
	rl = old, rl.rlim_cur = fd;
	must(setrlimit(RLIMIT_NOFILE, &rl));
	fails(open("/dev/null", O_RDONLY), EMFILE, "%s: beyond RLIMIT_NOFILE is EMFILE", fs);
	fails(open("never", O_RDWR | O_CREAT, 0644), EMFILE, "%s: also with O_CREAT", fs);
	must(setrlimit(RLIMIT_NOFILE, &old));
	fails(access("never", F_OK), ENOENT, "%s: which makes no file then", fs);
	fails(open("/dev/null", O_RDONLY | O_CREAT | O_DIRECTORY, 0), EINVAL,
	      "%s: O_CREAT|O_DIRECTORY is EINVAL", fs);
}

static void flags(const char *fs)
{
	int fd = must(open("fl", O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644)), fl;

	fl = fcntl(fd, F_GETFL);
	is(fl & O_ACCMODE, O_RDWR, "%s: F_GETFL gives the access mode", fs);
	ok((fl & O_APPEND) && !(fl & (O_CREAT | O_CLOEXEC | O_NONBLOCK)),
	   "%s: status flags without creation flags", fs);
	is(fcntl(fd, F_GETFD), FD_CLOEXEC, "%s: O_CLOEXEC sets FD_CLOEXEC", fs);
	is(fcntl(fd, F_SETFL, O_NONBLOCK), 0, "%s: F_SETFL", fs);
	fl = fcntl(fd, F_GETFL);
	ok((fl & O_NONBLOCK) && !(fl & O_APPEND), "%s: sets and clears what may change", fs);
	is(fl & O_ACCMODE, O_RDWR, "%s: not the access mode", fs);
	close(fd);
	works(fd = open(".", O_PATH | O_DIRECTORY | O_CREAT, 0644), "%s: O_PATH makes O_CREAT void", fs);
	close(fd);
	works(fd = open(".", O_PATH | O_TMPFILE, 0644), "%s: and O_TMPFILE", fs);
	is(fcntl(fd, F_GETFL) & O_PATH, O_PATH, "%s: it is an O_PATH descriptor", fs);
	close(fd);
	fails(open("new", O_PATH | O_CREAT, 0644), ENOENT, "%s: nothing is made", fs);
}

static void both(const char *fs)
{
	creation(fs);
	kinds(fs);
	names(fs);
	at(fs);
	descriptors(fs);
	flags(fs);
}

int main(void)
{
	on_both(both);
	return done();
}
