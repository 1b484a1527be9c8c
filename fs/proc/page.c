// SPDX-License-Identifier: GPL-2.0-only
/*
 * /proc/kpagecount, /proc/kpageflags: 64 bits for each physical frame, at 8 times its
 * number: how many page-table entries map it, and what it is in use for. With
 * /proc/PID/pagemap they tell who shares what.
 *
 * Frames are looked at without a lock or a reference: each answer was true at some
 * moment, and two of them need not fit together.
 */
#include "internal.h"
#include <arch/uaccess.h>
#include <kernel/init.h>
#include <linux/kernel-page-flags.h>
#include <mm/page_alloc.h>

#define ENTRY_SIZE	sizeof(u64)

/* Linux counts these among its internals, but shows them all the same. */
#define KPF_RESERVED	32
#define KPF_MLOCKED	33
#define KPF_PRIVATE	35

/* RAM begins far from frame 0; what lies before it is no memory. */
static const struct page *frame_page(unsigned long pfn)
{
	return pfn_valid(pfn) ? pfn_to_page(pfn) : NULL;
}

static bool is_folio(const struct page *p)
{
	return p->type == PGTY_FILE || p->type == PGTY_ANON;
}

static u64 frame_count(unsigned long pfn)
{
	const struct page *p = frame_page(pfn);

	return p && is_folio(p) ? folio_mapcount(page_folio(p)) : 0;
}

/* Only the first page of a free block is marked as such. */
static bool in_free_block(unsigned long pfn)
{
	for (unsigned int order = 0; order < NR_PAGE_ORDERS; order++) {
		const struct page *head = frame_page(pfn & ~((1UL << order) - 1));

		if (head && head->type == PGTY_BUDDY && head->order >= order)
			return true;
	}
	return false;
}

static u64 folio_flags(const struct folio *f)
{
	static const u8 shown[NR_PAGEFLAGS] = {
		[PG_locked] = KPF_LOCKED, [PG_error] = KPF_ERROR, [PG_referenced] = KPF_REFERENCED,
		[PG_uptodate] = KPF_UPTODATE, [PG_dirty] = KPF_DIRTY, [PG_lru] = KPF_LRU,
		[PG_active] = KPF_ACTIVE, [PG_writeback] = KPF_WRITEBACK, [PG_reclaim] = KPF_RECLAIM,
		[PG_swapbacked] = KPF_SWAPBACKED, [PG_unevictable] = KPF_UNEVICTABLE,
		[PG_mlocked] = KPF_MLOCKED, [PG_private] = KPF_PRIVATE,
	};
	unsigned long flags = READ_ONCE(f->flags);
	u64 v = 0;

	for (int bit = 0; bit < NR_PAGEFLAGS; bit++)
		/* KPF_LOCKED is 0, which also says "not shown" */
		if (flags & 1UL << bit && (shown[bit] || bit == PG_locked))
			v |= 1ULL << shown[bit];
	if (folio_mapped(f))
		v |= 1ULL << KPF_MMAP;
	if (folio_test_anon(f))
		v |= 1ULL << KPF_ANON;
	return v;
}

static u64 frame_flags(unsigned long pfn)
{
	const struct page *p = frame_page(pfn);

	if (!p)
		return 1ULL << KPF_NOPAGE;
	if (is_zero_pfn(pfn))
		return 1ULL << KPF_ZERO_PAGE;
	if (in_free_block(pfn))
		return 1ULL << KPF_BUDDY;
	switch (p->type) {
	case PGTY_FILE:
	case PGTY_ANON:
		return folio_flags(page_folio(p));
	case PGTY_SLAB:
		return 1ULL << KPF_SLAB | (p->order ? 1ULL << KPF_COMPOUND_HEAD : 0);
	case PGTY_TAIL:
		return 1ULL << KPF_COMPOUND_TAIL;
	case PGTY_TABLE:
		return 1ULL << KPF_PGTABLE;
	case PGTY_RESERVED:
		return 1ULL << KPF_RESERVED;
	default:
		return 0;
	}
}

static ssize_t frames_read(char __user *buf, size_t n, loff_t *pos, u64 (*about)(unsigned long pfn))
{
	unsigned long pfn = *pos / ENTRY_SIZE, end;

	if (*pos % ENTRY_SIZE || n % ENTRY_SIZE)
		return -EINVAL;
	if (*pos < 0 || pfn >= max_pfn)
		return 0;
	end = pfn + min(n / ENTRY_SIZE, max_pfn - pfn);
	n = 0;
	for (; pfn < end; pfn++, n += ENTRY_SIZE) {
		u64 v = about(pfn);

		if (copy_to_user(buf + n, &v, sizeof(v)))
			return n ? n : -EFAULT;
		*pos += ENTRY_SIZE;
		cond_resched();
	}
	return n;
}

static ssize_t kpagecount_read(struct file *f, char __user *buf, size_t n, loff_t *pos)
{
	return frames_read(buf, n, pos, frame_count);
}

static ssize_t kpageflags_read(struct file *f, char __user *buf, size_t n, loff_t *pos)
{
	return frames_read(buf, n, pos, frame_flags);
}

static loff_t frames_llseek(struct file *f, loff_t off, int whence)
{
	if (whence == SEEK_CUR)
		off += f->f_pos;
	else if (whence != SEEK_SET)
		return -EINVAL;
	return f->f_pos = off;
}

static const struct file_operations kpagecount_fops = {
	.llseek = frames_llseek,
	.read = kpagecount_read,
};

static const struct file_operations kpageflags_fops = {
	.llseek = frames_llseek,
	.read = kpageflags_read,
};

static int __init proc_page_init(void)
{
	proc_create("kpagecount", 0400, NULL, &kpagecount_fops, NULL);
	proc_create("kpageflags", 0400, NULL, &kpageflags_fops, NULL);
	return 0;
}
fs_initcall(proc_page_init);
