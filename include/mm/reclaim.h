/* SPDX-License-Identifier: GPL-2.0-only */
/* Reclaim: lru lists, shrinkers, kswapd, the out-of-memory killer. */
#ifndef MM_RECLAIM_H
#define MM_RECLAIM_H
#include <lib/types.h>
#include <lib/list.h>
#include <mm/page.h>
#include <mm/gfp.h>

enum lru_list { LRU_INACTIVE_ANON, LRU_ACTIVE_ANON, LRU_INACTIVE_FILE, LRU_ACTIVE_FILE, LRU_UNEVICTABLE, NR_LRU_LISTS };
void folio_add_lru(struct folio *f);		/* batched per CPU */
void folio_del_lru(struct folio *f);
void folio_mark_lazyfree(struct folio *f);
void folio_update_evictable(struct folio *f);
void folio_clear_mlock(struct folio *f);
void folio_mark_accessed(struct folio *f);	/* referenced -> active */
/** folio_note_accessed - the same; a load and a branch for a folio in steady use. */
static inline void folio_note_accessed(struct folio *f)
{
	const unsigned long used = 1UL << PG_referenced | 1UL << PG_active;

	if (unlikely((READ_ONCE(f->flags) & used) != used))
		folio_mark_accessed(f);
}
void lru_add_drain(void);
void lru_add_drain_all(void);
unsigned long lru_pages(enum lru_list l);

struct shrinker {
	unsigned long (*count)(struct shrinker *s);
	unsigned long (*scan)(struct shrinker *s, unsigned long nr);	/* freed */
	struct list_head list;
	const char *name;
};
void register_shrinker(struct shrinker *s);

/** try_to_free_pages - direct reclaim. Context: may sleep, honours __GFP_FS/IO.
 *  Return: pages freed. */
unsigned long try_to_free_pages(gfp_t gfp, unsigned int order);
void wakeup_kswapd(void);
/** out_of_memory - kill a process to get memory. Return: true: try again. */
bool out_of_memory(gfp_t gfp, unsigned int order);
/** oom_badness - pages that killing @t's process would free, weighed; LONG_MIN: never. */
struct task_struct;
long oom_badness(struct task_struct *t, unsigned long totalpages);
struct task_struct *thread_with_mm(struct task_struct *p);
void reclaim_init(void);
unsigned long drop_slab(void);
void drop_pagecache(void);

#endif
