/* SPDX-License-Identifier: GPL-2.0-only */
/* For host tests: a machine without interrupts. */
#ifndef ARCH_IRQFLAGS_H
#define ARCH_IRQFLAGS_H

static inline void local_irq_enable(void) { }
static inline void local_irq_disable(void) { }
static inline unsigned long arch_irq_save(void) { return 0; }
static inline void local_irq_restore(unsigned long flags) { }

#endif
