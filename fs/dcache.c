// SPDX-License-Identifier: GPL-2.0-only
/*
 * The name cache: dentries, their hash table, and their life.
 *
 * Life: d_alloc (count 1, unhashed, in its parent's d_subdirs) -> d_add/d_splice_alias
 * (hashed, positive or negative) -> count 0: kept, on the LRU (dput) -> claimed (count
 * D_COUNT_DEAD, by compare-and-swap from 0: exactly one killer) -> dentry_finish_kill:
 * unhashed, out of the parent, inode given back -> freed after a grace period.
 *
 * Invariants, checked by dentry_validate():
 * D1  a child holds a reference on its parent (unless it is its own parent)
 * D2  d_count goes up by atomic increments of holders, or from >= 0 by compare-and-swap
 *     (d_get_live); below zero nobody may take it
 * D3  positive <=> on inode->i_dentry; the inode's reference is the dentry's
 * D4  d_name, d_parent, d_inode change only within a d_seq write section under d_lock
 * D5  a hashed dentry is in the bucket of its d_name.hash
 *
 * d_delete() makes an entry negative only after freezing its count at D_COUNT_DEAD,
 * so that no walker can take a reference while the inode goes away.
 *
 * Locks: rename_lock (tree shape, names) > d_lock (parent before child) > inode->i_lock
 * (i_dentry) > hash bucket lock > LRU lock. Walkers need none: RCU, d_seq, rename_seq.
 */
#include "dcache.h"
#include <mm/mm.h>
#include <kernel/init.h>
#include <lib/printf.h>

static struct kmem_cache *dentry_cache;
struct dcache_hash dcache_hash;
#define D_HASH_LOCKS	256
static spinlock_t d_hash_locks[D_HASH_LOCKS];

seqcount_t rename_seq;
DEFINE_SPINLOCK(rename_lock, LR_RENAME);
unsigned long nr_dentry;

static spinlock_t *d_hash_lock(u32 hash)
{
	return &d_hash_locks[(hash >> dcache_hash.shift) % D_HASH_LOCKS];
}

/* ---- lookup ---- */

/* One pass without rename protection; a hit is referenced. */
struct dentry *__d_lookup(const struct dentry *parent, const struct qstr *name)
{
	struct dentry *d;
	u32 seq;

	while ((d = d_lookup_rcu(parent, name->hash, name->len, name->name, &seq))) {
		if (!d_get_live(d))
			return NULL;	/* dying or frozen: the directory's lock decides */
		if (likely(!read_seqcount_retry(&d->d_seq, seq)))
			return d;
		dput(d);
	}
	return NULL;
}

/**
 * d_lookup - the child of @parent called @name (hash filled in).
 * Context: any that may call dput().
 * Return: referenced dentry, positive or negative; NULL: not cached.
 */
struct dentry *d_lookup(struct dentry *parent, const struct qstr *name)
{
	struct dentry *d;
	u32 seq;

	do {
		seq = read_seqcount_begin(&rename_seq);
		d = __d_lookup(parent, name);
	} while (!d && read_seqcount_retry(&rename_seq, seq));
	return d;
}

/** d_name_hash - for a qstr: the hash of a name in @dir. */
u32 d_name_hash(const struct dentry *dir, const char *name, unsigned int len)
{
	u64 h = d_hash_start(dir);

	while (len--)
		h = d_hash_step(h, *name++);
	return d_hash_end(h);
}

/* ---- allocation ---- */

static int d_set_name(struct dentry *d, const struct qstr *name)
{
	unsigned char *text = d->d_iname;

	if (name->len > DNAME_INLINE_LEN - 1) {
		struct external_name *e = kmalloc(sizeof(*e) + ALIGN(name->len + 1, 8), GFP_KERNEL);

		if (!e)
			return -ENOMEM;
		refcount_set(&e->count, 1);
		text = e->name;
	}
	memcpy(text, name->name, name->len);
	text[name->len] = 0;
	d->d_name.len = name->len;
	d->d_name.hash = name->hash;
	d->d_name.name = text;
	return 0;
}

static struct dentry *__d_alloc(struct super_block *sb, const struct qstr *name)
{
	struct dentry *d = kmem_cache_alloc(dentry_cache, GFP_KERNEL);

	if (!d)
		return NULL;
	if (d_set_name(d, name)) {
		kmem_cache_free(dentry_cache, d);
		return NULL;
	}
	d->d_count = 1;
	d->d_flags = 0;
	spin_lock_init(&d->d_lock, LR_D_LOCK);
	seqcount_init(&d->d_seq);
	d->d_inode = NULL;
	d->d_parent = d;
	d->d_sb = sb;
	d->d_op = NULL;
	d->d_fsdata = NULL;
	INIT_HLIST_NODE(&d->d_hash);
	INIT_LIST_HEAD(&d->d_lru);
	INIT_LIST_HEAD(&d->d_subdirs);
	INIT_HLIST_NODE(&d->d_alias);
	INIT_LIST_HEAD(&d->d_child);
	if (sb && sb->s_d_op) {
		d->d_op = sb->s_d_op;
		if (d->d_op->d_revalidate)
			d->d_flags |= DCACHE_OP_REVALIDATE;
		if (d->d_op->d_delete)
			d->d_flags |= DCACHE_OP_DELETE;
	}
	__atomic_fetch_add(&nr_dentry, 1, __ATOMIC_RELAXED);
	return d;
}

/**
 * d_alloc - a new negative, unhashed child.
 * @name: its hash filled in (d_name_hash())
 * Context: may sleep.
 * Return: the dentry, count 1; NULL: no memory.
 */
struct dentry *d_alloc(struct dentry *parent, const struct qstr *name)
{
	struct dentry *d = __d_alloc(parent->d_sb, name);

	if (!d)
		return NULL;
	spin_lock(&parent->d_lock);
	__dget(parent);
	d->d_parent = parent;
	list_add(&d->d_child, &parent->d_subdirs);
	spin_unlock(&parent->d_lock);
	return d;
}

struct dentry *d_alloc_name(struct dentry *parent, const char *name)
{
	struct qstr q = { .name = (const unsigned char *)name, .len = strlen(name) };

	q.hash = d_name_hash(parent, name, q.len);
	return d_alloc(parent, &q);
}

/** d_alloc_anon - a nameless root ("/"). Return: NULL: no memory. */
struct dentry *d_alloc_anon(struct super_block *sb)
{
	static const struct qstr slash = { .name = (const unsigned char *)"/", .len = 1 };

	return __d_alloc(sb, &slash);
}

/** d_alloc_pseudo - a name without a place, for pipes and the like. Return: NULL: no memory. */
struct dentry *d_alloc_pseudo(struct super_block *sb, const struct qstr *name)
{
	return __d_alloc(sb, name);
}

/** d_make_root - the root dentry of a super block. Consumes @root, also on failure. */
struct dentry *d_make_root(struct inode *root)
{
	struct dentry *d;

	if (!root)
		return NULL;
	d = d_alloc_anon(root->i_sb);
	if (!d) {
		iput(root);
		return NULL;
	}
	root->i_rwsem.rank = LR_I_RWSEM_DIR;
	d_instantiate(d, root);
	return d;
}

/* ---- hashing ---- */

void __d_rehash(struct dentry *d)
{
	spinlock_t *l = d_hash_lock(d->d_name.hash);

	spin_lock(l);
	hlist_add_head_rcu(&d->d_hash, d_hash_bucket(d->d_name.hash));
	spin_unlock(l);
}

void ___d_drop(struct dentry *d)
{
	spinlock_t *l = d_hash_lock(d->d_name.hash);

	spin_lock(l);
	hlist_del_init_rcu(&d->d_hash);
	spin_unlock(l);
}

/* d_lock held; a walker that stands on it notices by d_seq */
static void __d_drop(struct dentry *d)
{
	if (d_unhashed(d))
		return;
	___d_drop(d);
	write_seqcount_begin(&d->d_seq);
	write_seqcount_end(&d->d_seq);
}

/** d_drop - lookups do not find @d any more; it dies with its last reference. */
void d_drop(struct dentry *d)
{
	spin_lock(&d->d_lock);
	__d_drop(d);
	spin_unlock(&d->d_lock);
}

/* ---- inode and dentry ---- */

static unsigned int d_flags_for_inode(const struct inode *inode)
{
	if (!inode)
		return 0;
	if (S_ISDIR(inode->i_mode))
		return DCACHE_DIRECTORY;
	return S_ISLNK(inode->i_mode) ? DCACHE_SYMLINK : 0;
}

static void __d_set_inode(struct dentry *d, struct inode *inode)
{
	write_seqcount_begin(&d->d_seq);
	d->d_inode = inode;
	WRITE_ONCE(d->d_flags, (d->d_flags & ~(DCACHE_DIRECTORY | DCACHE_SYMLINK)) | d_flags_for_inode(inode));
	write_seqcount_end(&d->d_seq);
}

/* d_lock held, negative before */
static void __d_instantiate(struct dentry *d, struct inode *inode)
{
	spin_lock(&inode->i_lock);
	hlist_add_head(&d->d_alias, &inode->i_dentry);
	spin_unlock(&inode->i_lock);
	__d_set_inode(d, inode);
}

/** d_instantiate - make a negative dentry positive; consumes the inode's reference. */
void d_instantiate(struct dentry *d, struct inode *inode)
{
	if (!inode)
		return;
	spin_lock(&d->d_lock);
	VM_BUG_ON(d->d_inode);
	__d_instantiate(d, inode);
	spin_unlock(&d->d_lock);
}

void d_instantiate_new(struct dentry *d, struct inode *inode)
{
	d_instantiate(d, inode);
	unlock_new_inode(inode);
}

/** d_add - instantiate (@inode may be NULL: negative) and hash. */
void d_add(struct dentry *d, struct inode *inode)
{
	spin_lock(&d->d_lock);
	if (inode)
		__d_instantiate(d, inode);
	if (d_unhashed(d))
		__d_rehash(d);
	spin_unlock(&d->d_lock);
}

/** d_tmpfile - give an O_TMPFILE file its inode, with its link count 1: "#ino", unhashed, link count 0. */
void d_tmpfile(struct file *f, struct inode *inode)
{
	struct dentry *d = f->f_path.dentry;

	drop_nlink(inode);
	spin_lock(&d->d_lock);
	d->d_name.len = snprintf((char *)d->d_iname, sizeof(d->d_iname), "#%lu", inode->i_ino);
	spin_unlock(&d->d_lock);
	d_instantiate(d, inode);
}

/** d_find_any_alias - Return: a referenced dentry of @inode, or NULL. */
struct dentry *d_find_any_alias(struct inode *inode)
{
	struct dentry *d, *found = NULL;

	spin_lock(&inode->i_lock);
	hlist_for_each_entry(d, &inode->i_dentry, d_alias)
		if (d_get_live(d)) {
			found = d;
			break;
		}
	spin_unlock(&inode->i_lock);
	return found;
}

/**
 * d_splice_alias - end of a ->lookup: connect what was found.
 * @inode: with a reference that is consumed; NULL: the name does not exist; ERR_PTR: passed on
 *
 * A directory has one dentry: if it has one elsewhere (found again after a d_drop), that
 * one is moved here.
 * Context: the directory's i_rwsem held.
 * Return: NULL: @d was used; another dentry to use instead; ERR_PTR(-ELOOP, -ESTALE, or
 * @inode's).
 */
struct dentry *d_splice_alias(struct inode *inode, struct dentry *d)
{
	struct dentry *alias;
	int err;

	if (IS_ERR(inode))
		return ERR_CAST(inode);
	if (inode && S_ISDIR(inode->i_mode)) {
		alias = d_find_any_alias(inode);
		if (unlikely(alias)) {
			err = d_unalias(alias, d);
			iput(inode);
			if (!err)
				return alias;
			dput(alias);
			return ERR_PTR(err);
		}
	}
	d_add(d, inode);
	return NULL;
}

/* d_lock held and given up; the count is frozen or dead */
static void dentry_unlink_inode(struct dentry *d) __releases(d->d_lock)
{
	struct inode *inode = d->d_inode;

	spin_lock(&inode->i_lock);
	hlist_del_init(&d->d_alias);
	spin_unlock(&inode->i_lock);
	__d_set_inode(d, NULL);
	spin_unlock(&d->d_lock);
	if (d->d_op && d->d_op->d_iput)
		d->d_op->d_iput(d, inode);
	else
		iput(inode);
}

/**
 * d_delete - the name was removed: negative if we are the only holder, else unhashed.
 * Context: the caller holds a reference and the directory's i_rwsem; may sleep.
 */
void d_delete(struct dentry *d)
{
	int one = 1;

	spin_lock(&d->d_lock);
	if (d->d_inode && __atomic_compare_exchange_n(&d->d_count, &one, D_COUNT_DEAD, false,
						      __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) {
		struct inode *inode = d->d_inode;

		WRITE_ONCE(d->d_flags, d->d_flags & ~DCACHE_CANT_MOUNT);
		spin_lock(&inode->i_lock);
		hlist_del_init(&d->d_alias);
		spin_unlock(&inode->i_lock);
		__d_set_inode(d, NULL);
		__atomic_store_n(&d->d_count, 1, __ATOMIC_RELEASE);
		spin_unlock(&d->d_lock);
		if (d->d_op && d->d_op->d_iput)
			d->d_op->d_iput(d, inode);
		else
			iput(inode);
		return;
	}
	__d_drop(d);
	spin_unlock(&d->d_lock);
}

/* ---- references ---- */

struct dentry *dget(struct dentry *d)
{
	if (d)
		__dget(d);
	return d;
}

/** dget_parent - Return: the parent, referenced, as of now. */
struct dentry *dget_parent(struct dentry *d)
{
	struct dentry *p;

	for (;;) {
		p = READ_ONCE(d->d_parent);
		if (d_get_live(p)) {
			if (likely(p == READ_ONCE(d->d_parent)))
				return p;
			dput(p);
		}
		cpu_relax();
	}
}

/* d_lock held, count 0: is it worth keeping? */
static bool retain_dentry(struct dentry *d)
{
	if (d_unhashed(d) || (d->d_flags & DCACHE_DISCONNECTED))
		return false;
	if (unlikely(d->d_flags & DCACHE_OP_DELETE) && d->d_op->d_delete(d))
		return false;
	if (!(d->d_flags & DCACHE_LRU))
		d_lru_add(d);
	else if (!(d->d_flags & DCACHE_REFERENCED))
		WRITE_ONCE(d->d_flags, d->d_flags | DCACHE_REFERENCED);
	return true;
}

/* The count became 0. Return: true: nothing more to do; else claimed, for dentry_finish_kill(). */
static bool dput_unused(struct dentry *d)
{
	unsigned int flags = READ_ONCE(d->d_flags);
	int zero = 0;
	bool done;

	if (likely((flags & (DCACHE_LRU | DCACHE_REFERENCED | DCACHE_OP_DELETE | DCACHE_DISCONNECTED)) ==
		   (DCACHE_LRU | DCACHE_REFERENCED) && !d_unhashed(d)))
		return true;
	spin_lock(&d->d_lock);
	done = READ_ONCE(d->d_count) != 0 || retain_dentry(d) ||
	       !__atomic_compare_exchange_n(&d->d_count, &zero, D_COUNT_DEAD, false,
					    __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
	if (!done && (d->d_flags & DCACHE_LRU))
		d_lru_del(d);
	spin_unlock(&d->d_lock);
	return done;
}

/**
 * dput - give a reference back.
 *
 * The memory outlives the decrement: a section that does not sleep is an RCU one.
 * Context: may sleep (the last reference of an unlinked inode). @d may be NULL.
 */
void dput(struct dentry *d)
{
	while (d) {
		int old = __atomic_fetch_sub(&d->d_count, 1, __ATOMIC_ACQ_REL);

		VM_BUG_ON(old <= 0);
		if (likely(old > 1) || likely(dput_unused(d)))
			return;
		d = dentry_finish_kill(d);
	}
}

static void __d_free(struct rcu_head *head)
{
	struct dentry *d = container_of(head, struct dentry, d_rcu);

	if (dname_external(d))
		put_external_name(external_name(d));
	kmem_cache_free(dentry_cache, d);
}

/**
 * dentry_finish_kill - take apart a claimed dentry (count D_COUNT_DEAD, off the LRU).
 * Context: no locks; may sleep.
 * Return: the parent, whose reference the caller now owns; NULL for a root.
 */
struct dentry *dentry_finish_kill(struct dentry *d) __no_tsa	/* one path unlocks for the other */
{
	struct dentry *parent = IS_ROOT(d) ? NULL : d->d_parent;

	if (parent) {
		spin_lock(&parent->d_lock);
		spin_lock_nested(&d->d_lock);
		list_del_init(&d->d_child);
		spin_unlock(&parent->d_lock);
	} else {
		spin_lock(&d->d_lock);
	}
	__d_drop(d);
	if (d->d_inode)
		dentry_unlink_inode(d);
	else
		spin_unlock(&d->d_lock);
	if (d->d_op && d->d_op->d_release)
		d->d_op->d_release(d);
	__atomic_fetch_sub(&nr_dentry, 1, __ATOMIC_RELAXED);
	call_rcu(&d->d_rcu, __d_free);
	return parent;
}

/** is_subdir - is @d @ancestor or below it? Context: references on both. */
bool is_subdir(struct dentry *d, struct dentry *ancestor)
{
	struct dentry *p;
	bool found;
	u32 seq;

	do {
		seq = read_seqcount_begin(&rename_seq);
		found = false;
		for (p = d; ; p = READ_ONCE(p->d_parent)) {
			if (p == ancestor) {
				found = true;
				break;
			}
			if (IS_ROOT(p))
				break;
		}
	} while (read_seqcount_retry(&rename_seq, seq));
	return found;
}

/** dentry_validate - asserts D2, D3 and D5. Context: the caller holds a reference. */
void dentry_validate(struct dentry *d)
{
	spin_lock(&d->d_lock);
	BUG_ON(d->d_count <= 0);
	BUG_ON(d->d_inode && hlist_unhashed(&d->d_alias));
	BUG_ON(!d->d_inode && !hlist_unhashed(&d->d_alias));
	BUG_ON(!!(d->d_flags & DCACHE_DIRECTORY) != (d->d_inode && S_ISDIR(d->d_inode->i_mode)));
	BUG_ON(d->d_name.len && d->d_name.name[d->d_name.len]);
	BUG_ON(!IS_ROOT(d) && d->d_parent->d_count <= 0);
	spin_unlock(&d->d_lock);
}

void __init dcache_init(void)
{
	unsigned long want = totalram_pages() / 2;	/* a bucket per 8 KiB of memory */
	unsigned int bits = clamp_t(unsigned int, order_base_2(want), 9, 20);
	unsigned int i;

	dentry_cache = KMEM_CACHE(dentry, SLAB_PANIC | SLAB_RECLAIM_ACCOUNT | SLAB_HWCACHE_ALIGN);
	dcache_hash.table = kvcalloc(1ul << bits, sizeof(*dcache_hash.table), GFP_KERNEL);
	if (!dcache_hash.table)
		panic("VFS: no memory for the dentry hash table");
	dcache_hash.shift = 32 - bits;
	for (i = 0; i < D_HASH_LOCKS; i++)
		spin_lock_init(&d_hash_locks[i], LR_DCACHE_HASH);
	dentry_init_shrinker();
}
