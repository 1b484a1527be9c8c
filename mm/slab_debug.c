// SPDX-License-Identifier: GPL-2.0-only
/*
 * Checks of the slab allocator in debug builds. Behind the object lies a red zone
 * of 8 bytes that says whether it is in use; a free object's bytes are a pattern
 * (unless a constructor or RCU readers need them). So an overrun, a second free
 * and a write after the free are found when the object passes through next.
 */
#include "slab_private.h"
#include <kernel/printk.h>
#include <lib/string.h>

#define RED_FREE	0xbbbbbbbbbbbbbbbbUL
#define RED_USED	0xccccccccccccccccUL
#define POISON_FREE	0x6b
#define POISON_NEW	0x5a

static unsigned long *red_zone(struct kmem_cache *s, void *object)
{
	return (unsigned long *)((char *)object + ALIGN(max(s->object_size, 8u), 8u));
}

static bool poisoned(const struct kmem_cache *s)
{
	return !s->ctor && !(s->flags & SLAB_TYPESAFE_BY_RCU);
}

static __cold void report(struct kmem_cache *s, void *object, const char *what)
{
	pr_err("BUG: slab %s, object %px: %s (red zone %#lx)\n", s->name, object, what,
	       *red_zone(s, object));
	WARN_ON(1);
}

void slab_debug_layout(struct kmem_cache *s, unsigned int *size)
{
	*size += sizeof(unsigned long);
}

void slab_debug_new(struct kmem_cache *s, void *object)
{
	if (poisoned(s))
		memset(object, POISON_FREE, s->object_size);
	*red_zone(s, object) = RED_FREE;
}

void slab_debug_alloc(struct kmem_cache *s, void *object)
{
	u8 *bad;

	if (*red_zone(s, object) != RED_FREE)
		report(s, object, "free object overwritten from below, or in use");
	if (poisoned(s)) {
		bad = memchr_inv(object, POISON_FREE, s->object_size);
		if (bad) {
			pr_err("at offset %#lx: %*ph\n", (unsigned long)(bad - (u8 *)object),
			       (int)min_t(long, 16, (u8 *)object + s->object_size - bad), bad);
			report(s, object, "written after it was freed");
		}
		memset(object, POISON_NEW, s->object_size);
	}
	*red_zone(s, object) = RED_USED;
}

bool slab_debug_free(struct kmem_cache *s, void *object)
{
	struct page *page = virt_to_head_page(object);
	unsigned long offset;

	if (page->type != PGTY_SLAB || page->slab_cache != s) {
		pr_err("BUG: %px freed to slab %s, which it does not belong to\n", object, s->name);
		WARN_ON(1);
		return false;
	}
	offset = (char *)object - (char *)page_address(page);
	if (offset % s->size) {
		pr_err("BUG: %px freed to slab %s: no object begins there\n", object, s->name);
		WARN_ON(1);
		return false;
	}
	if (*red_zone(s, object) == RED_FREE) {
		report(s, object, "freed twice");
		return false;
	}
	if (*red_zone(s, object) != RED_USED)
		report(s, object, "written beyond its end");
	if (poisoned(s))
		memset(object, POISON_FREE, s->object_size);
	*red_zone(s, object) = RED_FREE;
	return true;
}
