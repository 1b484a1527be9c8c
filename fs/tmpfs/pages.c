// SPDX-License-Identifier: GPL-2.0-only
/*
 * The folios of tmpfs: the page cache is the store.
 *
 * A folio is dirty from birth, so that nobody takes it for a copy of something, and
 * it is on no reclaim list. A page that is absent is a hole: reading one
 * makes nothing; writing and faulting make it.
 *
 * T1. A folio in the cache is charged to the filesystem (used_blocks), to the inode
 *     (alloced, i_blocks) and, for files without a reservation, to vm_committed_as.
 *     The charge is made before the folio is inserted, alloced follows after.
 * T2. A folio that is not uptodate is locked by the write that fills it.
 *
 * Locks: as in mm/filemap.c. i_lock guards alloced.
 */
#include <lib/string.h>
#include <mm/mm.h>
#include <mm/page_alloc.h>
#include <mm/pagemap.h>
#include <mm/userfaultfd.h>
#include <linux/fcntl.h>
#include "tmpfs.h"

/* @pages more of the filesystem and of memory. 0, -ENOSPC. */
static int tmpfs_charge(struct inode *inode, long pages)
{
	struct tmpfs_sb *s = TMPFS_SB(inode->i_sb);

	if (s->max_blocks &&
	    (unsigned long)atomic64_add_return_relaxed(pages, &s->used_blocks) > s->max_blocks) {
		atomic64_sub(pages, &s->used_blocks);
		return -ENOSPC;
	}
	if ((TMPFS_I(inode)->vm_flags & VM_NORESERVE) &&
	    security_vm_enough_memory(current->mm, pages)) {
		if (s->max_blocks)
			atomic64_sub(pages, &s->used_blocks);
		return -ENOSPC;
	}
	return 0;
}

void tmpfs_uncharge(struct inode *inode, long pages)
{
	struct tmpfs_sb *s = TMPFS_SB(inode->i_sb);

	if (s->max_blocks)
		atomic64_sub(pages, &s->used_blocks);
	if (TMPFS_I(inode)->vm_flags & VM_NORESERVE)
		vm_unacct_memory(pages);
}

void tmpfs_recalc(struct inode *inode)
{
	struct tmpfs_inode *info = TMPFS_I(inode);
	long freed;

	spin_lock(&inode->i_lock);
	freed = info->alloced - (long)READ_ONCE(inode->i_mapping->nrpages);
	if (freed > 0) {
		info->alloced -= freed;
		inode->i_blocks -= (u64)freed << (PAGE_SHIFT - 9);
	}
	spin_unlock(&inode->i_lock);
	if (freed > 0)
		tmpfs_uncharge(inode, freed);
}

static inline void count_alloced(struct inode *inode)
{
	spin_lock(&inode->i_lock);
	TMPFS_I(inode)->alloced++;
	inode->i_blocks += PAGE_SIZE >> 9;
	spin_unlock(&inode->i_lock);
}

/* Fill the hole @index with @f, which gets locked; it was charged. 0, -EEXIST, -ENOMEM. */
static int insert_folio(struct inode *inode, pgoff_t index, struct folio *f, bool complete)
{
	struct address_space *m = inode->i_mapping;
	int err;

	f->flags |= 1UL << PG_dirty | 1UL << PG_swapbacked | (complete ? 1UL << PG_uptodate : 0);
	err = filemap_add_folio(m, f, index, m->gfp_mask);
	if (!err)
		count_alloced(inode);
	return err;
}

/* A new folio for the hole @index, locked; it was charged. 0, -EEXIST, -ENOMEM. */
static int add_folio(struct inode *inode, pgoff_t index, bool zero, struct folio **foliop)
{
	gfp_t gfp = inode->i_mapping->gfp_mask | (zero ? __GFP_ZERO : 0);
	struct folio *f = filemap_alloc_folio(gfp, 0);
	int err;

	if (!f)
		return -ENOMEM;
	err = insert_folio(inode, index, f, zero);
	if (err)
		folio_put(f);
	else
		*foliop = f;
	return err;
}

static int tmpfs_lock_folio(struct inode *inode, pgoff_t index, bool create, bool zero,
		     struct folio **foliop)
{
	struct address_space *m = inode->i_mapping;
	struct folio *f;
	int err;

	for (;;) {
		f = filemap_get_folio(m, index);
		if (f) {
			folio_lock(f);
			if (likely(f->mapping == m)) {
				*foliop = f;
				return 0;
			}
			folio_unlock(f);
			folio_put(f);
			continue;
		}
		*foliop = NULL;
		if (!create)
			return 0;
		err = tmpfs_charge(inode, 1);
		if (unlikely(err))
			return err;
		err = add_folio(inode, index, zero, foliop);
		if (likely(!err))
			return 0;
		tmpfs_uncharge(inode, 1);
		if (err != -EEXIST)
			return err;
	}
}

/* --- fallocate(2) --- */

/* @n folios of zeros on @list. 0, -ENOMEM, -EINTR: the process was killed. */
static int make_folios(struct inode *inode, long n, struct list_head *list)
{
	gfp_t gfp = inode->i_mapping->gfp_mask | __GFP_ZERO;

	for (; n > 0; n--) {
		struct folio *f;

		if (fatal_signal_pending(current))
			return -EINTR;
		f = filemap_alloc_folio(gfp, 0);
		if (!f)
			return -ENOMEM;
		list_add(&f->lru, list);
		cond_resched();
	}
	return 0;
}

/* The first folio of @list fills the hole @index, or is freed. 1, 0: a fault was faster, -ENOMEM. */
static int use_folio(struct inode *inode, pgoff_t index, struct list_head *list)
{
	struct folio *f = list_first_entry(list, struct folio, lru);
	int err;

	list_del(&f->lru);
	err = insert_folio(inode, index, f, true);
	if (!err)
		folio_unlock(f);
	folio_put(f);
	return !err ? 1 : err == -EEXIST ? 0 : err;
}

/**
 * tmpfs_fill_holes - make what is missing of pages [@first, @last].
 * All are charged and made before the first is put in, so that a failure changes nothing,
 * unless there is no memory for the tree that holds them.
 * Context: i_rwsem held; may sleep. Return: 0, -ENOSPC, -ENOMEM, -EINTR.
 */
int tmpfs_fill_holes(struct inode *inode, pgoff_t first, pgoff_t last)
{
	struct address_space *m = inode->i_mapping;
	long missing = last - first + 1;
	struct folio *f, *next;
	unsigned long index;
	LIST_HEAD(made);
	int ret;

	xa_for_each_range(&m->i_pages, index, f, first, last)
		missing--;
	if (missing <= 0)
		return 0;
	ret = tmpfs_charge(inode, missing);
	if (ret)
		return ret;
	ret = make_folios(inode, missing, &made);
	for (index = first; ret >= 0 && index <= last && !list_empty(&made); index++) {
		if (xa_load(&m->i_pages, index))
			continue;
		ret = use_folio(inode, index, &made);
		missing -= ret > 0;
		cond_resched();
	}
	list_for_each_entry_safe(f, next, &made, lru)
		folio_put(f);
	if (missing)
		tmpfs_uncharge(inode, missing);
	return min(ret, 0);
}

/* --- write(2) --- */

static int tmpfs_write_begin(struct file *file, struct address_space *m, loff_t pos,
			     unsigned int len, struct folio **foliop)
{
	struct inode *inode = m->host;
	unsigned int seals = TMPFS_I(inode)->seals;

	if (unlikely(seals & (F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_FUTURE_WRITE))) {
		if (seals & (F_SEAL_WRITE | F_SEAL_FUTURE_WRITE))
			return -EPERM;
		if ((seals & F_SEAL_GROW) && pos + (loff_t)len > inode->i_size)
			return -EPERM;
	}
	/* all of it will be overwritten: the zeros can be saved */
	return tmpfs_lock_folio(inode, pos >> PAGE_SHIFT, true, len != PAGE_SIZE, foliop);
}

static int tmpfs_write_end(struct file *file, struct address_space *m, loff_t pos,
			   unsigned int len, unsigned int copied, struct folio *f)
{
	struct inode *inode = m->host;
	loff_t old = inode->i_size;
	bool grown = copied && pos + (loff_t)copied > old;

	if (!folio_test_uptodate(f)) {
		if (unlikely(copied < PAGE_SIZE))
			memset(folio_address(f) + copied, 0, PAGE_SIZE - copied);
		folio_mark_uptodate(f);
	}
	if (grown)
		i_size_write(inode, pos + copied);
	if (!folio_test_dirty(f))
		folio_set_dirty(f);
	folio_unlock(f);
	folio_put(f);
	if (unlikely(grown && old < pos))
		pagecache_isize_extended(inode, old, pos);
	return copied;
}

const struct address_space_operations tmpfs_aops = {
	.dirty_folio	= noop_dirty_folio,
	.write_begin	= tmpfs_write_begin,
	.write_end	= tmpfs_write_end,
};

/* --- faults --- */

static inline bool beyond_end(const struct inode *inode, pgoff_t index)
{
	return index >= ((u64)i_size_read(inode) + PAGE_SIZE - 1) >> PAGE_SHIFT;
}

static vm_fault_t tmpfs_fault(struct vm_fault *vmf)
{
	struct inode *inode = vmf->vma->vm_file->f_mapping->host;
	struct address_space *m = inode->i_mapping;
	struct folio *f;
	int err = 0;

	if (unlikely(beyond_end(inode, vmf->pgoff)))
		return VM_FAULT_SIGBUS;
	f = filemap_get_folio(m, vmf->pgoff);
	if (unlikely(f && userfaultfd_minor(vmf->vma))) {
		folio_put(f);
		return handle_userfault(vmf, VM_UFFD_MINOR);
	}
	if (f) {
		folio_lock(f);
	} else if (unlikely(userfaultfd_missing(vmf->vma))) {
		return handle_userfault(vmf, VM_UFFD_MISSING);
	} else {
		/* excludes truncation, so that none appears behind the end */
		down_read(&m->invalidate_lock);
		if (!beyond_end(inode, vmf->pgoff))
			err = tmpfs_lock_folio(inode, vmf->pgoff, true, true, &f);
		up_read(&m->invalidate_lock);
		if (unlikely(err))
			return err == -ENOMEM ? VM_FAULT_OOM : VM_FAULT_SIGBUS;
		if (unlikely(!f))
			return VM_FAULT_SIGBUS;
	}
	if (unlikely(f->mapping != m || beyond_end(inode, vmf->pgoff))) {
		folio_unlock(f);
		folio_put(f);
		return VM_FAULT_NOPAGE;		/* look again */
	}
	vmf->folio = f;
	return VM_FAULT_LOCKED;
}

/**
 * shmem_add_folio - fill the hole @index with @f, whose content is complete.
 * Context: may sleep. Return: 0: @f is locked; -EEXIST: it is no hole; -EFAULT: beyond the
 * end of the file; -ENOMEM: out of memory, or of the filesystem's space.
 */
int shmem_add_folio(struct inode *inode, pgoff_t index, struct folio *f)
{
	struct address_space *m = inode->i_mapping;
	int err;

	if (tmpfs_charge(inode, 1))
		return -ENOMEM;
	down_read(&m->invalidate_lock);
	err = beyond_end(inode, index) ? -EFAULT : insert_folio(inode, index, f, true);
	up_read(&m->invalidate_lock);
	if (err)
		tmpfs_uncharge(inode, 1);
	return err;
}

const struct vm_operations_struct tmpfs_vm_ops = {
	.fault		= tmpfs_fault,
	.map_pages	= filemap_map_pages,
};
