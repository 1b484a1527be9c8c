/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of arch/riscv share with each other. */
#ifndef ARCH_SETUP_H
#define ARCH_SETUP_H
#include <lib/types.h>
#include <lib/cpumask.h>
#include <arch/ptrace.h>

struct task_struct;
struct fdt;
struct mm_struct;

/* linker script */
extern char _start[], _stext[], _etext[], __rodata_start[], __rodata_end[];
extern char __init_begin[], __inittext_end[], __init_end[], _sdata[], _edata[];
extern char __bss_start[], __bss_stop[], _end[];
extern char __percpu_start[], __percpu_end[];

/* kernel/head.S, entry.S, switch.S, fpu.S */
extern char init_stack_guard[];
extern unsigned long boot_hartid;
extern phys_addr_t boot_dtb_pa;
extern unsigned long secondary_satp;	/* secondary harts enter paging with it */
void trap_entry(void);
void secondary_start(void);
void ret_from_fork(void);
void fpu_save(struct task_struct *t);
void fpu_restore(struct task_struct *t);

/* kernel/cpu.c: what the harts of the device tree can do */
extern bool riscv_has_sstc;
extern unsigned int riscv_zicboz_block;	/* bytes; 0: no cbo.zero */
extern u64 riscv_hwprobe_ima;	/* extensions, as riscv_hwprobe() tells them */
void parse_cpus(const struct fdt *fdt);
void setup_per_cpu_areas(void);
void cpu_init_csrs(void);		/* each hart, as it comes up */

/* mm/init.c */
void setup_early_vm(phys_addr_t dtb_pa);	/* MMU off */
extern unsigned long early_satp;
void paging_init(void);
void *early_map_dtb(phys_addr_t pa, unsigned long *size);
void early_unmap_dtb(void);
void mark_init_free(void);
extern bool init_memory_freed;

/* mm/context.c */
void asid_init(void);
/* does @cpu have @mm's page table loaded just now? */
bool cpu_has_mm_loaded(unsigned int cpu, const struct mm_struct *mm);
/** mm_renew_asid - give @mm, which only current uses, an address-space id that no
 *  hart's TLB knows. Return: false if that is not possible just now. */
bool mm_renew_asid(struct mm_struct *mm);

/* kernel/traps.c, mm/fault.c */
void do_irq(struct pt_regs *regs, unsigned long cause);
void do_user_trap(struct pt_regs *regs, unsigned long cause, unsigned long badaddr);
void do_kernel_trap(struct pt_regs *regs, unsigned long cause, unsigned long badaddr);
void do_user_page_fault(struct pt_regs *regs, unsigned long cause, unsigned long addr);
void do_kernel_page_fault(struct pt_regs *regs, unsigned long cause, unsigned long addr);
void handle_bad_stack(struct pt_regs *regs) __noreturn;
void die(struct pt_regs *regs, const char *what) __noreturn;
bool fixup_exception(struct pt_regs *regs);

/* kernel/smp.c */
void handle_ipi(void);
void smp_callin(void) __noreturn;

/* kernel/vdso.c */
unsigned long vdso_sigreturn_addr(void);	/* in current's address space; 0: no vDSO */

/* kernel/process.c */
void kernel_thread_returned(long result);
void fpu_enable_current(struct pt_regs *regs);

#endif
