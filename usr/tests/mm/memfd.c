// SPDX-License-Identifier: GPL-2.0-only
/*
 * memfd_create: anonymous files, sharing them, and every seal.
 */
#include "tap.h"
#include <sys/time.h>

#define RW	(PROT_READ | PROT_WRITE)
#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 8U
#define MFD_EXEC 16U
#endif
#ifndef F_SEAL_EXEC
#define F_SEAL_EXEC 0x20
#endif

static int new_fd(size_t len, unsigned int flags)
{
	int fd = must(memfd_create("test", flags));

	must(ftruncate(fd, len));
	return fd;
}

static void basics(void)
{
	char name[300], link[PATH_MAX], path[64];
	int fd = must(memfd_create("a name", MFD_CLOEXEC)), n;
	struct stat st;

	is(fcntl(fd, F_GETFD), FD_CLOEXEC, "MFD_CLOEXEC");
	is(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDWR, "it is open for reading and writing");
	must(fstat(fd, &st));
	ok(S_ISREG(st.st_mode) && !st.st_size && !st.st_nlink, "an empty regular file without a link");
	is(write(fd, "data", 4), 4, "it can be written");
	is(file_byte(fd, 3), 'a', "and read");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	n = must(readlink(path, link, sizeof(link) - 1));
	link[n] = 0;
	ok(!strcmp(link, "/memfd:a name (deleted)"), "its name is shown in /proc/self/fd");
	close(fd);
	memset(name, 'n', sizeof(name));
	name[249] = 0;
	works(fd = memfd_create(name, 0), "a name of 249 bytes");
	close(fd);
	name[249] = 'n', name[250] = 0;
	fails(memfd_create(name, 0), EINVAL, "one of 250 is EINVAL");
	fails(memfd_create("x", 0x1000), EINVAL, "an unknown flag is EINVAL");
	fails(memfd_create("x", MFD_EXEC | MFD_NOEXEC_SEAL), EINVAL, "MFD_EXEC with MFD_NOEXEC_SEAL is EINVAL");
	fails(syscall(SYS_memfd_create, (void *)PG, 0), EFAULT, "a bad name is EFAULT");
}

static void child_map(void *arg)
{
	int fd = *(int *)arg;
	char *p = mmap(NULL, PG, RW, MAP_SHARED, fd, 0);

	CHECK(p != MAP_FAILED && p[0] == 'P');
	p[1] = 'C';
}

static void sharing(void)
{
	int fd = new_fd(4 * PG, 0), other;
	char *p = must(mmap(NULL, 4 * PG, RW, MAP_SHARED, fd, 0)), path[64];

	p[0] = 'P';
	is(child(child_map, &fd), 0, "a child maps the inherited descriptor");
	is(p[1], 'C', "its store is seen");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	works(other = open(path, O_RDWR), "opened anew through /proc");
	file_poke(other, 2, 'W');
	is(p[2], 'W', "it is the same file");
	close(other), close(fd);
	is(p[0], 'P', "the mapping outlives the descriptors");
	must(munmap(p, 4 * PG));
}

static void seal_calls(void)
{
	int fd = new_fd(PG, 0), ok_fd = new_fd(PG, MFD_ALLOW_SEALING), ro, p[2];
	char path[64];

	is(fcntl(fd, F_GET_SEALS), F_SEAL_SEAL, "without MFD_ALLOW_SEALING it is sealed against sealing");
	fails(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), EPERM, "so no seal can be added: EPERM");
	is(fcntl(ok_fd, F_GET_SEALS), 0, "with it there are none");
	fails(fcntl(ok_fd, F_ADD_SEALS, 0x100), EINVAL, "an unknown seal is EINVAL");
	is(fcntl(ok_fd, F_ADD_SEALS, F_SEAL_GROW), 0, "a seal is added");
	is(fcntl(ok_fd, F_ADD_SEALS, F_SEAL_SHRINK), 0, "another too");
	is(fcntl(ok_fd, F_GET_SEALS), F_SEAL_GROW | F_SEAL_SHRINK, "both are there");
	is(fcntl(ok_fd, F_ADD_SEALS, F_SEAL_SEAL), 0, "F_SEAL_SEAL");
	fails(fcntl(ok_fd, F_ADD_SEALS, F_SEAL_WRITE), EPERM, "ends it: EPERM");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", new_fd(PG, MFD_ALLOW_SEALING));
	ro = must(open(path, O_RDONLY));
	fails(fcntl(ro, F_ADD_SEALS, F_SEAL_GROW), EPERM, "an O_RDONLY descriptor may not seal: EPERM");
	must(pipe(p));
	fails(fcntl(p[0], F_GET_SEALS), EINVAL, "seals of a pipe are EINVAL");
	close(p[0]), close(p[1]), close(fd), close(ok_fd), close(ro);
}

static void size_seals(void)
{
	int fd = new_fd(2 * PG, MFD_ALLOW_SEALING);
	char c = 'x';

	must(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK));
	fails(ftruncate(fd, PG), EPERM, "F_SEAL_SHRINK: ftruncate shorter is EPERM");
	is(ftruncate(fd, 3 * PG), 0, "longer works");
	must(fcntl(fd, F_ADD_SEALS, F_SEAL_GROW));
	fails(ftruncate(fd, 4 * PG), EPERM, "F_SEAL_GROW: ftruncate longer is EPERM");
	fails(pwrite(fd, &c, 1, 3 * PG), EPERM, "a write behind the end too");
	is(pwrite(fd, &c, 1, 3 * PG - 1), 1, "inside it works");
	fails(fallocate(fd, 0, 3 * PG, PG), EPERM, "fallocate behind the end is EPERM");
	is(ftruncate(fd, 3 * PG), 0, "ftruncate to the same size works");
	close(fd);
}

static void write_seal(void)
{
	int fd = new_fd(2 * PG, MFD_ALLOW_SEALING);
	char *p = must(mmap(NULL, PG, RW, MAP_SHARED, fd, 0)), *q;

	fails(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), EBUSY, "F_SEAL_WRITE with a writable shared mapping is EBUSY");
	must(mprotect(p, PG, PROT_READ));
	fails(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), EBUSY, "also when it is protected at the moment");
	must(munmap(p, PG));
	q = must(mmap(NULL, PG, RW, MAP_PRIVATE, fd, 0));
	is(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), 0, "a private mapping does not matter");
	fails(pwrite(fd, "x", 1, 0), EPERM, "then write is EPERM");
	fails(mmap(NULL, PG, RW, MAP_SHARED, fd, 0), EPERM, "a writable shared mapping is EPERM");
	p = mmap(NULL, PG, PROT_READ, MAP_SHARED, fd, 0);
	ok(p != MAP_FAILED, "a read-only one works");
	fails(mprotect(p, PG, RW), EACCES, "and cannot be made writable: EACCES");
	fails(fallocate(fd, 3 /* PUNCH_HOLE | KEEP_SIZE */, 0, PG), EPERM, "punching a hole is EPERM");
	q[0] = 'q';
	is(file_byte(fd, 0), 0, "private stores are allowed");
	must(munmap(p, PG)), must(munmap(q, PG));
	close(fd);
}

static void future_write_seal(void)
{
	int fd = new_fd(2 * PG, MFD_ALLOW_SEALING);
	char *p = must(mmap(NULL, PG, RW, MAP_SHARED, fd, 0)), *q;

	is(fcntl(fd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE), 0, "F_SEAL_FUTURE_WRITE with a writable mapping");
	p[0] = 'f';
	is(file_byte(fd, 0), 'f', "which may go on storing");
	fails(pwrite(fd, "x", 1, 0), EPERM, "write is EPERM");
	fails(mmap(NULL, PG, RW, MAP_SHARED, fd, 0), EPERM, "a new writable mapping is EPERM");
	q = mmap(NULL, PG, PROT_READ, MAP_SHARED, fd, 0);
	ok(q != MAP_FAILED && q[0] == 'f', "a read-only one works");
	fails(mprotect(q, PG, RW), EACCES, "and stays so: EACCES");
	must(munmap(p, PG)), must(munmap(q, PG));
	close(fd);
}

static void exec_seal(void)
{
	int fd = memfd_create("x", MFD_NOEXEC_SEAL);
	struct stat st;

	if (fd < 0 && errno == EINVAL) {
		skip("no MFD_NOEXEC_SEAL", "MFD_NOEXEC_SEAL");
		return;
	}
	must(fstat(fd, &st));
	is(st.st_mode & 0777, 0666, "MFD_NOEXEC_SEAL: not executable");
	ok(fcntl(fd, F_GET_SEALS) & F_SEAL_EXEC, "and sealed so");
	fails(fchmod(fd, 0777), EPERM, "chmod to executable is EPERM");
	close(fd);
	fd = must(memfd_create("x", MFD_EXEC));
	must(fstat(fd, &st));
	is(st.st_mode & 0777, 0777, "MFD_EXEC: executable");
	close(fd);
}

struct killed {
	int fd;
	int usec;
};

#define KILLED_SIZE	(16 * MiB)

static void dies_allocating(void *arg)
{
	struct killed *k = arg;
	struct itimerval soon = { .it_value.tv_usec = k->usec };

	signal(SIGALRM, SIG_DFL);
	must(setitimer(ITIMER_REAL, &soon, NULL));
	for (;;) {
		must(fallocate(k->fd, 0, 0, KILLED_SIZE));
		must(ftruncate(k->fd, 0));
	}
}

/* However far it has come: what it made is there as a whole, or not at all. */
static void killed_fallocate(void)
{
	struct killed k = { .fd = new_fd(0, 0) };
	int parts = 0;
	struct stat st;

	for (int i = 0; i < 40; i++) {
		k.usec = 2000 + 531 * i;
		reap(spawn(dies_allocating, &k));
		must(fstat(k.fd, &st));
		if (st.st_blocks && st.st_blocks * 512 != (off_t)KILLED_SIZE)
			parts++;
		must(ftruncate(k.fd, 0));
	}
	is(parts, 0, "fallocate of a process that is killed allocates all or nothing");
	close(k.fd);
}

int main(void)
{
	basics();
	sharing();
	seal_calls();
	size_seals();
	write_seal();
	future_write_seal();
	exec_seal();
	killed_fallocate();
	return done();
}
