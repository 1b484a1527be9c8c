/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Small integer ids: idr maps them to pointers, ida only hands them out. Both
 * are an xarray that tracks its free slots. The caller locks; idr_find() also
 * works under RCU.
 */
#ifndef LIB_IDR_H
#define LIB_IDR_H
#include <lib/xarray.h>

struct idr {
	struct xarray idr_rt;
	unsigned int idr_next;	/* where idr_alloc_cyclic() goes on */
};

struct ida {
	struct xarray xa;
};

#define IDR_INIT(name)	{ .idr_rt = { .xa_head = NULL,			\
	.xa_flags = XA_FLAGS_TRACK_FREE | XA_FLAGS_MARK(XA_FREE_MARK) } }
#define DEFINE_IDR(name) struct idr name = IDR_INIT(name)
#define IDA_INIT(name)	{ .xa = { .xa_head = NULL,			\
	.xa_flags = XA_FLAGS_TRACK_FREE | XA_FLAGS_MARK(XA_FREE_MARK) } }
#define DEFINE_IDA(name) struct ida name = IDA_INIT(name)

void idr_init(struct idr *idr);
void idr_destroy(struct idr *idr);
/** idr_alloc - lowest free id in [@start, @end), @end <= 0 meaning no limit. @ptr may be
 *  NULL: the id is taken and idr_replace() gives it its pointer.
 *  Return: the id, -ENOSPC, -ENOMEM. */
int __must_check idr_alloc(struct idr *idr, void *ptr, int start, int end, gfp_t gfp);
/** idr_alloc_cyclic - the same, beginning behind the id given out last. */
int __must_check idr_alloc_cyclic(struct idr *idr, void *ptr, int start, int end, gfp_t gfp);
void *idr_find(const struct idr *idr, unsigned long id);
void *idr_remove(struct idr *idr, unsigned long id);
/** idr_replace - Return: the old pointer, or ERR_PTR(-ENOENT). */
void *idr_replace(struct idr *idr, void *ptr, unsigned long id);
/** idr_get_next - entry with the smallest id >= *@id; sets *@id. Return: NULL at the end. */
void *idr_get_next(struct idr *idr, int *id);

#define idr_for_each_entry(idr, entry, id)				\
	for (id = 0; ((entry) = idr_get_next(idr, &(id))) != NULL; id++)

static inline bool idr_is_empty(const struct idr *idr)
{
	return xa_empty(&idr->idr_rt);
}

int __must_check ida_alloc_range(struct ida *ida, unsigned int min, unsigned int max, gfp_t gfp);
#define ida_alloc(ida, gfp)		ida_alloc_range(ida, 0, INT_MAX, gfp)
#define ida_alloc_min(ida, min, gfp)	ida_alloc_range(ida, min, INT_MAX, gfp)
#define ida_alloc_max(ida, max, gfp)	ida_alloc_range(ida, 0, max, gfp)
void ida_free(struct ida *ida, unsigned int id);
void ida_destroy(struct ida *ida);

#endif
