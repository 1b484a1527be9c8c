/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel log: a ring that dmesg, /dev/kmsg and the console read. */
#ifndef KERNEL_PRINTK_H
#define KERNEL_PRINTK_H
#include <lib/types.h>

#define KERN_SOH	"\001"
#define KERN_EMERG	KERN_SOH "0"
#define KERN_ALERT	KERN_SOH "1"
#define KERN_CRIT	KERN_SOH "2"
#define KERN_ERR	KERN_SOH "3"
#define KERN_WARNING	KERN_SOH "4"
#define KERN_NOTICE	KERN_SOH "5"
#define KERN_INFO	KERN_SOH "6"
#define KERN_DEBUG	KERN_SOH "7"
#define KERN_CONT	KERN_SOH "c"

/** printk - Context: any, also interrupts and with any lock held. */
int printk(const char *fmt, ...) __printf(1, 2);
int vprintk(const char *fmt, __builtin_va_list ap) __printf(1, 0);
#ifndef pr_fmt
#define pr_fmt(f) f
#endif
#define pr_emerg(f, ...)	printk(KERN_EMERG pr_fmt(f), ##__VA_ARGS__)
#define pr_err(f, ...)		printk(KERN_ERR pr_fmt(f), ##__VA_ARGS__)
#define pr_warn(f, ...)		printk(KERN_WARNING pr_fmt(f), ##__VA_ARGS__)
#define pr_notice(f, ...)	printk(KERN_NOTICE pr_fmt(f), ##__VA_ARGS__)
#define pr_info(f, ...)		printk(KERN_INFO pr_fmt(f), ##__VA_ARGS__)
#define pr_cont(f, ...)		printk(KERN_CONT f, ##__VA_ARGS__)
#define printk_once(f, ...) do { static bool __once; if (!__once) { __once = true; printk(f, ##__VA_ARGS__); } } while (0)
bool printk_ratelimit(void);
#define pr_warn_ratelimited(f, ...) do { if (printk_ratelimit()) pr_warn(f, ##__VA_ARGS__); } while (0)

/* consoles: write must be callable in any context */
struct console {
	const char *name;
	void (*write)(struct console *c, const char *s, unsigned int len);
	struct console *next;
};
void register_console(struct console *c);
extern int console_loglevel;
/* readers of the log: kmsg device and syslog(2) */
long do_syslog(int type, char __user *buf, int len);
struct wait_queue_head;
extern struct wait_queue_head log_wait;	/* woken when a record was added */
struct kmsg_reader {
	u64 seq;			/* of the next record to read */
	u32 pos;			/* where it is in the ring */
};
enum kmsg_seek { KMSG_FIRST, KMSG_CLEAR, KMSG_END };
void kmsg_seek(struct kmsg_reader *r, enum kmsg_seek where);
/** kmsg_read - the next record as /dev/kmsg shows it, and step on. Return: its
 *  length; -EAGAIN none yet; -EPIPE records were lost (@r is at the oldest now);
 *  -EINVAL @size is too small. Context: any. */
ssize_t kmsg_read(struct kmsg_reader *r, char *buf, size_t size);
bool kmsg_readable(const struct kmsg_reader *r);
/** printk_user - a line from user space; @prio is facility << 3 | level. */
void printk_user(int prio, const char *text, size_t len);
void printk_tick(void);			/* deferred wake-up of readers */
/** panic_stopping - has panic() begun? */
extern bool panic_in_progress;

void panic(const char *fmt, ...) __printf(1, 2) __noreturn;
extern int panic_timeout;

/* WARN: prints the place and a backtrace, goes on. BUG: stops the kernel. */
void warn_slowpath(const char *file, int line, const char *fmt, ...) __printf(3, 4);
void __noreturn bug_at(const char *file, int line);
#define WARN_ON(c) ({ bool __w = !!(c); if (unlikely(__w)) warn_slowpath(__FILE__, __LINE__, NULL); __w; })
#define WARN_ON_ONCE(c) ({ static bool __done; bool __w = !!(c); \
	if (unlikely(__w && !__done)) { __done = true; warn_slowpath(__FILE__, __LINE__, NULL); } __w; })
#define WARN(c, f, ...) ({ bool __w = !!(c); if (unlikely(__w)) warn_slowpath(__FILE__, __LINE__, f, ##__VA_ARGS__); __w; })
#define BUG() bug_at(__FILE__, __LINE__)
#define BUG_ON(c) do { if (unlikely(c)) BUG(); } while (0)
/* VM_BUG_ON: debug builds only */
#define VM_BUG_ON(c) do { if (CONFIG_DEBUG && unlikely(c)) BUG(); } while (0)

#endif
