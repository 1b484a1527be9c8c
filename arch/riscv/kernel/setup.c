// SPDX-License-Identifier: GPL-2.0-only
/*
 * setup_arch(): from the device tree to memblock, page tables and per-CPU data.
 *
 * On entry the image is mapped with all rights and nothing else is. The tree is
 * read through a temporary mapping until the linear map exists, and in place
 * ever after: its memory stays reserved.
 */
#include <arch/csr.h>
#include <arch/page.h>
#include <arch/sbi.h>
#include <arch/setup.h>
#include <arch/smp.h>
#include <kernel/init.h>
#include <kernel/printk.h>
#include <kernel/sched.h>
#include <lib/fdt.h>
#include <lib/kstrto.h>
#include <lib/string.h>
#include <mm/memblock.h>

#define COMMAND_LINE_SIZE 2048

char boot_command_line[COMMAND_LINE_SIZE];
const void *boot_fdt;
struct fdt boot_dt;
phys_addr_t initrd_start, initrd_end;
phys_addr_t boot_dtb_pa;
unsigned long va_pa_offset, kernel_va_pa_offset;
unsigned long min_pfn, max_pfn;

#define MIN_RAM		(16UL << 20)
/* what the linear map has room for */
#define LINEAR_MAP_SIZE	(VMEMMAP_START - PAGE_OFFSET)

static void __init add_ram(u64 base, u64 size)
{
	u64 end;

	if (check_add_overflow(base, size, &end))
		end = ALIGN_DOWN(U64_MAX, PAGE_SIZE);
	base = ALIGN(base, PAGE_SIZE);
	end = ALIGN_DOWN(end, PAGE_SIZE);
	if (base < end && memblock_add(base, end - base))
		pr_warn("memory at 0x%llx is not used: too many pieces\n", base);
}

static void __init parse_memory(const struct fdt *fdt)
{
	int node;

	fdt_for_each_node(fdt, node) {
		const char *type = fdt_prop_string(fdt, node, "device_type", 0);
		u64 base, size;

		if (!type || strcmp(type, "memory") != 0 || !fdt_is_available(fdt, node))
			continue;
		for (unsigned int i = 0; !fdt_reg(fdt, node, i, &base, &size); i++)
			add_ram(base, size);
	}
}

static void __init reserve(u64 base, u64 size)
{
	u64 end = ALIGN(base + size, PAGE_SIZE);

	base = ALIGN_DOWN(base, PAGE_SIZE);
	if (size && memblock_reserve(base, end - base))
		panic("Too many reserved pieces of memory");
}

/* firmware's memory: without no-map it may be mapped, only not used */
static void __init parse_reserved(const struct fdt *fdt)
{
	int parent = fdt_find_path(fdt, "/reserved-memory"), node;
	u64 base, size;

	for (unsigned int i = 0; fdt_reserved(fdt, i, &base, &size); i++)
		reserve(base, size);
	if (parent < 0)
		return;
	fdt_for_each_child(fdt, node, parent) {
		bool nomap = fdt_has_prop(fdt, node, "no-map");

		if (!fdt_is_available(fdt, node))
			continue;
		for (unsigned int i = 0; !fdt_reg(fdt, node, i, &base, &size); i++) {
			u64 start = ALIGN_DOWN(base, PAGE_SIZE);

			if (nomap)
				memblock_remove(start, ALIGN(base + size, PAGE_SIZE) - start);
			else
				reserve(base, size);
		}
	}
}

/* an address of /chosen: one or two cells, whatever the root says */
static u64 __init chosen_addr(const struct fdt *fdt, int chosen, const char *name)
{
	u64 v = 0;

	fdt_prop_u64(fdt, chosen, name, &v);
	return v;
}

static void __init parse_chosen(const struct fdt *fdt)
{
	int chosen = fdt_find_path(fdt, "/chosen");
	const char *args;

	if (chosen < 0)
		return;
	args = fdt_prop_string(fdt, chosen, "bootargs", 0);
	if (args && strscpy(boot_command_line, args, sizeof(boot_command_line)) < 0)
		pr_warn("the kernel command line was cut at %d bytes\n", COMMAND_LINE_SIZE - 1);
	initrd_start = chosen_addr(fdt, chosen, "linux,initrd-start");
	initrd_end = chosen_addr(fdt, chosen, "linux,initrd-end");
	if (initrd_start >= initrd_end)
		initrd_start = initrd_end = 0;
}

/* mem=SIZE limits what is used; it must be known before anything is allocated */
static void __init parse_mem_limit(void)
{
	const char *p = boot_command_line;

	while ((p = strstr(p, "mem="))) {
		if (p == boot_command_line || p[-1] == ' ') {
			char *end;
			u64 limit = memparse(p + 4, &end);

			if (limit)
				memblock_enforce_memory_limit(limit);
			return;
		}
		p += 4;
	}
}

static void __init reserve_boot_memory(unsigned long dtb_size)
{
	reserve(KERNEL_BASE - kernel_va_pa_offset, _end - _start);
	reserve(boot_dtb_pa, dtb_size);
	if (initrd_end)
		reserve(initrd_start, initrd_end - initrd_start);
}

/* RAM above what can be mapped is left alone */
static void __init set_ram_bounds(void)
{
	phys_addr_t start, end;

	/* in steps of large pages, for the linear map */
	start = ALIGN_DOWN(memblock_start_of_dram(), 1UL << 21);
	if (memblock_end_of_dram() - start > LINEAR_MAP_SIZE) {
		pr_warn("memory above 0x%llx is not used\n", start + LINEAR_MAP_SIZE);
		memblock_remove(start + LINEAR_MAP_SIZE, ~0UL - (start + LINEAR_MAP_SIZE));
	}
	end = memblock_end_of_dram();
	min_pfn = PFN_DOWN(start);
	max_pfn = PFN_UP(end);
	va_pa_offset = PAGE_OFFSET - start;
}

static void __init init_boot_task(void)
{
	init_task.stack = init_stack;
	init_task.kernel_sp = (unsigned long)task_pt_regs(&init_task);
	init_task.percpu_offset = 0;
	csr_write(stvec, trap_entry);
}

static void __init dtb_unusable(void)
{
	panic("The device tree at 0x%llx cannot be read", boot_dtb_pa);
}

void __init setup_arch(void)
{
	unsigned long size;
	const void *blob;

	init_boot_task();
	sbi_console_init();
	blob = early_map_dtb(boot_dtb_pa, &size);
	if (!blob || fdt_init(&boot_dt, blob, size))
		dtb_unusable();

	parse_memory(&boot_dt);
	parse_chosen(&boot_dt);
	if (!memblock_phys_mem_size())
		panic("The device tree names no memory");
	parse_reserved(&boot_dt);
	parse_mem_limit();
	size = boot_dt.size;
	reserve_boot_memory(size);
	set_ram_bounds();
	if (memblock_phys_mem_size() < MIN_RAM)
		panic("Not enough memory: %llu KiB, at least %lu KiB are needed",
		      memblock_phys_mem_size() >> 10, MIN_RAM >> 10);
	if (initrd_end && (!memblock_is_memory(initrd_start) ||
			   !memblock_is_memory(initrd_end - 1))) {
		pr_err("initrd lies outside of memory: not used\n");
		initrd_start = initrd_end = 0;
	}

	paging_init();
	if (!memblock_is_memory(boot_dtb_pa)) {
		void *copy = memblock_alloc(size, 8);

		if (!copy)
			dtb_unusable();
		memcpy(copy, blob, size);
		boot_fdt = copy;
	} else {
		boot_fdt = __va(boot_dtb_pa);
	}
	if (fdt_init(&boot_dt, boot_fdt, size))
		dtb_unusable();
	early_unmap_dtb();
	/* keeps strings of the tree by reference */
	parse_cpus(&boot_dt);
	setup_per_cpu_areas();
	asid_init();
	cpu_init_csrs();
}
