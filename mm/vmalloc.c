// SPDX-License-Identifier: GPL-2.0-only
/*
 * The vmalloc area: kernel addresses for pages that need not be contiguous.
 *
 * Areas are kept in a tree by address, augmented with the gaps between them, so
 * that the lowest gap that is large enough is found in O(log n). Each area ends
 * in a guard page; together with the unused first page of the whole range every
 * area has an unmapped page on both sides.
 *
 * Freeing unmaps and frees the pages at once, but a TLB may still know the
 * addresses. So the area stays in the tree as VM_LAZY until many have gathered,
 * one flush is made for all, and only then are the addresses used again.
 *
 *   V1. Areas do not overlap; ->gap is the distance to the end of the one before.
 *   V2. A VM_LAZY area has no page-table entries and is on lazy_list or private
 *       to a purge in progress.
 *
 * vmap_lock (irq-safe) guards tree and list; page-table entries of an area belong
 * to whoever created it and, after removal, to nobody.
 */
#include <mm/vmalloc.h>
#include <mm/page_alloc.h>
#include <mm/slab.h>
#include <mm/mm.h>
#include <arch/pgtable.h>
#include <arch/tlb.h>
#include <kernel/init.h>
#include <kernel/percpu.h>
#include <kernel/printk.h>
#include <kernel/spinlock.h>
#include <lib/string.h>

#define LAZY_MAX_PAGES	4096	/* addresses waiting for a flush: 16 MiB */
#define AREA_START	(VMALLOC_START + PAGE_SIZE)

static DEFINE_SPINLOCK(vmap_lock, LR_VMAP_AREA);
static struct rb_root vmap_areas __guarded_by(vmap_lock) = RB_ROOT;
static LIST_HEAD(lazy_list);
static unsigned long lazy_pages __guarded_by(vmap_lock);
static unsigned long allocated_pages __guarded_by(vmap_lock);
static struct kmem_cache *vm_struct_cache;

static inline unsigned long vm_gap(struct vm_struct *vm)
{
	return vm->gap;
}

RB_DECLARE_CALLBACKS_MAX(static, gap_augment, struct vm_struct, rb, unsigned long,
			 subtree_gap, vm_gap)

static struct vm_struct *vm_entry(struct rb_node *rb)
{
	return rb_entry_safe(rb, struct vm_struct, rb);
}

static void set_gap(struct vm_struct *vm)
{
	struct vm_struct *prev = vm_entry(rb_prev(&vm->rb));

	vm->gap = vm->addr - (prev ? prev->addr + prev->size : AREA_START);
	gap_augment.propagate(&vm->rb, NULL);
}

/* the lowest area with a gap of @size before it; NULL: none */
static struct vm_struct *find_gap(unsigned long size) __must_hold(vmap_lock)
{
	struct vm_struct *vm = vm_entry(vmap_areas.rb_node), *left;

	if (!vm || vm->subtree_gap < size)
		return NULL;
	for (;;) {
		left = vm_entry(vm->rb.rb_left);
		if (left && left->subtree_gap >= size)
			vm = left;
		else if (vm->gap >= size)
			return vm;
		else
			vm = vm_entry(vm->rb.rb_right);
	}
}

static void link_area(struct vm_struct *vm) __must_hold(vmap_lock)
{
	struct rb_node **link = &vmap_areas.rb_node, *parent = NULL, *next;

	while (*link) {
		parent = *link;
		link = vm->addr < vm_entry(parent)->addr ? &parent->rb_left : &parent->rb_right;
	}
	vm->gap = vm->subtree_gap = 0;
	rb_link_node(&vm->rb, parent, link);
	rb_insert_augmented(&vm->rb, &vmap_areas, &gap_augment);
	set_gap(vm);
	next = rb_next(&vm->rb);
	if (next)
		set_gap(vm_entry(next));
}

static void unlink_area(struct vm_struct *vm) __must_hold(vmap_lock)
{
	struct rb_node *next = rb_next(&vm->rb);

	rb_erase_augmented(&vm->rb, &vmap_areas, &gap_augment);
	if (next)
		set_gap(vm_entry(next));
}

/* give @vm its addresses. Return: false if there are none left. */
static bool place_area(struct vm_struct *vm) __must_hold(vmap_lock)
{
	struct vm_struct *behind = find_gap(vm->size), *last;

	if (behind) {
		vm->addr = behind->addr - behind->gap;
	} else {
		last = vm_entry(rb_last(&vmap_areas));
		vm->addr = last ? last->addr + last->size : AREA_START;
		if (VMALLOC_END - vm->addr < vm->size)
			return false;
	}
	link_area(vm);
	return true;
}

/* flush once for all freed areas, then let their addresses be used again */
static void purge_lazy(void)
{
	unsigned long flags, start = ~0UL, end = 0;
	struct vm_struct *vm, *next;
	LIST_HEAD(purge);

	spin_lock_irqsave(&vmap_lock, flags);
	list_splice_init(&lazy_list, &purge);
	lazy_pages = 0;
	spin_unlock_irqrestore(&vmap_lock, flags);
	list_for_each_entry(vm, &purge, lazy) {
		start = min(start, vm->addr);
		end = max(end, vm->addr + vm->size);
	}
	if (!end)
		return;
	flush_tlb_kernel_range(start, end);
	spin_lock_irqsave(&vmap_lock, flags);
	list_for_each_entry(vm, &purge, lazy)
		unlink_area(vm);
	spin_unlock_irqrestore(&vmap_lock, flags);
	list_for_each_entry_safe(vm, next, &purge, lazy)
		kmem_cache_free(vm_struct_cache, vm);
}

/* an area of @bytes, rounded up to pages, without mappings. Return: NULL if impossible. */
static struct vm_struct *get_vm_area(size_t bytes, unsigned int vm_flags, gfp_t gfp,
				     const void *caller)
{
	unsigned long flags;
	struct vm_struct *vm;
	bool placed;

	if (!bytes || bytes > VMALLOC_END - VMALLOC_START)
		return NULL;
	vm = kmem_cache_zalloc(vm_struct_cache, gfp & ~(__GFP_ZERO | __GFP_HIGHMEM));
	if (!vm)
		return NULL;
	vm->size = PAGE_ALIGN(bytes) + PAGE_SIZE;
	vm->flags = vm_flags;
	vm->caller = caller;
	spin_lock_irqsave(&vmap_lock, flags);
	placed = place_area(vm);
	spin_unlock_irqrestore(&vmap_lock, flags);
	if (!placed) {
		purge_lazy();
		spin_lock_irqsave(&vmap_lock, flags);
		placed = place_area(vm);
		spin_unlock_irqrestore(&vmap_lock, flags);
	}
	if (placed)
		return vm;
	kmem_cache_free(vm_struct_cache, vm);
	return NULL;
}

static struct vm_struct *find_area(unsigned long addr) __must_hold(vmap_lock)
{
	struct vm_struct *vm = vm_entry(vmap_areas.rb_node);

	while (vm) {
		if (addr < vm->addr)
			vm = vm_entry(vm->rb.rb_left);
		else if (addr >= vm->addr + vm->size)
			vm = vm_entry(vm->rb.rb_right);
		else
			return vm->flags & VM_LAZY ? NULL : vm;
	}
	return NULL;
}

/* unmap @vm and free it, with its pages if it owns them */
static void release_area(struct vm_struct *vm)
{
	unsigned long flags, pages = vm->size >> PAGE_SHIFT;
	bool purge;
	unsigned int i;

	unmap_kernel_range(vm->addr, vm->size - PAGE_SIZE);
	if (vm->flags & (VM_ALLOC | VM_KSTACK))
		for (i = 0; i < vm->nr_pages; i++)
			__free_page(vm->pages[i]);
	kvfree(vm->pages);
	vm->pages = NULL;
	spin_lock_irqsave(&vmap_lock, flags);
	if (vm->flags & (VM_ALLOC | VM_KSTACK))
		allocated_pages -= vm->nr_pages;
	vm->flags |= VM_LAZY;
	list_add(&vm->lazy, &lazy_list);
	lazy_pages += pages;
	purge = lazy_pages > LAZY_MAX_PAGES;
	spin_unlock_irqrestore(&vmap_lock, flags);
	if (purge)
		purge_lazy();
}

static void release_addr(const void *addr, bool exact)
{
	unsigned long flags;
	struct vm_struct *vm;

	if (!addr)
		return;
	spin_lock_irqsave(&vmap_lock, flags);
	vm = find_area((unsigned long)addr);
	spin_unlock_irqrestore(&vmap_lock, flags);
	if (WARN(!vm || (exact && vm->addr != (unsigned long)addr),
		 "freeing %px, which is no vmalloc area\n", addr))
		return;
	release_area(vm);
}

/* @vm->pages[0..nr_pages) get their addresses. Return: 0 or -ENOMEM, nothing mapped then. */
static int map_area(struct vm_struct *vm, pgprot_t prot)
{
	unsigned int i;

	for (i = 0; i < vm->nr_pages; i++) {
		if (map_kernel_page(vm->addr + i * PAGE_SIZE, page_to_phys(vm->pages[i]), prot)) {
			unmap_kernel_range(vm->addr, i * PAGE_SIZE);
			return -ENOMEM;
		}
	}
	return 0;
}

static void *alloc_area(size_t size, unsigned int vm_flags, gfp_t gfp, const void *caller)
{
	struct vm_struct *vm = get_vm_area(size, vm_flags, gfp, caller);
	unsigned int n = PAGE_ALIGN(size) >> PAGE_SHIFT;
	unsigned long flags;

	if (!vm)
		return NULL;
	vm->pages = kvcalloc(n, sizeof(*vm->pages), gfp & ~(__GFP_ZERO | __GFP_HIGHMEM));
	if (!vm->pages)
		goto fail;
	vm->nr_pages = alloc_pages_bulk(gfp, n, vm->pages);
	spin_lock_irqsave(&vmap_lock, flags);
	allocated_pages += vm->nr_pages;
	spin_unlock_irqrestore(&vmap_lock, flags);
	if (vm->nr_pages == n && !map_area(vm, PAGE_KERNEL))
		return (void *)vm->addr;
fail:
	release_area(vm);
	return NULL;
}

void *__vmalloc(size_t size, gfp_t gfp)
{
	if (size > totalram_pages() << PAGE_SHIFT)
		return NULL;
	return alloc_area(size, VM_ALLOC, gfp, __builtin_return_address(0));
}

void *vmalloc(size_t size)
{
	return __vmalloc(size, GFP_KERNEL);
}

void vfree(const void *addr)
{
	release_addr(addr, true);
}

void vfree_containing(const void *addr)
{
	release_addr(addr, false);
}

void __iomem *ioremap(phys_addr_t pa, size_t size)
{
	phys_addr_t offset = offset_in_page(pa);
	size_t bytes = PAGE_ALIGN(size + offset), done;
	struct vm_struct *vm;

	if (!size || pa + size < pa)
		return NULL;
	vm = get_vm_area(bytes, VM_IOREMAP, GFP_KERNEL, __builtin_return_address(0));
	if (!vm)
		return NULL;
	vm->phys = pa - offset;
	for (done = 0; done < bytes; done += PAGE_SIZE) {
		if (map_kernel_page(vm->addr + done, vm->phys + done, PAGE_IO)) {
			release_area(vm);
			return NULL;
		}
	}
	return (void __iomem *)(vm->addr + offset);
}

void iounmap(volatile void __iomem *addr)
{
	release_addr((const void *)PAGE_ALIGN_DOWN(addr), true);
}

void __init vmalloc_init(void)
{
	vm_struct_cache = KMEM_CACHE(vm_struct, SLAB_PANIC);
}

/* --- kernel stacks --- */

/*
 * A process that ends leaves its stack to the next one: mapping 16 KiB anew
 * would cost a fork more than all the rest of it.
 */
#define CACHED_STACKS	4

struct stack_cache {
	unsigned int nr;
	void *stack[CACHED_STACKS];
};

static DEFINE_PER_CPU(struct stack_cache, stack_cache);

void *alloc_kernel_stack(void)
{
	unsigned long flags = arch_irq_save();
	struct stack_cache *c = this_cpu_ptr(&stack_cache);
	void *stack = c->nr ? c->stack[--c->nr] : NULL;

	local_irq_restore(flags);
	if (stack)
		return stack;
	stack = alloc_area(KERNEL_STACK_SIZE, VM_KSTACK, GFP_KERNEL, __builtin_return_address(0));
	if (stack)
		mod_node_stat(NR_KERNEL_STACK, 1L << KERNEL_STACK_ORDER);
	return stack;
}

void free_kernel_stack(void *stack)
{
	unsigned long flags = arch_irq_save();
	struct stack_cache *c = this_cpu_ptr(&stack_cache);
	bool kept = stack && c->nr < CACHED_STACKS;

	if (kept)
		c->stack[c->nr++] = stack;
	local_irq_restore(flags);
	if (kept || !stack)
		return;
	mod_node_stat(NR_KERNEL_STACK, -(1L << KERNEL_STACK_ORDER));
	release_addr(stack, true);
}
