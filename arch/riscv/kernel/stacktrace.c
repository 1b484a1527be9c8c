// SPDX-License-Identifier: GPL-2.0-only
/*
 * Registers and backtraces for the log. The kernel keeps no frame pointers, so a
 * backtrace is every word of the stack that points behind a call instruction in
 * the kernel's code: left-overs of earlier calls show up as well.
 */
#include <arch/ptrace.h>
#include <arch/setup.h>
#include <arch/smp.h>
#include <kernel/kallsyms.h>
#include <kernel/percpu.h>
#include <kernel/printk.h>
#include <kernel/sched.h>
#include <mm/vmalloc.h>

#define MAX_FRAMES	32

static bool is_kernel_text(unsigned long addr)
{
	return (addr >= (unsigned long)_stext && addr < (unsigned long)_etext) ||
	       (addr >= (unsigned long)__init_begin && addr < (unsigned long)__inittext_end &&
		!init_memory_freed);
}

/* Does a call end at @addr? jal and jalr with rd = ra, c.jalr */
static bool follows_call(unsigned long addr)
{
	const u16 *p = (const u16 *)addr;
	u32 insn;

	if (addr & 1 || !is_kernel_text(addr - 4) || !is_kernel_text(addr))
		return false;
	insn = p[-2] | (u32)p[-1] << 16;
	if ((insn & 0xfff) == 0xef || (insn & 0x7fff) == 0xe7)
		return true;
	return (p[-1] & 0xf07f) == 0x9002 && (p[-1] & 0xf80);
}

static void print_frame(unsigned long addr)
{
	char sym[KSYM_STR_LEN];

	/* the call, not what follows: that may be another function */
	sprint_symbol(sym, addr - 1);
	pr_emerg(" [<%016lx>] %s\n", addr, sym);
}

static void backtrace_from(const struct task_struct *t, unsigned long sp)
{
	unsigned long base = (unsigned long)t->stack, end = t->kernel_sp;
	unsigned int frames = 0;

	if (sp < base || sp >= end)
		sp = base;
	sp = ALIGN(sp, sizeof(long));
	for (; sp < end && frames < MAX_FRAMES; sp += sizeof(long)) {
		unsigned long addr = *(unsigned long *)sp;

		if (follows_call(addr)) {
			print_frame(addr);
			frames++;
		}
	}
}

static unsigned long current_sp(void)
{
	unsigned long sp;

	asm volatile("mv %0, sp" : "=r"(sp));
	return sp;
}

void dump_stack(void)
{
	pr_emerg("CPU: %u PID: %d Comm: %s %s\n", smp_processor_id(), current->pid,
		 current->comm, VELLUM_RELEASE);
	show_stack(NULL);
}

/** show_stack - the backtrace of @t, which does not run, or (NULL) of this task. */
void show_stack(struct task_struct *t)
{
	pr_emerg("Call Trace:\n");
	if (!t || t == current)
		backtrace_from(current, current_sp());
	else
		backtrace_from(t, t->thread.sp);
}

void show_regs(const struct pt_regs *r)
{
	char sym[KSYM_STR_LEN];

	pr_emerg("CPU: %u PID: %d Comm: %s %s\n", smp_processor_id(), current->pid,
		 current->comm, VELLUM_RELEASE);
	if (!user_mode(r)) {
		sprint_symbol(sym, r->epc);
		pr_emerg("epc : %s\n", sym);
		sprint_symbol(sym, r->ra);
		pr_emerg(" ra : %s\n", sym);
	}
	pr_emerg("epc : %016lx ra : %016lx sp : %016lx\n", r->epc, r->ra, r->sp);
	pr_emerg(" gp : %016lx tp : %016lx t0 : %016lx\n", r->gp, r->tp, r->t0);
	pr_emerg(" t1 : %016lx t2 : %016lx s0 : %016lx\n", r->t1, r->t2, r->s0);
	pr_emerg(" s1 : %016lx a0 : %016lx a1 : %016lx\n", r->s1, r->a0, r->a1);
	pr_emerg(" a2 : %016lx a3 : %016lx a4 : %016lx\n", r->a2, r->a3, r->a4);
	pr_emerg(" a5 : %016lx a6 : %016lx a7 : %016lx\n", r->a5, r->a6, r->a7);
	pr_emerg(" s2 : %016lx s3 : %016lx s4 : %016lx\n", r->s2, r->s3, r->s4);
	pr_emerg(" s5 : %016lx s6 : %016lx s7 : %016lx\n", r->s5, r->s6, r->s7);
	pr_emerg(" s8 : %016lx s9 : %016lx s10: %016lx\n", r->s8, r->s9, r->s10);
	pr_emerg(" s11: %016lx t3 : %016lx t4 : %016lx\n", r->s11, r->t3, r->t4);
	pr_emerg(" t5 : %016lx t6 : %016lx\n", r->t5, r->t6);
	pr_emerg("status: %016lx badaddr: %016lx cause: %016lx\n", r->status, r->badaddr, r->cause);
	if (!user_mode(r)) {
		pr_emerg("Call Trace:\n");
		backtrace_from(current, r->sp);
	}
}
