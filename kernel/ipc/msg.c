// SPDX-License-Identifier: GPL-2.0-only
/*
 * System V message queues: msgget, msgsnd and msgrcv. msgctl is in msgctl.c.
 *
 * A message that somebody already waits for never enters the queue: its sender hands it
 * to the first receiver whom it suits, who finds it on waking. Senders who find no room
 * are woken when there is some and try again, so a large message does not hold up the
 * small ones behind it. The entries in both lists are on the sleepers' stacks: they take
 * the queue's lock before they return, hence a waker is done with them by then.
 *
 * Messages are copied from and to programs outside the lock; a message that was received
 * is gone even when it cannot be copied.
 */
#include "msg.h"
#include <kernel/ipc.h>
#include <kernel/signal.h>
#include <kernel/syscalls.h>
#include <kernel/timer.h>
#include <arch/uaccess.h>
#include <lib/err.h>
#include <lib/string.h>
#include <mm/slab.h>

/* what a receiver takes */
enum msg_search {
	SEARCH_ANY,
	SEARCH_EQUAL,			/* the type */
	SEARCH_NOT_EQUAL,
	SEARCH_LOWEST,			/* the lowest up to the type */
	SEARCH_NUMBER,			/* MSG_COPY: by place in the queue */
};

struct msg_wanted {
	enum msg_search search;
	long type;
	size_t max;			/* a longer one is E2BIG */
};

struct msg_sender {
	struct list_head node;
	struct task_struct *task;
	size_t len;
};

struct msg_receiver {
	struct list_head node;
	struct task_struct *task;
	const struct msg_wanted *want;
	struct msg_msg *msg;		/* NULL: still in the list; or ERR_PTR(-E2BIG) */
};

int msg_ctlmax = MSGMAX, msg_ctlmnb = MSGMNB, msg_ctlmni = MSGMNI;

static void msg_free(struct kern_ipc_perm *p)
{
	kfree_rcu(to_msg(p), perm.rcu);
}

struct ipc_ids msg_ids = IPC_IDS_INIT(msg_ids, msg_ctlmni, msg_free);

/* ---- msgget ---- */

static struct kern_ipc_perm *msg_make(const struct ipc_params *params)
{
	struct msg_queue *msq = kzalloc(sizeof(*msq), GFP_KERNEL);
	int err;

	if (!msq)
		return ERR_PTR(-ENOMEM);
	ipc_init_perm(&msq->perm, params);
	INIT_LIST_HEAD(&msq->messages);
	INIT_LIST_HEAD(&msq->senders);
	INIT_LIST_HEAD(&msq->receivers);
	msq->qbytes = msg_ctlmnb;
	msq->ctime = ktime_get_real_seconds();
	err = ipc_addid(&msg_ids, &msq->perm);
	if (err) {
		kfree(msq);
		return ERR_PTR(err);
	}
	return &msq->perm;
}

SYSCALL_DEFINE2(msgget, key_t, key, int, msgflg)
{
	static const struct ipc_ops ops = { .make = msg_make };

	return ipcget(&msg_ids, &ops, &(struct ipc_params){ .key = key, .flg = msgflg });
}

/* ---- messages and sleepers ---- */

/* a message with @len bytes from @text. ERR_PTR(-ENOMEM, -EFAULT) */
static struct msg_msg *load_msg(const void __user *text, size_t len)
{
	struct msg_msg *msg = kvmalloc(sizeof(*msg) + len, GFP_KERNEL);

	if (!msg)
		return ERR_PTR(-ENOMEM);
	msg->len = len;
	if (!copy_from_user(msg->text, text, len))
		return msg;
	kvfree(msg);
	return ERR_PTR(-EFAULT);
}

void msg_free_list(struct list_head *messages)
{
	struct msg_msg *msg, *next;

	list_for_each_entry_safe(msg, next, messages, node) {
		kvfree(msg);
		cond_resched();
	}
}

static bool msg_fits(const struct msg_queue *msq, size_t len)
{
	return msq->cbytes + len <= msq->qbytes && msq->qnum + 1 <= msq->qbytes;
}

static bool msg_suits(const struct msg_msg *msg, const struct msg_wanted *want)
{
	switch (want->search) {
	case SEARCH_EQUAL:
		return msg->type == want->type;
	case SEARCH_NOT_EQUAL:
		return msg->type != want->type;
	case SEARCH_LOWEST:
		return msg->type <= want->type;
	default:
		return true;
	}
}

void msg_wake_senders(struct msg_queue *msq, bool all)
{
	struct msg_sender *s;

	list_for_each_entry(s, &msq->senders, node)
		if (all || msg_fits(msq, s->len))
			wake_up_process(s->task);
}

void msg_wake_receivers(struct msg_queue *msq)
{
	struct msg_receiver *r;

	list_for_each_entry(r, &msq->receivers, node)
		wake_up_process(r->task);
}

/* Find, check and count the queue. Return: it, locked; ERR_PTR(-EINVAL, -EIDRM) */
static struct msg_queue *get_queue(int msqid) __no_tsa
{
	struct kern_ipc_perm *p = ipc_lock_id(&msg_ids, msqid);

	if (IS_ERR(p))
		return ERR_CAST(p);
	refcount_inc(&p->refs);
	return to_msg(p);
}

static void put_queue(struct msg_queue *msq) __no_tsa
{
	spin_unlock(&msq->perm.lock);
	ipc_put(&msg_ids, &msq->perm);
}

/* With the queue unlocked meanwhile. Return: 0, or why there is no point in another try */
static int msg_sleep(struct msg_queue *msq) __no_tsa
{
	set_current_state(TASK_INTERRUPTIBLE);
	spin_unlock(&msq->perm.lock);
	schedule();
	spin_lock(&msq->perm.lock);
	if (msq->perm.deleted)
		return -EIDRM;
	return signal_pending(current) ? -ERESTARTNOHAND : 0;
}

/* ---- msgsnd ---- */

static void receiver_finish(struct msg_receiver *r, struct msg_msg *msg)
{
	r->msg = msg;
	list_del(&r->node);
	wake_up_process(r->task);
}

/* Return: has somebody who waited got it? Those for whom it is too long fail */
static bool hand_over(struct msg_queue *msq, struct msg_msg *msg)
{
	struct msg_receiver *r, *next;

	list_for_each_entry_safe(r, next, &msq->receivers, node) {
		if (!msg_suits(msg, r->want))
			continue;
		if (msg->len <= r->want->max) {
			msq->lrpid = r->task->pid;
			msq->rtime = ktime_get_real_seconds();
			receiver_finish(r, msg);
			return true;
		}
		receiver_finish(r, ERR_PTR(-E2BIG));
	}
	return false;
}

/* queue locked. Return: 0: @msg is the queue's now; -errno */
static int send_locked(struct msg_queue *msq, struct msg_msg *msg, int flg)
{
	struct msg_sender s = { .task = current, .len = msg->len };
	int err;

	for (;;) {
		if (ipcperms(&msq->perm, 0222))
			return -EACCES;
		if (msg_fits(msq, msg->len))
			break;
		if (flg & IPC_NOWAIT)
			return -EAGAIN;
		list_add_tail(&s.node, &msq->senders);
		err = msg_sleep(msq);
		list_del(&s.node);
		if (err)
			return err;
	}
	msq->lspid = current->tgid;
	msq->stime = ktime_get_real_seconds();
	if (!hand_over(msq, msg)) {
		list_add_tail(&msg->node, &msq->messages);
		msq->cbytes += msg->len;
		msq->qnum++;
	}
	return 0;
}

SYSCALL_DEFINE4(msgsnd, int, msqid, struct msgbuf __user *, msgp, size_t, msgsz, int, msgflg)
{
	struct msg_queue *msq;
	struct msg_msg *msg;
	long type;
	int err;

	if (get_user(type, &msgp->mtype))
		return -EFAULT;
	if ((ssize_t)msgsz < 0 || msgsz > READ_ONCE(msg_ctlmax) || msqid < 0 || type < 1)
		return -EINVAL;
	msg = load_msg(msgp->mtext, msgsz);
	if (IS_ERR(msg))
		return PTR_ERR(msg);
	msg->type = type;
	msq = get_queue(msqid);
	err = PTR_ERR_OR_ZERO(msq);
	if (!err) {
		err = send_locked(msq, msg, msgflg);
		put_queue(msq);
	}
	if (err)
		kvfree(msg);
	return err;
}

/* ---- msgrcv ---- */

static struct msg_wanted parse_wanted(long type, size_t max, int flg)
{
	struct msg_wanted want = { SEARCH_EQUAL, type, flg & MSG_NOERROR ? SIZE_MAX : max };

	if (flg & MSG_COPY) {
		want.search = SEARCH_NUMBER;
	} else if (!type) {
		want.search = SEARCH_ANY;
	} else if (type < 0) {
		want.search = SEARCH_LOWEST;
		want.type = type == LONG_MIN ? LONG_MAX : -type;
	} else if (flg & MSG_EXCEPT) {
		want.search = SEARCH_NOT_EQUAL;
	}
	return want;
}

static struct msg_msg *find_msg(struct msg_queue *msq, const struct msg_wanted *want)
{
	struct msg_msg *msg, *found = NULL;
	long n = 0;

	list_for_each_entry(msg, &msq->messages, node) {
		if (!msg_suits(msg, want) || (want->search == SEARCH_NUMBER && n++ != want->type))
			continue;
		if (want->search != SEARCH_LOWEST)
			return msg;
		if (!found || msg->type < found->type)
			found = msg;
	}
	return found;
}

static struct msg_msg *take_msg(struct msg_queue *msq, struct msg_msg *msg)
{
	list_del(&msg->node);
	msq->qnum--;
	msq->cbytes -= msg->len;
	msq->rtime = ktime_get_real_seconds();
	msq->lrpid = current->tgid;
	msg_wake_senders(msq, false);
	return msg;
}

/* into @copy, whose ->len is its room. MSG_NOERROR does not make it cut anything off */
static struct msg_msg *copy_msg(const struct msg_msg *msg, struct msg_msg *copy)
{
	if (msg->len > copy->len)
		return ERR_PTR(-EINVAL);
	copy->type = msg->type;
	copy->len = msg->len;
	memcpy(copy->text, msg->text, msg->len);
	return copy;
}

/* queue locked. @copy: of MSG_COPY. Return: what is the caller's now; ERR_PTR */
static struct msg_msg *receive_locked(struct msg_queue *msq, const struct msg_wanted *want, int flg,
				      struct msg_msg *copy)
{
	struct msg_receiver r = { .task = current, .want = want };
	int err;

	for (;;) {
		struct msg_msg *msg;

		if (ipcperms(&msq->perm, 0444))
			return ERR_PTR(-EACCES);
		msg = find_msg(msq, want);
		if (msg) {
			if (msg->len > want->max)
				return ERR_PTR(-E2BIG);
			return copy ? copy_msg(msg, copy) : take_msg(msq, msg);
		}
		if (flg & IPC_NOWAIT)
			return ERR_PTR(-ENOMSG);
		list_add_tail(&r.node, &msq->receivers);
		err = msg_sleep(msq);
		/* it is ours even if a signal or a removal came after it */
		if (r.msg)
			return r.msg;
		list_del(&r.node);
		if (err)
			return ERR_PTR(err);
	}
}

static long store_msg(struct msgbuf __user *msgp, const struct msg_msg *msg, size_t max)
{
	size_t len = min(msg->len, max);

	if (put_user(msg->type, &msgp->mtype) || copy_to_user(msgp->mtext, msg->text, len))
		return -EFAULT;
	return len;
}

SYSCALL_DEFINE5(msgrcv, int, msqid, struct msgbuf __user *, msgp, size_t, msgsz, long, msgtyp,
		int, msgflg)
{
	struct msg_wanted want = parse_wanted(msgtyp, msgsz, msgflg);
	struct msg_msg *msg, *copy = NULL;
	struct msg_queue *msq;
	long ret;

	if (msqid < 0 || (ssize_t)msgsz < 0)
		return -EINVAL;
	if (msgflg & MSG_COPY) {
		if ((msgflg & MSG_EXCEPT) || !(msgflg & IPC_NOWAIT))
			return -EINVAL;
		/* its text is of no use, but what cannot be read is EFAULT before all else */
		copy = load_msg(msgp, min(msgsz, (size_t)READ_ONCE(msg_ctlmax)));
		if (IS_ERR(copy))
			return PTR_ERR(copy);
	}
	msq = get_queue(msqid);
	if (IS_ERR(msq)) {
		kvfree(copy);
		return PTR_ERR(msq);
	}
	msg = receive_locked(msq, &want, msgflg, copy);
	put_queue(msq);
	if (IS_ERR(msg)) {
		kvfree(copy);
		return PTR_ERR(msg);
	}
	ret = store_msg(msgp, msg, msgsz);
	kvfree(msg);
	return ret;
}
