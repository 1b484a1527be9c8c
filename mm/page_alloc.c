// SPDX-License-Identifier: GPL-2.0-only
/*
 * Page allocation besides the hot path (pcp.c): blocks, and what happens when
 * memory gets short.
 *
 *   free pages
 *   | high   kswapd stops
 *   | low    kswapd is woken; ordinary allocations go below only through
 *   |        alloc_pages_slow()
 *   | min    from here allocations that may sleep reclaim for themselves; below
 *   v        are those that cannot sleep, dying tasks, and reclaim
 *
 * An allocation that may sleep and is of at most COSTLY_ORDER fails only if the
 * OOM killer finds nobody or the task itself is being killed; one with
 * __GFP_NOFAIL does not fail.
 */
#include "zone.h"
#include <mm/reclaim.h>
#include <kernel/sched.h>
#include <kernel/signal.h>
#include <kernel/printk.h>
#include <lib/string.h>

#define COSTLY_ORDER	3u	/* larger blocks may simply not exist */
#define MAX_RETRIES	16	/* rounds of reclaim without progress before the OOM killer */

struct zone zone = { .lock = __SPIN_LOCK_INIT(LR_ZONE) };

unsigned long zone_room(unsigned int alloc_flags) __no_tsa
{
	unsigned long min = zone.wmark[WMARK_MIN], free = READ_ONCE(zone.buddy.nr_free), keep = 0;

	switch (alloc_flags) {
	case ALLOC_LOW:
		keep = zone.wmark[WMARK_LOW];
		break;
	case ALLOC_MIN:
		keep = min;
		break;
	case ALLOC_HIGH:
		keep = min / 2;
		break;
	case ALLOC_HARDER:
		keep = min / 2 - min / 8;
		break;
	case ALLOC_OOM:
		keep = min / 8;
		break;
	}
	return free > keep ? free - keep : 0;
}

/* Return: an unprepared block, or NULL */
static struct page *take(unsigned int order, unsigned int alloc_flags)
{
	struct page *page = NULL;
	unsigned long flags;

	if (!order) {
		flags = arch_irq_save();
		page = pcp_refill(this_cpu_ptr(&pcp_lists), alloc_flags);
		local_irq_restore(flags);
		return page;
	}
	spin_lock_irqsave(&zone.lock, flags);
	if (zone_room(alloc_flags) >= 1UL << order)
		page = buddy_alloc(&zone.buddy, order);
	spin_unlock_irqrestore(&zone.lock, flags);
	return page;
}

/* how deep this caller may dig once the low mark is reached */
static unsigned int slow_alloc_flags(gfp_t gfp)
{
	if (gfp & __GFP_NOMEMALLOC)
		return ALLOC_MIN;
	if (gfp & __GFP_MEMALLOC || current->flags & PF_MEMALLOC)
		return ALLOC_NO_WMARK;
	if (!(gfp & __GFP_DIRECT_RECLAIM) && gfp & __GFP_HIGH)
		return ALLOC_HARDER;
	return gfp & __GFP_HIGH ? ALLOC_HIGH : ALLOC_MIN;
}

static unsigned long direct_reclaim(gfp_t gfp, unsigned int order)
{
	unsigned int saved = current->flags & PF_MEMALLOC;
	unsigned long freed;

	current->flags |= PF_MEMALLOC;
	freed = try_to_free_pages(gfp, order);
	current->flags = (current->flags & ~PF_MEMALLOC) | saved;
	return freed;
}

/* one round: reclaim, and if nothing helps kill somebody. Return: false to give up. */
static bool make_room(gfp_t gfp, unsigned int order, unsigned int *fruitless)
{
	if (direct_reclaim(gfp, order)) {
		/* pages were freed, but perhaps never a block of this order */
		*fruitless = order > COSTLY_ORDER ? *fruitless + 1 : 0;
	} else {
		++*fruitless;
		if (*fruitless == 1)
			drain_all_pages();
	}
	cond_resched();
	if (*fruitless < MAX_RETRIES && !(gfp & __GFP_NORETRY && *fruitless))
		return true;
	if (gfp & (__GFP_NORETRY | __GFP_RETRY_MAYFAIL) || order > COSTLY_ORDER)
		return false;
	*fruitless = 1;
	return out_of_memory(gfp, order);
}

static __cold void warn_failure(gfp_t gfp, unsigned int order)
{
	if (gfp & __GFP_NOWARN || !printk_ratelimit())
		return;
	pr_warn("%s: page allocation failure: order:%u, mode:%#x\n", current->comm, order, gfp);
	show_mem();
}

/**
 * alloc_pages_slow - allocate when that needs more than the low watermark leaves.
 * Context: as @gfp says. Return: an unprepared block, or NULL.
 */
struct page *alloc_pages_slow(gfp_t gfp, unsigned int order)
{
	unsigned int alloc_flags = slow_alloc_flags(gfp), fruitless = 0;
	struct page *page;

	if (gfp & __GFP_KSWAPD_RECLAIM)
		wakeup_kswapd();
	for (;;) {
		page = take(order, alloc_flags);
		if (page)
			return page;
		if (!(gfp & __GFP_DIRECT_RECLAIM))
			break;
		if (current->flags & PF_MEMALLOC) {
			/* reclaim must not wait for itself, but others may free something */
			if (!(gfp & __GFP_NOFAIL))
				break;
			__set_current_state(TASK_UNINTERRUPTIBLE);
			schedule_timeout(NSEC_PER_MSEC);
			continue;
		}
		if (fatal_signal_pending(current)) {
			page = take(order, ALLOC_OOM);
			if (page || !(gfp & __GFP_NOFAIL))
				return page;
		}
		if (!make_room(gfp, order, &fruitless) && !(gfp & __GFP_NOFAIL))
			break;
	}
	warn_failure(gfp, order);
	return NULL;
}

struct page *alloc_pages(gfp_t gfp, unsigned int order)
{
	struct page *page;
	unsigned long i;

	if (likely(!order))
		return alloc_page(gfp);
	if (unlikely(order > MAX_PAGE_ORDER))
		return NULL;
	if (CONFIG_DEBUG && (gfp & __GFP_DIRECT_RECLAIM))
		might_sleep();
	page = take(order, ALLOC_LOW);
	if (!page)
		page = alloc_pages_slow(gfp, order);
	if (!page)
		return NULL;
	if (CONFIG_DEBUG)
		page_debug_alloc(page, order);
	prep_new_page(page, order);
	for (i = 1; i < 1UL << order; i++) {
		prep_new_page(page + i, 0);
		atomic_set(&page[i].refcount, 0);
		if (gfp & __GFP_COMP) {
			page[i].type = PGTY_TAIL;
			page[i].head = page;
		}
	}
	if (gfp & __GFP_ZERO)
		memset(page_address(page), 0, PAGE_SIZE << order);
	return page;
}

struct folio *folio_alloc(gfp_t gfp, unsigned int order)
{
	struct folio *folio = page_folio(alloc_pages(gfp | (order ? __GFP_COMP : 0), order));

	if (folio) {
		folio->mapping = NULL;
		folio->index = 0;
		folio->private = 0;
		atomic_set(&folio->_mapcount, 0);
	}
	return folio;
}

unsigned long __get_free_pages(gfp_t gfp, unsigned int order)
{
	struct page *page = alloc_pages(gfp, order);

	return page ? (unsigned long)page_address(page) : 0;
}

void free_pages(unsigned long addr, unsigned int order)
{
	if (addr)
		__free_pages(virt_to_page((void *)addr), order);
}
