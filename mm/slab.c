// SPDX-License-Identifier: GPL-2.0-only
/*
 * The slab allocator: allocation and freeing. Creation of caches and kmalloc()
 * are in slab_common.c.
 *
 *   CPU's free list  <- refill: all free objects of one slab ->  partial slabs
 *     | alloc, free     trim: half of the list, object by object   | new, empty
 *     v                                                            v
 *   user                                                         pages
 *
 * Each CPU has one chain of free objects per cache, from whatever slab; so both
 * allocating and freeing are a pop or push with interrupts off. A slab that has
 * given all its objects away is on no list and is found again by virt_to_page()
 * when one comes back.
 *
 *   S1. page->inuse counts a slab's objects that are not on page->freelist.
 *   S2. A slab is on ->partial iff inuse < objects; at its end iff inuse is 0.
 *   S3. nr_taken is the sum of inuse; it includes what the CPUs' lists hold.
 */
#include "slab_private.h"
#include <kernel/printk.h>
#include <kernel/rcu.h>
#include <mm/mm.h>
#include <lib/string.h>

#define KEEP_EMPTY	4	/* empty slabs that a cache holds on to */

static void account(struct kmem_cache *s, long pages)
{
	mod_node_stat(s->flags & SLAB_RECLAIM_ACCOUNT ? NR_SLAB_RECLAIMABLE :
							NR_SLAB_UNRECLAIMABLE, pages);
}

/* a slab with all its objects on its free list, in order of address */
static void init_slab(struct kmem_cache *s, struct page *page, unsigned int order)
{
	char *base = page_address(page), *object;
	unsigned int n = (PAGE_SIZE << order) / s->size, i;
	void *next = NULL;

	page->type = PGTY_SLAB;
	page->slab_cache = s;
	page->inuse = 0;
	page->objects = n;
	for (i = n; i-- > 0; next = object) {
		object = base + i * s->size;
		if (CONFIG_DEBUG)
			slab_debug_new(s, object);
		if (s->ctor)
			s->ctor(object);
		set_next_free(s, object, next);
	}
	page->freelist = next;
}

static struct page *new_slab(struct kmem_cache *s, gfp_t gfp)
{
	unsigned int order = s->order;
	struct page *page;

	gfp &= ~(__GFP_ZERO | __GFP_HIGHMEM | __GFP_MOVABLE);
	if (order > s->min_order) {
		/* a large slab is nice to have: no effort for it */
		page = alloc_pages((gfp & ~(__GFP_DIRECT_RECLAIM | __GFP_NOFAIL)) |
				   __GFP_NOWARN | __GFP_COMP | __GFP_NOMEMALLOC, order);
		if (!page) {
			order = s->min_order;
			page = alloc_pages(gfp | __GFP_COMP, order);
		}
	} else {
		page = alloc_pages(order ? gfp | __GFP_COMP : gfp, order);
	}
	if (!page)
		return NULL;
	init_slab(s, page, order);
	account(s, 1L << order);
	return page;
}

static void slab_rcu_free(struct rcu_head *head)
{
	struct page *page = container_of((struct list_head *)(void *)head, struct page, slab_list);

	__free_pages(page, page->order);
}

static void free_slab(struct kmem_cache *s, struct page *page)
{
	account(s, -(1L << page->order));
	if (s->flags & SLAB_TYPESAFE_BY_RCU) {
		static_assert(sizeof(struct rcu_head) <= sizeof(struct list_head), "overlaid");
		call_rcu((struct rcu_head *)(void *)&page->slab_list, slab_rcu_free);
		return;
	}
	__free_pages(page, page->order);
}

static unsigned long free_slabs(struct kmem_cache *s, struct list_head *empty)
{
	struct page *page, *next;
	unsigned long pages = 0;

	list_for_each_entry_safe(page, next, empty, slab_list) {
		pages += 1UL << page->order;
		free_slab(s, page);
	}
	return pages;
}

/* take all free objects of a slab that is partly free. Return: their chain. */
static void *take_slab(struct kmem_cache *s, unsigned int *n) __must_hold(s->lock)
{
	struct page *page = list_first_entry_or_null(&s->partial, struct page, slab_list);
	void *chain;

	if (!page)
		return NULL;
	chain = page->freelist;
	*n = page->objects - page->inuse;
	if (!page->inuse)
		s->nr_empty--;
	page->inuse = page->objects;
	page->freelist = NULL;
	list_del(&page->slab_list);
	s->nr_partial--;
	s->nr_taken += *n;
	return chain;
}

/* put one object back into its slab; slabs that are no longer needed go to @empty */
static void return_object(struct kmem_cache *s, void *object, struct list_head *empty)
	__must_hold(s->lock)
{
	struct page *page = virt_to_head_page(object);

	set_next_free(s, object, page->freelist);
	page->freelist = object;
	s->nr_taken--;
	if (page->inuse-- == page->objects) {
		list_add(&page->slab_list, &s->partial);
		s->nr_partial++;
	}
	if (page->inuse)
		return;
	if (s->nr_empty < KEEP_EMPTY) {
		s->nr_empty++;
		list_move_tail(&page->slab_list, &s->partial);
		return;
	}
	list_move(&page->slab_list, empty);
	s->nr_partial--;
	s->nr_slabs--;
	s->nr_objects -= page->objects;
}

/* this CPU's list is empty. Context: interrupts off. Return: an object or NULL. */
static void *refill(struct kmem_cache *s)
{
	struct kmem_cache_cpu *c = this_cpu_ptr(s->cpu);
	LIST_HEAD(empty);
	void *object, *next, *rest;
	unsigned int n;

	spin_lock(&s->lock);
	object = take_slab(s, &n);
	if (object && !s->limit) {
		/* a cache without per-CPU lists: the others go back at once */
		for (next = get_next_free(s, object); next; next = rest) {
			rest = get_next_free(s, next);
			return_object(s, next, &empty);
		}
	}
	spin_unlock(&s->lock);
	if (object && s->limit) {
		c->freelist = get_next_free(s, object);
		c->count = n - 1;
	}
	return object;
}

static void add_slab(struct kmem_cache *s, struct page *page)
{
	unsigned long flags;

	spin_lock_irqsave(&s->lock, flags);
	list_add_tail(&page->slab_list, &s->partial);
	s->nr_partial++;
	s->nr_empty++;
	s->nr_slabs++;
	s->nr_objects += page->objects;
	spin_unlock_irqrestore(&s->lock, flags);
}

static noinline void *zeroed(struct kmem_cache *s, void *object)
{
	return memset(object, 0, s->object_size);
}

static __always_inline void *finish_alloc(struct kmem_cache *s, void *object, gfp_t gfp)
{
	if (CONFIG_DEBUG)
		slab_debug_alloc(s, object);
	if (gfp & __GFP_ZERO)
		return zeroed(s, object);
	return object;
}

static noinline void *alloc_slow(struct kmem_cache *s, gfp_t gfp)
{
	unsigned long flags;
	struct kmem_cache_cpu *c;
	struct page *page;
	void *object;

	for (;;) {
		flags = arch_irq_save();
		c = this_cpu_ptr(s->cpu);
		object = c->freelist;
		if (object) {
			/* an interrupt, or another task meanwhile, has refilled it */
			c->freelist = get_next_free(s, object);
			c->count--;
		} else {
			object = refill(s);
		}
		local_irq_restore(flags);
		if (object)
			return finish_alloc(s, object, gfp);
		page = new_slab(s, gfp);
		if (!page)
			return NULL;
		add_slab(s, page);
	}
}

void *kmem_cache_alloc(struct kmem_cache *s, gfp_t gfp)
{
	unsigned long flags;
	struct kmem_cache_cpu *c;
	void *object;

	if (CONFIG_DEBUG && (gfp & __GFP_DIRECT_RECLAIM))
		might_sleep();
	flags = arch_irq_save();
	c = this_cpu_ptr(s->cpu);
	object = c->freelist;
	if (unlikely(!object)) {
		local_irq_restore(flags);
		return alloc_slow(s, gfp);
	}
	c->freelist = get_next_free(s, object);
	c->count--;
	local_irq_restore(flags);
	return finish_alloc(s, object, gfp);
}

void *kmem_cache_zalloc(struct kmem_cache *s, gfp_t gfp)
{
	return kmem_cache_alloc(s, gfp | __GFP_ZERO);
}

/* give @n objects of this CPU's list back. Context: interrupts off. */
static void trim(struct kmem_cache *s, struct kmem_cache_cpu *c, unsigned int n)
{
	LIST_HEAD(empty);
	void *object;

	spin_lock(&s->lock);
	while (n-- && (object = c->freelist)) {
		c->freelist = get_next_free(s, object);
		c->count--;
		return_object(s, object, &empty);
	}
	spin_unlock(&s->lock);
	free_slabs(s, &empty);
}

/* the list is full, or there is none. Context: interrupts off; comes back with @flags. */
static noinline void free_slow(struct kmem_cache *s, struct kmem_cache_cpu *c, void *object,
			       unsigned long flags)
{
	LIST_HEAD(empty);

	if (s->limit)
		trim(s, c, s->limit / 2);
	spin_lock(&s->lock);
	return_object(s, object, &empty);
	spin_unlock(&s->lock);
	free_slabs(s, &empty);
	local_irq_restore(flags);
}

static __always_inline void slab_free(struct kmem_cache *s, void *object)
{
	unsigned long flags;
	struct kmem_cache_cpu *c;

	if (CONFIG_DEBUG && !slab_debug_free(s, object))
		return;
	flags = arch_irq_save();
	c = this_cpu_ptr(s->cpu);
	if (unlikely(c->count >= s->limit))
		return free_slow(s, c, object, flags);
	set_next_free(s, object, c->freelist);
	c->freelist = object;
	c->count++;
	local_irq_restore(flags);
}

void kmem_cache_free(struct kmem_cache *s, void *object)
{
	if (likely(object))
		slab_free(s, object);
}

static noinline __cold void free_large(struct page *page, const void *p)
{
	if (unlikely(page->type != PGTY_RAW || page_address(page) != p)) {
		pr_err("kfree: %px was not allocated\n", p);
		WARN_ON(1);
		return;
	}
	__free_pages(page, page->order);
}

void kfree(const void *p)
{
	struct page *page;

	if (unlikely(ZERO_OR_NULL_PTR(p)))
		return;
	page = virt_to_head_page(p);
	if (unlikely(page->type != PGTY_SLAB))
		return free_large(page, p);
	slab_free(page->slab_cache, (void *)p);
}

/* this CPU's list, back to the slabs */
void slab_flush_local(struct kmem_cache *s)
{
	unsigned long flags = arch_irq_save();
	struct kmem_cache_cpu *c = this_cpu_ptr(s->cpu);

	trim(s, c, c->count);
	local_irq_restore(flags);
}

static void flush_ipi(void *s)
{
	slab_flush_local(s);
}

void slab_flush_all(struct kmem_cache *s)
{
	slab_flush_local(s);
	smp_call_function_many(&cpu_online_mask, flush_ipi, s, true);
}

/* free the slabs that hold no object. Return: pages. */
unsigned long slab_free_empty(struct kmem_cache *s)
{
	struct page *page, *prev;
	unsigned long flags;
	LIST_HEAD(empty);

	spin_lock_irqsave(&s->lock, flags);
	list_for_each_entry_safe_reverse(page, prev, &s->partial, slab_list) {
		if (page->inuse)
			break;
		list_move(&page->slab_list, &empty);
		s->nr_partial--;
		s->nr_empty--;
		s->nr_slabs--;
		s->nr_objects -= page->objects;
	}
	spin_unlock_irqrestore(&s->lock, flags);
	return free_slabs(s, &empty);
}
