/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Mounts, paths, the root and working directory of a process, and the walk
 * from a name to a path.
 */
#ifndef FS_PATH_H
#define FS_PATH_H
#include <fs/dentry.h>

#define PATH_MAX_LEN	4096	/* with NUL */
#define MAXSYMLINKS	40

struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
};
struct vfsmount {
	struct dentry *mnt_root;
	struct super_block *mnt_sb;
	int mnt_flags;			/* MNT_*: nosuid, nodev, noexec, readonly... */
};
#define MNT_NOSUID	0x01
#define MNT_NODEV	0x02
#define MNT_NOEXEC	0x04
#define MNT_NOATIME	0x08
#define MNT_NODIRATIME	0x10
#define MNT_RELATIME	0x20
#define MNT_READONLY	0x40
#define MNT_NOSYMFOLLOW	0x80
#define MNT_INTERNAL	0x4000
void path_get(const struct path *p);
void path_put(const struct path *p);
static inline bool path_equal(const struct path *a, const struct path *b) { return a->mnt == b->mnt && a->dentry == b->dentry; }
struct vfsmount *mntget(struct vfsmount *m);
void mntput(struct vfsmount *m);
/** kern_mount - a private mount of @t (for pipes, memfd, shm). ERR_PTR. */
struct vfsmount *kern_mount(struct file_system_type *t);
int mnt_want_write(struct vfsmount *m);		/* 0 or -EROFS; pairs with drop */
void mnt_drop_write(struct vfsmount *m);
/** do_mount - as mount(2) with kernel strings. */
long do_mount(const char *dev, const char *dir, const char *type, unsigned long flags, void *data);
int init_mount_root(const char *dev, const char *types, unsigned long flags);	/* boot: mount "/" */
bool path_noexec(const struct path *p);
int mount_id(struct vfsmount *m);		/* as in mountinfo */
int show_mounts(struct seq_file *m, struct task_struct *t);	/* /proc/mounts */
int show_mountinfo(struct seq_file *m, struct task_struct *t);
int show_filesystems(struct seq_file *m);

/* fs_struct: root, cwd, umask of a process */
struct fs_struct {
	refcount_t users;
	spinlock_t lock;
	seqcount_t seq;
	int umask;
	struct path root, pwd;
};
struct fs_struct *copy_fs_struct(struct fs_struct *old);	/* NULL */
void put_fs_struct(struct fs_struct *fs);
/** get_task_fs_struct - another task's, for put_fs_struct(). NULL: it has exited. */
struct fs_struct *get_task_fs_struct(struct task_struct *t);
void get_fs_root(struct fs_struct *fs, struct path *p);
void get_fs_pwd(struct fs_struct *fs, struct path *p);
void set_fs_root(struct fs_struct *fs, const struct path *p);
void set_fs_pwd(struct fs_struct *fs, const struct path *p);
extern struct fs_struct init_fs;

/* ---- name lookup (fs/namei.c) ---- */
#define LOOKUP_FOLLOW		0x0001
#define LOOKUP_DIRECTORY	0x0002
#define LOOKUP_EMPTY		0x4000
#define LOOKUP_CREATE		0x0200
#define LOOKUP_EXCL		0x0400
#define LOOKUP_OPEN		0x0100
#define LOOKUP_NO_SYMLINKS	0x010000
struct filename {
	const char *name;		/* kernel copy */
	const char __user *uptr;
	int refcnt;
	char iname[];
};
struct filename *getname(const char __user *name);	/* ERR_PTR */
struct filename *getname_flags(const char __user *name, int flags);
struct filename *getname_kernel(const char *name);
void putname(struct filename *n);
int user_path_at(int dfd, const char __user *name, unsigned int flags, struct path *path);
int kern_path(const char *name, unsigned int flags, struct path *path);
int filename_lookup(int dfd, struct filename *name, unsigned int flags, struct path *path);
int inode_permission(struct inode *inode, int mask);	/* MAY_*: 0, -EACCES, -EROFS, -EPERM */
int generic_permission(struct inode *inode, int mask);
#define MAY_EXEC	1
#define MAY_WRITE	2
#define MAY_READ	4
#define MAY_APPEND	8
#define MAY_ACCESS	16
#define MAY_OPEN	32
bool inode_owner_or_capable(const struct inode *inode);
int vfs_create(struct inode *dir, struct dentry *d, umode_t mode, bool excl);
int vfs_mkdir(struct inode *dir, struct dentry *d, umode_t mode);
int vfs_mknod(struct inode *dir, struct dentry *d, umode_t mode, dev_t dev);
int vfs_unlink(struct inode *dir, struct dentry *d);
int vfs_rmdir(struct inode *dir, struct dentry *d);
int vfs_readlink(struct dentry *d, char __user *buf, int len);
/** kern_path_create - the parent locked, a negative dentry; done_path_create ends it. ERR_PTR. */
struct dentry *kern_path_create(int dfd, const char *name, struct path *parent, unsigned int flags);
void done_path_create(struct path *parent, struct dentry *d);
/** kern_path_remove - unlink(2), or with AT_REMOVEDIR rmdir(2). Context: may sleep. Return: 0 or -errno. */
int kern_path_remove(const char *name, int flags);
const char *simple_get_link(struct dentry *d, struct inode *inode, struct delayed_call *done);
const char *page_get_link(struct dentry *d, struct inode *inode, struct delayed_call *done);
int page_symlink(struct inode *inode, const char *target, int len_with_nul);
/** nd_jump_link - for /proc/PID/fd, exe, cwd: ->get_link sets the place itself, returns NULL. */
int nd_jump_link(const struct path *path);
extern const struct inode_operations simple_symlink_inode_operations;

#endif
