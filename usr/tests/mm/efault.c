// SPDX-License-Identifier: GPL-2.0-only
/*
 * System calls on bad user addresses: EFAULT, partial results where Linux
 * gives them, and faults in kernel mode on addresses that are merely not
 * present yet.
 */
#include "tap.h"
#include <poll.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/utsname.h>

#define RW	(PROT_READ | PROT_WRITE)
#define BAD	((void *)PG)
#define KERNEL	((void *)0xffffffff80000000UL)

static char *anon(size_t n)
{
	return must(mmap(NULL, n * PG, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}

/* Two pages of which the second is not mapped. */
static char *edge(void)
{
	char *p = anon(2);

	must(munmap(p + PG, PG));
	return p;
}

static void whole(const char *fs)
{
	int fd = make_file("f", 4 * PG, 'f');
	char *ro = must(mmap(NULL, PG, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	char *none = must(mmap(NULL, PG, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));

	fails(read(fd, NOTHING, 10), EFAULT, "%s: read to NULL", fs);
	fails(read(fd, BAD, 10), EFAULT, "%s: read to an unmapped address", fs);
	fails(read(fd, KERNEL, 10), EFAULT, "%s: read to a kernel address", fs);
	fails(read(fd, ro, 10), EFAULT, "%s: read to a read-only page", fs);
	fails(read(fd, none, 10), EFAULT, "%s: read to a PROT_NONE page", fs);
	fails(write(fd, NOTHING, 10), EFAULT, "%s: write from NULL", fs);
	fails(write(fd, KERNEL, 10), EFAULT, "%s: write from a kernel address", fs);
	fails(write(fd, none, 10), EFAULT, "%s: write from a PROT_NONE page", fs);
	is(write(fd, ro, 10), 10, "%s: write from a read-only page works", fs);
	is(lseek(fd, 0, SEEK_CUR), 10, "%s: failed calls did not move the position", fs);
	is(file_byte(fd, 11), 'f', "%s: nor change the file", fs);
	works(read(fd, NOTHING, 0), "%s: read of 0 bytes to NULL works", fs);
	must(munmap(ro, PG)), must(munmap(none, PG));
	close(fd);
}

static void partial(const char *fs)
{
	int fd = make_file("g", 4 * PG, 'g');
	char *p = edge();
	struct iovec iov[3] = { { p, 10 }, { BAD, 10 }, { p, 10 } };

	is(pread(fd, p + PG - 100, 200, 0), 100, "%s: read stops at the unmapped page: 100 of 200", fs);
	ok(all_bytes(p + PG - 100, 'g', 100), "%s: what it gave is right", fs);
	fails(pread(fd, p + PG, 200, 0), EFAULT, "%s: starting at the unmapped page it is EFAULT", fs);
	memset(p, 'p', PG);
	/* Short: with 72 bytes and more Linux 6.12 on riscv64 never returns. */
	is(pwrite(fd, p + PG - 32, 64, 0), 32, "%s: write stops at the unmapped page: 32 of 64", fs);
	is(file_byte(fd, 31), 'p', "%s: what it took is in the file", fs);
	is(file_byte(fd, 32), 'g', "%s: and no more", fs);
	is(pwrite(fd, p + PG - 32, 64, 4 * PG - 16), 32, "%s: a partial write over the end", fs);
	is(file_size(fd), 4 * PG + 16, "%s: grows the file by what was written", fs);
	fails(pwrite(fd, p + PG, 10, 8 * PG), EFAULT, "%s: a write from nowhere beyond the end", fs);
	is(file_size(fd), 4 * PG + 16, "%s: does not grow the file", fs);
	is(preadv(fd, iov, 3, 0), 10, "%s: preadv stops at a bad buffer", fs);
	is(pwritev(fd, iov, 3, 0), 10, "%s: pwritev as well", fs);
	fails(preadv(fd, iov + 1, 1, 0), EFAULT, "%s: a bad buffer first is EFAULT", fs);
	must(munmap(p, PG));
	close(fd);
}

/* The buffer's pages are not there yet: the kernel must fault them in. */
static void not_present(const char *fs)
{
	int fd = make_file("h", 8 * PG, 'h'), map = make_file("m", 8 * PG, 'm');
	char *fresh = anon(8), *file = must(mmap(NULL, 8 * PG, RW, MAP_SHARED, map, 0));
	char *priv = must(mmap(NULL, 8 * PG, RW, MAP_PRIVATE, map, 0));

	is(read(fd, fresh, 8 * PG), 8 * PG, "%s: read into untouched memory", fs);
	ok(all_bytes(fresh, 'h', 8 * PG), "%s: all of it", fs);
	must(madvise(fresh, 8 * PG, MADV_DONTNEED));
	is(pwrite(fd, fresh, 8 * PG, 0), 8 * PG, "%s: write from untouched memory", fs);
	is(file_byte(fd, 8 * PG - 1), 0, "%s: writes zeros", fs);
	is(pread(map, priv, PG, PG), PG, "%s: read into an untouched private mapping", fs);
	is(pwrite(fd, file, 8 * PG, 0), 8 * PG, "%s: write from an untouched file mapping", fs);
	is(file_byte(fd, 5 * PG), 'm', "%s: gives the mapped file's data", fs);
	is(pread(fd, file + 2 * PG, 2 * PG, 0), 2 * PG, "%s: read into a shared file mapping", fs);
	must(munmap(fresh, 8 * PG)), must(munmap(file, 8 * PG)), must(munmap(priv, 8 * PG));
	close(fd), close(map);
}

static void own_copy(void *arg)
{
	char *p = arg;
	int fd[2];

	CHECK(!pipe(fd));
	CHECK(write(fd[1], "kernel", 6) == 6);
	CHECK(read(fd[0], p, 6) == 6);
	CHECK(!memcmp(p, "kernelpp", 8));
}

static void cow(void)
{
	char *p = anon(1);

	memset(p, 'p', PG);
	is(child(own_copy, p), 0, "read(2) into a copy-on-write page");
	ok(all_bytes(p, 'p', PG), "copies it for the reader alone");
	must(munmap(p, PG));
}

static void pipes(void)
{
	char *p = edge();
	int fd[2];

	must(pipe(fd));
	fails(write(fd[1], BAD, 10), EFAULT, "pipe: write from a bad address");
	fails(write(fd[1], p + PG, 10), EFAULT, "pipe: write from beyond the edge");
	must_be(write(fd[1], "0123456789", 10) == 10);
	fails(read(fd[0], BAD, 10), EFAULT, "pipe: read to a bad address");
	is(read(fd[0], p, 10), 10, "pipe: the data is still there afterwards");
	ok(!memcmp(p, "0123456789", 10), "pipe: complete");
	fails(pipe(BAD), EFAULT, "pipe(2) itself with a bad array");
	close(fd[0]), close(fd[1]);
	must(munmap(p, PG));
}

static void paths(void)
{
	char *p = edge(), *s = p + PG - 5;
	struct stat st;

	fails(open(NOTHING, O_RDONLY), EFAULT, "open of a NULL path");
	fails(open(KERNEL, O_RDONLY), EFAULT, "open of a kernel address");
	memcpy(s, "/dev/", 5);
	fails(open(s, O_RDONLY), EFAULT, "a path that runs into an unmapped page");
	memcpy(s, "/tmp", 5);
	works(stat(s, &st), "a path that ends just before it works");
	fails(syscall(SYS_newfstatat, AT_FDCWD, "/", BAD, 0), EFAULT, "stat to a bad address");
	fails(syscall(SYS_newfstatat, AT_FDCWD, "/", p + PG - 64, 0), EFAULT,
	      "stat to a buffer that ends in an unmapped page");
	fails(syscall(SYS_mkdirat, AT_FDCWD, BAD, 0700), EFAULT, "mkdir");
	fails(syscall(SYS_unlinkat, AT_FDCWD, BAD, 0), EFAULT, "unlink");
	fails(syscall(SYS_renameat2, AT_FDCWD, "/tmp", AT_FDCWD, BAD, 0), EFAULT, "rename");
	fails(syscall(SYS_getcwd, BAD, 100), EFAULT, "getcwd");
	fails(syscall(SYS_readlinkat, AT_FDCWD, "/proc/self", BAD, 100), EFAULT, "readlink");
	fails(syscall(SYS_chdir, BAD), EFAULT, "chdir");
	fails(syscall(SYS_execve, BAD, NULL, NULL), EFAULT, "execve of a bad path");
	fails(syscall(SYS_execve, "/bin/busybox", BAD, NULL), EFAULT, "execve with bad arguments");
	must(munmap(p, PG));
}

static void structures(void)
{
	struct pollfd *pf = BAD;

	fails(syscall(SYS_uname, BAD), EFAULT, "uname");
	fails(syscall(SYS_nanosleep, BAD, NULL), EFAULT, "nanosleep");
	fails(syscall(SYS_ppoll, pf, 1, NULL, NULL, 0), EFAULT, "ppoll");
	fails(syscall(SYS_rt_sigaction, SIGUSR1, BAD, NULL, 8), EFAULT, "sigaction: new");
	fails(syscall(SYS_rt_sigaction, SIGUSR1, NULL, BAD, 8), EFAULT, "sigaction: old");
	fails(syscall(SYS_rt_sigprocmask, SIG_BLOCK, BAD, NULL, 8), EFAULT, "sigprocmask");
	fails(syscall(SYS_getrlimit, 0, BAD), EFAULT, "getrlimit");
	fails(syscall(SYS_times, BAD), EFAULT, "times");
	fails(syscall(SYS_getitimer, 0, BAD), EFAULT, "getitimer");
	fails(syscall(SYS_sysinfo, BAD), EFAULT, "sysinfo");
	fails(syscall(SYS_getrandom, BAD, 16, 0), EFAULT, "getrandom");
	fails(syscall(SYS_writev, 1, BAD, 1), EFAULT, "writev: the vector itself");
	fails(syscall(SYS_futex, BAD, 0 /* WAIT */, 0, NULL), EFAULT, "futex");
	fails(syscall(SYS_clock_gettime, CLOCK_MONOTONIC, BAD), EFAULT, "clock_gettime, by system call");
	fails(syscall(SYS_wait4, -1, BAD, 0, NULL), ECHILD, "wait4 without children is ECHILD first");
}

static void both(const char *fs)
{
	whole(fs);
	partial(fs);
	not_present(fs);
}

int main(void)
{
	cow();
	pipes();
	paths();
	structures();
	on_both(both);
	return done();
}
