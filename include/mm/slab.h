/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Objects smaller than pages. A cache holds objects of one type; kmalloc() is
 * a set of caches by size. Allocation is a few instructions from a per-CPU free
 * list, freeing likewise if the object's slab is this CPU's.
 *
 * Context: any, if @gfp lacks __GFP_DIRECT_RECLAIM. Freeing NULL is allowed.
 */
#ifndef MM_SLAB_H
#define MM_SLAB_H
#include <lib/types.h>
#include <lib/cleanup.h>
#include <lib/err.h>
#include <lib/bitops.h>
#include <mm/gfp.h>

struct kmem_cache;

#define SLAB_HWCACHE_ALIGN	0x0001u	/* objects begin at cache lines */
#define SLAB_PANIC		0x0002u	/* creation at boot cannot fail */
#define SLAB_TYPESAFE_BY_RCU	0x0004u	/* the memory stays an object of this type for a grace period */
#define SLAB_RECLAIM_ACCOUNT	0x0008u	/* has a shrinker: counted as reclaimable */
#define SLAB_ACCOUNT		0u

#define ARCH_KMALLOC_MINALIGN	8u
#define KMALLOC_MAX_CACHE_SIZE	8192u
#define KMALLOC_MAX_SIZE	(1ul << 22)
/* kmalloc(0): may be freed, must not be touched */
#define ZERO_SIZE_PTR		((void *)16)
#define ZERO_OR_NULL_PTR(x)	((unsigned long)(x) <= (unsigned long)ZERO_SIZE_PTR)

/**
 * kmem_cache_create - @align 0: natural (8). @ctor: run once on each object when
 * its slab is made, so a freed object must be left as constructed; or NULL.
 * Return: NULL when out of memory (never with SLAB_PANIC).
 */
struct kmem_cache *kmem_cache_create(const char *name, unsigned int size, unsigned int align,
				     unsigned int flags, void (*ctor)(void *));
#define KMEM_CACHE(s, flags)						\
	kmem_cache_create(#s, sizeof(struct s), __alignof__(struct s), flags, NULL)
void *kmem_cache_alloc(struct kmem_cache *s, gfp_t gfp) __must_check;
void *kmem_cache_zalloc(struct kmem_cache *s, gfp_t gfp) __must_check;
void kmem_cache_free(struct kmem_cache *s, void *object);
/** kmem_cache_destroy - every object must have been freed. Context: may sleep. */
void kmem_cache_destroy(struct kmem_cache *s);
unsigned long kmem_cache_shrink_all(void);

#define KMALLOC_CLASSES		13	/* 8, 96, 192, 16, 32, 64, ..., 8192 */
extern struct kmem_cache *kmalloc_caches[KMALLOC_CLASSES];

/* kmalloc_class - index of the smallest cache that holds @size <= KMALLOC_MAX_CACHE_SIZE bytes */
static __always_inline unsigned int kmalloc_class(size_t size)
{
	if (size > 64 && size <= 96)
		return 1;
	if (size > 128 && size <= 192)
		return 2;
	return size <= 8 ? 0 : fls64(size - 1) - 1;
}

void *__kmalloc(size_t size, gfp_t gfp) __must_check __alloc_size(1);

/** kmalloc - @size bytes, aligned to 8, and to @size if that is a power of two.
 *  Return: NULL when out of memory, ZERO_SIZE_PTR for 0 bytes. */
static __always_inline void *__must_check __alloc_size(1) kmalloc(size_t size, gfp_t gfp)
{
	if (__builtin_constant_p(size) && size && size <= KMALLOC_MAX_CACHE_SIZE)
		return kmem_cache_alloc(kmalloc_caches[kmalloc_class(size)], gfp);
	return __kmalloc(size, gfp);
}

static __always_inline void *__must_check __alloc_size(1) kzalloc(size_t size, gfp_t gfp)
{
	return kmalloc(size, gfp | __GFP_ZERO);
}

void kfree(const void *p);

static inline void *__must_check kmalloc_array(size_t n, size_t size, gfp_t gfp)
{
	size_t bytes;

	if (unlikely(check_mul_overflow(n, size, &bytes)))
		return NULL;
	return kmalloc(bytes, gfp);
}

static inline void *__must_check kcalloc(size_t n, size_t size, gfp_t gfp)
{
	return kmalloc_array(n, size, gfp | __GFP_ZERO);
}

char *kstrdup(const char *s, gfp_t gfp) __must_check;	/* NULL for NULL */
void *kmemdup(const void *src, size_t len, gfp_t gfp) __must_check;
char *kmemdup_nul(const char *s, size_t len, gfp_t gfp) __must_check;
char *kasprintf(gfp_t gfp, const char *fmt, ...) __must_check __printf(2, 3);
char *kvasprintf(gfp_t gfp, const char *fmt, va_list ap) __must_check __printf(2, 0);

/* physically contiguous if that is easy, else vmalloc; may sleep */
void *kvmalloc(size_t size, gfp_t gfp) __must_check __alloc_size(1);
void *kvzalloc(size_t size, gfp_t gfp) __must_check __alloc_size(1);
void kvfree(const void *p);
static inline void *__must_check kvmalloc_array(size_t n, size_t size, gfp_t gfp)
{
	size_t bytes;

	if (unlikely(check_mul_overflow(n, size, &bytes)))
		return NULL;
	return kvmalloc(bytes, gfp);
}
#define kvcalloc(n, size, gfp)	kvmalloc_array(n, size, (gfp) | __GFP_ZERO)

/**
 * kfree_rcu - free what @p points to after a grace period; @field is its struct
 * rcu_head. Context: any.
 */
#define kfree_rcu(p, field) do {					\
	typeof(p) __kr = (p);						\
	if (__kr)							\
		kvfree_call_rcu(&__kr->field, __kr);			\
} while (0)
void kvfree_call_rcu(struct rcu_head *head, void *p);

DEFINE_FREE(kfree, void *, if (!IS_ERR_OR_NULL(_T)) kfree(_T))
DEFINE_FREE(kvfree, void *, if (!IS_ERR_OR_NULL(_T)) kvfree(_T))

/* /proc/slabinfo */
struct slabinfo {
	const char *name;
	unsigned long active_objs, num_objs, active_slabs, num_slabs;
	unsigned int object_size, objects_per_slab, pages_per_slab;
};
/** slabinfo_for_each - call @fn for every cache. Return: its first non-zero value. */
int slabinfo_for_each(int (*fn)(const struct slabinfo *info, void *arg), void *arg);
/** slab_pages - pages in slabs: of caches with SLAB_RECLAIM_ACCOUNT, or of the others. */
unsigned long slab_pages(bool reclaimable);

void kmem_cache_init(void);	/* after page_alloc_init() */

#endif
