/* SPDX-License-Identifier: GPL-2.0-only */
/* Private to mount.c, namespace.c and do_mounts.c. */
#ifndef FS_MOUNT_H
#define FS_MOUNT_H
#include "vfs_internal.h"

#define MNT_WRITE_HOLD	0x200		/* new writers wait: read-only is being decided */

/* umount2(2), not in the UAPI headers */
#define MNT_FORCE	1
#define MNT_DETACH	2
#define MNT_EXPIRE	4
#define UMOUNT_NOFOLLOW	8

struct mount *clone_mount(struct mount *old, struct dentry *root);
void mntput_now(struct vfsmount *mnt);
/* namespace.c; namespace_sem held unless said */
bool check_mnt(const struct mount *m);		/* is it in the tree? */
void lock_tree(void) __acquires(mount_lock);				/* mount_lock, and mount_seq moves on */
void unlock_tree(void) __releases(mount_lock);
void set_mounted(struct dentry *d);
void clear_mounted(struct dentry *d);
int lock_mount(const struct path *path, struct path *where) __try_acquires(0, namespace_sem);
void unlock_mount(struct path *where) __releases(namespace_sem);
void mnt_attach(struct mount *m, struct mount *parent, struct dentry *mp);
void mnt_detach(struct mount *m, struct path *old);
int mnt_make_readonly(struct mount *m);
void chroot_fs_refs(const struct path *old, const struct path *new);
/** __d_path - @path as seen from @root. NULL: not below it; ERR_PTR(-ENAMETOOLONG). */
char *__d_path(const struct path *path, const struct path *root, char *buf, int len);
#endif
