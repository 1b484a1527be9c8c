// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mapping and system calls on one file see each other at once: write, pwritev,
 * O_APPEND, O_DIRECT, copy_file_range, sendfile, ftruncate, fallocate, and both
 * directions at the same time.
 */
#include "tap.h"
#include <linux/falloc.h>
#include <sys/sendfile.h>
#include <sys/uio.h>

#define RW	(PROT_READ | PROT_WRITE)
#define PAGES	16
#define ROUNDS	400

static void appending(const char *fs)
{
	int fd = make_file("ap", 100, 'a'), ap = must(open("ap", O_WRONLY | O_APPEND));
	char *p = must(mmap(NULL, 4 * PG, RW, MAP_SHARED, fd, 0)), buf[PG];

	memset(buf, 'b', sizeof(buf));
	p[99] = 'A';
	must_be(write(ap, buf, PG) == PG);
	ok(p[99] == 'A' && all_bytes(p + 100, 'b', PG), "%s: O_APPEND goes behind what is mapped, and is seen", fs);
	p[100] = 'M';
	p[PG + 99] = 'N';
	must_be(write(ap, "cc", 2) == 2);
	is(file_byte(fd, 100), 'M', "%s: stores to what was appended are read", fs);
	is(file_byte(fd, PG + 99), 'N', "%s: in the new last page, after another append, too", fs);
	ok(p[PG + 100] == 'c' && p[PG + 102] == 0, "%s: behind it are zeros", fs);
	must(munmap(p, 4 * PG));
	close(fd), close(ap);
}

static void direct(const char *fs)
{
	int fd = make_file("dio", PAGES * PG, 'd'), io = open("dio", O_RDWR | O_DIRECT);
	char *p = must(mmap(NULL, PAGES * PG, RW, MAP_SHARED, fd, 0));
	char *q = must(mmap(NULL, PAGES * PG, RW, MAP_PRIVATE, fd, 0));
	char *buf = must(mmap(NULL, 4 * PG, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));

	if (io < 0) {
		skip("no O_DIRECT here", "%s: O_DIRECT", fs);
		goto out;
	}
	p[2 * PG] = 'S';
	is(pread(io, buf, 4 * PG, PG), 4 * PG, "%s: O_DIRECT read", fs);
	is(buf[PG], 'S', "%s: sees a store that was never synced", fs);
	is(q[5 * PG], 'd', "%s: a private page is loaded", fs);
	memset(buf, 'w', 4 * PG);
	is(pwrite(io, buf, 4 * PG, 4 * PG), 4 * PG, "%s: O_DIRECT write", fs);
	ok(all_bytes(p + 4 * PG, 'w', 4 * PG), "%s: is seen by a shared mapping", fs);
	ok(all_bytes(q + 4 * PG, 'w', 4 * PG), "%s: and by a private one not stored to", fs);
	is(file_byte(fd, 5 * PG), 'w', "%s: and by read", fs);
	p[4 * PG + 1] = 'T';
	is(file_byte(fd, 4 * PG + 1), 'T', "%s: a store after it is read", fs);
	must(fsync(fd));
	must_be(pread(io, buf, PG, 4 * PG) == PG);
	ok(buf[0] == 'w' && buf[1] == 'T', "%s: and on the disk with it", fs);
	/* The buffer is a mapping of the same file. */
	is(pwrite(io, p, PG, 8 * PG), PG, "%s: O_DIRECT write from a mapping of the same file", fs);
	ok(!memcmp(p, p + 8 * PG, PG), "%s: copies the page", fs);
	close(io);
out:
	must(munmap(p, PAGES * PG)), must(munmap(q, PAGES * PG)), must(munmap(buf, 4 * PG));
	close(fd);
}

static void copying(const char *fs)
{
	int in = make_file("in", PAGES * PG, 'i'), out = make_file("out", PAGES * PG, 'o');
	char *pi = must(mmap(NULL, PAGES * PG, RW, MAP_SHARED, in, 0));
	char *po = must(mmap(NULL, PAGES * PG, RW, MAP_SHARED, out, 0));
	loff_t from = 100, to = 3000;
	off_t at = 5 * PG;

	pi[100] = 'X';
	pi[2 * PG] = 'Y';
	(void)*(volatile char *)po;
	must_be(copy_file_range(in, &from, out, &to, 2 * PG, 0) == 2 * PG);
	ok(po[2999] == 'o' && po[3000] == 'X' && po[3000 + 2 * PG] == 'o' && po[3000 + 2 * PG - 100] == 'Y',
	   "%s: copy_file_range copies what is mapped and stored, and the target's mapping sees it", fs);
	pi[5 * PG + 7] = 'Z';
	must(lseek(out, 9 * PG, SEEK_SET));
	must_be(sendfile(out, in, &at, PG) == PG);
	ok(po[9 * PG] == 'i' && po[9 * PG + 7] == 'Z' && po[10 * PG] == 'o',
	   "%s: so does sendfile", fs);
	po[9 * PG] = 'Q';
	from = 9 * PG, to = 0;
	must_be(copy_file_range(out, &from, in, &to, PG, 0) == PG);
	ok(pi[0] == 'Q' && pi[7] == 'Z' && pi[PG] == 'i', "%s: and back again", fs);
	must(munmap(pi, PAGES * PG)), must(munmap(po, PAGES * PG));
	close(in), close(out);
}

static void sizes(const char *fs)
{
	int fd = make_file("size", 2 * PG, 's');
	char *p = must(mmap(NULL, 8 * PG, RW, MAP_SHARED, fd, 0)), one[3] = "123", two[5] = "45678";
	struct iovec v[2] = { { one, 3 }, { two, 5 } };

	p[PG + 5] = 'S';
	must(ftruncate(fd, PG + 10));
	must(ftruncate(fd, 4 * PG));
	ok(p[PG + 5] == 'S' && all_bytes(p + PG + 10, 0, PG - 10), "%s: cut and grown: zeros from the cut on", fs);
	is(p[3 * PG], 0, "%s: and in the pages that are new", fs);
	p[3 * PG] = 'T';
	is(file_byte(fd, 3 * PG), 'T', "%s: which can be stored to", fs);
	must_be(pwritev(fd, v, 2, 2 * PG - 3) == 8);
	ok(!memcmp(p + 2 * PG - 3, "12345678", 8), "%s: pwritev over a page boundary is seen", fs);
	if (fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 3 * PG, PG) == 0)
		is(p[3 * PG], 0, "%s: a punched hole is seen", fs);
	must(munmap(p, 8 * PG));
	close(fd);
}

struct duel {
	int fd;
	volatile char *p;
};

/* Even words by store, then read by pread. */
static void storer(void *arg)
{
	struct duel *d = arg;

	for (uint64_t n = 1; n <= ROUNDS; n++)
		for (int i = 0; i < PAGES; i++) {
			off_t pos = i * PG + (n % 64) * 64;
			uint64_t got;

			*(volatile uint64_t *)(d->p + pos) = n;
			CHECK(pread(d->fd, &got, 8, pos) == 8 && got == n);
		}
}

/* Odd words of the same pages by pwrite, then read by load. */
static void writer(void *arg)
{
	struct duel *d = arg;

	for (uint64_t n = 1; n <= ROUNDS; n++)
		for (int i = 0; i < PAGES; i++) {
			off_t pos = i * PG + (n % 64) * 64 + 8;

			CHECK(pwrite(d->fd, &n, 8, pos) == 8);
			CHECK(*(volatile uint64_t *)(d->p + pos) == n);
		}
}

/* Syncs, and grows and cuts behind what the others use. */
static void shaker(void *arg)
{
	struct duel *d = arg;

	for (int n = 0; n < ROUNDS / 4; n++) {
		CHECK(!ftruncate(d->fd, (PAGES + 1 + n % 3) * PG - n));
		CHECK(!msync((void *)d->p, PAGES * PG, n & 1 ? MS_SYNC : MS_ASYNC));
		CHECK(!ftruncate(d->fd, PAGES * PG));
	}
}

static void at_once(const char *fs)
{
	struct duel d = { .fd = make_file("duel", PAGES * PG, 0) };
	pid_t pid[3];
	int bad = 0;

	d.p = must(mmap(NULL, PAGES * PG, RW, MAP_SHARED, d.fd, 0));
	pid[0] = spawn(storer, &d);
	pid[1] = spawn(writer, &d);
	pid[2] = spawn(shaker, &d);
	for (int i = 0; i < 3; i++)
		bad += reap(pid[i]) != 0;
	is(bad, 0, "%s: one stores and reads, one writes and loads in the same pages, one syncs and cuts: each sees its own at once", fs);
	for (int i = 0; i < PAGES; i++)
		for (uint64_t k = 0; k < 64; k++) {
			uint64_t last = ROUNDS - (ROUNDS - k) % 64, w[2];

			must_be(pread(d.fd, w, 16, i * PG + k * 64) == 16);
			bad += w[0] != last || w[1] != last;
		}
	is(bad, 0, "%s: and at the end nothing of either is lost", fs);
	must(munmap((void *)d.p, PAGES * PG));
	close(d.fd);
}

static void both(const char *fs)
{
	appending(fs);
	direct(fs);
	copying(fs);
	sizes(fs);
	at_once(fs);
}

int main(void)
{
	on_both(both);
	return done();
}
