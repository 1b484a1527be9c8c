// SPDX-License-Identifier: GPL-2.0-only
/*
 * What gcc and clang call for undefined behaviour in debug builds. The names and
 * the layout of the descriptions are those of the compilers' runtime (gcc:
 * libsanitizer/ubsan/ubsan_handlers.h). Each place is reported once: the compiler
 * gives us its column to mark.
 */
#include <lib/types.h>
#include <lib/hooks.h>
#include <lib/printf.h>
#include "ubsan.h"

#define REPORTED	(1U << 31)

static void report(void *data, const char *what, const void *a, const void *b)
{
	struct source_location *where = data;	/* every description begins with it */
	char text[160];
	u32 old = __atomic_fetch_or(&where->column, REPORTED, __ATOMIC_RELAXED);

	if (old & REPORTED)
		return;
	snprintf(text, sizeof(text), "UBSAN: %s (%#lx, %#lx) in %s:%u:%u", what,
		 (unsigned long)a, (unsigned long)b, where->file, where->line, old);
	lib_warn(text, where);
}

void __ubsan_handle_add_overflow(void *d, void *a, void *b)
{
	report(d, "signed overflow of +", a, b);
}

void __ubsan_handle_sub_overflow(void *d, void *a, void *b)
{
	report(d, "signed overflow of -", a, b);
}

void __ubsan_handle_mul_overflow(void *d, void *a, void *b)
{
	report(d, "signed overflow of *", a, b);
}

void __ubsan_handle_negate_overflow(void *d, void *a)
{
	report(d, "signed overflow of unary -", a, NULL);
}

void __ubsan_handle_divrem_overflow(void *d, void *a, void *b)
{
	report(d, "division by zero or overflow", a, b);
}

void __ubsan_handle_shift_out_of_bounds(void *d, void *a, void *b)
{
	report(d, "shift out of bounds", a, b);
}

void __ubsan_handle_out_of_bounds(void *d, void *index)
{
	report(d, "array index out of bounds", index, NULL);
}

void __ubsan_handle_load_invalid_value(void *d, void *v)
{
	report(d, "bool or enum with an invalid value", v, NULL);
}

void __ubsan_handle_nonnull_arg(void *d)
{
	report(d, "NULL for a nonnull argument", NULL, NULL);
}

void __ubsan_handle_nonnull_return_v1(void *d, void *where)
{
	report(where, "NULL returned from a nonnull function", NULL, NULL);
}

void __ubsan_handle_vla_bound_not_positive(void *d, void *v)
{
	report(d, "size of an array is not positive", v, NULL);
}

void __ubsan_handle_pointer_overflow(void *d, void *base, void *result)
{
	report(d, "pointer arithmetic wraps", base, result);
}

void __ubsan_handle_builtin_unreachable(void *d)
{
	report(d, "unreachable code was reached", NULL, NULL);
	__builtin_trap();	/* there is nowhere to return to */
}

void __ubsan_handle_invalid_builtin(void *d)
{
	report(d, "__builtin_ctz or clz of 0", NULL, NULL);
}

void __ubsan_handle_type_mismatch_v1(void *d, void *pointer)
{
	struct type_mismatch_data *m = d;
	unsigned long misaligned = (unsigned long)pointer & ((1UL << m->log_alignment) - 1);
	const char *what = !pointer ? "NULL dereferenced" :
			   misaligned ? "misaligned access" : "object too small for its type";

	report(d, what, pointer, (void *)(unsigned long)m->kind);
}
