// SPDX-License-Identifier: GPL-2.0-only
/* msgctl, and /proc/sysvipc/msg. */
#include "msg.h"
#include <kernel/ipc.h>
#include <kernel/syscalls.h>
#include <kernel/timer.h>
#include <arch/uaccess.h>
#include <fs/seq_file.h>
#include <lib/err.h>
#include <asm/msgbuf.h>

static long msg_limits(void __user *buf)
{
	struct msginfo info = {
		.msgmni = msg_ctlmni, .msgmax = msg_ctlmax, .msgmnb = msg_ctlmnb,
		.msgpool = MSGPOOL, .msgmap = MSGMAP, .msgtql = MSGTQL,
		.msgssz = MSGSSZ, .msgseg = MSGSEG,
	};

	return copy_to_user(buf, &info, sizeof(info)) ? -EFAULT : ipc_max_index(&msg_ids);
}

static long msg_usage(void __user *buf)
{
	struct msginfo info = {
		.msgmni = msg_ctlmni, .msgmax = msg_ctlmax, .msgmnb = msg_ctlmnb,
		.msgssz = MSGSSZ, .msgseg = MSGSEG,
	};
	unsigned long messages = 0, bytes = 0;
	struct kern_ipc_perm *p;
	int index;

	mutex_lock(&msg_ids.lock);
	idr_for_each_entry(&msg_ids.idr, p, index) {
		messages += READ_ONCE(to_msg(p)->qnum);
		bytes += READ_ONCE(to_msg(p)->cbytes);
	}
	info.msgpool = msg_ids.in_use;
	mutex_unlock(&msg_ids.lock);
	info.msgmap = min(messages, (unsigned long)INT_MAX);
	info.msgtql = min(bytes, (unsigned long)INT_MAX);
	return copy_to_user(buf, &info, sizeof(info)) ? -EFAULT : ipc_max_index(&msg_ids);
}

static long msg_stat(int id, int cmd, void __user *buf) __no_tsa
{
	struct kern_ipc_perm *p = ipc_lock_stat(&msg_ids, id, cmd != IPC_STAT);
	struct msqid64_ds ds = {};
	struct msg_queue *msq;
	long ret;

	if (IS_ERR(p))
		return PTR_ERR(p);
	if (cmd != MSG_STAT_ANY && ipcperms(p, 0444)) {
		spin_unlock(&p->lock);
		return -EACCES;
	}
	msq = to_msg(p);
	ipc_perm_to_user(p, &ds.msg_perm);
	ds.msg_stime = msq->stime;
	ds.msg_rtime = msq->rtime;
	ds.msg_ctime = msq->ctime;
	ds.msg_cbytes = msq->cbytes;
	ds.msg_qnum = msq->qnum;
	ds.msg_qbytes = msq->qbytes;
	ds.msg_lspid = msq->lspid;
	ds.msg_lrpid = msq->lrpid;
	ret = cmd == IPC_STAT ? 0 : p->id;
	spin_unlock(&p->lock);
	return copy_to_user(buf, &ds, sizeof(ds)) ? -EFAULT : ret;
}

static long msg_set(int id, void __user *buf) __no_tsa
{
	struct kern_ipc_perm *p;
	struct msqid64_ds ds;
	int err;

	if (copy_from_user(&ds, buf, sizeof(ds)))
		return -EFAULT;
	p = ipc_lock_owned(&msg_ids, id);
	if (IS_ERR(p))
		return PTR_ERR(p);
	if (ds.msg_qbytes > msg_ctlmnb && !capable(CAP_SYS_RESOURCE))
		err = -EPERM;
	else
		err = ipc_update_perm(p, &ds.msg_perm);
	if (!err) {
		to_msg(p)->qbytes = ds.msg_qbytes;
		to_msg(p)->ctime = ktime_get_real_seconds();
		/* there may be room now, and some may not receive any more */
		msg_wake_senders(to_msg(p), false);
		msg_wake_receivers(to_msg(p));
	}
	spin_unlock(&p->lock);
	return err;
}

static long msg_remove(int id) __no_tsa
{
	struct kern_ipc_perm *p;
	LIST_HEAD(messages);

	mutex_lock(&msg_ids.lock);
	p = ipc_lock_owned(&msg_ids, id);
	if (IS_ERR(p)) {
		mutex_unlock(&msg_ids.lock);
		return PTR_ERR(p);
	}
	p->deleted = true;
	msg_wake_senders(to_msg(p), true);
	msg_wake_receivers(to_msg(p));
	list_splice_init(&to_msg(p)->messages, &messages);
	spin_unlock(&p->lock);
	ipc_rmid(&msg_ids, p);
	mutex_unlock(&msg_ids.lock);
	msg_free_list(&messages);
	return 0;
}

SYSCALL_DEFINE3(msgctl, int, msqid, int, cmd, void __user *, buf)
{
	if (msqid < 0 || cmd < 0)
		return -EINVAL;
	switch (cmd) {
	case IPC_INFO:
		return msg_limits(buf);
	case MSG_INFO:
		return msg_usage(buf);
	case IPC_STAT:
	case MSG_STAT:
	case MSG_STAT_ANY:
		return msg_stat(msqid, cmd, buf);
	case IPC_SET:
		return msg_set(msqid, buf);
	case IPC_RMID:
		return msg_remove(msqid);
	default:
		return -EINVAL;
	}
}

/* ---- /proc/sysvipc/msg ---- */

static void *msg_seq_start(struct seq_file *m, loff_t *pos)
{
	return ipc_seq_start(&msg_ids, pos);
}

static void *msg_seq_next(struct seq_file *m, void *v, loff_t *pos)
{
	return ipc_seq_next(&msg_ids, v, pos);
}

static void msg_seq_stop(struct seq_file *m, void *v)
{
	ipc_seq_stop(&msg_ids);
}

static int msg_seq_show(struct seq_file *m, void *v)
{
	struct kern_ipc_perm *p = v;
	struct msg_queue *msq = v;

	if (v == IPC_SEQ_HEADER)
		seq_puts(m, "       key      msqid perms      cbytes       qnum lspid lrpid   uid   gid  cuid  cgid      stime      rtime      ctime\n");
	else
		seq_printf(m, "%10d %10d  %4o  %10lu %10lu %5u %5u %5u %5u %5u %5u %10llu %10llu %10llu\n",
			   p->key, p->id, p->mode, msq->cbytes, msq->qnum, msq->lspid, msq->lrpid,
			   p->uid, p->gid, p->cuid, p->cgid, msq->stime, msq->rtime, msq->ctime);
	return 0;
}

const struct seq_operations sysvipc_msg_seq = {
	.start	= msg_seq_start,
	.next	= msg_seq_next,
	.stop	= msg_seq_stop,
	.show	= msg_seq_show,
};
