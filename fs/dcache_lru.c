// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unused dentries: the LRU list, its shrinker, and pruning of subtrees.
 *
 * A dentry joins the LRU when its count first falls to 0 and stays there when it is used
 * again; the shrinker sorts it out. Members have DCACHE_LRU (d_lock and lru_lock to
 * change). A second use sets DCACHE_REFERENCED: one more round.
 *
 * The shrinker never takes the last thing of a super block that is being unmounted: it
 * works on a dentry only while it holds its s_umount shared (by trylock: memory may be
 * wanted by somebody who holds it).
 */
#include "vfs_internal.h"
#include <mm/reclaim.h>
#include <kernel/init.h>

static LIST_HEAD(dentry_lru);		/* newest first */
static DEFINE_SPINLOCK(dentry_lru_lock, LR_DCACHE_LRU);
unsigned long nr_dentry_unused;		/* members of the LRU */

static void __d_lru_add(struct dentry *d)
{
	WRITE_ONCE(d->d_flags, d->d_flags | DCACHE_LRU);
	list_add(&d->d_lru, &dentry_lru);
	nr_dentry_unused++;
}

void d_lru_add(struct dentry *d)
{
	spin_lock(&dentry_lru_lock);
	__d_lru_add(d);
	spin_unlock(&dentry_lru_lock);
}

static void __d_lru_del(struct dentry *d)
{
	WRITE_ONCE(d->d_flags, d->d_flags & ~(DCACHE_LRU | DCACHE_REFERENCED));
	list_del_init(&d->d_lru);
	nr_dentry_unused--;
}

void d_lru_del(struct dentry *d)
{
	spin_lock(&dentry_lru_lock);
	__d_lru_del(d);
	spin_unlock(&dentry_lru_lock);
}

/* Claim an unused dentry for killing. Context: d_lock. */
static bool d_claim(struct dentry *d)
{
	int zero = 0;

	return __atomic_compare_exchange_n(&d->d_count, &zero, D_COUNT_DEAD, false,
					   __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

/**
 * dispose_dentries - kill a list of claimed dentries, and the parents that become unused
 * and are not worth keeping.
 * Context: may sleep.
 */
static void dispose_dentries(struct list_head *list)
{
	while (!list_empty(list)) {
		struct dentry *d = list_first_entry(list, struct dentry, d_lru);

		list_del_init(&d->d_lru);
		dput(dentry_finish_kill(d));
		cond_resched();
	}
}

/* One LRU member at the tail, lru_lock held: claim it onto @dispose, or pass it by. */
static bool lru_isolate(struct dentry *d, struct list_head *dispose)
{
	bool claimed = false;

	if (!spin_trylock(&d->d_lock)) {
		list_move(&d->d_lru, &dentry_lru);
		return false;
	}
	if (READ_ONCE(d->d_count) != 0) {
		__d_lru_del(d);
		/* who has given it back meanwhile may have seen it on the list, and left it to us */
		smp_mb();
		if (READ_ONCE(d->d_count) == 0)
			__d_lru_add(d);
	} else if (d->d_flags & DCACHE_REFERENCED) {
		WRITE_ONCE(d->d_flags, d->d_flags & ~DCACHE_REFERENCED);
		list_move(&d->d_lru, &dentry_lru);
	} else if (d_claim(d)) {
		__d_lru_del(d);
		list_add(&d->d_lru, dispose);
		claimed = true;
	}
	spin_unlock(&d->d_lock);
	return claimed;
}

/* Up to @nr entries of the tail that share one super block. Return: dentries freed. */
static unsigned long prune_batch(unsigned long *nr) __no_tsa	/* the super block found on the way is locked */
{
	struct super_block *sb = NULL;
	unsigned long freed = 0;
	LIST_HEAD(dispose);

	spin_lock(&dentry_lru_lock);
	while (*nr && !list_empty(&dentry_lru)) {
		struct dentry *d = list_last_entry(&dentry_lru, struct dentry, d_lru);

		if (!sb) {
			if (!down_read_trylock(&d->d_sb->s_umount)) {
				list_move(&d->d_lru, &dentry_lru);
				--*nr;
				continue;
			}
			sb = d->d_sb;
		} else if (d->d_sb != sb) {
			break;
		}
		--*nr;
		freed += lru_isolate(d, &dispose);
	}
	spin_unlock(&dentry_lru_lock);
	if (sb) {
		dispose_dentries(&dispose);
		up_read(&sb->s_umount);
	} else {
		*nr = 0;
	}
	return freed;
}

static unsigned long dentry_shrink_count(struct shrinker *s)
{
	return READ_ONCE(nr_dentry_unused);
}

static unsigned long dentry_shrink_scan(struct shrinker *s, unsigned long nr)
{
	unsigned long freed = 0;

	while (nr)
		freed += prune_batch(&nr);
	return freed;
}

static struct shrinker dentry_shrinker = {
	.count = dentry_shrink_count,
	.scan = dentry_shrink_scan,
	.name = "dentry",
};

void __init dentry_init_shrinker(void)
{
	register_shrinker(&dentry_shrinker);
}

/* ---- subtrees ---- */

/*
 * A child was visited: give the walk's reference back. If that makes it unused and it is
 * not wanted (@reap, or it was unhashed meanwhile), claim it. Parent's d_lock held.
 * Return: 1 if claimed.
 */
static unsigned int walk_leave(struct dentry *d, struct list_head *dispose, bool reap)
{
	unsigned int claimed = 0;

	if (__atomic_sub_fetch(&d->d_count, 1, __ATOMIC_ACQ_REL) > 0)
		return 0;
	spin_lock_nested(&d->d_lock);
	if ((reap || d_unhashed(d)) && d_claim(d)) {
		if (d->d_flags & DCACHE_LRU)
			d_lru_del(d);
		list_add_tail(&d->d_lru, dispose);
		claimed = 1;
	} else if (d->d_count == 0 && !(d->d_flags & DCACHE_LRU)) {
		d_lru_add(d);
	}
	spin_unlock(&d->d_lock);
	return claimed;
}

static void walk_genocide(struct dentry *d)
{
	if (d->d_inode && !d_unhashed(d))
		__atomic_fetch_sub(&d->d_count, 1, __ATOMIC_RELEASE);
}

/**
 * d_walk_reap - visit all descendants of @root, children before parents.
 * @dispose: gets up to about @max claimed dentries
 * @reap: claim those that nobody uses
 * @genocide: take one reference from each that exists
 * Context: takes rename_lock; every dentry visited is referenced, so it stays.
 */
static void d_walk_reap(struct dentry *root, struct list_head *dispose, unsigned int max, bool reap,
			bool genocide) __no_tsa	/* the lock moves with the walk */
{
	struct dentry *p = root, *c;
	struct list_head *next;
	unsigned int n = 0;

	spin_lock(&rename_lock);
	spin_lock(&p->d_lock);
	next = p->d_subdirs.next;
	for (;;) {
		while (next != &p->d_subdirs && n < max) {
			c = list_entry(next, struct dentry, d_child);
			next = next->next;
			if (!d_get_live(c))
				continue;
			if (genocide)
				walk_genocide(c);
			if (!list_empty(&c->d_subdirs)) {
				spin_lock_nested(&c->d_lock);
				spin_unlock(&p->d_lock);
				p = c;
				next = c->d_subdirs.next;
				continue;
			}
			n += walk_leave(c, dispose, reap);
		}
		if (p == root)
			break;
		c = p;
		p = c->d_parent;
		spin_unlock(&c->d_lock);
		spin_lock(&p->d_lock);
		next = c->d_child.next;
		n += walk_leave(c, dispose, reap);
	}
	spin_unlock(&p->d_lock);
	spin_unlock(&rename_lock);
}

/* Kill claimed dentries and then each parent below @root that nobody uses any more. */
static void dispose_upwards(struct list_head *list, struct dentry *root)
{
	while (!list_empty(list)) {
		struct dentry *d = list_first_entry(list, struct dentry, d_lru);

		list_del_init(&d->d_lru);
		for (;;) {
			d = dentry_finish_kill(d);
			if (!d || d == root) {
				dput(d);
				break;
			}
			if (__atomic_sub_fetch(&d->d_count, 1, __ATOMIC_ACQ_REL) > 0)
				break;
			spin_lock(&d->d_lock);
			if (!d_claim(d)) {
				spin_unlock(&d->d_lock);
				break;
			}
			if (d->d_flags & DCACHE_LRU)
				d_lru_del(d);
			spin_unlock(&d->d_lock);
		}
		cond_resched();
	}
}

/** shrink_dcache_parent - drop every unused dentry below @d. Context: may sleep. */
void shrink_dcache_parent(struct dentry *d)
{
	LIST_HEAD(dispose);

	while (!list_empty(&d->d_subdirs)) {
		d_walk_reap(d, &dispose, 1024, true, false);
		if (list_empty(&dispose))
			break;
		dispose_upwards(&dispose, d);
	}
}

/** shrink_dcache_sb - drop the unused dentries of a mounted super block. */
void shrink_dcache_sb(struct super_block *sb)
{
	if (sb->s_root)
		shrink_dcache_parent(sb->s_root);
}

/**
 * shrink_dcache_for_umount - every dentry of @sb goes.
 * Context: s_umount held for writing; no users are left.
 */
void shrink_dcache_for_umount(struct super_block *sb)
{
	struct dentry *root = sb->s_root;

	sb->s_root = NULL;
	if (!root)
		return;
	shrink_dcache_parent(root);
	if (!list_empty(&root->d_subdirs)) {
		struct dentry *c = list_first_entry(&root->d_subdirs, struct dentry, d_child);

		pr_err("VFS: %s: dentry \"%s\" still in use (%d) at unmount\n", sb->s_id,
		       c->d_name.name, c->d_count);
	}
	d_drop(root);
	dput(root);
}

/** d_genocide - give back the reference that each entry of a memory filesystem holds by existing. */
void d_genocide(struct dentry *root)
{
	LIST_HEAD(dispose);

	d_walk_reap(root, &dispose, UINT_MAX, false, true);
	dispose_dentries(&dispose);
}

/** d_invalidate - @d is stale: unhash it and forget what is cached below. Context: may sleep. */
void d_invalidate(struct dentry *d)
{
	spin_lock(&d->d_lock);
	if (d_unhashed(d)) {
		spin_unlock(&d->d_lock);
		return;
	}
	spin_unlock(&d->d_lock);
	d_drop(d);
	shrink_dcache_parent(d);
}
