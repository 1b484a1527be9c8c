/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A terminal, inside of drivers/tty/.
 *
 *	hardware --rx--> in ring --work--> line discipline --> read_buf --> read(2)
 *	                                        | echo
 *	write(2) -----> line discipline ----> out ring --> hardware (or pty master)
 *
 * tty->lock is the line discipline's: what has been typed, columns, termios as
 * the discipline sees them. It is taken by tasks only. in_lock and out_lock
 * guard the two rings and are taken by interrupt handlers, too.
 *
 * I1 read_tail <= canon_head <= read_head <= read_tail + N_TTY_SIZE, all counted
 *    from the beginning of time; a position's place is its value modulo the size.
 * I2 a bit in read_flags marks each line end in [read_tail, canon_head), nothing else.
 * I3 in canonical mode [canon_head, read_head) is the line being edited.
 * I4 out_tail <= out_head <= out_tail + TTY_OUT_SIZE; the same for the in ring.
 */
#ifndef TTY_PRIVATE_H
#define TTY_PRIVATE_H
#include <drivers/tty.h>
#include <fs/fs.h>
#include <kernel/mutex.h>
#include <kernel/sched.h>
#include <kernel/wait.h>
#include <lib/atomic.h>
#include <asm/termbits.h>
#include <asm/termios.h>

struct inode;
struct pid;
struct poll_table_struct;
struct tty_struct;

#define TTY_IN_SIZE	4096	/* received, not yet seen by the line discipline */
#define TTY_IN_HIGH	3072	/* ask the hardware to hold back */
#define TTY_IN_LOW	1024
#define N_TTY_SIZE	4096	/* as POSIX's MAX_INPUT: longest line */
#define TTY_OUT_SIZE	8192
#define TTY_OUT_LIMIT	4096	/* for write(2); the rest is for echoes */
#define TTY_OUT_WAKE	1024	/* writers go on when no more than this is left */
#define TTY_RX_BREAK	0x100	/* in ring: a break, not a byte */

/* A device below a terminal. Only ->startup may fail. NULL: nothing to do. */
struct tty_ops {
	int (*startup)(struct tty_struct *tty);		/* the first open */
	void (*shutdown)(struct tty_struct *tty);	/* after the last close */
	void (*start_tx)(struct tty_struct *tty);	/* fetch from the out ring; any context */
	void (*set_termios)(struct tty_struct *tty);
	bool (*tx_empty)(struct tty_struct *tty);	/* has the hardware sent all? */
	void (*throttle)(struct tty_struct *tty);	/* ->throttled has changed; any context */
	void (*flushed)(struct tty_struct *tty, bool in, bool out);
	void (*flow)(struct tty_struct *tty, bool stop);	/* ctrl_lock held */
	void (*free)(struct tty_struct *tty);		/* the last reference is gone */
	bool wait_for_echo;	/* input waits until echoes have room: output never stalls for ever */
};

struct tty_struct {
	refcount_t refs;		/* open files, sessions, the device */
	dev_t devt;
	char name[16];			/* "ttyS0", "pts/3" */
	const struct tty_ops *ops;
	void *driver_data;
	bool is_pty;

	/* tty_mutex */
	int count;			/* open files */
	bool exclusive;			/* TIOCEXCL */

	u32 generation;			/* of opens; a hangup ends the older ones */
	bool other_closed;		/* pty: the master is gone */

	struct mutex termios_mutex;	/* LR_TTY: changes of termios, winsize */
	struct ktermios termios;	/* and tty->lock to change */
	struct termios locked;		/* what of it may not change: set bits, cc that are not 0 */
	struct winsize winsize;

	spinlock_t ctrl_lock;
	struct pid *pgrp, *session;	/* ctrl_lock */
	bool stopped;			/* by ^S or TCOOFF; ctrl_lock to change */
	bool tco_stopped;		/* by TCOOFF: only TCOON ends it */

	struct mutex read_mutex, write_mutex;
	wait_queue_head_t read_wait, write_wait;

	spinlock_t in_lock;
	u16 *in;			/* bytes, and TTY_RX_BREAK */
	u32 in_head, in_tail;
	bool throttled;
	struct work_struct rx_work;

	spinlock_t out_lock;
	u8 *out;
	u32 out_head, out_tail;
	u8 x_char;			/* goes out before all else: flow control to the other end */

	/* line discipline; lock */
	spinlock_t lock;
	u8 *read_buf;
	size_t read_head, canon_head, read_tail;
	unsigned long read_flags[N_TTY_SIZE / 64];
	unsigned long char_map[256 / 64];	/* bytes that input treats specially */
	unsigned int column, canon_column;	/* on the screen; where the line began */
	bool lnext;			/* the next byte is literal */
	bool erasing;			/* ECHOPRT: between the \ and the / */
	bool icanon, push;
};

/* an open file of a terminal */
struct tty_file {
	struct tty_struct *tty;
	u32 generation;
	bool console;			/* opened as /dev/console: not hung up, no job control */
	bool master;			/* pty: this is the other end */
};

extern struct mutex tty_mutex;		/* opening and closing */
extern const struct file_operations tty_fops;

/* tty_io.c */
struct tty_struct *tty_alloc(const char *name, dev_t devt, const struct tty_ops *ops);
void tty_hangup_files(struct tty_struct *tty, bool exit_session);
static inline struct tty_file *tty_file(struct file *f)
{
	return f->private_data;
}
bool tty_hung_up(const struct tty_file *tf);
void tty_wakeup(struct tty_struct *tty);
void tty_wait_until_sent(struct tty_struct *tty, long timeout_ns);

/* tty_buffer.c: the two rings */
size_t tty_in_push(struct tty_struct *tty, const u8 *buf, size_t n);
void tty_in_break(struct tty_struct *tty);
size_t tty_in_room(struct tty_struct *tty);
void tty_in_flush(struct tty_struct *tty);
size_t tty_in_get(struct tty_struct *tty, u16 *buf, size_t n);
size_t tty_out_put(struct tty_struct *tty, const u8 *buf, size_t n, size_t limit);
size_t tty_out_get(struct tty_struct *tty, u8 *buf, size_t n);
void tty_out_flush(struct tty_struct *tty);
void tty_send_xchar(struct tty_struct *tty, u8 c);
static inline size_t tty_out_pending(const struct tty_struct *tty)
{
	return READ_ONCE(tty->out_head) - READ_ONCE(tty->out_tail);
}

/* n_tty.c, n_tty_echo.c, n_tty_io.c: the line discipline */
void n_tty_rx_work(struct work_struct *w);
void n_tty_set_termios(struct tty_struct *tty, const struct ktermios *old);
void n_tty_reset(struct tty_struct *tty);		/* tty->lock */
void n_tty_flush_input(struct tty_struct *tty);
bool n_tty_input_available(struct tty_struct *tty, bool poll);
size_t n_tty_chars_in_buffer(struct tty_struct *tty);
ssize_t n_tty_read(struct tty_struct *tty, struct file *f, char __user *buf, size_t n);
ssize_t n_tty_write(struct tty_struct *tty, struct file *f, const char __user *buf, size_t n);
size_t n_tty_opost(struct tty_struct *tty, const u8 *buf, size_t n, size_t limit);
void n_tty_echo_char(struct tty_struct *tty, u8 c);
void n_tty_echo_raw(struct tty_struct *tty, u8 c);
void n_tty_finish_erasing(struct tty_struct *tty);
void n_tty_erase(struct tty_struct *tty, u8 c);
void n_tty_validate(struct tty_struct *tty);

/* tty_jobctrl.c */
int tty_check_change(struct tty_struct *tty, int sig);
void tty_open_proc_set_tty(struct tty_struct *tty, struct file *f);
void session_clear_tty(struct pid *session);
void tty_forget_session(struct tty_struct *tty, struct pid *session);
void tty_signal_session_leader(struct tty_struct *tty, bool exit_session);
long tty_jobctrl_ioctl(struct tty_struct *tty, struct tty_file *tf, struct file *f, unsigned int cmd,
		       unsigned long arg);
void tty_signal_pgrp(struct tty_struct *tty, int sig);

/* tty_termios.c, tty_ioctl.c */
extern const struct ktermios tty_std_termios;
long tty_termios_ioctl(struct tty_struct *tty, struct tty_file *tf, unsigned int cmd, unsigned long arg);
long tty_ioctl(struct file *f, unsigned int cmd, unsigned long arg);
unsigned int tty_baud_rate(const struct ktermios *t);
void tty_start(struct tty_struct *tty);
void tty_stop(struct tty_struct *tty);
int tty_set_winsize(struct tty_struct *tty, const struct winsize *ws);

/* pty.c */
struct tty_struct *pty_slave(unsigned int index);

/* serial.c */
struct tty_struct *serial_tty(unsigned int line);	/* NULL: no such port */
struct tty_struct *console_tty(void);			/* what /dev/console is; NULL */

#define I_FLAG(tty, f)	((tty)->termios.c_iflag & (f))
#define O_FLAG(tty, f)	((tty)->termios.c_oflag & (f))
#define C_FLAG(tty, f)	((tty)->termios.c_cflag & (f))
#define L_FLAG(tty, f)	((tty)->termios.c_lflag & (f))

/* is @c the control character @which? '\0' means that there is none. */
static inline bool tty_is_cc(const struct tty_struct *tty, u8 c, unsigned int which)
{
	return c && c == tty->termios.c_cc[which];
}

#endif
