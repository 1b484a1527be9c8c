// SPDX-License-Identifier: GPL-2.0-only
/*
 * iov_iter: copying to and from what a read or write was given, and moving along in it.
 *
 * Three kinds: one user buffer (read and write: the usual case, without a loop), a user
 * vector, a kernel vector. Copies stop early at a bad address and say how far they came.
 * Addresses were checked against the user half when the iterator was made.
 */
#include <fs/uio.h>
#include <lib/string.h>
#include <lib/err.h>
#include <mm/page.h>
#include <mm/slab.h>
#include <kernel/sched.h>
#include <kernel/printk.h>
#include <arch/uaccess.h>
#include <linux/futex.h>

void iov_iter_kvec(struct iov_iter *i, int dir, const struct kvec *v, unsigned long segs, size_t count)
{
	*i = (struct iov_iter){ .iter_type = ITER_KVEC, .data_source = dir, .kvec = v,
				.nr_segs = segs, .count = count };
}

void iov_iter_init(struct iov_iter *i, int dir, const struct iovec *v, unsigned long segs, size_t count)
{
	*i = (struct iov_iter){ .iter_type = ITER_IOVEC, .data_source = dir, .iov = v,
				.nr_segs = segs, .count = count };
}

/* struct iovec and struct kvec have the same shape; the current piece */
static inline size_t seg_len(const struct iov_iter *i)
{
	return i->iov->iov_len - i->iov_offset;
}

static inline char *seg_base(const struct iov_iter *i)
{
	return (char *)i->iov->iov_base + i->iov_offset;
}

static void advance_vec(struct iov_iter *i, size_t n)
{
	i->count -= n;
	n += i->iov_offset;
	while (i->nr_segs && n >= i->iov->iov_len) {
		n -= i->iov->iov_len;
		i->iov++;
		i->nr_segs--;
	}
	i->iov_offset = n;
}

/** iov_iter_advance - @n bytes are done; at most what is left. */
void iov_iter_advance(struct iov_iter *i, size_t n)
{
	if (n > i->count)
		n = i->count;
	if (i->iter_type == ITER_UBUF) {
		i->iov_offset += n;
		i->count -= n;
	} else {
		advance_vec(i, n);
	}
}

/** iov_iter_revert - go back by @n bytes that were advanced over. */
void iov_iter_revert(struct iov_iter *i, size_t n)
{
	i->count += n;
	if (i->iter_type == ITER_UBUF || n <= i->iov_offset) {
		i->iov_offset -= n;
		return;
	}
	n -= i->iov_offset;
	for (;;) {
		i->iov--;
		i->nr_segs++;
		if (n <= i->iov->iov_len) {
			i->iov_offset = i->iov->iov_len - n;
			return;
		}
		n -= i->iov->iov_len;
	}
}

/* One piece. Return: bytes NOT copied. */
static inline size_t piece_to(const struct iov_iter *i, char *to, const void *from, size_t n)
{
	if (i->iter_type == ITER_KVEC) {
		memcpy(to, from, n);
		return 0;
	}
	return __copy_to_user(to, from, n);
}

static inline size_t piece_from(const struct iov_iter *i, void *to, const char *from, size_t n)
{
	if (i->iter_type == ITER_KVEC) {
		memcpy(to, from, n);
		return 0;
	}
	return __copy_from_user(to, from, n);
}

enum copy_op { COPY_TO, COPY_FROM, COPY_ZERO };

static size_t copy_vec(struct iov_iter *i, void *kaddr, size_t n, enum copy_op op)
{
	size_t done = 0;

	while (done < n) {
		size_t len, left;

		while (i->nr_segs && !seg_len(i))
			advance_vec(i, 0);
		len = min(n - done, seg_len(i));
		if (op == COPY_TO)
			left = piece_to(i, seg_base(i), kaddr + done, len);
		else if (op == COPY_FROM)
			left = piece_from(i, kaddr + done, seg_base(i), len);
		else if (i->iter_type == ITER_KVEC)
			left = (memset(seg_base(i), 0, len), 0);
		else
			left = __clear_user(seg_base(i), len);
		advance_vec(i, len - left);
		done += len - left;
		if (left)
			break;
	}
	return done;
}

size_t copy_to_iter(const void *from, size_t n, struct iov_iter *i)
{
	if (n > i->count)
		n = i->count;
	if (likely(i->iter_type == ITER_UBUF)) {
		n -= __copy_to_user(i->ubuf + i->iov_offset, from, n);
		i->iov_offset += n;
		i->count -= n;
		return n;
	}
	return copy_vec(i, (void *)from, n, COPY_TO);
}

size_t copy_from_iter(void *to, size_t n, struct iov_iter *i)
{
	if (n > i->count)
		n = i->count;
	if (likely(i->iter_type == ITER_UBUF)) {
		n -= __copy_from_user(to, i->ubuf + i->iov_offset, n);
		i->iov_offset += n;
		i->count -= n;
		return n;
	}
	return copy_vec(i, to, n, COPY_FROM);
}

size_t iov_iter_zero(size_t n, struct iov_iter *i)
{
	if (n > i->count)
		n = i->count;
	if (likely(i->iter_type == ITER_UBUF)) {
		n -= __clear_user(i->ubuf + i->iov_offset, n);
		i->iov_offset += n;
		i->count -= n;
		return n;
	}
	return copy_vec(i, NULL, n, COPY_ZERO);
}

size_t copy_folio_to_iter(struct folio *f, size_t off, size_t n, struct iov_iter *i)
{
	return copy_to_iter(folio_address(f) + off, n, i);
}

size_t copy_folio_from_iter_atomic(struct folio *f, size_t off, size_t n, struct iov_iter *i)
{
	size_t done;

	pagefault_disable();
	done = copy_from_iter(folio_address(f) + off, n, i);
	pagefault_enable();
	return done;
}

/* ---- faulting in ---- */

/* Touch each page of [p, p+n). Return: bytes not reached. */
static size_t fault_in(char __user *p, size_t n, bool write)
{
	char __user *end = p + n, *at = p;
	u32 old;
	char c __maybe_unused;

	while (at < end) {
		if (get_user(c, at))
			return end - at;
		/* storing what is there would race with other threads' stores: or nothing to it */
		if (write && futex_atomic_op_user(FUTEX_OP_OR, 0, &old, (u32 __user *)((unsigned long)at & ~3ul)))
			return end - at;
		at = (char __user *)PAGE_ALIGN_DOWN(at) + PAGE_SIZE;
	}
	return 0;
}

static size_t fault_in_iter(const struct iov_iter *i, size_t n, bool write)
{
	const struct iovec *v = i->iov;
	size_t skip = i->iov_offset, left = min(n, i->count);

	if (i->iter_type == ITER_KVEC)
		return 0;
	if (i->iter_type == ITER_UBUF)
		return fault_in(i->ubuf + i->iov_offset, left, write);
	for (; left; v++, skip = 0) {
		size_t len = min(left, v->iov_len - skip);
		size_t bad = len ? fault_in((char __user *)v->iov_base + skip, len, write) : 0;

		left -= len - bad;
		if (bad)
			return left;
	}
	return 0;
}

size_t fault_in_iov_iter_readable(const struct iov_iter *i, size_t n)
{
	return fault_in_iter(i, n, false);
}

/* ---- questions ---- */

size_t iov_iter_single_seg_count(const struct iov_iter *i)
{
	if (i->iter_type == ITER_UBUF || !i->nr_segs)
		return i->count;
	return min(i->count, seg_len(i));
}

/** iov_iter_alignment - all addresses and lengths, or'ed together. */
unsigned long iov_iter_alignment(const struct iov_iter *i)
{
	const struct iovec *v = i->iov;
	size_t skip = i->iov_offset, left = i->count;
	unsigned long bits = 0;

	if (i->iter_type == ITER_UBUF)
		return left ? ((unsigned long)i->ubuf + skip) | left : 0;
	for (; left; v++, skip = 0) {
		size_t len = min(left, v->iov_len - skip);

		if (len)
			bits |= ((unsigned long)v->iov_base + skip) | len;
		left -= len;
	}
	return bits;
}

/* ---- vectors from user space ---- */

#define MAX_RW_COUNT	(INT_MAX & PAGE_MASK)

struct iovec *iovec_from_user(const struct iovec __user *u, unsigned long nr, unsigned long fast_nr,
			      struct iovec *fast)
{
	struct iovec *v = fast;

	if (nr > UIO_MAXIOV)
		return ERR_PTR(-EINVAL);
	if (nr > fast_nr) {
		v = kmalloc_array(nr, sizeof(*v), GFP_KERNEL);
		if (!v)
			return ERR_PTR(-ENOMEM);
	}
	if (!copy_from_user(v, u, nr * sizeof(*v)))
		return v;
	if (v != fast)
		kfree(v);
	return ERR_PTR(-EFAULT);
}

ssize_t import_iovec(int dir, const struct iovec __user *u, unsigned int nr, unsigned int fast_nr,
		     struct iovec **iovp, struct iov_iter *i)
{
	struct iovec *fast = *iovp, *v = iovec_from_user(u, nr, fast_nr, fast);
	size_t total = 0;
	int err = 0;

	*iovp = NULL;
	if (IS_ERR(v))
		return PTR_ERR(v);
	for (unsigned int s = 0; s < nr && !err; s++) {
		size_t len = v[s].iov_len;

		if ((ssize_t)len < 0) {
			err = -EINVAL;
		} else if (!access_ok(v[s].iov_base, len)) {
			err = -EFAULT;
		} else if (len > MAX_RW_COUNT - total) {
			len = MAX_RW_COUNT - total;
			v[s].iov_len = len;
		}
		total += len;
	}
	if (err) {
		if (v != fast)
			kfree(v);
		return err;
	}
	iov_iter_init(i, dir, v, nr, total);
	*iovp = v == fast ? NULL : v;
	return total;
}
