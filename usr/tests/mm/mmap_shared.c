// SPDX-License-Identifier: GPL-2.0-only
/*
 * MAP_SHARED of files: one page for every mapper and for read and write.
 *
 * Teaching kernels often get these wrong: they copy shared pages on fork, write
 * back through the file position, write past the end of the file, or write
 * clean pages back over somebody else's newer data.
 */
#include "tap.h"

#define RW	(PROT_READ | PROT_WRITE)
#define LEN	(4 * PG)

static char *map(int fd, int prot, int flags, off_t off, size_t len)
{
	return must(mmap(NULL, len, prot, flags, fd, off));
}

static void coherence(const char *fs)
{
	int fd = make_file("f", LEN, 'a'), fd2 = must(open("f", O_RDWR));
	char *p = map(fd, RW, MAP_SHARED, 0, LEN), buf[64];
	char *q = map(fd2, RW, MAP_SHARED, 0, LEN);

	ok(all_bytes(p, 'a', LEN), "%s: a mapping shows what write wrote before", fs);
	p[5] = 'b';
	is(file_byte(fd2, 5), 'b', "%s: read sees a store at once", fs);
	is(q[5], 'b', "%s: another mapping sees a store at once", fs);
	file_poke(fd2, PG + 7, 'c');
	is(p[PG + 7], 'c', "%s: a mapping sees a write at once", fs);
	is(q[PG + 7], 'c', "%s: so does the second mapping", fs);
	q[3 * PG] = 'd';
	is(p[3 * PG], 'd', "%s: stores through the second are seen by the first", fs);
	must(lseek(fd, 2 * PG, SEEK_SET));
	p[2 * PG] = 'e';
	must(msync(p, LEN, MS_SYNC));
	is(lseek(fd, 0, SEEK_CUR), 2 * PG, "%s: stores and msync do not move the file position", fs);
	is(read(fd, buf, 1), 1, "%s: read works at that position", fs);
	is(buf[0], 'e', "%s: and gives the stored byte", fs);
	is(file_size(fd), LEN, "%s: stores do not change the size", fs);

	char *half = map(fd, RW, MAP_SHARED, PG, PG);
	is(half[7], 'c', "%s: a mapping with an offset starts at that offset", fs);
	half[8] = 'h';
	is(p[PG + 8], 'h', "%s: it is the same page as the other mapping's second", fs);
	/* write(2) out of a mapping of the very file, into the next page. */
	is(pwrite(fd, p, PG, PG), PG, "%s: write from a mapping of the same file", fs);
	ok(!memcmp(p, p + PG, PG), "%s: copies the page", fs);
	is(pread(fd, p + 2 * PG, PG, 0), PG, "%s: read into a mapping of the same file", fs);
	ok(!memcmp(p, p + 2 * PG, PG), "%s: copies the page too", fs);
	must(munmap(p, LEN));
	is(q[5], 'b', "%s: unmapping one mapping leaves the other", fs);
	must(munmap(q, LEN)), must(munmap(half, PG));
	is(file_byte(fd, 5), 'b', "%s: stores stay in the file after munmap", fs);
	close(fd), close(fd2);
	fd = must(open("f", O_RDONLY));
	is(file_byte(fd, 3 * PG), 'd', "%s: and after the last close", fs);
	close(fd);
}

static void lifetime(const char *fs)
{
	int fd = make_file("g", LEN, 'g'), other;
	char *p = map(fd, RW, MAP_SHARED, 0, LEN), *q;
	struct stat st;

	must(link("g", "g2"));
	close(fd);
	is(p[0], 'g', "%s: a mapping outlives its descriptor", fs);
	other = must(open("g2", O_RDWR));
	q = map(other, RW, MAP_SHARED, 0, LEN);
	p[1] = '1';
	is(q[1], '1', "%s: mappings by two hard links share pages", fs);
	must(unlink("g")), must(unlink("g2"));
	p[2] = '2';
	is(q[2], '2', "%s: an unlinked file is still shared by its mappings", fs);
	is(file_byte(other, 2), '2', "%s: and read through an open descriptor", fs);
	must(fstat(other, &st));
	is(st.st_nlink, 0, "%s: its link count is 0", fs);
	close(other);
	must(munmap(q, LEN));
	ok(all_bytes(p + PG, 'g', LEN - PG), "%s: a mapping alone keeps an unlinked file", fs);
	fd = make_file("g", PG, 'n');
	is(p[0], 'g', "%s: a new file by the same name is another file", fs);
	close(fd);
	must(munmap(p, LEN));
}

static void child_store(void *arg)
{
	char *p = arg;

	CHECK(p[0] == 'P');
	p[1] = 'C';
	CHECK(!munmap(p, PG));
	p[PG] = 'D';
	_exit(0);
}

static void child_killed(void *arg)
{
	char *p = arg;

	p[2 * PG] = 'K';
	raise(SIGKILL);
}

static void forked(const char *fs)
{
	int fd = make_file("h", LEN, 'h');
	char *p = map(fd, RW, MAP_SHARED, 0, LEN);

	p[0] = 'P';
	is(child(child_store, p), 0, "%s: a child sees the parent's stores, and may unmap its own", fs);
	is(p[1], 'C', "%s: the parent sees the child's store: shared pages are not copied on fork", fs);
	is(p[PG], 'D', "%s: also in a page first touched by the child", fs);
	is(p[0], 'P', "%s: the child's munmap did not unmap the parent's", fs);
	is(child(child_killed, p), -SIGKILL, "%s: a child stores and is killed", fs);
	is(p[2 * PG], 'K', "%s: its store is seen by the mapping", fs);
	is(file_byte(fd, 2 * PG), 'K', "%s: and by read", fs);
	must(munmap(p, LEN));
	close(fd);
}

static void clean_pages(const char *fs)
{
	int fd = make_file("i", LEN, 'i');
	char *p = map(fd, RW, MAP_SHARED, 0, LEN);
	char *q = map(fd, PROT_READ, MAP_SHARED, 0, LEN);

	(void)*(volatile char *)q;
	file_poke(fd, 0, 'w');
	must(munmap(q, LEN));
	is(file_byte(fd, 0), 'w', "%s: unmapping a clean page does not undo a write", fs);
	p[PG] = 's';
	file_poke(fd, PG + 1, 't');
	must(msync(p, LEN, MS_SYNC));
	is(file_byte(fd, PG), 's', "%s: a store and a write in one page: the store is kept", fs);
	is(file_byte(fd, PG + 1), 't', "%s: and the write is kept", fs);
	p[PG] = 'u';
	is(file_byte(fd, PG), 'u', "%s: a store after msync is seen by read", fs);
	must(fsync(fd));
	p[PG] = 'v';
	must(fsync(fd));
	is(file_byte(fd, PG), 'v', "%s: and one between two fsyncs", fs);
	must(munmap(p, LEN));
	close(fd);
}

static void holes(const char *fs)
{
	int fd = must(open("j", O_RDWR | O_CREAT | O_TRUNC, 0600));
	struct stat st;
	char *p;

	must(ftruncate(fd, 64 * PG));
	p = map(fd, RW, MAP_SHARED, 0, 64 * PG);
	ok(all_bytes(p, 0, 64 * PG), "%s: a hole reads as zeros through a mapping", fs);
	must(fstat(fd, &st));
	if (!strcmp(fs, "ext2"))	/* tmpfs keeps the pages that were read */
		is(st.st_blocks, 0, "%s: reading a hole through a mapping allocates no block", fs);
	p[33 * PG + 5] = 'x';
	is(file_byte(fd, 33 * PG + 5), 'x', "%s: a store into a hole is seen by read", fs);
	is(file_byte(fd, 33 * PG + 6), 0, "%s: the rest of its page is zero", fs);
	must(fsync(fd));
	must(fstat(fd, &st));
	if (!strcmp(fs, "ext2"))
		ok(st.st_blocks > 0 && st.st_blocks * 512 < (off_t)(16 * PG),
		   "%s: it allocates a block, not the whole hole", fs);
	is(file_byte(fd, 32 * PG), 0, "%s: neighbouring holes stay zero", fs);
	must(munmap(p, 64 * PG));
	close(fd);
}

/* Mapped read first, then mapped write through another, read-only left alone. */
static void upgrade(const char *fs)
{
	int fd = make_file("k", PG, 'k');
	char *p = map(fd, RW, MAP_SHARED, 0, PG);
	char *r = map(fd, PROT_READ, MAP_SHARED, 0, PG);

	is(*(volatile char *)p, 'k', "%s: first a load", fs);
	is(*(volatile char *)r, 'k', "%s: through both mappings", fs);
	*(volatile char *)p = 'K';
	is(*(volatile char *)r, 'K', "%s: a store after a load is seen by the read-only mapping", fs);
	is_fault(try_store(r), SIGSEGV, SEGV_ACCERR, r,
		 "%s: a store through the read-only mapping is SEGV_ACCERR", fs);
	must(munmap(p, PG)), must(munmap(r, PG));
	close(fd);
}

static void both(const char *fs)
{
	coherence(fs);
	lifetime(fs);
	forked(fs);
	clean_pages(fs);
	holes(fs);
	upgrade(fs);
}

int main(void)
{
	on_both(both);
	return done();
}
