/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Serial ports: what a tty driver needs of a UART. The driver of the hardware
 * registers its port with uart_add_port(); the tty layer finds it by line and
 * attaches its callbacks with uart_startup(). Until then received bytes are
 * dropped, and printk's console writes by polling.
 *
 * Sending: the tty layer keeps the bytes; uart_start_tx() makes the hardware
 * ask for them through ->tx_fill() as it has room, until that returns 0.
 */
#ifndef DRIVERS_UART_H
#define DRIVERS_UART_H
#include <lib/types.h>
#include <lib/list.h>
#include <kernel/spinlock.h>

struct uart_port;

/* All are called from the UART's interrupt (or from uart_start_tx()), interrupts
 * off, port->lock not held. They must not sleep. */
struct uart_client {
	void (*rx)(void *ctx, const u8 *buf, size_t n);
	/* put at most @n bytes into @buf; Return: how many; 0: nothing to send */
	size_t (*tx_fill)(void *ctx, u8 *buf, size_t n);
	void (*rx_break)(void *ctx);	/* may be NULL */
};

/* the driver's side */
struct uart_ops {
	int (*startup)(struct uart_port *p);	/* enable interrupts; 0 or -errno */
	void (*shutdown)(struct uart_port *p);
	void (*start_tx)(struct uart_port *p);	/* port->lock held */
	/** set_line - rate and format; @cflag as in struct termios (CSIZE, CSTOPB, PARENB...) */
	void (*set_line)(struct uart_port *p, unsigned int baud, unsigned int cflag);
	bool (*tx_empty)(struct uart_port *p);
	/** throttle - leave received bytes in the hardware while @on; port->lock held. May be NULL. */
	void (*throttle)(struct uart_port *p, bool on);
};

struct uart_port {
	const char *name;		/* "ttyS" */
	unsigned int line;
	const struct uart_ops *ops;
	spinlock_t lock;		/* LR_DRIVER, irq: registers and .client */
	const struct uart_client *client;
	void *ctx;
	void *private;			/* the driver's */
	struct list_head list;
};

/** uart_add_port - by the driver; numbers the port. Context: boot. */
void uart_add_port(struct uart_port *p);
/** uart_get_port - Return: the port of @line, or NULL. */
struct uart_port *uart_get_port(unsigned int line);
/** uart_startup - attach @client and turn interrupts on. Return: 0, -EBUSY, -errno. */
int uart_startup(struct uart_port *p, const struct uart_client *client, void *ctx);
/** uart_shutdown - detach; on return no callback runs any more. Context: may sleep. */
void uart_shutdown(struct uart_port *p);
/** uart_start_tx - there are bytes to be fetched. Context: any. */
void uart_start_tx(struct uart_port *p);

#endif
