// SPDX-License-Identifier: GPL-2.0-only
/*
 * bench: what operations cost, row by row.
 *
 *	bench [-l] [-t] [-s] [-g] [-d SECONDS] [PATTERN]...
 *
 * Under QEMU's -icount shift=0 the clock counts instructions, so that "ns"
 * below are instructions and figures repeat. Each row runs in a child of its
 * own, warms up, and subtracts what its loop costs when it is empty. Time in
 * which the processor had nothing to do is not counted: see start_spinner().
 *
 * -l lists the rows, -t prints tab-separated values, -d repeats each row for
 * that long, for a profile. -s takes the scaling rows instead, which are for the
 * wall clock, -g those that tell what an operation costs among many of its kind.
 * A row whose calls this kernel lacks is printed as absent, one that went wrong
 * as failed. As process 1 the program prints what the boot has cost and turns
 * the machine off.
 *
 * A row is a function that returns its figure, and a line in a list below.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <math.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define PAGE		4096UL
#define MiB		(1UL << 20)
#define ROW_LIMIT	40	/* seconds of the guest's time that a row may take */
#define EXIT_ABSENT	77

static const char *dir = "/var/tmp/bench";

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

/* End the row: absent if the kernel does not know the call, else failed. */
static void __attribute__((noreturn)) die(const char *what)
{
	if (errno == ENOSYS || errno == EAFNOSUPPORT)
		_exit(EXIT_ABSENT);
	fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	_exit(2);
}

#define CHECK(x) ({ __typeof__(x) r_ = (x); if ((long)r_ == -1) die(#x); r_; })

/* the cost of one pass of an empty loop, and of reading the clock, is taken off */
#define TIMES(n, stmt) ({							\
	uint64_t t0_, t1_, e0_, e1_;						\
	for (long i = 0; i < (n) / 8 + 1; i++) { stmt; }			\
	e0_ = now();								\
	for (long i = 0; i < (long)(n); i++) __asm__ volatile("" : : "r"(i) : "memory"); \
	e1_ = now();								\
	t0_ = now();								\
	for (long i = 0; i < (long)(n); i++) { stmt; }				\
	t1_ = now();								\
	((double)(t1_ - t0_) - (double)(e1_ - e0_)) / (n);			\
})

/* the same, once through, for what cannot be warmed up by repetition */
#define ONCE(n, stmt) ({							\
	uint64_t t0_ = now();							\
	for (long i = 0; i < (long)(n); i++) { stmt; }				\
	(double)(now() - t0_) / (n);						\
})

/* once through, for what waits: the spinner's instructions are taken off */
#define BUSY(n, stmt) ({							\
	uint64_t t0_, s0_;							\
	start_spinner();							\
	s0_ = spun();								\
	t0_ = now();								\
	for (long i = 0; i < (long)(n); i++) { stmt; }				\
	((double)(now() - t0_) - (double)(spun() - s0_)) / (n);			\
})

static volatile uint64_t *spins;

/*
 * A process that runs when nothing else can, and counts. What it executed while
 * a row waited for the disk is known to the instruction, while the kernel tells
 * its idle time in units of 10 ms. QEMU's instret counts waiting as well.
 */
static void start_spinner(void)
{
	struct sched_param none = { 0 };

	if (spins)
		return;
	spins = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (spins == MAP_FAILED)
		die("mmap");
	*spins = 0;
	if (CHECK(fork()))
		return;
	CHECK(sched_setscheduler(0, SCHED_IDLE, &none));
	__asm__ volatile("1: addi t0, t0, 1; sd t0, 0(%0); j 1b" : : "r"(spins) : "t0", "memory");
	__builtin_unreachable();
}

/* Instructions the spinner has executed: three in each turn of its loop. */
static uint64_t spun(void)
{
	return *spins * 3;
}

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
	CHECK(fsync(fd));
	CHECK(lseek(fd, 0, SEEK_SET));
	return fd;
}

static void *map(size_t len, int flags, int fd)
{
	void *p = mmap(NULL, len, PROT_READ | PROT_WRITE, flags, fd, 0);

	if (p == MAP_FAILED)
		die("mmap");
	return p;
}

static void reap(pid_t pid)
{
	CHECK(waitpid(pid, NULL, 0));
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	reap(pid);
}

/* The @i'th number of a walk that visits each of 0..n-1 once; @n is a power of 2. */
static size_t shuffled(size_t i, size_t n)
{
	return (i * 2654435761u + 12345) & (n - 1);
}

static char data[1 << 20];

#include "rows/calls.h"
#include "rows/ipc.h"
#include "rows/files.h"
#include "rows/data.h"
#include "rows/memory.h"
#include "rows/faults.h"
#include "rows/processes.h"
#include "rows/scaling.h"
#include "rows/growth.h"

struct row {
	const char *name, *unit, *what;
	double (*run)(void);
};

static const struct row rows[] = {
	CALL_ROWS
	FILE_ROWS
	SIGNAL_ROWS
	IPC_ROWS
	PROCESS_ROWS
	FAULT_ROWS
	MEMORY_ROWS
	DATA_ROWS
};

static const struct row scaling_rows[] = { SCALING_ROWS };

/* Run one row in a process group of its own: false, and the reason, or its figure. */
static bool run_row(const struct row *r, double *figure, const char **why)
{
	int fds[2], status;
	bool got;
	pid_t pid;

	CHECK(pipe(fds));
	pid = CHECK(fork());
	if (!pid) {
		close(fds[0]);
		setpgid(0, 0);
		alarm(ROW_LIMIT);
		*figure = r->run();
		_exit(write(fds[1], figure, sizeof(*figure)) != sizeof(*figure));
	}
	close(fds[1]);
	CHECK(waitpid(pid, &status, 0));
	kill(-pid, SIGKILL);
	got = WIFEXITED(status) && !WEXITSTATUS(status) &&
	      read(fds[0], figure, sizeof(*figure)) == sizeof(*figure) && isfinite(*figure);
	close(fds[0]);
	*why = WIFEXITED(status) && WEXITSTATUS(status) == EXIT_ABSENT ? "absent" : "failed";
	return got;
}

static bool wanted(const char *name, int n, char **patterns)
{
	for (int i = 0; i < n; i++)
		if (!fnmatch(patterns[i], name, 0))
			return true;
	return !n;
}

/*
 * The row's figure on a line; with @seconds, of the last of its runs in that
 * time, of which the first has prepared what the others find.
 */
static void print_row(const struct row *r, bool tsv, long seconds)
{
	const char *why;
	char text[32];
	uint64_t end;
	double v;
	bool well;

	well = run_row(r, &v, &why);
	if (seconds) {
		printf("BENCH-REPEATS\n");
		fflush(stdout);
		end = now() + seconds * 1000000000ull;
		while (well && now() < end)
			well = run_row(r, &v, &why);
	}
	if (well)
		snprintf(text, sizeof(text), "%.*f", v < 100 ? 2 : 1, v);
	else
		snprintf(text, sizeof(text), "%s", why);
	printf(tsv ? "BENCH\t%s\t%s\t%s\n" : "%-18s %14s  %s\n", r->name, text, r->unit);
	fflush(stdout);
}

static void print_growth(int n, char **patterns, bool names, bool tsv)
{
	for (size_t k = 0; k < sizeof(growths) / sizeof(growths[0]); k++) {
		const struct growth *g = &growths[k];
		char name[48];
		struct row r = { .name = name, .unit = g->unit, .run = g->run };

		if (!wanted(g->name, n, patterns))
			continue;
		if (names)
			printf("%-18s %-12s %s\n", g->name, g->unit, g->what);
		for (const long *size = g->sizes; !names && *size; size++) {
			/* what the row before it left to be freed later is not this one's */
			usleep(200000);
			grow_n = *size;
			snprintf(name, sizeof(name), "%s_%ld", g->name, grow_n);
			print_row(&r, tsv, 0);
		}
	}
}

/*
 * What the boot has cost: the time counter runs from reset on, at the 10 MHz of
 * QEMU's machine, and nothing has been started that could hold memory of its own.
 */
static void __attribute__((noreturn)) be_process_1(void)
{
	struct sysinfo info;
	uint64_t ticks;

	__asm__ volatile("rdtime %0" : "=r"(ticks));
	if (sysinfo(&info))
		memset(&info, 0, sizeof(info));
	printf("\nBENCH\tboot\t%llu\tinstr\n", (unsigned long long)ticks * 100);
	printf("BENCH\tmem_total\t%llu\tKiB\n", (unsigned long long)info.totalram * info.mem_unit >> 10);
	printf("BENCH\tmem_free\t%llu\tKiB\n", (unsigned long long)info.freeram * info.mem_unit >> 10);
	fflush(stdout);
	tcdrain(1);
	reboot(RB_POWER_OFF);
	_exit(1);
}

int main(int argc, char **argv)
{
	const struct row *list = rows;
	size_t n = sizeof(rows) / sizeof(rows[0]);
	bool names = false, tsv = false, growth = false;
	long seconds = 0;
	int opt;

	if (getpid() == 1)
		be_process_1();
	if (argc == 2 && !strcmp(argv[1], "--nothing"))
		return 0;
	while ((opt = getopt(argc, argv, "ltsgd:")) != -1) {
		names |= opt == 'l';
		tsv |= opt == 't';
		growth |= opt == 'g';
		if (opt == 's') {
			list = scaling_rows;
			n = sizeof(scaling_rows) / sizeof(scaling_rows[0]);
		}
		if (opt == 'd')
			seconds = atol(optarg);
		if (opt == '?')
			return 2;
	}
	mkdir("/var/tmp", 01777);
	mkdir(dir, 0755);
	if (growth) {
		print_growth(argc - optind, argv + optind, names, tsv);
		return 0;
	}
	for (const struct row *r = list; r < list + n; r++) {
		if (!wanted(r->name, argc - optind, argv + optind))
			continue;
		if (names)
			printf("%-18s %-12s %s\n", r->name, r->unit, r->what);
		else
			print_row(r, tsv, seconds);
	}
	return 0;
}
