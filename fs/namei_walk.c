// SPDX-License-Identifier: GPL-2.0-only
/*
 * The path walk, component by component.
 *
 * A walk starts in RCU mode: no locks, no references, no stores to shared memory. Each
 * dentry is remembered with its d_seq, read before anything of it; when the next is
 * found, the parent's d_seq is checked, and mount_seq vouches for the mounts crossed.
 * What needs more (an uncached name, a d_revalidate, a link that must be read) first turns
 * the walk into reference mode by try_to_unlazy(): it takes references on all that the
 * walk stands on and checks the sequence numbers once more. -ECHILD means that somebody
 * interfered: the walk is done again in reference mode from the start.
 *
 * In reference mode nd->path and every nd->stack[].link are referenced; nd->root only
 * with ND_ROOT_GRABBED.
 */
#include "namei.h"

/* ---- RCU mode and out of it ---- */

static bool legitimize_path(struct path *path, u32 seq, u32 m_seq)
{
	if (!legitimize_mnt(path->mnt, m_seq)) {
		path->mnt = NULL;
		path->dentry = NULL;
		return false;
	}
	if (unlikely(!d_get_live(path->dentry))) {
		path->dentry = NULL;
		return false;
	}
	return !read_seqcount_retry(&path->dentry->d_seq, seq);
}

static bool legitimize_links(struct nameidata *nd)
{
	unsigned int i;

	for (i = 0; i < nd->depth; i++) {
		struct saved *last = &nd->stack[i];

		if (unlikely(!legitimize_path(&last->link, last->seq, nd->m_seq))) {
			unsigned int j;

			for (j = i + 1; j < nd->depth; j++)
				do_delayed_call(&nd->stack[j].done);
			nd->depth = i + 1;
			return false;
		}
	}
	return true;
}

static void leave_rcu(struct nameidata *nd)
{
	nd->flags &= ~LOOKUP_RCU;
	if (!(nd->state & ND_ROOT_PRESET))
		nd->root.mnt = NULL;	/* looked up again when needed */
}

/**
 * try_to_unlazy - go from RCU to reference mode where the walk stands.
 * Return: false: failed (-ECHILD to the caller); terminate_walk() cleans up.
 */
bool try_to_unlazy(struct nameidata *nd)
{
	leave_rcu(nd);
	if (unlikely(nd->depth && !legitimize_links(nd))) {
		nd->path.mnt = NULL;
		nd->path.dentry = NULL;
		return false;
	}
	return legitimize_path(&nd->path, nd->seq, nd->m_seq);
}

/* The same, and a reference on @d, a child found by d_seq nd->next_seq. */
bool try_to_unlazy_next(struct nameidata *nd, struct dentry *d)
{
	if (!try_to_unlazy(nd))
		return false;
	if (unlikely(!d_get_live(d)))
		return false;
	if (likely(!read_seqcount_retry(&d->d_seq, nd->next_seq)))
		return true;
	dput(d);
	return false;
}

static void drop_links(struct nameidata *nd)
{
	while (nd->depth) {
		struct saved *last = &nd->stack[--nd->depth];

		do_delayed_call(&last->done);
		if (!(nd->flags & LOOKUP_RCU))
			path_put(&last->link);
	}
}

/** terminate_walk - give back what the walk holds. Safe at any point. */
void terminate_walk(struct nameidata *nd)
{
	if (unlikely(nd->depth))
		drop_links(nd);
	if (nd->flags & LOOKUP_RCU)
		return;
	path_put(&nd->path);
	nd->path.mnt = NULL;
	nd->path.dentry = NULL;
	if (unlikely(nd->state & ND_ROOT_GRABBED)) {
		path_put(&nd->root);
		nd->state &= ~ND_ROOT_GRABBED;
		nd->root.mnt = NULL;
	}
}

/* Reference mode: is the walk still below the root that it must not leave? */
static bool in_scope(const struct nameidata *nd)
{
	return is_path_reachable(real_mount(nd->path.mnt), nd->path.dentry, &nd->root);
}

/**
 * complete_walk - the walk has ended at nd->path: make it referenced.
 * Return: 0, -ECHILD, -EXDEV (it left its scope).
 */
int complete_walk(struct nameidata *nd)
{
	if (nd->flags & LOOKUP_RCU && unlikely(!try_to_unlazy(nd)))
		return -ECHILD;
	if (unlikely(nd->flags & LOOKUP_IS_SCOPED) && !in_scope(nd))
		return -EXDEV;
	return 0;
}

/** set_root - fill nd->root from the process. Return: 0, -ENOTRECOVERABLE (no root given). */
int set_root(struct nameidata *nd)
{
	struct fs_struct *fs = current->fs;

	if (nd->flags & LOOKUP_IS_SCOPED)
		return -ENOTRECOVERABLE;
	if (nd->flags & LOOKUP_RCU) {
		u32 seq;

		do {
			seq = read_seqcount_begin(&fs->seq);
			nd->root = fs->root;
		} while (read_seqcount_retry(&fs->seq, seq));
	} else {
		get_fs_root(fs, &nd->root);
		nd->state |= ND_ROOT_GRABBED;
	}
	return 0;
}

/* ---- mounts ---- */

/* In RCU mode: to the top of what is mounted on *@path. Return: false: -ECHILD. */
static bool follow_mount_rcu(struct nameidata *nd, struct path *path)
{
	while (path->dentry->d_flags & DCACHE_MOUNTED) {
		struct mount *m = __lookup_mnt(path->mnt, path->dentry);

		if (!m)
			return !read_seqcount_retry(&mount_seq, nd->m_seq);
		path->mnt = &m->mnt;
		path->dentry = m->mnt.mnt_root;
		nd->next_seq = d_seq_begin(path->dentry);
		if (read_seqcount_retry(&mount_seq, nd->m_seq))
			return false;
	}
	return true;
}

/* In reference mode; the path stays referenced. */
static void follow_mount(struct nameidata *nd, struct path *path)
{
	while (path->dentry->d_flags & DCACHE_MOUNTED) {
		struct vfsmount *m = lookup_mnt(path);

		if (!m)
			return;
		path_put(path);
		path->mnt = m;
		path->dentry = dget(m->mnt_root);
	}
}

/* ---- links ---- */

void put_link(struct nameidata *nd)
{
	struct saved *last = &nd->stack[--nd->depth];

	do_delayed_call(&last->done);
	if (!(nd->flags & LOOKUP_RCU))
		path_put(&last->link);
}

static int grow_stack(struct nameidata *nd)
{
	struct saved *p;

	if (nd->depth < EMBEDDED_LEVELS || nd->stack != nd->internal)
		return 0;
	p = kmalloc_array(MAXSYMLINKS, sizeof(*p), nd->flags & LOOKUP_RCU ? GFP_ATOMIC : GFP_KERNEL);
	if (!p)
		return -ENOMEM;
	memcpy(p, nd->internal, sizeof(nd->internal));
	nd->stack = p;
	return 0;
}

static int jump_root(struct nameidata *nd)
{
	int err;

	if (unlikely(nd->flags & LOOKUP_BENEATH))
		return -EXDEV;
	if (!nd->root.mnt) {
		err = set_root(nd);
		if (err)
			return err;
	}
	if (unlikely(nd->flags & LOOKUP_NO_XDEV) && nd->path.mnt != nd->root.mnt)
		return -EXDEV;
	if (nd->flags & LOOKUP_RCU) {
		nd->path = nd->root;
		nd->seq = d_seq_begin(nd->path.dentry);
		nd->inode = nd->path.dentry->d_inode;
		if (read_seqcount_retry(&nd->path.dentry->d_seq, nd->seq))
			return -ECHILD;
	} else {
		path_put(&nd->path);
		nd->path = nd->root;
		path_get(&nd->path);
		nd->inode = nd->path.dentry->d_inode;
	}
	return 0;
}

/**
 * nd_jump_link - a "magic" link: ->get_link says itself where the walk goes on.
 * Context: from ->get_link only. Return: 0, -ELOOP, -EXDEV.
 */
int nd_jump_link(const struct path *path)
{
	struct nameidata *nd = current->nameidata;

	if (unlikely(!nd))
		return -ELOOP;
	if (unlikely(nd->flags & (LOOKUP_NO_MAGICLINKS | LOOKUP_IS_SCOPED)))
		return nd->flags & LOOKUP_NO_MAGICLINKS ? -ELOOP : -EXDEV;
	if (unlikely(nd->flags & LOOKUP_NO_XDEV) && nd->path.mnt != path->mnt)
		return -EXDEV;
	path_get(path);
	path_put(&nd->path);
	nd->path = *path;
	nd->inode = path->dentry->d_inode;
	return 0;
}

/* The text of a link that is not in memory; the walk is in reference mode. */
static const char *read_link_text(struct nameidata *nd, struct inode *inode, struct saved *last)
{
	const char *text;

	if (!inode->i_op->get_link)
		return ERR_PTR(-ELOOP);
	nd->outer = current->nameidata;
	current->nameidata = nd;
	text = inode->i_op->get_link(last->link.dentry, inode, &last->done);
	current->nameidata = nd->outer;
	return text;
}

/*
 * *@link is a symlink to be followed; its reference is taken over.
 * Return: the text to walk next; NULL: it was a jump; ERR_PTR.
 */
static noinline const char *pick_link(struct nameidata *nd, struct path *link, struct inode *inode, int flags)
{
	struct saved *last;
	const char *text;
	int err;

	err = nd->total_link_count++ >= MAXSYMLINKS ? -ELOOP : grow_stack(nd);
	if (unlikely(err)) {
		if (!(nd->flags & LOOKUP_RCU))
			path_put(link);
		return ERR_PTR(err);
	}
	last = &nd->stack[nd->depth++];
	last->link = *link;
	last->done.fn = NULL;
	last->seq = nd->next_seq;
	if (unlikely(nd->flags & LOOKUP_NO_SYMLINKS || link->mnt->mnt_flags & MNT_NOSYMFOLLOW))
		return ERR_PTR(-ELOOP);
	text = READ_ONCE(inode->i_link);
	if (nd->flags & LOOKUP_RCU) {
		/* reading the link may have to be recorded, or need sleeping */
		bool lazy = text && ((link->mnt->mnt_flags & MNT_NOATIME) ||
				     (inode->i_flags & S_NOATIME) || sb_rdonly(inode->i_sb) ||
				     ((link->mnt->mnt_flags & MNT_RELATIME) &&
				      inode->i_atime > inode->i_mtime && inode->i_atime > inode->i_ctime));

		if (!lazy && !try_to_unlazy(nd))
			return ERR_PTR(-ECHILD);
	}
	if (!(nd->flags & LOOKUP_RCU))
		touch_atime(&last->link);
	if (!text) {
		text = read_link_text(nd, inode, last);
		if (IS_ERR(text))
			return text;
	}
	if (text && *text == '/') {
		err = jump_root(nd);
		if (err)
			return ERR_PTR(err);
		while (*text == '/')
			text++;
	}
	if (text && *text)
		return text;
	put_link(nd);
	return NULL;
}

/**
 * step_into - @d, a child of nd->path, is where the walk goes, or follows the link.
 * @d: its reference is consumed (reference mode)
 * Return: NULL: nd->path is there; the text of a link; ERR_PTR(-ENOENT, ...).
 */
const char *step_into(struct nameidata *nd, int flags, struct dentry *d)
{
	struct path path = { .mnt = nd->path.mnt, .dentry = d };
	struct inode *inode;

	if (nd->flags & LOOKUP_RCU) {
		if (unlikely(READ_ONCE(d->d_flags) & DCACHE_MOUNTED) && !follow_mount_rcu(nd, &path))
			return ERR_PTR(-ECHILD);
		d = path.dentry;
		inode = READ_ONCE(d->d_inode);
		if (unlikely(nd->flags & LOOKUP_NO_XDEV) && path.mnt != nd->path.mnt)
			return ERR_PTR(-EXDEV);
		if (!inode || unlikely(d_is_symlink(d))) {
			if (read_seqcount_retry(&d->d_seq, nd->next_seq))
				return ERR_PTR(-ECHILD);
			if (!inode)
				return ERR_PTR(-ENOENT);
		}
	} else {
		mntget(path.mnt);
		if (unlikely(d->d_flags & DCACHE_MOUNTED))
			follow_mount(nd, &path);
		inode = path.dentry->d_inode;
		if (unlikely(!inode || ((nd->flags & LOOKUP_NO_XDEV) && path.mnt != nd->path.mnt))) {
			path_put(&path);
			return ERR_PTR(inode ? -EXDEV : -ENOENT);
		}
	}
	if (unlikely(d_is_symlink(path.dentry)) && !(flags & WALK_NOFOLLOW) &&
	    (!(flags & WALK_TRAILING) || (nd->flags & LOOKUP_FOLLOW)))
		return pick_link(nd, &path, inode, flags);
	if (!(nd->flags & LOOKUP_RCU))
		path_put(&nd->path);
	nd->path = path;
	nd->inode = inode;
	nd->seq = nd->next_seq;
	return NULL;
}

/* ---- "." and ".." ---- */

/* Does the mount show all of its filesystem, so that no rename leads out of it? */
static bool mount_is_whole(const struct vfsmount *mnt)
{
	return mnt->mnt_root == mnt->mnt_sb->s_root;
}

/* RCU mode, and neither at the root nor at a mount: the usual "..". Return: 0: do it slowly. */
static int dotdot_rcu(struct nameidata *nd)
{
	struct dentry *old = nd->path.dentry, *parent;
	struct inode *inode;

	if (path_equal(&nd->path, &nd->root) || old == nd->path.mnt->mnt_root || !mount_is_whole(nd->path.mnt))
		return 0;
	parent = READ_ONCE(old->d_parent);
	nd->next_seq = d_seq_begin(parent);
	if (read_seqcount_retry(&old->d_seq, nd->seq))
		return -ECHILD;
	inode = READ_ONCE(parent->d_inode);
	if (!inode || (parent->d_flags & DCACHE_MOUNTED))
		return 0;
	nd->path.dentry = parent;
	nd->inode = inode;
	nd->seq = nd->next_seq;
	return 1;
}

/* From the root of a mount to the place it is mounted on, as far as nd->root. */
static bool leave_mounts(struct nameidata *nd)
{
	for (;;) {
		struct mount *m = real_mount(nd->path.mnt);
		struct path up;

		if (path_equal(&nd->path, &nd->root))
			return false;
		if (nd->path.dentry != nd->path.mnt->mnt_root)
			return true;
		spin_lock(&mount_lock);
		if (!mnt_has_parent(m)) {
			spin_unlock(&mount_lock);
			return false;
		}
		up.mnt = &m->mnt_parent->mnt;
		up.dentry = m->mnt_mountpoint;
		path_get(&up);
		spin_unlock(&mount_lock);
		path_put(&nd->path);
		nd->path = up;
	}
}

/* One up within the mount. Return: 0; -ENOENT: a rename has moved us out of what the mount shows. */
static int parent_in_mount(struct path *path)
{
	struct dentry *parent = dget_parent(path->dentry);

	if (unlikely(!mount_is_whole(path->mnt)) && !is_subdir(parent, path->mnt->mnt_root)) {
		dput(parent);
		return -ENOENT;
	}
	dput(path->dentry);
	path->dentry = parent;
	return 0;
}

static int dotdot_ref(struct nameidata *nd)
{
	struct vfsmount *mnt = nd->path.mnt;
	int err = 0;

	mntget(mnt);
	if (leave_mounts(nd))
		err = parent_in_mount(&nd->path);
	else if (nd->flags & LOOKUP_BENEATH)
		err = -EXDEV;
	if (!err) {
		follow_mount(nd, &nd->path);
		nd->inode = nd->path.dentry->d_inode;
		if (unlikely(nd->flags & LOOKUP_NO_XDEV) && mnt != nd->path.mnt)
			err = -EXDEV;
		else if (unlikely(nd->flags & LOOKUP_IS_SCOPED) && !in_scope(nd))
			err = -EAGAIN;	/* somebody moved the directory that we came from */
	}
	mntput(mnt);
	return err;
}

/** handle_dots - a component that is not a name. Return: NULL or ERR_PTR. */
const char *handle_dots(struct nameidata *nd, int type)
{
	int err;

	if (type != LAST_DOTDOT)
		return NULL;
	if (!nd->root.mnt) {
		err = set_root(nd);
		if (err)
			return ERR_PTR(err);
	}
	if (nd->flags & LOOKUP_RCU) {
		err = dotdot_rcu(nd);
		if (err)
			return err < 0 ? ERR_PTR(err) : NULL;
		if (!try_to_unlazy(nd))
			return ERR_PTR(-ECHILD);
		if (!nd->root.mnt) {
			err = set_root(nd);
			if (err)
				return ERR_PTR(err);
		}
	}
	err = dotdot_ref(nd);
	return err ? ERR_PTR(err) : NULL;
}

/* ---- the loop ---- */

/** walk_component - nd->last below nd->path. Return: NULL, a link's text, ERR_PTR. */
const char *walk_component(struct nameidata *nd, int flags)
{
	struct dentry *d;

	if (unlikely(nd->last_type != LAST_NORM)) {
		if (unlikely(nd->depth) && !(flags & WALK_MORE))
			put_link(nd);
		return handle_dots(nd, nd->last_type);
	}
	d = lookup_fast(nd);
	if (unlikely(IS_ERR(d)))
		return ERR_CAST(d);
	if (unlikely(!d)) {
		d = lookup_slow(&nd->last, nd->path.dentry, nd->flags);
		if (IS_ERR(d))
			return ERR_CAST(d);
	}
	if (unlikely(nd->depth) && !(flags & WALK_MORE))
		put_link(nd);
	return step_into(nd, flags, d);
}

/* May current search nd->path? The walk may leave RCU mode for it. */
static inline int may_lookup(struct nameidata *nd)
{
	struct inode *inode = nd->inode;
	int err;

	if (likely((inode->i_opflags & IOP_FASTPERM) && (inode->i_mode & 0111) == 0111))
		return 0;
	if (nd->flags & LOOKUP_RCU && inode->i_op->permission && !try_to_unlazy(nd))
		return -ECHILD;
	err = inode_permission(inode, MAY_EXEC);
	/* what was read in RCU mode may have been stale */
	if (err && (nd->flags & LOOKUP_RCU) && !try_to_unlazy(nd))
		return -ECHILD;
	return err;
}

/**
 * link_path_walk - walk all of @name but its last component, which is left in nd->last.
 * Return: 0 or -errno; terminate_walk() in any case.
 */
int link_path_walk(const char *name, struct nameidata *nd)
{
	unsigned int depth = 0;	/* links of which text is left */

	nd->last_type = LAST_ROOT;
	if (IS_ERR(name))
		return PTR_ERR(name);
	while (*name == '/')
		name++;
	if (!*name)
		return 0;
	for (;;) {
		const char *link;
		u32 len;
		int err = may_lookup(nd);

		if (unlikely(err))
			return err;
		len = d_hash_component(nd->path.dentry, name, &nd->last.hash) - name;
		nd->last.len = len;
		nd->last.name = (const unsigned char *)name;
		nd->last_type = LAST_NORM;
		if (unlikely(name[0] == '.')) {
			if (len == 1)
				nd->last_type = LAST_DOT;
			else if (len == 2 && name[1] == '.')
				nd->last_type = LAST_DOTDOT;
		}
		name += len;
		if (*name) {
			do {
				name++;
			} while (unlikely(*name == '/'));
		}
		if (!*name) {
			if (!depth)
				return 0;
			/* the last component of a link inside: go on behind the link */
			name = nd->stack[--depth].name;
			link = walk_component(nd, 0);
		} else {
			link = walk_component(nd, WALK_MORE);
		}
		if (unlikely(link)) {
			if (IS_ERR(link))
				return PTR_ERR(link);
			nd->stack[depth++].name = name;
			name = link;
			continue;
		}
		if (unlikely(!d_can_lookup(nd->path.dentry))) {
			if (nd->flags & LOOKUP_RCU && !try_to_unlazy(nd))
				return -ECHILD;
			return -ENOTDIR;
		}
	}
}
