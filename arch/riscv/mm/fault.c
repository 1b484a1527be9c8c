// SPDX-License-Identifier: GPL-2.0-only
/*
 * Page faults. What a fault on a user address means is mm's to decide
 * (do_user_fault()); here: who may touch what, and what becomes of a fault that
 * nothing can resolve: a signal, a fix-up of a uaccess function, or an oops.
 *
 * Interrupts are off on entry, as the trap left them.
 */
#include <arch/csr.h>
#include <arch/irqflags.h>
#include <arch/pgtable.h>
#include <arch/setup.h>
#include <arch/uaccess.h>
#include <kernel/irq.h>
#include <kernel/printk.h>
#include <kernel/sched.h>
#include <kernel/signal.h>
#include <mm/mm.h>

struct exception_entry {
	s32 insn, fixup;	/* each relative to itself */
};
extern const struct exception_entry __start___ex_table[], __stop___ex_table[];

/* The table is small and searched only for errors: in order it is. */
bool fixup_exception(struct pt_regs *regs)
{
	const struct exception_entry *e;

	for (e = __start___ex_table; e < __stop___ex_table; e++) {
		if ((unsigned long)&e->insn + e->insn == regs->epc) {
			regs->epc = (unsigned long)&e->fixup + e->fixup;
			return true;
		}
	}
	return false;
}

void pagefault_disable(void)
{
	current->pagefault_disabled++;
	barrier();
}

void pagefault_enable(void)
{
	barrier();
	current->pagefault_disabled--;
}

static void __cold kernel_oops(struct pt_regs *regs, unsigned long addr)
{
	if (addr < PAGE_SIZE)
		pr_emerg("Unable to handle kernel NULL pointer dereference at virtual address %016lx\n",
			 addr);
	else if (addr < TASK_SIZE && !(regs->status & SR_SUM))
		pr_emerg("Unable to handle access to user memory outside of uaccess routines at virtual address %016lx\n",
			 addr);
	else
		pr_emerg("Unable to handle kernel paging request at virtual address %016lx\n",
			 addr);
	die(regs, "Oops");
}

/* The entry is there and allows this: the hart had not seen it yet. */
static bool spurious_kernel_fault(unsigned long cause, unsigned long addr)
{
	pte_t *table = swapper_pg_dir, e = __pte(0);
	unsigned long need = cause == EXC_STORE_PAGE_FAULT ? _PTE_W :
			     cause == EXC_INST_PAGE_FAULT ? _PTE_X : _PTE_R;

	if (addr < VMALLOC_START || addr >= VMALLOC_END)
		return false;
	for (int level = PT_LEVELS - 1; level >= 0; level--) {
		e = pte_read(&table[pt_index(addr, level)]);
		if (!pte_table(e))
			break;
		table = pte_next_table(e);
	}
	if (!pte_present(e) || !(e.val & need))
		return false;
	asm volatile("sfence.vma %0, zero" :: "r"(addr) : "memory");
	return true;
}

/** do_kernel_page_fault - cause is that of a page fault, in the kernel. */
void do_kernel_page_fault(struct pt_regs *regs, unsigned long cause, unsigned long addr)
{
	int code;

	if (addr >= TASK_SIZE) {
		if (spurious_kernel_fault(cause, addr) || fixup_exception(regs))
			return;
		kernel_oops(regs, addr);
	}
	if (!(regs->status & SR_SUM))
		kernel_oops(regs, addr);
	if (!current->pagefault_disabled && current->mm && (regs->status & SR_SPIE)) {
		int r;

		local_irq_enable();
		r = do_user_fault(addr, cause == EXC_STORE_PAGE_FAULT ? FAULT_FLAG_WRITE : 0, &code);
		local_irq_disable();
		if (!r)
			return;
	}
	if (!fixup_exception(regs))
		kernel_oops(regs, addr);
}

/** do_user_page_fault - any @cause from that of instruction page faults on, in user mode. */
void do_user_page_fault(struct pt_regs *regs, unsigned long cause, unsigned long addr)
{
	unsigned int flags = FAULT_FLAG_USER;
	int sig, code;

	local_irq_enable();
	if (cause == EXC_STORE_PAGE_FAULT) {
		flags = FAULT_FLAG_USER | FAULT_FLAG_WRITE;
	} else if (cause != EXC_LOAD_PAGE_FAULT) {
		flags = FAULT_FLAG_USER | FAULT_FLAG_INSTRUCTION;
		if (unlikely(cause != EXC_INST_PAGE_FAULT)) {
			do_user_trap(regs, cause, addr);
			return;
		}
	}
	if (likely(addr < TASK_SIZE)) {
		sig = do_user_fault(addr, flags, &code);
		if (likely(sig <= 0))
			return;
	} else {
		sig = SIGSEGV;
		code = SEGV_MAPERR;
	}
	force_sig_fault(sig, code, (void __user *)addr);
}
