/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared by kernel/signal*.c: the queue of pending signals. */
#ifndef KERNEL_SIGNAL_PRIVATE_H
#define KERNEL_SIGNAL_PRIVATE_H
#include <kernel/signal.h>

struct sigqueue {
	struct list_head list;
	siginfo_t info;
	struct signal_struct *owner;	/* whose queue count this one is in */
	bool of_timer;			/* a POSIX timer's: it goes on when this is taken */
};

#define SIG_KERNEL_ONLY_MASK	(sigmask(SIGKILL) | sigmask(SIGSTOP))
#define SIG_KERNEL_STOP_MASK	(sigmask(SIGSTOP) | sigmask(SIGTSTP) | sigmask(SIGTTIN) | sigmask(SIGTTOU))
#define SIG_KERNEL_IGNORE_MASK	(sigmask(SIGCONT) | sigmask(SIGCHLD) | sigmask(SIGWINCH) | sigmask(SIGURG))
#define SYNCHRONOUS_MASK	(sigmask(SIGSEGV) | sigmask(SIGBUS) | sigmask(SIGILL) | sigmask(SIGTRAP) | \
				 sigmask(SIGFPE) | sigmask(SIGSYS))
#define sig_kernel_only(s)	((s) < SIGRTMIN && (sigmask(s) & SIG_KERNEL_ONLY_MASK))
#define sig_kernel_stop(s)	((s) < SIGRTMIN && (sigmask(s) & SIG_KERNEL_STOP_MASK))
#define sig_kernel_ignore(s)	((s) < SIGRTMIN && (sigmask(s) & SIG_KERNEL_IGNORE_MASK))
#define valid_signal(s)		((unsigned int)(s) <= _NSIG)

/* task->jobctl; siglock */
#define JOBCTL_STOP_SIGMASK	0xffffUL
#define JOBCTL_STOP_DEQUEUED	(1UL << 16)	/* a stop signal was taken: SIGCONT clears it */
#define JOBCTL_STOP_PENDING	(1UL << 17)
#define JOBCTL_STOP_CONSUME	(1UL << 18)	/* counts in group_stop_count */
#define JOBCTL_PENDING_MASK	JOBCTL_STOP_PENDING

/* signal->flags: tell the parent of a continue, by whichever thread gets there */
#define SIGNAL_CLD_STOPPED	0x10
#define SIGNAL_CLD_CONTINUED	0x20
#define SIGNAL_CLD_MASK		(SIGNAL_CLD_STOPPED | SIGNAL_CLD_CONTINUED)
#define SIGNAL_STOP_MASK	(SIGNAL_CLD_MASK | SIGNAL_STOP_STOPPED | SIGNAL_STOP_CONTINUED)

static inline void signal_set_stop_flags(struct signal_struct *s, unsigned int flags)
{
	s->flags = (s->flags & ~SIGNAL_STOP_MASK) | flags;
}

int send_signal_locked(int sig, siginfo_t *info, struct task_struct *t, bool group);
void signal_wake_up(struct task_struct *t, bool fatal);
void task_clear_jobctl(struct task_struct *t, unsigned long mask);
/** set_blocked_locked - current blocks @set; what it will not take now, other threads may.
 *  Context: siglock. */
void set_blocked_locked(const sigset_t *set);
void flush_sigqueue_mask(const sigset_t *mask, struct sigpending *q);
int kill_ok(int sig, const siginfo_t *info, struct task_struct *t);	/* 0 or -EPERM */

#endif
