/* SPDX-License-Identifier: GPL-2.0-only */
/* The tree of an address space's VMAs: mm/vma_tree.c. Private to mm/. */
#ifndef MM_VMA_TREE_H
#define MM_VMA_TREE_H
#include <mm/mm_types.h>

extern unsigned long stack_guard_gap;

/** vm_start_gap - where the room that @vma claims begins: below a stack lies a guard gap. */
static inline unsigned long vm_start_gap(const struct vm_area_struct *vma)
{
	if (likely(!(vma->vm_flags & VM_GROWSDOWN)))
		return vma->vm_start;
	return vma->vm_start > stack_guard_gap ? vma->vm_start - stack_guard_gap : 0;
}

struct vm_area_struct *vma_tree_find(const struct mm_struct *mm, unsigned long addr);
struct vm_area_struct *vma_tree_find_prev(const struct mm_struct *mm, unsigned long addr,
					  struct vm_area_struct **prevp);
struct vm_area_struct *vma_tree_last(const struct mm_struct *mm);
void vma_tree_insert(struct mm_struct *mm, struct vm_area_struct *vma,
		     struct vm_area_struct *prev, struct vm_area_struct *next);
void vma_tree_erase(struct mm_struct *mm, struct vm_area_struct *vma);
void vma_tree_resized(struct vm_area_struct *vma);
unsigned long vma_tree_gap_topdown(const struct mm_struct *mm, unsigned long len,
				   unsigned long low, unsigned long high);
unsigned long vma_tree_gap_bottomup(const struct mm_struct *mm, unsigned long len,
				    unsigned long low, unsigned long high);
const char *vma_tree_validate(const struct mm_struct *mm);

#endif
