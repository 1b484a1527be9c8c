// SPDX-License-Identifier: GPL-2.0-only
/* Copies of strings and memory, growing, large memory, freeing after RCU readers. */
#include "slab_private.h"
#include <mm/vmalloc.h>
#include <kernel/rcu.h>
#include <lib/printf.h>
#include <lib/string.h>

void *kmemdup(const void *src, size_t len, gfp_t gfp)
{
	void *p = kmalloc(len, gfp);

	return p ? memcpy(p, src, len) : NULL;
}

char *kmemdup_nul(const char *s, size_t len, gfp_t gfp)
{
	char *p = kmalloc(len + 1, gfp);

	if (p) {
		memcpy(p, s, len);
		p[len] = '\0';
	}
	return p;
}

char *kstrdup(const char *s, gfp_t gfp)
{
	return s ? kmemdup(s, strlen(s) + 1, gfp) : NULL;
}

char *kvasprintf(gfp_t gfp, const char *fmt, va_list ap)
{
	va_list again;
	int len;
	char *p;

	va_copy(again, ap);
	len = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	p = kmalloc(len + 1, gfp);
	if (p)
		vsnprintf(p, len + 1, fmt, ap);
	return p;
}

char *kasprintf(gfp_t gfp, const char *fmt, ...)
{
	va_list ap;
	char *p;

	va_start(ap, fmt);
	p = kvasprintf(gfp, fmt, ap);
	va_end(ap);
	return p;
}

void *kvmalloc(size_t size, gfp_t gfp)
{
	void *p;

	if (size <= PAGE_SIZE)
		return kmalloc(size, gfp);
	/* contiguous pages are an optimisation: do not press for them */
	p = kmalloc(size, (gfp & ~__GFP_NOFAIL) | __GFP_NORETRY | __GFP_NOWARN);
	return p ? p : __vmalloc(size, gfp);
}

void *kvzalloc(size_t size, gfp_t gfp)
{
	return kvmalloc(size, gfp | __GFP_ZERO);
}

void kvfree(const void *p)
{
	if (is_vmalloc_addr(p))
		vfree(p);
	else
		kfree(p);
}

/* the rcu_head lies somewhere in the object, whose start its slab knows */
static void kvfree_rcu(struct rcu_head *head)
{
	struct page *page;
	char *base;

	if (is_vmalloc_addr(head)) {
		vfree_containing(head);
		return;
	}
	page = virt_to_head_page(head);
	base = page_address(page);
	if (page->type == PGTY_SLAB) {
		unsigned int size = page->slab_cache->size;

		base += ((char *)head - base) / size * size;
	}
	kfree(base);
}

void kvfree_call_rcu(struct rcu_head *head, void *p)
{
	call_rcu(head, kvfree_rcu);
}
