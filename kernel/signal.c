// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sending signals.
 *
 * A signal is pending in a set and, with its siginfo, in a queue: the task's
 * own (tgkill, faults) or its process's. Standard signals are queued once,
 * real-time ones as often as they are sent (RLIMIT_SIGPENDING, counted per
 * process). TIF_SIGPENDING says that a task should look; it may be set for
 * nothing, never missing: every change of a pending or blocked set ends in
 * recalc or wake-up, all under sighand->siglock.
 *
 * A signal that will surely kill the process marks it SIGNAL_GROUP_EXIT at
 * once and gives each thread a SIGKILL. SIGSTOP and its kin stop a process in
 * signal_deliver.c; here SIGCONT and stop signals cancel each other.
 */
#include "signal_private.h"
#include <arch/smp.h>
#include <kernel/cred.h>
#include <kernel/pid.h>
#include <kernel/printk.h>
#include <lib/err.h>
#include <lib/string.h>
#include <mm/slab.h>

static struct kmem_cache *sigqueue_cache;

/* ---- the queue ---- */

static struct sigqueue *sigqueue_alloc(struct task_struct *t, bool over_limit)
{
	struct signal_struct *s = t->signal;
	struct sigqueue *q;

	if (!over_limit && (unsigned long)atomic_read(&s->nr_sigqueued) >= task_rlimit(t, RLIMIT_SIGPENDING))
		return NULL;
	q = kmem_cache_alloc(sigqueue_cache, GFP_ATOMIC);
	if (!q)
		return NULL;
	atomic_inc(&s->nr_sigqueued);
	q->owner = s;
	q->of_timer = false;
	return q;
}

static void sigqueue_free(struct sigqueue *q)
{
	atomic_dec(&q->owner->nr_sigqueued);
	kmem_cache_free(sigqueue_cache, q);
}

void flush_sigqueue(struct sigpending *p)
{
	struct sigqueue *q, *next;

	sigemptyset(&p->signal);
	list_for_each_entry_safe(q, next, &p->list, list) {
		list_del_init(&q->list);
		sigqueue_free(q);
	}
}

void flush_sigqueue_mask(const sigset_t *mask, struct sigpending *p)
{
	struct sigqueue *q, *next;

	if (!(p->signal.sig[0] & mask->sig[0]))
		return;
	p->signal.sig[0] &= ~mask->sig[0];
	list_for_each_entry_safe(q, next, &p->list, list)
		if (sigismember(mask, q->info.si_signo)) {
			list_del_init(&q->list);
			sigqueue_free(q);
		}
}

/* Take @sig's first siginfo out of @p; it stays pending while more are queued.
 * Return: whether a timer has sent it, which nobody but the kernel can say */
static bool collect(int sig, struct sigpending *p, siginfo_t *info)
{
	struct sigqueue *q, *first = NULL;
	bool more = false, of_timer = false;

	list_for_each_entry(q, &p->list, list) {
		if (q->info.si_signo != sig)
			continue;
		if (first) {
			more = true;
			break;
		}
		first = q;
	}
	if (!more)
		sigdelset(&p->signal, sig);
	if (first) {
		list_del_init(&first->list);
		*info = first->info;
		of_timer = first->of_timer;
		sigqueue_free(first);
	} else {
		/* sent without memory for a siginfo: this much is known */
		memset(info, 0, sizeof(*info));
		info->si_signo = sig;
		info->si_code = SI_USER;
	}
	return of_timer;
}

/* lowest pending and unblocked; those that the program's own act caused come first */
static int next_signal(const struct sigpending *p, const sigset_t *mask)
{
	unsigned long x = p->signal.sig[0] & ~mask->sig[0];

	if (!x)
		return 0;
	if (x & SYNCHRONOUS_MASK)
		x &= SYNCHRONOUS_MASK;
	return __builtin_ctzl(x) + 1;
}

int dequeue_signal(const sigset_t *mask, siginfo_t *info)
{
	struct task_struct *t = current;
	struct sigpending *p = &t->pending;
	int sig = next_signal(p, mask);

	if (!sig) {
		p = &t->signal->shared_pending;
		sig = next_signal(p, mask);
	}
	if (sig) {
		bool of_timer = collect(sig, p, info);

		if (sig_kernel_stop(sig))
			t->jobctl |= JOBCTL_STOP_DEQUEUED;
		if (of_timer)
			posix_timer_delivered(info);
		if (sig == SIGALRM)
			it_real_delivered(t->signal);
	}
	recalc_sigpending();
	return sig;
}

/* ---- TIF_SIGPENDING ---- */

void recalc_sigpending(void)
{
	struct task_struct *t = current;
	unsigned long ready = (t->pending.signal.sig[0] | t->signal->shared_pending.signal.sig[0]) &
			      ~t->blocked.sig[0];

	if (ready || (t->jobctl & JOBCTL_PENDING_MASK) || (t->signal->flags & SIGNAL_CLD_MASK))
		set_tsk_work(t, TIF_SIGPENDING);
	else
		clear_tsk_work(t, TIF_SIGPENDING);
}

void signal_wake_up(struct task_struct *t, bool fatal)
{
	set_tsk_work(t, TIF_SIGPENDING);
	/* running in user mode it must be made to look; asleep it must wake */
	if (!wake_up_state(t, TASK_INTERRUPTIBLE | (fatal ? TASK_WAKEKILL : 0)) &&
	    t != current && READ_ONCE(t->on_cpu))
		smp_send_reschedule(t->cpu);
}

bool fatal_signal_pending(struct task_struct *t)
{
	return signal_pending(t) && sigismember(&t->pending.signal, SIGKILL);
}

/* ---- sending ---- */

static bool handler_ignores(struct task_struct *t, int sig)
{
	__sighandler_t h = t->sighand->action[sig - 1].sa.sa_handler;

	return h == SIG_IGN || (h == SIG_DFL && sig_kernel_ignore(sig));
}

/* Would delivery do nothing? A blocked signal is kept: its action may change. */
static bool sig_ignored(struct task_struct *t, int sig, bool force)
{
	if (sigismember(&t->blocked, sig) || sigismember(&t->real_blocked, sig))
		return false;
	if ((t->signal->flags & SIGNAL_UNKILLABLE) &&
	    t->sighand->action[sig - 1].sa.sa_handler == SIG_DFL && !(force && sig_kernel_only(sig)))
		return true;
	return handler_ignores(t, sig);
}

void task_clear_jobctl(struct task_struct *t, unsigned long mask)
{
	if (mask & JOBCTL_STOP_PENDING)
		mask |= JOBCTL_STOP_CONSUME | JOBCTL_STOP_DEQUEUED;
	t->jobctl &= ~mask;
}

static void continue_process(struct task_struct *p)
{
	struct signal_struct *s = p->signal;
	const sigset_t stops = { { SIG_KERNEL_STOP_MASK } };
	struct task_struct *t;
	unsigned int why = 0;

	flush_sigqueue_mask(&stops, &s->shared_pending);
	for_each_thread(p, t) {
		flush_sigqueue_mask(&stops, &t->pending);
		task_clear_jobctl(t, JOBCTL_STOP_PENDING);
		wake_up_state(t, __TASK_STOPPED);
	}
	/* the parent hears of the change from the first thread that runs again */
	if (s->flags & SIGNAL_STOP_STOPPED)
		why = SIGNAL_CLD_CONTINUED;
	else if (s->group_stop_count)
		why = SIGNAL_CLD_STOPPED;
	if (why) {
		signal_set_stop_flags(s, why | SIGNAL_STOP_CONTINUED);
		s->group_stop_count = 0;
		s->group_exit_code = 0;
	}
}

/* Side effects of sending at all, wanted or not. Return: false: do not queue. */
static bool prepare_signal(int sig, struct task_struct *p, bool force)
{
	struct signal_struct *s = p->signal;
	const sigset_t cont = { { sigmask(SIGCONT) } };
	struct task_struct *t;

	if (s->flags & SIGNAL_GROUP_EXIT)
		return sig == SIGKILL;
	if (sig_kernel_stop(sig)) {
		flush_sigqueue_mask(&cont, &s->shared_pending);
		for_each_thread(p, t)
			flush_sigqueue_mask(&cont, &t->pending);
	} else if (sig == SIGCONT) {
		continue_process(p);
	}
	return !sig_ignored(p, sig, force);
}

static bool wants_signal(int sig, struct task_struct *t)
{
	if (sigismember(&t->blocked, sig) || (t->flags & PF_EXITING))
		return false;
	if (sig == SIGKILL)
		return true;
	if (READ_ONCE(t->state) & __TASK_STOPPED)
		return false;
	return t == current || READ_ONCE(t->on_cpu) || !signal_pending(t);
}

/* @sig kills the whole process: begin now. */
static void begin_group_exit(struct task_struct *p, int sig)
{
	struct task_struct *t;

	p->signal->flags = (p->signal->flags & ~SIGNAL_STOP_MASK) | SIGNAL_GROUP_EXIT;
	p->signal->group_exit_code = sig;
	p->signal->group_stop_count = 0;
	for_each_thread(p, t) {
		task_clear_jobctl(t, JOBCTL_PENDING_MASK);
		sigaddset(&t->pending.signal, SIGKILL);
		signal_wake_up(t, true);
	}
}

static bool sig_fatal(struct task_struct *t, int sig)
{
	return !sig_kernel_ignore(sig) && !sig_kernel_stop(sig) &&
	       t->sighand->action[sig - 1].sa.sa_handler == SIG_DFL;
}

/* It is queued: find a thread to take it. */
static void complete_signal(int sig, struct task_struct *p, bool group)
{
	struct signal_struct *s = p->signal;
	struct task_struct *t = NULL, *i;

	if (wants_signal(sig, p)) {
		t = p;
	} else if (group) {
		for_each_thread(p, i)
			if (wants_signal(sig, i)) {
				t = i;
				break;
			}
	}
	if (!t)
		return;		/* whoever unblocks it will find it */
	if (sig_fatal(p, sig) && !(s->flags & SIGNAL_GROUP_EXIT) && !sigismember(&t->real_blocked, sig)) {
		begin_group_exit(p, sig);
		return;
	}
	signal_wake_up(t, sig == SIGKILL);
}

static void fill_info(siginfo_t *to, int sig, siginfo_t *info)
{
	if (info == SEND_SIG_NOINFO) {
		memset(to, 0, sizeof(*to));
		to->si_signo = sig;
		to->si_code = SI_USER;
		to->si_pid = current->tgid;
		to->si_uid = current_uid();
	} else if (info == SEND_SIG_PRIV) {
		memset(to, 0, sizeof(*to));
		to->si_signo = sig;
		to->si_code = SI_KERNEL;
	} else {
		*to = *info;
	}
}

static bool is_real_info(const siginfo_t *info)
{
	return info != SEND_SIG_NOINFO && info != SEND_SIG_PRIV;
}

/* as send_signal_locked(); there is room for a timer's signal, since its timer was counted */
static int queue_signal(int sig, siginfo_t *info, struct task_struct *t, bool group, bool of_timer)
{
	struct sigpending *p = group ? &t->signal->shared_pending : &t->pending;
	bool force = info == SEND_SIG_PRIV || (is_real_info(info) && info->si_code > 0);
	struct sigqueue *q;

	if (!prepare_signal(sig, t, force))
		return 0;
	if (sig < SIGRTMIN && sigismember(&p->signal, sig))
		return 0;		/* standard signals do not queue */
	if (sig != SIGKILL && !(t->flags & PF_KTHREAD)) {
		bool over = sig < SIGRTMIN && (!is_real_info(info) || info->si_code >= 0);

		q = sigqueue_alloc(t, over || of_timer);
		if (q) {
			q->of_timer = of_timer;
			fill_info(&q->info, sig, info);
			list_add_tail(&q->list, &p->list);
		} else if (sig >= SIGRTMIN && is_real_info(info) && info->si_code != SI_USER) {
			return -EAGAIN;
		}
	}
	sigaddset(&p->signal, sig);
	if (waitqueue_active(&t->sighand->signalfd_wqh))
		wake_up_all(&t->sighand->signalfd_wqh);
	complete_signal(sig, t, group);
	return 0;
}

/** send_signal_locked - Context: siglock of @t held. Return: 0, -EAGAIN (no room for a queued one). */
int send_signal_locked(int sig, siginfo_t *info, struct task_struct *t, bool group)
{
	return queue_signal(sig, info, t, group, false);
}

/** lock_task_sighand - siglock of a task that may be exiting. Return: NULL when it has no sighand any more. */
struct sighand_struct *lock_task_sighand(struct task_struct *t, unsigned long *flags) __no_tsa
{
	for (;;) {
		struct sighand_struct *s = rcu_dereference(t->sighand);

		if (!s)
			return NULL;
		spin_lock_irqsave(&s->siglock, *flags);
		if (s == rcu_access_pointer(t->sighand))
			return s;
		spin_unlock_irqrestore(&s->siglock, *flags);
	}
}

static int send_to(int sig, siginfo_t *info, struct task_struct *t, bool group) __no_tsa
{
	struct sighand_struct *s;
	unsigned long flags;
	int err = -ESRCH;

	s = lock_task_sighand(t, &flags);
	if (s) {
		err = send_signal_locked(sig, info, t, group);
		spin_unlock_irqrestore(&s->siglock, flags);
	}
	return err;
}

int send_sig_info(int sig, siginfo_t *info, struct task_struct *t)
{
	return valid_signal(sig) ? send_to(sig, info, t, false) : -EINVAL;
}

int send_sig(int sig, struct task_struct *t, int priv)
{
	return send_sig_info(sig, priv ? SEND_SIG_PRIV : SEND_SIG_NOINFO, t);
}

/**
 * send_sigqueue_timer - a timer's signal. Context: interrupt.
 * Return: 0 queued, 1 ignored, -EAGAIN, -ESRCH.
 */
int send_sigqueue_timer(int sig, siginfo_t *info, struct task_struct *t, bool group) __no_tsa
{
	struct sighand_struct *s;
	unsigned long flags;
	int err = -ESRCH;

	s = lock_task_sighand(t, &flags);
	if (s) {
		err = sig_ignored(t, sig, false) ? 1 : queue_signal(sig, info, t, group, true);
		spin_unlock_irqrestore(&s->siglock, flags);
	}
	return err;
}

/* May current send @sig to @t? */
int kill_ok(int sig, const siginfo_t *info, struct task_struct *t)
{
	const struct cred *c = current_cred(), *tc;
	int err = -EPERM;

	if (!valid_signal(sig))
		return -EINVAL;
	if (info == SEND_SIG_PRIV || (is_real_info(info) && info->si_code > 0 && info->si_code != SI_TKILL))
		return 0;
	if (t->signal == current->signal)
		return 0;
	rcu_read_lock();
	tc = rcu_dereference(t->real_cred);
	if (c->euid == tc->suid || c->euid == tc->uid || c->uid == tc->suid || c->uid == tc->uid ||
	    capable(CAP_KILL) || (sig == SIGCONT && task_session(t) == task_session(current)))
		err = 0;
	rcu_read_unlock();
	return err;
}

int group_send_sig_info(int sig, siginfo_t *info, struct task_struct *t)
{
	int err = kill_ok(sig, info, t);

	return err || !sig ? err : send_to(sig, info, t, true);
}

int kill_pgrp_info(int sig, siginfo_t *info, struct pid *pgrp)
{
	int err = -ESRCH, one;
	bool ok = false;
	struct task_struct *t;

	do_each_pid_task(pgrp, PIDTYPE_PGID, t) {
		one = group_send_sig_info(sig, info, t);
		ok |= !one;
		if (one)
			err = one;
	}
	return ok ? 0 : err;
}

int kill_pgrp(struct pid *pgrp, int sig, int priv)
{
	unsigned long flags;
	int err;

	spin_lock_irqsave(&tasklist_lock, flags);
	err = kill_pgrp_info(sig, priv ? SEND_SIG_PRIV : SEND_SIG_NOINFO, pgrp);
	spin_unlock_irqrestore(&tasklist_lock, flags);
	return err;
}

int kill_pid_info(int sig, siginfo_t *info, struct pid *pid)
{
	struct task_struct *t;
	int err = -ESRCH;

	rcu_read_lock();
	t = pid ? pid_task(pid, PIDTYPE_PID) : NULL;
	if (t)
		err = group_send_sig_info(sig, info, t);
	rcu_read_unlock();
	return err;
}

int kill_pid(struct pid *pid, int sig, int priv)
{
	return kill_pid_info(sig, priv ? SEND_SIG_PRIV : SEND_SIG_NOINFO, pid);
}

/* ---- signals that cannot be refused ---- */

static void force_info(siginfo_t *info, bool fatal)
{
	struct task_struct *t = current;
	struct k_sigaction *ka = &t->sighand->action[info->si_signo - 1];
	int sig = info->si_signo;
	unsigned long flags;
	bool blocked, ignored;

	spin_lock_irqsave(&t->sighand->siglock, flags);
	blocked = sigismember(&t->blocked, sig);
	ignored = ka->sa.sa_handler == SIG_IGN;
	if (blocked || ignored || fatal) {
		ka->sa.sa_handler = SIG_DFL;
		sigdelset(&t->blocked, sig);
	}
	/* even init dies of its own fault */
	if (ka->sa.sa_handler == SIG_DFL)
		t->signal->flags &= ~SIGNAL_UNKILLABLE;
	send_signal_locked(sig, info, t, false);
	recalc_sigpending();
	spin_unlock_irqrestore(&t->sighand->siglock, flags);
}

void force_sig_fault(int sig, int code, void __user *addr)
{
	siginfo_t info;

	memset(&info, 0, sizeof(info));
	info.si_signo = sig;
	info.si_code = code;
	info.si_addr = addr;
	force_info(&info, false);
}

static void force_kernel(int sig, bool fatal)
{
	siginfo_t info;

	memset(&info, 0, sizeof(info));
	info.si_signo = sig;
	info.si_code = SI_KERNEL;
	force_info(&info, fatal);
}

void force_sig(int sig)
{
	force_kernel(sig, false);
}

void force_fatal_sig(int sig)
{
	force_kernel(sig, true);
}

/** zap_other_threads - exec, exit_group: SIGKILL to every other thread. Context: siglock held. */
void zap_other_threads(struct task_struct *p)
{
	struct task_struct *t;

	p->signal->group_stop_count = 0;
	for_each_thread(p, t) {
		if (t == p)
			continue;
		task_clear_jobctl(t, JOBCTL_PENDING_MASK);
		if (t->exit_state)
			continue;
		sigaddset(&t->pending.signal, SIGKILL);
		signal_wake_up(t, true);
	}
}

void signals_init(void)
{
	sigqueue_cache = kmem_cache_create("sigqueue", sizeof(struct sigqueue), 8, SLAB_PANIC, NULL);
}
