// SPDX-License-Identifier: GPL-2.0-only
/* /proc/meminfo: where the memory is, in KiB. */
#include "internal.h"
#include <kernel/init.h>
#include <mm/mm.h>
#include <mm/page_alloc.h>
#include <mm/reclaim.h>
#include <mm/slab.h>

static void show_kb(struct seq_file *m, const char *label, unsigned long pages)
{
	seq_printf(m, "%-16s%8lu kB\n", label, pages << (PAGE_SHIFT - 10));
}

/* What programs could get without swapping: free memory, and what of the caches may go
 * before the system gets into trouble. Linux's estimate. */
static unsigned long available_pages(void)
{
	unsigned long low = zone_watermark_pages(WMARK_LOW), high = zone_watermark_pages(WMARK_HIGH);
	unsigned long cache = lru_pages(LRU_ACTIVE_FILE) + lru_pages(LRU_INACTIVE_FILE);
	unsigned long slab = slab_pages(true), free = nr_free_pages();
	unsigned long n = free > high ? free - high : 0;

	n += cache - min(cache / 2, low);
	return n + slab - min(slab / 2, low);
}

static int meminfo_show(struct seq_file *m, void *v)
{
	unsigned long file = node_stat(NR_FILE_PAGES), buffers = node_stat(NR_BLOCKDEV_PAGES);
	unsigned long committed = max_t(s64, atomic64_read(&vm_committed_as), 0);

	show_kb(m, "MemTotal:", totalram_pages());
	show_kb(m, "MemFree:", nr_free_pages());
	show_kb(m, "MemAvailable:", available_pages());
	show_kb(m, "Buffers:", buffers);
	show_kb(m, "Cached:", file > buffers ? file - buffers : 0);
	show_kb(m, "SwapCached:", 0);
	show_kb(m, "Active:", lru_pages(LRU_ACTIVE_ANON) + lru_pages(LRU_ACTIVE_FILE));
	show_kb(m, "Inactive:", lru_pages(LRU_INACTIVE_ANON) + lru_pages(LRU_INACTIVE_FILE));
	show_kb(m, "Active(anon):", lru_pages(LRU_ACTIVE_ANON));
	show_kb(m, "Inactive(anon):", lru_pages(LRU_INACTIVE_ANON));
	show_kb(m, "Active(file):", lru_pages(LRU_ACTIVE_FILE));
	show_kb(m, "Inactive(file):", lru_pages(LRU_INACTIVE_FILE));
	show_kb(m, "Unevictable:", lru_pages(LRU_UNEVICTABLE));
	show_kb(m, "Mlocked:", node_stat(NR_MLOCK));
	show_kb(m, "SwapTotal:", 0);
	show_kb(m, "SwapFree:", 0);
	show_kb(m, "Dirty:", node_stat(NR_FILE_DIRTY));
	show_kb(m, "Writeback:", node_stat(NR_WRITEBACK));
	show_kb(m, "AnonPages:", node_stat(NR_ANON_MAPPED));
	show_kb(m, "Mapped:", node_stat(NR_FILE_MAPPED));
	show_kb(m, "Shmem:", node_stat(NR_SHMEM));
	show_kb(m, "KReclaimable:", slab_pages(true));
	show_kb(m, "Slab:", slab_pages(true) + slab_pages(false));
	show_kb(m, "SReclaimable:", slab_pages(true));
	show_kb(m, "SUnreclaim:", slab_pages(false));
	show_kb(m, "KernelStack:", node_stat(NR_KERNEL_STACK));
	show_kb(m, "PageTables:", node_stat(NR_PAGETABLE));
	show_kb(m, "SecPageTables:", 0);
	show_kb(m, "NFS_Unstable:", 0);
	show_kb(m, "Bounce:", 0);
	show_kb(m, "WritebackTmp:", 0);
	show_kb(m, "CommitLimit:", vm_commit_limit());
	show_kb(m, "Committed_AS:", committed);
	show_kb(m, "VmallocTotal:", (VMALLOC_END - VMALLOC_START) >> PAGE_SHIFT);
	show_kb(m, "VmallocUsed:", 0);
	show_kb(m, "VmallocChunk:", 0);
	return 0;
}

static int __init proc_meminfo_init(void)
{
	proc_create_single("meminfo", 0444, NULL, meminfo_show);
	return 0;
}
fs_initcall(proc_meminfo_init);
