// SPDX-License-Identifier: GPL-2.0-only
/*
 * Controlling terminals and job control.
 *
 * A session has at most one controlling terminal, and a terminal at most one
 * session: tty->session says so from the one side, signal->tty of each process of
 * the session from the other. signal->tty holds a reference; siglock guards it.
 * tty->pgrp is the foreground group.
 *
 * Locks: tty_mutex makes a terminal a session's; ctrl_lock, then tasklist_lock,
 * then siglock.
 */
#include "tty_private.h"
#include <kernel/cred.h>
#include <kernel/pid.h>
#include <kernel/signal.h>
#include <arch/uaccess.h>

static bool sig_ignored(int sig)
{
	return sigismember(&current->blocked, sig) ||
	       current->sighand->action[sig - 1].sa.sa_handler == SIG_IGN;
}

/* Return: the foreground group, counted, or NULL. */
struct pid *tty_get_pgrp(struct tty_struct *tty)
{
	struct pid *pgrp;

	spin_lock(&tty->ctrl_lock);
	pgrp = get_pid(tty->pgrp);
	spin_unlock(&tty->ctrl_lock);
	return pgrp;
}

/** tty_signal_pgrp - @sig to the foreground group. Context: tty->lock may be held. */
void tty_signal_pgrp(struct tty_struct *tty, int sig)
{
	struct pid *pgrp = tty_get_pgrp(tty);

	if (pgrp) {
		kill_pgrp(pgrp, sig, 1);
		put_pid(pgrp);
	}
}

/**
 * tty_check_change - may current read from its terminal (SIGTTIN) or change or, with
 * TOSTOP, write to it (SIGTTOU)? A background process's group gets the signal.
 * Return: 0; -ERESTARTSYS after the signal; -EIO when that would help nobody.
 */
int tty_check_change(struct tty_struct *tty, int sig)
{
	struct pid *tty_pgrp, *pgrp;
	int ret = 0;

	if (current->signal->tty != tty)
		return 0;
	tty_pgrp = tty_get_pgrp(tty);
	rcu_read_lock();
	pgrp = get_pid(task_pgrp(current));
	rcu_read_unlock();
	if (tty_pgrp && pgrp != tty_pgrp) {
		if (sig_ignored(sig)) {
			ret = sig == SIGTTIN ? -EIO : 0;
		} else if (is_current_pgrp_orphaned()) {
			ret = -EIO;
		} else {
			kill_pgrp(pgrp, sig, 1);
			set_tsk_work(current, TIF_SIGPENDING);
			ret = -ERESTARTSYS;
		}
	}
	put_pid(pgrp);
	put_pid(tty_pgrp);
	return ret;
}

/* ---- becoming and ceasing to be somebody's terminal ---- */

struct tty_struct *get_current_tty(void)
{
	struct tty_struct *tty;

	spin_lock_irq(&current->sighand->siglock);
	tty = current->signal->tty;
	tty_kref_get(tty);
	spin_unlock_irq(&current->sighand->siglock);
	return tty;
}

/**
 * tty_forget_session - @tty is no longer @session's and has no foreground group,
 * unless another session has taken it meanwhile. Context: @session counted, or NULL.
 */
void tty_forget_session(struct tty_struct *tty, struct pid *session)
{
	struct pid *pgrp = NULL;
	bool owner;

	spin_lock(&tty->ctrl_lock);
	owner = session && tty->session == session;
	if (owner) {
		pgrp = tty->pgrp;
		tty->session = tty->pgrp = NULL;
	}
	spin_unlock(&tty->ctrl_lock);
	if (owner)
		put_pid(session);	/* tty's own */
	put_pid(pgrp);
}

/* tty_mutex held; current is a session leader without a terminal */
static void set_current_tty(struct tty_struct *tty)
{
	struct pid *old_session, *old_pgrp;

	spin_lock(&tty->ctrl_lock);
	rcu_read_lock();
	old_session = tty->session;
	old_pgrp = tty->pgrp;
	tty->pgrp = get_pid(task_pgrp(current));
	tty->session = get_pid(task_session(current));
	rcu_read_unlock();
	spin_unlock(&tty->ctrl_lock);
	put_pid(old_session);
	put_pid(old_pgrp);

	tty_kref_get(tty);
	spin_lock_irq(&current->sighand->siglock);
	old_pgrp = current->signal->tty_old_pgrp;
	current->signal->tty_old_pgrp = NULL;
	current->signal->tty = tty;
	spin_unlock_irq(&current->sighand->siglock);
	put_pid(old_pgrp);
}

/** tty_open_proc_set_tty - an open without O_NOCTTY: a session leader that has no
 *  terminal gets this one, if no other session has it. */
void tty_open_proc_set_tty(struct tty_struct *tty, struct file *f)
{
	mutex_lock(&tty_mutex);
	if (current->signal->leader && !current->signal->tty && !tty->session &&
	    f->f_mode & FMODE_READ)
		set_current_tty(tty);
	mutex_unlock(&tty_mutex);
}

/* tasklist_lock held. Return: the reference that the caller has to drop. */
static struct tty_struct *take_tty_of(struct task_struct *t, struct tty_struct *only)
{
	struct tty_struct *tty;

	spin_lock(&t->sighand->siglock);
	tty = t->signal->tty;
	if (tty && (!only || tty == only))
		t->signal->tty = NULL;
	else
		tty = NULL;
	spin_unlock(&t->sighand->siglock);
	return tty;
}

/** session_clear_tty - no process of @session has a terminal any more. */
void session_clear_tty(struct pid *session)
{
	struct task_struct *t;

	spin_lock_irq(&tasklist_lock);
	do_each_pid_task(session, PIDTYPE_SID, t)
		tty_kref_put(take_tty_of(t, NULL));
	spin_unlock_irq(&tasklist_lock);
}

/**
 * tty_signal_session_leader - @tty is hung up: its session has it no longer, and the
 * leader (with @exit_session, which means that he ends it himself, also the
 * foreground group) is told by SIGHUP.
 */
void tty_signal_session_leader(struct tty_struct *tty, bool exit_session)
{
	struct pid *session, *pgrp, *old = NULL;
	struct task_struct *t;

	spin_lock(&tty->ctrl_lock);
	session = get_pid(tty->session);
	pgrp = get_pid(tty->pgrp);
	spin_unlock(&tty->ctrl_lock);
	if (session) {
		spin_lock_irq(&tasklist_lock);
		do_each_pid_task(session, PIDTYPE_SID, t) {
			tty_kref_put(take_tty_of(t, tty));
			if (!t->signal->leader)
				continue;
			group_send_sig_info(SIGHUP, SEND_SIG_PRIV, t);
			group_send_sig_info(SIGCONT, SEND_SIG_PRIV, t);
			spin_lock(&t->sighand->siglock);
			old = t->signal->tty_old_pgrp;
			t->signal->tty_old_pgrp = get_pid(pgrp);
			spin_unlock(&t->sighand->siglock);
		}
		spin_unlock_irq(&tasklist_lock);
		put_pid(old);
	}
	if (pgrp && exit_session)
		kill_pgrp(pgrp, SIGHUP, 1);
	tty_forget_session(tty, session);
	put_pid(session);
	put_pid(pgrp);
}

static void hangup_pgrp(struct pid *pgrp, int priv, bool cont)
{
	if (!pgrp)
		return;
	kill_pgrp(pgrp, SIGHUP, priv);
	if (cont)
		kill_pgrp(pgrp, SIGCONT, priv);
	put_pid(pgrp);
}

static struct pid *take_old_pgrp(void)
{
	struct pid *pgrp;

	spin_lock_irq(&current->sighand->siglock);
	pgrp = current->signal->tty_old_pgrp;
	current->signal->tty_old_pgrp = NULL;
	spin_unlock_irq(&current->sighand->siglock);
	return pgrp;
}

/**
 * disassociate_ctty - the session leader exits (@on_exit), or gives its terminal up:
 * hang up the line, and the session has no terminal. Context: may sleep.
 */
void disassociate_ctty(bool on_exit)
{
	struct tty_struct *tty;
	struct pid *session;

	if (!current->signal->leader)
		return;
	tty = get_current_tty();
	if (!tty) {
		/* hung up earlier: what was in the foreground then may be stopped */
		if (on_exit)
			hangup_pgrp(take_old_pgrp(), 1, true);
		return;
	}
	if (on_exit && !tty->is_pty)
		tty_hangup_files(tty, true);
	else
		hangup_pgrp(tty_get_pgrp(tty), on_exit, !on_exit);
	put_pid(take_old_pgrp());
	rcu_read_lock();
	session = get_pid(task_session(current));
	rcu_read_unlock();
	tty_forget_session(tty, session);
	session_clear_tty(session);
	put_pid(session);
	tty_kref_put(tty);
}

/** no_tty - current gives up its terminal (TIOCNOTTY). */
void no_tty(void)
{
	struct tty_struct *tty;

	disassociate_ctty(false);
	spin_lock_irq(&tasklist_lock);
	tty = take_tty_of(current, NULL);
	spin_unlock_irq(&tasklist_lock);
	tty_kref_put(tty);
}

/* ---- ioctls ---- */

static struct pid *get_session(struct tty_struct *tty)
{
	struct pid *session;

	spin_lock(&tty->ctrl_lock);
	session = get_pid(tty->session);
	spin_unlock(&tty->ctrl_lock);
	return session;
}

static long tiocsctty(struct tty_struct *tty, struct file *f, unsigned long arg)
{
	struct pid *session;
	long ret = 0;

	mutex_lock(&tty_mutex);
	session = get_session(tty);
	if (current->signal->leader && session && task_session(current) == session)
		goto unlock;
	ret = -EPERM;
	if (!current->signal->leader || current->signal->tty)
		goto unlock;
	if (!(f->f_mode & FMODE_READ) && !capable(CAP_SYS_ADMIN))
		goto unlock;
	if (session) {
		if (arg != 1 || !capable(CAP_SYS_ADMIN))
			goto unlock;
		session_clear_tty(session);
	}
	set_current_tty(tty);
	ret = 0;
unlock:
	mutex_unlock(&tty_mutex);
	put_pid(session);
	return ret;
}

static long tiocgpgrp(struct tty_struct *tty, struct tty_file *tf, pid_t __user *p)
{
	struct pid *pgrp;
	pid_t nr;

	if (!tf->master && current->signal->tty != tty)
		return -ENOTTY;
	pgrp = tty_get_pgrp(tty);
	nr = pid_nr(pgrp);
	put_pid(pgrp);
	return put_user(nr, p);
}

static struct pid *session_of_pgrp(struct pid *pgrp)
{
	struct task_struct *t = pid_task(pgrp, PIDTYPE_PGID);

	if (!t)
		t = pid_task(pgrp, PIDTYPE_PID);
	return t ? task_session(t) : NULL;
}

static long tiocspgrp(struct tty_struct *tty, pid_t __user *p)
{
	struct pid *pgrp, *old = NULL;
	pid_t nr;
	long ret = tty_check_change(tty, SIGTTOU);

	if (ret)
		return ret == -EIO ? -ENOTTY : ret;
	if (get_user(nr, p))
		return -EFAULT;
	if (nr < 0)
		return -EINVAL;
	spin_lock(&tty->ctrl_lock);
	rcu_read_lock();
	pgrp = find_pid(nr);
	if (current->signal->tty != tty || tty->session != task_session(current)) {
		ret = -ENOTTY;
	} else if (!pgrp) {
		ret = -ESRCH;
	} else if (session_of_pgrp(pgrp) != task_session(current)) {
		ret = -EPERM;
	} else {
		old = tty->pgrp;
		tty->pgrp = get_pid(pgrp);
	}
	rcu_read_unlock();
	spin_unlock(&tty->ctrl_lock);
	put_pid(old);
	return ret;
}

static long tiocgsid(struct tty_struct *tty, struct tty_file *tf, pid_t __user *p)
{
	pid_t nr = 0;

	if (!tf->master && current->signal->tty != tty)
		return -ENOTTY;
	spin_lock(&tty->ctrl_lock);
	if (tty->session)
		nr = pid_nr(tty->session);
	spin_unlock(&tty->ctrl_lock);
	return nr ? put_user(nr, p) : -ENOTTY;
}

/** tty_jobctrl_ioctl - Return: -ENOIOCTLCMD: not one of these. */
long tty_jobctrl_ioctl(struct tty_struct *tty, struct tty_file *tf, struct file *f, unsigned int cmd,
		       unsigned long arg)
{
	pid_t __user *p = (pid_t __user *)arg;

	switch (cmd) {
	case TIOCNOTTY:
		if (current->signal->tty != tty)
			return -ENOTTY;
		no_tty();
		return 0;
	case TIOCSCTTY:
		return tiocsctty(tty, f, arg);
	case TIOCGPGRP:
		return tiocgpgrp(tty, tf, p);
	case TIOCSPGRP:
		return tiocspgrp(tty, p);
	case TIOCGSID:
		return tiocgsid(tty, tf, p);
	default:
		return -ENOIOCTLCMD;
	}
}
