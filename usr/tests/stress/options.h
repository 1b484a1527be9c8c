/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the random tests have in common: a seed, how much of it, how loud and where.
 *
 *	static struct options opt = { .seed = 4711, .n = 4000 };
 *
 *	get_options(&opt, argc, argv, "l:", other);	// -s -n -d -v, and -l by other()
 *	run_in(opt.dir, run);
 */
#ifndef TESTS_OPTIONS_H
#define TESTS_OPTIONS_H
#include "tap.h"

struct options {
	uint64_t seed;		/* -s, never 0 */
	long n;			/* -n: operations, children, whatever is counted */
	const char *dir;	/* -d: where, instead of on the disk and on tmpfs */
	bool verbose;		/* -v */
};

/* Options in @more (as for getopt) go to @other, which finds their argument in optarg. */
static inline void get_options(struct options *opt, int argc, char **argv, const char *more,
			       void (*other)(int c))
{
	char all[32];
	int c;

	snprintf(all, sizeof(all), "s:n:d:v%s", more);
	while ((c = getopt(argc, argv, all)) != -1) {
		if (c == 's')
			opt->seed = strtoull(optarg, NULL, 0);
		else if (c == 'n')
			opt->n = strtol(optarg, NULL, 0);
		else if (c == 'd')
			opt->dir = optarg;
		else if (c == 'v')
			opt->verbose = true;
		else if (c == '?')
			exit(2);
		else
			other(c);
	}
	must_be(opt->seed);
}

/* Run @fn in a directory below @dir; without one, once on the disk and once on tmpfs. */
static inline void run_in(const char *dir, void (*fn)(const char *fs))
{
	if (!dir) {
		on_both(fn);
		return;
	}
	work_in(dir);
	fn(dir);
}

#endif
