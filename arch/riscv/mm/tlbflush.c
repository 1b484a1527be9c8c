// SPDX-License-Identifier: GPL-2.0-only
/*
 * TLB shootdown.
 *
 * The caller has changed entries; a hart that loads the mm from now on sees the
 * change, a hart that may have old entries is in mm->context.cpus (its bit is set
 * before it loads the mm). If only this hart is in there, one local fence does. Harts
 * that run something else are not disturbed: they flush when they next load the mm.
 * If the mm is current's alone, it gets another ASID instead of asking harts on
 * which it ran before: what they remember is then nobody's.
 */
#include <arch/csr.h>
#include <arch/sbi.h>
#include <arch/setup.h>
#include <arch/smp.h>
#include <arch/tlb.h>
#include <kernel/percpu.h>
#include <kernel/sched.h>
#include <mm/mm.h>

#define MAX_PAGES_ONE_BY_ONE	64UL	/* beyond that: everything of the ASID */
#define FLUSH_ALL_SIZE		(~0UL)

static inline unsigned long asid_of(struct mm_struct *mm)
{
	return READ_ONCE(mm->context.asid) & SATP_ASID_MASK;
}

static void local_flush_range(unsigned long start, unsigned long size, unsigned long asid)
{
	if (size > MAX_PAGES_ONE_BY_ONE * PAGE_SIZE) {
		asm volatile("sfence.vma zero, %0" :: "r"(asid) : "memory");
		return;
	}
	for (unsigned long a = start; a < start + size; a += PAGE_SIZE)
		asm volatile("sfence.vma %0, %1" :: "r"(a), "r"(asid) : "memory");
}

void local_flush_tlb_page(struct mm_struct *mm, unsigned long addr)
{
	asm volatile("sfence.vma %0, %1" :: "r"(addr), "r"(asid_of(mm)) : "memory");
}

/* Harts other than this one that may have entries of @mm. */
static bool others_with_mm(struct mm_struct *mm, unsigned int this, cpumask_t *mask)
{
	cpumask_copy(mask, &mm->context.cpus);
	__cpumask_clear_cpu(this, mask);
	return !cpumask_empty(mask);
}

static void keep_harts_that_have_it_loaded(struct mm_struct *mm, cpumask_t *mask)
{
	unsigned int cpu;

	for_each_cpu(cpu, mask)
		if (!cpu_has_mm_loaded(cpu, mm))
			__cpumask_clear_cpu(cpu, mask);
}

/*
 * Harts that do not have @mm loaded are to flush when they load it (switch_mm), and
 * leave @mask. Either that sees the mark, or we see that it has been loaded.
 */
static void leave_to_switch(struct mm_struct *mm, cpumask_t *mask)
{
	unsigned int cpu;

	for_each_cpu(cpu, mask)
		if (!cpu_has_mm_loaded(cpu, mm))
			cpumask_set_cpu(cpu, &mm->context.tlb_stale);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	keep_harts_that_have_it_loaded(mm, mask);
}

/*
 * The tables of a dead mm are about to be freed: no hart may walk them any more.
 * What other harts remember of it is under an ASID that is never used again.
 */
static void flush_dead_mm(struct mm_struct *mm, unsigned int this)
{
	cpumask_t others;

	if (cpu_has_mm_loaded(this, mm))
		local_flush_range(0, FLUSH_ALL_SIZE, asid_of(mm));
	if (!others_with_mm(mm, this, &others))
		return;
	keep_harts_that_have_it_loaded(mm, &others);
	if (!cpumask_empty(&others))
		sbi_remote_sfence_vma(&others, 0, FLUSH_ALL_SIZE, asid_of(mm));
}

static void flush_mm_range(struct mm_struct *mm, unsigned long start, unsigned long size)
{
	unsigned int this = smp_processor_id();
	cpumask_t others;

	/* the entries were written before the mask is read; pairs with switch_mm() */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (atomic_read(&mm->mm_users) == 0) {
		flush_dead_mm(mm, this);
		return;
	}
	if (!others_with_mm(mm, this, &others)) {
		if (cpumask_test_cpu(this, &mm->context.cpus))
			local_flush_range(start, size, asid_of(mm));
		return;
	}
	if (current->mm == mm && atomic_read(&mm->mm_users) == 1 && mm_renew_asid(mm))
		return;
	if (cpumask_test_cpu(this, &mm->context.cpus))
		local_flush_range(start, size, asid_of(mm));
	leave_to_switch(mm, &others);
	if (cpumask_empty(&others))
		return;
	if (size > MAX_PAGES_ONE_BY_ONE * PAGE_SIZE) {
		start = 0;
		size = FLUSH_ALL_SIZE;
	}
	sbi_remote_sfence_vma(&others, start, size, asid_of(mm));
}

void flush_tlb_mm(struct mm_struct *mm)
{
	flush_mm_range(mm, 0, FLUSH_ALL_SIZE);
}

void flush_tlb_range(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	flush_mm_range(mm, start, end - start);
}

void flush_tlb_page(struct mm_struct *mm, unsigned long addr)
{
	flush_mm_range(mm, addr & PAGE_MASK, PAGE_SIZE);
}

static bool other_harts(cpumask_t *mask)
{
	cpumask_copy(mask, &cpu_online_mask);
	__cpumask_clear_cpu(smp_processor_id(), mask);
	return !cpumask_empty(mask);
}

void flush_tlb_kernel_range(unsigned long start, unsigned long end)
{
	unsigned long size = end - start;
	cpumask_t others;

	if (size > MAX_PAGES_ONE_BY_ONE * PAGE_SIZE) {
		flush_tlb_all();
		return;
	}
	for (unsigned long a = start & PAGE_MASK; a < end; a += PAGE_SIZE)
		asm volatile("sfence.vma %0, zero" :: "r"(a) : "memory");
	if (other_harts(&others))
		sbi_remote_sfence_vma(&others, start, size, SBI_ASID_ALL);
}

void flush_tlb_all(void)
{
	cpumask_t others;

	asm volatile("sfence.vma" ::: "memory");
	if (other_harts(&others))
		sbi_remote_sfence_vma(&others, 0, FLUSH_ALL_SIZE, SBI_ASID_ALL);
}

/* Harts that run @mm now fence at once, the others when they next load it. */
void flush_icache_mm(struct mm_struct *mm)
{
	unsigned int this = smp_processor_id();
	cpumask_t now;

	asm volatile("fence.i" ::: "memory");
	if (nr_cpu_ids == 1)
		return;
	cpumask_setall(&mm->context.icache_stale);
	cpumask_clear_cpu(this, &mm->context.icache_stale);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (!others_with_mm(mm, this, &now))
		return;
	keep_harts_that_have_it_loaded(mm, &now);
	if (!cpumask_empty(&now))
		sbi_remote_fence_i(&now);
}
