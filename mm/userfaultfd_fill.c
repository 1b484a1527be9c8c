// SPDX-License-Identifier: GPL-2.0-only
/*
 * Filling what is missing, for UFFDIO_COPY, ZEROPAGE, CONTINUE and POISON: page by page,
 * in one VMA that is registered, and only where nothing is mapped.
 *
 *			private (or anonymous)		shared tmpfs
 *	COPY		a new page			a new page of the file
 *	ZEROPAGE	the page of zeros		a new page of the file
 *	CONTINUE	the file's page, read-only	the file's page
 *	POISON		a marker			a marker
 *
 * A page is complete before its entry is set, so no thread ever sees a part of it.
 *
 * The source is read without taking faults, under mmap_lock; if it is not resident, it
 * is read into a page of our own with the lock released, and the place is looked up anew.
 */
#include "vma_internal.h"
#include <arch/uaccess.h>
#include <fs/fs.h>
#include <fs/shmem.h>
#include <kernel/signal.h>
#include <mm/userfaultfd.h>

struct fill {
	struct mm_struct *mm;
	struct vm_area_struct *vma;
	enum uffd_fill_kind kind;
	bool wp;			/* the new entries are write-protected */
	unsigned long dst, src;		/* bytes; the next page, and where it comes from */
	struct page *bounce;		/* for a source that was not resident; NULL: not needed */
	bool bounced;			/* @bounce is the page at @src */
};

/* the content of the next page. Return: 0, or -ENOENT: the source has to be faulted in */
static int get_source(struct fill *f, void *to)
{
	unsigned long left;

	if (f->bounced) {
		copy_page(to, page_address(f->bounce));
		return 0;
	}
	pagefault_disable();
	left = copy_from_user(to, (const void __user *)f->src, PAGE_SIZE);
	pagefault_enable();
	return left ? -ENOENT : 0;
}

/* beyond the end of the file that is mapped there? */
static bool over_size(const struct fill *f)
{
	const struct vm_area_struct *vma = f->vma;

	return vma->vm_file && linear_page_index(vma, f->dst) >=
	       ((u64)i_size_read(file_inode(vma->vm_file)) + PAGE_SIZE - 1) >> PAGE_SHIFT;
}

/*
 * Set the entry of f->dst. Write-protection of what was missing is a marker, which goes;
 * @over_marker: else a marker is in the way as well.
 * @anon: the new private page, or @file: the cached one; both NULL: neither is counted.
 * Return: 0; -ENOMEM, -EEXIST, -EFAULT: the file ends before
 */
static int set_entry(struct fill *f, pte_t e, struct folio *anon, struct folio *file,
		     bool over_marker) __no_tsa
{
	pte_t *pte = pte_offset_alloc(f->mm, f->dst), old;
	spinlock_t *ptl;
	int err = 0;

	if (!pte)
		return -ENOMEM;
	ptl = pte_lockptr(pte);
	spin_lock(ptl);
	old = pte_read(pte);
	if (over_size(f)) {
		err = -EFAULT;
	} else if (!(over_marker ? pte_none_mostly(old) : pte_none(old))) {
		err = -EEXIST;
	} else {
		if (anon)
			folio_add_new_anon_rmap(anon, f->vma, f->dst);
		else if (file)
			folio_add_file_rmap(file, f->vma);
		pte_set(pte, e);
	}
	spin_unlock(ptl);
	if (err)
		return err;
	if (anon || file)
		add_mm_counter(f->mm, anon ? MM_ANONPAGES : mm_counter_file(file), 1);
	entries_made(f->vma, f->dst, f->dst + PAGE_SIZE);
	return 0;
}

static pte_t page_entry(const struct fill *f, struct page *page, bool may_write)
{
	pte_t e = pfn_pte(page_to_pfn(page), f->vma->vm_page_prot);

	e = pte_mkyoung(pte_wrprotect(e));
	if (may_write) {
		e = pte_mkdirty(e);
		if (f->vma->vm_flags & VM_WRITE)
			e = pte_mkwrite(e);
	}
	return f->wp ? pte_mkuffd_wp(e) : e;
}

/* COPY into private memory */
static int fill_private(struct fill *f)
{
	struct page *page = alloc_page(GFP_HIGHUSER_MOVABLE);
	int err;

	if (!page)
		return -ENOMEM;
	err = get_source(f, page_address(page));
	if (!err)
		err = set_entry(f, page_entry(f, page, true), page_folio(page), NULL, true);
	if (err)
		__free_page(page);
	return err;
}

static int fill_zero(struct fill *f)
{
	pte_t e = pfn_pte(page_to_pfn(zero_page), f->vma->vm_page_prot);

	return set_entry(f, pte_mkspecial(pte_mkyoung(e)), NULL, NULL, false);
}

/* map a page of the file, which is locked; our reference becomes the entry's. Unlocks */
static int map_cached(struct fill *f, struct folio *folio)
{
	bool may_write = f->vma->vm_flags & VM_SHARED;
	int err = set_entry(f, page_entry(f, folio_page(folio), may_write), NULL, folio, true);

	folio_unlock(folio);
	if (err)
		folio_put(folio);
	return err;
}

/* COPY and ZEROPAGE into a hole of a shared file */
static int fill_shared(struct fill *f)
{
	struct inode *inode = file_inode(f->vma->vm_file);
	struct folio *folio;
	int err = 0;

	folio = filemap_alloc_folio(inode->i_mapping->gfp_mask |
				    (f->kind == UFFD_FILL_ZERO ? __GFP_ZERO : 0), 0);
	if (!folio)
		return -ENOMEM;
	if (f->kind == UFFD_FILL_COPY)
		err = get_source(f, folio_address(folio));
	if (!err)
		err = shmem_add_folio(inode, linear_page_index(f->vma, f->dst), folio);
	if (err) {
		folio_put(folio);
		return err;
	}
	/* should it not be mapped after all, the file has it nevertheless */
	return map_cached(f, folio);
}

static int fill_continue(struct fill *f)
{
	struct address_space *m = f->vma->vm_file->f_mapping;
	struct folio *folio = filemap_lock_folio(m, linear_page_index(f->vma, f->dst));

	return IS_ERR(folio) ? -EFAULT : map_cached(f, folio);
}

/* Return: 0, -EEXIST, -EFAULT, -ENOMEM; -ENOENT: the source has to be faulted in */
static int fill_page(struct fill *f)
{
	bool shared = f->vma->vm_flags & VM_SHARED;

	switch (f->kind) {
	case UFFD_FILL_COPY:
		return shared ? fill_shared(f) : fill_private(f);
	case UFFD_FILL_ZERO:
		return shared ? fill_shared(f) : fill_zero(f);
	case UFFD_FILL_CONTINUE:
		return fill_continue(f);
	default:
		return set_entry(f, make_pte_marker(PTE_MARKER_POISONED), NULL, NULL, false);
	}
}

/* the VMA of all of [start, start + len). Return: 0, -ENOENT, -EAGAIN, -EINVAL, -ENOMEM */
static int find_target(struct fill *f, struct userfaultfd_ctx *ctx, unsigned long start,
		       unsigned long len)
{
	struct vm_area_struct *vma = vma_lookup(f->mm, start);

	f->vma = vma;
	if (!vma || !vma->vm_userfaultfd_ctx || vma->vm_end - start < len)
		return -ENOENT;
	if (!(vma->vm_flags & VM_SHARED) && anon_vma_prepare(vma))
		return -ENOMEM;
	if (atomic_read(&ctx->mmap_changing))
		return -EAGAIN;
	if (f->wp && !userfaultfd_wp(vma))
		return -EINVAL;
	return f->kind == UFFD_FILL_CONTINUE && !vma_is_shmem(vma) ? -EINVAL : 0;
}

/* Context: mmap_lock held for reading. Return: 0, or what fill_page() says, at f->dst */
static int fill_some(struct fill *f, unsigned long end)
{
	int err = 0;

	while (f->dst < end && !err) {
		err = fill_page(f);
		if (err)
			break;
		f->bounced = false;
		f->dst += PAGE_SIZE;
		f->src += PAGE_SIZE;
		if (fatal_signal_pending(current))
			err = -EINTR;
		cond_resched();
	}
	return err;
}

static int bounce_source(struct fill *f)
{
	if (!f->bounce)
		f->bounce = alloc_page(GFP_USER);
	if (!f->bounce)
		return -ENOMEM;
	if (copy_from_user(page_address(f->bounce), (const void __user *)f->src, PAGE_SIZE))
		return -EFAULT;
	f->bounced = true;
	return 0;
}

/**
 * userfaultfd_fill - fill [@dst, @dst + @len) of ctx->mm.
 * @src: current's address, for UFFD_FILL_COPY. @wp: write-protect what is filled.
 * Context: may sleep.
 * Return: bytes filled, if any; -ENOENT: not within one registered VMA; -EINVAL: not of
 * the kind; -EEXIST: something is mapped; -EFAULT: the source, or the file ends before, or
 * it has no page to continue with; -EAGAIN: mappings change; -ESRCH: the process has gone;
 * -ENOMEM, -EINTR.
 */
ssize_t userfaultfd_fill(struct userfaultfd_ctx *ctx, enum uffd_fill_kind kind, unsigned long dst,
			 unsigned long src, unsigned long len, bool wp)
{
	struct fill f = { .mm = ctx->mm, .kind = kind, .wp = wp, .dst = dst, .src = src };
	int err;

	if (!mmget_not_zero(f.mm))
		return -ESRCH;
	do {
		bool source = false;

		mmap_read_lock(f.mm);
		err = find_target(&f, ctx, dst, len);
		if (!err) {
			err = fill_some(&f, dst + len);
			source = err == -ENOENT;
		}
		mmap_read_unlock(f.mm);
		if (!source)
			break;
		err = bounce_source(&f);
	} while (!err);
	if (f.bounce)
		__free_page(f.bounce);
	mmput(f.mm);
	return f.dst > dst ? (ssize_t)(f.dst - dst) : err;
}
