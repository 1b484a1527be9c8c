// SPDX-License-Identifier: GPL-2.0-only
/*
 * Red-black trees against a sorted set of keys: the colour rules and the order
 * after each random insertion, removal and replacement.
 *
 * SOURCES: lib/rbtree.c lib/interval_tree.c
 */
#include "host.h"
#include <lib/rbtree.h>
#include <lib/interval_tree.h>

#define KEYS	600
#define ROUNDS	40000

struct item {
	struct rb_node rb;
	int key;
	bool in;
};

static struct item items[KEYS];
static struct rb_root_cached tree = RB_ROOT_CACHED;

static bool less(struct rb_node *a, const struct rb_node *b)
{
	return rb_entry(a, struct item, rb)->key < rb_entry(b, struct item, rb)->key;
}

static int compare(const void *key, const struct rb_node *b)
{
	return *(const int *)key - rb_entry(b, struct item, rb)->key;
}

static bool is_red(const struct rb_node *n)
{
	return n && !(n->__rb_parent_color & 1);
}

/* Black height of a subtree; checks what makes it a red-black tree. */
static int validate(const struct rb_node *n, const struct rb_node *parent)
{
	int left, right;

	if (!n)
		return 1;
	must(rb_parent(n) == parent);
	must(!(is_red(n) && (is_red(n->rb_left) || is_red(n->rb_right))));
	left = validate(n->rb_left, n);
	right = validate(n->rb_right, n);
	must(left == right);
	return left + !is_red(n);
}

static void compare_order(void)
{
	struct rb_node *node = rb_first(&tree.rb_root), *last = NULL;

	must(node == rb_first_cached(&tree));
	for (int i = 0; i < KEYS; i++) {
		if (!items[i].in)
			continue;
		must(node == &items[i].rb);
		must(rb_prev(node) == last);
		last = node;
		node = rb_next(node);
	}
	must(!node && rb_last(&tree.rb_root) == last);
}

static void test_tree(void)
{
	for (int i = 0; i < KEYS; i++)
		items[i].key = i;
	for (int round = 0; round < ROUNDS; round++) {
		struct item *it = &items[rnd(KEYS)], spare;
		struct rb_node *found = rb_find(&it->key, &tree.rb_root, compare);

		must(found == (it->in ? &it->rb : NULL));
		if (!it->in) {
			rb_add_cached(&it->rb, &tree, less);
		} else if (!rnd(8)) {
			/* out of its place and in again */
			spare = *it;
			rb_replace_node_cached(&it->rb, &spare.rb, &tree);
			rb_replace_node_cached(&spare.rb, &it->rb, &tree);
			it->in = false;
		} else {
			rb_erase_cached(&it->rb, &tree);
		}
		it->in = !it->in;
		must(!is_red(tree.rb_root.rb_node));
		validate(tree.rb_root.rb_node, NULL);
		if (!(round % 64))
			compare_order();
	}
	ok(1, "rbtree: colours, order and leftmost after random operations");
}

static void test_postorder(void)
{
	struct item *it, *next;
	int in = 0, seen = 0;

	for (int i = 0; i < KEYS; i++)
		in += items[i].in;
	rbtree_postorder_for_each_entry_safe(it, next, &tree.rb_root, rb) {
		struct rb_node *l = it->rb.rb_left, *r = it->rb.rb_right;

		/* children come first: they were marked */
		must(!l || !rb_entry(l, struct item, rb)->in);
		must(!r || !rb_entry(r, struct item, rb)->in);
		it->in = false;
		seen++;
	}
	ok(in == seen, "rbtree: postorder visits each entry, children first");
}

static struct interval_tree_node intervals[200];

static int overlaps(const struct interval_tree_node *n, u64 start, u64 last)
{
	return n->start <= last && n->last >= start;
}

static void test_intervals(void)
{
	struct rb_root_cached root = RB_ROOT_CACHED;
	bool in[200] = { 0 };

	for (int round = 0; round < ROUNDS; round++) {
		unsigned int i = rnd(200), expected = 0, found = 0;
		struct interval_tree_node *n;
		u64 start, last, before = 0;

		if (in[i]) {
			interval_tree_remove(&intervals[i], &root);
		} else {
			intervals[i].start = rnd(1000);
			intervals[i].last = rnd(20) ? intervals[i].start + rnd(50) : ~0ULL;
			interval_tree_insert(&intervals[i], &root);
		}
		in[i] = !in[i];

		start = rnd(1100);
		last = rnd(30) ? start + rnd(40) : ~0ULL;
		for (i = 0; i < 200; i++)
			expected += in[i] && overlaps(&intervals[i], start, last);
		interval_tree_for_each(n, &root, start, last) {
			must(overlaps(n, start, last) && in[n - intervals]);
			must(n->start >= before);
			before = n->start;
			found++;
		}
		must(found == expected);
	}
	ok(1, "interval tree: finds exactly what overlaps, in order");
}

int main(void)
{
	test_tree();
	test_postorder();
	test_intervals();
	return done();
}
