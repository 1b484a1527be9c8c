/* SPDX-License-Identifier: GPL-2.0-only */
/* iov_iter: where the bytes of a read or write come from or go to. */
#ifndef FS_UIO_H
#define FS_UIO_H
#include <lib/types.h>
#include <linux/uio.h>

struct kvec { void *iov_base; size_t iov_len; };
struct bio_vec;
struct folio;
enum iter_type { ITER_UBUF, ITER_IOVEC, ITER_KVEC };
struct iov_iter {
	u8 iter_type;
	bool data_source;		/* write(2): bytes come from here */
	size_t iov_offset;
	size_t count;			/* bytes left */
	union {
		void __user *ubuf;
		const struct iovec *iov;
		const struct kvec *kvec;
	};
	unsigned long nr_segs;
};
#define READ_ITER  0	/* iov_iter is the destination */
#define WRITE_ITER 1
static inline size_t iov_iter_count(const struct iov_iter *i) { return i->count; }
static inline void iov_iter_truncate(struct iov_iter *i, size_t n) { if (i->count > n) i->count = n; }
static inline void iov_iter_reexpand(struct iov_iter *i, size_t n) { i->count = n; }
static inline void iov_iter_ubuf(struct iov_iter *i, int dir, void __user *buf, size_t n)
{
	*i = (struct iov_iter){ .iter_type = ITER_UBUF, .data_source = dir, .ubuf = buf, .count = n, .nr_segs = 1 };
}
void iov_iter_kvec(struct iov_iter *i, int dir, const struct kvec *v, unsigned long segs, size_t count);
void iov_iter_init(struct iov_iter *i, int dir, const struct iovec *v, unsigned long segs, size_t count);
void iov_iter_advance(struct iov_iter *i, size_t n);
void iov_iter_revert(struct iov_iter *i, size_t n);
/* Return: bytes copied; short on a fault. May sleep (faults) unless pagefault_disabled. */
size_t copy_to_iter(const void *from, size_t n, struct iov_iter *i);
size_t copy_from_iter(void *to, size_t n, struct iov_iter *i);
size_t iov_iter_zero(size_t n, struct iov_iter *i);
/** copy_folio_to_iter / copy_folio_from_iter_atomic - @off within the folio. _atomic:
 *  page faults disabled (the folio is locked); the caller faults in and retries. */
size_t copy_folio_to_iter(struct folio *f, size_t off, size_t n, struct iov_iter *i);
size_t copy_folio_from_iter_atomic(struct folio *f, size_t off, size_t n, struct iov_iter *i);
/** fault_in_iov_iter_readable - touch the source pages. Return: bytes NOT faulted in. */
size_t fault_in_iov_iter_readable(const struct iov_iter *i, size_t n);
size_t iov_iter_single_seg_count(const struct iov_iter *i);
unsigned long iov_iter_alignment(const struct iov_iter *i);
/** iovec_from_user - copy a user vector as it stands. @fast, a kmalloc'ed array, or ERR_PTR:
 *  -EINVAL too long, -ENOMEM, -EFAULT. */
struct iovec *iovec_from_user(const struct iovec __user *u, unsigned long nr, unsigned long fast_nr,
			      struct iovec *fast);
/** import_iovec - copy a user vector; *@iovp is a kmalloc'ed array or @fast. Bytes or -errno. */
ssize_t import_iovec(int dir, const struct iovec __user *u, unsigned int nr, unsigned int fast_nr, struct iovec **iovp, struct iov_iter *i);

#endif
