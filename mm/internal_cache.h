/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of the page cache and of reclaim share among themselves. */
#ifndef MM_INTERNAL_CACHE_H
#define MM_INTERNAL_CACHE_H
#include <lib/types.h>
#include <lib/atomic.h>
#include <kernel/percpu.h>
#include <kernel/printk.h>
#include <mm/page.h>
#include <mm/pagemap.h>
#include <mm/reclaim.h>

/* arrays on hot paths: filled before use, so not cleared by -ftrivial-auto-var-init */
#define __uninit __attribute__((uninitialized))
#define FOLIO_BATCH 16

struct inode;
struct vm_fault;

/* folio_wait.c */
void folio_wake(const struct folio *f);
void folio_wait_init(void);

/* filemap.c */
/*
 * Around a lookup without i_pages_lock: what is found is not freed before the end.
 * Context: not in interrupts, not nested, no sleep between them.
 */
DECLARE_PER_CPU(u32, cache_lookups);	/* odd: one is under way */
static inline void cache_lookup_begin(void)
{
	u32 *lookups = this_cpu_ptr(&cache_lookups);

	VM_BUG_ON(*lookups & 1);
	WRITE_ONCE(*lookups, *lookups + 1);
	smp_mb();
}
static inline void cache_lookup_end(void)
{
	u32 *lookups = this_cpu_ptr(&cache_lookups);

	smp_store_release(lookups, *lookups + 1);
}
static inline bool mapping_accounts_dirty(const struct address_space *m)
{
	return !(m->flags & (1UL << AS_SHMEM));
}
/** filemap_get_read_batch - folios @index.. without a hole, at most @n, ending with the
 *  first that is not uptodate or starts read-ahead. References taken. Return: how many. */
unsigned int filemap_get_read_batch(struct address_space *m, pgoff_t index, struct folio **batch,
				    unsigned int n);
/** filemap_remove_batch - remove @n locked folios (ascending, not dirty, not under
 *  write-back); the cache's references are still to be dropped. */
void filemap_remove_batch(struct address_space *m, struct folio **batch, unsigned int n);
/** filemap_remove_frozen - reclaim: remove @f if only the cache and the caller refer to
 *  it and it is clean. Its count is then 0 and the caller frees it. */
bool filemap_remove_frozen(struct address_space *m, struct folio *f);
int filemap_read_folio(struct file *file, struct address_space *m, struct folio *f);
void mapping_validate(struct address_space *m);

/* readahead.c */
/** page_cache_ra_window - read what rac->ra says: [start, start + size), mark and all. */
void page_cache_ra_window(struct readahead_control *rac);

/* lru.c */
/** folios_put - drop @refs references of each of @n folios, freeing in bulk. */
void folios_put(struct folio **batch, unsigned int n, int refs);
struct lruvec {
	spinlock_t lock;		/* LR_LRU; not taken in interrupts */
	struct list_head lists[NR_LRU_LISTS];
	unsigned long nr[NR_LRU_LISTS];	/* pages */
};
extern struct lruvec lruvec;
/* the list that @f belongs on. lruvec.lock held */
static inline enum lru_list folio_lru(const struct folio *f)
{
	if (f->flags & (1UL << PG_unevictable))
		return LRU_UNEVICTABLE;
	return f->flags & (1UL << PG_active) ? LRU_ACTIVE_FILE : LRU_INACTIVE_FILE;
}
void lru_init(void);

/* truncate.c */
void folio_invalidate(struct folio *f, size_t off, size_t len);

/* page-writeback.c */
void account_dirtied(struct address_space *m);
void account_cleaned(struct address_space *m);

#endif
