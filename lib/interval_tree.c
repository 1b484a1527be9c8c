// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interval trees: a red-black tree by start (equal ones in order of insertion),
 * augmented with the largest end of each subtree.
 *
 * A subtree can hold an overlap with [start, last] only if its subtree_last
 * >= start; the leftmost node with node->last >= start is the only candidate
 * for the first overlap, since everything behind it starts later.
 */
#include <lib/interval_tree.h>

static inline u64 node_last(struct interval_tree_node *n)
{
	return n->last;
}

RB_DECLARE_CALLBACKS_MAX(static, interval_augment, struct interval_tree_node, rb,
			 u64, subtree_last, node_last)

static struct interval_tree_node *it_entry(struct rb_node *rb)
{
	return rb_entry(rb, struct interval_tree_node, rb);
}

/** interval_tree_insert - Context: the owner's lock for writing. */
void interval_tree_insert(struct interval_tree_node *node, struct rb_root_cached *root)
{
	struct rb_node **link = &root->rb_root.rb_node, *parent = NULL;
	bool leftmost = true;

	while (*link) {
		struct interval_tree_node *p;

		parent = *link;
		p = it_entry(parent);
		if (p->subtree_last < node->last)
			p->subtree_last = node->last;
		if (node->start < p->start) {
			link = &parent->rb_left;
		} else {
			link = &parent->rb_right;
			leftmost = false;
		}
	}
	node->subtree_last = node->last;
	rb_link_node(&node->rb, parent, link);
	rb_insert_augmented_cached(&node->rb, root, leftmost, &interval_augment);
}

/** interval_tree_remove - Context: the owner's lock for writing. */
void interval_tree_remove(struct interval_tree_node *node, struct rb_root_cached *root)
{
	rb_erase_augmented_cached(&node->rb, root, &interval_augment);
}

/* first overlap in @node's subtree, whose subtree_last is >= @start */
static struct interval_tree_node *subtree_search(struct interval_tree_node *node,
						 u64 start, u64 last)
{
	for (;;) {
		struct rb_node *left = node->rb.rb_left, *right = node->rb.rb_right;

		if (left && it_entry(left)->subtree_last >= start) {
			/* the answer is there, or there is none: all to the right start later */
			node = it_entry(left);
			continue;
		}
		if (node->start > last)
			return NULL;
		if (node->last >= start)
			return node;
		if (!right || it_entry(right)->subtree_last < start)
			return NULL;
		node = it_entry(right);
	}
}

struct interval_tree_node *interval_tree_iter_first(struct rb_root_cached *root,
						    u64 start, u64 last)
{
	struct interval_tree_node *top;

	if (!root->rb_root.rb_node)
		return NULL;
	top = it_entry(root->rb_root.rb_node);
	if (top->subtree_last < start || it_entry(root->rb_leftmost)->start > last)
		return NULL;
	return subtree_search(top, start, last);
}

struct interval_tree_node *interval_tree_iter_next(struct interval_tree_node *node,
						   u64 start, u64 last)
{
	struct rb_node *rb = node->rb.rb_right, *prev;

	for (;;) {
		if (rb && it_entry(rb)->subtree_last >= start)
			return subtree_search(it_entry(rb), start, last);
		/* up to the first ancestor of which this was the left subtree */
		do {
			rb = rb_parent(&node->rb);
			if (!rb)
				return NULL;
			prev = &node->rb;
			node = it_entry(rb);
			rb = node->rb.rb_right;
		} while (prev == rb);
		if (node->start > last)
			return NULL;
		if (node->last >= start)
			return node;
	}
}
