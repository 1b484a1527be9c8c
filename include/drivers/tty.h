/* SPDX-License-Identifier: GPL-2.0-only */
/* Terminals: line discipline (drivers/tty/n_tty.c), tty core, console. */
#ifndef DRIVERS_TTY_H
#define DRIVERS_TTY_H
#include <lib/types.h>
struct tty_struct;
struct pid;
struct seq_file;
/** disassociate_ctty - a session leader exits (@on_exit) or gives its tty up: SIGHUP etc. */
void disassociate_ctty(bool on_exit);
void no_tty(void);
/** tty_devnum - for /proc/PID/stat. */
dev_t tty_devnum(struct tty_struct *tty);
struct pid *tty_get_pgrp(struct tty_struct *tty);
void tty_kref_get(struct tty_struct *tty);
void tty_kref_put(struct tty_struct *tty);
struct tty_struct *get_current_tty(void);
/** serial_drain - wait until what was written to serial ports is sent, two seconds
 *  each at most. Context: may sleep. */
void serial_drain(void);
void tty_init(void);
#endif
