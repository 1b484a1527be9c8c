/* SPDX-License-Identifier: GPL-2.0-only */
/* What the memory system counts: events, and pages by use. mm/vmstat.c */
#ifndef MM_VMSTAT_H
#define MM_VMSTAT_H
#include <lib/types.h>

/* event counters for /proc/vmstat: per CPU */
enum vm_event { PGFAULT, PGMAJFAULT, PGPGIN, PGPGOUT, PGALLOC, PGFREE, PGSCAN, PGSTEAL, PGACTIVATE,
	PGDEACTIVATE, PGLAZYFREE, PGLAZYFREED, OOM_KILL, NR_VM_EVENTS };
void count_vm_events(enum vm_event e, unsigned long n);
unsigned long sum_vm_event(enum vm_event e);
/* node counters: pages */
enum node_stat { NR_FILE_PAGES, NR_FILE_DIRTY, NR_WRITEBACK, NR_FILE_MAPPED, NR_ANON_MAPPED, NR_SHMEM,
	NR_PAGETABLE, NR_KERNEL_STACK, NR_SLAB_RECLAIMABLE, NR_SLAB_UNRECLAIMABLE, NR_MLOCK,
	NR_DIRTIED, NR_WRITTEN, NR_BLOCKDEV_PAGES,
	NR_LAZYFREE, NR_NODE_STATS };
void mod_node_stat(enum node_stat s, long n);		/* any context */
unsigned long node_stat(enum node_stat s);

#endif
