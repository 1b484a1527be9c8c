/* SPDX-License-Identifier: GPL-2.0-only */
/* The names of the system, as uname(2) and /proc/sys/kernel show them. */
#ifndef KERNEL_SYS_H
#define KERNEL_SYS_H
#include <lib/types.h>
#include <linux/utsname.h>

extern struct new_utsname uts_name;

#endif
