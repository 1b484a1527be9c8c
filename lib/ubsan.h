/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the compilers call for undefined behaviour; to gcc these are built-in
 * functions whose arguments are all pointers.
 */
#ifndef LIB_UBSAN_PRIVATE_H
#define LIB_UBSAN_PRIVATE_H
#include <lib/types.h>

struct source_location {
	const char *file;
	u32 line, column;
};

struct type_descriptor;

struct type_mismatch_data {
	struct source_location where;
	struct type_descriptor *type;
	u8 log_alignment, kind;
};

void __ubsan_handle_add_overflow(void *d, void *a, void *b);
void __ubsan_handle_sub_overflow(void *d, void *a, void *b);
void __ubsan_handle_mul_overflow(void *d, void *a, void *b);
void __ubsan_handle_negate_overflow(void *d, void *a);
void __ubsan_handle_divrem_overflow(void *d, void *a, void *b);
void __ubsan_handle_shift_out_of_bounds(void *d, void *a, void *b);
void __ubsan_handle_out_of_bounds(void *d, void *index);
void __ubsan_handle_load_invalid_value(void *d, void *v);
void __ubsan_handle_nonnull_arg(void *d);
void __ubsan_handle_nonnull_return_v1(void *d, void *where);
void __ubsan_handle_vla_bound_not_positive(void *d, void *v);
void __ubsan_handle_pointer_overflow(void *d, void *base, void *result);
void __ubsan_handle_builtin_unreachable(void *d);
void __ubsan_handle_invalid_builtin(void *d);
void __ubsan_handle_type_mismatch_v1(void *d, void *pointer);

#endif
