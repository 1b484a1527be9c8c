// SPDX-License-Identifier: GPL-2.0-only
/*
 * Page tables while the system runs: single pages of the vmalloc area, and the
 * top-level tables of processes.
 *
 * A top-level table in the cache is ready for use: the kernel half filled in, the
 * user half empty. So pgd_free() wants the user half empty, as it is when all
 * tables below have been freed and their entries cleared.
 */
#include <arch/pgtable.h>
#include <arch/setup.h>
#include <kernel/percpu.h>
#include <kernel/printk.h>
#include <lib/string.h>
#include <mm/mm.h>
#include <mm/page_alloc.h>

#define TOP		(PT_LEVELS - 1)
#define PGD_CACHE_MAX	16

pgprot_t vm_get_page_prot(unsigned long vm_flags)
{
	/* write implies read: the format has no write-only page */
	static const u16 prot[8] = {
		[0] = _PTE_V,	/* no rights at level 0: faults for the kernel as well */
		[VM_READ] = _PTE_V | _PTE_U | _PTE_R,
		[VM_WRITE] = _PTE_V | _PTE_U | _PTE_R | _PTE_W,
		[VM_READ | VM_WRITE] = _PTE_V | _PTE_U | _PTE_R | _PTE_W,
		[VM_EXEC] = _PTE_V | _PTE_U | _PTE_X,
		[VM_EXEC | VM_READ] = _PTE_V | _PTE_U | _PTE_R | _PTE_X,
		[VM_EXEC | VM_WRITE] = _PTE_V | _PTE_U | _PTE_R | _PTE_W | _PTE_X,
		[VM_EXEC | VM_READ | VM_WRITE] = _PTE_V | _PTE_U | _PTE_R | _PTE_W | _PTE_X,
	};

	return __pgprot(prot[vm_flags & VM_ACCESS_FLAGS]);
}

static pte_t *kernel_next_table(pte_t *entry)
{
	pte_t e = pte_read(entry);
	unsigned long table;

	if (pte_present(e))
		return pte_next_table(e);
	table = get_zeroed_page(GFP_KERNEL);
	if (!table)
		return NULL;
	if (!pte_cmpxchg(entry, __pte(0), mk_table((void *)table)))
		free_page(table);	/* somebody else was faster */
	else
		virt_to_page((void *)table)->type = PGTY_TABLE;
	return pte_next_table(pte_read(entry));
}

int map_kernel_page(unsigned long va, phys_addr_t pa, pgprot_t prot)
{
	pte_t *table = swapper_pg_dir;

	for (unsigned int l = TOP; l; l--) {
		table = kernel_next_table(&table[pt_index(va, l)]);
		if (!table)
			return -ENOMEM;
	}
	pte_set(&table[pt_index(va, 0)], pfn_pte(PFN_DOWN(pa), prot));
	/* a hart that remembers the invalid entry faults, and do_kernel_page_fault() retries */
	asm volatile("sfence.vma %0, zero" :: "r"(va) : "memory");
	return 0;
}

void unmap_kernel_range(unsigned long va, unsigned long size)
{
	for (unsigned long end = va + size; va < end; va += PAGE_SIZE) {
		pte_t *table = swapper_pg_dir;

		for (unsigned int l = TOP; l && table; l--) {
			pte_t e = pte_read(&table[pt_index(va, l)]);

			table = pte_table(e) ? pte_next_table(e) : NULL;
		}
		if (table)
			pte_set(&table[pt_index(va, 0)], __pte(0));
	}
}

/* ---- top-level tables ---- */

struct pgd_cache {
	unsigned int nr;
	pte_t *pgd[PGD_CACHE_MAX];
};
static DEFINE_PER_CPU(struct pgd_cache, pgd_caches);

pte_t *pgd_alloc(void)
{
	struct pgd_cache *c = this_cpu_ptr(&pgd_caches);
	pte_t *pgd;

	if (c->nr)
		return c->pgd[--c->nr];
	pgd = (pte_t *)__get_free_page(GFP_KERNEL);
	if (!pgd)
		return NULL;
	virt_to_page(pgd)->type = PGTY_TABLE;
	memset(pgd, 0, PAGE_SIZE / 2);
	memcpy(pgd + PT_ENTRIES / 2, swapper_pg_dir + PT_ENTRIES / 2, PAGE_SIZE / 2);
	return pgd;
}

static bool pgd_is_clean(const pte_t *pgd)
{
	for (unsigned int i = 0; i < PT_ENTRIES / 2; i++)
		if (!pte_none(pgd[i]))
			return false;
	return true;
}

/* Context: does not sleep; not from interrupts. */
void pgd_free(pte_t *pgd)
{
	struct pgd_cache *c = this_cpu_ptr(&pgd_caches);

	VM_BUG_ON(!pgd_is_clean(pgd));
	if (c->nr < PGD_CACHE_MAX) {
		c->pgd[c->nr++] = pgd;
		return;
	}
	free_page((unsigned long)pgd);
}
