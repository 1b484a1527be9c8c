/* SPDX-License-Identifier: GPL-2.0-only */
/* Inside of sem.c, semctl.c and sem_undo.c. */
#ifndef KERNEL_IPC_SEM_H
#define KERNEL_IPC_SEM_H
#include "util.h"
#include <linux/sem.h>

struct sem {
	int val;
	pid_t pid;			/* who changed it last */
};

/* perm.lock guards all of it */
struct sem_array {
	struct kern_ipc_perm perm;
	time64_t otime, ctime;
	struct list_head pending;	/* struct sem_queue: who alters nothing, then first come first served */
	struct list_head undos;		/* struct sem_undo->list_array */
	int nsems;
	struct sem sems[];
};

/* what a process is to undo of one array; lives as long as its undo list */
struct sem_undo {
	struct list_head list_proc;	/* sem_undo_list->undos */
	struct list_head list_array;
	struct sem_array *array;	/* counted */
	short adj[];			/* array's lock; what exit adds to each semaphore */
};

struct sem_queue {
	struct list_head node;		/* sem_array->pending; empty: done */
	struct task_struct *task;
	const struct sembuf *ops, *blocking;
	unsigned int nops;
	struct sem_undo *undo;
	pid_t pid;
	int status;			/* of who is done */
};

extern int sem_ctls[4];
enum { SEM_MSL, SEM_MNS, SEM_OPM, SEM_MNI };	/* the order of /proc/sys/kernel/sem */
extern struct ipc_ids sem_ids;
extern int used_sems;			/* in all arrays; sem_ids.lock */

static inline struct sem_array *to_sem(struct kern_ipc_perm *p)
{
	return container_of(p, struct sem_array, perm);
}

/** sem_update - values have changed: let those go who now can. Context: array locked. */
void sem_update(struct sem_array *sma);
/** sem_finish - end the wait of @q with @status. Context: array locked. */
void sem_finish(struct sem_queue *q, int status);
/** find_alloc_undo - what current has to undo of @sma. Context: may sleep; @sma counted.
 *  Return: ERR_PTR(-ENOMEM, -EIDRM); good until @sma is found ->deleted. */
struct sem_undo *find_alloc_undo(struct sem_array *sma);

#endif
