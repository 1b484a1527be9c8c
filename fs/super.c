// SPDX-License-Identifier: GPL-2.0-only
/*
 * Super blocks: made by the mount_*() helpers that a filesystem's ->mount calls, shared by
 * all mounts of the same device, shut down when the last of them is gone.
 *
 * s_active: mounts and others who need the filesystem alive. At 0, ->kill_sb runs, with
 * s_umount held for writing. s_count: holders of the memory only (walkers of super_blocks);
 * guarded by sb_lock. SB_BORN is set when the filesystem has been filled; before that,
 * and once s_root is gone, others leave it alone. It stays on the list until the last of
 * them has let go, so that a walk always knows where to go on.
 *
 * Locks: s_umount is outside all inode locks; sb_lock guards the list and s_count.
 */
#include "vfs_internal.h"
#include <drivers/block.h>
#include <fs/buffer.h>
#include <lib/idr.h>
#include <lib/printf.h>

static LIST_HEAD(super_blocks);
static DEFINE_SPINLOCK(sb_lock, LR_SB_LIST);
static DEFINE_IDA(anon_dev_ida);
static DEFINE_MUTEX(anon_dev_lock, LR_KERNEL_MUTEX);

/* ---- life ---- */

static struct super_block *alloc_super(struct file_system_type *t, int flags) __no_tsa	/* s_umount is held in what is returned */
{
	struct super_block *s = kzalloc(sizeof(*s), GFP_KERNEL);

	if (!s)
		return NULL;
	init_rwsem(&s->s_umount, LR_S_UMOUNT);
	mutex_init(&s->s_vfs_rename_mutex, LR_S_RENAME);
	mutex_init(&s->s_sync_lock, LR_S_RENAME);
	spin_lock_init(&s->s_inode_list_lock, LR_SB_LIST);
	spin_lock_init(&s->s_wb_lock, LR_WB_LIST);
	INIT_LIST_HEAD(&s->s_inodes);
	INIT_LIST_HEAD(&s->s_dirty);
	INIT_LIST_HEAD(&s->s_io);
	INIT_LIST_HEAD(&s->s_more_io);
	INIT_LIST_HEAD(&s->s_dirty_time);
	INIT_LIST_HEAD(&s->s_list);
	INIT_LIST_HEAD(&s->s_mounts);
	s->s_type = t;
	s->s_flags = flags & ~(SB_ACTIVE | SB_BORN);
	s->s_count = 1;
	atomic_set(&s->s_active, 1);
	s->s_maxbytes = MAX_LFS_FILESIZE;
	s->s_time_gran = 1;
	s->s_time_max = LLONG_MAX / NSEC_PER_SEC;
	s->s_time_min = LLONG_MIN / NSEC_PER_SEC;
	s->s_blocksize = PAGE_SIZE;
	s->s_blocksize_bits = PAGE_SHIFT;
	down_write(&s->s_umount);
	return s;
}

/* sb_lock held; lockless readers (path walks) may still look at it */
static void __put_super(struct super_block *s)
{
	if (--s->s_count)
		return;
	list_del_init(&s->s_list);
	kfree_rcu(s, rcu);
}

static void put_super_count(struct super_block *s)
{
	spin_lock(&sb_lock);
	__put_super(s);
	spin_unlock(&sb_lock);
}

static void publish_super(struct super_block *s)
{
	spin_lock(&sb_lock);
	list_add_tail(&s->s_list, &super_blocks);
	spin_unlock(&sb_lock);
}

/* ->fill succeeded */
static void born(struct super_block *s)
{
	smp_store_release(&s->s_flags, s->s_flags | SB_BORN | SB_ACTIVE);
}

static void deactivate_locked_super(struct super_block *s) __no_tsa	/* ->kill_sb unlocks */
{
	if (!atomic_dec_and_test(&s->s_active)) {
		up_write(&s->s_umount);
		return;
	}
	s->s_type->kill_sb(s);
	put_super_count(s);
}

/**
 * deactivate_super - give back a reference of s_active; the last shuts the filesystem down.
 * Context: may sleep, no locks.
 */
void deactivate_super(struct super_block *s) __no_tsa
{
	if (atomic_add_unless(&s->s_active, -1, 1))
		return;
	down_write(&s->s_umount);
	deactivate_locked_super(s);
}

/* s_umount held for writing; given up */
static void generic_shutdown_super(struct super_block *s) __no_tsa	/* gives s_umount up */
{
	int busy;

	if (s->s_root) {
		shrink_dcache_for_umount(s);
		sync_filesystem(s);
		s->s_flags &= ~SB_ACTIVE;
		busy = evict_inodes(s);
		if (s->s_op && s->s_op->put_super)
			s->s_op->put_super(s);
		if (busy)
			pr_err("VFS: %s: %d inodes still in use after unmount\n", s->s_id, busy);
	}
	spin_lock(&sb_lock);
	s->s_flags |= SB_DYING;
	spin_unlock(&sb_lock);
	up_write(&s->s_umount);
}

/** kill_anon_super - ->kill_sb of a filesystem without a device. */
void kill_anon_super(struct super_block *s)
{
	dev_t dev = s->s_dev;

	generic_shutdown_super(s);
	mutex_lock(&anon_dev_lock);
	ida_free(&anon_dev_ida, MINOR(dev));
	mutex_unlock(&anon_dev_lock);
}

/** kill_litter_super - the same for one whose entries hold themselves by a reference. */
void kill_litter_super(struct super_block *s)
{
	if (s->s_root)
		d_genocide(s->s_root);
	kill_anon_super(s);
}

/** kill_block_super - ->kill_sb of a filesystem on a block device. */
void kill_block_super(struct super_block *s)
{
	struct block_device *bdev = s->s_bdev;

	/* before the next mount of @bdev can come; @s is freed after a grace period */
	WRITE_ONCE(bdev->bd_super, NULL);
	generic_shutdown_super(s);
	sync_blockdev(bdev);
	invalidate_bdev(bdev);
	blkdev_put(bdev, s->s_type);
}

/** set_anon_super - a device number for a filesystem without one. Return: 0, -EMFILE, -ENOMEM. */
int set_anon_super(struct super_block *s)
{
	int id;

	mutex_lock(&anon_dev_lock);
	id = ida_alloc_range(&anon_dev_ida, 1, MINORMASK, GFP_KERNEL);
	mutex_unlock(&anon_dev_lock);
	if (id < 0)
		return id == -ENOSPC ? -EMFILE : id;
	s->s_dev = MKDEV(0, id);
	return 0;
}

/** sb_set_blocksize - Return: false: the device or the page size does not allow it. */
bool sb_set_blocksize(struct super_block *s, unsigned int size)
{
	if (size < 512 || size > PAGE_SIZE || !is_power_of_2(size) || set_blocksize(s->s_bdev, size))
		return false;
	s->s_blocksize = size;
	s->s_blocksize_bits = ilog2(size);
	return true;
}

/* ---- finding ---- */

/* A live super block for which @test is true: active reference, s_umount held for writing. */
static struct super_block *sget_existing(struct file_system_type *t,
					 bool (*test)(struct super_block *s, const void *arg),
					 const void *arg) __no_tsa	/* s_umount is held in what is returned */
{
	struct super_block *s;
again:
	spin_lock(&sb_lock);
	list_for_each_entry(s, &super_blocks, s_list) {
		if (s->s_type != t || (s->s_flags & SB_DYING) || !test(s, arg))
			continue;
		s->s_count++;
		spin_unlock(&sb_lock);
		down_write(&s->s_umount);
		if (s->s_root && (s->s_flags & SB_BORN) && atomic_inc_not_zero(&s->s_active)) {
			put_super_count(s);
			return s;
		}
		up_write(&s->s_umount);
		put_super_count(s);
		cond_resched();
		goto again;
	}
	spin_unlock(&sb_lock);
	return NULL;
}

/**
 * iterate_supers - call @fn for each mounted super block, s_umount held for reading.
 * Context: may sleep.
 */
void iterate_supers(void (*fn)(struct super_block *s, void *arg), void *arg)
{
	struct super_block *s, *prev = NULL;

	spin_lock(&sb_lock);
	list_for_each_entry(s, &super_blocks, s_list) {
		s->s_count++;
		spin_unlock(&sb_lock);
		if (prev)
			put_super_count(prev);
		down_read(&s->s_umount);
		if (s->s_root && (s->s_flags & SB_BORN))
			fn(s, arg);
		up_read(&s->s_umount);
		prev = s;
		spin_lock(&sb_lock);
	}
	spin_unlock(&sb_lock);
	if (prev)
		put_super_count(prev);
}

/* ---- ->mount helpers ---- */

static bool test_bdev_super(struct super_block *s, const void *bdev)
{
	return s->s_bdev == bdev;
}

static struct dentry *fill_new_super(struct super_block *s, void *data, int silent,
				     int (*fill)(struct super_block *s, void *data, int silent)) __no_tsa
{
	int err = fill(s, data, silent);

	if (err) {
		deactivate_locked_super(s);
		return ERR_PTR(err);
	}
	born(s);
	up_write(&s->s_umount);
	return dget(s->s_root);
}

/*
 * The super block of @bdev, s_umount held for writing: the one that is mounted, or a new
 * one, still without s_root. Return: NULL: no memory.
 */
static struct super_block *sget_bdev(struct file_system_type *t, int flags,
				     struct block_device *bdev) __no_tsa	/* s_umount is held in what is returned */
{
	/* between looking and publishing: two mounts at once must not both find none */
	static DEFINE_MUTEX(lock, LR_MOUNT);
	struct super_block *s;

	mutex_lock(&lock);
	s = sget_existing(t, test_bdev_super, bdev);
	if (!s) {
		s = alloc_super(t, flags);
		if (s) {
			s->s_bdev = bdev;
			WRITE_ONCE(bdev->bd_super, s);
			s->s_dev = bdev->bd_dev;
			strscpy(s->s_id, bdev->bd_name, sizeof(s->s_id));
			publish_super(s);
		}
	}
	mutex_unlock(&lock);
	return s;
}

/**
 * mount_bdev - ->mount of a filesystem on the block device at path @dev.
 *
 * A device that is mounted already gives the same super block, if both are writable or
 * neither is.
 * Context: may sleep.
 * Return: root dentry with s_active held; ERR_PTR: -ENOTBLK, -EBUSY, -ENXIO, -EACCES
 * (read-only device), or @fill's error.
 */
struct dentry *mount_bdev(struct file_system_type *t, int flags, const char *dev, void *data,
			  int (*fill)(struct super_block *s, void *data, int silent)) __no_tsa
{
	fmode_t mode = flags & SB_RDONLY ? FMODE_READ : FMODE_READ | FMODE_WRITE;
	struct block_device *bdev = blkdev_get_by_path(dev, mode, t);
	struct super_block *s;

	if (IS_ERR(bdev))
		return ERR_CAST(bdev);
	if ((mode & FMODE_WRITE) && bdev->bd_read_only) {
		blkdev_put(bdev, t);
		return ERR_PTR(-EACCES);
	}
	s = sget_bdev(t, flags, bdev);
	if (!s) {
		blkdev_put(bdev, t);
		return ERR_PTR(-ENOMEM);
	}
	if (s->s_root) {
		struct dentry *root = dget(s->s_root);
		bool differs = (flags ^ s->s_flags) & SB_RDONLY;

		up_write(&s->s_umount);
		blkdev_put(bdev, t);
		if (!differs)
			return root;
		dput(root);
		deactivate_super(s);
		return ERR_PTR(-EBUSY);
	}
	sb_set_blocksize(s, max(bdev->bd_logical_block_size, 1024u));
	return fill_new_super(s, data, !!(flags & SB_SILENT), fill);
}

static struct super_block *alloc_anon_super(struct file_system_type *t, int flags) __no_tsa
{
	struct super_block *s = alloc_super(t, flags);
	int err;

	if (!s)
		return ERR_PTR(-ENOMEM);
	err = set_anon_super(s);
	if (err) {
		up_write(&s->s_umount);
		kfree(s);
		return ERR_PTR(err);
	}
	strscpy(s->s_id, t->name, sizeof(s->s_id));
	publish_super(s);
	return s;
}

/** mount_nodev - ->mount of a filesystem in memory: a new instance each time. */
struct dentry *mount_nodev(struct file_system_type *t, int flags, void *data,
			   int (*fill)(struct super_block *s, void *data, int silent))
{
	struct super_block *s = alloc_anon_super(t, flags);

	if (IS_ERR(s))
		return ERR_CAST(s);
	return fill_new_super(s, data, !!(flags & SB_SILENT), fill);
}

static bool test_any_super(struct super_block *s, const void *unused)
{
	return true;
}

/** mount_single - ->mount of a filesystem that exists once (proc): every mount shows it. */
struct dentry *mount_single(struct file_system_type *t, int flags, void *data,
			    int (*fill)(struct super_block *s, void *data, int silent)) __no_tsa
{
	static DEFINE_MUTEX(single_lock, LR_MOUNT);
	struct super_block *s;
	struct dentry *root;

	mutex_lock(&single_lock);
	s = sget_existing(t, test_any_super, NULL);
	if (s) {
		root = dget(s->s_root);
		up_write(&s->s_umount);
	} else {
		root = mount_nodev(t, flags, data, fill);
	}
	mutex_unlock(&single_lock);
	return root;
}

/**
 * reconfigure_super - remount with other SB_ flags and options.
 * Context: s_umount held for writing.
 * Return: 0, -EBUSY, -EACCES, or the filesystem's error.
 */
int reconfigure_super(struct super_block *s, int flags, char *data)
{
	bool to_ro = (flags & SB_RDONLY) && !sb_rdonly(s);
	bool to_rw = !(flags & SB_RDONLY) && sb_rdonly(s);
	int err;

	if (to_rw && s->s_bdev && s->s_bdev->bd_read_only)
		return -EACCES;
	if (flags & SB_RDONLY)
		shrink_dcache_sb(s);
	sync_filesystem(s);
	if (to_ro) {
		err = sb_prepare_remount_readonly(s);
		if (err)
			return err;
		sync_filesystem(s);	/* what was written until the writers were stopped */
	}
	if (s->s_op && s->s_op->remount_fs) {
		err = s->s_op->remount_fs(s, &flags, data);
		if (err) {
			s->s_readonly_remount = false;
			return err;
		}
	}
	WRITE_ONCE(s->s_flags, (s->s_flags & ~(SB_RDONLY | SB_SYNCHRONOUS | SB_NOATIME | SB_NODIRATIME)) |
			       (flags & (SB_RDONLY | SB_SYNCHRONOUS | SB_NOATIME | SB_NODIRATIME)));
	smp_wmb();
	s->s_readonly_remount = false;
	if (to_ro && s->s_bdev)
		invalidate_bdev(s->s_bdev);
	return 0;
}
