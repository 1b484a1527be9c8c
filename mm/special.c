// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mappings of pages that are not counted: the kernel's own (vDSO) and devices'.
 * Their entries are special: no reference, no mapcount, no dirty state.
 */
#include "vma_internal.h"
#include <mm/slab.h>
#include <lib/string.h>

/* what a special mapping shows; one per distinct kind, kept for ever */
struct special_mapping {
	struct special_mapping *next;
	struct page **pages;
	const char *name;
};

static struct special_mapping *special_mappings;	/* only ever grows at the head */

static vm_fault_t special_fault(struct vm_fault *vmf)
{
	const struct special_mapping *sm = vmf->vma->vm_private_data;
	struct page *page;

	/* the VMA may have been moved or cut, but never grown: the page is there */
	page = sm->pages[vmf->pgoff];
	return vmf_insert_pfn(vmf->vma, vmf->address, page_to_pfn(page), vmf->vma->vm_page_prot);
}

static const char *special_name(struct vm_area_struct *vma)
{
	return ((const struct special_mapping *)vma->vm_private_data)->name;
}

static const struct vm_operations_struct special_vm_ops = {
	.fault	= special_fault,
	.name	= special_name,
};

static struct special_mapping *find_kind(struct page **pages, const char *name)
{
	struct special_mapping *sm, *head;

	for (sm = smp_load_acquire(&special_mappings); sm; sm = sm->next)
		if (sm->pages == pages && !strcmp(sm->name, name))
			return sm;
	sm = kmalloc(sizeof(*sm), GFP_KERNEL);
	if (!sm)
		return NULL;
	sm->pages = pages;
	sm->name = name;
	head = READ_ONCE(special_mappings);
	do {
		sm->next = head;
	} while (!try_cmpxchg(&special_mappings, &head, sm));
	return sm;
}

/**
 * install_special_mapping - map the kernel's @pages at @addr, which is free.
 * @flags: VM_READ, VM_EXEC and the VM_MAY* of it. @pages, @name: kept for ever.
 * Context: mmap_lock held for write. Return: the VMA or ERR_PTR(-ENOMEM).
 */
struct vm_area_struct *install_special_mapping(struct mm_struct *mm, unsigned long addr,
					       unsigned long len, unsigned long flags,
					       struct page **pages, const char *name)
{
	struct special_mapping *sm = find_kind(pages, name);
	struct vm_area_struct *vma, *prev, *next;

	if (!sm || !may_expand_vm(mm, flags, len >> PAGE_SHIFT))
		return ERR_PTR(-ENOMEM);
	vma = vm_area_alloc(mm);
	if (!vma)
		return ERR_PTR(-ENOMEM);
	vma->vm_start = addr;
	vma->vm_end = addr + len;
	vma->vm_flags = flags | (mm->def_flags & ~VM_LOCKED_MASK) | VM_DONTEXPAND;
	vma->vm_ops = &special_vm_ops;
	vma->vm_private_data = sm;
	vma_set_page_prot(vma);
	next = vma_tree_find_prev(mm, addr, &prev);
	vma_link(mm, vma, prev, next);
	vm_stat_account(mm, vma->vm_flags, len >> PAGE_SHIFT);
	return vma;
}

/**
 * vmf_insert_pfn - map frame @pfn at @addr, where nothing is mapped.
 * Context: from ->fault or ->mmap; may sleep.
 * Return: VM_FAULT_NOPAGE, also if something was there already; VM_FAULT_OOM.
 */
int vmf_insert_pfn(struct vm_area_struct *vma, unsigned long addr, unsigned long pfn,
		   pgprot_t prot) __no_tsa
{
	pte_t *pte = pte_offset_alloc(vma->vm_mm, addr);
	pte_t e = pte_mkspecial(pte_mkyoung(pfn_pte(pfn, prot)));

	if (!pte)
		return VM_FAULT_OOM;
	if (pte_write(e))
		e = pte_mkdirty(e);
	spin_lock(pte_lockptr(pte));
	if (pte_none(pte_read(pte)))
		pte_set(pte, e);
	spin_unlock(pte_lockptr(pte));
	if (vma->vm_flags & VM_EXEC)
		flush_icache_mm(vma->vm_mm);
	return VM_FAULT_NOPAGE;
}
