// SPDX-License-Identifier: GPL-2.0-only
/*
 * Root, working directory and umask of a process; chdir, fchdir, chroot, umask.
 *
 * fs_struct memory stays one for a grace period (for /proc), and ->seq lets path walks
 * read a place without locking.
 */
#include "vfs_internal.h"
#include "mount.h"
#include <kernel/init.h>
#include <kernel/signal.h>
#include <kernel/syscalls.h>

static struct kmem_cache *fs_cache;

struct fs_struct init_fs = {
	.users = REFCOUNT_INIT(1),
	.lock = __SPIN_LOCK_INIT(LR_FS_STRUCT),
	.umask = 0022,
};

void get_fs_root(struct fs_struct *fs, struct path *p)
{
	spin_lock(&fs->lock);
	*p = fs->root;
	path_get(p);
	spin_unlock(&fs->lock);
}

void get_fs_pwd(struct fs_struct *fs, struct path *p)
{
	spin_lock(&fs->lock);
	*p = fs->pwd;
	path_get(p);
	spin_unlock(&fs->lock);
}

/* The new place is referenced; Return: the old, for path_put(). */
static struct path replace_path(struct fs_struct *fs, struct path *field, const struct path *p)
{
	struct path old;

	path_get(p);
	spin_lock(&fs->lock);
	write_seqcount_begin(&fs->seq);
	old = *field;
	*field = *p;
	write_seqcount_end(&fs->seq);
	spin_unlock(&fs->lock);
	return old;
}

void set_fs_root(struct fs_struct *fs, const struct path *p)
{
	struct path old = replace_path(fs, &fs->root, p);

	path_put(&old);
}

void set_fs_pwd(struct fs_struct *fs, const struct path *p)
{
	struct path old = replace_path(fs, &fs->pwd, p);

	path_put(&old);
}

struct fs_struct *copy_fs_struct(struct fs_struct *old)
{
	struct fs_struct *fs = kmem_cache_alloc(fs_cache, GFP_KERNEL);

	if (!fs)
		return NULL;
	spin_lock_init(&fs->lock, LR_FS_STRUCT);
	seqcount_init(&fs->seq);
	spin_lock(&old->lock);
	fs->umask = old->umask;
	fs->root = old->root;
	path_get(&fs->root);
	fs->pwd = old->pwd;
	path_get(&fs->pwd);
	spin_unlock(&old->lock);
	__atomic_store_n(&fs->users.refs.counter, 1, __ATOMIC_RELEASE);
	return fs;
}

void put_fs_struct(struct fs_struct *fs)
{
	if (!refcount_dec_and_test(&fs->users))
		return;
	path_put(&fs->root);
	path_put(&fs->pwd);
	kmem_cache_free(fs_cache, fs);
}

struct fs_struct *get_task_fs_struct(struct task_struct *t)
{
	struct fs_struct *fs;

	for (;;) {
		fs = rcu_dereference(t->fs);
		if (!fs)
			return NULL;
		if (!refcount_inc_not_zero(&fs->users)) {
			if (READ_ONCE(t->fs) == fs)
				return NULL;
			continue;
		}
		if (fs == READ_ONCE(t->fs))
			return fs;
		put_fs_struct(fs);
	}
}

void exit_fs(struct task_struct *t)
{
	struct fs_struct *fs = t->fs;

	if (!fs)
		return;
	WRITE_ONCE(t->fs, NULL);
	put_fs_struct(fs);
}

/* Return: how many of @fs's places were @old. Context: tasklist_lock; a reference on @fs. */
static int move_places(struct fs_struct *fs, const struct path *old, const struct path *new)
{
	int moved = 0;

	/* fs->lock ranks before tasklist_lock: only a try is allowed here */
	while (!spin_trylock(&fs->lock))
		cpu_relax();
	write_seqcount_begin(&fs->seq);
	if (path_equal(&fs->root, old)) {
		path_get(new);
		fs->root = *new;
		moved++;
	}
	if (path_equal(&fs->pwd, old)) {
		path_get(new);
		fs->pwd = *new;
		moved++;
	}
	write_seqcount_end(&fs->seq);
	spin_unlock(&fs->lock);
	return moved;
}

/* Return: an fs_struct whose last reference is ours, because its task exits; NULL: all is done. */
static struct fs_struct *move_all_places(const struct path *old, const struct path *new, int *moved)
{
	struct fs_struct *last = NULL;
	struct task_struct *p, *t;

	spin_lock_irq(&tasklist_lock);
	for_each_process(p)
		for_each_thread(p, t) {
			struct fs_struct *fs = last ? NULL : READ_ONCE(t->fs);

			/* one whose count is zero has given its places back already */
			if (!fs || !refcount_inc_not_zero(&fs->users))
				continue;
			*moved += move_places(fs, old, new);
			if (!refcount_dec_not_one(&fs->users))
				last = fs;
		}
	spin_unlock_irq(&tasklist_lock);
	return last;
}

/** chroot_fs_refs - pivot_root: whoever has @old as root or directory gets @new. */
void chroot_fs_refs(const struct path *old, const struct path *new)
{
	struct fs_struct *last;
	int moved = 0;

	while ((last = move_all_places(old, new, &moved)))
		put_fs_struct(last);
	while (moved--)
		path_put(old);
}

/* ---- system calls ---- */

static int enter_dir(const struct path *path, bool root)
{
	int err = inode_permission(path->dentry->d_inode, MAY_EXEC);

	if (err)
		return err;
	if (!root) {
		set_fs_pwd(current->fs, path);
		return 0;
	}
	if (!capable(CAP_SYS_CHROOT))
		return -EPERM;
	set_fs_root(current->fs, path);
	return 0;
}

static int enter_named(const char __user *name, bool root)
{
	struct path path;
	int err = user_path_at(AT_FDCWD, name, LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &path);

	if (err)
		return err;
	err = enter_dir(&path, root);
	path_put(&path);
	return err;
}

SYSCALL_DEFINE1(chdir, const char __user *, name)
{
	return enter_named(name, false);
}

SYSCALL_DEFINE1(chroot, const char __user *, name)
{
	return enter_named(name, true);
}

SYSCALL_DEFINE1(fchdir, unsigned int, fd)
{
	struct fd f = fdget_raw(fd);
	int err = -ENOTDIR;

	if (!f.file)
		return -EBADF;
	if (d_is_dir(f.file->f_path.dentry))
		err = enter_dir(&f.file->f_path, false);
	fdput(f);
	return err;
}

SYSCALL_DEFINE1(umask, int, mask)
{
	return xchg(&current->fs->umask, mask & 0777);
}

void __init fs_struct_cache_init(void)
{
	fs_cache = KMEM_CACHE(fs_struct, SLAB_PANIC | SLAB_TYPESAFE_BY_RCU);
}
