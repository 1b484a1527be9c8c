// SPDX-License-Identifier: GPL-2.0-only
/*
 * Device interrupts: from the controller's number to the handlers of drivers.
 *
 * Several devices may share a line; all of its handlers are called. Handlers run
 * with interrupts off. The array of lines and the lists of handlers are read
 * without locks: the reader runs in an interrupt, so that it ends before any
 * grace period does.
 *
 * Locks: irq_mutex for everything that changes.
 */
#include <kernel/irq.h>
#include <kernel/mutex.h>
#include <kernel/percpu.h>
#include <kernel/printk.h>
#include <kernel/rcu.h>
#include <kernel/sched.h>
#include <lib/err.h>
#include <lib/xarray.h>
#include <mm/slab.h>

struct irq_action {
	struct irq_action *next;	/* rcu */
	irq_handler_t fn;
	const char *name;
	void *dev;
};

struct irq_desc {
	struct irq_action *actions;	/* rcu */
	u64 count[];			/* by CPU; each writes its own */
};

static DEFINE_MUTEX(irq_mutex, LR_KERNEL_MUTEX);
static DEFINE_XARRAY(irq_descs);
static const struct irq_chip *irq_chip;
static DEFINE_PER_CPU(unsigned int, irq_depth);

bool in_interrupt(void)
{
	return this_cpu_read(irq_depth) != 0;
}

void irq_enter(void)
{
	this_cpu_inc(irq_depth);
}

void irq_exit(void)
{
	this_cpu_dec(irq_depth);
}

void set_irq_chip(const struct irq_chip *chip)
{
	irq_chip = chip;
	chip->init_cpu(smp_processor_id());
}

void irq_init_cpu(unsigned int cpu)
{
	if (irq_chip)
		irq_chip->init_cpu(cpu);
}

void handle_external_irq(void)
{
	if (likely(irq_chip))
		irq_chip->handle();
}

/**
 * generic_handle_irq - call the handlers of line @irq.
 *
 * Context: interrupt, from the controller's driver.
 */
void generic_handle_irq(unsigned int irq)
{
	struct irq_desc *desc = xa_load(&irq_descs, irq);
	struct irq_action *a;

	if (unlikely(!desc || !desc->actions)) {
		/* nobody will quieten the device: no more of this */
		pr_warn_ratelimited("irq %u: nobody cared\n", irq);
		irq_chip->disable(irq);
		return;
	}
	desc->count[smp_processor_id()]++;
	for (a = rcu_dereference(desc->actions); a; a = rcu_dereference(a->next))
		a->fn(irq, a->dev);
}

static struct irq_desc *get_desc(unsigned int irq)
{
	struct irq_desc *desc = xa_load(&irq_descs, irq);
	XA_STATE(xas, &irq_descs, irq);

	if (desc)
		return desc;
	desc = kzalloc(struct_size(desc, count, nr_cpu_ids), GFP_KERNEL);
	if (!desc)
		return NULL;
	do {
		xas_store(&xas, desc);
	} while (xas_nomem(&xas, GFP_KERNEL));
	if (xas_error(&xas)) {
		kfree(desc);
		return NULL;
	}
	return desc;
}

/**
 * request_irq - have @fn(@irq, @dev) called for interrupts of line @irq.
 *
 * Context: may sleep.
 * Return: 0, -EINVAL for line 0, -ENODEV without a controller, -ENOMEM.
 */
int request_irq(unsigned int irq, irq_handler_t fn, const char *name, void *dev)
{
	struct irq_action *a;
	struct irq_desc *desc;
	bool first;

	if (!irq)
		return -EINVAL;
	if (!irq_chip)
		return -ENODEV;
	a = kmalloc(sizeof(*a), GFP_KERNEL);
	if (!a)
		return -ENOMEM;
	*a = (struct irq_action){ .fn = fn, .name = name, .dev = dev };
	mutex_lock(&irq_mutex);
	desc = get_desc(irq);
	if (!desc) {
		mutex_unlock(&irq_mutex);
		kfree(a);
		return -ENOMEM;
	}
	first = !desc->actions;
	a->next = desc->actions;
	rcu_assign_pointer(desc->actions, a);
	if (first)
		irq_chip->enable(irq);
	mutex_unlock(&irq_mutex);
	return 0;
}

/**
 * free_irq - take back request_irq(); @dev says which of the line's handlers.
 *
 * Context: may sleep. The handler does not run any more on return.
 */
void free_irq(unsigned int irq, void *dev)
{
	struct irq_action **p, *a = NULL;
	struct irq_desc *desc;

	mutex_lock(&irq_mutex);
	desc = xa_load(&irq_descs, irq);
	for (p = desc ? &desc->actions : NULL; p && *p; p = &(*p)->next) {
		if ((*p)->dev == dev) {
			a = *p;
			if (a == desc->actions && !a->next)
				irq_chip->disable(irq);
			rcu_assign_pointer(*p, a->next);
			break;
		}
	}
	mutex_unlock(&irq_mutex);
	if (WARN_ON(!a))
		return;
	synchronize_rcu();
	kfree(a);
}

/** irq_count - interrupts of line @irq that @cpu has handled. */
u64 irq_count(unsigned int irq, unsigned int cpu)
{
	struct irq_desc *desc = xa_load(&irq_descs, irq);

	return desc && cpu < nr_cpu_ids ? desc->count[cpu] : 0;
}

/**
 * show_interrupts - call @emit for each handler of each line, for /proc.
 *
 * Context: may sleep.
 */
void show_interrupts(void (*emit)(void *ctx, unsigned int irq, const char *name), void *ctx)
{
	struct irq_desc *desc;
	unsigned long irq;

	mutex_lock(&irq_mutex);
	xa_for_each(&irq_descs, irq, desc)
		for (struct irq_action *a = desc->actions; a; a = a->next)
			emit(ctx, irq, a->name);
	mutex_unlock(&irq_mutex);
}
