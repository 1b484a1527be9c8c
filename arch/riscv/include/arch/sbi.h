/* SPDX-License-Identifier: GPL-2.0-only */
/* Calls into the firmware (RISC-V SBI specification 1.0/2.0). */
#ifndef ARCH_SBI_H
#define ARCH_SBI_H

#define SBI_EXT_LEGACY_PUTCHAR	0x01
#define SBI_EXT_BASE		0x10
#define SBI_EXT_TIME		0x54494d45
#define SBI_EXT_IPI		0x735049
#define SBI_EXT_RFENCE		0x52464e43
#define SBI_EXT_HSM		0x48534d
#define SBI_EXT_SRST		0x53525354
#define SBI_EXT_DBCN		0x4442434e

#define SBI_BASE_SPEC_VERSION	0
#define SBI_BASE_PROBE		3
#define SBI_BASE_MVENDORID	4
#define SBI_BASE_MARCHID	5
#define SBI_BASE_MIMPID		6

#define SBI_HSM_HART_START	0
#define SBI_HSM_HART_STOP	1
#define SBI_HSM_HART_GET_STATUS	2

/* what sbi_hart_get_status() returns, among others */
#define SBI_HSM_STATE_STOPPED	1

#ifndef __ASSEMBLER__
#include <lib/types.h>
#include <lib/cpumask.h>

struct sbiret {
	long error;
	long value;
};

static inline struct sbiret sbi_ecall(unsigned long ext, unsigned long fid, unsigned long arg0,
				      unsigned long arg1, unsigned long arg2, unsigned long arg3,
				      unsigned long arg4)
{
	register unsigned long a0 asm("a0") = arg0;
	register unsigned long a1 asm("a1") = arg1;
	register unsigned long a2 asm("a2") = arg2;
	register unsigned long a3 asm("a3") = arg3;
	register unsigned long a4 asm("a4") = arg4;
	register unsigned long a6 asm("a6") = fid;
	register unsigned long a7 asm("a7") = ext;

	asm volatile("ecall" : "+r"(a0), "+r"(a1) : "r"(a2), "r"(a3), "r"(a4), "r"(a6), "r"(a7)
		     : "memory");
	return (struct sbiret){ .error = a0, .value = a1 };
}

bool sbi_probe(unsigned long ext);
/** sbi_console_init - print through the firmware until a real console comes. */
void sbi_console_init(void);
void sbi_set_timer(u64 cycles);
void sbi_send_ipi(const cpumask_t *mask);
void sbi_remote_fence_i(const cpumask_t *mask);
/** sbi_remote_sfence_vma - flush [@start, @start + @size) on the harts of @mask, of
 *  one @asid or (ASID_ALL) of all; size ~0: everything. Returns when it is done. */
#define SBI_ASID_ALL	(~0UL)
void sbi_remote_sfence_vma(const cpumask_t *mask, unsigned long start, unsigned long size,
			   unsigned long asid);
/** sbi_hart_start - Return: 0 or the SBI's negative error. */
long sbi_hart_start(unsigned long hartid, unsigned long start_pa, unsigned long opaque);

/** sbi_hart_get_status - Return: a SBI_HSM_STATE_, or the SBI's negative error. */
long sbi_hart_get_status(unsigned long hartid);
void sbi_system_reset(u32 type, u32 reason);

#endif /* !__ASSEMBLER__ */
#endif
