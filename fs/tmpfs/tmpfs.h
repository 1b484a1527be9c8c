/* SPDX-License-Identifier: GPL-2.0-only */
/* tmpfs: what its files share. */
#ifndef FS_TMPFS_TMPFS_H
#define FS_TMPFS_TMPFS_H
#include <lib/atomic.h>
#include <fs/fs.h>
#include <fs/shmem.h>

/* newer than the oldest headers that this is built with: Linux 6.3 */
#ifndef F_SEAL_EXEC
#define F_SEAL_EXEC	0x0020
#endif
#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL	0x0008U
#define MFD_EXEC	0x0010U
#endif

struct tmpfs_sb {
	unsigned long max_blocks;	/* pages; 0: no limit */
	atomic64_t used_blocks;
	unsigned long max_inodes;	/* 0: no limit */
	atomic64_t used_inodes;
	umode_t mode;			/* of the root, as mounted */
	uid_t uid;
	gid_t gid;
};

struct tmpfs_inode {
	struct inode vfs_inode;
	/* vfs_inode.i_lock guards alloced */
	long alloced;			/* pages charged to this inode */
	unsigned long vm_flags;		/* VM_NORESERVE: memory is accounted page by page */
	unsigned long reserved_pages;	/* else accounted when it was made */
	unsigned int seals;		/* F_SEAL_*; i_rwsem */
};

static inline struct tmpfs_sb *TMPFS_SB(const struct super_block *sb)
{
	return sb->s_fs_info;
}
static inline struct tmpfs_inode *TMPFS_I(struct inode *inode)
{
	return container_of(inode, struct tmpfs_inode, vfs_inode);
}

/* a directory's size grows by this for each entry, as on Linux */
#define TMPFS_DIRENT_SIZE 20

/* inode.c */
struct inode *tmpfs_new_inode(struct super_block *sb, struct inode *dir, umode_t mode, dev_t dev,
			      unsigned long vm_flags);		/* ERR_PTR(-ENOSPC, -ENOMEM) */
struct inode *tmpfs_alloc_inode(struct super_block *sb);
void tmpfs_free_inode(struct inode *inode);
void tmpfs_evict_inode(struct inode *inode);
int tmpfs_statfs(struct dentry *d, struct kstatfs *st);
int tmpfs_setattr(struct dentry *d, struct iattr *attr);
void tmpfs_inode_cache_init(void);

/* pages.c */
void tmpfs_recalc(struct inode *inode);		/* after folios were removed */
void tmpfs_uncharge(struct inode *inode, long pages);
int tmpfs_fill_holes(struct inode *inode, pgoff_t first, pgoff_t last);
extern const struct address_space_operations tmpfs_aops;
extern const struct vm_operations_struct tmpfs_vm_ops;

/* file.c */
extern const struct file_operations tmpfs_file_operations;
extern const struct inode_operations tmpfs_file_inode_operations;

/* super.c */
extern struct vfsmount *shm_mnt;	/* the kernel's own instance, without limits */

#endif
