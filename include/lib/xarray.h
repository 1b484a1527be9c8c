/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sparse arrays of pointers indexed by unsigned long (Linux's xarray without
 * its lock): a radix tree of 64-slot nodes, three marks per entry.
 *
 * Locking: none inside. Writers (store, erase, set/clear mark) exclude each
 * other by the owner's lock. Readers need either that lock or rcu_read_lock();
 * nodes are freed through xa_node_free(), which must wait for a grace period.
 * A lockless walk may meet XA_RETRY_ENTRY: see xas_retry().
 *
 * Memory: xas_store() takes nodes from the cursor or from xa_node_alloc(0); if
 * there are none the cursor holds -ENOMEM and nothing was changed:
 *
 *	XA_STATE(xas, &mapping->i_pages, index);
 *	do {
 *		lock();
 *		xas_store(&xas, folio);
 *		unlock();
 *	} while (xas_nomem(&xas, GFP_KERNEL));
 *	return xas_error(&xas);
 *
 * Entries: pointers aligned to 4, or small integers (xa_mk_value). NULL is "not
 * there". Marks of an absent entry cannot be set.
 */
#ifndef LIB_XARRAY_H
#define LIB_XARRAY_H
#include <lib/types.h>
#include <lib/err.h>

#define XA_CHUNK_SHIFT	6
#define XA_CHUNK_SIZE	(1UL << XA_CHUNK_SHIFT)
#define XA_CHUNK_MASK	(XA_CHUNK_SIZE - 1)
#define XA_MAX_MARKS	3

typedef unsigned int xa_mark_t;
#define XA_MARK_0	0U
#define XA_MARK_1	1U
#define XA_MARK_2	2U
#define XA_PRESENT	8U		/* for xa_find(): any entry */
#define XA_FREE_MARK	XA_MARK_0	/* in arrays with XA_FLAGS_TRACK_FREE */

#define XA_FLAGS_TRACK_FREE	1U	/* mark 0 says "free": for id allocation */
#define XA_FLAGS_MARK(m)	(0x10U << (m))

struct xarray {
	void *xa_head;		/* NULL, the entry of index 0, or a node */
	unsigned int xa_flags;	/* XA_FLAGS_*, and marks of the whole array */
};

struct xa_node {
	u8 shift;		/* bits of the index below this node */
	u8 offset;		/* slot in the parent */
	u8 count;		/* slots used */
	u8 nr_values;		/* slots with value entries */
	struct xa_node *parent;
	struct xarray *array;
	struct rcu_head rcu;	/* for xa_node_free() */
	void *slots[XA_CHUNK_SIZE];
	u64 marks[XA_MAX_MARKS];
};

/* given by whoever links lib; @gfp 0 means "must not wait" */
struct xa_node *xa_node_alloc(gfp_t gfp);
/* after a grace period if lockless readers exist */
void xa_node_free(struct xa_node *node);

#define XARRAY_INIT(name, flags)	{ .xa_head = NULL, .xa_flags = (flags) }
#define DEFINE_XARRAY(name)		struct xarray name = XARRAY_INIT(name, 0)

static inline void xa_init_flags(struct xarray *xa, unsigned int flags)
{
	xa->xa_head = NULL;
	xa->xa_flags = flags | (flags & XA_FLAGS_TRACK_FREE ? XA_FLAGS_MARK(XA_FREE_MARK) : 0);
}

static inline void xa_init(struct xarray *xa)
{
	xa_init_flags(xa, 0);
}

static inline bool xa_empty(const struct xarray *xa)
{
	return !READ_ONCE(xa->xa_head);
}

static inline bool xa_marked(const struct xarray *xa, xa_mark_t mark)
{
	return xa->xa_flags & XA_FLAGS_MARK(mark);
}

/* value entries: integers up to LONG_MAX */
static inline void *xa_mk_value(unsigned long v)
{
	return (void *)((v << 1) | 1);
}

static inline unsigned long xa_to_value(const void *entry)
{
	return (unsigned long)entry >> 1;
}

static inline bool xa_is_value(const void *entry)
{
	return (unsigned long)entry & 1;
}

/* internal entries: 2 in the low bits; above 4096 a node */
#define __xa_mk_internal(v)	((void *)(((unsigned long)(v) << 2) | 2))
#define XA_RETRY_ENTRY		__xa_mk_internal(256)
#define XA_ZERO_ENTRY		__xa_mk_internal(257)	/* reserved: reads as NULL */

static inline bool xa_is_internal(const void *entry)
{
	return ((unsigned long)entry & 3) == 2;
}

static inline bool xa_is_node(const void *entry)
{
	return xa_is_internal(entry) && (unsigned long)entry > 4096;
}

static inline bool xa_is_zero(const void *entry)
{
	return unlikely(entry == XA_ZERO_ENTRY);
}

static inline bool xa_is_retry(const void *entry)
{
	return unlikely(entry == XA_RETRY_ENTRY);
}

static inline struct xa_node *xa_to_node(const void *entry)
{
	return (struct xa_node *)((unsigned long)entry - 2);
}

static inline void *xa_mk_node(const struct xa_node *node)
{
	return (void *)((unsigned long)node | 2);
}

/* simple interface; @gfp must suit the lock that the caller holds */

/** xa_load - Context: RCU or lock. Return: the entry, or NULL. */
void *xa_load(struct xarray *xa, unsigned long index);
/** xa_store - Return: the old entry, or ERR in an internal entry: see xa_err(). */
void *xa_store(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp);
void *xa_erase(struct xarray *xa, unsigned long index);
/** xa_insert - Return: 0, -EBUSY if there is an entry, -ENOMEM. */
int __must_check xa_insert(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp);
/** xa_reserve - make a later store at @index unable to fail. Return: 0, -ENOMEM. */
int __must_check xa_reserve(struct xarray *xa, unsigned long index, gfp_t gfp);
/** xa_release - undo xa_reserve() if nothing was stored. */
void xa_release(struct xarray *xa, unsigned long index);
/** xa_alloc - store at the lowest free index in [@min, @max]. Needs XA_FLAGS_TRACK_FREE.
 *  Return: 0 and *@id, -EBUSY if full, -ENOMEM. */
int __must_check xa_alloc(struct xarray *xa, u32 *id, void *entry, u32 min, u32 max, gfp_t gfp);
/** xa_destroy - free all nodes; entries are forgotten. */
void xa_destroy(struct xarray *xa);
bool xa_get_mark(struct xarray *xa, unsigned long index, xa_mark_t mark);
void xa_set_mark(struct xarray *xa, unsigned long index, xa_mark_t mark);
void xa_clear_mark(struct xarray *xa, unsigned long index, xa_mark_t mark);
/** xa_find - first entry in [*@index, @max] with @filter (a mark or XA_PRESENT);
 *  updates *@index. Return: the entry or NULL. */
void *xa_find(struct xarray *xa, unsigned long *index, unsigned long max, xa_mark_t filter);
/** xa_find_after - the same, beginning behind *@index. */
void *xa_find_after(struct xarray *xa, unsigned long *index, unsigned long max, xa_mark_t filter);
/** xa_extract - up to @n entries of [@start, @max] with @filter into @dst. Return: how many. */
unsigned int xa_extract(struct xarray *xa, void **dst, unsigned long start, unsigned long max,
			unsigned int n, xa_mark_t filter);

/* the caller holds the lock in any case */
#define __xa_store	xa_store
#define __xa_erase	xa_erase
#define __xa_insert	xa_insert
#define __xa_set_mark	xa_set_mark
#define __xa_clear_mark	xa_clear_mark

/** xa_err - Return: the errno in what xa_store() returned, or 0. */
static inline int xa_err(const void *entry)
{
	if (xa_is_internal(entry) && (long)entry < 0 && (long)entry >= -4 * MAX_ERRNO)
		return (long)entry >> 2;
	return 0;
}
#define xa_is_err(entry)	(xa_err(entry) != 0)

#define xa_for_each_range(xa, index, entry, start, last)		\
	for (index = start, entry = xa_find(xa, &index, last, XA_PRESENT); entry; \
	     entry = xa_find_after(xa, &index, last, XA_PRESENT))
#define xa_for_each_start(xa, index, entry, start)			\
	xa_for_each_range(xa, index, entry, start, ULONG_MAX)
#define xa_for_each(xa, index, entry)	xa_for_each_start(xa, index, entry, 0)
#define xa_for_each_marked(xa, index, entry, filter)			\
	for (index = 0, entry = xa_find(xa, &index, ULONG_MAX, filter); entry; \
	     entry = xa_find_after(xa, &index, ULONG_MAX, filter))

/* cursor interface: a step to a neighbour costs a few instructions */

struct xa_state {
	struct xarray *xa;
	unsigned long xa_index;
	u8 xa_offset;		/* slot in xa_node of the last operation */
	struct xa_node *xa_node; /* NULL: the head itself; or XAS_BOUNDS/RESTART/error */
	struct xa_node *xa_alloc; /* spare nodes, chained by ->parent */
	u8 xa_needed;		/* with -ENOMEM: how many nodes were missing */
};

#define XAS_INVALID	((struct xa_node *)1UL)	/* error codes are (errno << 2) | 2 */
#define XAS_BOUNDS	((struct xa_node *)1UL)	/* ran off the tree */
#define XAS_RESTART	((struct xa_node *)3UL)	/* walk from the head next time */
#define XA_ERROR(errno)	((struct xa_node *)(((unsigned long)(long)(errno) << 2) | 2UL))

#define __XA_STATE(array, index) {					\
	.xa = (array), .xa_index = (index), .xa_node = XAS_RESTART }
#define XA_STATE(name, array, index)					\
	struct xa_state name = __XA_STATE(array, index)

static inline bool xas_invalid(const struct xa_state *xas)
{
	return (unsigned long)xas->xa_node & 3;
}

/** xas_valid - the cursor stands on a slot (of a node or the head). */
static inline bool xas_valid(const struct xa_state *xas)
{
	return !xas_invalid(xas);
}

static inline int xas_error(const struct xa_state *xas)
{
	return xa_err(xas->xa_node);
}

static inline void xas_set_err(struct xa_state *xas, long err)
{
	xas->xa_node = XA_ERROR(err);
}

static inline void xas_reset(struct xa_state *xas)
{
	xas->xa_node = XAS_RESTART;
}

static inline void xas_set(struct xa_state *xas, unsigned long index)
{
	xas->xa_index = index;
	xas->xa_node = XAS_RESTART;
}

/** xas_retry - @entry came from a node that was just replaced: walk again.
 *  Use in lockless loops: if (xas_retry(&xas, entry)) continue; */
static inline bool xas_retry(struct xa_state *xas, const void *entry)
{
	if (xa_is_zero(entry))
		return true;
	if (!xa_is_retry(entry))
		return false;
	xas_reset(xas);
	return true;
}

void *xas_load(struct xa_state *xas);
/** xas_store - put @entry (NULL erases) at the cursor. Return: the old entry; see xas_error(). */
void *xas_store(struct xa_state *xas, void *entry);
/** xas_find - next present entry at or (if the cursor stands on one) behind the cursor. */
void *xas_find(struct xa_state *xas, unsigned long max);
void *xas_find_marked(struct xa_state *xas, unsigned long max, xa_mark_t mark);
bool xas_get_mark(const struct xa_state *xas, xa_mark_t mark);
void xas_set_mark(const struct xa_state *xas, xa_mark_t mark);
void xas_clear_mark(const struct xa_state *xas, xa_mark_t mark);
/** xas_nomem - after -ENOMEM: get memory. Return: true if the operation should be tried again.
 *  Also frees an unused spare node, so call it at the end of every store loop. */
bool xas_nomem(struct xa_state *xas, gfp_t gfp);
/** xas_pause - before the lock is dropped in a loop: go on behind the cursor's index. */
void xas_pause(struct xa_state *xas);
void *__xas_next(struct xa_state *xas);
void *__xas_prev(struct xa_state *xas);

/** xas_reload - read the slot again (the entry may have changed since). */
static inline void *xas_reload(const struct xa_state *xas)
{
	struct xa_node *node = xas->xa_node;

	return node ? READ_ONCE(node->slots[xas->xa_offset]) : READ_ONCE(xas->xa->xa_head);
}

/** xas_next - step to the next index and load it (NULL for a hole). */
static inline void *xas_next(struct xa_state *xas)
{
	struct xa_node *node = xas->xa_node;

	/* the node of a last slot may be gone: it is not looked into */
	if (unlikely(xas_invalid(xas) || xas->xa_offset == XA_CHUNK_MASK || !node || node->shift))
		return __xas_next(xas);
	xas->xa_index++;
	xas->xa_offset++;
	return READ_ONCE(node->slots[xas->xa_offset]);
}

static inline void *xas_prev(struct xa_state *xas)
{
	struct xa_node *node = xas->xa_node;

	if (unlikely(xas_invalid(xas) || !node || node->shift || xas->xa_offset == 0))
		return __xas_prev(xas);
	xas->xa_index--;
	xas->xa_offset--;
	return READ_ONCE(node->slots[xas->xa_offset]);
}

/** xas_next_entry - next present entry up to @max: xas_find() with a fast path. */
static inline void *xas_next_entry(struct xa_state *xas, unsigned long max)
{
	struct xa_node *node = xas->xa_node;
	void *entry;

	if (likely(!xas_invalid(xas) && node && !node->shift &&
		   xas->xa_offset != XA_CHUNK_MASK && xas->xa_index < max)) {
		entry = READ_ONCE(node->slots[xas->xa_offset + 1]);
		if (likely(entry && !xa_is_internal(entry))) {
			xas->xa_offset++;
			xas->xa_index++;
			return entry;
		}
	}
	return xas_find(xas, max);
}

#define xas_for_each(xas, entry, max)					\
	for (entry = xas_find(xas, max); entry; entry = xas_next_entry(xas, max))
#define xas_for_each_marked(xas, entry, max, mark)			\
	for (entry = xas_find_marked(xas, max, mark); entry;		\
	     entry = xas_find_marked(xas, max, mark))

#endif
