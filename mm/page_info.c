// SPDX-License-Identifier: GPL-2.0-only
/* The page allocator's start, its watermarks, and what it tells about itself. */
#include "zone.h"
#include <mm/memblock.h>
#include <kernel/init.h>
#include <kernel/printk.h>
#include <kernel/sched.h>
#include <lib/math64.h>

unsigned long min_free_kbytes;

/**
 * setup_per_zone_wmarks - derive the watermarks from min_free_kbytes.
 * Context: any; allocations meanwhile see old or new values.
 */
void setup_per_zone_wmarks(void)
{
	unsigned long min = min_free_kbytes >> (PAGE_SHIFT - 10);
	/* kswapd gets at least a thousandth of memory to work in */
	unsigned long step = max(min / 4, zone.managed / 1000);

	zone.wmark[WMARK_MIN] = min;
	zone.wmark[WMARK_LOW] = min + step;
	zone.wmark[WMARK_HIGH] = min + 2 * step;
}

/* Linux's rule: the root of 16 times the memory, both in KiB */
static void __init init_min_free_kbytes(void)
{
	unsigned long kbytes = zone.managed << (PAGE_SHIFT - 10);

	min_free_kbytes = clamp(int_sqrt(kbytes * 16), 128UL, 262144UL);
	setup_per_zone_wmarks();
}

static void __init mark_reserved(unsigned long start, unsigned long end)
{
	for (; start < end; start++) {
		struct page *page = pfn_to_page(start);

		page->type = PGTY_RESERVED;
		atomic_set(&page->refcount, 1);
	}
}

/**
 * page_alloc_init - hand everything that memblock has left to the buddy allocator.
 * Context: boot, one hart. The page array is zero, which says "free, on no list".
 */
void __init page_alloc_init(void)
{
	unsigned long done = min_pfn, flags;
	phys_addr_t base, end, from = 0;

	spin_lock_irqsave(&zone.lock, flags);
	buddy_init(&zone.buddy, pfn_to_page(min_pfn), min_pfn, max_pfn);
	while (memblock_next_free(from, &base, &end)) {
		unsigned long first = max(PFN_UP(base), done), behind = min(PFN_DOWN(end), max_pfn);

		from = end;
		if (first >= behind)
			continue;
		mark_reserved(done, first);
		buddy_free_range(&zone.buddy, first, behind);
		done = behind;
	}
	mark_reserved(done, max_pfn);
	zone.managed = zone.buddy.nr_free;
	spin_unlock_irqrestore(&zone.lock, flags);
	init_min_free_kbytes();
	pcp_init();
}

unsigned long free_reserved_area(void *start, void *end, const char *what)
{
	unsigned long first = PFN_UP(__pa(start)), behind = PFN_DOWN(__pa(end)), flags, pfn;

	if (first >= behind)
		return 0;
	for (pfn = first; pfn < behind; pfn++) {
		struct page *page = pfn_to_page(pfn);

		page->flags = 0;
		page->type = PGTY_FREE_PCP;
		atomic_set(&page->refcount, 0);
	}
	spin_lock_irqsave(&zone.lock, flags);
	buddy_free_range(&zone.buddy, first, behind);
	zone.managed += behind - first;
	spin_unlock_irqrestore(&zone.lock, flags);
	if (what)
		pr_info("Freeing %s: %luK\n", what, (behind - first) << (PAGE_SHIFT - 10));
	return behind - first;
}

unsigned long nr_free_pages(void) __no_tsa
{
	return READ_ONCE(zone.buddy.nr_free) + pcp_count_all();
}

unsigned long totalram_pages(void)
{
	return READ_ONCE(zone.managed);
}

unsigned long nr_free_buffer_pages(void)
{
	unsigned long total = totalram_pages(), keep = zone.wmark[WMARK_HIGH];

	return total > keep ? total - keep : 0;
}

unsigned long zone_watermark_pages(enum zone_watermark w)
{
	return zone.wmark[w];
}

bool zone_watermark_ok(enum zone_watermark w, unsigned int order) __no_tsa
{
	unsigned int o;

	if (nr_free_pages() < zone.wmark[w] + (1UL << order))
		return false;
	for (o = order; order && o < NR_PAGE_ORDERS; o++)
		if (READ_ONCE(zone.buddy.area[o].nr))
			return true;
	return !order;
}

void buddyinfo(unsigned long nr[NR_PAGE_ORDERS]) __no_tsa
{
	unsigned int order;

	for (order = 0; order < NR_PAGE_ORDERS; order++)
		nr[order] = READ_ONCE(zone.buddy.area[order].nr);
}

void show_mem(void)
{
	unsigned long nr[NR_PAGE_ORDERS];
	unsigned int order;

	buddyinfo(nr);
	pr_info("Mem-Info: total:%lukB free:%lukB min:%lukB low:%lukB high:%lukB\n",
		totalram_pages() << (PAGE_SHIFT - 10), nr_free_pages() << (PAGE_SHIFT - 10),
		zone.wmark[WMARK_MIN] << (PAGE_SHIFT - 10),
		zone.wmark[WMARK_LOW] << (PAGE_SHIFT - 10),
		zone.wmark[WMARK_HIGH] << (PAGE_SHIFT - 10));
	pr_info("Free blocks:");
	for (order = 0; order < NR_PAGE_ORDERS; order++)
		pr_cont(" %lu*%lukB", nr[order], PAGE_SIZE >> 10 << order);
	pr_cont("\n");
}
