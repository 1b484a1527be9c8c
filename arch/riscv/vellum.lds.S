/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel image. Each kind of section starts on a page of its own, since
 * paging_init() maps code, constants and data with different rights. What is
 * between __init_begin and __init_end is given back after boot.
 */
/* KERNEL_BASE and PAGE_SIZE of arch/page.h, as the linker wants numbers */
#define KERNEL_BASE	0xffffffff80000000
#define PAGE_SIZE	4096

OUTPUT_ARCH(riscv)
ENTRY(_start)

SECTIONS
{
	. = KERNEL_BASE;

	.text : {
		_stext = .;
		KEEP(*(.head.text))
		*(.text.hot .text.hot.*)
		*(.text)
		*(.text.unlikely .text.unlikely.* .text.startup .text.exit .text.*)
		. = ALIGN(PAGE_SIZE);
		_etext = .;
	}

	.rodata : ALIGN(PAGE_SIZE) {
		__rodata_start = .;
		*(.rodata .rodata.* .srodata .srodata.*)
		. = ALIGN(8);
		__start___ex_table = .;
		KEEP(*(__ex_table))
		__stop___ex_table = .;
		. = ALIGN(PAGE_SIZE);
		vdso_image_start = .;
		KEEP(*(.vdso_image))
		. = ALIGN(PAGE_SIZE);
		__rodata_end = .;
	}

	.init.text : ALIGN(PAGE_SIZE) {
		__init_begin = .;
		*(.init.text .init.text.*)
		. = ALIGN(PAGE_SIZE);
		__inittext_end = .;
	}

	.init.data : ALIGN(PAGE_SIZE) {
		*(.init.data .init.data.* .init.rodata .init.rodata.*)
		. = ALIGN(8);
		__start_init_params = .;
		KEEP(*(.init.params))
		__stop_init_params = .;
		__start_init_drivers = .;
		KEEP(*(.init.drivers))
		__stop_init_drivers = .;
		__start_init_calls = .;
		KEEP(*(.init.calls))
		__stop_init_calls = .;
		. = ALIGN(PAGE_SIZE);
		__init_end = .;
	}

	/* the boot hart uses this copy; see setup_per_cpu_areas() */
	.percpu : ALIGN(PAGE_SIZE) {
		_sdata = .;
		__percpu_start = .;
		*(.data..percpu)
		. = ALIGN(64);
		__percpu_end = .;
	}

	.data : ALIGN(64) {
		*(.data .data.* .sdata .sdata.*)
		. = ALIGN(64);
		_edata = .;
	}

	.bss (NOLOAD) : ALIGN(PAGE_SIZE) {
		__bss_start = .;
		*(.bss..page_aligned)
		*(.bss .bss.* .sbss .sbss.* COMMON)
		. = ALIGN(PAGE_SIZE);
		__bss_stop = .;
	}
	_end = .;
	_image_size = _end - _start;

	/DISCARD/ : {
		*(.comment .note .note.* .eh_frame .eh_frame_hdr .interp .dynamic
		  .riscv.attributes .gnu.*)
	}

	.debug_info 0 : { *(.debug_info) }
	.debug_abbrev 0 : { *(.debug_abbrev) }
	.debug_aranges 0 : { *(.debug_aranges) }
	.debug_line 0 : { *(.debug_line) }
	.debug_line_str 0 : { *(.debug_line_str) }
	.debug_str 0 : { *(.debug_str) }
	.debug_ranges 0 : { *(.debug_ranges) }
	.debug_rnglists 0 : { *(.debug_rnglists) }
	.debug_loc 0 : { *(.debug_loc) }
	.debug_loclists 0 : { *(.debug_loclists) }
	.debug_frame 0 : { *(.debug_frame) }
}

ASSERT(_start == KERNEL_BASE, "the image header must come first")
