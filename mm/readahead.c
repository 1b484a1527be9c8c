// SPDX-License-Identifier: GPL-2.0-only
/*
 * Read-ahead: reading more than was asked for, before it is asked for.
 *
 * Each open file has a window: pages [start, start + size), of which the last
 * async_size are not needed yet. The first of those is marked PG_readahead; who
 * touches it starts the next window while the rest of this one is consumed.
 *
 *	|------- size -------|
 *	|-- in use --|- async_size -|
 *	             ^ PG_readahead
 *
 * A read that misses at the file's start, right behind the previous read, or
 * behind a run of cached pages opens a window; any other miss reads what was
 * asked for and nothing more. Windows grow up to ra_pages.
 *
 * New folios are inserted and handed to ->readahead locked, under
 * invalidate_lock; reads end in interrupts, which unlock them.
 */
#include <mm/mm.h>
#include <mm/page_alloc.h>
#include <fs/fs.h>
#include "internal_cache.h"

#define RA_PAGES_DEFAULT 64		/* 256 KiB */
#define RA_FORCE_CHUNK	512		/* pages inserted between two looks at the clock */

/** file_ra_state_init - at open. */
void file_ra_state_init(struct file_ra_state *ra, struct address_space *m)
{
	*ra = (struct file_ra_state){ .ra_pages = RA_PAGES_DEFAULT, .prev_pos = -1 };
}

/**
 * readahead_folio - the next folio that ->readahead should read.
 * Return: locked, the reference is the cache's; NULL at the end.
 */
struct folio *readahead_folio(struct readahead_control *rac)
{
	struct folio *f;

	if (!rac->_nr_pages)
		return NULL;
	rac->_nr_pages--;
	/* without a lock: a node in which there is a locked folio stays */
	f = xas_next(&rac->_xas);
	VM_BUG_ON(!folio_test_locked(f));
	/* locked and in the cache: the cache's reference keeps it */
	folio_put(f);
	return f;
}

/* Let the filesystem read the _nr_pages locked folios from _xas on. */
static void read_pages(struct readahead_control *rac)
{
	const struct address_space_operations *ops = rac->mapping->a_ops;
	struct folio *f;

	if (!rac->_nr_pages)
		return;
	if (ops->readahead) {
		ops->readahead(rac);
		/* what it did not want is read one by one when needed */
		while ((f = readahead_folio(rac)))
			folio_unlock(f);
	} else {
		while ((f = readahead_folio(rac)))
			ops->read_folio(rac->file, f);
	}
	VM_BUG_ON(rac->_nr_pages);
}

/*
 * Insert and read the absent ones among @nr pages from rac->_index on; page
 * @nr - @lookahead is marked.
 */
static void page_cache_ra_unbounded(struct readahead_control *rac, unsigned long nr,
				    unsigned long lookahead)
{
	struct address_space *m = rac->mapping;
	pgoff_t index = rac->_index;
	gfp_t gfp = m->gfp_mask | __GFP_NORETRY | __GFP_NOWARN;

	rac->_nr_pages = 0;
	rac->_xas = (struct xa_state)__XA_STATE(&m->i_pages, index);
	down_read(&m->invalidate_lock);
	for (unsigned long i = 0; i < nr; i++) {
		struct folio *f = xa_load(&m->i_pages, index + i);

		if (!f) {
			f = filemap_alloc_folio(gfp, 0);
			if (!f)
				break;
			if (i == nr - lookahead)
				f->flags |= 1UL << PG_readahead;
			if (filemap_add_folio(m, f, index + i, gfp) == 0) {
				rac->_nr_pages++;
				continue;
			}
			folio_put(f);
		}
		read_pages(rac);
		xas_set(&rac->_xas, index + i + 1);
	}
	read_pages(rac);
	up_read(&m->invalidate_lock);
}

/* The same, not beyond the end of the file. */
static void do_page_cache_ra(struct readahead_control *rac, unsigned long nr,
			     unsigned long lookahead)
{
	loff_t isize = i_size_read(rac->mapping->host);
	pgoff_t index = rac->_index, end_index;

	if (isize <= 0)
		return;
	end_index = (isize - 1) >> PAGE_SHIFT;
	if (index > end_index)
		return;
	if (nr > end_index - index + 1) {
		unsigned long cut = nr - (end_index - index + 1);

		nr -= cut;
		/* the mark would lie beyond the end: there is no next window */
		lookahead = lookahead > cut ? lookahead - cut : 0;
	}
	page_cache_ra_unbounded(rac, nr, lookahead);
}

/**
 * force_page_cache_readahead - read @nr pages from @index on, whatever the window
 * says. For WILLNEED and the like. Context: may sleep; @file may be NULL.
 */
void force_page_cache_readahead(struct address_space *m, struct file *file, pgoff_t index,
				unsigned long nr)
{
	if (!m->a_ops || (!m->a_ops->read_folio && !m->a_ops->readahead))
		return;
	nr = min(nr, nr_free_buffer_pages());
	while (nr) {
		unsigned long n = min_t(unsigned long, nr, RA_FORCE_CHUNK);
		struct readahead_control rac = { .file = file, .mapping = m, ._index = index };

		do_page_cache_ra(&rac, n, 0);
		index += n;
		nr -= n;
		cond_resched();
	}
}

static unsigned int init_window(unsigned long req, unsigned int max)
{
	unsigned int size = 1;

	while (size < req && size < max)
		size <<= 1;
	if (size <= max / 32)
		return size * 4;
	if (size <= max / 4)
		return size * 2;
	return max;
}

static unsigned int next_window(unsigned int cur, unsigned int max)
{
	if (cur < max / 16)
		return 4 * cur;
	if (cur <= max / 2)
		return 2 * cur;
	return max;
}

void page_cache_ra_window(struct readahead_control *rac)
{
	struct file_ra_state *ra = rac->ra;

	rac->_index = ra->start;
	do_page_cache_ra(rac, ra->size, ra->async_size);
}

static void open_window(struct readahead_control *rac, unsigned long req, unsigned int max)
{
	struct file_ra_state *ra = rac->ra;

	ra->start = rac->_index;
	ra->size = init_window(req, max);
	ra->async_size = ra->size > req ? ra->size - req : ra->size / 2;
	page_cache_ra_window(rac);
}

/* Pages in the cache right before @index, counted up to @max. */
static unsigned long count_history(struct address_space *m, pgoff_t index, unsigned long max)
{
	unsigned long n = 0;

	rcu_read_lock();
	while (n < max && n < index && xa_load(&m->i_pages, index - n - 1))
		n++;
	rcu_read_unlock();
	return n;
}

/**
 * page_cache_sync_ra - page rac->_index is absent and wanted now, with the
 * @req_count - 1 behind it. Context: may sleep.
 */
void page_cache_sync_ra(struct readahead_control *rac, unsigned long req_count)
{
	struct file_ra_state *ra = rac->ra;
	unsigned int max = ra->ra_pages;
	pgoff_t index = rac->_index;
	unsigned long history;

	if (!max) {			/* POSIX_FADV_RANDOM */
		do_page_cache_ra(rac, min_t(unsigned long, req_count, RA_FORCE_CHUNK), 0);
		return;
	}
	if (req_count > max)
		max = min_t(unsigned long, req_count, 4 * max);
	if (!index || req_count > max || index - (pgoff_t)(ra->prev_pos >> PAGE_SHIFT) <= 1) {
		open_window(rac, req_count, max);
		return;
	}
	history = count_history(rac->mapping, index, max);
	if (history <= req_count) {
		do_page_cache_ra(rac, req_count, 0);
		return;
	}
	/* the file has been read from its start so far: trust the run more */
	if (history >= index)
		history *= 2;
	ra->start = index;
	ra->size = min_t(unsigned long, history + req_count, max);
	ra->async_size = 1;
	page_cache_ra_window(rac);
}

/**
 * page_cache_async_ra - @folio, marked PG_readahead, was touched: start the next
 * window. Context: may sleep.
 */
void page_cache_async_ra(struct readahead_control *rac, struct folio *folio,
			 unsigned long req_count)
{
	struct file_ra_state *ra = rac->ra;
	unsigned int max = ra->ra_pages;
	pgoff_t index = folio->index, start;

	folio_clear_readahead(folio);
	if (!max)
		return;
	if (index == ra->start + ra->size - ra->async_size || index == ra->start + ra->size) {
		ra->start += ra->size;
		ra->size = next_window(ra->size, max);
	} else {
		/* another reader's mark: go on behind what is cached */
		rcu_read_lock();
		for (start = index + 1; start - index <= max; start++)
			if (!xa_load(&rac->mapping->i_pages, start))
				break;
		rcu_read_unlock();
		if (start - index > max)
			return;
		ra->start = start;
		ra->size = next_window(start - index + req_count, max);
	}
	ra->async_size = ra->size;
	page_cache_ra_window(rac);
}
