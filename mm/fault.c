// SPDX-License-Identifier: GPL-2.0-only
/*
 * Page faults. do_user_fault() (fault_entry.c) finds the VMA, locks it and checks
 * that it allows the access; handle_mm_fault() makes the entry. By entry, kind of
 * mapping and access:
 *
 *	entry		mapping		read			write
 *	none		anonymous	zero page		anon_write: zeroed page
 *	none		private file	file_read: cached	file_cow: copy of cached
 *	none		shared file	file_read: cached	file_shared: cached, dirty
 *	present, no W	any		(accessed bit)		wp_fault (fault_wp.c)
 *	present, right	any		accessed, dirty bits; or another hart was faster
 *
 * Where a userfaultfd is registered (mm/userfaultfd.c), its program is asked instead of
 * the first four and of a store to what it has write-protected.
 *
 * F1 An entry is set only under its ptl, and only if it still is what the decision
 *    was based on; otherwise nothing is done, and the access faults again if need be.
 * F2 A writable entry of a shared file page is set with the folio locked and dirty.
 * F3 A private page is written in place only if it is exclusive (fault_wp.c).
 * F4 Entries that gain rights are not flushed on other harts: those fault, find
 *    the entry right, and flush their own translation.
 *
 * Context of all: the VMA is locked (its own lock, or mmap_lock), and so its tables
 * stay. A handler that gave the lock up says VM_FAULT_RETRY.
 */
#include "fault_internal.h"
#include <fs/fs.h>
#include <mm/userfaultfd.h>

/* The larger cases are out of line: each saves the registers that it needs itself. */
static noinline vm_fault_t file_fault(struct vm_fault *vmf);
static noinline vm_fault_t present_fault(struct vm_fault *vmf);

/*
 * The VMA gets its first private page, and joins a family.
 * Return: 0, VM_FAULT_OOM, or VM_FAULT_RETRY with the VMA's lock released.
 */
noinline vm_fault_t prepare_anon_slow(struct vm_fault *vmf)
{
	struct vm_area_struct *vma = vmf->vma;
	struct mm_struct *mm = vma->vm_mm;
	vm_fault_t ret = 0;

	/* neighbours are looked at, which the lock of one VMA does not allow */
	if ((vmf->flags & FAULT_FLAG_VMA_LOCK) && !mmap_read_trylock(mm)) {
		vma_end_read(vma);
		return VM_FAULT_RETRY;
	}
	if (anon_vma_prepare(vma))
		ret = VM_FAULT_OOM;
	if (vmf->flags & FAULT_FLAG_VMA_LOCK)
		mmap_read_unlock(mm);
	return ret;
}

/* entry none, anonymous, read: everybody's page of zeros, not counted */
static vm_fault_t anon_read(struct vm_fault *vmf) __no_tsa
{
	pte_t e = pfn_pte(page_to_pfn(zero_page), vmf->vma->vm_page_prot);
	spinlock_t *ptl = pte_lockptr(vmf->pte);

	spin_lock(ptl);
	if (unchanged(vmf))
		pte_set(vmf->pte, after_marker(vmf, pte_mkyoung(pte_mkspecial(e))));
	spin_unlock(ptl);
	return 0;
}

/* entry none, anonymous, write: a page of its own */
static noinline vm_fault_t anon_write(struct vm_fault *vmf) __no_tsa
{
	struct vm_area_struct *vma = vmf->vma;
	vm_fault_t ret = prepare_anon(vmf);
	struct page *page;
	spinlock_t *ptl;

	if (unlikely(ret))
		return ret;
	page = alloc_page(GFP_HIGHUSER_MOVABLE | __GFP_ZERO);
	if (unlikely(!page))
		return VM_FAULT_OOM;
	ptl = pte_lockptr(vmf->pte);
	spin_lock(ptl);
	if (!unchanged(vmf)) {
		spin_unlock(ptl);
		__free_page(page);
		return 0;
	}
	folio_add_new_anon_rmap(page_folio(page), vma, vmf->address);
	pte_set(vmf->pte, after_marker(vmf, anon_entry(vma, page)));
	spin_unlock(ptl);
	add_mm_counter(vma->vm_mm, MM_ANONPAGES, 1);
	entry_made(vmf);
	return 0;
}

/* entry present, no W, write */
static vm_fault_t wp_fault(struct vm_fault *vmf) __no_tsa
{
	struct vm_area_struct *vma = vmf->vma;
	spinlock_t *ptl = pte_lockptr(vmf->pte);
	struct folio *f;

	if (unlikely(userfaultfd_pte_wp(vma, vmf->orig_pte)))
		return handle_userfault(vmf, VM_UFFD_WP);
	spin_lock(ptl);
	if (!unchanged(vmf)) {
		spin_unlock(ptl);
		return 0;
	}
	if (unlikely(pte_special(vmf->orig_pte)))
		return wp_special(vmf, ptl);
	f = pfn_folio(pte_pfn(vmf->orig_pte));
	if (vma->vm_flags & VM_SHARED)
		return wp_shared(vmf, ptl, f);
	if (folio_test_anon(f) && reuse_anon(f))
		return make_writable(vmf, ptl);
	folio_get(f);
	spin_unlock(ptl);
	return wp_copy(vmf, f, folio_address(f));
}

/* nothing is mapped: entry none, or a marker that says so */
static vm_fault_t missing_fault(struct vm_fault *vmf)
{
	if (!vma_is_anonymous(vmf->vma))
		return file_fault(vmf);
	if (unlikely(userfaultfd_missing(vmf->vma)))
		return handle_userfault(vmf, VM_UFFD_MISSING);
	return vmf->flags & FAULT_FLAG_WRITE ? anon_write(vmf) : anon_read(vmf);
}

/* no page, but a software entry: markers are the only ones */
static vm_fault_t marker_fault(struct vm_fault *vmf) __no_tsa
{
	spinlock_t *ptl = pte_lockptr(vmf->pte);

	if (pte_marker(vmf->orig_pte) != PTE_MARKER_UFFD_WP)
		return VM_FAULT_SIGBUS;
	if (userfaultfd_wp(vmf->vma))
		return missing_fault(vmf);
	/* nobody is registered any more: it means nothing, fault again */
	spin_lock(ptl);
	if (unchanged(vmf))
		pte_set(vmf->pte, __pte(0));
	spin_unlock(ptl);
	return 0;
}

/**
 * handle_mm_fault - make the entry for @address right for the access in @flags.
 * Context: the VMA allows the access and is locked: its own lock with
 * FAULT_FLAG_VMA_LOCK, else mmap_lock for reading; may sleep.
 * Return: VM_FAULT_*; on VM_FAULT_RETRY that lock was released, otherwise it is held.
 */
vm_fault_t handle_mm_fault(struct vm_area_struct *vma, unsigned long address, unsigned int flags)
{
	struct vm_fault vmf __uninitialized;
	struct mm_struct *mm = vma->vm_mm;

	vmf.vma = vma;
	vmf.real_address = address;
	vmf.address = address & PAGE_MASK;
	vmf.flags = flags;
	vmf.pte = pte_walk(mm, vmf.address);
	if (unlikely(!vmf.pte)) {
		vmf.pte = __pte_offset_alloc(mm, vmf.address);
		if (!vmf.pte)
			return VM_FAULT_OOM;
	}
	vmf.orig_pte = pte_read(vmf.pte);
	if (pte_none(vmf.orig_pte))
		return missing_fault(&vmf);
	if (unlikely(!pte_present(vmf.orig_pte)))
		return marker_fault(&vmf);
	if ((flags & FAULT_FLAG_WRITE) && !pte_write(vmf.orig_pte))
		return wp_fault(&vmf);
	if (unlikely(flags & FAULT_FLAG_UNSHARE))
		return unshare_fault(&vmf);
	return present_fault(&vmf);
}

/*
 * The entry allows the access already: hardware wants accessed or dirty set in
 * software, or this hart had an old translation, or another one was faster.
 */
static noinline vm_fault_t present_fault(struct vm_fault *vmf) __no_tsa
{
	spinlock_t *ptl = pte_lockptr(vmf->pte);
	pte_t e;

	spin_lock(ptl);
	e = pte_read(vmf->pte);
	if (likely(pte_present(e))) {
		pte_t new = pte_mkyoung(e);

		if ((vmf->flags & FAULT_FLAG_WRITE) && pte_write(e))
			new = pte_mkdirty(new);
		if (pte_val(new) != pte_val(e))
			pte_cmpxchg(vmf->pte, e, new);
	}
	spin_unlock(ptl);
	local_flush_tlb_page(vmf->vma->vm_mm, vmf->address);
	return 0;
}

/* ---- nothing mapped yet, and the mapping has an owner ---- */

/* ask the owner. Return: with none of ERROR, NOPAGE, RETRY: vmf->folio is locked */
static vm_fault_t get_folio(struct vm_fault *vmf)
{
	vm_fault_t ret;

	vmf->folio = NULL;
	ret = vmf->vma->vm_ops->fault(vmf);
	if (unlikely(ret & (VM_FAULT_ERROR | VM_FAULT_NOPAGE | VM_FAULT_RETRY)))
		return ret;
	if (unlikely(!(ret & VM_FAULT_LOCKED)))
		folio_lock(vmf->folio);
	return ret | VM_FAULT_LOCKED;
}

/* map a file folio, whose reference the entry takes over. Return: false: it was not needed */
static bool set_file_entry(struct vm_fault *vmf, struct folio *f, bool write) __no_tsa
{
	struct vm_area_struct *vma = vmf->vma;
	spinlock_t *ptl = pte_lockptr(vmf->pte);
	pte_t e = vmf_read_pte(vma, f);

	if (write)
		e = pte_mkwrite(pte_mkdirty(e));
	spin_lock(ptl);
	if (!unchanged(vmf)) {
		spin_unlock(ptl);
		return false;
	}
	folio_add_file_rmap(f, vma);
	pte_set(vmf->pte, after_marker(vmf, e));
	spin_unlock(ptl);
	add_mm_counter(vma->vm_mm, mm_counter_file(f), 1);
	entry_made(vmf);
	return true;
}

#define FAULT_AROUND	(16 * PAGE_SIZE)

/* map what is in the cache around the fault. Return: VM_FAULT_NOPAGE: the fault is done */
static vm_fault_t fault_around(struct vm_fault *vmf)
{
	struct vm_area_struct *vma = vmf->vma;
	unsigned long base = vmf->address & ~(FAULT_AROUND - 1);
	unsigned long from = max(base, vma->vm_start);
	unsigned long to = min(base + FAULT_AROUND, vma->vm_end) - PAGE_SIZE;
	vm_fault_t ret;

	ret = vma->vm_ops->map_pages(vmf, vmf->pgoff - ((vmf->address - from) >> PAGE_SHIFT),
				     vmf->pgoff + ((to - vmf->address) >> PAGE_SHIFT));
	entries_made(vma, from, to + PAGE_SIZE);
	return ret;
}

/* entry none, file, read (or execution) */
static vm_fault_t file_read(struct vm_fault *vmf)
{
	struct folio *f;
	vm_fault_t ret;

	/* pages around are not mapped unasked where a userfaultfd wants to hear of it */
	if (likely(vmf->vma->vm_ops->map_pages &&
		   !(vmf->vma->vm_flags & (VM_UFFD_WP | VM_UFFD_MINOR)))) {
		ret = fault_around(vmf);
		if (likely(ret))
			return ret;
	}
	ret = get_folio(vmf);
	if (unlikely(ret & (VM_FAULT_ERROR | VM_FAULT_NOPAGE | VM_FAULT_RETRY)))
		return ret;
	f = vmf->folio;
	if (set_file_entry(vmf, f, false)) {
		folio_unlock(f);
	} else {
		folio_unlock(f);
		folio_put(f);
	}
	return ret;
}

/* entry none, private file, write: straight to a copy */
static vm_fault_t file_cow(struct vm_fault *vmf) __no_tsa
{
	struct vm_area_struct *vma = vmf->vma;
	vm_fault_t ret = prepare_anon(vmf);
	spinlock_t *ptl = pte_lockptr(vmf->pte);
	struct page *page;
	struct folio *f;

	if (unlikely(ret))
		return ret;
	page = alloc_page(GFP_HIGHUSER_MOVABLE);
	if (!page)
		return VM_FAULT_OOM;
	ret = get_folio(vmf);
	if (unlikely(ret & (VM_FAULT_ERROR | VM_FAULT_NOPAGE | VM_FAULT_RETRY))) {
		__free_page(page);
		return ret;
	}
	f = vmf->folio;
	copy_page(page_address(page), folio_address(f));
	spin_lock(ptl);
	if (unchanged(vmf)) {
		folio_add_new_anon_rmap(page_folio(page), vma, vmf->address);
		pte_set(vmf->pte, after_marker(vmf, anon_entry(vma, page)));
		spin_unlock(ptl);
		add_mm_counter(vma->vm_mm, MM_ANONPAGES, 1);
		entry_made(vmf);
	} else {
		spin_unlock(ptl);
		__free_page(page);
	}
	folio_unlock(f);
	folio_put(f);
	return ret;
}

/*
 * Ask the owner to let a clean page be written. @f comes unlocked, with a reference.
 * Return: VM_FAULT_LOCKED: @f is locked and dirty; else what ends the fault.
 */
vm_fault_t do_page_mkwrite(struct vm_fault *vmf, struct folio *f)
{
	unsigned int flags = vmf->flags;
	vm_fault_t ret;

	vmf->folio = f;
	vmf->flags = FAULT_FLAG_WRITE | (flags & FAULT_FLAG_VMA_LOCK);
	ret = vmf->vma->vm_ops->page_mkwrite(vmf);
	vmf->flags = flags;
	if (unlikely(ret & (VM_FAULT_ERROR | VM_FAULT_NOPAGE)))
		return ret;
	if (unlikely(!(ret & VM_FAULT_LOCKED))) {
		folio_lock(f);
		if (!f->mapping) {
			folio_unlock(f);
			return VM_FAULT_NOPAGE;		/* truncated: fault again */
		}
	}
	return VM_FAULT_LOCKED;
}

/* after the writable entry was set (F2): let the folio go, and pay for the dirt */
void shared_page_dirtied(struct vm_area_struct *vma, struct folio *f)
{
	struct address_space *mapping = f->mapping;
	bool mkwrite = vma->vm_ops->page_mkwrite;

	if (!mkwrite)
		folio_mark_dirty(f);
	folio_unlock(f);
	if (!mkwrite && vma->vm_file)
		file_update_time(vma->vm_file);
	/* the VMA keeps the file, and so the mapping */
	if (mapping)
		balance_dirty_pages_ratelimited(mapping);
}

/* entry none, shared file, write */
static vm_fault_t file_shared(struct vm_fault *vmf)
{
	struct vm_area_struct *vma = vmf->vma;
	struct folio *f;
	vm_fault_t ret, r;

	ret = get_folio(vmf);
	if (unlikely(ret & (VM_FAULT_ERROR | VM_FAULT_NOPAGE | VM_FAULT_RETRY)))
		return ret;
	f = vmf->folio;
	if (vma->vm_ops->page_mkwrite) {
		folio_unlock(f);
		r = do_page_mkwrite(vmf, f);
		if (unlikely(!(r & VM_FAULT_LOCKED))) {
			folio_put(f);
			return r;
		}
	}
	if (unlikely(!set_file_entry(vmf, f, true))) {
		folio_unlock(f);
		folio_put(f);
		return ret;
	}
	shared_page_dirtied(vma, f);
	return ret;
}

static noinline vm_fault_t file_fault(struct vm_fault *vmf)
{
	struct vm_area_struct *vma = vmf->vma;

	if (unlikely(!vma->vm_ops->fault))
		return VM_FAULT_SIGBUS;
	vmf->pgoff = linear_page_index(vma, vmf->address);
	if (!(vmf->flags & FAULT_FLAG_WRITE))
		return file_read(vmf);
	return vma->vm_flags & VM_SHARED ? file_shared(vmf) : file_cow(vmf);
}
