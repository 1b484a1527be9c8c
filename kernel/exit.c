// SPDX-License-Identifier: GPL-2.0-only
/*
 * The end of tasks. do_exit() gives up what the task has, piece by piece, and
 * leaves a zombie for its parent to wait for, or releases itself if nobody
 * will. The task then switches away for the last time as TASK_DEAD.
 *
 * exit_state: 0 -> EXIT_ZOMBIE -> EXIT_DEAD (or at once), under tasklist_lock.
 * Whoever makes it EXIT_DEAD calls release_task(), once. The leader of a group
 * stays a zombie, not to be waited for, until its last other thread is gone.
 */
#include "fork.h"
#include <kernel/cred.h>
#include <kernel/ipc.h>
#include <kernel/irq.h>
#include <kernel/pidfd.h>
#include <kernel/posix_timers.h>
#include <kernel/printk.h>
#include <kernel/syscalls.h>
#include <kernel/wait.h>
#include <drivers/tty.h>
#include <fs/fs.h>
#include <mm/mm.h>

/* ---- out of the tables ---- */

/* tasklist_lock and siglock held */
static void unhash_task(struct task_struct *p, bool group_dead)
{
	nr_threads--;
	detach_pid(p, PIDTYPE_PID);
	if (group_dead) {
		detach_pid(p, PIDTYPE_TGID);
		detach_pid(p, PIDTYPE_PGID);
		detach_pid(p, PIDTYPE_SID);
		list_del_rcu(&p->tasks);
		list_del_init(&p->sibling);
		nr_processes--;
	}
	list_del_rcu(&p->thread_node);
}

/* what a dead thread used counts for its process from now on */
static void add_to_group(struct signal_struct *sig, struct task_struct *p)
{
	u64 ut, st;

	task_cputime(p, &ut, &st);
	sig->utime += ut;
	sig->stime += st;
	sig->sum_sched_runtime += ut + st;
	sig->min_flt += p->min_flt;
	sig->maj_flt += p->maj_flt;
	sig->nvcsw += p->nvcsw;
	sig->nivcsw += p->nivcsw;
	sig->nr_threads--;
}

static void exec_is_waiting(struct signal_struct *sig)
{
	/* > 0: de_thread() counts threads down; < 0: it waits for the leader */
	if (sig->notify_count > 0 && !--sig->notify_count)
		wake_up_process(sig->group_exec_task);
}

/* tasklist_lock held. Return: the terminal whose reference is to be dropped */
static struct tty_struct *exit_signal_state(struct task_struct *p)
{
	struct signal_struct *sig = p->signal;
	struct sighand_struct *sighand = p->sighand;
	bool group_dead = thread_group_leader(p);
	struct tty_struct *tty = NULL;

	spin_lock(&sighand->siglock);
	if (group_dead) {
		tty = sig->tty;
		sig->tty = NULL;
	} else {
		exec_is_waiting(sig);
		if (p == sig->curr_target)
			sig->curr_target = list_entry(p->thread_node.next == &sig->thread_head ?
						      sig->thread_head.next : p->thread_node.next,
						      struct task_struct, thread_node);
	}
	add_to_group(sig, p);
	unhash_task(p, group_dead);
	flush_sigqueue(&p->pending);
	rcu_assign_pointer(p->sighand, NULL);
	spin_unlock(&sighand->siglock);

	put_sighand(sighand);
	clear_tsk_work(p, TIF_SIGPENDING);
	if (group_dead)
		flush_sigqueue(&sig->shared_pending);
	return tty;
}

static void delayed_put_task(struct rcu_head *rcu)
{
	put_task_struct(container_of(rcu, struct task_struct, rcu));
}

void release_task(struct task_struct *p)
{
	struct task_struct *leader;
	struct tty_struct *tty;
	bool zap_leader;

	do {
		atomic_dec(&p->real_cred->user->processes);
		spin_lock_irq(&tasklist_lock);
		tty = exit_signal_state(p);
		/* the last thread of a zombie leader: now the process can be reported */
		leader = p->group_leader;
		zap_leader = false;
		if (leader != p && thread_group_empty(leader) && leader->exit_state == EXIT_ZOMBIE) {
			pidfd_notify(leader);
			zap_leader = do_notify_parent(leader, leader->exit_signal);
			if (zap_leader)
				leader->exit_state = EXIT_DEAD;
		}
		spin_unlock_irq(&tasklist_lock);
		if (tty)
			tty_kref_put(tty);
		sched_exit(p);
		call_rcu(&p->rcu, delayed_put_task);
		p = leader;
	} while (zap_leader);
}

/* ---- orphans ---- */

/* Is no member of @pgrp left whose parent, outside of it, could continue it? */
static bool will_become_orphaned(struct pid *pgrp, struct task_struct *ignored)
{
	struct task_struct *p;

	do_each_pid_task(pgrp, PIDTYPE_PGID, p) {
		if (p == ignored || (p->exit_state && thread_group_empty(p)) ||
		    p->real_parent == child_reaper)
			continue;
		if (task_pgrp(p->real_parent) != pgrp &&
		    task_session(p->real_parent) == task_session(p))
			return false;
	}
	return true;
}

bool is_current_pgrp_orphaned(void)
{
	bool orphaned;

	spin_lock_irq(&tasklist_lock);
	orphaned = will_become_orphaned(task_pgrp(current), NULL);
	spin_unlock_irq(&tasklist_lock);
	return orphaned;
}

static bool has_stopped_jobs(struct pid *pgrp)
{
	struct task_struct *p;

	do_each_pid_task(pgrp, PIDTYPE_PGID, p)
		if (p->signal->flags & SIGNAL_STOP_STOPPED)
			return true;
	return false;
}

/* @tsk leaves its parent (@parent NULL: by exiting): a stopped group that nobody can
 * continue any more gets SIGHUP and SIGCONT (POSIX 3.2.2.2) */
static void kill_orphaned_pgrp(struct task_struct *tsk, struct task_struct *parent)
{
	struct pid *pgrp = task_pgrp(tsk);
	struct task_struct *ignored = tsk;

	if (!parent)
		parent = tsk->real_parent;
	else
		ignored = NULL;
	if (task_pgrp(parent) != pgrp && task_session(parent) == task_session(tsk) &&
	    will_become_orphaned(pgrp, ignored) && has_stopped_jobs(pgrp)) {
		kill_pgrp_info(SIGHUP, SEND_SIG_PRIV, pgrp);
		kill_pgrp_info(SIGCONT, SEND_SIG_PRIV, pgrp);
	}
}

static struct task_struct *find_alive_thread(struct task_struct *p)
{
	struct task_struct *t;

	list_for_each_entry(t, &p->signal->thread_head, thread_node)
		if (!(t->flags & PF_EXITING))
			return t;
	return NULL;
}

/* another thread of the process, the nearest subreaper above, or process 1 */
static struct task_struct *find_new_reaper(struct task_struct *father)
{
	struct task_struct *t = find_alive_thread(father), *up;

	if (t)
		return t;
	for (up = father->real_parent; up != &init_task && !same_thread_group(up, child_reaper);
	     up = up->real_parent) {
		if (!up->signal->is_child_subreaper)
			continue;
		t = find_alive_thread(up);
		if (t)
			return t;
	}
	return child_reaper;
}

/* tasks to be released once tasklist_lock is dropped, chained through ->rcu */
static void add_dead(struct task_struct *p, struct rcu_head **dead)
{
	p->exit_state = EXIT_DEAD;
	p->rcu.next = *dead;
	*dead = &p->rcu;
}

static void reparent_leader(struct task_struct *father, struct task_struct *p,
			    struct rcu_head **dead)
{
	if (p->exit_state == EXIT_DEAD)
		return;
	p->exit_signal = SIGCHLD;
	if (p->exit_state == EXIT_ZOMBIE && thread_group_empty(p) &&
	    do_notify_parent(p, p->exit_signal))
		add_dead(p, dead);
	kill_orphaned_pgrp(p, father);
}

static void forget_original_parent(struct task_struct *father, struct rcu_head **dead)
{
	struct task_struct *p, *t, *reaper;

	if (list_empty(&father->children))
		return;
	reaper = find_new_reaper(father);
	list_for_each_entry(p, &father->children, sibling) {
		list_for_each_entry(t, &p->signal->thread_head, thread_node) {
			rcu_assign_pointer(t->real_parent, reaper);
			if (t->parent == father)
				t->parent = reaper;
			if (t->pdeath_signal)
				group_send_sig_info(t->pdeath_signal, SEND_SIG_NOINFO, t);
		}
		if (!same_thread_group(reaper, father))
			reparent_leader(father, p, dead);
	}
	list_splice_tail_init(&father->children, &reaper->children);
}

/* ---- exit ---- */

static void exit_notify(struct task_struct *tsk, bool group_dead)
{
	struct rcu_head *dead = NULL, *next;
	bool autoreap;

	spin_lock_irq(&tasklist_lock);
	forget_original_parent(tsk, &dead);
	if (group_dead)
		kill_orphaned_pgrp(tsk->group_leader, NULL);
	tsk->exit_state = EXIT_ZOMBIE;
	pidfd_notify(tsk);
	if (tsk->flags & PF_KTHREAD)
		autoreap = true;
	else if (thread_group_leader(tsk))
		autoreap = thread_group_empty(tsk) && do_notify_parent(tsk, tsk->exit_signal);
	else
		autoreap = true;
	if (autoreap)
		add_dead(tsk, &dead);
	if (tsk->signal->notify_count < 0)
		wake_up_process(tsk->signal->group_exec_task);
	spin_unlock_irq(&tasklist_lock);

	for (; dead; dead = next) {
		next = dead->next;
		release_task(container_of(dead, struct task_struct, rcu));
	}
}

/* From here on we run on the address space as kernel threads do: lent, until the
 * next switch. */
static void exit_mm(void)
{
	struct mm_struct *mm = current->mm;

	mm_release(current, mm);
	if (!mm)
		return;
	mmgrab(mm);
	WRITE_ONCE(current->mm, NULL);
	mmput(mm);
}

static void exit_group_resources(struct task_struct *tsk, long code)
{
	struct signal_struct *sig = tsk->signal;

	if (unlikely(tsk->group_leader == child_reaper))
		panic("Attempted to kill init! exitcode=0x%08x",
		      sig->group_exit_code ? sig->group_exit_code : (int)code);
	hrtimer_cancel(&sig->real_timer);
	exit_itimers(sig);
	if (tsk->mm)
		sig->maxrss = max(sig->maxrss, max(get_mm_rss(tsk->mm), tsk->mm->hiwater_rss));
}

/**
 * do_exit - end current. @code: as wait() shows it.
 * Context: may sleep, no lock held.
 */
void do_exit(long code)
{
	struct task_struct *tsk = current;
	bool group_dead;

	if (unlikely(in_interrupt()))
		panic("Aiee, killing interrupt handler!");
	if (unlikely(!tsk->pid))
		panic("Attempted to kill the idle task!");
	if (unlikely(tsk->flags & PF_EXITING)) {
		pr_err("Fixing recursive fault but reboot is needed!\n");
		for (;;) {
			set_special_state(TASK_UNINTERRUPTIBLE);
			schedule();
		}
	}
	exit_signals(tsk);	/* sets PF_EXITING */
	group_dead = atomic_dec_and_test(&tsk->signal->live);
	if (group_dead)
		exit_group_resources(tsk, code);
	tsk->exit_code = code;
	exit_mm();
	exit_sem(tsk);
	exit_shm(tsk);
	exit_files(tsk);
	exit_fs(tsk);
	if (group_dead && tsk->signal->leader)
		disassociate_ctty(true);
	exit_notify(tsk, group_dead);

	set_special_state(TASK_DEAD);
	schedule();
	BUG();
}

/** do_group_exit - end all threads of the process, with @code if it is the first to say. */
void do_group_exit(int code)
{
	struct signal_struct *sig = current->signal;

	if (sig->flags & SIGNAL_GROUP_EXIT) {
		code = sig->group_exit_code;
	} else if (sig->group_exec_task) {
		code = 0;
	} else if (!thread_group_empty(current)) {
		struct sighand_struct *sighand = current->sighand;

		spin_lock_irq(&sighand->siglock);
		if (sig->flags & SIGNAL_GROUP_EXIT) {
			code = sig->group_exit_code;
		} else if (sig->group_exec_task) {
			code = 0;
		} else {
			sig->group_exit_code = code;
			sig->flags = SIGNAL_GROUP_EXIT | (sig->flags & SIGNAL_UNKILLABLE);
			zap_other_threads(current);
		}
		spin_unlock_irq(&sighand->siglock);
	}
	do_exit(code);
}

SYSCALL_DEFINE1(exit, int, code)
{
	do_exit((code & 0xff) << 8);
}

SYSCALL_DEFINE1(exit_group, int, code)
{
	do_group_exit((code & 0xff) << 8);
}
