// SPDX-License-Identifier: GPL-2.0-only
/*
 * read(2) out of the page cache.
 *
 * Folios are looked up without locks, up to FOLIO_BATCH at a time, and copied
 * while only a reference is held. The file's size is read after a folio was
 * seen uptodate: what truncate has cut off by then is not returned.
 *
 * A folio that is missing is inserted under invalidate_lock (shared), so that
 * none appears behind a truncation. Waiting for the disk ends when the task is
 * killed.
 */
#include <kernel/sched.h>
#include <mm/mm.h>
#include <mm/reclaim.h>
#include <fs/fs.h>
#include <fs/uio.h>
#include "internal_cache.h"

/* internal: the folio was truncated meanwhile, look again */
#define LOOK_AGAIN 1

/*
 * Make the folio @f, which is not uptodate, so.
 * Return: 0; LOOK_AGAIN (reference dropped); -errno (reference kept).
 */
static int filemap_update_page(struct kiocb *iocb, struct address_space *m, struct folio *f)
{
	int err;

	if (iocb->ki_flags & IOCB_NOWAIT) {
		if (!down_read_trylock(&m->invalidate_lock))
			return -EAGAIN;
	} else {
		down_read(&m->invalidate_lock);
	}
	if (!folio_trylock(f)) {
		up_read(&m->invalidate_lock);
		if (iocb->ki_flags & IOCB_NOWAIT)
			return -EAGAIN;
		err = folio_wait_locked_killable(f);
		if (err)
			return err;
		if (folio_test_uptodate(f) && f->mapping == m)
			return 0;
		folio_put(f);
		return LOOK_AGAIN;
	}
	if (unlikely(f->mapping != m)) {
		folio_unlock(f);
		up_read(&m->invalidate_lock);
		folio_put(f);
		return LOOK_AGAIN;
	}
	if (folio_test_uptodate(f)) {
		folio_unlock(f);
		err = 0;
	} else if (iocb->ki_flags & IOCB_NOWAIT) {
		folio_unlock(f);
		err = -EAGAIN;
	} else {
		err = filemap_read_folio(iocb->ki_filp, m, f);
	}
	up_read(&m->invalidate_lock);
	return err;
}

/* Insert and read one folio, read-ahead having done nothing. Return: as above. */
static int filemap_create_folio(struct kiocb *iocb, struct address_space *m, pgoff_t index,
				struct folio **foliop)
{
	struct folio *f = filemap_alloc_folio(m->gfp_mask, 0);
	int err;

	if (!f)
		return -ENOMEM;
	down_read(&m->invalidate_lock);
	err = filemap_add_folio(m, f, index, m->gfp_mask);
	if (!err)
		err = filemap_read_folio(iocb->ki_filp, m, f);
	up_read(&m->invalidate_lock);
	if (!err) {
		*foliop = f;
		return 0;
	}
	folio_put(f);
	return err == -EEXIST ? LOOK_AGAIN : err;
}

static void filemap_readahead(struct kiocb *iocb, struct address_space *m, struct folio *f,
			      pgoff_t last)
{
	struct readahead_control rac = {
		.file = iocb->ki_filp, .mapping = m, .ra = &iocb->ki_filp->f_ra,
		._index = f->index,
	};

	page_cache_async_ra(&rac, f, last - f->index);
}

/*
 * The slow half of getting folios: something is absent, not uptodate, or marks
 * the place where the next read-ahead starts.
 * Return: number of folios in @batch, all uptodate; or -errno.
 */
static noinline int filemap_get_pages_slow(struct kiocb *iocb, struct address_space *m,
					   pgoff_t index, pgoff_t last, struct folio **batch,
					   unsigned int n)
{
	unsigned int want = min_t(unsigned long, last - index, FOLIO_BATCH);
	struct folio *f;
	int err;

	for (;;) {
		if (fatal_signal_pending(current))
			err = -EINTR;
		else if (!n && (iocb->ki_flags & IOCB_NOWAIT))
			err = -EAGAIN;
		else
			err = 0;
		if (err)
			break;
		if (!n) {
			struct readahead_control rac = {
				.file = iocb->ki_filp, .mapping = m, .ra = &iocb->ki_filp->f_ra,
				._index = index,
			};

			page_cache_sync_ra(&rac, last - index);
			n = filemap_get_read_batch(m, index, batch, want);
		}
		if (!n) {
			err = filemap_create_folio(iocb, m, index, batch);
			if (!err)
				return 1;
			if (err < 0)
				return err;
		} else {
			f = batch[n - 1];
			if (folio_test_readahead(f) && !(iocb->ki_flags & IOCB_NOWAIT))
				filemap_readahead(iocb, m, f, last);
			if (folio_test_uptodate(f))
				return n;
			/* give what is there before waiting for more */
			if (n > 1 && (iocb->ki_flags & IOCB_NOWAIT || folio_test_locked(f))) {
				folio_put(f);
				return n - 1;
			}
			err = filemap_update_page(iocb, m, f);
			if (!err)
				return n;
			if (err < 0)
				break;
			n--;
			if (n)
				return n;
		}
		n = filemap_get_read_batch(m, index, batch, want);
	}
	if (!n)
		return err;
	folio_put(batch[n - 1]);
	return n > 1 ? (int)n - 1 : err;
}

/* Uptodate folios from @pos on, at least one. Return: how many, or -errno. */
static inline int filemap_get_pages(struct kiocb *iocb, struct address_space *m, size_t count,
				    struct folio **batch)
{
	pgoff_t index = iocb->ki_pos >> PAGE_SHIFT;
	pgoff_t last = (iocb->ki_pos + count + PAGE_SIZE - 1) >> PAGE_SHIFT;
	unsigned int n;

	n = filemap_get_read_batch(m, index, batch, min_t(unsigned long, last - index, FOLIO_BATCH));
	if (likely(n && (READ_ONCE(batch[n - 1]->flags) & (1UL << PG_uptodate | 1UL << PG_readahead))
			== 1UL << PG_uptodate))
		return n;
	return filemap_get_pages_slow(iocb, m, index, last, batch, n);
}

/* Read through the cache. Return: bytes, @already counted; or -errno if there are none. */
static noinline ssize_t filemap_read(struct kiocb *iocb, struct iov_iter *iter, ssize_t already)
{
	struct file *file = iocb->ki_filp;
	struct address_space *m = file->f_mapping;
	struct inode *inode = m->host;
	struct folio *batch[FOLIO_BATCH] __uninit;
	pgoff_t last_index = file->f_ra.prev_pos >> PAGE_SHIFT;
	loff_t pos = iocb->ki_pos, end;
	ssize_t done = already;
	int n, err = 0;

	if (unlikely(pos >= inode->i_sb->s_maxbytes))
		return done;
	iov_iter_truncate(iter, inode->i_sb->s_maxbytes - pos);
	while (iov_iter_count(iter) && pos < i_size_read(inode) && !err) {
		n = filemap_get_pages(iocb, m, iov_iter_count(iter), batch);
		if (unlikely(n < 0)) {
			err = n;
			break;
		}
		end = min(i_size_read(inode), pos + (loff_t)iov_iter_count(iter));
		for (int i = 0; i < n; i++) {
			struct folio *f = batch[i];
			size_t off = pos & (PAGE_SIZE - 1), bytes, copied;

			if (likely(pos < end && !err)) {
				/* small reads of one page are one use */
				if (f->index != last_index || pos == 0)
					folio_note_accessed(f);
				last_index = f->index;
				bytes = min_t(loff_t, end - pos, PAGE_SIZE - off);
				copied = copy_folio_to_iter(f, off, bytes, iter);
				done += copied;
				pos += copied;
				if (unlikely(copied < bytes))
					err = -EFAULT;
			}
			folio_put(f);
		}
		iocb->ki_pos = pos;
		if (unlikely(need_resched()))
			cond_resched();
	}
	file->f_ra.prev_pos = pos;
	file_accessed(file);
	return done ? done : err;
}

static ssize_t read_direct(struct kiocb *iocb, struct iov_iter *iter)
{
	struct address_space *m = iocb->ki_filp->f_mapping;
	loff_t pos = iocb->ki_pos;
	ssize_t ret;

	ret = filemap_write_and_wait_range(m, pos, pos + (loff_t)iov_iter_count(iter) - 1);
	if (ret)
		return ret;
	file_accessed(iocb->ki_filp);
	ret = m->a_ops->direct_IO(iocb, iter);
	if (ret > 0)
		iocb->ki_pos += ret;
	return ret;
}

/*
 * The usual small read: within one page, which is there. Return: bytes; 0: it is not
 * so simple, nothing was done.
 */
static inline ssize_t read_one_page(struct kiocb *iocb, struct iov_iter *to)
{
	struct file *file = iocb->ki_filp;
	struct address_space *m = file->f_mapping;
	loff_t pos = iocb->ki_pos, left;
	size_t off = pos & (PAGE_SIZE - 1), n = iov_iter_count(to);
	struct folio *f;
	size_t copied = 0;

	if (off + n > PAGE_SIZE)
		return 0;
	f = filemap_get_folio(m, pos >> PAGE_SHIFT);
	if (unlikely(!f))
		return 0;
	if (likely((smp_load_acquire(&f->flags) & (1UL << PG_uptodate | 1UL << PG_readahead)) ==
		   1UL << PG_uptodate)) {
		left = i_size_read(m->host) - pos;
		if (likely(left > 0)) {
			/* small reads of one page are one use */
			if (!off || pos != file->f_ra.prev_pos)
				folio_note_accessed(f);
			copied = copy_folio_to_iter(f, off, min_t(u64, n, left), to);
			iocb->ki_pos = pos + copied;
			file->f_ra.prev_pos = pos + copied;
		}
	}
	folio_put(f);
	if (likely(copied))
		file_accessed(file);
	return copied;
}

/**
 * generic_file_read_iter - ->read_iter of files in the page cache, with O_DIRECT
 * if the mapping has ->direct_IO.
 * Context: may sleep. Return: bytes read, 0 at the end; -EFAULT, -EIO, -EINTR, -ENOMEM, -EAGAIN.
 */
ssize_t generic_file_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	ssize_t done = 0;

	if (!iov_iter_count(to))
		return 0;
	if (likely(!(iocb->ki_flags & IOCB_DIRECT))) {
		done = read_one_page(iocb, to);
		return likely(done) ? done : filemap_read(iocb, to, 0);
	} else {
		struct address_space *m = iocb->ki_filp->f_mapping;

		if (m->a_ops->direct_IO) {
			done = read_direct(iocb, to);
			/* the rest of a short one comes through the cache */
			if (done < 0 || !iov_iter_count(to) ||
			    iocb->ki_pos >= i_size_read(m->host))
				return done;
		}
	}
	return filemap_read(iocb, to, done);
}
