// SPDX-License-Identifier: GPL-2.0-only
/*
 * Directories: files of blocks, each filled exactly by entries. An entry is
 * removed by giving its space to the one before it. Content is in the page
 * cache like any file's; changes are made under the directory's i_rwsem and the
 * folio's lock, lookups under i_rwsem.
 *
 * Every entry is checked before it is believed (next_entry()): a broken one
 * ends the walk with -EIO.
 */
#include "dir.h"
#include <kernel/printk.h>
#include <lib/err.h>
#include <lib/string.h>

int ext2_bad_entry(struct inode *dir, unsigned long n, unsigned int off)
{
	ext2_error(dir->i_sb, "directory %lu: bad entry at byte %lu", dir->i_ino,
		   (n << PAGE_SHIFT) + off);
	return -EIO;
}

static int find_in_page(struct inode *dir, unsigned long n, const struct qstr *name,
			struct ext2_dir_place *p)
{
	struct folio *f = get_page_of(dir, n);
	unsigned int off = 0, bytes = page_bytes(dir, n);
	void *page;

	if (IS_ERR(f))
		return PTR_ERR(f);
	page = folio_address(f);
	while (off < bytes) {
		struct ext2_dirent *de = page + off;

		if (!entry_ok(dir, page, off, bytes)) {
			folio_put(f);
			return ext2_bad_entry(dir, n, off);
		}
		if (entry_is(de, name)) {
			p->folio = f;
			p->de = de;
			return 0;
		}
		off += rec_len(de);
	}
	folio_put(f);
	return -ENOENT;
}

/* Look into up to @limit pages, beginning with the one where the last name was found. */
static int find_in_pages(struct inode *dir, const struct qstr *name, unsigned long limit,
			 struct ext2_dir_place *p)
{
	struct ext2_inode *ei = EXT2_I(dir);
	unsigned long pages = dir_pages(dir), n = READ_ONCE(ei->dir_start_lookup);

	for (unsigned long i = 0; i < min(pages, limit); i++, n++) {
		int err;

		if (n >= pages)
			n = 0;
		err = find_in_page(dir, n, name, p);
		if (!err)
			WRITE_ONCE(ei->dir_start_lookup, n);
		if (err != -ENOENT)
			return err;
	}
	return -ENOENT;
}

/* In debug builds: does the index know of the same names as the directory? */
static void check_answer(struct inode *dir, const struct qstr *name, int answer)
{
	struct ext2_dir_place p = { 0 };
	int err = find_in_pages(dir, name, ULONG_MAX, &p);

	WARN_ON_ONCE((err == 0 && answer == -ENOENT) || (err == -ENOENT && answer == 0));
	ext2_put_place(&p);
}

int ext2_find_entry(struct inode *dir, const struct qstr *name, struct ext2_dir_place *p)
{
	struct ext2_dir_index *ix = smp_load_acquire(&EXT2_I(dir)->index);
	int err;

	p->folio = NULL;
	if (!ix) {
		/* a search that goes on and on is worth an index */
		err = find_in_pages(dir, name, EXT2_INDEX_PAGES, p);
		if (err != -ENOENT || dir_pages(dir) <= EXT2_INDEX_PAGES)
			return err;
		ix = ext2_get_index(dir);
		if (!ix)
			return find_in_pages(dir, name, ULONG_MAX, p);
	}
	err = ext2_index_find(dir, ix, name, p);
	if (CONFIG_DEBUG)
		check_answer(dir, name, err);
	return err;
}

int ext2_find_dotdot(struct inode *dir, struct ext2_dir_place *p)
{
	static const struct qstr dotdot = { .len = 2, .name = (const unsigned char *)".." };

	return find_in_page(dir, 0, &dotdot, p);
}

static u8 type_of(const struct inode *dir, const struct inode *inode)
{
	if (!ext2_incompat(EXT2_SB(dir->i_sb), EXT2_INCOMPAT_FILETYPE))
		return 0;
	switch (inode->i_mode & S_IFMT) {
	case S_IFREG: return 1;
	case S_IFDIR: return 2;
	case S_IFCHR: return 3;
	case S_IFBLK: return 4;
	case S_IFIFO: return 5;
	case S_IFSOCK: return 6;
	case S_IFLNK: return 7;
	default: return 0;
	}
}

/* entries were changed: the directory's times, unless @times is false, and its inode */
static int changed(struct inode *dir, bool times)
{
	if (times)
		dir->i_mtime = dir->i_ctime = current_time(dir);
	dir->i_version++;
	/* hashed indices are not kept up: tell those who read them */
	EXT2_I(dir)->i_flags &= ~EXT2_BTREE_FL;
	mark_inode_dirty(dir);
	if (unlikely((dir->i_flags & (S_SYNC | S_DIRSYNC)) || (dir->i_sb->s_flags & SB_SYNCHRONOUS))) {
		int err = filemap_write_and_wait_range(dir->i_mapping, 0, MAX_LFS_FILESIZE);

		return err ? err : sync_inode_metadata(dir, true);
	}
	return 0;
}

/* a change was made in the locked @f, which stays referenced */
static int commit(struct inode *dir, struct folio *f, bool times)
{
	folio_mark_dirty(f);
	folio_unlock(f);
	return changed(dir, times);
}

/* the block at @pos, from block_write_begin(), was filled; @f is released */
static int commit_block(struct inode *dir, struct folio *f, loff_t pos, bool times)
{
	unsigned int bs = dir->i_sb->s_blocksize;

	generic_write_end(NULL, dir->i_mapping, pos, bs, bs, f);
	return changed(dir, times);
}

static void fill_entry(struct inode *dir, struct ext2_dirent *de, const struct qstr *name,
		       const struct inode *inode)
{
	de->name_len = name->len;
	memcpy(de->name, name->name, name->len);
	de->inode = cpu_to_le32(inode->i_ino);
	de->file_type = type_of(dir, inode);
}

/*
 * Room for @need bytes in page @n: an unused entry, or the slack behind a used
 * one. Return: 1 found (*@off), 0 not, -EIO.
 */
static int find_room(struct inode *dir, void *page, unsigned long n, unsigned int need,
		     unsigned int *off)
{
	unsigned int at = 0, bytes = page_bytes(dir, n);

	while (at < bytes) {
		struct ext2_dirent *de = page + at;

		if (!entry_ok(dir, page, at, bytes))
			return ext2_bad_entry(dir, n, at);
		if (room_in(de) >= need) {
			*off = at;
			return 1;
		}
		at += rec_len(de);
	}
	return 0;
}

/* Put the entry where find_room() said; the folio is locked. */
static int insert_at(struct inode *dir, struct folio *f, unsigned int off, const struct qstr *name,
		     struct inode *inode)
{
	struct ext2_dirent *de = folio_address(f) + off;

	if (de->inode) {
		unsigned int used = EXT2_DIR_REC_LEN(de->name_len), len = rec_len(de);
		struct ext2_dirent *next = (void *)de + used;

		de->rec_len = cpu_to_le16(used);
		next->rec_len = cpu_to_le16(len - used);
		de = next;
	}
	fill_entry(dir, de, name, inode);
	ext2_index_add(dir, folio_pos(f) + ((void *)de - folio_address(f)), name);
	return commit(dir, f, true);
}

/* a new block at the end, with just this entry */
static int append_block(struct inode *dir, const struct qstr *name, struct inode *inode)
{
	unsigned int bs = dir->i_sb->s_blocksize;
	struct ext2_dirent *de;
	struct folio *f;
	int err = block_write_begin(dir->i_mapping, dir->i_size, bs, &f, ext2_get_block);

	if (err)
		return err;
	de = folio_address(f) + offset_in_page(dir->i_size);
	memset(de, 0, bs);
	de->rec_len = cpu_to_le16(bs);
	fill_entry(dir, de, name, inode);
	ext2_index_new_room(dir, dir->i_size);
	ext2_index_add(dir, dir->i_size, name);
	return commit_block(dir, f, dir->i_size, true);
}

/**
 * ext2_add_entry - enter @name, which @dir does not have, for @inode into @dir.
 * Context: @dir's i_rwsem held. Return: 0, -ENOSPC, -EIO, -ENOMEM.
 */
int ext2_add_entry(struct inode *dir, const struct qstr *name, struct inode *inode)
{
	unsigned int need = EXT2_DIR_REC_LEN(name->len), off;
	struct ext2_dir_index *ix = ext2_get_index(dir);
	unsigned long pages = dir_pages(dir);

	for (unsigned long n = 0; n < pages; n++) {
		struct folio *f;
		int r;

		if (ix && !ext2_index_may_fit(ix, n, need))
			continue;
		f = get_page_of(dir, n);
		if (IS_ERR(f))
			return PTR_ERR(f);
		folio_lock(f);
		r = find_room(dir, folio_address(f), n, need, &off);
		if (r > 0) {
			r = insert_at(dir, f, off, name, inode);
			folio_put(f);
			return r;
		}
		folio_unlock(f);
		folio_put(f);
		if (r < 0)
			return r;
		if (ix)
			ext2_index_no_room(ix, n, need);
	}
	return append_block(dir, name, inode);
}

/** ext2_delete_entry - remove the entry at @p. Context: @dir's i_rwsem held; @p stays referenced. */
int ext2_delete_entry(struct inode *dir, struct ext2_dir_place *p)
{
	void *page = folio_address(p->folio);
	unsigned int off = (void *)p->de - page, bs = dir->i_sb->s_blocksize;
	unsigned int at = off & ~(bs - 1);
	struct ext2_dirent *before = NULL;

	folio_lock(p->folio);
	while (at < off) {
		before = page + at;
		if (!entry_ok(dir, page, at, page_bytes(dir, p->folio->index))) {
			folio_unlock(p->folio);
			return ext2_bad_entry(dir, p->folio->index, at);
		}
		at += rec_len(before);
	}
	ext2_index_remove(dir, folio_pos(p->folio) + off, p->de);
	ext2_index_new_room(dir, folio_pos(p->folio));
	if (before)
		before->rec_len = cpu_to_le16(rec_len(before) + rec_len(p->de));
	p->de->inode = 0;
	return commit(dir, p->folio, true);
}

/** ext2_set_entry - the existing entry at @p now names @inode. */
int ext2_set_entry(struct inode *dir, struct ext2_dir_place *p, struct inode *inode, bool times)
{
	folio_lock(p->folio);
	p->de->inode = cpu_to_le32(inode->i_ino);
	p->de->file_type = type_of(dir, inode);
	return commit(dir, p->folio, times);
}

/** ext2_make_empty - the first block of a new directory: "." and "..". */
int ext2_make_empty(struct inode *inode, struct inode *parent)
{
	static const struct qstr dot = { .len = 1, .name = (const unsigned char *)"." };
	static const struct qstr dotdot = { .len = 2, .name = (const unsigned char *)".." };
	unsigned int bs = inode->i_sb->s_blocksize;
	struct ext2_dirent *de;
	struct folio *f;
	int err = block_write_begin(inode->i_mapping, 0, bs, &f, ext2_get_block);

	if (err)
		return err;
	de = folio_address(f);
	memset(de, 0, bs);
	de->rec_len = cpu_to_le16(EXT2_DIR_REC_LEN(1));
	fill_entry(inode, de, &dot, inode);
	de = (void *)de + EXT2_DIR_REC_LEN(1);
	de->rec_len = cpu_to_le16(bs - EXT2_DIR_REC_LEN(1));
	fill_entry(inode, de, &dotdot, parent);
	return commit_block(inode, f, 0, false);
}

int ext2_empty_dir(struct inode *dir)
{
	unsigned long pages = dir_pages(dir);

	for (unsigned long n = 0; n < pages; n++) {
		struct folio *f = get_page_of(dir, n);
		unsigned int off = 0, bytes = page_bytes(dir, n);
		int r = 1;

		if (IS_ERR(f))
			return PTR_ERR(f);
		while (r == 1 && off < bytes) {
			struct ext2_dirent *de = folio_address(f) + off;

			if (!entry_ok(dir, folio_address(f), off, bytes))
				r = ext2_bad_entry(dir, n, off);
			else if (de->inode && !(de->name_len == 1 && de->name[0] == '.') &&
				 !(de->name_len == 2 && de->name[0] == '.' && de->name[1] == '.'))
				r = 0;
			else
				off += rec_len(de);
		}
		folio_put(f);
		if (r != 1)
			return r;
	}
	return 1;
}

static unsigned int dt_of(const struct ext2_dirent *de, bool has_type)
{
	static const u8 dt[] = { 0, 8, 4, 2, 6, 1, 12, 10 };	/* DT_* */

	return has_type && de->file_type < ARRAY_SIZE(dt) ? dt[de->file_type] : 0;
}

/* getdents64: a position is a byte offset; entries may have changed since, so
 * it counts from the first entry of its block that is not before it. */
static int ext2_readdir(struct file *file, struct dir_context *ctx)
{
	struct inode *dir = file_inode(file);
	bool has_type = ext2_incompat(EXT2_SB(dir->i_sb), EXT2_INCOMPAT_FILETYPE);
	unsigned int bs = dir->i_sb->s_blocksize;

	while (ctx->pos < dir->i_size) {
		unsigned long n = ctx->pos >> PAGE_SHIFT;
		unsigned int from = offset_in_page(ctx->pos), off = from & ~(bs - 1);
		unsigned int bytes = page_bytes(dir, n);
		struct folio *f = get_page_of(dir, n);
		void *page;

		if (IS_ERR(f))
			return PTR_ERR(f);
		page = folio_address(f);
		while (off < bytes) {
			struct ext2_dirent *de = page + off;

			if (!entry_ok(dir, page, off, bytes)) {
				folio_put(f);
				ctx->pos = dir->i_size;
				return ext2_bad_entry(dir, n, off);
			}
			if (off >= from) {
				ctx->pos = ((loff_t)n << PAGE_SHIFT) + off;
				if (de->inode && !dir_emit(ctx, de->name, de->name_len,
							   le32_to_cpu(de->inode), dt_of(de, has_type))) {
					folio_put(f);
					return 0;
				}
				ctx->pos += rec_len(de);
			}
			off += rec_len(de);
		}
		ctx->pos = ((loff_t)n << PAGE_SHIFT) + bytes;
		folio_put(f);
	}
	return 0;
}

static ssize_t read_dir(struct file *f, char __user *buf, size_t n, loff_t *pos)
{
	return -EISDIR;
}

const struct file_operations ext2_dir_operations = {
	.llseek		= generic_file_llseek,
	.read		= read_dir,
	.iterate_shared	= ext2_readdir,
	.unlocked_ioctl	= ext2_ioctl,
	.fsync		= ext2_fsync,
};
