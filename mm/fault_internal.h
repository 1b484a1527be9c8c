/* SPDX-License-Identifier: GPL-2.0-only */
/* What the two files of page faults share: fault.c (no entry yet) and fault_wp.c (one that refuses). */
#ifndef MM_FAULT_INTERNAL_H
#define MM_FAULT_INTERNAL_H
#include "vma_internal.h"

vm_fault_t prepare_anon_slow(struct vm_fault *vmf);
vm_fault_t do_page_mkwrite(struct vm_fault *vmf, struct folio *f);
void shared_page_dirtied(struct vm_area_struct *vma, struct folio *f);
vm_fault_t wp_copy(struct vm_fault *vmf, struct folio *old, const void *src);
vm_fault_t wp_shared(struct vm_fault *vmf, spinlock_t *ptl, struct folio *f);
vm_fault_t wp_special(struct vm_fault *vmf, spinlock_t *ptl);
vm_fault_t unshare_fault(struct vm_fault *vmf);

/* the VMA is about to get a private page */
static inline vm_fault_t prepare_anon(struct vm_fault *vmf)
{
	return likely(vmf->vma->anon_vma) ? 0 : prepare_anon_slow(vmf);
}

static inline void entry_made(const struct vm_fault *vmf)
{
	entries_made(vmf->vma, vmf->address, vmf->address + PAGE_SIZE);
}

/* E1, E2: may the private page be written in place? ptl held */
static inline bool reuse_anon(struct folio *f)
{
	if (f->anon_exclusive)
		return true;
	if (folio_ref_count(f) != 1)
		return false;
	f->anon_exclusive = true;
	return true;
}

/* the first entry where there may have been a marker: what it said goes over to the entry */
static inline pte_t after_marker(const struct vm_fault *vmf, pte_t e)
{
	return likely(pte_none(vmf->orig_pte)) ? e : pte_mkuffd_wp(e);
}

/* is the entry what it was when the fault was looked at? Context: ptl */
static inline bool unchanged(const struct vm_fault *vmf)
{
	return likely(pte_val(pte_read(vmf->pte)) == pte_val(vmf->orig_pte));
}

/* set the entry, which is orig_pte, writable; ptl held, released here */
static inline vm_fault_t make_writable(struct vm_fault *vmf, spinlock_t *ptl) __no_tsa
{
	pte_t e = pte_mkyoung(pte_mkdirty(pte_clear_uffd_wp(vmf->orig_pte)));

	if (likely(vmf->vma->vm_flags & VM_WRITE))
		e = pte_mkwrite(e);
	pte_set(vmf->pte, e);
	spin_unlock(ptl);
	local_flush_tlb_page(vmf->vma->vm_mm, vmf->address);
	return 0;
}

#endif
