/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The virtual file system: super blocks, inodes, dentries, open files, and the
 * operations a filesystem supplies. Contracts are Linux's unless said here.
 *
 * Locks: inode->i_rwsem (directory entries; file size and writes);
 * inode->i_lock (state, link count, blocks); dentry->d_lock (name, parent,
 * inode, flags), d_seq for lockless walkers; super_block->s_umount.
 */
#ifndef FS_FS_H
#define FS_FS_H
#include <lib/types.h>
#include <lib/list.h>
#include <lib/atomic.h>
#include <lib/err.h>
#include <kernel/mutex.h>
#include <kernel/rcu.h>
#include <kernel/wait.h>
#include <kernel/cred.h>
#include <kernel/timer.h>
#include <mm/pagemap.h>
#include <mm/writeback.h>
#include <linux/fcntl.h>
#include <linux/stat.h>
#include <linux/fs.h>
#include <linux/falloc.h>

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

#define NAME_MAX_LEN	255
#define PATH_MAX_LEN	4096	/* with NUL */
#define MAX_LFS_FILESIZE ((loff_t)0x7fffffffffffffffLL)
#define MAXSYMLINKS	40

/* ---- super block ---- */
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

/* ---- inode ---- */
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
#define IS_RDONLY(i)	sb_rdonly((i)->i_sb)
#define IS_APPEND(i)	((i)->i_flags & S_APPEND)
#define IS_IMMUTABLE(i)	((i)->i_flags & S_IMMUTABLE)
#define IS_DEADDIR(i)	((i)->i_flags & S_DEAD)
#define IOP_FASTPERM	1	/* no ->permission */
#define IOP_LOOKUP	2	/* is a directory */
#define IOP_NOFOLLOW	4	/* is not a symlink */

static inline loff_t i_size_read(const struct inode *i) { return READ_ONCE(i->i_size); }
static inline void i_size_write(struct inode *i, loff_t s) { WRITE_ONCE(i->i_size, s); }
static inline void inode_lock(struct inode *i) __no_tsa { down_write(&i->i_rwsem); }
static inline void inode_unlock(struct inode *i) __no_tsa { up_write(&i->i_rwsem); }
static inline void inode_lock_shared(struct inode *i) __no_tsa { down_read(&i->i_rwsem); }
static inline void inode_unlock_shared(struct inode *i) __no_tsa { up_read(&i->i_rwsem); }
static inline void inode_lock_nested(struct inode *i) __no_tsa { down_write_nested(&i->i_rwsem); }
static inline bool inode_trylock(struct inode *i) __no_tsa { return down_write_trylock(&i->i_rwsem); }

void inode_init_once(struct inode *inode);	/* slab constructor part: lists, locks */
struct inode *new_inode(struct super_block *sb);	/* in no hash; I_NEW not set; NULL */
/** iget_locked - found, or a new one with I_NEW set and locked: fill, unlock_new_inode(). NULL. */
struct inode *iget_locked(struct super_block *sb, unsigned long ino);
struct inode *ilookup(struct super_block *sb, unsigned long ino);
void unlock_new_inode(struct inode *inode);
void iget_failed(struct inode *inode);
int insert_inode_locked(struct inode *inode);	/* new inode with its number: hash it, I_NEW. -EBUSY */
void insert_inode_hash(struct inode *inode);
void discard_new_inode(struct inode *inode);
void iput(struct inode *inode);
static inline void ihold(struct inode *i) { atomic_inc(&i->i_count); }
struct inode *igrab(struct inode *inode);	/* NULL if being freed */
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
static inline void mark_inode_dirty_sync(struct inode *i) { __mark_inode_dirty(i, I_DIRTY_SYNC); }
/** current_time - now, at the granularity of the filesystem. */
ktime_t current_time(struct inode *inode);
void touch_atime(const struct path *path);	/* relatime */
static inline void file_accessed(struct file *f);
int file_update_time(struct file *f);		/* mtime, ctime before a write */
int file_remove_privs(struct file *f);		/* setuid bits on write */
void inode_add_bytes(struct inode *i, loff_t bytes);
void inode_sub_bytes(struct inode *i, loff_t bytes);
unsigned int get_next_ino(void);
void inode_get_dev_name(struct inode *i, char *buf);
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
	u64 attributes, attributes_mask, ino, blocks;
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
int simple_getattr(const struct path *path, struct kstat *st, u32 mask, unsigned int flags);
int simple_statfs(struct dentry *d, struct kstatfs *st);
int vfs_statfs(const struct path *path, struct kstatfs *st);

/* ---- dentry ---- */
struct qstr {
	u32 hash, len;
	const unsigned char *name;
};
#define DNAME_INLINE_LEN 40
struct dentry {
	unsigned int d_flags;		/* DCACHE_*; d_lock */
	seqcount_t d_seq;		/* changes with name, parent, inode */
	struct hlist_node d_hash;	/* rcu */
	struct dentry *d_parent;
	struct qstr d_name;
	struct inode *d_inode;		/* NULL: the name does not exist */
	unsigned char d_iname[DNAME_INLINE_LEN];
	spinlock_t d_lock;
	int d_count;			/* references; d_lock or atomic, see dcache.c; < 0: dead */
	const struct dentry_operations *d_op;
	struct super_block *d_sb;
	void *d_fsdata;
	struct list_head d_lru;
	struct list_head d_child, d_subdirs;	/* parent's d_lock */
	struct hlist_node d_alias;	/* inode->i_dentry */
	struct rcu_head d_rcu;
};
struct dentry_operations {
	int (*d_revalidate)(struct dentry *d, unsigned int flags);	/* 0: drop it */
	int (*d_delete)(const struct dentry *d);	/* true: do not cache when unused */
	void (*d_release)(struct dentry *d);
	void (*d_iput)(struct dentry *d, struct inode *inode);
	char *(*d_dname)(struct dentry *d, char *buf, int len);
};
#define DCACHE_REFERENCED	0x01
#define DCACHE_MOUNTED		0x02
#define DCACHE_OP_REVALIDATE	0x04
#define DCACHE_OP_DELETE	0x08
#define DCACHE_LRU		0x10
#define DCACHE_SYMLINK		0x20
#define DCACHE_DIRECTORY	0x40
#define DCACHE_DISCONNECTED	0x80
#define DCACHE_CANT_MOUNT	0x100
#define d_is_negative(d)	((d)->d_inode == NULL)
#define d_is_positive(d)	((d)->d_inode != NULL)
#define d_inode(d)		((d)->d_inode)
static inline bool d_is_dir(const struct dentry *d) { return d->d_flags & DCACHE_DIRECTORY; }
static inline bool d_is_symlink(const struct dentry *d) { return d->d_flags & DCACHE_SYMLINK; }
#define IS_ROOT(d)		((d) == (d)->d_parent)
struct dentry *d_alloc(struct dentry *parent, const struct qstr *name);	/* NULL: no memory */
struct dentry *d_alloc_name(struct dentry *parent, const char *name);
struct dentry *d_make_root(struct inode *root);		/* consumes the inode; NULL */
struct dentry *d_alloc_anon(struct super_block *sb);
struct dentry *d_alloc_pseudo(struct super_block *sb, const struct qstr *name);
void d_instantiate(struct dentry *d, struct inode *inode);
void d_instantiate_new(struct dentry *d, struct inode *inode);	/* and unlock_new_inode */
void d_add(struct dentry *d, struct inode *inode);	/* instantiate + hash; inode may be NULL */
struct dentry *d_splice_alias(struct inode *inode, struct dentry *d);	/* for ->lookup */
struct dentry *d_lookup(struct dentry *parent, const struct qstr *name);
u32 d_name_hash(const struct dentry *dir, const char *name, unsigned int len);	/* for a qstr */
void d_delete(struct dentry *d);
void d_drop(struct dentry *d);
void d_rehash(struct dentry *d);
void d_move(struct dentry *d, struct dentry *target);
void d_exchange(struct dentry *a, struct dentry *b);
void d_invalidate(struct dentry *d);
void d_genocide(struct dentry *root);
void d_tmpfile(struct file *f, struct inode *inode);
struct dentry *d_find_any_alias(struct inode *inode);
struct dentry *dget(struct dentry *d);
void dput(struct dentry *d);
struct dentry *dget_parent(struct dentry *d);
bool is_subdir(struct dentry *d, struct dentry *ancestor);
void shrink_dcache_parent(struct dentry *d);
void shrink_dcache_sb(struct super_block *sb);
void shrink_dcache_for_umount(struct super_block *sb);
/** d_path - absolute path as current sees it, at the end of @buf; " (deleted)". ERR_PTR(-ENAMETOOLONG). */
char *d_path(const struct path *path, char *buf, int len);
static inline bool d_unhashed(const struct dentry *d) { return !d->d_hash.pprev; }
static inline bool d_unlinked(const struct dentry *d) { return d_unhashed(d) && !IS_ROOT(d); }
void vfs_caches_init(void);

/* ---- mounts and paths ---- */
struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
};
struct vfsmount {
	struct dentry *mnt_root;
	struct super_block *mnt_sb;
	int mnt_flags;			/* MNT_*: nosuid, nodev, noexec, readonly... */
};
#define MNT_NOSUID	0x01
#define MNT_NODEV	0x02
#define MNT_NOEXEC	0x04
#define MNT_NOATIME	0x08
#define MNT_NODIRATIME	0x10
#define MNT_RELATIME	0x20
#define MNT_READONLY	0x40
#define MNT_INTERNAL	0x4000
void path_get(const struct path *p);
void path_put(const struct path *p);
static inline bool path_equal(const struct path *a, const struct path *b) { return a->mnt == b->mnt && a->dentry == b->dentry; }
struct vfsmount *mntget(struct vfsmount *m);
void mntput(struct vfsmount *m);
/** kern_mount - a private mount of @t (for pipes, memfd, shm). ERR_PTR. */
struct vfsmount *kern_mount(struct file_system_type *t);
int mnt_want_write(struct vfsmount *m);		/* 0 or -EROFS; pairs with drop */
void mnt_drop_write(struct vfsmount *m);
/** do_mount - as mount(2) with kernel strings. */
long do_mount(const char *dev, const char *dir, const char *type, unsigned long flags, void *data);
int init_mount_root(const char *dev, const char *types, unsigned long flags);	/* boot: mount "/" */
bool path_noexec(const struct path *p);
int mount_id(struct vfsmount *m);		/* as in mountinfo */
struct seq_file;
int show_mounts(struct seq_file *m, struct task_struct *t);	/* /proc/mounts */
int show_mountinfo(struct seq_file *m, struct task_struct *t);
int show_filesystems(struct seq_file *m);

/* fs_struct: root, cwd, umask of a process */
struct fs_struct {
	refcount_t users;
	spinlock_t lock;
	seqcount_t seq;
	int umask;
	struct path root, pwd;
};
struct fs_struct *copy_fs_struct(struct fs_struct *old);	/* NULL */
void put_fs_struct(struct fs_struct *fs);
/** get_task_fs_struct - another task's, for put_fs_struct(). NULL: it has exited. */
struct fs_struct *get_task_fs_struct(struct task_struct *t);
void get_fs_root(struct fs_struct *fs, struct path *p);
void get_fs_pwd(struct fs_struct *fs, struct path *p);
void set_fs_root(struct fs_struct *fs, const struct path *p);
void set_fs_pwd(struct fs_struct *fs, const struct path *p);
extern struct fs_struct init_fs;

/* ---- name lookup (fs/namei.c) ---- */
#define LOOKUP_FOLLOW		0x0001
#define LOOKUP_DIRECTORY	0x0002
#define LOOKUP_EMPTY		0x4000
#define LOOKUP_CREATE		0x0200
#define LOOKUP_EXCL		0x0400
#define LOOKUP_OPEN		0x0100
#define LOOKUP_PARENT		0x0010
#define LOOKUP_NO_SYMLINKS	0x010000
struct filename {
	const char *name;		/* kernel copy */
	const char __user *uptr;
	int refcnt;
	char iname[];
};
struct filename *getname(const char __user *name);	/* ERR_PTR */
struct filename *getname_flags(const char __user *name, int flags);
struct filename *getname_kernel(const char *name);
void putname(struct filename *n);
int user_path_at(int dfd, const char __user *name, unsigned int flags, struct path *path);
int kern_path(const char *name, unsigned int flags, struct path *path);
int filename_lookup(int dfd, struct filename *name, unsigned int flags, struct path *path);
int inode_permission(struct inode *inode, int mask);	/* MAY_*: 0, -EACCES, -EROFS, -EPERM */
int generic_permission(struct inode *inode, int mask);
#define MAY_EXEC	1
#define MAY_WRITE	2
#define MAY_READ	4
#define MAY_APPEND	8
#define MAY_ACCESS	16
#define MAY_OPEN	32
bool inode_owner_or_capable(const struct inode *inode);
int vfs_create(struct inode *dir, struct dentry *d, umode_t mode, bool excl);
int vfs_mkdir(struct inode *dir, struct dentry *d, umode_t mode);
int vfs_mknod(struct inode *dir, struct dentry *d, umode_t mode, dev_t dev);
int vfs_unlink(struct inode *dir, struct dentry *d);
int vfs_rmdir(struct inode *dir, struct dentry *d);
int vfs_readlink(struct dentry *d, char __user *buf, int len);
/** kern_path_create - the parent locked, a negative dentry; done_path_create ends it. ERR_PTR. */
struct dentry *kern_path_create(int dfd, const char *name, struct path *parent, unsigned int flags);
void done_path_create(struct path *parent, struct dentry *d);
const char *simple_get_link(struct dentry *d, struct inode *inode, struct delayed_call *done);
const char *page_get_link(struct dentry *d, struct inode *inode, struct delayed_call *done);
int page_symlink(struct inode *inode, const char *target, int len_with_nul);
/** nd_jump_link - for /proc/PID/fd, exe, cwd: ->get_link sets the place itself, returns NULL. */
int nd_jump_link(const struct path *path);
extern const struct inode_operations page_symlink_inode_operations, simple_symlink_inode_operations;

/* ---- open files ---- */
#define FMODE_READ	0x1u
#define FMODE_WRITE	0x2u
#define FMODE_LSEEK	0x4u
#define FMODE_PREAD	0x8u
#define FMODE_PWRITE	0x10u
#define FMODE_EXEC	0x20u
#define FMODE_PATH	0x4000u
#define FMODE_ATOMIC_POS 0x8000u	/* f_pos_lock is needed */
#define FMODE_WRITER	0x10000u	/* holds mnt write count and i_writecount */
#define FMODE_CAN_READ	0x20000u
#define FMODE_CAN_WRITE	0x40000u
#define FMODE_OPENED	0x80000u
#define FMODE_CREATED	0x100000u	/* this open made the file */
#define FMODE_STREAM	0x200000u	/* no position */
#define FMODE_NOACCOUNT	0x20000000u

struct file {
	atomic64_t f_count;
	fmode_t f_mode;
	unsigned int f_flags;		/* O_* */
	const struct file_operations *f_op;
	struct address_space *f_mapping;
	struct inode *f_inode;
	void *private_data;
	loff_t f_pos;			/* f_pos_lock if FMODE_ATOMIC_POS and shared */
	struct path f_path;
	struct mutex f_pos_lock;
	spinlock_t f_lock;		/* f_flags, fasync */
	const struct cred *f_cred;
	struct file_ra_state f_ra;
	errseq_t f_wb_err, f_sb_err;
	struct pid *f_owner_pid;	/* F_SETOWN */
	int f_owner_sig;
	bool f_owner_group;		/* f_owner_pid is a process group */
	struct rcu_head f_rcu;
};
struct kiocb {
	struct file *ki_filp;
	loff_t ki_pos;
	int ki_flags;			/* IOCB_* */
};
#define IOCB_APPEND	0x02
#define IOCB_DIRECT	0x04
#define IOCB_DSYNC	0x08
#define IOCB_SYNC	0x10
#define IOCB_NOWAIT	0x20

/* types of directory entries */
#define DT_UNKNOWN	0
#define DT_FIFO		1
#define DT_CHR		2
#define DT_DIR		4
#define DT_BLK		6
#define DT_REG		8
#define DT_LNK		10
#define DT_SOCK		12
typedef int (*filldir_t)(struct dir_context *ctx, const char *name, int len, loff_t off, u64 ino, unsigned int type);
struct dir_context {
	filldir_t actor;		/* non-zero: stop */
	loff_t pos;
};
struct file_operations {
	loff_t (*llseek)(struct file *f, loff_t off, int whence);
	/* either read/write (simple) or read_iter/write_iter */
	ssize_t (*read)(struct file *f, char __user *buf, size_t n, loff_t *pos);
	ssize_t (*write)(struct file *f, const char __user *buf, size_t n, loff_t *pos);
	ssize_t (*read_iter)(struct kiocb *iocb, struct iov_iter *to);
	ssize_t (*write_iter)(struct kiocb *iocb, struct iov_iter *from);
	int (*iterate_shared)(struct file *f, struct dir_context *ctx);
	u32 (*poll)(struct file *f, struct poll_table_struct *pt);	/* EPOLL* mask */
	long (*unlocked_ioctl)(struct file *f, unsigned int cmd, unsigned long arg);
	int (*mmap)(struct file *f, struct vm_area_struct *vma);
	unsigned long (*get_unmapped_area)(struct file *f, unsigned long addr, unsigned long len, unsigned long pgoff, unsigned long flags);
	int (*open)(struct inode *inode, struct file *f);
	int (*flush)(struct file *f);			/* each close() */
	int (*release)(struct inode *inode, struct file *f);	/* the last */
	int (*fsync)(struct file *f, loff_t start, loff_t end, int datasync);
	int (*fasync)(int fd, struct file *f, int on);
	long (*fallocate)(struct file *f, int mode, loff_t off, loff_t len);
	ssize_t (*splice_read)(struct file *in, loff_t *pos, struct pipe_inode_info *p, size_t len, unsigned int flags);
	void (*show_fdinfo)(struct seq_file *m, struct file *f);
};
static inline struct file *get_file(struct file *f) { atomic64_inc(&f->f_count); return f; }
void fput(struct file *f);
struct file *filp_open(const char *name, int flags, umode_t mode);	/* kernel; ERR_PTR */
struct file *do_open_execat(int dfd, struct filename *name, int flags);
struct file *dentry_open(const struct path *path, int flags, const struct cred *cred);
/** alloc_file_pseudo - a file without a name on a kern_mount (pipes, memfd). ERR_PTR. */
struct file *alloc_file_pseudo(struct inode *inode, struct vfsmount *m, const char *name, int flags, const struct file_operations *fop);
int filp_close(struct file *f);
ssize_t kernel_read(struct file *f, void *buf, size_t n, loff_t *pos);
ssize_t kernel_write(struct file *f, const void *buf, size_t n, loff_t *pos);
ssize_t vfs_read(struct file *f, char __user *buf, size_t n, loff_t *pos);
ssize_t vfs_write(struct file *f, const char __user *buf, size_t n, loff_t *pos);
ssize_t vfs_iter_read(struct file *f, struct iov_iter *i, loff_t *pos, int flags);
ssize_t vfs_iter_write(struct file *f, struct iov_iter *i, loff_t *pos, int flags);
int vfs_fsync_range(struct file *f, loff_t start, loff_t end, int datasync);
static inline int vfs_fsync(struct file *f, int datasync) { return vfs_fsync_range(f, 0, MAX_LFS_FILESIZE, datasync); }
int vfs_truncate(const struct path *p, loff_t len);
int do_truncate(struct dentry *d, loff_t len, unsigned int time_attrs, struct file *f);
loff_t vfs_llseek(struct file *f, loff_t off, int whence);
loff_t generic_file_llseek(struct file *f, loff_t off, int whence);	/* SEEK_DATA/HOLE: all data */
loff_t noop_llseek(struct file *f, loff_t off, int whence);
loff_t no_llseek(struct file *f, loff_t off, int whence);
loff_t fixed_size_llseek(struct file *f, loff_t off, int whence, loff_t size);
int generic_file_open(struct inode *inode, struct file *f);	/* EOVERFLOW */
int nonseekable_open(struct inode *inode, struct file *f);
int stream_open(struct inode *inode, struct file *f);
int deny_write_access(struct file *f);
void allow_write_access(struct file *f);
int get_write_access(struct inode *i);		/* -ETXTBSY */
void put_write_access(struct inode *i);
int generic_write_checks(struct kiocb *iocb, struct iov_iter *from);	/* limits, O_APPEND; bytes or -errno */
int generic_write_sync(struct kiocb *iocb, ssize_t count);	/* O_SYNC after a write */
int noop_fsync(struct file *f, loff_t s, loff_t e, int d);
static inline struct inode *file_inode(const struct file *f) { return f->f_inode; }
static inline void file_accessed(struct file *f)
{
	if (!(f->f_flags & O_NOATIME))
		touch_atime(&f->f_path);
}
static inline bool dir_emit(struct dir_context *c, const char *name, int len, u64 ino, unsigned int type)
{
	return c->actor(c, name, len, c->pos, ino, type) == 0;
}
bool dir_emit_dots(struct file *f, struct dir_context *ctx);	/* pos 0, 1 */
unsigned long nr_files(void);

/* descriptor tables */
struct fdtable {
	unsigned int max_fds;
	struct file **fd;		/* rcu */
	unsigned long *close_on_exec, *open_fds, *full_fds;
	struct rcu_head rcu;
};
struct files_struct {
	atomic_t count;
	struct fdtable *fdt;		/* rcu; file_lock to change */
	struct fdtable fdtab;
	spinlock_t file_lock;
	unsigned int next_fd;
	bool resize_in_progress;
	wait_queue_head_t resize_wait;
	unsigned long close_on_exec_init[1], open_fds_init[1], full_fds_init[1];
	struct file *fd_array[64];
};
extern struct files_struct init_files;
/* fdget: no reference taken when the table is not shared; pairs with fdput */
struct fd {
	struct file *file;
	unsigned int flags;		/* FDPUT_* */
};
#define FDPUT_FPUT	1
#define FDPUT_POS_UNLOCK 2
struct fd fdget(unsigned int fd);		/* not O_PATH */
struct fd fdget_raw(unsigned int fd);
struct fd fdget_pos(unsigned int fd);		/* + f_pos_lock if needed */
void fdput_pos_slow(struct fd f);
static inline void fdput(struct fd f) { if (f.flags & FDPUT_FPUT) fput(f.file); }
static inline void fdput_pos(struct fd f) { if (f.flags) fdput_pos_slow(f); }
struct file *fget(unsigned int fd);
struct file *fget_raw(unsigned int fd);
struct file *fget_task(struct task_struct *t, unsigned int fd);
/** get_files_struct - another task's table, for put_files_struct(). NULL: it has exited. */
struct files_struct *get_files_struct(struct task_struct *t);
int get_unused_fd_flags(unsigned int flags);	/* O_CLOEXEC; -EMFILE */
void put_unused_fd(unsigned int fd);
void fd_install(unsigned int fd, struct file *f);
int close_fd(unsigned int fd);
struct files_struct *dup_fd(struct files_struct *old, int *err);
void put_files_struct(struct files_struct *f);
int unshare_files(void);
void do_close_on_exec(struct files_struct *f);
void exit_files(struct task_struct *t);
void exit_fs(struct task_struct *t);
int iterate_fd(struct files_struct *files, unsigned int n, int (*fn)(const void *arg, struct file *f, unsigned int fd), const void *arg);

/* devices: drivers register operations by number; fs/char_dev.c opens them */
int register_chrdev_region_ops(unsigned int major, unsigned int first_minor, unsigned int count, const char *name, const struct file_operations *fops);
int devtmpfs_create_node(const char *name, umode_t mode, dev_t dev);	/* name may hold '/' */
int show_devices(struct seq_file *m);
int devtmpfs_mount(const char *dir);		/* boot: devtmpfs onto @dir */
/** bdev_inode_alloc - the inode (page cache) of a block device being added. ERR_PTR(-ENOMEM). */
struct inode *bdev_inode_alloc(struct block_device *bdev);
int unpack_initramfs(void);			/* boot: initrd into the rootfs; init/initramfs.c */

/* library for small filesystems (fs/libfs.c) */
extern const struct file_operations simple_dir_operations;
extern const struct inode_operations simple_dir_inode_operations;
struct dentry *simple_lookup(struct inode *dir, struct dentry *d, unsigned int flags);
int dcache_readdir(struct file *f, struct dir_context *ctx);
loff_t dcache_dir_lseek(struct file *f, loff_t off, int whence);
int dcache_dir_open(struct inode *i, struct file *f);
int dcache_dir_close(struct inode *i, struct file *f);
int simple_link(struct dentry *old, struct inode *dir, struct dentry *d);
int simple_unlink(struct inode *dir, struct dentry *d);
int simple_rmdir(struct inode *dir, struct dentry *d);
int simple_rename(struct inode *odir, struct dentry *od, struct inode *ndir, struct dentry *nd, unsigned int flags);
int simple_empty(struct dentry *d);
ssize_t generic_read_dir(struct file *f, char __user *buf, size_t n, loff_t *pos);	/* EISDIR */
int always_delete_dentry(const struct dentry *d);
ssize_t simple_read_from_buffer(void __user *to, size_t n, loff_t *pos, const void *from, size_t avail);
ssize_t simple_write_to_buffer(void *to, size_t avail, loff_t *pos, const void __user *from, size_t n);
int flock_exit(struct file *f);			/* locks of a file at its last close */
void locks_remove_posix(struct file *f, struct files_struct *owner);
void locks_remove_file(struct file *f);

/* exec (fs/exec.c) */
int do_execveat(int dfd, struct filename *name, const char __user *const __user *argv,
		const char __user *const __user *envp, int flags);
int kernel_execve(const char *name, const char *const *argv, const char *const *envp);

/* anonymous inodes (timerfd, eventfd, ...) later: fs/anon_inodes.c */

#endif
