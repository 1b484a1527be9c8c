/* SPDX-License-Identifier: GPL-2.0-only */
/* Credentials: immutable once published, counted; a task replaces its own. */
#ifndef KERNEL_CRED_H
#define KERNEL_CRED_H
#include <lib/types.h>
#include <lib/atomic.h>
#include <kernel/rcu.h>
#include <kernel/sched.h>
#include <linux/capability.h>

struct group_info {
	refcount_t usage;
	int ngroups;
	gid_t gid[];			/* sorted */
};
struct cred {
	refcount_t usage;
	uid_t uid, suid, euid, fsuid;
	gid_t gid, sgid, egid, fsgid;
	unsigned int securebits;
	u64 cap_inheritable, cap_permitted, cap_effective, cap_bset, cap_ambient;
	struct group_info *group_info;
	struct user_struct *user;	/* what the real user id uses */
	struct rcu_head rcu;
};
/* per-user limits: RLIMIT_NPROC, RLIMIT_SIGPENDING; counted, hashed by uid */
struct user_struct {
	refcount_t count;
	uid_t uid;
	atomic_t processes, sigpending;
	atomic_t epoll_watches;
	atomic64_t locked_shm;		/* pages of System V segments held by SHM_LOCK */
	struct hlist_node node;
};
struct user_struct *alloc_uid(uid_t uid);	/* NULL: out of memory */
void free_uid(struct user_struct *u);
bool user_over_nproc(const struct user_struct *u);	/* more than current's RLIMIT_NPROC? */
struct group_info *groups_alloc(int n);		/* NULL: out of memory */
void put_group_info(struct group_info *g);
void cred_init(void);
#define CAP_FULL_SET	((1ULL << (CAP_LAST_CAP + 1)) - 1)
extern struct cred init_cred;
#define current_cred()	(current->cred)
#define current_uid()	(current->cred->uid)
#define current_euid()	(current->cred->euid)
#define current_fsuid()	(current->cred->fsuid)
#define current_gid()	(current->cred->gid)
#define current_fsgid()	(current->cred->fsgid)
static inline const struct cred *get_cred(const struct cred *c)
{
	refcount_inc(&((struct cred *)c)->usage);
	return c;
}
void put_cred(const struct cred *c);
const struct cred *get_task_cred(struct task_struct *t);
struct cred *prepare_creds(void);		/* a private copy; NULL: out of memory */
int commit_creds(struct cred *new);		/* 0; consumes the reference */
void abort_creds(struct cred *new);
/** override_creds/revert_creds - act as @new for a while (faccessat). */
const struct cred *override_creds(const struct cred *new);
void revert_creds(const struct cred *old);
int copy_creds(struct task_struct *p, unsigned long clone_flags);
void exit_creds(struct task_struct *p);
bool capable(int cap);				/* of current; sets PF_SUPERPRIV */
bool in_group_p(gid_t gid);			/* fsgid or supplementary */
/** bprm_fill_creds / exec: see fs/exec_creds.c; cap rules of exec are in kernel/cred.c */
void cred_exec(struct cred *new, bool set_id, bool limited);

#endif
