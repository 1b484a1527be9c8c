// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading the log: syslog(2), and records as /dev/kmsg gives them.
 */
#include "printk_ring.h"
#include <kernel/cred.h>
#include <kernel/mutex.h>
#include <kernel/sched.h>
#include <kernel/syscalls.h>
#include <kernel/timer.h>
#include <kernel/wait.h>
#include <lib/printf.h>
#include <lib/string.h>
#include <mm/slab.h>
#include <arch/uaccess.h>

enum {
	SYSLOG_CLOSE, SYSLOG_OPEN, SYSLOG_READ, SYSLOG_READ_ALL, SYSLOG_READ_CLEAR,
	SYSLOG_CLEAR, SYSLOG_CONSOLE_OFF, SYSLOG_CONSOLE_ON, SYSLOG_CONSOLE_LEVEL,
	SYSLOG_SIZE_UNREAD, SYSLOG_SIZE_BUFFER,
};

static struct kmsg_reader clear_pos;	/* log lock */
static struct kmsg_reader syslog_pos;	/* syslog_mutex and log lock */
static size_t syslog_partial;		/* bytes of that record read already */
static int saved_loglevel = -1;
static DEFINE_MUTEX(syslog_mutex, LR_SYSLOG);	/* outside of user memory */

/* ---- /dev/kmsg ---- */

void kmsg_seek(struct kmsg_reader *r, enum kmsg_seek where)
{
	unsigned long flags = log_lock();

	*r = where == KMSG_FIRST ? log_first : where == KMSG_CLEAR ? clear_pos : log_next;
	log_unlock(flags);
}

bool kmsg_readable(const struct kmsg_reader *r)
{
	return r->seq < READ_ONCE(log_next.seq);
}

static ssize_t format_kmsg(const struct log_record *rec, u64 seq, char *buf, size_t size)
{
	size_t n = scnprintf(buf, size, "%u,%llu,%llu,%c;", rec->facility << 3 | rec->level, seq,
			     rec->ts_ns / NSEC_PER_USEC, rec->cont ? 'c' : '-');

	for (size_t i = 0; i < rec->text_len; i++) {
		unsigned char c = rec->text[i];

		if (n + 6 > size)
			return -EINVAL;
		if (c < ' ' || c >= 127 || c == '\\')
			n += scnprintf(buf + n, size - n, "\\x%02x", c);
		else
			buf[n++] = c;
	}
	if (n + 1 > size)
		return -EINVAL;
	buf[n++] = '\n';
	return n;
}

ssize_t kmsg_read(struct kmsg_reader *r, char *buf, size_t size)
{
	unsigned long flags = log_lock();
	struct log_record *rec;
	bool lost = false;
	ssize_t n;

	rec = log_get(r, &lost);
	if (lost)
		n = -EPIPE;
	else if (!rec)
		n = -EAGAIN;
	else
		n = format_kmsg(rec, r->seq, buf, size);
	if (n > 0)
		log_step(r);
	log_unlock(flags);
	return n;
}

/* ---- syslog(2) ---- */

static bool syslog_has_more(void)
{
	return syslog_pos.seq < READ_ONCE(log_next.seq);
}

/* the next record, or what is left of it, into @out */
static size_t syslog_next(char *out, size_t max)
{
	unsigned long flags = log_lock();
	struct log_record *rec;
	bool lost = false;
	size_t n = 0, skip;

	rec = log_get(&syslog_pos, &lost);
	skip = lost ? 0 : syslog_partial;
	if (rec) {
		n = log_format(rec, true, out, LOG_OUT_MAX);
		n = n > skip ? n - skip : 0;
		if (n <= max) {
			log_step(&syslog_pos);
			syslog_partial = 0;
		} else {
			n = max;
			syslog_partial = skip + n;
		}
	}
	log_unlock(flags);
	memmove(out, out + skip, n);
	return n;
}

static long syslog_read(char __user *buf, size_t len)
{
	char *line = kmalloc(LOG_OUT_MAX, GFP_KERNEL);
	size_t done = 0;
	long err = 0;

	if (!line)
		return -ENOMEM;
	mutex_lock(&syslog_mutex);
	while (done < len) {
		size_t n = syslog_next(line, len - done);

		if (!n && !syslog_has_more()) {
			if (done)
				break;
			mutex_unlock(&syslog_mutex);
			err = wait_event_interruptible(log_wait, syslog_has_more());
			mutex_lock(&syslog_mutex);
			if (err)
				break;
		}
		if (copy_to_user(buf + done, line, n)) {
			err = -EFAULT;
			break;
		}
		done += n;
	}
	mutex_unlock(&syslog_mutex);
	kfree(line);
	return done ? done : err;
}

/* the record at @r in @line, and step on; 0 at the end */
static size_t format_next(struct kmsg_reader *r, char *line)
{
	unsigned long flags = log_lock();
	struct log_record *rec = log_get(r, NULL);
	size_t n = 0;

	if (rec) {
		n = log_format(rec, true, line, LOG_OUT_MAX);
		log_step(r);
	}
	log_unlock(flags);
	return n;
}

/* the last @len bytes' worth of whole records */
static long syslog_read_all(char __user *buf, size_t len, bool clear)
{
	char *line = kmalloc(LOG_OUT_MAX, GFP_KERNEL);
	struct kmsg_reader r, start;
	size_t n, total = 0, done = 0;
	long err = 0;

	if (!line)
		return -ENOMEM;
	kmsg_seek(&start, KMSG_CLEAR);
	for (r = start; (n = format_next(&r, line));)
		total += n;
	r = start;
	while (total > len && (n = format_next(&r, line)))
		total -= n;
	while ((n = format_next(&r, line)) && done + n <= len) {
		if (copy_to_user(buf + done, line, n)) {
			err = -EFAULT;
			break;
		}
		done += n;
	}
	if (clear && !err)
		kmsg_seek(&clear_pos, KMSG_END);
	kfree(line);
	return err ? err : done;
}

static size_t unread_bytes(void)
{
	char *line = kmalloc(LOG_OUT_MAX, GFP_KERNEL);
	struct kmsg_reader r;
	size_t n, total = 0;

	if (!line)
		return 0;
	mutex_lock(&syslog_mutex);
	for (r = syslog_pos; (n = format_next(&r, line));)
		total += n;
	total -= min(total, syslog_partial);
	mutex_unlock(&syslog_mutex);
	kfree(line);
	return total;
}

static long console_switch(int type, int level)
{
	switch (type) {
	case SYSLOG_CONSOLE_OFF:
		if (saved_loglevel < 0)
			saved_loglevel = console_loglevel;
		console_loglevel = 1;
		return 0;
	case SYSLOG_CONSOLE_ON:
		if (saved_loglevel >= 0)
			console_loglevel = saved_loglevel;
		saved_loglevel = -1;
		return 0;
	default:
		if (level < 1 || level > 8)
			return -EINVAL;
		console_loglevel = level;
		saved_loglevel = -1;
		return 0;
	}
}

/** do_syslog - syslog(2). Context: may sleep. Return: as the system call. */
long do_syslog(int type, char __user *buf, int len)
{
	if (type != SYSLOG_READ_ALL && type != SYSLOG_SIZE_BUFFER && !capable(CAP_SYSLOG) &&
	    !capable(CAP_SYS_ADMIN))
		return -EPERM;
	switch (type) {
	case SYSLOG_CLOSE:
	case SYSLOG_OPEN:
		return 0;
	case SYSLOG_READ:
	case SYSLOG_READ_ALL:
	case SYSLOG_READ_CLEAR:
		if (!buf || len < 0)
			return -EINVAL;
		if (!len)
			return 0;
		if (!access_ok(buf, len))
			return -EFAULT;
		return type == SYSLOG_READ ? syslog_read(buf, len) :
		       syslog_read_all(buf, len, type == SYSLOG_READ_CLEAR);
	case SYSLOG_CLEAR:
		kmsg_seek(&clear_pos, KMSG_END);
		return 0;
	case SYSLOG_CONSOLE_OFF:
	case SYSLOG_CONSOLE_ON:
	case SYSLOG_CONSOLE_LEVEL:
		return console_switch(type, len);
	case SYSLOG_SIZE_UNREAD:
		return unread_bytes();
	case SYSLOG_SIZE_BUFFER:
		return LOG_BUF_SIZE;
	default:
		return -EINVAL;
	}
}

SYSCALL_DEFINE3(syslog, int, type, char __user *, buf, int, len)
{
	return do_syslog(type, buf, len);
}
