// SPDX-License-Identifier: GPL-2.0-only
/*
 * Inodes: reading them from the inode table, writing them back, their end, and
 * the page-cache operations of files. An inode is written into its table's
 * cached block; that block goes to the disk with the flusher, or at once when
 * somebody syncs just this file.
 */
#include "ext2.h"
#include <kernel/cred.h>
#include <kernel/timer.h>
#include <lib/err.h>
#include <lib/string.h>

/**
 * ext2_bread - sb_bread() of a block that the filesystem keeps for itself, as @what: if
 * it cannot be read, the disk needs a check.
 */
int ext2_bread(struct super_block *sb, u32 nr, const char *what, struct block_ref *b)
{
	int err = sb_bread(sb, nr, b);

	if (unlikely(err == -EIO))
		ext2_error(sb, "unable to read the %s at block %u", what, nr);
	return err;
}

/* The block of the inode table that holds @ino. 0, -EINVAL, -EIO. */
static int raw_inode(struct super_block *sb, unsigned long ino, struct block_ref *b,
		     struct ext2_disk_inode **raw)
{
	struct ext2_sb *s = EXT2_SB(sb);
	unsigned int group = (ino - 1) / s->inodes_per_group;
	unsigned int n = (ino - 1) % s->inodes_per_group;
	int err;

	b->folio = NULL;
	if ((ino != EXT2_ROOT_INO && ino < s->first_ino) || group >= s->groups_count) {
		ext2_error(sb, "inode number %lu is out of range", ino);
		return -EINVAL;
	}
	err = ext2_bread(sb, le32_to_cpu(s->groups[group].desc->bg_inode_table) + n / s->inodes_per_block,
			 "inode table", b);
	if (!err)
		*raw = b->data + n % s->inodes_per_block * s->inode_size;
	return err;
}

void ext2_set_inode_flags(struct inode *inode)
{
	u32 flags = EXT2_I(inode)->i_flags;

	inode->i_flags &= ~(S_SYNC | S_APPEND | S_IMMUTABLE | S_NOATIME | S_DIRSYNC);
	if (flags & EXT2_SYNC_FL)
		inode->i_flags |= S_SYNC;
	if (flags & EXT2_APPEND_FL)
		inode->i_flags |= S_APPEND;
	if (flags & EXT2_IMMUTABLE_FL)
		inode->i_flags |= S_IMMUTABLE;
	if (flags & EXT2_NOATIME_FL)
		inode->i_flags |= S_NOATIME;
	if (flags & EXT2_DIRSYNC_FL)
		inode->i_flags |= S_DIRSYNC;
}

void ext2_set_file_ops(struct inode *inode)
{
	inode->i_op = &ext2_file_inode_operations;
	inode->i_fop = &ext2_file_operations;
	inode->i_mapping->a_ops = &ext2_aops;
}

/* device numbers: 8+8 bits in the first word, or 12+20 in the second */
static dev_t decode_dev(const __le32 *w)
{
	u32 v = le32_to_cpu(w[0]);

	if (v)
		return MKDEV((v >> 8) & 0xff, v & 0xff);
	v = le32_to_cpu(w[1]);
	return MKDEV((v & 0xfff00) >> 8, (v & 0xff) | ((v >> 12) & 0xfff00));
}

static void encode_dev(dev_t dev, __le32 *w)
{
	u32 major = MAJOR(dev), minor = MINOR(dev);

	if (major < 256 && minor < 256) {
		w[0] = cpu_to_le32(major << 8 | minor);
		w[1] = 0;
	} else {
		w[0] = 0;
		w[1] = cpu_to_le32((minor & 0xff) | major << 8 | (minor & ~0xffu) << 12);
		w[2] = 0;
	}
}

/* a short target lives in the block pointers; blocks then are xattrs only */
static bool is_fast_symlink(const struct inode *inode)
{
	u64 xattr = EXT2_I(inode)->i_file_acl ? inode->i_sb->s_blocksize >> 9 : 0;

	return S_ISLNK(inode->i_mode) && inode->i_blocks == xattr;
}

static int set_ops(struct inode *inode)
{
	struct ext2_inode *ei = EXT2_I(inode);

	switch (inode->i_mode & S_IFMT) {
	case S_IFREG:
		ext2_set_file_ops(inode);
		return 0;
	case S_IFDIR:
		inode->i_op = &ext2_dir_inode_operations;
		inode->i_fop = &ext2_dir_operations;
		inode->i_mapping->a_ops = &ext2_aops;
		return 0;
	case S_IFLNK:
		if (is_fast_symlink(inode)) {
			if ((u64)inode->i_size >= sizeof(ei->i_data))
				return -EIO;
			((char *)ei->i_data)[inode->i_size] = 0;
			inode->i_link = (char *)ei->i_data;
			inode->i_op = &ext2_fast_symlink_inode_operations;
			return 0;
		}
		if (inode->i_size >= PAGE_SIZE)
			return -EIO;
		inode->i_op = &ext2_symlink_inode_operations;
		inode->i_mapping->a_ops = &ext2_aops;
		return 0;
	case S_IFCHR:
	case S_IFBLK:
	case S_IFIFO:
	case S_IFSOCK:
		inode->i_op = &ext2_special_inode_operations;
		init_special_inode(inode, inode->i_mode, decode_dev(ei->i_data));
		return 0;
	default:
		return -EIO;
	}
}

/* Take over what is on the disk. 0, -ESTALE (a free inode), -EIO (nonsense). */
static int fill_inode(struct inode *inode, const struct ext2_disk_inode *raw)
{
	struct ext2_sb *s = EXT2_SB(inode->i_sb);
	struct ext2_inode *ei = EXT2_I(inode);

	inode->i_mode = le16_to_cpu(raw->i_mode);
	inode->i_uid = le16_to_cpu(raw->i_uid_low) | (u32)le16_to_cpu(raw->i_uid_high) << 16;
	inode->i_gid = le16_to_cpu(raw->i_gid_low) | (u32)le16_to_cpu(raw->i_gid_high) << 16;
	set_nlink(inode, le16_to_cpu(raw->i_links_count));
	inode->i_size = le32_to_cpu(raw->i_size_low);
	if (S_ISREG(inode->i_mode))
		inode->i_size |= (u64)le32_to_cpu(raw->i_size_high) << 32;
	inode->i_atime = (s64)(s32)le32_to_cpu(raw->i_atime) * NSEC_PER_SEC;
	inode->i_ctime = (s64)(s32)le32_to_cpu(raw->i_ctime) * NSEC_PER_SEC;
	inode->i_mtime = (s64)(s32)le32_to_cpu(raw->i_mtime) * NSEC_PER_SEC;
	inode->i_blocks = le32_to_cpu(raw->i_blocks);
	inode->i_generation = le32_to_cpu(raw->i_generation);
	ei->i_dtime = le32_to_cpu(raw->i_dtime);
	ei->i_flags = le32_to_cpu(raw->i_flags);
	ei->i_file_acl = le32_to_cpu(raw->i_file_acl);
	ei->group = (inode->i_ino - 1) / s->inodes_per_group;
	ei->last_pblock = ei->dir_start_lookup = 0;
	ei->fresh = ei->new_name = false;
	memcpy(ei->i_data, raw->i_block, sizeof(ei->i_data));
	ext2_set_inode_flags(inode);
	if (!inode->i_nlink && (!inode->i_mode || ei->i_dtime))
		return -ESTALE;
	if (inode->i_size < 0 || inode->i_size > inode->i_sb->s_maxbytes ||
	    (ei->i_file_acl && !ext2_data_block_valid(s, ei->i_file_acl, 1)))
		return -EIO;
	return set_ops(inode);
}

/**
 * ext2_iget - the inode number @ino. Context: may sleep.
 * Return: referenced, or ERR_PTR: -ESTALE no such inode, -EIO, -ENOMEM, -EINVAL.
 */
struct inode *ext2_iget(struct super_block *sb, unsigned long ino)
{
	struct inode *inode = iget_locked(sb, ino);
	struct ext2_disk_inode *raw;
	struct block_ref b;
	int err;

	if (!inode)
		return ERR_PTR(-ENOMEM);
	if (!(inode->i_state & I_NEW))
		return inode;
	err = raw_inode(sb, ino, &b, &raw);
	if (!err) {
		err = fill_inode(inode, raw);
		if (err == -EIO)
			ext2_error(sb, "inode %lu holds nonsense", ino);
	}
	block_put(&b);
	if (err) {
		inode->i_mode = 0;
		iget_failed(inode);
		return ERR_PTR(err);
	}
	unlock_new_inode(inode);
	return inode;
}

static void fill_raw(const struct inode *inode, struct ext2_disk_inode *raw)
{
	const struct ext2_inode *ei = EXT2_I(inode);

	raw->i_mode = cpu_to_le16(inode->i_mode);
	raw->i_uid_low = cpu_to_le16(inode->i_uid);
	raw->i_uid_high = cpu_to_le16(inode->i_uid >> 16);
	raw->i_gid_low = cpu_to_le16(inode->i_gid);
	raw->i_gid_high = cpu_to_le16(inode->i_gid >> 16);
	raw->i_links_count = cpu_to_le16(inode->i_nlink);
	raw->i_size_low = cpu_to_le32(inode->i_size);
	raw->i_atime = cpu_to_le32(inode->i_atime / NSEC_PER_SEC);
	raw->i_ctime = cpu_to_le32(inode->i_ctime / NSEC_PER_SEC);
	raw->i_mtime = cpu_to_le32(inode->i_mtime / NSEC_PER_SEC);
	raw->i_blocks = cpu_to_le32(inode->i_blocks);
	raw->i_dtime = cpu_to_le32(ei->i_dtime);
	raw->i_flags = cpu_to_le32(ei->i_flags);
	raw->i_file_acl = cpu_to_le32(ei->i_file_acl);
	raw->i_generation = cpu_to_le32(inode->i_generation);
	if (S_ISREG(inode->i_mode))
		raw->i_size_high = cpu_to_le32(inode->i_size >> 32);
	if (S_ISCHR(inode->i_mode) || S_ISBLK(inode->i_mode))
		encode_dev(inode->i_rdev, raw->i_block);
	else
		memcpy(raw->i_block, ei->i_data, sizeof(raw->i_block));
}

/** ext2_write_inode - copy the inode into its table; to the disk if this file alone is synced. */
int ext2_write_inode(struct inode *inode, struct writeback_control *wbc)
{
	struct super_block *sb = inode->i_sb;
	struct ext2_disk_inode *raw;
	struct block_ref b;
	int err = raw_inode(sb, inode->i_ino, &b, &raw);

	if (err) {
		mapping_set_error(&inode->i_data, err);	/* the change is lost */
		return err;
	}
	if (S_ISREG(inode->i_mode) && inode->i_size > 0x7fffffffLL)
		ext2_set_large_file(sb);
	if (EXT2_I(inode)->fresh) {
		memset(raw, 0, EXT2_SB(sb)->inode_size);
		EXT2_I(inode)->fresh = false;
	}
	fill_raw(inode, raw);
	block_mark_dirty(&b);
	if (wbc->sync_mode == WB_SYNC_ALL && !wbc->for_sync)
		err = block_sync(&b);
	block_put(&b);
	return err;
}

/**
 * ext2_sync_inode - the inode as it is now goes to the disk. Write-back may have
 * copied it into its table before, so that the inode is clean and the table is not.
 * With @datasync, times alone are no reason to write.
 * Return: 0 or -errno.
 */
int ext2_sync_inode(struct inode *inode, bool datasync)
{
	struct ext2_disk_inode *raw;
	struct block_ref b;
	int err = 0, err2;

	if (!datasync || (inode->i_state & I_DIRTY_DATASYNC))
		err = sync_inode_metadata(inode, true);
	err2 = raw_inode(inode->i_sb, inode->i_ino, &b, &raw);
	if (!err2)
		err2 = block_sync(&b);
	block_put(&b);
	return err ? err : err2;
}

/* extended attributes are not read, but a dying inode gives its block up */
static void drop_xattr_block(struct inode *inode)
{
	struct ext2_inode *ei = EXT2_I(inode);
	struct ext2_xattr_header *h;
	struct block_ref b;

	if (!ei->i_file_acl || sb_bread(inode->i_sb, ei->i_file_acl, &b))
		return;
	h = b.data;
	if (h->h_magic != cpu_to_le32(EXT2_XATTR_MAGIC)) {
		ext2_error(inode->i_sb, "inode %lu: bad attribute block %u", inode->i_ino, ei->i_file_acl);
	} else if (le32_to_cpu(h->h_refcount) > 1) {
		le32_add_cpu(&h->h_refcount, -1);
		block_mark_dirty(&b);
	} else {
		block_forget(inode->i_sb, ei->i_file_acl);
		ext2_free_blocks(inode, ei->i_file_acl, 1);
	}
	block_put(&b);
	ei->i_file_acl = 0;
}

/** ext2_evict_inode - the last reference is gone; with no link left, so is the file. */
void ext2_evict_inode(struct inode *inode)
{
	struct super_block *sb = inode->i_sb;
	bool dead = !inode->i_nlink && inode->i_mode;
	bool dir = S_ISDIR(inode->i_mode);

	truncate_inode_pages_final(&inode->i_data);
	if (dir)
		ext2_drop_index(inode);
	if (dead) {
		struct writeback_control wbc = { .sync_mode = WB_SYNC_NONE };

		EXT2_I(inode)->i_dtime = ktime_get_real_seconds();
		if (!is_fast_symlink(inode) && inode->i_blocks &&
		    (S_ISREG(inode->i_mode) || dir || S_ISLNK(inode->i_mode)))
			ext2_truncate_blocks(inode, 0);
		drop_xattr_block(inode);
		inode->i_size = 0;
		inode->i_blocks = 0;
		ext2_write_inode(inode, &wbc);
	}
	forget_inode_blocks(inode);
	clear_inode(inode);
	if (dead)
		ext2_free_inode(sb, inode->i_ino, dir);
}

static int set_size(struct inode *inode, loff_t size)
{
	int err = 0;

	if (!S_ISREG(inode->i_mode))
		return -EINVAL;
	down_write(&inode->i_mapping->invalidate_lock);
	if (size < inode->i_size)
		err = block_truncate_page(inode->i_mapping, size, ext2_get_block);
	if (!err) {
		bool shrink = size < inode->i_size;

		truncate_setsize(inode, size);
		if (shrink)
			ext2_truncate_blocks(inode, size);
		inode->i_mtime = inode->i_ctime = current_time(inode);
		mark_inode_dirty(inode);
	}
	up_write(&inode->i_mapping->invalidate_lock);
	return err;
}

int ext2_setattr(struct dentry *d, struct iattr *attr)
{
	struct inode *inode = d_inode(d);
	int err = setattr_prepare(d, attr);

	if (err)
		return err;
	if ((attr->ia_valid & ATTR_SIZE) && attr->ia_size != inode->i_size) {
		err = set_size(inode, attr->ia_size);
		if (err)
			return err;
	}
	setattr_copy(inode, attr);
	mark_inode_dirty(inode);
	return 0;
}

/* ---- the page cache of files and directories ---- */

static int ext2_read_folio(struct file *file, struct folio *folio)
{
	return mpage_read_folio(folio, ext2_get_block);
}

static void ext2_readahead(struct readahead_control *rac)
{
	mpage_readahead(rac, ext2_get_block);
}

static int ext2_writepages(struct address_space *m, struct writeback_control *wbc)
{
	return mpage_writepages(m, wbc, ext2_get_block);
}

/* a write failed half-way: blocks beyond the end go back */
static void write_failed(struct address_space *m, loff_t to)
{
	struct inode *inode = m->host;

	if (to <= inode->i_size)
		return;
	down_write(&m->invalidate_lock);
	truncate_pagecache(inode, inode->i_size);
	ext2_truncate_blocks(inode, inode->i_size);
	up_write(&m->invalidate_lock);
}

static int ext2_write_begin(struct file *f, struct address_space *m, loff_t pos, unsigned int len,
			    struct folio **foliop)
{
	int err = block_write_begin(m, pos, len, foliop, ext2_get_block);

	if (err)
		write_failed(m, pos + len);
	return err;
}

static int ext2_write_end(struct file *f, struct address_space *m, loff_t pos, unsigned int len,
			  unsigned int copied, struct folio *folio)
{
	int n = generic_write_end(f, m, pos, len, copied, folio);

	if (n < (int)len)
		write_failed(m, pos + len);
	return n;
}

static u64 ext2_bmap(struct address_space *m, u64 block)
{
	return generic_block_bmap(m, block, ext2_get_block);
}

static ssize_t ext2_direct_io(struct kiocb *iocb, struct iov_iter *iter)
{
	return blockdev_direct_IO(iocb, iocb->ki_filp->f_mapping->host, iter, ext2_get_block);
}

const struct address_space_operations ext2_aops = {
	.read_folio	= ext2_read_folio,
	.readahead	= ext2_readahead,
	.writepages	= ext2_writepages,
	.dirty_folio	= filemap_dirty_folio,
	.write_begin	= ext2_write_begin,
	.write_end	= ext2_write_end,
	.bmap		= ext2_bmap,
	.direct_IO	= ext2_direct_io,
};
