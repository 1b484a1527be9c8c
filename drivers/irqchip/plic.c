// SPDX-License-Identifier: GPL-2.0-only
/*
 * Platform-level interrupt controller (RISC-V PLIC specification 1.0).
 *
 * A context is one privilege mode of one hart; "interrupts-extended" lists them.
 * The supervisor contexts of the harts that are used get threshold 0. Lines are
 * enabled in the context of the boot hart: device interrupts are few, and their
 * work goes to threads that the scheduler spreads.
 *
 * Locks: plic_lock for the enable bits.
 */
#include <arch/csr.h>
#include <arch/io.h>
#include <arch/smp.h>
#include <kernel/init.h>
#include <kernel/irq.h>
#include <kernel/percpu.h>
#include <kernel/printk.h>
#include <kernel/spinlock.h>
#include <lib/bitops.h>
#include <lib/err.h>
#include <lib/fdt.h>
#include <mm/vmalloc.h>

#define PLIC_PRIORITY		0x000000	/* 4 bytes a line */
#define PLIC_ENABLE		0x002000	/* 0x80 bytes a context */
#define PLIC_ENABLE_STRIDE	0x80
#define PLIC_CONTEXT		0x200000	/* 0x1000 bytes a context */
#define PLIC_CONTEXT_STRIDE	0x1000
#define CTX_THRESHOLD		0
#define CTX_CLAIM		4

static char __iomem *plic_base;
static unsigned int plic_ndev;
static int plic_node;
static DEFINE_SPINLOCK(plic_lock, LR_DRIVER);
static DEFINE_PER_CPU(char __iomem *, plic_ctx);	/* NULL: this hart has none */
static DEFINE_PER_CPU(char __iomem *, plic_enables);

static void plic_toggle(unsigned int irq, bool on)
{
	char __iomem *reg = per_cpu(plic_enables, 0) + irq / 32 * 4;
	unsigned long flags;
	u32 v;

	spin_lock_irqsave(&plic_lock, flags);
	v = readl(reg);
	v = on ? v | BIT(irq % 32) : v & ~BIT(irq % 32);
	writel(v, reg);
	spin_unlock_irqrestore(&plic_lock, flags);
}

static void plic_enable(unsigned int irq)
{
	if (WARN_ON(irq > plic_ndev))
		return;
	writel(1, plic_base + PLIC_PRIORITY + 4 * irq);
	plic_toggle(irq, true);
}

static void plic_disable(unsigned int irq)
{
	if (irq <= plic_ndev)
		plic_toggle(irq, false);
}

static void plic_init_cpu(unsigned int cpu)
{
	if (per_cpu(plic_ctx, cpu))
		writel(0, per_cpu(plic_ctx, cpu) + CTX_THRESHOLD);
}

static void plic_handle(void)
{
	char __iomem *ctx = this_cpu_read(plic_ctx);
	u32 irq;

	while (ctx && (irq = readl(ctx + CTX_CLAIM))) {
		generic_handle_irq(irq);
		writel(irq, ctx + CTX_CLAIM);
	}
}

static const struct irq_chip plic_chip = {
	.name = "PLIC",
	.enable = plic_enable,
	.disable = plic_disable,
	.init_cpu = plic_init_cpu,
	.handle = plic_handle,
};

/* Which CPU has the interrupt controller @intc? -1: none that is used. */
static int __init cpu_of_intc(const struct fdt *fdt, int intc)
{
	int node = fdt_parent(fdt, intc);
	unsigned int cpu;
	u64 hart;

	if (node < 0 || fdt_prop_u64(fdt, node, "reg", &hart))
		return -1;
	for_each_possible_cpu(cpu)
		if (cpu_to_hartid[cpu] == hart)
			return cpu;
	return -1;
}

static void __init plic_find_contexts(const struct fdt *fdt, int node, u64 size)
{
	struct fdt_irq irq;

	for (unsigned int i = 0; !fdt_interrupt(fdt, node, i, &irq); i++) {
		unsigned long ctx = PLIC_CONTEXT + (unsigned long)i * PLIC_CONTEXT_STRIDE;
		char __iomem *enables = plic_base + PLIC_ENABLE + i * PLIC_ENABLE_STRIDE;
		int cpu;

		if (irq.cells[0] != IRQ_S_EXT || ctx + PLIC_CONTEXT_STRIDE > size)
			continue;
		cpu = cpu_of_intc(fdt, irq.controller);
		if (cpu < 0)
			continue;
		per_cpu(plic_ctx, cpu) = plic_base + ctx;
		per_cpu(plic_enables, cpu) = enables;
		for (unsigned int line = 0; line <= plic_ndev; line += 32)
			writel(0, enables + line / 32 * 4);
	}
}

static int __init plic_probe(const struct fdt *fdt, int node)
{
	u64 base, size;
	u32 ndev;

	if (plic_base)
		return -EBUSY;
	if (fdt_reg(fdt, node, 0, &base, &size) || size < PLIC_CONTEXT + PLIC_CONTEXT_STRIDE ||
	    fdt_prop_u32(fdt, node, "riscv,ndev", 0, &ndev) || ndev > 1023)
		return -EINVAL;
	plic_base = ioremap(base, size);
	if (!plic_base)
		return -ENOMEM;
	plic_ndev = ndev;
	plic_node = node;
	plic_find_contexts(fdt, node, size);
	if (!per_cpu(plic_enables, 0)) {
		iounmap(plic_base);
		plic_base = NULL;
		return -ENODEV;
	}
	set_irq_chip(&plic_chip);
	return 0;
}

/* Lines of other controllers than the PLIC do not reach us. */
unsigned int of_irq(const struct fdt *fdt, int node, unsigned int i)
{
	struct fdt_irq irq;

	if (!plic_base || fdt_interrupt(fdt, node, i, &irq) || irq.controller != plic_node ||
	    irq.cells[0] > plic_ndev)
		return 0;
	return irq.cells[0];
}

static const char *const plic_compatible[] = { "riscv,plic0", "sifive,plic-1.0.0", NULL };
static const struct of_driver plic_driver = {
	.name = "plic",
	.compatible = plic_compatible,
	.probe = plic_probe,
	.level = 0,
};
OF_DRIVER(plic_driver);
