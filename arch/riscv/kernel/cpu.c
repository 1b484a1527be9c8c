// SPDX-License-Identifier: GPL-2.0-only
/*
 * The harts of the device tree and what they can do. CPU 0 is the hart that
 * booted; the others follow in the order of the tree. An extension counts only
 * if every hart that is used has it.
 */
#include <arch/asm_offsets.h>
#include <arch/csr.h>
#include <arch/page.h>
#include <arch/setup.h>
#include <arch/smp.h>
#include <arch/sbi.h>
#include <arch/timer.h>
#include <arch/processor.h>
#include <kernel/init.h>
#include <kernel/percpu.h>
#include <kernel/printk.h>
#include <kernel/sched.h>
#include <lib/ctype.h>
#include <lib/fdt.h>
#include <lib/string.h>
#include <mm/memblock.h>

unsigned int nr_cpu_ids = 1;
cpumask_t cpu_online_mask, cpu_possible_mask;
unsigned long cpu_to_hartid[NR_CPUS];
unsigned long __per_cpu_offset[NR_CPUS];
unsigned long boot_hartid;
DEFINE_PER_CPU(unsigned long, overflow_stack_top);

unsigned long elf_hwcap;
const char *riscv_isa_string = "rv64imac";
const char *riscv_mmu_string = "sv39";	/* the mode in use */
bool riscv_has_sstc;
unsigned int riscv_zicboz_block;
u64 riscv_hwprobe_ima;

/* Is @ext (lower case) in an ISA string: a single letter, or after an underscore? */
static bool isa_string_has(const char *isa, const char *ext)
{
	size_t n = strlen(ext);
	const char *p = isa;

	if (strncasecmp(p, "rv64", 4) != 0)
		return false;
	p += 4;
	if (n == 1) {
		/* single letters end at the first underscore or multi-letter name */
		for (; *p && *p != '_' && !strchr("SsXxZz", *p); p++)
			if (tolower(*p) == ext[0])
				return true;
		return false;
	}
	for (; *p; p++) {
		if ((p[-1] == '_' || strchr("SsXxZz", *p)) && strncasecmp(p, ext, n) == 0 &&
		    !isalnum(p[n]))
			return true;
	}
	return false;
}

static bool cpu_has_ext(const struct fdt *fdt, int node, const char *ext)
{
	const char *isa;

	for (unsigned int i = 0; (isa = fdt_prop_string(fdt, node, "riscv,isa-extensions", i)); i++)
		if (strcasecmp(isa, ext) == 0)
			return true;
	isa = fdt_prop_string(fdt, node, "riscv,isa", 0);
	return isa && isa_string_has(isa, ext);
}

static void __init parse_boot_cpu(const struct fdt *fdt, int node)
{
	static const char letters[] = "imafdc";
	const char *s;

	s = fdt_prop_string(fdt, node, "riscv,isa", 0);
	if (s)
		riscv_isa_string = s;
	for (unsigned int i = 0; letters[i]; i++) {
		const char ext[2] = { letters[i] };

		if (cpu_has_ext(fdt, node, ext))
			elf_hwcap |= 1UL << (letters[i] - 'a');
	}
	/* the bits of RISCV_HWPROBE_KEY_IMA_EXT_0 */
	riscv_hwprobe_ima = (elf_hwcap & BIT('d' - 'a') ? BIT(0) : 0) |
			    (elf_hwcap & BIT('c' - 'a') ? BIT(1) : 0) |
			    (cpu_has_ext(fdt, node, "zba") ? BIT(3) : 0) |
			    (cpu_has_ext(fdt, node, "zbb") ? BIT(4) : 0) |
			    (cpu_has_ext(fdt, node, "zbs") ? BIT(5) : 0);
	riscv_has_sstc = cpu_has_ext(fdt, node, "sstc");
	if (cpu_has_ext(fdt, node, "zicboz")) {
		u32 block = 64;

		fdt_prop_u32(fdt, node, "riscv,cboz-block-size", 0, &block);
		if (is_power_of_2(block) && block >= 16 && block <= 4096)
			riscv_zicboz_block = block;
	}
}

static bool __init is_usable_cpu(const struct fdt *fdt, int node)
{
	const char *type = fdt_prop_string(fdt, node, "device_type", 0);

	return type && strcmp(type, "cpu") == 0 && fdt_is_available(fdt, node);
}

void __init parse_cpus(const struct fdt *fdt)
{
	int cpus = fdt_find_path(fdt, "/cpus"), node;
	unsigned int ignored = 0;

	cpu_to_hartid[0] = boot_hartid;
	__cpumask_set_cpu(0, &cpu_possible_mask);
	__cpumask_set_cpu(0, &cpu_online_mask);
	if (cpus < 0)
		return;
	fdt_for_each_child(fdt, node, cpus) {
		u64 hart;

		if (!is_usable_cpu(fdt, node) || fdt_prop_u64(fdt, node, "reg", &hart))
			continue;
		if (hart == boot_hartid) {
			parse_boot_cpu(fdt, node);
			continue;
		}
		/* a core for firmware only */
		if (!fdt_has_prop(fdt, node, "mmu-type"))
			continue;
		if (nr_cpu_ids == NR_CPUS) {
			ignored++;
			continue;
		}
		cpu_to_hartid[nr_cpu_ids] = hart;
		__cpumask_set_cpu(nr_cpu_ids++, &cpu_possible_mask);
	}
	fdt_for_each_child(fdt, node, cpus) {
		if (!is_usable_cpu(fdt, node) || !fdt_has_prop(fdt, node, "mmu-type"))
			continue;
		if (!cpu_has_ext(fdt, node, "sstc"))
			riscv_has_sstc = false;
		if (!cpu_has_ext(fdt, node, "zicboz"))
			riscv_zicboz_block = 0;
	}
	if (riscv_zicboz_block)
		riscv_hwprobe_ima |= BIT(6);
	if (ignored)
		pr_warn("smp: %u harts beyond the first %u are not used\n", ignored, NR_CPUS);
}

/*
 * The boot hart keeps the section in the image, whose variables may have been
 * used already; each other hart gets a copy, made before anything but static
 * initialisers has written to it.
 */
void __init setup_per_cpu_areas(void)
{
	size_t size = __percpu_end - __percpu_start;

	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++) {
		char *stack = memblock_alloc(OVERFLOW_STACK_SIZE, 16);

		if (cpu) {
			char *area = memblock_alloc(size, PAGE_SIZE);

			if (!area)
				panic("Not enough memory for the data of CPU %u", cpu);
			memcpy(area, __percpu_start, size);
			__per_cpu_offset[cpu] = area - __percpu_start;
		}
		if (!stack)
			panic("Not enough memory for the stacks of CPU %u", cpu);
		per_cpu(overflow_stack_top, cpu) = (unsigned long)stack + OVERFLOW_STACK_SIZE;
		per_cpu(cpu_number, cpu) = cpu;
	}
}

void cpu_init_csrs(void)
{
	csr_write(scounteren, 2);	/* user mode may read the time */
	if (riscv_zicboz_block)
		csr_set(CSR_SENVCFG, SENVCFG_CBZE);
	set_next_event(~0ULL);
	csr_write(sie, BIT(IRQ_S_SOFT) | BIT(IRQ_S_TIMER) | BIT(IRQ_S_EXT));
}
