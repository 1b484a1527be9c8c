// SPDX-License-Identifier: GPL-2.0-only
/* The hart's clock, and its timer: stimecmp (Sstc) or the firmware. */
#include <arch/csr.h>
#include <arch/sbi.h>
#include <arch/setup.h>
#include <arch/timer.h>
#include <arch/vdso.h>
#include <kernel/init.h>
#include <kernel/printk.h>
#include <kernel/timer.h>
#include <lib/fdt.h>

u64 timebase_hz;
u32 clock_mult = 1, clock_shift;
static u64 cycles_mult;		/* cycles = (ns * cycles_mult) >> 32 */

/* the largest factor that fits: the error stays below 2^-31 */
static void __init set_clock_rate(u64 hz)
{
	timebase_hz = hz;
	cycles_mult = (hz << 32) / NSEC_PER_SEC;
	if (NSEC_PER_SEC % hz == 0) {
		clock_mult = NSEC_PER_SEC / hz;
		clock_shift = 0;
		return;
	}
	for (clock_shift = 31; clock_shift; clock_shift--) {
		u64 mult = (((u64)NSEC_PER_SEC << clock_shift) + hz / 2) / hz;

		if (mult <= U32_MAX) {
			clock_mult = mult;
			return;
		}
	}
	clock_mult = 1;
}

/* rounded up, so that a timer set for a time is never early */
u64 ns_to_cycles(u64 ns)
{
	u64 cycles;

	if (!clock_shift)
		return (ns + clock_mult - 1) / clock_mult;
	cycles = (u64)(((unsigned __int128)ns * cycles_mult) >> 32);
	while (cycles_to_ns(cycles) < ns)
		cycles++;
	return cycles;
}

void set_next_event(u64 cycles)
{
	if (riscv_has_sstc)
		csr_write(CSR_STIMECMP, cycles);
	else
		sbi_set_timer(cycles);
}

void __init arch_time_init(void)
{
	int cpus = fdt_find_path(&boot_dt, "/cpus"), cpu;
	u64 hz = 0;
	u32 v;

	if (cpus >= 0 && fdt_prop_u64(&boot_dt, cpus, "timebase-frequency", &hz)) {
		fdt_for_each_child(&boot_dt, cpu, cpus)
			if (!fdt_prop_u32(&boot_dt, cpu, "timebase-frequency", 0, &v))
				hz = v;
	}
	if (!hz || hz > U32_MAX)
		panic("The device tree does not say how fast the clock runs");
	set_clock_rate(hz);
	set_next_event(~0ULL);
	update_vsyscall();
}
