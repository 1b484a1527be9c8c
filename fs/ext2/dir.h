/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files about directories share: walking entries, and the index of names. */
#ifndef EXT2_DIR_H
#define EXT2_DIR_H
#include "ext2.h"
#include <lib/err.h>
#include <lib/string.h>

static inline unsigned long dir_pages(const struct inode *dir)
{
	return ((u64)dir->i_size + PAGE_SIZE - 1) >> PAGE_SHIFT;
}

/* bytes of the directory in page @n */
static inline unsigned int page_bytes(const struct inode *dir, unsigned long n)
{
	u64 left = dir->i_size - ((u64)n << PAGE_SHIFT);

	return min_t(u64, left, PAGE_SIZE);
}

static inline unsigned int rec_len(const struct ext2_dirent *de)
{
	return le16_to_cpu(de->rec_len);
}

/* what nobody uses of an entry's bytes */
static inline unsigned int room_in(const struct ext2_dirent *de)
{
	return rec_len(de) - (de->inode ? EXT2_DIR_REC_LEN(de->name_len) : 0);
}

/* Is the entry at @off of a page of @bytes sound? It must end within its block. */
static inline bool entry_ok(const struct inode *dir, const void *page, unsigned int off,
			    unsigned int bytes)
{
	unsigned int bs = dir->i_sb->s_blocksize;
	const struct ext2_dirent *de = page + off;
	unsigned int len;

	if (bytes - off < EXT2_DIR_REC_LEN(1))
		return false;
	len = rec_len(de);
	return len >= EXT2_DIR_REC_LEN(de->name_len) && len >= EXT2_DIR_REC_LEN(1) && !(len & 3) &&
	       (off & (bs - 1)) + len <= bs && off + len <= bytes;
}

static inline bool entry_is(const struct ext2_dirent *de, const struct qstr *name)
{
	return de->inode && de->name_len == name->len && !memcmp(de->name, name->name, name->len);
}

static inline struct folio *get_page_of(struct inode *dir, unsigned long n)
{
	struct folio *f = read_mapping_folio(dir->i_mapping, n, NULL);

	if (unlikely(f == ERR_PTR(-EIO)))
		ext2_error(dir->i_sb, "directory %lu: unable to read page %lu", dir->i_ino, n);
	return f;
}

/* an entry is broken: say so. Return: -EIO. */
int ext2_bad_entry(struct inode *dir, unsigned long n, unsigned int off);

/* dir_index.c: for all, @dir's i_rwsem is held; for what changes it, exclusively */

/* Longer directories get an index. */
#define EXT2_INDEX_PAGES	2

/** ext2_get_index - @dir's index, made if it is worth one. Return: NULL: there is none. May sleep. */
struct ext2_dir_index *ext2_get_index(struct inode *dir);
/** ext2_index_find - as ext2_find_entry(). */
int ext2_index_find(struct inode *dir, const struct ext2_dir_index *ix, const struct qstr *name,
		    struct ext2_dir_place *p);
/** ext2_index_may_fit - false: no entry of @need bytes fits into page @n. */
bool ext2_index_may_fit(const struct ext2_dir_index *ix, unsigned long n, unsigned int need);
/** ext2_index_no_room - @need bytes were looked for in page @n in vain. */
void ext2_index_no_room(struct ext2_dir_index *ix, unsigned long n, unsigned int need);
/** ext2_index_add - @name is at byte @pos now. The index goes if it has outgrown its memory. */
void ext2_index_add(struct inode *dir, loff_t pos, const struct qstr *name);
/** ext2_index_remove - the entry @de at byte @pos is about to go. */
void ext2_index_remove(struct inode *dir, loff_t pos, const struct ext2_dirent *de);
/** ext2_index_new_room - the page of byte @pos has more room than before. */
void ext2_index_new_room(struct inode *dir, loff_t pos);

#endif
