/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Red-black trees, intrusive, with Linux's interface. The caller descends,
 * links its node with rb_link_node() and lets rb_insert_color() rebalance.
 *
 * The colour lives in the lowest bit of the parent pointer, here and nowhere
 * else, because a node then takes 24 bytes and fits Linux's cache footprint.
 *
 * A tree may carry an augmented value: something in each entry that is computed
 * from the entry and its two subtrees (see RB_DECLARE_CALLBACKS).
 */
#ifndef LIB_RBTREE_H
#define LIB_RBTREE_H
#include <lib/types.h>
#include <lib/atomic.h>

struct rb_node {
	unsigned long __rb_parent_color;
	struct rb_node *rb_right;
	struct rb_node *rb_left;
} __aligned(sizeof(long));

struct rb_root {
	struct rb_node *rb_node;
};

/* remembers the smallest */
struct rb_root_cached {
	struct rb_root rb_root;
	struct rb_node *rb_leftmost;
};

#define RB_ROOT			((struct rb_root){ NULL })
#define RB_ROOT_CACHED		((struct rb_root_cached){ { NULL }, NULL })
#define rb_parent(n)		((struct rb_node *)((n)->__rb_parent_color & ~3UL))
#define rb_entry(ptr, type, m)	container_of(ptr, type, m)
#define rb_entry_safe(ptr, type, m) ({					\
	typeof(ptr) __rp = (ptr); __rp ? rb_entry(__rp, type, m) : NULL; })
#define RB_EMPTY_ROOT(root)	(READ_ONCE((root)->rb_node) == NULL)
/* a node outside every tree, if it was cleared when it was taken out */
#define RB_EMPTY_NODE(n)	((n)->__rb_parent_color == (unsigned long)(n))
#define RB_CLEAR_NODE(n)	((n)->__rb_parent_color = (unsigned long)(n))

void rb_insert_color(struct rb_node *node, struct rb_root *root);
void rb_erase(struct rb_node *node, struct rb_root *root);
struct rb_node *rb_next(const struct rb_node *node);
struct rb_node *rb_prev(const struct rb_node *node);
struct rb_node *rb_first(const struct rb_root *root);
struct rb_node *rb_last(const struct rb_root *root);
struct rb_node *rb_first_postorder(const struct rb_root *root);
struct rb_node *rb_next_postorder(const struct rb_node *node);
void rb_replace_node(struct rb_node *victim, struct rb_node *new, struct rb_root *root);

static inline void rb_link_node(struct rb_node *node, struct rb_node *parent,
				struct rb_node **link)
{
	node->__rb_parent_color = (unsigned long)parent;
	node->rb_left = node->rb_right = NULL;
	*link = node;
}

static inline void rb_link_node_rcu(struct rb_node *node, struct rb_node *parent,
				    struct rb_node **link)
{
	node->__rb_parent_color = (unsigned long)parent;
	node->rb_left = node->rb_right = NULL;
	smp_store_release(link, node);
}

/* entries may be freed on the way */
#define rbtree_postorder_for_each_entry_safe(pos, n, root, field)	\
	for (pos = rb_entry_safe(rb_first_postorder(root), typeof(*pos), field); \
	     pos && ({ n = rb_entry_safe(rb_next_postorder(&pos->field),	\
					 typeof(*pos), field); 1; });	\
	     pos = n)
#define rb_for_each(pos, root)						\
	for (pos = rb_first(root); pos; pos = rb_next(pos))

/* cached root */
#define rb_first_cached(root)	((root)->rb_leftmost)

static inline void rb_insert_color_cached(struct rb_node *node, struct rb_root_cached *root,
					  bool leftmost)
{
	if (leftmost)
		root->rb_leftmost = node;
	rb_insert_color(node, &root->rb_root);
}

/** rb_erase_cached - Return: the new leftmost node if it changed, else NULL. */
static inline struct rb_node *rb_erase_cached(struct rb_node *node, struct rb_root_cached *root)
{
	struct rb_node *leftmost = NULL;

	if (root->rb_leftmost == node)
		leftmost = root->rb_leftmost = rb_next(node);
	rb_erase(node, &root->rb_root);
	return leftmost;
}

static inline void rb_replace_node_cached(struct rb_node *victim, struct rb_node *new,
					  struct rb_root_cached *root)
{
	if (root->rb_leftmost == victim)
		root->rb_leftmost = new;
	rb_replace_node(victim, new, &root->rb_root);
}

/** rb_add - insert behind equal entries. */
static __always_inline void rb_add(struct rb_node *node, struct rb_root *tree,
				   bool (*less)(struct rb_node *, const struct rb_node *))
{
	struct rb_node **link = &tree->rb_node, *parent = NULL;

	while (*link) {
		parent = *link;
		link = less(node, parent) ? &parent->rb_left : &parent->rb_right;
	}
	rb_link_node(node, parent, link);
	rb_insert_color(node, tree);
}

/** rb_add_cached - Return: @node if it is the new leftmost, else NULL. */
static __always_inline struct rb_node *
rb_add_cached(struct rb_node *node, struct rb_root_cached *tree,
	      bool (*less)(struct rb_node *, const struct rb_node *))
{
	struct rb_node **link = &tree->rb_root.rb_node, *parent = NULL;
	bool leftmost = true;

	while (*link) {
		parent = *link;
		if (less(node, parent)) {
			link = &parent->rb_left;
		} else {
			link = &parent->rb_right;
			leftmost = false;
		}
	}
	rb_link_node(node, parent, link);
	rb_insert_color_cached(node, tree, leftmost);
	return leftmost ? node : NULL;
}

static __always_inline struct rb_node *
rb_find(const void *key, const struct rb_root *tree,
	int (*cmp)(const void *key, const struct rb_node *))
{
	struct rb_node *node = tree->rb_node;

	while (node) {
		int c = cmp(key, node);

		if (!c)
			return node;
		node = c < 0 ? node->rb_left : node->rb_right;
	}
	return NULL;
}

/* augmented trees */
struct rb_augment_callbacks {
	/* recompute @node and its parents, up to but without @stop */
	void (*propagate)(struct rb_node *node, struct rb_node *stop);
	/* @new takes the place of @old */
	void (*copy)(struct rb_node *old, struct rb_node *new);
	/* @new becomes the parent of @old: it takes @old's value, @old is recomputed */
	void (*rotate)(struct rb_node *old, struct rb_node *new);
};

/*
 * The caller has updated the augmented values on the way down (or calls
 * ->propagate(rb_parent(node), NULL) after linking, before this).
 */
void rb_insert_augmented(struct rb_node *node, struct rb_root *root,
			 const struct rb_augment_callbacks *augment);
void rb_erase_augmented(struct rb_node *node, struct rb_root *root,
			const struct rb_augment_callbacks *augment);

static inline void rb_insert_augmented_cached(struct rb_node *node, struct rb_root_cached *root,
					      bool leftmost,
					      const struct rb_augment_callbacks *augment)
{
	if (leftmost)
		root->rb_leftmost = node;
	rb_insert_augmented(node, &root->rb_root, augment);
}

static inline void rb_erase_augmented_cached(struct rb_node *node, struct rb_root_cached *root,
					     const struct rb_augment_callbacks *augment)
{
	if (root->rb_leftmost == node)
		root->rb_leftmost = rb_next(node);
	rb_erase_augmented(node, &root->rb_root, augment);
}

/**
 * RB_DECLARE_CALLBACKS - define the callbacks of an augmented tree.
 * @RBSTATIC: static or empty
 * @RBNAME: name of the struct rb_augment_callbacks defined
 * @RBSTRUCT, @RBFIELD: the entry and its struct rb_node
 * @RBAUGMENTED: the field with the augmented value
 * @RBCOMPUTE: bool f(RBSTRUCT *entry, bool exit): recompute entry's value from
 *	itself and its children; with @exit, may return true if nothing changed
 */
#define RB_DECLARE_CALLBACKS(RBSTATIC, RBNAME, RBSTRUCT, RBFIELD, RBAUGMENTED, RBCOMPUTE) \
static void RBNAME##_propagate(struct rb_node *rb, struct rb_node *stop) \
{									\
	while (rb != stop) {						\
		RBSTRUCT *e = rb_entry(rb, RBSTRUCT, RBFIELD);		\
		if (RBCOMPUTE(e, true))					\
			break;						\
		rb = rb_parent(&e->RBFIELD);				\
	}								\
}									\
static void RBNAME##_copy(struct rb_node *rb_old, struct rb_node *rb_new) \
{									\
	rb_entry(rb_new, RBSTRUCT, RBFIELD)->RBAUGMENTED =		\
		rb_entry(rb_old, RBSTRUCT, RBFIELD)->RBAUGMENTED;	\
}									\
static void RBNAME##_rotate(struct rb_node *rb_old, struct rb_node *rb_new) \
{									\
	RBSTRUCT *old = rb_entry(rb_old, RBSTRUCT, RBFIELD);		\
									\
	rb_entry(rb_new, RBSTRUCT, RBFIELD)->RBAUGMENTED = old->RBAUGMENTED; \
	RBCOMPUTE(old, false);						\
}									\
RBSTATIC const struct rb_augment_callbacks RBNAME = {			\
	.propagate = RBNAME##_propagate,				\
	.copy = RBNAME##_copy,						\
	.rotate = RBNAME##_rotate,					\
};

/**
 * RB_DECLARE_CALLBACKS_MAX - the same for "largest RBCOMPUTE(entry) of the subtree".
 * @RBTYPE: type of the field; @RBCOMPUTE: RBTYPE f(RBSTRUCT *entry)
 */
#define RB_DECLARE_CALLBACKS_MAX(RBSTATIC, RBNAME, RBSTRUCT, RBFIELD, RBTYPE, RBAUGMENTED, RBCOMPUTE) \
static inline bool RBNAME##_compute_max(RBSTRUCT *e, bool exit)		\
{									\
	RBTYPE m = RBCOMPUTE(e);					\
									\
	if (e->RBFIELD.rb_left) {					\
		RBSTRUCT *c = rb_entry(e->RBFIELD.rb_left, RBSTRUCT, RBFIELD); \
		if (c->RBAUGMENTED > m)					\
			m = c->RBAUGMENTED;				\
	}								\
	if (e->RBFIELD.rb_right) {					\
		RBSTRUCT *c = rb_entry(e->RBFIELD.rb_right, RBSTRUCT, RBFIELD); \
		if (c->RBAUGMENTED > m)					\
			m = c->RBAUGMENTED;				\
	}								\
	if (exit && e->RBAUGMENTED == m)				\
		return true;						\
	e->RBAUGMENTED = m;						\
	return false;							\
}									\
RB_DECLARE_CALLBACKS(RBSTATIC, RBNAME, RBSTRUCT, RBFIELD, RBAUGMENTED, RBNAME##_compute_max)

#endif
