// SPDX-License-Identifier: GPL-2.0-only
/* The list of serial ports, and attaching the tty layer to one. */
#include <drivers/uart.h>
#include <kernel/mutex.h>
#include <kernel/rcu.h>
#include <lib/err.h>

static LIST_HEAD(ports);		/* grows at boot only */
static unsigned int nr_ports;
static DEFINE_MUTEX(ports_lock, LR_KERNEL_MUTEX);

void uart_add_port(struct uart_port *p)
{
	mutex_lock(&ports_lock);
	spin_lock_init(&p->lock, LR_DRIVER);
	p->line = nr_ports++;
	list_add_tail(&p->list, &ports);
	mutex_unlock(&ports_lock);
}

struct uart_port *uart_get_port(unsigned int line)
{
	struct uart_port *p, *found = NULL;

	mutex_lock(&ports_lock);
	list_for_each_entry(p, &ports, list)
		if (p->line == line)
			found = p;
	mutex_unlock(&ports_lock);
	return found;
}

int uart_startup(struct uart_port *p, const struct uart_client *client, void *ctx)
{
	unsigned long flags;
	int err = 0;

	spin_lock_irqsave(&p->lock, flags);
	if (p->client)
		err = -EBUSY;
	else
		p->ctx = ctx;
	if (!err)
		WRITE_ONCE(p->client, client);
	spin_unlock_irqrestore(&p->lock, flags);
	if (err)
		return err;
	err = p->ops->startup(p);
	if (err)
		WRITE_ONCE(p->client, NULL);
	return err;
}

void uart_shutdown(struct uart_port *p)
{
	unsigned long flags;

	p->ops->shutdown(p);
	spin_lock_irqsave(&p->lock, flags);
	WRITE_ONCE(p->client, NULL);
	spin_unlock_irqrestore(&p->lock, flags);
	synchronize_rcu();	/* an interrupt may still be using it */
}

void uart_start_tx(struct uart_port *p)
{
	unsigned long flags;

	spin_lock_irqsave(&p->lock, flags);
	p->ops->start_tx(p);
	spin_unlock_irqrestore(&p->lock, flags);
}
