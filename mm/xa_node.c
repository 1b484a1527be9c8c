// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory of the xarrays' nodes: the two functions that lib/xarray.c asks of
 * whoever links it. Nodes are freed after a grace period, because lookups walk
 * without a lock.
 */
#include <lib/xarray.h>
#include <kernel/rcu.h>
#include <mm/slab.h>

static struct kmem_cache *xa_node_cachep;

/**
 * xa_node_alloc - a node for lib/xarray.c; @gfp 0: must not wait.
 * Context: as @gfp says. The first call comes at boot, on one hart.
 * Return: NULL when out of memory.
 */
struct xa_node *xa_node_alloc(gfp_t gfp)
{
	if (unlikely(!xa_node_cachep))
		xa_node_cachep = KMEM_CACHE(xa_node, SLAB_PANIC | SLAB_RECLAIM_ACCOUNT);
	return kmem_cache_alloc(xa_node_cachep, gfp ? gfp : GFP_NOWAIT);
}

static void xa_node_rcu_free(struct rcu_head *head)
{
	kmem_cache_free(xa_node_cachep, container_of(head, struct xa_node, rcu));
}

/**
 * xa_node_free - free @node once no lockless walker can stand on it. Context: any.
 */
void xa_node_free(struct xa_node *node)
{
	call_rcu(&node->rcu, xa_node_rcu_free);
}
