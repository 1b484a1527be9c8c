// SPDX-License-Identifier: GPL-2.0-only
/*
 * The xarray: a radix tree of 64-slot nodes. See the header for its use.
 *
 *   X1. xa_head is NULL, the entry of index 0 alone, or the top node; a top node
 *       has an entry beyond slot 0 (or it would have been dropped).
 *   X2. node->count is the number of slots that are not NULL, and not 0.
 *   X3. A slot of a node with shift > 0 is NULL or a node with shift - 6.
 *   X4. A mark of a slot in an inner node is set iff a slot of the child has it;
 *       the flag in xa_flags likewise for the whole array. Absent entries have no
 *       marks, except that with XA_FLAGS_TRACK_FREE mark 0 is set for everything
 *       absent or not covered by a node.
 *
 * A store first counts the nodes that it will need and gets them all; so either
 * it happens or nothing changes.
 *
 * Readers without the lock: slots are published with release stores, nodes are
 * freed after a grace period, and a leaf that was dropped because its entry moved
 * into xa_head holds XA_RETRY_ENTRY in its place, so that nobody keeps looking at
 * a slot that is no longer updated.
 */
#include <lib/xarray.h>
#include <lib/atomic.h>
#include <lib/bitops.h>
#include <lib/string.h>

static inline bool track_free(const struct xarray *xa)
{
	return xa->xa_flags & XA_FLAGS_TRACK_FREE;
}

static inline unsigned int slot_of(unsigned long index, const struct xa_node *node)
{
	return (index >> node->shift) & XA_CHUNK_MASK;
}

static inline bool covers(const struct xa_node *node, unsigned long index)
{
	return (index >> node->shift) < XA_CHUNK_SIZE;
}

/* number of node levels needed to reach @index */
static unsigned int levels(unsigned long index)
{
	unsigned int n = 1;

	while (index >>= XA_CHUNK_SHIFT)
		n++;
	return n;
}

void *xa_load(struct xarray *xa, unsigned long index)
{
	struct xa_node *node;
	void *entry;

restart:
	entry = READ_ONCE(xa->xa_head);
	if (likely(xa_is_node(entry))) {
		node = xa_to_node(entry);
		if (!covers(node, index))
			return NULL;
		for (;;) {
			entry = READ_ONCE(node->slots[slot_of(index, node)]);
			if (!xa_is_internal(entry))
				return entry;
			if (!xa_is_node(entry))
				break;
			node = xa_to_node(entry);
		}
	} else if (index) {
		return NULL;
	}
	if (xa_is_retry(entry))
		goto restart;
	return xa_is_zero(entry) ? NULL : entry;
}

/**
 * xas_load - walk to the cursor's index, or look again where it stands.
 * Context: lock or RCU. Return: the entry (perhaps XA_RETRY_ENTRY under RCU), NULL.
 */
void *xas_load(struct xa_state *xas)
{
	struct xa_node *node;
	unsigned int offset;
	void *entry;

	if (xas_valid(xas))
		return xas_reload(xas);
	if (xas_error(xas))
		return NULL;
	entry = READ_ONCE(xas->xa->xa_head);
	if (!xa_is_node(entry)) {
		xas->xa_node = xas->xa_index ? XAS_BOUNDS : NULL;
		return xas->xa_index ? NULL : entry;
	}
	node = xa_to_node(entry);
	if (!covers(node, xas->xa_index)) {
		xas->xa_node = XAS_BOUNDS;
		return NULL;
	}
	for (;;) {
		offset = slot_of(xas->xa_index, node);
		entry = READ_ONCE(node->slots[offset]);
		if (!xa_is_node(entry))
			break;
		node = xa_to_node(entry);
	}
	xas->xa_node = node;
	xas->xa_offset = offset;
	return entry;
}

/* --- marks --- */

static inline bool node_mark(const struct xa_node *node, unsigned int offset, xa_mark_t mark)
{
	return (READ_ONCE(node->marks[mark]) >> offset) & 1;
}

bool xas_get_mark(const struct xa_state *xas, xa_mark_t mark)
{
	if (xas_invalid(xas))
		return false;
	return xas->xa_node ? node_mark(xas->xa_node, xas->xa_offset, mark) :
			      xa_marked(xas->xa, mark);
}

/** xas_set_mark - mark the entry that the cursor stands on. Context: lock. */
void xas_set_mark(const struct xa_state *xas, xa_mark_t mark)
{
	struct xa_node *node = xas->xa_node;
	unsigned int offset = xas->xa_offset;

	if (xas_invalid(xas))
		return;
	for (; node; offset = node->offset, node = node->parent) {
		if (node_mark(node, offset, mark))
			return;
		WRITE_ONCE(node->marks[mark], node->marks[mark] | BIT(offset));
	}
	xas->xa->xa_flags |= XA_FLAGS_MARK(mark);
}

/** xas_clear_mark - the opposite. Context: lock. */
void xas_clear_mark(const struct xa_state *xas, xa_mark_t mark)
{
	struct xa_node *node = xas->xa_node;
	unsigned int offset = xas->xa_offset;

	if (xas_invalid(xas))
		return;
	for (; node; offset = node->offset, node = node->parent) {
		if (!node_mark(node, offset, mark))
			return;
		WRITE_ONCE(node->marks[mark], node->marks[mark] & ~BIT(offset));
		if (node->marks[mark])
			return;
	}
	xas->xa->xa_flags &= ~XA_FLAGS_MARK(mark);
}

/* what a slot looks like that holds nothing */
static void xas_init_marks(const struct xa_state *xas)
{
	xa_mark_t mark;

	for (mark = 0; mark < XA_MAX_MARKS; mark++) {
		if (track_free(xas->xa) && mark == XA_FREE_MARK)
			xas_set_mark(xas, mark);
		else if (xas_get_mark(xas, mark))
			xas_clear_mark(xas, mark);
	}
}

/* --- making room --- */

/* nodes that a store at the cursor's index has to add */
static unsigned int nodes_missing(const struct xa_state *xas)
{
	unsigned long index = xas->xa_index;
	void *head = xas->xa->xa_head;
	unsigned int want = levels(index);
	struct xa_node *node;
	unsigned int have;
	void *entry;

	if (!head)
		return index ? want : 0;
	if (!xa_is_node(head))
		return index ? want + want - 1 : 0;
	node = xa_to_node(head);
	have = node->shift / XA_CHUNK_SHIFT + 1;
	if (want > have)
		return want - have + want - 1;
	for (;;) {
		entry = node->slots[slot_of(index, node)];
		if (!node->shift)
			return 0;
		if (!entry)
			return node->shift / XA_CHUNK_SHIFT;
		node = xa_to_node(entry);
	}
}

/* Return: whether the cursor has @needed spare nodes now */
static bool get_spares(struct xa_state *xas, unsigned int needed, gfp_t gfp)
{
	struct xa_node *node;
	unsigned int have = 0;

	for (node = xas->xa_alloc; node; node = node->parent)
		have++;
	for (; have < needed; have++) {
		node = xa_node_alloc(gfp);
		if (!node)
			return false;
		node->parent = xas->xa_alloc;
		xas->xa_alloc = node;
	}
	return true;
}

static struct xa_node *take_spare(struct xa_state *xas, struct xa_node *parent,
				  unsigned int offset, unsigned int shift)
{
	struct xa_node *node = xas->xa_alloc;

	xas->xa_alloc = node->parent;
	memset(node, 0, sizeof(*node));
	node->shift = shift;
	node->offset = offset;
	node->parent = parent;
	node->array = xas->xa;
	if (track_free(xas->xa))
		node->marks[XA_FREE_MARK] = ~0UL;
	return node;
}

/* put one more level above the head, which is an entry or a node */
static void grow(struct xa_state *xas)
{
	struct xarray *xa = xas->xa;
	void *head = xa->xa_head;
	unsigned int shift = xa_is_node(head) ? xa_to_node(head)->shift + XA_CHUNK_SHIFT : 0;
	struct xa_node *node = take_spare(xas, NULL, 0, shift);
	xa_mark_t mark;

	node->count = 1;
	node->nr_values = !shift && xa_is_value(head);
	node->slots[0] = head;
	for (mark = 0; mark < XA_MAX_MARKS; mark++) {
		if (!track_free(xa) || mark != XA_FREE_MARK) {
			node->marks[mark] = xa_marked(xa, mark);
		} else if (!xa_marked(xa, mark)) {
			node->marks[mark] &= ~1UL;	/* all but what was there is free */
			xa->xa_flags |= XA_FLAGS_MARK(mark);
		}
	}
	if (xa_is_node(head)) {
		xa_to_node(head)->offset = 0;
		WRITE_ONCE(xa_to_node(head)->parent, node);
	}
	smp_store_release(&xa->xa_head, xa_mk_node(node));
}

/*
 * Make the nodes that lead to the cursor's index and stand on its slot.
 * Return: its entry; the cursor has an error if there was no memory.
 */
static noinline void *xas_create(struct xa_state *xas)
{
	struct xarray *xa = xas->xa;
	struct xa_node *node, *new;
	unsigned int missing, offset;
	void *entry;

	if (xas_error(xas))
		return NULL;
	missing = nodes_missing(xas);
	if (missing && !get_spares(xas, missing, 0)) {
		xas->xa_needed = missing;
		xas_set_err(xas, -ENOMEM);
		return NULL;
	}
	if (missing && !xa->xa_head) {
		new = take_spare(xas, NULL, 0, (missing - 1) * XA_CHUNK_SHIFT);
		smp_store_release(&xa->xa_head, xa_mk_node(new));
	}
	if (!xas->xa_index && !xa_is_node(xa->xa_head)) {
		xas->xa_node = NULL;
		return xa->xa_head;
	}
	while (!xa_is_node(xa->xa_head) || !covers(xa_to_node(xa->xa_head), xas->xa_index))
		grow(xas);

	node = xa_to_node(xa->xa_head);
	for (;;) {
		offset = slot_of(xas->xa_index, node);
		entry = node->slots[offset];
		if (!node->shift)
			break;
		if (!entry) {
			new = take_spare(xas, node, offset, node->shift - XA_CHUNK_SHIFT);
			entry = xa_mk_node(new);
			node->count++;
			smp_store_release(&node->slots[offset], entry);
		}
		node = xa_to_node(entry);
	}
	xas->xa_node = node;
	xas->xa_offset = offset;
	return entry;
}

/* --- taking away --- */

/* drop top nodes that hold nothing but slot 0 */
static void shrink(struct xarray *xa)
{
	while (xa_is_node(xa->xa_head)) {
		struct xa_node *node = xa_to_node(xa->xa_head);
		void *entry = node->slots[0];

		if (node->count != 1 || !entry)
			break;
		if (track_free(xa) && !node_mark(node, 0, XA_FREE_MARK))
			xa->xa_flags &= ~XA_FLAGS_MARK(XA_FREE_MARK);
		smp_store_release(&xa->xa_head, entry);
		if (xa_is_node(entry))
			WRITE_ONCE(xa_to_node(entry)->parent, NULL);
		else
			smp_store_release(&node->slots[0], XA_RETRY_ENTRY);
		xa_node_free(node);
	}
}

/* may @node, which has lost an entry, go, or nodes above it? */
static inline bool node_is_needless(const struct xa_node *node)
{
	return !node->count || (!node->parent && node->count == 1 && node->slots[0]);
}

/* free @xas's node if it is empty, and needless top nodes */
static noinline void xas_delete_node(struct xa_state *xas)
{
	struct xarray *xa = xas->xa;
	struct xa_node *node = xas->xa_node, *parent;

	xas_reset(xas);
	while (!node->count) {
		parent = node->parent;
		if (!parent) {
			WRITE_ONCE(xa->xa_head, NULL);
			xa_node_free(node);
			return;
		}
		WRITE_ONCE(parent->slots[node->offset], NULL);
		parent->count--;
		xa_node_free(node);
		node = parent;
	}
	shrink(xa);
}

/**
 * xas_store - replace the entry at the cursor; NULL erases it, with its marks.
 * Context: the owner's lock. Return: the old entry; xas_error() may be -ENOMEM.
 */
void *xas_store(struct xa_state *xas, void *entry)
{
	struct xa_node *node;
	void *old, **slot;

	if (xas_valid(xas) && (!xas->xa_node || !xas->xa_node->shift))
		old = xas_reload(xas);
	else
		old = entry ? xas_create(xas) : xas_load(xas);
	if (xas_invalid(xas) || old == entry)
		return old;
	node = xas->xa_node;
	if (!entry)
		xas_init_marks(xas);
	else if (!old && track_free(xas->xa))
		xas_clear_mark(xas, XA_FREE_MARK);
	slot = node ? &node->slots[xas->xa_offset] : &xas->xa->xa_head;
	smp_store_release(slot, entry);
	if (!node)
		return old;
	node->count += !!entry - !!old;
	node->nr_values += xa_is_value(entry) - xa_is_value(old);
	if (!entry && unlikely(node_is_needless(node)))
		xas_delete_node(xas);
	return old;
}

/**
 * xas_nomem - after a store that lacked memory, allocate what it needed.
 * Context: as @gfp says; normally without the lock. Return: whether to try again.
 */
bool xas_nomem(struct xa_state *xas, gfp_t gfp)
{
	struct xa_node *node;

	if (xas_error(xas) == -ENOMEM && get_spares(xas, xas->xa_needed, gfp)) {
		xas_reset(xas);
		return true;
	}
	while ((node = xas->xa_alloc)) {
		xas->xa_alloc = node->parent;
		xa_node_free(node);
	}
	return false;
}

static void destroy_below(struct xa_node *node)
{
	unsigned int i;

	for (i = 0; node->shift && i < XA_CHUNK_SIZE; i++)
		if (node->slots[i])
			destroy_below(xa_to_node(node->slots[i]));
	xa_node_free(node);
}

/** xa_destroy - Context: nobody else uses @xa; recursion is at most 11 deep. */
void xa_destroy(struct xarray *xa)
{
	void *head = xa->xa_head;

	WRITE_ONCE(xa->xa_head, NULL);
	xa_init_flags(xa, xa->xa_flags & XA_FLAGS_TRACK_FREE);
	if (xa_is_node(head))
		destroy_below(xa_to_node(head));
}
