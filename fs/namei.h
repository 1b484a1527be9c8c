/* SPDX-License-Identifier: GPL-2.0-only */
/* The state of one path walk; private to the namei*.c files. */
#ifndef FS_NAMEI_H
#define FS_NAMEI_H
#include "vfs_internal.h"

#define LOOKUP_RCU		0x0040
#define LOOKUP_RENAME_TARGET	0x0800
#define LOOKUP_NO_MAGICLINKS	0x020000
#define LOOKUP_NO_XDEV		0x040000
#define LOOKUP_BENEATH		0x080000
#define LOOKUP_IN_ROOT		0x100000
#define LOOKUP_LINKAT_EMPTY	0x400000	/* whoever opened the descriptor may give its file a name */
#define LOOKUP_IS_SCOPED	(LOOKUP_BENEATH | LOOKUP_IN_ROOT)

#define ND_ROOT_PRESET	1	/* nd->root was given, and is the caller's */
#define ND_ROOT_GRABBED	2	/* nd->root is referenced */

#define WALK_TRAILING	1	/* last component of the path itself */
#define WALK_MORE	2	/* more components of this link's or path's text follow */
#define WALK_NOFOLLOW	4

#define EMBEDDED_LEVELS	2
struct saved {			/* a symlink whose text is being walked */
	struct path link;
	struct delayed_call done;
	const char *name;	/* the rest of the text it interrupted */
	u32 seq;
};

struct nameidata {
	struct path path;
	struct qstr last;
	struct path root;
	struct inode *inode;		/* of path.dentry, validated by seq */
	unsigned int flags, state;
	u32 seq, next_seq, m_seq;
	int last_type;
	unsigned int depth;
	int total_link_count;
	struct saved *stack;
	struct filename *name;
	struct nameidata *outer;
	int dfd;
	struct saved internal[EMBEDDED_LEVELS];
};
/* filled field by field: it is too large to be zeroed for nothing */
#define DEFINE_NAMEIDATA(nd) struct nameidata nd __attribute__((uninitialized))

static inline void nd_init(struct nameidata *nd, int dfd, struct filename *name)
{
	nd->depth = 0;
	nd->total_link_count = 0;
	nd->stack = nd->internal;
	nd->dfd = dfd;
	nd->name = name;
	nd->state = 0;
	nd->path.mnt = NULL;
	nd->path.dentry = NULL;
	nd->root.mnt = NULL;
}
static inline void nd_fini(struct nameidata *nd)
{
	if (unlikely(nd->stack != nd->internal))
		kfree(nd->stack);
}
const char *path_init(struct nameidata *nd, unsigned int flags);
void terminate_walk(struct nameidata *nd);
int complete_walk(struct nameidata *nd);
bool try_to_unlazy(struct nameidata *nd);
bool try_to_unlazy_next(struct nameidata *nd, struct dentry *d);
int link_path_walk(const char *name, struct nameidata *nd);
const char *walk_component(struct nameidata *nd, int flags);
const char *handle_dots(struct nameidata *nd, int type);
const char *step_into(struct nameidata *nd, int flags, struct dentry *d);
struct dentry *lookup_fast(struct nameidata *nd);
struct dentry *lookup_slow(const struct qstr *name, struct dentry *dir, unsigned int flags);
struct dentry *__lookup_slow_excl(const struct qstr *name, struct dentry *dir, unsigned int flags);
int set_root(struct nameidata *nd);
void put_link(struct nameidata *nd);
int path_lookupat(struct nameidata *nd, unsigned int flags, struct path *path);

/* Where walk_fast() ended, in RCU mode. */
struct walk_end {
	struct vfsmount *mnt;
	struct dentry *dentry;
	struct inode *inode;
	u32 seq, m_seq;
	struct qstr last;		/* with @parent: the name that was not walked */
};
int walk_fast(int dfd, const char *s, struct walk_end *e, bool parent);
bool walk_end_get(const struct walk_end *e, struct path *path);
static inline bool walk_end_valid(const struct walk_end *e)
{
	return !read_seqcount_retry(&e->dentry->d_seq, e->seq) &&
	       __atomic_load_n(&mount_seq.seq, __ATOMIC_RELAXED) == e->m_seq;
}

static inline bool d_can_lookup(const struct dentry *d)
{
	return d_is_dir(d);
}
static inline const char *lookup_last(struct nameidata *nd)
{
	if (nd->last_type == LAST_NORM && nd->last.name[nd->last.len])
		nd->flags |= LOOKUP_FOLLOW | LOOKUP_DIRECTORY;
	return walk_component(nd, WALK_TRAILING);
}
#endif
