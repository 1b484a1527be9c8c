// SPDX-License-Identifier: GPL-2.0-only
/*
 * mincore: which pages would be found without reading the disk. For a file that is
 * the page cache's state, mapped here or not; who may neither write the file nor
 * owns it learns nothing of it, and is told that all is there.
 */
#include "vma_internal.h"
#include <fs/fs.h>
#include <arch/uaccess.h>
#include <kernel/syscalls.h>
#include <lib/string.h>

static unsigned char cached(struct vm_area_struct *vma, unsigned long addr)
{
	struct folio *f;
	unsigned char there = 0;

	if (!vma->vm_file || vma_is_anonymous(vma))
		return 0;
	f = filemap_get_folio(vma->vm_file->f_mapping, linear_page_index(vma, addr));
	if (f) {
		there = folio_test_uptodate(f) != 0;
		folio_put(f);
	}
	return there;
}

/* Entries are only looked at: no lock, and what changes meanwhile may be seen or not. */
static void fill(struct vm_area_struct *vma, unsigned long addr, unsigned long end,
		 unsigned char *vec)
{
	unsigned long next;

	for (; addr < end; ) {
		pte_t *pte = table_at(vma->vm_mm, addr, &next);

		next = min(next, end);
		if (!pte) {
			for (; addr < next; addr += PAGE_SIZE)
				*vec++ = cached(vma, addr);
			continue;
		}
		for (; addr < next; addr += PAGE_SIZE, pte++)
			*vec++ = likely(pte_present(pte_read(pte))) ? 1 : cached(vma, addr);
	}
}

static bool may_know(const struct vm_area_struct *vma)
{
	struct inode *inode;

	if (vma_is_anonymous(vma) || !vma->vm_file)
		return true;
	inode = file_inode(vma->vm_file);
	return inode_owner_or_capable(inode) || !inode_permission(inode, MAY_WRITE);
}

/* Return: pages done (at least one), or -ENOMEM */
static long do_mincore(struct mm_struct *mm, unsigned long addr, unsigned long pages,
		       unsigned char *vec)
{
	struct vm_area_struct *vma = vma_lookup(mm, addr);
	unsigned long end;

	if (!vma)
		return -ENOMEM;
	end = min(vma->vm_end, addr + (pages << PAGE_SHIFT));
	if (!may_know(vma))
		memset(vec, 1, (end - addr) >> PAGE_SHIFT);
	else
		fill(vma, addr, end, vec);
	return (end - addr) >> PAGE_SHIFT;
}

SYSCALL_DEFINE3(mincore, unsigned long, start, size_t, len, unsigned char __user *, vec)
{
	struct mm_struct *mm = current->mm;
	unsigned char *tmp;
	unsigned long pages;
	long ret = 0;

	if (offset_in_page(start))
		return -EINVAL;
	if (!access_ok((void __user *)start, len))
		return -ENOMEM;
	pages = PFN_UP(len);
	if (!access_ok(vec, pages))
		return -EFAULT;
	tmp = (unsigned char *)__get_free_page(GFP_USER);
	if (!tmp)
		return -EAGAIN;
	while (pages) {
		mmap_read_lock(mm);
		ret = do_mincore(mm, start, min(pages, PAGE_SIZE), tmp);
		mmap_read_unlock(mm);
		if (ret <= 0)
			break;
		if (copy_to_user(vec, tmp, ret)) {
			ret = -EFAULT;
			break;
		}
		pages -= ret;
		vec += ret;
		start += ret << PAGE_SHIFT;
		ret = 0;
	}
	free_page((unsigned long)tmp);
	return ret;
}
