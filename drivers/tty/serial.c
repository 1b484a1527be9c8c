// SPDX-License-Identifier: GPL-2.0-only
/*
 * Serial ports as terminals: /dev/ttyS<n> on uart port n, and the one of them that
 * is /dev/console (the last console= of the command line; else ttyS0).
 */
#include "tty_private.h"
#include <drivers/uart.h>
#include <kernel/init.h>
#include <kernel/printk.h>
#include <lib/kstrto.h>
#include <lib/printf.h>
#include <lib/string.h>
#include <mm/slab.h>
#include <linux/major.h>

#define FIRST_MINOR	64
#define DRAIN_WAIT	(2 * NSEC_PER_SEC)

static struct tty_struct **ports;	/* by line; set at boot, never changed */
static unsigned int nr_ports;
static unsigned int console_line;
static unsigned int console_baud;

static struct uart_port *port_of(struct tty_struct *tty)
{
	return tty->driver_data;
}

static void serial_rx(void *ctx, const u8 *buf, size_t n)
{
	tty_in_push(ctx, buf, n);
}

static void serial_rx_break(void *ctx)
{
	tty_in_break(ctx);
}

static size_t serial_tx_fill(void *ctx, u8 *buf, size_t n)
{
	return tty_out_get(ctx, buf, n);
}

static const struct uart_client serial_client = {
	.rx = serial_rx,
	.tx_fill = serial_tx_fill,
	.rx_break = serial_rx_break,
};

static void serial_start_tx(struct tty_struct *tty)
{
	uart_start_tx(port_of(tty));
}

static void serial_set_termios(struct tty_struct *tty)
{
	struct uart_port *port = port_of(tty);

	if (port->ops->set_line)
		port->ops->set_line(port, tty_baud_rate(&tty->termios), tty->termios.c_cflag);
}

static int serial_startup(struct tty_struct *tty)
{
	int err = uart_startup(port_of(tty), &serial_client, tty);

	if (!err)
		serial_set_termios(tty);
	return err;
}

static void serial_shutdown(struct tty_struct *tty)
{
	uart_shutdown(port_of(tty));
	tty_out_flush(tty);
	tty_in_flush(tty);
}

static bool serial_tx_empty(struct tty_struct *tty)
{
	return port_of(tty)->ops->tx_empty(port_of(tty));
}

/* The port's lock puts two callers in order; the later one sees the newer state. */
static void serial_throttle(struct tty_struct *tty)
{
	struct uart_port *port = port_of(tty);
	unsigned long flags;

	if (!port->ops->throttle)
		return;
	spin_lock_irqsave(&port->lock, flags);
	port->ops->throttle(port, READ_ONCE(tty->throttled));
	spin_unlock_irqrestore(&port->lock, flags);
}

static const struct tty_ops serial_ops = {
	.startup = serial_startup,
	.shutdown = serial_shutdown,
	.start_tx = serial_start_tx,
	.set_termios = serial_set_termios,
	.tx_empty = serial_tx_empty,
	.throttle = serial_throttle,
	.wait_for_echo = true,
};

/** serial_tty - Return: the terminal of port @line, not counted, or NULL. */
struct tty_struct *serial_tty(unsigned int line)
{
	return line < nr_ports ? ports[line] : NULL;
}

/** console_tty - Return: what /dev/console stands for, not counted, or NULL. */
struct tty_struct *console_tty(void)
{
	return serial_tty(console_line) ?: serial_tty(0);
}

void serial_drain(void)
{
	for (unsigned int i = 0; i < nr_ports; i++)
		if (ports[i] && tty_out_pending(ports[i]))
			tty_wait_until_sent(ports[i], DRAIN_WAIT);
}

/* console=ttyS0,115200n8; the format behind the speed is always 8n1 */
static int __init set_console(const char *val)
{
	char *end;

	if (!val)
		return -EINVAL;
	if (!strstarts(val, "ttyS"))
		return 0;		/* a console that is not here: the port is the next best */
	console_line = simple_strtoul(val + 4, &end, 10);
	console_baud = *end == ',' ? simple_strtoul(end + 1, &end, 10) : 0;
	return 0;
}
__setup("console", set_console);

static unsigned int baud_code(unsigned int baud)
{
	switch (baud) {
	case 9600: return B9600;
	case 19200: return B19200;
	case 38400: return B38400;
	case 57600: return B57600;
	default: return B115200;
	}
}

static struct tty_struct * __init make_port(struct uart_port *port, unsigned int line)
{
	struct tty_struct *tty;
	char name[16];

	snprintf(name, sizeof(name), "%s%u", port->name, line);
	tty = tty_alloc(name, MKDEV(TTY_MAJOR, FIRST_MINOR + line), &serial_ops);
	if (!tty)
		return NULL;
	tty->driver_data = port;
	tty->termios.c_cflag = CS8 | CREAD | HUPCL | CLOCAL |
			       baud_code(line == console_line ? console_baud : 9600);
	tty->termios.c_ospeed = tty->termios.c_ispeed = tty_baud_rate(&tty->termios);
	devtmpfs_create_node(name, 0600, tty->devt);
	return tty;
}

static int __init serial_init(void)
{
	unsigned int n = 0;

	while (uart_get_port(n))
		n++;
	if (!n)
		return 0;
	ports = kcalloc(n, sizeof(*ports), GFP_KERNEL);
	if (!ports)
		return -ENOMEM;
	for (unsigned int i = 0; i < n; i++)
		ports[i] = make_port(uart_get_port(i), i);
	nr_ports = n;
	return register_chrdev_region_ops(TTY_MAJOR, FIRST_MINOR, n, "ttyS", &tty_fops);
}
device_initcall(serial_init);
