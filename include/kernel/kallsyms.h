/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names of the kernel's own functions, for backtraces.
 *
 * tools/kallsyms writes the tables when the kernel is linked: for each text
 * symbol, sorted by address, its offset from _start and where its name begins
 * in kallsyms_names. They are constant, so no lock is needed, and looking
 * something up is safe in any context, a crashing kernel's included.
 */
#ifndef KERNEL_KALLSYMS_H
#define KERNEL_KALLSYMS_H

#include <lib/types.h>

#define KSYM_STR_LEN	128	/* room for "name+0x123" */

extern const u32 kallsyms_count;
extern const u32 kallsyms_offsets[];
extern const u32 kallsyms_name_offs[];
extern const char kallsyms_names[];

const char *kallsyms_lookup(unsigned long addr, unsigned long *offset);
int sprint_symbol(char *buf, unsigned long addr);

#endif
