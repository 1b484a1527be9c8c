/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The page that the kernel shares with the vDSO. Only the kernel writes it;
 * the reader retries while .seq is odd or has changed.
 */
#ifndef ARCH_VDSO_H
#define ARCH_VDSO_H

/* offsets in the mapping, which vdso.lds.S provides for: the address that signal
 * handlers return to, and the page of data; the image ends below it */
#define VDSO_RT_SIGRETURN	0x800
#define VDSO_DATA		0x1000

#ifndef __ASSEMBLER__
#include <linux/types.h>

struct vdso_data {
	__u32 seq;
	__u32 mult, shift;		/* ns = (cycles * mult) >> shift */
	__s64 wall_offset;		/* ns: realtime - monotonic */
};

/** update_vsyscall - wall_offset or the clock's rate changed. Context: writers
 *  exclude each other (the lock of the timekeeper). */
void update_vsyscall(void);
#endif /* __ASSEMBLER__ */

#endif
