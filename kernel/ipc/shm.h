/* SPDX-License-Identifier: GPL-2.0-only */
/* Inside of shm.c and shm_attach.c. */
#ifndef KERNEL_IPC_SHM_H
#define KERNEL_IPC_SHM_H
#include "util.h"
#include <asm/shmbuf.h>

/* the ABI: <linux/shm.h> itself wants a C library */
#define SHMMIN		1
#define SHMMNI		4096
#define SHMMAX		(ULONG_MAX - (1UL << 24))
#define SHMALL		(ULONG_MAX - (1UL << 24))

/* shmget */
#define SHM_HUGETLB	04000
#define SHM_NORESERVE	010000
#define SHM_HUGE_SHIFT	26
#define SHM_HUGE_MASK	0x3f
/* shmat */
#define SHM_RDONLY	010000
#define SHM_RND		020000
#define SHM_REMAP	040000
#define SHM_EXEC	0100000
/* shmctl */
#define SHM_LOCK	11
#define SHM_UNLOCK	12
#define SHM_STAT	13
#define SHM_INFO	14
#define SHM_STAT_ANY	15
/* shm_perm.mode */
#define SHM_DEST	01000
#define SHM_LOCKED	02000

struct shm_info {
	int used_ids;
	unsigned long shm_tot, shm_rss, shm_swp;	/* pages */
	unsigned long swap_attempts, swap_successes;
};

struct file;
struct vm_operations_struct;

struct shm_segment {
	struct kern_ipc_perm perm;
	struct file *file;		/* the memory: an unlinked tmpfs file */
	size_t size;			/* bytes, as asked for */
	key_t name_key;			/* what it was made with: its name in /proc/PID/maps */
	const struct vm_operations_struct *vm_ops;	/* the memory's own; set by the first mmap */
	/* perm.lock guards the rest */
	unsigned long nattch;		/* VMAs, and shmat calls under way */
	time64_t atime, dtime, ctime;
	pid_t cpid, lpid;
	struct task_struct *maker;	/* NULL: dead; never followed */
	struct user_struct *locked_by;	/* SHM_LOCK: whose limit it counts against */
};

static inline struct shm_segment *to_shm(struct kern_ipc_perm *p)
{
	return container_of(p, struct shm_segment, perm);
}

extern struct ipc_ids shm_ids;
/** shm_detach - one attach less; the last one of a removed segment ends it.
 *  Context: no spinlock held; mmap_lock may be. */
void shm_detach(struct shm_segment *shm);

#endif
