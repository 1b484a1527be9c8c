// SPDX-License-Identifier: GPL-2.0-only
/*
 * What entry.S calls for traps that are not system calls, and what happens when
 * the kernel itself goes wrong: registers, backtrace, and the end of the task, or
 * of the system if there is no task to blame.
 */
#include <arch/csr.h>
#include <arch/irqflags.h>
#include <arch/setup.h>
#include <arch/smp.h>
#include <kernel/irq.h>
#include <kernel/init.h>
#include <kernel/percpu.h>
#include <kernel/printk.h>
#include <kernel/sched.h>
#include <kernel/signal.h>
#include <kernel/timer.h>
#include <mm/vmalloc.h>

void do_irq(struct pt_regs *regs, unsigned long cause)
{
	irq_enter();
	switch (cause & ~(1UL << 63)) {
	case IRQ_S_TIMER:
		timer_interrupt(user_mode(regs));
		break;
	case IRQ_S_SOFT:
		csr_clear(sip, BIT(IRQ_S_SOFT));
		handle_ipi();
		break;
	case IRQ_S_EXT:
		handle_external_irq();
		break;
	default:
		pr_warn_ratelimited("unexpected interrupt: scause %lx\n", cause);
		break;
	}
	irq_exit();
}

static void user_signal(struct pt_regs *regs, int sig, int code, unsigned long addr)
{
	local_irq_enable();
	force_sig_fault(sig, code, (void __user *)addr);
}

static void illegal_instruction(struct pt_regs *regs)
{
	/* FP is off until it is first used */
	if (!(regs->status & SR_FS))
		fpu_enable_current(regs);
	else
		user_signal(regs, SIGILL, ILL_ILLOPC, regs->epc);
}

/* all but page faults, which have an entry of their own */
void do_user_trap(struct pt_regs *regs, unsigned long cause, unsigned long badaddr)
{
	switch (cause) {
	case EXC_INST_ILLEGAL:
		illegal_instruction(regs);
		return;
	case EXC_BREAKPOINT:
		user_signal(regs, SIGTRAP, TRAP_BRKPT, regs->epc);
		return;
	case EXC_INST_MISALIGNED:
		user_signal(regs, SIGBUS, BUS_ADRALN, regs->epc);
		return;
	case EXC_LOAD_MISALIGNED:
	case EXC_STORE_MISALIGNED:
		user_signal(regs, SIGBUS, BUS_ADRALN, badaddr);
		return;
	case EXC_INST_ACCESS:
		user_signal(regs, SIGSEGV, SEGV_ACCERR, regs->epc);
		return;
	case EXC_LOAD_ACCESS:
	case EXC_STORE_ACCESS:
		/* memory that does not answer: a device mapping */
		user_signal(regs, SIGBUS, BUS_ADRERR, badaddr);
		return;
	default:
		user_signal(regs, SIGILL, ILL_ILLTRP, regs->epc);
		return;
	}
}

static const char *cause_name(unsigned long cause)
{
	static const char *const names[] = {
		[EXC_INST_MISALIGNED] = "instruction address misaligned",
		[EXC_INST_ACCESS] = "instruction access fault",
		[EXC_INST_ILLEGAL] = "illegal instruction",
		[EXC_BREAKPOINT] = "breakpoint",
		[EXC_LOAD_MISALIGNED] = "load address misaligned",
		[EXC_LOAD_ACCESS] = "load access fault",
		[EXC_STORE_MISALIGNED] = "store address misaligned",
		[EXC_STORE_ACCESS] = "store access fault",
		[EXC_INST_PAGE_FAULT] = "instruction page fault",
		[EXC_LOAD_PAGE_FAULT] = "load page fault",
		[EXC_STORE_PAGE_FAULT] = "store page fault",
	};

	if (cause < ARRAY_SIZE(names) && names[cause])
		return names[cause];
	return "unknown exception";
}

void do_kernel_trap(struct pt_regs *regs, unsigned long cause, unsigned long badaddr)
{
	switch (cause) {
	case EXC_INST_PAGE_FAULT:
	case EXC_LOAD_PAGE_FAULT:
	case EXC_STORE_PAGE_FAULT:
		do_kernel_page_fault(regs, cause, badaddr);
		return;
	default:
		/* uaccess may meet a device mapping, and misaligned atomics */
		if (fixup_exception(regs))
			return;
		die(regs, cause_name(cause));
	}
}

/*
 * The kernel did something it must not. As on Linux the task dies, unless there
 * is none that could: in an interrupt, in the idle task, or in init.
 */
void die(struct pt_regs *regs, const char *what)
{
	static unsigned int count;
	bool fatal = in_interrupt() || (current->flags & PF_IDLE) || current->pid <= 1 ||
		     !(regs->status & SR_SPIE) || (current->flags & PF_EXITING);

	pr_emerg("%s [#%u]\n", what, __atomic_add_fetch(&count, 1, __ATOMIC_RELAXED));
	show_regs(regs);
	if (fatal)
		panic("Fatal exception%s", in_interrupt() ? " in interrupt" : "");
	local_irq_enable();
	do_exit(SIGSEGV);
}

void handle_bad_stack(struct pt_regs *regs)
{
	pr_emerg("Insufficient stack space to handle exception!\n");
	pr_emerg("Task stack:     [0x%lx..0x%lx], sp 0x%lx\n", (unsigned long)current->stack,
		 (unsigned long)current->stack + KERNEL_STACK_SIZE, regs->sp);
	show_regs(regs);
	panic("Kernel stack overflow");
}

void __init arch_irq_init(void)
{
	csr_set(sie, BIT(IRQ_S_SOFT) | BIT(IRQ_S_TIMER) | BIT(IRQ_S_EXT));
	local_irq_enable();
}
