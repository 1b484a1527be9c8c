// SPDX-License-Identifier: GPL-2.0-only
/*
 * 16550-compatible UARTs: printk's console by polling, and the tty's port by
 * interrupts.
 *
 * The two share the transmitter. printk waits for room in it and writes at once;
 * what the tty has queued goes out from the interrupt, in pieces of a FIFO's
 * length, so that the console's lines come between them and not inside.
 *
 * Locks: port->lock for the registers, but the console takes it only if it can:
 * a crashing kernel must still be heard.
 */
#include <arch/io.h>
#include <arch/processor.h>
#include <drivers/uart.h>
#include <kernel/init.h>
#include <kernel/irq.h>
#include <kernel/printk.h>
#include <lib/err.h>
#include <lib/fdt.h>
#include <linux/serial_reg.h>
#include <asm/termbits.h>
#include <mm/slab.h>
#include <mm/vmalloc.h>

#define FIFO_SIZE	16
#define TX_SPIN		100000	/* polls of a transmitter that may be dead */
#define MAX_IRQ_LOOPS	256

struct uart8250 {
	struct uart_port port;
	struct console console;
	char __iomem *base;
	unsigned int shift, io_width, irq, clock;
	u8 ier;
	bool more_tx;			/* uart_start_tx() since the last ->tx_fill() */
};

static u8 rd(struct uart8250 *u, unsigned int reg)
{
	char __iomem *p = u->base + (reg << u->shift);

	return u->io_width == 4 ? readl(p) : readb(p);
}

static void wr(struct uart8250 *u, unsigned int reg, u8 v)
{
	char __iomem *p = u->base + (reg << u->shift);

	if (u->io_width == 4)
		writel(v, p);
	else
		writeb(v, p);
}

/* ---- printk ---- */

static void wait_for_lsr(struct uart8250 *u, u8 bit)
{
	for (unsigned int i = 0; i < TX_SPIN && !(rd(u, UART_LSR) & bit); i++)
		cpu_relax();
}

static void console_putc(struct uart8250 *u, u8 c)
{
	wait_for_lsr(u, UART_LSR_THRE);
	wr(u, UART_TX, c);
}

/* the lock is taken or not: no matter for the analysis */
static void __no_tsa uart8250_console_write(struct console *c, const char *s, unsigned int len)
{
	struct uart8250 *u = container_of(c, struct uart8250, console);
	unsigned long flags = arch_irq_save();
	bool locked = false;

	for (unsigned int i = 0; i < TX_SPIN && !locked; i++)
		locked = spin_trylock(&u->port.lock);
	for (; len; len--, s++) {
		if (*s == '\n')
			console_putc(u, '\r');
		console_putc(u, *s);
	}
	/* what is said may be the last there is, before the power goes */
	wait_for_lsr(u, UART_LSR_TEMT);
	if (locked)
		spin_unlock(&u->port.lock);
	local_irq_restore(flags);
}

/* ---- the port ---- */

static void set_ier(struct uart8250 *u, u8 ier)
{
	if (u->ier != ier) {
		u->ier = ier;
		wr(u, UART_IER, ier);
	}
}

/* Received bytes, in pieces. Return: may there be more? */
static bool receive(struct uart8250 *u)
{
	const struct uart_client *client = READ_ONCE(u->port.client);
	u8 buf[FIFO_SIZE * 4], lsr;
	bool got_break = false;
	size_t n = 0;

	spin_lock(&u->port.lock);
	while (n < sizeof(buf) && !got_break &&
	       (lsr = rd(u, UART_LSR)) & (UART_LSR_DR | UART_LSR_BI)) {
		u8 c = rd(u, UART_RX);

		if (lsr & UART_LSR_BI)
			got_break = true;	/* its byte, 0, is none */
		else
			buf[n++] = c;
	}
	spin_unlock(&u->port.lock);
	if (n && client)
		client->rx(u->port.ctx, buf, n);
	if (got_break && client && client->rx_break)
		client->rx_break(u->port.ctx);
	return n || got_break;
}

/* Fill the empty transmitter; with nothing to send, ask no more. */
static void transmit(struct uart8250 *u)
{
	const struct uart_client *client = READ_ONCE(u->port.client);
	u8 buf[FIFO_SIZE];
	size_t n;

	/* uart_start_tx() from now on means bytes that ->tx_fill() may miss */
	WRITE_ONCE(u->more_tx, false);
	n = client ? client->tx_fill(u->port.ctx, buf, sizeof(buf)) : 0;
	spin_lock(&u->port.lock);
	if (n) {
		wait_for_lsr(u, UART_LSR_THRE);	/* printk may have come between */
		for (size_t i = 0; i < n; i++)
			wr(u, UART_TX, buf[i]);
	} else if (!u->more_tx) {
		set_ier(u, u->ier & ~UART_IER_THRI);
	}
	spin_unlock(&u->port.lock);
}

static void uart8250_interrupt(unsigned int irq, void *dev)
{
	struct uart8250 *u = dev;

	for (unsigned int i = 0; i < MAX_IRQ_LOOPS; i++) {
		if (rd(u, UART_IIR) & UART_IIR_NO_INT)
			break;
		while (u->ier & UART_IER_RDI && receive(u) && ++i < MAX_IRQ_LOOPS)
			;
		while (u->ier & UART_IER_THRI && rd(u, UART_LSR) & UART_LSR_THRE && ++i < MAX_IRQ_LOOPS)
			transmit(u);
	}
}

static int uart8250_startup(struct uart_port *p)
{
	struct uart8250 *u = container_of(p, struct uart8250, port);
	unsigned long flags;
	int err;

	if (!u->irq)
		return -ENODEV;
	err = request_irq(u->irq, uart8250_interrupt, "ttyS", u);
	if (err)
		return err;
	spin_lock_irqsave(&p->lock, flags);
	wr(u, UART_MCR, UART_MCR_DTR | UART_MCR_RTS | UART_MCR_OUT2);
	set_ier(u, UART_IER_RDI | UART_IER_RLSI);
	spin_unlock_irqrestore(&p->lock, flags);
	return 0;
}

static void uart8250_shutdown(struct uart_port *p)
{
	struct uart8250 *u = container_of(p, struct uart8250, port);
	unsigned long flags;

	spin_lock_irqsave(&p->lock, flags);
	set_ier(u, 0);
	spin_unlock_irqrestore(&p->lock, flags);
	free_irq(u->irq, u);
}

/* Turning the interrupt on raises it at once if the transmitter is empty. */
static void uart8250_start_tx(struct uart_port *p)
{
	struct uart8250 *u = container_of(p, struct uart8250, port);

	u->more_tx = true;
	set_ier(u, u->ier | UART_IER_THRI);
}

static void uart8250_set_line(struct uart_port *p, unsigned int baud, unsigned int cflag)
{
	struct uart8250 *u = container_of(p, struct uart8250, port);
	unsigned long flags;
	u8 lcr = (cflag & CSIZE) >> 4;	/* CS5..CS8: 0..3, as UART_LCR_WLEN */

	if (cflag & CSTOPB)
		lcr |= UART_LCR_STOP;
	if (cflag & PARENB)
		lcr |= UART_LCR_PARITY | (cflag & PARODD ? 0 : UART_LCR_EPAR);
	spin_lock_irqsave(&p->lock, flags);
	if (baud && u->clock / 16 >= baud) {
		unsigned int div = min(DIV_ROUND_CLOSEST(u->clock, 16 * baud), 0xffffU);

		wr(u, UART_LCR, lcr | UART_LCR_DLAB);
		wr(u, UART_DLL, div & 0xff);
		wr(u, UART_DLM, div >> 8);
	}
	wr(u, UART_LCR, lcr);
	spin_unlock_irqrestore(&p->lock, flags);
}

static bool uart8250_tx_empty(struct uart_port *p)
{
	return rd(container_of(p, struct uart8250, port), UART_LSR) & UART_LSR_TEMT;
}

/* What has not been read stays in the FIFO, and the other end waits when that is full. */
static void uart8250_throttle(struct uart_port *p, bool on)
{
	struct uart8250 *u = container_of(p, struct uart8250, port);
	u8 rx = UART_IER_RDI | UART_IER_RLSI;

	set_ier(u, on ? u->ier & ~rx : u->ier | rx);
}

static const struct uart_ops uart8250_ops = {
	.startup = uart8250_startup,
	.shutdown = uart8250_shutdown,
	.start_tx = uart8250_start_tx,
	.set_line = uart8250_set_line,
	.tx_empty = uart8250_tx_empty,
	.throttle = uart8250_throttle,
};

/* Line parameters stay as the firmware has set them, until somebody asks for others. */
static int __init uart8250_probe(const struct fdt *fdt, int node)
{
	struct uart8250 *u = kzalloc(sizeof(*u), GFP_KERNEL);
	u32 shift = 0, width = 1, clock = 0;
	u64 base, size;

	if (!u)
		return -ENOMEM;
	fdt_prop_u32(fdt, node, "reg-shift", 0, &shift);
	fdt_prop_u32(fdt, node, "reg-io-width", 0, &width);
	fdt_prop_u32(fdt, node, "clock-frequency", 0, &clock);
	if (fdt_reg(fdt, node, 0, &base, &size) || shift > 2 || size < 8UL << shift ||
	    (width != 1 && width != 4))
		goto bad;
	u->base = ioremap(base, size);
	if (!u->base) {
		kfree(u);
		return -ENOMEM;
	}
	u->shift = shift;
	u->io_width = width;
	u->clock = clock;
	u->irq = of_irq(fdt, node, 0);
	u->port.name = "ttyS";
	u->port.ops = &uart8250_ops;
	wr(u, UART_IER, 0);
	wr(u, UART_FCR, UART_FCR_ENABLE_FIFO | UART_FCR_CLEAR_RCVR | UART_FCR_CLEAR_XMIT);
	uart_add_port(&u->port);
	u->console.name = "ttyS";
	u->console.write = uart8250_console_write;
	register_console(&u->console);
	return 0;
bad:
	kfree(u);
	return -EINVAL;
}

static const char *const uart8250_compatible[] = { "ns16550a", "ns16550", NULL };
static const struct of_driver uart8250_driver = {
	.name = "uart8250",
	.compatible = uart8250_compatible,
	.probe = uart8250_probe,
	.level = 1,
};
OF_DRIVER(uart8250_driver);
