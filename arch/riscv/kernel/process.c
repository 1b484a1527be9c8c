// SPDX-License-Identifier: GPL-2.0-only
/*
 * The architecture's part of tasks: first registers, and FP state.
 *
 * FP states of a task, in sstatus.FS of its pt_regs and thread.fp_live:
 *	off, !fp_live	never used; the registers count as zero. The first FP
 *			instruction traps and fpu_enable_current() goes to
 *	clean, fp_live	the hart's registers, loaded at each switch to the task,
 *			equal thread.fpregs; hardware goes on to
 *	dirty, fp_live	only the hart's registers are right; switch_to() or
 *			fpu_save_current() save them: clean.
 */
#include <arch/csr.h>
#include <arch/processor.h>
#include <arch/setup.h>
#include <kernel/sched.h>
#include <lib/string.h>
#include <mm/vmalloc.h>

struct pt_regs *task_pt_regs(struct task_struct *t)
{
	return (struct pt_regs *)((unsigned long)t->stack + KERNEL_STACK_SIZE) - 1;
}

static void reset_fpu(struct thread_struct *th)
{
	memset(th->fpregs, 0, sizeof(th->fpregs));
	th->fcsr = 0;
}

/* An illegal instruction with FP off: perhaps it is on now. */
void fpu_enable_current(struct pt_regs *regs)
{
	struct thread_struct *th = &current->thread;

	if (!th->fp_live) {
		reset_fpu(th);
		th->fp_live = 1;
	}
	fpu_restore(current);	/* pt_regs: clean */
}

void fpu_save_current(void)
{
	struct thread_struct *th = &current->thread;

	if (!th->fp_live)
		reset_fpu(th);
	else if ((task_pt_regs(current)->status & SR_FS) == SR_FS_DIRTY)
		fpu_save(current);
}

void flush_thread(void)
{
	struct pt_regs *regs = task_pt_regs(current);

	current->thread.fp_live = 0;
	regs->status &= ~(SR_FS | 1UL << 63);
}

void start_thread(struct pt_regs *regs, unsigned long pc, unsigned long sp)
{
	memset(regs, 0, sizeof(*regs));
	regs->epc = pc;
	regs->sp = sp;
	regs->status = SR_USER;
	flush_thread();
	set_tsk_work(current, TIF_FULL_REGS);
}

/* From entry.S. A thread that is not a kernel thread any more is on its way to user
 * mode: it has done an exec. */
void kernel_thread_returned(long result)
{
	if (current->flags & PF_KTHREAD)
		do_exit(result);
}

int copy_thread(struct task_struct *p, const struct pt_regs *regs, unsigned long usp,
		bool set_tls, unsigned long tls, int (*fn)(void *), void *arg)
{
	struct pt_regs *child = task_pt_regs(p);
	struct thread_struct *th = &p->thread;

	p->kernel_sp = (unsigned long)child;
	p->percpu_offset = current->percpu_offset;
	th->ra = (unsigned long)ret_from_fork;
	th->sp = (unsigned long)child;
	th->fp_live = 0;
	if (fn) {
		memset(child, 0, sizeof(*child));
		child->status = SR_SPP | SR_SPIE;
		th->s[0] = (unsigned long)fn;
		th->s[1] = (unsigned long)arg;
		return 0;
	}
	if (current->thread.fp_live) {
		fpu_save_current();
		memcpy(th->fpregs, current->thread.fpregs, sizeof(th->fpregs));
		th->fcsr = current->thread.fcsr;
		th->fp_live = 1;
	}
	*child = *regs;
	child->a0 = 0;
	child->cause = 0;	/* no system call of the child's to restart */
	if (usp)
		child->sp = usp;
	if (set_tls)
		child->tp = tls;
	th->s[0] = 0;
	return 0;
}
