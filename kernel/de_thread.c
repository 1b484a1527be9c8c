// SPDX-License-Identifier: GPL-2.0-only
/*
 * exec in a process with several threads: the others have to go, and the one
 * that called exec becomes the process, with the pid of the leader.
 *
 * signal->notify_count tells the dying threads that somebody waits: positive,
 * how many are left (the last one wakes group_exec_task); negative, that the
 * leader's becoming a zombie is awaited.
 */
#include "fork.h"
#include <lib/err.h>
#include <kernel/wait.h>

/* siglock held, dropped and taken again. Return: -EAGAIN if we were killed instead. */
static int wait_for_threads(struct signal_struct *sig, spinlock_t *siglock) __no_tsa
{
	while (sig->notify_count) {
		__set_current_state(TASK_KILLABLE);
		spin_unlock_irq(siglock);
		schedule();
		spin_lock_irq(siglock);
		if (fatal_signal_pending(current))
			return -EAGAIN;
	}
	return 0;
}

/* Return: 0 with tasklist_lock held and the leader a zombie; -EAGAIN without it */
static int wait_for_leader(struct signal_struct *sig, struct task_struct *leader) __no_tsa
{
	for (;;) {
		spin_lock_irq(&tasklist_lock);
		/* do this under the lock, or the leader's exit_notify() may miss it */
		sig->notify_count = -1;
		if (leader->exit_state)
			return 0;
		__set_current_state(TASK_KILLABLE);
		spin_unlock_irq(&tasklist_lock);
		schedule();
		if (fatal_signal_pending(current))
			return -EAGAIN;
	}
}

static void transfer_pid(struct task_struct *old, struct task_struct *new, enum pid_type type)
{
	hlist_replace_rcu(&old->pid_links[type], &new->pid_links[type]);
}

/* Swap the numbers, then hand over what only a leader has. tasklist_lock held. */
static void become_leader(struct task_struct *tsk, struct task_struct *leader)
{
	struct pid *mine = tsk->thread_pid, *theirs = leader->thread_pid;

	hlist_del_rcu(&tsk->pid_links[PIDTYPE_PID]);
	hlist_del_rcu(&leader->pid_links[PIDTYPE_PID]);
	attach_pid(tsk, PIDTYPE_PID, theirs);
	attach_pid(leader, PIDTYPE_PID, mine);
	swap(tsk->pid, leader->pid);

	transfer_pid(leader, tsk, PIDTYPE_TGID);
	transfer_pid(leader, tsk, PIDTYPE_PGID);
	transfer_pid(leader, tsk, PIDTYPE_SID);
	list_replace_rcu(&leader->tasks, &tsk->tasks);
	list_replace_init(&leader->sibling, &tsk->sibling);

	tsk->group_leader = tsk;
	leader->group_leader = tsk;
	tsk->exit_signal = SIGCHLD;
	leader->exit_signal = -1;
	tsk->start_time = leader->start_time;
	tsk->start_boottime = leader->start_boottime;
	leader->exit_state = EXIT_DEAD;
	if (leader == child_reaper)
		child_reaper = tsk;
}

static int end_other_threads(struct task_struct *tsk) __no_tsa
{
	struct signal_struct *sig = tsk->signal;
	spinlock_t *siglock = &tsk->sighand->siglock;
	struct task_struct *leader;
	int err;

	spin_lock_irq(siglock);
	if ((sig->flags & SIGNAL_GROUP_EXIT) || sig->group_exec_task) {
		spin_unlock_irq(siglock);
		return -EAGAIN;
	}
	sig->group_exec_task = tsk;
	zap_other_threads(tsk);
	/* the leader stays until we have its place */
	sig->notify_count = sig->nr_threads - 1 - !thread_group_leader(tsk);
	err = wait_for_threads(sig, siglock);
	spin_unlock_irq(siglock);

	leader = tsk->group_leader;
	if (!err && leader != tsk) {
		err = wait_for_leader(sig, leader);
		if (!err) {
			become_leader(tsk, leader);
			spin_unlock_irq(&tasklist_lock);
			release_task(leader);
		}
	}
	spin_lock_irq(siglock);
	sig->group_exec_task = NULL;
	sig->notify_count = 0;
	spin_unlock_irq(siglock);
	return err;
}

int de_thread(struct task_struct *tsk)
{
	int err = 0;

	if (!thread_group_empty(tsk))
		err = end_other_threads(tsk);
	if (err)
		return err;
	tsk->exit_signal = SIGCHLD;
	return unshare_sighand(tsk);
}
