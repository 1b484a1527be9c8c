// SPDX-License-Identifier: GPL-2.0-only
/*
 * Moving dentries: rename in the name cache.
 *
 * Both d_seq are in a write section while parent and name change, so that walkers notice;
 * rename_seq tells those who search a hash chain or climb to the root that the shape of
 * the tree has changed under them.
 */
#include "dcache.h"

static void free_external_rcu(struct rcu_head *head)
{
	kfree(container_of(head, struct external_name, rcu));
}

void put_external_name(struct external_name *e)
{
	if (refcount_dec_and_test(&e->count))
		call_rcu(&e->rcu, free_external_rcu);
}

/* @d takes @target's name; both d_seq are in a write section */
static void copy_name(struct dentry *d, struct dentry *target)
{
	struct external_name *old = dname_external(d) ? external_name(d) : NULL;

	if (dname_external(target)) {
		refcount_inc(&external_name(target)->count);
		WRITE_ONCE(d->d_name.name, target->d_name.name);
	} else {
		memcpy(d->d_iname, target->d_iname, DNAME_INLINE_LEN);
		WRITE_ONCE(d->d_name.name, d->d_iname);
	}
	d->d_name.hash = target->d_name.hash;
	d->d_name.len = target->d_name.len;
	if (old)
		put_external_name(old);
}

static void swap_names(struct dentry *a, struct dentry *b)
{
	unsigned char tmp[DNAME_INLINE_LEN];
	const unsigned char *an = dname_external(a) ? a->d_name.name : NULL;
	const unsigned char *bn = dname_external(b) ? b->d_name.name : NULL;

	memcpy(tmp, a->d_iname, sizeof(tmp));
	memcpy(a->d_iname, b->d_iname, sizeof(tmp));
	memcpy(b->d_iname, tmp, sizeof(tmp));
	WRITE_ONCE(a->d_name.name, bn ? bn : a->d_iname);
	WRITE_ONCE(b->d_name.name, an ? an : b->d_iname);
	swap(a->d_name.hash, b->d_name.hash);
	swap(a->d_name.len, b->d_name.len);
}

static bool d_is_ancestor(struct dentry *a, struct dentry *d)
{
	for (; !IS_ROOT(d); d = d->d_parent)
		if (d->d_parent == a)
			return true;
	return false;
}

/* d_lock of both parents and both dentries, ancestors first, else by address */
static void lock_for_move(struct dentry *d, struct dentry *t) __no_tsa	/* two to four locks */
{
	struct dentry *p = d->d_parent, *q = t->d_parent;

	if (p == d || p == q) {
		spin_lock(&q->d_lock);
	} else if (d_is_ancestor(p, q) || (!d_is_ancestor(q, p) && p < q)) {
		spin_lock(&p->d_lock);
		spin_lock_nested(&q->d_lock);
	} else {
		spin_lock(&q->d_lock);
		spin_lock_nested(&p->d_lock);
	}
	if (t < d)
		swap(d, t);
	spin_lock_nested(&d->d_lock);
	spin_lock_nested(&t->d_lock);
}

static void d_move_child(struct dentry *d)
{
	list_del(&d->d_child);
	list_add(&d->d_child, &d->d_parent->d_subdirs);
}

static void __d_move(struct dentry *d, struct dentry *target, bool exchange) __no_tsa
{
	struct dentry *old_parent = d->d_parent, *new_parent = target->d_parent;

	lock_for_move(d, target);
	write_seqcount_begin(&d->d_seq);
	write_seqcount_begin(&target->d_seq);
	if (!d_unhashed(d))
		___d_drop(d);
	if (!d_unhashed(target))
		___d_drop(target);
	WRITE_ONCE(d->d_parent, new_parent);
	if (exchange) {
		WRITE_ONCE(target->d_parent, old_parent);
		swap_names(d, target);
		d_move_child(target);
		__d_rehash(target);
	} else {
		copy_name(d, target);
		__dget(new_parent);
		if (old_parent != d)
			__atomic_fetch_sub(&old_parent->d_count, 1, __ATOMIC_RELEASE); /* callers hold more */
	}
	d_move_child(d);
	__d_rehash(d);
	write_seqcount_end(&target->d_seq);
	write_seqcount_end(&d->d_seq);
	spin_unlock(&target->d_lock);
	spin_unlock(&d->d_lock);
	if (old_parent != d && old_parent != new_parent)
		spin_unlock(&old_parent->d_lock);
	spin_unlock(&new_parent->d_lock);
}

/**
 * d_move - @d takes the place of @target, which is unhashed.
 * Context: references on both and on both parents; the directories' i_rwsem held.
 */
void d_move(struct dentry *d, struct dentry *target)
{
	spin_lock(&rename_lock);
	write_seqcount_begin(&rename_seq);
	__d_move(d, target, false);
	write_seqcount_end(&rename_seq);
	spin_unlock(&rename_lock);
}

/** d_exchange - the two swap places. */
void d_exchange(struct dentry *a, struct dentry *b)
{
	spin_lock(&rename_lock);
	write_seqcount_begin(&rename_seq);
	__d_move(a, b, true);
	write_seqcount_end(&rename_seq);
	spin_unlock(&rename_lock);
}

/* rename_lock held */
static int unalias_locked(struct dentry *alias, struct dentry *d) __no_tsa	/* none or two locks */
{
	struct mutex *rename = &alias->d_sb->s_vfs_rename_mutex;
	struct dentry *old_parent = alias->d_parent;
	bool elsewhere = old_parent != d->d_parent && !IS_ROOT(alias);

	if (d_is_ancestor(alias, d))
		return -ELOOP;
	if (elsewhere && !mutex_trylock(rename))
		return -ESTALE;
	if (elsewhere && !down_read_trylock(&old_parent->d_inode->i_rwsem)) {
		mutex_unlock(rename);
		return -ESTALE;
	}
	write_seqcount_begin(&rename_seq);
	__d_move(alias, d, false);
	write_seqcount_end(&rename_seq);
	if (elsewhere) {
		up_read(&old_parent->d_inode->i_rwsem);
		mutex_unlock(rename);
	}
	return 0;
}

/**
 * d_unalias - the directory @alias was found by another name, @d, which is unhashed: it
 * moves there. Its old parent is not ours to wait for: a lookup holds another directory.
 * Context: a reference on @alias; the i_rwsem of @d's parent held.
 * Return: 0; -ELOOP: it contains @d; -ESTALE: somebody uses its old parent now.
 */
int d_unalias(struct dentry *alias, struct dentry *d)
{
	struct dentry *old_parent;
	int err;

	spin_lock(&rename_lock);
	old_parent = dget(alias->d_parent);
	err = unalias_locked(alias, d);
	spin_unlock(&rename_lock);
	dput(old_parent);
	return err;
}
