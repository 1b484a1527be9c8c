/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared by the two halves of formatted output. */
#ifndef LIB_VSPRINTF_PRIVATE_H
#define LIB_VSPRINTF_PRIVATE_H
#include <lib/types.h>

#define F_LEFT	1u
#define F_PLUS	2u
#define F_SPACE	4u
#define F_ALT	8u
#define F_ZERO	16u
#define F_UPPER	32u

struct spec {
	unsigned int flags;
	int width;
	int precision;		/* -1: not given */
	unsigned int size;	/* of the integer argument, bytes */
	unsigned int base;
};

/* pos counts on beyond end, where nothing is stored */
struct out {
	char *pos, *end;
};

void out_str(struct out *o, const char *s, size_t n);
void out_pad(struct out *o, char c, int n);
void out_number(struct out *o, u64 v, bool negative, const struct spec *sp);
void out_field(struct out *o, const char *s, size_t n, const struct spec *sp);
void out_string(struct out *o, const char *s, const struct spec *sp);
void out_vformat(struct out *o, const char *fmt, va_list *ap);
/* @fmt: what follows the 'p'. Return: how much of it was used. */
int out_pointer(struct out *o, const char *fmt, struct spec *sp, const void *p);

#endif
