// SPDX-License-Identifier: GPL-2.0-only
/*
 * System V shared memory: making, asking about and removing segments. How they get into
 * address spaces is in shm_attach.c.
 *
 * A segment is a tmpfs file without a name, so its pages are in the one page cache. It
 * lives until it is removed (IPC_RMID) and nobody has it attached: the removal of one
 * that is in use hides its key and marks it SHM_DEST; the last detach does the rest.
 * Whoever finds nattch 0 on a segment that is to go marks it ->deleted, under its lock,
 * and then destroys it, once.
 */
#include "shm.h"
#include <kernel/ipc.h>
#include <kernel/signal.h>
#include <kernel/syscalls.h>
#include <kernel/timer.h>
#include <arch/uaccess.h>
#include <fs/fs.h>
#include <fs/seq_file.h>
#include <fs/shmem.h>
#include <lib/printf.h>
#include <mm/mm.h>
#include <mm/slab.h>

unsigned long shm_ctlmax = SHMMAX, shm_ctlall = SHMALL;
int shm_ctlmni = SHMMNI, shm_rmid_forced;

static void shm_free(struct kern_ipc_perm *p)
{
	kfree_rcu(to_shm(p), perm.rcu);
}

struct ipc_ids shm_ids = IPC_IDS_INIT(shm_ids, shm_ctlmni, shm_free);
static unsigned long shm_tot;		/* pages of all segments; shm_ids.lock */

static unsigned long shm_pages(const struct shm_segment *shm)
{
	return PAGE_ALIGN(shm->size) >> PAGE_SHIFT;
}

/* ---- the end ---- */

/* perm.lock held. Return: true: it is marked, and the caller destroys it */
static bool shm_condemn(struct shm_segment *shm)
{
	if (shm->nattch || shm->perm.deleted || !(shm_rmid_forced || (shm->perm.mode & SHM_DEST)))
		return false;
	shm->perm.deleted = true;
	return true;
}

static void shm_unlock_memory(struct shm_segment *shm)
{
	if (!shm->locked_by)
		return;
	atomic64_sub(shm_pages(shm), &shm->locked_by->locked_shm);
	free_uid(shm->locked_by);
	shm->locked_by = NULL;
}

/* Context: shm_ids.lock held; @shm is condemned */
static void shm_destroy(struct shm_segment *shm)
{
	struct file *file = shm->file;

	shm_tot -= shm_pages(shm);
	shm_unlock_memory(shm);
	ipc_rmid(&shm_ids, &shm->perm);
	fput(file);
}

void shm_detach(struct shm_segment *shm)
{
	bool last;

	spin_lock(&shm->perm.lock);
	shm->nattch--;
	last = shm_condemn(shm);
	spin_unlock(&shm->perm.lock);
	if (!last)
		return;
	mutex_lock(&shm_ids.lock);
	shm_destroy(shm);
	mutex_unlock(&shm_ids.lock);
}

/* @dying's segments have no maker any more; NULL: look at those that have none already */
static void shm_orphan(struct task_struct *dying)
{
	struct kern_ipc_perm *p;
	bool last;
	int index;

	mutex_lock(&shm_ids.lock);
	idr_for_each_entry(&shm_ids.idr, p, index) {
		struct shm_segment *shm = to_shm(p);

		if (shm->maker != dying)
			continue;
		spin_lock(&p->lock);
		shm->maker = NULL;
		last = shm_rmid_forced && shm_condemn(shm);
		spin_unlock(&p->lock);
		if (last)
			shm_destroy(shm);
	}
	mutex_unlock(&shm_ids.lock);
}

void exit_shm(struct task_struct *t)
{
	if (t->made_shm)
		shm_orphan(t);
}

void shm_destroy_orphaned(void)
{
	if (shm_rmid_forced)
		shm_orphan(NULL);
}

/* ---- shmget ---- */

/* no huge page is ever reserved, but the question has to be a proper one */
static int shm_huge(int flg)
{
	unsigned int log = ((unsigned int)flg >> SHM_HUGE_SHIFT) & SHM_HUGE_MASK;

	if (log && log != PAGE_SHIFT + 9 && log != PAGE_SHIFT + 18)
		return -EINVAL;
	return capable(CAP_IPC_LOCK) ? -ENOMEM : -EPERM;
}

static struct kern_ipc_perm *shm_make(const struct ipc_params *params)
{
	unsigned long pages = (params->size + PAGE_SIZE - 1) >> PAGE_SHIFT, vm_flags = 0;
	struct shm_segment *shm;
	struct file *file;
	char name[16];
	int err;

	if (params->size < SHMMIN || params->size > shm_ctlmax)
		return ERR_PTR(-EINVAL);
	if (pages << PAGE_SHIFT < params->size || shm_tot + pages < shm_tot ||
	    shm_tot + pages > shm_ctlall)
		return ERR_PTR(-ENOSPC);
	if (params->flg & SHM_HUGETLB)
		return ERR_PTR(shm_huge(params->flg));
	shm = kzalloc(sizeof(*shm), GFP_KERNEL);
	if (!shm)
		return ERR_PTR(-ENOMEM);
	if ((params->flg & SHM_NORESERVE) && sysctl_overcommit_memory != OVERCOMMIT_NEVER)
		vm_flags = VM_NORESERVE;
	snprintf(name, sizeof(name), "SYSV%08x", params->key);
	file = shmem_file_setup(name, params->size, vm_flags);
	if (IS_ERR(file)) {
		kfree(shm);
		return ERR_CAST(file);
	}
	ipc_init_perm(&shm->perm, params);
	shm->file = file;
	shm->size = params->size;
	shm->name_key = params->key;
	shm->ctime = ktime_get_real_seconds();
	shm->cpid = current->tgid;
	shm->maker = current;
	err = ipc_addid(&shm_ids, &shm->perm);
	if (err) {
		kfree(shm);
		fput(file);
		return ERR_PTR(err);
	}
	/* /proc/PID/maps shows the id as the inode's number */
	file_inode(file)->i_ino = shm->perm.id;
	current->made_shm = true;
	shm_tot += pages;
	return &shm->perm;
}

static int shm_check_size(struct kern_ipc_perm *p, const struct ipc_params *params)
{
	return to_shm(p)->size < params->size ? -EINVAL : 0;
}

SYSCALL_DEFINE3(shmget, key_t, key, size_t, size, int, shmflg)
{
	static const struct ipc_ops ops = { .make = shm_make, .check = shm_check_size };

	return ipcget(&shm_ids, &ops, &(struct ipc_params){ .key = key, .flg = shmflg, .size = size });
}

/* ---- shmctl ---- */

static long shm_limits(void __user *buf)
{
	struct shminfo64 info = {
		.shmmax = shm_ctlmax, .shmmin = SHMMIN, .shmmni = shm_ctlmni,
		.shmseg = shm_ctlmni, .shmall = shm_ctlall,
	};

	return copy_to_user(buf, &info, sizeof(info)) ? -EFAULT : ipc_max_index(&shm_ids);
}

static unsigned long shm_resident(const struct shm_segment *shm)
{
	return READ_ONCE(shm->file->f_mapping->nrpages);
}

static long shm_usage(void __user *buf)
{
	struct shm_info info = {};
	struct kern_ipc_perm *p;
	int index;

	mutex_lock(&shm_ids.lock);
	idr_for_each_entry(&shm_ids.idr, p, index)
		info.shm_rss += shm_resident(to_shm(p));
	info.used_ids = shm_ids.in_use;
	info.shm_tot = shm_tot;
	mutex_unlock(&shm_ids.lock);
	return copy_to_user(buf, &info, sizeof(info)) ? -EFAULT : ipc_max_index(&shm_ids);
}

static long shm_stat(int id, int cmd, void __user *buf) __no_tsa
{
	struct kern_ipc_perm *p = ipc_lock_stat(&shm_ids, id, cmd != IPC_STAT);
	struct shmid64_ds ds = {};
	struct shm_segment *shm;
	long ret;

	if (IS_ERR(p))
		return PTR_ERR(p);
	if (cmd != SHM_STAT_ANY && ipcperms(p, 0444)) {
		spin_unlock(&p->lock);
		return -EACCES;
	}
	shm = to_shm(p);
	ipc_perm_to_user(p, &ds.shm_perm);
	ds.shm_segsz = shm->size;
	ds.shm_atime = shm->atime;
	ds.shm_dtime = shm->dtime;
	ds.shm_ctime = shm->ctime;
	ds.shm_cpid = shm->cpid;
	ds.shm_lpid = shm->lpid;
	ds.shm_nattch = shm->nattch;
	ret = cmd == IPC_STAT ? 0 : p->id;
	spin_unlock(&p->lock);
	return copy_to_user(buf, &ds, sizeof(ds)) ? -EFAULT : ret;
}

static long shm_set(int id, void __user *buf) __no_tsa
{
	struct kern_ipc_perm *p;
	struct shmid64_ds ds;
	int err;

	if (copy_from_user(&ds, buf, sizeof(ds)))
		return -EFAULT;
	p = ipc_lock_owned(&shm_ids, id);
	if (IS_ERR(p))
		return PTR_ERR(p);
	err = ipc_update_perm(p, &ds.shm_perm);
	if (!err)
		to_shm(p)->ctime = ktime_get_real_seconds();
	spin_unlock(&p->lock);
	return err;
}

static long shm_remove(int id) __no_tsa
{
	struct kern_ipc_perm *p;
	bool last;

	mutex_lock(&shm_ids.lock);
	p = ipc_lock_owned(&shm_ids, id);
	if (IS_ERR(p)) {
		mutex_unlock(&shm_ids.lock);
		return PTR_ERR(p);
	}
	p->mode |= SHM_DEST;
	last = shm_condemn(to_shm(p));
	spin_unlock(&p->lock);
	/* in use: it keeps its id, but whoever asks for its key gets another */
	ipc_hide_key(&shm_ids, p);
	if (last)
		shm_destroy(to_shm(p));
	mutex_unlock(&shm_ids.lock);
	return 0;
}

/* Context: perm.lock held. @user: a reference, taken over on success. Return: was it */
static int shm_lock_memory(struct shm_segment *shm, struct user_struct *user)
{
	unsigned long limit = rlimit(RLIMIT_MEMLOCK) >> PAGE_SHIFT, pages = shm_pages(shm);

	if (atomic64_add_return(pages, &user->locked_shm) > limit && !capable(CAP_IPC_LOCK)) {
		atomic64_sub(pages, &user->locked_shm);
		return -ENOMEM;
	}
	shm->locked_by = user;
	shm->perm.mode |= SHM_LOCKED;
	return 0;
}

/* There is no swap, so memory objects stay in RAM as it is: what remains is the count. */
static long shm_lock_unlock(int id, bool lock) __no_tsa
{
	struct user_struct *user = alloc_uid(current_uid());
	uid_t euid = current_euid();
	struct kern_ipc_perm *p;
	int err = 0;

	if (!user)
		return -ENOMEM;
	p = ipc_lock_id(&shm_ids, id);
	if (IS_ERR(p)) {
		free_uid(user);
		return PTR_ERR(p);
	}
	if (!capable(CAP_IPC_LOCK) &&
	    ((euid != p->uid && euid != p->cuid) || (lock && !rlimit(RLIMIT_MEMLOCK)))) {
		err = -EPERM;
	} else if (!lock) {
		shm_unlock_memory(to_shm(p));
		p->mode &= ~SHM_LOCKED;
	} else if (!(p->mode & SHM_LOCKED)) {
		err = shm_lock_memory(to_shm(p), user);
		user = err ? user : NULL;
	}
	spin_unlock(&p->lock);
	if (user)
		free_uid(user);
	return err;
}

SYSCALL_DEFINE3(shmctl, int, shmid, int, cmd, void __user *, buf)
{
	if (cmd < 0 || shmid < 0)
		return -EINVAL;
	switch (cmd) {
	case IPC_INFO:
		return shm_limits(buf);
	case SHM_INFO:
		return shm_usage(buf);
	case IPC_STAT:
	case SHM_STAT:
	case SHM_STAT_ANY:
		return shm_stat(shmid, cmd, buf);
	case IPC_SET:
		return shm_set(shmid, buf);
	case IPC_RMID:
		return shm_remove(shmid);
	case SHM_LOCK:
	case SHM_UNLOCK:
		return shm_lock_unlock(shmid, cmd == SHM_LOCK);
	default:
		return -EINVAL;
	}
}

/* ---- /proc/sysvipc/shm ---- */

static void *shm_seq_start(struct seq_file *m, loff_t *pos)
{
	return ipc_seq_start(&shm_ids, pos);
}

static void *shm_seq_next(struct seq_file *m, void *v, loff_t *pos)
{
	return ipc_seq_next(&shm_ids, v, pos);
}

static void shm_seq_stop(struct seq_file *m, void *v)
{
	ipc_seq_stop(&shm_ids);
}

static int shm_seq_show(struct seq_file *m, void *v)
{
	struct kern_ipc_perm *p = v;
	struct shm_segment *shm = v;

	if (v == IPC_SEQ_HEADER) {
		seq_puts(m, "       key      shmid perms                  size  cpid  lpid nattch   uid   gid  cuid  cgid      atime      dtime      ctime                   rss                  swap\n");
		return 0;
	}
	seq_printf(m, "%10d %10d  %4o %21lu %5u %5u  %5lu %5u %5u %5u %5u %10llu %10llu %10llu %21lu %21lu\n",
		   p->key, p->id, p->mode, shm->size, shm->cpid, shm->lpid, shm->nattch, p->uid, p->gid,
		   p->cuid, p->cgid, shm->atime, shm->dtime, shm->ctime, shm_resident(shm) * PAGE_SIZE, 0UL);
	return 0;
}

const struct seq_operations sysvipc_shm_seq = {
	.start	= shm_seq_start,
	.next	= shm_seq_next,
	.stop	= shm_seq_stop,
	.show	= shm_seq_show,
};
