// SPDX-License-Identifier: GPL-2.0-only
/*
 * Operations on many page-table entries: unmapping, copying for fork, and changing
 * protection. Each is a loop over leaf tables (table_at() skips holes) around a
 * loop over entries under the table's ptl, with counters summed up and applied once.
 *
 * Of a folio that an entry maps, the entry holds a reference and a mapcount. Under
 * the ptl of an entry that maps an anonymous folio with one reference, that
 * reference is the entry's, and nobody can get another, except reclaim if the folio
 * is not swap-backed (lazyfree.c): otherwise no atomics are needed.
 *
 * move_page_tables() is in mremap_move.c, freeing of pages and tables in gather.c.
 */
#include "vma_internal.h"
#include <fs/fs.h>
#include <mm/reclaim.h>
#include <mm/userfaultfd.h>

/* an anonymous folio loses this mapping */
static inline void zap_anon(struct mmu_gather *tlb, struct folio *f)
{
	const unsigned long special = 1UL << PG_swapbacked | 1UL << PG_mlocked;

	if (likely(tlb->immediate && folio_ref_count(f) == 1 &&
		   (READ_ONCE(f->flags) & special) == 1UL << PG_swapbacked)) {
		if (CONFIG_DEBUG)
			atomic_set(&f->_mapcount, 0);
		page_batch_add(&tlb->batch, folio_page(f));
		return;
	}
	if (!atomic_dec_and_test(&f->_mapcount))
		tlb->anon_still_mapped++;
	else if (unlikely(folio_test_mlocked(f)))
		folio_clear_mlock(f);
	if (!tlb->immediate)
		tlb_wait_page(tlb, folio_page(f));
	else
		folio_put(f);
}

/*
 * A folio of the page cache loses the mapping @e. Other harts may go on storing to it
 * until they are flushed. If its write-back has to see that, it counts as mapped until
 * then: folio_mkclean() comes for the ptl, which zap_table() holds until the flush.
 */
static inline void zap_file(struct mmu_gather *tlb, struct folio *f, pte_t e)
{
	if (pte_dirty(e))
		folio_mark_dirty(f);
	tlb->rss[mm_counter_file(f)]++;
	if (unlikely(pte_write(e) && !tlb->immediate && !folio_test_swapbacked(f))) {
		tlb_wait_stores(tlb, folio_page(f));
		return;
	}
	if (atomic_dec_and_test(&f->_mapcount))
		tlb->file_unmapped++;
	if (tlb->immediate)
		folio_put(f);
	else
		tlb_wait_page(tlb, folio_page(f));
}

/* What stays where @e is taken away: nothing, or what is known about the next page there.
 * Out of line, for the loop that unmaps without. */
static noinline pte_t zap_leaves(pte_t e, const struct zap_details *details)
{
	bool wp = pte_present(e) ? pte_uffd_wp(e) : pte_marker(e) == PTE_MARKER_UFFD_WP;

	if (wp && details->keep_wp)
		return make_pte_marker(PTE_MARKER_UFFD_WP);
	if (pte_marker(e) == PTE_MARKER_POISONED && !details->even_cows)
		return e;
	return __pte(0);
}

static void zap_table(struct mmu_gather *tlb, pte_t *pte, unsigned long addr, unsigned long end,
		      const struct zap_details *details) __no_tsa
{
	spinlock_t *ptl = pte_lockptr(pte);
	pte_t *last = pte + ((end - addr) >> PAGE_SHIFT);
	bool covered = false;
	long anon = 0;

	spin_lock(ptl);
	for (; pte < last; pte++) {
		pte_t e = pte_read(pte), left = __pte(0);
		struct folio *f;

		if (pte_none(e))
			continue;
		if (unlikely(details))
			left = zap_leaves(e, details);
		if (unlikely(!covered)) {
			tlb_cover(tlb, addr, end);
			covered = true;
		}
		if (unlikely(!pte_present(e) || pte_special(e))) {
			pte_set(pte, left);
			continue;
		}
		f = pfn_folio(pte_pfn(e));
		if (folio_test_anon(f)) {
			if (details && !details->even_cows)
				continue;
			/* what hardware may still set in the entry is of no interest */
			WRITE_ONCE(pte->val, left.val);
			zap_anon(tlb, f);
			anon++;
		} else {
			zap_file(tlb, f, pte_exchange(pte, left));
		}
	}
	if (unlikely(tlb->stores_wait))
		tlb_flush_stores(tlb);
	spin_unlock(ptl);
	tlb->rss[MM_ANONPAGES] += anon;
}

/**
 * unmap_range - remove the entries in [@start, @end).
 * @details: NULL: all; else what truncation wants.
 * Context: tables are kept (P1 of pgtable.c); may sleep.
 */
void unmap_range(struct mmu_gather *tlb, unsigned long start, unsigned long end,
		 const struct zap_details *details)
{
	unsigned long addr, next;

	for (addr = start; addr < end; addr = next) {
		pte_t *pte = table_at(tlb->mm, addr, &next);

		next = min(next, end);
		if (!pte)
			continue;
		zap_table(tlb, pte, addr, next, details);
		cond_resched();
	}
}

/**
 * zap_page_range - forget the pages of [@start, @start + @len) of @vma: the next
 * access faults. Context: mmap_lock for reading is enough.
 */
void zap_page_range(struct vm_area_struct *vma, unsigned long start, unsigned long len)
{
	struct zap_details details = { .even_cows = true, .keep_wp = vma_keeps_wp(vma) };
	struct mmu_gather tlb __uninitialized;

	if (unlikely(vma->vm_flags & VM_LOCKED))
		munlock_vma_pages(vma, start, start + len);
	tlb_gather_mmu(&tlb, vma->vm_mm, false);
	unmap_range(&tlb, start, start + len, details.keep_wp ? &details : NULL);
	tlb_finish_mmu(&tlb);
}

/* the part of [first, last] (file pages) that @vma maps */
static void unmap_mapping_vma(struct vm_area_struct *vma, pgoff_t first, pgoff_t last,
			      bool even_cows)
{
	struct zap_details details = { .even_cows = even_cows, .keep_wp = vma_keeps_wp(vma) };
	pgoff_t from = max(first, vma->vm_pgoff);
	pgoff_t to = min(last, vma->vm_pgoff + vma_pages(vma) - 1);
	struct mmu_gather tlb __uninitialized;

	tlb_gather_mmu(&tlb, vma->vm_mm, false);
	unmap_range(&tlb, vma->vm_start + ((from - vma->vm_pgoff) << PAGE_SHIFT),
		    vma->vm_start + ((to - vma->vm_pgoff + 1) << PAGE_SHIFT), &details);
	tlb_finish_mmu(&tlb);
}

/**
 * unmap_mapping_range - remove all mappings of the file's bytes [@start, @start + @len).
 * @len: 0 means to the end; only whole pages are unmapped, from the one behind @start.
 * @even_cows: private copies too.
 * Context: may sleep.
 */
void unmap_mapping_range(struct address_space *mapping, loff_t start, loff_t len,
			 bool even_cows) __no_tsa
{
	pgoff_t first = ((u64)start + PAGE_SIZE - 1) >> PAGE_SHIFT, last = ULONG_MAX;
	struct interval_tree_node *node;

	if (len) {
		pgoff_t behind = ((u64)start + len + PAGE_SIZE - 1) >> PAGE_SHIFT;

		if (behind <= first)
			return;
		last = behind - 1;
	}
	if (!mapping->i_mmap.rb_root.rb_node)
		return;
	down_read(&mapping->i_mmap_rwsem);
	interval_tree_for_each(node, &mapping->i_mmap, first, last)
		unmap_mapping_vma(container_of(node, struct vm_area_struct, shared), first, last,
				  even_cows);
	up_read(&mapping->i_mmap_rwsem);
}

/* fork: one VMA's entries on their way to the child */
struct fork_copy {
	struct vm_area_struct *dst;
	bool cow;
	bool copied;		/* pages were, not just entries */
	long anon, file, shmem;	/* pages mapped in the child */
	struct page *spare;	/* for the next pinned page */
};

/*
 * A pinned page is not shared (E3 of fault_wp.c): the child gets a copy at once.
 * Return: false: there is no spare page to copy to.
 */
static bool copy_pinned(pte_t *dst, unsigned long addr, const struct folio *f,
			struct fork_copy *c)
{
	struct page *page = c->spare;

	if (!page)
		return false;
	c->spare = NULL;
	copy_page(page_address(page), folio_address(f));
	folio_add_new_anon_rmap(page_folio(page), c->dst, addr);
	WRITE_ONCE(dst->val, anon_entry(c->dst, page).val);
	c->anon++;
	c->copied = true;
	return true;
}

/* @e as the child has it: write-protected only if its faults are served too */
static inline pte_t inherited(pte_t e, const struct fork_copy *c)
{
	return likely(!pte_uffd_wp(e)) || userfaultfd_wp(c->dst) ? e : pte_clear_uffd_wp(e);
}

/* the child's entry for @e: a page of a file, or of nobody, or no page at all */
static pte_t share_other(pte_t *src, pte_t e, struct folio *f, struct fork_copy *c)
{
	if (!pte_present(e))
		return pte_marker(e) != PTE_MARKER_UFFD_WP || userfaultfd_wp(c->dst) ? e : __pte(0);
	if (pte_counted(e)) {
		folio_get(f);
		atomic_inc(&f->_mapcount);
		if (mm_counter_file(f) == MM_SHMEMPAGES)
			c->shmem++;
		else
			c->file++;
	}
	if (c->cow && pte_write(e)) {
		e = pte_wrprotect(e);
		WRITE_ONCE(src->val, e.val);
	}
	return inherited(e, c);
}

/*
 * Copy @n entries of a table for fork, from @addr on. Private pages become
 * read-only in both tables, and are nobody's alone. (Pages of files are mapped
 * read-only here already.)
 * Return: entries done; fewer than @n: c->spare is needed to go on.
 */
static unsigned long copy_table(pte_t *dst, pte_t *src, unsigned long n, unsigned long addr,
				struct fork_copy *c) __no_tsa
{
	spinlock_t *dst_ptl = pte_lockptr(dst), *src_ptl = pte_lockptr(src);
	struct folio *folios = pfn_folio(0);
	pte_t *first = src, *last = src + n;
	long anon = 0;

	spin_lock(dst_ptl);
	spin_lock_nested(src_ptl);	/* the child's before the parent's */
	for (; src < last; src++, dst++) {
		pte_t e = pte_read(src);
		struct folio *f;

		if (pte_none(e))
			continue;
		f = &folios[pte_pfn(e)];
		if (unlikely(!pte_counted(e) || !folio_test_anon(f))) {
			WRITE_ONCE(dst->val, share_other(src, e, f, c).val);
			continue;
		}
		if (unlikely(atomic_fetch_add_relaxed(1, &f->_refcount) > GUP_PIN_BIAS) &&
		    f->anon_exclusive) {
			atomic_dec(&f->_refcount);	/* the pin's stay */
			if (!copy_pinned(dst, addr + ((src - first) << PAGE_SHIFT), f, c))
				break;
			if (unlikely(pte_uffd_wp(e)) && userfaultfd_wp(c->dst))
				WRITE_ONCE(dst->val, pte_mkuffd_wp(pte_read(dst)).val);
			continue;
		}
		atomic_inc(&f->_mapcount);
		f->anon_exclusive = false;
		anon++;
		WRITE_ONCE(dst->val, inherited(pte_set_wrprotect(src), c).val);
	}
	spin_unlock(src_ptl);
	spin_unlock(dst_ptl);
	c->anon += anon;
	return src - first;
}

/*
 * Only what could not be faulted in again has to be copied: private pages, entries
 * that a driver made, and write-protection.
 */
static bool vma_needs_copy(const struct vm_area_struct *src, const struct vm_area_struct *dst)
{
	return src->anon_vma || (src->vm_flags & (VM_PFNMAP | VM_MIXEDMAP)) || userfaultfd_wp(dst);
}

/**
 * copy_page_range - fork: give @dst the pages of @src.
 * The caller flushes the parent's translations, since entries lose write permission.
 * Context: both mms' mmap_lock for write, or the child's not visible yet.
 * Return: 0 or -ENOMEM, with a part copied.
 */
int copy_page_range(struct vm_area_struct *dst, struct vm_area_struct *src)
{
	struct mm_struct *mm = src->vm_mm, *dst_mm = dst->vm_mm;
	struct fork_copy c = { .dst = dst, .cow = is_cow_mapping(src->vm_flags) };
	unsigned long addr, next;
	int err = 0;

	if (!vma_needs_copy(src, dst))
		return 0;
	for (addr = src->vm_start; addr < src->vm_end; addr = next) {
		pte_t *from = table_at(mm, addr, &next), *to;
		unsigned long n, done;

		next = min(next, src->vm_end);
		if (!from)
			continue;
		to = pte_offset_alloc(dst_mm, addr);
		if (!to) {
			err = -ENOMEM;
			break;
		}
		n = (next - addr) >> PAGE_SHIFT;
		done = copy_table(to, from, n, addr, &c);
		if (unlikely(done < n)) {
			next = addr + (done << PAGE_SHIFT);
			c.spare = alloc_page(GFP_HIGHUSER_MOVABLE);
			if (!c.spare) {
				err = -ENOMEM;
				break;
			}
		}
		cond_resched();
	}
	if (unlikely(c.spare))
		__free_page(c.spare);	/* unpinned meanwhile */
	if (unlikely(c.copied))
		sync_icache(dst);
	if (c.anon)
		add_mm_counter(dst_mm, MM_ANONPAGES, c.anon);
	if (c.file)
		add_mm_counter(dst_mm, MM_FILEPAGES, c.file);
	if (c.shmem)
		add_mm_counter(dst_mm, MM_SHMEMPAGES, c.shmem);
	return err;
}

/* may the entry become writable without a fault? only a private page that is nobody else's */
static inline bool may_write_now(pte_t e)
{
	struct folio *f;

	if (pte_special(e))
		return false;
	f = pfn_folio(pte_pfn(e));
	return folio_test_anon(f) && f->anon_exclusive && pte_dirty(e);
}

/* @alone: hardware sets A and D for no other hart meanwhile */
static void protect_table(pte_t *pte, unsigned long n, pgprot_t prot, bool try_write,
			  bool alone) __no_tsa
{
	spinlock_t *ptl = pte_lockptr(pte);
	pte_t *last = pte + n;

	spin_lock(ptl);
	for (; pte < last; pte++) {
		pte_t e = pte_read(pte), new;

		if (!pte_present(e))
			continue;
		for (;;) {
			new = pte_modify(e, prot);
			if (unlikely(pte_uffd_wp(e)))
				new = pte_wrprotect(new);
			else if (try_write && may_write_now(e))
				new = pte_mkwrite(new);
			if (likely(alone)) {
				WRITE_ONCE(pte->val, new.val);
				break;
			}
			if (pte_cmpxchg(pte, e, new))
				break;
			e = pte_read(pte);
		}
	}
	spin_unlock(ptl);
}

/**
 * change_protection - make the entries of [@start, @end) match @vma's vm_page_prot,
 * and flush. Context: mmap_lock for write, VMA write-locked.
 */
void change_protection(struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
	bool try_write = (vma->vm_flags & (VM_WRITE | VM_SHARED)) == VM_WRITE &&
			 vma_is_anonymous(vma);
	bool alone = mm_is_private(vma->vm_mm);
	unsigned long addr, next, low = ~0UL, high = 0;

	for (addr = start; addr < end; addr = next) {
		pte_t *pte = table_at(vma->vm_mm, addr, &next);

		next = min(next, end);
		if (!pte)
			continue;
		low = min(low, addr);
		high = next;
		protect_table(pte, (next - addr) >> PAGE_SHIFT, vma->vm_page_prot, try_write,
			      alone);
		cond_resched();
	}
	if (low < high)
		flush_tlb_range(vma->vm_mm, low, high);
}
