// SPDX-License-Identifier: GPL-2.0-only
/*
 * Taking signals: which one comes next, default actions, job-control stops,
 * and telling the parent.
 */
#include "signal_private.h"
#include <arch/uaccess.h>
#include <kernel/cred.h>
#include <kernel/pid.h>
#include <kernel/printk.h>
#include <lib/err.h>
#include <lib/string.h>

/* ---- telling the parent ---- */

static void fill_chld(siginfo_t *info, struct task_struct *t, int code, int status)
{
	u64 ut, st;

	task_cputime(t, &ut, &st);
	memset(info, 0, sizeof(*info));
	info->si_signo = SIGCHLD;
	info->si_code = code;
	info->si_pid = t->pid;
	info->si_uid = t->real_cred->uid;
	info->si_status = status;
	info->si_utime = (t->signal->utime + ut) / (NSEC_PER_SEC / USER_HZ);
	info->si_stime = (t->signal->stime + st) / (NSEC_PER_SEC / USER_HZ);
}

/**
 * do_notify_parent - @t, the last of its group, has become a zombie: send @sig
 * to its parent and wake waiters. Context: tasklist_lock held.
 * Return: true: the parent does not want to wait for it, reap it now.
 */
bool do_notify_parent(struct task_struct *t, int sig)
{
	struct task_struct *parent = t->parent;
	struct sighand_struct *sh = parent->sighand;
	int status = t->exit_code & 0x7f, code = CLD_EXITED;
	bool autoreap = false;
	unsigned long flags;
	siginfo_t info;

	/* a signal that was chosen for another program, which may have had other rights */
	if (sig != SIGCHLD && t->parent_exec_id != READ_ONCE(parent->self_exec_id))
		sig = SIGCHLD;
	if (status)
		code = t->exit_code & 0x80 ? CLD_DUMPED : CLD_KILLED;
	else
		status = t->exit_code >> 8;
	fill_chld(&info, t, code, status);
	info.si_signo = sig;
	spin_lock_irqsave(&sh->siglock, flags);
	if (sig == SIGCHLD) {
		struct sigaction *sa = &sh->action[SIGCHLD - 1].sa;

		if (sa->sa_handler == SIG_IGN || (sa->sa_flags & SA_NOCLDWAIT)) {
			autoreap = true;
			if (sa->sa_handler == SIG_IGN)
				sig = 0;
		}
	}
	if (valid_signal(sig) && sig)
		send_signal_locked(sig, &info, parent, true);
	spin_unlock_irqrestore(&sh->siglock, flags);
	wake_up_interruptible_all(&parent->signal->wait_chldexit);
	return autoreap;
}

/* Context: tasklist_lock held. */
static void do_notify_parent_cldstop(struct task_struct *t, int why)
{
	struct task_struct *leader = t->group_leader, *parent = leader->real_parent;
	struct sighand_struct *sh = parent->sighand;
	int status = why == CLD_CONTINUED ? SIGCONT : leader->signal->group_exit_code & 0x7f;
	unsigned long flags;
	siginfo_t info;

	fill_chld(&info, leader, why, status);
	spin_lock_irqsave(&sh->siglock, flags);
	if (sh->action[SIGCHLD - 1].sa.sa_handler != SIG_IGN &&
	    !(sh->action[SIGCHLD - 1].sa.sa_flags & SA_NOCLDSTOP))
		send_signal_locked(SIGCHLD, &info, parent, true);
	spin_unlock_irqrestore(&sh->siglock, flags);
	wake_up_interruptible_all(&parent->signal->wait_chldexit);
}

/* ---- stopping ---- */

/** task_participate_group_stop - @t stops (or exits) as the stop wants. Return: true: it was the last. siglock held. */
static bool task_participate_group_stop(struct task_struct *t)
{
	struct signal_struct *s = t->signal;
	bool consume = t->jobctl & JOBCTL_STOP_CONSUME;

	task_clear_jobctl(t, JOBCTL_STOP_PENDING);
	if (!consume)
		return false;
	if (s->group_stop_count)
		s->group_stop_count--;
	if (!s->group_stop_count && !(s->flags & SIGNAL_STOP_STOPPED)) {
		signal_set_stop_flags(s, SIGNAL_STOP_STOPPED);
		return true;
	}
	return false;
}

/* The first thread to take stop signal @sig asks all the others to stop. */
static bool begin_group_stop(int sig) __no_tsa
{
	struct task_struct *me = current, *t;
	struct signal_struct *s = me->signal;

	/* SIGCONT or death may have come since the signal was dequeued */
	if (!(me->jobctl & JOBCTL_STOP_DEQUEUED) || (s->flags & SIGNAL_GROUP_EXIT) || s->group_exec_task)
		return false;
	if (!(s->flags & SIGNAL_STOP_STOPPED))
		s->group_exit_code = sig;
	s->group_stop_count = 0;
	for_each_thread(me, t) {
		if (t->flags & PF_EXITING || (READ_ONCE(t->state) & __TASK_STOPPED))
			continue;
		t->jobctl = (t->jobctl & ~JOBCTL_STOP_SIGMASK) | sig | JOBCTL_STOP_PENDING | JOBCTL_STOP_CONSUME;
		s->group_stop_count++;
		if (t != me)
			signal_wake_up(t, false);
	}
	return true;
}

/* Stop current until SIGCONT. Called with siglock held. Return: true: slept, siglock released. */
static bool do_signal_stop(int sig) __no_tsa
{
	struct task_struct *me = current;
	bool notify;

	if (!(me->jobctl & JOBCTL_STOP_PENDING) && !begin_group_stop(sig))
		return false;
	notify = task_participate_group_stop(me);
	/* a wake-up from the sleep that the signal ended may still be under way */
	set_special_state(TASK_STOPPED);
	spin_unlock_irq(&me->sighand->siglock);
	if (notify) {
		spin_lock_irq(&tasklist_lock);
		do_notify_parent_cldstop(me, CLD_STOPPED);
		spin_unlock_irq(&tasklist_lock);
	}
	schedule();
	return true;
}

/* is every process of current's group without a parent in another group of the session? */
static bool current_pgrp_orphaned(void)
{
	struct pid *pgrp = task_pgrp(current);
	struct task_struct *t;
	bool orphaned = true;

	spin_lock_irq(&tasklist_lock);
	do_each_pid_task(pgrp, PIDTYPE_PGID, t) {
		if (t->exit_state || t->real_parent->pid == 1)
			continue;
		if (task_pgrp(t->real_parent) != pgrp && task_session(t->real_parent) == task_session(t)) {
			orphaned = false;
			break;
		}
	}
	spin_unlock_irq(&tasklist_lock);
	return orphaned;
}

/* ---- the next signal ---- */

/* tell the parent of a continue that continue_process() noted; siglock held, dropped meanwhile */
static bool report_continue(void) __no_tsa
{
	struct signal_struct *s = current->signal;
	int why;

	if (!(s->flags & SIGNAL_CLD_MASK))
		return false;
	why = s->flags & SIGNAL_CLD_CONTINUED ? CLD_CONTINUED : CLD_STOPPED;
	s->flags &= ~SIGNAL_CLD_MASK;
	spin_unlock_irq(&current->sighand->siglock);
	spin_lock_irq(&tasklist_lock);
	do_notify_parent_cldstop(current, why);
	spin_unlock_irq(&tasklist_lock);
	return true;
}

/* The default action of @sig. Called with siglock held; Return: true: it was released. Fatal ones do not return. */
static bool default_action(int sig) __no_tsa
{
	struct task_struct *me = current;

	if (sig_kernel_ignore(sig))
		return false;
	if ((me->signal->flags & SIGNAL_UNKILLABLE) && !sig_kernel_only(sig))
		return false;
	if (sig_kernel_stop(sig)) {
		if (sig != SIGSTOP) {
			bool orphaned;

			spin_unlock_irq(&me->sighand->siglock);
			orphaned = current_pgrp_orphaned();
			if (orphaned)
				return true;
			spin_lock_irq(&me->sighand->siglock);
		}
		return do_signal_stop(sig);
	}
	spin_unlock_irq(&me->sighand->siglock);
	me->flags |= PF_SIGNALED;
	do_group_exit(sig);
}

bool get_signal(struct ksignal *ksig) __no_tsa
{
	struct task_struct *me = current;
	struct sighand_struct *sh = me->sighand;

	for (;;) {
		struct k_sigaction *ka;
		int sig;

		spin_lock_irq(&sh->siglock);
		if (report_continue())
			continue;
		if ((me->signal->flags & SIGNAL_GROUP_EXIT) || me->signal->group_exec_task) {
			int code = me->signal->flags & SIGNAL_GROUP_EXIT ? me->signal->group_exit_code : SIGKILL;

			sigdelset(&me->pending.signal, SIGKILL);
			recalc_sigpending();
			spin_unlock_irq(&sh->siglock);
			me->flags |= PF_SIGNALED;
			do_group_exit(code);
		}
		if ((me->jobctl & JOBCTL_STOP_PENDING) && do_signal_stop(0))
			continue;
		sig = dequeue_signal(&me->blocked, &ksig->info);
		if (!sig) {
			spin_unlock_irq(&sh->siglock);
			ksig->sig = 0;
			return false;
		}
		ka = &sh->action[sig - 1];
		if (ka->sa.sa_handler == SIG_IGN) {
			spin_unlock_irq(&sh->siglock);
			continue;
		}
		if (ka->sa.sa_handler != SIG_DFL) {
			ksig->ka = *ka;
			if (ka->sa.sa_flags & SA_ONESHOT)
				ka->sa.sa_handler = SIG_DFL;
			spin_unlock_irq(&sh->siglock);
			ksig->sig = sig;
			return true;
		}
		if (!default_action(sig))
			spin_unlock_irq(&sh->siglock);
	}
}

/* after a handler's frame was made: its mask, and what sigsuspend saved is in the frame */
void signal_setup_done(int failed, struct ksignal *ksig)
{
	sigset_t blocked;

	if (failed) {
		if (ksig->sig == SIGSEGV)
			force_fatal_sig(SIGSEGV);
		else
			force_sig(SIGSEGV);
		return;
	}
	clear_tsk_work(current, TIF_RESTORE_SIGMASK);
	blocked.sig[0] = current->blocked.sig[0] | ksig->ka.sa.sa_mask.sig[0];
	if (!(ksig->ka.sa.sa_flags & SA_NODEFER))
		sigaddset(&blocked, ksig->sig);
	set_current_blocked(&blocked);
}

sigset_t *sigmask_to_save(void)
{
	return test_tsk_work(current, TIF_RESTORE_SIGMASK) ? &current->saved_sigmask : &current->blocked;
}

void restore_saved_sigmask(void)
{
	if (test_tsk_work(current, TIF_RESTORE_SIGMASK)) {
		clear_tsk_work(current, TIF_RESTORE_SIGMASK);
		set_current_blocked(&current->saved_sigmask);
	}
}

void restore_saved_sigmask_unless(bool interrupted)
{
	if (!interrupted)
		restore_saved_sigmask();
	/* else: the signal is delivered first, and the frame keeps the mask */
}

/** retarget_shared_pending - @t will not take @which any more: others may. siglock held. */
static void retarget_shared_pending(struct task_struct *p, const sigset_t *which)
{
	unsigned long left = p->signal->shared_pending.signal.sig[0] & which->sig[0];
	struct task_struct *t;

	if (!left)
		return;
	for_each_thread(p, t) {
		if (t == p || (t->flags & PF_EXITING) || !(left & ~t->blocked.sig[0]))
			continue;
		left &= t->blocked.sig[0];
		if (!signal_pending(t))
			signal_wake_up(t, false);
		if (!left)
			return;
	}
}

void set_blocked_locked(const sigset_t *set)
{
	struct task_struct *t = current;

	if (signal_pending(t) && t->signal->nr_threads > 1) {
		sigset_t newly = { { set->sig[0] & ~t->blocked.sig[0] } };

		retarget_shared_pending(t, &newly);
	}
	t->blocked = *set;
	recalc_sigpending();
}

void set_current_blocked(const sigset_t *set)
{
	struct task_struct *t = current;
	sigset_t new = *set;

	new.sig[0] &= ~SIG_KERNEL_ONLY_MASK;
	if (new.sig[0] == t->blocked.sig[0])
		return;
	spin_lock_irq(&t->sighand->siglock);
	set_blocked_locked(&new);
	spin_unlock_irq(&t->sighand->siglock);
}

/** exit_signals - @t, current, begins to exit: it takes no more signals. */
void exit_signals(struct task_struct *t)
{
	bool stopped = false;
	sigset_t unblocked;

	spin_lock_irq(&t->sighand->siglock);
	t->flags |= PF_EXITING;
	if (t->signal->nr_threads > 1 && !(t->signal->flags & SIGNAL_GROUP_EXIT)) {
		unblocked.sig[0] = ~t->blocked.sig[0];
		retarget_shared_pending(t, &unblocked);
		if (t->jobctl & JOBCTL_STOP_PENDING)
			stopped = task_participate_group_stop(t);
	}
	spin_unlock_irq(&t->sighand->siglock);
	if (stopped) {
		spin_lock_irq(&tasklist_lock);
		do_notify_parent_cldstop(t, CLD_STOPPED);
		spin_unlock_irq(&tasklist_lock);
	}
}

/* ---- actions and alternate stacks ---- */

void flush_signal_handlers(struct task_struct *t, bool force_default)
{
	for (int i = 0; i < _NSIG; i++) {
		struct sigaction *sa = &t->sighand->action[i].sa;

		if (force_default || sa->sa_handler != SIG_IGN)
			sa->sa_handler = SIG_DFL;
		sa->sa_flags = 0;
		sigemptyset(&sa->sa_mask);
	}
}

/** sigsp - where a handler's frame begins: top of the alternate stack if it is asked for and not in use. */
unsigned long sigsp(unsigned long sp, struct ksignal *ksig)
{
	struct task_struct *t = current;

	if ((ksig->ka.sa.sa_flags & SA_ONSTACK) && t->sas_ss_size && !on_sig_stack(sp))
		return t->sas_ss_sp + t->sas_ss_size;
	return sp;
}

/** task_sigpending_sets - for /proc/PID/status. Return: false: the task is gone. */
bool task_sigpending_sets(struct task_struct *t, sigset_t *pend, sigset_t *shpend, sigset_t *ign, sigset_t *caught) __no_tsa
{
	struct sighand_struct *sh;
	unsigned long flags;

	sh = lock_task_sighand(t, &flags);
	if (!sh)
		return false;
	*pend = t->pending.signal;
	*shpend = t->signal->shared_pending.signal;
	sigemptyset(ign);
	sigemptyset(caught);
	for (int sig = 1; sig <= _NSIG; sig++) {
		__sighandler_t h = sh->action[sig - 1].sa.sa_handler;

		if (h == SIG_IGN)
			sigaddset(ign, sig);
		else if (h != SIG_DFL)
			sigaddset(caught, sig);
	}
	spin_unlock_irqrestore(&sh->siglock, flags);
	return true;
}
