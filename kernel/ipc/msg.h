/* SPDX-License-Identifier: GPL-2.0-only */
/* Inside of msg.c and msgctl.c. */
#ifndef KERNEL_IPC_MSG_H
#define KERNEL_IPC_MSG_H
#include "util.h"
#include <linux/msg.h>

struct msg_msg {
	struct list_head node;		/* msg_queue->messages */
	long type;
	size_t len;
	char text[];
};

/* perm.lock guards all of it */
struct msg_queue {
	struct kern_ipc_perm perm;
	time64_t stime, rtime, ctime;
	unsigned long cbytes, qnum;	/* of the messages */
	unsigned long qbytes;		/* most bytes, and most messages */
	pid_t lspid, lrpid;
	struct list_head messages;	/* first come first served, and so on */
	struct list_head senders;	/* struct msg_sender: no room */
	struct list_head receivers;	/* struct msg_receiver: nothing for them */
};

extern struct ipc_ids msg_ids;

static inline struct msg_queue *to_msg(struct kern_ipc_perm *p)
{
	return container_of(p, struct msg_queue, perm);
}

/** msg_wake_senders - wake those who would fit now, or @all. Context: queue locked. */
void msg_wake_senders(struct msg_queue *msq, bool all);
/** msg_wake_receivers - let them see what has become of the queue. Context: queue locked. */
void msg_wake_receivers(struct msg_queue *msq);
/** msg_free_list - free messages that are in no queue. Context: may sleep. */
void msg_free_list(struct list_head *messages);

#endif
