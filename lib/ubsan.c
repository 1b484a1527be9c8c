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

static void report(struct source_location *where, const char *what, u64 a, u64 b)
{
	char text[160];
	u32 old = __atomic_fetch_or(&where->column, REPORTED, __ATOMIC_RELAXED);

	if (old & REPORTED)
		return;
	snprintf(text, sizeof(text), "UBSAN: %s (%#llx, %#llx) in %s:%u:%u", what,
		 (unsigned long long)a, (unsigned long long)b, where->file, where->line, old);
	lib_warn(text, where);
}

void __ubsan_handle_add_overflow(struct overflow_data *d, u64 a, u64 b)
{
	report(&d->where, "signed overflow of +", a, b);
}

void __ubsan_handle_sub_overflow(struct overflow_data *d, u64 a, u64 b)
{
	report(&d->where, "signed overflow of -", a, b);
}

void __ubsan_handle_mul_overflow(struct overflow_data *d, u64 a, u64 b)
{
	report(&d->where, "signed overflow of *", a, b);
}

void __ubsan_handle_negate_overflow(struct overflow_data *d, u64 a)
{
	report(&d->where, "signed overflow of unary -", a, 0);
}

void __ubsan_handle_divrem_overflow(struct overflow_data *d, u64 a, u64 b)
{
	report(&d->where, "division by zero or overflow", a, b);
}

void __ubsan_handle_shift_out_of_bounds(struct shift_data *d, u64 a, u64 b)
{
	report(&d->where, "shift out of bounds", a, b);
}

void __ubsan_handle_out_of_bounds(struct index_data *d, u64 index)
{
	report(&d->where, "array index out of bounds", index, 0);
}

void __ubsan_handle_load_invalid_value(struct value_data *d, u64 v)
{
	report(&d->where, "bool or enum with an invalid value", v, 0);
}

void __ubsan_handle_nonnull_arg(struct source_data *d)
{
	report(&d->where, "NULL for a nonnull argument", 0, 0);
}

void __ubsan_handle_nonnull_return_v1(struct source_data *d, struct source_location *where)
{
	report(where, "NULL returned from a nonnull function", 0, 0);
}

void __ubsan_handle_vla_bound_not_positive(struct value_data *d, u64 v)
{
	report(&d->where, "size of an array is not positive", v, 0);
}

void __ubsan_handle_pointer_overflow(struct source_data *d, u64 base, u64 result)
{
	report(&d->where, "pointer arithmetic wraps", base, result);
}

void __ubsan_handle_builtin_unreachable(struct source_data *d)
{
	report(&d->where, "unreachable code was reached", 0, 0);
}

void __ubsan_handle_invalid_builtin(struct source_data *d)
{
	report(&d->where, "__builtin_ctz or clz of 0", 0, 0);
}

void __ubsan_handle_type_mismatch_v1(struct type_mismatch_data *d, u64 pointer)
{
	const char *what = !pointer ? "NULL dereferenced" :
			   pointer & ((1UL << d->log_alignment) - 1) ? "misaligned access" :
			   "object too small for its type";

	report(&d->where, what, pointer, d->kind);
}
