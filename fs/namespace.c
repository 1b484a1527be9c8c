// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tree of mounts and mount(2): new, bind, move, remount. There is one namespace; nothing propagates, so MS_PRIVATE is what
 * every mount is, and MS_SHARED and MS_SLAVE are refused.
 *
 * Locks: namespace_sem (one change at a time) > i_rwsem of the mountpoint (it stays a
 * place while something is put on it) > mount_lock with mount_seq (what walkers see).
 */
#include "vfs_internal.h"
#include "mount.h"
#include <kernel/syscalls.h>
#include <arch/uaccess.h>
#include <linux/mount.h>

bool check_mnt(const struct mount *m)
{
	return !list_empty(&m->mnt_list);
}

void lock_tree(void) __acquires(mount_lock)
{
	spin_lock(&mount_lock);
	write_seqcount_begin(&mount_seq);
	smp_mb();
}

void unlock_tree(void) __releases(mount_lock)
{
	write_seqcount_end(&mount_seq);
	spin_unlock(&mount_lock);
}

/* ---- places ---- */

void set_mounted(struct dentry *d)
{
	spin_lock(&d->d_lock);
	WRITE_ONCE(d->d_flags, d->d_flags | DCACHE_MOUNTED);
	spin_unlock(&d->d_lock);
}

/* namespace_sem held: nothing is mounted on @d any more? */
void clear_mounted(struct dentry *d)
{
	struct mount *m;

	list_for_each_entry(m, &all_mounts, mnt_list)
		if (mnt_has_parent(m) && m->mnt_mountpoint == d)
			return;
	spin_lock(&d->d_lock);
	WRITE_ONCE(d->d_flags, d->d_flags & ~DCACHE_MOUNTED);
	spin_unlock(&d->d_lock);
}

/*
 * Take namespace_sem, and i_rwsem of the topmost place at @path.
 * Return: 0 and *@where referenced; -ENOENT.
 */
int lock_mount(const struct path *path, struct path *where) __no_tsa
{
	struct vfsmount *m;

	*where = *path;
	path_get(where);
	for (;;) {
		struct dentry *d = where->dentry;

		down_write(&namespace_sem);
		inode_lock(d->d_inode);
		m = lookup_mnt(where);
		if (!m && !(d->d_flags & DCACHE_CANT_MOUNT) && !d_unlinked(d) && !IS_DEADDIR(d->d_inode))
			return 0;
		inode_unlock(d->d_inode);
		up_write(&namespace_sem);
		path_put(where);
		if (!m)
			return -ENOENT;
		where->mnt = m;
		where->dentry = dget(m->mnt_root);
	}
}

void unlock_mount(struct path *where) __releases(namespace_sem)
{
	inode_unlock(where->dentry->d_inode);
	up_write(&namespace_sem);
	path_put(where);
}

/* all of @m's tree into the list of mounts; mount_lock held */
static void list_tree(struct mount *m)
{
	struct mount *c;

	list_add_tail(&m->mnt_list, &all_mounts);
	list_for_each_entry(c, &m->mnt_mounts, mnt_child)
		list_tree(c);
}

/* Put the tree @m on the locked place. Consumes the caller's reference on @m on success. */
static int graft_tree(struct mount *m, const struct path *where)
{
	if (!check_mnt(real_mount(where->mnt)))
		return -EINVAL;
	if (d_is_dir(where->dentry) != d_is_dir(m->mnt.mnt_root))
		return -ENOTDIR;
	set_mounted(where->dentry);
	lock_tree();
	mnt_attach(m, real_mount(where->mnt), dget(where->dentry));
	list_tree(m);
	unlock_tree();
	return 0;
}

/* attach an unattached mount; consumes @m on success */
static int do_add_mount(struct mount *m, const struct path *path, int mnt_flags)
{
	struct path where;
	int err = lock_mount(path, &where);

	if (err)
		return err;
	if (where.mnt->mnt_sb == m->mnt.mnt_sb && where.mnt->mnt_root == where.dentry &&
	    where.mnt->mnt_root == m->mnt.mnt_root) {
		err = -EBUSY;
	} else if (d_is_symlink(m->mnt.mnt_root)) {
		err = -EINVAL;
	} else {
		m->mnt.mnt_flags = mnt_flags;
		err = graft_tree(m, &where);
	}
	unlock_mount(&where);
	return err;
}

/* ---- mount ---- */

static int do_new_mount(const struct path *path, const char *type, int sb_flags, int mnt_flags,
			const char *dev, void *data)
{
	struct file_system_type *t;
	struct vfsmount *mnt;
	int err;

	if (!type)
		return -EINVAL;
	t = get_fs_type(type);
	if (!t)
		return -ENODEV;
	if ((t->fs_flags & FS_REQUIRES_DEV) && (!dev || !*dev))
		return -EINVAL;
	mnt = vfs_kern_mount(t, sb_flags, dev, data);
	if (IS_ERR(mnt))
		return PTR_ERR(mnt);
	err = do_add_mount(real_mount(mnt), path, mnt_flags);
	if (err)
		mntput_now(mnt);
	return err;
}

/* Undo of copy_tree(): never attached. */
static void free_tree(struct mount *m)
{
	struct mount *c, *next;
	struct path old;

	list_for_each_entry_safe(c, next, &m->mnt_mounts, mnt_child) {
		lock_tree();
		mnt_detach(c, &old);
		unlock_tree();
		dput(old.dentry);
		mntput(old.mnt);
		free_tree(c);
	}
	mntput(&m->mnt);
}

/* Copies of @old from @root down, with what is mounted there if @rec. namespace_sem held. */
static struct mount *copy_tree(struct mount *old, struct dentry *root, bool rec)
{
	struct mount *m = clone_mount(old, root), *c, *copy;

	if (!m || !rec)
		return m;
	list_for_each_entry(c, &old->mnt_mounts, mnt_child) {
		if (!is_subdir(c->mnt_mountpoint, root))
			continue;
		copy = copy_tree(c, c->mnt.mnt_root, true);
		if (!copy) {
			free_tree(m);
			return NULL;
		}
		lock_tree();
		mnt_attach(copy, m, dget(c->mnt_mountpoint));
		unlock_tree();
	}
	return m;
}

static int do_bind_mount(const struct path *path, const char *from, bool rec)
{
	struct path old, where;
	struct mount *m;
	int err;

	if (!from || !*from)
		return -EINVAL;
	err = kern_path(from, LOOKUP_FOLLOW, &old);
	if (err)
		return err;
	err = lock_mount(path, &where);
	if (err)
		goto out;
	err = -EINVAL;
	if (check_mnt(real_mount(old.mnt))) {
		m = copy_tree(real_mount(old.mnt), old.dentry, rec);
		err = m ? graft_tree(m, &where) : -ENOMEM;
		if (err && m)
			free_tree(m);
	}
	unlock_mount(&where);
out:
	path_put(&old);
	return err;
}

/* mnt_flags of an existing mount; MNT_INTERNAL and the like stay */
static int change_mount_flags(struct mount *m, int mnt_flags)
{
	const int changeable = MNT_NOSUID | MNT_NODEV | MNT_NOEXEC | MNT_NOATIME | MNT_NODIRATIME |
			       MNT_RELATIME | MNT_READONLY | MNT_NOSYMFOLLOW;
	int err = 0;

	spin_lock(&mount_lock);
	if ((mnt_flags & MNT_READONLY) && !(m->mnt.mnt_flags & MNT_READONLY))
		err = mnt_make_readonly(m);
	if (!err)
		m->mnt.mnt_flags = (m->mnt.mnt_flags & ~changeable) | mnt_flags;
	spin_unlock(&mount_lock);
	return err;
}

static int do_remount(const struct path *path, bool bind, int sb_flags, int mnt_flags, void *data)
{
	struct super_block *sb = path->mnt->mnt_sb;
	struct mount *m = real_mount(path->mnt);
	int err = 0;

	if (!check_mnt(m) || path->dentry != path->mnt->mnt_root)
		return -EINVAL;
	if (bind)
		return change_mount_flags(m, mnt_flags);
	down_write(&sb->s_umount);
	err = reconfigure_super(sb, sb_flags, data);
	if (!err)
		err = change_mount_flags(m, mnt_flags);
	up_write(&sb->s_umount);
	return err;
}

static bool is_below(const struct mount *m, const struct mount *top)
{
	for (;; m = m->mnt_parent) {
		if (m == top)
			return true;
		if (!mnt_has_parent(m))
			return false;
	}
}

static int do_move_mount(const struct path *path, const char *from)
{
	struct path old, where, from_place;
	struct mount *m;
	int err;

	if (!from || !*from)
		return -EINVAL;
	err = kern_path(from, LOOKUP_FOLLOW, &old);
	if (err)
		return err;
	m = real_mount(old.mnt);
	err = lock_mount(path, &where);
	if (err)
		goto out;
	err = -EINVAL;
	if (!check_mnt(m) || !check_mnt(real_mount(where.mnt)) || old.dentry != old.mnt->mnt_root ||
	    !mnt_has_parent(m) || d_is_dir(where.dentry) != d_is_dir(old.dentry))
		goto unlock;
	err = -ELOOP;
	if (is_below(real_mount(where.mnt), m))
		goto unlock;
	set_mounted(where.dentry);
	lock_tree();
	mnt_detach(m, &from_place);
	mnt_attach(m, real_mount(where.mnt), dget(where.dentry));
	unlock_tree();
	clear_mounted(from_place.dentry);
	path_put(&from_place);
	err = 0;
unlock:
	unlock_mount(&where);
out:
	path_put(&old);
	return err;
}

/* MS_* that belong to the mount rather than to the super block */
static int mount_flags(unsigned long flags, const struct path *path)
{
	int m = 0;

	if (!(flags & MS_NOATIME))
		m |= MNT_RELATIME;
	if (flags & MS_NOSUID)
		m |= MNT_NOSUID;
	if (flags & MS_NODEV)
		m |= MNT_NODEV;
	if (flags & MS_NOEXEC)
		m |= MNT_NOEXEC;
	if (flags & MS_NOATIME)
		m |= MNT_NOATIME;
	if (flags & MS_NODIRATIME)
		m |= MNT_NODIRATIME;
	if (flags & MS_STRICTATIME)
		m &= ~(MNT_RELATIME | MNT_NOATIME);
	if (flags & MS_RDONLY)
		m |= MNT_READONLY;
	if (flags & MS_NOSYMFOLLOW)
		m |= MNT_NOSYMFOLLOW;
	/* a remount that says nothing about access times leaves them */
	if ((flags & MS_REMOUNT) &&
	    !(flags & (MS_NOATIME | MS_NODIRATIME | MS_RELATIME | MS_STRICTATIME))) {
		const int atime = MNT_NOATIME | MNT_NODIRATIME | MNT_RELATIME;

		m = (m & ~atime) | (path->mnt->mnt_flags & atime);
	}
	return m;
}

static int path_mount(const char *dev, const struct path *path, const char *type, unsigned long flags,
		      void *data)
{
	int sb_flags = flags & (SB_RDONLY | SB_SYNCHRONOUS | SB_SILENT | MS_DIRSYNC | MS_MANDLOCK |
				MS_POSIXACL | MS_LAZYTIME | MS_I_VERSION);
	int mnt_flags;

	if ((flags & MS_MGC_MSK) == MS_MGC_VAL)
		flags &= ~MS_MGC_MSK;
	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	mnt_flags = mount_flags(flags, path);
	if ((flags & (MS_REMOUNT | MS_BIND)) == (MS_REMOUNT | MS_BIND))
		return do_remount(path, true, sb_flags, mnt_flags, data);
	if (flags & MS_REMOUNT)
		return do_remount(path, false, sb_flags, mnt_flags, data);
	if (flags & MS_BIND)
		return do_bind_mount(path, dev, flags & MS_REC);
	if (flags & (MS_SHARED | MS_SLAVE))
		return -EINVAL;
	if (flags & (MS_PRIVATE | MS_UNBINDABLE))
		return path->dentry == path->mnt->mnt_root ? 0 : -EINVAL;
	if (flags & MS_MOVE)
		return do_move_mount(path, dev);
	return do_new_mount(path, type, sb_flags, mnt_flags, dev, data);
}

long do_mount(const char *dev, const char *dir, const char *type, unsigned long flags, void *data)
{
	struct path path;
	int err = kern_path(dir, LOOKUP_FOLLOW, &path);

	if (err)
		return err;
	err = path_mount(dev, &path, type, flags, data);
	path_put(&path);
	return err;
}

/* Return: a copy; NULL for NULL; ERR_PTR. */
static char *copy_mount_string(const char __user *u)
{
	char *s;
	long len;

	if (!u)
		return NULL;
	s = kmalloc(PAGE_SIZE, GFP_KERNEL);
	if (!s)
		return ERR_PTR(-ENOMEM);
	len = strncpy_from_user(s, u, PAGE_SIZE);
	if (len >= 0 && len < PAGE_SIZE)
		return s;
	kfree(s);
	return ERR_PTR(len < 0 ? len : -EINVAL);
}

/* A page of options; what lies behind an unmapped boundary is taken as zeros. */
static void *copy_mount_options(const void __user *u)
{
	unsigned long left;
	char *p;

	if (!u)
		return NULL;
	p = kzalloc(PAGE_SIZE, GFP_KERNEL);
	if (!p)
		return ERR_PTR(-ENOMEM);
	left = copy_from_user(p, u, PAGE_SIZE - offset_in_page(u));
	if (left == PAGE_SIZE - offset_in_page(u)) {
		kfree(p);
		return ERR_PTR(-EFAULT);
	}
	if (!left && offset_in_page(u)) {
		unsigned long n = PAGE_SIZE - offset_in_page(u);

		left = copy_from_user(p + n, (const char __user *)u + n, PAGE_SIZE - n);
		if (left)
			memset(p + PAGE_SIZE - left, 0, left);
	}
	p[PAGE_SIZE - 1] = 0;
	return p;
}

SYSCALL_DEFINE5(mount, const char __user *, udev, const char __user *, udir, const char __user *, utype,
		unsigned long, flags, void __user *, udata)
{
	char *type __free(kfree) = copy_mount_string(utype);
	char *dev __free(kfree) = NULL;
	void *data __free(kfree) = NULL;
	struct path path;
	int err;

	if (IS_ERR(type))
		return PTR_ERR(type);
	dev = copy_mount_string(udev);
	if (IS_ERR(dev))
		return PTR_ERR(dev);
	data = copy_mount_options(udata);
	if (IS_ERR(data))
		return PTR_ERR(data);
	err = user_path_at(AT_FDCWD, udir, LOOKUP_FOLLOW, &path);
	if (err)
		return err;
	err = path_mount(dev, &path, type, flags, data);
	path_put(&path);
	return err;
}
