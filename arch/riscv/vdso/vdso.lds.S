/* SPDX-License-Identifier: GPL-2.0-only */
/* The vDSO: one segment, code and constants; the kernel's data page follows it. */
#include <arch/vdso.h>

OUTPUT_ARCH(riscv)

PHDRS
{
	text	PT_LOAD	FLAGS(5) FILEHDR PHDRS;
	dynamic	PT_DYNAMIC FLAGS(4);
}

SECTIONS
{
	. = SIZEOF_HEADERS;
	.hash		: { *(.hash) }			:text
	.gnu.hash	: { *(.gnu.hash) }
	.dynsym		: { *(.dynsym) }
	.dynstr		: { *(.dynstr) }
	.gnu.version	: { *(.gnu.version) }
	.gnu.version_d	: { *(.gnu.version_d) }
	.dynamic	: { *(.dynamic) }		:text :dynamic
	.rodata		: { *(.rodata*) *(.srodata*) }	:text
	.got		: { *(.got .got.plt) }
	ASSERT(SIZEOF(.got) <= 24, "the vDSO cannot be relocated")

	. = VDSO_RT_SIGRETURN;
	.text		: { *(.text.sigreturn) *(.text*) } :text
	ASSERT(. <= VDSO_DATA, "the vDSO is too large")
	PROVIDE_HIDDEN(_vdso_data = VDSO_DATA);
	/DISCARD/	: { *(.data* .sdata* .bss* .sbss* .note* .comment .eh_frame*
			    .riscv.attributes .plt* .rela*) }
}

VERSION
{
	LINUX_4.15 {
	global:
		__vdso_rt_sigreturn;
		__vdso_gettimeofday;
		__vdso_clock_gettime;
		__vdso_clock_getres;
		__vdso_getcpu;
		__vdso_flush_icache;
	local:
		*;
	};
}
