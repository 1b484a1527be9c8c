// SPDX-License-Identifier: GPL-2.0-only
/* /proc/version, cmdline, cpuinfo: what runs, how it was started, and on what. */
#include "internal.h"
#include <arch/processor.h>
#include <kernel/init.h>
#include <kernel/percpu.h>
#include <kernel/sys.h>
#include <lib/cpumask.h>

static int version_show(struct seq_file *m, void *v)
{
	seq_printf(m, "%s version %s (vellum) (gcc %s) %s\n", uts_name.sysname, uts_name.release,
		   __VERSION__, uts_name.version);
	return 0;
}

static int cmdline_show(struct seq_file *m, void *v)
{
	seq_puts(m, boot_command_line);
	seq_putc(m, '\n');
	return 0;
}

static int cpuinfo_show(struct seq_file *m, void *v)
{
	unsigned int cpu;

	for_each_online_cpu(cpu)
		seq_printf(m, "processor\t: %u\nhart\t\t: %lu\nisa\t\t: %s\nmmu\t\t: %s\n\n", cpu,
			   cpu_to_hartid[cpu], riscv_isa_string, riscv_mmu_string);
	return 0;
}

static int __init proc_version_init(void)
{
	proc_create_single("version", 0444, NULL, version_show);
	proc_create_single("cmdline", 0444, NULL, cmdline_show);
	proc_create_single("cpuinfo", 0444, NULL, cpuinfo_show);
	return 0;
}
fs_initcall(proc_version_init);
