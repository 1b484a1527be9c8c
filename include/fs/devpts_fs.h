/* SPDX-License-Identifier: GPL-2.0-only */
/* devpts: the names of pseudo-terminals, /dev/pts/<n> (fs/devpts/). */
#ifndef FS_DEVPTS_FS_H
#define FS_DEVPTS_FS_H
#include <lib/types.h>

struct dentry;
/** devpts_pty_new - the node of terminal @index, owned by current. Context: may sleep.
 *  Return: to be handed to devpts_pty_kill(); ERR_PTR(-ENODEV, -ENOMEM). */
struct dentry *devpts_pty_new(unsigned int index, dev_t dev);
/** devpts_pty_kill - take the node away. Context: may sleep. */
void devpts_pty_kill(struct dentry *d);

#endif
