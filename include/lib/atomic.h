/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Atomic counters with Linux's ordering: operations that return a value (and
 * cmpxchg that succeeds) are fully ordered unless named _relaxed, _acquire or
 * _release; those that return nothing, and read/set, order nothing.
 */
#ifndef LIB_ATOMIC_H
#define LIB_ATOMIC_H
#include <lib/types.h>

#if defined(__riscv)
#define smp_mb()	asm volatile("fence rw, rw" ::: "memory")
#define smp_rmb()	asm volatile("fence r, r" ::: "memory")
#define smp_wmb()	asm volatile("fence w, w" ::: "memory")
#define mb()		asm volatile("fence iorw, iorw" ::: "memory")
#define rmb()		asm volatile("fence ir, ir" ::: "memory")
#define wmb()		asm volatile("fence ow, ow" ::: "memory")
#else
#define smp_mb()	__atomic_thread_fence(__ATOMIC_SEQ_CST)
#define smp_rmb()	__atomic_thread_fence(__ATOMIC_ACQUIRE)
#define smp_wmb()	__atomic_thread_fence(__ATOMIC_RELEASE)
#define mb()		smp_mb()
#define rmb()		smp_rmb()
#define wmb()		smp_wmb()
#endif
#define smp_mb__before_atomic()	smp_mb()
#define smp_mb__after_atomic()	smp_mb()
#define smp_mb__after_spinlock() smp_mb()
#define smp_store_mb(x, v)	do { WRITE_ONCE(x, v); smp_mb(); } while (0)

/* scalars only */
#define smp_load_acquire(p)	__atomic_load_n((p), __ATOMIC_ACQUIRE)
#define smp_store_release(p, v)	__atomic_store_n((p), (v), __ATOMIC_RELEASE)

#define xchg(p, v)		__atomic_exchange_n((p), (v), __ATOMIC_SEQ_CST)
#define xchg_relaxed(p, v)	__atomic_exchange_n((p), (v), __ATOMIC_RELAXED)
#define __lib_cmpxchg(p, o, n, ok, fail) ({				\
	typeof(*(p)) __old = (o);					\
	__atomic_compare_exchange_n((p), &__old, (n), false, ok, fail);	\
	__old; })
/* cmpxchg - Return: the value found, equal to @o on success. */
#define cmpxchg(p, o, n)	__lib_cmpxchg(p, o, n, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED)
#define cmpxchg_relaxed(p, o, n) __lib_cmpxchg(p, o, n, __ATOMIC_RELAXED, __ATOMIC_RELAXED)
#define cmpxchg_acquire(p, o, n) __lib_cmpxchg(p, o, n, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)
#define cmpxchg_release(p, o, n) __lib_cmpxchg(p, o, n, __ATOMIC_RELEASE, __ATOMIC_RELAXED)
/* try_cmpxchg - Return: true on success; else *@po is the value found. */
#define try_cmpxchg(p, po, n)						\
	__atomic_compare_exchange_n((p), (po), (n), false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED)
#define try_cmpxchg_acquire(p, po, n)					\
	__atomic_compare_exchange_n((p), (po), (n), false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)

#define ATOMIC_INIT(i)		{ (i) }
#define ATOMIC64_INIT(i)	{ (i) }
#define ATOMIC_LONG_INIT(i)	{ (i) }

typedef struct { int counter; } atomic_t;
typedef struct { s64 counter; } atomic64_t;
typedef struct { long counter; } atomic_long_t;

#define __LIB_ATOMIC_OPS(pfx, A, T)					\
static inline T pfx##_read(const A *v)					\
{ return READ_ONCE(v->counter); }					\
static inline T pfx##_read_acquire(const A *v)				\
{ return __atomic_load_n(&v->counter, __ATOMIC_ACQUIRE); }		\
static inline void pfx##_set(A *v, T i)					\
{ WRITE_ONCE(v->counter, i); }						\
static inline void pfx##_set_release(A *v, T i)				\
{ __atomic_store_n(&v->counter, i, __ATOMIC_RELEASE); }			\
static inline void pfx##_add(T i, A *v)					\
{ __atomic_fetch_add(&v->counter, i, __ATOMIC_RELAXED); }		\
static inline void pfx##_sub(T i, A *v)					\
{ __atomic_fetch_sub(&v->counter, i, __ATOMIC_RELAXED); }		\
static inline void pfx##_inc(A *v) { pfx##_add(1, v); }			\
static inline void pfx##_dec(A *v) { pfx##_sub(1, v); }			\
static inline void pfx##_or(T i, A *v)					\
{ __atomic_fetch_or(&v->counter, i, __ATOMIC_RELAXED); }		\
static inline void pfx##_and(T i, A *v)					\
{ __atomic_fetch_and(&v->counter, i, __ATOMIC_RELAXED); }		\
static inline void pfx##_andnot(T i, A *v)				\
{ __atomic_fetch_and(&v->counter, ~i, __ATOMIC_RELAXED); }		\
static inline T pfx##_fetch_or(T i, A *v)				\
{ return __atomic_fetch_or(&v->counter, i, __ATOMIC_SEQ_CST); }		\
static inline T pfx##_fetch_and(T i, A *v)				\
{ return __atomic_fetch_and(&v->counter, i, __ATOMIC_SEQ_CST); }	\
static inline T pfx##_fetch_andnot(T i, A *v)				\
{ return __atomic_fetch_and(&v->counter, ~i, __ATOMIC_SEQ_CST); }	\
static inline T pfx##_add_return(T i, A *v)				\
{ return __atomic_add_fetch(&v->counter, i, __ATOMIC_SEQ_CST); }	\
static inline T pfx##_sub_return(T i, A *v)				\
{ return __atomic_sub_fetch(&v->counter, i, __ATOMIC_SEQ_CST); }	\
static inline T pfx##_add_return_relaxed(T i, A *v)			\
{ return __atomic_add_fetch(&v->counter, i, __ATOMIC_RELAXED); }	\
static inline T pfx##_sub_return_relaxed(T i, A *v)			\
{ return __atomic_sub_fetch(&v->counter, i, __ATOMIC_RELAXED); }	\
static inline T pfx##_sub_return_release(T i, A *v)			\
{ return __atomic_sub_fetch(&v->counter, i, __ATOMIC_RELEASE); }	\
static inline T pfx##_fetch_add(T i, A *v)				\
{ return __atomic_fetch_add(&v->counter, i, __ATOMIC_SEQ_CST); }	\
static inline T pfx##_fetch_sub(T i, A *v)				\
{ return __atomic_fetch_sub(&v->counter, i, __ATOMIC_SEQ_CST); }	\
static inline T pfx##_fetch_add_relaxed(T i, A *v)			\
{ return __atomic_fetch_add(&v->counter, i, __ATOMIC_RELAXED); }	\
static inline T pfx##_fetch_inc(A *v) { return pfx##_fetch_add(1, v); }	\
static inline T pfx##_inc_return(A *v) { return pfx##_add_return(1, v); } \
static inline T pfx##_dec_return(A *v) { return pfx##_sub_return(1, v); } \
static inline bool pfx##_dec_and_test(A *v)				\
{ return pfx##_sub_return(1, v) == 0; }					\
static inline bool pfx##_sub_and_test(T i, A *v)			\
{ return pfx##_sub_return(i, v) == 0; }					\
static inline bool pfx##_inc_and_test(A *v)				\
{ return pfx##_add_return(1, v) == 0; }					\
static inline bool pfx##_add_negative(T i, A *v)			\
{ return pfx##_add_return(i, v) < 0; }					\
static inline T pfx##_xchg(A *v, T n)					\
{ return __atomic_exchange_n(&v->counter, n, __ATOMIC_SEQ_CST); }	\
static inline T pfx##_xchg_acquire(A *v, T n)				\
{ return __atomic_exchange_n(&v->counter, n, __ATOMIC_ACQUIRE); }	\
static inline T pfx##_cmpxchg(A *v, T o, T n)				\
{ return cmpxchg(&v->counter, o, n); }					\
static inline T pfx##_cmpxchg_acquire(A *v, T o, T n)			\
{ return cmpxchg_acquire(&v->counter, o, n); }				\
static inline T pfx##_cmpxchg_relaxed(A *v, T o, T n)			\
{ return cmpxchg_relaxed(&v->counter, o, n); }				\
static inline bool pfx##_try_cmpxchg(A *v, T *o, T n)			\
{ return try_cmpxchg(&v->counter, o, n); }				\
static inline bool pfx##_try_cmpxchg_acquire(A *v, T *o, T n)		\
{ return try_cmpxchg_acquire(&v->counter, o, n); }			\
static inline bool pfx##_try_cmpxchg_relaxed(A *v, T *o, T n)		\
{ return __atomic_compare_exchange_n(&v->counter, o, n, false,		\
				     __ATOMIC_RELAXED, __ATOMIC_RELAXED); } \
static inline T pfx##_fetch_add_unless(A *v, T a, T u)			\
{									\
	T c = pfx##_read(v);						\
	while (c != u && !pfx##_try_cmpxchg(v, &c, c + a))		\
		;							\
	return c;							\
}									\
static inline bool pfx##_add_unless(A *v, T a, T u)			\
{ return pfx##_fetch_add_unless(v, a, u) != u; }			\
static inline bool pfx##_inc_not_zero(A *v)				\
{ return pfx##_add_unless(v, 1, 0); }					\
/* Return: the new value; negative means unchanged */			\
static inline T pfx##_dec_if_positive(A *v)				\
{									\
	T c = pfx##_read(v);						\
	while (c > 0 && !pfx##_try_cmpxchg(v, &c, c - 1))		\
		;							\
	return c - 1;							\
}

__LIB_ATOMIC_OPS(atomic, atomic_t, int)
__LIB_ATOMIC_OPS(atomic64, atomic64_t, s64)
__LIB_ATOMIC_OPS(atomic_long, atomic_long_t, long)

#include <lib/refcount.h>

#endif
