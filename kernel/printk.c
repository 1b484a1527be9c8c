// SPDX-License-Identifier: GPL-2.0-only
/*
 * printk(): into the ring first, then onto the consoles.
 *
 * Whoever finds no one writing to the consoles does so, until the ring has
 * nothing new for them; all others leave their record to that one. So printk()
 * may be called anywhere and never waits for a slow console of another hart.
 * Readers that sleep in /dev/kmsg and syslog(2) are woken by the next tick,
 * since the caller may hold the locks of the scheduler.
 */
#include "printk_ring.h"
#include <kernel/init.h>
#include <kernel/percpu.h>
#include <kernel/spinlock.h>
#include <kernel/timer.h>
#include <kernel/wait.h>
#include <lib/kstrto.h>
#include <lib/printf.h>
#include <lib/string.h>

#define DEFAULT_LEVEL	4
#define QUIET_LEVEL	4

int console_loglevel = 7;
DECLARE_WAIT_QUEUE_HEAD(log_wait);
static bool wake_pending;

static struct console *consoles;
static struct kmsg_reader console_pos;	/* by whoever has console_busy */
static unsigned int console_busy;
static bool console_midline;
static char console_out[LOG_OUT_MAX];

/* ---- consoles ---- */

static void write_consoles(const char *s, size_t len)
{
	for (struct console *c = consoles; c; c = c->next)
		c->write(c, s, len);
}

/* format the next record that the consoles want; false: none is left */
static bool next_for_console(size_t *len)
{
	struct log_record *rec;
	unsigned long flags;

	*len = 0;
	flags = log_lock();
	if (flags == ~0UL)
		return false;
	rec = log_get(&console_pos, NULL);
	if (rec && rec->level < console_loglevel) {
		size_t n = 0;

		if (console_midline && !rec->cont)
			console_out[n++] = '\n';
		n += log_format(rec, false, console_out + n, sizeof(console_out) - n);
		console_midline = !rec->newline;
		*len = n;
	}
	if (rec)
		log_step(&console_pos);
	log_unlock(flags);
	return rec != NULL;
}

static void console_flush(void)
{
	size_t len;

	do {
		if (__atomic_exchange_n(&console_busy, 1, __ATOMIC_ACQUIRE) && !panic_in_progress)
			return;
		if (consoles)
			while (next_for_console(&len))
				if (len)
					write_consoles(console_out, len);
		__atomic_store_n(&console_busy, 0, __ATOMIC_RELEASE);
		smp_mb();
	} while (consoles && READ_ONCE(console_pos.seq) < READ_ONCE(log_next.seq) &&
		 !panic_in_progress);
}

/**
 * register_console - the first one also gets what was logged before it was
 * there. One whose name begins with "early" leaves when the next comes.
 */
void register_console(struct console *c)
{
	unsigned long flags = log_lock();

	if (consoles && strstarts(consoles->name, "early"))
		consoles = consoles->next;
	c->next = consoles;
	consoles = c;
	log_unlock(flags);
	console_flush();
}

/* ---- printk ---- */

/* "\0016text": take the level off; -1: none, -2: continuation */
static int take_level(const char **fmt)
{
	const char *f = *fmt;

	if (f[0] != '\001' || !f[1])
		return -1;
	*fmt = f + 2;
	if (f[1] == 'c')
		return -2;
	return f[1] >= '0' && f[1] <= '7' ? f[1] - '0' : -1;
}

static void emit(int facility, int level, bool cont, char *text, size_t len)
{
	bool newline = len && text[len - 1] == '\n';

	if (newline)
		len--;
	log_store(facility, level, cont, newline, text, len);
	WRITE_ONCE(wake_pending, true);
}

int vprintk(const char *fmt, va_list ap)
{
	static char text[LOG_LINE_MAX];
	static int last_level = DEFAULT_LEVEL;
	unsigned long flags = log_lock();
	int level, len;

	if (flags == ~0UL)
		return 0;
	level = take_level(&fmt);
	len = vscnprintf(text, sizeof(text), fmt, ap);
	if (level == -2)
		emit(0, last_level, true, text, len);
	else
		emit(0, last_level = level < 0 ? DEFAULT_LEVEL : level, false, text, len);
	log_unlock(flags);
	console_flush();
	return len;
}

int printk(const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vprintk(fmt, ap);
	va_end(ap);
	return n;
}

void printk_user(int prio, const char *text, size_t len)
{
	int facility = prio >> 3;
	unsigned long flags;

	len = min_t(size_t, len, LOG_LINE_MAX - 1);
	flags = log_lock();
	if (flags == ~0UL)
		return;
	while (len && text[len - 1] == '\n')
		len--;
	log_store(facility ? facility : 1, prio & 7, false, true, text, len);
	WRITE_ONCE(wake_pending, true);
	log_unlock(flags);
	console_flush();
}

/** printk_tick - from the tick and the idle loop: wake who waits for records. */
void printk_tick(void)
{
	if (likely(!READ_ONCE(wake_pending)))
		return;
	WRITE_ONCE(wake_pending, false);
	wake_up_interruptible_all(&log_wait);
}

/** printk_ratelimit - Return: true for at most ten messages in five seconds. */
bool printk_ratelimit(void)
{
	static u64 window;
	static unsigned int printed, missed;
	u64 now = ktime_get();

	if (now - READ_ONCE(window) > 5 * NSEC_PER_SEC) {
		unsigned int n = missed;

		window = now;
		printed = missed = 0;
		if (n)
			pr_warn("%u messages suppressed\n", n);
	}
	if (printed < 10) {
		printed++;
		return true;
	}
	missed++;
	return false;
}

static int set_loglevel(const char *val)
{
	return val ? kstrtoint(val, 10, &console_loglevel) : -EINVAL;
}
__setup("loglevel", set_loglevel);

static int set_quiet(const char *val)
{
	console_loglevel = QUIET_LEVEL;
	return 0;
}
__setup("quiet", set_quiet);

static int set_debug(const char *val)
{
	console_loglevel = 10;
	return 0;
}
__setup("debug", set_debug);
