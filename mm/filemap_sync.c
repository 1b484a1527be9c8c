// SPDX-License-Identifier: GPL-2.0-only
/*
 * Getting a mapping's dirty folios to the disk, and learning whether that worked.
 *
 * Errors are recorded twice: in wb_err, from which each open file hears once
 * (fsync, msync), and in AS_EIO and AS_ENOSPC, for callers inside the kernel that
 * have no file and want to know about the writes they waited for.
 */
#include <lib/bitops.h>
#include <mm/mm.h>
#include <mm/writeback.h>
#include <fs/fs.h>
#include "internal_cache.h"

/** mapping_set_error - a write of @m failed with @err. Context: any. */
void mapping_set_error(struct address_space *m, int err)
{
	if (likely(!err))
		return;
	errseq_set(&m->wb_err, err);
	if (m->host && m->host->i_sb)
		errseq_set(&m->host->i_sb->s_wb_err, err);
	set_bit(err == -ENOSPC ? AS_ENOSPC : AS_EIO, &m->flags);
	smp_wmb();	/* before the folio's write-back is over; see filemap_fdatawait_range() */
}

/* The error of earlier writes, once. */
static int filemap_check_errors(struct address_space *m)
{
	int err = 0;

	if (likely(!(READ_ONCE(m->flags) & (1UL << AS_EIO | 1UL << AS_ENOSPC))))
		return 0;
	if (test_and_clear_bit(AS_ENOSPC, &m->flags))
		err = -ENOSPC;
	if (test_and_clear_bit(AS_EIO, &m->flags))
		err = -EIO;
	return err;
}

static int fdatawrite(struct address_space *m, loff_t start, loff_t end,
		      enum writeback_sync_modes mode)
{
	struct writeback_control wbc = {
		.sync_mode = mode, .nr_to_write = LONG_MAX,
		.range_start = start, .range_end = end,
	};

	if (!xa_marked(&m->i_pages, PAGECACHE_TAG_DIRTY) || !m->a_ops->writepages)
		return 0;
	return m->a_ops->writepages(m, &wbc);
}

/** filemap_fdatawrite_range - start writing what is dirty of bytes [@start, @end]. 0 or -errno. */
int filemap_fdatawrite_range(struct address_space *m, loff_t start, loff_t end)
{
	return fdatawrite(m, start, end, WB_SYNC_ALL);
}

/** filemap_flush - start writing; folios that are being written already are left out. */
int filemap_flush(struct address_space *m)
{
	return fdatawrite(m, 0, LLONG_MAX, WB_SYNC_NONE);
}

/** filemap_fdatawait_range - until the writes under way of bytes [@start, @end] have ended. */
void filemap_fdatawait_range(struct address_space *m, loff_t start, loff_t end)
{
	struct folio *batch[FOLIO_BATCH] __uninit;
	pgoff_t index = start >> PAGE_SHIFT, last = end >> PAGE_SHIFT;
	unsigned int n;

	if (end < start)
		return;
	while (index <= last && xa_marked(&m->i_pages, PAGECACHE_TAG_WRITEBACK)) {
		n = filemap_get_folios_tag(m, &index, last, PAGECACHE_TAG_WRITEBACK, batch, FOLIO_BATCH);
		if (!n)
			break;
		for (unsigned int i = 0; i < n; i++) {
			folio_wait_writeback(batch[i]);
			folio_put(batch[i]);
		}
		cond_resched();
	}
	smp_rmb();	/* the caller looks for their errors; pairs with mapping_set_error() */
}

/**
 * filemap_write_and_wait_range - write bytes [@start, @end] and wait. @end inclusive,
 * LLONG_MAX: all. Context: sleeps. Return: 0, or the -errno of these or earlier writes
 * that nobody of the kernel has asked for yet.
 */
int filemap_write_and_wait_range(struct address_space *m, loff_t start, loff_t end)
{
	int err = 0, err2;

	if (end < start)
		return 0;
	if (smp_load_acquire(&m->nrpages)) {	/* none: their errors are to be seen */
		err = filemap_fdatawrite_range(m, start, end);
		if (err != -EIO)
			filemap_fdatawait_range(m, start, end);
	}
	err2 = filemap_check_errors(m);
	return err ? err : err2;
}

/**
 * file_check_and_advance_wb_err - errors of write-back since @file was opened, or last
 * asked. Return: 0 or -errno, each only once.
 */
int file_check_and_advance_wb_err(struct file *file)
{
	struct address_space *m = file->f_mapping;
	int err = 0;

	if (errseq_check(&m->wb_err, READ_ONCE(file->f_wb_err))) {
		spin_lock(&file->f_lock);
		err = errseq_check_and_advance(&m->wb_err, &file->f_wb_err);
		spin_unlock(&file->f_lock);
	}
	/* they have been reported now */
	if (unlikely(READ_ONCE(m->flags) & (1UL << AS_EIO | 1UL << AS_ENOSPC))) {
		clear_bit(AS_EIO, &m->flags);
		clear_bit(AS_ENOSPC, &m->flags);
	}
	return err;
}

/** file_write_and_wait_range - write and wait, and report errors once for @file. */
int file_write_and_wait_range(struct file *file, loff_t start, loff_t end)
{
	struct address_space *m = file->f_mapping;
	int err = 0, err2;

	if (end < start)
		return 0;
	if (smp_load_acquire(&m->nrpages)) {	/* none: their errors are to be seen */
		err = filemap_fdatawrite_range(m, start, end);
		if (err != -EIO)
			filemap_fdatawait_range(m, start, end);
	}
	err2 = file_check_and_advance_wb_err(file);
	return err ? err : err2;
}
