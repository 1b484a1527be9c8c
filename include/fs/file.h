/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Open files: struct file, the operations on one, and reading and writing
 * by way of it. Locks: f_pos_lock (position), f_lock (flags, owner).
 */
#ifndef FS_FILE_H
#define FS_FILE_H
#include <fs/path.h>
#include <linux/fcntl.h>

#define FMODE_READ	0x1u
#define FMODE_WRITE	0x2u
#define FMODE_LSEEK	0x4u
#define FMODE_PREAD	0x8u
#define FMODE_PWRITE	0x10u
#define FMODE_PATH	0x4000u
#define FMODE_ATOMIC_POS 0x8000u	/* f_pos_lock is needed */
#define FMODE_WRITER	0x10000u	/* holds mnt write count and i_writecount */
#define FMODE_CAN_READ	0x20000u
#define FMODE_CAN_WRITE	0x40000u
#define FMODE_OPENED	0x80000u
#define FMODE_CREATED	0x100000u	/* this open made the file */
#define FMODE_CAN_ODIRECT 0x400000u
#define FMODE_STREAM	0x200000u	/* no position */

struct file {
	atomic64_t f_count;
	fmode_t f_mode;
	unsigned int f_flags;		/* O_* */
	const struct file_operations *f_op;
	struct address_space *f_mapping;
	struct inode *f_inode;
	void *private_data;
	loff_t f_pos;			/* f_pos_lock if FMODE_ATOMIC_POS and shared */
	struct path f_path;
	struct mutex f_pos_lock;
	spinlock_t f_lock;		/* f_flags, fasync */
	const struct cred *f_cred;
	struct file_ra_state f_ra;
	errseq_t f_wb_err, f_sb_err;
	struct pid *f_owner_pid;	/* F_SETOWN */
	int f_owner_sig;
	bool f_owner_group;		/* f_owner_pid is a process group */
	struct hlist_head f_ep;		/* epoll items that watch it; f_lock, rcu */
	struct rcu_head f_rcu;
};
struct kiocb {
	struct file *ki_filp;
	loff_t ki_pos;
	int ki_flags;			/* IOCB_* */
};
#define IOCB_APPEND	0x02
#define IOCB_DIRECT	0x04
#define IOCB_DSYNC	0x08
#define IOCB_SYNC	0x10
#define IOCB_NOWAIT	0x20
/** iocb_may_block - may a read or write that finds nothing, or no room, wait? Else -EAGAIN. */
static inline bool iocb_may_block(const struct kiocb *iocb)
{
	return !(iocb->ki_filp->f_flags & O_NONBLOCK) && !(iocb->ki_flags & IOCB_NOWAIT);
}

/* types of directory entries */
#define DT_UNKNOWN	0
#define DT_FIFO		1
#define DT_CHR		2
#define DT_DIR		4
#define DT_BLK		6
#define DT_REG		8
#define DT_LNK		10
#define DT_SOCK		12
typedef int (*filldir_t)(struct dir_context *ctx, const char *name, int len, loff_t off, u64 ino, unsigned int type);
struct dir_context {
	filldir_t actor;		/* non-zero: stop */
	loff_t pos;
};
struct file_operations {
	loff_t (*llseek)(struct file *f, loff_t off, int whence);
	/* either read/write (simple) or read_iter/write_iter */
	ssize_t (*read)(struct file *f, char __user *buf, size_t n, loff_t *pos);
	ssize_t (*write)(struct file *f, const char __user *buf, size_t n, loff_t *pos);
	ssize_t (*read_iter)(struct kiocb *iocb, struct iov_iter *to);
	ssize_t (*write_iter)(struct kiocb *iocb, struct iov_iter *from);
	int (*iterate_shared)(struct file *f, struct dir_context *ctx);
	u32 (*poll)(struct file *f, struct poll_table_struct *pt);	/* EPOLL* mask */
	long (*unlocked_ioctl)(struct file *f, unsigned int cmd, unsigned long arg);
	int (*mmap)(struct file *f, struct vm_area_struct *vma);
	unsigned long (*get_unmapped_area)(struct file *f, unsigned long addr, unsigned long len, unsigned long pgoff, unsigned long flags);
	int (*open)(struct inode *inode, struct file *f);
	int (*flush)(struct file *f);			/* each close() */
	int (*release)(struct inode *inode, struct file *f);	/* the last */
	int (*fsync)(struct file *f, loff_t start, loff_t end, int datasync);
	int (*fasync)(int fd, struct file *f, int on);
	long (*fallocate)(struct file *f, int mode, loff_t off, loff_t len);
	ssize_t (*splice_read)(struct file *in, loff_t *pos, struct pipe_inode_info *p, size_t len, unsigned int flags);
	void (*show_fdinfo)(struct seq_file *m, struct file *f);
};
static inline struct file *get_file(struct file *f) { atomic64_inc(&f->f_count); return f; }
void fput(struct file *f);
struct file *filp_open(const char *name, int flags, umode_t mode);	/* kernel; ERR_PTR */
struct file *do_open_execat(int dfd, struct filename *name, int flags);
struct file *dentry_open(const struct path *path, int flags, const struct cred *cred);
/** alloc_file_pseudo - a file without a name on a kern_mount (pipes, memfd). ERR_PTR. */
struct file *alloc_file_pseudo(struct inode *inode, struct vfsmount *m, const char *name, int flags, const struct file_operations *fop);
int filp_close(struct file *f);
ssize_t kernel_read(struct file *f, void *buf, size_t n, loff_t *pos);
ssize_t kernel_write(struct file *f, const void *buf, size_t n, loff_t *pos);
ssize_t vfs_read(struct file *f, char __user *buf, size_t n, loff_t *pos);
ssize_t vfs_write(struct file *f, const char __user *buf, size_t n, loff_t *pos);
ssize_t vfs_iter_read(struct file *f, struct iov_iter *i, loff_t *pos, int flags);
ssize_t vfs_iter_write(struct file *f, struct iov_iter *i, loff_t *pos, int flags);
int vfs_fsync_range(struct file *f, loff_t start, loff_t end, int datasync);
static inline int vfs_fsync(struct file *f, int datasync) { return vfs_fsync_range(f, 0, MAX_LFS_FILESIZE, datasync); }
int vfs_truncate(const struct path *p, loff_t len);
int do_truncate(struct dentry *d, loff_t len, unsigned int time_attrs, struct file *f);
loff_t vfs_llseek(struct file *f, loff_t off, int whence);
loff_t generic_file_llseek(struct file *f, loff_t off, int whence);	/* SEEK_DATA/HOLE: all data */
loff_t noop_llseek(struct file *f, loff_t off, int whence);
loff_t no_llseek(struct file *f, loff_t off, int whence);
loff_t fixed_size_llseek(struct file *f, loff_t off, int whence, loff_t size);
int generic_file_open(struct inode *inode, struct file *f);	/* EOVERFLOW */
int stream_open(struct inode *inode, struct file *f);
int deny_write_access(struct file *f);
void allow_write_access(struct file *f);
int get_write_access(struct inode *i);		/* -ETXTBSY */
void put_write_access(struct inode *i);
int generic_write_checks(struct kiocb *iocb, struct iov_iter *from);	/* limits, O_APPEND; bytes or -errno */
int generic_write_sync(struct kiocb *iocb, ssize_t count);	/* O_SYNC after a write */
int noop_fsync(struct file *f, loff_t s, loff_t e, int d);
static inline struct inode *file_inode(const struct file *f) { return f->f_inode; }
static inline void file_accessed(struct file *f)
{
	if (!(f->f_flags & O_NOATIME))
		touch_atime(&f->f_path);
}
static inline bool dir_emit(struct dir_context *c, const char *name, int len, u64 ino, unsigned int type)
{
	return c->actor(c, name, len, c->pos, ino, type) == 0;
}
bool dir_emit_dots(struct file *f, struct dir_context *ctx);	/* pos 0, 1 */
unsigned long nr_files(void);
void locks_remove_posix(struct file *f, struct files_struct *owner);
void locks_remove_file(struct file *f);

#endif
