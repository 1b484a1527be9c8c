/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kernel virtual memory made of single pages: large tables, device registers,
 * kernel stacks. Every area is followed by an unmapped guard page.
 */
#ifndef MM_VMALLOC_H
#define MM_VMALLOC_H
#include <lib/types.h>
#include <lib/rbtree.h>
#include <lib/list.h>
#include <mm/gfp.h>
#include <arch/pgtable.h>

struct page;

#define VM_IOREMAP	1u	/* device memory: no pages behind it */
#define VM_ALLOC	2u	/* vmalloc() owns the pages */
#define VM_KSTACK	8u
#define VM_LAZY		16u	/* freed; its addresses are not to be reused yet */

struct vm_struct {
	struct rb_node rb;		/* by addr */
	unsigned long addr, size;	/* bytes; size includes the guard page */
	unsigned long gap;		/* unused bytes before this area */
	unsigned long subtree_gap;	/* largest gap of this subtree */
	unsigned int flags, nr_pages;
	struct page **pages;		/* NULL for VM_IOREMAP */
	phys_addr_t phys;		/* VM_IOREMAP */
	const void *caller;
	struct list_head lazy;		/* freed, waiting for a TLB flush */
};

/* Context: may sleep. Return: NULL on failure. */
void *vmalloc(size_t size) __must_check __alloc_size(1);
void *__vmalloc(size_t size, gfp_t gfp) __must_check __alloc_size(1);
/** vfree - Context: any but NMI; may be called with interrupts off. */
void vfree(const void *addr);
/** vfree_containing - the same with any address inside the area. */
void vfree_containing(const void *addr);
/** ioremap - device registers at physical @pa, @size bytes, any alignment. */
void __iomem *ioremap(phys_addr_t pa, size_t size);
void iounmap(volatile void __iomem *addr);

static inline bool is_vmalloc_addr(const void *p)
{
	unsigned long a = (unsigned long)p;

	return a >= VMALLOC_START && a < VMALLOC_END;
}

#define KERNEL_STACK_ORDER	2
#define KERNEL_STACK_SIZE	(PAGE_SIZE << KERNEL_STACK_ORDER)

/**
 * alloc_kernel_stack - KERNEL_STACK_SIZE bytes, with a guard page below and above.
 * Not zeroed. Context: may sleep. Return: the lowest address, or NULL.
 */
void *alloc_kernel_stack(void) __must_check;
/** free_kernel_stack - Context: any; not the stack in use. */
void free_kernel_stack(void *stack);

void vmalloc_init(void);	/* after kmem_cache_init() */

#endif
