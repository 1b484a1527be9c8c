// SPDX-License-Identifier: GPL-2.0-only
/*
 * write(2) into the page cache.
 *
 * The filesystem prepares a locked folio (->write_begin), the bytes are copied
 * with page faults disabled, since the source may be a mapping of this very
 * folio, and ->write_end makes them part of the file. Only if the copy stops
 * short, because the source is not in memory, is the source faulted in and the
 * folio prepared again; so the usual write does not touch its source twice.
 *
 * A filesystem must not call a folio uptodate that was filled only in part:
 * its ->write_end accepts 0 bytes then, and the loop tries again.
 *
 * Locks: i_rwsem of the inode, held by generic_file_write_iter().
 */
#include <kernel/sched.h>
#include <mm/mm.h>
#include <fs/fs.h>
#include <fs/uio.h>
#include "internal_cache.h"

/*
 * Write at most the rest of one page at @pos.
 * Return: bytes (> 0), or -errno.
 */
static inline ssize_t write_page(struct file *file, struct address_space *m, loff_t pos,
			  struct iov_iter *from)
{
	const struct address_space_operations *ops = m->a_ops;
	size_t off = pos & (PAGE_SIZE - 1);
	size_t bytes = min_t(size_t, PAGE_SIZE - off, iov_iter_count(from));
	struct folio *f;
	size_t copied;
	int ret;

	for (;;) {
		ret = ops->write_begin(file, m, pos, bytes, &f);
		if (unlikely(ret < 0))
			return ret;
		copied = copy_folio_from_iter_atomic(f, off, bytes, from);
		ret = ops->write_end(file, m, pos, bytes, copied, f);
		if (likely(ret == (int)copied && copied))
			return ret;
		if (ret != (int)copied)
			iov_iter_revert(from, copied - max(ret, 0));
		if (ret)
			return ret;
		if (fatal_signal_pending(current))
			return -EINTR;
		bytes -= fault_in_iov_iter_readable(from, bytes);
		if (!bytes)
			return -EFAULT;
	}
}

/**
 * generic_perform_write - copy @from into the cache at iocb->ki_pos, which moves on.
 * Context: i_rwsem held; sleeps. Return: bytes written, or -errno if there are none.
 */
ssize_t generic_perform_write(struct kiocb *iocb, struct iov_iter *from)
{
	struct file *file = iocb->ki_filp;
	struct address_space *m = file->f_mapping;
	ssize_t written = 0, ret = 0;
	loff_t pos = iocb->ki_pos;

	while (iov_iter_count(from)) {
		ret = write_page(file, m, pos, from);
		if (unlikely(ret < 0))
			break;
		pos += ret;
		written += ret;
		balance_dirty_pages_ratelimited(m);
		if (unlikely(need_resched()))
			cond_resched();
		if (unlikely(signal_pending(current)) && fatal_signal_pending(current)) {
			ret = -EINTR;
			break;
		}
	}
	iocb->ki_pos = pos;
	return written ? written : ret;
}

/* Return: bytes written directly (the rest is for the cache), or -errno. */
static ssize_t generic_file_direct_write(struct kiocb *iocb, struct iov_iter *from)
{
	struct address_space *m = iocb->ki_filp->f_mapping;
	struct inode *inode = m->host;
	loff_t pos = iocb->ki_pos, end = pos + (loff_t)iov_iter_count(from) - 1;
	ssize_t ret;

	ret = filemap_write_and_wait_range(m, pos, end);
	if (ret)
		return ret;
	if (invalidate_inode_pages2_range(m, pos >> PAGE_SHIFT, end >> PAGE_SHIFT))
		return 0;
	ret = m->a_ops->direct_IO(iocb, from);
	/* a fault on the source may have brought parts of the range back */
	invalidate_inode_pages2_range(m, pos >> PAGE_SHIFT, end >> PAGE_SHIFT);
	if (ret > 0) {
		pos += ret;
		if (pos > i_size_read(inode) && !S_ISBLK(inode->i_mode)) {
			i_size_write(inode, pos);
			mark_inode_dirty(inode);
		}
		iocb->ki_pos = pos;
	}
	return ret;
}

/* O_DIRECT: what cannot go directly goes through the cache, and to the disk at once. */
static ssize_t write_direct(struct kiocb *iocb, struct iov_iter *from)
{
	struct address_space *m = iocb->ki_filp->f_mapping;
	ssize_t direct, buffered;
	loff_t pos;
	int err;

	direct = generic_file_direct_write(iocb, from);
	if (direct < 0 || !iov_iter_count(from))
		return direct;
	pos = iocb->ki_pos;
	buffered = generic_perform_write(iocb, from);
	if (buffered < 0)
		return direct ? direct : buffered;
	err = filemap_write_and_wait_range(m, pos, pos + buffered - 1);
	if (err)
		return direct ? direct : err;
	invalidate_mapping_pages(m, pos >> PAGE_SHIFT, (pos + buffered - 1) >> PAGE_SHIFT);
	return direct + buffered;
}

static inline ssize_t write_checked(struct kiocb *iocb, struct iov_iter *from)
{
	struct file *file = iocb->ki_filp;
	int err;

	err = file_remove_privs(file);
	if (likely(!err))
		err = file_update_time(file);
	if (unlikely(err))
		return err;
	if (unlikely(iocb->ki_flags & IOCB_DIRECT) && file->f_mapping->a_ops->direct_IO)
		return write_direct(iocb, from);
	return generic_perform_write(iocb, from);
}

/**
 * __generic_file_write_iter - write to the cache, or with IOCB_DIRECT around it. The
 * limits were checked; the caller syncs if that is asked for.
 * Context: i_rwsem held; sleeps. Return: bytes written, or -errno if there are none.
 */
ssize_t __generic_file_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	return write_checked(iocb, from);
}

/**
 * generic_file_write_iter - ->write_iter of files in the page cache.
 * Context: may sleep. Return: bytes written, or -errno if there are none.
 */
ssize_t generic_file_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	struct inode *inode = iocb->ki_filp->f_mapping->host;
	ssize_t ret;

	inode_lock(inode);
	ret = generic_write_checks(iocb, from);
	if (likely(ret > 0))
		ret = write_checked(iocb, from);
	inode_unlock(inode);
	if (likely(ret > 0) && unlikely(iocb->ki_flags & (IOCB_DSYNC | IOCB_SYNC)))
		ret = generic_write_sync(iocb, ret);
	return ret;
}
