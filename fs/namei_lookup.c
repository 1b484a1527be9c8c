// SPDX-License-Identifier: GPL-2.0-only
/*
 * One name in a directory: from the cache, or by asking the filesystem.
 *
 * Lookups of one directory go on in parallel under its i_rwsem held for reading; of one
 * name, one at a time, by a hashed mutex. With i_rwsem held for writing nobody else looks.
 */
#include "namei.h"
#include <kernel/init.h>

/**
 * lookup_fast - the cached child nd->last of nd->path.
 *
 * Return: the dentry (referenced in reference mode); NULL: not cached, and the walk is in
 * reference mode now; ERR_PTR.
 */
struct dentry *lookup_fast(struct nameidata *nd)
{
	struct dentry *d, *parent = nd->path.dentry;
	int valid;

	if (nd->flags & LOOKUP_RCU) {
		d = d_lookup_rcu(parent, nd->last.hash, nd->last.len, nd->last.name, &nd->next_seq);
		if (unlikely(!d))
			return try_to_unlazy(nd) ? NULL : ERR_PTR(-ECHILD);
		if (unlikely(read_seqcount_retry(&parent->d_seq, nd->seq)))
			return ERR_PTR(-ECHILD);
		if (likely(!(READ_ONCE(d->d_flags) & DCACHE_OP_REVALIDATE)))
			return d;
		if (!try_to_unlazy_next(nd, d))
			return ERR_PTR(-ECHILD);
	} else {
		d = d_lookup(parent, &nd->last);
		if (!d || !(d->d_flags & DCACHE_OP_REVALIDATE))
			return d;
	}
	valid = d->d_op->d_revalidate(d, nd->flags);
	if (likely(valid > 0))
		return d;
	if (!valid)
		d_invalidate(d);
	dput(d);
	return valid ? ERR_PTR(valid) : NULL;
}

#define NR_LOOKUP_LOCKS 64
static struct mutex lookup_locks[NR_LOOKUP_LOCKS];

static struct mutex *lookup_lock(const struct dentry *dir, u32 hash)
{
	return &lookup_locks[(hash ^ ((unsigned long)dir >> 6)) % NR_LOOKUP_LOCKS];
}

/* A cached child that is still valid, referenced; NULL; ERR_PTR. */
static struct dentry *lookup_dcache(const struct qstr *name, struct dentry *dir, unsigned int flags)
{
	struct dentry *d = d_lookup(dir, name);
	int valid;

	if (!d || likely(!(d->d_flags & DCACHE_OP_REVALIDATE)))
		return d;
	valid = d->d_op->d_revalidate(d, flags);
	if (valid > 0)
		return d;
	if (!valid)
		d_invalidate(d);
	dput(d);
	return valid ? ERR_PTR(valid) : NULL;
}

/* Ask the filesystem. No other lookup of this name is going on. */
static struct dentry *lookup_real(const struct qstr *name, struct dentry *dir, unsigned int flags)
{
	struct dentry *d, *other;

	if (unlikely(IS_DEADDIR(dir->d_inode)))
		return ERR_PTR(-ENOENT);
	if (unlikely(name->len > NAME_MAX_LEN))
		return ERR_PTR(-ENAMETOOLONG);
	d = d_alloc(dir, name);
	if (!d)
		return ERR_PTR(-ENOMEM);
	other = dir->d_inode->i_op->lookup(dir->d_inode, d, flags);
	if (unlikely(other)) {
		dput(d);
		return other;
	}
	return d;
}

/* With the directory's i_rwsem held for writing: nobody else looks up in it. */
struct dentry *__lookup_slow_excl(const struct qstr *name, struct dentry *dir, unsigned int flags)
{
	struct dentry *d = lookup_dcache(name, dir, flags);

	return d ? d : lookup_real(name, dir, flags);
}

/**
 * lookup_slow - a name that was not cached. Readers of a directory look up in parallel,
 * different names at least. Context: reference mode, may sleep. Return: dentry, ERR_PTR.
 */
struct dentry *lookup_slow(const struct qstr *name, struct dentry *dir, unsigned int flags)
{
	struct inode *inode = dir->d_inode;
	struct mutex *lock = lookup_lock(dir, name->hash);
	struct dentry *d;

	inode_lock_shared(inode);
	mutex_lock(lock);
	d = lookup_dcache(name, dir, flags);
	if (!d)
		d = lookup_real(name, dir, flags);
	mutex_unlock(lock);
	inode_unlock_shared(inode);
	return d;
}

void __init namei_init(void)
{
	unsigned int i;

	for (i = 0; i < NR_LOOKUP_LOCKS; i++)
		mutex_init(&lookup_locks[i], LR_LOOKUP);
}
