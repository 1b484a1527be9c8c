/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of the slab allocator share. */
#ifndef MM_SLAB_PRIVATE_H
#define MM_SLAB_PRIVATE_H
#include <mm/slab.h>
#include <mm/page_alloc.h>
#include <kernel/spinlock.h>
#include <kernel/percpu.h>

/* free objects of one CPU, used by it alone with interrupts off */
struct kmem_cache_cpu {
	void *freelist;		/* chained at free_off, last freed first */
	unsigned int count;
};

struct kmem_cache {
	/* constant after creation */
	struct kmem_cache_cpu *cpu;	/* per-CPU variable */
	unsigned int free_off;		/* of the chain pointer in a free object */
	unsigned int limit;		/* most objects of a CPU's list; 0: no list */
	unsigned int size;		/* distance of objects */
	unsigned int object_size;	/* what the user asked for */
	unsigned int flags;
	unsigned int order, min_order;	/* of a slab: wanted; enough for one object */
	unsigned int align;
	void (*ctor)(void *object);
	const char *name;

	spinlock_t lock;		/* LR_SLAB, irq-safe; guards the following and slabs on the list */
	struct list_head partial; /* slabs with a free object; empty ones last */
	unsigned long nr_partial;
	unsigned long nr_empty;
	unsigned long nr_slabs;
	unsigned long nr_objects;
	unsigned long nr_taken;	/* given out, or on a CPU's list */

	struct list_head list;		/* all caches: slab_caches_lock, RCU */
};

static __always_inline void *get_next_free(const struct kmem_cache *s, const void *object)
{
	return *(void **)((char *)object + s->free_off);
}

static __always_inline void set_next_free(const struct kmem_cache *s, void *object, void *next)
{
	*(void **)((char *)object + s->free_off) = next;
}

static __always_inline struct page *virt_to_head_page(const void *p)
{
	struct page *page = virt_to_page(p);

	return unlikely(page->type == PGTY_TAIL) ? page->head : page;
}

/* slab.c */
void slab_flush_local(struct kmem_cache *s);
void slab_flush_all(struct kmem_cache *s);
unsigned long slab_free_empty(struct kmem_cache *s);

/* slab_common.c */

/* slab_debug.c */
void slab_debug_layout(struct kmem_cache *s, unsigned int *size);
void slab_debug_new(struct kmem_cache *s, void *object);
void slab_debug_alloc(struct kmem_cache *s, void *object);
/* Return: false if the object must not be put on a free list */
bool slab_debug_free(struct kmem_cache *s, void *object);

#endif
