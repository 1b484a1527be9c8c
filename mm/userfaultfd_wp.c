// SPDX-License-Identifier: GPL-2.0-only
/*
 * Write-protection by userfaultfd: a store to a protected page is told before it
 * happens. It is a bit of the entry (pte_uffd_wp()), which excludes the right to write.
 *
 * Where no page is mapped, a marker stands for the bit, and the first entry inherits it:
 * always in files, whose pages come and go without the program's doing, and in anonymous
 * memory if UFFD_FEATURE_WP_UNPOPULATED was asked for.
 *
 * Taking the bit away does not give the right back: the next store faults, and is
 * resolved as any other.
 */
#include "vma_internal.h"
#include <mm/userfaultfd.h>

/* does the lack of a page have to be remembered as protected? */
static bool wants_markers(const struct vm_area_struct *vma)
{
	return !vma_is_anonymous(vma) ||
	       (vma->vm_userfaultfd_ctx->features & UFFD_FEATURE_WP_UNPOPULATED);
}

static void change_entry(pte_t *pte, bool protect, bool markers)
{
	pte_t e = pte_read(pte), new;

	if (pte_present(e)) {
		do {
			e = pte_read(pte);
			new = protect ? pte_mkuffd_wp(e) : pte_clear_uffd_wp(e);
			/* hardware may set A and D at any moment */
		} while (!pte_cmpxchg(pte, e, new));
	} else if (protect && markers && pte_none(e)) {
		pte_set(pte, make_pte_marker(PTE_MARKER_UFFD_WP));
	} else if (!protect && pte_marker(e) == PTE_MARKER_UFFD_WP) {
		pte_set(pte, __pte(0));
	}
}

/**
 * uffd_wp_range - write-protect the pages of [@start, @end) of @vma, or undo that.
 * Context: mmap_lock for reading at least; may sleep. @protect: @vma is registered.
 * Return: 0; -ENOMEM, if @protect, with a part done.
 */
int uffd_wp_range(struct vm_area_struct *vma, unsigned long start, unsigned long end,
		  bool protect) __no_tsa
{
	bool markers = protect && wants_markers(vma);
	struct mm_struct *mm = vma->vm_mm;
	unsigned long addr, next;

	for (addr = start; addr < end; addr = next) {
		pte_t *pte = table_at(mm, addr, &next);

		if (!pte && markers) {
			pte = pte_offset_alloc(mm, addr);
			if (!pte)
				return -ENOMEM;
			next = table_end(addr, end);
		}
		next = min(next, end);
		if (!pte)
			continue;
		spin_lock(pte_lockptr(pte));
		for (unsigned long i = 0; i < (next - addr) >> PAGE_SHIFT; i++)
			change_entry(&pte[i], protect, markers);
		/* before a fault finds the bit gone again and copies a page still written to */
		if (protect)
			flush_tlb_range(mm, addr, next);
		spin_unlock(pte_lockptr(pte));
		cond_resched();
	}
	return 0;
}

/**
 * userfaultfd_writeprotect - UFFDIO_WRITEPROTECT, but for the waking.
 * Return: 0; -ENOENT: a part is not registered for it, or nothing is mapped; -EAGAIN:
 * mappings change; -ESRCH: the process has gone; -ENOMEM. Mappings before are done.
 */
int userfaultfd_writeprotect(struct userfaultfd_ctx *ctx, unsigned long start,
			     unsigned long len, bool protect)
{
	unsigned long end = start + len;
	struct mm_struct *mm = ctx->mm;
	struct vm_area_struct *vma;
	int err = -ENOENT;

	if (!mmget_not_zero(mm))
		return -ESRCH;
	mmap_read_lock(mm);
	vma = find_vma_intersection(mm, start, end);
	if (atomic_read(&ctx->mmap_changing)) {
		err = -EAGAIN;
		vma = NULL;
	}
	for (; vma && vma->vm_start < end; vma = vma->vm_next) {
		err = -ENOENT;
		if (userfaultfd_wp(vma))
			err = uffd_wp_range(vma, max(start, vma->vm_start),
					    min(end, vma->vm_end), protect);
		if (err)
			break;
	}
	mmap_read_unlock(mm);
	mmput(mm);
	return err;
}
