// SPDX-License-Identifier: GPL-2.0-only
/*
 * Strings, and memory comparison and search. The functions that the kernel
 * calls often go a word at a time where both sides are aligned alike; an aligned
 * word never crosses a page, so reading to its end is safe.
 */
#include <lib/string.h>
#include <lib/ctype.h>
#include <lib/err.h>
#include <lib/bitops.h>

typedef u64 __attribute__((__may_alias__)) word_t;
#define WORD		sizeof(word_t)
#define misalign(p)	((unsigned long)(p) & (WORD - 1))
#define __word_access	__attribute__((__no_sanitize__("address", "undefined")))

#define ONES		0x0101010101010101UL
#define HIGHS		0x8080808080808080UL

/* non-zero iff a byte of @v is 0; its lowest set bit is in the first such byte */
static __always_inline word_t zero_bytes(word_t v)
{
	return (v - ONES) & ~v & HIGHS;
}

__word_access size_t (strlen)(const char *s)
{
	const char *p = s;
	word_t v;

	for (; misalign(p); p++)
		if (!*p)
			return p - s;
	while (!zero_bytes(v = *(const word_t *)p))
		p += WORD;
	return p - s + __ffs(zero_bytes(v)) / 8;
}

size_t (strnlen)(const char *s, size_t max)
{
	size_t n = 0;

	while (n < max && s[n])
		n++;
	return n;
}

__word_access int (memcmp)(const void *a, const void *b, size_t n)
{
	const u8 *x = a, *y = b;

	if (!((misalign(x) | misalign(y)))) {
		/* the differing word, if any, is looked at again below */
		for (; n >= WORD && *(const word_t *)x == *(const word_t *)y; n -= WORD) {
			x += WORD;
			y += WORD;
		}
	}
	for (; n; n--, x++, y++)
		if (*x != *y)
			return *x - *y;
	return 0;
}

void *(memchr)(const void *p, int c, size_t n)
{
	const u8 *s = memscan(p, c, n);

	return s == (const u8 *)p + n ? NULL : (void *)s;
}

void *memscan(const void *p, int c, size_t n)
{
	const u8 *s = p, *end = s + n;
	word_t pattern = (u8)c * ONES;

	for (; s != end && misalign(s); s++)
		if (*s == (u8)c)
			return (void *)s;
	while (end - s >= (long)WORD && !zero_bytes(*(const word_t *)s ^ pattern))
		s += WORD;
	while (s != end && *s != (u8)c)
		s++;
	return (void *)s;
}

void *memchr_inv(const void *p, int c, size_t n)
{
	const u8 *s = p, *end = s + n;
	word_t pattern = (u8)c * ONES;

	for (; s != end && misalign(s); s++)
		if (*s != (u8)c)
			return (void *)s;
	while (end - s >= (long)WORD && *(const word_t *)s == pattern)
		s += WORD;
	for (; s != end; s++)
		if (*s != (u8)c)
			return (void *)s;
	return NULL;
}

bool mem_is_zero(const void *p, size_t n)
{
	return !memchr_inv(p, 0, n);
}

__word_access int (strcmp)(const char *a, const char *b)
{
	const u8 *x = (const u8 *)a, *y = (const u8 *)b;

	if (!(misalign(x) | misalign(y))) {
		word_t v;

		while ((v = *(const word_t *)x) == *(const word_t *)y && !zero_bytes(v)) {
			x += WORD;
			y += WORD;
		}
	}
	for (; *x == *y; x++, y++)
		if (!*x)
			return 0;
	return *x - *y;
}

int (strncmp)(const char *a, const char *b, size_t n)
{
	for (; n; n--, a++, b++) {
		if (*a != *b)
			return (u8)*a - (u8)*b;
		if (!*a)
			break;
	}
	return 0;
}

int (strncasecmp)(const char *a, const char *b, size_t n)
{
	for (; n; n--, a++, b++) {
		int d = tolower((u8)*a) - tolower((u8)*b);

		if (d || !*a)
			return d;
	}
	return 0;
}

int (strcasecmp)(const char *a, const char *b)
{
	return (strncasecmp)(a, b, SSIZE_MAX);
}

char *(strchr)(const char *s, int c)
{
	for (; *s != (char)c; s++)
		if (!*s)
			return NULL;
	return (char *)s;
}

char *strchrnul_k(const char *s, int c)
{
	while (*s && *s != (char)c)
		s++;
	return (char *)s;
}

char *strnchr(const char *s, size_t n, int c)
{
	for (; n; n--, s++) {
		if (*s == (char)c)
			return (char *)s;
		if (!*s)
			break;
	}
	return NULL;
}

char *(strrchr)(const char *s, int c)
{
	const char *last = NULL;

	do {
		if (*s == (char)c)
			last = s;
	} while (*s++);
	return (char *)last;
}

char *strnstr(const char *s, const char *needle, size_t n)
{
	size_t len = strlen(needle);

	n = strnlen(s, n);
	for (; n >= len; n--, s++)
		if (!memcmp(s, needle, len))
			return (char *)s;
	return NULL;
}

char *(strstr)(const char *s, const char *needle)
{
	return strnstr(s, needle, SIZE_MAX);
}

char *(strcpy)(char *dst, const char *src)
{
	return memcpy(dst, src, strlen(src) + 1);
}

char *(strncpy)(char *dst, const char *src, size_t n)
{
	size_t len = strnlen(src, n);

	memcpy(dst, src, len);
	memset(dst + len, 0, n - len);
	return dst;
}

char *(strcat)(char *dst, const char *src)
{
	memcpy(dst + strlen(dst), src, strlen(src) + 1);
	return dst;
}

ssize_t strscpy(char *dst, const char *src, size_t size)
{
	size_t len;

	if (!size)
		return -E2BIG;
	len = strnlen(src, size);
	if (len == size) {
		memcpy(dst, src, size - 1);
		dst[size - 1] = '\0';
		return -E2BIG;
	}
	memcpy(dst, src, len + 1);
	return len;
}

ssize_t strscpy_pad(char *dst, const char *src, size_t size)
{
	ssize_t len = strscpy(dst, src, size);

	if (len >= 0)
		memset(dst + len, 0, size - len);
	return len;
}

size_t (strspn)(const char *s, const char *accept)
{
	size_t n = 0;

	while (s[n] && strchr(accept, s[n]))
		n++;
	return n;
}

size_t (strcspn)(const char *s, const char *reject)
{
	size_t n = 0;

	while (s[n] && !strchr(reject, s[n]))
		n++;
	return n;
}

char *(strpbrk)(const char *s, const char *accept)
{
	s += strcspn(s, accept);
	return *s ? (char *)s : NULL;
}

char *(strsep)(char **sp, const char *delimiters)
{
	char *begin = *sp, *end;

	if (!begin)
		return NULL;
	end = strpbrk(begin, delimiters);
	if (end)
		*end++ = '\0';
	*sp = end;
	return begin;
}

char *skip_spaces(const char *s)
{
	while (isspace((u8)*s))
		s++;
	return (char *)s;
}

char *strim(char *s)
{
	size_t n = strlen(s);

	while (n && isspace((u8)s[n - 1]))
		n--;
	s[n] = '\0';
	return skip_spaces(s);
}

char *strreplace(char *s, char old, char new)
{
	char *p;

	for (p = s; *p; p++)
		if (*p == old)
			*p = new;
	return s;
}

bool sysfs_streq(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	if (*a == '\n' && !a[1])
		a++;
	if (*b == '\n' && !b[1])
		b++;
	return !*a && !*b;
}

int match_string(const char *const *array, size_t n, const char *s)
{
	size_t i;

	for (i = 0; i < n && array[i]; i++)
		if (!strcmp(array[i], s))
			return i;
	return -EINVAL;
}
