// SPDX-License-Identifier: GPL-2.0-only
/*
 * What mmap refuses, with which errno, and that a refusal changes nothing.
 */
#include "tap.h"
#include <sys/mount.h>
#include <sys/resource.h>

#define RW	(PROT_READ | PROT_WRITE)
#define ANON	(MAP_PRIVATE | MAP_ANONYMOUS)
#ifndef MAP_SYNC
#define MAP_SYNC 0x80000
#endif

/* The bare call: glibc's checks the offset itself. */
static void *map(void *addr, size_t len, int prot, int flags, int fd, unsigned long off)
{
	return (void *)syscall(SYS_mmap, addr, len, prot, flags, fd, off);
}

static void arguments(void)
{
	fails(map(NULL, 0, RW, ANON, -1, 0), EINVAL, "length 0 is EINVAL");
	fails(map(NULL, PG, RW, MAP_ANONYMOUS, -1, 0), EINVAL,
	      "neither MAP_SHARED nor MAP_PRIVATE is EINVAL");
	fails(map(NULL, PG, RW, MAP_SHARED_VALIDATE | MAP_ANONYMOUS, -1, 0), EINVAL,
	      "MAP_SHARED_VALIDATE of anonymous memory is EINVAL");
	fails(map(NULL, PG, RW, ANON, -1, 1), EINVAL,
	      "an offset that is not a multiple of the page size is EINVAL");
	fails(map((void *)1, PG, RW, ANON | MAP_FIXED, -1, 0), EINVAL,
	      "MAP_FIXED at an unaligned address is EINVAL");
	fails(map(NULL, -1UL, RW, ANON, -1, 0), ENOMEM,
	      "a length that rounds up to 0 is ENOMEM");
	fails(map(NULL, 1UL << 62, RW, ANON, -1, 0), ENOMEM,
	      "a length larger than the address space is ENOMEM");
	fails(map((void *)(-PG), PG, RW, ANON | MAP_FIXED, -1, 0), ENOMEM,
	      "MAP_FIXED in the kernel's half is ENOMEM");
	fails(map((void *)(1UL << 62), PG, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0), ENOMEM,
	      "MAP_FIXED_NOREPLACE above the user half is ENOMEM");
	fails(map(NULL, PG, RW, MAP_PRIVATE, -1, 0), EBADF, "no such descriptor is EBADF");
	fails(map(NULL, PG, RW, MAP_SHARED, 9999, 0), EBADF, "a closed descriptor is EBADF");
	works(map(NULL, PG, RW, ANON, 9999, 0), "MAP_ANONYMOUS ignores the descriptor");
	works(map(NULL, PG, RW, ANON, -1, 7 * PG), "anonymous memory may name an offset");
	works(map((void *)1, PG, RW, ANON, -1, 0), "an unaligned hint is rounded, not refused");
	fails(map(NULL, 2 * MiB, RW, ANON | MAP_HUGETLB, -1, 0), ENOMEM,
	      "MAP_HUGETLB without a huge page in the pool is ENOMEM");
	fails(map(NULL, 2 * MiB, RW, MAP_SHARED | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0), ENOMEM,
	      "shared too");
}

static void file_modes(const char *fs)
{
	int rw = make_file("f", PG, 'a');
	int ro = must(open("f", O_RDONLY));
	int wo = must(open("f", O_WRONLY));
	int ap = must(open("f", O_RDWR | O_APPEND));
	int path = must(open("f", O_PATH));
	int dir = must(open(".", O_RDONLY | O_DIRECTORY));
	void *p;

	fails(map(NULL, PG, PROT_READ, MAP_SHARED, wo, 0), EACCES,
	      "%s: shared reading of an O_WRONLY file is EACCES", fs);
	fails(map(NULL, PG, PROT_WRITE, MAP_SHARED, wo, 0), EACCES,
	      "%s: shared writing of an O_WRONLY file is EACCES", fs);
	fails(map(NULL, PG, PROT_READ, MAP_PRIVATE, wo, 0), EACCES,
	      "%s: private reading of an O_WRONLY file is EACCES", fs);
	fails(map(NULL, PG, PROT_NONE, MAP_PRIVATE, wo, 0), EACCES,
	      "%s: even PROT_NONE of an O_WRONLY file is EACCES", fs);
	fails(map(NULL, PG, RW, MAP_SHARED, ro, 0), EACCES,
	      "%s: shared writing of an O_RDONLY file is EACCES", fs);
	works(map(NULL, PG, RW, MAP_PRIVATE, ro, 0),
	      "%s: private writing of an O_RDONLY file is allowed", fs);
	works(map(NULL, PG, RW, MAP_SHARED, ap, 0),
	      "%s: shared writing of an O_APPEND file is allowed", fs);
	p = must(map(NULL, PG, PROT_READ, MAP_SHARED, ro, 0));
	fails(mprotect(p, PG, RW), EACCES,
	      "%s: mprotect cannot add writing to a shared mapping of an O_RDONLY file", fs);
	fails(map(NULL, PG, PROT_READ, MAP_PRIVATE, path, 0), EBADF, "%s: O_PATH is EBADF", fs);
	fails(map(NULL, PG, PROT_READ, MAP_PRIVATE, dir, 0), ENODEV,
	      "%s: a directory is ENODEV", fs);
	fails(map(NULL, PG, PROT_READ, MAP_SHARED, rw, 1UL << 63), EOVERFLOW,
	      "%s: an offset beyond the largest file is EOVERFLOW", fs);
	works(map(NULL, PG, PROT_READ, MAP_SHARED, rw, 1UL << 30),
	      "%s: an offset beyond the end of the file is allowed", fs);
	fails(map(NULL, PG, PROT_READ, MAP_SHARED_VALIDATE | MAP_SYNC, rw, 0), EOPNOTSUPP,
	      "%s: MAP_SYNC with MAP_SHARED_VALIDATE is EOPNOTSUPP", fs);
	fails(map(NULL, PG, PROT_READ, MAP_SHARED_VALIDATE | (1 << 24), rw, 0), EOPNOTSUPP,
	      "%s: an unknown flag with MAP_SHARED_VALIDATE is EOPNOTSUPP", fs);
	works(map(NULL, PG, PROT_READ, MAP_SHARED | (1 << 24), rw, 0),
	      "%s: an unknown flag with MAP_SHARED is ignored", fs);
	works(map(NULL, PG, PROT_READ, MAP_SHARED_VALIDATE, rw, 0),
	      "%s: MAP_SHARED_VALIDATE alone is MAP_SHARED", fs);
	p = must(mmap(NULL, PG, PROT_NONE, ANON, -1, 0));
	must(munmap(p, PG));
	fails(map(p, PG, PROT_READ, MAP_SHARED_VALIDATE | MAP_FIXED_NOREPLACE, rw, 0), EOPNOTSUPP,
	      "%s: to MAP_SHARED_VALIDATE, MAP_FIXED_NOREPLACE is unknown", fs);
	close(rw), close(ro), close(wo), close(ap), close(path), close(dir);
}

static void other_files(void)
{
	int fd[2], null = must(open("/dev/null", O_RDWR)), zero = must(open("/dev/zero", O_RDWR));

	fails(map(NULL, 2 * PG, PROT_READ, MAP_PRIVATE, zero, -PG), EOVERFLOW,
	      "a device's bytes beyond 64 bits are EOVERFLOW");
	fails(map(NULL, PG, PROT_READ, MAP_PRIVATE, zero, -2 * PG), EOVERFLOW,
	      "those before its first too");
	fails(map(NULL, 2 * PG, PROT_READ, ANON, -1, -PG), EOVERFLOW,
	      "even anonymous memory must not end beyond them");
	close(zero);
	must(pipe(fd));
	fails(map(NULL, PG, PROT_READ, MAP_PRIVATE, fd[0], 0), ENODEV, "a pipe is ENODEV");
	fails(map(NULL, PG, PROT_READ, MAP_PRIVATE, null, 0), ENODEV, "/dev/null is ENODEV");
	close(fd[0]), close(fd[1]), close(null);
}

static void noexec(void)
{
	void *p;
	int fd;

	must(mkdir("m", 0755));
	must(mount("none", "m", "tmpfs", MS_NOEXEC, NULL));
	fd = make_file("m/f", PG, 'a');
	fails(map(NULL, PG, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0), EPERM,
	      "PROT_EXEC of a file on a noexec mount is EPERM");
	p = must(map(NULL, PG, PROT_READ, MAP_PRIVATE, fd, 0));
	fails(mprotect(p, PG, PROT_READ | PROT_EXEC), EACCES,
	      "mprotect cannot add PROT_EXEC to it either: EACCES");
	must(munmap(p, PG));
	close(fd);
	must(umount("m"));
}

static void fixed_failure(void)
{
	char *p = must(mmap(NULL, 4 * PG, RW, ANON, -1, 0));
	int wo, sealed = must(memfd_create("s", MFD_ALLOW_SEALING)), ends[2];

	must(pipe(ends));
	must(ftruncate(sealed, PG));
	must(fcntl(sealed, F_ADD_SEALS, F_SEAL_WRITE));
	memset(p, 'x', 4 * PG);
	close(make_file("g", PG, 'a'));
	wo = must(open("g", O_WRONLY));
	fails(map(p, PG, PROT_READ, MAP_SHARED | MAP_FIXED, wo, 0), EACCES,
	      "MAP_FIXED over a mapping with a refused file fails");
	ok(all_bytes(p, 'x', 4 * PG), "the old mapping is intact after a failed MAP_FIXED (EACCES)");
	fails(map(p, PG, RW, MAP_SHARED | MAP_FIXED, 9999, 0), EBADF,
	      "MAP_FIXED with a bad descriptor fails");
	fails(map(p, 1UL << 62, RW, ANON | MAP_FIXED, -1, 0), ENOMEM, "MAP_FIXED too long fails");
	ok(all_bytes(p, 'x', 4 * PG), "the old mapping is intact after failed MAP_FIXED (ENOMEM)");
	fails(map(p, PG, PROT_READ, MAP_PRIVATE | MAP_FIXED, ends[0], 0), ENODEV,
	      "MAP_FIXED of a file that cannot be mapped fails");
	fails(map(p, PG, RW, MAP_SHARED | MAP_FIXED, sealed, 0), EPERM,
	      "MAP_FIXED of a sealed file fails");
	fails(map(p, PG, PROT_READ, MAP_SHARED_VALIDATE | MAP_SYNC | MAP_FIXED, sealed, 0), EOPNOTSUPP,
	      "MAP_FIXED with a flag that the file cannot have fails");
	ok(all_bytes(p, 'x', 4 * PG), "the old mapping is intact after those, too");
	must(munmap(p, 4 * PG));
	close(wo), close(sealed), close(ends[0]), close(ends[1]);
}

static void limited(void *arg)
{
	struct rlimit rl = { 64 * MiB, 64 * MiB };

	(void)arg;
	CHECK(!setrlimit(RLIMIT_AS, &rl));
	CHECK_ERR(map(NULL, 128 * MiB, RW, ANON, -1, 0), ENOMEM);
	CHECK_ERR(map(NULL, 128 * MiB, PROT_NONE, ANON, -1, 0), ENOMEM);
	CHECK(map(NULL, 1 * MiB, RW, ANON, -1, 0) != MAP_FAILED);
}

static void low_address(void *arg)
{
	(void)arg;
	CHECK(!setuid(1000));
	CHECK_ERR(map(NULL, PG, RW, ANON | MAP_FIXED, -1, 0), EPERM);
}

int main(void)
{
	work_in(TMPFS);
	arguments();
	other_files();
	noexec();
	fixed_failure();
	is(child(limited, NULL), 0, "RLIMIT_AS bounds the sum of all mappings: ENOMEM");
	is(child(low_address, NULL), 0, "an ordinary user may not map address 0: EPERM");
	on_both(file_modes);
	return done();
}
