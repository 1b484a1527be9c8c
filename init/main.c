// SPDX-License-Identifier: GPL-2.0-only
/*
 * From the first C function to the first user program.
 *
 * start_kernel() runs on the boot hart, interrupts off, and sets up what needs no
 * task to sleep. Process 1, made at its end, does the rest: other harts, threads
 * of the kernel, drivers, the root file system; then it becomes init.
 */
#include <arch/processor.h>
#include <arch/setup.h>
#include <arch/smp.h>
#include <drivers/block.h>
#include <drivers/tty.h>
#include <fs/fs.h>
#include <fs/shmem.h>
#include <kernel/cred.h>
#include <kernel/futex.h>
#include <kernel/init.h>
#include <kernel/pid.h>
#include <kernel/printk.h>
#include <kernel/rcu.h>
#include <kernel/sched.h>
#include <kernel/signal.h>
#include <kernel/timer.h>
#include <lib/err.h>
#include <lib/string.h>
#include <linux/fcntl.h>
#include <linux/mount.h>
#include <mm/mm.h>
#include <mm/page_alloc.h>
#include <mm/pagemap.h>
#include <mm/reclaim.h>
#include <mm/slab.h>
#include <mm/vmalloc.h>
#include <mm/writeback.h>
#include "init_internal.h"

static void __init banner(void)
{
	pr_notice("Vellum %s, riscv64, %u CPUs\n", VELLUM_RELEASE, nr_cpu_ids);
	pr_notice("Command line: %s\n", boot_command_line);
}

static void __init probe_irqchips(void) { of_probe_drivers(0); }
static void __init probe_early_devices(void) { of_probe_drivers(1); }

struct boot_step {
	const char *name;
	void (*fn)(void);
};

static void __init run_steps(const struct boot_step *s, size_t n)
{
	for (; n; n--, s++) {
		if (CONFIG_DEBUG)
			printk(KERN_DEBUG "init: %s\n", s->name);
		s->fn();
	}
}

static const struct boot_step early_steps[] __initdata = {
	{ "machine", setup_arch },
	{ "clock", arch_time_init },
	{ "command line", parse_command_line },
	{ "banner", banner },
	{ "page allocator", page_alloc_init },
	{ "slab", kmem_cache_init },
	{ "vmalloc", vmalloc_init },
	{ "address spaces", mm_init },
	{ "process ids", pid_init },
	{ "credentials", cred_init },
	{ "scheduler", sched_init },
	{ "rcu", rcu_init },
	{ "timekeeping", timekeeping_init },
	{ "timers", timers_init_cpu },
	{ "interrupt controllers", probe_irqchips },
	{ "page cache", pagecache_init },
	{ "signals", signals_init },
	{ "futexes", futex_init },
	{ "processes", fork_init },
	{ "file systems", vfs_caches_init },
	{ "block layer", block_init },
	{ "terminals", tty_init },
	{ "interrupts", arch_irq_init },
	{ "uart and rtc", probe_early_devices },
};

/* in process 1: these may sleep and start threads */
static const struct boot_step late_steps[] __initdata = {
	{ "other harts", smp_init },
	{ "reclaim", reclaim_init },
	{ "write-back", writeback_init },
	{ "shared memory", shmem_init },
};

static void __init mount_root(void)
{
	const char *root = boot_options.root;
	int err;

	if (!root)
		panic("VFS: No root device given: say root= on the command line");
	err = init_mount_root(root, boot_options.rootfstype, boot_options.rw ? 0 : MS_RDONLY);
	if (err)
		panic("VFS: Unable to mount root fs on \"%s\" (error %d)", root, err);
}

/* File descriptors 0, 1 and 2. */
static void __init open_console(void)
{
	struct file *f = filp_open("/dev/console", O_RDWR, 0);

	if (IS_ERR(f)) {
		pr_err("Warning: unable to open an initial console.\n");
		return;
	}
	for (int i = 0; i < 3; i++) {
		int fd = get_unused_fd_flags(0);

		if (fd < 0)
			break;
		get_file(f);
		fd_install(fd, f);
	}
	fput(f);
}

/* Does not return if it works. */
static int run_init(const char *path)
{
	int err;

	boot_options.argv[0] = path;
	pr_info("Run %s as init process\n", path);
	err = kernel_execve(path, boot_options.argv, boot_options.envp);
	if (err && err != -ENOENT)
		pr_err("Starting init: %s exists but couldn't execute it (error %d)\n", path, err);
	return err;
}

static void free_init_memory(void)
{
	mark_init_free();
	free_reserved_area(__va(__pa(__init_begin)), __va(__pa(__init_end)), "unused kernel image");
}

/* Return: only when there is no init that could run. */
static void start_init(bool initramfs)
{
	static const char *const places[] = { "/sbin/init", "/etc/init", "/bin/init", "/bin/sh" };

	if (initramfs) {
		const char *rdinit = boot_options.rdinit ?: "/init";

		if (!run_init(rdinit))
			return;
		if (boot_options.rdinit)
			panic("Requested init %s failed.", rdinit);
	} else if (boot_options.init) {
		if (!run_init(boot_options.init))
			return;
		panic("Requested init %s failed.", boot_options.init);
	}
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (!run_init(places[i]))
			return;
	panic("No working init found. Try passing init= option to kernel.");
}

/* Return: was there an initramfs? Otherwise the root file system is mounted. */
static bool __init prepare_system(void)
{
	bool initramfs;

	run_steps(late_steps, ARRAY_SIZE(late_steps));
	for (int level = 0; level < 2; level++)
		do_initcalls(level);
	of_probe_drivers(2);
	for (int level = 2; level < 4; level++)
		do_initcalls(level);
	initramfs = initrd_end && !unpack_initramfs();
	if (!initramfs)
		mount_root();
	if (devtmpfs_mount("/dev"))
		pr_err("devtmpfs: cannot be mounted on /dev\n");
	open_console();
	return initramfs;
}

static int kernel_init(void *unused)
{
	bool initramfs;

	current->signal->flags |= SIGNAL_UNKILLABLE;
	initramfs = prepare_system();
	free_init_memory();
	start_init(initramfs);
	return 0;
}

/** start_kernel - from head.S, on the boot hart's own stack. */
void __init start_kernel(void)
{
	struct kernel_clone_args args = {
		.exit_signal = SIGCHLD,
		.fn = kernel_init,
		.name = "init",
	};
	pid_t pid;

	run_steps(early_steps, ARRAY_SIZE(early_steps));
	pid = kernel_clone(&args);
	if (pid != 1)
		panic("Process 1 cannot be started (%d)", pid);
	cpu_idle_loop();
}
