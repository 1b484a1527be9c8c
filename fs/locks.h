/* SPDX-License-Identifier: GPL-2.0-only */
/* Private to locks.c and locks_calls.c. */
#ifndef FS_LOCKS_H
#define FS_LOCKS_H
#include "vfs_internal.h"

#define FL_POSIX	1
#define FL_OFD		2
#define FL_FLOCK	3

struct file_lock {
	struct list_head list;			/* in the context; file_locks_lock, as all here */
	struct list_head waiters;		/* requests that wait for this lock */
	struct list_head wait_entry;		/* a request: in its blocker's waiters */
	struct list_head blocked_entry;		/* a POSIX request that waits */
	struct file_lock *blocker;
	wait_queue_head_t wait;
	const void *owner;			/* files_struct (POSIX) or file */
	struct file *file;
	pid_t pid;
	unsigned char type;			/* F_RDLCK, F_WRLCK, F_UNLCK */
	unsigned char flags;			/* FL_* */
	loff_t start, end;			/* end is inclusive */
};
struct file_lock_context {
	struct list_head posix;			/* by start */
	struct list_head flock;
};
extern spinlock_t file_locks_lock;
void locks_init(struct file_lock *l);
struct file_lock *posix_find_conflict(struct file_lock_context *c, const struct file_lock *req);
int posix_lock_inode(struct inode *inode, struct file_lock *req, bool wait);
int flock_lock_inode(struct inode *inode, struct file_lock *req, bool wait);
void locks_unblock(struct file_lock *w);
#endif
