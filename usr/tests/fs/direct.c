// SPDX-License-Identifier: GPL-2.0-only
/*
 * O_DIRECT: which files take it, alignment, the end of the file on both sides,
 * holes, and that everybody else sees the same content.
 */
#include "tap.h"

#define RW	(PROT_READ | PROT_WRITE)
#define SECTOR	512

static char *buf;		/* 8 pages */

static void who(void)
{
	int fd, p[2];

	fails(open("/proc/self/maps", O_RDONLY | O_DIRECT), EINVAL, "a /proc file: EINVAL");
	fd = must(open("/proc/self/maps", O_RDONLY));
	fails(fcntl(fd, F_SETFL, O_DIRECT), EINVAL, "also by F_SETFL");
	close(fd);
	fd = must(memfd_create("m", 0));
	fails(fcntl(fd, F_SETFL, O_DIRECT), EINVAL, "a memfd, which nobody opened: EINVAL");
	close(fd);
	must(pipe(p));
	works(fcntl(p[0], F_SETFL, O_DIRECT), "a pipe takes it: packets");
	close(p[0]), close(p[1]);
	fails(open(".", O_RDONLY | O_DIRECTORY | O_DIRECT), EINVAL, "a directory: EINVAL");
}

static void basics(const char *fs)
{
	int fd = open("f", O_RDWR | O_CREAT | O_DIRECT, 0600), plain;

	if (!ok(fd >= 0, "%s: O_DIRECT of a new file", fs))
		return;
	ok(fcntl(fd, F_GETFL) & O_DIRECT, "%s: F_GETFL shows it", fs);
	plain = must(open("f", O_RDWR));
	works(fcntl(plain, F_SETFL, O_DIRECT), "%s: F_SETFL sets it later", fs);
	must(fcntl(plain, F_SETFL, 0));
	memset(buf, '1', 4 * PG);
	is(pwrite(fd, buf, 4 * PG, 0), 4 * PG, "%s: a write that makes the file grow", fs);
	is(file_size(fd), 4 * PG, "%s: gives it its size", fs);
	is(file_byte(plain, 4 * PG - 1), '1', "%s: and its content", fs);
	memset(buf, '2', 4 * PG);
	is(pwrite(fd, buf, 2 * PG, 3 * PG), 2 * PG, "%s: a write across the end", fs);
	is(file_size(fd), 5 * PG, "%s: moves the end", fs);
	ok(file_byte(plain, 3 * PG - 1) == '1' && file_byte(plain, 3 * PG) == '2' &&
	   file_byte(plain, 5 * PG - 1) == '2', "%s: what is on both sides is right", fs);
	is(pwrite(fd, buf, PG, 16 * PG), PG, "%s: a write far behind the end", fs);
	is(file_size(fd), 17 * PG, "%s: leaves a hole", fs);
	memset(buf, 'x', 4 * PG);
	is(pread(fd, buf, 4 * PG, 8 * PG), 4 * PG, "%s: reading the hole", fs);
	ok(all_bytes(buf, 0, 4 * PG), "%s: gives zeros", fs);
	memset(buf, '3', PG);
	is(pwrite(fd, buf, PG, 9 * PG), PG, "%s: a write into the hole", fs);
	ok(file_byte(plain, 9 * PG) == '3' && file_byte(plain, 10 * PG) == 0 &&
	   file_byte(plain, 9 * PG - 1) == 0, "%s: fills one page of it", fs);
	is(pread(fd, buf, 4 * PG, 15 * PG), 2 * PG, "%s: a read across the end is short", fs);
	ok(all_bytes(buf, 0, PG) && all_bytes(buf + PG, '2', PG), "%s: with the right bytes", fs);
	is(pread(fd, buf, PG, 17 * PG), 0, "%s: a read at the end is 0", fs);
	is(pread(fd, buf, PG, 40 * PG), 0, "%s: far behind it too", fs);
	is(pread(fd, buf, 0, 0), 0, "%s: of nothing as well", fs);
	close(plain), close(fd);
}

/* the last sector of an odd file */
static void odd_end(const char *fs)
{
	int fd = make_file("odd", PG + 700, 'o'), io = must(open("odd", O_RDWR | O_DIRECT));

	must(fsync(fd));
	memset(buf, 'x', 2 * PG);
	is(pread(io, buf, 2 * PG, 0), PG + 700, "%s: a read stops at an odd end", fs);
	ok(all_bytes(buf, 'o', PG + 700), "%s: with all bytes before it", fs);
	is(pread(io, buf, SECTOR, PG + SECTOR), 700 - SECTOR, "%s: within the last sector", fs);
	memset(buf, 'n', PG);
	is(pwrite(io, buf, SECTOR, PG + SECTOR), SECTOR, "%s: a write over the odd end", fs);
	is(file_size(io), PG + 2 * SECTOR, "%s: makes it even", fs);
	is(file_byte(fd, PG + SECTOR), 'n', "%s: content before the old end", fs);
	is(file_byte(fd, PG + 2 * SECTOR - 1), 'n', "%s: content behind it", fs);
	close(fd), close(io);
	fd = make_file("app", PG, 'a');
	io = must(open("app", O_WRONLY | O_APPEND | O_DIRECT));
	is(write(io, buf, PG), PG, "%s: O_APPEND", fs);
	is(lseek(io, 0, SEEK_CUR), 2 * PG, "%s: writes at the end", fs);
	ok(file_byte(fd, PG - 1) == 'a' && file_byte(fd, PG) == 'n', "%s: and nowhere else", fs);
	close(fd), close(io);
}

/* a mapping and plain reads agree with what went past the cache */
static void mapped(const char *fs)
{
	int fd = make_file("m", 4 * PG, 'm'), io = must(open("m", O_RDWR | O_DIRECT));
	char *p = must(mmap(NULL, 8 * PG, RW, MAP_SHARED, fd, 0));

	p[PG] = 'p';
	memset(buf, 'd', 4 * PG);
	must_be(pwrite(io, buf, 2 * PG, 4 * PG) == (ssize_t)(2 * PG));
	ok(p[4 * PG] == 'd' && p[6 * PG - 1] == 'd', "%s: a mapping sees how the file grew", fs);
	is_fault(try_load(p + 6 * PG), SIGBUS, BUS_ADRERR, p + 6 * PG, "%s: and where it ends", fs);
	is(file_byte(fd, PG), 'p', "%s: a store beside it is not lost", fs);
	must(ftruncate(io, PG));
	must_be(pwrite(io, buf, PG, 2 * PG) == (ssize_t)PG);
	is(p[PG], 0, "%s: nothing old returns after truncate and growth", fs);
	is(p[2 * PG], 'd', "%s: behind the hole is what was written", fs);
	must(munmap(p, 8 * PG));
	close(fd), close(io);
}

static void errors(const char *fs, bool strict)
{
	int fd = make_file("e", 4 * PG, 'e'), io = must(open("e", O_RDWR | O_DIRECT));
	char *none = must(mmap(NULL, PG, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));

	must(fsync(fd));
	if (strict) {
		fails(pread(io, buf, PG, 1), EINVAL, "%s: an odd offset is EINVAL", fs);
		fails(pread(io, buf, 100, 0), EINVAL, "%s: an odd length is EINVAL", fs);
		fails(pread(io, buf + 1, PG, 0), EINVAL, "%s: an odd address is EINVAL", fs);
		fails(pwrite(io, buf, PG, 1), EINVAL, "%s: an odd offset of a write too", fs);
		is(pread(io, buf, 100, 4 * PG + 1), 0, "%s: but behind the end there is just nothing", fs);
	} else {
		is(pread(io, buf + 1, 100, 1), 100, "%s: nothing has to be aligned", fs);
		is(pwrite(io, buf + 1, 100, 1), 100, "%s: for writes neither", fs);
	}
	fails(pread(io, none, PG, 0), EFAULT, "%s: a buffer that cannot be written is EFAULT", fs);
	fails(pwrite(io, none, PG, 0), EFAULT, "%s: one that cannot be read too", fs);
	fails(pread(io, NOTHING, PG, 0), EFAULT, "%s: NULL as well", fs);
	is(file_byte(fd, PG), 'e', "%s: nothing changed", fs);
	must(munmap(none, PG));
	close(fd), close(io);
}

static void all(const char *fs)
{
	basics(fs);
	odd_end(fs);
	mapped(fs);
	errors(fs, !strcmp(fs, "ext2"));
}

int main(void)
{
	buf = must(mmap(NULL, 8 * PG, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	who();
	on_both(all);
	return done();
}
