/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inside of kernel/ipc/: what segments, semaphore sets and queues have in common.
 *
 * Each kind is a struct ipc_ids: objects by id and by key. ids->lock (sleeping) guards
 * both maps and the making and removing of objects; an object's own spinlock guards the
 * object. Lookup by id takes neither lock but the object's: objects are freed after a
 * grace period, and what was found is checked under its lock (->deleted).
 *
 * Lock order: ids->lock, object's lock.
 */
#ifndef KERNEL_IPC_UTIL_H
#define KERNEL_IPC_UTIL_H
#include <kernel/cred.h>
#include <kernel/mutex.h>
#include <kernel/sched.h>
#include <lib/idr.h>
#include <lib/refcount.h>
#include <lib/xarray.h>
#include <linux/ipc.h>

#define IPCMNI_SHIFT	15
#define IPCMNI		(1 << IPCMNI_SHIFT)	/* most objects of a kind; the rest of an id is seq */

struct kern_ipc_perm {
	spinlock_t lock;		/* LR_IPC_OBJECT */
	bool deleted;			/* its id means nothing any more; ->lock */
	int id;
	key_t key;
	uid_t uid, cuid;
	gid_t gid, cgid;
	umode_t mode;
	unsigned long seq;
	refcount_t refs;		/* the maps' one, and of who sleeps or maps */
	struct rcu_head rcu;
};

struct ipc_ids {
	struct mutex lock;		/* LR_IPC */
	struct idr idr;			/* by index; read under RCU */
	struct xarray keys;		/* by (u32)key, but IPC_PRIVATE */
	int in_use, seq, last_idx;
	int *limit;			/* most objects */
	void (*free)(struct kern_ipc_perm *p);	/* the last reference is gone; must not sleep */
};
#define IPC_IDS_INIT(n, lim, fr) { .lock = __MUTEX_INIT((n).lock, LR_IPC), .idr = IDR_INIT((n).idr), \
	.keys = XARRAY_INIT((n).keys, 0), .last_idx = -1, .limit = &(lim), .free = fr }

struct ipc_params {
	key_t key;
	int flg;
	size_t size;			/* bytes of a segment, semaphores of a set */
};

struct ipc_ops {
	/* a new object, by ipc_addid(). Return: it, or ERR_PTR. Context: ids->lock held */
	struct kern_ipc_perm *(*make)(const struct ipc_params *params);
	/* is what exists large enough? 0 or -errno. May be NULL */
	int (*check)(struct kern_ipc_perm *p, const struct ipc_params *params);
};

/** ipcget - the id of the object that a get call asks for. Return: it, or -errno. */
long ipcget(struct ipc_ids *ids, const struct ipc_ops *ops, const struct ipc_params *params);
/** ipc_init_perm - fill in a new object: current is its maker; one reference. */
void ipc_init_perm(struct kern_ipc_perm *p, const struct ipc_params *params);
/** ipc_addid - publish an object. Context: ids->lock held. Return: 0, -ENOSPC, -ENOMEM. */
int ipc_addid(struct ipc_ids *ids, struct kern_ipc_perm *p);
/** ipc_rmid - take an object out of the maps; it must be marked ->deleted. Drops the maps'
 *  reference. Context: ids->lock held. */
void ipc_rmid(struct ipc_ids *ids, struct kern_ipc_perm *p);
/** ipc_hide_key - no get call finds it any more, but its id lives. Context: ids->lock held. */
void ipc_hide_key(struct ipc_ids *ids, struct kern_ipc_perm *p);
/** ipc_lock_id - find and lock. Return: ERR_PTR(-EINVAL, -EIDRM). */
struct kern_ipc_perm *ipc_lock_id(struct ipc_ids *ids, int id);
/** ipc_lock_stat - the same for the STAT commands: @index says IPC_STAT's id is an index. */
struct kern_ipc_perm *ipc_lock_stat(struct ipc_ids *ids, int id, bool index);
void ipc_put(struct ipc_ids *ids, struct kern_ipc_perm *p);
/** ipcperms - may current do what the mode bits in @flg (any of rwx thrice) say? 0 or -EACCES. */
int ipcperms(const struct kern_ipc_perm *p, int flg);
/** ipc_owner - may current IPC_SET and IPC_RMID it? 0 or -EPERM. */
int ipc_owner(const struct kern_ipc_perm *p);
/** ipc_lock_owned - ipc_lock_id() for these two. Return: ERR_PTR(-EINVAL, -EIDRM, -EPERM). */
struct kern_ipc_perm *ipc_lock_owned(struct ipc_ids *ids, int id);
/** ipc_max_index - highest index in use, 0 if none: what the INFO commands return. */
int ipc_max_index(struct ipc_ids *ids);

struct ipc64_perm;
void ipc_perm_to_user(const struct kern_ipc_perm *p, struct ipc64_perm *out);
/** ipc_update_perm - IPC_SET. Return: 0, -EINVAL. */
int ipc_update_perm(struct kern_ipc_perm *p, const struct ipc64_perm *in);

/* /proc/sysvipc: the walk over a kind, with ids->lock held. The first is IPC_SEQ_HEADER. */
#define IPC_SEQ_HEADER	((void *)1)
void *ipc_seq_start(struct ipc_ids *ids, loff_t *pos);
void *ipc_seq_next(struct ipc_ids *ids, void *v, loff_t *pos);
void ipc_seq_stop(struct ipc_ids *ids);

#endif
