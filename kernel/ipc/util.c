// SPDX-License-Identifier: GPL-2.0-only
/*
 * System V IPC: ids, keys and permissions, for all three kinds. How they are locked is
 * said in util.h.
 *
 * An id is a sequence number and an index. Indices are given out in a circle, and the
 * sequence number grows with each turn, so that an id that was removed is not soon
 * somebody else's.
 */
#include "util.h"
#include <lib/err.h>
#include <mm/slab.h>
#include <asm/ipcbuf.h>
#include <linux/stat.h>

#define SEQ_MAX		(INT_MAX >> IPCMNI_SHIFT)
#define MIN_CYCLE	64	/* indices in a turn, at least */

void ipc_init_perm(struct kern_ipc_perm *p, const struct ipc_params *params)
{
	spin_lock_init(&p->lock, LR_IPC_OBJECT);
	refcount_set(&p->refs, 1);
	p->key = params->key;
	p->mode = params->flg & 0777;
	p->uid = p->cuid = current_euid();
	p->gid = p->cgid = current_cred()->egid;
}

int ipc_addid(struct ipc_ids *ids, struct kern_ipc_perm *p)
{
	int turn = min(max(ids->in_use * 3 / 2, MIN_CYCLE), IPCMNI), index, err;

	if (ids->in_use >= *ids->limit || ids->in_use >= IPCMNI)
		return -ENOSPC;
	index = idr_alloc_cyclic(&ids->idr, NULL, 0, turn, GFP_KERNEL);
	if (index < 0)
		return index;
	if (p->key != IPC_PRIVATE) {
		err = xa_err(xa_store(&ids->keys, (u32)p->key, p, GFP_KERNEL));
		if (err) {
			idr_remove(&ids->idr, index);
			return err;
		}
	}
	if (index <= ids->last_idx && ++ids->seq >= SEQ_MAX)
		ids->seq = 0;
	ids->last_idx = index;
	ids->in_use++;
	p->seq = ids->seq;
	p->id = (ids->seq << IPCMNI_SHIFT) + index;
	idr_replace(&ids->idr, p, index);
	return 0;
}

void ipc_hide_key(struct ipc_ids *ids, struct kern_ipc_perm *p)
{
	/* another may have taken the key of one that was about to go */
	if (p->key != IPC_PRIVATE && xa_load(&ids->keys, (u32)p->key) == p)
		xa_erase(&ids->keys, (u32)p->key);
	p->key = IPC_PRIVATE;
}

void ipc_rmid(struct ipc_ids *ids, struct kern_ipc_perm *p)
{
	ipc_hide_key(ids, p);
	idr_remove(&ids->idr, p->id & (IPCMNI - 1));
	ids->in_use--;
	ipc_put(ids, p);
}

void ipc_put(struct ipc_ids *ids, struct kern_ipc_perm *p)
{
	if (refcount_dec_and_test(&p->refs))
		ids->free(p);
}

static struct kern_ipc_perm *lock_found(struct kern_ipc_perm *p) __no_tsa
{
	spin_lock(&p->lock);
	if (!p->deleted)
		return p;
	spin_unlock(&p->lock);
	return ERR_PTR(-EIDRM);
}

struct kern_ipc_perm *ipc_lock_stat(struct ipc_ids *ids, int id, bool index)
{
	struct kern_ipc_perm *p;

	if (id < 0)
		return ERR_PTR(-EINVAL);
	/* from here until it is locked nothing sleeps, so it is not freed */
	p = idr_find(&ids->idr, id & (IPCMNI - 1));
	if (!p || (!index && p->id != id))
		return ERR_PTR(-EINVAL);
	return lock_found(p);
}

struct kern_ipc_perm *ipc_lock_id(struct ipc_ids *ids, int id)
{
	return ipc_lock_stat(ids, id, false);
}

int ipc_owner(const struct kern_ipc_perm *p)
{
	uid_t euid = current_euid();

	return euid == p->cuid || euid == p->uid || capable(CAP_SYS_ADMIN) ? 0 : -EPERM;
}

struct kern_ipc_perm *ipc_lock_owned(struct ipc_ids *ids, int id) __no_tsa
{
	struct kern_ipc_perm *p = ipc_lock_id(ids, id);

	if (!IS_ERR(p) && ipc_owner(p)) {
		spin_unlock(&p->lock);
		return ERR_PTR(-EPERM);
	}
	return p;
}

int ipcperms(const struct kern_ipc_perm *p, int flg)
{
	int want = (flg >> 6 | flg >> 3 | flg) & 7, have = p->mode;
	uid_t euid = current_euid();

	if (euid == p->cuid || euid == p->uid)
		have >>= 6;
	else if (in_group_p(p->cgid) || in_group_p(p->gid))
		have >>= 3;
	return (want & ~have) && !capable(CAP_IPC_OWNER) ? -EACCES : 0;
}

static long get_existing(struct kern_ipc_perm *p, const struct ipc_ops *ops,
			 const struct ipc_params *params)
{
	int err = 0;

	if ((params->flg & IPC_CREAT) && (params->flg & IPC_EXCL))
		return -EEXIST;
	if (ops->check)
		err = ops->check(p, params);
	if (!err)
		err = ipcperms(p, params->flg);
	return err ? err : p->id;
}

long ipcget(struct ipc_ids *ids, const struct ipc_ops *ops, const struct ipc_params *params)
{
	struct kern_ipc_perm *p = NULL;
	long ret;

	mutex_lock(&ids->lock);
	if (params->key != IPC_PRIVATE)
		p = xa_load(&ids->keys, (u32)params->key);
	if (p && !p->deleted) {
		ret = get_existing(p, ops, params);
	} else if (params->key != IPC_PRIVATE && !(params->flg & IPC_CREAT)) {
		ret = -ENOENT;
	} else {
		p = ops->make(params);
		ret = IS_ERR(p) ? PTR_ERR(p) : p->id;
	}
	mutex_unlock(&ids->lock);
	return ret;
}

int ipc_max_index(struct ipc_ids *ids)
{
	struct kern_ipc_perm *p;
	int index, last = 0;

	mutex_lock(&ids->lock);
	idr_for_each_entry(&ids->idr, p, index)
		last = index;
	mutex_unlock(&ids->lock);
	return last;
}

void ipc_perm_to_user(const struct kern_ipc_perm *p, struct ipc64_perm *out)
{
	out->key = p->key;
	out->uid = p->uid;
	out->gid = p->gid;
	out->cuid = p->cuid;
	out->cgid = p->cgid;
	out->mode = p->mode;
	out->seq = p->seq;
}

int ipc_update_perm(struct kern_ipc_perm *p, const struct ipc64_perm *in)
{
	if (in->uid == (uid_t)-1 || in->gid == (gid_t)-1)
		return -EINVAL;
	p->uid = in->uid;
	p->gid = in->gid;
	p->mode = (p->mode & ~0777) | (in->mode & 0777);
	return 0;
}

/* position 0 is the header, n + 1 the object of index n */
static void *seq_object(struct ipc_ids *ids, int index, loff_t *pos)
{
	void *p = idr_get_next(&ids->idr, &index);

	*pos = index + 1;
	return p;
}

void *ipc_seq_start(struct ipc_ids *ids, loff_t *pos) __no_tsa
{
	mutex_lock(&ids->lock);
	if (!*pos)
		return IPC_SEQ_HEADER;
	return *pos > IPCMNI ? NULL : seq_object(ids, *pos - 1, pos);
}

void *ipc_seq_next(struct ipc_ids *ids, void *v, loff_t *pos)
{
	void *p = *pos >= IPCMNI ? NULL : seq_object(ids, *pos, pos);

	if (!p)
		*pos = IPCMNI + 1;
	return p;
}

void ipc_seq_stop(struct ipc_ids *ids) __no_tsa
{
	mutex_unlock(&ids->lock);
}
