/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory and strings. The host's come from its C library. */
#ifndef LIB_STRING_H
#define LIB_STRING_H
#include <lib/types.h>

#ifdef HOST_TEST
#include <string.h>
#include <strings.h>
#else
void *memcpy(void *dst, const void *src, size_t n);
void *memmove(void *dst, const void *src, size_t n);
void *memset(void *dst, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
void *memchr(const void *p, int c, size_t n);
size_t strlen(const char *s);
size_t strnlen(const char *s, size_t max);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
int strcasecmp(const char *a, const char *b);
int strncasecmp(const char *a, const char *b, size_t n);
char *strchr(const char *s, int c);
char *strrchr(const char *s, int c);
char *strstr(const char *s, const char *needle);
char *strcpy(char *dst, const char *src);
char *strncpy(char *dst, const char *src, size_t n);
char *strcat(char *dst, const char *src);
size_t strspn(const char *s, const char *accept);
size_t strcspn(const char *s, const char *reject);
char *strpbrk(const char *s, const char *accept);
char *strsep(char **s, const char *delimiters);
/* one page of 4096 bytes, aligned */
void clear_page(void *page);
void copy_page(void *to, const void *from);
#endif

char *strnchr(const char *s, size_t n, int c);
/** strchrnul_k - like strchr, but the end of @s if @c is not there. */
char *strchrnul_k(const char *s, int c);
char *strnstr(const char *s, const char *needle, size_t n);
/** strscpy - copy with a terminating NUL always. Return: length, or -E2BIG if cut. */
ssize_t strscpy(char *dst, const char *src, size_t size);
/** strscpy_pad - the same, and zero the rest of @dst. */
ssize_t strscpy_pad(char *dst, const char *src, size_t size);
/** memchr_inv - first byte that is not @c. Return: NULL if all are. */
void *memchr_inv(const void *p, int c, size_t n);
/** memscan - Return: the first byte equal to @c, or @p + @n. */
void *memscan(const void *p, int c, size_t n);
bool mem_is_zero(const void *p, size_t n);
char *skip_spaces(const char *s);
/** strim - cut white space at the end of @s in place. Return: @s behind leading space. */
char *strim(char *s);
/** strreplace - in place. Return: @s. */
char *strreplace(char *s, char old, char new);
/** sysfs_streq - equal, where one may end in a newline. */
bool sysfs_streq(const char *a, const char *b);
/** match_string - Return: the index of @s in @array of @n strings, or -EINVAL. */
int match_string(const char *const *array, size_t n, const char *s);

static inline bool strstarts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

static inline const char *kbasename(const char *path)
{
	const char *tail = strrchr(path, '/');

	return tail ? tail + 1 : path;
}

#endif
