// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who a process is, and which group and session it belongs to.
 */
#include <kernel/pid.h>
#include <kernel/sched.h>
#include <kernel/signal.h>
#include <kernel/syscalls.h>
#include <drivers/tty.h>

SYSCALL_DEFINE0(getpid)  { return current->tgid; }
SYSCALL_DEFINE0(gettid)  { return current->pid; }
SYSCALL_DEFINE0(getppid) { return rcu_dereference(current->real_parent)->tgid; }

/* May current move @p, a leader, and does it exist as one? tasklist_lock held. */
static int may_setpgid(struct task_struct *p)
{
	struct task_struct *me = current->group_leader;

	if (same_thread_group(p->real_parent, me)) {
		if (task_session(p) != task_session(me))
			return -EPERM;
		if (p->did_exec)
			return -EACCES;
	} else if (p != me) {
		return -ESRCH;
	}
	return p->signal->leader ? -EPERM : 0;
}

SYSCALL_DEFINE2(setpgid, pid_t, pid, pid_t, pgid)
{
	struct task_struct *p, *member;
	struct pid *pgrp;
	int err = -ESRCH;

	if (!pid)
		pid = current->tgid;
	if (!pgid)
		pgid = pid;
	if (pgid < 0)
		return -EINVAL;
	spin_lock_irq(&tasklist_lock);
	p = find_task_by_pid(pid);
	if (!p)
		goto out;
	err = -EINVAL;
	if (!thread_group_leader(p))
		goto out;
	err = may_setpgid(p);
	if (err)
		goto out;
	pgrp = p->thread_pid;
	if (pgid != pid) {
		pgrp = find_pid(pgid);
		member = pid_task(pgrp, PIDTYPE_PGID);
		err = -EPERM;
		if (!member || task_session(member) != task_session(current->group_leader))
			goto out;
	}
	if (task_pgrp(p) != pgrp)
		change_pid(p, PIDTYPE_PGID, pgrp);
	err = 0;
out:
	spin_unlock_irq(&tasklist_lock);
	return err;
}

static long get_group_id(pid_t pid, bool session)
{
	struct task_struct *p;
	long ret = -ESRCH;

	rcu_read_lock();
	p = pid ? find_task_by_pid(pid) : current;
	if (p)
		ret = session ? task_session_nr(p) : task_pgrp_nr(p);
	rcu_read_unlock();
	return ret;
}

SYSCALL_DEFINE1(getpgid, pid_t, pid)
{
	return get_group_id(pid, false);
}

SYSCALL_DEFINE1(getsid, pid_t, pid)
{
	return get_group_id(pid, true);
}

SYSCALL_DEFINE0(setsid)
{
	struct task_struct *me = current->group_leader;
	struct tty_struct *tty;
	struct pid *sid = me->thread_pid;

	spin_lock_irq(&tasklist_lock);
	/* not if we lead a session, or if a group with our number exists */
	if (me->signal->leader || pid_task(sid, PIDTYPE_PGID)) {
		spin_unlock_irq(&tasklist_lock);
		return -EPERM;
	}
	me->signal->leader = true;
	change_pid(me, PIDTYPE_SID, sid);
	change_pid(me, PIDTYPE_PGID, sid);
	spin_lock(&me->sighand->siglock);
	tty = me->signal->tty;
	me->signal->tty = NULL;
	spin_unlock(&me->sighand->siglock);
	spin_unlock_irq(&tasklist_lock);
	if (tty)
		tty_kref_put(tty);
	return pid_nr(sid);
}
