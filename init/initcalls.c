// SPDX-License-Identifier: GPL-2.0-only
/* Late initialisers by level, and drivers for the devices of the device tree. */
#include <kernel/init.h>
#include <kernel/printk.h>
#include <lib/err.h>
#include <lib/fdt.h>

extern const struct initcall __start_init_calls[], __stop_init_calls[];
extern const struct of_driver *const __start_init_drivers[], *const __stop_init_drivers[];

/**
 * do_initcalls - run the initialisers of @level, in the order of linking.
 *
 * Context: boot, may sleep.
 */
void __init do_initcalls(int level)
{
	const struct initcall *c;

	for (c = __start_init_calls; c < __stop_init_calls; c++) {
		int err;

		if (c->level != level)
			continue;
		err = c->fn();
		if (err)
			pr_err("initcall %s failed: %d\n", c->name, err);
	}
}

static bool __init driver_matches(const struct of_driver *d, const struct fdt *fdt, int node)
{
	for (const char *const *c = d->compatible; *c; c++)
		if (fdt_is_compatible(fdt, node, *c))
			return true;
	return false;
}

/**
 * of_probe_drivers - offer every available node to the drivers of @level.
 *
 * A probe that fails is reported, unless it says -ENODEV: nothing is behind it.
 * Context: boot.
 */
void __init of_probe_drivers(int level)
{
	const struct of_driver *const *d;
	int node;

	fdt_for_each_node(&boot_dt, node) {
		if (!fdt_has_prop(&boot_dt, node, "compatible") ||
		    !fdt_is_available(&boot_dt, node))
			continue;
		for (d = __start_init_drivers; d < __stop_init_drivers; d++) {
			int err;

			if ((*d)->level != level || !driver_matches(*d, &boot_dt, node))
				continue;
			err = (*d)->probe(&boot_dt, node);
			if (err && err != -ENODEV)
				pr_err("%s: %s: %d\n", (*d)->name, fdt_node_name(&boot_dt, node), err);
		}
	}
}
