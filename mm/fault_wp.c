// SPDX-License-Identifier: GPL-2.0-only
/*
 * Faults on entries that are there, and do not allow writing:
 *
 *	private		exclusive, or nobody else has it	reuse: the entry becomes writable
 *			else					copy
 *	shared		clean, or written back since		page_mkwrite, then writable
 *	special		zero page, driver's page		copy, or writable if shared
 *
 * E1 A private page is exclusive (folio->anon_exclusive) from its birth until fork
 *    shares it. Only this process sees it then, through this one entry, whatever
 *    transient references there are: it is written in place.
 * E2 A page that was shared becomes exclusive again once the entry's reference is
 *    the only one: nobody else maps it, and nobody in the kernel reads it.
 * E3 Only exclusive pages are pinned (access.c), and a pinned one is not shared:
 *    fork copies it for the child. So a device that reads or writes a pinned page
 *    does that to the page the process sees.
 *
 * anon_exclusive is guarded by the ptl of the entry, or by those of all entries.
 */
#include "fault_internal.h"
#include <fs/fs.h>

/*
 * Replace the entry by a copy of what it maps. @old: that folio, with a reference
 * of ours (dropped here), or NULL: @src, or zeros.
 */
vm_fault_t wp_copy(struct vm_fault *vmf, struct folio *old, const void *src) __no_tsa
{
	struct vm_area_struct *vma = vmf->vma;
	struct mm_struct *mm = vma->vm_mm;
	spinlock_t *ptl = pte_lockptr(vmf->pte);
	vm_fault_t ret = prepare_anon(vmf);
	struct page *page = NULL;
	pte_t entry;

	if (likely(!ret)) {
		page = alloc_page(GFP_HIGHUSER_MOVABLE | (src ? 0 : __GFP_ZERO));
		if (!page)
			ret = VM_FAULT_OOM;
	}
	if (unlikely(ret)) {
		if (old)
			folio_put(old);
		return ret;
	}
	if (src)
		copy_page(page_address(page), src);
	spin_lock(ptl);
	if (!unchanged(vmf)) {
		spin_unlock(ptl);
		__free_page(page);
		if (old)
			folio_put(old);
		return 0;
	}
	folio_add_new_anon_rmap(page_folio(page), vma, vmf->address);
	/* nobody may read the old page once the new one can be written */
	pte_set(vmf->pte, __pte(0));
	flush_tlb_page(mm, vmf->address);
	entry = anon_entry(vma, page);
	if (unlikely(vmf->flags & FAULT_FLAG_UNSHARE))
		entry = pte_uffd_wp(vmf->orig_pte) ? pte_mkuffd_wp(entry) : pte_wrprotect(entry);
	pte_set(vmf->pte, entry);
	if (old)
		folio_remove_rmap(old);
	spin_unlock(ptl);
	if (!old) {
		add_mm_counter(mm, MM_ANONPAGES, 1);
	} else {
		if (!folio_test_anon(old)) {
			add_mm_counter(mm, mm_counter_file(old), -1);
			add_mm_counter(mm, MM_ANONPAGES, 1);
		}
		if (unlikely(folio_test_mlocked(old)))
			folio_munlock_from(old, vma);
		/* ours and the entry's; the first cannot be the last */
		atomic_dec(&old->_refcount);
		folio_put(old);
	}
	entry_made(vmf);
	return 0;
}

/* shared: the page is clean, or was written back since */
vm_fault_t wp_shared(struct vm_fault *vmf, spinlock_t *ptl, struct folio *f) __no_tsa
{
	struct vm_area_struct *vma = vmf->vma;
	vm_fault_t ret;

	folio_get(f);
	spin_unlock(ptl);
	if (vma->vm_ops->page_mkwrite) {
		ret = do_page_mkwrite(vmf, f);
		if (unlikely(!(ret & VM_FAULT_LOCKED))) {
			folio_put(f);
			return ret;
		}
	} else {
		folio_lock(f);
	}
	spin_lock(ptl);
	if (!unchanged(vmf)) {
		spin_unlock(ptl);
		folio_unlock(f);
	} else {
		make_writable(vmf, ptl);
		shared_page_dirtied(vma, f);
	}
	folio_put(f);
	return 0;
}

/* no struct page is counted: the zero page, or a driver's page */
vm_fault_t wp_special(struct vm_fault *vmf, spinlock_t *ptl) __no_tsa
{
	unsigned long pfn = pte_pfn(vmf->orig_pte);

	if (vmf->vma->vm_flags & VM_SHARED)
		return make_writable(vmf, ptl);
	spin_unlock(ptl);
	if (is_zero_pfn(pfn))
		return wp_copy(vmf, NULL, NULL);
	return pfn_valid(pfn) ? wp_copy(vmf, NULL, __va(PFN_PHYS(pfn))) : VM_FAULT_SIGBUS;
}

/**
 * unshare_fault - somebody pins the page to read it, so it must stay the one that the
 * process sees (E3). Context and Return: as handle_mm_fault().
 */
vm_fault_t unshare_fault(struct vm_fault *vmf) __no_tsa
{
	struct folio *f = pfn_folio(pte_pfn(vmf->orig_pte));
	spinlock_t *ptl = pte_lockptr(vmf->pte);

	spin_lock(ptl);
	if (!unchanged(vmf) || pte_special(vmf->orig_pte) || !folio_test_anon(f) || reuse_anon(f)) {
		spin_unlock(ptl);
		return 0;
	}
	folio_get(f);
	spin_unlock(ptl);
	return wp_copy(vmf, f, folio_address(f));
}
