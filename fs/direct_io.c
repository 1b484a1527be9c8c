// SPDX-License-Identifier: GPL-2.0-only
/*
 * O_DIRECT: bios that read into, or write from, the pages of the caller's buffer.
 *
 * Only what is mapped on the disk already goes this way: a read of a hole gives
 * zeros, and a write stops at a hole or at the end of the file, from where the
 * caller goes on through the page cache. So nothing is allocated here, and no
 * fresh block can show its old content.
 *
 * Locks: a write has i_rwsem exclusively, a read takes it shared: truncation
 * cannot take blocks away under an I/O. The caller has written back and dropped
 * the cached pages of the range.
 */
#include <lib/string.h>
#include <kernel/sched.h>
#include <mm/mm.h>
#include <mm/pagemap.h>
#include <mm/slab.h>
#include <fs/uio.h>
#include "internal_block.h"

#define DIO_PAGES 64		/* of the buffer, in flight at once */

struct dio {
	struct inode *inode;
	struct block_device *bdev;
	get_block_t get_block;
	bool read;
	unsigned int nr;	/* pages held */
	struct page *pages[DIO_PAGES];
};

/* Address and length of the first segment of @iter. Context: user iterators only. */
static unsigned long segment(const struct iov_iter *iter, size_t *len)
{
	if (iter->iter_type == ITER_UBUF) {
		*len = iter->count;
		return (unsigned long)iter->ubuf + iter->iov_offset;
	}
	*len = iov_iter_single_seg_count(iter);
	return (unsigned long)iter->iov->iov_base + iter->iov_offset;
}

/* Pin the pages of [@addr, @addr + @len). 0 or -EFAULT, -ENOMEM, -EINTR. */
static int hold_pages(struct dio *d, unsigned long addr, size_t len)
{
	struct mm_struct *mm = current->mm;
	unsigned long end = addr + len;
	int err = mmap_read_lock_killable(mm);

	d->nr = 0;
	if (err)
		return err;
	for (addr &= PAGE_MASK; addr < end; addr += PAGE_SIZE) {
		struct page *p = pin_user_page(mm, addr, d->read);

		if (IS_ERR(p)) {
			err = PTR_ERR(p);
			break;
		}
		d->pages[d->nr++] = p;
	}
	mmap_read_unlock(mm);
	return err;
}

static void release_pages(struct dio *d)
{
	for (unsigned int i = 0; i < d->nr; i++) {
		struct page *p = d->pages[i];

		/* the device has stored into it, unseen by any page table */
		if (d->read && (p->type == PGTY_FILE || p->type == PGTY_ANON)) {
			folio_lock(page_folio(p));
			folio_mark_dirty(page_folio(p));
			folio_unlock(page_folio(p));
		}
		unpin_user_page(p);
	}
	d->nr = 0;
}

/* Transfer @len bytes between @sector and the pages held. 0 or -errno. */
static int transfer(struct dio *d, u64 sector, unsigned long addr, size_t len)
{
	size_t off = offset_in_page(addr);
	unsigned int i = 0;
	int err = 0;

	while (len && !err) {
		struct bio *bio = bio_alloc(d->bdev, d->nr - i, d->read ? REQ_OP_READ : REQ_OP_WRITE,
					    GFP_KERNEL);

		bio->bi_sector = sector;
		while (len) {
			size_t n = min(len, PAGE_SIZE - off);

			if (!bio_add_page(bio, d->pages[i], n, off))
				break;
			i++;
			off = 0;
			len -= n;
		}
		sector += bio->bi_size >> SECTOR_SHIFT;
		err = submit_bio_wait(bio);
		bio_put(bio);
	}
	return err;
}

/*
 * One extent's worth of @iter at @pos, at most DIO_PAGES pages and @max bytes.
 * Return: bytes; 0: not this way; -errno.
 */
static ssize_t dio_step(struct dio *d, loff_t pos, struct iov_iter *iter, size_t max)
{
	unsigned int bits = d->inode->i_blkbits, in_block = pos & ((1U << bits) - 1);
	struct block_map map = { };
	unsigned long addr;
	size_t len;
	int err;

	addr = segment(iter, &len);
	len = min3(len, max, DIO_PAGES * PAGE_SIZE - offset_in_page(addr));
	map.len = (in_block + len + (1U << bits) - 1) >> bits;
	err = d->get_block(d->inode, pos >> bits, &map, false);
	if (err)
		return err;
	len = min_t(u64, len, ((u64)max(map.len, 1u) << bits) - in_block);
	if (!map.mapped)
		return d->read ? (ssize_t)iov_iter_zero(len, iter) : 0;
	err = hold_pages(d, addr, len);
	if (!err)
		err = transfer(d, ((map.pblock << bits) + in_block) >> SECTOR_SHIFT, addr, len);
	release_pages(d);
	if (err)
		return err;
	iov_iter_advance(iter, len);
	return len;
}

/**
 * blockdev_direct_IO - ->direct_IO: transfer at iocb->ki_pos, which does not move.
 * Context: sleeps; writers hold i_rwsem.
 * Return: bytes, perhaps fewer than asked; -EIO if any of it failed; -EINVAL
 * (alignment), -EFAULT, -ENOMEM.
 */
ssize_t blockdev_direct_IO(struct kiocb *iocb, struct inode *inode, struct iov_iter *iter,
			   get_block_t get_block)
{
	bool is_bdev = S_ISBLK(inode->i_mode);
	struct block_device *bdev = is_bdev ? inode->i_bdev : inode->i_sb->s_bdev;
	unsigned long align = bdev->bd_logical_block_size - 1;
	loff_t pos = iocb->ki_pos, end;
	ssize_t done = 0, n = 0;
	struct dio *d;

	if (!iter->data_source && pos >= i_size_read(inode))
		return 0;	/* whatever the alignment */
	if ((pos | iov_iter_alignment(iter)) & align)
		return -EINVAL;
	if (iter->iter_type == ITER_KVEC || !current->mm)
		return 0;
	d = kmalloc(sizeof(*d), GFP_KERNEL);
	if (!d)
		return -ENOMEM;
	*d = (struct dio){ .inode = inode, .bdev = bdev, .get_block = get_block,
			   .read = !iter->data_source };
	if (d->read && !is_bdev)
		inode_lock_shared(inode);
	end = i_size_read(inode);
	if (d->read)
		end = (end + align) & ~(loff_t)align;	/* all of the last sector */
	else
		end &= ~(loff_t)align;
	while (iov_iter_count(iter) && pos < end) {
		n = dio_step(d, pos, iter, min_t(u64, iov_iter_count(iter), end - pos));
		if (n <= 0)
			break;
		pos += n;
		done += n;
	}
	if (d->read && !is_bdev)
		inode_unlock_shared(inode);
	kfree(d);
	/* what went well before a bad sector does not count: which part did is not known */
	if (n == -EIO || (!done && n < 0))
		return n;
	/* the sector of the end was read whole, but only the file counts */
	if (pos > i_size_read(inode))
		done -= pos - i_size_read(inode);
	return max(done, (ssize_t)0);
}
