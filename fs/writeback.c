// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writing inodes and their folios back: the flusher, and what sync(2) needs.
 *
 * A dirty inode is on a list of its super block: s_dirty, oldest first; s_io while
 * somebody works through a batch; s_more_io when it got its share but has more.
 * Whoever writes an inode sets I_SYNC, which keeps it in memory: eviction waits.
 *
 * W1. An inode with I_DIRTY bits that is hashed or a block device is on a list, or is
 *     being freed.
 * W2. i_state, i_io_list and dirtied_when change under i_lock; the lists also under
 *     s_wb_lock. Order: i_lock, s_wb_lock; walkers of a list try i_lock.
 * W3. Only one walker works through s_io (s_sync_lock); others who write an inode
 *     (fsync) do not move one that is still dirty. So a sync misses none.
 *
 * The one flusher thread wakes every dirty_writeback_interval, and when somebody is
 * short of clean memory. It may use the memory reserve, since it makes memory clean.
 *
 * Inodes of filesystems in memory have nowhere to be written to and never get dirty.
 */
#include <kernel/printk.h>
#include <kernel/sched.h>
#include <kernel/timer.h>
#include <kernel/wait.h>
#include <mm/mm.h>
#include <mm/pagemap.h>
#include <mm/writeback.h>
#include <fs/fs.h>

#define WRITE_CHUNK 1024	/* pages of one inode before the next has its turn */

static inline bool has_store(const struct inode *inode)
{
	const struct address_space_operations *ops = inode->i_mapping->a_ops;
	const struct super_operations *s_op = inode->i_sb->s_op;

	return (s_op && s_op->write_inode) || (ops && ops->writepages);
}

/**
 * __mark_inode_dirty - @flags (I_DIRTY_*) of @inode are newer than the disk.
 * Context: does not sleep, unless the filesystem has ->dirty_inode.
 */
void __mark_inode_dirty(struct inode *inode, int flags)
{
	struct super_block *sb = inode->i_sb;

	/* the change itself, before "it is marked already": pairs with write_inode_state() */
	smp_mb();
	if (likely((READ_ONCE(inode->i_state) & flags) == (unsigned int)flags) || !has_store(inode))
		return;
	if ((flags & I_DIRTY_INODE) && sb->s_op && sb->s_op->dirty_inode)
		sb->s_op->dirty_inode(inode, flags & I_DIRTY_INODE);
	spin_lock(&inode->i_lock);
	inode->i_state |= flags;
	if (list_empty(&inode->i_io_list) && !(inode->i_state & (I_FREEING | I_CLEAR)) &&
	    (S_ISBLK(inode->i_mode) || !hlist_unhashed(&inode->i_hash))) {
		spin_lock(&sb->s_wb_lock);
		inode->dirtied_when = ktime_get();
		list_add_tail(&inode->i_io_list, &sb->s_dirty);
		spin_unlock(&sb->s_wb_lock);
	}
	spin_unlock(&inode->i_lock);
}

/** inode_io_list_del - @inode, with I_FREEING, leaves the lists. */
void inode_io_list_del(struct inode *inode)
{
	struct super_block *sb = inode->i_sb;

	if (list_empty(&inode->i_io_list))
		return;
	spin_lock(&sb->s_wb_lock);
	list_del_init(&inode->i_io_list);
	spin_unlock(&sb->s_wb_lock);
}

/** inode_wait_for_writeback - until nobody writes @inode. Context: sleeps; it stays in memory. */
void inode_wait_for_writeback(struct inode *inode)
{
	wait_event(inode->i_wait, !(READ_ONCE(inode->i_state) & I_SYNC));
	/* whoever cleared it is done with the inode when it lets go of i_lock */
	spin_lock(&inode->i_lock);
	spin_unlock(&inode->i_lock);
}

/* The inode itself, if it is dirty. I_SYNC is set. 0 or -errno. */
static int write_inode_state(struct inode *inode, struct writeback_control *wbc)
{
	const struct super_operations *op = inode->i_sb->s_op;
	unsigned long dirty;

	spin_lock(&inode->i_lock);
	dirty = inode->i_state & I_DIRTY;
	inode->i_state &= ~dirty;
	/* who dirties a folio now either sees the bit clear, or its mark is seen here */
	smp_mb();
	if (xa_marked(&inode->i_mapping->i_pages, PAGECACHE_TAG_DIRTY))
		inode->i_state |= I_DIRTY_PAGES;
	spin_unlock(&inode->i_lock);
	if ((dirty & I_DIRTY_INODE) && op && op->write_inode)
		return op->write_inode(inode, wbc);
	return 0;
}

/* Folios and inode. I_SYNC is set. nr_to_write 0: the inode only. 0 or -errno. */
static int write_inode_sync(struct inode *inode, struct writeback_control *wbc)
{
	struct address_space *m = inode->i_mapping;
	int ret = 0, err;

	if (wbc->nr_to_write > 0 && m->nrpages && m->a_ops->writepages) {
		ret = m->a_ops->writepages(m, wbc);
		/* sync(2) waits later, for all inodes together */
		if (wbc->sync_mode == WB_SYNC_ALL && !wbc->for_sync)
			filemap_fdatawait_range(m, 0, LLONG_MAX);
	}
	err = write_inode_state(inode, wbc);
	return ret ? ret : err;
}

/* Clear I_SYNC, and let waiters go on. Context: i_lock held, given up. */
static void inode_sync_complete(struct inode *inode) __no_tsa
{
	inode->i_state &= ~I_SYNC;
	wake_up_all(&inode->i_wait);
	spin_unlock(&inode->i_lock);
}

/* The walker of s_io has written @inode: put it where it belongs. */
static void requeue_inode(struct inode *inode, bool more) __no_tsa
{
	struct super_block *sb = inode->i_sb;

	spin_lock(&inode->i_lock);
	spin_lock(&sb->s_wb_lock);
	if (!(inode->i_state & I_DIRTY) || (inode->i_state & I_FREEING)) {
		list_del_init(&inode->i_io_list);
	} else if (more && (inode->i_state & I_DIRTY_PAGES)) {
		list_move_tail(&inode->i_io_list, &sb->s_more_io);
	} else {
		inode->dirtied_when = ktime_get();
		list_move_tail(&inode->i_io_list, &sb->s_dirty);
	}
	spin_unlock(&sb->s_wb_lock);
	inode_sync_complete(inode);
}

/* Write one inode that the caller has a reference of. 0 or -errno. */
static int write_single_inode(struct inode *inode, struct writeback_control *wbc) __no_tsa
{
	int err;

	for (;;) {
		spin_lock(&inode->i_lock);
		if (!(inode->i_state & I_SYNC))
			break;
		spin_unlock(&inode->i_lock);
		if (wbc->sync_mode != WB_SYNC_ALL)
			return 0;
		inode_wait_for_writeback(inode);
	}
	if (!(inode->i_state & I_DIRTY) &&
	    (wbc->sync_mode != WB_SYNC_ALL ||
	     !xa_marked(&inode->i_mapping->i_pages, PAGECACHE_TAG_WRITEBACK))) {
		spin_unlock(&inode->i_lock);
		return 0;
	}
	inode->i_state |= I_SYNC;
	spin_unlock(&inode->i_lock);
	err = write_inode_sync(inode, wbc);
	spin_lock(&inode->i_lock);
	if (!(inode->i_state & I_DIRTY))
		inode_io_list_del(inode);
	inode_sync_complete(inode);
	return err;
}

/** write_inode_now - write @inode and its folios; @sync: wait. Return: 0 or -errno. */
int write_inode_now(struct inode *inode, bool sync)
{
	struct writeback_control wbc = {
		.nr_to_write = LONG_MAX, .range_end = LLONG_MAX,
		.sync_mode = sync ? WB_SYNC_ALL : WB_SYNC_NONE,
	};

	return has_store(inode) ? write_single_inode(inode, &wbc) : 0;
}

/* Documented in mm/writeback.h. Context: sleeps; a reference held. */
int sync_inode_metadata(struct inode *inode, bool wait)
{
	struct writeback_control wbc = { .sync_mode = wait ? WB_SYNC_ALL : WB_SYNC_NONE };

	if (!(READ_ONCE(inode->i_state) & (I_DIRTY_INODE | I_SYNC)))
		return 0;
	return has_store(inode) ? write_single_inode(inode, &wbc) : 0;
}

/* Move to s_io what became dirty before @before, and what waits for its next turn. */
static void queue_io(struct super_block *sb, ktime_t before)
{
	struct inode *inode;

	list_splice_tail_init(&sb->s_more_io, &sb->s_io);
	while (!list_empty(&sb->s_dirty)) {
		inode = list_first_entry(&sb->s_dirty, struct inode, i_io_list);
		if (inode->dirtied_when > before)
			break;
		list_move_tail(&inode->i_io_list, &sb->s_io);
	}
}

enum pick { PICK_NONE, PICK_AGAIN, PICK_WRITE, PICK_WAIT };

/*
 * The next inode of s_io. PICK_WRITE: I_SYNC is set, it is ours; PICK_WAIT: somebody
 * else writes it, and it is referenced.
 */
static enum pick pick_inode(struct super_block *sb, bool sync, struct inode **inodep) __no_tsa
{
	enum pick ret = PICK_AGAIN;
	struct inode *inode;

	spin_lock(&sb->s_wb_lock);
	if (list_empty(&sb->s_io)) {
		spin_unlock(&sb->s_wb_lock);
		return PICK_NONE;
	}
	inode = list_first_entry(&sb->s_io, struct inode, i_io_list);
	if (!spin_trylock(&inode->i_lock)) {
		spin_unlock(&sb->s_wb_lock);
		return PICK_AGAIN;
	}
	if (inode->i_state & (I_FREEING | I_WILL_FREE)) {
		list_del_init(&inode->i_io_list);
	} else if (inode->i_state & I_NEW) {
		inode->dirtied_when = ktime_get();
		list_move_tail(&inode->i_io_list, &sb->s_dirty);
	} else if (!(inode->i_state & I_SYNC)) {
		inode->i_state |= I_SYNC;
		ret = PICK_WRITE;
	} else if (sync) {
		atomic_inc(&inode->i_count);
		ret = PICK_WAIT;
	} else {
		list_move_tail(&inode->i_io_list, &sb->s_more_io);
	}
	spin_unlock(&sb->s_wb_lock);
	spin_unlock(&inode->i_lock);
	*inodep = inode;
	return ret;
}

/*
 * Write the inodes of @sb that became dirty before @before, as @mode says.
 * Context: s_sync_lock held. Return: pages written, roughly.
 */
static long writeback_sb(struct super_block *sb, ktime_t before, enum writeback_sync_modes mode)
{
	bool sync = mode == WB_SYNC_ALL;
	struct inode *inode;
	long written = 0;
	enum pick p;

	spin_lock(&sb->s_wb_lock);
	queue_io(sb, before);
	spin_unlock(&sb->s_wb_lock);
	while ((p = pick_inode(sb, sync, &inode)) != PICK_NONE) {
		struct writeback_control wbc = {
			.sync_mode = mode, .for_sync = sync, .for_background = !sync,
			.range_cyclic = !sync, .range_end = LLONG_MAX,
			.nr_to_write = sync ? LONG_MAX : WRITE_CHUNK,
		};
		long asked = wbc.nr_to_write;

		if (p == PICK_WRITE) {
			write_inode_sync(inode, &wbc);
			written += asked - wbc.nr_to_write;
			requeue_inode(inode, wbc.nr_to_write <= 0);
		} else if (p == PICK_WAIT) {
			inode_wait_for_writeback(inode);
			iput(inode);
		}
		cond_resched();
	}
	return written;
}

static bool has_more_io(struct super_block *sb)
{
	bool more;

	spin_lock(&sb->s_wb_lock);
	more = !list_empty(&sb->s_more_io);
	spin_unlock(&sb->s_wb_lock);
	return more;
}

/** writeback_inodes_sb - start writing everything that is dirty now. Context: sleeps. */
void writeback_inodes_sb(struct super_block *sb)
{
	mutex_lock(&sb->s_sync_lock);
	while (writeback_sb(sb, KTIME_MAX, WB_SYNC_NONE) && has_more_io(sb))
		;
	mutex_unlock(&sb->s_sync_lock);
}

/* Wait for the writes under way of all inodes of @sb. */
static void wait_sb_inodes(struct super_block *sb)
{
	struct inode *inode, *prev = NULL;

	spin_lock(&sb->s_inode_list_lock);
	list_for_each_entry(inode, &sb->s_inodes, i_sb_list) {
		struct address_space *m = inode->i_mapping;

		if (!xa_marked(&m->i_pages, PAGECACHE_TAG_WRITEBACK))
			continue;
		spin_lock(&inode->i_lock);
		if (inode->i_state & (I_FREEING | I_WILL_FREE | I_NEW)) {
			spin_unlock(&inode->i_lock);
			continue;
		}
		atomic_inc(&inode->i_count);
		spin_unlock(&inode->i_lock);
		spin_unlock(&sb->s_inode_list_lock);
		/* the reference keeps it on the list, from where the walk goes on */
		if (prev)
			iput(prev);
		prev = inode;
		filemap_fdatawait_range(m, 0, LLONG_MAX);
		cond_resched();
		spin_lock(&sb->s_inode_list_lock);
	}
	spin_unlock(&sb->s_inode_list_lock);
	if (prev)
		iput(prev);
}

/**
 * sync_inodes_sb - write all that is dirty now in @sb, and wait. Inodes are written
 * into their blocks; those are the block device's to sync.
 * Context: sleeps; s_umount held.
 */
void sync_inodes_sb(struct super_block *sb)
{
	mutex_lock(&sb->s_sync_lock);
	writeback_sb(sb, KTIME_MAX, WB_SYNC_ALL);
	wait_sb_inodes(sb);
	mutex_unlock(&sb->s_sync_lock);
}

/* --- the flusher --- */

static DECLARE_WAIT_QUEUE_HEAD(flusher_wait);
static int flusher_wanted;	/* bool, for xchg() */

/** wakeup_flusher_threads - too much memory is dirty. Context: any. */
void wakeup_flusher_threads(void)
{
	if (READ_ONCE(flusher_wanted))
		return;
	WRITE_ONCE(flusher_wanted, 1);
	wake_up(&flusher_wait);
}

static bool over_background(void)
{
	unsigned long background, dirty;

	global_dirty_limits(&background, &dirty);
	return node_stat(NR_FILE_DIRTY) > background;
}

static void flush_one_sb(struct super_block *sb, void *arg) __no_tsa
{
	ktime_t *before = arg;
	/* a file that is dirtied all the time must not keep the others waiting */
	long written, budget = node_stat(NR_FILE_DIRTY) + WRITE_CHUNK;

	/* a sync in progress writes everything anyway */
	if (sb_rdonly(sb) || !mutex_trylock(&sb->s_sync_lock))
		return;
	do {
		written = writeback_sb(sb, *before, WB_SYNC_NONE);
		budget -= written;
	} while (written && budget > 0 && has_more_io(sb));
	mutex_unlock(&sb->s_sync_lock);
}

static int flusher(void *unused)
{
	current->flags |= PF_MEMALLOC;
	for (;;) {
		long interval = dirty_writeback_interval_cs * 10 * NSEC_PER_MSEC;
		ktime_t before;

		wait_event_interruptible_timeout(flusher_wait, READ_ONCE(flusher_wanted),
						 interval ? interval : MAX_SCHEDULE_TIMEOUT);
		before = ktime_get();
		if (xchg(&flusher_wanted, 0) || over_background())
			iterate_supers(flush_one_sb, &before);
		before -= dirty_expire_interval_cs * 10 * NSEC_PER_MSEC;
		iterate_supers(flush_one_sb, &before);
	}
	return 0;
}

/** writeback_init - start the flusher. Context: late in boot. */
void writeback_init(void)
{
	if (IS_ERR(kthread_run(flusher, NULL, "flush")))
		panic("cannot start the flusher");
}
