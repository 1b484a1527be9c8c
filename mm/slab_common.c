// SPDX-License-Identifier: GPL-2.0-only
/*
 * Caches: creation, destruction, kmalloc()'s set of them, and what is told about
 * them. Allocation and freeing are in slab.c.
 *
 * The CPUs' lists are slots of one per-CPU array. Should they ever run out, a
 * cache gets slot 0, which stays empty: everything then takes the slow path.
 */
#include "slab_private.h"
#include <kernel/init.h>
#include <kernel/printk.h>
#include <kernel/rcu.h>
#include <mm/mm.h>
#include <lib/bitmap.h>
#include <lib/string.h>

static struct slabinfo slabinfo_of(struct kmem_cache *s);

#define CPU_SLOTS	512
#define MAX_SLAB_ORDER	3u
#define MIN_OBJECTS	8u	/* that a slab should hold */

static DEFINE_PER_CPU(struct kmem_cache_cpu, slab_cpu_slots[CPU_SLOTS]);
static DEFINE_SPINLOCK(slab_caches_lock, LR_LEAF);
static DECLARE_BITMAP(slots_used, CPU_SLOTS) __guarded_by(slab_caches_lock) = { 1 };
static LIST_HEAD(slab_caches);		/* additions, removals: slab_caches_lock; RCU to read */

static struct kmem_cache kmem_cache_cache;	/* of the struct kmem_caches */
struct kmem_cache *kmalloc_caches[KMALLOC_CLASSES];

static unsigned int calculate_align(unsigned int size, unsigned int align, unsigned int flags)
{
	if (flags & SLAB_HWCACHE_ALIGN) {
		unsigned int line = 64;

		while (size <= line / 2)	/* several small ones share a line */
			line /= 2;
		align = max(align, line);
	}
	return max(align, ARCH_KMALLOC_MINALIGN);
}

/* the smallest slab that holds MIN_OBJECTS or wastes little */
static unsigned int calculate_order(unsigned int size)
{
	unsigned int order, bytes;

	for (order = get_order(size); order < MAX_SLAB_ORDER; order++) {
		bytes = PAGE_SIZE << order;
		if (bytes / size >= MIN_OBJECTS && bytes % size <= bytes / 8)
			break;
	}
	return max(order, get_order(size));
}

static void init_layout(struct kmem_cache *s)
{
	unsigned int size = ALIGN(max(s->object_size, 8u), 8u);

	s->free_off = 0;
	if (CONFIG_DEBUG)
		slab_debug_layout(s, &size);
	if (CONFIG_DEBUG || s->ctor || s->flags & SLAB_TYPESAFE_BY_RCU) {
		/* the object's bytes must survive being free */
		s->free_off = size;
		size += sizeof(void *);
	}
	s->size = ALIGN(size, s->align);
	s->order = calculate_order(s->size);
	s->min_order = get_order(s->size);
}

/*
 * How many free objects a CPU keeps: two slabs of them, but enough that the ups
 * and downs of a few processes' lives stay inside the list.
 */
static unsigned int cpu_list_limit(const struct kmem_cache *s)
{
	unsigned int per_slab = (PAGE_SIZE << s->order) / s->size;

	return max(2 * per_slab, s->size <= 256 ? 128U : s->size <= 1024 ? 64U : 16U);
}

static void take_slot(struct kmem_cache *s)
{
	unsigned long slot, flags;

	spin_lock_irqsave(&slab_caches_lock, flags);
	slot = find_first_zero_bit(slots_used, CPU_SLOTS);
	if (slot < CPU_SLOTS)
		__set_bit(slot, slots_used);
	else
		slot = 0;
	spin_unlock_irqrestore(&slab_caches_lock, flags);
	s->cpu = &slab_cpu_slots[slot];
	s->limit = slot ? cpu_list_limit(s) : 0;
}

static void init_cache(struct kmem_cache *s, const char *name, unsigned int size,
		       unsigned int align, unsigned int flags, void (*ctor)(void *))
{
	unsigned long irq;

	memset(s, 0, sizeof(*s));
	s->name = name;
	s->object_size = size;
	s->flags = flags;
	s->ctor = ctor;
	s->align = calculate_align(size, align, flags);
	spin_lock_init(&s->lock, LR_SLAB);
	INIT_LIST_HEAD(&s->partial);
	init_layout(s);
	take_slot(s);
	spin_lock_irqsave(&slab_caches_lock, irq);
	list_add_tail_rcu(&s->list, &slab_caches);
	spin_unlock_irqrestore(&slab_caches_lock, irq);
}

struct kmem_cache *kmem_cache_create(const char *name, unsigned int size, unsigned int align,
				     unsigned int flags, void (*ctor)(void *))
{
	struct kmem_cache *s = kmem_cache_alloc(&kmem_cache_cache, GFP_KERNEL);

	if (!s) {
		if (flags & SLAB_PANIC)
			panic("out of memory for slab cache %s", name);
		return NULL;
	}
	init_cache(s, name, size, align, flags, ctor);
	return s;
}

void kmem_cache_destroy(struct kmem_cache *s)
{
	unsigned long flags;

	if (!s)
		return;
	slab_flush_all(s);
	slab_free_empty(s);
	if (s->flags & SLAB_TYPESAFE_BY_RCU)
		rcu_barrier();
	if (WARN(slabinfo_of(s).num_slabs, "cache %s still has objects\n", s->name))
		return;
	spin_lock_irqsave(&slab_caches_lock, flags);
	list_del_rcu(&s->list);
	if (s->limit)
		__clear_bit(s->cpu - slab_cpu_slots, slots_used);
	spin_unlock_irqrestore(&slab_caches_lock, flags);
	synchronize_rcu();
	kmem_cache_free(&kmem_cache_cache, s);
}

static void flush_all_ipi(void *unused)
{
	struct kmem_cache *s;

	list_for_each_entry_rcu(s, &slab_caches, list)
		slab_flush_local(s);
}

/** kmem_cache_shrink_all - Context: interrupts enabled. Return: pages freed. */
unsigned long kmem_cache_shrink_all(void)
{
	struct kmem_cache *s;
	unsigned long pages = 0;

	flush_all_ipi(NULL);
	smp_call_function_many(&cpu_online_mask, flush_all_ipi, NULL, true);
	rcu_read_lock();
	list_for_each_entry_rcu(s, &slab_caches, list)
		pages += slab_free_empty(s);
	rcu_read_unlock();
	return pages;
}

/* --- kmalloc --- */

void *__kmalloc(size_t size, gfp_t gfp)
{
	unsigned int order;
	struct page *page;

	if (likely(size <= KMALLOC_MAX_CACHE_SIZE)) {
		if (unlikely(!size))
			return ZERO_SIZE_PTR;
		return kmem_cache_alloc(kmalloc_caches[kmalloc_class(size)], gfp);
	}
	if (unlikely(size > KMALLOC_MAX_SIZE))
		return NULL;
	order = get_order(size);
	page = alloc_pages(gfp | __GFP_COMP, order);
	return page ? page_address(page) : NULL;
}

/* --- telling --- */

unsigned long slab_pages(bool reclaimable)
{
	return node_stat(reclaimable ? NR_SLAB_RECLAIMABLE : NR_SLAB_UNRECLAIMABLE);
}

static struct slabinfo slabinfo_of(struct kmem_cache *s)
{
	struct slabinfo info = {
		.name = s->name, .object_size = s->size,
		.objects_per_slab = (PAGE_SIZE << s->order) / s->size,
		.pages_per_slab = 1U << s->order,
	};
	unsigned long flags, on_lists = 0;
	unsigned int cpu;

	if (s->limit)
		for_each_possible_cpu(cpu)
			on_lists += READ_ONCE(per_cpu_ptr(s->cpu, cpu)->count);
	spin_lock_irqsave(&s->lock, flags);
	info.active_objs = s->nr_taken - min(on_lists, s->nr_taken);
	info.num_objs = s->nr_objects;
	info.num_slabs = s->nr_slabs;
	info.active_slabs = s->nr_slabs - s->nr_empty;
	spin_unlock_irqrestore(&s->lock, flags);
	return info;
}

int slabinfo_for_each(int (*fn)(const struct slabinfo *info, void *arg), void *arg)
{
	struct kmem_cache *s;
	int ret = 0;

	rcu_read_lock();
	list_for_each_entry_rcu(s, &slab_caches, list) {
		struct slabinfo info = slabinfo_of(s);

		ret = fn(&info, arg);
		if (ret)
			break;
	}
	rcu_read_unlock();
	return ret;
}

/* --- start --- */

static void __init create_kmalloc_cache(const char *name, unsigned int size)
{
	/* powers of two are aligned to themselves; debug builds stop at a cache line */
	unsigned int align = is_power_of_2(size) ? min(size, CONFIG_DEBUG ? 64U : 4096U) : 8;

	kmalloc_caches[kmalloc_class(size)] = kmem_cache_create(name, size, align, SLAB_PANIC, NULL);
}

/**
 * kmem_cache_init - make kmalloc() work.
 * Context: boot, after page_alloc_init() and the per-CPU areas.
 */
void __init kmem_cache_init(void)
{
	init_cache(&kmem_cache_cache, "kmem_cache", sizeof(struct kmem_cache), 0,
		   SLAB_HWCACHE_ALIGN, NULL);
	create_kmalloc_cache("kmalloc-8", 8);
	create_kmalloc_cache("kmalloc-16", 16);
	create_kmalloc_cache("kmalloc-32", 32);
	create_kmalloc_cache("kmalloc-64", 64);
	create_kmalloc_cache("kmalloc-96", 96);
	create_kmalloc_cache("kmalloc-128", 128);
	create_kmalloc_cache("kmalloc-192", 192);
	create_kmalloc_cache("kmalloc-256", 256);
	create_kmalloc_cache("kmalloc-512", 512);
	create_kmalloc_cache("kmalloc-1k", 1024);
	create_kmalloc_cache("kmalloc-2k", 2048);
	create_kmalloc_cache("kmalloc-4k", 4096);
	create_kmalloc_cache("kmalloc-8k", 8192);
}
