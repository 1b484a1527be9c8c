// SPDX-License-Identifier: GPL-2.0-only
/*
 * The page cache: looking up, inserting and removing folios.
 *
 *	f = filemap_get_folio(m, index);	referenced, state unknown
 *	f = filemap_lock_folio(m, index);	and locked: state stable
 *	f = read_mapping_folio(m, index, NULL);	and uptodate
 *
 * P1. m->i_pages[i] is a folio with mapping == m, index == i, type PGTY_FILE, of
 *     which the cache holds one reference; m->nrpages counts them.
 * P2. A folio's mapping changes only under its lock and i_pages_lock.
 * P3. Mark DIRTY is set for every folio with PG_dirty (and stays until its write
 *     begins), mark WRITEBACK for every folio with PG_writeback.
 * P4. A folio is removed only clean, unmapped and not under write-back.
 *
 * A lookup takes no lock. It says that it is under way (cache_lookup_begin), and who
 * removes a folio waits for the lookups under way before giving up the cache's
 * reference. So what a lookup finds is a folio of this cache until it ends: never a
 * page that is something else by now, whose owner trusts in being alone. Only
 * reclaim's removal may have brought the count to 0, to see whether it may.
 *
 * i_pages_lock is taken with interrupts off, since writes end in interrupts.
 */
#include <arch/processor.h>
#include <kernel/sched.h>
#include <mm/mm.h>
#include <mm/page_alloc.h>
#include <mm/reclaim.h>
#include <fs/fs.h>
#include "internal_cache.h"

DEFINE_PER_CPU(u32, cache_lookups);

/*
 * Wait until the lookups under way are over; those that begin now do not find what
 * was removed before. Pairs with cache_lookup_begin().
 */
static void wait_for_lookups(void)
{
	unsigned int cpu;

	smp_mb();
	for_each_online_cpu(cpu) {
		u32 *lookups = per_cpu_ptr(&cache_lookups, cpu), seen = smp_load_acquire(lookups);

		while ((seen & 1) && smp_load_acquire(lookups) == seen)
			cpu_relax();
	}
}

/** pagecache_init - from start_kernel, after the slab works. */
void pagecache_init(void)
{
	folio_wait_init();
	lru_init();
}

/** address_space_init_once - constructor part: everything that survives reuse. */
void address_space_init_once(struct address_space *m)
{
	*m = (struct address_space){ .i_mmap = { } };
	xa_init(&m->i_pages);
	spin_lock_init(&m->i_pages_lock, LR_I_PAGES);
	init_rwsem(&m->i_mmap_rwsem, LR_I_MMAP);
	init_rwsem(&m->invalidate_lock, LR_INVALIDATE);
	spin_lock_init(&m->i_private_lock, LR_BUFFER);
	INIT_LIST_HEAD(&m->meta_blocks);
	m->gfp_mask = GFP_HIGHUSER_MOVABLE;
}

/**
 * filemap_get_folio - the cached folio of page @index.
 * Context: not in interrupts. Return: referenced, or NULL.
 */
struct folio *filemap_get_folio(struct address_space *m, pgoff_t index)
{
	struct folio *f;

	cache_lookup_begin();
	do {
		f = xa_load(&m->i_pages, index);
	} while (likely(f) && unlikely(!folio_try_get(f)));
	cache_lookup_end();
	return f;
}

unsigned int filemap_get_read_batch(struct address_space *m, pgoff_t index, struct folio **batch,
				    unsigned int n)
{
	XA_STATE(xas, &m->i_pages, index);
	unsigned int got = 0;
	struct folio *f;

	if (n == 1) {			/* the usual small read: no cursor needed */
		batch[0] = filemap_get_folio(m, index);
		return batch[0] != NULL;
	}
	cache_lookup_begin();
	for (f = xas_load(&xas); f; f = xas_next(&xas)) {
		if (unlikely(xa_is_internal(f) || !folio_try_get(f)))
			break;		/* on the move: the caller looks again */
		batch[got++] = f;
		if (got == n || (smp_load_acquire(&f->flags) &
				 (1UL << PG_uptodate | 1UL << PG_readahead)) != 1UL << PG_uptodate)
			break;
	}
	cache_lookup_end();
	return got;
}

static struct folio *lookup_or_lock(struct address_space *m, pgoff_t index, unsigned int fgp)
{
	struct folio *f;

	for (;;) {
		f = filemap_get_folio(m, index);
		if (!f || !(fgp & FGP_LOCK))
			return f;
		if (fgp & FGP_NOWAIT) {
			if (!folio_trylock(f)) {
				folio_put(f);
				return ERR_PTR(-EAGAIN);
			}
		} else {
			folio_lock(f);
		}
		if (likely(f->mapping == m))
			return f;
		folio_unlock(f);
		folio_put(f);
	}
}

/**
 * __filemap_get_folio - find, and as FGP_* in @fgp says lock or create.
 * Context: may sleep unless FGP_NOWAIT.
 * Return: referenced; ERR_PTR(-ENOENT absent, -ENOMEM, -EAGAIN would wait).
 */
struct folio *__filemap_get_folio(struct address_space *m, pgoff_t index, unsigned int fgp,
				  gfp_t gfp)
{
	struct folio *f;
	int err;

	if (fgp & FGP_NOFS)
		gfp &= ~__GFP_FS;
	if (fgp & FGP_NOWAIT)
		gfp = (gfp & ~GFP_KERNEL) | GFP_NOWAIT;
	for (;;) {
		f = lookup_or_lock(m, index, fgp);
		if (f) {
			if (!IS_ERR(f) && (fgp & FGP_ACCESSED))
				folio_mark_accessed(f);
			return f;
		}
		if (!(fgp & FGP_CREAT))
			return ERR_PTR(-ENOENT);
		f = filemap_alloc_folio(gfp, 0);
		if (!f)
			return ERR_PTR(-ENOMEM);
		/* the first use, by whoever creates it to use it */
		if (fgp & FGP_ACCESSED)
			f->flags |= 1UL << PG_referenced;
		err = filemap_add_folio(m, f, index, gfp);
		if (likely(!err)) {
			if (!(fgp & FGP_LOCK))
				folio_unlock(f);
			return f;
		}
		folio_put(f);
		if (err != -EEXIST)
			return ERR_PTR(err);
	}
}

/** filemap_alloc_folio - a folio for the cache, refcount 1, not in it yet. NULL: no memory. */
struct folio *filemap_alloc_folio(gfp_t gfp, unsigned int order)
{
	struct folio *f = folio_alloc(gfp, order);

	if (likely(f))
		f->type = PGTY_FILE;
	return f;
}

/**
 * filemap_add_folio - insert the new folio @f at @index and lock it.
 * Context: may sleep as @gfp says. Return: 0, -EEXIST, -ENOMEM (then not locked).
 */
int filemap_add_folio(struct address_space *m, struct folio *f, pgoff_t index, gfp_t gfp)
{
	XA_STATE(xas, &m->i_pages, index);
	bool exists = false;

	f->flags |= 1UL << PG_locked;
	f->mapping = m;
	f->index = index;
	if (m->flags & (1UL << AS_SHMEM))
		f->flags |= 1UL << PG_swapbacked;
	folio_get(f);
	do {
		spin_lock_irq(&m->i_pages_lock);
		if (unlikely(xas_load(&xas))) {
			exists = true;
		} else {
			xas_store(&xas, f);
			if (likely(!xas_error(&xas)))
				m->nrpages++;
		}
		spin_unlock_irq(&m->i_pages_lock);
	} while (xas_nomem(&xas, gfp & (GFP_KERNEL | __GFP_NOFAIL)));
	if (unlikely(exists || xas_error(&xas))) {
		f->mapping = NULL;
		f->flags &= ~(1UL << PG_locked);
		atomic_dec(&f->_refcount);
		return exists ? -EEXIST : xas_error(&xas);
	}
	mod_node_stat(NR_FILE_PAGES, 1);
	if (m->flags & (1UL << AS_SHMEM))
		mod_node_stat(NR_SHMEM, 1);
	else
		folio_add_lru(f);
	return 0;
}

static void account_removed(struct address_space *m, unsigned int n)
{
	mod_node_stat(NR_FILE_PAGES, -(long)n);
	if (m->flags & (1UL << AS_SHMEM))
		mod_node_stat(NR_SHMEM, -(long)n);
}

void filemap_remove_batch(struct address_space *m, struct folio **batch, unsigned int n)
{
	XA_STATE(xas, &m->i_pages, batch[0]->index);

	spin_lock_irq(&m->i_pages_lock);
	for (unsigned int i = 0; i < n; i++) {
		struct folio *f = batch[i];

		VM_BUG_ON(!folio_test_locked(f) || f->mapping != m || folio_test_writeback(f));
		if (i == 0 || xas_next(&xas) != f) {
			xas_set(&xas, f->index);
			xas_load(&xas);
		}
		xas_store(&xas, NULL);
		f->mapping = NULL;
	}
	m->nrpages -= n;
	spin_unlock_irq(&m->i_pages_lock);
	wait_for_lookups();
	account_removed(m, n);
}

bool filemap_remove_frozen(struct address_space *m, struct folio *f)
{
	int expected = 2;

	spin_lock_irq(&m->i_pages_lock);
	if (!atomic_try_cmpxchg(&f->_refcount, &expected, 0)) {
		spin_unlock_irq(&m->i_pages_lock);
		return false;
	}
	/* whoever held a reference a moment ago may have dirtied it */
	if (unlikely(folio_test_dirty(f) || folio_test_writeback(f))) {
		atomic_set_release(&f->_refcount, 2);
		spin_unlock_irq(&m->i_pages_lock);
		return false;
	}
	xa_erase(&m->i_pages, f->index);
	m->nrpages--;
	f->mapping = NULL;
	spin_unlock_irq(&m->i_pages_lock);
	wait_for_lookups();
	account_removed(m, 1);
	if (m->a_ops->free_folio)
		m->a_ops->free_folio(f);
	return true;
}

/**
 * filemap_release_folio - give up the filesystem's private state of a locked folio.
 * Return: false: it is needed.
 */
bool filemap_release_folio(struct folio *f, gfp_t gfp)
{
	struct address_space *m = f->mapping;

	if (folio_test_writeback(f))
		return false;
	if (m && m->a_ops->release_folio)
		return m->a_ops->release_folio(f, gfp);
	return true;
}

static unsigned int get_folios(struct address_space *m, pgoff_t *start, pgoff_t end, int tag,
			       struct folio **batch, unsigned int n)
{
	XA_STATE(xas, &m->i_pages, *start);
	unsigned int got = 0;
	struct folio *f;

	spin_lock_irq(&m->i_pages_lock);
	f = tag < 0 ? xas_find(&xas, end) : xas_find_marked(&xas, end, tag);
	while (f) {
		folio_get(f);
		batch[got++] = f;
		if (got == n)
			break;
		f = tag < 0 ? xas_next_entry(&xas, end) : xas_find_marked(&xas, end, tag);
	}
	spin_unlock_irq(&m->i_pages_lock);
	/* at the end of all indices this must not begin again at 0 */
	if (got == n)
		*start = batch[n - 1]->index + 1;
	else
		*start = end == ULONG_MAX ? ULONG_MAX : end + 1;
	return got;
}

/**
 * filemap_get_folios - up to @n present folios of [*@start, @end], referenced.
 * Return: how many; *@start is where to go on.
 */
unsigned int filemap_get_folios(struct address_space *m, pgoff_t *start, pgoff_t end,
				struct folio **batch, unsigned int n)
{
	return get_folios(m, start, end, -1, batch, n);
}

/** filemap_get_folios_tag - the same, of those with mark @tag. */
unsigned int filemap_get_folios_tag(struct address_space *m, pgoff_t *start, pgoff_t end, int tag,
				    struct folio **batch, unsigned int n)
{
	return get_folios(m, start, end, tag, batch, n);
}

/* Read a locked folio that is not uptodate, and wait. It comes back unlocked. 0 or -errno. */
int filemap_read_folio(struct file *file, struct address_space *m, struct folio *f)
{
	int err;

	folio_clear_error(f);
	err = m->a_ops->read_folio(file, f);
	if (err)
		return err;
	err = folio_wait_locked_killable(f);
	if (err)
		return err;
	return likely(folio_test_uptodate(f)) ? 0 : -EIO;
}

/**
 * read_mapping_folio - page @index with its content, reading it if needed.
 * Context: may sleep. Return: referenced, not locked; ERR_PTR(-ENOMEM, -EIO, -EINTR).
 */
struct folio *read_mapping_folio(struct address_space *m, pgoff_t index, struct file *file)
{
	struct folio *f;
	int err;

	for (;;) {
		f = __filemap_get_folio(m, index, FGP_CREAT | FGP_ACCESSED, m->gfp_mask);
		if (IS_ERR(f) || folio_test_uptodate(f))
			return f;
		folio_lock(f);
		if (unlikely(f->mapping != m)) {
			folio_unlock(f);
			folio_put(f);
			continue;
		}
		if (folio_test_uptodate(f)) {
			folio_unlock(f);
			return f;
		}
		err = filemap_read_folio(file, m, f);
		if (!err)
			return f;
		folio_put(f);
		return ERR_PTR(err);
	}
}

/* Debug builds: P1 and P3 of the head of this file. */
void mapping_validate(struct address_space *m)
{
	unsigned long n = 0, flags;
	struct folio *f;

	if (!CONFIG_DEBUG)
		return;
	spin_lock_irqsave(&m->i_pages_lock, flags);
	XA_STATE(xas, &m->i_pages, 0);
	xas_for_each(&xas, f, ULONG_MAX) {
		BUG_ON(f->mapping != m || f->index != xas.xa_index || f->type != PGTY_FILE);
		BUG_ON(folio_ref_count(f) < 1);
		BUG_ON(folio_test_writeback(f) && mapping_accounts_dirty(m) &&
		       !xas_get_mark(&xas, PAGECACHE_TAG_WRITEBACK));
		n++;
	}
	BUG_ON(n != m->nrpages);
	spin_unlock_irqrestore(&m->i_pages_lock, flags);
}
