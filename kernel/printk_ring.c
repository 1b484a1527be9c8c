// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ring that holds the kernel log, and how its records are shown.
 *
 * The lock is taken in any context, with any lock held, so it stands outside
 * the lock-rank checker. A printk() from inside printk() (a fault in it, or the
 * checker's own report) would deadlock: the owner is remembered, and the inner
 * message is dropped. When the kernel panics, the lock is waited for only so
 * long: its holder may have been stopped.
 */
#include "printk_ring.h"
#include <kernel/spinlock.h>
#include <kernel/timer.h>
#include <kernel/percpu.h>
#include <lib/printf.h>
#include <lib/string.h>

static char log_buf[LOG_BUF_SIZE] __aligned(8);
struct kmsg_reader log_first, log_next;
static spinlock_t lock = __SPIN_LOCK_INIT(LR_NONE);
static unsigned int owner;		/* cpu + 1 */

static bool lock_in_panic(void)
{
	ktime_t end = ktime_get() + NSEC_PER_SEC;

	while (spin_is_locked(&lock))
		if (ktime_get() > end) {
			spin_lock_init(&lock, LR_NONE);
			break;
		}
	__raw_spin_lock(&lock);
	return true;
}

unsigned long log_lock(void)
{
	unsigned long flags = arch_irq_save();

	if (READ_ONCE(owner) == smp_processor_id() + 1) {
		local_irq_restore(flags);
		return ~0UL;
	}
	if (unlikely(panic_in_progress))
		lock_in_panic();
	else
		__raw_spin_lock(&lock);
	WRITE_ONCE(owner, smp_processor_id() + 1);
	return flags;
}

void log_unlock(unsigned long flags)
{
	WRITE_ONCE(owner, 0);
	__raw_spin_unlock(&lock);
	local_irq_restore(flags);
}

static struct log_record *record_at(u32 pos)
{
	struct log_record *r = (struct log_record *)(log_buf + pos);

	return r->len ? r : (struct log_record *)log_buf;
}

void log_step(struct kmsg_reader *r)
{
	struct log_record *rec = record_at(r->pos);

	r->pos = (char *)rec - log_buf + rec->len;
	r->seq++;
}

struct log_record *log_get(struct kmsg_reader *r, bool *lost)
{
	if (r->seq < log_first.seq) {
		*r = log_first;
		if (lost)
			*lost = true;
	}
	return r->seq < log_next.seq ? record_at(r->pos) : NULL;
}

/* is there room for @size bytes at log_next, and for an end mark behind them? */
static bool has_room(u32 size)
{
	u32 first = log_first.pos, next = log_next.pos;

	size += sizeof(struct log_record);
	if (log_first.seq == log_next.seq)
		return true;
	if (next > first)
		return LOG_BUF_SIZE - next >= size || first >= size;
	return first - next >= size;
}

void log_store(int facility, int level, bool cont, bool newline, const char *text, size_t len)
{
	u32 size = ALIGN(sizeof(struct log_record) + len, 8);
	struct log_record *rec;

	while (!has_room(size))
		log_step(&log_first);
	if (LOG_BUF_SIZE - log_next.pos < size + sizeof(*rec)) {
		((struct log_record *)(log_buf + log_next.pos))->len = 0;
		log_next.pos = 0;
	}
	if (log_first.seq == log_next.seq)
		log_first.pos = log_next.pos;
	rec = (struct log_record *)(log_buf + log_next.pos);
	rec->ts_ns = ktime_get();
	rec->len = size;
	rec->text_len = len;
	rec->level = level;
	rec->facility = facility;
	rec->cont = cont;
	rec->newline = newline;
	memcpy(rec->text, text, len);
	log_next.pos += size;
	log_next.seq++;
}

static size_t put_prefix(const struct log_record *rec, bool syslog, char *out, size_t size)
{
	size_t n = 0;

	if (syslog)
		n = scnprintf(out, size, "<%u>", rec->facility << 3 | rec->level);
	return n + scnprintf(out + n, size - n, "[%5llu.%06llu] ", rec->ts_ns / NSEC_PER_SEC,
			     rec->ts_ns % NSEC_PER_SEC / NSEC_PER_USEC);
}

size_t log_format(const struct log_record *rec, bool syslog, char *out, size_t size)
{
	const char *p = rec->text, *end = p + rec->text_len;
	bool first = true;
	size_t n = 0;

	do {
		const char *nl = memchr(p, '\n', end - p);
		size_t len = (nl ? nl : end) - p;

		if (n + len + LOG_PREFIX_MAX >= size)
			break;
		if (!first || !rec->cont)
			n += put_prefix(rec, syslog, out + n, size - n);
		memcpy(out + n, p, len);
		n += len;
		if (nl || rec->newline)
			out[n++] = '\n';
		p = nl ? nl + 1 : end;
		first = false;
	} while (p < end);
	return n;
}
