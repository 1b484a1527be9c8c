/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Descriptor tables: from a number to an open file. Readers use RCU, changes
 * are made under file_lock.
 */
#ifndef FS_FILES_H
#define FS_FILES_H
#include <fs/file.h>

struct fdtable {
	unsigned int max_fds;
	struct file **fd;		/* rcu */
	unsigned long *close_on_exec, *open_fds, *full_fds;
	struct rcu_head rcu;
};
struct files_struct {
	atomic_t count;
	struct fdtable *fdt;		/* rcu; file_lock to change */
	struct fdtable fdtab;
	spinlock_t file_lock;
	unsigned int next_fd;
	bool resize_in_progress;
	wait_queue_head_t resize_wait;
	unsigned long close_on_exec_init[1], open_fds_init[1], full_fds_init[1];
	struct file *fd_array[64];
};
extern struct files_struct init_files;
/* fdget: no reference taken when the table is not shared; pairs with fdput */
struct fd {
	struct file *file;
	unsigned int flags;		/* FDPUT_* */
};
#define FDPUT_FPUT	1
#define FDPUT_POS_UNLOCK 2
struct fd fdget(unsigned int fd);		/* not O_PATH */
struct fd fdget_raw(unsigned int fd);
struct fd fdget_pos(unsigned int fd);		/* + f_pos_lock if needed */
void fdput_pos_slow(struct fd f);
static inline void fdput(struct fd f) { if (f.flags & FDPUT_FPUT) fput(f.file); }
static inline void fdput_pos(struct fd f) { if (f.flags) fdput_pos_slow(f); }
struct file *fget(unsigned int fd);
struct file *fget_raw(unsigned int fd);
struct file *fget_task(struct task_struct *t, unsigned int fd);
/** get_files_struct - another task's table, for put_files_struct(). NULL: it has exited. */
struct files_struct *get_files_struct(struct task_struct *t);
int get_unused_fd_flags(unsigned int flags);	/* O_CLOEXEC; -EMFILE */
void put_unused_fd(unsigned int fd);
void fd_install(unsigned int fd, struct file *f);
int close_fd(unsigned int fd);
struct files_struct *dup_fd(struct files_struct *old, int *err);
void put_files_struct(struct files_struct *f);
int unshare_files(void);
void do_close_on_exec(struct files_struct *f);
void exit_files(struct task_struct *t);
void exit_fs(struct task_struct *t);

#endif
