/* SPDX-License-Identifier: GPL-2.0-only */
/* timerfd (fs/timerfd.c). */
#ifndef FS_TIMERFD_H
#define FS_TIMERFD_H
/** timerfd_clock_was_set - the wall clock jumped: tell those who asked. Context: any without queue locks. */
void timerfd_clock_was_set(void);
#endif
