// SPDX-License-Identifier: GPL-2.0-only
/* What a letter after %p means: see lib/printf.h. */
#include <lib/printf.h>
#include <lib/string.h>
#include <lib/ctype.h>
#include <lib/bitmap.h>
#include <lib/hooks.h>
#include "vsprintf.h"

static const struct spec plain_hex = { .flags = F_ALT, .precision = -1, .base = 16 };
static const struct spec plain_dec = { .precision = -1, .base = 10 };

static void out_symbol(struct out *o, unsigned long addr, bool with_offset)
{
	unsigned long offset, size;
	const char *name = printf_symbol(addr, &offset, &size);

	if (!name) {
		out_number(o, addr, false, &plain_hex);
		return;
	}
	out_str(o, name, strlen(name));
	if (!with_offset)
		return;
	out_str(o, "+", 1);
	out_number(o, offset, false, offset ? &plain_hex : &plain_dec);
	out_str(o, "/", 1);
	out_number(o, size, false, &plain_hex);
}

static void out_hex_bytes(struct out *o, const u8 *p, int n, char separator)
{
	struct spec two = { .precision = 2, .base = 16 };
	int i;

	for (i = 0; i < min(n, 64); i++) {
		if (i && separator)
			out_str(o, &separator, 1);
		out_number(o, p[i], false, &two);
	}
}

/* 32 bits at a time, highest first, commas between: as Linux prints cpumasks */
static void out_bitmap(struct out *o, const unsigned long *map, int nbits)
{
	struct spec sp = { .base = 16 };
	int group = (nbits + 31) / 32 - 1;

	for (; group >= 0; group--) {
		u64 v = (u32)(map[group / 2] >> (group % 2 * 32));
		int bits = min(nbits - group * 32, 32);

		sp.precision = (bits + 3) / 4;
		out_number(o, v & ((1UL << bits) - 1), false, &sp);
		if (group)
			out_str(o, ",", 1);
	}
}

static void out_bitmap_list(struct out *o, const unsigned long *map, int nbits)
{
	unsigned long first, behind;
	bool comma = false;

	for (first = find_next_bit(map, nbits, 0); first < nbits;
	     first = find_next_bit(map, nbits, behind)) {
		behind = find_next_zero_bit(map, nbits, first);
		if (comma)
			out_str(o, ",", 1);
		comma = true;
		out_number(o, first, false, &plain_dec);
		if (behind - first > 1) {
			out_str(o, "-", 1);
			out_number(o, behind - 1, false, &plain_dec);
		}
	}
}

static int hex_bytes(struct out *o, const char *fmt, const struct spec *sp, const void *p)
{
	char separator = fmt[1] == 'C' ? ':' : fmt[1] == 'D' ? '-' : fmt[1] == 'N' ? '\0' : ' ';

	out_hex_bytes(o, p, sp->width, separator);
	return fmt[1] == 'C' || fmt[1] == 'D' || fmt[1] == 'N' ? 2 : 1;
}

static void out_address(struct out *o, struct spec *sp, const void *p)
{
	sp->base = 16;
	if (sp->precision < 0)
		sp->precision = 16;
	out_number(o, (unsigned long)p, false, sp);
}

int out_pointer(struct out *o, const char *fmt, struct spec *sp, const void *p)
{
	switch (*fmt) {
	case 'S':
	case 'B':
		out_symbol(o, (unsigned long)p, true);
		return 1;
	case 's':
		out_symbol(o, (unsigned long)p, false);
		return 1;
	case 'V': {
		const struct va_format *vf = p;
		va_list copy;

		va_copy(copy, *vf->va);
		out_vformat(o, vf->fmt, &copy);
		va_end(copy);
		return 1;
	}
	case 'h':
		return hex_bytes(o, fmt, sp, p);
	case 'b':
		if (fmt[1] == 'l') {
			out_bitmap_list(o, p, sp->width);
			return 2;
		}
		out_bitmap(o, p, sp->width);
		return 1;
	case 'e':
		out_number(o, (long)p < 0 ? -(u64)(long)p : (u64)(long)p, (long)p < 0, &plain_dec);
		return 1;
	case 'x':
		out_address(o, sp, p);
		return 1;
	default:
		out_address(o, sp, p);
		return 0;
	}
}
