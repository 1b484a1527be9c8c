/* SPDX-License-Identifier: GPL-2.0-only */
/* Process identifiers: struct pid is a counted name of a process, thread, group
 * or session that outlives the task. Lookup is by RCU. */
#ifndef KERNEL_PID_H
#define KERNEL_PID_H
#include <lib/types.h>
#include <lib/list.h>
#include <lib/atomic.h>
#include <kernel/rcu.h>
#include <kernel/wait_types.h>

enum pid_type { PIDTYPE_PID, PIDTYPE_TGID, PIDTYPE_PGID, PIDTYPE_SID, PIDTYPE_MAX };
struct task_struct;

struct pid {
	refcount_t count;
	pid_t nr;
	u64 ino;			/* never used again, as nr is: the inode of its pidfds */
	struct hlist_head tasks[PIDTYPE_MAX];	/* tasklist_lock to change, rcu to read */
	wait_queue_head_t wait_pidfd;	/* who polls a pidfd */
	struct rcu_head rcu;
};
extern int pid_max;
#define PID_MAX_LIMIT	(1 << 22)
extern struct pid init_struct_pid;	/* number 0: the idle task */
void pid_init(void);
pid_t pid_last(void);				/* the number given out last */
struct pid *alloc_pid(void);			/* ERR_PTR(-EAGAIN / -ENOMEM) */
void free_pid(struct pid *pid);
struct pid *find_pid(pid_t nr);			/* rcu */
struct pid *find_get_pid(pid_t nr);
static inline struct pid *get_pid(struct pid *p) { if (p) refcount_inc(&p->count); return p; }
void put_pid(struct pid *p);
static inline pid_t pid_nr(const struct pid *p) { return p ? p->nr : 0; }
struct task_struct *pid_task(struct pid *p, enum pid_type type);	/* rcu */
struct task_struct *get_pid_task(struct pid *p, enum pid_type type);
struct task_struct *find_task_by_pid(pid_t nr);		/* rcu */
struct task_struct *find_get_task_by_pid(pid_t nr);	/* counted or NULL */
struct pid *task_pid(struct task_struct *t);
struct pid *task_pgrp(struct task_struct *t);		/* rcu or tasklist_lock */
struct pid *task_session(struct task_struct *t);
static inline pid_t task_pgrp_nr(struct task_struct *t) { return pid_nr(task_pgrp(t)); }
static inline pid_t task_session_nr(struct task_struct *t) { return pid_nr(task_session(t)); }
pid_t task_ppid_nr(struct task_struct *t);
void attach_pid(struct task_struct *t, enum pid_type type, struct pid *pid);
void detach_pid(struct task_struct *t, enum pid_type type);
void change_pid(struct task_struct *t, enum pid_type type, struct pid *pid);
/** next_tgid - the first thread-group leader with pid >= *@nr, counted; for /proc. NULL: none. */
struct task_struct *next_tgid(pid_t *nr);
#define do_each_pid_task(pid, type, t) \
	hlist_for_each_entry_rcu(t, &(pid)->tasks[type], pid_links[type])

#endif
