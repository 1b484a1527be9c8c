// SPDX-License-Identifier: GPL-2.0-only
/*
 * Formatted output. A format is cut into specifications (struct spec), each of
 * which writes through struct out; that counts everything and stores what fits,
 * so no conversion has to care about the end of the buffer.
 *
 * The conversions after %p are in vsprintf_ptr.c.
 */
#include <lib/printf.h>
#include <lib/string.h>
#include <lib/ctype.h>
#include "vsprintf.h"

static const char digit_pairs[] =
	"0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849"
	"5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";

void out_str(struct out *o, const char *s, size_t n)
{
	if (o->pos < o->end)
		memcpy(o->pos, s, min_t(size_t, n, o->end - o->pos));
	o->pos += n;
}

void out_pad(struct out *o, char c, int n)
{
	if (n <= 0)
		return;
	if (o->pos < o->end)
		memset(o->pos, c, min_t(size_t, n, o->end - o->pos));
	o->pos += n;
}

/* decimal digits of @v, ending before @end. Return: the first. */
static char *dec_before(char *end, u64 v)
{
	while (v >= 100) {
		u64 q = v / 100;
		const char *two = &digit_pairs[(v - q * 100) * 2];

		*--end = two[1];
		*--end = two[0];
		v = q;
	}
	if (v >= 10) {
		*--end = digit_pairs[v * 2 + 1];
		*--end = digit_pairs[v * 2];
	} else {
		*--end = '0' + v;
	}
	return end;
}

char *put_dec(char *buf, u64 v)
{
	char tmp[20], *first = dec_before(tmp + sizeof(tmp), v);
	size_t n = tmp + sizeof(tmp) - first;

	memcpy(buf, first, n);
	return buf + n;
}

static char *digits_before(char *end, u64 v, const struct spec *sp)
{
	const char *digits = sp->flags & F_UPPER ? "0123456789ABCDEF" : "0123456789abcdef";
	unsigned int shift = sp->base == 16 ? 4 : 3;

	if (sp->base == 10)
		return dec_before(end, v);
	do {
		*--end = digits[v & (sp->base - 1)];
		v >>= shift;
	} while (v);
	return end;
}

/** out_number - @negative: print a minus sign before @v. */
void out_number(struct out *o, u64 v, bool negative, const struct spec *sp)
{
	char tmp[24], *end = tmp + sizeof(tmp), *first = end, prefix[3];
	int ndigits, zeros, pad, npre = 0;

	if (v || sp->precision != 0)
		first = digits_before(end, v, sp);
	ndigits = end - first;
	if (negative)
		prefix[npre++] = '-';
	else if (sp->flags & F_PLUS)
		prefix[npre++] = '+';
	else if (sp->flags & F_SPACE)
		prefix[npre++] = ' ';
	if (sp->flags & F_ALT && sp->base == 16 && v) {
		prefix[npre++] = '0';
		prefix[npre++] = sp->flags & F_UPPER ? 'X' : 'x';
	}
	zeros = max(sp->precision - ndigits, 0);
	if (sp->flags & F_ALT && sp->base == 8 && !zeros && (!ndigits || *first != '0'))
		zeros = 1;
	if (sp->flags & F_ZERO && !(sp->flags & F_LEFT) && sp->precision < 0)
		zeros = max(sp->width - npre - ndigits, zeros);
	pad = sp->width - npre - zeros - ndigits;
	if (!(sp->flags & F_LEFT))
		out_pad(o, ' ', pad);
	out_str(o, prefix, npre);
	out_pad(o, '0', zeros);
	out_str(o, first, ndigits);
	if (sp->flags & F_LEFT)
		out_pad(o, ' ', pad);
}

/** out_field - a string in its field. */
void out_field(struct out *o, const char *s, size_t n, const struct spec *sp)
{
	int pad = sp->width - (int)n;

	if (!(sp->flags & F_LEFT))
		out_pad(o, ' ', pad);
	out_str(o, s, n);
	if (sp->flags & F_LEFT)
		out_pad(o, ' ', pad);
}

void out_string(struct out *o, const char *s, const struct spec *sp)
{
	if ((unsigned long)s < 4096)
		s = s ? "(efault)" : "(null)";
	out_field(o, s, sp->precision < 0 ? strlen(s) : strnlen(s, sp->precision), sp);
}

static int parse_int(const char **fmt)
{
	int v = 0;

	while (isdigit(**fmt)) {
		if (v < 100000)
			v = v * 10 + **fmt - '0';
		++*fmt;
	}
	return v;
}

static const char *parse_flags(const char *fmt, struct spec *sp)
{
	for (;; fmt++) {
		switch (*fmt) {
		case '-':
			sp->flags |= F_LEFT;
			break;
		case '+':
			sp->flags |= F_PLUS;
			break;
		case ' ':
			sp->flags |= F_SPACE;
			break;
		case '#':
			sp->flags |= F_ALT;
			break;
		case '0':
			sp->flags |= F_ZERO;
			break;
		default:
			return fmt;
		}
	}
}

static const char *parse_size(const char *fmt, struct spec *sp)
{
	sp->size = sizeof(int);
	switch (*fmt) {
	case 'h':
		if (fmt[1] == 'h') {
			sp->size = sizeof(char);
			return fmt + 2;
		}
		sp->size = sizeof(short);
		return fmt + 1;
	case 'l':
		sp->size = sizeof(long);
		return fmt[1] == 'l' ? fmt + 2 : fmt + 1;
	case 'L':
	case 'z':
	case 't':
	case 'j':
		sp->size = sizeof(long);
		return fmt + 1;
	}
	return fmt;
}

static u64 get_unsigned(struct spec *sp, va_list *ap)
{
	switch (sp->size) {
	case sizeof(char):
		return (unsigned char)va_arg(*ap, unsigned int);
	case sizeof(short):
		return (unsigned short)va_arg(*ap, unsigned int);
	case sizeof(int):
		return va_arg(*ap, unsigned int);
	default:
		return va_arg(*ap, unsigned long);
	}
}

static s64 get_signed(struct spec *sp, va_list *ap)
{
	switch (sp->size) {
	case sizeof(char):
		return (signed char)va_arg(*ap, int);
	case sizeof(short):
		return (short)va_arg(*ap, int);
	case sizeof(int):
		return va_arg(*ap, int);
	default:
		return va_arg(*ap, long);
	}
}

/* flags, width, precision and size behind a '%'. Return: the conversion letter's place. */
static const char *parse_spec(const char *fmt, struct spec *sp, va_list *ap)
{
	*sp = (struct spec){ .precision = -1, .base = 10 };
	fmt = parse_flags(fmt, sp);
	if (*fmt == '*') {
		sp->width = va_arg(*ap, int);
		if (sp->width < 0) {
			sp->flags |= F_LEFT;
			sp->width = -sp->width;
		}
		fmt++;
	} else {
		sp->width = parse_int(&fmt);
	}
	if (*fmt == '.') {
		fmt++;
		if (*fmt == '*') {
			sp->precision = va_arg(*ap, int);
			fmt++;
		} else {
			sp->precision = parse_int(&fmt);
		}
		if (sp->precision < 0)
			sp->precision = -1;
	}
	return parse_size(fmt, sp);
}

/* one conversion. Return: how many characters of the format belong to it. */
static int convert(struct out *o, const char *fmt, struct spec *sp, va_list *ap)
{
	s64 v;
	char c;

	switch (*fmt) {
	case 'd':
	case 'i':
		v = get_signed(sp, ap);
		out_number(o, v < 0 ? -(u64)v : (u64)v, v < 0, sp);
		return 1;
	case 'X':
		sp->flags |= F_UPPER;
		fallthrough;
	case 'x':
		sp->base = 16;
		break;
	case 'o':
		sp->base = 8;
		break;
	case 'u':
		break;
	case 'c':
		c = va_arg(*ap, int);
		out_field(o, &c, 1, sp);
		return 1;
	case 's':
		out_string(o, va_arg(*ap, const char *), sp);
		return 1;
	case 'p':
		return 1 + out_pointer(o, fmt + 1, sp, va_arg(*ap, const void *));
	case '%':
		out_str(o, "%", 1);
		return 1;
	default:
		/* unknown: shown as it is, argument and all that follows left alone */
		out_str(o, "%", 1);
		return 0;
	}
	sp->flags &= ~(F_PLUS | F_SPACE);
	out_number(o, get_unsigned(sp, ap), false, sp);
	return 1;
}

void out_vformat(struct out *o, const char *fmt, va_list *ap)
{
	struct spec sp;

	while (*fmt) {
		const char *percent = strchrnul_k(fmt, '%');

		out_str(o, fmt, percent - fmt);
		if (!*percent)
			break;
		fmt = parse_spec(percent + 1, &sp, ap);
		fmt += convert(o, fmt, &sp, ap);
	}
}

int vsnprintf(char *buf, size_t size, const char *fmt, va_list ap)
{
	struct out o = { buf, size && size <= INT_MAX ? buf + size - 1 : buf };
	va_list copy;

	va_copy(copy, ap);
	out_vformat(&o, fmt, &copy);
	va_end(copy);
	if (size && size <= INT_MAX)
		*min(o.pos, o.end) = '\0';
	return o.pos - buf;
}

int snprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(buf, size, fmt, ap);
	va_end(ap);
	return n;
}

int vscnprintf(char *buf, size_t size, const char *fmt, va_list ap)
{
	int n = vsnprintf(buf, size, fmt, ap);

	if (!size)
		return 0;
	return n < (long)size ? n : (int)size - 1;
}

int scnprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vscnprintf(buf, size, fmt, ap);
	va_end(ap);
	return n;
}

int sprintf(char *buf, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(buf, INT_MAX, fmt, ap);
	va_end(ap);
	return n;
}
