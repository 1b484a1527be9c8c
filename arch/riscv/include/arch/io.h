/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Device registers. The ordered forms keep an access in order with memory and
 * with other accesses to devices: a write is seen after all memory writes
 * before it, memory reads after a read are not done before it.
 */
#ifndef ARCH_IO_H
#define ARCH_IO_H
#include <lib/types.h>

#ifndef __iomem
#define __iomem
#endif

#define __ARCH_READ(name, type, insn)						\
static inline type name##_relaxed(const volatile void __iomem *p)		\
{										\
	type v;									\
										\
	asm volatile(insn " %0, 0(%1)" : "=r"(v) : "r"(p));			\
	return v;								\
}										\
static inline type name(const volatile void __iomem *p)			\
{										\
	type v = name##_relaxed(p);						\
										\
	asm volatile("fence i, ir" ::: "memory");				\
	return v;								\
}
#define __ARCH_WRITE(name, type, insn)						\
static inline void name##_relaxed(type v, volatile void __iomem *p)		\
{										\
	asm volatile(insn " %0, 0(%1)" :: "r"(v), "r"(p));			\
}										\
static inline void name(type v, volatile void __iomem *p)			\
{										\
	asm volatile("fence w, o" ::: "memory");				\
	name##_relaxed(v, p);							\
}
__ARCH_READ(readb, u8, "lbu")
__ARCH_READ(readw, u16, "lhu")
__ARCH_READ(readl, u32, "lw")
__ARCH_READ(readq, u64, "ld")
__ARCH_WRITE(writeb, u8, "sb")
__ARCH_WRITE(writew, u16, "sh")
__ARCH_WRITE(writel, u32, "sw")
__ARCH_WRITE(writeq, u64, "sd")
#undef __ARCH_READ
#undef __ARCH_WRITE

#endif
