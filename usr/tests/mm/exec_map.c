// SPDX-License-Identifier: GPL-2.0-only
/*
 * Running code out of mappings: from files and anonymous memory, with an
 * instruction fetch as the very first access, and code that is changed.
 */
#include "tap.h"
#include <sys/cachectl.h>

#define RX	(PROT_READ | PROT_EXEC)
#define RW	(PROT_READ | PROT_WRITE)

/* li a0, value; ret */
static void emit(unsigned int *code, int value)
{
	code[0] = 0x00000513 | (unsigned int)value << 20;
	code[1] = 0x00008067;
}

static int run(void *code)
{
	return ((int (*)(void))code)();
}

static void flush(void *p, size_t n)
{
	syscall(__NR_riscv_flush_icache, p, (char *)p + n, 0UL);
}

static void from_file(const char *fs)
{
	unsigned int code[2];
	int fd = make_file("f", 4 * PG, 0), ro;
	char *p, *w;

	for (int i = 0; i < 4; i++) {
		emit(code, 100 + i);
		must_be(pwrite(fd, code, 8, i * PG) == 8);
	}
	ro = must(open("f", O_RDONLY));
	p = must(mmap(NULL, 4 * PG, RX, MAP_PRIVATE, ro, 0));
	is(run(p), 100, "%s: a private file mapping, first touched by a jump", fs);
	is(run(p + 3 * PG), 103, "%s: and its last page", fs);
	w = must(mmap(NULL, 4 * PG, RX, MAP_SHARED, ro, 0));
	is(run(w + PG), 101, "%s: a shared mapping", fs);
	emit(code, 77);
	must_be(pwrite(fd, code, 8, PG) == 8);
	flush(w + PG, 8);
	is(run(w + PG), 77, "%s: code changed by write(2) runs changed", fs);
	must(munmap(p, 4 * PG));
	p = must(mmap(NULL, PG, PROT_EXEC, MAP_PRIVATE, ro, 2 * PG));
	is(run(p), 102, "%s: PROT_EXEC alone, with an offset", fs);
	must(munmap(p, PG)), must(munmap(w, 4 * PG));
	close(ro);
	w = must(mmap(NULL, PG, RW, MAP_SHARED, fd, 0));
	p = must(mmap(NULL, PG, RX, MAP_SHARED, fd, 0));
	for (int i = 0; i < 20; i++) {
		emit((unsigned int *)w, 200 + i);
		flush(p, 8);
		if (run(p) != 200 + i)
			break;
		if (i == 19)
			w = NULL;
	}
	ok(!w, "%s: code written through another mapping of the file runs", fs);
	close(fd);
}

static void anonymous(void)
{
	char *p = must(mmap(NULL, 2 * PG, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));

	emit((unsigned int *)p, 11);
	is_fault(try_exec(p), SIGSEGV, SEGV_ACCERR, p, "code in writable memory does not run");
	must(mprotect(p, 2 * PG, RX));
	flush(p, 8);
	is(run(p), 11, "after mprotect to PROT_EXEC it does");
	must(mprotect(p, 2 * PG, RW | PROT_EXEC));
	for (int i = 0; i < 50; i++) {
		emit((unsigned int *)p, i);
		flush(p, 8);
		if (run(p) != i)
			break;
		if (i == 49)
			p[PG] = 1;
	}
	is(p[PG], 1, "code rewritten in place runs each time as written last");
	must(munmap(p, 2 * PG));
}

/* An instruction of four bytes whose halves lie in two fresh pages. */
static void straddle(void)
{
	int fd = make_file("s", 2 * PG, 0);
	unsigned int code[2];
	char *p;

	emit(code, 55);
	must_be(pwrite(fd, code, 8, PG - 2) == 8);
	p = must(mmap(NULL, 2 * PG, RX, MAP_PRIVATE, fd, 0));
	is(run(p + PG - 2), 55, "an instruction across a page boundary, both pages untouched");
	must(munmap(p + PG, PG));
	is_fault(try_exec(p + PG - 2), SIGSEGV, SEGV_MAPERR, p + PG,
		 "if its second half is not mapped, si_addr is the missing page");
	must(munmap(p, PG));
	close(fd);
}

static void in_child(void *p)
{
	CHECK(run(p) == 33);
	CHECK(!mprotect(p, PG, RW | PROT_EXEC));
	emit(p, 44);
	flush(p, 8);
	CHECK(run(p) == 44);
}

static void forked(void)
{
	char *p = must(mmap(NULL, PG, RW | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));

	emit((unsigned int *)p, 33);
	flush(p, 8);
	is(child(in_child, p), 0, "a child runs and rewrites inherited code");
	is(run(p), 33, "the parent's is unchanged");
}

int main(void)
{
	anonymous();
	forked();
	work_in(TMPFS);
	straddle();
	on_both(from_file);
	return done();
}
