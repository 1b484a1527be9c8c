// SPDX-License-Identifier: GPL-2.0-only
/*
 * Credentials. A struct cred is never changed once a task points to it: a task
 * makes a copy (prepare_creds()), changes that, and has it replace its own
 * (commit_creds()). Tasks share them freely, so fork only counts.
 *
 * task->real_cred is who the task is to others, ->cred whom it acts as; they
 * differ only between override_creds() and revert_creds(). Another task's are
 * read under RCU, or taken with get_task_cred().
 */
#include <kernel/cred.h>
#include <kernel/printk.h>
#include <kernel/sched.h>
#include <kernel/signal.h>
#include <lib/err.h>
#include <lib/string.h>
#include <mm/mm.h>
#include <mm/slab.h>
#include <linux/securebits.h>

static void free_cred(struct rcu_head *rcu)
{
	struct cred *c = container_of(rcu, struct cred, rcu);

	put_group_info(c->group_info);
	free_uid(c->user);
	kfree(c);
}

/** put_cred - Context: any. */
void put_cred(const struct cred *c)
{
	struct cred *cred = (struct cred *)c;

	if (cred && refcount_dec_and_test(&cred->usage))
		call_rcu(&cred->rcu, free_cred);
}

/** get_task_cred - @t's real credentials, counted. */
const struct cred *get_task_cred(struct task_struct *t)
{
	struct cred *c;

	rcu_read_lock();
	do {
		c = (struct cred *)rcu_dereference(t->real_cred);
	} while (!refcount_inc_not_zero(&c->usage));
	rcu_read_unlock();
	return c;
}

struct cred *prepare_creds(void)
{
	struct cred *c = kmalloc(sizeof(*c), GFP_KERNEL);

	if (!c)
		return NULL;
	memcpy(c, current->cred, sizeof(*c));
	refcount_set(&c->usage, 1);
	refcount_inc(&c->group_info->usage);
	refcount_inc(&c->user->count);
	return c;
}

void abort_creds(struct cred *new)
{
	put_cred(new);
}

static bool cap_issubset(u64 a, u64 set)
{
	return !(a & ~set);
}

/* a change of who we are makes us undumpable, so that no other may look in */
static bool changes_dumpable(const struct cred *old, const struct cred *new)
{
	return old->euid != new->euid || old->egid != new->egid || old->fsuid != new->fsuid ||
	       old->fsgid != new->fsgid || !cap_issubset(new->cap_permitted, old->cap_permitted);
}

/**
 * commit_creds - make @new, prepared by this task, its credentials; takes over
 * the caller's reference. Return: 0, always.
 */
int commit_creds(struct cred *new)
{
	struct task_struct *me = current;
	const struct cred *old = me->real_cred;

	BUG_ON(me->cred != old);
	if (changes_dumpable(old, new)) {
		if (me->mm)
			me->mm->dumpable = 0;
		me->pdeath_signal = 0;
		smp_wmb();
	}
	if (new->user != old->user) {
		atomic_inc(&new->user->processes);
		atomic_dec(&old->user->processes);
	}
	refcount_inc(&new->usage);
	rcu_assign_pointer(me->real_cred, new);
	rcu_assign_pointer(me->cred, new);
	put_cred(old);
	put_cred(old);
	return 0;
}

const struct cred *override_creds(const struct cred *new)
{
	const struct cred *old = current->cred;

	get_cred(new);
	rcu_assign_pointer(current->cred, new);
	return old;
}

void revert_creds(const struct cred *old)
{
	const struct cred *override = current->cred;

	rcu_assign_pointer(current->cred, old);
	put_cred(override);
}

/** copy_creds - fork: @p, a copy of its parent, shares them. Return: 0. */
int copy_creds(struct task_struct *p, unsigned long clone_flags)
{
	struct cred *c = (struct cred *)p->real_cred;

	refcount_add(2, &c->usage);
	p->cred = c;
	atomic_inc(&c->user->processes);
	return 0;
}

/** exit_creds - the task_struct goes. user->processes went with release_task(). */
void exit_creds(struct task_struct *p)
{
	put_cred(p->cred);
	put_cred(p->real_cred);
}

/* ---- capabilities ---- */

bool capable(int cap)
{
	if (!(current->cred->cap_effective & BIT_ULL(cap)))
		return false;
	current->flags |= PF_SUPERPRIV;
	return true;
}

/**
 * cred_exec - what exec does to @new, whose euid and egid the file's set-id bits
 * have changed already. There are no file capabilities: a program has those that come
 * with being root, unless SECBIT_NOROOT says that root is nobody special, and the
 * ambient ones. @set_id: the program does not act as who started it. @limited: it may
 * have no more than there was before.
 */
void cred_exec(struct cred *new, bool set_id, bool limited)
{
	u64 permitted = 0;
	bool effective = false;

	if (!(new->securebits & SECBIT_NOROOT)) {
		if (new->euid == 0 || new->uid == 0)
			permitted = new->cap_bset | new->cap_inheritable;
		effective = new->euid == 0;
	}
	if (limited)
		permitted &= current->cred->cap_permitted;
	if (set_id)
		new->cap_ambient = 0;
	new->cap_permitted = permitted | new->cap_ambient;
	new->cap_effective = effective ? new->cap_permitted : new->cap_ambient;
	new->suid = new->fsuid = new->euid;
	new->sgid = new->fsgid = new->egid;
	new->securebits &= ~SECBIT_KEEP_CAPS;
}
