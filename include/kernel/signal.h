/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Signals. signal_struct is the process (shared by its threads);
 * sighand_struct is the table of actions. sighand->siglock guards both and
 * every pending set, and is taken with interrupts off.
 */
#ifndef KERNEL_SIGNAL_H
#define KERNEL_SIGNAL_H
#include <kernel/sched.h>
#include <kernel/wait.h>
#include <kernel/mutex.h>
#include <kernel/timer.h>
#include <linux/resource.h>

struct tty_struct;

struct sighand_struct {
	spinlock_t siglock;		/* LR_SIGLOCK, irq */
	refcount_t count;
	wait_queue_head_t signalfd_wqh;	/* whoever reads or polls a signalfd */
	struct k_sigaction action[_NSIG];
	struct rcu_head rcu;
};

#define SIGNAL_STOP_STOPPED	1
#define SIGNAL_STOP_CONTINUED	2
#define SIGNAL_GROUP_EXIT	4
#define SIGNAL_UNKILLABLE	0x40	/* init: default-action signals from below are dropped */

struct signal_struct {
	refcount_t sigcnt;
	atomic_t live;			/* threads not yet exited */
	int nr_threads;
	struct list_head thread_head;	/* rcu; tasklist_lock to change */
	wait_queue_head_t wait_chldexit;
	struct task_struct *curr_target;
	struct sigpending shared_pending;
	int group_exit_code;
	int notify_count;		/* exec: threads still to die */
	struct task_struct *group_exec_task;
	int group_stop_count;
	unsigned int flags;		/* SIGNAL_* */
	bool is_child_subreaper;
	struct pid *pids[PIDTYPE_MAX];	/* TGID, PGID, SID; tasklist_lock */
	bool leader;			/* session leader */
	struct tty_struct *tty;		/* controlling tty; siglock */
	struct pid *tty_old_pgrp;
	/* accounting of dead threads and waited-for children */
	u64 utime, stime, cutime, cstime, nvcsw, nivcsw, cnvcsw, cnivcsw;
	unsigned long min_flt, maj_flt, cmin_flt, cmaj_flt, maxrss, cmaxrss;
	u64 sum_sched_runtime;
	struct rlimit rlim[RLIM_NLIMITS];
	struct mutex cred_guard_mutex;	/* exec against credential readers */
	/* interval timers */
	struct hrtimer real_timer;	/* ITIMER_REAL */
	ktime_t it_real_incr;
	struct cpu_itimer { u64 expires, incr; } it[2];	/* VIRTUAL, PROF; ns of cpu time */
	struct list_head posix_timers;	/* struct k_itimer; siglock */
	int next_posix_timer_id;
	int oom_score_adj;
	int oom_score_adj_min;		/* as far down as the unprivileged may set it */
	atomic_t nr_sigqueued;		/* queued siginfos: RLIMIT_SIGPENDING */
	atomic_t nr_timers;		/* POSIX timers: the same limit */
	struct rcu_head rcu;
};

static inline unsigned long rlimit(unsigned int which)
{
	return READ_ONCE(current->signal->rlim[which].rlim_cur);
}
static inline unsigned long task_rlimit(const struct task_struct *t, unsigned int which)
{
	return READ_ONCE(t->signal->rlim[which].rlim_cur);
}

#define SEND_SIG_NOINFO	((siginfo_t *)0)	/* from the current user */
#define SEND_SIG_PRIV	((siginfo_t *)1)	/* from the kernel */

/* All of these: any context that may take siglock. 0 or -errno. */
int send_sig_info(int sig, siginfo_t *info, struct task_struct *t);	/* to the thread */
int send_sig(int sig, struct task_struct *t, int priv);
int group_send_sig_info(int sig, siginfo_t *info, struct task_struct *t);/* to the process */
int kill_pgrp_info(int sig, siginfo_t *info, struct pid *pgrp);	/* tasklist_lock held or rcu */
int kill_pgrp(struct pid *pgrp, int sig, int priv);
int kill_pid(struct pid *pid, int sig, int priv);
int kill_pid_info(int sig, siginfo_t *info, struct pid *pid);
/** force_sig_fault - synchronous fault signal: unblocked, default if ignored. */
void force_sig_fault(int sig, int code, void __user *addr);
void force_sig(int sig);
void force_fatal_sig(int sig);
int send_sigqueue_timer(int sig, siginfo_t *info, struct task_struct *t, bool group);
/** get_signal - next signal to deliver to current, acting on stops and default
 *  actions (which may not return). Context: no locks. Return: false: none. */
bool get_signal(struct ksignal *ksig);
/** signal_setup_done - after the frame was made (@failed: SIGSEGV). */
void signal_setup_done(int failed, struct ksignal *ksig);
sigset_t *sigmask_to_save(void);
void restore_saved_sigmask(void);
void set_current_blocked(const sigset_t *set);
/** set_user_sigmask - pselect, ppoll, epoll_pwait: mask for the call. 0, -EINVAL, -EFAULT. */
int set_user_sigmask(const sigset_t __user *mask, size_t sigsetsize);
void restore_saved_sigmask_unless(bool interrupted);
void recalc_sigpending(void);			/* siglock held */
/** dequeue_signal - current's next pending signal not in @mask; siglock held. 0: none. */
int dequeue_signal(const sigset_t *mask, siginfo_t *info);
void flush_signal_handlers(struct task_struct *t, bool force_default);
int do_sigaction(int sig, struct k_sigaction *act, struct k_sigaction *oact);
bool do_notify_parent(struct task_struct *t, int sig);	/* tasklist_lock; true: autoreap */
void zap_other_threads(struct task_struct *t);
void exit_signals(struct task_struct *t);
/** is_current_pgrp_orphaned - POSIX: no member's parent is outside the group, in the
 *  same session. Then terminal stop signals do not stop it. Context: may not hold
 *  tasklist_lock. */
bool is_current_pgrp_orphaned(void);
void flush_sigqueue(struct sigpending *q);
struct sighand_struct *lock_task_sighand(struct task_struct *t, unsigned long *flags);
int restore_altstack(const stack_t __user *uss);
int save_altstack(stack_t __user *uss);
/** on_sig_stack - is @sp on the alternate stack? Not with SS_AUTODISARM, which makes it
 *  another stack like all others while a handler runs. */
static inline bool on_sig_stack(unsigned long sp)
{
	struct task_struct *t = current;

	return !(t->sas_ss_flags & SS_AUTODISARM) &&
	       sp > t->sas_ss_sp && sp - t->sas_ss_sp <= t->sas_ss_size;
}
/** siginfo_for_self - one of the kernel, of kill or of tgkill: a program may tell it to itself only. */
static inline bool siginfo_for_self(const siginfo_t *info)
{
	return info->si_code >= 0 || info->si_code == SI_TKILL;
}
int copy_siginfo_from_user(siginfo_t *info, int sig, const siginfo_t __user *u);
/** sigsp - where the frame goes: the alternate stack if asked and not on it. */
unsigned long sigsp(unsigned long sp, struct ksignal *ksig);
/** posix_timer_delivered - its signal is being taken: fill the overrun, start the next period. siglock held. */
void posix_timer_delivered(siginfo_t *info);
void it_real_delivered(struct signal_struct *s);
void signals_init(void);
bool task_sigpending_sets(struct task_struct *t, sigset_t *pend, sigset_t *shpend,
			  sigset_t *ign, sigset_t *caught); /* for /proc */

/* arch entry.S calls these: */
void do_notify_work(struct pt_regs *regs, unsigned long work);	/* kernel/entry.c: resched, signals, task work */
/* arch: deliver signals / restart system calls; calls get_signal + setup_rt_frame */
void arch_do_signal(struct pt_regs *regs);

/* sigset helpers (sig is 1-based) */
static inline void sigaddset(sigset_t *s, int sig) { s->sig[0] |= 1UL << (sig - 1); }
static inline void sigdelset(sigset_t *s, int sig) { s->sig[0] &= ~(1UL << (sig - 1)); }
static inline bool sigismember(const sigset_t *s, int sig) { return (s->sig[0] >> (sig - 1)) & 1; }
static inline void sigemptyset(sigset_t *s) { s->sig[0] = 0; }
static inline void sigfillset(sigset_t *s) { s->sig[0] = ~0UL; }
#define sigmask(sig)	(1UL << ((sig) - 1))

#endif
