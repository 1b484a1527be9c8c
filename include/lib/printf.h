/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Formatted output into memory. C99 conversions without floating point and %n.
 * Beyond them, after %p:
 *	%pS %ps	code address as function+0xoff/0xsize, as function
 *	%pV	struct va_format: a format inside a format
 *	%*ph	small buffer in hex (length in the field width); %*phC with colons, %*phN plain
 *	%*pb %*pbl	bitmap of that many bits, as hex words and as a list of ranges
 *	%pe	ERR_PTR as -errno
 *	%px	the same as %p: the address in hex, 16 digits
 * No pointer is hashed: whoever shows one to user space decides if it may.
 */
#ifndef LIB_PRINTF_H
#define LIB_PRINTF_H
#include <lib/types.h>

struct va_format {
	const char *fmt;
	va_list *va;
};

#ifdef HOST_TEST
#include <stdio.h>
#define vsnprintf	k_vsnprintf
#define snprintf	k_snprintf
#define sprintf		k_sprintf
#define PRINTF_CHECK(a, b)		/* the host's compiler does not know %pV */
#else
#define PRINTF_CHECK(a, b)	__printf(a, b)
#endif

/** vsnprintf - Return: what the length would be without the limit. @buf may be NULL if @size is 0. */
int vsnprintf(char *buf, size_t size, const char *fmt, va_list ap) PRINTF_CHECK(3, 0);
int snprintf(char *buf, size_t size, const char *fmt, ...) PRINTF_CHECK(3, 4);
/** scnprintf - Return: the length written, without the NUL. */
int vscnprintf(char *buf, size_t size, const char *fmt, va_list ap) PRINTF_CHECK(3, 0);
int scnprintf(char *buf, size_t size, const char *fmt, ...) PRINTF_CHECK(3, 4);
/** sprintf - only where the length is bounded by the format. */
int sprintf(char *buf, const char *fmt, ...) PRINTF_CHECK(2, 3);

/** put_dec - decimal digits of @v into @buf (20 are enough), no NUL. Return: the end. */
char *put_dec(char *buf, u64 v);

#endif
