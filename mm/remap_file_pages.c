// SPDX-License-Identifier: GPL-2.0-only
/*
 * remap_file_pages: once a way to have file pages in any order within one mapping;
 * now, as on Linux, just another mapping of the same file over the range.
 */
#include "vma_internal.h"
#include <fs/fs.h>
#include <kernel/syscalls.h>

/* is [start, end) mapped without holes, from @vma on, all alike? */
static bool one_mapping(const struct vm_area_struct *vma, unsigned long end)
{
	const struct vm_area_struct *next;

	for (; vma->vm_end < end; vma = next) {
		next = vma->vm_next;
		if (!next || next->vm_start != vma->vm_end || next->vm_file != vma->vm_file ||
		    next->vm_flags != vma->vm_flags)
			return false;
	}
	return true;
}

SYSCALL_DEFINE5(remap_file_pages, unsigned long, start, unsigned long, size,
		unsigned long, prot, unsigned long, pgoff, unsigned long, flags)
{
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;
	unsigned long populate = 0, ret = -EINVAL;
	struct file *file = NULL;

	start &= PAGE_MASK;
	size &= PAGE_MASK;
	if (prot || start + size <= start || pgoff + (size >> PAGE_SHIFT) < pgoff)
		return -EINVAL;
	if (mmap_write_lock_killable(mm))
		return -EINTR;
	vma = vma_lookup(mm, start);
	if (!vma || !(vma->vm_flags & VM_SHARED) || !one_mapping(vma, start + size))
		goto out;
	prot = vma->vm_flags & VM_ACCESS_FLAGS;
	flags = (flags & MAP_NONBLOCK) | MAP_SHARED | MAP_FIXED | MAP_POPULATE |
		(vma->vm_flags & VM_LOCKED ? MAP_LOCKED : 0);
	file = get_file(vma->vm_file);
	ret = do_mmap(file, start, size, prot, flags, 0, pgoff, &populate);
out:
	mmap_write_unlock(mm);
	if (file)
		fput(file);
	if (populate)
		mm_populate(ret, populate);
	return IS_ERR_VALUE(ret) ? ret : 0;
}
