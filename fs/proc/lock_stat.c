// SPDX-License-Identifier: GPL-2.0-only
/*
 * /proc/lock_stat, in debug builds alone: for each rank of locks how often one
 * was taken, how often it was waited for, and the time that took. The rank that
 * was waited for the longest comes first.
 */
#include "internal.h"
#include <kernel/init.h>
#include <kernel/lock_stat.h>

static int lock_stat_show(struct seq_file *m, void *v)
{
	bool shown[LR_MAX] = { false };

	seq_puts(m, "rank              acquired    contended      wait_us\n");
	for (;;) {
		struct lock_stat most = { 0 };
		unsigned int worst = LR_MAX;

		for (unsigned int rank = 0; rank < LR_MAX; rank++) {
			struct lock_stat s = lock_stat_read(rank);

			if (shown[rank] || !s.acquired)
				continue;
			if (worst == LR_MAX || s.wait_ns > most.wait_ns) {
				worst = rank;
				most = s;
			}
		}
		if (worst == LR_MAX)
			return 0;
		shown[worst] = true;
		seq_printf(m, "%-14s %11llu %12llu %12llu\n", lock_rank_name(worst), most.acquired,
			   most.contended, most.wait_ns / NSEC_PER_USEC);
	}
}

static int __init proc_lock_stat_init(void)
{
	if (CONFIG_DEBUG)
		proc_create_single("lock_stat", 0444, NULL, lock_stat_show);
	return 0;
}
fs_initcall(proc_lock_stat_init);
