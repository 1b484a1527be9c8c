/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of virtual memory share with each other, and with nobody else. */
#ifndef MM_VMA_INTERNAL_H
#define MM_VMA_INTERNAL_H
#include <mm/mm.h>
#include <mm/page_alloc.h>
#include <mm/pagemap.h>
#include <lib/err.h>
#include <kernel/printk.h>
#include <kernel/init.h>
#include "vma_tree.h"

/* never merged, never counted by page: device memory and the like */
#define VM_SPECIAL	(VM_IO | VM_DONTEXPAND | VM_PFNMAP | VM_MIXEDMAP)
#define VM_LOCKED_MASK	(VM_LOCKED | VM_LOCKONFAULT)

/* for large locals on hot paths that are filled in by hand */
#define __uninitialized	__attribute__((__uninitialized__))

/*
 * All VMAs that share private pages by fork, split or mremap form a family with
 * one anon_vma; its tree finds those that may map the page with a given index.
 * A page stays in its family for life. Kept by the VMAs of the tree.
 */
struct anon_vma {
	struct rw_semaphore rwsem;	/* LR_ANON_VMA: tree */
	struct rb_root_cached tree;	/* vma->anon_node, by vm_pgoff */
	refcount_t refcount;
};

static inline unsigned long vma_pages(const struct vm_area_struct *vma)
{
	return (vma->vm_end - vma->vm_start) >> PAGE_SHIFT;
}

static inline bool vma_is_anonymous(const struct vm_area_struct *vma)
{
	return !vma->vm_ops;
}

/* private and could be written: its pages are copied on write */
static inline bool is_cow_mapping(unsigned long vm_flags)
{
	return (vm_flags & (VM_SHARED | VM_MAYWRITE)) == VM_MAYWRITE;
}

/* index of @addr in the page numbering of @vma */
static inline pgoff_t linear_page_index(const struct vm_area_struct *vma, unsigned long addr)
{
	return ((addr - vma->vm_start) >> PAGE_SHIFT) + vma->vm_pgoff;
}

/* may this task alone be the one who changes or uses @mm's translations until it
 * returns to user mode? Then nothing has to be deferred for other harts. */
static inline bool mm_is_private(const struct mm_struct *mm)
{
	return atomic_read(&mm->mm_users) == 1 && current->mm == mm;
}

/* --- vma.c, vma_lock.c, vma_modify.c --- */
extern struct kmem_cache *vm_area_cache;
struct vm_area_struct *vm_area_alloc(struct mm_struct *mm);	/* zeroed; NULL */
struct vm_area_struct *vm_area_dup(struct vm_area_struct *orig);
void vm_area_free(struct vm_area_struct *vma);
void vma_set_page_prot(struct vm_area_struct *vma);
void rmap_lock(struct file *file, struct anon_vma *av);
void rmap_unlock(struct file *file, struct anon_vma *av);
void rmap_insert(struct vm_area_struct *vma);
void rmap_remove(struct vm_area_struct *vma);
void vma_rmap_link(struct vm_area_struct *vma);
void vma_rmap_unlink(struct vm_area_struct *vma);
void vma_link(struct mm_struct *mm, struct vm_area_struct *vma,
	      struct vm_area_struct *prev, struct vm_area_struct *next);
void vma_detach(struct mm_struct *mm, struct vm_area_struct *vma);
void vma_set_bounds(struct vm_area_struct *vma, unsigned long start, unsigned long end,
		    pgoff_t pgoff);
int __must_check split_vma(struct vm_area_struct *vma, unsigned long addr, bool new_below);
struct vm_area_struct *vma_merge_new(struct mm_struct *mm, struct vm_area_struct *prev,
				     struct vm_area_struct *next, unsigned long start,
				     unsigned long end, unsigned long vm_flags, pgoff_t pgoff,
				     struct file *file);
struct vm_area_struct *vma_merge_neighbours(struct vm_area_struct *vma);
struct vm_area_struct *vma_modify_flags(struct vm_area_struct *vma, unsigned long start,
					unsigned long end, unsigned long newflags);
struct vm_area_struct *vma_modify_flags_uffd(struct vm_area_struct *vma, unsigned long start,
					     unsigned long end, unsigned long newflags,
					     struct userfaultfd_ctx *uffd);
void remove_vma(struct vm_area_struct *vma);
void vm_stat_account(struct mm_struct *mm, unsigned long flags, long npages);
int vma_file_get(struct vm_area_struct *vma);
void vma_file_put(struct vm_area_struct *vma);
static inline void vma_lock_new(struct mm_struct *mm, struct vm_area_struct *vma)
{
	vma->vm_lock_seq = mm->mm_lock_seq;	/* write-locked until mmap_write_unlock() */
}

/* --- mmap.c, munmap.c, mlock.c --- */
unsigned long mmap_region(struct file *file, unsigned long addr, unsigned long len,
			  unsigned long vm_flags, pgoff_t pgoff);
unsigned long __get_unmapped_area(struct file *file, unsigned long addr, unsigned long len,
				  unsigned long pgoff, unsigned long flags);
int unmap_check(const struct vm_area_struct *vma, unsigned long start, unsigned long end);
bool range_is_sealed(const struct vm_area_struct *vma, unsigned long end);
bool can_do_mlock(void);
bool mlock_future_ok(struct mm_struct *mm, unsigned long flags, unsigned long bytes);

/* --- madvise.c --- */
int do_madvise(struct mm_struct *mm, unsigned long start, size_t len_in, int advice);

/* --- pgtable.c --- */
pte_t *table_at(struct mm_struct *mm, unsigned long addr, unsigned long *next);
pte_t *__pte_offset_alloc(struct mm_struct *mm, unsigned long addr);
void free_table(struct mm_struct *mm, pte_t *table);

/* end of the part of [addr, end) that is in the same leaf table */
static inline unsigned long table_end(unsigned long addr, unsigned long end)
{
	unsigned long next = (addr | (pt_span(1) - 1)) + 1;

	return next < end ? next : end;
}

static inline pte_t *pte_walk(struct mm_struct *mm, unsigned long addr)
{
	pte_t *table = mm->pgd;

	for (unsigned int level = PT_LEVELS - 1; level; level--) {
		pte_t e = pte_read(&table[pt_index(addr, level)]);

		if (unlikely(!pte_present(e)))
			return NULL;
		table = pte_next_table(e);
	}
	return &table[pt_index(addr, 0)];
}

/* the entry of a new private page */
static inline pte_t anon_entry(const struct vm_area_struct *vma, struct page *page)
{
	pte_t e = pte_mkyoung(pte_mkdirty(pfn_pte(page_to_pfn(page), vma->vm_page_prot)));

	/* a debugger may write where the program may not */
	return likely(vma->vm_flags & VM_WRITE) ? pte_mkwrite(e) : e;
}

/* new code may be executed: instruction caches know nothing of it yet */
static inline void sync_icache(const struct vm_area_struct *vma)
{
	if (unlikely(vma->vm_flags & VM_EXEC))
		flush_icache_mm(vma->vm_mm);
}

/* --- memory.c, gather.c --- */
/*
 * Pages and tables on their way out. Whoever may still use a stale translation
 * must have been flushed before a page is given away: pages wait in the gather
 * until the flush, unless nobody else runs on this mm (immediate).
 */
struct mmu_gather {
	struct mm_struct *mm;
	unsigned long start, end;	/* bytes: what to flush; empty: nothing */
	bool immediate;			/* stale translations are harmless till the end */
	bool tables_freed;
	bool stores_wait;		/* some that wait may be stored to: flush before the ptl goes */
	long rss[NR_MM_COUNTERS];	/* to be subtracted */
	long anon_still_mapped;		/* of rss[MM_ANONPAGES]: folios that others map too */
	long file_unmapped;		/* folios no longer mapped by anyone */
	pte_t *tables;			/* chain through page->pt_next */
	struct page **wait;		/* pages that hold a reference until the flush */
	unsigned int nr_wait, max_wait;
	struct page_batch batch;	/* pages without references; or the wait array */
};

struct zap_details {
	bool even_cows;			/* private copies too */
	bool keep_wp;			/* where pages were write-protected, those to come will be */
};

/* do pages of files come and go in @vma while a userfaultfd keeps them write-protected? */
static inline bool vma_keeps_wp(const struct vm_area_struct *vma)
{
	return (vma->vm_flags & VM_UFFD_WP) && !vma_is_anonymous(vma);
}

void tlb_gather_mmu(struct mmu_gather *tlb, struct mm_struct *mm, bool exiting);
void tlb_finish_mmu(struct mmu_gather *tlb);
void tlb_wait_page(struct mmu_gather *tlb, struct page *page);
void tlb_wait_stores(struct mmu_gather *tlb, struct page *page);
void tlb_flush_stores(struct mmu_gather *tlb);

static inline void tlb_cover(struct mmu_gather *tlb, unsigned long start, unsigned long end)
{
	if (start < tlb->start)
		tlb->start = start;
	if (end > tlb->end)
		tlb->end = end;
}

void unmap_range(struct mmu_gather *tlb, unsigned long start, unsigned long end,
		 const struct zap_details *details);
void free_pgtables(struct mmu_gather *tlb, unsigned long start, unsigned long end,
		   unsigned long floor, unsigned long ceiling);
int copy_page_range(struct vm_area_struct *dst, struct vm_area_struct *src);
unsigned long move_page_tables(struct vm_area_struct *vma, unsigned long old_addr,
			       struct vm_area_struct *new_vma, unsigned long new_addr,
			       unsigned long len);
void change_protection(struct vm_area_struct *vma, unsigned long start, unsigned long end);

/* --- mlock_folio.c --- */
void mlock_vma_pages(struct vm_area_struct *vma, unsigned long start, unsigned long end);
void munlock_vma_pages(struct vm_area_struct *vma, unsigned long start, unsigned long end);
void folio_munlock_from(struct folio *f, const struct vm_area_struct *vma);

void entries_made_slow(struct vm_area_struct *vma, unsigned long addr, unsigned long end);

/* entries of [addr, end) were made: instruction caches know nothing of new code yet,
 * and a locked VMA locks its pages */
static inline void entries_made(struct vm_area_struct *vma, unsigned long addr, unsigned long end)
{
	if (unlikely(vma->vm_flags & (VM_EXEC | VM_LOCKED)))
		entries_made_slow(vma, addr, end);
}

/* --- lazyfree.c --- */
void madvise_free(struct vm_area_struct *vma, unsigned long start, unsigned long end);

/* --- userfaultfd_wp.c --- */
int uffd_wp_range(struct vm_area_struct *vma, unsigned long start, unsigned long end,
		  bool protect);

/* --- rmap.c --- */
struct anon_vma *anon_vma_alloc(void);
void put_anon_vma(struct anon_vma *av);
static inline void get_anon_vma(struct anon_vma *av)
{
	refcount_inc(&av->refcount);
}
bool folio_locked_outside(struct folio *f, const struct vm_area_struct *vma);
void rmap_init(void);

/* --- access.c --- */
#define GUP_WRITE	1u
#define GUP_FORCE	2u	/* a debugger: what the VMA could be made to allow */
#define GUP_PIN		4u	/* the content is used after mmap_lock: for unpin_user_page() */
#define GUP_UNLOCKABLE	8u	/* a userfaultfd may be waited for: see gup_one() */
struct page *gup_one(struct mm_struct *mm, unsigned long addr, unsigned int gup,
		     struct vm_area_struct **vmap, bool *counted);

#endif
