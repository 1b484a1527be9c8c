// SPDX-License-Identifier: GPL-2.0-only
/*
 * Searching an xarray, and its interface without cursors. The tree itself and
 * its invariants are in xarray.c.
 */
#include <lib/xarray.h>
#include <lib/bitops.h>

static void *to_bounds(struct xa_state *xas)
{
	xas->xa_node = XAS_BOUNDS;
	return NULL;
}

/* first slot from @offset on that is in use, or marked; 64: none */
static unsigned int next_slot(const struct xa_node *node, unsigned int offset, xa_mark_t filter)
{
	u64 marks;

	if (offset >= XA_CHUNK_SIZE)
		return XA_CHUNK_SIZE;
	if (filter == XA_PRESENT) {
		while (offset < XA_CHUNK_SIZE && !READ_ONCE(node->slots[offset]))
			offset++;
		return offset;
	}
	marks = READ_ONCE(node->marks[filter]) >> offset;
	return marks ? offset + __ffs(marks) : XA_CHUNK_SIZE;
}

/*
 * Go on from slot @offset of @node to the next entry that passes @filter, down
 * and up the tree. Without the lock a mark may be found set whose entry is gone:
 * then the search goes on.
 */
static void *scan(struct xa_state *xas, struct xa_node *node, unsigned int offset,
		  unsigned long max, xa_mark_t filter)
{
	unsigned long index;
	void *entry;

	for (;;) {
		offset = next_slot(node, offset, filter);
		if (offset == XA_CHUNK_SIZE) {
			offset = node->offset + 1;
			node = READ_ONCE(node->parent);
			if (!node)
				return to_bounds(xas);
			continue;
		}
		index = (((xas->xa_index >> node->shift) & ~XA_CHUNK_MASK) | offset) << node->shift;
		if (index > max)
			return to_bounds(xas);
		if (index > xas->xa_index)
			xas->xa_index = index;
		entry = READ_ONCE(node->slots[offset]);
		if (xa_is_node(entry)) {
			node = xa_to_node(entry);
			offset = (xas->xa_index >> node->shift) & XA_CHUNK_MASK;
			continue;
		}
		if (entry) {
			xas->xa_node = node;
			xas->xa_offset = offset;
			return entry;
		}
		offset++;
	}
}

static void *find(struct xa_state *xas, unsigned long max, xa_mark_t filter)
{
	struct xa_node *node = xas->xa_node;
	unsigned int offset;
	void *entry;

	if (xas_error(xas) || node == XAS_BOUNDS)
		return NULL;
	if (node == XAS_RESTART) {
		if (xas->xa_index > max)
			return to_bounds(xas);
		entry = READ_ONCE(xas->xa->xa_head);
		if (!xa_is_node(entry)) {
			if (xas->xa_index || !entry ||
			    (filter != XA_PRESENT && !xa_marked(xas->xa, filter)))
				return to_bounds(xas);
			xas->xa_node = NULL;
			return entry;
		}
		node = xa_to_node(entry);
		if ((xas->xa_index >> node->shift) >= XA_CHUNK_SIZE)
			return to_bounds(xas);
		offset = xas->xa_index >> node->shift;
	} else {
		if (!node || xas->xa_index >= max)
			return to_bounds(xas);
		offset = xas->xa_offset + 1;
	}
	return scan(xas, node, offset, max, filter);
}

void *xas_find(struct xa_state *xas, unsigned long max)
{
	return find(xas, max, XA_PRESENT);
}

void *xas_find_marked(struct xa_state *xas, unsigned long max, xa_mark_t mark)
{
	return find(xas, max, mark);
}

void xas_pause(struct xa_state *xas)
{
	if (xas_error(xas) || xas->xa_node == XAS_BOUNDS)
		return;
	if (xas->xa_node != XAS_RESTART && ++xas->xa_index == 0)
		xas->xa_node = XAS_BOUNDS;
	else
		xas->xa_node = XAS_RESTART;
}

void *__xas_next(struct xa_state *xas)
{
	if (xas_error(xas))
		return NULL;
	if (xas->xa_node != XAS_RESTART && ++xas->xa_index == 0)
		return to_bounds(xas);
	xas_reset(xas);
	return xas_load(xas);
}

void *__xas_prev(struct xa_state *xas)
{
	if (xas_error(xas))
		return NULL;
	if (xas->xa_node != XAS_RESTART && xas->xa_index-- == 0)
		return to_bounds(xas);
	xas_reset(xas);
	return xas_load(xas);
}

/* --- without cursors --- */

static void *hide_zero(void *entry)
{
	return xa_is_zero(entry) ? NULL : entry;
}

void *xa_store(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp)
{
	XA_STATE(xas, xa, index);
	void *old;

	do {
		old = xas_store(&xas, entry);
	} while (xas_nomem(&xas, gfp));
	return xas_error(&xas) ? (void *)xas.xa_node : hide_zero(old);
}

void *xa_erase(struct xarray *xa, unsigned long index)
{
	XA_STATE(xas, xa, index);

	return hide_zero(xas_store(&xas, NULL));
}

static int insert(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp)
{
	XA_STATE(xas, xa, index);

	do {
		if (xas_load(&xas)) {
			xas_set_err(&xas, -EBUSY);
			continue;
		}
		if (xas_invalid(&xas))
			xas_reset(&xas);
		xas_store(&xas, entry);
	} while (xas_nomem(&xas, gfp));
	return xas_error(&xas);
}

int xa_insert(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp)
{
	return insert(xa, index, entry ? entry : XA_ZERO_ENTRY, gfp);
}

int xa_reserve(struct xarray *xa, unsigned long index, gfp_t gfp)
{
	int err = insert(xa, index, XA_ZERO_ENTRY, gfp);

	return err == -EBUSY ? 0 : err;
}

void xa_release(struct xarray *xa, unsigned long index)
{
	XA_STATE(xas, xa, index);

	if (xas_load(&xas) == XA_ZERO_ENTRY)
		xas_store(&xas, NULL);
}

/* lowest free index >= @index, or ULONG_MAX */
static unsigned long find_free(struct xarray *xa, unsigned long index)
{
	struct xa_node *node;
	unsigned int offset;

	if (!xa_is_node(xa->xa_head))
		return index || !xa->xa_head ? index : 1;
	node = xa_to_node(xa->xa_head);
	if ((index >> node->shift) >= XA_CHUNK_SIZE)
		return index;
	offset = index >> node->shift;
	for (;;) {
		unsigned int next = next_slot(node, offset, XA_FREE_MARK);

		if (next == XA_CHUNK_SIZE) {
			/* full from here on: behind this node */
			if (!node->parent)
				return XA_CHUNK_SIZE << node->shift;
			offset = node->offset + 1;
			node = node->parent;
			continue;
		}
		if (next != ((index >> node->shift) & XA_CHUNK_MASK))
			index = (((index >> node->shift) & ~XA_CHUNK_MASK) | next) << node->shift;
		if (!node->shift || !node->slots[next])
			return index;
		node = xa_to_node(node->slots[next]);
		offset = (index >> node->shift) & XA_CHUNK_MASK;
	}
}

int xa_alloc(struct xarray *xa, u32 *id, void *entry, u32 min, u32 max, gfp_t gfp)
{
	XA_STATE(xas, xa, 0);
	unsigned long index;

	do {
		index = find_free(xa, min);
		if (index > max) {
			xas_set_err(&xas, -EBUSY);
			continue;
		}
		xas_set(&xas, index);
		xas_store(&xas, entry ? entry : XA_ZERO_ENTRY);
		*id = index;
	} while (xas_nomem(&xas, gfp));
	return xas_error(&xas);
}

bool xa_get_mark(struct xarray *xa, unsigned long index, xa_mark_t mark)
{
	XA_STATE(xas, xa, index);

	return xas_load(&xas) && xas_get_mark(&xas, mark);
}

void xa_set_mark(struct xarray *xa, unsigned long index, xa_mark_t mark)
{
	XA_STATE(xas, xa, index);

	if (xas_load(&xas))
		xas_set_mark(&xas, mark);
}

void xa_clear_mark(struct xarray *xa, unsigned long index, xa_mark_t mark)
{
	XA_STATE(xas, xa, index);

	if (xas_load(&xas))
		xas_clear_mark(&xas, mark);
}

static void *find_plain(struct xa_state *xas, unsigned long max, xa_mark_t filter)
{
	void *entry;

	do {
		entry = find(xas, max, filter);
		if (xa_is_retry(entry))
			xas_reset(xas);
	} while (xa_is_internal(entry));
	return entry;
}

void *xa_find(struct xarray *xa, unsigned long *index, unsigned long max, xa_mark_t filter)
{
	XA_STATE(xas, xa, *index);
	void *entry = find_plain(&xas, max, filter);

	if (entry)
		*index = xas.xa_index;
	return entry;
}

void *xa_find_after(struct xarray *xa, unsigned long *index, unsigned long max, xa_mark_t filter)
{
	XA_STATE(xas, xa, *index + 1);
	void *entry;

	if (xas.xa_index == 0)
		return NULL;
	entry = find_plain(&xas, max, filter);
	if (entry)
		*index = xas.xa_index;
	return entry;
}

unsigned int xa_extract(struct xarray *xa, void **dst, unsigned long start, unsigned long max,
			unsigned int n, xa_mark_t filter)
{
	XA_STATE(xas, xa, start);
	unsigned int i = 0;

	while (i < n && (dst[i] = find_plain(&xas, max, filter)))
		i++;
	return i;
}
