/* SPDX-License-Identifier: GPL-2.0-only */
/* Between vmscan.c and shrinker.c. */
#ifndef MM_INTERNAL_RECLAIM_H
#define MM_INTERNAL_RECLAIM_H
#include <lib/types.h>

/** shrink_slab - let each shrinker free its part at @priority (12: a 2048th, 0: all).
 *  Context: may sleep. Return: pages that this freed. */
unsigned long shrink_slab(gfp_t gfp, int priority);

#endif
