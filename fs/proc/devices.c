// SPDX-License-Identifier: GPL-2.0-only
/* /proc/devices, filesystems, partitions, diskstats, swaps: what there is to mount. */
#include "internal.h"
#include <drivers/block.h>
#include <kernel/init.h>

struct majors {
	struct seq_file *m;
	unsigned int last;
};

static void show_block_major(struct block_device *b, void *arg)
{
	struct majors *s = arg;
	unsigned int major = MAJOR(b->bd_dev);

	if (major == s->last)
		return;
	s->last = major;
	seq_printf(s->m, "%3u %s\n", major, strstarts(b->bd_name, "vd") ? "virtblk" : b->bd_name);
}

static int devices_show(struct seq_file *m, void *v)
{
	struct majors s = { .m = m, .last = ~0U };

	show_devices(m);
	seq_puts(m, "\nBlock devices:\n");
	for_each_bdev(show_block_major, &s);
	return 0;
}

static int filesystems_show(struct seq_file *m, void *v)
{
	return show_filesystems(m);
}

static void show_partition(struct block_device *b, void *arg)
{
	if (b->bd_nr_sectors)
		seq_printf(arg, "%4u  %7u %10llu %s\n", MAJOR(b->bd_dev), MINOR(b->bd_dev),
			   b->bd_nr_sectors / 2, b->bd_name);
}

static int partitions_show(struct seq_file *m, void *v)
{
	seq_puts(m, "major minor  #blocks  name\n\n");
	for_each_bdev(show_partition, m);
	return 0;
}

/* merges, times and queue lengths are not counted */
static void show_disk(struct block_device *b, void *arg)
{
	seq_printf(arg, "%4u %7u %s %lld 0 %lld 0 %lld 0 %lld 0 0 0 0 0 0 0 0 0 0\n", MAJOR(b->bd_dev),
		   MINOR(b->bd_dev), b->bd_name, (long long)atomic64_read(&b->stat_ios[0]),
		   (long long)atomic64_read(&b->stat_sectors[0]), (long long)atomic64_read(&b->stat_ios[1]),
		   (long long)atomic64_read(&b->stat_sectors[1]));
}

static int diskstats_show(struct seq_file *m, void *v)
{
	for_each_bdev(show_disk, m);
	return 0;
}

static int swaps_show(struct seq_file *m, void *v)
{
	seq_puts(m, "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n");
	return 0;
}

static int __init proc_devices_init(void)
{
	proc_create_single("devices", 0444, NULL, devices_show);
	proc_create_single("filesystems", 0444, NULL, filesystems_show);
	proc_create_single("partitions", 0444, NULL, partitions_show);
	proc_create_single("diskstats", 0444, NULL, diskstats_show);
	proc_create_single("swaps", 0444, NULL, swaps_show);
	return 0;
}
fs_initcall(proc_devices_init);
