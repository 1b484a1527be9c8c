/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The page cache: one folio per (address_space, index), shared by read, write,
 * mmap, exec, the flusher and reclaim.
 *
 * Life of a folio: absent -> (allocated, locked, inserted) -> read: uptodate,
 * unlocked -> dirty <-> writeback -> clean -> removed by truncate or reclaim.
 * Whoever changes the content, the state, or removes it, holds PG_locked.
 * Lookups take no lock; i_pages_lock is for changes and for marks.
 *
 * invalidate_lock: faults and reads that insert folios hold it shared;
 * truncate and hole punching hold it exclusively, so no folio beyond the end
 * appears behind them.
 */
#ifndef MM_PAGEMAP_H
#define MM_PAGEMAP_H
#include <lib/types.h>
#include <lib/xarray.h>
#include <lib/interval_tree.h>
#include <mm/page.h>
#include <mm/gfp.h>
#include <kernel/mutex.h>

struct inode;
struct file;
struct kiocb;
struct iov_iter;
struct vm_fault;
struct vm_area_struct;
struct writeback_control;
struct file_ra_state;
struct readahead_control;
struct address_space_operations;

/* errors of write-back, seen once per open file: a counter and the errno */
typedef u32 errseq_t;
errseq_t errseq_set(errseq_t *e, int err);
errseq_t errseq_sample(errseq_t *e);
int errseq_check_and_advance(errseq_t *e, errseq_t *since);	/* 0 or -errno */
int errseq_check(errseq_t *e, errseq_t since);

#define PAGECACHE_TAG_DIRTY	0	/* xarray marks */
#define PAGECACHE_TAG_WRITEBACK	1
#define PAGECACHE_TAG_TOWRITE	2

struct address_space {
	struct inode *host;
	struct xarray i_pages;		/* i_pages_lock to change; to read: filemap.c */
	spinlock_t i_pages_lock;	/* irq-safe, LR_I_PAGES */
	unsigned long nrpages;
	const struct address_space_operations *a_ops;
	struct rb_root_cached i_mmap;	/* interval tree of VMAs, shared and private */
	struct rw_semaphore i_mmap_rwsem;
	atomic_t i_mmap_writable;	/* shared writable mappings; < 0: denied (seals) */
	struct rw_semaphore invalidate_lock;
	pgoff_t writeback_index;
	gfp_t gfp_mask;
	unsigned long flags;		/* AS_* */
	errseq_t wb_err;
	struct list_head meta_blocks;	/* fs/buffer: metadata blocks to be written at fsync; i_private_lock */
	spinlock_t i_private_lock;	/* LR_BUFFER */
};
#define AS_EIO 0
#define AS_ENOSPC 1
#define AS_UNEVICTABLE 2
#define AS_SHMEM 3			/* tmpfs: not written back, counts as shmem */

struct address_space_operations {
	/** read_folio - start reading a locked folio; it is unlocked when done. 0 or -errno. */
	int (*read_folio)(struct file *file, struct folio *folio);
	/** readahead - start reading locked folios of @rac, in order. */
	void (*readahead)(struct readahead_control *rac);
	int (*writepages)(struct address_space *m, struct writeback_control *wbc);
	/** dirty_folio - normally filemap_dirty_folio or noop_dirty_folio. True: newly dirty. */
	bool (*dirty_folio)(struct address_space *m, struct folio *folio);
	/** write_begin - a locked folio ready for bytes [pos, pos+len), blocks allocated. */
	int (*write_begin)(struct file *f, struct address_space *m, loff_t pos, unsigned int len, struct folio **foliop);
	/** write_end - @copied bytes are there: dirty it, extend i_size, unlock, put. Bytes accepted. */
	int (*write_end)(struct file *f, struct address_space *m, loff_t pos, unsigned int len, unsigned int copied, struct folio *folio);
	void (*invalidate_folio)(struct folio *folio, size_t off, size_t len);	/* drops private state */
	bool (*release_folio)(struct folio *folio, gfp_t gfp);
	void (*free_folio)(struct folio *folio);
	u64 (*bmap)(struct address_space *m, u64 block);
	ssize_t (*direct_IO)(struct kiocb *iocb, struct iov_iter *iter);
};

struct file_ra_state {
	pgoff_t start;
	unsigned int size, async_size, ra_pages, mmap_miss;
	loff_t prev_pos;
};
struct readahead_control {
	struct file *file;
	struct address_space *mapping;
	struct file_ra_state *ra;
	pgoff_t _index;
	unsigned int _nr_pages;		/* not yet taken */
	struct xa_state _xas;		/* stands on the last one taken */
};
/** readahead_folio - the next locked folio of the batch (cache reference only), or NULL. */
struct folio *readahead_folio(struct readahead_control *rac);
void page_cache_sync_ra(struct readahead_control *rac, unsigned long req_count);
void page_cache_async_ra(struct readahead_control *rac, struct folio *folio, unsigned long req_count);
void force_page_cache_readahead(struct address_space *m, struct file *f, pgoff_t index, unsigned long nr);
void file_ra_state_init(struct file_ra_state *ra, struct address_space *m);

void address_space_init_once(struct address_space *m);

/* folio lock and waits (mm/folio_wait.c) */
void __folio_lock(struct folio *f);
int __folio_lock_killable(struct folio *f);
void folio_unlock(struct folio *f);
static inline bool folio_trylock(struct folio *f) { return !folio_test_set_locked(f); }
static inline void folio_lock(struct folio *f) { if (!folio_trylock(f)) __folio_lock(f); }
static inline int __must_check folio_lock_killable(struct folio *f)
{
	return folio_trylock(f) ? 0 : __folio_lock_killable(f);
}
void folio_wait_locked(struct folio *f);
int folio_wait_locked_killable(struct folio *f);
void folio_wait_writeback(struct folio *f);
/** folio_wait_stable - before changing a page under I/O where the device needs it stable: none do. */
void folio_end_read(struct folio *f, bool success);	/* uptodate + unlock; any context */

/* lookup */
#define FGP_ACCESSED	0x01
#define FGP_LOCK	0x02
#define FGP_CREAT	0x04
#define FGP_WRITE	0x08
#define FGP_NOFS	0x10
#define FGP_NOWAIT	0x20
/** filemap_get_folio - referenced, or NULL. Lockless. */
struct folio *filemap_get_folio(struct address_space *m, pgoff_t index);
/** __filemap_get_folio - with FGP_*; ERR_PTR(-ENOENT, -ENOMEM, -EAGAIN). */
struct folio *__filemap_get_folio(struct address_space *m, pgoff_t index, unsigned int fgp, gfp_t gfp);
static inline struct folio *filemap_lock_folio(struct address_space *m, pgoff_t index)
{
	return __filemap_get_folio(m, index, FGP_LOCK, 0);	/* ERR_PTR(-ENOENT) if absent */
}
unsigned int filemap_get_folios(struct address_space *m, pgoff_t *start, pgoff_t end, struct folio **batch, unsigned int n);
unsigned int filemap_get_folios_tag(struct address_space *m, pgoff_t *start, pgoff_t end, int tag, struct folio **batch, unsigned int n);
/** filemap_add_folio - insert a new folio: locked, cache reference taken, on the lru.
 *  Return: 0, -EEXIST, -ENOMEM. */
int filemap_add_folio(struct address_space *m, struct folio *f, pgoff_t index, gfp_t gfp);
struct folio *filemap_alloc_folio(gfp_t gfp, unsigned int order);	/* PGTY_FILE, refcount 1; NULL */
bool filemap_release_folio(struct folio *f, gfp_t gfp);
/** read_mapping_folio - uptodate folio, reading if needed. ERR_PTR. Not locked. */
struct folio *read_mapping_folio(struct address_space *m, pgoff_t index, struct file *f);

/* dirtying and write-back */
bool folio_mark_dirty(struct folio *f);			/* through a_ops->dirty_folio */
bool filemap_dirty_folio(struct address_space *m, struct folio *f);
bool noop_dirty_folio(struct address_space *m, struct folio *f);
/** folio_clear_dirty_for_io - locked; write-protects all mappings. True: was dirty. */
bool folio_clear_dirty_for_io(struct folio *f);
void folio_cancel_dirty(struct folio *f);
void folio_start_writeback(struct folio *f);		/* locked */
void folio_end_writeback(struct folio *f);		/* any context */
void folio_redirty_for_writepage(struct writeback_control *wbc, struct folio *f);
void mapping_set_error(struct address_space *m, int err);
int filemap_fdatawrite_range(struct address_space *m, loff_t start, loff_t end);
int filemap_flush(struct address_space *m);		/* start only */
void filemap_fdatawait_range(struct address_space *m, loff_t start, loff_t end);
/** filemap_write_and_wait_range - the end is inclusive (LLONG_MAX: all). 0 or error of these writes. */
int filemap_write_and_wait_range(struct address_space *m, loff_t start, loff_t end);
/** file_write_and_wait_range - the same + reports wb_err once for @file. */
int file_write_and_wait_range(struct file *file, loff_t start, loff_t end);
int file_check_and_advance_wb_err(struct file *file);
/** write_cache_pages - each dirty folio of wbc's range: locked, dirty cleared, → @fn. */
typedef int (*writepage_t)(struct folio *folio, struct writeback_control *wbc, void *data);
int write_cache_pages(struct address_space *m, struct writeback_control *wbc, writepage_t fn, void *data);
void balance_dirty_pages_ratelimited(struct address_space *m);
void tag_pages_for_writeback(struct address_space *m, pgoff_t start, pgoff_t end);

/* truncation (mm/truncate.c) */
void truncate_inode_pages_range(struct address_space *m, loff_t start, loff_t end_incl);
void truncate_inode_pages(struct address_space *m, loff_t start);
void truncate_inode_pages_final(struct address_space *m);	/* evict */
/** truncate_pagecache - i_size was already set: unmap and drop beyond it. */
void truncate_pagecache(struct inode *inode, loff_t newsize);
void truncate_setsize(struct inode *inode, loff_t newsize);	/* i_size_write + truncate_pagecache */
void pagecache_isize_extended(struct inode *inode, loff_t from, loff_t to);
void truncate_pagecache_range(struct inode *inode, loff_t start, loff_t end_incl);
unsigned long invalidate_mapping_pages(struct address_space *m, pgoff_t start, pgoff_t end);
int invalidate_inode_pages2_range(struct address_space *m, pgoff_t start, pgoff_t end);

/* generic file operations on the cache (mm/filemap.c) */
ssize_t generic_file_read_iter(struct kiocb *iocb, struct iov_iter *to);
ssize_t generic_file_write_iter(struct kiocb *iocb, struct iov_iter *from);
ssize_t __generic_file_write_iter(struct kiocb *iocb, struct iov_iter *from);	/* i_rwsem held, checks done */
ssize_t generic_perform_write(struct kiocb *iocb, struct iov_iter *from);
int generic_file_mmap(struct file *file, struct vm_area_struct *vma);
vm_fault_t filemap_fault(struct vm_fault *vmf);
vm_fault_t filemap_map_pages(struct vm_fault *vmf, pgoff_t start, pgoff_t end);
vm_fault_t filemap_page_mkwrite(struct vm_fault *vmf);	/* for filesystems that need no allocation */
extern const struct vm_operations_struct generic_file_vm_ops;
void pagecache_init(void);

#endif
