/* SPDX-License-Identifier: GPL-2.0-only */
/* The compilers' descriptions of undefined behaviour, and what they call with them. */
#ifndef LIB_UBSAN_PRIVATE_H
#define LIB_UBSAN_PRIVATE_H
#include <lib/types.h>

struct source_location {
	const char *file;
	u32 line, column;
};

struct type_descriptor;

struct source_data { struct source_location where; };
struct overflow_data { struct source_location where; struct type_descriptor *type; };
struct value_data { struct source_location where; struct type_descriptor *type; };
struct shift_data { struct source_location where; struct type_descriptor *left, *right; };
struct index_data { struct source_location where; struct type_descriptor *array, *index; };
struct type_mismatch_data {
	struct source_location where;
	struct type_descriptor *type;
	u8 log_alignment, kind;
};

void __ubsan_handle_add_overflow(struct overflow_data *d, u64 a, u64 b);
void __ubsan_handle_sub_overflow(struct overflow_data *d, u64 a, u64 b);
void __ubsan_handle_mul_overflow(struct overflow_data *d, u64 a, u64 b);
void __ubsan_handle_negate_overflow(struct overflow_data *d, u64 a);
void __ubsan_handle_divrem_overflow(struct overflow_data *d, u64 a, u64 b);
void __ubsan_handle_shift_out_of_bounds(struct shift_data *d, u64 a, u64 b);
void __ubsan_handle_out_of_bounds(struct index_data *d, u64 index);
void __ubsan_handle_load_invalid_value(struct value_data *d, u64 v);
void __ubsan_handle_nonnull_arg(struct source_data *d);
void __ubsan_handle_nonnull_return_v1(struct source_data *d, struct source_location *where);
void __ubsan_handle_vla_bound_not_positive(struct value_data *d, u64 v);
void __ubsan_handle_pointer_overflow(struct source_data *d, u64 base, u64 result);
void __ubsan_handle_builtin_unreachable(struct source_data *d);
void __ubsan_handle_invalid_builtin(struct source_data *d);
void __ubsan_handle_type_mismatch_v1(struct type_mismatch_data *d, u64 pointer);

#endif
