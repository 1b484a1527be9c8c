// SPDX-License-Identifier: GPL-2.0-only
/* Taking mounts out of the tree: umount2(2); and turning it: pivot_root(2). Locks: namespace.c. */
#include "vfs_internal.h"
#include "mount.h"
#include <kernel/syscalls.h>

/* Chain all of @m's tree, children behind parents. mount_lock held. */
static void chain_tree(struct mount *m, struct list_head *chain)
{
	struct mount *c;

	list_add_tail(&m->mnt_umount, chain);
	list_for_each_entry(c, &m->mnt_mounts, mnt_child)
		chain_tree(c, chain);
}

/* Take the tree @m down. namespace_sem held; the caller has a reference on @m. */
static void umount_tree(struct mount *m)
{
	LIST_HEAD(chain);
	struct mount *p;

	lock_tree();
	chain_tree(m, &chain);
	list_for_each_entry(p, &chain, mnt_umount) {
		list_del_init(&p->mnt_list);
		p->mnt_umounted = true;
	}
	unlock_tree();
	while (!list_empty(&chain)) {
		struct path place = { NULL, NULL };

		p = list_last_entry(&chain, struct mount, mnt_umount);
		lock_tree();
		list_del_init(&p->mnt_umount);
		if (mnt_has_parent(p))
			mnt_detach(p, &place);
		unlock_tree();
		if (place.dentry) {
			clear_mounted(place.dentry);
			dput(place.dentry);
			mntput(place.mnt);
		}
		mntput(&p->mnt);
	}
}

static int umount_root(struct super_block *sb)
{
	int err = 0;

	down_write(&sb->s_umount);
	if (!sb_rdonly(sb))
		err = reconfigure_super(sb, sb->s_flags | SB_RDONLY, NULL);
	up_write(&sb->s_umount);
	return err;
}

/* A mount without children leaves the tree, within one change of it. */
static void unhash_locked(struct mount *m, struct path *place)
{
	list_del_init(&m->mnt_list);
	m->mnt_umounted = true;
	mnt_detach(m, place);
}

static int do_umount(struct mount *m, int flags)
{
	struct path place;
	int err = -EBUSY;
	bool busy;

	if (flags & MNT_EXPIRE) {
		if (&m->mnt == current->fs->root.mnt || flags & (MNT_FORCE | MNT_DETACH))
			return -EINVAL;
		if (atomic_read(&m->mnt_count) != 2)
			return -EBUSY;
		if (!xchg(&m->mnt_expiry_mark, 1))
			return -EAGAIN;
	}
	if (&m->mnt == current->fs->root.mnt && !(flags & MNT_DETACH))
		return umount_root(m->mnt.mnt_sb);
	down_write(&namespace_sem);
	if (!check_mnt(m) || !mnt_has_parent(m)) {
		err = -EINVAL;
	} else if (flags & MNT_DETACH) {
		umount_tree(m);
		err = 0;
	} else {
		lock_tree();
		/* the tree's reference and the caller's; a walker's comes too late now */
		busy = !list_empty(&m->mnt_mounts) || atomic_read(&m->mnt_count) > 2;
		if (!busy)
			unhash_locked(m, &place);
		unlock_tree();
		if (!busy) {
			clear_mounted(place.dentry);
			path_put(&place);
			mntput(&m->mnt);
			err = 0;
		}
	}
	up_write(&namespace_sem);
	return err;
}

SYSCALL_DEFINE2(umount, const char __user *, name, int, flags)
{
	unsigned int lookup = flags & UMOUNT_NOFOLLOW ? 0 : LOOKUP_FOLLOW;
	struct path path;
	int err;

	if (flags & ~(MNT_FORCE | MNT_DETACH | MNT_EXPIRE | UMOUNT_NOFOLLOW))
		return -EINVAL;
	err = user_path_at(AT_FDCWD, name, lookup, &path);
	if (err)
		return err;
	if (!capable(CAP_SYS_ADMIN))
		err = -EPERM;
	else if (path.dentry != path.mnt->mnt_root || !check_mnt(real_mount(path.mnt)))
		err = -EINVAL;
	else
		err = do_umount(real_mount(path.mnt), flags);
	dput(path.dentry);
	if (err)
		mntput(path.mnt);
	else
		mntput_now(path.mnt);
	return err;
}

/* ---- pivot_root ---- */

/* What must hold before the root can be turned; namespace_sem held. */
static int may_pivot(const struct path *new, const struct path *old, const struct path *root)
{
	struct mount *new_mnt = real_mount(new->mnt), *old_mnt = real_mount(old->mnt);
	struct mount *root_mnt = real_mount(root->mnt);

	if (!check_mnt(new_mnt) || !check_mnt(root_mnt) || !check_mnt(old_mnt))
		return -EINVAL;
	if (d_unlinked(new->dentry))
		return -ENOENT;
	if (new_mnt == root_mnt || old_mnt == root_mnt)
		return -EBUSY;
	if (root->dentry != root->mnt->mnt_root || !mnt_has_parent(root_mnt) ||
	    new->dentry != new->mnt->mnt_root || !mnt_has_parent(new_mnt))
		return -EINVAL;
	if (!is_path_reachable(old_mnt, old->dentry, new) ||
	    !is_path_reachable(new_mnt, new->dentry, root))
		return -EINVAL;
	return 0;
}

static int pivot(const struct path *new, const struct path *put_old)
{
	struct path root, where, new_place, root_place;
	int err = lock_mount(put_old, &where);

	if (err)
		return err;
	get_fs_root(current->fs, &root);
	err = may_pivot(new, &where, &root);
	if (!err) {
		struct mount *new_mnt = real_mount(new->mnt), *root_mnt = real_mount(root.mnt);

		set_mounted(where.dentry);
		lock_tree();
		mnt_detach(new_mnt, &new_place);
		mnt_detach(root_mnt, &root_place);
		mnt_attach(root_mnt, real_mount(where.mnt), dget(where.dentry));
		mnt_attach(new_mnt, real_mount(root_place.mnt), dget(root_place.dentry));
		unlock_tree();
		chroot_fs_refs(&root, new);
		clear_mounted(new_place.dentry);
		path_put(&new_place);
		path_put(&root_place);
	}
	unlock_mount(&where);
	path_put(&root);
	return err;
}

SYSCALL_DEFINE2(pivot_root, const char __user *, new_root, const char __user *, put_old)
{
	struct path new, old;
	int err;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	err = user_path_at(AT_FDCWD, new_root, LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &new);
	if (err)
		return err;
	err = user_path_at(AT_FDCWD, put_old, LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &old);
	if (!err) {
		err = pivot(&new, &old);
		path_put(&old);
	}
	path_put(&new);
	return err;
}

/** mount_id - the number that /proc/PID/mountinfo and fdinfo show. */
int mount_id(struct vfsmount *m)
{
	return real_mount(m)->mnt_id;
}
