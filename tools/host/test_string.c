// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's memory and string functions against the C library's, at every
 * alignment of both sides, with guard bytes around. The kernel files are included
 * under other names, so that both can be called.
 *
 * SOURCES: lib/bitops.c
 */
#include "host.h"
#include <ctype.h>
#include <strings.h>
#include <lib/string.h>

#define memcpy		k_memcpy
#define memmove		k_memmove
#define memset		k_memset
#define memcmp		k_memcmp
#define memchr		k_memchr
#define strlen		k_strlen
#define strnlen		k_strnlen
#define strcmp		k_strcmp
#define strncmp		k_strncmp
#define strcasecmp	k_strcasecmp
#define strncasecmp	k_strncasecmp
#define strchr		k_strchr
#define strrchr		k_strrchr
#define strstr		k_strstr
#define strcpy		k_strcpy
#define strncpy		k_strncpy
#define strcat		k_strcat
#define strspn		k_strspn
#define strcspn		k_strcspn
#define strpbrk		k_strpbrk
#define strsep		k_strsep
size_t strlen(const char *s);
size_t strnlen(const char *s, size_t max);
void *memcpy(void *d, const void *s, size_t n);
void *memset(void *d, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
int strcmp(const char *a, const char *b);
char *strchr(const char *s, int c);
char *strpbrk(const char *s, const char *accept);
size_t strcspn(const char *s, const char *reject);
#include "lib/memcopy.c"
#undef word_t
#define word_t string_word_t
#undef WORD
#undef misalign
#undef __word_access
#include "lib/string.c"
#undef memcpy
#undef memmove
#undef memset
#undef memcmp
#undef memchr
#undef strlen
#undef strnlen
#undef strcmp
#undef strncmp
#undef strcasecmp
#undef strncasecmp
#undef strchr
#undef strrchr
#undef strstr
#undef strcpy
#undef strncpy
#undef strcat
#undef strspn
#undef strcspn
#undef strpbrk
#undef strsep

#define AREA	6000
static unsigned char a[AREA], b[AREA], m[AREA];

static void fill(void)
{
	for (int i = 0; i < AREA; i++)
		a[i] = m[i] = rnd(256);
}

static size_t length(void)
{
	switch (rnd(4)) {
	case 0:
		return rnd(20);
	case 1:
		return rnd(300);
	case 2:
		return rnd(8) * 8;
	default:
		return rnd(2500);
	}
}

static void copies(void)
{
	for (int i = 0; i < 20000; i++) {
		size_t from = rnd(2600), to = rnd(2600), n = length();

		if (i % 500 == 0)
			fill();
		/* disjoint: from a into b */
		memcpy(b, m, AREA);
		must(k_memcpy(b + to, a + from, n) == b + to);
		must(!memcmp(b, m, to) && !memcmp(b + to, a + from, n) &&
		     !memcmp(b + to + n, m + to + n, AREA - to - n));
		/* overlapping, near to each other */
		if (rnd(2))
			to = from + rnd(40);
		memmove(m + to, m + from, n);
		must(k_memmove(a + to, a + from, n) == a + to);
		must(!memcmp(a, m, AREA));
		memset(m + to, i, n);
		must(k_memset(a + to, i, n) == a + to);
		must(!memcmp(a, m, AREA));
	}
	ok(1, "memcpy, memmove, memset: all alignments and overlaps");
}

static void pages(void)
{
	static unsigned char x[3 * 4096] __attribute__((aligned(4096))), y[4096] __attribute__((aligned(4096)));

	fill();
	memset(x, 7, sizeof(x));
	memcpy(y, a, 4096);
	copy_page(x + 4096, y);
	must(!memcmp(x + 4096, y, 4096) && x[4095] == 7 && x[8192] == 7);
	clear_page(x + 4096);
	for (int i = 0; i < 4096; i++)
		must(!x[4096 + i]);
	must(x[4095] == 7 && x[8192] == 7);
	ok(1, "copy_page, clear_page");
}

static int sign(int v)
{
	return v < 0 ? -1 : v > 0;
}

/* two strings of few different characters, so that they often agree for a while */
static void make_strings(char **s, char **t)
{
	size_t n = rnd(40);

	*s = (char *)a + rnd(64);
	*t = (char *)b + rnd(64);
	for (size_t i = 0; i < n; i++)
		(*s)[i] = (*t)[i] = "abB/ \xe4"[rnd(6)];
	(*s)[n] = (*t)[n] = 0;
	if (n && rnd(2))
		(*t)[rnd(n)] = "abA\0"[rnd(4)];
}

static void strings(void)
{
	char *s, *t, c;

	for (int i = 0; i < 100000; i++) {
		size_t n = rnd(45);

		make_strings(&s, &t);
		c = "abB/ x\0"[rnd(7)];
		must(k_strlen(s) == strlen(s) && k_strnlen(s, n) == strnlen(s, n));
		must(sign(k_strcmp(s, t)) == sign(strcmp(s, t)));
		must(sign(k_strncmp(s, t, n)) == sign(strncmp(s, t, n)));
		must(sign(k_strcasecmp(s, t)) == sign(strcasecmp(s, t)));
		must(sign(k_strncasecmp(s, t, n)) == sign(strncasecmp(s, t, n)));
		must(k_strchr(s, c) == strchr(s, c) && k_strrchr(s, c) == strrchr(s, c));
		must(k_strspn(s, "ab") == strspn(s, "ab") && k_strcspn(s, "/ ") == strcspn(s, "/ "));
		must(k_strpbrk(s, "/B") == strpbrk(s, "/B"));
		must(sign(k_memcmp(s, t, n)) == sign(memcmp(s, t, n)));
		must(k_memchr(s, c, n) == memchr(s, c, n));
		if (strlen(t) > 3)
			t[1 + rnd(3)] = 0;
		must(k_strstr(s, t) == strstr(s, t));
	}
	ok(1, "comparing and searching agree with the C library");
}

static void copying_strings(void)
{
	char *s, *t, d[64], e[64];

	for (int i = 0; i < 20000; i++) {
		size_t size = rnd(60) + 1;
		ssize_t r;

		make_strings(&s, &t);
		memset(d, 1, sizeof(d));
		r = strscpy(d, s, size);
		must(d[63] == 1 && strlen(d) < size && !strncmp(d, s, strlen(d)));
		must(r == (strlen(s) < size ? (ssize_t)strlen(s) : -E2BIG));
		memset(d, 1, sizeof(d));
		memset(e, 1, sizeof(e));
		k_strncpy(d, s, size);
		strncpy(e, s, size);
		must(!memcmp(d, e, sizeof(d)));
	}
	must(strscpy(d, "x", 0) == -E2BIG);
	strcpy(d, "  two words \n");
	must(!strcmp(strim(d), "two words"));
	must(sysfs_streq("on\n", "on") && sysfs_streq("on", "on\n") && !sysfs_streq("on", "of"));
	must(!mem_is_zero("\0\0\0\0\0\0\0\0\0\0\1", 11) && mem_is_zero("\0\0\0\0\0\0\0\0\0\0\1", 10));
	ok(1, "copying strings");
}

int main(void)
{
	fill();
	copies();
	pages();
	strings();
	copying_strings();
	return done();
}
