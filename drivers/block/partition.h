/* SPDX-License-Identifier: GPL-2.0-only */
/* Partition tables: MBR with logical partitions, and GPT. */
#ifndef BLOCK_PARTITION_H
#define BLOCK_PARTITION_H
#include <drivers/block.h>

typedef void (*partition_fn)(struct block_device *disk, unsigned int nr, u64 start, u64 sectors);
/** scan_partitions - call @add for each partition that the table of @disk names. */
void scan_partitions(struct block_device *disk, partition_fn add);

#endif
