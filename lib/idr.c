// SPDX-License-Identifier: GPL-2.0-only
/*
 * Id allocation on an xarray that tracks its free slots: the lowest free id is
 * found in as many steps as the tree is deep.
 */
#include <lib/idr.h>

void idr_init(struct idr *idr)
{
	xa_init_flags(&idr->idr_rt, XA_FLAGS_TRACK_FREE);
	idr->idr_next = 0;
}

void idr_destroy(struct idr *idr)
{
	xa_destroy(&idr->idr_rt);
}

int idr_alloc(struct idr *idr, void *ptr, int start, int end, gfp_t gfp)
{
	u32 id, max = end > 0 ? end - 1 : INT_MAX;
	int err;

	if (start < 0 || (u32)start > max)
		return start < 0 ? -EINVAL : -ENOSPC;
	err = xa_alloc(&idr->idr_rt, &id, ptr, start, max, gfp);
	if (err)
		return err == -EBUSY ? -ENOSPC : err;
	return id;
}

int idr_alloc_cyclic(struct idr *idr, void *ptr, int start, int end, gfp_t gfp)
{
	int id = -ENOSPC, next = idr->idr_next;

	if (next > start && (end <= 0 || next < end))
		id = idr_alloc(idr, ptr, next, end, gfp);
	if (id == -ENOSPC)
		id = idr_alloc(idr, ptr, start, end, gfp);
	if (id >= 0)
		idr->idr_next = (unsigned int)id + 1 > INT_MAX ? 0 : id + 1;
	return id;
}

void *idr_find(const struct idr *idr, unsigned long id)
{
	return xa_load((struct xarray *)&idr->idr_rt, id);
}

void *idr_remove(struct idr *idr, unsigned long id)
{
	return xa_erase(&idr->idr_rt, id);
}

void *idr_replace(struct idr *idr, void *ptr, unsigned long id)
{
	XA_STATE(xas, &idr->idr_rt, id);
	void *old = xas_load(&xas);

	if (!old)
		return ERR_PTR(-ENOENT);
	xas_store(&xas, ptr ? ptr : XA_ZERO_ENTRY);	/* the slot exists: needs no memory */
	return xa_is_zero(old) ? NULL : old;
}

void *idr_get_next(struct idr *idr, int *id)
{
	unsigned long index = *id;
	void *entry;

	if (*id < 0)
		return NULL;
	entry = xa_find(&idr->idr_rt, &index, INT_MAX, XA_PRESENT);
	if (entry)
		*id = index;
	return entry;
}

/* --- ida: the entries are placeholders --- */

int ida_alloc_range(struct ida *ida, unsigned int min, unsigned int max, gfp_t gfp)
{
	u32 id;
	int err;

	if ((int)min < 0)
		return -ENOSPC;
	err = xa_alloc(&ida->xa, &id, xa_mk_value(0), min, min_t(u32, max, INT_MAX), gfp);
	if (err)
		return err == -EBUSY ? -ENOSPC : err;
	return id;
}

void ida_free(struct ida *ida, unsigned int id)
{
	xa_erase(&ida->xa, id);
}

void ida_destroy(struct ida *ida)
{
	xa_destroy(&ida->xa);
}
