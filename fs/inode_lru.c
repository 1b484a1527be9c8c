// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unused inodes: the LRU list and its shrinker.
 *
 * An inode joins when its last user leaves and it still has names; it stays when it is
 * used again, and the shrinker sorts it out. Those with pages are passed by: reclaim takes
 * the pages first. Super blocks are pinned as in dcache_lru.c.
 */
#include "vfs_internal.h"
#include <mm/reclaim.h>
#include <kernel/init.h>

static LIST_HEAD(inode_lru);
static DEFINE_SPINLOCK(inode_lru_lock, LR_INODE_LRU);
unsigned long nr_inodes_unused;

/* i_lock held */
void inode_lru_add(struct inode *inode)
{
	spin_lock(&inode_lru_lock);
	if (list_empty(&inode->i_lru)) {
		list_add(&inode->i_lru, &inode_lru);
		nr_inodes_unused++;
	} else {
		inode->i_state |= I_REFERENCED;
	}
	spin_unlock(&inode_lru_lock);
}

void inode_lru_del(struct inode *inode)
{
	spin_lock(&inode_lru_lock);
	if (!list_empty(&inode->i_lru)) {
		list_del_init(&inode->i_lru);
		nr_inodes_unused--;
	}
	spin_unlock(&inode_lru_lock);
}

/* lru_lock held: isolate, or rotate. Those with pages stay: reclaim takes the pages first. */
static void inode_lru_isolate(struct inode *inode, struct list_head *dispose, unsigned long *freed)
{
	if (!spin_trylock(&inode->i_lock)) {
		list_move(&inode->i_lru, &inode_lru);
		return;
	}
	if (atomic_read(&inode->i_count) || (inode->i_state & (I_NEW | I_FREEING | I_WILL_FREE))) {
		list_del_init(&inode->i_lru);
		nr_inodes_unused--;
		inode->i_state &= ~I_REFERENCED;
	} else if (inode->i_data.nrpages || (inode->i_state & (I_DIRTY | I_SYNC | I_REFERENCED))) {
		inode->i_state &= ~I_REFERENCED;
		list_move(&inode->i_lru, &inode_lru);
	} else {
		inode->i_state |= I_FREEING;
		list_move(&inode->i_lru, dispose);
		nr_inodes_unused--;
		++*freed;
	}
	spin_unlock(&inode->i_lock);
}

static unsigned long prune_inodes(unsigned long *nr) __no_tsa	/* the super block found on the way is locked */
{
	struct super_block *sb = NULL;
	unsigned long freed = 0;
	LIST_HEAD(dispose);

	spin_lock(&inode_lru_lock);
	while (*nr && !list_empty(&inode_lru)) {
		struct inode *inode = list_last_entry(&inode_lru, struct inode, i_lru);

		if (!sb && down_read_trylock(&inode->i_sb->s_umount)) {
			sb = inode->i_sb;
		} else if (!sb) {
			list_move(&inode->i_lru, &inode_lru);
			--*nr;
			continue;
		} else if (inode->i_sb != sb) {
			break;
		}
		--*nr;
		inode_lru_isolate(inode, &dispose, &freed);
	}
	spin_unlock(&inode_lru_lock);
	if (sb) {
		dispose_inodes(&dispose);
		up_read(&sb->s_umount);
	} else {
		*nr = 0;
	}
	return freed;
}

static unsigned long inode_shrink_count(struct shrinker *s)
{
	return READ_ONCE(nr_inodes_unused);
}

static unsigned long inode_shrink_scan(struct shrinker *s, unsigned long nr)
{
	unsigned long freed = 0;

	while (nr)
		freed += prune_inodes(&nr);
	return freed;
}

static struct shrinker inode_shrinker = {
	.count = inode_shrink_count,
	.scan = inode_shrink_scan,
	.name = "inode",
};

void __init inode_init_shrinker(void)
{
	register_shrinker(&inode_shrinker);
}
