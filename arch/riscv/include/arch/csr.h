/* SPDX-License-Identifier: GPL-2.0-only */
/* Control and status registers (RISC-V privileged specification, ch. 10). */
#ifndef ARCH_CSR_H
#define ARCH_CSR_H

/* sstatus */
#define SR_SIE		0x00000002
#define SR_SPIE		0x00000020
#define SR_SPP		0x00000100
#define SR_FS		0x00006000
#define SR_FS_INITIAL	0x00002000
#define SR_FS_CLEAN	0x00004000
#define SR_FS_DIRTY	0x00006000
#define SR_VS		0x00000600
#define SR_SUM		0x00040000

/* sie, sip */
#define IRQ_S_SOFT	1
#define IRQ_S_TIMER	5
#define IRQ_S_EXT	9

/* scause */
#define EXC_INST_MISALIGNED	0
#define EXC_INST_ACCESS		1
#define EXC_INST_ILLEGAL	2
#define EXC_BREAKPOINT		3
#define EXC_LOAD_MISALIGNED	4
#define EXC_LOAD_ACCESS		5
#define EXC_STORE_MISALIGNED	6
#define EXC_STORE_ACCESS	7
#define EXC_SYSCALL		8
#define EXC_INST_PAGE_FAULT	12
#define EXC_LOAD_PAGE_FAULT	13
#define EXC_STORE_PAGE_FAULT	15

/* satp */
#define SATP_ASID_SHIFT	44
#define SATP_ASID_MASK	0xffff

#define CSR_STIMECMP	0x14d
#define CSR_SENVCFG	0x10a
#define SENVCFG_CBZE	0x80	/* user mode may use cbo.zero */

#ifndef __ASSEMBLER__
#include <lib/types.h>

#define SATP_MODE_SV39	(8UL << 60)
/* user mode with interrupts on, 64-bit registers, FP off */
#define SR_USER		(SR_SPIE | (2UL << 32))

#define csr_read(csr) ({						\
	unsigned long __v;						\
	asm volatile("csrr %0, " __stringify(csr) : "=r"(__v) :: "memory"); \
	__v; })
#define csr_write(csr, val)						\
	asm volatile("csrw " __stringify(csr) ", %0"			\
		     :: "rK"((unsigned long)(val)) : "memory")
#define csr_set(csr, val)						\
	asm volatile("csrs " __stringify(csr) ", %0"			\
		     :: "rK"((unsigned long)(val)) : "memory")
#define csr_clear(csr, val)						\
	asm volatile("csrc " __stringify(csr) ", %0"			\
		     :: "rK"((unsigned long)(val)) : "memory")
#endif /* __ASSEMBLER__ */
#endif
