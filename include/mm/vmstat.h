/* SPDX-License-Identifier: GPL-2.0-only */
/* What the memory system counts: events, and pages by use. mm/vmstat.c */
#ifndef MM_VMSTAT_H
#define MM_VMSTAT_H
#include <lib/types.h>
#include <kernel/percpu.h>

/* event counters for /proc/vmstat: per CPU */
enum vm_event { PGFAULT, PGMAJFAULT, PGPGIN, PGPGOUT, PGALLOC, PGFREE, PGSCAN_KSWAPD,
	PGSCAN_DIRECT, PGSTEAL_KSWAPD, PGSTEAL_DIRECT, PGACTIVATE,
	PGDEACTIVATE, PGLAZYFREE, PGLAZYFREED,
	UNEVICTABLE_PGCULLED, UNEVICTABLE_PGRESCUED, UNEVICTABLE_PGMLOCKED, UNEVICTABLE_PGMUNLOCKED,
	UNEVICTABLE_PGCLEARED, OOM_KILL, NR_VM_EVENTS };
DECLARE_PER_CPU(unsigned long, vm_events[NR_VM_EVENTS]);
/** count_vm_events - @n more events @e happened. Context: any. */
static inline void count_vm_events(enum vm_event e, unsigned long n)
{
	__atomic_fetch_add(this_cpu_ptr(&vm_events[e]), n, __ATOMIC_RELAXED);
}
unsigned long sum_vm_event(enum vm_event e);
/* node counters: pages */
enum node_stat { NR_FILE_PAGES, NR_FILE_DIRTY, NR_WRITEBACK, NR_FILE_MAPPED, NR_ANON_MAPPED, NR_SHMEM,
	NR_PAGETABLE, NR_KERNEL_STACK, NR_SLAB_RECLAIMABLE, NR_SLAB_UNRECLAIMABLE, NR_MLOCK,
	NR_DIRTIED, NR_WRITTEN, NR_BLOCKDEV_PAGES,
	NR_LAZYFREE, NR_NODE_STATS };
DECLARE_PER_CPU(long, node_stats[NR_NODE_STATS]);
/** mod_node_stat - change the page counter @s by @n. Context: any. */
static inline void mod_node_stat(enum node_stat s, long n)
{
	__atomic_fetch_add(this_cpu_ptr(&node_stats[s]), n, __ATOMIC_RELAXED);
}
unsigned long node_stat(enum node_stat s);

#endif
