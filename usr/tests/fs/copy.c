// SPDX-License-Identifier: GPL-2.0-only
/*
 * sendfile, copy_file_range, fallocate, file locks: where a kernel has them.
 */
#include "tap.h"
#include <linux/falloc.h>
#include <sys/file.h>
#include <sys/sendfile.h>
#include <sys/uio.h>

static void sending(const char *fs)
{
	int in = make_file("in", 100000, 's'), out = must(open("out", O_RDWR | O_CREAT | O_TRUNC, 0644));
	int p[2];
	off_t off = 10;
	char buf[100];

	if (sendfile(out, in, NULL, 0) == -1 && errno == ENOSYS) {
		skip("no sendfile", "%s: sendfile", fs);
		return;
	}
	is(sendfile(out, in, NULL, 1000), 1000, "%s: sendfile from file to file", fs);
	is(lseek(in, 0, SEEK_CUR), 1000, "%s: moves the source's position", fs);
	is(sendfile(out, in, &off, 50), 50, "%s: with an offset", fs);
	ok(off == 60 && lseek(in, 0, SEEK_CUR) == 1000, "%s: moves that instead", fs);
	is(file_size(out), 1050, "%s: all of it is written", fs);
	is(file_byte(out, 1049), 's', "%s: the right bytes", fs);
	must(pipe(p));
	is(sendfile(p[1], in, NULL, 100), 100, "%s: to a pipe", fs);
	is(read(p[0], buf, 100), 100, "%s: which gives it", fs);
	must(lseek(in, 0, SEEK_END));
	is(sendfile(out, in, NULL, 100), 0, "%s: at the end 0", fs);
	fails(sendfile(999, in, NULL, 1), EBADF, "%s: a closed descriptor is EBADF", fs);
	fails(sendfile(out, p[0], NULL, 1), EINVAL, "%s: from a pipe is EINVAL", fs);
	close(p[0]), close(p[1]), close(in), close(out);
}

/* The devices that are no memory: what goes into them, and what comes out. */
static void devices(void)
{
	int in = make_file("in", 100000, 's'), out = must(open("out", O_RDWR | O_CREAT | O_TRUNC, 0644));
	int null = must(open("/dev/null", O_RDWR)), zero = must(open("/dev/zero", O_RDWR));
	int full = must(open("/dev/full", O_RDWR));
	char bytes[3] = "xyz";
	struct iovec v[2] = { { bytes, 1 }, { bytes + 2, 1 } };

	is(sendfile(null, in, NULL, 100000), 100000, "sendfile to /dev/null takes everything");
	is(lseek(in, 0, SEEK_CUR), 100000, "and moves the source's position");
	is(sendfile(zero, in, &(off_t){ 1 }, 100), 100, "/dev/zero too");
	fails(sendfile(full, in, &(off_t){ 1 }, 100), EINVAL, "/dev/full is EINVAL");
	fails(sendfile(out, null, NULL, 100), EINVAL, "from /dev/null it is EINVAL");
	is(sendfile(out, zero, NULL, 5000), 5000, "from /dev/zero zeros");
	ok(file_size(out) == 5000 && file_byte(out, 0) == 0 && file_byte(out, 4999) == 0, "which are written");
	is(readv(zero, v, 2), 2, "readv of /dev/zero");
	ok(bytes[0] == 0 && bytes[1] == 'y' && bytes[2] == 0, "clears what it is told to");
	is(writev(null, v, 2), 2, "writev to /dev/null");
	fails(writev(full, v, 2), ENOSPC, "to /dev/full is ENOSPC");
	is(readv(null, v, 2), 0, "readv of /dev/null is the end");
	close(in), close(out), close(null), close(zero), close(full);
}

static void copying(const char *fs)
{
	int in = make_file("cin", 30000, 'c'), out = must(open("cout", O_RDWR | O_CREAT | O_TRUNC, 0644));
	off_t a = 100, b = 50;
	ssize_t n = copy_file_range(in, NULL, out, NULL, 10000, 0);

	if (n == -1 && errno == ENOSYS) {
		skip("no copy_file_range", "%s: copy_file_range", fs);
		return;
	}
	is(n, 10000, "%s: copy_file_range", fs);
	ok(lseek(in, 0, SEEK_CUR) == 10000 && lseek(out, 0, SEEK_CUR) == 10000, "%s: moves both positions", fs);
	is(copy_file_range(in, &a, out, &b, 500, 0), 500, "%s: with offsets", fs);
	ok(a == 600 && b == 550 && lseek(in, 0, SEEK_CUR) == 10000, "%s: moves those instead", fs);
	is(file_byte(out, 9999), 'c', "%s: the right bytes", fs);
	fails(copy_file_range(in, NULL, out, NULL, 1, 1), EINVAL, "%s: an unknown flag is EINVAL", fs);
	a = 29000, b = 0;
	is(copy_file_range(in, &a, out, &b, SSIZE_MAX, 0), 1000, "%s: asked for everything it copies the rest", fs);
	a = b = 0;
	is(copy_file_range(in, &a, out, &b, SIZE_MAX, 0), 30000, "%s: or all", fs);
	a = 1;
	fails(copy_file_range(in, &a, out, &b, SIZE_MAX, 0), EOVERFLOW, "%s: an end that wraps around is EOVERFLOW", fs);
	close(out);
	out = must(open(strcmp(fs, "tmpfs") ? TMPFS : DISK, O_RDWR | O_TMPFILE, 0600));
	a = b = 0;
	fails(copy_file_range(in, &a, out, &b, 100, 0), EXDEV, "%s: to another filesystem is EXDEV", fs);
	close(in), close(out);
}

static void allocating(const char *fs)
{
	int fd = make_file("fa", 4 * PG, 'f');
	struct stat st;

	if (fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, PG + 10, PG)) {
		ok(errno == EOPNOTSUPP || errno == ENOSYS, "%s: fallocate may be EOPNOTSUPP", fs);
		close(fd);
		return;
	}
	ok(file_byte(fd, PG + 9) == 'f' && file_byte(fd, PG + 10) == 0 &&
	   file_byte(fd, 2 * PG + 9) == 0 && file_byte(fd, 2 * PG + 10) == 'f',
	   "%s: FALLOC_FL_PUNCH_HOLE makes exactly its range zero", fs);
	is(file_size(fd), 4 * PG, "%s: and keeps the size", fs);
	if (fallocate(fd, 0, 0, 20 * PG) && errno == EOPNOTSUPP) {
		skip("EOPNOTSUPP", "%s: fallocate", fs);
		close(fd);
		return;
	}
	must(fstat(fd, &st));
	ok(st.st_size == 20 * PG && st.st_blocks * 512 >= (off_t)(20 * PG), "%s: grows and allocates", fs);
	is(fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 30 * PG), 0, "%s: FALLOC_FL_KEEP_SIZE", fs);
	is(file_size(fd), 20 * PG, "%s: keeps the size", fs);
	fails(fallocate(fd, 0, 0, 0), EINVAL, "%s: nothing is EINVAL", fs);
	close(fd);
}

struct lock_args {
	int fd;
	struct gate have, release;
	short type;
};

static int lock(int fd, int cmd, short type, off_t start, off_t len)
{
	struct flock fl = { .l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = len };

	return fcntl(fd, cmd, &fl);
}

static void holder(void *arg)
{
	struct lock_args *a = arg;

	CHECK(!lock(a->fd, F_SETLK, a->type, 100, 100));
	gate_open(a->have);
	gate_pass(a->release);
}

static void record_locks(const char *fs)
{
	struct lock_args a = { make_file("lk", 10, 'l'), gate_new(), gate_new(), F_WRLCK };
	struct flock fl = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 0 };
	pid_t pid;

	if (lock(a.fd, F_SETLK, F_WRLCK, 0, 0) && errno == EINVAL) {
		skip("no record locks", "%s: record locks", fs);
		return;
	}
	must(lock(a.fd, F_SETLK, F_UNLCK, 0, 0));
	pid = spawn(holder, &a);
	gate_pass(a.have);
	fails(lock(a.fd, F_SETLK, F_RDLCK, 150, 10), EAGAIN, "%s: a record locked by another is EAGAIN", fs);
	is(lock(a.fd, F_SETLK, F_WRLCK, 0, 100), 0, "%s: what lies before is free", fs);
	is(lock(a.fd, F_SETLK, F_WRLCK, 200, 0), 0, "%s: and behind", fs);
	is(fcntl(a.fd, F_GETLK, &fl), 0, "%s: F_GETLK", fs);
	ok(fl.l_type == F_WRLCK && fl.l_start == 100 && fl.l_len == 100 && fl.l_pid == pid,
	   "%s: tells who and where", fs);
	gate_open(a.release);
	is(lock(a.fd, F_SETLKW, F_WRLCK, 150, 10), 0, "%s: F_SETLKW waits until it is free", fs);
	is(reap(pid), 0, "%s: here by exit", fs);
	close(dup(a.fd));
	a.type = F_WRLCK;
	pid = spawn(holder, &a);
	gate_pass(a.have);
	ok(true, "%s: closing any descriptor of the file gives up all locks", fs);
	gate_open(a.release);
	is(reap(pid), 0, "%s: so another can have them", fs);
	close(a.fd);
	gate_free(a.have), gate_free(a.release);
}

/* locks of an open file: F_UNLCK asks for those that one has oneself */
static void file_locks(const char *fs)
{
	int a = make_file("ofd", 10, 'o'), b = must(open("ofd", O_RDWR));
	struct flock fl = { .l_type = F_UNLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 0 };

	is(lock(a, F_OFD_SETLK, F_WRLCK, 10, 10), 0, "%s: F_OFD_SETLK", fs);
	fails(lock(b, F_OFD_SETLK, F_RDLCK, 15, 1), EAGAIN, "%s: keeps another open out", fs);
	is(fcntl(a, F_OFD_GETLK, &fl), 0, "%s: F_OFD_GETLK of F_UNLCK", fs);
	ok(fl.l_type == F_WRLCK && fl.l_start == 10 && fl.l_len == 10 && fl.l_pid == -1,
	   "%s: tells of one's own lock", fs);
	fl = (struct flock){ .l_type = F_UNLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 0 };
	must(fcntl(b, F_OFD_GETLK, &fl));
	is(fl.l_type, F_UNLCK, "%s: and not of another's", fs);
	close(a), close(b);
}

static void whole_locks(const char *fs)
{
	int a = make_file("fl", 1, 1), b = must(open("fl", O_RDWR)), c;

	if (flock(a, LOCK_EX) && errno == ENOSYS) {
		skip("no flock", "%s: flock", fs);
		return;
	}
	fails(flock(b, LOCK_SH | LOCK_NB), EWOULDBLOCK, "%s: flock: another open is EWOULDBLOCK", fs);
	c = must(dup(a));
	is(flock(c, LOCK_SH | LOCK_NB), 0, "%s: a dup may change the lock", fs);
	is(flock(b, LOCK_SH | LOCK_NB), 0, "%s: shared locks go together", fs);
	fails(flock(a, LOCK_EX | LOCK_NB), EWOULDBLOCK, "%s: and keep an exclusive one out", fs);
	is(flock(b, LOCK_UN), 0, "%s: unlocked", fs);
	is(flock(a, LOCK_EX | LOCK_NB), 0, "%s: it may", fs);
	close(a);
	fails(flock(b, LOCK_SH | LOCK_NB), EWOULDBLOCK, "%s: a dup keeps the lock", fs);
	close(c);
	is(flock(b, LOCK_SH | LOCK_NB), 0, "%s: the last close frees it", fs);
	close(b);
}

static void both(const char *fs)
{
	sending(fs);
	copying(fs);
	allocating(fs);
	record_locks(fs);
	file_locks(fs);
	whole_locks(fs);
}

int main(void)
{
	on_both(both);
	work_in(TMPFS);
	devices();
	return done();
}
