// SPDX-License-Identifier: GPL-2.0-only
/*
 * /proc/sys/vm/drop_caches, first half: drop the clean, unused folios of every
 * inode. Objects (dentries, inodes) are dropped by drop_slab().
 */
#include <mm/pagemap.h>
#include <mm/reclaim.h>
#include <fs/fs.h>

static void drop_pagecache_sb(struct super_block *sb, void *unused)
{
	struct inode *inode, *prev = NULL;

	spin_lock(&sb->s_inode_list_lock);
	list_for_each_entry(inode, &sb->s_inodes, i_sb_list) {
		spin_lock(&inode->i_lock);
		if ((inode->i_state & (I_FREEING | I_WILL_FREE | I_NEW)) || !inode->i_mapping->nrpages) {
			spin_unlock(&inode->i_lock);
			continue;
		}
		atomic_inc(&inode->i_count);
		spin_unlock(&inode->i_lock);
		spin_unlock(&sb->s_inode_list_lock);
		invalidate_mapping_pages(inode->i_mapping, 0, ULONG_MAX);
		/* the reference keeps it on the list, from where the walk goes on */
		if (prev)
			iput(prev);
		prev = inode;
		cond_resched();
		spin_lock(&sb->s_inode_list_lock);
	}
	spin_unlock(&sb->s_inode_list_lock);
	if (prev)
		iput(prev);
}

/** drop_pagecache - Context: sleeps, no locks held. */
void drop_pagecache(void)
{
	lru_add_drain_all();
	iterate_supers(drop_pagecache_sb, NULL);
}
