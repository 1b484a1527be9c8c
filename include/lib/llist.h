/* SPDX-License-Identifier: GPL-2.0-only */
/* Lock-free single list: any number of producers, consumers take it all at once. */
#ifndef LIB_LLIST_H
#define LIB_LLIST_H
#include <lib/atomic.h>

struct llist_node {
	struct llist_node *next;
};

struct llist_head {
	struct llist_node *first;
};

#define LLIST_HEAD_INIT(name)	{ NULL }
#define LLIST_HEAD(name)	struct llist_head name = LLIST_HEAD_INIT(name)

static inline void init_llist_head(struct llist_head *h)
{
	h->first = NULL;
}

static inline bool llist_empty(const struct llist_head *h)
{
	return !READ_ONCE(h->first);
}

/** llist_add - Return: true if the list was empty before. */
static inline bool llist_add(struct llist_node *n, struct llist_head *h)
{
	struct llist_node *first = READ_ONCE(h->first);

	do {
		n->next = first;
	} while (!try_cmpxchg(&h->first, &first, n));
	return !first;
}

/** llist_del_all - Return: what was added, newest first. */
static inline struct llist_node *llist_del_all(struct llist_head *h)
{
	return xchg(&h->first, NULL);
}

static inline struct llist_node *llist_reverse_order(struct llist_node *n)
{
	struct llist_node *done = NULL;

	while (n) {
		struct llist_node *next = n->next;

		n->next = done;
		done = n;
		n = next;
	}
	return done;
}

#define llist_entry(ptr, type, m)	container_of(ptr, type, m)
#define llist_for_each_safe(pos, n, node)				\
	for (pos = (node); pos && ({ n = pos->next; 1; }); pos = n)

#endif
