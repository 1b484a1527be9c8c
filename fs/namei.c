// SPDX-License-Identifier: GPL-2.0-only
/*
 * From a path to a place: names out of user space, permissions, and the lookups that the
 * rest of the kernel calls. The walk itself is namei_walk.c; opening, namei_open.c;
 * operations on names, namei_ops.c.
 *
 *	err = user_path_at(dfd, uname, LOOKUP_FOLLOW, &path);
 *	... path_put(&path);
 *
 * filename_lookup_rcu() serves calls that only look (stat, access): the whole walk and the
 * look happen without a reference, and count only if nothing moved meanwhile.
 */
#include "namei.h"
#include <kernel/init.h>
#include <arch/uaccess.h>

static struct kmem_cache *names_cache;
#define EMBEDDED_NAME_MAX (PATH_MAX_LEN - offsetof(struct filename, iname))

/* ---- names ---- */

/* The path did not fit beside its struct filename: give it a page of its own. */
static struct filename *getname_long(const char __user *uname)
{
	struct filename *n = kmalloc(sizeof(*n), GFP_KERNEL);
	char *text;
	long len;

	if (!n)
		return ERR_PTR(-ENOMEM);
	text = kmem_cache_alloc(names_cache, GFP_KERNEL);
	if (!text) {
		kfree(n);
		return ERR_PTR(-ENOMEM);
	}
	len = strncpy_from_user(text, uname, PATH_MAX_LEN);
	if (len < 0 || len == PATH_MAX_LEN) {
		kmem_cache_free(names_cache, text);
		kfree(n);
		return ERR_PTR(len < 0 ? len : -ENAMETOOLONG);
	}
	n->name = text;
	n->uptr = uname;
	n->refcnt = 1;
	return n;
}

/**
 * getname_flags - copy a path from user space.
 * @flags: LOOKUP_EMPTY: "" is allowed
 * Context: may sleep.
 * Return: for putname(); ERR_PTR(-EFAULT, -ENAMETOOLONG, -ENOENT, -ENOMEM).
 */
struct filename *getname_flags(const char __user *uname, int flags)
{
	struct filename *n = kmem_cache_alloc(names_cache, GFP_KERNEL);
	long len;

	if (unlikely(!n))
		return ERR_PTR(-ENOMEM);
	len = strncpy_from_user(n->iname, uname, EMBEDDED_NAME_MAX);
	if (unlikely(len < 0 || len == EMBEDDED_NAME_MAX)) {
		kmem_cache_free(names_cache, n);
		return len < 0 ? ERR_PTR(len) : getname_long(uname);
	}
	if (unlikely(!len) && !(flags & LOOKUP_EMPTY)) {
		kmem_cache_free(names_cache, n);
		return ERR_PTR(-ENOENT);
	}
	n->name = n->iname;
	n->uptr = uname;
	n->refcnt = 1;
	return n;
}

struct filename *getname(const char __user *uname)
{
	return getname_flags(uname, 0);
}

struct filename *getname_onstack(const char __user *uname, int flags, struct name_buf *nb)
{
	long len = strncpy_from_user(nb->text, uname, NAME_ONSTACK);

	if (unlikely(len < 0))
		return ERR_PTR(len);
	if (unlikely(len == NAME_ONSTACK))
		return getname_flags(uname, flags);
	if (unlikely(!len) && !(flags & LOOKUP_EMPTY))
		return ERR_PTR(-ENOENT);
	nb->fn.name = nb->text;
	nb->fn.uptr = uname;
	nb->fn.refcnt = -1;
	return &nb->fn;
}

/** getname_kernel - the same for a kernel string. */
struct filename *getname_kernel(const char *name)
{
	size_t len = strlen(name) + 1;
	struct filename *n;

	if (len > EMBEDDED_NAME_MAX)
		return ERR_PTR(-ENAMETOOLONG);
	n = kmem_cache_alloc(names_cache, GFP_KERNEL);
	if (!n)
		return ERR_PTR(-ENOMEM);
	memcpy(n->iname, name, len);
	n->name = n->iname;
	n->uptr = NULL;
	n->refcnt = 1;
	return n;
}

void putname(struct filename *n)
{
	if (IS_ERR_OR_NULL(n) || n->refcnt < 0 || --n->refcnt > 0)
		return;
	if (unlikely(n->name != n->iname)) {
		kmem_cache_free(names_cache, (char *)n->name);
		kfree(n);
	} else {
		kmem_cache_free(names_cache, n);
	}
}

/* ---- permission ---- */

/* by the mode bits alone */
static int mode_permission(const struct inode *inode, int mask)
{
	umode_t mode = inode->i_mode;

	mask &= MAY_READ | MAY_WRITE | MAY_EXEC;
	if (current_fsuid() == inode->i_uid)
		mode >>= 6;
	else if (mask & (mode ^ (mode >> 3)) && in_group_p(inode->i_gid))
		mode >>= 3;
	return mask & ~mode ? -EACCES : 0;
}

/**
 * generic_permission - owner, group, others, and the capabilities that override them.
 * Context: also RCU walks. Return: 0, -EACCES.
 */
int generic_permission(struct inode *inode, int mask)
{
	if (likely(!mode_permission(inode, mask)))
		return 0;
	mask &= MAY_READ | MAY_WRITE | MAY_EXEC;
	if (S_ISDIR(inode->i_mode)) {
		if (!(mask & MAY_WRITE) && capable(CAP_DAC_READ_SEARCH))
			return 0;
		return capable(CAP_DAC_OVERRIDE) ? 0 : -EACCES;
	}
	if (mask == MAY_READ && capable(CAP_DAC_READ_SEARCH))
		return 0;
	if ((!(mask & MAY_EXEC) || (inode->i_mode & 0111)) && capable(CAP_DAC_OVERRIDE))
		return 0;
	return -EACCES;
}

/**
 * inode_permission - may current do @mask (MAY_*) to the inode?
 * Context: RCU walks too, if ->permission is not set.
 * Return: 0, -EACCES, -EROFS (the super block is read-only), -EPERM (immutable).
 */
int inode_permission(struct inode *inode, int mask)
{
	if (unlikely(mask & MAY_WRITE)) {
		umode_t mode = inode->i_mode;

		if (sb_rdonly(inode->i_sb) && (S_ISREG(mode) || S_ISDIR(mode) || S_ISLNK(mode)))
			return -EROFS;
		if (IS_IMMUTABLE(inode))
			return -EPERM;
	}
	if (likely(inode->i_opflags & IOP_FASTPERM))
		return generic_permission(inode, mask);
	if (inode->i_op->permission)
		return inode->i_op->permission(inode, mask);
	spin_lock(&inode->i_lock);
	inode->i_opflags |= IOP_FASTPERM;
	spin_unlock(&inode->i_lock);
	return generic_permission(inode, mask);
}

/* ---- paths ---- */

void path_get(const struct path *p)
{
	mntget(p->mnt);
	dget(p->dentry);
}

void path_put(const struct path *p)
{
	dput(p->dentry);
	mntput(p->mnt);
}

/* Start at the descriptor nd->dfd. */
static int path_init_dfd(struct nameidata *nd, const char *s)
{
	struct fd f = fdget_raw(nd->dfd);
	struct dentry *d;

	if (!f.file)
		return -EBADF;
	if (unlikely(nd->flags & LOOKUP_LINKAT_EMPTY) && f.file->f_cred != current_cred() &&
	    !capable(CAP_DAC_READ_SEARCH)) {
		fdput(f);
		return -ENOENT;
	}
	d = f.file->f_path.dentry;
	if (*s && unlikely(!d_can_lookup(d))) {
		fdput(f);
		return -ENOTDIR;
	}
	nd->path = f.file->f_path;
	if (nd->flags & LOOKUP_RCU) {
		nd->inode = d->d_inode;
		nd->seq = d_seq_begin(d);
	} else {
		path_get(&nd->path);
		nd->inode = d->d_inode;
	}
	fdput(f);
	return 0;
}

static void path_init_cwd(struct nameidata *nd)
{
	struct fs_struct *fs = current->fs;
	u32 seq;

	if (!(nd->flags & LOOKUP_RCU)) {
		get_fs_pwd(fs, &nd->path);
		nd->inode = nd->path.dentry->d_inode;
		return;
	}
	do {
		seq = read_seqcount_begin(&fs->seq);
		nd->path = fs->pwd;
		nd->seq = d_seq_begin(nd->path.dentry);
		nd->inode = nd->path.dentry->d_inode;
	} while (read_seqcount_retry(&fs->seq, seq));
}

/**
 * path_init - where the walk of nd->name begins.
 * Return: the text to walk; ERR_PTR. terminate_walk() in any case.
 */
const char *path_init(struct nameidata *nd, unsigned int flags)
{
	const char *s = nd->name->name;
	int err;

	if (unlikely(!*s))
		flags &= ~LOOKUP_RCU;
	nd->flags = flags;
	nd->m_seq = __atomic_load_n(&mount_seq.seq, __ATOMIC_ACQUIRE) & ~1u;
	if (unlikely(nd->state & ND_ROOT_PRESET)) {
		nd->path = nd->root;
		path_get(&nd->path);
		nd->inode = nd->path.dentry->d_inode;
		if (*s && !d_can_lookup(nd->path.dentry))
			return ERR_PTR(-ENOTDIR);
		return s;
	}
	if (*s == '/' && !(flags & LOOKUP_IN_ROOT)) {
		if (unlikely(flags & LOOKUP_BENEATH))
			return ERR_PTR(-EXDEV);
		err = set_root(nd);
		if (err)
			return ERR_PTR(err);
		nd->path = nd->root;
		if (flags & LOOKUP_RCU) {
			nd->seq = d_seq_begin(nd->path.dentry);
			nd->inode = nd->path.dentry->d_inode;
		} else {
			path_get(&nd->path);
			nd->inode = nd->path.dentry->d_inode;
		}
		return s;
	}
	if (nd->dfd == AT_FDCWD) {
		path_init_cwd(nd);
	} else {
		err = path_init_dfd(nd, s);
		if (err)
			return ERR_PTR(err);
	}
	if (unlikely(flags & LOOKUP_IS_SCOPED)) {
		nd->root = nd->path;
		path_get(&nd->root);
		nd->state |= ND_ROOT_GRABBED;
	}
	return s;
}

/** path_lookupat - a whole walk. Return: 0 and *@path referenced; -errno. */
int path_lookupat(struct nameidata *nd, unsigned int flags, struct path *path)
{
	const char *s = path_init(nd, flags);
	int err;

	while (!(err = link_path_walk(s, nd)) && (s = lookup_last(nd)) != NULL)
		;
	if (!err)
		err = complete_walk(nd);
	if (!err && nd->flags & LOOKUP_DIRECTORY && !d_can_lookup(nd->path.dentry))
		err = -ENOTDIR;
	if (!err) {
		*path = nd->path;
		nd->path.mnt = NULL;
		nd->path.dentry = NULL;
	}
	terminate_walk(nd);
	return err;
}

/* In RCU mode first; scoped walks and empty paths go straight to references. */
static unsigned int first_mode(unsigned int flags)
{
	return flags & LOOKUP_IS_SCOPED ? flags : flags | LOOKUP_RCU;
}

/**
 * filename_lookup - walk @name from @dfd.
 * Context: may sleep. @name stays the caller's.
 * Return: 0 and *@path referenced; -errno as Linux.
 */
int filename_lookup(int dfd, struct filename *name, unsigned int flags, struct path *path)
{
	DEFINE_NAMEIDATA(nd);
	int err;

	if (IS_ERR(name))
		return PTR_ERR(name);
	if (likely(!(flags & ~(LOOKUP_FOLLOW | LOOKUP_DIRECTORY | LOOKUP_EMPTY)))) {
		struct walk_end e __attribute__((uninitialized));

		err = walk_fast(dfd, name->name, &e, false);
		if (err < 0)
			return err;
		if (err && (!(flags & LOOKUP_DIRECTORY) || S_ISDIR(e.inode->i_mode)) &&
		    walk_end_get(&e, path))
			return 0;
	}
	nd_init(&nd, dfd, name);
	err = path_lookupat(&nd, first_mode(flags), path);
	if (unlikely(err == -ECHILD)) {
		nd_fini(&nd);
		nd_init(&nd, dfd, name);
		err = path_lookupat(&nd, flags, path);
	}
	nd_fini(&nd);
	return err;
}

int filename_lookup_rcu(int dfd, struct filename *name, unsigned int flags, rcu_end_t fn, void *arg)
{
	struct walk_end e __attribute__((uninitialized));
	DEFINE_NAMEIDATA(nd);
	const char *s;
	int err = walk_fast(dfd, name->name, &e, false);

	if (likely(err)) {
		if (err > 0) {
			err = fn(&e, arg);
			if (unlikely(!walk_end_valid(&e)))
				err = 0;
		}
		return err;
	}
	nd_init(&nd, dfd, name);
	s = path_init(&nd, flags | LOOKUP_RCU);
	while (!(err = link_path_walk(s, &nd)) && (s = lookup_last(&nd)) != NULL)
		;
	if (!err && (nd.flags & LOOKUP_RCU)) {
		e.mnt = nd.path.mnt;
		e.dentry = nd.path.dentry;
		e.inode = nd.inode;
		e.seq = nd.seq;
		e.m_seq = nd.m_seq;
		if (unlikely(nd.flags & LOOKUP_DIRECTORY) && !d_can_lookup(nd.path.dentry))
			err = -ENOTDIR;
		else
			err = fn(&e, arg);
		if (unlikely(!walk_end_valid(&e)))
			err = 0;
	} else if (err == -ECHILD) {
		err = 0;
	}
	terminate_walk(&nd);
	nd_fini(&nd);
	return err;
}

int user_path_at(int dfd, const char __user *uname, unsigned int flags, struct path *path)
{
	DEFINE_NAME_BUF(nb);
	struct filename *name = getname_onstack(uname, flags, &nb);
	int err;

	if (IS_ERR(name))
		return PTR_ERR(name);
	err = filename_lookup(dfd, name, flags, path);
	putname_fast(name);
	return err;
}

int kern_path(const char *path_name, unsigned int flags, struct path *path)
{
	struct filename *name = getname_kernel(path_name);
	int err = filename_lookup(AT_FDCWD, name, flags, path);

	putname(name);
	return err;
}

/** path_parentat - walk to the parent; nd->last is the name. */
static int path_parentat(struct nameidata *nd, unsigned int flags, struct path *parent)
{
	const char *s = path_init(nd, flags);
	int err = link_path_walk(s, nd);

	if (!err)
		err = complete_walk(nd);
	if (!err) {
		*parent = nd->path;
		nd->path.mnt = NULL;
		nd->path.dentry = NULL;
	}
	terminate_walk(nd);
	return err;
}

/**
 * filename_parentat - all of @name but the last component.
 * @last: that component; its text lives as long as @name
 * @type: LAST_*
 * Return: 0 and *@parent referenced; -errno.
 */
int filename_parentat(int dfd, struct filename *name, unsigned int flags, struct path *parent,
		      struct qstr *last, int *type)
{
	DEFINE_NAMEIDATA(nd);
	int err;

	if (IS_ERR(name))
		return PTR_ERR(name);
	if (likely(!flags)) {
		struct walk_end e __attribute__((uninitialized));

		err = walk_fast(dfd, name->name, &e, true);
		if (err < 0)
			return err;
		if (err && walk_end_get(&e, parent)) {
			*last = e.last;
			*type = LAST_NORM;
			return 0;
		}
	}
	nd_init(&nd, dfd, name);
	err = path_parentat(&nd, first_mode(flags), parent);
	if (unlikely(err == -ECHILD)) {
		nd_fini(&nd);
		nd_init(&nd, dfd, name);
		err = path_parentat(&nd, flags, parent);
	}
	nd_fini(&nd);
	if (!err) {
		*last = nd.last;
		*type = nd.last_type;
	}
	return err;
}

/**
 * lookup_one_qstr_excl - the child @last of @base, from the cache or the filesystem.
 * Context: @base's i_rwsem held for writing. Return: dentry, maybe negative; ERR_PTR.
 */
struct dentry *lookup_one_qstr_excl(const struct qstr *last, struct dentry *base, unsigned int flags)
{
	return __lookup_slow_excl(last, base, flags);
}

void __init vfs_caches_init(void)
{
	names_cache = kmem_cache_create("names_cache", PATH_MAX_LEN, 0, SLAB_PANIC | SLAB_HWCACHE_ALIGN, NULL);
	namei_init();
	dcache_init();
	inode_init();
	files_init();
	files_struct_init();
	fs_struct_cache_init();
	locks_init_caches();
	mnt_init();
	bdev_cache_init();
}
