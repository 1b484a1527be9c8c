/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Closed intervals [start, last] in a red-black tree by start; finding all that
 * overlap a range costs O(log n) and a few steps per hit. The caller locks.
 */
#ifndef LIB_INTERVAL_TREE_H
#define LIB_INTERVAL_TREE_H
#include <lib/rbtree.h>

struct interval_tree_node {
	struct rb_node rb;
	u64 start;		/* while in a tree, not to be changed */
	u64 last;
	u64 subtree_last;	/* largest ->last of this subtree */
};

void interval_tree_insert(struct interval_tree_node *node, struct rb_root_cached *root);
void interval_tree_remove(struct interval_tree_node *node, struct rb_root_cached *root);
/** interval_tree_iter_first - Return: the first that overlaps [@start, @last], or NULL. */
struct interval_tree_node *interval_tree_iter_first(struct rb_root_cached *root,
						    u64 start, u64 last);
/** interval_tree_iter_next - Return: the next overlapping one in order of start, or NULL. */
struct interval_tree_node *interval_tree_iter_next(struct interval_tree_node *node,
						   u64 start, u64 last);

#define interval_tree_for_each(node, root, start, last)			\
	for (node = interval_tree_iter_first(root, start, last); node;	\
	     node = interval_tree_iter_next(node, start, last))

#endif
