// SPDX-License-Identifier: GPL-2.0-only
/*
 * System V semaphores: semget and semop. semctl is in semctl.c, SEM_UNDO in sem_undo.c.
 *
 * semop does all of its operations or none. If they cannot be done now, the caller queues
 * itself on the array and sleeps; whoever changes values tries what is queued, in order,
 * on the sleepers' behalf, and wakes those that are done. So a value is never up for grabs
 * between wake-up and running. The queue entry is on the sleeper's stack: it takes the
 * array's lock before it returns, hence the waker is done with it.
 */
#include "sem.h"
#include <kernel/signal.h>
#include <kernel/syscalls.h>
#include <kernel/timer.h>
#include <arch/uaccess.h>
#include <lib/err.h>
#include <lib/string.h>
#include <mm/slab.h>

#define FAST_OPS	16		/* so many are copied to the stack */

int sem_ctls[4] = { SEMMSL, SEMMNS, SEMOPM, SEMMNI };
int used_sems;

static void sem_free_rcu(struct rcu_head *head)
{
	kvfree(container_of(head, struct sem_array, perm.rcu));
}

static void sem_free(struct kern_ipc_perm *p)
{
	call_rcu(&p->rcu, sem_free_rcu);
}

struct ipc_ids sem_ids = IPC_IDS_INIT(sem_ids, sem_ctls[SEM_MNI], sem_free);

/* ---- semget ---- */

static struct kern_ipc_perm *sem_make(const struct ipc_params *params)
{
	struct sem_array *sma;
	int nsems = params->size, err;

	if (!nsems)
		return ERR_PTR(-EINVAL);
	if (used_sems + nsems > sem_ctls[SEM_MNS])
		return ERR_PTR(-ENOSPC);
	sma = kvzalloc(sizeof(*sma) + nsems * sizeof(sma->sems[0]), GFP_KERNEL);
	if (!sma)
		return ERR_PTR(-ENOMEM);
	ipc_init_perm(&sma->perm, params);
	INIT_LIST_HEAD(&sma->pending);
	INIT_LIST_HEAD(&sma->undos);
	sma->nsems = nsems;
	sma->ctime = ktime_get_real_seconds();
	err = ipc_addid(&sem_ids, &sma->perm);
	if (err) {
		kvfree(sma);
		return ERR_PTR(err);
	}
	used_sems += nsems;
	return &sma->perm;
}

static int sem_check_size(struct kern_ipc_perm *p, const struct ipc_params *params)
{
	return params->size > to_sem(p)->nsems ? -EINVAL : 0;
}

SYSCALL_DEFINE3(semget, key_t, key, int, nsems, int, semflg)
{
	static const struct ipc_ops ops = { .make = sem_make, .check = sem_check_size };

	if (nsems < 0 || nsems > sem_ctls[SEM_MSL])
		return -EINVAL;
	return ipcget(&sem_ids, &ops, &(struct ipc_params){ .key = key, .flg = semflg, .size = nsems });
}

/* ---- operations ---- */

/* what is left to undo of @op's semaphore, once @op is done (or, @sign -1, taken back) */
static int undo_after(const struct sem_queue *q, const struct sembuf *op, int sign)
{
	return q->undo->adj[op->sem_num] - sign * op->sem_op;
}

/* take back the first @n of @q's operations */
static void roll_back(struct sem_array *sma, struct sem_queue *q, int n)
{
	while (n-- > 0) {
		const struct sembuf *op = &q->ops[n];

		sma->sems[op->sem_num].val -= op->sem_op;
		if (op->sem_flg & SEM_UNDO)
			q->undo->adj[op->sem_num] = undo_after(q, op, -1);
	}
}

/* one operation. Return as try_ops() */
static int try_op(struct sem *s, struct sem_queue *q, const struct sembuf *op)
{
	int adj = 0;

	if (op->sem_op ? s->val + op->sem_op < 0 : s->val) {
		q->blocking = op;
		return op->sem_flg & IPC_NOWAIT ? -EAGAIN : 1;
	}
	if (s->val + op->sem_op > SEMVMX)
		return -ERANGE;
	if (op->sem_flg & SEM_UNDO) {
		adj = undo_after(q, op, 1);
		if (adj < -SEMAEM - 1 || adj > SEMAEM)
			return -ERANGE;
		q->undo->adj[op->sem_num] = adj;
	}
	s->val += op->sem_op;
	return 0;
}

/* Array locked. Return: 0: done; 1: @q has to wait; -ERANGE, -EAGAIN. Then nothing changed. */
static int try_ops(struct sem_array *sma, struct sem_queue *q)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < q->nops && !err; i++)
		err = try_op(&sma->sems[q->ops[i].sem_num], q, &q->ops[i]);
	if (err) {
		roll_back(sma, q, i - 1);
		return err;
	}
	for (i = 0; i < q->nops; i++)
		sma->sems[q->ops[i].sem_num].pid = q->pid;
	sma->otime = ktime_get_real_seconds();
	return 0;
}

/* can somebody go because @q went? Who only waits for more cannot go because of less */
static bool helps_others(const struct sem_array *sma, const struct sem_queue *q)
{
	for (unsigned int i = 0; i < q->nops; i++) {
		const struct sembuf *op = &q->ops[i];

		if (op->sem_op > 0 || (op->sem_op < 0 && !sma->sems[op->sem_num].val))
			return true;
	}
	return false;
}

void sem_finish(struct sem_queue *q, int status)
{
	q->status = status;
	list_del_init(&q->node);
	wake_up_process(q->task);
}

void sem_update(struct sem_array *sma)
{
	struct sem_queue *q, *next;
	bool again;

	do {
		again = false;
		list_for_each_entry_safe(q, next, &sma->pending, node) {
			int err = try_ops(sma, q);

			if (err > 0)
				continue;
			sem_finish(q, err);
			again = !err && helps_others(sma, q);
			if (again)
				break;	/* those before it come first */
		}
	} while (again);
}

/* array locked, and so on return. Return: what semop returns */
static int wait_for_ops(struct sem_array *sma, struct sem_queue *q, bool alter, bool timed,
			long ns) __no_tsa
{
	/* who only waits for zero takes nothing from others: let it see it while it lasts */
	if (alter)
		list_add_tail(&q->node, &sma->pending);
	else
		list_add(&q->node, &sma->pending);
	while (!list_empty(&q->node)) {
		if (signal_pending(current) || (timed && ns <= 0)) {
			q->status = signal_pending(current) ? -EINTR : -EAGAIN;
			list_del_init(&q->node);
			break;
		}
		set_current_state(TASK_INTERRUPTIBLE);
		spin_unlock(&sma->perm.lock);
		if (timed)
			ns = schedule_timeout(ns);
		else
			schedule();
		spin_lock(&sma->perm.lock);
	}
	return q->status;
}

/* the highest semaphore in @ops. *@undo, *@alter: what there is among them */
static int scan_ops(const struct sembuf *ops, unsigned int nops, bool *undo, bool *alter)
{
	int highest = 0;

	for (unsigned int i = 0; i < nops; i++) {
		highest = max(highest, (int)ops[i].sem_num);
		*undo |= ops[i].sem_flg & SEM_UNDO;
		*alter |= ops[i].sem_op;
	}
	return highest;
}

/* find, check and count the array. ERR_PTR */
static struct sem_array *get_array(int semid, int highest, bool alter) __no_tsa
{
	struct kern_ipc_perm *p = ipc_lock_id(&sem_ids, semid);
	int err;

	if (IS_ERR(p))
		return ERR_CAST(p);
	err = highest >= to_sem(p)->nsems ? -EFBIG : ipcperms(p, alter ? 0222 : 0444);
	if (!err)
		refcount_inc(&p->refs);
	spin_unlock(&p->lock);
	return err ? ERR_PTR(err) : to_sem(p);
}

static long do_semop(int semid, const struct sembuf *ops, unsigned int nops, bool timed, long ns)
{
	struct sem_queue q = { .task = current, .ops = ops, .nops = nops, .pid = current->tgid };
	bool undo = false, alter = false;
	struct sem_array *sma;
	int highest, err = 0;

	highest = scan_ops(ops, nops, &undo, &alter);
	sma = get_array(semid, highest, alter);
	if (IS_ERR(sma))
		return PTR_ERR(sma);
	if (undo) {
		q.undo = find_alloc_undo(sma);
		err = PTR_ERR_OR_ZERO(q.undo);
	}
	if (!err) {
		spin_lock(&sma->perm.lock);
		err = sma->perm.deleted ? -EIDRM : try_ops(sma, &q);
		if (!err && alter)
			sem_update(sma);
		if (err > 0)
			err = wait_for_ops(sma, &q, alter, timed, ns);
		spin_unlock(&sma->perm.lock);
	}
	ipc_put(&sem_ids, &sma->perm);
	return err;
}

SYSCALL_DEFINE4(semtimedop, int, semid, struct sembuf __user *, uops, unsigned int, nops,
		const struct __kernel_timespec __user *, timeout)
{
	struct sembuf fast[FAST_OPS], *ops = fast;
	struct __kernel_timespec ts = {};
	long ret = -EFAULT;

	if (timeout && copy_from_user(&ts, timeout, sizeof(ts)))
		return -EFAULT;
	if (nops > sem_ctls[SEM_OPM])
		return -E2BIG;
	if (nops < 1 || semid < 0)
		return -EINVAL;
	if (!timespec_valid(&ts))
		return -EINVAL;
	if (nops > FAST_OPS) {
		ops = kvmalloc_array(nops, sizeof(*ops), GFP_KERNEL);
		if (!ops)
			return -ENOMEM;
	}
	if (!copy_from_user(ops, uops, nops * sizeof(*ops)))
		ret = do_semop(semid, ops, nops, timeout, timespec_to_ns(&ts));
	if (ops != fast)
		kvfree(ops);
	return ret;
}

SYSCALL_DEFINE3(semop, int, semid, struct sembuf __user *, uops, unsigned int, nops)
{
	return sys_semtimedop(semid, (long)uops, nops, 0);
}
