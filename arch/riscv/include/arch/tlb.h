/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * TLB shootdown and address-space identifiers. Shootdowns go only to harts in
 * mm->context.cpus (those that have run the mm since its ASID was flushed).
 * All return after the remote harts have flushed.
 */
#ifndef ARCH_TLB_H
#define ARCH_TLB_H
#include <lib/types.h>
#include <lib/cpumask.h>

struct mm_struct;

struct mm_context {
	u64 asid;		/* generation << 16 | asid; 0: none yet */
	cpumask_t cpus;		/* harts whose TLB may hold entries of this mm */
	unsigned long vdso;	/* user address of the vDSO */
	cpumask_t icache_stale;	/* harts that need fence.i before they run it again */
	cpumask_t tlb_stale;	/* harts that have to flush its ASID before that */
};

void flush_tlb_all(void);
void flush_tlb_mm(struct mm_struct *mm);
/** flush_tlb_range - user range [start, end) of @mm. */
void flush_tlb_range(struct mm_struct *mm, unsigned long start, unsigned long end);
void flush_tlb_page(struct mm_struct *mm, unsigned long addr);
/** local_flush_tlb_page - this hart only: after a fault that only *added* rights. */
void local_flush_tlb_page(struct mm_struct *mm, unsigned long addr);
void flush_tlb_kernel_range(unsigned long start, unsigned long end);
/** flush_icache_mm - after code was written: fence.i on all harts of @mm. */
void flush_icache_mm(struct mm_struct *mm);
void init_mm_context(struct mm_struct *mm);
void destroy_mm_context(struct mm_struct *mm);

#endif
