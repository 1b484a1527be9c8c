// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shrinkers: caches of objects (dentries, inodes) that give some up when memory
 * is short. ->count says how many could go, ->scan frees about so many.
 *
 * The list is walked without a lock, because ->scan sleeps and takes locks of any
 * rank; unregistering unlinks and then waits until nobody is walking.
 */
#include <lib/list.h>
#include <lib/atomic.h>
#include <kernel/sched.h>
#include <kernel/timer.h>
#include <mm/page_alloc.h>
#include <mm/reclaim.h>
#include <mm/slab.h>
#include "internal_reclaim.h"

#define SHRINK_BATCH 128

static LIST_HEAD(shrinkers);
static DEFINE_SPINLOCK(shrinkers_lock, LR_LEAF);
static atomic_t shrinker_walkers = ATOMIC_INIT(0);

/** register_shrinker - @s is asked from now on. Context: any. */
void register_shrinker(struct shrinker *s)
{
	spin_lock(&shrinkers_lock);
	list_add_tail_rcu(&s->list, &shrinkers);
	spin_unlock(&shrinkers_lock);
}

static unsigned long run_shrinker(struct shrinker *s, int priority)
{
	unsigned long total = s->count(s), todo, freed = 0;

	todo = (total >> priority) * 2;
	/* even the smallest cache is not spared for ever */
	if (!todo && priority < 6)
		todo = total;
	todo = min(todo, total);
	while (todo) {
		unsigned long n = min_t(unsigned long, todo, SHRINK_BATCH), got;

		got = s->scan(s, n);
		freed += got;
		todo -= n;
		if (!got && todo < total / 2)
			break;
		cond_resched();
	}
	return freed;
}

unsigned long shrink_slab(gfp_t gfp, int priority)
{
	unsigned long before = nr_free_pages(), after;
	struct shrinker *s;

	if (!(gfp & __GFP_FS))
		return 0;
	atomic_inc_return(&shrinker_walkers);
	list_for_each_entry_rcu(s, &shrinkers, list)
		run_shrinker(s, priority);
	atomic_dec_return(&shrinker_walkers);
	/* objects are not pages: only what came free counts as progress */
	after = nr_free_pages();
	return after > before ? after - before : 0;
}

/** drop_slab - for /proc/sys/vm/drop_caches. Context: sleeps. Return: objects freed. */
unsigned long drop_slab(void)
{
	unsigned long freed, total = 0;
	struct shrinker *s;

	atomic_inc_return(&shrinker_walkers);
	do {
		freed = 0;
		list_for_each_entry_rcu(s, &shrinkers, list)
			freed += run_shrinker(s, 0);
		total += freed;
	} while (freed > 10);
	atomic_dec_return(&shrinker_walkers);
	kmem_cache_shrink_all();
	return total;
}
