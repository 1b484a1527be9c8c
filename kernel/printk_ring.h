/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ring of log records, inside of kernel/printk*.c.
 *
 * Records follow each other in log_buf, aligned to 8 bytes; a record never
 * wraps: one of length 0 says that the next is at the start. All functions:
 * log_lock() held.
 */
#ifndef KERNEL_PRINTK_RING_H
#define KERNEL_PRINTK_RING_H
#include <kernel/printk.h>

#define LOG_BUF_SIZE	(1u << 17)
#define LOG_LINE_MAX	1024		/* text of one record */
#define LOG_PREFIX_MAX	48
#define LOG_OUT_MAX	(LOG_LINE_MAX * 2)	/* a record with all its prefixes */

struct log_record {
	u64 ts_ns;
	u16 len;			/* of the whole record; 0: go on at the start */
	u16 text_len;
	u8 level, facility;
	u8 cont;			/* continues the record before it */
	u8 newline;			/* the line is complete */
	char text[];
};

unsigned long log_lock(void);		/* Return: interrupt flags; ~0UL: recursion, not locked */
void log_unlock(unsigned long flags);

extern struct kmsg_reader log_first, log_next;	/* oldest record; where the next will be */

void log_store(int facility, int level, bool cont, bool newline, const char *text, size_t len);
/* the record at @r, or NULL at the end; @r is moved on to the oldest if it was lost */
struct log_record *log_get(struct kmsg_reader *r, bool *lost);
void log_step(struct kmsg_reader *r);
/* as console and syslog(2) show it: <level> if @syslog, [time], each line prefixed */
size_t log_format(const struct log_record *rec, bool syslog, char *out, size_t size);

#endif
