/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of the VFS share among themselves: mounts, dentry references, open flags. */
#ifndef FS_VFS_INTERNAL_H
#define FS_VFS_INTERNAL_H
#include <fs/fs.h>
#include <lib/string.h>
#include <lib/hash.h>
#include <mm/slab.h>
#include <kernel/printk.h>
#include <kernel/percpu.h>

/*
 * A place in the tree where a super block appears. mnt_count: references;
 * being attached is one. mount_lock guards the hash, parent, mountpoint,
 * child and namespace lists and mnt_flags; readers use RCU and mount_seq.
 */
struct mount {
	struct hlist_node mnt_hash;		/* by (parent, mountpoint); rcu */
	struct mount *mnt_parent;		/* self: not attached */
	struct dentry *mnt_mountpoint;		/* referenced while attached */
	struct vfsmount mnt;
	atomic_t mnt_count;
	atomic_t mnt_writers;
	struct list_head mnt_mounts, mnt_child;
	struct list_head mnt_list;		/* all_mounts, in the order of mounting */
	struct list_head mnt_instance;		/* in its super block's s_mounts */
	const char *mnt_devname;
	int mnt_id;
	int mnt_expiry_mark;
	bool mnt_umounted;			/* left the tree: never to be attached again */
	struct list_head mnt_umount;		/* chain of those being taken down */
	struct rcu_head rcu;
};
extern seqcount_t mount_seq;
extern spinlock_t mount_lock;
extern struct list_head all_mounts;
extern struct rw_semaphore namespace_sem;

static inline struct mount *real_mount(struct vfsmount *m)
{
	return container_of(m, struct mount, mnt);
}
static inline bool mnt_has_parent(const struct mount *m)
{
	return m->mnt_parent != m;
}
struct mount *__lookup_mnt(struct vfsmount *mnt, struct dentry *dentry);	/* rcu */
struct vfsmount *lookup_mnt(const struct path *path);		/* referenced, or NULL */
bool legitimize_mnt(struct vfsmount *mnt, u32 seq);
bool is_path_reachable(struct mount *mnt, struct dentry *dentry, const struct path *root);
void mnt_init(void);
int sb_prepare_remount_readonly(struct super_block *sb);
/** vfs_kern_mount - a new, unattached mount. ERR_PTR. */
struct vfsmount *vfs_kern_mount(struct file_system_type *t, int flags, const char *dev, void *data);

/* ---- dentries ---- */
#define D_COUNT_DEAD	(-128)		/* d_count of a dentry being taken apart, or frozen */
extern seqcount_t rename_seq;
extern spinlock_t rename_lock;

/** d_get_live - a reference, unless the dentry is dead. Context: rcu or a lock that keeps it. */
static inline bool d_get_live(struct dentry *d)
{
	int c = READ_ONCE(d->d_count);

	do {
		if (unlikely(c < 0))
			return false;
	} while (!__atomic_compare_exchange_n(&d->d_count, &c, c + 1, true, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED));
	return true;
}
static inline void __dget(struct dentry *d)
{
	__atomic_fetch_add(&d->d_count, 1, __ATOMIC_RELAXED);
}
static inline int d_count_read(const struct dentry *d)
{
	return READ_ONCE(d->d_count);
}
/* d_seq for walkers: an odd value never validates, so no spinning */
static inline u32 d_seq_begin(const struct dentry *d)
{
	return __atomic_load_n(&d->d_seq.seq, __ATOMIC_ACQUIRE) & ~1u;
}
extern struct dcache_hash {
	struct hlist_head *table;
	unsigned int shift;		/* the bucket is hash >> shift */
} dcache_hash;
static inline struct hlist_head *d_hash_bucket(u32 hash)
{
	return dcache_hash.table + (hash >> dcache_hash.shift);
}

/*
 * The hash of a name in @dir: a multiplication per byte, which for the names that people
 * give is less than taking words apart. d_name_hash() is the same for a known length.
 */
#define D_HASH_MULT	0x9E3779B97F4A7C15UL
static __always_inline u64 d_hash_start(const struct dentry *dir)
{
	return (unsigned long)dir;
}
static __always_inline u64 d_hash_step(u64 h, unsigned char c)
{
	return (h ^ c) * D_HASH_MULT;
}
static __always_inline u32 d_hash_end(u64 h)
{
	return (h ^ (h >> 29)) * D_HASH_MULT >> 32;
}
/** d_hash_component - up to '/' or NUL, which is not the first byte. Return: where it ends. */
static __always_inline const char *d_hash_component(const struct dentry *dir, const char *s, u32 *hash)
{
	u64 h = d_hash_start(dir);
	unsigned char c = *s;

	do {
		h = d_hash_step(h, c);
		c = *++s;
	} while (c && c != '/');
	*hash = d_hash_end(h);
	return s;
}

/* @name has no NUL inside, so a dentry's shorter name differs at its NUL */
static __always_inline bool d_name_equal(const unsigned char *a, const unsigned char *b, u32 len)
{
	do {
		if (*a++ != *b++)
			return false;
	} while (--len);
	return true;
}

/**
 * d_lookup_rcu - find a child without taking anything.
 * @seqp: gets the child's d_seq; the caller validates it after using the child.
 *
 * Context: RCU. Misses are possible while names are moved.
 * Return: the dentry or NULL.
 */
static __always_inline struct dentry *d_lookup_rcu(const struct dentry *parent, u32 hash, u32 len,
						   const unsigned char *name, u32 *seqp)
{
	struct dentry *d;

	hlist_for_each_entry_rcu(d, d_hash_bucket(hash), d_hash) {
		u32 seq;

		if (unlikely(d->d_name.hash != hash))
			continue;
		seq = d_seq_begin(d);
		if (unlikely(READ_ONCE(d->d_parent) != parent || d->d_name.len != len || d_unhashed(d)))
			continue;
		if (unlikely(!d_name_equal(READ_ONCE(d->d_name.name), name, len)))
			continue;
		*seqp = seq;
		return d;
	}
	return NULL;
}
struct dentry *__d_lookup(const struct dentry *parent, const struct qstr *name);
struct dentry *dentry_finish_kill(struct dentry *d);
/** dont_mount - the name is removed: nothing is mounted on @d any more. Context: its inode's i_rwsem. */
static inline void dont_mount(struct dentry *d)
{
	spin_lock(&d->d_lock);
	WRITE_ONCE(d->d_flags, d->d_flags | DCACHE_CANT_MOUNT);
	spin_unlock(&d->d_lock);
}
void d_lru_add(struct dentry *d);		/* d_lock held */
void d_lru_del(struct dentry *d);		/* d_lock held */
void dentry_init_shrinker(void);
void dcache_init(void);
void dentry_validate(struct dentry *d);
extern unsigned long nr_dentry, nr_dentry_unused;

/* ---- inodes ---- */
void inode_init(void);
void inode_init_shrinker(void);
void inode_lru_add(struct inode *inode);
void inode_lru_del(struct inode *inode);
void dispose_inodes(struct list_head *list);
void inode_validate(struct inode *inode);
void locks_free_context(struct inode *inode);
extern unsigned long nr_inodes_unused;

/* ---- open files ---- */
#define S_IALLUGO	07777
#define S_IRWXUGO	0777
#define O_PATH_FLAGS	(O_DIRECTORY | O_NOFOLLOW | O_PATH | O_CLOEXEC)
#define VALID_OPEN_FLAGS (O_RDONLY | O_WRONLY | O_RDWR | O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | \
	O_APPEND | O_NDELAY | O_NONBLOCK | __O_SYNC | O_DSYNC | FASYNC | O_DIRECT | O_LARGEFILE | \
	O_DIRECTORY | O_NOFOLLOW | O_NOATIME | O_CLOEXEC | O_PATH | __O_TMPFILE)
#define OPEN_FMODE(flag) ((fmode_t)(((flag) + 1) & O_ACCMODE))
#define ACC_MODE(x)	("\004\002\006\006"[(x) & O_ACCMODE])
struct open_flags {
	int open_flag;
	umode_t mode;
	int acc_mode;
	int intent;
	int lookup_flags;
};
struct file *do_filp_open(int dfd, struct filename *name, const struct open_flags *op);
struct file *alloc_empty_file(int flags, const struct cred *cred);	/* ERR_PTR(-ENFILE, -ENOMEM) */
int do_dentry_open(struct file *f, int (*open)(struct inode *, struct file *));
int handle_truncate(struct file *f);
void files_init(void);
void files_struct_init(void);
void fs_struct_cache_init(void);
void locks_init_caches(void);

/* a name on the stack: paths that fit need no allocation */
#define NAME_ONSTACK	208
struct name_buf {
	struct filename fn;
	char text[NAME_ONSTACK];
};
/** getname_onstack - as getname_flags(), into @nb if the path fits; putname() as ever. */
struct filename *getname_onstack(const char __user *uname, int flags, struct name_buf *nb);
#define DEFINE_NAME_BUF(n) struct name_buf n __attribute__((uninitialized))
static inline void putname_fast(struct filename *n)
{
	if (unlikely(n->refcnt >= 0))
		putname(n);
}

/* namei.c */
void namei_init(void);
struct dentry *lookup_one_qstr_excl(const struct qstr *last, struct dentry *base, unsigned int flags);
int filename_parentat(int dfd, struct filename *name, unsigned int flags, struct path *parent,
		      struct qstr *last, int *type);
enum { LAST_NORM, LAST_ROOT, LAST_DOT, LAST_DOTDOT };
/** statfn - called on the inode of a walk that ended without leaving RCU mode.
 *  Return: 1 done, 0 cannot (take references and ask again), -errno. */
struct walk_end;
typedef int (*rcu_end_t)(const struct walk_end *e, void *arg);
/** filename_lookup_rcu - walk without references and call @fn at the end.
 *  Return: 1 and what @fn did stands; 0: use filename_lookup(); -errno. */
int filename_lookup_rcu(int dfd, struct filename *name, unsigned int flags, rcu_end_t fn, void *arg);
int may_delete(struct inode *dir, struct dentry *victim, bool isdir);
int may_create(struct inode *dir, struct dentry *child);
unsigned int setattr_should_drop_sgid(const struct inode *inode);
unsigned int setattr_should_drop_suidgid(const struct inode *inode);
umode_t vfs_prepare_mode(const struct inode *dir, umode_t mode);
static inline int current_umask(void)
{
	return READ_ONCE(current->fs->umask);
}

/* super blocks */
int reconfigure_super(struct super_block *sb, int flags, char *data);
struct file_system_type *next_bdev_fs_type(struct file_system_type *t);

/* char devices, block devices, fifos */
extern const struct file_operations def_chr_fops, blkdev_open_fops, no_open_fops;
void bdev_cache_init(void);
ssize_t rw_verify_area(const loff_t *pos, size_t count);
long fcntl_dupfd(unsigned int from, struct file *f, unsigned int flags);
long fcntl_getlk(struct file *f, unsigned int cmd, struct flock __user *u);
long fcntl_setlk(unsigned int fd, struct file *f, unsigned int cmd, struct flock __user *u);
int set_close_on_exec(unsigned int fd, bool on);
bool get_close_on_exec(unsigned int fd);

#endif
