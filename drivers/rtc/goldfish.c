// SPDX-License-Identifier: GPL-2.0-only
/* The goldfish real-time clock: tells the time of day once, at boot. */
#include <arch/io.h>
#include <kernel/init.h>
#include <kernel/timer.h>
#include <lib/err.h>
#include <lib/fdt.h>
#include <mm/vmalloc.h>

#define TIME_LOW	0x00	/* nanoseconds; reading it latches the high half */
#define TIME_HIGH	0x04

static int __init goldfish_rtc_probe(const struct fdt *fdt, int node)
{
	char __iomem *regs;
	u64 base, size, ns;

	if (fdt_reg(fdt, node, 0, &base, &size) || size < 8)
		return -EINVAL;
	regs = ioremap(base, size);
	if (!regs)
		return -ENOMEM;
	ns = readl(regs + TIME_LOW);
	ns |= (u64)readl(regs + TIME_HIGH) << 32;
	iounmap(regs);
	return set_wall_clock(ns);
}

static const char *const goldfish_compatible[] = { "google,goldfish-rtc", NULL };
static const struct of_driver goldfish_rtc_driver = {
	.name = "goldfish-rtc",
	.compatible = goldfish_compatible,
	.probe = goldfish_rtc_probe,
	.level = 1,
};
OF_DRIVER(goldfish_rtc_driver);
