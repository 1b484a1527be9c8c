/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What locks cost, by rank, in debug builds: how often they were taken, how
 * often somebody had to wait, and for how long. Shown in /proc/lock_stat.
 */
#ifndef KERNEL_LOCK_STAT_H
#define KERNEL_LOCK_STAT_H
#include <lib/types.h>
#include <kernel/lock_rank.h>

struct lock_stat {
	u64 acquired, contended, wait_ns;
};

struct lock_wait {
	unsigned int rank;
	u64 since;
};

/** lock_stat_acquired - a lock of @rank is being taken. Context: interrupts off. */
void lock_stat_acquired(unsigned int rank);
/** lock_stat_read - the sum over all harts since the boot; not of one moment. */
struct lock_stat lock_stat_read(unsigned int rank);
/** lock_rank_name - as in enum lock_rank, without LR_. */
const char *lock_rank_name(unsigned int rank);

struct lock_wait __lock_stat_begin(unsigned int rank);
void __lock_stat_end(const struct lock_wait *w);

static inline struct lock_wait lock_stat_begin(unsigned int rank)
{
	return CONFIG_DEBUG ? __lock_stat_begin(rank) : (struct lock_wait){ 0 };
}
static inline void lock_stat_end(const struct lock_wait *w)
{
	if (CONFIG_DEBUG)
		__lock_stat_end(w);
}
/** lock_stat_wait - from here to the function's end somebody waits for a lock of @rank. */
#define lock_stat_wait(rank) \
	struct lock_wait __wait __attribute__((cleanup(lock_stat_end), unused)) = lock_stat_begin(rank)

#endif
