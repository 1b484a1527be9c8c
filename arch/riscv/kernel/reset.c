// SPDX-License-Identifier: GPL-2.0-only
/* Power off and restart by the firmware's system reset extension. */
#include <arch/irqflags.h>
#include <arch/processor.h>
#include <arch/sbi.h>
#include <kernel/printk.h>

#define SRST_SHUTDOWN		0
#define SRST_COLD_REBOOT	1
#define SRST_REASON_NONE	0

static void __noreturn reset(u32 type)
{
	local_irq_disable();
	arch_halt_others();
	sbi_system_reset(type, SRST_REASON_NONE);
	/* no such extension, or it failed */
	pr_emerg("reboot: the firmware cannot do that; system halted\n");
	for (;;)
		wait_for_interrupt();
}

void arch_power_off(void)
{
	reset(SRST_SHUTDOWN);
}

void arch_restart(void)
{
	reset(SRST_COLD_REBOOT);
}
