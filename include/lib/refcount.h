/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reference counts that cannot wrap: a count that overflows, or is taken from
 * zero, saturates (the object leaks) and lib_warn() says so.
 */
#ifndef LIB_REFCOUNT_H
#define LIB_REFCOUNT_H
#include <lib/atomic.h>

typedef struct { atomic_t refs; } refcount_t;

#define REFCOUNT_INIT(n)	{ .refs = ATOMIC_INIT(n) }
#define REFCOUNT_SATURATED	(INT_MIN / 2)

/* lib/refcount.c: saturate and complain */
__cold void refcount_warn_saturate(refcount_t *r, const char *what);

static inline void refcount_set(refcount_t *r, int n)
{
	atomic_set(&r->refs, n);
}

static inline unsigned int refcount_read(const refcount_t *r)
{
	return atomic_read(&r->refs);
}

static inline void refcount_add(int i, refcount_t *r)
{
	int old = atomic_fetch_add_relaxed(i, &r->refs);

	if (unlikely(old <= 0 || old > INT_MAX - i))
		refcount_warn_saturate(r, "addition to zero or overflow");
}

/** refcount_inc - one more reference; the caller holds one already. */
static inline void refcount_inc(refcount_t *r)
{
	refcount_add(1, r);
}

/** refcount_inc_not_zero - Return: false if the object is already dying. */
static inline bool __must_check refcount_inc_not_zero(refcount_t *r)
{
	int old = atomic_read(&r->refs);

	do {
		if (!old)
			return false;
	} while (!atomic_try_cmpxchg_relaxed(&r->refs, &old, old + 1));
	if (unlikely(old < 0 || old == INT_MAX))
		refcount_warn_saturate(r, "overflow");
	return true;
}

/** refcount_sub_and_test - Return: true if this dropped the last reference. */
static inline bool __must_check refcount_sub_and_test(int i, refcount_t *r)
{
	int old = __atomic_fetch_sub(&r->refs.counter, i, __ATOMIC_RELEASE);

	if (old == i) {
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		return true;
	}
	if (unlikely(old < i))
		refcount_warn_saturate(r, "underflow");
	return false;
}

static inline bool __must_check refcount_dec_and_test(refcount_t *r)
{
	return refcount_sub_and_test(1, r);
}

/** refcount_dec - drop a reference that is known not to be the last. */
static inline void refcount_dec(refcount_t *r)
{
	if (unlikely(__atomic_fetch_sub(&r->refs.counter, 1, __ATOMIC_RELEASE) <= 1))
		refcount_warn_saturate(r, "decrement hit zero");
}

/** refcount_dec_if_one - Return: true if the count was 1 and is now 0. */
static inline bool __must_check refcount_dec_if_one(refcount_t *r)
{
	return atomic_cmpxchg(&r->refs, 1, 0) == 1;
}

/** refcount_dec_not_one - Return: false if the count is 1 and was left alone. */
static inline bool __must_check refcount_dec_not_one(refcount_t *r)
{
	int old = atomic_read(&r->refs);

	do {
		if (old == 1)
			return false;
		if (unlikely(old < 0))
			return true;
	} while (!atomic_try_cmpxchg(&r->refs, &old, old - 1));
	return true;
}

#endif
