/* SPDX-License-Identifier: GPL-2.0-only */
/* Sleeping locks: mutex and rw_semaphore. FIFO among waiters; writers are not starved. */
#ifndef KERNEL_MUTEX_H
#define KERNEL_MUTEX_H
#include <lib/list.h>
#include <kernel/spinlock.h>

struct task_struct;

/* how long to look whether a lock's holder is done, where nobody knows if it runs */
#define SLEEP_LOCK_SPIN_NS	25000

struct __capability("mutex") mutex {
	unsigned long owner;		/* task_struct *, bit 0: waiters */
	spinlock_t wait_lock;		/* guards .waiters */
	struct list_head waiters;
	u16 rank;
};
#define __MUTEX_INIT(n, r) { .wait_lock = __SPIN_LOCK_INIT(LR_WAITQUEUE), \
	.waiters = LIST_HEAD_INIT((n).waiters), .rank = (r) }
#define DEFINE_MUTEX(n, r) struct mutex n = __MUTEX_INIT(n, r)
void mutex_init(struct mutex *m, enum lock_rank rank);
void mutex_lock(struct mutex *m) __acquires(m);
void mutex_lock_nested(struct mutex *m) __acquires(m);
/** mutex_lock_interruptible/killable - Return: 0 or -EINTR (then not held). */
int __must_check mutex_lock_interruptible(struct mutex *m) __try_acquires(0, m);
int __must_check mutex_lock_killable(struct mutex *m) __try_acquires(0, m);
bool mutex_trylock(struct mutex *m) __try_acquires(true, m);
void mutex_unlock(struct mutex *m) __releases(m);

struct __capability("rwsem") rw_semaphore {
	long count;			/* rwsem.c: readers, writer, waiters, handoff */
	struct task_struct *owner;	/* writer */
	spinlock_t wait_lock;
	struct list_head waiters;
	u16 rank;
};
#define __RWSEM_INIT(n, r) { .wait_lock = __SPIN_LOCK_INIT(LR_WAITQUEUE), \
	.waiters = LIST_HEAD_INIT((n).waiters), .rank = (r) }
#define DEFINE_RWSEM(n, r) struct rw_semaphore n = __RWSEM_INIT(n, r)
void init_rwsem(struct rw_semaphore *s, enum lock_rank rank);
void down_read(struct rw_semaphore *s) __acquires_shared(s);
int __must_check down_read_killable(struct rw_semaphore *s) __try_acquires_shared(0, s);
bool down_read_trylock(struct rw_semaphore *s) __try_acquires_shared(true, s);
void up_read(struct rw_semaphore *s) __releases_shared(s);
void down_write(struct rw_semaphore *s) __acquires(s);
void down_write_nested(struct rw_semaphore *s) __acquires(s);
int __must_check down_write_killable(struct rw_semaphore *s) __try_acquires(0, s);
bool down_write_trylock(struct rw_semaphore *s) __try_acquires(true, s);
void up_write(struct rw_semaphore *s) __releases(s);
void downgrade_write(struct rw_semaphore *s);
/* The uncontended paths are short: an atomic and a branch out of line. */

#endif
