/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inodes: the operations on one, its life in the cache, its attributes.
 * Locks: i_rwsem (directory entries; file size and writes), i_lock (state,
 * link count, blocks).
 */
#ifndef FS_INODE_H
#define FS_INODE_H
#include <fs/super.h>
#include <kernel/cred.h>
#include <kernel/wait.h>
#include <mm/writeback.h>
#include <linux/fs.h>
#include <linux/stat.h>

struct inode_operations {
	/** lookup - splice the inode (or a negative entry): d_splice_alias/d_add. NULL or ERR_PTR. i_rwsem held (shared is enough). */
	struct dentry *(*lookup)(struct inode *dir, struct dentry *d, unsigned int flags);
	const char *(*get_link)(struct dentry *d, struct inode *inode, struct delayed_call *done);
	int (*permission)(struct inode *inode, int mask);
	int (*create)(struct inode *dir, struct dentry *d, umode_t mode, bool excl);
	int (*link)(struct dentry *old, struct inode *dir, struct dentry *d);
	int (*unlink)(struct inode *dir, struct dentry *d);
	int (*symlink)(struct inode *dir, struct dentry *d, const char *target);
	int (*mkdir)(struct inode *dir, struct dentry *d, umode_t mode);
	int (*rmdir)(struct inode *dir, struct dentry *d);
	int (*mknod)(struct inode *dir, struct dentry *d, umode_t mode, dev_t dev);
	int (*rename)(struct inode *odir, struct dentry *od, struct inode *ndir, struct dentry *nd, unsigned int flags);
	int (*readlink)(struct dentry *d, char __user *buf, int len);
	int (*setattr)(struct dentry *d, struct iattr *attr);
	int (*getattr)(const struct path *path, struct kstat *st, u32 mask, unsigned int flags);
	int (*tmpfile)(struct inode *dir, struct file *file, umode_t mode);
	int (*update_time)(struct inode *inode, int flags);	/* S_UPD_*; the fields are set already */
#define S_UPD_ATIME	1
#define S_UPD_MTIME	2
#define S_UPD_CTIME	4
};
struct delayed_call {
	void (*fn)(void *arg);
	void *arg;
};
static inline void set_delayed_call(struct delayed_call *c, void (*fn)(void *), void *arg)
{
	c->fn = fn;
	c->arg = arg;
}
static inline void do_delayed_call(struct delayed_call *c)
{
	if (c->fn)
		c->fn(c->arg);
}

struct inode {
	umode_t i_mode;
	unsigned short i_opflags;	/* IOP_*: what is known to be absent, for speed */
	uid_t i_uid;
	gid_t i_gid;
	unsigned int i_flags;		/* S_* */
	const struct inode_operations *i_op;
	struct super_block *i_sb;
	struct address_space *i_mapping;
	unsigned long i_ino;
	unsigned int i_nlink;
	dev_t i_rdev;
	loff_t i_size;			/* i_size_read/i_size_write; changed under i_rwsem */
	ktime_t i_atime, i_mtime, i_ctime;	/* realtime ns */
	spinlock_t i_lock;
	unsigned char i_blkbits;
	u64 i_blocks;			/* 512-byte units */
	u64 i_version;
	u32 i_generation;
	atomic64_t i_sequence;		/* kernel/futex.c: number of this inode, 0 until it has one */
	unsigned long i_state;		/* I_*: mm/writeback.h; i_lock */
	struct rw_semaphore i_rwsem;
	ktime_t dirtied_when;
	struct hlist_node i_hash;
	struct list_head i_io_list;	/* s_dirty/s_io...; s_wb_lock */
	struct list_head i_lru;
	struct list_head i_sb_list;
	struct hlist_head i_dentry;	/* aliases; i_lock */
	atomic_t i_count;
	atomic_t i_writecount;		/* open for writing; < 0: execed, ETXTBSY */
	atomic_t i_readcount;
	atomic_t i_dio_count;
	const struct file_operations *i_fop;
	struct address_space i_data;
	union {
		struct pipe_inode_info *i_pipe;
		char *i_link;		/* fast symlink text, lives as long as the inode */
		void *i_cdev;
		struct block_device *i_bdev;
	};
	struct file_lock_context *i_flctx;
	void *i_private;
	wait_queue_head_t i_wait;	/* I_NEW, I_SYNC */
	struct rcu_head i_rcu;
};
/* inode->i_flags: inherited from the disk or the mount */
#define S_SYNC		1
#define S_NOATIME	2
#define S_APPEND	4
#define S_IMMUTABLE	8
#define S_DEAD		16
#define S_DIRSYNC	64
#define S_NOCMTIME	128
#define S_SWAPFILE	256
#define S_PRIVATE	512
#define IS_APPEND(i)	((i)->i_flags & S_APPEND)
#define IS_IMMUTABLE(i)	((i)->i_flags & S_IMMUTABLE)
#define IS_DEADDIR(i)	((i)->i_flags & S_DEAD)
#define IOP_FASTPERM	1	/* no ->permission */

static inline loff_t i_size_read(const struct inode *i) { return READ_ONCE(i->i_size); }
static inline void i_size_write(struct inode *i, loff_t s) { WRITE_ONCE(i->i_size, s); }
static inline void inode_lock(struct inode *i) __no_tsa { down_write(&i->i_rwsem); }
static inline void inode_unlock(struct inode *i) __no_tsa { up_write(&i->i_rwsem); }
static inline void inode_lock_shared(struct inode *i) __no_tsa { down_read(&i->i_rwsem); }
static inline void inode_unlock_shared(struct inode *i) __no_tsa { up_read(&i->i_rwsem); }
static inline void inode_lock_nested(struct inode *i) __no_tsa { down_write_nested(&i->i_rwsem); }

void inode_init_once(struct inode *inode);	/* slab constructor part: lists, locks */
struct inode *new_inode(struct super_block *sb);	/* in no hash; I_NEW not set; NULL */
/** iget_locked - found, or a new one with I_NEW set and locked: fill, unlock_new_inode(). NULL. */
struct inode *iget_locked(struct super_block *sb, unsigned long ino);
void unlock_new_inode(struct inode *inode);
void iget_failed(struct inode *inode);
int insert_inode_locked(struct inode *inode);	/* new inode with its number: hash it, I_NEW. -EBUSY */
void insert_inode_hash(struct inode *inode);
void discard_new_inode(struct inode *inode);
void iput(struct inode *inode);
static inline void ihold(struct inode *i) { atomic_inc(&i->i_count); }
void clear_inode(struct inode *inode);		/* ->evict_inode ends with it */
int generic_delete_inode(struct inode *inode);
int generic_drop_inode(struct inode *inode);
int evict_inodes(struct super_block *sb);	/* umount; nonzero: busy ones are left */
void inode_init_owner(struct inode *inode, const struct inode *dir, umode_t mode);
void init_special_inode(struct inode *inode, umode_t mode, dev_t dev);
void set_nlink(struct inode *i, unsigned int n);
void inc_nlink(struct inode *i);
void drop_nlink(struct inode *i);
void clear_nlink(struct inode *i);
static inline void mark_inode_dirty(struct inode *i) { __mark_inode_dirty(i, I_DIRTY); }
/** current_time - now, at the granularity of the filesystem. */
ktime_t current_time(struct inode *inode);
void touch_atime(const struct path *path);	/* relatime */
int file_update_time(struct file *f);		/* mtime, ctime before a write */
int file_remove_privs(struct file *f);		/* setuid bits on write */
void inode_add_bytes(struct inode *i, loff_t bytes);
void inode_sub_bytes(struct inode *i, loff_t bytes);
unsigned int get_next_ino(void);
extern unsigned long nr_inodes, nr_inodes_unused, nr_dentry, nr_dentry_unused;
extern unsigned long sysctl_max_files;		/* /proc/sys/fs */
extern unsigned int sysctl_nr_open;

/* ---- attributes ---- */
#define ATTR_MODE	(1 << 0)
#define ATTR_UID	(1 << 1)
#define ATTR_GID	(1 << 2)
#define ATTR_SIZE	(1 << 3)
#define ATTR_ATIME	(1 << 4)
#define ATTR_MTIME	(1 << 5)
#define ATTR_CTIME	(1 << 6)
#define ATTR_ATIME_SET	(1 << 7)
#define ATTR_MTIME_SET	(1 << 8)
#define ATTR_FORCE	(1 << 9)
#define ATTR_KILL_SUID	(1 << 11)
#define ATTR_KILL_SGID	(1 << 12)
#define ATTR_FILE	(1 << 13)
#define ATTR_OPEN	(1 << 15)
#define ATTR_TIMES_SET	(1 << 16)
#define ATTR_TOUCH	(1 << 17)
struct iattr {
	unsigned int ia_valid;
	umode_t ia_mode;
	uid_t ia_uid;
	gid_t ia_gid;
	loff_t ia_size;
	ktime_t ia_atime, ia_mtime, ia_ctime;
	struct file *ia_file;
};
int setattr_prepare(struct dentry *d, struct iattr *attr);	/* may it be changed so? */
void setattr_copy(struct inode *inode, const struct iattr *attr);
int notify_change(struct dentry *d, struct iattr *attr);	/* i_rwsem held */
int simple_setattr(struct dentry *d, struct iattr *attr);
int inode_newsize_ok(const struct inode *inode, loff_t size);
struct kstat {
	u32 result_mask, nlink, blksize;
	umode_t mode;
	u64 attributes, attributes_mask, ino, blocks, mnt_id;
	dev_t dev, rdev;
	uid_t uid;
	gid_t gid;
	loff_t size;
	ktime_t atime, mtime, ctime, btime;
};
struct kstatfs {
	long f_type, f_bsize;
	u64 f_blocks, f_bfree, f_bavail, f_files, f_ffree;
	u64 f_fsid;
	long f_namelen, f_frsize, f_flags;
};
void generic_fillattr(struct inode *inode, struct kstat *st);
int vfs_getattr(const struct path *path, struct kstat *st, u32 mask, unsigned int flags);
int simple_statfs(struct dentry *d, struct kstatfs *st);
int vfs_statfs(const struct path *path, struct kstatfs *st);

#endif
