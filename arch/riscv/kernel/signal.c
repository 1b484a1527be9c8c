// SPDX-License-Identifier: GPL-2.0-only
/*
 * Signal frames, and what becomes of a system call that a signal interrupts.
 *
 * The frame is Linux's: siginfo, then ucontext with the registers of user mode
 * and FP state. There is no sa_restorer on riscv; the handler returns to the vDSO.
 */
#include <arch/csr.h>
#include <arch/processor.h>
#include <arch/ptrace.h>
#include <arch/setup.h>
#include <arch/uaccess.h>
#include <kernel/signal.h>
#include <kernel/syscalls.h>
#include <lib/string.h>
#include <linux/signal.h>
#include <asm/sigcontext.h>
#include <asm/ucontext.h>
#include <asm/unistd.h>

struct rt_sigframe {
	siginfo_t info;
	struct ucontext uc;
};
static_assert(sizeof(siginfo_t) == 128, "siginfo");
static_assert(offsetof(struct ucontext, uc_mcontext) == 176, "ucontext");
static_assert(sizeof(struct sigcontext) == 784, "sigcontext");

#define REGS_SIZE	sizeof(struct user_regs_struct)
#define FPREGS_SIZE	sizeof_field(struct thread_struct, fpregs)
static_assert(offsetof(struct __riscv_d_ext_state, fcsr) == FPREGS_SIZE, "d state");
static_assert(offsetof(struct __riscv_q_ext_state, reserved[1]) % 8 == 0, "q state");

static int save_fp(union __riscv_fp_state __user *fp)
{
	struct thread_struct *th = &current->thread;

	fpu_save_current();
	if (__copy_to_user(fp->d.f, th->fpregs, FPREGS_SIZE) ||
	    __put_user(th->fcsr, &fp->d.fcsr) ||
	    __put_user(0U, &fp->q.reserved[0]) ||
	    __put_user(0UL, (u64 __user *)&fp->q.reserved[1]))
		return -EFAULT;
	return 0;
}

static int restore_fp(struct pt_regs *regs, union __riscv_fp_state __user *fp)
{
	struct thread_struct *th = &current->thread;
	u32 reserved0;
	u64 reserved12;

	if (__get_user(reserved0, &fp->q.reserved[0]) ||
	    __get_user(reserved12, (u64 __user *)&fp->q.reserved[1]) || reserved0 || reserved12)
		return -EINVAL;
	/* what the hart holds is not wanted any more; mind a switch in between */
	fpu_save_current();
	if (__copy_from_user(th->fpregs, fp->d.f, FPREGS_SIZE) ||
	    __get_user(th->fcsr, &fp->d.fcsr))
		return -EFAULT;
	if (!th->fp_live && !th->fcsr && mem_is_zero(th->fpregs, FPREGS_SIZE))
		return 0;	/* still unused */
	th->fp_live = 1;
	fpu_restore(current);
	return 0;
}

/* Where the frame goes; an address that cannot be written if there is no room. */
static struct rt_sigframe __user *frame_address(struct ksignal *ksig, struct pt_regs *regs)
{
	unsigned long sp = regs->sp, new;

	if (on_sig_stack(sp) && !on_sig_stack(sp - sizeof(struct rt_sigframe)))
		return (struct rt_sigframe __user *)-16UL;
	new = sigsp(sp, ksig) - sizeof(struct rt_sigframe);
	return (struct rt_sigframe __user *)(new & ~15UL);
}

/**
 * setup_rt_frame - build the frame of @ksig and let @regs enter the handler.
 *
 * Context: @regs complete. Return: 0 or -EFAULT: no frame could be made.
 */
int setup_rt_frame(struct ksignal *ksig, struct pt_regs *regs)
{
	struct rt_sigframe __user *frame = frame_address(ksig, regs);
	unsigned long trampoline = vdso_sigreturn_addr();
	sigset_t *mask = sigmask_to_save();

	if (!trampoline || !access_ok(frame, sizeof(*frame)))
		return -EFAULT;
	if (__copy_to_user(&frame->info, &ksig->info, sizeof(frame->info)) ||
	    __put_user(0UL, &frame->uc.uc_flags) ||
	    __put_user(NULL, &frame->uc.uc_link) ||
	    save_altstack(&frame->uc.uc_stack) ||
	    __put_user(mask->sig[0], &frame->uc.uc_sigmask.sig[0]) ||
	    __copy_to_user(&frame->uc.uc_mcontext.sc_regs, regs, REGS_SIZE) ||
	    save_fp(&frame->uc.uc_mcontext.sc_fpregs))
		return -EFAULT;
	regs->ra = trampoline;
	regs->epc = (unsigned long)ksig->ka.sa.sa_handler;
	regs->sp = (unsigned long)frame;
	regs->a0 = ksig->sig;
	regs->a1 = (unsigned long)&frame->info;
	regs->a2 = (unsigned long)&frame->uc;
	return 0;
}

/* An lr of the handler must not pair with an sc of what it interrupted. */
static void drop_reservation(void)
{
	int nowhere;

	asm volatile("sc.w zero, zero, %0" : "=A"(nowhere));
}

long sys_rt_sigreturn(void);
long sys_rt_sigreturn(void)
{
	struct pt_regs *regs = task_pt_regs(current);
	struct rt_sigframe __user *frame = (struct rt_sigframe __user *)regs->sp;
	sigset_t set;

	drop_reservation();
	regs->cause = 0;	/* the call that the signal interrupted is settled */
	set_tsk_work(current, TIF_FULL_REGS);
	if (!access_ok(frame, sizeof(*frame)) ||
	    __get_user(set.sig[0], &frame->uc.uc_sigmask.sig[0]))
		goto bad;
	set_current_blocked(&set);
	/* pc .. t6 only: no status bit comes from the user */
	if (__copy_from_user(regs, &frame->uc.uc_mcontext.sc_regs, REGS_SIZE) ||
	    restore_fp(regs, &frame->uc.uc_mcontext.sc_fpregs) ||
	    restore_altstack(&frame->uc.uc_stack))
		goto bad;
	return regs->a0;
bad:
	force_sig(SIGSEGV);
	return 0;
}

/* Run the system call again when user mode is entered. */
static void restart_syscall_insn(struct pt_regs *regs)
{
	regs->a0 = regs->orig_a0;
	regs->epc -= 4;
}

/* A handler will run: does the interrupted call fail, or is it done again after it? */
static void restart_with_handler(struct pt_regs *regs, const struct ksignal *ksig)
{
	switch ((long)regs->a0) {
	case -ERESTARTNOHAND:
	case -ERESTART_RESTARTBLOCK:
		regs->a0 = -EINTR;
		break;
	case -ERESTARTSYS:
		if (!(ksig->ka.sa.sa_flags & SA_RESTART)) {
			regs->a0 = -EINTR;
			break;
		}
		fallthrough;
	case -ERESTARTNOINTR:
		restart_syscall_insn(regs);
		break;
	}
}

static void restart_without_handler(struct pt_regs *regs)
{
	switch ((long)regs->a0) {
	case -ERESTARTNOHAND:
	case -ERESTARTSYS:
	case -ERESTARTNOINTR:
		restart_syscall_insn(regs);
		break;
	case -ERESTART_RESTARTBLOCK:
		restart_syscall_insn(regs);
		regs->a7 = __NR_restart_syscall;
		break;
	}
}

/**
 * arch_do_signal - deliver one signal, if there is one.
 *
 * Context: on the way to user mode, @regs complete, interrupts on.
 */
void arch_do_signal(struct pt_regs *regs)
{
	bool in_syscall = regs_in_syscall(regs);
	struct ksignal ksig;

	if (get_signal(&ksig)) {
		if (in_syscall)
			restart_with_handler(regs, &ksig);
		regs->cause = 0;
		signal_setup_done(setup_rt_frame(&ksig, regs), &ksig);
		return;
	}
	if (in_syscall)
		restart_without_handler(regs);
	regs->cause = 0;
	restore_saved_sigmask();
}
