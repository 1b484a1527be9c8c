// SPDX-License-Identifier: GPL-2.0-only
/* Numbers out of strings. */
#include <lib/kstrto.h>
#include <lib/ctype.h>
#include <lib/err.h>
#include <lib/string.h>

static unsigned int digit_value(char c)
{
	if (isdigit(c))
		return c - '0';
	if (isalpha(c))
		return tolower(c) - 'a' + 10;
	return 255;
}

static const char *parse_base(const char *s, unsigned int *base)
{
	bool hex = s[0] == '0' && tolower(s[1]) == 'x' && isxdigit(s[2]);

	if (!*base)
		*base = hex ? 16 : s[0] == '0' ? 8 : 10;
	return hex && *base == 16 ? s + 2 : s;
}

/* digits of @s. Return: their end; *@overflow if the value does not fit. */
static const char *parse_digits(const char *s, unsigned int base, unsigned long long *res,
				bool *overflow)
{
	unsigned long long v = 0;

	*overflow = false;
	for (; digit_value(*s) < base; s++) {
		if (check_mul_overflow(v, (unsigned long long)base, &v) ||
		    check_add_overflow(v, (unsigned long long)digit_value(*s), &v))
			*overflow = true;
	}
	*res = v;
	return s;
}

static int parse_all(const char *s, unsigned int base, unsigned long long *res)
{
	unsigned long long v;
	const char *end;
	bool overflow;

	s = parse_base(s, &base);
	end = parse_digits(s, base, &v, &overflow);
	if (end == s)
		return -EINVAL;
	if (*end == '\n')
		end++;
	if (*end)
		return -EINVAL;
	if (overflow)
		return -ERANGE;
	*res = v;
	return 0;
}

int kstrtoull(const char *s, unsigned int base, unsigned long long *res)
{
	return parse_all(*s == '+' ? s + 1 : s, base, res);
}

int kstrtoll(const char *s, unsigned int base, long long *res)
{
	unsigned long long v;
	bool negative = *s == '-';
	int err = parse_all(negative || *s == '+' ? s + 1 : s, base, &v);

	if (err)
		return err;
	if (v > (unsigned long long)LLONG_MAX + negative)
		return -ERANGE;
	*res = negative ? (long long)-v : (long long)v;
	return 0;
}

int kstrtoul(const char *s, unsigned int base, unsigned long *res)
{
	unsigned long long v;
	int err = kstrtoull(s, base, &v);

	if (!err)
		*res = v;
	return err;
}

int kstrtol(const char *s, unsigned int base, long *res)
{
	long long v;
	int err = kstrtoll(s, base, &v);

	if (!err)
		*res = v;
	return err;
}

static int parse_below(const char *s, unsigned int base, unsigned long long limit,
		       unsigned long long *res)
{
	int err = kstrtoull(s, base, res);

	return !err && *res > limit ? -ERANGE : err;
}

int kstrtouint(const char *s, unsigned int base, unsigned int *res)
{
	unsigned long long v;
	int err = parse_below(s, base, UINT_MAX, &v);

	if (!err)
		*res = v;
	return err;
}

int kstrtoint(const char *s, unsigned int base, int *res)
{
	long long v;
	int err = kstrtoll(s, base, &v);

	if (!err && v != (int)v)
		return -ERANGE;
	if (!err)
		*res = v;
	return err;
}

int kstrtou16(const char *s, unsigned int base, u16 *res)
{
	unsigned long long v;
	int err = parse_below(s, base, U16_MAX, &v);

	if (!err)
		*res = v;
	return err;
}

int kstrtou8(const char *s, unsigned int base, u8 *res)
{
	unsigned long long v;
	int err = parse_below(s, base, U8_MAX, &v);

	if (!err)
		*res = v;
	return err;
}

int kstrtobool(const char *s, bool *res)
{
	char c = tolower(s[0]);

	if (c == 'o')
		c = tolower(s[1]) == 'n' ? 'y' : tolower(s[1]) == 'f' ? 'n' : '?';
	if (c == 'y' || c == 't' || c == '1')
		*res = true;
	else if (c == 'n' || c == 'f' || c == '0')
		*res = false;
	else
		return -EINVAL;
	return 0;
}

unsigned long long simple_strtoull(const char *s, char **end, unsigned int base)
{
	unsigned long long v;
	bool overflow;

	s = parse_base(s, &base);
	s = parse_digits(s, base, &v, &overflow);
	if (end)
		*end = (char *)s;
	return v;
}

unsigned long simple_strtoul(const char *s, char **end, unsigned int base)
{
	return simple_strtoull(s, end, base);
}

long long simple_strtoll(const char *s, char **end, unsigned int base)
{
	if (*s == '-')
		return -simple_strtoull(s + 1, end, base);
	return simple_strtoull(s, end, base);
}

long simple_strtol(const char *s, char **end, unsigned int base)
{
	return simple_strtoll(s, end, base);
}

unsigned long long memparse(const char *s, char **end)
{
	static const char units[] = "kmgtpe";
	char *behind;
	unsigned long long v = simple_strtoull(s, &behind, 0);
	const char *unit = *behind ? strchr(units, tolower(*behind)) : NULL;

	if (unit) {
		v <<= 10 * (unit - units + 1);
		behind++;
	}
	if (end)
		*end = behind;
	return v;
}

int get_option(char **s, int *value)
{
	char *begin = *s, *end;

	if (!begin || !*begin)
		return 0;
	*value = simple_strtol(begin, &end, 0);
	if (end == begin)
		return 0;
	*s = end;
	if (*end != ',')
		return 1;
	++*s;
	return 2;
}
