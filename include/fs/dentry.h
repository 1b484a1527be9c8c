/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Dentries: names, cached with the inode that they lead to or with the fact
 * that there is none. Locks: d_lock (name, parent, inode, flags), d_seq for
 * walkers without locks; fs/dcache.c has the rules.
 */
#ifndef FS_DENTRY_H
#define FS_DENTRY_H
#include <fs/inode.h>

#define NAME_MAX_LEN	255

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
char *dynamic_dname(char *buf, int len, const char *fmt, ...) __printf(3, 4);
static inline bool d_unhashed(const struct dentry *d) { return !d->d_hash.pprev; }
static inline bool d_unlinked(const struct dentry *d) { return d_unhashed(d) && !IS_ROOT(d); }
void vfs_caches_init(void);

#endif
