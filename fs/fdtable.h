/* SPDX-License-Identifier: GPL-2.0-only */
/* Private to fdtable.c and fd_dup.c. */
#ifndef FS_FDTABLE_H
#define FS_FDTABLE_H
#include "vfs_internal.h"

#define NR_OPEN_MAX	(1u << 20)
#define NR_FD_INIT	64
extern unsigned int sysctl_nr_open;

struct fdtable *alloc_fdtable(unsigned int nr);
void __free_fdtable(struct fdtable *fdt);
void copy_fdtable(struct fdtable *new, const struct fdtable *old, unsigned int nr);
int expand_files(struct files_struct *files, unsigned int nr);
int alloc_fd(unsigned int start, unsigned int end, unsigned int flags);
void __set_open_fd(struct fdtable *fdt, unsigned int fd, bool cloexec);
struct file *file_take_fd(struct files_struct *files, unsigned int fd);
void files_struct_init(void);
void files_validate(struct files_struct *files);

#endif
