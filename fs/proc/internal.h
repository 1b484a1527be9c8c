/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The proc filesystem, inside of fs/proc/.
 *
 * Two trees in one. What belongs to the kernel as a whole is a tree of struct
 * proc_dir_entry, made at boot and never changed after it (generic.c). What belongs
 * to a process exists when it is looked for: its directories are tables of struct
 * pid_entry (base.c), and a dentry is good as long as the process lives.
 */
#ifndef PROC_INTERNAL_H
#define PROC_INTERNAL_H
#include <fs/fs.h>
#include <fs/seq_file.h>
#include <kernel/pid.h>
#include <kernel/ptrace.h>
#include <kernel/sched.h>
#include <lib/string.h>

struct mm_struct;

/* ---- the tree of the system ---- */

struct proc_dir_entry {
	const char *name;
	unsigned int len;
	umode_t mode;
	unsigned int nlink;
	u64 ino;
	struct proc_dir_entry *parent;
	struct list_head subdirs, child;	/* in the order of making */
	const struct file_operations *fops;
	const struct inode_operations *iops;
	int (*show)(struct seq_file *m, void *v);
	const struct seq_operations *seq;
	const char *link;			/* symlinks */
	const void *data;
};

/* Context: boot, initcalls. Return: NULL when out of memory. @parent NULL: /proc. */
struct proc_dir_entry *proc_mkdir(const char *name, struct proc_dir_entry *parent);
struct proc_dir_entry *proc_symlink(const char *name, struct proc_dir_entry *parent, const char *text);
struct proc_dir_entry *proc_create(const char *name, umode_t mode, struct proc_dir_entry *parent,
				   const struct file_operations *fops, const void *data);
struct proc_dir_entry *proc_create_single(const char *name, umode_t mode, struct proc_dir_entry *parent,
					  int (*show)(struct seq_file *m, void *v));
struct proc_dir_entry *proc_create_seq(const char *name, umode_t mode, struct proc_dir_entry *parent,
				       const struct seq_operations *seq);
extern struct proc_dir_entry proc_root;
struct dentry *proc_lookup_de(struct inode *dir, struct dentry *d, struct proc_dir_entry *de);
/** proc_readdir_de - Return: false: the caller's buffer is full. */
bool proc_readdir_de(struct file *f, struct dir_context *ctx, struct proc_dir_entry *de);
struct inode *proc_get_inode(struct super_block *sb, struct proc_dir_entry *de);

/* ---- inodes ---- */

struct pid_entry;
struct proc_inode {
	struct pid *pid;			/* of processes; NULL: the tree of the system */
	const struct proc_dir_entry *pde;
	const struct pid_entry *entry;		/* which file of the process */
	unsigned int fd;			/* fd/, fdinfo/ */
	struct inode vfs_inode;
};
static inline struct proc_inode *PROC_I(const struct inode *inode)
{
	return container_of(inode, struct proc_inode, vfs_inode);
}
static inline struct pid *proc_pid(const struct inode *inode)
{
	return PROC_I(inode)->pid;
}
/** get_proc_task - Return: the task that @inode is about, counted; NULL: it is gone. */
static inline struct task_struct *get_proc_task(const struct inode *inode)
{
	return get_pid_task(proc_pid(inode), PIDTYPE_PID);
}

/* d_ino and st_ino of what belongs to a process */
enum pid_ino_kind { INO_TGID = 1, INO_TGID_FILE, INO_TID, INO_TID_FILE, INO_FD, INO_FDINFO };
static inline u64 pid_ino(pid_t pid, enum pid_ino_kind kind, unsigned int n)
{
	return (u64)pid << 36 | (u64)kind << 32 | n;
}

/* ---- files of a process ---- */

/* One file. Which of the members is set says what it is. */
struct pid_entry {
	const char *name;
	umode_t mode;
	const struct inode_operations *iops;
	const struct file_operations *fops;
	int (*show)(struct seq_file *m, struct task_struct *t);
	int (*get_path)(struct task_struct *t, struct path *path);	/* links: exe, cwd, root */
};

/** proc_mem_open - @inode's address space for /proc/PID/maps and the like, with a
 *  reference by mmgrab(). Return: NULL: it has none; ERR_PTR(-ESRCH, -EACCES). */
struct mm_struct *proc_mem_open(struct inode *inode, unsigned int mode);

struct inode *proc_pid_make_inode(struct super_block *sb, struct task_struct *t, umode_t mode, u64 ino);
int pid_delete_dentry(const struct dentry *d);
void task_dump_owner(struct task_struct *t, umode_t mode, uid_t *uid, gid_t *gid);
struct dentry *proc_pid_instantiate(struct dentry *d, struct inode *inode, const struct dentry_operations *ops);
struct dentry *proc_pid_lookup(struct inode *dir, struct dentry *d);
int proc_pid_readdir(struct file *f, struct dir_context *ctx);
struct dentry *proc_tid_dir(struct inode *dir, struct dentry *d, struct task_struct *t);
int proc_pid_readlink(struct dentry *d, char __user *buf, int len, int (*get)(struct dentry *d, struct path *p));
/** proc_name_to_int - a decimal name. Return: ~0U if it is none. */
unsigned int proc_name_to_int(const struct dentry *d);
int proc_pid_getattr(const struct path *path, struct kstat *st, u32 mask, unsigned int flags);
int proc_setattr(struct dentry *d, struct iattr *attr);

#define PROC_FIRST_PID	256	/* position in /proc of the first process; below: the tree */

/* array.c */
int proc_tgid_stat(struct seq_file *m, struct task_struct *t);
int proc_tid_stat(struct seq_file *m, struct task_struct *t);
int proc_pid_status(struct seq_file *m, struct task_struct *t);
int proc_pid_statm(struct seq_file *m, struct task_struct *t);
int proc_pid_limits(struct seq_file *m, struct task_struct *t);

/* pid_files.c */
int proc_pid_wchan(struct seq_file *m, struct task_struct *t);
int proc_pid_personality(struct seq_file *m, struct task_struct *t);
int proc_oom_score(struct seq_file *m, struct task_struct *t);
int proc_pid_mounts(struct seq_file *m, struct task_struct *t);
int proc_pid_mountinfo(struct seq_file *m, struct task_struct *t);
extern const struct file_operations proc_pid_cmdline_fops, proc_environ_fops, proc_auxv_fops, proc_mem_fops,
	proc_comm_fops, proc_oom_score_adj_fops;

/* task_mmu.c, pagemap.c, smaps.c */
extern const struct file_operations proc_pid_maps_fops, proc_pid_smaps_fops, proc_pid_smaps_rollup_fops,
	proc_pagemap_fops;
struct vm_area_struct;
void proc_show_map_vma(struct seq_file *m, struct vm_area_struct *vma);
int proc_maps_open(struct inode *inode, struct file *f, const struct seq_operations *ops);
int proc_maps_release(struct inode *inode, struct file *f);
void *proc_maps_start(struct seq_file *m, loff_t *pos);
void *proc_maps_next(struct seq_file *m, void *v, loff_t *pos);
void proc_maps_stop(struct seq_file *m, void *v);

/* fd.c, links.c, task_dir.c */
extern const struct inode_operations proc_fd_iops, proc_fdinfo_iops, proc_task_iops, proc_pid_link_iops;
extern const struct file_operations proc_fd_fops, proc_fdinfo_fops, proc_task_fops;
int proc_exe_link(struct task_struct *t, struct path *path);
int proc_cwd_link(struct task_struct *t, struct path *path);
int proc_root_link(struct task_struct *t, struct path *path);

/* self.c */
void proc_self_init(void);

/* sysvipc.c: kernel/shmmax and others in /proc/sys */
int show_shmmax(char *buf, size_t size);
int store_shmmax(char *text);
int show_shmall(char *buf, size_t size);
int store_shmall(char *text);
int show_sem(char *buf, size_t size);
int store_sem(char *text);

/* proc_sysctl.c */
void proc_sys_init(void);

#endif
