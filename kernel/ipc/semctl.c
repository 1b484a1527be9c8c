// SPDX-License-Identifier: GPL-2.0-only
/*
 * semctl, and /proc/sysvipc/sem. What is copied from or to the program goes through a
 * buffer, since nothing may fault while the array is locked.
 */
#include "sem.h"
#include <kernel/ipc.h>
#include <kernel/syscalls.h>
#include <kernel/timer.h>
#include <arch/uaccess.h>
#include <fs/seq_file.h>
#include <lib/err.h>
#include <lib/string.h>
#include <mm/slab.h>

static long sem_info(int cmd, void __user *buf)
{
	struct seminfo info = {
		.semmni = sem_ctls[SEM_MNI], .semmns = sem_ctls[SEM_MNS],
		.semmsl = sem_ctls[SEM_MSL], .semopm = sem_ctls[SEM_OPM],
		.semvmx = SEMVMX, .semmnu = SEMMNU, .semmap = SEMMAP, .semume = SEMUME,
		.semusz = SEMUSZ, .semaem = SEMAEM,
	};

	if (cmd == SEM_INFO) {
		info.semusz = READ_ONCE(sem_ids.in_use);
		info.semaem = READ_ONCE(used_sems);
	}
	return copy_to_user(buf, &info, sizeof(info)) ? -EFAULT : ipc_max_index(&sem_ids);
}

static long sem_stat(int id, int cmd, void __user *buf) __no_tsa
{
	struct kern_ipc_perm *p = ipc_lock_stat(&sem_ids, id, cmd != IPC_STAT);
	struct semid64_ds ds = {};
	long ret;

	if (IS_ERR(p))
		return PTR_ERR(p);
	if (cmd != SEM_STAT_ANY && ipcperms(p, 0444)) {
		spin_unlock(&p->lock);
		return -EACCES;
	}
	ipc_perm_to_user(p, &ds.sem_perm);
	ds.sem_otime = to_sem(p)->otime;
	ds.sem_ctime = to_sem(p)->ctime;
	ds.sem_nsems = to_sem(p)->nsems;
	ret = cmd == IPC_STAT ? 0 : p->id;
	spin_unlock(&p->lock);
	return copy_to_user(buf, &ds, sizeof(ds)) ? -EFAULT : ret;
}

static long sem_set(int id, void __user *buf) __no_tsa
{
	struct kern_ipc_perm *p;
	struct semid64_ds ds;
	int err;

	if (copy_from_user(&ds, buf, sizeof(ds)))
		return -EFAULT;
	p = ipc_lock_owned(&sem_ids, id);
	if (IS_ERR(p))
		return PTR_ERR(p);
	err = ipc_update_perm(p, &ds.sem_perm);
	if (!err)
		to_sem(p)->ctime = ktime_get_real_seconds();
	spin_unlock(&p->lock);
	return err;
}

static long sem_remove(int id) __no_tsa
{
	struct sem_queue *q, *next;
	struct kern_ipc_perm *p;

	mutex_lock(&sem_ids.lock);
	p = ipc_lock_owned(&sem_ids, id);
	if (IS_ERR(p)) {
		mutex_unlock(&sem_ids.lock);
		return PTR_ERR(p);
	}
	WRITE_ONCE(p->deleted, true);
	list_for_each_entry_safe(q, next, &to_sem(p)->pending, node)
		sem_finish(q, -EIDRM);
	spin_unlock(&p->lock);
	used_sems -= to_sem(p)->nsems;
	ipc_rmid(&sem_ids, p);
	mutex_unlock(&sem_ids.lock);
	return 0;
}

/* Array locked, and right for what is asked. ERR_PTR(-EINVAL, -EIDRM, -EACCES) */
static struct sem_array *lock_array(int id, int mode) __no_tsa
{
	struct kern_ipc_perm *p = ipc_lock_id(&sem_ids, id);

	if (IS_ERR(p))
		return ERR_CAST(p);
	if (ipcperms(p, mode)) {
		spin_unlock(&p->lock);
		return ERR_PTR(-EACCES);
	}
	return to_sem(p);
}

/* a value that is set is nobody's to undo */
static void set_value(struct sem_array *sma, int num, int val)
{
	struct sem_undo *un;

	list_for_each_entry(un, &sma->undos, list_array)
		un->adj[num] = 0;
	sma->sems[num].val = val;
	sma->sems[num].pid = current->tgid;
}

static void values_set(struct sem_array *sma)
{
	sma->ctime = ktime_get_real_seconds();
	sem_update(sma);
}

static long sem_setval(int id, int num, int val) __no_tsa
{
	struct kern_ipc_perm *p;
	long ret = 0;

	if (val < 0 || val > SEMVMX)
		return -ERANGE;
	p = ipc_lock_id(&sem_ids, id);
	if (IS_ERR(p))
		return PTR_ERR(p);
	if (num < 0 || num >= to_sem(p)->nsems) {
		ret = -EINVAL;
	} else if (ipcperms(p, 0222)) {
		ret = -EACCES;
	} else {
		set_value(to_sem(p), num, val);
		values_set(to_sem(p));
	}
	spin_unlock(&p->lock);
	return ret;
}

/* a buffer for all values of @id, whose number never changes. ERR_PTR */
static u16 *alloc_values(int id, int mode, int *n) __no_tsa
{
	struct sem_array *sma = lock_array(id, mode);
	u16 *values;

	if (IS_ERR(sma))
		return ERR_CAST(sma);
	*n = sma->nsems;
	spin_unlock(&sma->perm.lock);
	values = kvmalloc_array(*n, sizeof(*values), GFP_KERNEL);
	return values ? values : ERR_PTR(-ENOMEM);
}

static long sem_getall(int id, void __user *buf) __no_tsa
{
	struct sem_array *sma;
	u16 *values;
	long ret = 0;
	int n;

	values = alloc_values(id, 0444, &n);
	if (IS_ERR(values))
		return PTR_ERR(values);
	sma = lock_array(id, 0444);
	if (IS_ERR(sma)) {
		kvfree(values);
		return -EIDRM;		/* it was there just now */
	}
	for (int i = 0; i < n; i++)
		values[i] = sma->sems[i].val;
	spin_unlock(&sma->perm.lock);
	if (copy_to_user(buf, values, n * sizeof(*values)))
		ret = -EFAULT;
	kvfree(values);
	return ret;
}

static long set_all(int id, const u16 *values, int n) __no_tsa
{
	struct sem_array *sma;

	for (int i = 0; i < n; i++)
		if (values[i] > SEMVMX)
			return -ERANGE;
	sma = lock_array(id, 0222);
	if (IS_ERR(sma))
		return -EIDRM;
	for (int i = 0; i < n; i++)
		set_value(sma, i, values[i]);
	values_set(sma);
	spin_unlock(&sma->perm.lock);
	return 0;
}

static long sem_setall(int id, const void __user *buf)
{
	u16 *values;
	long ret;
	int n;

	values = alloc_values(id, 0222, &n);
	if (IS_ERR(values))
		return PTR_ERR(values);
	ret = copy_from_user(values, buf, n * sizeof(*values)) ? -EFAULT : set_all(id, values, n);
	kvfree(values);
	return ret;
}

/* how many sleep because of semaphore @num: until it is zero, or more */
static int count_waiters(const struct sem_array *sma, int num, bool zero)
{
	struct sem_queue *q;
	int n = 0;

	list_for_each_entry(q, &sma->pending, node)
		if (q->blocking->sem_num == num && (q->blocking->sem_op == 0) == zero)
			n++;
	return n;
}

static long sem_get(int id, int num, int cmd) __no_tsa
{
	struct sem_array *sma = lock_array(id, 0444);
	long ret;

	if (IS_ERR(sma))
		return PTR_ERR(sma);
	if (num < 0 || num >= sma->nsems)
		ret = -EINVAL;
	else if (cmd == GETVAL)
		ret = sma->sems[num].val;
	else if (cmd == GETPID)
		ret = sma->sems[num].pid;
	else
		ret = count_waiters(sma, num, cmd == GETZCNT);
	spin_unlock(&sma->perm.lock);
	return ret;
}

SYSCALL_DEFINE4(semctl, int, semid, int, semnum, int, cmd, unsigned long, arg)
{
	void __user *buf = (void __user *)arg;

	if (semid < 0)
		return -EINVAL;
	switch (cmd) {
	case IPC_INFO:
	case SEM_INFO:
		return sem_info(cmd, buf);
	case IPC_STAT:
	case SEM_STAT:
	case SEM_STAT_ANY:
		return sem_stat(semid, cmd, buf);
	case IPC_SET:
		return sem_set(semid, buf);
	case IPC_RMID:
		return sem_remove(semid);
	case SETVAL:
		return sem_setval(semid, semnum, arg);
	case GETALL:
		return sem_getall(semid, buf);
	case SETALL:
		return sem_setall(semid, buf);
	case GETVAL:
	case GETPID:
	case GETNCNT:
	case GETZCNT:
		return sem_get(semid, semnum, cmd);
	default:
		return -EINVAL;
	}
}

/* ---- /proc/sysvipc/sem ---- */

static void *sem_seq_start(struct seq_file *m, loff_t *pos)
{
	return ipc_seq_start(&sem_ids, pos);
}

static void *sem_seq_next(struct seq_file *m, void *v, loff_t *pos)
{
	return ipc_seq_next(&sem_ids, v, pos);
}

static void sem_seq_stop(struct seq_file *m, void *v)
{
	ipc_seq_stop(&sem_ids);
}

static int sem_seq_show(struct seq_file *m, void *v)
{
	struct kern_ipc_perm *p = v;
	struct sem_array *sma = v;

	if (v == IPC_SEQ_HEADER)
		seq_puts(m, "       key      semid perms      nsems   uid   gid  cuid  cgid      otime      ctime\n");
	else
		seq_printf(m, "%10d %10d  %4o %10u %5u %5u %5u %5u %10llu %10llu\n", p->key, p->id,
			   p->mode, sma->nsems, p->uid, p->gid, p->cuid, p->cgid, sma->otime,
			   sma->ctime);
	return 0;
}

const struct seq_operations sysvipc_sem_seq = {
	.start	= sem_seq_start,
	.next	= sem_seq_next,
	.stop	= sem_seq_stop,
	.show	= sem_seq_show,
};
