/* SPDX-License-Identifier: GPL-2.0-only */
/* Write-back of inodes and their folios: fs/writeback.c (flusher) and mm/page-writeback.c (limits). */
#ifndef MM_WRITEBACK_H
#define MM_WRITEBACK_H
#include <lib/types.h>

struct inode;
struct super_block;
enum writeback_sync_modes { WB_SYNC_NONE, WB_SYNC_ALL };
struct writeback_control {
	long nr_to_write;		/* pages; falls as they are written */
	loff_t range_start, range_end;	/* bytes, inclusive; unless range_cyclic */
	enum writeback_sync_modes sync_mode;
	bool range_cyclic, for_kupdate, for_background, for_sync, for_reclaim, tagged_writepages;
};
/* inode->i_state */
#define I_DIRTY_SYNC		(1 << 0)	/* inode itself (times) */
#define I_DIRTY_DATASYNC	(1 << 1)	/* inode fields that fdatasync needs (size, blocks) */
#define I_DIRTY_PAGES		(1 << 2)
#define I_NEW			(1 << 3)
#define I_WILL_FREE		(1 << 4)
#define I_FREEING		(1 << 5)
#define I_CLEAR			(1 << 6)
#define I_SYNC			(1 << 7)	/* being written */
#define I_REFERENCED		(1 << 8)
#define I_LINKABLE		(1 << 10)	/* O_TMPFILE: linkat() may raise i_nlink from 0 */
#define I_DIRTY_INODE		(I_DIRTY_SYNC | I_DIRTY_DATASYNC)
#define I_DIRTY			(I_DIRTY_INODE | I_DIRTY_PAGES)

void __mark_inode_dirty(struct inode *inode, int flags);	/* atomic context is fine */
int write_inode_now(struct inode *inode, bool sync);
/** sync_inode_metadata - write the inode itself if dirty. 0 or -errno. */
int sync_inode_metadata(struct inode *inode, bool wait);
void sync_inodes_sb(struct super_block *sb);		/* write and wait for all */
void writeback_inodes_sb(struct super_block *sb);	/* start */
void wakeup_flusher_threads(void);
void inode_wait_for_writeback(struct inode *inode);
void inode_io_list_del(struct inode *inode);		/* at eviction */
void writeback_init(void);
/* limits, for /proc/sys/vm */
extern int dirty_background_ratio, vm_dirty_ratio;
extern unsigned int dirty_writeback_interval_cs, dirty_expire_interval_cs;
extern unsigned long dirty_background_bytes, vm_dirty_bytes;
void global_dirty_limits(unsigned long *background, unsigned long *dirty);	/* pages */

#endif
