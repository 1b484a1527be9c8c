// SPDX-License-Identifier: GPL-2.0-only
/*
 * The end of a mapped file: SIGBUS beyond it, zeros up to the page boundary,
 * and what truncation does to mappings.
 *
 * Teaching kernels write the whole last page back, past the end of the file,
 * and forget pages that are mapped when a file shrinks.
 */
#include "tap.h"

#define RW	(PROT_READ | PROT_WRITE)

static char *map(int fd, size_t len, int flags)
{
	return must(mmap(NULL, len, RW, flags, fd, 0));
}

static void beyond(const char *fs)
{
	int fd = make_file("f", PG + 100, 'a'), src = make_file("s", PG, 's');
	char *p = map(fd, 4 * PG, MAP_SHARED), *q = map(fd, 4 * PG, MAP_PRIVATE);

	no_fault(try_load(p + PG + 4095), "%s: a load behind the end within its page works", fs);
	ok(all_bytes(p + PG + 100, 0, PG - 100), "%s: and gives zeros", fs);
	is_fault(try_load(p + 2 * PG), SIGBUS, BUS_ADRERR, p + 2 * PG,
		 "%s: a load of the next page is SIGBUS, BUS_ADRERR", fs);
	is_fault(try_store(p + 3 * PG + 5), SIGBUS, BUS_ADRERR, p + 3 * PG + 5,
		 "%s: so is a store, with its exact address", fs);
	is_fault(try_store(q + 2 * PG), SIGBUS, BUS_ADRERR, q + 2 * PG,
		 "%s: so is a store to a private mapping", fs);
	fails(pread(src, p + 2 * PG, 10, 0), EFAULT, "%s: read(2) into it is EFAULT", fs);
	fails(write(src, p + 2 * PG, 10), EFAULT, "%s: write(2) from it is EFAULT", fs);
	memset(p + PG + 100, 'z', 100);
	is(file_size(fd), PG + 100, "%s: stores behind the end do not grow the file", fs);
	is(file_byte(fd, PG + 100), -1, "%s: read does not see them", fs);
	must(msync(p, 4 * PG, MS_SYNC));
	is(file_size(fd), PG + 100, "%s: not after msync either", fs);
	must(munmap(p, 4 * PG)), must(munmap(q, 4 * PG));
	must(ftruncate(fd, 2 * PG));
	is(file_byte(fd, PG + 99), 'a', "%s: growing keeps the data", fs);
	/* On tmpfs Linux keeps them. */
	if (!strcmp(fs, "ext2")) {
		is(file_byte(fd, PG + 100), 0,
		   "%s: stores behind the old end do not appear when it grows", fs);
		is(file_byte(fd, PG + 150), 0, "%s: none of them", fs);
	}
	close(fd), close(src);
}

static void grow(const char *fs)
{
	int fd = make_file("g", 100, 'g');
	struct stat st;
	char *p = map(fd, 4 * PG, MAP_SHARED);

	is_fault(try_load(p + PG), SIGBUS, BUS_ADRERR, p + PG, "%s: a mapping longer than the file", fs);
	must(ftruncate(fd, 2 * PG));
	no_fault(try_load(p + PG), "%s: becomes usable when ftruncate grows the file", fs);
	is(p[PG], 0, "%s: with zeros", fs);
	is(pwrite(fd, "w", 1, 3 * PG), 1, "%s: and when write does", fs);
	no_fault(try_load(p + 2 * PG), "%s: the hole between", fs);
	is(p[3 * PG], 'w', "%s: and the new data", fs);
	must(munmap(p, 4 * PG));
	/* zeroing of the tail must not need the page to be clean */
	p = map(fd, 4 * PG, MAP_SHARED);
	must(ftruncate(fd, PG / 2));
	memset(p + PG / 2, 'x', PG / 2);
	must(ftruncate(fd, PG));
	must(fstat(fd, &st));
	if (!strcmp(fs, "ext2") && st.st_blksize >= (long)PG) {	/* Linux: in the last block only */
		ok(all_bytes(p + PG / 2, 0, PG / 2),
		   "%s: growing zeroes what was stored behind the old end, in the mapping", fs);
		is(file_byte(fd, PG / 2), 0, "%s: and for read", fs);
	}
	memset(p, 'y', PG);
	must(ftruncate(fd, 10));
	is(pwrite(fd, "w", 1, 100), 1, "%s: a write behind the end", fs);
	ok(all_bytes(p + 10, 0, 90), "%s: leaves zeros between the old end and the data", fs);
	is(p[100], 'w', "%s: followed by the data", fs);
	must(munmap(p, 4 * PG));
	close(fd);
}

static void shrink(const char *fs)
{
	int fd = make_file("h", 4 * PG, 'h');
	char *p = map(fd, 4 * PG, MAP_SHARED), *q = map(fd, 4 * PG, MAP_PRIVATE);
	char *ro = must(mmap(NULL, 4 * PG, PROT_READ, MAP_PRIVATE, fd, 0));

	p[3 * PG] = '1', q[2 * PG] = '2', q[3 * PG] = '3', q[PG + 200] = '4';
	(void)*(volatile char *)(ro + 3 * PG);
	must(ftruncate(fd, PG + 100));
	is_fault(try_load(p + 2 * PG), SIGBUS, BUS_ADRERR, p + 2 * PG,
		 "%s: truncation takes the pages out of shared mappings", fs);
	is_fault(try_load(p + 3 * PG), SIGBUS, BUS_ADRERR, p + 3 * PG, "%s: dirty ones too", fs);
	is_fault(try_load(ro + 3 * PG), SIGBUS, BUS_ADRERR, ro + 3 * PG,
		 "%s: and out of private mappings", fs);
	is_fault(try_load(q + 2 * PG), SIGBUS, BUS_ADRERR, q + 2 * PG,
		 "%s: even private copies that were stored to", fs);
	is(q[PG + 200], '4', "%s: a private copy of the last page keeps what it has", fs);
	ok(all_bytes(p + PG + 100, 0, PG - 100), "%s: the tail of the last page is zeroed", fs);
	is(p[PG + 99], 'h', "%s: up to the end", fs);
	must(ftruncate(fd, 4 * PG));
	ok(all_bytes(p + PG + 100, 0, 3 * PG - 100), "%s: growing again shows zeros, not the old data", fs);
	is(file_byte(fd, 3 * PG), 0, "%s: for read as well", fs);
	is(q[2 * PG], 0, "%s: the private copy is forgotten, not brought back", fs);
	must(munmap(p, 4 * PG)), must(munmap(q, 4 * PG)), must(munmap(ro, 4 * PG));
	close(fd);
}

static void to_zero(const char *fs)
{
	int fd = make_file("i", 4 * PG, 'i'), fd2;
	char *p = map(fd, 4 * PG, MAP_SHARED);

	p[0] = 'I';
	fd2 = must(open("i", O_RDWR | O_TRUNC));
	is_fault(try_load(p), SIGBUS, BUS_ADRERR, p, "%s: O_TRUNC empties a mapped file: SIGBUS", fs);
	is(pwrite(fd2, "new", 3, 0), 3, "%s: it is written anew", fs);
	is(p[0], 'n', "%s: and the old mapping shows it", fs);
	is(p[3], 0, "%s: with zeros behind", fs);
	must(truncate("i", 0));
	is_fault(try_load(p), SIGBUS, BUS_ADRERR, p, "%s: truncate(2) does the same", fs);
	must(munmap(p, 4 * PG));
	close(fd), close(fd2);
}

struct victim {
	char *p;
	int fd;
	struct gate ready, go;
};

static void victim(void *arg)
{
	struct victim *v = arg;
	struct fault f;

	v->p[2 * PG] = 'v';
	gate_open(v->ready);
	gate_pass(v->go);
	f = try_load(v->p + 2 * PG);
	CHECK(f.sig == SIGBUS && f.code == BUS_ADRERR && f.addr == (unsigned long)v->p + 2 * PG);
	CHECK(v->p[0] == 'v');
}

static void other_process(const char *fs)
{
	int fd = make_file("j", 4 * PG, 'v');
	struct victim v = { map(fd, 4 * PG, MAP_SHARED), fd, gate_new(), gate_new() };
	pid_t pid = spawn(victim, &v);

	gate_pass(v.ready);
	must(ftruncate(fd, PG));
	gate_open(v.go);
	is(reap(pid), 0, "%s: truncation reaches the mappings of other processes", fs);
	must(munmap(v.p, 4 * PG));
	gate_free(v.ready), gate_free(v.go);
	close(fd);
}

static void die_by_sigbus(void *arg)
{
	*(volatile char *)arg = 1;
}

static void fatal(const char *fs)
{
	int fd = make_file("k", 1, 'k');
	char *p = map(fd, 2 * PG, MAP_SHARED);

	is(child(die_by_sigbus, p + PG), -SIGBUS, "%s: without a handler SIGBUS kills", fs);
	must(munmap(p, 2 * PG));
	close(fd);
}

static void both(const char *fs)
{
	beyond(fs);
	grow(fs);
	shrink(fs);
	to_zero(fs);
	other_process(fs);
	fatal(fs);
}

int main(void)
{
	on_both(both);
	return done();
}
