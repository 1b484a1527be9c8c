// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls into the firmware. Harts are numbered as the device tree numbers them
 * there; cpumasks are translated here. A call that fails after it was probed
 * means broken firmware: fences that cannot be relied upon stop the kernel.
 */
#include <arch/sbi.h>
#include <arch/smp.h>
#include <kernel/init.h>
#include <kernel/printk.h>

bool sbi_probe(unsigned long ext)
{
	struct sbiret r = sbi_ecall(SBI_EXT_BASE, SBI_BASE_PROBE, ext, 0, 0, 0, 0);

	return !r.error && r.value;
}

/* ---- the first console ---- */

static bool have_dbcn;

static void sbi_console_write(struct console *c, const char *s, unsigned int len)
{
	/* the debug console wants physical addresses: byte by byte suits any buffer */
	for (; len; len--, s++) {
		if (*s == '\n') {
			if (have_dbcn)
				sbi_ecall(SBI_EXT_DBCN, 2, '\r', 0, 0, 0, 0);
			else
				sbi_ecall(SBI_EXT_LEGACY_PUTCHAR, 0, '\r', 0, 0, 0, 0);
		}
		if (have_dbcn)
			sbi_ecall(SBI_EXT_DBCN, 2, (u8)*s, 0, 0, 0, 0);
		else
			sbi_ecall(SBI_EXT_LEGACY_PUTCHAR, 0, (u8)*s, 0, 0, 0, 0);
	}
}

static struct console sbi_console = {
	.name = "earlysbi",	/* leaves when the next console comes */
	.write = sbi_console_write,
};

void __init sbi_console_init(void)
{
	have_dbcn = sbi_probe(SBI_EXT_DBCN);
	register_console(&sbi_console);
}

/* ---- calls about sets of harts ---- */

/* A hart mask is 64 harts wide, from some first hart number on. */
static void for_each_hart_window(const cpumask_t *mask,
				 void (*fn)(unsigned long bits, unsigned long base, void *arg),
				 void *arg)
{
	unsigned long bits = 0, base = 0;
	unsigned int cpu;

	for_each_cpu(cpu, mask) {
		unsigned long hart = cpu_to_hartid[cpu];

		if (bits && (hart < base || hart - base >= 64)) {
			fn(bits, base, arg);
			bits = 0;
		}
		if (!bits)
			base = ALIGN_DOWN(hart, 64UL);
		bits |= 1UL << (hart - base);
	}
	if (bits)
		fn(bits, base, arg);
}

static void send_ipi_window(unsigned long bits, unsigned long base, void *arg)
{
	sbi_ecall(SBI_EXT_IPI, 0, bits, base, 0, 0, 0);
}

void sbi_send_ipi(const cpumask_t *mask)
{
	for_each_hart_window(mask, send_ipi_window, NULL);
}

static void fence_failed(long error)
{
	panic("SBI: a remote fence failed with %ld", error);
}

static void fence_i_window(unsigned long bits, unsigned long base, void *arg)
{
	struct sbiret r = sbi_ecall(SBI_EXT_RFENCE, 0, bits, base, 0, 0, 0);

	if (r.error)
		fence_failed(r.error);
}

void sbi_remote_fence_i(const cpumask_t *mask)
{
	for_each_hart_window(mask, fence_i_window, NULL);
}

struct sfence_range {
	unsigned long start, size, asid;
};

static void sfence_window(unsigned long bits, unsigned long base, void *arg)
{
	const struct sfence_range *f = arg;
	struct sbiret r;

	if (f->asid == SBI_ASID_ALL)
		r = sbi_ecall(SBI_EXT_RFENCE, 1, bits, base, f->start, f->size, 0);
	else
		r = sbi_ecall(SBI_EXT_RFENCE, 2, bits, base, f->start, f->size, f->asid);
	if (r.error)
		fence_failed(r.error);
}

void sbi_remote_sfence_vma(const cpumask_t *mask, unsigned long start, unsigned long size,
			   unsigned long asid)
{
	struct sfence_range f = { start, size, asid };

	for_each_hart_window(mask, sfence_window, &f);
}

/* ---- the rest ---- */

void sbi_set_timer(u64 cycles)
{
	sbi_ecall(SBI_EXT_TIME, 0, cycles, 0, 0, 0, 0);
}

long sbi_hart_start(unsigned long hartid, unsigned long start_pa, unsigned long opaque)
{
	return sbi_ecall(SBI_EXT_HSM, SBI_HSM_HART_START, hartid, start_pa, opaque, 0, 0).error;
}

long sbi_hart_get_status(unsigned long hartid)
{
	struct sbiret ret = sbi_ecall(SBI_EXT_HSM, SBI_HSM_HART_GET_STATUS, hartid, 0, 0, 0, 0);

	return ret.error ?: ret.value;
}

void sbi_system_reset(u32 type, u32 reason)
{
	sbi_ecall(SBI_EXT_SRST, 0, type, reason, 0, 0, 0);
}
