// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mounts: references, lookup, write access. Changing the tree is namespace.c's.
 *
 * A mount lives while somebody holds it: being attached to the tree is one reference,
 * every path and open file another. When a mount leaves the tree busy (MNT_DETACH), its
 * filesystem is shut down by the last holder; that may be anybody in any context, so it is
 * left to a work item, except where umount(2) itself is the last.
 *
 * Lockless walkers: __lookup_mnt() under RCU, then legitimize_mnt() takes the reference and
 * checks mount_seq, which every change of the tree advances. umount advances it before it
 * looks at the count, so either it sees the new reference, or the walker sees the change.
 *
 * Write access: mnt_writers counts; read-only is decided with MNT_WRITE_HOLD set, during
 * which new writers wait.
 */
#include "vfs_internal.h"
#include "mount.h"
#include <lib/idr.h>
#include <kernel/init.h>

#define MNT_HASH_BITS	8
static struct hlist_head mount_hashtable[1 << MNT_HASH_BITS];
seqcount_t mount_seq;
DEFINE_SPINLOCK(mount_lock, LR_MOUNT_HASH);
LIST_HEAD(all_mounts);
DEFINE_RWSEM(namespace_sem, LR_MOUNT);
static DEFINE_IDA(mnt_id_ida);
static DEFINE_MUTEX(mnt_id_lock, LR_KERNEL_MUTEX);

static struct hlist_head *m_hash(const struct vfsmount *mnt, const struct dentry *d)
{
	return &mount_hashtable[hash_64(((unsigned long)mnt >> 5) * 3 + ((unsigned long)d >> 6), MNT_HASH_BITS)];
}

/* ---- life ---- */

static struct mount *alloc_mount(const char *devname)
{
	struct mount *m = kzalloc(sizeof(*m), GFP_KERNEL);

	if (!m)
		return NULL;
	m->mnt_devname = kstrdup(devname ? devname : "none", GFP_KERNEL);
	if (!m->mnt_devname) {
		kfree(m);
		return NULL;
	}
	mutex_lock(&mnt_id_lock);
	m->mnt_id = ida_alloc_min(&mnt_id_ida, 1, GFP_KERNEL);
	mutex_unlock(&mnt_id_lock);
	if (m->mnt_id < 0) {
		kfree(m->mnt_devname);
		kfree(m);
		return NULL;
	}
	atomic_set(&m->mnt_count, 1);
	m->mnt_parent = m;
	INIT_HLIST_NODE(&m->mnt_hash);
	INIT_LIST_HEAD(&m->mnt_mounts);
	INIT_LIST_HEAD(&m->mnt_child);
	INIT_LIST_HEAD(&m->mnt_list);
	INIT_LIST_HEAD(&m->mnt_umount);
	return m;
}

static void free_mount(struct mount *m)
{
	mutex_lock(&mnt_id_lock);
	ida_free(&mnt_id_ida, m->mnt_id);
	mutex_unlock(&mnt_id_lock);
	kfree(m->mnt_devname);
	kfree_rcu(m, rcu);
}

/* @m shows @root and what is below it: takes over that reference, and one of s_active. */
static void mount_instance(struct mount *m, struct dentry *root)
{
	m->mnt.mnt_root = root;
	m->mnt.mnt_sb = root->d_sb;
	m->mnt_mountpoint = root;
	spin_lock(&mount_lock);
	list_add_tail(&m->mnt_instance, &root->d_sb->s_mounts);
	spin_unlock(&mount_lock);
}

/** vfs_kern_mount - mount @t, attached nowhere. Context: may sleep. Return: ERR_PTR. */
struct vfsmount *vfs_kern_mount(struct file_system_type *t, int flags, const char *dev, void *data)
{
	struct mount *m = alloc_mount(dev);
	struct dentry *root;

	if (!m)
		return ERR_PTR(-ENOMEM);
	root = t->mount(t, flags, dev, data);
	if (IS_ERR(root)) {
		free_mount(m);
		return ERR_CAST(root);
	}
	mount_instance(m, root);
	if (flags & SB_KERNMOUNT)
		m->mnt.mnt_flags = MNT_INTERNAL;
	return &m->mnt;
}

struct vfsmount *kern_mount(struct file_system_type *t)
{
	return vfs_kern_mount(t, SB_KERNMOUNT, t->name, NULL);
}

/** clone_mount - one more mount of the same filesystem, from @root down. NULL: no memory. */
struct mount *clone_mount(struct mount *old, struct dentry *root)
{
	struct mount *m = alloc_mount(old->mnt_devname);

	if (!m)
		return NULL;
	atomic_inc(&old->mnt.mnt_sb->s_active);
	mount_instance(m, dget(root));
	m->mnt.mnt_flags = old->mnt.mnt_flags & ~(MNT_WRITE_HOLD | MNT_INTERNAL);
	return m;
}

static void cleanup_mount(struct mount *m)
{
	struct super_block *sb = m->mnt.mnt_sb;

	WARN_ON_ONCE(atomic_read(&m->mnt_writers));
	spin_lock(&mount_lock);
	list_del(&m->mnt_instance);
	spin_unlock(&mount_lock);
	dput(m->mnt.mnt_root);
	free_mount(m);
	deactivate_super(sb);
}

static LIST_HEAD(dead_mounts);		/* by mnt_umount; mount_lock */

static void cleanup_dead(struct work_struct *w)
{
	struct mount *m;

	for (;;) {
		spin_lock(&mount_lock);
		m = list_first_entry_or_null(&dead_mounts, struct mount, mnt_umount);
		if (m)
			list_del_init(&m->mnt_umount);
		spin_unlock(&mount_lock);
		if (!m)
			return;
		cleanup_mount(m);
	}
}
static struct work_struct dead_work = { .func = cleanup_dead };

/** mntput_now - a reference back; if it was the last, the filesystem is shut down on return.
 *  Context: may sleep, no locks. */
void mntput_now(struct vfsmount *mnt)
{
	struct mount *m = real_mount(mnt);

	if (atomic_dec_and_test(&m->mnt_count))
		cleanup_mount(m);
}

struct vfsmount *mntget(struct vfsmount *mnt)
{
	if (mnt)
		atomic_inc(&real_mount(mnt)->mnt_count);
	return mnt;
}

/** mntput - give a reference back. Context: any that may take spinlocks. */
void mntput(struct vfsmount *mnt)
{
	struct mount *m;

	if (!mnt)
		return;
	m = real_mount(mnt);
	if (unlikely(m->mnt_expiry_mark))
		WRITE_ONCE(m->mnt_expiry_mark, 0);
	if (likely(!atomic_dec_and_test(&m->mnt_count)))
		return;
	spin_lock(&mount_lock);
	list_add_tail(&m->mnt_umount, &dead_mounts);
	spin_unlock(&mount_lock);
	schedule_work(&dead_work);
}

/**
 * legitimize_mnt - a reference on a mount found in RCU mode.
 * @seq: of mount_seq, when the walk began
 * Return: false: none taken, the tree has changed.
 */
bool legitimize_mnt(struct vfsmount *mnt, u32 seq)
{
	if (unlikely(__atomic_load_n(&mount_seq.seq, __ATOMIC_RELAXED) != seq))
		return false;
	if (unlikely(!atomic_inc_not_zero(&real_mount(mnt)->mnt_count)))
		return false;
	/* the increment is fully ordered */
	if (likely(__atomic_load_n(&mount_seq.seq, __ATOMIC_ACQUIRE) == seq))
		return true;
	mntput(mnt);
	return false;
}

/* ---- lookup ---- */

/** __lookup_mnt - what is mounted on (@mnt, @d)? Context: RCU or mount_lock. */
struct mount *__lookup_mnt(struct vfsmount *mnt, struct dentry *d)
{
	struct mount *m;

	hlist_for_each_entry_rcu(m, m_hash(mnt, d), mnt_hash)
		if (&m->mnt_parent->mnt == mnt && m->mnt_mountpoint == d)
			return m;
	return NULL;
}

struct vfsmount *lookup_mnt(const struct path *path)
{
	struct mount *m;
	u32 seq;

	for (;;) {
		seq = read_seqcount_begin(&mount_seq);
		m = __lookup_mnt(path->mnt, path->dentry);
		if (!m && !read_seqcount_retry(&mount_seq, seq))
			return NULL;
		if (m && legitimize_mnt(&m->mnt, seq))
			return &m->mnt;
	}
}

/** is_path_reachable - is (@m, @d) below @root? */
bool is_path_reachable(struct mount *m, struct dentry *d, const struct path *root)
{
	bool yes;

	spin_lock(&mount_lock);
	while (&m->mnt != root->mnt && mnt_has_parent(m)) {
		d = m->mnt_mountpoint;
		m = m->mnt_parent;
	}
	yes = &m->mnt == root->mnt && is_subdir(d, root->dentry);
	spin_unlock(&mount_lock);
	return yes;
}

bool path_noexec(const struct path *p)
{
	return p->mnt->mnt_flags & MNT_NOEXEC || p->mnt->mnt_sb->s_flags & SB_NOEXEC;
}

/* ---- the tree; namespace_sem and mount_lock held, inside a mount_seq section ---- */

/** mnt_attach - @m onto (@parent, @mp): takes over the references given by mp (dentry) and m. */
void mnt_attach(struct mount *m, struct mount *parent, struct dentry *mp)
{
	m->mnt_parent = parent;
	m->mnt_mountpoint = mp;
	atomic_inc(&parent->mnt_count);
	hlist_add_head_rcu(&m->mnt_hash, m_hash(&parent->mnt, mp));
	list_add_tail(&m->mnt_child, &parent->mnt_mounts);
}

/** mnt_detach - undo of mnt_attach(). Return in *@old: references to be given back. */
void mnt_detach(struct mount *m, struct path *old)
{
	old->mnt = &m->mnt_parent->mnt;
	old->dentry = m->mnt_mountpoint;
	hlist_del_init_rcu(&m->mnt_hash);
	list_del_init(&m->mnt_child);
	m->mnt_parent = m;
	m->mnt_mountpoint = m->mnt.mnt_root;
}

/* ---- write access ---- */

/*
 * s_readonly_remount is read first: who finds it clear because a remount has ended sees
 * the flags that the remount has set, and who finds it clear before sees the old ones.
 */
static bool mnt_is_readonly(const struct vfsmount *mnt)
{
	smp_rmb();	/* MNT_WRITE_HOLD: pairs with sb_prepare_remount_readonly() */
	if (READ_ONCE(mnt->mnt_sb->s_readonly_remount))
		return true;
	smp_rmb();	/* pairs with reconfigure_super() */
	return mnt->mnt_flags & MNT_READONLY || sb_rdonly(mnt->mnt_sb);
}

/**
 * mnt_want_write - about to change something through this mount.
 * Return: 0, and mnt_drop_write() later; -EROFS.
 */
int mnt_want_write(struct vfsmount *mnt)
{
	struct mount *m = real_mount(mnt);

	atomic_inc_return(&m->mnt_writers);	/* ordered before the test of the flags */
	while (unlikely(READ_ONCE(mnt->mnt_flags) & MNT_WRITE_HOLD))
		cpu_relax();
	if (likely(!mnt_is_readonly(mnt)))
		return 0;
	atomic_dec(&m->mnt_writers);
	return -EROFS;
}

void mnt_drop_write(struct vfsmount *mnt)
{
	__atomic_fetch_sub(&real_mount(mnt)->mnt_writers.counter, 1, __ATOMIC_RELEASE);
}

/** mnt_make_readonly - Context: mount_lock. Return: 0, -EBUSY (open for writing). */
int mnt_make_readonly(struct mount *m)
{
	int err = 0;

	WRITE_ONCE(m->mnt.mnt_flags, m->mnt.mnt_flags | MNT_WRITE_HOLD);
	smp_mb();
	if (atomic_read(&m->mnt_writers) > 0)
		err = -EBUSY;
	else
		m->mnt.mnt_flags |= MNT_READONLY;
	smp_wmb();
	WRITE_ONCE(m->mnt.mnt_flags, m->mnt.mnt_flags & ~MNT_WRITE_HOLD);
	return err;
}

/** sb_prepare_remount_readonly - no mount of @sb is being written through, nor will be, and
 *  no file without a name is left whose end would write.
 *  Context: s_umount. Return: 0 (s_readonly_remount is set), -EBUSY. */
int sb_prepare_remount_readonly(struct super_block *sb)
{
	struct mount *m;
	int err = 0;

	spin_lock(&mount_lock);
	list_for_each_entry(m, &sb->s_mounts, mnt_instance) {
		WRITE_ONCE(m->mnt.mnt_flags, m->mnt.mnt_flags | MNT_WRITE_HOLD);
		smp_mb();
		if (atomic_read(&m->mnt_writers) > 0) {
			err = -EBUSY;
			break;
		}
	}
	if (!err && atomic_long_read(&sb->s_remove_count))
		err = -EBUSY;
	if (!err) {
		sb->s_readonly_remount = true;
		smp_wmb();
	}
	list_for_each_entry(m, &sb->s_mounts, mnt_instance)
		WRITE_ONCE(m->mnt.mnt_flags, m->mnt.mnt_flags & ~MNT_WRITE_HOLD);
	spin_unlock(&mount_lock);
	return err;
}

void __init mnt_init(void)
{
	INIT_LIST_HEAD(&dead_work.entry);
}
