// SPDX-License-Identifier: GPL-2.0-only
/*
 * Address-space identifiers and the switch from one address space to another.
 *
 * An mm has an ASID of some generation. When the ASIDs of a generation are used
 * up a new one begins: those that harts are using right now stay taken, every
 * other mm gets a new one when it next runs, and each hart flushes its whole TLB
 * before it takes up an ASID of the new generation.
 *
 * Invariants
 *  1. Within a generation no two mms have the same ASID, and an ASID is not given
 *     out again: entries of a dead mm stay in TLBs until the generation ends.
 *  2. active_asid of a hart is what its satp holds, or 0 between a roll-over and
 *     the hart's next switch. It changes from non-zero only by atomic exchange,
 *     so that either a roll-over sees it, or the switch sees the roll-over.
 *  3. context.cpus holds every hart whose TLB may have entries of the current ASID.
 *
 * Locks: asid_lock for generation, bitmap and reserved ASIDs; interrupts off.
 * Without ASIDs in the hardware every switch flushes.
 */
#include <arch/csr.h>
#include <arch/setup.h>
#include <arch/tlb.h>
#include <kernel/init.h>
#include <kernel/percpu.h>
#include <kernel/printk.h>
#include <kernel/spinlock.h>
#include <lib/bitmap.h>
#include <lib/string.h>
#include <mm/memblock.h>
#include <mm/mm.h>

#define ASID_OF(ctx)	((ctx) & SATP_ASID_MASK)
#define GENERATION(ctx)	((ctx) & ~(u64)SATP_ASID_MASK)
#define FIRST_GENERATION ((u64)SATP_ASID_MASK + 1)

static unsigned int asid_bits;
static u64 asid_generation = FIRST_GENERATION;
static unsigned long *asid_map;		/* of this generation */
static unsigned long next_asid = 1;	/* 0 is the kernel's own */
static cpumask_t tlb_flush_pending;
static DEFINE_SPINLOCK(asid_lock, LR_ASID);

static DEFINE_PER_CPU(u64, active_asid);
static DEFINE_PER_CPU(u64, reserved_asid);
static DEFINE_PER_CPU(struct mm_struct *, loaded_mm);

static inline unsigned long nr_asids(void)
{
	return 1UL << asid_bits;
}

void __init asid_init(void)
{
	unsigned long old = csr_read(satp), all;

	csr_write(satp, old | ((unsigned long)SATP_ASID_MASK << SATP_ASID_SHIFT));
	all = (csr_read(satp) >> SATP_ASID_SHIFT) & SATP_ASID_MASK;
	csr_write(satp, old);
	asm volatile("sfence.vma" ::: "memory");
	while (all & (1UL << asid_bits) && asid_bits < 16)
		asid_bits++;
	/* a roll-over must leave some for others than those that run */
	if (nr_asids() < 2 * NR_CPUS + 2) {
		asid_bits = 0;
		return;
	}
	asid_map = memblock_alloc(BITS_TO_LONGS(nr_asids()) * sizeof(long), sizeof(long));
	if (!asid_map)
		asid_bits = 0;
}

/* asid_lock held */
static void new_generation(void)
{
	unsigned int cpu;

	asid_generation += FIRST_GENERATION;
	bitmap_zero(asid_map, nr_asids());
	__set_bit(0, asid_map);
	for_each_possible_cpu(cpu) {
		u64 ctx = __atomic_exchange_n(per_cpu_ptr(&active_asid, cpu), 0, __ATOMIC_ACQ_REL);

		/* 0: it has not switched since the last roll-over; that one's is still in use */
		if (!ctx)
			ctx = per_cpu(reserved_asid, cpu);
		__set_bit(ASID_OF(ctx), asid_map);
		per_cpu(reserved_asid, cpu) = ctx;
	}
	cpumask_copy(&tlb_flush_pending, &cpu_possible_mask);
	next_asid = 1;
}

/* Was @ctx in use on a hart at the last roll-over? Then it goes on as @new. */
static bool take_over_reserved(u64 ctx, u64 new)
{
	bool found = false;
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		if (per_cpu(reserved_asid, cpu) == ctx) {
			per_cpu(reserved_asid, cpu) = new;
			found = true;
		}
	}
	return found;
}

/* asid_lock held */
static u64 find_asid(void)
{
	unsigned long asid = find_next_zero_bit(asid_map, nr_asids(), next_asid);

	if (asid >= nr_asids()) {
		new_generation();
		asid = find_next_zero_bit(asid_map, nr_asids(), next_asid);
	}
	__set_bit(asid, asid_map);
	next_asid = asid + 1;
	return asid_generation | asid;
}

/* asid_lock held: an ASID of the current generation for @mm */
static u64 new_context(struct mm_struct *mm)
{
	u64 ctx = mm->context.asid;

	if (ctx) {
		u64 new = asid_generation | ASID_OF(ctx);

		if (take_over_reserved(ctx, new))
			return new;
		if (!test_bit(ASID_OF(ctx), asid_map)) {
			__set_bit(ASID_OF(ctx), asid_map);
			return new;
		}
	}
	return find_asid();
}

static void local_flush_all(void)
{
	asm volatile("sfence.vma" ::: "memory");
}

static u64 switch_asid_slow(struct mm_struct *mm, unsigned int cpu)
{
	u64 ctx;

	spin_lock(&asid_lock);
	ctx = mm->context.asid;
	if (GENERATION(ctx) != asid_generation) {
		ctx = new_context(mm);
		WRITE_ONCE(mm->context.asid, ctx);
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
	}
	if (cpumask_test_and_clear_cpu(cpu, &tlb_flush_pending))
		local_flush_all();
	__atomic_store_n(this_cpu_ptr(&active_asid), ctx, __ATOMIC_RELAXED);
	spin_unlock(&asid_lock);
	return ctx;
}

static u64 switch_asid(struct mm_struct *mm, unsigned int cpu)
{
	u64 *active = this_cpu_ptr(&active_asid);
	u64 ctx = READ_ONCE(mm->context.asid), old = READ_ONCE(*active);

	if (likely(old && GENERATION(ctx) == READ_ONCE(asid_generation) &&
		   __atomic_compare_exchange_n(active, &old, ctx, false, __ATOMIC_ACQ_REL,
					       __ATOMIC_RELAXED)))
		return ctx;
	return switch_asid_slow(mm, cpu);
}

static inline bool missed_something(const struct mm_struct *mm, unsigned int cpu)
{
	return cpumask_test_cpu(cpu, &mm->context.icache_stale) ||
	       cpumask_test_cpu(cpu, &mm->context.tlb_stale);
}

/* What others asked for while this hart did not have @mm loaded, which it has now. */
static noinline void catch_up(struct mm_struct *mm, unsigned int cpu)
{
	bool tlb = cpumask_test_and_clear_cpu(cpu, &mm->context.tlb_stale);

	cpumask_clear_cpu(cpu, &mm->context.icache_stale);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (tlb)
		asm volatile("sfence.vma zero, %0" :: "r"(ASID_OF(mm->context.asid)) : "memory");
	asm volatile("fence.i" ::: "memory");
}

void switch_mm(struct mm_struct *prev, struct mm_struct *next)
{
	unsigned int cpu = smp_processor_id();
	unsigned long satp = SATP_MODE_SV39 | PFN_DOWN(__pa(next->pgd));

	/* from a kernel thread that had it loaded all the time */
	if (prev == next && this_cpu_read(active_asid) == READ_ONCE(next->context.asid) &&
	    this_cpu_read(loaded_mm) == next &&
	    !missed_something(next, cpu) && asid_bits)
		return;
	if (next == &init_mm) {
		this_cpu_write(loaded_mm, next);
		csr_write(satp, satp);
		return;
	}
	/* before the first entry can get into the TLB; pairs with tlbflush.c */
	if (!cpumask_test_cpu(cpu, &next->context.cpus))
		cpumask_set_cpu(cpu, &next->context.cpus);
	this_cpu_write(loaded_mm, next);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (asid_bits) {
		satp |= ASID_OF(switch_asid(next, cpu)) << SATP_ASID_SHIFT;
		csr_write(satp, satp);
	} else {
		csr_write(satp, satp);
		local_flush_all();
	}
	if (unlikely(missed_something(next, cpu)))
		catch_up(next, cpu);
}

bool cpu_has_mm_loaded(unsigned int cpu, const struct mm_struct *mm)
{
	return READ_ONCE(per_cpu(loaded_mm, cpu)) == mm;
}

bool mm_renew_asid(struct mm_struct *mm)
{
	unsigned int cpu = smp_processor_id();
	unsigned long flags;
	u64 ctx;

	if (!asid_bits)
		return false;
	spin_lock_irqsave(&asid_lock, flags);
	ctx = find_asid();
	WRITE_ONCE(mm->context.asid, ctx);
	if (cpumask_test_and_clear_cpu(cpu, &tlb_flush_pending))
		local_flush_all();
	__atomic_store_n(this_cpu_ptr(&active_asid), ctx, __ATOMIC_RELAXED);
	cpumask_clear(&mm->context.cpus);
	__cpumask_set_cpu(cpu, &mm->context.cpus);
	/* who has missed this, and flushes the old one, has changed its entry before */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	csr_write(satp, SATP_MODE_SV39 | (ASID_OF(ctx) << SATP_ASID_SHIFT) |
		  PFN_DOWN(__pa(mm->pgd)));
	/* nothing to forget, but no walk for it may miss what was just stored to the tables */
	asm volatile("sfence.vma zero, %0" :: "r"(ASID_OF(ctx)) : "memory");
	spin_unlock_irqrestore(&asid_lock, flags);
	return true;
}

void init_mm_context(struct mm_struct *mm)
{
	mm->context = (struct mm_context){ 0 };
}

void destroy_mm_context(struct mm_struct *mm)
{
	/* nothing: its ASID comes free with the next generation */
}
