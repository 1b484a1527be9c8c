// SPDX-License-Identifier: GPL-2.0-only
/*
 * MAP_PRIVATE of files: stores stay with the storing process; pages that have
 * not been stored to go on showing the file.
 */
#include "tap.h"

#define RW	(PROT_READ | PROT_WRITE)
#define LEN	(4 * PG)

static void isolation(const char *fs)
{
	int fd = make_file("f", LEN, 'a');
	char *p = must(mmap(NULL, LEN, RW, MAP_PRIVATE, fd, 0));
	char *q = must(mmap(NULL, LEN, RW, MAP_PRIVATE, fd, 0));
	char *s = must(mmap(NULL, LEN, RW, MAP_SHARED, fd, 0));

	p[0] = 'p';
	is(p[0], 'p', "%s: a private store is seen by its own mapping", fs);
	is(q[0], 'a', "%s: not by another private mapping", fs);
	is(s[0], 'a', "%s: not by a shared mapping", fs);
	is(file_byte(fd, 0), 'a', "%s: not by read", fs);
	ok(all_bytes(p + 1, 'a', PG - 1), "%s: the rest of the copied page is the file's", fs);
	s[1] = 's';
	is(p[1], 'a', "%s: a copied page does not see later shared stores", fs);
	is(q[1], 's', "%s: an uncopied private page does", fs);
	file_poke(fd, PG + 1, 'w');
	is(p[PG + 1], 'w', "%s: an untouched private page shows a later write", fs);
	(void)*(volatile char *)(q + 2 * PG);
	file_poke(fd, 2 * PG, 'x');
	is(q[2 * PG], 'x', "%s: so does one that has been read before", fs);
	must(msync(p, LEN, MS_SYNC));
	is(file_byte(fd, 0), 'a', "%s: msync does not write private pages", fs);
	must(munmap(p, LEN));
	must(fsync(fd));
	is(file_byte(fd, 0), 'a', "%s: nor does munmap", fs);
	p = must(mmap(NULL, LEN, RW, MAP_PRIVATE, fd, 0));
	is(p[0], 'a', "%s: a new private mapping starts from the file", fs);
	must(munmap(p, LEN)), must(munmap(q, LEN)), must(munmap(s, LEN));
	close(fd);
}

/* First access is a store; then a load first; then read(2) as the store. */
static void first_access(const char *fs)
{
	int fd = make_file("g", LEN, 'g'), src = make_file("h", LEN, 'h');
	char *p = must(mmap(NULL, LEN, RW, MAP_PRIVATE, fd, 0));

	p[5] = '1';
	ok(p[4] == 'g' && p[5] == '1' && p[6] == 'g', "%s: store first: the page is the file's plus the store", fs);
	is(*(volatile char *)(p + PG), 'g', "%s: load first", fs);
	p[PG + 5] = '2';
	ok(p[PG + 4] == 'g' && p[PG + 5] == '2', "%s: then store: copied with its content", fs);
	is(pread(src, p + 2 * PG + 10, 20, 0), 20, "%s: read(2) into an untouched private page", fs);
	ok(all_bytes(p + 2 * PG + 10, 'h', 20) && p[2 * PG + 9] == 'g' && p[2 * PG + 30] == 'g',
	   "%s: is a private store", fs);
	is(file_byte(fd, 2 * PG + 10), 'g', "%s: which the file does not see", fs);
	must(munmap(p, LEN));
	close(fd), close(src);
}

struct pair {
	char *p;
	struct gate to_child, to_parent;
};

static void diverge(void *arg)
{
	struct pair *x = arg;

	CHECK(x->p[0] == 'P' && x->p[PG] == 'a');
	x->p[0] = 'C';
	x->p[PG] = 'c';
	gate_open(x->to_parent);
	gate_pass(x->to_child);
	CHECK(x->p[0] == 'C' && x->p[PG] == 'c');
	CHECK(x->p[2 * PG] == 'a');	/* the parent's store after fork */
	CHECK(x->p[3 * PG] == 'F');	/* the file's: still uncopied here */
}

static void forked(const char *fs)
{
	int fd = make_file("i", LEN, 'a');
	struct pair x = { must(mmap(NULL, LEN, RW, MAP_PRIVATE, fd, 0)), gate_new(), gate_new() };
	pid_t pid;

	x.p[0] = 'P';
	pid = spawn(diverge, &x);
	gate_pass(x.to_parent);
	is(x.p[0], 'P', "%s: a child's store to an inherited private page is its own", fs);
	is(x.p[PG], 'a', "%s: also to a page not copied before fork", fs);
	x.p[2 * PG] = 'Q';
	file_poke(fd, 3 * PG, 'F');
	gate_open(x.to_child);
	is(reap(pid), 0, "%s: the child sees neither later private stores, but later writes to the file", fs);
	is(x.p[2 * PG], 'Q', "%s: the parent keeps its own", fs);
	must(munmap(x.p, LEN));
	gate_free(x.to_child), gate_free(x.to_parent);
	close(fd);
}

/* Private writable copies survive mprotect to read-only and back. */
static void protected(const char *fs)
{
	int fd = make_file("j", LEN, 'a'), ro;
	char *p;

	close(fd);
	ro = must(open("j", O_RDONLY));
	p = must(mmap(NULL, LEN, PROT_READ, MAP_PRIVATE, ro, 0));
	is(p[0], 'a', "%s: a read-only private mapping of an O_RDONLY file", fs);
	is_fault(try_store(p), SIGSEGV, SEGV_ACCERR, p, "%s: refuses stores", fs);
	works(mprotect(p, LEN, RW), "%s: but may be made writable", fs);
	p[0] = 'm';
	is(file_byte(ro, 0), 'a', "%s: and stores stay private", fs);
	must(mprotect(p, LEN, PROT_READ));
	must(mprotect(p, LEN, PROT_NONE));
	must(mprotect(p, LEN, RW));
	is(p[0], 'm', "%s: a copy survives changes of protection", fs);
	is(madvise(p, PG, MADV_DONTNEED), 0, "%s: MADV_DONTNEED drops the copy", fs);
	is(p[0], 'a', "%s: and the page is the file's again", fs);
	must(munmap(p, LEN));
	close(ro);
}

static void both(const char *fs)
{
	isolation(fs);
	first_access(fs);
	forked(fs);
	protected(fs);
}

int main(void)
{
	on_both(both);
	return done();
}
