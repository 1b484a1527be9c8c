/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pages and the kernel's virtual memory map (Sv39).
 *
 *   0x0000000000000000 .. TASK_SIZE        user
 *   PAGE_OFFSET   0xffffffc000000000       linear map of all RAM, large pages
 *   VMEMMAP_START 0xfffffff000000000       struct page array, by frame number
 *   VMALLOC_START 0xfffffff400000000       vmalloc, ioremap, kernel stacks
 *   KERNEL_BASE   0xffffffff80000000       the kernel image
 *
 * A linear-map address is valid for RAM only; device registers are reached
 * through ioremap().
 */
#ifndef ARCH_PAGE_H
#define ARCH_PAGE_H

#define PAGE_SHIFT	12
#define PAGE_SIZE	(1UL << PAGE_SHIFT)
#define PAGE_MASK	(~(PAGE_SIZE - 1))

#define PAGE_OFFSET	0xffffffc000000000UL
#define VMEMMAP_START	0xfffffff000000000UL
#define VMALLOC_START	0xfffffff400000000UL
#define VMALLOC_END	0xffffffff00000000UL
#define KERNEL_BASE	0xffffffff80000000UL

#define TASK_SIZE	(1UL << 38)
#define STACK_TOP	TASK_SIZE
#define STACK_RND_MASK	0x3ffffUL	/* pages that the top of the stack may lie below STACK_TOP */

#ifndef __ASSEMBLER__
#include <lib/types.h>

#define PAGE_ALIGN(x)	ALIGN((unsigned long)(x), PAGE_SIZE)
#define PAGE_ALIGN_DOWN(x) ((unsigned long)(x) & PAGE_MASK)
#define PFN_DOWN(x)	((unsigned long)(x) >> PAGE_SHIFT)
#define PFN_UP(x)	(((unsigned long)(x) + PAGE_SIZE - 1) >> PAGE_SHIFT)
#define PFN_PHYS(x)	((phys_addr_t)(x) << PAGE_SHIFT)
#define offset_in_page(x) ((unsigned long)(x) & ~PAGE_MASK)

/* linear map: virtual = physical + va_pa_offset; frame min_pfn is at PAGE_OFFSET */
extern unsigned long va_pa_offset;
extern unsigned long kernel_va_pa_offset; /* KERNEL_BASE - physical load address */
extern unsigned long min_pfn, max_pfn;	/* RAM frames lie in [min_pfn, max_pfn) */

/** __va - linear-map address of physical RAM address @pa. */
static inline void *__va(phys_addr_t pa)
{
	return (void *)(pa + va_pa_offset);
}

/** __pa - physical address of a linear-map or kernel-image address. */
static inline phys_addr_t __pa(const volatile void *va)
{
	unsigned long a = (unsigned long)va;

	return a >= KERNEL_BASE ? a - kernel_va_pa_offset : a - va_pa_offset;
}

struct page;
#define mem_map			((struct page *)VMEMMAP_START)	/* indexed by pfn - min_pfn */
#define page_to_pfn(p)		((unsigned long)((p) - mem_map) + min_pfn)
#define pfn_to_page(n)		(mem_map + ((n) - min_pfn))
#define pfn_valid(n)		((n) >= min_pfn && (n) < max_pfn)
#define page_to_phys(p)		PFN_PHYS(page_to_pfn(p))
#define phys_to_page(a)		pfn_to_page(PFN_DOWN(a))

/* The linear map and the page array begin with the same frame. */
#define page_address(p)		((void *)(PAGE_OFFSET + (((p) - mem_map) << PAGE_SHIFT)))
/** virt_to_page - of an address in the linear map (not in the kernel image). */
#define virt_to_page(v)		(mem_map + (((unsigned long)(v) - PAGE_OFFSET) >> PAGE_SHIFT))

void clear_page(void *page);
void copy_page(void *to, const void *from);
#endif /* __ASSEMBLER__ */
#endif
