/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The task side of the architecture: current task, context switch, FP state.
 * In the kernel: tp = current task_struct, gp = this hart's per-CPU offset,
 * sscratch = 0 in the kernel / the task while in user mode.
 */
#ifndef ARCH_PROCESSOR_H
#define ARCH_PROCESSOR_H
#include <lib/types.h>
#include <arch/ptrace.h>

struct task_struct;
struct mm_struct;
struct kernel_clone_args;

/* saved over switch_to(); embedded in task_struct as .thread */
struct thread_struct {
	unsigned long ra, sp, s[12];
	u64 fpregs[32];
	u32 fcsr;
	u8 fp_live;	/* user FP state has been used: saved/restored at switches */
};

#ifdef __clang__
static inline struct task_struct *get_current(void)
{
	struct task_struct *t;

	asm("mv %0, tp" : "=r"(t));
	return t;
}
#define current get_current()
#else
register struct task_struct *current_tp asm("tp");
#define current current_tp
#endif

#define cpu_relax()	asm volatile("" ::: "memory")
static inline void wait_for_interrupt(void)
{
	asm volatile("wfi" ::: "memory");
}

/**
 * switch_to - switch kernel stacks and callee-saved registers.
 * Context: runqueue lock held, interrupts off; FP state of @prev is saved if
 * sstatus.FS was dirty. Return: the task that ran before (for finish_task_switch).
 */
struct task_struct *switch_to(struct task_struct *prev, struct task_struct *next);

/** switch_mm - make @next's page table current on this hart (ASID, mm cpumask).
 *  To be called for each switch to a user task, also if this hart holds @next lazily
 *  already: its ASID may have changed. Context: interrupts off. */
void switch_mm(struct mm_struct *prev, struct mm_struct *next);

/**
 * copy_thread - prepare @p's first run: returning to user with a0 = 0 from the
 * parent's registers (@regs, full), with stack @usp if not 0, tp = @tls if
 * @set_tls; or, for kernel threads (@fn not NULL), calling @fn(@arg).
 */
int copy_thread(struct task_struct *p, const struct pt_regs *regs, unsigned long usp,
		bool set_tls, unsigned long tls, int (*fn)(void *), void *arg);
/** start_thread - exec: fresh user registers with @pc and @sp; FP state reset. */
void start_thread(struct pt_regs *regs, unsigned long pc, unsigned long sp);
void flush_thread(void);
void fpu_save_current(void);	/* make current->thread.fpregs up to date */

/* signal frames, arch/riscv/kernel/signal.c */
struct ksignal;
int setup_rt_frame(struct ksignal *ksig, struct pt_regs *regs);

/* the boot hart's stack, init_task's */
extern unsigned char init_stack[];

/* power, arch/riscv/kernel/reset.c: SBI SRST. Do not return. */
void arch_power_off(void) __attribute__((noreturn));
void arch_restart(void) __attribute__((noreturn));
void arch_halt_others(void);		/* stop the other harts (panic) */

/* ELF */
#define ELF_ARCH_MACHINE	243	/* EM_RISCV */
extern unsigned long elf_hwcap;
extern const char *riscv_isa_string;	/* for /proc/cpuinfo */
extern const char *riscv_mmu_string;
int arch_setup_vdso(struct mm_struct *mm, unsigned long *vdso_base); /* 0 or -errno */

/* the kernel's own backtrace, symbolised */
void dump_stack(void);
void show_stack(struct task_struct *t);

#endif
