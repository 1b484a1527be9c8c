/* SPDX-License-Identifier: GPL-2.0-only */
/* 64-bit arithmetic with wide intermediate results. */
#ifndef LIB_MATH64_H
#define LIB_MATH64_H
#include <lib/types.h>

static inline u64 div_u64_rem(u64 a, u32 b, u32 *rem)
{
	*rem = a % b;
	return a / b;
}
static inline u64 div64_u64(u64 a, u64 b) { return a / b; }
static inline s64 div64_s64(s64 a, s64 b) { return a / b; }
static inline u64 div_u64(u64 a, u32 b) { return a / b; }
static inline s64 div_s64(s64 a, s32 b) { return a / b; }

#define do_div(n, base) ({						\
	u32 __base = (base); u32 __rem = (u64)(n) % __base;		\
	(n) = (u64)(n) / __base; __rem; })

/** mul_u64_u64_shr - (@a * @b) >> @shift with a 128-bit product. */
static __always_inline u64 mul_u64_u64_shr(u64 a, u64 b, unsigned int shift)
{
	return (u64)(((unsigned __int128)a * b) >> shift);
}
#define mul_u64_u32_shr(a, m, shift)	mul_u64_u64_shr(a, m, shift)

/** mul_u64_u64_div_u64 - @a * @b / @c, exact; U64_MAX if it does not fit. */
u64 mul_u64_u64_div_u64(u64 a, u64 b, u64 c);

/** int_sqrt - floor of the square root. */
unsigned long int_sqrt(unsigned long x);
unsigned long gcd(unsigned long a, unsigned long b);

/** clocks_calc_mult_shift - factors so that (x * *@mult) >> *@shift turns units of
 *  1/@from second into 1/@to second, exact for @maxsec seconds. */
void clocks_calc_mult_shift(u32 *mult, u32 *shift, u32 from, u32 to, u32 maxsec);

#endif
