// SPDX-License-Identifier: GPL-2.0-only
/* /proc/vmstat, /proc/zoneinfo, /proc/slabinfo, /proc/buddyinfo: the memory subsystem's counters. */
#include "internal.h"
#include <kernel/init.h>
#include <kernel/percpu.h>
#include <mm/mm.h>
#include <mm/page_alloc.h>
#include <mm/reclaim.h>
#include <mm/slab.h>

static const struct { const char *name; enum node_stat stat; } node_names[] = {
	{ "nr_mlock", NR_MLOCK },
	{ "nr_anon_pages", NR_ANON_MAPPED },
	{ "nr_mapped", NR_FILE_MAPPED },
	{ "nr_file_pages", NR_FILE_PAGES },
	{ "nr_dirty", NR_FILE_DIRTY },
	{ "nr_writeback", NR_WRITEBACK },
	{ "nr_shmem", NR_SHMEM },
	{ "nr_dirtied", NR_DIRTIED },
	{ "nr_written", NR_WRITTEN },
	{ "nr_kernel_stack", NR_KERNEL_STACK },
	{ "nr_page_table_pages", NR_PAGETABLE },
};

static const struct { const char *name; enum lru_list list; } lru_names[] = {
	{ "nr_inactive_anon", LRU_INACTIVE_ANON },
	{ "nr_active_anon", LRU_ACTIVE_ANON },
	{ "nr_inactive_file", LRU_INACTIVE_FILE },
	{ "nr_active_file", LRU_ACTIVE_FILE },
	{ "nr_unevictable", LRU_UNEVICTABLE },
};

static const char *const event_names[NR_VM_EVENTS] = {
	[PGFAULT] = "pgfault", [PGMAJFAULT] = "pgmajfault", [PGPGIN] = "pgpgin",
	[PGPGOUT] = "pgpgout", [PGALLOC] = "pgalloc_normal", [PGFREE] = "pgfree",
	[PGSCAN_KSWAPD] = "pgscan_kswapd", [PGSCAN_DIRECT] = "pgscan_direct",
	[PGSTEAL_KSWAPD] = "pgsteal_kswapd", [PGSTEAL_DIRECT] = "pgsteal_direct",
	[PGACTIVATE] = "pgactivate",
	[PGDEACTIVATE] = "pgdeactivate", [PGLAZYFREE] = "pglazyfree", [PGLAZYFREED] = "pglazyfreed",
	[UNEVICTABLE_PGCULLED] = "unevictable_pgs_culled",
	[UNEVICTABLE_PGRESCUED] = "unevictable_pgs_rescued",
	[UNEVICTABLE_PGMLOCKED] = "unevictable_pgs_mlocked",
	[UNEVICTABLE_PGMUNLOCKED] = "unevictable_pgs_munlocked",
	[UNEVICTABLE_PGCLEARED] = "unevictable_pgs_cleared",
	[OOM_KILL] = "oom_kill",
};

static int vmstat_show(struct seq_file *m, void *v)
{
	unsigned long background, dirty;

	seq_printf(m, "nr_free_pages %lu\n", nr_free_pages());
	for (size_t i = 0; i < ARRAY_SIZE(lru_names); i++)
		seq_printf(m, "%s %lu\n", lru_names[i].name, lru_pages(lru_names[i].list));
	seq_printf(m, "nr_slab_reclaimable %lu\nnr_slab_unreclaimable %lu\n", slab_pages(true),
		   slab_pages(false));
	for (size_t i = 0; i < ARRAY_SIZE(node_names); i++)
		seq_printf(m, "%s %lu\n", node_names[i].name, node_stat(node_names[i].stat));
	global_dirty_limits(&background, &dirty);
	seq_printf(m, "nr_dirty_threshold %lu\nnr_dirty_background_threshold %lu\n", dirty, background);
	seq_puts(m, "pswpin 0\npswpout 0\n");		/* there is no swap */
	for (int i = 0; i < NR_VM_EVENTS; i++)
		seq_printf(m, "%s %lu\n", event_names[i], sum_vm_event(i));
	return 0;
}

/* Linux's names, then what this kernel's one zone has of it: no reserves between zones. */
static void show_zone_pages(struct seq_file *m)
{
	seq_printf(m, "\n  pages free     %lu"
		   "\n        boost    0"
		   "\n        min      %lu"
		   "\n        low      %lu"
		   "\n        high     %lu"
		   "\n        spanned  %lu"
		   "\n        present  %lu"
		   "\n        managed  %lu"
		   "\n        cma      0"
		   "\n        protection: (0)"
		   "\n      nr_free_pages %lu",
		   nr_free_pages(), zone_watermark_pages(WMARK_MIN), zone_watermark_pages(WMARK_LOW),
		   zone_watermark_pages(WMARK_HIGH), max_pfn - min_pfn, max_pfn - min_pfn,
		   totalram_pages(), nr_free_pages());
}

static int zoneinfo_show(struct seq_file *m, void *v)
{
	unsigned int cpu;

	seq_printf(m, "Node %d, zone %8s\n  per-node stats", 0, "Normal");
	for (size_t i = 0; i < ARRAY_SIZE(lru_names); i++)
		seq_printf(m, "\n      %-12s %lu", lru_names[i].name, lru_pages(lru_names[i].list));
	for (size_t i = 0; i < ARRAY_SIZE(node_names); i++)
		seq_printf(m, "\n      %-12s %lu", node_names[i].name, node_stat(node_names[i].stat));
	show_zone_pages(m);
	seq_puts(m, "\n  pagesets");
	for_each_online_cpu(cpu) {
		struct pcp_info pcp = pcp_info(cpu);

		seq_printf(m, "\n    cpu: %u"
			   "\n              count:    %u"
			   "\n              high:     %u"
			   "\n              batch:    %u"
			   "\n              high_min: %u"
			   "\n              high_max: %u",
			   cpu, pcp.count, pcp.high, pcp.batch, pcp.high, pcp.high);
	}
	seq_printf(m, "\n  node_unreclaimable:  0\n  start_pfn:           %lu\n", min_pfn);
	return 0;
}

static int show_cache(const struct slabinfo *s, void *arg)
{
	seq_printf(arg, "%-17s %6lu %6lu %6u %4u %4u : tunables %4u %4u %4u : slabdata %6lu %6lu %6lu\n",
		   s->name, s->active_objs, s->num_objs, s->object_size, s->objects_per_slab,
		   s->pages_per_slab, 0, 0, 0, s->active_slabs, s->num_slabs, 0UL);
	return 0;
}

static int slabinfo_show(struct seq_file *m, void *v)
{
	seq_puts(m, "slabinfo - version: 2.1\n"
		 "# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab>"
		 " : tunables <limit> <batchcount> <sharedfactor>"
		 " : slabdata <active_slabs> <num_slabs> <sharedavail>\n");
	slabinfo_for_each(show_cache, m);
	return 0;
}

static int buddyinfo_show(struct seq_file *m, void *v)
{
	unsigned long nr[NR_PAGE_ORDERS];

	buddyinfo(nr);
	seq_printf(m, "Node %d, zone %8s ", 0, "Normal");
	for (int order = 0; order < NR_PAGE_ORDERS; order++)
		seq_printf(m, "%6lu ", nr[order]);
	seq_putc(m, '\n');
	return 0;
}

static int __init proc_vmstat_init(void)
{
	proc_create_single("vmstat", 0444, NULL, vmstat_show);
	proc_create_single("zoneinfo", 0444, NULL, zoneinfo_show);
	proc_create_single("slabinfo", 0400, NULL, slabinfo_show);
	proc_create_single("buddyinfo", 0444, NULL, buddyinfo_show);
	return 0;
}
fs_initcall(proc_vmstat_init);
