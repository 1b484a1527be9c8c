/* SPDX-License-Identifier: GPL-2.0-only */
/* For host tests of mm/vma_tree.c: what it uses of the kernel's mm_types.h. */
#ifndef MM_TYPES_H
#define MM_TYPES_H
#include <lib/types.h>
#include <lib/rbtree.h>

#define PAGE_SIZE	4096UL
#define VM_GROWSDOWN	0x00000100UL

struct vm_area_struct {
	unsigned long vm_start, vm_end;
	unsigned long vm_flags;
	struct rb_node vm_rb;
	unsigned long rb_max_gap;
	unsigned long gap_before;
	struct vm_area_struct *vm_prev, *vm_next;
};

struct mm_struct {
	struct rb_root mm_rb;
	struct vm_area_struct *mmap_first;
	int map_count;
};

#endif
