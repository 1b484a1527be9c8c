// SPDX-License-Identifier: GPL-2.0-only
/*
 * Red-black trees.
 *
 *   R1. A red node has no red child.
 *   R2. Every path from a node down to a missing child has the same number of
 *       black nodes.
 *
 * Insertion adds a red node (R2 holds) and moves a violation of R1 upwards until
 * it can be rotated away; erasing a black node leaves a subtree one black node
 * short (R1 holds) and moves that upwards likewise. Both are written once for
 * "the parent is a left child" and mirrored by an index into the two child
 * pointers, and once for plain and augmented trees: with the callbacks of a
 * plain tree, which are constants, the compiler drops the calls.
 *
 * Links that lockless readers may follow are stored with WRITE_ONCE and never
 * point in a circle, so a reader that races with a rotation terminates; it may
 * miss an entry and must be prepared for that (a sequence count).
 */
#include <lib/rbtree.h>

#define RB_RED		0UL
#define RB_BLACK	1UL

static __always_inline bool is_black(const struct rb_node *n)
{
	return n->__rb_parent_color & RB_BLACK;
}

static __always_inline bool is_red(const struct rb_node *n)
{
	return !is_black(n);
}

static __always_inline void set_black(struct rb_node *n)
{
	n->__rb_parent_color |= RB_BLACK;
}

static __always_inline void set_parent_color(struct rb_node *n, struct rb_node *parent,
					     unsigned long color)
{
	n->__rb_parent_color = (unsigned long)parent | color;
}

static __always_inline void set_parent(struct rb_node *n, struct rb_node *parent)
{
	n->__rb_parent_color = (unsigned long)parent | (n->__rb_parent_color & 1);
}

/* child @side of @n: 0 left, 1 right */
static __always_inline struct rb_node **child(struct rb_node *n, unsigned int side)
{
	return side ? &n->rb_right : &n->rb_left;
}

/* whoever pointed to @old (child of @parent, or the root) now points to @new */
static __always_inline void change_child(struct rb_node *old, struct rb_node *new,
					 struct rb_node *parent, struct rb_root *root)
{
	if (!parent)
		WRITE_ONCE(root->rb_node, new);
	else if (parent->rb_left == old)
		WRITE_ONCE(parent->rb_left, new);
	else
		WRITE_ONCE(parent->rb_right, new);
}

/*
 * Turn @n's child on @side into @n's parent; colours stay with the places, so
 * the new top takes @n's colour and @n takes @color.
 */
static __always_inline struct rb_node *rotate_up(struct rb_node *n, unsigned int side,
						 unsigned long color, struct rb_root *root,
						 const struct rb_augment_callbacks *augment)
{
	struct rb_node *top = *child(n, side), *inner = *child(top, !side);
	struct rb_node *parent = rb_parent(n);

	WRITE_ONCE(*child(n, side), inner);
	WRITE_ONCE(*child(top, !side), n);
	if (inner)
		set_parent(inner, n);
	top->__rb_parent_color = n->__rb_parent_color;
	set_parent_color(n, top, color);
	change_child(n, top, parent, root);
	if (augment)
		augment->rotate(n, top);
	return top;
}

static __always_inline void insert_fixup(struct rb_node *node, struct rb_root *root,
					 const struct rb_augment_callbacks *augment)
{
	struct rb_node *parent, *gparent, *uncle;
	unsigned int side;

	for (;;) {
		/* @node is red; its parent may be red too: the only violation */
		parent = rb_parent(node);
		if (!parent) {
			set_black(node);
			return;
		}
		if (is_black(parent))
			return;
		gparent = rb_parent(parent);	/* black, since a red root does not occur */
		side = parent == gparent->rb_right;
		uncle = *child(gparent, !side);
		if (!uncle || is_black(uncle))
			break;
		/* red uncle: both become black, the grandparent red; go on there */
		set_black(parent);
		set_black(uncle);
		set_parent_color(gparent, rb_parent(gparent), RB_RED);
		node = gparent;
	}
	/* black uncle: an inner node first becomes an outer one */
	if (node == *child(parent, !side))
		rotate_up(parent, !side, RB_RED, root, augment);
	rotate_up(gparent, side, RB_RED, root, augment);
}

/*
 * The subtree of @parent in which @node (NULL or black) stands is one black node
 * short. @node being NULL, @parent says where.
 */
static __always_inline void erase_fixup(struct rb_node *node, struct rb_node *parent,
					struct rb_root *root,
					const struct rb_augment_callbacks *augment)
{
	struct rb_node *sibling, *near, *far;
	unsigned int side;

	while (parent) {
		/* the sibling exists: its side has a black node more than ours */
		side = node == parent->rb_left;	/* 1: the sibling is the right child */
		sibling = *child(parent, side);
		if (is_red(sibling)) {
			rotate_up(parent, side, RB_RED, root, augment);
			sibling = *child(parent, side);
		}
		far = *child(sibling, side);
		near = *child(sibling, !side);
		if ((!far || is_black(far)) && (!near || is_black(near))) {
			set_parent_color(sibling, parent, RB_RED);
			if (is_red(parent)) {
				set_black(parent);
				return;
			}
			node = parent;
			parent = rb_parent(node);
			continue;
		}
		if (!far || is_black(far)) {	/* the red nephew must be the far one */
			rotate_up(sibling, !side, RB_RED, root, augment);
			far = sibling;
		}
		rotate_up(parent, side, RB_BLACK, root, augment);
		set_black(far);
		return;
	}
}

/*
 * Unlink @node. Return: where the tree lacks a black node (the parent), or NULL
 * if it does not. The place that lacks it is empty then.
 */
static __always_inline struct rb_node *unlink_node(struct rb_node *node, struct rb_root *root,
						   const struct rb_augment_callbacks *augment)
{
	struct rb_node *left = node->rb_left, *right = node->rb_right;
	struct rb_node *parent = rb_parent(node), *next, *next_parent, *only;
	bool was_black;

	if (!left || !right) {
		/* an only child is red and its parent black: paint it over */
		only = left ? left : right;
		was_black = is_black(node);
		change_child(node, only, parent, root);
		if (only)
			only->__rb_parent_color = node->__rb_parent_color;
		if (augment)
			augment->propagate(parent, NULL);
		return !only && was_black ? parent : NULL;
	}

	/* two children: the successor, which has no left child, takes the place */
	for (next = right; next->rb_left; next = next->rb_left)
		;
	next_parent = rb_parent(next);
	only = next->rb_right;
	was_black = is_black(next);
	if (next == right) {
		next_parent = next;
	} else {
		WRITE_ONCE(next_parent->rb_left, only);
		WRITE_ONCE(next->rb_right, right);
		set_parent(right, next);
	}
	if (augment)
		augment->copy(node, next);
	WRITE_ONCE(next->rb_left, left);
	set_parent(left, next);
	next->__rb_parent_color = node->__rb_parent_color;
	change_child(node, next, parent, root);
	if (only)
		set_parent_color(only, next_parent, RB_BLACK);
	if (augment) {
		if (next_parent != next)
			augment->propagate(next_parent, next);
		augment->propagate(next, NULL);
	}
	return !only && was_black ? next_parent : NULL;
}

/**
 * rb_insert_color - rebalance after rb_link_node().
 * Context: the tree's lock.
 */
void rb_insert_color(struct rb_node *node, struct rb_root *root)
{
	insert_fixup(node, root, NULL);
}

/**
 * rb_erase - take @node out; its links keep their old values.
 * Context: the tree's lock.
 */
void rb_erase(struct rb_node *node, struct rb_root *root)
{
	struct rb_node *lacking = unlink_node(node, root, NULL);

	if (lacking)
		erase_fixup(NULL, lacking, root, NULL);
}

void rb_insert_augmented(struct rb_node *node, struct rb_root *root,
			 const struct rb_augment_callbacks *augment)
{
	insert_fixup(node, root, augment);
}

void rb_erase_augmented(struct rb_node *node, struct rb_root *root,
			const struct rb_augment_callbacks *augment)
{
	struct rb_node *lacking = unlink_node(node, root, augment);

	if (lacking)
		erase_fixup(NULL, lacking, root, augment);
}

struct rb_node *rb_first(const struct rb_root *root)
{
	struct rb_node *n = root->rb_node;

	while (n && n->rb_left)
		n = n->rb_left;
	return n;
}

struct rb_node *rb_last(const struct rb_root *root)
{
	struct rb_node *n = root->rb_node;

	while (n && n->rb_right)
		n = n->rb_right;
	return n;
}

struct rb_node *rb_next(const struct rb_node *node)
{
	struct rb_node *n;

	if (RB_EMPTY_NODE(node))
		return NULL;
	if (node->rb_right) {
		for (n = node->rb_right; n->rb_left; n = n->rb_left)
			;
		return n;
	}
	while ((n = rb_parent(node)) && node == n->rb_right)
		node = n;
	return n;
}

struct rb_node *rb_prev(const struct rb_node *node)
{
	struct rb_node *n;

	if (RB_EMPTY_NODE(node))
		return NULL;
	if (node->rb_left) {
		for (n = node->rb_left; n->rb_right; n = n->rb_right)
			;
		return n;
	}
	while ((n = rb_parent(node)) && node == n->rb_left)
		node = n;
	return n;
}

static struct rb_node *deepest_left(const struct rb_node *node)
{
	for (;;) {
		if (node->rb_left)
			node = node->rb_left;
		else if (node->rb_right)
			node = node->rb_right;
		else
			return (struct rb_node *)node;
	}
}

struct rb_node *rb_first_postorder(const struct rb_root *root)
{
	return root->rb_node ? deepest_left(root->rb_node) : NULL;
}

struct rb_node *rb_next_postorder(const struct rb_node *node)
{
	struct rb_node *parent;

	if (!node)
		return NULL;
	parent = rb_parent(node);
	if (parent && node == parent->rb_left && parent->rb_right)
		return deepest_left(parent->rb_right);
	return parent;
}

/**
 * rb_replace_node - put @new, which has the same key, where @victim is.
 * An augmented value is not copied.
 */
void rb_replace_node(struct rb_node *victim, struct rb_node *new, struct rb_root *root)
{
	struct rb_node *parent = rb_parent(victim);

	*new = *victim;
	if (victim->rb_left)
		set_parent(victim->rb_left, new);
	if (victim->rb_right)
		set_parent(victim->rb_right, new);
	change_child(victim, new, parent, root);
}
