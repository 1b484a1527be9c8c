// SPDX-License-Identifier: GPL-2.0-only
/* The filesystem types that are known. They are registered at boot and stay. */
#include "vfs_internal.h"
#include <fs/seq_file.h>

static struct file_system_type *file_systems;
static DEFINE_MUTEX(file_systems_lock, LR_KERNEL_MUTEX);

/** register_filesystem - Context: may sleep. Return: 0, -EBUSY (the name is taken). */
int register_filesystem(struct file_system_type *t)
{
	struct file_system_type **p;
	int err = 0;

	mutex_lock(&file_systems_lock);
	for (p = &file_systems; *p; p = &(*p)->next)
		if (!strcmp((*p)->name, t->name))
			err = -EBUSY;
	if (!err)
		*p = t;
	mutex_unlock(&file_systems_lock);
	return err;
}

/** get_fs_type - Return: NULL: unknown. */
struct file_system_type *get_fs_type(const char *name)
{
	struct file_system_type *t;

	mutex_lock(&file_systems_lock);
	for (t = file_systems; t && strcmp(t->name, name); t = t->next)
		;
	mutex_unlock(&file_systems_lock);
	return t;
}

/** next_bdev_fs_type - the type behind @t (NULL: the first) that lives on block devices. */
struct file_system_type *next_bdev_fs_type(struct file_system_type *t)
{
	mutex_lock(&file_systems_lock);
	for (t = t ? t->next : file_systems; t && !(t->fs_flags & FS_REQUIRES_DEV); t = t->next)
		;
	mutex_unlock(&file_systems_lock);
	return t;
}

/** show_filesystems - /proc/filesystems. */
int show_filesystems(struct seq_file *m)
{
	struct file_system_type *t;

	mutex_lock(&file_systems_lock);
	for (t = file_systems; t; t = t->next)
		seq_printf(m, "%s\t%s\n", t->fs_flags & FS_REQUIRES_DEV ? "" : "nodev", t->name);
	mutex_unlock(&file_systems_lock);
	return 0;
}
