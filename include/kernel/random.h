/* SPDX-License-Identifier: GPL-2.0-only */
/* Unpredictable numbers for the kernel's own use: layouts, keys, identifiers. */
#ifndef KERNEL_RANDOM_H
#define KERNEL_RANDOM_H
#include <lib/types.h>

/** get_random_bytes - Context: any; never waits for entropy. */
void get_random_bytes(void *buf, size_t len_bytes);

static inline u64 get_random_u64(void)
{
	u64 v;

	get_random_bytes(&v, sizeof(v));
	return v;
}

#endif
