// SPDX-License-Identifier: GPL-2.0-only
/*
 * bench: what operations cost, row by row.
 *
 *	bench [-l] [-t] [PATTERN]...
 *
 * Under QEMU's -icount shift=0 the clock counts instructions, so that "ns"
 * below are instructions and figures repeat. Each row runs in a child of its
 * own, warms up, and subtracts what its loop costs when it is empty. -l lists
 * the rows, -t prints tab-separated values only. A row that this kernel cannot
 * run is printed as absent.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAGE	4096UL
#define MiB	(1UL << 20)
#define ABSENT	(-1.0)

static const char *dir = "/var/tmp/bench";
static const char *self;

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static void die(const char *what)
{
	fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	exit(2);
}
#define CHECK(x) ({ __typeof__(x) _r = (x); if ((long)_r == -1) die(#x); _r; })

/* the cost of one pass of an empty loop, and of reading the clock, is taken off */
#define TIMES(n, stmt) ({							\
	uint64_t t0_, t1_, e0_, e1_;						\
	for (long i = 0; i < (n) / 8 + 1; i++) { stmt; }			\
	e0_ = now();								\
	for (long i = 0; i < (n); i++) __asm__ volatile("" : : "r"(i) : "memory");	\
	e1_ = now();								\
	t0_ = now();								\
	for (long i = 0; i < (n); i++) { stmt; }				\
	t1_ = now();								\
	((double)(t1_ - t0_) - (double)(e1_ - e0_)) / (n);			\
})
/* the same, once through, for what cannot be warmed up by repetition */
#define ONCE(n, stmt) ({							\
	uint64_t t0_ = now();							\
	for (long i = 0; i < (n); i++) { stmt; }				\
	(double)(now() - t0_) / (n);						\
})

static char *path(const char *name)
{
	static char buf[4][256];
	static int k;

	k = (k + 1) & 3;
	snprintf(buf[k], sizeof(buf[k]), "%s/%s", dir, name);
	return buf[k];
}

/* a file of @size bytes, written out, cached */
static int make_file(const char *name, size_t size)
{
	static char block[65536];
	int fd = CHECK(open(path(name), O_RDWR | O_CREAT | O_TRUNC, 0644));

	memset(block, 'v', sizeof(block));
	for (size_t done = 0; done < size; done += sizeof(block))
		CHECK(write(fd, block, size - done < sizeof(block) ? size - done : sizeof(block)));
	fsync(fd);
	return fd;
}

static void *map(size_t len, int flags, int fd)
{
	void *p = mmap(NULL, len, PROT_READ | PROT_WRITE, flags, fd, 0);

	if (p == MAP_FAILED)
		die("mmap");
	return p;
}

static void no_huge(void *p, size_t len)
{
	madvise(p, len, MADV_NOHUGEPAGE);
}

static void reap(pid_t pid)
{
	int status;

	CHECK(waitpid(pid, &status, 0));
}

#include "rows/calls.h"
#include "rows/files.h"
#include "rows/memory.h"
#include "rows/processes.h"

struct row {
	const char *name, *unit, *what;
	double (*run)(void);
};

static const struct row rows[] = {
	CALL_ROWS
	FILE_ROWS
	MEMORY_ROWS
	PROCESS_ROWS
};

/* run one row in a child; its figure comes through a pipe */
static double run_row(const struct row *r)
{
	double v = ABSENT;
	int fds[2];
	pid_t pid;

	CHECK(pipe(fds));
	pid = CHECK(fork());
	if (!pid) {
		close(fds[0]);
		v = r->run();
		if (write(fds[1], &v, sizeof(v)) != sizeof(v))
			_exit(1);
		_exit(0);
	}
	close(fds[1]);
	if (read(fds[0], &v, sizeof(v)) != sizeof(v))
		v = ABSENT;
	close(fds[0]);
	reap(pid);
	return v;
}

static bool wanted(const char *name, int n, char **patterns)
{
	for (int i = 0; i < n; i++)
		if (!fnmatch(patterns[i], name, 0))
			return true;
	return !n;
}

int main(int argc, char **argv)
{
	bool list = false, tsv = false;
	int opt;

	self = argv[0];
	if (argc == 2 && !strcmp(argv[1], "--nothing"))
		return 0;
	while ((opt = getopt(argc, argv, "lt")) != -1) {
		list |= opt == 'l';
		tsv |= opt == 't';
		if (opt == '?')
			return 2;
	}
	mkdir("/var/tmp", 01777);
	mkdir(dir, 0755);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *r = &rows[i];
		double v;

		if (!wanted(r->name, argc - optind, argv + optind))
			continue;
		if (list) {
			printf("%-18s %-12s %s\n", r->name, r->unit, r->what);
			continue;
		}
		v = run_row(r);
		if (tsv)
			printf("BENCH\t%s\t%.1f\t%s\n", r->name, v, r->unit);
		else if (v == ABSENT)
			printf("%-18s %12s %s\n", r->name, "absent", r->unit);
		else
			printf("%-18s %12.1f %s\n", r->name, v, r->unit);
		fflush(stdout);
	}
	return 0;
}
