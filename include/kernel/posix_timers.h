/* SPDX-License-Identifier: GPL-2.0-only */
/* Interval and POSIX timers: what fork, exit, exec and the tick need of them. */
#ifndef KERNEL_POSIX_TIMERS_H
#define KERNEL_POSIX_TIMERS_H
#include <kernel/signal.h>
#include <kernel/timer.h>

/** it_real_fn - ITIMER_REAL of a process fires; signal->real_timer's function. */
enum hrtimer_restart it_real_fn(struct hrtimer *t);
/** exit_itimers - delete the POSIX timers of a process (exec, last thread's exit). */
void exit_itimers(struct signal_struct *sig);
/** run_posix_cpu_timers - from the tick: have current's CPU-time timers, ITIMER_VIRTUAL,
 *  ITIMER_PROF and RLIMIT_CPU come due? Context: interrupt. */
void run_posix_cpu_timers(void);
/** posix_cpu_timers_tick - its part of posix-timers.c. */
void posix_cpu_timers_tick(struct task_struct *t);

#endif
