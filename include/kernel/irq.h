/* SPDX-License-Identifier: GPL-2.0-only */
/* Device interrupts, by the number the interrupt controller gives. Handlers run
 * with interrupts off and do not sleep. */
#ifndef KERNEL_IRQ_H
#define KERNEL_IRQ_H
#include <lib/types.h>

typedef void (*irq_handler_t)(unsigned int irq, void *dev);
struct irq_chip {
	const char *name;
	void (*enable)(unsigned int irq);
	void (*disable)(unsigned int irq);
	void (*init_cpu)(unsigned int cpu);
	void (*handle)(void);		/* claim, call generic_handle_irq(), complete */
};
int request_irq(unsigned int irq, irq_handler_t fn, const char *name, void *dev);
void free_irq(unsigned int irq, void *dev);
void generic_handle_irq(unsigned int irq);
void irq_init_cpu(unsigned int cpu);	/* each further hart, as it comes up */
void set_irq_chip(const struct irq_chip *chip);
void handle_external_irq(void);		/* from arch trap code */
bool in_interrupt(void);
void irq_enter(void);
void irq_exit(void);
u64 irq_count(unsigned int irq, unsigned int cpu);
void show_interrupts(void (*emit)(void *ctx, unsigned int irq, const char *name), void *ctx);

#endif
