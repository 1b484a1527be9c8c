// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where a program's stack, heap, mappings and vDSO begin: random, unless its personality
 * or /proc/sys/kernel/randomize_va_space forbids it. The program runs itself to look.
 */
#include "tap.h"
#include <sys/auxv.h>
#include <sys/personality.h>

#define RUNS	6
#define KNOB	"/proc/sys/kernel/randomize_va_space"

struct layout {
	unsigned long stack, heap, mapping, vdso;
};

static struct layout look(void)
{
	struct layout l = { .stack = (unsigned long)&l / PG, .heap = (unsigned long)sbrk(0) / PG,
			    .vdso = getauxval(AT_SYSINFO_EHDR) };

	l.mapping = (unsigned long)must(mmap(NULL, PG, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	return l;
}

/* Another run's. */
static struct layout of_another(unsigned long persona)
{
	struct layout l = { 0 };
	char number[16];
	int p[2];

	must(pipe(p));
	if (!must(fork())) {
		snprintf(number, sizeof(number), "%d", p[1]);
		personality(persona);
		execl("/proc/self/exe", "layout", number, NULL);
		_exit(1);
	}
	close(p[1]);
	if (read(p[0], &l, sizeof(l)) != sizeof(l))
		note("no answer");
	close(p[0]);
	wait(NULL);
	return l;
}

/* How many of RUNS-1 runs have something elsewhere than the first. */
static struct layout differences(unsigned long persona)
{
	struct layout first = of_another(persona), l, n = { 0 };

	for (int i = 1; i < RUNS; i++) {
		l = of_another(persona);
		n.stack += l.stack != first.stack;
		n.heap += l.heap != first.heap;
		n.mapping += l.mapping != first.mapping;
		n.vdso += l.vdso != first.vdso;
	}
	return n;
}

static void set_knob(const char *value)
{
	int fd = must(open(KNOB, O_WRONLY));

	must(write(fd, value, strlen(value)));
	close(fd);
}

int main(int argc, char **argv)
{
	struct layout n;
	char *knob;

	if (argc == 2) {
		n = look();
		return write(atoi(argv[1]), &n, sizeof(n)) != sizeof(n);
	}
	knob = slurp(KNOB);
	is(knob ? atoi(knob) : -1, 2, "randomize_va_space is 2");
	/* each of the bases is one of at least 2^18: four of five differ, or something is wrong */
	n = differences(PER_LINUX);
	ok(n.stack >= 4, "the stack is elsewhere in each run");
	ok(n.heap >= 4, "the heap is");
	ok(n.mapping >= 4, "mappings are");
	ok(n.vdso >= 4, "the vDSO is");
	n = differences(ADDR_NO_RANDOMIZE);
	ok(!n.stack && !n.heap && !n.mapping && !n.vdso, "with ADDR_NO_RANDOMIZE all are where they were");
	set_knob("1\n");
	n = differences(PER_LINUX);
	ok(n.stack >= 4 && n.mapping >= 4 && n.vdso >= 4, "with 1 these are random");
	is(n.heap, 0, "and the heap begins behind the program");
	set_knob("0\n");
	n = differences(PER_LINUX);
	ok(!n.stack && !n.heap && !n.mapping && !n.vdso, "with 0 none is random");
	set_knob(knob);
	free(knob);
	return done();
}
