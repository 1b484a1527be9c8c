// SPDX-License-Identifier: GPL-2.0-only
/*
 * Dirty folios: marking, counting, limiting, and handing them to the writer.
 *
 *	clean --folio_mark_dirty--> dirty --folio_clear_dirty_for_io--> (locked, clean)
 *	      <-folio_end_writeback-- writeback <--folio_start_writeback--'
 *
 * A folio can be dirtied again while it is under write-back; it then is both, and
 * is written once more. folio_clear_dirty_for_io() write-protects all mappings
 * first, so that such a store is seen.
 *
 * D1. A folio of a mapping with write-back and PG_dirty is counted in NR_FILE_DIRTY.
 * D2. PG_writeback and its mark change together under i_pages_lock; a folio with
 *     it stays in the cache.
 *
 * tmpfs folios are dirty all their life and not counted.
 */
#include <kernel/percpu.h>
#include <kernel/sched.h>
#include <kernel/timer.h>
#include <mm/mm.h>
#include <mm/page_alloc.h>
#include <mm/reclaim.h>
#include <mm/writeback.h>
#include <fs/fs.h>
#include "internal_cache.h"

int dirty_background_ratio = 10, vm_dirty_ratio = 20;	/* per cent of usable memory */
unsigned long dirty_background_bytes, vm_dirty_bytes;	/* instead, if not 0 */
unsigned int dirty_writeback_interval_cs = 500, dirty_expire_interval_cs = 3000;

#define RATELIMIT_PAGES 32	/* a hart dirties so many between two looks at the limits */
#define THROTTLE_NS	(10 * NSEC_PER_MSEC)

static DEFINE_PER_CPU(unsigned int, bdp_dirtied);

void account_dirtied(struct address_space *m)
{
	if (!mapping_accounts_dirty(m))
		return;
	mod_node_stat(NR_FILE_DIRTY, 1);
	mod_node_stat(NR_DIRTIED, 1);
	this_cpu_inc(bdp_dirtied);
}

void account_cleaned(struct address_space *m)
{
	if (mapping_accounts_dirty(m))
		mod_node_stat(NR_FILE_DIRTY, -1);
}

/**
 * folio_mark_dirty - the content of @f is newer than its store's.
 * Context: does not sleep; the folio lock or a mapping keeps @f in the cache, or it may
 * have been truncated. Return: true if it was clean.
 */
bool folio_mark_dirty(struct folio *f)
{
	struct address_space *m;

	if (unlikely(f->type != PGTY_FILE))
		return !folio_test_dirty(f) && !folio_test_set_dirty(f);
	m = READ_ONCE(f->mapping);
	if (unlikely(!m))
		return !folio_test_set_dirty(f);
	return m->a_ops->dirty_folio ? m->a_ops->dirty_folio(m, f) : filemap_dirty_folio(m, f);
}

/** filemap_dirty_folio - ->dirty_folio of filesystems with write-back. Return: as above. */
bool filemap_dirty_folio(struct address_space *m, struct folio *f)
{
	unsigned long flags;

	if (folio_test_dirty(f) || folio_test_set_dirty(f))
		return false;
	spin_lock_irqsave(&m->i_pages_lock, flags);
	if (likely(f->mapping == m)) {
		xa_set_mark(&m->i_pages, f->index, PAGECACHE_TAG_DIRTY);
		account_dirtied(m);
	}
	spin_unlock_irqrestore(&m->i_pages_lock, flags);
	__mark_inode_dirty(m->host, I_DIRTY_PAGES);
	return true;
}

/** noop_dirty_folio - ->dirty_folio where memory is the store. Return: as above. */
bool noop_dirty_folio(struct address_space *m, struct folio *f)
{
	return !folio_test_dirty(f) && !folio_test_set_dirty(f);
}

/**
 * folio_clear_dirty_for_io - before writing: stores from now on make it dirty again.
 * The mark in the xarray stays until folio_start_writeback() or a new dirtying.
 * Context: folio locked; sleeps. Return: whether it was dirty and is to be written.
 */
bool folio_clear_dirty_for_io(struct folio *f)
{
	struct address_space *m = f->mapping;

	VM_BUG_ON(!folio_test_locked(f));
	if (folio_mapped(f) && folio_mkclean(f))
		folio_mark_dirty(f);
	if (!folio_test_dirty(f) || !folio_test_clear_dirty(f))
		return false;
	if (m)
		account_cleaned(m);
	return true;
}

/** folio_redirty_for_writepage - it was not written after all. Folio locked. */
void folio_redirty_for_writepage(struct writeback_control *wbc, struct folio *f)
{
	wbc->nr_to_write++;
	filemap_dirty_folio(f->mapping, f);
}

/** folio_start_writeback - its write is about to be submitted. Context: folio locked. */
void folio_start_writeback(struct folio *f)
{
	struct address_space *m = f->mapping;
	unsigned long flags;

	VM_BUG_ON(!folio_test_locked(f) || folio_test_writeback(f));
	spin_lock_irqsave(&m->i_pages_lock, flags);
	XA_STATE(xas, &m->i_pages, f->index);
	xas_load(&xas);
	folio_set_writeback(f);
	xas_set_mark(&xas, PAGECACHE_TAG_WRITEBACK);
	if (!folio_test_dirty(f))
		xas_clear_mark(&xas, PAGECACHE_TAG_DIRTY);
	xas_clear_mark(&xas, PAGECACHE_TAG_TOWRITE);
	spin_unlock_irqrestore(&m->i_pages_lock, flags);
	mod_node_stat(NR_WRITEBACK, 1);
}

/**
 * folio_end_writeback - the write ended, well or not (mapping_set_error() came before).
 * Context: any. @f may be gone when this returns.
 */
void folio_end_writeback(struct folio *f)
{
	struct address_space *m = f->mapping;
	unsigned long flags, old;

	VM_BUG_ON(!folio_test_writeback(f));
	spin_lock_irqsave(&m->i_pages_lock, flags);
	xa_clear_mark(&m->i_pages, f->index, PAGECACHE_TAG_WRITEBACK);
	old = __atomic_fetch_and(&f->flags, ~(1UL << PG_writeback | 1UL << PG_reclaim |
					      1UL << PG_waiters), __ATOMIC_RELEASE);
	spin_unlock_irqrestore(&m->i_pages_lock, flags);
	mod_node_stat(NR_WRITEBACK, -1);
	mod_node_stat(NR_WRITTEN, 1);
	if (unlikely(old & (1UL << PG_waiters))) {
		smp_mb();
		folio_wake(f);
	}
}

/**
 * tag_pages_for_writeback - mark TOWRITE what is dirty now in [@start, @end], so that
 * a sync ends although others go on dirtying.
 */
void tag_pages_for_writeback(struct address_space *m, pgoff_t start, pgoff_t end)
{
	XA_STATE(xas, &m->i_pages, start);
	unsigned int tagged = 0;
	void *f;

	spin_lock_irq(&m->i_pages_lock);
	xas_for_each_marked(&xas, f, end, PAGECACHE_TAG_DIRTY) {
		xas_set_mark(&xas, PAGECACHE_TAG_TOWRITE);
		if (++tagged % 1024)
			continue;
		xas_pause(&xas);
		spin_unlock_irq(&m->i_pages_lock);
		cond_resched();
		spin_lock_irq(&m->i_pages_lock);
	}
	spin_unlock_irq(&m->i_pages_lock);
}

/* Write one folio of write_cache_pages(). Return: 0, also if there is nothing to do; -errno. */
static int write_one_folio(struct address_space *m, struct folio *f, struct writeback_control *wbc,
			   writepage_t fn, void *data)
{
	folio_lock(f);
	if (unlikely(f->mapping != m) || !folio_test_dirty(f))
		goto skip;
	if (folio_test_writeback(f)) {
		if (wbc->sync_mode == WB_SYNC_NONE)
			goto skip;
		folio_wait_writeback(f);
	}
	if (!folio_clear_dirty_for_io(f))
		goto skip;
	wbc->nr_to_write--;
	return fn(f, wbc, data);
skip:
	folio_unlock(f);
	return 0;
}

/*
 * One stretch [@index, @end] of write_cache_pages(). *@ret gets the first error.
 * Return: 0: all done; else where to go on next time.
 */
static pgoff_t write_stretch(struct address_space *m, struct writeback_control *wbc, pgoff_t index,
			     pgoff_t end, writepage_t fn, void *data, int *ret)
{
	bool sync = wbc->sync_mode == WB_SYNC_ALL;
	int tag = sync || wbc->tagged_writepages ? PAGECACHE_TAG_TOWRITE : PAGECACHE_TAG_DIRTY;
	struct folio *batch[FOLIO_BATCH] __uninit;
	pgoff_t stopped = 0;
	unsigned int n;
	int err;

	if (tag == PAGECACHE_TAG_TOWRITE)
		tag_pages_for_writeback(m, index, end);
	while (!stopped && index <= end) {
		n = filemap_get_folios_tag(m, &index, end, tag, batch, FOLIO_BATCH);
		if (!n)
			break;
		for (unsigned int i = 0; i < n; i++) {
			struct folio *f = batch[i];
			pgoff_t next = f->index + 1;

			if (!stopped) {
				err = write_one_folio(m, f, wbc, fn, data);
				if (err && !*ret)
					*ret = err;
				if (!sync && (err || wbc->nr_to_write <= 0))
					stopped = next;
			}
			folio_put(f);
		}
		cond_resched();
		if (index == ULONG_MAX)
			break;
	}
	return stopped;
}

/**
 * write_cache_pages - hand the dirty folios of @wbc's range to @fn: locked, no longer
 * dirty, not under write-back. @fn starts the write and unlocks.
 * Context: sleeps. Return: 0, or the first -errno of @fn; with WB_SYNC_ALL the others
 * are written all the same.
 */
int write_cache_pages(struct address_space *m, struct writeback_control *wbc, writepage_t fn,
		      void *data)
{
	pgoff_t first = m->writeback_index, stopped;
	int ret = 0;

	if (!wbc->range_cyclic) {
		write_stretch(m, wbc, wbc->range_start >> PAGE_SHIFT, wbc->range_end >> PAGE_SHIFT,
			      fn, data, &ret);
		return ret;
	}
	/* on from where the last one stopped, then from the beginning up to there */
	stopped = write_stretch(m, wbc, first, ULONG_MAX, fn, data, &ret);
	if (!stopped && first)
		stopped = write_stretch(m, wbc, 0, first - 1, fn, data, &ret);
	m->writeback_index = stopped;
	return ret;
}

/**
 * global_dirty_limits - how many pages may be dirty before the flusher starts
 * (*@background), and before writers wait (*@dirty).
 */
void global_dirty_limits(unsigned long *background, unsigned long *dirty)
{
	unsigned long avail = nr_free_pages() + lru_pages(LRU_INACTIVE_FILE) +
			      lru_pages(LRU_ACTIVE_FILE);
	unsigned long reserve = zone_watermark_pages(WMARK_HIGH);

	avail = avail > reserve ? avail - reserve : 1;
	*dirty = vm_dirty_bytes ? PFN_UP(vm_dirty_bytes) : avail * vm_dirty_ratio / 100;
	*background = dirty_background_bytes ? PFN_UP(dirty_background_bytes)
					     : avail * dirty_background_ratio / 100;
	if (*background >= *dirty)
		*background = *dirty / 2;
}

/* Look at the limits; a writer beyond them waits until the flusher has caught up. */
static noinline void balance_dirty_pages(void)
{
	unsigned long background, dirty, nr;

	for (;;) {
		global_dirty_limits(&background, &dirty);
		nr = node_stat(NR_FILE_DIRTY) + node_stat(NR_WRITEBACK);
		if (nr > background)
			wakeup_flusher_threads();
		if (nr <= (background + dirty) / 2)
			return;
		if (current->flags & (PF_KTHREAD | PF_MEMALLOC) || fatal_signal_pending(current))
			return;
		__set_current_state(TASK_KILLABLE);
		schedule_timeout(THROTTLE_NS);
	}
}

/**
 * balance_dirty_pages_ratelimited - after dirtying a page of @m: wait if too much is
 * dirty. Context: sleeps; no folio lock held.
 */
void balance_dirty_pages_ratelimited(struct address_space *m)
{
	if (likely(this_cpu_read(bdp_dirtied) < RATELIMIT_PAGES))
		return;
	this_cpu_write(bdp_dirtied, 0);
	balance_dirty_pages();
}
