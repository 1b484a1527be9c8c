// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reclaim: giving clean page-cache folios and unused objects back when free
 * memory gets low. kswapd works from the low watermark up to the high one; a
 * task that finds nothing free works for itself (direct reclaim).
 *
 * A round takes folios from the tail of the inactive list:
 *	locked, being written	-> kept (head of the list)
 *	mapped and used		-> active
 *	dirty			-> kept; the flusher is woken
 *	clean			-> unmapped, removed, freed
 *	anonymous		-> unmapped, freed; if written again, off the list
 * and refills the inactive list from the active one when that is the longer.
 * Each round without success looks at twice as many (priority 12 .. 0).
 *
 * There is no swap: anonymous and tmpfs memory is not on the lists, except what
 * its owner does not need any more (lazyfree.c). Reclaim
 * writes nothing itself, so it needs no memory; it waits for the flusher, which
 * may use the reserves.
 *
 * Locks: folios by trylock only, so any lock may be held by the caller.
 */
#include <kernel/printk.h>
#include <kernel/sched.h>
#include <kernel/timer.h>
#include <kernel/wait.h>
#include <mm/mm.h>
#include <mm/page_alloc.h>
#include <mm/reclaim.h>
#include <mm/slab.h>
#include <mm/writeback.h>
#include "internal_cache.h"
#include "internal_reclaim.h"

#define DEF_PRIORITY	12
#define SWAP_CLUSTER	32	/* folios per round, and what direct reclaim is content with */
#define THROTTLE_NS	(10 * NSEC_PER_MSEC)

struct scan_control {
	gfp_t gfp;
	bool kswapd;			/* or a task in need */
	unsigned long target, reclaimed;
	int priority;
	unsigned int nr_dirty, nr_writeback;	/* met since the last throttling */
};

enum verdict { RECLAIM_KEEP, RECLAIM_ACTIVATE, RECLAIM_LEAVE, RECLAIM_FREED };

/* Take up to @n folios off the tail of list @l, each with a reference. */
static unsigned int isolate_folios(enum lru_list l, unsigned int n, struct list_head *out)
{
	unsigned int taken = 0;

	spin_lock(&lruvec.lock);
	for (unsigned int i = 0; i < n && !list_empty(&lruvec.lists[l]); i++) {
		struct folio *f = list_last_entry(&lruvec.lists[l], struct folio, lru);

		/* being freed: whoever does that waits for our lock to take it off */
		if (!folio_try_get(f)) {
			list_move(&f->lru, &lruvec.lists[l]);
			continue;
		}
		folio_clear_lru(f);
		list_move(&f->lru, out);
		lruvec.nr[l]--;
		taken++;
	}
	spin_unlock(&lruvec.lock);
	return taken;
}

/* Isolated folios go back to the head of the list that their flags say. */
static void putback_folios(struct list_head *list)
{
	struct folio *f, *next;
	LIST_HEAD(put);

	spin_lock(&lruvec.lock);
	list_for_each_entry_safe(f, next, list, lru) {
		enum lru_list l = folio_lru(f);

		folio_set_lru(f);
		list_move(&f->lru, &lruvec.lists[l]);
		lruvec.nr[l]++;
		/* the last reference is dropped only without the lock */
		if (!atomic_add_unless(&f->_refcount, -1, 1)) {
			folio_clear_lru(f);
			list_move(&f->lru, &put);
			lruvec.nr[l]--;
		}
	}
	spin_unlock(&lruvec.lock);
	list_for_each_entry_safe(f, next, &put, lru)
		folio_put(f);
}

/* Has the mapped folio @f been used since the last look? */
static enum verdict check_references(struct folio *f)
{
	unsigned long vm_flags = 0;
	int refs = folio_referenced(f, &vm_flags);
	bool again;

	if (vm_flags & VM_LOCKED)
		return RECLAIM_ACTIVATE;
	if (!refs) {
		folio_clear_referenced(f);
		return RECLAIM_FREED;
	}
	/* used once is not enough, unless it is code or several use it */
	again = folio_test_set_referenced(f);
	return again || refs > 1 || (vm_flags & VM_EXEC) ? RECLAIM_ACTIVATE : RECLAIM_KEEP;
}

/* the same for an anonymous folio */
static enum verdict reclaim_lazyfree(struct folio *f)
{
	enum verdict v;

	if (!folio_mapped(f))
		return RECLAIM_KEEP;	/* its owner has unmapped it; our reference is the last */
	v = check_references(f);
	if (v != RECLAIM_FREED)
		return v;
	if (!try_to_unmap(f))
		return folio_test_swapbacked(f) ? RECLAIM_LEAVE : RECLAIM_KEEP;
	if (!folio_ref_freeze(f, 1))
		return RECLAIM_KEEP;
	mod_node_stat(NR_LAZYFREE, -1);
	count_vm_events(PGLAZYFREED, 1);
	return RECLAIM_FREED;
}

/* Try to free the locked folio @f. On RECLAIM_FREED its count is 0. */
static enum verdict reclaim_locked(struct folio *f, struct scan_control *sc)
{
	struct address_space *m;
	enum verdict v;

	if (folio_test_anon(f))
		return reclaim_lazyfree(f);
	m = f->mapping;
	if (!m)
		return RECLAIM_KEEP;
	if (m->flags & (1UL << AS_UNEVICTABLE))
		return RECLAIM_ACTIVATE;
	if (folio_test_writeback(f)) {
		sc->nr_writeback++;
		folio_set_reclaim(f);
		return RECLAIM_KEEP;
	}
	if (folio_mapped(f)) {
		v = check_references(f);
		if (v != RECLAIM_FREED)
			return v;
		if (!try_to_unmap(f))
			return RECLAIM_ACTIVATE;
	}
	if (folio_test_dirty(f)) {
		sc->nr_dirty++;
		folio_set_reclaim(f);
		return RECLAIM_KEEP;
	}
	if (!filemap_release_folio(f, sc->gfp) || !filemap_remove_frozen(m, f))
		return RECLAIM_KEEP;
	return RECLAIM_FREED;
}

static void shrink_folio_list(struct list_head *list, struct scan_control *sc)
{
	struct page_batch freed;
	struct folio *f, *next;

	page_batch_init(&freed);
	list_for_each_entry_safe(f, next, list, lru) {
		enum verdict v;

		if (!folio_trylock(f))
			continue;
		v = reclaim_locked(f, sc);
		if (v == RECLAIM_ACTIVATE) {
			folio_set_active(f);
			count_vm_events(PGACTIVATE, 1);
		}
		if (v == RECLAIM_FREED || v == RECLAIM_LEAVE)
			list_del(&f->lru);
		folio_unlock(f);
		if (v == RECLAIM_LEAVE)
			folio_put(f);
		if (v == RECLAIM_FREED) {
			page_batch_add(&freed, folio_page(f));
			sc->reclaimed++;
			count_vm_events(sc->kswapd ? PGSTEAL_KSWAPD : PGSTEAL_DIRECT, 1);
		}
	}
	page_batch_flush(&freed);
}

static void shrink_inactive(unsigned int n, struct scan_control *sc)
{
	LIST_HEAD(list);
	unsigned int taken = isolate_folios(LRU_INACTIVE_FILE, n, &list);

	if (!taken)
		return;
	count_vm_events(sc->kswapd ? PGSCAN_KSWAPD : PGSCAN_DIRECT, taken);
	shrink_folio_list(&list, sc);
	putback_folios(&list);
}

/* Move @n folios from the active to the inactive list; code in use stays. */
static void shrink_active(unsigned int n)
{
	LIST_HEAD(list);
	unsigned int moved = 0;
	struct folio *f;

	isolate_folios(LRU_ACTIVE_FILE, n, &list);
	list_for_each_entry(f, &list, lru) {
		unsigned long vm_flags = 0;
		bool keep = false;

		if (folio_mapped(f) && folio_trylock(f)) {
			keep = f->mapping && folio_referenced(f, &vm_flags) &&
			       (vm_flags & (VM_EXEC | VM_LOCKED));
			folio_unlock(f);
		}
		if (!keep) {
			folio_clear_active(f);
			moved++;
		}
	}
	count_vm_events(PGDEACTIVATE, moved);
	putback_folios(&list);
}

static void shrink_lists(struct scan_control *sc)
{
	unsigned long scan = lru_pages(LRU_INACTIVE_FILE) >> sc->priority;

	scan = max(scan, (unsigned long)SWAP_CLUSTER);
	while (scan && sc->reclaimed < sc->target) {
		unsigned int n = min_t(unsigned long, scan, SWAP_CLUSTER);

		if (lru_pages(LRU_INACTIVE_FILE) < lru_pages(LRU_ACTIVE_FILE))
			shrink_active(n);
		shrink_inactive(n, sc);
		scan -= n;
		cond_resched();
	}
}

/* Too much met was dirty: let the flusher get on before looking again. */
static void throttle(struct scan_control *sc)
{
	if (!sc->nr_dirty && !sc->nr_writeback)
		return;
	wakeup_flusher_threads();
	if (sc->gfp & __GFP_IO) {
		__set_current_state(TASK_UNINTERRUPTIBLE);
		schedule_timeout(THROTTLE_NS);
	}
	sc->nr_dirty = 0;
	sc->nr_writeback = 0;
}

static void shrink_all(struct scan_control *sc)
{
	lru_add_drain();
	for (sc->priority = DEF_PRIORITY; sc->priority >= 0; sc->priority--) {
		shrink_lists(sc);
		sc->reclaimed += shrink_slab(sc->gfp, sc->priority);
		if (sc->reclaimed >= sc->target)
			break;
		if (sc->priority == DEF_PRIORITY / 2 || sc->priority == 0)
			sc->reclaimed += kmem_cache_shrink_all();
		throttle(sc);
	}
}

/*
 * Direct reclaim, for page_alloc.c, which has set PF_MEMALLOC.
 * Context: may sleep. Return: pages freed.
 */
unsigned long try_to_free_pages(gfp_t gfp, unsigned int order)
{
	struct scan_control sc = { .gfp = gfp, .target = max(1UL << order, (unsigned long)SWAP_CLUSTER) };

	might_sleep();
	shrink_all(&sc);
	if (order)
		drain_local_pages();
	return sc.reclaimed;
}

/* --- kswapd --- */

static DECLARE_WAIT_QUEUE_HEAD(kswapd_wait);
static bool kswapd_wanted;

/** wakeup_kswapd - free memory is below the low watermark. Context: any. */
void wakeup_kswapd(void)
{
	if (READ_ONCE(kswapd_wanted))
		return;
	WRITE_ONCE(kswapd_wanted, true);
	wake_up(&kswapd_wait);
}

/* Until the high watermark is reached, or a whole round brought nothing. */
static void balance_memory(void)
{
	while (!zone_watermark_ok(WMARK_HIGH, 0)) {
		struct scan_control sc = { .gfp = GFP_KERNEL, .target = 4 * SWAP_CLUSTER,
					   .kswapd = true };

		shrink_all(&sc);
		if (!sc.reclaimed) {
			/* nothing to be had: the tasks in need call the OOM killer */
			__set_current_state(TASK_UNINTERRUPTIBLE);
			schedule_timeout(10 * THROTTLE_NS);
			return;
		}
		cond_resched();
	}
}

static int kswapd(void *unused)
{
	current->flags |= PF_MEMALLOC;
	for (;;) {
		/* interruptible: an idle kernel thread is no load */
		if (wait_event_interruptible(kswapd_wait, READ_ONCE(kswapd_wanted)))
			continue;
		WRITE_ONCE(kswapd_wanted, false);
		balance_memory();
	}
	return 0;
}

/** reclaim_init - start kswapd. Context: late in boot. */
void reclaim_init(void)
{
	struct task_struct *t = kthread_run(kswapd, NULL, "kswapd0");

	if (IS_ERR(t))
		panic("cannot start kswapd");
}
