// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading a disk that has a bad block: by read, by mappings, around the cache, through
 * an indirect block that is lost, and to run a program. What is not on the bad block is
 * readable, also if it was asked for in one request with it.
 */
#include "baddisk.h"
#include <sys/sendfile.h>
#include <sys/uio.h>

#define PAGES	40
#define BAD	5		/* the page of m/data that cannot be read */
#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22
#endif

static char buf[PAGES * PG] __attribute__((aligned(PG)));

/* A function that is on a page of its own: the second run of this program misses it. */
__attribute__((noinline, aligned(4096), section(".text.lonely")))
static int lonely(int n)
{
	__asm__ volatile("addi %0, %0, 1\n\tj 1f\n\t.skip 4096\n1:" : "+r"(n));
	return n;
}

/* The page of this program's file that holds @address. */
static unsigned int file_page(unsigned long address)
{
	char *maps = must(slurp("/proc/self/maps")), *line = maps;
	unsigned long start, end, offset, page = 0;

	while (line && *line) {
		if (sscanf(line, "%lx-%lx %*s %lx", &start, &end, &offset) == 3 &&
		    address >= start && address < end)
			page = (address - start + offset) / PG;
		line = strchr(line, '\n');
		line += !!line;
	}
	free(maps);
	must_be(page);
	return page;
}

static void copy_self(const char *to)
{
	int in = must(open("/proc/self/exe", O_RDONLY)), out = must(open(to, O_CREAT | O_WRONLY, 0755));
	ssize_t n;

	while ((n = must(read(in, buf, sizeof(buf)))) > 0)
		must_be(write(out, buf, n) == n);
	close(in);
	close(out);
}

static void make_disk(void)
{
	ino_t data, table, first, later;

	make_fs();
	must(mount_fs(""));
	close(make_file("m/data", PAGES * PG, 'd'));
	close(make_file("m/table", 20 * PG, 't'));
	copy_self("m/first");
	copy_self("m/later");
	data = ino_of("m/data");
	table = ino_of("m/table");
	first = ino_of("m/first");
	later = ino_of("m/later");
	must(umount_fs());
	open_disk();
	redirect(data, BAD, BAD_READ);
	redirect_table(table, NDIR, BAD_READ);
	redirect(first, 0, BAD_READ);
	redirect(later, file_page((unsigned long)lonely), BAD_READ);
	close_disk();
	works(mount_fs(""), "a disk with bad blocks in files is mounted");
}

static void test_read(void)
{
	int fd = must(open("m/data", O_RDONLY));
	int good = 0;

	is(pread(fd, buf, PG, (BAD - 1) * PG), PG, "the page before a bad one is readable");
	fails(pread(fd, buf, PG, BAD * PG), EIO, "the bad one is EIO");
	fails(pread(fd, buf, 1, BAD * PG + 17), EIO, "and again, for a single byte");
	is(pread(fd, buf, PG, (BAD + 1) * PG), PG, "the page behind it is readable");
	ok(all_bytes(buf, 'd', PG), "and holds what was written");
	drop_caches();
	memset(buf, 0, sizeof(buf));
	is(read(fd, buf, sizeof(buf)), BAD * PG, "a read of everything stops short of the bad page");
	ok(all_bytes(buf, 'd', BAD * PG) && all_bytes(buf + BAD * PG, 0, PG), "with what is before it");
	fails(read(fd, buf, PG), EIO, "the next read is EIO");
	is(lseek(fd, 0, SEEK_CUR), BAD * PG, "which does not move");
	drop_caches();
	for (int i = 0; i < PAGES; i++)
		good += pread(fd, buf, PG, i * PG) == (ssize_t)PG && buf[0] == 'd';
	is(good, PAGES - 1, "page by page, all but one are read");
	close(fd);
}

static void test_transfer(void)
{
	int in = must(open("m/data", O_RDONLY)), out = must(open("m/out", O_CREAT | O_RDWR, 0600));
	off_t from = (BAD - 2) * PG;
	loff_t at = BAD * PG;

	drop_caches();
	is(sendfile(out, in, &from, PAGES * PG), 2 * PG, "sendfile stops short of the bad page");
	is(from, BAD * PG, "and says how far it came");
	fails(sendfile(out, in, &from, PG), EIO, "from there it is EIO");
	from = 0;
	fails(copy_file_range(in, &at, out, NULL, PG, 0), EIO, "copy_file_range from there too");
	close(in);
	close(out);
}

static void test_read_ahead(void)
{
	int fd = must(open("m/data", O_RDONLY));

	drop_caches();
	is(readahead(fd, 0, PAGES * PG), 0, "readahead over a bad page works");
	is(posix_fadvise(fd, 0, PAGES * PG, POSIX_FADV_WILLNEED), 0, "POSIX_FADV_WILLNEED too");
	is(pread(fd, buf, PG, (BAD + 1) * PG), PG, "what they read is readable");
	fails(pread(fd, buf, PG, BAD * PG), EIO, "what they did not get is EIO");
	close(fd);
}

static void test_direct(void)
{
	int fd = must(open("m/data", O_RDONLY | O_DIRECT));

	is(pread(fd, buf, PG, (BAD - 1) * PG), PG, "O_DIRECT: a good page");
	fails(pread(fd, buf, PG, BAD * PG), EIO, "O_DIRECT: the bad page is EIO");
	fails(pread(fd, buf, sizeof(buf), 0), EIO, "O_DIRECT: a read that goes over it is EIO");
	is(pread(fd, buf, PG, (BAD + 1) * PG), PG, "O_DIRECT: the page behind it");
	close(fd);
	fd = must(open(BAD_DISK, O_RDONLY | O_DIRECT));
	fails(pread(fd, buf, sizeof(buf), (BAD_READ - 8) * PG), EIO,
	      "O_DIRECT: a read of the device over its bad block is EIO");
	close(fd);
}

static char *map_data(int fd, int prot, int flags)
{
	return must(mmap(NULL, PAGES * PG, prot, flags, fd, 0));
}

static void test_faults(void)
{
	int fd = must(open("m/data", O_RDWR)), p[2];
	char *m = map_data(fd, PROT_READ | PROT_WRITE, MAP_SHARED);
	char *bad = m + BAD * PG;
	int good = 0;

	drop_caches();
	is_fault(try_load(bad + 8), SIGBUS, BUS_ADRERR, bad + 8, "a load from the bad page is SIGBUS");
	is_fault(try_store(bad + 16), SIGBUS, BUS_ADRERR, bad + 16, "a store to it too");
	is_fault(try_load(bad), SIGBUS, BUS_ADRERR, bad, "and the next load again");
	for (int i = 0; i < PAGES; i++)
		if (i != BAD)
			good += !try_load(m + i * PG).sig && m[i * PG] == 'd';
	is(good, PAGES - 1, "all the other pages are there");
	must(pipe(p));
	fails(write(p[1], bad, 1), EFAULT, "write from the bad page is EFAULT");
	is(write(p[1], bad + PG, 1), 1, "write from its neighbour works");
	fails(process_vm_readv(getpid(), &(struct iovec){ buf, 1 }, 1, &(struct iovec){ bad, 1 }, 1, 0),
	      EFAULT, "process_vm_readv from the bad page is EFAULT");
	munmap(m, PAGES * PG);
	m = map_data(fd, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	bad = m + BAD * PG;
	is_fault(try_store(bad), SIGBUS, BUS_ADRERR, bad, "a store to a private mapping of it is SIGBUS");
	no_fault(try_store(bad - PG), "to its neighbour it is none");
	munmap(m, PAGES * PG);
	close(p[0]), close(p[1]);
	close(fd);
}

/* What must have the page: on Linux 6.12, populating tries the bad page for ever. */
static void test_populate(void)
{
	char *version = must(slurp("/proc/version"));
	int fd = must(open("m/data", O_RDONLY));
	char *m = map_data(fd, PROT_READ, MAP_SHARED);

	drop_caches();
	works(madvise(m, PAGES * PG, MADV_WILLNEED), "MADV_WILLNEED over a bad page works");
	munmap(m, PAGES * PG);
	if (strstr(version, "debian-kernel")) {
		skip("it never ends", "populating over a bad page");
	} else {
		m = mmap(NULL, PAGES * PG, PROT_READ, MAP_SHARED | MAP_POPULATE, fd, 0);
		ok(m != MAP_FAILED, "MAP_POPULATE over it works");
		is_fault(try_load(m + BAD * PG), SIGBUS, BUS_ADRERR, m + BAD * PG,
			 "and the page is SIGBUS all the same");
		fails(madvise(m, PAGES * PG, MADV_POPULATE_READ), EFAULT, "MADV_POPULATE_READ is EFAULT");
		fails(mlock(m, PAGES * PG), ENOMEM, "mlock is ENOMEM");
		munmap(m, PAGES * PG);
	}
	free(version);
	close(fd);
}

static void test_lost_table(void)
{
	int fd = must(open("m/table", O_RDWR));
	char *m = must(mmap(NULL, 20 * PG, PROT_READ, MAP_SHARED, fd, 0));

	is(pread(fd, buf, PG, 11 * PG), PG, "what needs no indirect block is readable without it");
	fails(pread(fd, buf, PG, 12 * PG), EIO, "what needs it is EIO");
	is(pread(fd, buf, sizeof(buf), 0), 12 * PG, "a read of everything stops before that");
	is_fault(try_load(m + 13 * PG), SIGBUS, BUS_ADRERR, m + 13 * PG, "a load is SIGBUS");
	fails(pwrite(fd, buf, 7, 14 * PG), EIO, "a write is EIO");
	munmap(m, 20 * PG);
	close(fd);
	fd = must(open("m/table", O_RDONLY | O_DIRECT));
	fails(pread(fd, buf, PG, 13 * PG), EIO, "O_DIRECT: EIO");
	close(fd);
}

static int run(const char *program, const char *arg)
{
	pid_t pid = must(fork());

	if (!pid) {
		execl(program, program, arg, NULL);
		_exit(errno);
	}
	return reap(pid);
}

static void test_exec(void)
{
	drop_caches();
	is(run("m/first", "avoid"), EIO, "execve of a program whose first page is bad is EIO");
	is(run("m/later", "avoid"), 0, "one with a bad page that it does not reach runs");
	is(run("m/later", "reach"), -SIGBUS, "it is killed by SIGBUS when it gets there");
}

/* A bad block can be written: what has come to the cache is the content from then on. */
static void test_rewrite(void)
{
	int fd = must(open("m/data", O_RDWR));

	drop_caches();
	memset(buf, 'n', PG);
	fails(pwrite(fd, buf, 100, BAD * PG), EIO, "a write of a part of the bad page is EIO");
	is(pwrite(fd, buf, PG, BAD * PG), PG, "a write of all of it works");
	is(file_byte(fd, BAD * PG + 5), 'n', "and is there to be read");
	works(fsync(fd), "and can be written back");
	close(fd);
	must(umount_fs());
	must(mount_fs(""));
	fd = must(open("m/data", O_RDWR));
	fails(pread(fd, buf, PG, BAD * PG), EIO, "but not be read again");
	works(ftruncate(fd, 0), "the file can be cut");
	close(fd);
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return strcmp(argv[1], "reach") ? 0 : lonely(1);
	if (!bad_disk("reading bad blocks"))
		return done();
	make_disk();
	test_read();
	test_transfer();
	test_read_ahead();
	test_direct();
	test_faults();
	test_populate();
	test_lost_table();
	test_exec();
	test_rewrite();
	for (size_t i = 0; i < 3; i++)
		works(unlink(((const char *[]){ "m/data", "m/first", "m/later" })[i]),
		      "a file with a bad page can be removed");
	works(umount_fs(), "the filesystem can be unmounted");
	return done();
}
