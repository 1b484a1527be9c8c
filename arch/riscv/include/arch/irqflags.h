/* SPDX-License-Identifier: GPL-2.0-only */
/* Interrupt enable of this hart (sstatus.SIE). */
#ifndef ARCH_IRQFLAGS_H
#define ARCH_IRQFLAGS_H
#include <lib/types.h>

#define ARCH_SIE	2UL

static inline void local_irq_enable(void)
{
	asm volatile("csrsi sstatus, 2" ::: "memory");
}
static inline void local_irq_disable(void)
{
	asm volatile("csrci sstatus, 2" ::: "memory");
}
static inline unsigned long arch_irq_save(void)
{
	unsigned long f;

	asm volatile("csrrci %0, sstatus, 2" : "=r"(f) :: "memory");
	return f & ARCH_SIE;
}
static inline void local_irq_restore(unsigned long flags)
{
	asm volatile("csrs sstatus, %0" :: "r"(flags & ARCH_SIE) : "memory");
}
static inline unsigned long local_save_flags(void)
{
	unsigned long f;

	asm volatile("csrr %0, sstatus" : "=r"(f) :: "memory");
	return f;
}
static inline bool irqs_disabled(void)
{
	return !(local_save_flags() & ARCH_SIE);
}
#define local_irq_save(flags) do { (flags) = arch_irq_save(); } while (0)

#endif
