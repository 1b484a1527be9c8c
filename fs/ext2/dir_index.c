// SPDX-License-Identifier: GPL-2.0-only
/*
 * An index of a large directory, in memory alone: a hash table from names to
 * the places of their entries, and how much room each page has at most. It
 * spares looking through the whole directory for a name that is not there, or
 * for room for a new one. The directory on the disk knows nothing of it.
 *
 * 1. Each entry in use has exactly one slot: its name's hash and its place. No
 *    other slots are taken. An entry never moves, so a place stays right until
 *    the entry is removed.
 * 2. An entry that takes more than 4 * rooms[n] bytes fits nowhere in page n;
 *    255 says nothing.
 * 3. A directory without an index is searched from end to end: the index may go
 *    at any time that nobody holds i_rwsem. It goes when it is full (the next
 *    search makes a larger one), when memory is short and with the inode.
 *
 * Locks: the directory's i_rwsem, shared to look up, exclusive to change or
 * drop it; of several who make one under the shared lock, one wins. The list of
 * all has index_lock, under which the shrinker only tries i_rwsem.
 */
#include "dir.h"
#include <kernel/init.h>
#include <kernel/printk.h>
#include <lib/err.h>
#include <lib/hash.h>
#include <lib/string.h>
#include <mm/reclaim.h>
#include <mm/slab.h>

struct slot {
	u32 hash;
	u32 where;	/* the entry's byte / 4, + 1; 0: unused */
};

struct ext2_dir_index {
	struct list_head list;		/* index_lock; the oldest first */
	struct inode *dir;
	size_t bytes;			/* of memory */
	unsigned int bits, used;	/* slots: 2^bits, and how many are taken */
	unsigned long nr_pages;		/* of the directory that rooms[] has place for */
	u8 *rooms;			/* behind the slots */
	struct slot slots[];
};

static LIST_HEAD(indices);
static DEFINE_SPINLOCK(index_lock, LR_DIR_INDEX);
static unsigned long index_bytes;	/* of all; index_lock */

/* ---- the table ---- */

static u32 hash_of(const void *name, unsigned int len)
{
	return full_name_hash(NULL, name, len);
}

static u32 home_of(const struct ext2_dir_index *ix, u32 hash)
{
	return hash_32(hash, ix->bits);
}

static u32 next_slot(const struct ext2_dir_index *ix, u32 i)
{
	return (i + 1) & ((1u << ix->bits) - 1);
}

static loff_t pos_of(const struct slot *s)
{
	return ((loff_t)s->where - 1) * 4;
}

static void put_slot(struct ext2_dir_index *ix, u32 hash, loff_t pos)
{
	u32 i = home_of(ix, hash);

	while (ix->slots[i].where)
		i = next_slot(ix, i);
	ix->slots[i] = (struct slot){ .hash = hash, .where = pos / 4 + 1 };
	ix->used++;
}

/* Empty slot @hole, and let those behind it move up that were pushed away from their home. */
static void clear_slot(struct ext2_dir_index *ix, u32 hole)
{
	u32 mask = (1u << ix->bits) - 1;

	for (u32 i = next_slot(ix, hole); ix->slots[i].where; i = next_slot(ix, i)) {
		u32 pushed = (i - home_of(ix, ix->slots[i].hash)) & mask;

		if (pushed >= ((i - hole) & mask)) {
			ix->slots[hole] = ix->slots[i];
			hole = i;
		}
	}
	ix->slots[hole].where = 0;
	ix->used--;
}

/* ---- making one ---- */

/* Entries in use, each seen to be sound. Return: -EIO and others if not. */
static long count_entries(struct inode *dir)
{
	unsigned long pages = dir_pages(dir);
	long count = 0;

	for (unsigned long n = 0; n < pages; n++) {
		unsigned int off = 0, bytes = page_bytes(dir, n);
		struct folio *f = get_page_of(dir, n);

		if (IS_ERR(f))
			return PTR_ERR(f);
		while (off < bytes) {
			const struct ext2_dirent *de = folio_address(f) + off;

			if (!entry_ok(dir, folio_address(f), off, bytes)) {
				folio_put(f);
				return ext2_bad_entry(dir, n, off);
			}
			count += !!de->inode;
			off += rec_len(de);
		}
		folio_put(f);
	}
	return count;
}

static struct ext2_dir_index *alloc_index(struct inode *dir, unsigned long entries)
{
	/* so that the directory can grow a good deal before this is done again */
	unsigned long nr_pages = dir_pages(dir) * 2;
	struct ext2_dir_index *ix;
	unsigned int bits = 1;
	size_t bytes;

	while (1UL << bits < entries * 2)
		bits++;
	bytes = sizeof(*ix) + (sizeof(struct slot) << bits) + nr_pages;
	ix = kvmalloc(bytes, GFP_KERNEL | __GFP_ZERO | __GFP_RETRY_MAYFAIL | __GFP_NOWARN);
	if (!ix)
		return NULL;
	ix->dir = dir;
	ix->bytes = bytes;
	ix->bits = bits;
	ix->nr_pages = nr_pages;
	ix->rooms = (u8 *)&ix->slots[1UL << bits];
	memset(ix->rooms, 255, nr_pages);
	return ix;
}

/* The table must not become so full that a search takes long. */
static bool is_full(const struct ext2_dir_index *ix)
{
	return ix->used >= (1u << ix->bits) / 4 * 3;
}

/* Enter what page @n has. Return: false: it cannot be done. */
static bool index_page(struct ext2_dir_index *ix, unsigned long n)
{
	unsigned int off = 0, bytes = page_bytes(ix->dir, n), room = 0;
	struct folio *f = get_page_of(ix->dir, n);
	bool ok = true;

	if (IS_ERR(f))
		return false;
	while (off < bytes) {
		const struct ext2_dirent *de = folio_address(f) + off;

		/* it was sound when it was counted, but may have been read again since */
		ok = entry_ok(ix->dir, folio_address(f), off, bytes) && !(de->inode && is_full(ix));
		if (!ok)
			break;
		if (de->inode)
			put_slot(ix, hash_of(de->name, de->name_len), ((loff_t)n << PAGE_SHIFT) + off);
		room = max(room, room_in(de));
		off += rec_len(de);
	}
	ix->rooms[n] = min(room / 4, 255u);
	folio_put(f);
	return ok;
}

static struct ext2_dir_index *make_index(struct inode *dir)
{
	unsigned long pages = dir_pages(dir);
	long entries = count_entries(dir);
	struct ext2_dir_index *ix;

	/* a place must fit into its slot */
	if (entries < 0 || pages > U32_MAX / (PAGE_SIZE / 4))
		return NULL;
	ix = alloc_index(dir, entries);
	for (unsigned long n = 0; ix && n < pages; n++) {
		if (!index_page(ix, n)) {
			kvfree(ix);
			ix = NULL;
		}
	}
	return ix;
}

struct ext2_dir_index *ext2_get_index(struct inode *dir)
{
	struct ext2_inode *ei = EXT2_I(dir);
	struct ext2_dir_index *ix = READ_ONCE(ei->index), *old;

	if (ix || dir_pages(dir) <= EXT2_INDEX_PAGES)
		return ix;
	ix = make_index(dir);
	if (!ix)
		return NULL;
	spin_lock(&index_lock);
	old = ei->index;
	if (!old) {
		list_add_tail(&ix->list, &indices);
		index_bytes += ix->bytes;
		smp_store_release(&ei->index, ix);
	}
	spin_unlock(&index_lock);
	if (!old)
		return ix;
	kvfree(ix);
	return old;
}

/* ---- dropping it ---- */

static struct ext2_dir_index *detach(struct inode *dir)
{
	struct ext2_dir_index *ix = EXT2_I(dir)->index;

	if (ix) {
		list_del(&ix->list);
		index_bytes -= ix->bytes;
		EXT2_I(dir)->index = NULL;
	}
	return ix;
}

/** ext2_drop_index - forget @dir's index. Context: i_rwsem held exclusively, or evicting. */
void ext2_drop_index(struct inode *dir)
{
	struct ext2_dir_index *ix;

	spin_lock(&index_lock);
	ix = detach(dir);
	spin_unlock(&index_lock);
	kvfree(ix);
}

/* An index that is not in use just now; with index_lock, its directory cannot go. */
static struct ext2_dir_index *detach_oldest(void) __no_tsa	/* a try may fail */
{
	struct ext2_dir_index *ix, *found = NULL;

	spin_lock(&index_lock);
	list_for_each_entry(ix, &indices, list) {
		struct inode *dir = ix->dir;

		if (down_write_trylock(&dir->i_rwsem)) {
			found = detach(dir);
			up_write(&dir->i_rwsem);
			break;
		}
	}
	spin_unlock(&index_lock);
	return found;
}

/* counted in pages: an index of a thousand names is not one of a million */
static unsigned long index_shrink_count(struct shrinker *s)
{
	return READ_ONCE(index_bytes) / PAGE_SIZE;
}

static unsigned long index_shrink_scan(struct shrinker *s, unsigned long nr)
{
	struct ext2_dir_index *ix;
	unsigned long freed = 0;

	while (freed < nr && (ix = detach_oldest())) {
		freed += DIV_ROUND_UP(ix->bytes, PAGE_SIZE);
		kvfree(ix);
	}
	return freed;
}

static struct shrinker index_shrinker = {
	.count = index_shrink_count,
	.scan = index_shrink_scan,
	.name = "ext2_dir_index",
};

void __init ext2_index_init(void)
{
	register_shrinker(&index_shrinker);
}

/* ---- using it ---- */

int ext2_index_find(struct inode *dir, const struct ext2_dir_index *ix, const struct qstr *name,
		    struct ext2_dir_place *p)
{
	u32 hash = hash_of(name->name, name->len);

	for (u32 i = home_of(ix, hash); ix->slots[i].where; i = next_slot(ix, i)) {
		loff_t pos = pos_of(&ix->slots[i]);
		unsigned long n = pos >> PAGE_SHIFT;
		unsigned int off = offset_in_page(pos);
		struct folio *f;

		if (ix->slots[i].hash != hash)
			continue;
		f = get_page_of(dir, n);
		if (IS_ERR(f))
			return PTR_ERR(f);
		p->de = folio_address(f) + off;
		if (!entry_ok(dir, folio_address(f), off, page_bytes(dir, n))) {
			folio_put(f);
			return ext2_bad_entry(dir, n, off);
		}
		if (entry_is(p->de, name)) {
			p->folio = f;
			return 0;
		}
		folio_put(f);
	}
	return -ENOENT;
}

bool ext2_index_may_fit(const struct ext2_dir_index *ix, unsigned long n, unsigned int need)
{
	return n >= ix->nr_pages || need / 4 <= ix->rooms[n] || ix->rooms[n] == 255;
}

void ext2_index_no_room(struct ext2_dir_index *ix, unsigned long n, unsigned int need)
{
	if (n < ix->nr_pages)
		ix->rooms[n] = need / 4 - 1;
}

void ext2_index_add(struct inode *dir, loff_t pos, const struct qstr *name)
{
	struct ext2_dir_index *ix = EXT2_I(dir)->index;

	if (!ix)
		return;
	if (is_full(ix) || (unsigned long)pos >> PAGE_SHIFT >= ix->nr_pages)
		ext2_drop_index(dir);
	else
		put_slot(ix, hash_of(name->name, name->len), pos);
}

void ext2_index_remove(struct inode *dir, loff_t pos, const struct ext2_dirent *de)
{
	struct ext2_dir_index *ix = EXT2_I(dir)->index;
	u32 i;

	if (!ix)
		return;
	i = home_of(ix, hash_of(de->name, de->name_len));
	while (ix->slots[i].where && pos_of(&ix->slots[i]) != pos)
		i = next_slot(ix, i);
	if (!WARN_ON_ONCE(!ix->slots[i].where))
		clear_slot(ix, i);
}

void ext2_index_new_room(struct inode *dir, loff_t pos)
{
	struct ext2_dir_index *ix = EXT2_I(dir)->index;
	unsigned long n = pos >> PAGE_SHIFT;

	if (ix && n < ix->nr_pages)
		ix->rooms[n] = 255;
}
