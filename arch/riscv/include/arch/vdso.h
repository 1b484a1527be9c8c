/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The page that the kernel shares with the vDSO. Only the kernel writes it;
 * the reader retries while .seq is odd or has changed.
 */
#ifndef ARCH_VDSO_H
#define ARCH_VDSO_H
#include <linux/types.h>

struct vdso_data {
	__u32 seq;
	__u32 mult, shift;		/* ns = (cycles * mult) >> shift */
	__s64 wall_offset;		/* ns: realtime - monotonic */
};

/** update_vsyscall - wall_offset or the clock's rate changed. Context: writers
 *  exclude each other (the lock of the timekeeper). */
void update_vsyscall(void);

#endif
