// SPDX-License-Identifier: GPL-2.0-only
/*
 * Per-CPU lists of free single pages: the hot path of allocation. Nearly every
 * page that the kernel hands out or gets back passes through here; a list is
 * refilled from and trimmed to the zone a batch at a time.
 *
 * A list is touched by its own CPU only, with interrupts off (the kernel is not
 * preempted, but interrupt handlers allocate too). Watermarks are looked at when
 * a list is refilled; what lies on the lists is given to anybody.
 */
#include "zone.h"
#include <kernel/printk.h>
#include <lib/string.h>

DEFINE_PER_CPU(struct pcp, pcp_lists);

static __always_inline struct page *pcp_pop(struct pcp *p)
{
	struct page *page = p->head;

	p->head = (struct page *)page->buddy_list.next;
	p->count--;
	return page;
}

static __always_inline void pcp_push(struct pcp *p, struct page *page)
{
	page->type = PGTY_FREE_PCP;
	page->buddy_list.next = (struct list_head *)p->head;
	p->head = page;
	p->count++;
}

/* the rest of rare or long work is kept out of line, so that the hot paths need no stack */
static noinline struct page *zeroed(struct page *page)
{
	clear_page(page_address(page));
	return page;
}

static __always_inline struct page *finish_alloc(struct page *page, gfp_t gfp)
{
	if (CONFIG_DEBUG)
		page_debug_alloc(page, 0);
	prep_new_page(page, 0);
	if (gfp & __GFP_ZERO)
		return zeroed(page);
	return page;
}

/* the list is empty */
static noinline struct page *alloc_page_slow(gfp_t gfp)
{
	unsigned long flags = arch_irq_save();
	struct page *page = pcp_refill(this_cpu_ptr(&pcp_lists), ALLOC_LOW);

	local_irq_restore(flags);
	if (!page)
		page = alloc_pages_slow(gfp, 0);
	return page ? finish_alloc(page, gfp) : NULL;
}

struct page *alloc_page(gfp_t gfp)
{
	unsigned long flags;
	struct page *page;
	struct pcp *p;

	if (CONFIG_DEBUG && (gfp & __GFP_DIRECT_RECLAIM))
		might_sleep();
	flags = arch_irq_save();
	p = this_cpu_ptr(&pcp_lists);
	if (unlikely(!p->head)) {
		local_irq_restore(flags);
		return alloc_page_slow(gfp);
	}
	page = pcp_pop(p);
	local_irq_restore(flags);
	return finish_alloc(page, gfp);
}

/* Whole blocks are taken, the smallest first, so that large ones stay whole. */
struct page *pcp_refill(struct pcp *p, unsigned int alloc_flags)
{
	unsigned long want;

	spin_lock(&zone.lock);
	want = min(zone_room(alloc_flags), (unsigned long)p->batch);
	while (want) {
		unsigned int order;
		struct page *block = buddy_alloc_smallest(&zone.buddy, __fls(want), &order);

		if (!block)
			break;
		want -= 1UL << order;
		for (unsigned long i = 1UL << order; i--; )
			pcp_push(p, block + i);
	}
	spin_unlock(&zone.lock);
	return p->head ? pcp_pop(p) : NULL;
}

/*
 * Give @n pages back to the zone. What was freed in order lies here in order, up or
 * down: each such run goes back in as few blocks as it makes. Context: interrupts off.
 */
static noinline void pcp_trim(struct pcp *p, unsigned int n)
{
	spin_lock(&zone.lock);
	while (n && p->head) {
		struct page *first = pcp_pop(p), *last = first;

		while (--n && (p->head == first - 1 || p->head == last + 1)) {
			struct page *page = pcp_pop(p);

			if (page < first)
				first = page;
			else
				last = page;
		}
		buddy_free_range(&zone.buddy, page_to_pfn(first), page_to_pfn(last) + 1);
	}
	spin_unlock(&zone.lock);
}

static __always_inline bool check_free(struct page *page)
{
	if (CONFIG_DEBUG)
		page_debug_free(page, 0);
	return likely(page->type != PGTY_FREE_PCP);
}

/* a list became too long. Context: interrupts off; comes back with @flags. */
static noinline void trim_and_restore(struct pcp *p, unsigned long flags)
{
	pcp_trim(p, p->count - p->high + p->batch);
	local_irq_restore(flags);
}

static __always_inline void free_single(struct page *page)
{
	unsigned long flags;
	struct pcp *p;

	if (!check_free(page))
		return bad_page(page, "freed twice");
	flags = arch_irq_save();
	p = this_cpu_ptr(&pcp_lists);
	pcp_push(p, page);
	if (unlikely(p->count >= p->high))
		return trim_and_restore(p, flags);
	local_irq_restore(flags);
}

/* a block is given straight to the zone */
static noinline void free_block(struct page *page, unsigned int order)
{
	unsigned long flags, i;

	if (CONFIG_DEBUG)
		page_debug_free(page, order);
	if (page->type == PGTY_FREE_PCP || page->type == PGTY_BUDDY) {
		bad_page(page, "freed twice");
		return;
	}
	for (i = 0; i < 1UL << order; i++)
		page[i].type = PGTY_FREE_PCP;
	spin_lock_irqsave(&zone.lock, flags);
	buddy_free(&zone.buddy, page, order);
	spin_unlock_irqrestore(&zone.lock, flags);
}

void free_unref_page(struct page *page, unsigned int order)
{
	if (likely(!order))
		free_single(page);
	else
		free_block(page, order);
}

void __free_pages(struct page *page, unsigned int order)
{
	/* a count of one can only be the caller's: no need for an atomic */
	if (atomic_read_acquire(&page->refcount) == 1 || atomic_dec_and_test(&page->refcount))
		free_unref_page(page, order);
}

void free_pages_bulk(struct page **pages, unsigned int n)
{
	unsigned long flags = arch_irq_save();
	struct pcp *p = this_cpu_ptr(&pcp_lists);
	unsigned int i;

	for (i = 0; i < n; i++)
		if (check_free(pages[i]))
			pcp_push(p, pages[i]);
		else
			bad_page(pages[i], "freed twice");
	if (p->count >= p->high)
		return trim_and_restore(p, flags);
	local_irq_restore(flags);
}

unsigned int alloc_pages_bulk(gfp_t gfp, unsigned int n, struct page **pages)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		if (!pages[i])
			pages[i] = alloc_page(gfp);
		if (!pages[i])
			break;
	}
	return i;
}

void drain_local_pages(void)
{
	unsigned long flags = arch_irq_save();
	struct pcp *p = this_cpu_ptr(&pcp_lists);

	pcp_trim(p, p->count);
	local_irq_restore(flags);
}

static void drain_ipi(void *unused)
{
	drain_local_pages();
}

void drain_all_pages(void)
{
	drain_local_pages();
	smp_call_function_many(&cpu_online_mask, drain_ipi, NULL, true);
}

unsigned long pcp_count_all(void)
{
	unsigned long sum = 0;
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu(pcp_lists, cpu).count);
	return sum;
}

struct pcp_info pcp_info(unsigned int cpu)
{
	const struct pcp *p = &per_cpu(pcp_lists, cpu);

	return (struct pcp_info){ READ_ONCE(p->count), p->high, p->batch };
}

/* more memory, longer lists; a batch never is a large part of a small machine */
void pcp_init(void)
{
	unsigned int batch = clamp(zone.managed >> 10, 8UL, 64UL), cpu;

	for_each_possible_cpu(cpu) {
		per_cpu(pcp_lists, cpu).batch = batch;
		per_cpu(pcp_lists, cpu).high = batch * 6;
	}
}
