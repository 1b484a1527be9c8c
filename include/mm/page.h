/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * struct page: one descriptor per physical frame, typed. What a frame is says
 * page->type; each type has its own view of the same 64 bytes. struct folio is
 * the view of memory that user space can map: file cache and anonymous memory.
 *
 * Reference counts: the cache holds one, each page-table entry one, each
 * kernel user one. _mapcount counts page-table entries that map the folio.
 */
#ifndef MM_PAGE_H
#define MM_PAGE_H
#include <lib/types.h>
#include <lib/list.h>
#include <lib/atomic.h>
#include <arch/page.h>
#include <kernel/spinlock.h>

struct address_space;
struct anon_vma;
struct kmem_cache;
struct mm_struct;

enum page_type {
	PGTY_FREE_PCP = 0,	/* on a per-CPU list, or not yet given out */
	PGTY_BUDDY,		/* head of a free block of the buddy allocator */
	PGTY_RAW,		/* allocated, owner keeps its own books (pipes, stacks, kmalloc large) */
	PGTY_SLAB,
	PGTY_TABLE,		/* a page table */
	PGTY_FILE,		/* folio of an address_space (files, tmpfs, block devices) */
	PGTY_ANON,		/* folio of anonymous private memory */
	PGTY_RESERVED,		/* not RAM for us: kernel image, firmware, holes */
	PGTY_TAIL,		/* not the head of its block; .head says whose */
};

/* page->flags bits */
enum pageflags {
	PG_locked,		/* folio lock */
	PG_waiters,		/* somebody waits on a bit of this folio */
	PG_uptodate,		/* content is valid */
	PG_dirty,
	PG_writeback,
	PG_error,
	PG_lru,			/* on an lru list */
	PG_active,
	PG_referenced,
	PG_unevictable,
	PG_mlocked,
	PG_readahead,		/* touching this one starts the next read-ahead */
	PG_reclaim,		/* move to the tail when its write ends */
	PG_swapbacked,		/* anon or tmpfs */
	PG_private,		/* ->private is in use by the filesystem/buffer layer */
	PG_workingset,
	PG_zero,		/* buddy/pcp: known to hold zeros */
	NR_PAGEFLAGS,
};

struct page {
	unsigned long flags;
	u8 type;			/* enum page_type */
	u8 order;			/* head of a block: its order */
	u16 aux;
	atomic_t refcount;
	union {
		struct {		/* PGTY_FREE_PCP, PGTY_BUDDY */
			struct list_head buddy_list;
		};
		struct {		/* PGTY_SLAB; head page */
			struct kmem_cache *slab_cache;
			struct list_head slab_list;
			void *freelist;
			u16 inuse, objects;
			u32 frozen;
		};
		struct {		/* PGTY_TABLE */
			spinlock_t ptl;	/* guards the entries of this table */
			struct mm_struct *pt_mm;
			unsigned int pt_used;	/* entries not none, if maintained */
			struct page *pt_next;	/* chain of tables to free */
		};
		struct {		/* PGTY_RAW */
			unsigned long private_data[4];
		};
		struct {		/* PGTY_TAIL */
			struct page *head;
		};
		unsigned long words[6];
	};
};

struct folio {
	unsigned long flags;
	u8 type;
	u8 order;			/* always 0 so far */
	bool anon_exclusive;		/* PGTY_ANON: only one process has it; ptl (fault_wp.c) */
	u8 unused;
	atomic_t _refcount;		/* of a pinned anonymous folio: GUP_PIN_BIAS for each pin */
	struct list_head lru;
	union {
		struct address_space *mapping;	/* PGTY_FILE; NULL once truncated */
		struct anon_vma *anon_vma;	/* PGTY_ANON */
	};
	pgoff_t index;			/* pages: in the file, or of the anon vma's vm_pgoff space */
	unsigned long private;		/* PG_private: block state of the buffer layer, or swap entry */
	atomic_t _mapcount;		/* entries that map it; 0 = none */
	atomic_t io_pending;		/* fs block library: parts of this folio under I/O */
};
static_assert(sizeof(struct page) == 64, "one cache line per frame");
static_assert(sizeof(struct folio) <= sizeof(struct page), "folio is a view of page");
static_assert(offsetof(struct page, refcount) == offsetof(struct folio, _refcount), "same place");

#define page_folio(p)	((struct folio *)(p))
#define folio_page(f)	((struct page *)(f))
#define folio_pfn(f)	page_to_pfn(folio_page(f))
#define folio_address(f) page_address(folio_page(f))
#define pfn_folio(n)	page_folio(pfn_to_page(n))
#define folio_size(f)	(PAGE_SIZE << (f)->order)
#define folio_nr_pages(f) (1UL << (f)->order)
#define folio_pos(f)	((loff_t)(f)->index << PAGE_SHIFT)

#define FOLIO_FLAG(name, bit)							\
static inline bool folio_test_##name(const struct folio *f)			\
{ return READ_ONCE(f->flags) & (1UL << (bit)); }				\
static inline void folio_set_##name(struct folio *f)				\
{ __atomic_fetch_or(&f->flags, 1UL << (bit), __ATOMIC_RELEASE); }		\
static inline void folio_clear_##name(struct folio *f)				\
{ __atomic_fetch_and(&f->flags, ~(1UL << (bit)), __ATOMIC_RELEASE); }		\
static inline bool folio_test_set_##name(struct folio *f)			\
{ return __atomic_fetch_or(&f->flags, 1UL << (bit), __ATOMIC_ACQ_REL) & (1UL << (bit)); } \
static inline bool folio_test_clear_##name(struct folio *f)			\
{ return __atomic_fetch_and(&f->flags, ~(1UL << (bit)), __ATOMIC_ACQ_REL) & (1UL << (bit)); }
FOLIO_FLAG(locked, PG_locked)
FOLIO_FLAG(waiters, PG_waiters)
FOLIO_FLAG(uptodate_bit, PG_uptodate)
FOLIO_FLAG(dirty, PG_dirty)
FOLIO_FLAG(writeback, PG_writeback)
FOLIO_FLAG(error, PG_error)
FOLIO_FLAG(lru, PG_lru)
FOLIO_FLAG(active, PG_active)
FOLIO_FLAG(referenced, PG_referenced)
FOLIO_FLAG(unevictable, PG_unevictable)
FOLIO_FLAG(mlocked, PG_mlocked)
FOLIO_FLAG(readahead, PG_readahead)
FOLIO_FLAG(reclaim, PG_reclaim)
FOLIO_FLAG(swapbacked, PG_swapbacked)
FOLIO_FLAG(private, PG_private)
FOLIO_FLAG(workingset, PG_workingset)

/* the content may be read once this is true: acquire pairs with folio_mark_uptodate() */
static inline bool folio_test_uptodate(const struct folio *f)
{
	return __atomic_load_n(&f->flags, __ATOMIC_ACQUIRE) & (1UL << PG_uptodate);
}
#define folio_mark_uptodate(f)	folio_set_uptodate_bit(f)
#define folio_clear_uptodate(f)	folio_clear_uptodate_bit(f)
static inline bool folio_test_anon(const struct folio *f) { return f->type == PGTY_ANON; }

/* references */
void __folio_put(struct folio *f);		/* last reference is gone: off the lru and free */
static inline int folio_ref_count(const struct folio *f) { return atomic_read(&f->_refcount); }
static inline void folio_get(struct folio *f) { atomic_inc(&f->_refcount); }
static inline void folio_put(struct folio *f)
{
	if (atomic_dec_and_test(&f->_refcount))
		__folio_put(f);
}
/** folio_try_get - for lockless lookups: false if it was being freed. The caller
 *  re-checks afterwards that the folio is still the one it looked for. */
static inline bool folio_try_get(struct folio *f)
{
	return atomic_inc_not_zero(&f->_refcount);
}
/* what a pin adds to the references of an anonymous folio, so that fork can tell it
 * from most others; a folio with that many others is at worst copied needlessly */
#define GUP_PIN_BIAS	1024
/** folio_ref_freeze - if @refs references are all there are, make them 0: @f is the caller's. */
static inline bool folio_ref_freeze(struct folio *f, int refs)
{
	return atomic_cmpxchg(&f->_refcount, refs, 0) == refs;
}
static inline int folio_mapcount(const struct folio *f) { return atomic_read(&f->_mapcount); }
static inline bool folio_mapped(const struct folio *f) { return folio_mapcount(f) > 0; }
static inline void get_page(struct page *p) { atomic_inc(&p->refcount); }
void put_page_refs(struct page *p, int refs);	/* any type */
static inline void put_page(struct page *p) { put_page_refs(p, 1); }

/* the shared page of zeros: mapped PTE_SPECIAL, never counted */
extern struct page *zero_page;
#define is_zero_pfn(pfn) ((pfn) == page_to_pfn(zero_page))

#endif
