/* SPDX-License-Identifier: GPL-2.0-only */
/* Files that are nothing but their operations (fs/anon_inodes.c). */
#ifndef FS_ANON_INODES_H
#define FS_ANON_INODES_H
struct file;
struct file_operations;
/** anon_inode_getfile - a file of @fops; /proc/PID/fd shows "anon_inode:@name". ERR_PTR. */
struct file *anon_inode_getfile(const char *name, const struct file_operations *fops, void *priv,
				int flags);
/** anon_inode_getfd - the same with a descriptor. Return: it, or -errno. */
int anon_inode_getfd(const char *name, const struct file_operations *fops, void *priv, int flags);
#endif
