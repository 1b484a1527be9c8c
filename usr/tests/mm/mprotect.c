// SPDX-License-Identifier: GPL-2.0-only
/*
 * mprotect: what each protection allows, splits and merges, errors.
 */
#include "tap.h"

#define RW	(PROT_READ | PROT_WRITE)

static char *anon(size_t n)
{
	return must(mmap(NULL, n * PG, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}

static void errors(void)
{
	char *p = anon(4);

	fails(mprotect(p + 1, PG, PROT_READ), EINVAL, "an unaligned address is EINVAL");
	works(mprotect(p, 0, PROT_READ), "length 0 is not an error");
	works(mprotect((void *)(1UL << 20), 0, PROT_READ), "not even where nothing is mapped");
	fails(mprotect(p, PG, 0x80), EINVAL, "an unknown protection bit is EINVAL");
	fails(mprotect(p, -1UL, PROT_READ), ENOMEM, "a length that rounds up to 0 is ENOMEM");
	fails(mprotect(p, PG, PROT_READ | PROT_GROWSDOWN), EINVAL,
	      "PROT_GROWSDOWN of a mapping that does not grow is EINVAL");
	fails(mprotect(p, PG, PROT_READ | PROT_GROWSDOWN | PROT_GROWSUP), EINVAL,
	      "PROT_GROWSDOWN with PROT_GROWSUP is EINVAL");
	no_fault(try_store(p), "a refused mprotect changes nothing");
	must(munmap(p + 2 * PG, PG));
	fails(mprotect(p, 4 * PG, PROT_READ), ENOMEM, "a range with a gap is ENOMEM");
	is_fault(try_store(p + PG), SIGSEGV, SEGV_ACCERR, p + PG,
		 "but what lies before the gap has been changed");
	no_fault(try_store(p + 3 * PG), "and what lies behind has not");
	fails(mprotect(p + 2 * PG, PG, PROT_READ), ENOMEM, "an unmapped range is ENOMEM");
	must(munmap(p, 4 * PG));
}

static void accesses(void)
{
	static const unsigned int ret_insn = 0x00008067;	/* ret */
	char *p = anon(1);

	memcpy(p, &ret_insn, 4);
	__builtin___clear_cache(p, p + 4);
	must(mprotect(p, PG, PROT_READ));
	no_fault(try_load(p), "PROT_READ allows loads");
	is_fault(try_store(p), SIGSEGV, SEGV_ACCERR, p, "PROT_READ refuses stores");
	is_fault(try_exec(p), SIGSEGV, SEGV_ACCERR, p, "PROT_READ refuses execution");
	must(mprotect(p, PG, PROT_READ | PROT_EXEC));
	no_fault(try_exec(p), "PROT_EXEC allows execution");
	no_fault(try_load(p), "PROT_READ|PROT_EXEC allows loads");
	is_fault(try_store(p), SIGSEGV, SEGV_ACCERR, p, "PROT_READ|PROT_EXEC refuses stores");
	must(mprotect(p, PG, PROT_EXEC));
	no_fault(try_exec(p), "PROT_EXEC alone allows execution");
	must(mprotect(p, PG, PROT_NONE));
	is_fault(try_load(p), SIGSEGV, SEGV_ACCERR, p, "PROT_NONE refuses loads");
	is_fault(try_store(p), SIGSEGV, SEGV_ACCERR, p, "PROT_NONE refuses stores");
	is_fault(try_exec(p), SIGSEGV, SEGV_ACCERR, p, "PROT_NONE refuses execution");
	must(mprotect(p, PG, RW | PROT_EXEC));
	no_fault(try_exec(p), "all three allow execution");
	ok(!memcmp(p, &ret_insn, 4), "the content is still there");
	must(mprotect(p, PG, PROT_WRITE));
	no_fault(try_store(p), "PROT_WRITE allows stores");
	no_fault(try_load(p), "and, on this machine, loads");
	must(munmap(p, PG));
}

static void split(void)
{
	char *p = anon(8);

	memset(p, 's', 8 * PG);
	must(mprotect(p + 2 * PG, 2 * PG, PROT_READ));
	no_fault(try_store(p + 2 * PG - 1), "a split: before it stores are allowed");
	is_fault(try_store(p + 2 * PG), SIGSEGV, SEGV_ACCERR, p + 2 * PG, "within they are not");
	is_fault(try_store(p + 4 * PG - 1), SIGSEGV, SEGV_ACCERR, p + 4 * PG - 1, "to its last byte");
	no_fault(try_store(p + 4 * PG), "behind it they are");
	must(mprotect(p + PG, 4 * PG, PROT_NONE));
	is_fault(try_load(p + PG), SIGSEGV, SEGV_ACCERR, p + PG, "over several mappings");
	is_fault(try_load(p + 5 * PG - 1), SIGSEGV, SEGV_ACCERR, p + 5 * PG - 1, "to the end");
	must(mprotect(p, 8 * PG, RW));
	p[2 * PG - 1] = p[4 * PG] = 's';
	ok(all_bytes(p, 's', 8 * PG), "made whole again, the content is all there");
	must(mprotect(p, 1, PROT_READ));
	is_fault(try_store(p + PG - 1), SIGSEGV, SEGV_ACCERR, p + PG - 1,
		 "a length of 1 protects the whole page");
	no_fault(try_store(p + PG), "and only that");
	must(munmap(p, 8 * PG));
}

/* Splitting and merging back leaves one line in /proc/self/maps. */
static int lines_within(char *from, char *to)
{
	char *text = slurp("/proc/self/maps"), *line, *save = NULL;
	int n = 0;

	if (!text)
		return -1;
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		unsigned long a, b;

		if (sscanf(line, "%lx-%lx", &a, &b) == 2 &&
		    a < (unsigned long)to && b > (unsigned long)from)
			n++;
	}
	free(text);
	return n;
}

static void merge(void)
{
	char *p = anon(16);

	/* Gaps on both sides keep neighbours from merging with it. */
	must(mprotect(p, PG, PROT_NONE)), must(mprotect(p + 15 * PG, PG, PROT_NONE));
	memset(p + PG, 1, 14 * PG);
	is(lines_within(p + PG, p + 15 * PG), 1, "one mapping is one line of /proc/self/maps");
	must(mprotect(p + 4 * PG, PG, PROT_READ));
	is(lines_within(p + PG, p + 15 * PG), 3, "protecting its middle makes three");
	must(mprotect(p + 4 * PG, PG, RW));
	is(lines_within(p + PG, p + 15 * PG), 1, "undoing that makes one again");
	must(munmap(p, 16 * PG));
}

static void forked_write(void *arg)
{
	char *p = arg;

	CHECK(try_store(p).sig == SIGSEGV);
	CHECK(!mprotect(p, PG, RW));
	p[0] = 'c';
}

static void forked(void)
{
	char *p = anon(1), *q = shared_alloc(PG);

	p[0] = q[0] = 'p';
	must(mprotect(p, PG, PROT_READ));
	is(child(forked_write, p), 0, "a child inherits the protection and may change its own");
	is(p[0], 'p', "its store is its own");
	is_fault(try_store(p), SIGSEGV, SEGV_ACCERR, p, "the parent's protection is unchanged");
	must(mprotect(q, PG, PROT_READ));
	is(child(forked_write, q), 0, "so for shared memory");
	is(q[0], 'c', "where the store is seen");
	is_fault(try_store(q), SIGSEGV, SEGV_ACCERR, q, "the protection still is the parent's own");
}

/* Taking away and giving back write access must not lose copy-on-write. */
static void cow(void)
{
	char *p = anon(1);
	struct gate go = gate_new();
	pid_t pid;

	p[0] = 'p';
	pid = must(fork());
	if (!pid) {
		gate_pass(go);
		_exit(p[0] == 'p' ? 0 : 1);
	}
	must(mprotect(p, PG, PROT_READ));
	must(mprotect(p, PG, RW));
	p[0] = 'X';
	gate_open(go);
	is(reap(pid), 0, "a shared copy-on-write page is not made writable by mprotect");
	gate_free(go);
}

int main(void)
{
	errors();
	accesses();
	split();
	merge();
	forked();
	cow();
	return done();
}
