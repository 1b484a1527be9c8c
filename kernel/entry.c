// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is done on the way back to user mode, when task->work says so.
 */
#include <kernel/sched.h>
#include <kernel/signal.h>

/**
 * do_notify_work - reschedule, deliver signals. The entry code calls it again
 * until no work is left. Context: interrupts on; @regs complete.
 */
void do_notify_work(struct pt_regs *regs, unsigned long work)
{
	if (work & _TIF(TIF_NEED_RESCHED))
		schedule();
	if (work & (_TIF(TIF_SIGPENDING) | _TIF(TIF_RESTORE_SIGMASK)))
		arch_do_signal(regs);
	if (work & _TIF(TIF_NOTIFY_RESUME))
		clear_tsk_work(current, TIF_NOTIFY_RESUME);
}
