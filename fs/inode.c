// SPDX-License-Identifier: GPL-2.0-only
/*
 * The inode cache: allocation, the hash by (super block, number), and eviction.
 *
 * Life: alloc -> I_NEW (hashed, being filled; others wait) -> in use -> i_count 0: kept on
 * the LRU if it still has names -> I_FREEING: exactly one evictor, lookups wait until it
 * has left the hash -> freed after a grace period.
 *
 * Invariants, checked by inode_validate():
 * I1  i_count 0 <=> on the LRU, or I_FREEING|I_WILL_FREE, or about to be decided under i_lock
 * I2  I_FREEING is set once, under i_lock, with i_count 0
 * I3  an inode with a name (i_dentry not empty) has i_count > 0
 *
 * Locks: i_lock (state) > hash lock > LRU lock; s_inode_list_lock is outside i_lock.
 * Waiters for I_NEW and I_FREEING sleep on a hashed queue, because the inode may go.
 */
#include "vfs_internal.h"
#include <kernel/init.h>
#include <mm/mm.h>

static struct kmem_cache *inode_cache;
static struct hlist_head *inode_hashtable;
static unsigned int i_hash_bits;
#define I_HASH_LOCKS	128
static spinlock_t i_hash_locks[I_HASH_LOCKS];
#define I_WAIT_QUEUES	64
static wait_queue_head_t i_wait_queues[I_WAIT_QUEUES];

unsigned long nr_inodes;

static const struct inode_operations empty_iops;

static wait_queue_head_t *inode_wq(const struct inode *inode)
{
	return &i_wait_queues[hash_ptr(inode, 6)];
}

/* ---- allocation ---- */

/** inode_init_once - the part of an inode that survives being freed; a slab constructor's job. */
void inode_init_once(struct inode *inode)
{
	memset(inode, 0, sizeof(*inode));
	spin_lock_init(&inode->i_lock, LR_I_LOCK);
	init_rwsem(&inode->i_rwsem, LR_I_RWSEM);
	INIT_HLIST_NODE(&inode->i_hash);
	INIT_LIST_HEAD(&inode->i_io_list);
	INIT_LIST_HEAD(&inode->i_lru);
	INIT_LIST_HEAD(&inode->i_sb_list);
	INIT_HLIST_HEAD(&inode->i_dentry);
	init_waitqueue_head(&inode->i_wait);
	address_space_init_once(&inode->i_data);
}

static void init_once(void *p)
{
	inode_init_once(p);
}

static void inode_init_always(struct super_block *sb, struct inode *inode)
{
	struct address_space *m = &inode->i_data;

	inode->i_sb = sb;
	inode->i_blkbits = sb->s_blocksize_bits;
	inode->i_flags = 0;
	inode->i_opflags = 0;
	atomic_set(&inode->i_count, 1);
	inode->i_op = &empty_iops;
	inode->i_fop = &no_open_fops;
	inode->i_mode = 0;
	inode->i_ino = 0;
	inode->i_nlink = 1;
	inode->i_uid = 0;
	inode->i_gid = 0;
	atomic_set(&inode->i_writecount, 0);
	atomic_set(&inode->i_readcount, 0);
	atomic_set(&inode->i_dio_count, 0);
	inode->i_size = 0;
	inode->i_blocks = 0;
	inode->i_atime = inode->i_mtime = inode->i_ctime = 0;
	inode->i_generation = 0;
	inode->i_version = 0;
	atomic64_set(&inode->i_sequence, 0);
	inode->i_rdev = 0;
	inode->i_pipe = NULL;
	inode->i_flctx = NULL;
	inode->i_private = NULL;
	inode->i_state = 0;
	inode->dirtied_when = 0;
	inode->i_rwsem.rank = LR_I_RWSEM;
	m->host = inode;
	m->a_ops = NULL;
	m->flags = 0;
	m->wb_err = 0;
	m->writeback_index = 0;
	atomic_set(&m->i_mmap_writable, 0);
	m->gfp_mask = GFP_HIGHUSER_MOVABLE;
	inode->i_mapping = m;
	__atomic_fetch_add(&nr_inodes, 1, __ATOMIC_RELAXED);
}

static struct inode *alloc_inode(struct super_block *sb)
{
	struct inode *inode;

	if (sb->s_op && sb->s_op->alloc_inode)
		inode = sb->s_op->alloc_inode(sb);
	else
		inode = kmem_cache_alloc(inode_cache, GFP_KERNEL);
	if (inode)
		inode_init_always(sb, inode);
	return inode;
}

static void i_callback(struct rcu_head *head)
{
	struct inode *inode = container_of(head, struct inode, i_rcu);
	const struct super_operations *op = (const void *)inode->i_fop;

	if (op)
		op->free_inode(inode);
	else
		kmem_cache_free(inode_cache, inode);
}

static void destroy_inode(struct inode *inode)
{
	const struct super_operations *op = inode->i_sb->s_op;

	VM_BUG_ON(!list_empty(&inode->i_lru));
	if (inode->i_flctx)
		locks_free_context(inode);
	if (!inode->i_nlink)
		atomic_long_dec(&inode->i_sb->s_remove_count);
	__atomic_fetch_sub(&nr_inodes, 1, __ATOMIC_RELAXED);
	/* the super block may be gone when the grace period is over */
	inode->i_fop = op && op->free_inode ? (const void *)op : NULL;
	call_rcu(&inode->i_rcu, i_callback);
}

static void inode_sb_list_add(struct inode *inode)
{
	struct super_block *sb = inode->i_sb;

	spin_lock(&sb->s_inode_list_lock);
	list_add(&inode->i_sb_list, &sb->s_inodes);
	spin_unlock(&sb->s_inode_list_lock);
}

static void inode_sb_list_del(struct inode *inode)
{
	struct super_block *sb = inode->i_sb;

	if (list_empty(&inode->i_sb_list))
		return;
	spin_lock(&sb->s_inode_list_lock);
	list_del_init(&inode->i_sb_list);
	spin_unlock(&sb->s_inode_list_lock);
}

/** new_inode - an inode of @sb, count 1, in no hash. Return: NULL: no memory. */
struct inode *new_inode(struct super_block *sb)
{
	struct inode *inode = alloc_inode(sb);

	if (inode)
		inode_sb_list_add(inode);
	return inode;
}

/** get_next_ino - numbers for filesystems without their own; per CPU, so they are not in order. */
unsigned int get_next_ino(void)
{
	static DEFINE_PER_CPU(unsigned int, last_ino);
	static unsigned int shared;
	unsigned int *p = this_cpu_ptr(&last_ino);
	unsigned int n = *p;

	if (!(n & 1023))
		n = __atomic_fetch_add(&shared, 1024, __ATOMIC_RELAXED);
	if (!++n)
		n++;
	*p = n;
	return n;
}

/* ---- the hash ---- */

static unsigned int i_hash(const struct super_block *sb, unsigned long ino)
{
	return hash_64((u64)ino ^ ((unsigned long)sb >> 6) * GOLDEN_RATIO_64, i_hash_bits);
}

static spinlock_t *i_hash_lock(unsigned int h)
{
	return &i_hash_locks[h % I_HASH_LOCKS];
}

/* Is @inode still being filled? If not, all of it is seen by who asks: pairs with unlock_new_inode(). */
static inline bool inode_is_new(const struct inode *inode)
{
	return smp_load_acquire(&inode->i_state) & I_NEW;
}

static void wait_on_new_inode(struct inode *inode)
{
	wait_event(*inode_wq(inode), !inode_is_new(inode));
}

/* i_lock held and given up: wait until the evictor has taken the inode out of the hash */
static void wait_on_freeing(struct inode *inode) __releases(inode->i_lock)
{
	wait_queue_head_t *wq = inode_wq(inode);
	struct wait_queue_entry e;

	init_wait_entry(&e, 0);
	prepare_to_wait(wq, &e, TASK_UNINTERRUPTIBLE);
	spin_unlock(&inode->i_lock);
	schedule();
	finish_wait(wq, &e);
}

/*
 * An inode of the hash, referenced, or NULL. May sleep for one that is being freed;
 * one with I_NEW is returned as it is.
 */
static struct inode *find_inode(struct super_block *sb, unsigned long ino, unsigned int h)
{
	struct inode *inode;
again:
	rcu_read_lock();
	hlist_for_each_entry_rcu(inode, &inode_hashtable[h], i_hash) {
		if (inode->i_ino != ino || inode->i_sb != sb)
			continue;
		if (atomic_inc_not_zero(&inode->i_count)) {
			/* in use, so not being freed; only its place may have changed */
			if (likely(!hlist_unhashed(&inode->i_hash)))
				return inode;
			iput(inode);
			goto again;
		}
		spin_lock(&inode->i_lock);
		if (hlist_unhashed(&inode->i_hash)) {
			spin_unlock(&inode->i_lock);
			goto again;
		}
		if (inode->i_state & (I_FREEING | I_WILL_FREE)) {
			wait_on_freeing(inode);
			goto again;
		}
		atomic_inc(&inode->i_count);
		spin_unlock(&inode->i_lock);
		return inode;
	}
	rcu_read_unlock();
	return NULL;
}

/* Insert unless there is one already. Return: true if inserted. */
static bool hash_inode_unique(struct inode *inode, unsigned int h)
{
	spinlock_t *lock = i_hash_lock(h);
	struct inode *old;

	spin_lock(lock);
	hlist_for_each_entry(old, &inode_hashtable[h], i_hash)
		if (old->i_ino == inode->i_ino && old->i_sb == inode->i_sb) {
			spin_unlock(lock);
			return false;
		}
	hlist_add_head_rcu(&inode->i_hash, &inode_hashtable[h]);
	spin_unlock(lock);
	return true;
}

static void remove_inode_hash(struct inode *inode)
{
	spinlock_t *lock;

	if (hlist_unhashed(&inode->i_hash))
		return;
	lock = i_hash_lock(i_hash(inode->i_sb, inode->i_ino));
	spin_lock(&inode->i_lock);
	spin_lock(lock);
	hlist_del_init_rcu(&inode->i_hash);
	spin_unlock(lock);
	spin_unlock(&inode->i_lock);
}

/**
 * iget_locked - the inode with this number, from the cache, or a new one to be filled.
 *
 * A new one has I_NEW set: fill it and call unlock_new_inode(), or iget_failed().
 * Context: may sleep.
 * Return: referenced inode; NULL: no memory.
 */
struct inode *iget_locked(struct super_block *sb, unsigned long ino)
{
	unsigned int h = i_hash(sb, ino);
	struct inode *inode, *new = NULL;

	for (;;) {
		inode = find_inode(sb, ino, h);
		if (inode) {
			if (unlikely(new)) {
				new->i_state |= I_FREEING;
				destroy_inode(new);
				new = NULL;
			}
			if (unlikely(inode_is_new(inode)))
				wait_on_new_inode(inode);
			if (likely(!hlist_unhashed(&inode->i_hash)))
				return inode;
			iput(inode);	/* whoever filled it failed */
			continue;
		}
		if (!new) {
			new = alloc_inode(sb);
			if (!new)
				return NULL;
			new->i_ino = ino;
			new->i_state = I_NEW;
		}
		if (hash_inode_unique(new, h)) {
			inode_sb_list_add(new);
			return new;
		}
	}
}

/** insert_inode_locked - hash a new inode by its number, with I_NEW. Return: 0, -EBUSY. */
int insert_inode_locked(struct inode *inode)
{
	unsigned int h = i_hash(inode->i_sb, inode->i_ino);
	struct inode *old;

	inode->i_state |= I_NEW;
	while (!hash_inode_unique(inode, h)) {
		old = find_inode(inode->i_sb, inode->i_ino, h);
		if (!old)
			continue;
		wait_on_new_inode(old);
		if (!hlist_unhashed(&old->i_hash)) {
			iput(old);
			return -EBUSY;
		}
		iput(old);
	}
	return 0;
}

void insert_inode_hash(struct inode *inode)
{
	unsigned int h = i_hash(inode->i_sb, inode->i_ino);
	spinlock_t *lock = i_hash_lock(h);

	spin_lock(lock);
	hlist_add_head_rcu(&inode->i_hash, &inode_hashtable[h]);
	spin_unlock(lock);
}

/** unlock_new_inode - the inode is filled: others may use it. */
void unlock_new_inode(struct inode *inode)
{
	if (S_ISDIR(inode->i_mode))
		inode->i_rwsem.rank = LR_I_RWSEM_DIR;
	spin_lock(&inode->i_lock);
	smp_store_release(&inode->i_state, inode->i_state & ~I_NEW);
	smp_mb();
	spin_unlock(&inode->i_lock);
	if (waitqueue_active(inode_wq(inode)))
		wake_up_all(inode_wq(inode));
}

/** discard_new_inode - undo of iget_locked/insert_inode_locked for one that nobody may see. */
void discard_new_inode(struct inode *inode)
{
	remove_inode_hash(inode);
	unlock_new_inode(inode);
	iput(inode);
}

/** iget_failed - a new inode could not be filled. */
void iget_failed(struct inode *inode)
{
	inode->i_flags |= S_NOCMTIME;
	clear_nlink(inode);
	discard_new_inode(inode);
}

/* ---- the end ---- */

/** clear_inode - last act of ->evict_inode: no pages are left. */
void clear_inode(struct inode *inode)
{
	VM_BUG_ON(inode->i_data.nrpages);
	VM_BUG_ON(!(inode->i_state & I_FREEING));
	inode->i_state = I_FREEING | I_CLEAR;
}

/* I_FREEING is ours */
static void evict(struct inode *inode)
{
	const struct super_operations *op = inode->i_sb->s_op;

	inode_io_list_del(inode);
	inode_sb_list_del(inode);
	inode_wait_for_writeback(inode);
	if (op && op->evict_inode) {
		op->evict_inode(inode);
	} else {
		truncate_inode_pages_final(&inode->i_data);
		clear_inode(inode);
	}
	remove_inode_hash(inode);
	smp_mb();
	if (waitqueue_active(inode_wq(inode)))
		wake_up_all(inode_wq(inode));
	destroy_inode(inode);
}

int generic_delete_inode(struct inode *inode)
{
	return 1;
}

int generic_drop_inode(struct inode *inode)
{
	return !inode->i_nlink || hlist_unhashed(&inode->i_hash);
}

/* i_lock held and given up, i_count 0 */
static void iput_final(struct inode *inode) __releases(inode->i_lock)
{
	struct super_block *sb = inode->i_sb;
	const struct super_operations *op = sb->s_op;
	int drop = op && op->drop_inode ? op->drop_inode(inode) : generic_drop_inode(inode);

	if (!drop && (sb->s_flags & SB_ACTIVE)) {
		inode_lru_add(inode);
		spin_unlock(&inode->i_lock);
		return;
	}
	if (!drop) {
		inode->i_state |= I_WILL_FREE;
		spin_unlock(&inode->i_lock);
		write_inode_now(inode, true);
		spin_lock(&inode->i_lock);
		inode->i_state &= ~I_WILL_FREE;
	}
	inode->i_state |= I_FREEING;
	spin_unlock(&inode->i_lock);
	inode_lru_del(inode);
	evict(inode);
}

/** iput - give a reference back. Context: may sleep. @inode may be NULL. */
void iput(struct inode *inode)
{
	if (!inode || atomic_add_unless(&inode->i_count, -1, 1))
		return;
	spin_lock(&inode->i_lock);
	if (atomic_dec_and_test(&inode->i_count))
		iput_final(inode);
	else
		spin_unlock(&inode->i_lock);
}

void dispose_inodes(struct list_head *list)
{
	while (!list_empty(list)) {
		struct inode *inode = list_first_entry(list, struct inode, i_lru);

		list_del_init(&inode->i_lru);
		evict(inode);
		cond_resched();
	}
}

/**
 * evict_inodes - umount: every inode goes.
 * Context: s_umount held for writing, SB_ACTIVE clear.
 * Return: number of those still in use, which stay.
 */
int evict_inodes(struct super_block *sb)
{
	struct inode *inode, *next;
	LIST_HEAD(dispose);
	int busy = 0;

	spin_lock(&sb->s_inode_list_lock);
	list_for_each_entry_safe(inode, next, &sb->s_inodes, i_sb_list) {
		spin_lock(&inode->i_lock);
		if (atomic_read(&inode->i_count) || (inode->i_state & (I_NEW | I_FREEING | I_WILL_FREE))) {
			busy++;
			spin_unlock(&inode->i_lock);
			continue;
		}
		inode->i_state |= I_FREEING;
		inode_lru_del(inode);
		spin_unlock(&inode->i_lock);
		list_add(&inode->i_lru, &dispose);
	}
	spin_unlock(&sb->s_inode_list_lock);
	dispose_inodes(&dispose);
	return busy;
}

/** inode_validate - asserts I1 to I3. */
void inode_validate(struct inode *inode)
{
	spin_lock(&inode->i_lock);
	BUG_ON(atomic_read(&inode->i_count) < 0);
	BUG_ON((inode->i_state & I_FREEING) && atomic_read(&inode->i_count));
	BUG_ON(!hlist_empty(&inode->i_dentry) && !atomic_read(&inode->i_count));
	BUG_ON(inode->i_mapping->host && inode->i_mapping == &inode->i_data &&
	       inode->i_data.host != inode);
	spin_unlock(&inode->i_lock);
}

void __init inode_init(void)
{
	unsigned int i;

	i_hash_bits = clamp_t(unsigned int, order_base_2(totalram_pages() / 4), 9, 19);
	inode_cache = kmem_cache_create("inode_cache", sizeof(struct inode), 0,
					SLAB_PANIC | SLAB_RECLAIM_ACCOUNT, init_once);
	inode_hashtable = kvcalloc(1ul << i_hash_bits, sizeof(*inode_hashtable), GFP_KERNEL);
	if (!inode_hashtable)
		panic("VFS: no memory for the inode hash table");
	for (i = 0; i < I_HASH_LOCKS; i++)
		spin_lock_init(&i_hash_locks[i], LR_INODE_HASH);
	for (i = 0; i < I_WAIT_QUEUES; i++)
		init_waitqueue_head(&i_wait_queues[i]);
	inode_init_shrinker();
}
