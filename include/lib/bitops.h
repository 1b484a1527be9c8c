/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Single bits of unsigned long arrays, and bit arithmetic. set_bit and friends
 * are atomic; with __ in front they are not. Those that return the old bit are
 * fully ordered unless their name says _lock/_unlock.
 */
#ifndef LIB_BITOPS_H
#define LIB_BITOPS_H
#include <lib/types.h>

#define BIT_MASK(nr)		(1UL << ((nr) % BITS_PER_LONG))
#define BIT_WORD(nr)		((nr) / BITS_PER_LONG)
#define BITS_TO_LONGS(n)	DIV_ROUND_UP(n, BITS_PER_LONG)

static inline void set_bit(unsigned long nr, volatile unsigned long *p)
{
	__atomic_fetch_or(p + BIT_WORD(nr), BIT_MASK(nr), __ATOMIC_RELAXED);
}

static inline void clear_bit(unsigned long nr, volatile unsigned long *p)
{
	__atomic_fetch_and(p + BIT_WORD(nr), ~BIT_MASK(nr), __ATOMIC_RELAXED);
}

static inline void change_bit(unsigned long nr, volatile unsigned long *p)
{
	__atomic_fetch_xor(p + BIT_WORD(nr), BIT_MASK(nr), __ATOMIC_RELAXED);
}

static inline bool test_and_set_bit(unsigned long nr, volatile unsigned long *p)
{
	return __atomic_fetch_or(p + BIT_WORD(nr), BIT_MASK(nr), __ATOMIC_SEQ_CST) & BIT_MASK(nr);
}

static inline bool test_and_clear_bit(unsigned long nr, volatile unsigned long *p)
{
	return __atomic_fetch_and(p + BIT_WORD(nr), ~BIT_MASK(nr), __ATOMIC_SEQ_CST) & BIT_MASK(nr);
}

static inline bool test_and_change_bit(unsigned long nr, volatile unsigned long *p)
{
	return __atomic_fetch_xor(p + BIT_WORD(nr), BIT_MASK(nr), __ATOMIC_SEQ_CST) & BIT_MASK(nr);
}

static inline bool test_and_set_bit_lock(unsigned long nr, volatile unsigned long *p)
{
	return __atomic_fetch_or(p + BIT_WORD(nr), BIT_MASK(nr), __ATOMIC_ACQUIRE) & BIT_MASK(nr);
}

static inline void clear_bit_unlock(unsigned long nr, volatile unsigned long *p)
{
	__atomic_fetch_and(p + BIT_WORD(nr), ~BIT_MASK(nr), __ATOMIC_RELEASE);
}

static inline bool test_bit(unsigned long nr, const volatile unsigned long *p)
{
	return (p[BIT_WORD(nr)] >> (nr % BITS_PER_LONG)) & 1;
}

static inline bool test_bit_acquire(unsigned long nr, const volatile unsigned long *p)
{
	return (__atomic_load_n(p + BIT_WORD(nr), __ATOMIC_ACQUIRE) >> (nr % BITS_PER_LONG)) & 1;
}

static inline void __set_bit(unsigned long nr, volatile unsigned long *p)
{
	p[BIT_WORD(nr)] |= BIT_MASK(nr);
}

static inline void __clear_bit(unsigned long nr, volatile unsigned long *p)
{
	p[BIT_WORD(nr)] &= ~BIT_MASK(nr);
}

static inline void __change_bit(unsigned long nr, volatile unsigned long *p)
{
	p[BIT_WORD(nr)] ^= BIT_MASK(nr);
}

static inline bool __test_and_set_bit(unsigned long nr, volatile unsigned long *p)
{
	bool old = test_bit(nr, p);

	__set_bit(nr, p);
	return old;
}

static inline bool __test_and_clear_bit(unsigned long nr, volatile unsigned long *p)
{
	bool old = test_bit(nr, p);

	__clear_bit(nr, p);
	return old;
}

static inline void __assign_bit(unsigned long nr, volatile unsigned long *p, bool value)
{
	if (value)
		__set_bit(nr, p);
	else
		__clear_bit(nr, p);
}

/*
 * Bit searches. The base ISA has no count instructions and gcc would call
 * libgcc for them, so these are written out: a multiplication by a de Bruijn
 * sequence isolates the lowest bit in a handful of instructions. They fold
 * for constants.
 */
extern const u8 lib_debruijn64[64];

/** __ffs - number of the lowest set bit. @x must not be 0. */
static __always_inline unsigned int __ffs(unsigned long x)
{
	if (__builtin_constant_p(x))
		return __builtin_ctzl(x);
	return lib_debruijn64[((x & -x) * 0x03f79d71b4cb0a89UL) >> 58];
}

unsigned int lib_fls64(u64 x) __attribute__((__const__));
unsigned int lib_hweight64(u64 x) __attribute__((__const__));

/** fls64 - 1 + number of the highest set bit; 0 for 0. */
static __always_inline int fls64(u64 x)
{
	if (__builtin_constant_p(x))
		return x ? 64 - __builtin_clzl(x) : 0;
	return lib_fls64(x);
}

static __always_inline int fls(unsigned int x)
{
	return fls64(x);
}

#define fls_long(x)	fls64(x)

/** __fls - number of the highest set bit. @x must not be 0. */
static __always_inline unsigned int __fls(unsigned long x)
{
	return fls64(x) - 1;
}

static __always_inline unsigned int ffz(unsigned long x)
{
	return __ffs(~x);
}

/** lib_ffs - 1 + number of the lowest set bit; 0 for 0 (Linux: ffs). */
static __always_inline int lib_ffs(unsigned int x)
{
	return x ? __ffs(x) + 1 : 0;
}
#ifndef HOST_TEST
#define ffs(x)	lib_ffs(x)
#endif

static __always_inline unsigned int hweight64(u64 x)
{
	if (__builtin_constant_p(x))
		return __builtin_popcountl(x);
	return lib_hweight64(x);
}
#define hweight_long(x)	hweight64(x)
#define hweight32(x)	hweight64((u32)(x))

/** ilog2 - floor of the binary logarithm; -1 for 0. */
#define ilog2(n)	(fls64(n) - 1)

/** order_base_2 - ceiling of the binary logarithm. */
static __always_inline unsigned int order_base_2(unsigned long n)
{
	return n > 1 ? fls64(n - 1) : 0;
}

static __always_inline unsigned long roundup_pow_of_two(unsigned long n)
{
	return 1UL << order_base_2(n);
}

static __always_inline unsigned long rounddown_pow_of_two(unsigned long n)
{
	return 1UL << (fls64(n) - 1);
}

static inline u32 rol32(u32 x, unsigned int n)
{
	return (x << (n & 31)) | (x >> (-n & 31));
}

static inline u32 ror32(u32 x, unsigned int n)
{
	return (x >> (n & 31)) | (x << (-n & 31));
}

static inline u64 rol64(u64 x, unsigned int n)
{
	return (x << (n & 63)) | (x >> (-n & 63));
}

static inline s64 sign_extend64(u64 value, int top_bit)
{
	return (s64)(value << (63 - top_bit)) >> (63 - top_bit);
}

#endif
