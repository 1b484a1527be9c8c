/* SPDX-License-Identifier: GPL-2.0-only */
/* Boot parameters and the early interface between arch, init and drivers. */
#ifndef KERNEL_INIT_H
#define KERNEL_INIT_H
#include <lib/types.h>

#define __init __attribute__((section(".init.text"), cold))
#define __initdata __attribute__((section(".init.data")))

extern char boot_command_line[];	/* as the firmware gave it */
extern const void *boot_fdt;		/* linear-map address of the device tree */
extern phys_addr_t initrd_start, initrd_end;	/* 0: none */
void start_kernel(void);		/* from arch, on the boot hart, with the MMU on */

/* arch/riscv: called in this order by start_kernel's table */
void setup_arch(void);		/* memory map, device tree, page tables, memblock → ready for mem_init */
void arch_time_init(void);
void arch_irq_init(void);		/* trap vectors are set already; IPIs, external irqs */

/* command line: "name=value" and "name" handlers */
struct kernel_param {
	const char *name;
	int (*set)(const char *val);	/* val NULL if no '=' */
};
#define __setup(str, fn) \
	static const struct kernel_param __param_##fn \
	__attribute__((used, section(".init.params"), aligned(8))) = { str, fn }

/* device drivers matched by device-tree "compatible", in link order of level */
struct fdt;
struct of_driver {
	const char *name;
	const char *const *compatible;	/* NULL-terminated */
	int (*probe)(const struct fdt *fdt, int node);	/* 0 or -errno (printed) */
	int level;			/* 0 interrupt controllers, 1 uart/rtc, 2 the rest */
};
#define OF_DRIVER(d) \
	static const struct of_driver *const __of_##d \
	__attribute__((used, section(".init.drivers"), aligned(8))) = &d
void of_probe_drivers(int level);
extern struct fdt boot_dt;		/* the device tree, for the life of the kernel */
/** of_irq - interrupt @i of @node, as request_irq() takes it. Return: 0: none. */
unsigned int of_irq(const struct fdt *fdt, int node, unsigned int i);

/* late initialisers, by level: 0 core, 1 filesystems, 2 devices, 3 late */
typedef int (*initcall_t)(void);
struct initcall { initcall_t fn; int level; const char *name; };
#define __initcall_level(f, l) \
	static const struct initcall __initcall_##f \
	__attribute__((used, section(".init.calls"), aligned(8))) = { f, l, #f }
#define core_initcall(f)	__initcall_level(f, 0)
#define fs_initcall(f)		__initcall_level(f, 1)
#define device_initcall(f)	__initcall_level(f, 2)
#define late_initcall(f)	__initcall_level(f, 3)
void do_initcalls(int level);

#endif
