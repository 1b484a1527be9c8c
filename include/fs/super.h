/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Super blocks and filesystem types: a mounted volume, and what a filesystem
 * does for one. Locks: s_umount (held for writing while it comes and goes).
 */
#ifndef FS_SUPER_H
#define FS_SUPER_H
#include <lib/types.h>
#include <lib/list.h>
#include <lib/atomic.h>
#include <lib/err.h>
#include <kernel/mutex.h>
#include <kernel/rcu.h>
#include <kernel/timer.h>
#include <mm/pagemap.h>

struct iov_iter;
struct kstat;
struct kstatfs;
struct dentry;
struct vfsmount;
struct super_block;
struct file_system_type;
struct block_device;
struct pipe_inode_info;
struct cdev_ops;
struct poll_table_struct;
struct seq_file;
struct dir_context;
struct writeback_control;
struct file_lock_context;
struct delayed_call;
struct iattr;
struct path;

#define MAX_LFS_FILESIZE ((loff_t)0x7fffffffffffffffLL)

struct super_operations {
	struct inode *(*alloc_inode)(struct super_block *sb);
	void (*free_inode)(struct inode *inode);	/* after a grace period */
	void (*dirty_inode)(struct inode *inode, int flags);
	int (*write_inode)(struct inode *inode, struct writeback_control *wbc);
	int (*drop_inode)(struct inode *inode);		/* true: do not keep in cache */
	void (*evict_inode)(struct inode *inode);
	void (*put_super)(struct super_block *sb);
	int (*sync_fs)(struct super_block *sb, int wait);
	int (*statfs)(struct dentry *d, struct kstatfs *st);
	int (*remount_fs)(struct super_block *sb, int *flags, char *data);
	int (*show_options)(struct seq_file *m, struct dentry *root);
};

struct super_block {
	struct list_head s_list;
	struct rw_semaphore s_umount;
	struct mutex s_vfs_rename_mutex;
	dev_t s_dev;			/* st_dev */
	unsigned char s_blocksize_bits;
	unsigned long s_blocksize;
	loff_t s_maxbytes;
	struct file_system_type *s_type;
	const struct super_operations *s_op;
	const struct dentry_operations *s_d_op;
	unsigned long s_flags;		/* SB_* = MS_* of <linux/mount.h> */
	unsigned long s_magic;
	struct dentry *s_root;
	struct list_head s_mounts;	/* all, also those taken out of the tree; mount_lock */
	atomic_t s_active;		/* mounts and users that keep it alive */
	int s_count;
	struct block_device *s_bdev;
	void *s_fs_info;
	u32 s_time_gran;		/* ns */
	time64_t s_time_min, s_time_max;
	char s_id[32];
	struct list_head s_inodes;	/* s_inode_list_lock */
	spinlock_t s_inode_list_lock;	/* LR_SB_LIST */
	/* write-back: inodes dirty, by age */
	spinlock_t s_wb_lock;		/* LR_WB_LIST */
	struct list_head s_dirty, s_io, s_more_io, s_dirty_time;
	struct mutex s_sync_lock;
	atomic_long_t s_remove_count;	/* inodes without a name that are not gone yet */
	bool s_readonly_remount;
	errseq_t s_wb_err;
	struct rcu_head rcu;
};
#define SB_RDONLY	1
#define SB_NOSUID	2
#define SB_NODEV	4
#define SB_NOEXEC	8
#define SB_SYNCHRONOUS	16
#define SB_NOATIME	1024
#define SB_NODIRATIME	2048
#define SB_SILENT	32768
#define SB_KERNMOUNT	(1 << 22)
#define SB_ACTIVE	(1 << 30)
#define SB_BORN		(1 << 29)
#define SB_DYING	(1 << 24)	/* shut down; only its memory is left */
#define sb_rdonly(sb)	((sb)->s_flags & SB_RDONLY)

struct file_system_type {
	const char *name;
	int fs_flags;
#define FS_REQUIRES_DEV	1
#define FS_USERNS_OK	8
	/** mount - a root dentry (referenced, with s_active held) or ERR_PTR. */
	struct dentry *(*mount)(struct file_system_type *t, int flags, const char *dev, void *data);
	void (*kill_sb)(struct super_block *sb);
	struct file_system_type *next;
};
int register_filesystem(struct file_system_type *t);
struct file_system_type *get_fs_type(const char *name);
/* for ->mount: fill is called with a fresh super block */
struct dentry *mount_bdev(struct file_system_type *t, int flags, const char *dev, void *data,
			  int (*fill)(struct super_block *sb, void *data, int silent));
struct dentry *mount_nodev(struct file_system_type *t, int flags, void *data,
			   int (*fill)(struct super_block *sb, void *data, int silent));
struct dentry *mount_single(struct file_system_type *t, int flags, void *data,
			    int (*fill)(struct super_block *sb, void *data, int silent));
void kill_block_super(struct super_block *sb);
void kill_litter_super(struct super_block *sb);
void kill_anon_super(struct super_block *sb);
void deactivate_super(struct super_block *sb);
int set_anon_super(struct super_block *sb);
bool sb_set_blocksize(struct super_block *sb, unsigned int size);
void iterate_supers(void (*fn)(struct super_block *sb, void *arg), void *arg);
int sync_filesystem(struct super_block *sb);

#endif
