// SPDX-License-Identifier: GPL-2.0-only
/*
 * No space at a shared store into a hole: SIGBUS at the store itself, with its
 * address; EFAULT or a short count for a system call; what was stored before stays,
 * and once there is room again the store works.
 */
#include "tap.h"
#include <sys/mount.h>
#include <sys/statfs.h>

#define RW	(PROT_READ | PROT_WRITE)

/* Write until nothing fits any more. Return: the descriptor of the filler. */
static int fill_up(void)
{
	static char buf[256 * KiB];
	int fd = must(open("filler", O_RDWR | O_CREAT | O_TRUNC, 0644));

	memset(buf, 'F', sizeof(buf));
	for (size_t n = sizeof(buf); n >= 512; n /= 2)
		while (write(fd, buf, n) == (ssize_t)n)
			;
	return fd;
}

static void full(const char *fs)
{
	int fd = make_file("sparse", PG, 's'), filler, src = make_file("src", PG, 'r');
	size_t pages = 512, n = 0;
	char *p, *first_bad;
	struct fault f = { 0 };

	must(ftruncate(fd, pages * PG));
	must(fsync(fd));
	p = must(mmap(NULL, pages * PG, RW, MAP_SHARED, fd, 0));
	filler = fill_up();
	/* A few blocks may still be free: a page's worth each at most. */
	while (n < pages && !(f = try_store(p + ++n * PG)).sig)
		;
	first_bad = p + n * PG;
	ok(n < pages, "%s: on a full filesystem a store into a hole fails", fs);
	is_fault(f, SIGBUS, BUS_ADRERR, first_bad, "%s: by SIGBUS at its address", fs);
	is_fault(try_store(first_bad + 77), SIGBUS, BUS_ADRERR, first_bad + 77, "%s: again and again", fs);
	if (!strcmp(fs, "tmpfs")) {	/* where a hole's page, once mapped, needs room as well */
		is_fault(try_load(first_bad), SIGBUS, BUS_ADRERR, first_bad, "%s: so does a load of the hole", fs);
	} else {
		no_fault(try_load(first_bad), "%s: a load of the hole works", fs);
		is(*first_bad, 0, "%s: and gives zero", fs);
	}
	is_fault(try_store(first_bad), SIGBUS, BUS_ADRERR, first_bad, "%s: a store after the load fails too", fs);
	fails(pread(src, first_bad, 10, 0), EFAULT, "%s: read(2) into it is EFAULT", fs);
	p[0] = 'S';
	is(file_byte(fd, 0), 'S', "%s: a store where blocks are works", fs);
	is(msync(p, pages * PG, MS_SYNC), 0, "%s: and is written without an error", fs);
	must(ftruncate(filler, 0));
	no_fault(try_store(first_bad), "%s: with room again the store works", fs);
	is(file_byte(fd, first_bad - p), 0x5a, "%s: and is in the file", fs);
	is(msync(p, pages * PG, MS_SYNC), 0, "%s: and written", fs);
	for (size_t i = 1; i < n; i++)
		f.sig += p[i * PG] != 0x5a;
	is(f.sig, SIGBUS, "%s: nothing that was stored is lost", fs);
	must(munmap(p, pages * PG));
	close(fd), close(filler), close(src);
}

int main(void)
{
	struct statfs sf;

	work_in(TMPFS);
	must(mkdir("small", 0755));
	must(mount("none", "small", "tmpfs", 0, "size=1m"));
	must(chdir("small"));
	full("tmpfs");
	must(chdir(".."));
	must(umount("small"));
	work_in(DISK);
	must(statfs(".", &sf));
	if (sf.f_bfree * sf.f_bsize > 512 * MiB)
		skip("the disk is too large to be filled", "ext2");
	else
		full("ext2");
	return done();
}
