/* SPDX-License-Identifier: GPL-2.0-only */
/* tmpfs, and the memory objects made of it (fs/tmpfs/). */
#ifndef FS_SHMEM_H
#define FS_SHMEM_H
#include <lib/types.h>
struct file;
struct folio;
struct inode;
struct vm_area_struct;
/** shmem_file_setup - an unlinked tmpfs file; shared anonymous memory, memfd, SysV shm. ERR_PTR. */
struct file *shmem_file_setup(const char *name, loff_t size, unsigned long vm_flags);
/** shmem_zero_setup - back a MAP_SHARED|MAP_ANONYMOUS (or /dev/zero) vma. 0 or -errno. */
int shmem_zero_setup(struct vm_area_struct *vma);
bool vma_is_shmem(struct vm_area_struct *vma);
/** shmem_add_folio - fill a hole with a complete folio. 0 (locked), -EEXIST, -EFAULT, -ENOMEM. */
int shmem_add_folio(struct inode *inode, pgoff_t index, struct folio *f);
/** memfd_fcntl - F_ADD_SEALS, F_GET_SEALS; for fcntl(2). */
long memfd_fcntl(struct file *file, unsigned int cmd, unsigned long arg);
void shmem_init(void);			/* registers tmpfs, kern_mounts it */
#endif
