/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For host tests: TAP points and random numbers. A test compares a pure kernel
 * file with a simple model by random operations; the seed is fixed, so that a
 * failure comes again, and SEED=n in the environment gives another run.
 */
#ifndef HOST_HOST_H
#define HOST_HOST_H
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned long host_state;
static int host_points, host_failed;

/* a number below @n, n > 0 */
static inline unsigned long rnd(unsigned long n)
{
	if (!host_state) {
		const char *seed = getenv("SEED");

		host_state = seed ? strtoul(seed, NULL, 0) * 2 + 1 : 20240607;
	}
	host_state = host_state * 6364136223846793005UL + 1442695040888963407UL;
	return (host_state >> 20) % n;
}

/* One test point; its loops use must() inside. */
static inline void ok(int good, const char *what)
{
	host_points++;
	host_failed += !good;
	printf("%sok %d - %s\n", good ? "" : "not ", host_points, what);
}

/* Something that every step has to keep: the first failure ends the program. */
#define must(cond) do {							\
	if (!(cond)) {							\
		printf("not ok %d - %s:%d: %s\n", host_points + 1,	\
		       __FILE__, __LINE__, #cond);			\
		exit(1);						\
	}								\
} while (0)

static inline int done(void)
{
	printf("1..%d\n", host_points);
	return host_failed != 0;
}

#endif
