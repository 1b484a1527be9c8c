// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory objects: tmpfs files without a name, on the kernel's own instance. Shared
 * anonymous memory, memfd and System V shared memory are such files.
 *
 * Unless it is made with VM_NORESERVE, an object's whole size counts against the
 * overcommit limit from the start, and is given back at eviction.
 */
#include <kernel/sched.h>
#include <mm/mm.h>
#include "tmpfs.h"

/**
 * shmem_file_setup - an unlinked file of @size bytes. @vm_flags: VM_NORESERVE or 0.
 * Context: may sleep. Return: opened for reading and writing; ERR_PTR(-EINVAL, -ENOMEM, -ENFILE).
 */
struct file *shmem_file_setup(const char *name, loff_t size, unsigned long vm_flags)
{
	unsigned long pages = (u64)size >> PAGE_SHIFT;
	bool reserve = !(vm_flags & VM_NORESERVE);
	struct inode *inode;
	struct file *file;

	if (size < 0)
		return ERR_PTR(-EINVAL);
	pages += !!offset_in_page(size);
	if (reserve && security_vm_enough_memory(current->mm, pages))
		return ERR_PTR(-ENOMEM);
	inode = tmpfs_new_inode(shm_mnt->mnt_sb, NULL, S_IFREG | 0777, 0, vm_flags);
	if (IS_ERR(inode)) {
		if (reserve)
			vm_unacct_memory(pages);
		return ERR_CAST(inode);
	}
	/* from here on eviction gives it back */
	TMPFS_I(inode)->reserved_pages = reserve ? pages : 0;
	i_size_write(inode, size);
	clear_nlink(inode);
	file = alloc_file_pseudo(inode, shm_mnt, name, O_RDWR, &tmpfs_file_operations);
	if (IS_ERR(file))
		iput(inode);
	return file;
}

/**
 * shmem_zero_setup - give a shared anonymous mapping its memory.
 * Context: mmap_lock held for writing. Return: 0 or -errno.
 */
int shmem_zero_setup(struct vm_area_struct *vma)
{
	/* the VMA itself was accounted by mmap, or is not to be */
	struct file *file = shmem_file_setup("dev/zero", vma->vm_end - vma->vm_start, vma->vm_flags);

	if (IS_ERR(file))
		return PTR_ERR(file);
	if (vma->vm_file)
		fput(vma->vm_file);
	vma->vm_file = file;
	vma->vm_ops = &tmpfs_vm_ops;
	return 0;
}

/** vma_is_shmem - does @vma map a tmpfs file (or shared anonymous memory)? */
bool vma_is_shmem(struct vm_area_struct *vma)
{
	return vma->vm_ops == &tmpfs_vm_ops;
}
