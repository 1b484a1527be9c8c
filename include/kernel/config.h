/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Build-time constants, included before every kernel file. Code says
 * `if (CONFIG_X)`, never `#if`, so that both branches are compiled always.
 */
#ifndef KERNEL_CONFIG_H
#define KERNEL_CONFIG_H

#ifndef CONFIG_DEBUG
#define CONFIG_DEBUG 0		/* lock ranks, x_validate(), poisoning, UBSAN */
#endif

#define NR_CPUS		64	/* harts beyond this are reported and left parked */
#define HZ		250	/* scheduler tick; the clock itself counts nanoseconds */
#define USER_HZ		100	/* unit of times() and /proc, fixed by the ABI */

#define VELLUM_RELEASE	"6.12.0-vellum"	/* uname -r: the Linux whose ABI is followed */

#endif
