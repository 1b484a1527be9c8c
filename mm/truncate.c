// SPDX-License-Identifier: GPL-2.0-only
/*
 * Taking folios out of the cache: because their part of the file is gone
 * (truncate), or because nobody needs them now (invalidate).
 *
 * A filesystem that shrinks a file holds i_rwsem and invalidate_lock (both
 * exclusively), sets i_size, calls truncate_pagecache(), and only then frees
 * blocks. Between these steps faults see the new size and answer SIGBUS; a fault
 * that saw the old one holds a folio lock or a ptl, for which removal waits.
 *
 * The rest of the last page is zeroed in the cache here; that it becomes zero on
 * the disk too is the work of block_truncate_page() or of the next write-back.
 */
#include <lib/string.h>
#include <mm/mm.h>
#include <mm/reclaim.h>
#include <fs/fs.h>
#include "internal_cache.h"

/*
 * Bytes [off, off + len) of the locked folio are no longer backed by what the
 * private state says. Without an operation of its own a filesystem's state is the
 * block mapping of fs/mpage.c, which is only a memory of get_block.
 */
void folio_invalidate(struct folio *f, size_t off, size_t len)
{
	const struct address_space_operations *ops = f->mapping->a_ops;

	if (ops->invalidate_folio)
		ops->invalidate_folio(f, off, len);
	else
		WRITE_ONCE(f->private, 0);
}

/** folio_cancel_dirty - the content is no longer wanted on the disk. Folio locked. */
void folio_cancel_dirty(struct folio *f)
{
	if (folio_test_dirty(f) && folio_test_clear_dirty(f))
		account_cleaned(f->mapping);
}

/* Before a locked folio is removed. */
static inline void truncate_cleanup_folio(struct address_space *m, struct folio *f)
{
	if (unlikely(folio_mapped(f)))
		unmap_mapping_range(m, folio_pos(f), folio_size(f), false);
	if (f->private || m->a_ops->invalidate_folio)
		folio_invalidate(f, 0, folio_size(f));
	folio_cancel_dirty(f);
}

/* Remove @n locked, referenced folios; unlock and release them. */
static void truncate_batch(struct address_space *m, struct folio **batch, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		truncate_cleanup_folio(m, batch[i]);
	filemap_remove_batch(m, batch, n);
	for (unsigned int i = 0; i < n; i++) {
		if (m->a_ops->free_folio)
			m->a_ops->free_folio(batch[i]);
		folio_unlock(batch[i]);
	}
	folios_put(batch, n, 2);
}

/* The pages of [@start, @end) that are to be had without waiting. */
static void truncate_quick(struct address_space *m, pgoff_t start, pgoff_t end)
{
	struct folio *batch[FOLIO_BATCH] __uninit;
	unsigned int n, ready;

	while (start < end && (n = filemap_get_folios(m, &start, end - 1, batch, FOLIO_BATCH))) {
		ready = 0;
		for (unsigned int i = 0; i < n; i++) {
			struct folio *f = batch[i];

			if (!folio_trylock(f)) {
				folio_put(f);
				continue;
			}
			if (f->mapping != m || folio_test_writeback(f)) {
				folio_unlock(f);
				folio_put(f);
				continue;
			}
			batch[ready++] = f;
		}
		if (ready)
			truncate_batch(m, batch, ready);
		cond_resched();
	}
}

/* The rest, waiting for locks and writes, until there is nothing left. */
static void truncate_wait(struct address_space *m, pgoff_t start, pgoff_t end)
{
	struct folio *f;
	pgoff_t index;
	bool found;

	do {
		index = start;
		found = false;
		while (index < end && filemap_get_folios(m, &index, end - 1, &f, 1)) {
			found = true;
			folio_lock(f);
			folio_wait_writeback(f);
			if (f->mapping == m) {
				truncate_batch(m, &f, 1);
			} else {
				folio_unlock(f);
				folio_put(f);
			}
			cond_resched();
		}
	} while (found);
}

/* Zero bytes [@from, @to) of page @index, if it is cached. */
static void truncate_partial(struct address_space *m, pgoff_t index, size_t from, size_t to)
{
	struct folio *f = filemap_lock_folio(m, index);

	if (IS_ERR(f))
		return;
	folio_wait_writeback(f);
	if (folio_test_uptodate(f))
		memset(folio_address(f) + from, 0, to - from);
	folio_invalidate(f, from, to - from);
	folio_unlock(f);
	folio_put(f);
}

/**
 * truncate_inode_pages_range - drop bytes [@start, @end_incl] from the cache, whatever
 * their state; parts of pages are zeroed. @end_incl -1: all to the end.
 * Context: sleeps; nobody may insert into the range meanwhile.
 */
void truncate_inode_pages_range(struct address_space *m, loff_t start, loff_t end_incl)
{
	pgoff_t first = ((u64)start + PAGE_SIZE - 1) >> PAGE_SHIFT;
	pgoff_t end = end_incl == -1 ? ULONG_MAX : (u64)(end_incl + 1) >> PAGE_SHIFT;
	size_t head = offset_in_page(start);
	size_t tail = end_incl == -1 ? 0 : offset_in_page(end_incl + 1);

	if (!READ_ONCE(m->nrpages))
		return;
	truncate_quick(m, first, end);
	if (first > end) {		/* within one page */
		truncate_partial(m, end, head, tail);
		return;
	}
	if (head)
		truncate_partial(m, first - 1, head, PAGE_SIZE);
	if (tail)
		truncate_partial(m, end, 0, tail);
	if (READ_ONCE(m->nrpages))
		truncate_wait(m, first, end);
}

/** truncate_inode_pages - the same, from @start to the end. */
void truncate_inode_pages(struct address_space *m, loff_t start)
{
	truncate_inode_pages_range(m, start, -1);
}

/**
 * truncate_inode_pages_final - eviction: nothing stays. Context: no other users.
 */
void truncate_inode_pages_final(struct address_space *m)
{
	mapping_validate(m);
	truncate_inode_pages_range(m, 0, -1);
	/* the end of a write may still be between its last mark and its unlock */
	spin_lock_irq(&m->i_pages_lock);
	spin_unlock_irq(&m->i_pages_lock);
	VM_BUG_ON(m->nrpages);
}

/**
 * truncate_pagecache - the size was lowered to @newsize: unmap and drop what is beyond.
 * Private copies of such pages go too, since a fault there must be SIGBUS.
 * Context: sleeps; i_rwsem and invalidate_lock held exclusively.
 */
void truncate_pagecache(struct inode *inode, loff_t newsize)
{
	struct address_space *m = inode->i_mapping;
	loff_t hole = ((u64)newsize + PAGE_SIZE - 1) & PAGE_MASK;

	/*
	 * Twice: a private mapping may copy a page after the first time, until the
	 * page has left the cache.
	 */
	unmap_mapping_range(m, hole, 0, true);
	truncate_inode_pages(m, newsize);
	unmap_mapping_range(m, hole, 0, true);
}

/** truncate_setsize - set i_size, up or down, and make the cache agree. Context: as above. */
void truncate_setsize(struct inode *inode, loff_t newsize)
{
	loff_t old = inode->i_size;

	i_size_write(inode, newsize);
	if (newsize > old)
		pagecache_isize_extended(inode, old, newsize);
	else
		truncate_pagecache(inode, newsize);
}

/**
 * pagecache_isize_extended - the size grew from @from to @to, i_size is set. What a
 * mapping may have stored behind the old end inside its page becomes zero, and the
 * next store to that page asks the filesystem again for the blocks it now has.
 * Context: i_rwsem held; sleeps.
 */
void pagecache_isize_extended(struct inode *inode, loff_t from, loff_t to)
{
	size_t off = offset_in_page(from);
	struct folio *f;

	if (from >= to || !off)
		return;
	f = filemap_lock_folio(inode->i_mapping, from >> PAGE_SHIFT);
	if (IS_ERR(f))
		return;
	if (folio_mapped(f) && folio_mkclean(f))
		folio_mark_dirty(f);
	/* without a dirty page it was zeroed when it was read, or written back */
	if (folio_test_uptodate(f)) {
		loff_t end = min(to, folio_pos(f) + (loff_t)PAGE_SIZE);

		memset(folio_address(f) + off, 0, end - from);
	}
	folio_unlock(f);
	folio_put(f);
}

/**
 * truncate_pagecache_range - punch bytes [@start, @end_incl] out of the cache.
 * Context: i_rwsem and invalidate_lock held exclusively.
 */
void truncate_pagecache_range(struct inode *inode, loff_t start, loff_t end_incl)
{
	struct address_space *m = inode->i_mapping;
	loff_t from = ((u64)start + PAGE_SIZE - 1) & PAGE_MASK;
	loff_t to = (u64)(end_incl + 1) & PAGE_MASK;

	if (to > from)
		unmap_mapping_range(m, from, to - from, false);
	truncate_inode_pages_range(m, start, end_incl);
}

/*
 * Drop @f if that needs nothing: it is clean, unmapped, unlocked and unused.
 * Consumes the reference. Return: whether it is gone.
 */
static bool invalidate_folio_if_idle(struct address_space *m, struct folio *f)
{
	if (!folio_trylock(f)) {
		folio_put(f);
		return false;
	}
	if (f->mapping == m && !folio_test_dirty(f) && !folio_test_writeback(f) &&
	    !folio_mapped(f) && filemap_release_folio(f, 0) && filemap_remove_frozen(m, f)) {
		folio_unlock(f);
		__folio_put(f);
		return true;
	}
	folio_unlock(f);
	folio_put(f);
	return false;
}

/**
 * invalidate_mapping_pages - drop what is clean and unused of pages [@start, @end].
 * Context: may sleep. Return: how many pages.
 */
unsigned long invalidate_mapping_pages(struct address_space *m, pgoff_t start, pgoff_t end)
{
	struct folio *batch[FOLIO_BATCH] __uninit;
	unsigned long count = 0;
	unsigned int n;

	if (!READ_ONCE(m->nrpages) || (m->flags & (1UL << AS_SHMEM)))
		return 0;
	lru_add_drain();
	while (start <= end && (n = filemap_get_folios(m, &start, end, batch, FOLIO_BATCH))) {
		for (unsigned int i = 0; i < n; i++)
			count += invalidate_folio_if_idle(m, batch[i]);
		cond_resched();
		if (start == ULONG_MAX)
			break;
	}
	return count;
}

/**
 * invalidate_inode_pages2_range - drop pages [@start, @end], unmapping them and waiting
 * for writes, so that the next access reads the disk. Context: may sleep.
 * Return: 0, or -EBUSY if some are dirty (they stay).
 */
int invalidate_inode_pages2_range(struct address_space *m, pgoff_t start, pgoff_t end)
{
	struct folio *f;
	int ret = 0;

	if (!READ_ONCE(m->nrpages))
		return 0;
	while (start <= end && filemap_get_folios(m, &start, end, &f, 1)) {
		folio_lock(f);
		folio_wait_writeback(f);
		if (f->mapping == m && folio_mapped(f))
			unmap_mapping_range(m, folio_pos(f), folio_size(f), false);
		if (f->mapping == m && !folio_test_dirty(f) && filemap_release_folio(f, GFP_KERNEL)) {
			truncate_batch(m, &f, 1);
		} else {
			if (f->mapping == m)
				ret = -EBUSY;
			folio_unlock(f);
			folio_put(f);
		}
		if (start == ULONG_MAX)
			break;
	}
	return ret;
}
