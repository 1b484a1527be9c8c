// SPDX-License-Identifier: GPL-2.0-only
/*
 * The system as a whole: its names, sysinfo, personality, reboot.
 */
#include <drivers/tty.h>
#include <kernel/cred.h>
#include <kernel/mutex.h>
#include <kernel/printk.h>
#include <kernel/sched.h>
#include <kernel/signal.h>
#include <kernel/sys.h>
#include <kernel/syscalls.h>
#include <kernel/timer.h>
#include <lib/string.h>
#include <mm/mm.h>
#include <mm/page_alloc.h>
#include <arch/processor.h>
#include <arch/uaccess.h>
#include <linux/personality.h>
#include <linux/reboot.h>
#include <linux/sysinfo.h>

struct new_utsname uts_name = {
	.sysname = "Linux",
	.nodename = "(none)",
	.release = VELLUM_RELEASE,
	.version = "#1 SMP Vellum",
	.machine = "riscv64",
	.domainname = "(none)",
};
static DEFINE_MUTEX(uts_mutex, LR_KERNEL_MUTEX);

SYSCALL_DEFINE1(newuname, struct new_utsname __user *, u)
{
	struct new_utsname copy;

	mutex_lock(&uts_mutex);
	copy = uts_name;
	mutex_unlock(&uts_mutex);
	return copy_to_user(u, &copy, sizeof(copy)) ? -EFAULT : 0;
}

static int set_uts_field(char *field, const char __user *name, int len)
{
	char tmp[__NEW_UTS_LEN + 1] = { 0 };

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (len < 0 || len > __NEW_UTS_LEN)
		return -EINVAL;
	if (copy_from_user(tmp, name, len))
		return -EFAULT;
	mutex_lock(&uts_mutex);
	memcpy(field, tmp, sizeof(tmp));
	mutex_unlock(&uts_mutex);
	return 0;
}

SYSCALL_DEFINE2(sethostname, char __user *, name, int, len)
{
	return set_uts_field(uts_name.nodename, name, len);
}

SYSCALL_DEFINE2(setdomainname, char __user *, name, int, len)
{
	return set_uts_field(uts_name.domainname, name, len);
}

#define SI_LOAD_SHIFT	16
#define LOAD_FSHIFT	11

SYSCALL_DEFINE1(sysinfo, struct sysinfo __user *, u)
{
	struct sysinfo s = { 0 };
	unsigned long loads[3];

	s.uptime = DIV_ROUND_UP((u64)ktime_get_boottime(), NSEC_PER_SEC);
	get_avenrun(loads);
	for (int i = 0; i < 3; i++)
		s.loads[i] = loads[i] << (SI_LOAD_SHIFT - LOAD_FSHIFT);
	s.totalram = totalram_pages() << PAGE_SHIFT;
	s.freeram = nr_free_pages() << PAGE_SHIFT;
	s.sharedram = node_stat(NR_SHMEM) << PAGE_SHIFT;
	s.bufferram = node_stat(NR_BLOCKDEV_PAGES) << PAGE_SHIFT;
	s.procs = min(READ_ONCE(nr_threads), 0xffff);
	s.mem_unit = 1;
	return copy_to_user(u, &s, sizeof(s)) ? -EFAULT : 0;
}

SYSCALL_DEFINE1(personality, unsigned int, persona)
{
	unsigned int old = current->personality;

	if (persona != 0xffffffff)
		current->personality = persona;
	return old;
}

/* ---- reboot ---- */

static long do_reboot(unsigned int cmd, const char __user *arg)
{
	char text[256];
	long n;

	switch (cmd) {
	case LINUX_REBOOT_CMD_RESTART:
		pr_emerg("reboot: Restarting system\n");
		arch_restart();
	case LINUX_REBOOT_CMD_RESTART2:
		n = strncpy_from_user(text, arg, sizeof(text) - 1);
		if (n < 0)
			return n;
		text[n] = 0;
		pr_emerg("reboot: Restarting system with command '%s'\n", text);
		arch_restart();
	case LINUX_REBOOT_CMD_POWER_OFF:
		pr_emerg("reboot: Power down\n");
		arch_power_off();
	case LINUX_REBOOT_CMD_HALT:
		pr_emerg("reboot: System halted\n");
		arch_halt_others();
		local_irq_disable();
		for (;;)
			wait_for_interrupt();
	case LINUX_REBOOT_CMD_CAD_ON:
	case LINUX_REBOOT_CMD_CAD_OFF:
		return 0;	/* there is no keyboard whose keys could reboot */
	default:
		return -EINVAL;
	}
}

SYSCALL_DEFINE4(reboot, int, magic1, int, magic2, unsigned int, cmd, char __user *, arg)
{
	static DEFINE_MUTEX(reboot_mutex, LR_KERNEL_MUTEX);
	long ret;

	if (!capable(CAP_SYS_BOOT))
		return -EPERM;
	if (magic1 != (int)LINUX_REBOOT_MAGIC1 ||
	    (magic2 != LINUX_REBOOT_MAGIC2 && magic2 != LINUX_REBOOT_MAGIC2A &&
	     magic2 != LINUX_REBOOT_MAGIC2B && magic2 != LINUX_REBOOT_MAGIC2C))
		return -EINVAL;
	mutex_lock(&reboot_mutex);
	serial_drain();
	ret = do_reboot(cmd, arg);
	mutex_unlock(&reboot_mutex);
	return ret;
}
