// SPDX-License-Identifier: GPL-2.0-only
/*
 * Formatted output against the host's own, with random formats and buffers that
 * are too small.
 *
 * SOURCES: lib/vsprintf.c lib/vsprintf_ptr.c lib/string.c lib/bitmap.c lib/bitops.c lib/hooks.c
 */
#include "host.h"
#include <lib/printf.h>

/* the kernel's names are k_ now; these are the host's */
#undef snprintf
extern int snprintf(char *buf, size_t size, const char *fmt, ...);

#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-security"
#pragma GCC diagnostic ignored "-Wformat-truncation"

static void random_format(char *fmt, const char *conversions, const char *length)
{
	static const char flags[] = "-+ #0";

	*fmt++ = '[';
	*fmt++ = '%';
	for (int i = 0; i < 5; i++)
		if (!rnd(4))
			*fmt++ = flags[i];
	if (rnd(2))
		fmt += sprintf(fmt, "%d", (int)rnd(30) + 1);
	if (!rnd(3))
		fmt += sprintf(fmt, ".%d", (int)rnd(25));
	fmt = stpcpy(fmt, length);
	*fmt++ = conversions[rnd(strlen(conversions))];
	strcpy(fmt, "]");
}

static void compare(const char *fmt, unsigned long arg)
{
	char ours[128], theirs[128];
	size_t size = rnd(4) ? sizeof(ours) : rnd(40);
	int a, b;

	memset(ours, '~', sizeof(ours));
	memset(theirs, '~', sizeof(theirs));
	a = k_snprintf(ours, size, fmt, arg);
	b = snprintf(theirs, size, fmt, arg);
	if (a != b || memcmp(ours, theirs, sizeof(ours))) {
		printf("# %s of %#lx in %zu: ours '%.60s' (%d), theirs '%.60s' (%d)\n",
		       fmt, arg, size, ours, a, theirs, b);
		must(!"equal");
	}
}

int main(void)
{
	static const char *const lengths[] = { "", "l", "ll", "z", "h", "hh", "j", "t" };
	static const char *const words[] = { "", "a", "hello", "a rather longer piece of text" };
	char fmt[64], buf[64];

	for (int i = 0; i < 200000; i++) {
		const char *length = lengths[rnd(8)];
		unsigned long arg = rnd(3) ? rnd(1UL << rnd(44)) : -rnd(1000);

		random_format(fmt, "diuxXo", length);
		compare(fmt, arg);
	}
	ok(1, "printf: integers of each size, flags, width and precision");
	for (int i = 0; i < 20000; i++) {
		random_format(fmt, "s", "");
		if (strpbrk(fmt, "+ #0") && strchr(fmt, '#'))
			continue;
		compare(fmt, (unsigned long)words[rnd(4)]);
	}
	compare("%c%%", 'x');
	ok(1, "printf: strings and characters");
	k_snprintf(buf, sizeof(buf), "%*s|%-*s|%.*s", 5, "ab", 4, "c", 2, "defg");
	ok(!strcmp(buf, "   ab|c   |de"), "printf: width and precision from arguments");
	ok(scnprintf(buf, 4, "%s", "abcdef") == 3 && !strcmp(buf, "abc"), "scnprintf: what was written");
	return done();
}
