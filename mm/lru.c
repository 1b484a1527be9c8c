// SPDX-License-Identifier: GPL-2.0-only
/*
 * The page lists of reclaim, and freeing folios.
 *
 * File folios are on one of two lists, new ones at the head of the inactive
 * list; a second use moves a folio to the active one. Reclaim (vmscan.c) takes
 * from the tails. Anonymous and tmpfs folios have no store to go to while there
 * is no swap, so they are on no list, and cost nothing here; except anonymous ones
 * whose content is not needed any more (lazyfree.c), which are treated as a file's.
 *
 * L1. A folio with PG_lru is on the list that folio_lru() says, and counted there.
 * L2. A folio in a hart's add batch has no PG_lru; the batch holds a reference.
 * L3. PG_lru and PG_active change under lruvec.lock once the folio is on a list,
 *     PG_unevictable always.
 *
 * Locks: lruvec.lock, never taken in interrupt context: nothing drops a folio's
 * last reference there. Batches belong to their hart and are touched only
 * between points that sleep.
 */
#include <lib/list.h>
#include <kernel/percpu.h>
#include <kernel/printk.h>
#include <mm/mm.h>
#include <mm/page_alloc.h>
#include <mm/pagemap.h>
#include <mm/reclaim.h>
#include "internal_cache.h"

#define LRU_BATCH 31

struct lru_add_batch {
	unsigned int nr;
	struct folio *folios[LRU_BATCH];
};
static DEFINE_PER_CPU(struct lru_add_batch, lru_add_batch);

struct lruvec lruvec = { .lock = __SPIN_LOCK_INIT(LR_LRU) };

void lru_init(void)
{
	for (int i = 0; i < NR_LRU_LISTS; i++)
		INIT_LIST_HEAD(&lruvec.lists[i]);
}

static void lru_add_batch_drain(struct lru_add_batch *b)
{
	unsigned int nr = b->nr;

	spin_lock(&lruvec.lock);
	for (unsigned int i = 0; i < nr; i++) {
		struct folio *f = b->folios[i];
		enum lru_list l = folio_lru(f);

		folio_set_lru(f);
		list_add(&f->lru, &lruvec.lists[l]);
		lruvec.nr[l]++;
	}
	spin_unlock(&lruvec.lock);
	b->nr = 0;
	for (unsigned int i = 0; i < nr; i++)
		folio_put(b->folios[i]);
}

static void lru_batch_add(struct folio *f)
{
	struct lru_add_batch *b = this_cpu_ptr(&lru_add_batch);

	VM_BUG_ON(folio_test_lru(f));
	folio_get(f);
	b->folios[b->nr++] = f;
	if (b->nr == LRU_BATCH)
		lru_add_batch_drain(b);
}

/**
 * folio_add_lru - let reclaim know of a new folio.
 * Context: process, a reference held. Anonymous and tmpfs folios are ignored.
 */
void folio_add_lru(struct folio *f)
{
	if (f->type == PGTY_FILE && !(f->flags & (1UL << PG_swapbacked)))
		lru_batch_add(f);
}

/**
 * folio_mark_lazyfree - the content of the anonymous @f is not needed any more.
 * Context: folio lock, the ptl of the only entry that maps it.
 */
void folio_mark_lazyfree(struct folio *f)
{
	if (!folio_test_swapbacked(f))
		return;		/* again */
	folio_clear_swapbacked(f);
	mod_node_stat(NR_LAZYFREE, 1);
	count_vm_events(PGLAZYFREE, 1);
	lru_batch_add(f);
}

/** lru_add_drain - this hart's new folios go to the lists. Context: process. */
void lru_add_drain(void)
{
	struct lru_add_batch *b = this_cpu_ptr(&lru_add_batch);

	if (b->nr)
		lru_add_batch_drain(b);
}

static int lru_drain_thread(void *unused)
{
	lru_add_drain();
	return 0;
}

/**
 * lru_add_drain_all - the same for every hart, through a thread on each that has
 * something. It does not wait for them. Context: may sleep.
 */
void lru_add_drain_all(void)
{
	unsigned int cpu;

	lru_add_drain();
	for_each_online_cpu(cpu) {
		struct task_struct *t;

		if (!READ_ONCE(per_cpu(lru_add_batch, cpu).nr))
			continue;
		t = kthread_create(lru_drain_thread, NULL, "lru_drain/%u", cpu);
		if (IS_ERR(t))
			return;
		kthread_bind(t, cpu);
		wake_up_process(t);
	}
}

static void __folio_del_lru(struct folio *f)
{
	list_del(&f->lru);
	lruvec.nr[folio_lru(f)]--;
	folio_clear_lru(f);
}

/** folio_del_lru - take @f off its list if it is on one. Context: process. */
void folio_del_lru(struct folio *f)
{
	if (!folio_test_lru(f))
		return;
	spin_lock(&lruvec.lock);
	if (folio_test_lru(f))
		__folio_del_lru(f);
	spin_unlock(&lruvec.lock);
}

static void folio_activate(struct folio *f)
{
	spin_lock(&lruvec.lock);
	if (!folio_test_active(f) && !folio_test_unevictable(f)) {
		bool listed = folio_test_lru(f);

		if (listed) {
			list_move(&f->lru, &lruvec.lists[LRU_ACTIVE_FILE]);
			lruvec.nr[LRU_INACTIVE_FILE]--;
			lruvec.nr[LRU_ACTIVE_FILE]++;
		}
		folio_set_active(f);
		count_vm_events(PGACTIVATE, 1);
	}
	spin_unlock(&lruvec.lock);
}

/**
 * folio_update_evictable - @f became locked in memory, or not locked any more
 * (PG_mlocked): reclaim is not to see it, or to see it again. Context: process.
 */
void folio_update_evictable(struct folio *f)
{
	bool mlocked;

	spin_lock(&lruvec.lock);
	mlocked = folio_test_mlocked(f);
	if (mlocked != folio_test_unevictable(f)) {
		bool listed = folio_test_lru(f);

		if (listed)
			__folio_del_lru(f);
		if (mlocked)
			folio_set_unevictable(f);
		else
			folio_clear_unevictable(f);
		if (listed) {
			folio_set_lru(f);
			list_add(&f->lru, &lruvec.lists[folio_lru(f)]);
			lruvec.nr[folio_lru(f)]++;
			count_vm_events(mlocked ? UNEVICTABLE_PGCULLED : UNEVICTABLE_PGRESCUED, 1);
		}
	}
	spin_unlock(&lruvec.lock);
}

/**
 * folio_mark_accessed - @f was used: the first time it becomes referenced, the
 * second time active. Context: process, a reference held.
 */
void folio_mark_accessed(struct folio *f)
{
	unsigned long flags = READ_ONCE(f->flags);

	if (!(flags & (1UL << PG_referenced))) {
		folio_set_referenced(f);
	} else if (!(flags & (1UL << PG_active | 1UL << PG_unevictable | 1UL << PG_swapbacked)) &&
		   f->type == PGTY_FILE) {
		folio_activate(f);
		folio_clear_referenced(f);
	}
}

/**
 * lru_pages - how long a list is. Unlisted anonymous and tmpfs memory is shown
 * as the active and inactive anonymous lists, and, if locked, as unevictable.
 * Return: pages.
 */
unsigned long lru_pages(enum lru_list l)
{
	if (l == LRU_ACTIVE_ANON)
		return node_stat(NR_ANON_MAPPED) - min(node_stat(NR_LAZYFREE), node_stat(NR_ANON_MAPPED));
	if (l == LRU_INACTIVE_ANON)
		return node_stat(NR_SHMEM);
	if (l == LRU_UNEVICTABLE)
		return node_stat(NR_MLOCK);
	return READ_ONCE(lruvec.nr[l]);
}

/*
 * The last reference of a folio is gone.
 * Context: process. Called by folio_put().
 */
void __folio_put(struct folio *f)
{
	VM_BUG_ON(folio_test_locked(f) || folio_test_writeback(f));
	VM_BUG_ON(folio_mapped(f));
	if (folio_test_anon(f) && !folio_test_swapbacked(f))
		mod_node_stat(NR_LAZYFREE, -1);
	if (unlikely(folio_test_mlocked(f)))
		folio_clear_mlock(f);
	folio_del_lru(f);
	free_unref_page(folio_page(f), f->order);
}

void folios_put(struct folio **batch, unsigned int n, int refs) __no_tsa
{
	bool locked = false;
	unsigned int nr = 0;

	for (unsigned int i = 0; i < n; i++) {
		struct folio *f = batch[i];

		if (!atomic_sub_and_test(refs, &f->_refcount))
			continue;
		if (unlikely(folio_test_mlocked(f))) {
			if (locked)
				spin_unlock(&lruvec.lock);
			locked = false;
			folio_clear_mlock(f);
		}
		if (folio_test_lru(f)) {
			if (!locked)
				spin_lock(&lruvec.lock);
			locked = true;
			__folio_del_lru(f);
		}
		VM_BUG_ON(folio_mapped(f));
		batch[nr++] = f;
	}
	if (locked)
		spin_unlock(&lruvec.lock);
	if (nr)
		free_pages_bulk((struct page **)batch, nr);
}

/**
 * put_page_refs - drop @refs references of a page of any type.
 * Context: process, if they can be a folio's last ones.
 */
void put_page_refs(struct page *p, int refs)
{
	if (p->type == PGTY_TAIL)
		p = p->head;
	if (!atomic_sub_and_test(refs, &p->refcount))
		return;
	if (p->type == PGTY_FILE || p->type == PGTY_ANON)
		__folio_put(page_folio(p));
	else
		free_unref_page(p, p->order);
}
