/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Numbers out of strings. kstrto*: the whole string (a newline at the end is
 * allowed), 0 or -EINVAL or -ERANGE. simple_*: as far as digits go, no errors.
 * @base 0: 0x and 0 prefixes decide.
 */
#ifndef LIB_KSTRTO_H
#define LIB_KSTRTO_H
#include <lib/types.h>

int __must_check kstrtoull(const char *s, unsigned int base, unsigned long long *res);
int __must_check kstrtoll(const char *s, unsigned int base, long long *res);
int __must_check kstrtoul(const char *s, unsigned int base, unsigned long *res);
int __must_check kstrtol(const char *s, unsigned int base, long *res);
int __must_check kstrtouint(const char *s, unsigned int base, unsigned int *res);
int __must_check kstrtoint(const char *s, unsigned int base, int *res);
int __must_check kstrtou16(const char *s, unsigned int base, u16 *res);
int __must_check kstrtou8(const char *s, unsigned int base, u8 *res);
int __must_check kstrtobool(const char *s, bool *res);
#define kstrtou64(s, b, r)	kstrtoull(s, b, (unsigned long long *)(r))
#define kstrtou32(s, b, r)	kstrtouint(s, b, r)

unsigned long long simple_strtoull(const char *s, char **end, unsigned int base);
unsigned long simple_strtoul(const char *s, char **end, unsigned int base);
long simple_strtol(const char *s, char **end, unsigned int base);
long long simple_strtoll(const char *s, char **end, unsigned int base);
/** memparse - a number with an optional K, M, G, T, P or E behind it. */
unsigned long long memparse(const char *s, char **end);
/** get_option - one integer of a comma-separated list; moves *@s on.
 *  Return: 0 none, 1 the last, 2 a comma follows. */
int get_option(char **s, int *value);

#endif
