// SPDX-License-Identifier: GPL-2.0-only
/* The system calls of signals. */
#include "signal_private.h"
#include <arch/uaccess.h>
#include <kernel/cred.h>
#include <kernel/pid.h>
#include <kernel/syscalls.h>
#include <lib/err.h>
#include <lib/string.h>

#define MINSIGSTKSZ_RISCV 2048

/* SA_EXPOSE_TAGBITS is kept, and without tagged addresses means nothing */
#define KNOWN_SA_FLAGS	(SA_NOCLDSTOP | SA_NOCLDWAIT | SA_SIGINFO | SA_ONSTACK | SA_RESTART | \
			 SA_NODEFER | SA_RESETHAND | SA_EXPOSE_TAGBITS)

static void clear_pending_ignored(struct task_struct *p, int sig)
{
	sigset_t mask = { { sigmask(sig) } };
	struct task_struct *t;

	flush_sigqueue_mask(&mask, &p->signal->shared_pending);
	for_each_thread(p, t)
		flush_sigqueue_mask(&mask, &t->pending);
}

/** do_sigaction - Return: 0, -EINVAL. */
int do_sigaction(int sig, struct k_sigaction *act, struct k_sigaction *oact)
{
	struct task_struct *p = current;
	struct k_sigaction *k;

	if (!valid_signal(sig) || sig < 1 || (act && sig_kernel_only(sig)))
		return -EINVAL;
	k = &p->sighand->action[sig - 1];
	spin_lock_irq(&p->sighand->siglock);
	if (oact)
		*oact = *k;
	if (act) {
		act->sa.sa_mask.sig[0] &= ~SIG_KERNEL_ONLY_MASK;
		/* what is not known does not stay: so a program finds out what is */
		act->sa.sa_flags &= KNOWN_SA_FLAGS;
		*k = *act;
		/* POSIX: becoming ignored discards what is pending, blocked or not */
		if (k->sa.sa_handler == SIG_IGN || (k->sa.sa_handler == SIG_DFL && sig_kernel_ignore(sig)))
			clear_pending_ignored(p, sig);
	}
	spin_unlock_irq(&p->sighand->siglock);
	return 0;
}

SYSCALL_DEFINE4(rt_sigaction, int, sig, const struct sigaction __user *, act,
		struct sigaction __user *, oact, size_t, size)
{
	struct k_sigaction new, old;
	int err;

	if (size != sizeof(sigset_t))
		return -EINVAL;
	if (act && copy_from_user(&new.sa, act, sizeof(new.sa)))
		return -EFAULT;
	err = do_sigaction(sig, act ? &new : NULL, oact ? &old : NULL);
	if (!err && oact && copy_to_user(oact, &old.sa, sizeof(old.sa)))
		return -EFAULT;
	return err;
}

SYSCALL_DEFINE4(rt_sigprocmask, int, how, const sigset_t __user *, set, sigset_t __user *, oset, size_t, size)
{
	sigset_t old = current->blocked, new;

	if (size != sizeof(sigset_t))
		return -EINVAL;
	if (set) {
		if (get_user(new.sig[0], &set->sig[0]))
			return -EFAULT;
		new.sig[0] &= ~SIG_KERNEL_ONLY_MASK;
		switch (how) {
		case SIG_BLOCK:
			new.sig[0] |= old.sig[0];
			break;
		case SIG_UNBLOCK:
			new.sig[0] = old.sig[0] & ~new.sig[0];
			break;
		case SIG_SETMASK:
			break;
		default:
			return -EINVAL;
		}
		set_current_blocked(&new);
	}
	if (oset && put_user(old.sig[0], &oset->sig[0]))
		return -EFAULT;
	return 0;
}

SYSCALL_DEFINE2(rt_sigpending, sigset_t __user *, set, size_t, size)
{
	sigset_t s;

	if (size > sizeof(sigset_t))
		return -EINVAL;
	spin_lock_irq(&current->sighand->siglock);
	s.sig[0] = (current->pending.signal.sig[0] | current->signal->shared_pending.signal.sig[0]) &
		   current->blocked.sig[0];
	spin_unlock_irq(&current->sighand->siglock);
	return copy_to_user(set, &s, size) ? -EFAULT : 0;
}

int set_user_sigmask(const sigset_t __user *mask, size_t size)
{
	sigset_t new;

	if (!mask)
		return 0;
	if (size != sizeof(sigset_t))
		return -EINVAL;
	if (get_user(new.sig[0], &mask->sig[0]))
		return -EFAULT;
	current->saved_sigmask = current->blocked;
	set_tsk_work(current, TIF_RESTORE_SIGMASK);
	set_current_blocked(&new);
	return 0;
}

SYSCALL_DEFINE2(rt_sigsuspend, const sigset_t __user *, mask, size_t, size)
{
	sigset_t new;

	if (size != sizeof(sigset_t))
		return -EINVAL;
	if (get_user(new.sig[0], &mask->sig[0]))
		return -EFAULT;
	current->saved_sigmask = current->blocked;
	set_current_blocked(&new);
	while (!signal_pending(current)) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (signal_pending(current))
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
	set_tsk_work(current, TIF_RESTORE_SIGMASK);
	return -ERESTARTNOHAND;
}

/* Wait for one of @which (they are blocked by the caller). Return: the signal, -EAGAIN, -EINTR. */
static int do_sigtimedwait(const sigset_t *which, siginfo_t *info, const struct __kernel_timespec *ts)
{
	struct task_struct *t = current;
	sigset_t mask = { { ~(which->sig[0] & ~SIG_KERNEL_ONLY_MASK) } };
	ktime_t deadline = ts ? timeout_to_deadline(ts) : KTIME_MAX;
	int sig, woken = 0;

	spin_lock_irq(&t->sighand->siglock);
	sig = dequeue_signal(&mask, info);
	if (!sig && (!ts || ts->tv_sec || ts->tv_nsec)) {
		/* unblocked while asleep, so that their arrival wakes; real_blocked
		 * keeps a fatal default action from being taken instead */
		t->real_blocked = t->blocked;
		t->blocked.sig[0] &= mask.sig[0];
		recalc_sigpending();
		spin_unlock_irq(&t->sighand->siglock);
		set_current_state(TASK_INTERRUPTIBLE);
		if (!signal_pending(t))
			woken = schedule_hrtimeout(deadline, CLOCK_MONOTONIC);
		else
			woken = -EINTR;
		__set_current_state(TASK_RUNNING);
		spin_lock_irq(&t->sighand->siglock);
		/* more than the one that woke us may have come: those are for others to take */
		set_blocked_locked(&t->real_blocked);
		sigemptyset(&t->real_blocked);
		sig = dequeue_signal(&mask, info);
	}
	spin_unlock_irq(&t->sighand->siglock);
	if (sig)
		return sig;
	return woken ? -EINTR : -EAGAIN;
}

SYSCALL_DEFINE4(rt_sigtimedwait, const sigset_t __user *, uthese, siginfo_t __user *, uinfo,
		const struct __kernel_timespec __user *, uts, size_t, size)
{
	struct __kernel_timespec ts;
	sigset_t these;
	siginfo_t info;
	int sig;

	if (size != sizeof(sigset_t))
		return -EINVAL;
	if (get_user(these.sig[0], &uthese->sig[0]) || (uts && get_timespec(&ts, uts)))
		return -EFAULT;
	if (uts && !timespec_valid(&ts))
		return -EINVAL;
	sig = do_sigtimedwait(&these, &info, uts ? &ts : NULL);
	if (sig > 0 && uinfo && copy_to_user(uinfo, &info, sizeof(info)))
		return -EFAULT;
	return sig;
}

/* ---- kill ---- */

static int kill_all(int sig)
{
	int err = 0, count = 0;
	struct task_struct *p;
	unsigned long flags;

	spin_lock_irqsave(&tasklist_lock, flags);
	for_each_process(p) {
		int one;

		if (p->pid <= 1 || (p->flags & PF_KTHREAD) || p->signal == current->signal)
			continue;
		one = group_send_sig_info(sig, SEND_SIG_NOINFO, p);
		count++;
		if (one != -EPERM)
			err = one;
	}
	spin_unlock_irqrestore(&tasklist_lock, flags);
	return count ? err : -ESRCH;
}

SYSCALL_DEFINE2(kill, pid_t, pid, int, sig)
{
	unsigned long flags;
	struct pid *p;
	int err;

	if (pid > 0) {
		rcu_read_lock();
		err = kill_pid_info(sig, SEND_SIG_NOINFO, find_pid(pid));
		rcu_read_unlock();
		return err;
	}
	if (pid == -1)
		return kill_all(sig);
	if (pid == INT_MIN)
		return -ESRCH;
	spin_lock_irqsave(&tasklist_lock, flags);
	p = pid ? find_pid(-pid) : task_pgrp(current);
	err = p ? kill_pgrp_info(sig, SEND_SIG_NOINFO, p) : -ESRCH;
	spin_unlock_irqrestore(&tasklist_lock, flags);
	return err;
}

static int send_specific(pid_t tgid, pid_t pid, int sig, siginfo_t *info)
{
	struct task_struct *t;
	int err = -ESRCH;

	rcu_read_lock();
	t = find_task_by_pid(pid);
	if (t && (tgid <= 0 || t->tgid == tgid)) {
		err = kill_ok(sig, info, t);
		if (!err && sig) {
			err = send_sig_info(sig, info, t);
			/* a dying target counts as having got it */
			if (err == -ESRCH)
				err = 0;
		}
	}
	rcu_read_unlock();
	return err;
}

static int do_tkill(pid_t tgid, pid_t pid, int sig)
{
	siginfo_t info;

	memset(&info, 0, sizeof(info));
	info.si_signo = sig;
	info.si_code = SI_TKILL;
	info.si_pid = current->tgid;
	info.si_uid = current_uid();
	return send_specific(tgid, pid, sig, &info);
}

SYSCALL_DEFINE3(tgkill, pid_t, tgid, pid_t, pid, int, sig)
{
	if (pid <= 0 || tgid <= 0)
		return -EINVAL;
	return do_tkill(tgid, pid, sig);
}

SYSCALL_DEFINE2(tkill, pid_t, pid, int, sig)
{
	return pid <= 0 ? -EINVAL : do_tkill(0, pid, sig);
}

/* does the kernel know what a siginfo of @sig with @code has in it? */
static bool known_siginfo_layout(int sig, int code)
{
	static const u8 last_code[] = {
		[SIGILL] = 11, [SIGFPE] = 15, [SIGSEGV] = 10, [SIGBUS] = 5, [SIGTRAP] = 6,
		[SIGCHLD] = 6, [SIGPOLL] = 6, [SIGSYS] = 2,
	};

	if (code <= SI_USER)
		return code >= SI_DETHREAD || code == SI_ASYNCNL;
	if (sig > 0 && (unsigned int)sig < ARRAY_SIZE(last_code) && last_code[sig])
		return code <= last_code[sig] || code == SI_KERNEL;
	return code <= NSIGPOLL || code == SI_KERNEL;
}

#define SIGINFO_USED	48	/* bytes: more has none of the layouts; the rest is told as 0 */

/**
 * copy_siginfo_from_user - @sig: replaces si_signo; 0: it stays.
 * Return: 0; -EFAULT; -E2BIG: of an unknown kind, with something behind what is kept.
 */
int copy_siginfo_from_user(siginfo_t *info, int sig, const siginfo_t __user *u)
{
	char rest[sizeof(*info) - SIGINFO_USED];

	memset(info, 0, sizeof(*info));
	if (copy_from_user(info, u, SIGINFO_USED))
		return -EFAULT;
	if (sig)
		info->si_signo = sig;
	if (likely(known_siginfo_layout(info->si_signo, info->si_code)))
		return 0;
	if (copy_from_user(rest, (const char __user *)u + SIGINFO_USED, sizeof(rest)))
		return -EFAULT;
	return mem_is_zero(rest, sizeof(rest)) ? 0 : -E2BIG;
}

SYSCALL_DEFINE3(rt_sigqueueinfo, pid_t, pid, int, sig, siginfo_t __user *, uinfo)
{
	siginfo_t info;
	int err = copy_siginfo_from_user(&info, sig, uinfo);

	if (err)
		return err;
	if (current->pid != pid && siginfo_for_self(&info))
		return -EPERM;
	rcu_read_lock();
	err = kill_pid_info(sig, &info, find_pid(pid));
	rcu_read_unlock();
	return err;
}

SYSCALL_DEFINE4(rt_tgsigqueueinfo, pid_t, tgid, pid_t, pid, int, sig, siginfo_t __user *, uinfo)
{
	siginfo_t info;
	int err = copy_siginfo_from_user(&info, sig, uinfo);

	if (err)
		return err;
	if (pid <= 0 || tgid <= 0)
		return -EINVAL;
	if (current->pid != pid && siginfo_for_self(&info))
		return -EPERM;
	return send_specific(tgid, pid, sig, &info);
}

/* ---- alternate stack, restart ---- */

static int ss_flags(unsigned long sp)
{
	if (!current->sas_ss_size)
		return SS_DISABLE;
	return on_sig_stack(sp) ? SS_ONSTACK : 0;
}

static int do_sigaltstack(const stack_t *ss, stack_t *oss, unsigned long sp)
{
	struct task_struct *t = current;
	int mode;

	if (oss) {
		memset(oss, 0, sizeof(*oss));
		oss->ss_sp = (void __user *)t->sas_ss_sp;
		oss->ss_size = t->sas_ss_size;
		oss->ss_flags = ss_flags(sp) | (t->sas_ss_flags & SS_AUTODISARM);
	}
	if (!ss)
		return 0;
	if (on_sig_stack(sp))
		return -EPERM;
	mode = ss->ss_flags & ~SS_AUTODISARM;
	if (mode != SS_DISABLE && mode != SS_ONSTACK && mode != 0)
		return -EINVAL;
	/* also if there is none, which has no size either */
	if ((unsigned long)ss->ss_sp == t->sas_ss_sp && ss->ss_size == t->sas_ss_size &&
	    (unsigned int)ss->ss_flags == t->sas_ss_flags)
		return 0;
	if (mode != SS_DISABLE && ss->ss_size < MINSIGSTKSZ_RISCV)
		return -ENOMEM;
	t->sas_ss_sp = mode == SS_DISABLE ? 0 : (unsigned long)ss->ss_sp;
	t->sas_ss_size = mode == SS_DISABLE ? 0 : ss->ss_size;
	t->sas_ss_flags = ss->ss_flags;
	return 0;
}

SYSCALL_DEFINE2(sigaltstack, const stack_t __user *, uss, stack_t __user *, uoss)
{
	stack_t new, old;
	int err;

	if (uss && copy_from_user(&new, uss, sizeof(new)))
		return -EFAULT;
	err = do_sigaltstack(uss ? &new : NULL, uoss ? &old : NULL, task_pt_regs(current)->sp);
	if (!err && uoss && copy_to_user(uoss, &old, sizeof(old)))
		return -EFAULT;
	return err;
}

/**
 * restore_altstack - sigreturn: what the frame says; wrong values are ignored.
 * Context: access_ok(). Return: 0 or -EFAULT.
 */
int restore_altstack(const stack_t __user *uss)
{
	stack_t new;

	if (__get_user(new.ss_sp, &uss->ss_sp) || __get_user(new.ss_flags, &uss->ss_flags) ||
	    __get_user(new.ss_size, &uss->ss_size))
		return -EFAULT;
	(void)do_sigaltstack(&new, NULL, task_pt_regs(current)->sp);
	return 0;
}

/**
 * save_altstack - into a frame; with SS_AUTODISARM it is disarmed until sigreturn.
 * Context: access_ok(). Return: 0 or -EFAULT.
 */
int save_altstack(stack_t __user *uss)
{
	struct task_struct *t = current;

	/* as it was set: so sigreturn undoes nothing else */
	if (__put_user((void __user *)t->sas_ss_sp, &uss->ss_sp) ||
	    __put_user(t->sas_ss_flags, &uss->ss_flags) ||
	    __put_user(t->sas_ss_size, &uss->ss_size))
		return -EFAULT;
	if (t->sas_ss_flags & SS_AUTODISARM) {
		t->sas_ss_sp = t->sas_ss_size = 0;
		t->sas_ss_flags = SS_DISABLE;
	}
	return 0;
}

SYSCALL_DEFINE0(restart_syscall)
{
	struct restart_block *r = &current->restart_block;

	return r->fn ? r->fn(r) : do_no_restart_syscall(r);
}
