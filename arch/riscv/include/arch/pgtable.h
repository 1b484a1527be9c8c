/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The page-table format. Only this file and arch/riscv/mm know the bits of an
 * entry; mm/ uses these helpers. Tables are PT_LEVELS deep; level 0 is the
 * leaf level (4 KiB), level 1 maps 2 MiB, level 2 1 GiB. An entry of any
 * level is a pte_t: none, a table, or a leaf.
 *
 * A and D: a present entry may be made without A (or D); hardware either sets
 * the bit (Svadu) or faults (Svade), in which case the fault path sets it.
 * Dirty tracking of shared file pages does not rely on D: a clean shared page
 * is mapped without write permission. D is honoured when a page is unmapped.
 *
 * Bits 8 and 9 are software: PTE_SPECIAL (no struct page behind it, or one
 * that is not counted, as the zero page and device memory), PTE_SOFT (for
 * userfaultfd write-protection). A non-present entry that is not zero is a
 * software entry (so far: markers only): type in bits 1..5, value above.
 */
#ifndef ARCH_PGTABLE_H
#define ARCH_PGTABLE_H

#include <lib/types.h>
#include <arch/page.h>

#define PT_LEVELS	3
#define PT_ENTRIES	512

typedef struct { u64 val; } pte_t;
typedef struct { u64 val; } pgprot_t;

#define _PTE_V		(1UL << 0)
#define _PTE_R		(1UL << 1)
#define _PTE_W		(1UL << 2)
#define _PTE_X		(1UL << 3)
#define _PTE_U		(1UL << 4)
#define _PTE_G		(1UL << 5)
#define _PTE_A		(1UL << 6)
#define _PTE_D		(1UL << 7)
#define _PTE_SPECIAL	(1UL << 8)
#define _PTE_SOFT	(1UL << 9)
#define _PTE_PFN_SHIFT	10
#define _PTE_PFN_MASK	(((1UL << 44) - 1) << _PTE_PFN_SHIFT)

#define __pgprot(x)	((pgprot_t){ (x) })
#define __pte(x)	((pte_t){ (x) })
#define pte_val(p)	((p).val)

#define _PAGE_KERNEL	(_PTE_V | _PTE_R | _PTE_W | _PTE_A | _PTE_D | _PTE_G)
#define PAGE_KERNEL	__pgprot(_PAGE_KERNEL)
#define PAGE_KERNEL_RO	__pgprot(_PAGE_KERNEL & ~(_PTE_W | _PTE_D))
#define PAGE_KERNEL_EXEC __pgprot((_PAGE_KERNEL & ~(_PTE_W | _PTE_D)) | _PTE_X)
#define PAGE_IO		PAGE_KERNEL

/** vm_get_page_prot - user protection for PROT_READ/WRITE/EXEC bits of vm_flags
 *  (VM_READ=1, VM_WRITE=2, VM_EXEC=4). Writable prot has W set; the caller
 *  removes it for pages that must fault on write. PROT_NONE gives an entry
 *  that faults on any access (V set; U, R, W and X clear): present, but no leaf
 *  by pte_leaf(), so walks must not ask that of a level-0 entry. */
pgprot_t vm_get_page_prot(unsigned long vm_flags);

static inline unsigned int pt_index(unsigned long addr, unsigned int level)
{
	return (addr >> (PAGE_SHIFT + 9 * level)) & (PT_ENTRIES - 1);
}

/** pt_span - bytes that one entry of @level covers. */
static inline unsigned long pt_span(unsigned int level)
{
	return PAGE_SIZE << (9 * level);
}

static inline pte_t pfn_pte(unsigned long pfn, pgprot_t prot)
{
	return __pte((pfn << _PTE_PFN_SHIFT) | prot.val);
}

static inline unsigned long pte_pfn(pte_t p)
{
	return (p.val & _PTE_PFN_MASK) >> _PTE_PFN_SHIFT;
}

static inline bool pte_none(pte_t p)	{ return p.val == 0; }
static inline bool pte_present(pte_t p)	{ return p.val & _PTE_V; }
static inline bool pte_soft_entry(pte_t p) { return p.val && !(p.val & _PTE_V); }
static inline bool pte_leaf(pte_t p)	{ return p.val & (_PTE_R | _PTE_W | _PTE_X); }
static inline bool pte_table(pte_t p)	{ return pte_present(p) && !pte_leaf(p); }
static inline bool pte_write(pte_t p)	{ return p.val & _PTE_W; }
static inline bool pte_young(pte_t p)	{ return p.val & _PTE_A; }
static inline bool pte_dirty(pte_t p)	{ return p.val & _PTE_D; }
static inline bool pte_special(pte_t p)	{ return p.val & _PTE_SPECIAL; }
/** pte_counted - present, and the page it maps has a reference and a mapcount for it. */
static inline bool pte_counted(pte_t p)	{ return (p.val & (_PTE_V | _PTE_SPECIAL)) == _PTE_V; }
static inline pte_t pte_mkwrite(pte_t p) { return __pte(p.val | _PTE_W); }
static inline pte_t pte_wrprotect(pte_t p) { return __pte(p.val & ~_PTE_W); }
static inline pte_t pte_mkdirty(pte_t p) { return __pte(p.val | _PTE_D); }
static inline pte_t pte_mkclean(pte_t p) { return __pte(p.val & ~_PTE_D); }
static inline pte_t pte_mkyoung(pte_t p) { return __pte(p.val | _PTE_A); }
static inline pte_t pte_mkold(pte_t p)	{ return __pte(p.val & ~_PTE_A); }
static inline pte_t pte_mkspecial(pte_t p) { return __pte(p.val | _PTE_SPECIAL); }

/* Write-protected by userfaultfd: such an entry never has W while its VMA says VM_UFFD_WP. */
static inline bool pte_uffd_wp(pte_t p)	{ return p.val & _PTE_SOFT; }
static inline pte_t pte_mkuffd_wp(pte_t p) { return __pte((p.val | _PTE_SOFT) & ~_PTE_W); }
static inline pte_t pte_clear_uffd_wp(pte_t p) { return __pte(p.val & ~_PTE_SOFT); }

/** pte_modify - the same page with another protection; A, D and software bits stay. */
static inline pte_t pte_modify(pte_t p, pgprot_t prot)
{
	u64 keep = _PTE_PFN_MASK | _PTE_A | _PTE_D | _PTE_SPECIAL | _PTE_SOFT;

	return __pte((p.val & keep) | (prot.val & ~(_PTE_A | _PTE_D)));
}

/** pte_next_table - the table that a table entry points to. */
static inline pte_t *pte_next_table(pte_t p)
{
	return (pte_t *)__va(PFN_PHYS(pte_pfn(p)));
}

/** mk_table - an entry that points to the table at linear address @table. */
static inline pte_t mk_table(const void *table)
{
	return pfn_pte(PFN_DOWN(__pa(table)), __pgprot(_PTE_V));
}

static inline pte_t pte_read(const pte_t *p)
{
	return __pte(READ_ONCE(p->val));
}

/* Store an entry. Earlier stores (the page's content) are ordered before it. */
static inline void pte_set(pte_t *p, pte_t v)
{
	__atomic_store_n(&p->val, v.val, __ATOMIC_RELEASE);
}

/** pte_exchange - atomically replace an entry by @v; hardware may have set A/D
 *  until then, and the value returned says so. */
static inline pte_t pte_exchange(pte_t *p, pte_t v)
{
	return __pte(__atomic_exchange_n(&p->val, v.val, __ATOMIC_RELAXED));
}

/** pte_get_and_clear - take an entry away. */
static inline pte_t pte_get_and_clear(pte_t *p)
{
	return pte_exchange(p, __pte(0));
}

/** pte_set_wrprotect - take write permission away; hardware may have set A/D until
 *  then. Return: the entry as it is now. */
static inline pte_t pte_set_wrprotect(pte_t *p)
{
	return pte_wrprotect(__pte(__atomic_fetch_and(&p->val, ~_PTE_W, __ATOMIC_RELAXED)));
}

/** pte_cmpxchg - replace @old by @new; false if the entry was something else. */
static inline bool pte_cmpxchg(pte_t *p, pte_t old, pte_t new)
{
	return __atomic_compare_exchange_n(&p->val, &old.val, new.val, false,
					   __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

/* software entries: type 1..31, value 56 bits */
static inline pte_t mk_soft_pte(unsigned int type, u64 val)
{
	return __pte(((u64)type << 1) | (val << 6));
}
static inline unsigned int soft_pte_type(pte_t p) { return (p.val >> 1) & 31; }
static inline u64 soft_pte_val(pte_t p) { return p.val >> 6; }

/* a marker: no page is mapped, but something is known about what will be */
#define SOFT_PTE_MARKER		1
#define PTE_MARKER_UFFD_WP	1	/* it is to be write-protected, see pte_uffd_wp() */
#define PTE_MARKER_POISONED	2	/* there is none: SIGBUS */
static inline pte_t make_pte_marker(u64 marker) { return mk_soft_pte(SOFT_PTE_MARKER, marker); }
static inline u64 pte_marker(pte_t p)
{
	return pte_soft_entry(p) && soft_pte_type(p) == SOFT_PTE_MARKER ? soft_pte_val(p) : 0;
}
/** pte_none_mostly - nothing is mapped: none, or a marker. */
static inline bool pte_none_mostly(pte_t p) { return pte_none(p) || pte_marker(p); }

/* kernel half */
extern pte_t swapper_pg_dir[PT_ENTRIES];
/**
 * map_kernel_page - map one 4 KiB page at a vmalloc address (no flush needed
 * for a fresh mapping beyond what this does itself).
 * Context: may allocate page tables with GFP_KERNEL. Return: 0 or -ENOMEM.
 */
int map_kernel_page(unsigned long va, phys_addr_t pa, pgprot_t prot);
/** unmap_kernel_range - clear entries; caller flushes with flush_tlb_kernel_range(). */
void unmap_kernel_range(unsigned long va, unsigned long size);
/** pgd_alloc - new top-level table with the kernel half shared. Return: NULL when out of memory. */
pte_t *pgd_alloc(void);
/** pgd_free - the user half is empty again: each entry was cleared when its table went. */
void pgd_free(pte_t *pgd);

#endif
