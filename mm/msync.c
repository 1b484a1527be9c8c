// SPDX-License-Identifier: GPL-2.0-only
/*
 * msync: MS_SYNC writes the files behind a range and waits; MS_ASYNC has nothing to
 * do, since a shared page is dirty in the cache from its first store on, and the
 * flusher will come; MS_INVALIDATE only refuses locked memory, as the cache is never
 * out of date.
 */
#include "vma_internal.h"
#include <fs/fs.h>
#include <kernel/syscalls.h>

SYSCALL_DEFINE3(msync, unsigned long, start, size_t, len, int, flags)
{
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;
	unsigned long end, next;
	int unmapped = 0, err = 0;

	if ((flags & ~(MS_ASYNC | MS_INVALIDATE | MS_SYNC)) || offset_in_page(start) ||
	    ((flags & MS_ASYNC) && (flags & MS_SYNC)))
		return -EINVAL;
	end = start + PAGE_ALIGN(len);
	if (end < start)
		return -ENOMEM;
	if (end == start)
		return 0;
	mmap_read_lock(mm);
	for (; start < end; start = next) {
		loff_t from, to;
		struct file *file;

		vma = find_vma(mm, start);
		if (!vma || vma->vm_start >= end) {
			unmapped = -ENOMEM;
			break;
		}
		if (start < vma->vm_start) {
			unmapped = -ENOMEM;	/* but what is mapped is written */
			start = vma->vm_start;
		}
		if ((flags & MS_INVALIDATE) && (vma->vm_flags & VM_LOCKED)) {
			err = -EBUSY;
			break;
		}
		next = min(end, vma->vm_end);
		file = vma->vm_file;
		if (!(flags & MS_SYNC) || !file || !(vma->vm_flags & VM_SHARED))
			continue;
		from = (loff_t)linear_page_index(vma, start) << PAGE_SHIFT;
		to = from + (next - start) - 1;
		get_file(file);
		mmap_read_unlock(mm);
		err = vfs_fsync_range(file, from, to, 1);
		fput(file);
		mmap_read_lock(mm);
		if (err)
			break;
	}
	mmap_read_unlock(mm);
	return err ? err : unmapped;
}
