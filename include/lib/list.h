/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Doubly linked lists (list_head: circular, with a head; hlist: half the head,
 * for hash tables), with Linux's names. _rcu variants let readers walk under
 * rcu_read_lock() while one writer, excluded from others by its lock, changes
 * the list; removed entries must live for a grace period.
 */
#ifndef LIB_LIST_H
#define LIB_LIST_H
#include <lib/types.h>
#include <lib/atomic.h>

struct list_head {
	struct list_head *next, *prev;
};

struct hlist_node {
	struct hlist_node *next, **pprev;
};

struct hlist_head {
	struct hlist_node *first;
};

#define LIST_POISON1	((void *)0x100)
#define LIST_POISON2	((void *)0x122)

#define LIST_HEAD_INIT(name)	{ &(name), &(name) }
#define LIST_HEAD(name)		struct list_head name = LIST_HEAD_INIT(name)
#define HLIST_HEAD_INIT		{ .first = NULL }
#define HLIST_HEAD(name)	struct hlist_head name = HLIST_HEAD_INIT
#define INIT_HLIST_HEAD(h)	((h)->first = NULL)

static inline void INIT_LIST_HEAD(struct list_head *list)
{
	WRITE_ONCE(list->next, list);
	WRITE_ONCE(list->prev, list);
}

static inline void __list_add(struct list_head *new, struct list_head *prev,
			      struct list_head *next)
{
	next->prev = new;
	new->next = next;
	new->prev = prev;
	WRITE_ONCE(prev->next, new);
}

static inline void list_add(struct list_head *new, struct list_head *head)
{
	__list_add(new, head, head->next);
}

static inline void list_add_tail(struct list_head *new, struct list_head *head)
{
	__list_add(new, head->prev, head);
}

static inline void __list_del(struct list_head *prev, struct list_head *next)
{
	next->prev = prev;
	WRITE_ONCE(prev->next, next);
}

static inline void __list_del_entry(struct list_head *entry)
{
	__list_del(entry->prev, entry->next);
}

static inline void list_del(struct list_head *entry)
{
	__list_del_entry(entry);
	entry->next = LIST_POISON1;
	entry->prev = LIST_POISON2;
}

static inline void list_del_init(struct list_head *entry)
{
	__list_del_entry(entry);
	INIT_LIST_HEAD(entry);
}

static inline void list_replace(struct list_head *old, struct list_head *new)
{
	new->next = old->next;
	new->next->prev = new;
	new->prev = old->prev;
	new->prev->next = new;
}

static inline void list_replace_init(struct list_head *old, struct list_head *new)
{
	list_replace(old, new);
	INIT_LIST_HEAD(old);
}

static inline void list_move(struct list_head *entry, struct list_head *head)
{
	__list_del_entry(entry);
	list_add(entry, head);
}

static inline void list_move_tail(struct list_head *entry, struct list_head *head)
{
	__list_del_entry(entry);
	list_add_tail(entry, head);
}

static inline bool list_empty(const struct list_head *head)
{
	return READ_ONCE(head->next) == head;
}

/* removed by list_del_init_careful(): what its caller did before is visible then */
static inline bool list_empty_careful(const struct list_head *head)
{
	struct list_head *next = smp_load_acquire(&head->next);

	return next == head && next == READ_ONCE(head->prev);
}

static inline void list_del_init_careful(struct list_head *entry)
{
	__list_del_entry(entry);
	WRITE_ONCE(entry->prev, entry);
	smp_store_release(&entry->next, entry);
}

static inline bool list_is_singular(const struct list_head *head)
{
	return !list_empty(head) && head->next == head->prev;
}

static inline bool list_is_last(const struct list_head *entry, const struct list_head *head)
{
	return entry->next == head;
}

static inline bool list_is_first(const struct list_head *entry, const struct list_head *head)
{
	return entry->prev == head;
}

static inline void __list_splice(const struct list_head *list, struct list_head *prev,
				 struct list_head *next)
{
	struct list_head *first = list->next, *last = list->prev;

	first->prev = prev;
	prev->next = first;
	last->next = next;
	next->prev = last;
}

static inline void list_splice(const struct list_head *list, struct list_head *head)
{
	if (!list_empty(list))
		__list_splice(list, head, head->next);
}

static inline void list_splice_tail(const struct list_head *list, struct list_head *head)
{
	if (!list_empty(list))
		__list_splice(list, head->prev, head);
}

static inline void list_splice_init(struct list_head *list, struct list_head *head)
{
	if (!list_empty(list)) {
		__list_splice(list, head, head->next);
		INIT_LIST_HEAD(list);
	}
}

static inline void list_splice_tail_init(struct list_head *list, struct list_head *head)
{
	if (!list_empty(list)) {
		__list_splice(list, head->prev, head);
		INIT_LIST_HEAD(list);
	}
}

/** list_cut_position - move the entries up to and with @entry from @head to @list. */
static inline void list_cut_position(struct list_head *list, struct list_head *head,
				     struct list_head *entry)
{
	struct list_head *rest = entry->next;

	if (list_empty(head) || entry == head) {
		INIT_LIST_HEAD(list);
		return;
	}
	list->next = head->next;
	list->next->prev = list;
	list->prev = entry;
	entry->next = list;
	head->next = rest;
	rest->prev = head;
}

static inline void list_rotate_left(struct list_head *head)
{
	if (!list_empty(head))
		list_move_tail(head->next, head);
}

static inline void list_swap(struct list_head *a, struct list_head *b)
{
	struct list_head *pos = b->prev;

	list_del(b);
	list_replace(a, b);
	if (pos == a)
		pos = b;
	list_add(a, pos);
}

#define list_entry(ptr, type, member)	container_of(ptr, type, member)
#define list_first_entry(head, type, m)	list_entry((head)->next, type, m)
#define list_last_entry(head, type, m)	list_entry((head)->prev, type, m)
#define list_next_entry(pos, m)		list_entry((pos)->m.next, typeof(*(pos)), m)
#define list_prev_entry(pos, m)		list_entry((pos)->m.prev, typeof(*(pos)), m)
#define list_first_entry_or_null(h, type, m) ({				\
	struct list_head *__lh = (h), *__lf = READ_ONCE(__lh->next);	\
	__lf != __lh ? list_entry(__lf, type, m) : NULL; })
#define list_entry_is_head(pos, head, m) (&(pos)->m == (head))

#define list_for_each(pos, head)					\
	for (pos = (head)->next; pos != (head); pos = pos->next)
#define list_for_each_prev(pos, head)					\
	for (pos = (head)->prev; pos != (head); pos = pos->prev)
#define list_for_each_safe(pos, n, head)				\
	for (pos = (head)->next, n = pos->next; pos != (head); pos = n, n = pos->next)
#define list_for_each_entry(pos, head, m)				\
	for (pos = list_first_entry(head, typeof(*pos), m);		\
	     !list_entry_is_head(pos, head, m); pos = list_next_entry(pos, m))
#define list_for_each_entry_reverse(pos, head, m)			\
	for (pos = list_last_entry(head, typeof(*pos), m);		\
	     !list_entry_is_head(pos, head, m); pos = list_prev_entry(pos, m))
#define list_for_each_entry_continue(pos, head, m)			\
	for (pos = list_next_entry(pos, m);				\
	     !list_entry_is_head(pos, head, m); pos = list_next_entry(pos, m))
#define list_for_each_entry_from(pos, head, m)				\
	for (; !list_entry_is_head(pos, head, m); pos = list_next_entry(pos, m))
#define list_for_each_entry_safe(pos, n, head, m)			\
	for (pos = list_first_entry(head, typeof(*pos), m),		\
	     n = list_next_entry(pos, m);				\
	     !list_entry_is_head(pos, head, m);				\
	     pos = n, n = list_next_entry(n, m))
#define list_for_each_entry_safe_reverse(pos, n, head, m)		\
	for (pos = list_last_entry(head, typeof(*pos), m),		\
	     n = list_prev_entry(pos, m);				\
	     !list_entry_is_head(pos, head, m);				\
	     pos = n, n = list_prev_entry(n, m))

static inline size_t list_count_nodes(const struct list_head *head)
{
	const struct list_head *pos;
	size_t n = 0;

	list_for_each(pos, head)
		n++;
	return n;
}

/* RCU */

static inline void __list_add_rcu(struct list_head *new, struct list_head *prev,
				  struct list_head *next)
{
	new->next = next;
	new->prev = prev;
	smp_store_release(&prev->next, new);
	next->prev = new;
}

static inline void list_add_rcu(struct list_head *new, struct list_head *head)
{
	__list_add_rcu(new, head, head->next);
}

static inline void list_add_tail_rcu(struct list_head *new, struct list_head *head)
{
	__list_add_rcu(new, head->prev, head);
}

/* ->next stays for readers that stand on the entry */
static inline void list_del_rcu(struct list_head *entry)
{
	__list_del_entry(entry);
	entry->prev = LIST_POISON2;
}

static inline void list_replace_rcu(struct list_head *old, struct list_head *new)
{
	new->next = old->next;
	new->prev = old->prev;
	smp_store_release(&new->prev->next, new);
	new->next->prev = new;
	old->prev = LIST_POISON2;
}

/* address dependencies order the loads */
#define list_entry_rcu(ptr, type, m)	container_of(READ_ONCE(ptr), type, m)
#define list_for_each_entry_rcu(pos, head, m)				\
	for (pos = list_entry_rcu((head)->next, typeof(*pos), m);	\
	     !list_entry_is_head(pos, head, m);				\
	     pos = list_entry_rcu(pos->m.next, typeof(*pos), m))
#define list_first_or_null_rcu(h, type, m) ({				\
	struct list_head *__lh = (h), *__lf = READ_ONCE(__lh->next);	\
	__lf != __lh ? container_of(__lf, type, m) : NULL; })

/* hlist */

static inline void INIT_HLIST_NODE(struct hlist_node *n)
{
	n->next = NULL;
	n->pprev = NULL;
}

static inline bool hlist_unhashed(const struct hlist_node *n)
{
	return !READ_ONCE(n->pprev);
}

static inline bool hlist_empty(const struct hlist_head *h)
{
	return !READ_ONCE(h->first);
}

static inline void __hlist_del(struct hlist_node *n)
{
	struct hlist_node *next = n->next, **pprev = n->pprev;

	WRITE_ONCE(*pprev, next);
	if (next)
		WRITE_ONCE(next->pprev, pprev);
}

static inline void hlist_del(struct hlist_node *n)
{
	__hlist_del(n);
	n->next = LIST_POISON1;
	n->pprev = LIST_POISON2;
}

static inline void hlist_del_init(struct hlist_node *n)
{
	if (!hlist_unhashed(n)) {
		__hlist_del(n);
		INIT_HLIST_NODE(n);
	}
}

static inline void hlist_add_head(struct hlist_node *n, struct hlist_head *h)
{
	struct hlist_node *first = h->first;

	n->next = first;
	if (first)
		first->pprev = &n->next;
	WRITE_ONCE(h->first, n);
	n->pprev = &h->first;
}

static inline void hlist_add_before(struct hlist_node *n, struct hlist_node *next)
{
	n->pprev = next->pprev;
	n->next = next;
	next->pprev = &n->next;
	WRITE_ONCE(*n->pprev, n);
}

static inline void hlist_add_behind(struct hlist_node *n, struct hlist_node *prev)
{
	n->next = prev->next;
	WRITE_ONCE(prev->next, n);
	n->pprev = &prev->next;
	if (n->next)
		n->next->pprev = &n->next;
}

static inline void hlist_move_list(struct hlist_head *old, struct hlist_head *new)
{
	new->first = old->first;
	if (new->first)
		new->first->pprev = &new->first;
	old->first = NULL;
}

#define hlist_entry(ptr, type, m)	container_of(ptr, type, m)
#define hlist_entry_safe(ptr, type, m)	({				\
	struct hlist_node *__hp = (ptr); __hp ? hlist_entry(__hp, type, m) : NULL; })
#define hlist_for_each(pos, head)					\
	for (pos = (head)->first; pos; pos = pos->next)
#define hlist_for_each_safe(pos, n, head)				\
	for (pos = (head)->first; pos && ({ n = pos->next; 1; }); pos = n)
#define hlist_for_each_entry(pos, head, m)				\
	for (pos = hlist_entry_safe((head)->first, typeof(*(pos)), m);	\
	     pos; pos = hlist_entry_safe((pos)->m.next, typeof(*(pos)), m))
#define hlist_for_each_entry_safe(pos, n, head, m)			\
	for (pos = hlist_entry_safe((head)->first, typeof(*pos), m);	\
	     pos && ({ n = pos->m.next; 1; });				\
	     pos = hlist_entry_safe(n, typeof(*pos), m))

static inline void hlist_add_head_rcu(struct hlist_node *n, struct hlist_head *h)
{
	struct hlist_node *first = h->first;

	n->next = first;
	WRITE_ONCE(n->pprev, &h->first);
	smp_store_release(&h->first, n);
	if (first)
		WRITE_ONCE(first->pprev, &n->next);
}

static inline void hlist_add_tail_rcu(struct hlist_node *n, struct hlist_head *h)
{
	struct hlist_node **link = &h->first;

	while (*link)
		link = &(*link)->next;
	n->next = NULL;
	n->pprev = link;
	smp_store_release(link, n);
}

static inline void hlist_add_behind_rcu(struct hlist_node *n, struct hlist_node *prev)
{
	n->next = prev->next;
	WRITE_ONCE(n->pprev, &prev->next);
	smp_store_release(&prev->next, n);
	if (n->next)
		WRITE_ONCE(n->next->pprev, &n->next);
}

static inline void hlist_add_before_rcu(struct hlist_node *n, struct hlist_node *next)
{
	WRITE_ONCE(n->pprev, next->pprev);
	n->next = next;
	smp_store_release(n->pprev, n);
	WRITE_ONCE(next->pprev, &n->next);
}

/* ->next stays for readers that stand on the entry */
static inline void hlist_del_rcu(struct hlist_node *n)
{
	__hlist_del(n);
	WRITE_ONCE(n->pprev, LIST_POISON2);
}

static inline void hlist_del_init_rcu(struct hlist_node *n)
{
	if (!hlist_unhashed(n)) {
		__hlist_del(n);
		WRITE_ONCE(n->pprev, NULL);
	}
}

static inline void hlist_replace_rcu(struct hlist_node *old, struct hlist_node *new)
{
	struct hlist_node *next = old->next;

	new->next = next;
	WRITE_ONCE(new->pprev, old->pprev);
	smp_store_release(new->pprev, new);
	if (next)
		WRITE_ONCE(next->pprev, &new->next);
	WRITE_ONCE(old->pprev, LIST_POISON2);
}

#define hlist_for_each_entry_rcu(pos, head, m)				\
	for (pos = hlist_entry_safe(READ_ONCE((head)->first), typeof(*(pos)), m); \
	     pos; pos = hlist_entry_safe(READ_ONCE((pos)->m.next), typeof(*(pos)), m))

#endif
