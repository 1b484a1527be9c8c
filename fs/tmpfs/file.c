// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files of tmpfs: reading (holes are zeros and stay holes), seeking for data and
 * holes, allocating and punching, sizes.
 *
 * Locks: i_rwsem for everything that changes size or allocation; invalidate_lock
 * exclusively around removal, against faults.
 */
#include <kernel/sched.h>
#include <lib/string.h>
#include <mm/mm.h>
#include <mm/pagemap.h>
#include <fs/uio.h>
#include <linux/fcntl.h>
#include <linux/falloc.h>
#include "tmpfs.h"

/* The folio of page @index, uptodate, referenced; NULL: a hole. */
static struct folio *get_uptodate(struct address_space *m, pgoff_t index)
{
	struct folio *f;

	for (;;) {
		f = filemap_get_folio(m, index);
		if (!f || likely(folio_test_uptodate(f)))
			return f;
		/* a write is filling it */
		folio_wait_locked(f);
		if (folio_test_uptodate(f) && f->mapping == m)
			return f;
		folio_put(f);
	}
}

static ssize_t tmpfs_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	struct file *file = iocb->ki_filp;
	struct inode *inode = file->f_mapping->host;
	loff_t pos = iocb->ki_pos;
	ssize_t done = 0;
	int err = 0;

	while (iov_iter_count(to)) {
		size_t off = pos & (PAGE_SIZE - 1), n, copied;
		struct folio *f;
		loff_t isize;

		if (pos >= i_size_read(inode))
			break;
		f = get_uptodate(inode->i_mapping, pos >> PAGE_SHIFT);
		/* after the folio: what truncate has cut off by now is not shown */
		isize = i_size_read(inode);
		if (unlikely(pos >= isize)) {
			if (f)
				folio_put(f);
			break;
		}
		n = min3(PAGE_SIZE - off, iov_iter_count(to), (size_t)(isize - pos));
		if (likely(f)) {
			copied = copy_folio_to_iter(f, off, n, to);
			folio_put(f);
		} else {
			copied = iov_iter_zero(n, to);
		}
		done += copied;
		pos += copied;
		if (unlikely(copied < n)) {
			err = -EFAULT;
			break;
		}
		if (unlikely(need_resched()))
			cond_resched();
	}
	iocb->ki_pos = pos;
	file_accessed(file);
	return done ? done : err;
}

static int tmpfs_mmap(struct file *file, struct vm_area_struct *vma)
{
	unsigned int seals = TMPFS_I(file->f_mapping->host)->seals;

	if (seals & (F_SEAL_WRITE | F_SEAL_FUTURE_WRITE)) {
		if ((vma->vm_flags & VM_SHARED) && (vma->vm_flags & VM_WRITE))
			return -EPERM;
		/* nor may mprotect() make it writable later */
		if (vma->vm_flags & VM_SHARED)
			vma->vm_flags &= ~VM_MAYWRITE;
	}
	file_accessed(file);
	vma->vm_ops = &tmpfs_vm_ops;
	return 0;
}

/* First position >= @pos of data, or of a hole. -ENXIO: none. */
static loff_t seek_hole_data(struct inode *inode, loff_t pos, bool data)
{
	struct address_space *m = inode->i_mapping;
	loff_t size = i_size_read(inode);
	unsigned long index = pos >> PAGE_SHIFT, last;

	if (pos < 0 || pos >= size)
		return -ENXIO;
	last = (size - 1) >> PAGE_SHIFT;
	rcu_read_lock();
	if (data) {
		if (!xa_find(&m->i_pages, &index, last, XA_PRESENT))
			index = ULONG_MAX;
	} else {
		while (index <= last && xa_load(&m->i_pages, index))
			index++;
	}
	rcu_read_unlock();
	if (data && index == ULONG_MAX)
		return -ENXIO;
	pos = max(pos, (loff_t)(index << PAGE_SHIFT));
	return min(pos, size);
}

static loff_t tmpfs_llseek(struct file *file, loff_t off, int whence)
{
	struct inode *inode = file->f_mapping->host;

	if (whence != SEEK_DATA && whence != SEEK_HOLE)
		return generic_file_llseek(file, off, whence);
	inode_lock_shared(inode);
	off = seek_hole_data(inode, off, whence == SEEK_DATA);
	if (off >= 0)
		file->f_pos = off;
	inode_unlock_shared(inode);
	return off;
}

/* Context: i_rwsem held. */
static int punch_hole(struct inode *inode, loff_t off, loff_t len)
{
	struct address_space *m = inode->i_mapping;

	if (TMPFS_I(inode)->seals & (F_SEAL_WRITE | F_SEAL_FUTURE_WRITE))
		return -EPERM;
	down_write(&m->invalidate_lock);
	truncate_pagecache_range(inode, off, off + len - 1);
	up_write(&m->invalidate_lock);
	tmpfs_recalc(inode);
	inode->i_mtime = inode->i_ctime = current_time(inode);
	return 0;
}

/* Context: i_rwsem held. */
static int allocate(struct inode *inode, int mode, loff_t off, loff_t len)
{
	loff_t end = off + len, old = inode->i_size;
	struct tmpfs_sb *s = TMPFS_SB(inode->i_sb);
	pgoff_t first = off >> PAGE_SHIFT, last = (end - 1) >> PAGE_SHIFT;
	int err;

	err = inode_newsize_ok(inode, end);
	if (err)
		return err;
	if ((TMPFS_I(inode)->seals & F_SEAL_GROW) && end > old)
		return -EPERM;
	if (s->max_blocks && last - first + 1 > s->max_blocks)
		return -ENOSPC;
	err = tmpfs_fill_holes(inode, first, last);
	if (err)
		return err;
	if (!(mode & FALLOC_FL_KEEP_SIZE) && end > old) {
		i_size_write(inode, end);
		pagecache_isize_extended(inode, old, end);
	}
	inode->i_mtime = inode->i_ctime = current_time(inode);
	return 0;
}

static long tmpfs_fallocate(struct file *file, int mode, loff_t off, loff_t len)
{
	struct inode *inode = file->f_mapping->host;
	int err;

	if (mode & ~(FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE))
		return -EOPNOTSUPP;
	inode_lock(inode);
	err = mode & FALLOC_FL_PUNCH_HOLE ? punch_hole(inode, off, len)
					  : allocate(inode, mode, off, len);
	inode_unlock(inode);
	return err;
}

/* O_DIRECT is allowed where there is no disk, and means nothing */
static int tmpfs_file_open(struct inode *inode, struct file *f)
{
	f->f_mode |= FMODE_CAN_ODIRECT;
	return 0;
}

const struct file_operations tmpfs_file_operations = {
	.open		= tmpfs_file_open,
	.llseek		= tmpfs_llseek,
	.read_iter	= tmpfs_read_iter,
	.write_iter	= generic_file_write_iter,
	.mmap		= tmpfs_mmap,
	.fsync		= noop_fsync,
	.fallocate	= tmpfs_fallocate,
};

/* Context: i_rwsem held. */
static int set_size(struct inode *inode, loff_t size)
{
	struct address_space *m = inode->i_mapping;
	unsigned int seals = TMPFS_I(inode)->seals;
	loff_t old = inode->i_size;

	if ((size < old && (seals & F_SEAL_SHRINK)) || (size > old && (seals & F_SEAL_GROW)))
		return -EPERM;
	down_write(&m->invalidate_lock);
	truncate_setsize(inode, size);
	up_write(&m->invalidate_lock);
	if (size < old)
		tmpfs_recalc(inode);
	inode->i_mtime = inode->i_ctime = current_time(inode);
	return 0;
}

int tmpfs_setattr(struct dentry *d, struct iattr *attr)
{
	struct inode *inode = d_inode(d);
	int err = setattr_prepare(d, attr);

	if (err)
		return err;
	if ((TMPFS_I(inode)->seals & F_SEAL_EXEC) && (attr->ia_valid & ATTR_MODE) &&
	    ((inode->i_mode ^ attr->ia_mode) & 0111))
		return -EPERM;
	if (S_ISREG(inode->i_mode) && (attr->ia_valid & ATTR_SIZE) && attr->ia_size != inode->i_size) {
		err = set_size(inode, attr->ia_size);
		if (err)
			return err;
	}
	setattr_copy(inode, attr);
	return 0;
}

const struct inode_operations tmpfs_file_inode_operations = {
	.setattr	= tmpfs_setattr,
};
