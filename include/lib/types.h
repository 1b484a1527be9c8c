/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Basic types and compiler helpers that every file may count on. Compiles
 * freestanding and, with HOST_TEST defined, beside the host's C library.
 */
#ifndef LIB_TYPES_H
#define LIB_TYPES_H

/* before the UAPI headers, which would define a weaker one */
#undef __always_inline
#define __always_inline	inline __attribute__((__always_inline__))

#ifdef HOST_TEST
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <limits.h>
#include <sys/types.h>
#include <sys/sysmacros.h>
#endif
#include <linux/types.h>

typedef __u8	u8;
typedef __u16	u16;
typedef __u32	u32;
typedef __u64	u64;
typedef __s8	s8;
typedef __s16	s16;
typedef __s32	s32;
typedef __s64	s64;

#ifndef HOST_TEST
#include <stdint.h>		/* the compiler's own, for the UAPI headers that ask for it */
typedef __builtin_va_list	va_list;
#define va_start(ap, last)	__builtin_va_start(ap, last)
#define va_end(ap)		__builtin_va_end(ap)
#define va_arg(ap, type)	__builtin_va_arg(ap, type)
#define va_copy(dst, src)	__builtin_va_copy(dst, src)

typedef _Bool			bool;
#define true			1
#define false			0
#ifndef NULL
#define NULL			((void *)0)
#endif
#ifndef offsetof
#define offsetof(type, member)	__builtin_offsetof(type, member)
#endif

typedef unsigned long		size_t;
typedef long			ssize_t;
typedef long			ptrdiff_t;
typedef long			off_t;
typedef long long		loff_t;
typedef int			pid_t;
typedef unsigned int		uid_t;
typedef unsigned int		gid_t;
typedef unsigned int		mode_t;
typedef u32			dev_t;		/* MAJOR 12 bits, MINOR 20 bits */
typedef u64			ino_t;
typedef s64			time64_t;
typedef int			clockid_t;
typedef int			key_t;

#define CHAR_BIT	8
#define SCHAR_MAX	0x7f
#define UCHAR_MAX	0xff
#define SHRT_MAX	0x7fff
#define SHRT_MIN	(-SHRT_MAX - 1)
#define USHRT_MAX	0xffff
#define INT_MAX		0x7fffffff
#define INT_MIN		(-INT_MAX - 1)
#define UINT_MAX	0xffffffffU
#define LONG_MAX	0x7fffffffffffffffL
#define LONG_MIN	(-LONG_MAX - 1L)
#define ULONG_MAX	(~0UL)
#define LLONG_MAX	0x7fffffffffffffffLL
#define LLONG_MIN	(-LLONG_MAX - 1LL)
#define ULLONG_MAX	(~0ULL)
#define SSIZE_MAX	LONG_MAX
#endif /* !HOST_TEST */

#define U8_MAX		((u8)~0U)
#define U16_MAX		((u16)~0U)
#define U32_MAX		((u32)~0U)
#define U64_MAX		((u64)~0ULL)
#define S32_MAX		((s32)(U32_MAX >> 1))
#define S32_MIN		((s32)(-S32_MAX - 1))
#define S64_MAX		((s64)(U64_MAX >> 1))
#define S64_MIN		((s64)(-S64_MAX - 1))

typedef unsigned short		umode_t;
typedef unsigned int		gfp_t;
typedef unsigned int		fmode_t;
typedef unsigned int		vm_fault_t;
typedef unsigned long		pfn_t;
typedef unsigned long		pgoff_t;	/* index of a page in a file */
typedef u64			phys_addr_t;
typedef u64			dma_addr_t;
typedef u64			sector_t;	/* always 512 bytes */
typedef s64			ktime_t;	/* nanoseconds */
#ifndef HOST_TEST
typedef u64			blkcnt_t;	/* 512-byte blocks of an inode */
#endif
typedef unsigned int		poll_t;
typedef int			(*cmp_func_t)(const void *a, const void *b);

/* numbers of character and block devices, in the kernel's own 32-bit form */
#define MINORBITS	20
#define MINORMASK	((1U << MINORBITS) - 1)
#define MAJOR(dev)	((unsigned int)((dev) >> MINORBITS))
#define MINOR(dev)	((unsigned int)((dev) & MINORMASK))
#define MKDEV(ma, mi)	((u32)(((u32)(ma) << MINORBITS) | (u32)(mi)))

/* RCU and task-work callbacks: embedded in the object to be freed */
struct rcu_head {
	struct rcu_head *next;
	void (*func)(struct rcu_head *head);
};
#define callback_head rcu_head

/* for sparse; nothing to the compiler */
#ifdef __CHECKER__
#define __user		__attribute__((noderef, address_space(1)))
#define __iomem		__attribute__((noderef, address_space(2)))
#define __force		__attribute__((force))
#else
#define __user
#define __iomem
#define __force
#endif
#define __rcu

#define __must_check		__attribute__((__warn_unused_result__))
#define __printf(a, b)		__attribute__((__format__(printf, a, b)))
#define __cold			__attribute__((__cold__))
#undef __noreturn
#define __noreturn		__attribute__((__noreturn__))
#undef __packed
#define __packed		__attribute__((__packed__))
#undef __aligned
#define __aligned(x)		__attribute__((__aligned__(x)))
#define __maybe_unused		__attribute__((__unused__))
#define __always_unused		__attribute__((__unused__))
#define __used			__attribute__((__used__))
#define __weak			__attribute__((__weak__))
#define __section(s)		__attribute__((__section__(s)))
#undef noinline
#define noinline		__attribute__((__noinline__))
#undef __pure
#define __pure			__attribute__((__pure__))
#undef __malloc
#define __malloc		__attribute__((__malloc__))
#define __alloc_size(...)	__attribute__((__alloc_size__(__VA_ARGS__)))
#ifndef fallthrough
#define fallthrough		__attribute__((__fallthrough__))
#endif
#define ____cacheline_aligned	__aligned(64)

#define likely(x)		__builtin_expect(!!(x), 1)
#define unlikely(x)		__builtin_expect(!!(x), 0)
#define barrier()		asm volatile("" ::: "memory")
#define unreachable()		__builtin_unreachable()

#define READ_ONCE(x)		(*(const volatile typeof(x) *)&(x))
#define WRITE_ONCE(x, v)	(*(volatile typeof(x) *)&(x) = (v))
#define data_race(x)		(x)

#undef static_assert
#define static_assert(e, ...)	_Static_assert(e, "" __VA_ARGS__ #e)
#define BUILD_BUG_ON(e)		_Static_assert(!(e), "BUILD_BUG_ON: " #e)
#define BUILD_BUG_ON_ZERO(e)	((int)sizeof(struct { int : (-!!(e)); }))

#define __same_type(a, b)	__builtin_types_compatible_p(typeof(a), typeof(b))
#define __must_be_array(a)	BUILD_BUG_ON_ZERO(__same_type((a), &(a)[0]))
#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]) + __must_be_array(a))
#define sizeof_field(T, m)	sizeof(((T *)0)->m)
#define offsetofend(T, m)	(offsetof(T, m) + sizeof_field(T, m))
#define struct_size(p, m, n)	(sizeof(*(p)) + sizeof((p)->m[0]) * (size_t)(n))

#define container_of(ptr, type, member) ({				\
	static_assert(__same_type(*(ptr), ((type *)0)->member) ||	\
		      __same_type(*(ptr), void), "container_of: ");	\
	((type *)((char *)(ptr) - offsetof(type, member))); })

#define __lib_cat2(a, b)	a##b
#define __lib_cat(a, b)		__lib_cat2(a, b)
#define __UNIQUE_ID(prefix)	__lib_cat(__lib_cat(__uid_, prefix), __COUNTER__)

#define __lib_cmp_once(op, x, y, ux, uy) ({				\
	__auto_type ux = (x); __auto_type uy = (y);			\
	(void)(&ux == &uy);		/* types must agree */		\
	ux op uy ? ux : uy; })
#define min(x, y)	__lib_cmp_once(<, x, y, __UNIQUE_ID(l), __UNIQUE_ID(r))
#define max(x, y)	__lib_cmp_once(>, x, y, __UNIQUE_ID(l), __UNIQUE_ID(r))
#define min_t(t, x, y)	min((t)(x), (t)(y))
#define max_t(t, x, y)	max((t)(x), (t)(y))
#define min3(x, y, z)	min((typeof(x))min(x, y), z)
#define max3(x, y, z)	max((typeof(x))max(x, y), z)
#define clamp(v, lo, hi) min((typeof(v))max(v, lo), hi)
#define clamp_t(t, v, lo, hi) min_t(t, max_t(t, v, lo), hi)

#define __lib_swap(a, b, tmp) do { typeof(a) tmp = (a); (a) = (b); (b) = tmp; } while (0)
#define swap(a, b)	__lib_swap(a, b, __UNIQUE_ID(swap))

#define __lib_abs(x, ux) ({ __auto_type ux = (x); ux < 0 ? -ux : ux; })
#undef abs
#define abs(x)		__lib_abs(x, __UNIQUE_ID(abs))

/* @a must be a power of two */
#undef ALIGN
#define ALIGN(x, a)		(((x) + ((typeof(x))(a) - 1)) & ~((typeof(x))(a) - 1))
#define ALIGN_DOWN(x, a)	((x) & ~((typeof(x))(a) - 1))
#define IS_ALIGNED(x, a)	(((x) & ((typeof(x))(a) - 1)) == 0)
#define PTR_ALIGN(p, a)		((typeof(p))ALIGN((unsigned long)(p), (a)))
#define PTR_ALIGN_DOWN(p, a)	((typeof(p))ALIGN_DOWN((unsigned long)(p), (a)))
#define is_power_of_2(n)	({ __auto_type __p2 = (n); __p2 != 0 && !(__p2 & (__p2 - 1)); })
/* any divisor */
#define DIV_ROUND_UP(n, d)	(((n) + (d) - 1) / (d))
#undef roundup
#define roundup(x, y)		((((x) + ((y) - 1)) / (y)) * (y))
#define rounddown(x, y)		((x) - ((x) % (y)))
#define DIV_ROUND_CLOSEST(x, d)	(((x) + (d) / 2) / (d))

#define BITS_PER_LONG		64
#define BITS_PER_BYTE		8
#define BIT(n)			(1UL << (n))
#define BIT_ULL(n)		(1ULL << (n))
#define GENMASK(h, l)		((~0UL << (l)) & (~0UL >> (63 - (h))))

#define check_add_overflow(a, b, d)	__builtin_add_overflow(a, b, d)
#define check_sub_overflow(a, b, d)	__builtin_sub_overflow(a, b, d)
#define check_mul_overflow(a, b, d)	__builtin_mul_overflow(a, b, d)

#define __stringify_1(x...)	#x
#define __stringify(x...)	__stringify_1(x)

#define upper_32_bits(n)	((u32)((u64)(n) >> 32))
#define lower_32_bits(n)	((u32)(n))

#endif
