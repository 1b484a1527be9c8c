// SPDX-License-Identifier: GPL-2.0-only
/*
 * Page faults on mappings of cached files.
 *
 * filemap_map_pages() maps what is cached around the fault and needs nothing.
 * filemap_fault() gives the folio, locked: under that lock its index was below
 * the end of the file, so truncation, which locks each folio it removes, finds
 * it mapped. Beyond the end: SIGBUS.
 *
 * Waiting for the disk is done without the address space's lock, if the caller
 * is prepared for that (FAULT_FLAG_KILLABLE): the fault answers VM_FAULT_RETRY
 * and begins anew when the page is there. A read that failed leaves PG_error,
 * so that the next round reads with the lock held and can answer SIGBUS.
 *
 * Locks: mmap_lock or VMA lock -> invalidate_lock -> folio lock -> ptl.
 */
#include <kernel/sched.h>
#include <mm/mm.h>
#include <mm/reclaim.h>
#include <fs/fs.h>
#include "internal_cache.h"

#define MMAP_LOTSAMISS	100

static inline pgoff_t file_pages(const struct inode *inode)
{
	return ((u64)i_size_read(inode) + PAGE_SIZE - 1) >> PAGE_SHIFT;
}

static inline bool may_drop_lock(const struct vm_fault *vmf)
{
	return vmf->flags & FAULT_FLAG_KILLABLE;
}

/* Read around a fault that missed, unless the mapping is used at random. */
static void mmap_readahead(struct file *file, unsigned long vm_flags, pgoff_t index)
{
	struct file_ra_state *ra = &file->f_ra;
	struct readahead_control rac = {
		.file = file, .mapping = file->f_mapping, .ra = ra, ._index = index,
	};

	if ((vm_flags & VM_RAND_READ) || !ra->ra_pages)
		return;
	if (vm_flags & VM_SEQ_READ) {
		page_cache_sync_ra(&rac, ra->ra_pages);
		return;
	}
	if (ra->mmap_miss < MMAP_LOTSAMISS * 10)
		ra->mmap_miss++;
	if (ra->mmap_miss > MMAP_LOTSAMISS)
		return;
	ra->start = index > ra->ra_pages / 2 ? index - ra->ra_pages / 2 : 0;
	/* a file read from its beginning: nothing of the window lies behind the fault */
	if (xa_load(&file->f_mapping->i_pages, index ? index - 1 : 0) || !index)
		ra->start = index;
	ra->size = ra->ra_pages;
	ra->async_size = ra->ra_pages / 4;
	page_cache_ra_window(&rac);
}

static void mmap_readahead_next(struct file *file, unsigned long vm_flags, struct folio *f)
{
	struct file_ra_state *ra = &file->f_ra;
	struct readahead_control rac = {
		.file = file, .mapping = file->f_mapping, .ra = ra, ._index = f->index,
	};

	if (ra->mmap_miss)
		ra->mmap_miss--;
	if ((vm_flags & VM_RAND_READ) || !folio_test_readahead(f))
		return;
	page_cache_async_ra(&rac, f, ra->ra_pages);
}

/*
 * Get page @index into the cache and uptodate. Context: sleeps, killable.
 * Return: 0 or -errno; a failed read leaves PG_error.
 */
static int fault_read(struct file *file, unsigned long vm_flags, pgoff_t index)
{
	struct address_space *m = file->f_mapping;
	struct folio *f;
	int err;

	if (!xa_load(&m->i_pages, index))
		mmap_readahead(file, vm_flags, index);
	down_read(&m->invalidate_lock);
	f = __filemap_get_folio(m, index, FGP_CREAT, m->gfp_mask);
	if (IS_ERR(f)) {
		up_read(&m->invalidate_lock);
		return PTR_ERR(f);
	}
	err = folio_lock_killable(f);
	if (!err && f->mapping == m && !folio_test_uptodate(f)) {
		err = filemap_read_folio(file, m, f);
		if (err && err != -EINTR)
			folio_set_error(f);
	} else if (!err) {
		folio_unlock(f);
	}
	up_read(&m->invalidate_lock);
	folio_put(f);
	return err;
}

/* Do the reading without the address space's lock. Return: VM_FAULT_RETRY | MAJOR. */
static vm_fault_t fault_read_unlocked(struct vm_fault *vmf)
{
	struct file *file = get_file(vmf->vma->vm_file);
	unsigned long vm_flags = vmf->vma->vm_flags;
	pgoff_t index = vmf->pgoff;

	release_fault_lock(vmf);
	/* errors are found again by the next round: see the head of this file */
	fault_read(file, vm_flags, index);
	fput(file);
	return VM_FAULT_RETRY | VM_FAULT_MAJOR;
}

static vm_fault_t fault_error(int err)
{
	return err == -ENOMEM ? VM_FAULT_OOM : VM_FAULT_SIGBUS;
}

/*
 * Lock @f for the fault. Return: 0, locked; VM_FAULT_RETRY: the address space was let
 * go and so was @f's reference.
 */
static vm_fault_t lock_folio_for_fault(struct vm_fault *vmf, struct folio *f)
{
	if (likely(folio_trylock(f)))
		return 0;
	if (!may_drop_lock(vmf)) {
		folio_lock(f);
		return 0;
	}
	release_fault_lock(vmf);
	/* if it is killed, do_user_fault() sees that */
	if (folio_wait_locked_killable(f))
		barrier();
	folio_put(f);
	return VM_FAULT_RETRY;
}

/**
 * filemap_fault - ->fault of mappings of cached files.
 * Context: the address space's lock held; sleeps.
 * Return: VM_FAULT_LOCKED with vmf->folio referenced, | VM_FAULT_MAJOR; VM_FAULT_RETRY
 * (lock released); VM_FAULT_SIGBUS; VM_FAULT_OOM.
 */
vm_fault_t filemap_fault(struct vm_fault *vmf)
{
	struct file *file = vmf->vma->vm_file;
	struct address_space *m = file->f_mapping;
	pgoff_t index = vmf->pgoff;
	vm_fault_t ret = 0, r;
	struct folio *f;
	int err;

	for (;;) {
		if (unlikely(index >= file_pages(m->host)))
			return VM_FAULT_SIGBUS;
		f = filemap_get_folio(m, index);
		if (likely(f))
			mmap_readahead_next(file, vmf->vma->vm_flags, f);
		if (likely(f && folio_test_uptodate(f))) {
			r = lock_folio_for_fault(vmf, f);
			if (unlikely(r))
				return r | ret;
			if (likely(f->mapping == m && folio_test_uptodate(f)))
				break;
			folio_unlock(f);
			folio_put(f);
			continue;
		}
		count_vm_events(PGMAJFAULT, 1);
		ret = VM_FAULT_MAJOR;
		err = f && folio_test_error(f);
		if (f)
			folio_put(f);
		if (may_drop_lock(vmf) && !err)
			return fault_read_unlocked(vmf);
		err = fault_read(file, vmf->vma->vm_flags, index);
		if (err)
			return ret | fault_error(err);
	}
	/* truncation may have come in between; from here on it waits for the lock */
	if (unlikely(index >= file_pages(m->host))) {
		folio_unlock(f);
		folio_put(f);
		return VM_FAULT_SIGBUS;
	}
	vmf->folio = f;
	return ret | VM_FAULT_LOCKED;
}

/**
 * filemap_map_pages - map what is cached, uptodate and not locked of pages [@start, @end].
 * vmf->pte is the entry of vmf->pgoff, and the entries of the range are in its table.
 * Context: takes the ptl; does not sleep.
 * Return: VM_FAULT_NOPAGE if vmf->pgoff is mapped now, else 0.
 */
vm_fault_t filemap_map_pages(struct vm_fault *vmf, pgoff_t start, pgoff_t end)
{
	struct vm_area_struct *vma = vmf->vma;
	struct address_space *m = vma->vm_file->f_mapping;
	const unsigned long mask = 1UL << PG_uptodate | 1UL << PG_locked | 1UL << PG_readahead;
	pte_t proto = pte_mkyoung(pfn_pte(0, vma->vm_page_prot));
	spinlock_t *ptl = pte_lockptr(vmf->pte);
	XA_STATE(xas, &m->i_pages, start);
	unsigned int nr = 0, nr_new = 0;
	vm_fault_t ret = 0;
	struct folio *f;
	pgoff_t max;

	if (pte_write(proto))
		proto = pte_mkdirty(proto);
	spin_lock(ptl);
	/* truncate lowers the size, then zaps under this lock: no entry beyond it stays */
	max = file_pages(m->host);
	if (unlikely(!max || start >= max))
		goto out;
	end = min(end, max - 1);
	/*
	 * Who removes a folio holds its lock until the lookups under way are over: one
	 * that can be locked here is in the cache, and stays while it is locked.
	 */
	cache_lookup_begin();
	xas_for_each(&xas, f, end) {
		pte_t *pte = vmf->pte + (long)(xas.xa_index - vmf->pgoff);

		if (unlikely(xa_is_internal(f)))
			break;
		if (!pte_none(pte_read(pte)) || (READ_ONCE(f->flags) & mask) != 1UL << PG_uptodate)
			continue;
		if (unlikely(!folio_trylock(f)))
			continue;
		if (unlikely(!folio_test_uptodate(f))) {
			folio_unlock(f);
			continue;
		}
		folio_get(f);
		/* folio_add_file_rmap(), with the counters at the end */
		if (atomic_fetch_add_relaxed(1, &f->_mapcount) == 0)
			nr_new++;
		pte_set(pte, pfn_pte(folio_pfn(f), __pgprot(pte_val(proto))));
		nr++;
		if (xas.xa_index == vmf->pgoff)
			ret = VM_FAULT_NOPAGE;
		folio_unlock(f);
	}
	cache_lookup_end();
	if (nr)
		add_mm_counter(vma->vm_mm, m->flags & (1UL << AS_SHMEM) ? MM_SHMEMPAGES : MM_FILEPAGES,
			       nr);
	if (nr_new)
		mod_node_stat(NR_FILE_MAPPED, nr_new);
out:
	spin_unlock(ptl);
	return ret;
}

/**
 * filemap_page_mkwrite - ->page_mkwrite where a page may be dirtied without preparation.
 * Context: sleeps. Return: VM_FAULT_LOCKED, dirty; VM_FAULT_NOPAGE: it was truncated,
 * fault again.
 */
vm_fault_t filemap_page_mkwrite(struct vm_fault *vmf)
{
	struct file *file = vmf->vma->vm_file;
	struct folio *f = vmf->folio;

	file_update_time(file);
	folio_lock(f);
	if (unlikely(f->mapping != file->f_mapping)) {
		folio_unlock(f);
		return VM_FAULT_NOPAGE;
	}
	folio_mark_dirty(f);
	return VM_FAULT_LOCKED;
}

const struct vm_operations_struct generic_file_vm_ops = {
	.fault		= filemap_fault,
	.map_pages	= filemap_map_pages,
	.page_mkwrite	= filemap_page_mkwrite,
};

/** generic_file_mmap - ->mmap of files in the page cache. Return: 0 or -ENOEXEC. */
int generic_file_mmap(struct file *file, struct vm_area_struct *vma)
{
	const struct address_space_operations *ops = file->f_mapping->a_ops;

	if (!ops || !ops->read_folio)
		return -ENOEXEC;
	file_accessed(file);
	vma->vm_ops = &generic_file_vm_ops;
	return 0;
}
