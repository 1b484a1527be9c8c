/* SPDX-License-Identifier: GPL-2.0-only */
/* Private to dcache.c and dcache_move.c. */
#ifndef FS_DCACHE_H
#define FS_DCACHE_H
#include "vfs_internal.h"

/* names longer than DNAME_INLINE_LEN - 1; shared by dentries that were renamed over each other */
struct external_name {
	refcount_t count;
	struct rcu_head rcu;
	unsigned char name[] __aligned(8);
};

static inline struct external_name *external_name(const struct dentry *d)
{
	return container_of(d->d_name.name, struct external_name, name[0]);
}

static inline bool dname_external(const struct dentry *d)
{
	return d->d_name.name != d->d_iname;
}

/* its last user lets @e go; walkers that saw another dentry with it may still read it */
void put_external_name(struct external_name *e);
void __d_rehash(struct dentry *d);	/* d_lock held */
int d_unalias(struct dentry *alias, struct dentry *d);
void ___d_drop(struct dentry *d);	/* d_lock held; leaves d_seq alone */
#endif
