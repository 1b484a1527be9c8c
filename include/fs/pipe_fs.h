/* SPDX-License-Identifier: GPL-2.0-only */
/* Pipes and FIFOs (fs/pipe.c, fs/pipe_open.c). */
#ifndef FS_PIPE_FS_H
#define FS_PIPE_FS_H
#include <lib/types.h>
struct file;
struct pipe_inode_info;
struct inode;
int do_pipe_files(struct file **res, int flags);	/* res[0] read end, res[1] write end */
extern const struct file_operations pipefifo_fops;
extern unsigned int pipe_max_size;
void free_pipe_info(struct pipe_inode_info *p);
long pipe_fcntl(struct file *f, unsigned int cmd, unsigned long arg);	/* F_SETPIPE_SZ, F_GETPIPE_SZ */
#endif
