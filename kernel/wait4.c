// SPDX-License-Identifier: GPL-2.0-only
/*
 * wait4 and waitid. A scan goes over the children of all threads of the
 * process (of this one only with __WNOTHREAD), under tasklist_lock; the first
 * child that has something to report ends it. If none has, but one could,
 * sleep on signal->wait_chldexit, which children wake, and scan again.
 *
 * A reporting function returns with tasklist_lock dropped if its value is not
 * zero, and held if it is.
 */
#include "fork.h"
#include "resource.h"
#include <kernel/cred.h>
#include <kernel/pidfd.h>
#include <kernel/syscalls.h>
#include <kernel/wait.h>
#include <linux/fcntl.h>
#include <linux/wait.h>
#include <arch/uaccess.h>

struct wait_opts {
	enum pid_type type;		/* PIDTYPE_MAX: any child */
	int flags;
	struct pid *pid;
	bool possible;			/* some child matches, now or later */
	/* what is found */
	int status;			/* as wait4() shows it */
	int code, cld_status;		/* as waitid() does */
	pid_t found;
	uid_t uid;
	struct rusage *ru;
};

static bool eligible_child(const struct wait_opts *wo, struct task_struct *p)
{
	struct pid *pid = wo->type == PIDTYPE_TGID ? p->thread_pid : task_pgrp(p);

	if (wo->type != PIDTYPE_MAX && pid != wo->pid)
		return false;
	/* a "clone" child reports by another signal than SIGCHLD, or by none */
	if (!(wo->flags & __WALL) &&
	    (p->exit_signal != SIGCHLD) != !!(wo->flags & __WCLONE))
		return false;
	return true;
}

static int found(struct wait_opts *wo, struct task_struct *p, int code, int cld_status, int status)
{
	wo->found = p->pid;
	wo->uid = p->real_cred->uid;
	wo->code = code;
	wo->cld_status = cld_status;
	wo->status = status;
	return wo->found;
}

/* a child's time, and its children's, becomes time of our children */
static void add_child_times(struct task_struct *p)
{
	struct signal_struct *mine = current->signal, *sig = p->signal;
	u64 ut, st;

	thread_group_cputime(p, &ut, &st, NULL);
	spin_lock(&current->sighand->siglock);
	mine->cutime += ut + sig->cutime;
	mine->cstime += st + sig->cstime;
	mine->cmin_flt += p->min_flt + sig->min_flt + sig->cmin_flt;
	mine->cmaj_flt += p->maj_flt + sig->maj_flt + sig->cmaj_flt;
	mine->cnvcsw += p->nvcsw + sig->nvcsw + sig->cnvcsw;
	mine->cnivcsw += p->nivcsw + sig->nivcsw + sig->cnivcsw;
	mine->cmaxrss = max3(mine->cmaxrss, sig->maxrss, sig->cmaxrss);
	spin_unlock(&current->sighand->siglock);
}

static int wait_zombie(struct wait_opts *wo, struct task_struct *p) __no_tsa
{
	bool reap = !(wo->flags & WNOWAIT);
	int status;

	if (!(wo->flags & WEXITED))
		return 0;
	status = p->signal->flags & SIGNAL_GROUP_EXIT ? p->signal->group_exit_code : p->exit_code;
	if (status & 0x7f)
		found(wo, p, status & 0x80 ? CLD_DUMPED : CLD_KILLED, status & 0x7f, status);
	else
		found(wo, p, CLD_EXITED, status >> 8, status);
	if (reap) {
		add_child_times(p);
		p->exit_state = EXIT_DEAD;
	} else {
		get_task_struct(p);
	}
	spin_unlock_irq(&tasklist_lock);
	__set_current_state(TASK_RUNNING);
	if (wo->ru)
		getrusage(p, RUSAGE_BOTH, wo->ru);
	if (reap)
		release_task(p);
	else
		put_task_struct(p);
	return wo->found;
}

/* after the state was read: rusage without the lock */
static int report_running(struct wait_opts *wo, struct task_struct *p) __no_tsa
{
	get_task_struct(p);
	spin_unlock_irq(&tasklist_lock);
	__set_current_state(TASK_RUNNING);
	if (wo->ru)
		getrusage(p, RUSAGE_BOTH, wo->ru);
	put_task_struct(p);
	return wo->found;
}

static int wait_stopped(struct wait_opts *wo, struct task_struct *p)
{
	struct signal_struct *sig = p->signal;
	int code = 0;

	if (!(wo->flags & WUNTRACED) || !(sig->flags & SIGNAL_STOP_STOPPED))
		return 0;
	spin_lock(&p->sighand->siglock);
	if (sig->flags & SIGNAL_STOP_STOPPED) {
		code = sig->group_exit_code;
		if (!(wo->flags & WNOWAIT))
			sig->group_exit_code = 0;	/* reported once */
	}
	spin_unlock(&p->sighand->siglock);
	if (!code)
		return 0;
	found(wo, p, CLD_STOPPED, code, code << 8 | 0x7f);
	return report_running(wo, p);
}

static int wait_continued(struct wait_opts *wo, struct task_struct *p)
{
	struct signal_struct *sig = p->signal;
	bool was;

	if (!(wo->flags & WCONTINUED) || !(sig->flags & SIGNAL_STOP_CONTINUED))
		return 0;
	spin_lock(&p->sighand->siglock);
	was = sig->flags & SIGNAL_STOP_CONTINUED;
	if (was && !(wo->flags & WNOWAIT))
		sig->flags &= ~SIGNAL_STOP_CONTINUED;
	spin_unlock(&p->sighand->siglock);
	if (!was)
		return 0;
	found(wo, p, CLD_CONTINUED, SIGCONT, 0xffff);
	return report_running(wo, p);
}

static int consider(struct wait_opts *wo, struct task_struct *p)
{
	int ret;

	if (p->exit_state == EXIT_DEAD || !eligible_child(wo, p))
		return 0;
	/* the leader of living threads is a zombie, but the process is not */
	if (p->exit_state == EXIT_ZOMBIE && thread_group_empty(p)) {
		ret = wait_zombie(wo, p);
		/* somebody who asks for less may still want another child */
		if (ret)
			return ret;
		return 0;
	}
	wo->possible = true;
	if (p->exit_state)
		return 0;
	ret = wait_stopped(wo, p);
	return ret ? ret : wait_continued(wo, p);
}

static int scan_children(struct wait_opts *wo, struct task_struct *parent)
{
	struct task_struct *p;
	int ret;

	list_for_each_entry(p, &parent->children, sibling) {
		ret = consider(wo, p);
		if (ret)
			return ret;
	}
	return 0;
}

/* the usual case, one given child: no need to look at all of them */
static int scan_one(struct wait_opts *wo)
{
	struct task_struct *p = pid_task(wo->pid, PIDTYPE_TGID);

	if (!p)
		return 0;
	if (p->real_parent != current &&
	    ((wo->flags & __WNOTHREAD) || !same_thread_group(p->real_parent, current)))
		return 0;
	return consider(wo, p);
}

static int scan_threads(struct wait_opts *wo)
{
	struct task_struct *t;
	int ret;

	list_for_each_entry(t, &current->signal->thread_head, thread_node) {
		ret = scan_children(wo, t);
		if (ret)
			return ret;
	}
	return 0;
}

/* pid found; 0: none yet (WNOHANG); -ECHILD; -ERESTARTSYS */
static int scan(struct wait_opts *wo) __no_tsa
{
	int ret;

	wo->possible = false;
	spin_lock_irq(&tasklist_lock);
	if (wo->type == PIDTYPE_TGID)
		ret = scan_one(wo);
	else if (wo->flags & __WNOTHREAD)
		ret = scan_children(wo, current);
	else
		ret = scan_threads(wo);
	if (ret)
		return ret;
	spin_unlock_irq(&tasklist_lock);
	return wo->possible ? 0 : -ECHILD;
}

static int do_wait(struct wait_opts *wo)
{
	wait_queue_head_t *wq = &current->signal->wait_chldexit;
	struct wait_queue_entry e;
	int ret;

	if (wo->flags & WNOHANG)
		return scan(wo);
	init_wait_entry(&e, 0);
	e.func = default_wake_function;
	add_wait_queue(wq, &e);
	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		ret = scan(wo);
		if (ret)
			break;
		if (signal_pending(current)) {
			ret = -ERESTARTSYS;
			break;
		}
		schedule();
	}
	__set_current_state(TASK_RUNNING);
	remove_wait_queue(wq, &e);
	return ret;
}

static int wait_by_pid(struct wait_opts *wo, pid_t upid)
{
	int ret;

	if (upid == -1) {
		wo->type = PIDTYPE_MAX;
	} else if (upid < 0) {
		wo->type = PIDTYPE_PGID;
		wo->pid = find_get_pid(-upid);
	} else if (upid == 0) {
		wo->type = PIDTYPE_PGID;
		rcu_read_lock();
		wo->pid = get_pid(task_pgrp(current));
		rcu_read_unlock();
	} else {
		wo->type = PIDTYPE_TGID;
		wo->pid = find_get_pid(upid);
	}
	if (wo->type != PIDTYPE_MAX && !wo->pid)
		return -ECHILD;
	ret = do_wait(wo);
	put_pid(wo->pid);
	return ret;
}

SYSCALL_DEFINE4(wait4, pid_t, upid, int __user *, stat_addr, int, options,
		struct rusage __user *, ru)
{
	struct rusage r;
	struct wait_opts wo = { .ru = ru ? &r : NULL };
	int ret;

	if (options & ~(WNOHANG | WUNTRACED | WCONTINUED | __WNOTHREAD | __WCLONE | __WALL))
		return -EINVAL;
	if (upid == INT_MIN)
		return -ESRCH;
	wo.flags = options | WEXITED;
	ret = wait_by_pid(&wo, upid);
	if (ret > 0) {
		if (stat_addr && put_user(wo.status, stat_addr))
			return -EFAULT;
		if (ru && copy_to_user(ru, &r, sizeof(r)))
			return -EFAULT;
	}
	return ret;
}

/* *@file_flags: of the pidfd, if it is one */
static int waitid_target(struct wait_opts *wo, int which, pid_t upid, unsigned int *file_flags)
{
	switch (which) {
	case P_ALL:
		wo->type = PIDTYPE_MAX;
		return 0;
	case P_PID:
		wo->type = PIDTYPE_TGID;
		if (upid <= 0)
			return -EINVAL;
		break;
	case P_PGID:
		wo->type = PIDTYPE_PGID;
		if (upid < 0)
			return -EINVAL;
		break;
	case P_PIDFD:
		wo->type = PIDTYPE_TGID;
		if (upid < 0)
			return -EINVAL;
		wo->pid = pidfd_get_pid(upid, file_flags);
		return PTR_ERR_OR_ZERO(wo->pid);
	default:
		return -EINVAL;
	}
	if (upid) {
		wo->pid = find_get_pid(upid);
	} else {
		rcu_read_lock();
		wo->pid = get_pid(task_pgrp(current));
		rcu_read_unlock();
	}
	return 0;
}

SYSCALL_DEFINE5(waitid, int, which, pid_t, upid, siginfo_t __user *, infop, int, options,
		struct rusage __user *, ru)
{
	struct rusage r;
	struct wait_opts wo = { .ru = ru ? &r : NULL, .flags = options };
	unsigned int file_flags = 0;
	siginfo_t info = { 0 };
	int ret;

	if (options & ~(WNOHANG | WNOWAIT | WEXITED | WSTOPPED | WCONTINUED | __WNOTHREAD |
			__WCLONE | __WALL))
		return -EINVAL;
	if (!(options & (WEXITED | WSTOPPED | WCONTINUED)))
		return -EINVAL;
	ret = waitid_target(&wo, which, upid, &file_flags);
	if (ret)
		return ret;
	if (wo.type != PIDTYPE_MAX && !wo.pid)
		return -ECHILD;
	if (file_flags & O_NONBLOCK)
		wo.flags |= WNOHANG;
	ret = do_wait(&wo);
	put_pid(wo.pid);
	if (ret < 0)
		return ret;
	if (!ret && (file_flags & O_NONBLOCK) && !(options & WNOHANG))
		return -EAGAIN;
	if (ret > 0) {
		info.si_signo = SIGCHLD;
		info.si_code = wo.code;
		info.si_pid = wo.found;
		info.si_uid = wo.uid;
		info.si_status = wo.cld_status;
		if (ru && copy_to_user(ru, &r, sizeof(r)))
			return -EFAULT;
	}
	if (infop && copy_to_user(infop, &info, sizeof(info)))
		return -EFAULT;
	return 0;
}
