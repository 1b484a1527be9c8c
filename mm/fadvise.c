// SPDX-License-Identifier: GPL-2.0-only
/*
 * Advice about, and hints for, the page cache of a file: fadvise64, readahead,
 * sync_file_range, cachestat.
 */
#include <kernel/syscalls.h>
#include <mm/mm.h>
#include <mm/pagemap.h>
#include <mm/reclaim.h>
#include <mm/writeback.h>
#include <fs/fs.h>
#include <arch/uaccess.h>
#include <linux/fadvise.h>
#include <linux/fs.h>
#include "internal_cache.h"

#define RA_PAGES_NORMAL	64

/* POSIX_FADV_DONTNEED: drop the whole pages within [@off, @end_incl]. */
static void drop_range(struct address_space *m, loff_t off, loff_t end_incl)
{
	pgoff_t start = ((u64)off + PAGE_SIZE - 1) >> PAGE_SHIFT;
	pgoff_t end = end_incl >> PAGE_SHIFT;

	if (m->nrpages && m->a_ops->writepages)
		filemap_flush(m);
	/* a page that is only partly meant stays, unless the file ends in it */
	if (((u64)end_incl + 1) & (PAGE_SIZE - 1) && end_incl != i_size_read(m->host) - 1) {
		if (!end)
			return;
		end--;
	}
	if (end >= start)
		invalidate_mapping_pages(m, start, end);
}

static int advise(struct file *file, loff_t off, loff_t len, int advice)
{
	struct address_space *m = file->f_mapping;
	loff_t end;

	if (S_ISFIFO(file_inode(file)->i_mode))
		return -ESPIPE;
	if (!m || len < 0)
		return -EINVAL;
	/* the last byte; 0 means to the end */
	if (!len || check_add_overflow(off, len - 1, &end))
		end = LLONG_MAX;
	switch (advice) {
	case POSIX_FADV_NORMAL:
		file->f_ra.ra_pages = RA_PAGES_NORMAL;
		break;
	case POSIX_FADV_RANDOM:
		file->f_ra.ra_pages = 0;
		break;
	case POSIX_FADV_SEQUENTIAL:
		file->f_ra.ra_pages = 2 * RA_PAGES_NORMAL;
		break;
	case POSIX_FADV_WILLNEED:
		force_page_cache_readahead(m, file, off >> PAGE_SHIFT,
					   ((u64)end >> PAGE_SHIFT) - (off >> PAGE_SHIFT) + 1);
		break;
	case POSIX_FADV_NOREUSE:
		break;
	case POSIX_FADV_DONTNEED:
		drop_range(m, off, end);
		break;
	default:
		return -EINVAL;
	}
	return 0;
}

SYSCALL_DEFINE4(fadvise64, int, fd, loff_t, off, loff_t, len, int, advice)
{
	struct fd f = fdget(fd);
	int ret;

	if (!f.file)
		return -EBADF;
	ret = advise(f.file, off, len, advice);
	fdput(f);
	return ret;
}

SYSCALL_DEFINE3(readahead, int, fd, loff_t, off, size_t, count)
{
	struct fd f = fdget(fd);
	int ret = -EBADF;

	if (!f.file)
		return ret;
	if (f.file->f_mode & FMODE_READ) {
		ret = -EINVAL;
		if (f.file->f_mapping->a_ops && S_ISREG(file_inode(f.file)->i_mode))
			ret = advise(f.file, off, count, POSIX_FADV_WILLNEED);
	}
	fdput(f);
	return ret;
}

static int sync_range(struct file *file, loff_t off, loff_t nbytes, unsigned int flags)
{
	struct address_space *m = file->f_mapping;
	umode_t mode = file_inode(file)->i_mode;
	loff_t end;
	int err = 0;

	if (flags & ~(SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE |
		      SYNC_FILE_RANGE_WAIT_AFTER))
		return -EINVAL;
	if (off < 0 || nbytes < 0 || check_add_overflow(off, nbytes, &end))
		return -EINVAL;
	end = nbytes ? end - 1 : LLONG_MAX;
	if (!S_ISREG(mode) && !S_ISBLK(mode) && !S_ISDIR(mode) && !S_ISLNK(mode))
		return -ESPIPE;
	if (flags & SYNC_FILE_RANGE_WAIT_BEFORE) {
		filemap_fdatawait_range(m, off, end);
		err = file_check_and_advance_wb_err(file);
	}
	if (!err && (flags & SYNC_FILE_RANGE_WRITE))
		err = filemap_fdatawrite_range(m, off, end);
	if (!err && (flags & SYNC_FILE_RANGE_WAIT_AFTER)) {
		filemap_fdatawait_range(m, off, end);
		err = file_check_and_advance_wb_err(file);
	}
	return err;
}

SYSCALL_DEFINE4(sync_file_range, int, fd, loff_t, off, loff_t, nbytes, unsigned int, flags)
{
	struct fd f = fdget(fd);
	int ret;

	if (!f.file)
		return -EBADF;
	ret = sync_range(f.file, off, nbytes, flags);
	fdput(f);
	return ret;
}

/* as in Linux 6.5's <linux/mman.h>; older UAPI headers do not have them */
struct user_cachestat_range { u64 off, len; };
struct user_cachestat { u64 nr_cache, nr_dirty, nr_writeback, nr_evicted, nr_recently_evicted; };

static void count_cached(struct address_space *m, pgoff_t first, pgoff_t last,
			 struct user_cachestat *cs)
{
	struct folio *f;

	rcu_read_lock();
	XA_STATE(xas, &m->i_pages, first);
	xas_for_each(&xas, f, last) {
		if (xas_retry(&xas, f))
			continue;
		cs->nr_cache++;
		cs->nr_dirty += xas_get_mark(&xas, PAGECACHE_TAG_DIRTY);
		cs->nr_writeback += xas_get_mark(&xas, PAGECACHE_TAG_WRITEBACK);
	}
	rcu_read_unlock();
}

SYSCALL_DEFINE4(cachestat, unsigned int, fd, struct user_cachestat_range __user *, urange,
		struct user_cachestat __user *, ucs, unsigned int, flags)
{
	struct fd f = fdget(fd);
	struct user_cachestat_range r;
	struct user_cachestat cs = { };
	pgoff_t last;

	if (!f.file)
		return -EBADF;
	if (copy_from_user(&r, urange, sizeof(r))) {
		fdput(f);
		return -EFAULT;
	}
	if (flags) {
		fdput(f);
		return -EINVAL;
	}
	last = r.len ? (r.off + r.len - 1) >> PAGE_SHIFT : ULONG_MAX;
	if (f.file->f_mapping)
		count_cached(f.file->f_mapping, r.off >> PAGE_SHIFT, last, &cs);
	fdput(f);
	return copy_to_user(ucs, &cs, sizeof(cs)) ? -EFAULT : 0;
}
