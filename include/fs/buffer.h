/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Blocks: the library between filesystems and the block layer.
 *
 * (1) Metadata blocks are a view on the block device's own address_space:
 *     sb_bread() gives a block's bytes inside the cached folio, and
 *     block_mark_dirty() marks just that block. Folios of block devices keep,
 *     per block, uptodate and dirty bits in folio->private, so that writing a
 *     folio never writes a neighbour block that was not changed.
 * (2) mpage: reading and writing file folios through a filesystem's get_block,
 *     with neighbouring blocks gathered into large bios.
 */
#ifndef FS_BUFFER_H
#define FS_BUFFER_H
#include <lib/types.h>
#include <mm/pagemap.h>
struct super_block;
struct block_device;
struct inode;
struct vm_fault;
struct file_operations;

/* a referenced metadata block; data stays valid until block_put() */
struct block_ref {
	struct folio *folio;
	void *data;			/* s_blocksize bytes */
	u64 blocknr;
	unsigned int size;
};
/** sb_bread - read block @nr. 0, -EIO, -ENOMEM. Context: may sleep. */
int sb_bread(struct super_block *sb, u64 nr, struct block_ref *b);
/** sb_getblk_zero - a block about to be filled: zeroed, uptodate, not read. */
int sb_getblk_zero(struct super_block *sb, u64 nr, struct block_ref *b);
static inline void block_put(struct block_ref *b) { if (b->folio) folio_put(b->folio); b->folio = NULL; }
void block_mark_dirty(struct block_ref *b);
/** block_mark_dirty_inode - and write it at fsync of @inode. */
void block_mark_dirty_inode(struct block_ref *b, struct inode *inode);
int block_sync(struct block_ref *b);			/* write this block now and wait */
/** block_forget - the block was freed: forget changes, so that they never overwrite its next user. */
void block_forget(struct super_block *sb, u64 nr);
/** clean_bdev_blocks - blocks become file data: drop cached metadata copies (same reason). */
void clean_bdev_blocks(struct super_block *sb, u64 nr, u64 count);
/** sync_inode_blocks - write and wait for the metadata blocks of @inode. */
int sync_inode_blocks(struct inode *inode);
void forget_inode_blocks(struct inode *inode);		/* eviction */

/* get_block: map file block @iblock: @create allocates. map->len is asked and given in blocks. */
struct block_map {
	u64 pblock;			/* device block of iblock */
	unsigned int len;		/* contiguous blocks; asked for on entry */
	bool mapped;			/* false: hole */
	bool new;			/* just allocated: content is garbage, zero the rest */
};
typedef int (*get_block_t)(struct inode *inode, u64 iblock, struct block_map *map, bool create);
int mpage_read_folio(struct folio *folio, get_block_t get_block);
void mpage_readahead(struct readahead_control *rac, get_block_t get_block);
int mpage_writepages(struct address_space *m, struct writeback_control *wbc, get_block_t get_block);
int block_write_begin(struct address_space *m, loff_t pos, unsigned int len, struct folio **foliop, get_block_t get_block);
int generic_write_end(struct file *f, struct address_space *m, loff_t pos, unsigned int len, unsigned int copied, struct folio *folio);
vm_fault_t block_page_mkwrite(struct vm_fault *vmf, get_block_t get_block);
/** block_truncate_page - zero the rest of the block that holds byte @from. */
int block_truncate_page(struct address_space *m, loff_t from, get_block_t get_block);
u64 generic_block_bmap(struct address_space *m, u64 block, get_block_t get_block);
ssize_t blockdev_direct_IO(struct kiocb *iocb, struct inode *inode, struct iov_iter *iter, get_block_t get_block);
/* the page cache and the file operations of block devices; bd_inode->i_bdev is set */
extern const struct address_space_operations def_blk_aops;
extern const struct file_operations def_blk_fops;
int sync_blockdev(struct block_device *bdev);
void invalidate_bdev(struct block_device *bdev);
#endif
