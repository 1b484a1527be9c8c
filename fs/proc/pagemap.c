// SPDX-License-Identifier: GPL-2.0-only
/*
 * /proc/PID/pagemap: 64 bits for each page of an address space, at 8 times its number.
 * Which frame it is only those may know who could read all memory anyway.
 */
#include "internal.h"
#include <arch/uaccess.h>
#include <kernel/cred.h>
#include <lib/err.h>
#include <mm/mm.h>
#include <mm/page_alloc.h>

#define PM_PFN_MASK	((1ULL << 55) - 1)
#define PM_EXCLUSIVE	(1ULL << 56)	/* mapped once only */
#define PM_UFFD_WP	(1ULL << 57)	/* write-protected by userfaultfd */
#define PM_FILE		(1ULL << 61)	/* of a file, or shared anonymous memory */
#define PM_SWAP		(1ULL << 62)
#define PM_PRESENT	(1ULL << 63)
#define PM_SIZE		sizeof(u64)
#define CHUNK		(PAGE_SIZE / PM_SIZE)

struct walk {
	u64 *buf;
	unsigned long start;		/* address that buf[0] is about */
	bool show_pfn;
};

static int pagemap_pte(pte_t *pte, unsigned long addr, void *arg)
{
	struct walk *w = arg;
	pte_t e = pte_read(pte);
	u64 v;

	if (pte_none(e))
		return 0;
	if (!pte_present(e)) {
		v = PM_SWAP | (pte_marker(e) == PTE_MARKER_UFFD_WP ? PM_UFFD_WP : 0);
	} else {
		v = PM_PRESENT | (w->show_pfn ? pte_pfn(e) & PM_PFN_MASK : 0);
		if (pte_uffd_wp(e))
			v |= PM_UFFD_WP;
		if (!pte_special(e)) {
			const struct folio *f = pfn_folio(pte_pfn(e));

			if (!folio_test_anon(f))
				v |= PM_FILE;
			if (folio_mapcount(f) == 1)
				v |= PM_EXCLUSIVE;
		}
	}
	w->buf[(addr - w->start) >> PAGE_SHIFT] = v;
	return 0;
}

/* tables belong to VMAs: where there is none, they may be on their way out */
static void walk_vmas(struct mm_struct *mm, struct walk *w, unsigned long end)
{
	struct vm_area_struct *vma = find_vma_intersection(mm, w->start, end);

	for (; vma && vma->vm_start < end; vma = vma->vm_next)
		walk_page_range(mm, max(w->start, vma->vm_start), min(end, vma->vm_end),
				pagemap_pte, NULL, w);
}

static ssize_t read_chunks(struct mm_struct *mm, struct walk *w, char __user *buf, unsigned long page,
			   size_t entries)
{
	ssize_t done = 0;

	while (entries) {
		size_t n = min_t(size_t, entries, CHUNK);

		memset(w->buf, 0, n * PM_SIZE);
		w->start = page << PAGE_SHIFT;
		if (mmap_read_lock_killable(mm))
			return done ? done : -EINTR;
		walk_vmas(mm, w, w->start + (n << PAGE_SHIFT));
		mmap_read_unlock(mm);
		if (copy_to_user(buf + done, w->buf, n * PM_SIZE))
			return done ? done : -EFAULT;
		done += n * PM_SIZE;
		page += n;
		entries -= n;
	}
	return done;
}

static ssize_t pagemap_read(struct file *f, char __user *buf, size_t n, loff_t *pos)
{
	struct mm_struct *mm = f->private_data;
	unsigned long page = *pos / PM_SIZE;
	struct walk w = { .show_pfn = f->f_cred->cap_effective >> CAP_SYS_ADMIN & 1 };
	ssize_t done;

	if (!mm || !mmget_not_zero(mm))
		return 0;
	done = -EINVAL;
	if (*pos % PM_SIZE || n % PM_SIZE)
		goto out;
	done = 0;
	if (!n || *pos < 0 || page >= TASK_SIZE >> PAGE_SHIFT)
		goto out;
	done = -ENOMEM;
	w.buf = (u64 *)__get_free_page(GFP_KERNEL);
	if (!w.buf)
		goto out;
	done = read_chunks(mm, &w, buf, page, min(n / PM_SIZE, (TASK_SIZE >> PAGE_SHIFT) - page));
	free_page(w.buf);
	if (done > 0)
		*pos += done;
out:
	mmput(mm);
	return done;
}

static int pagemap_open(struct inode *inode, struct file *f)
{
	struct mm_struct *mm = proc_mem_open(inode, PTRACE_MODE_READ_FSCREDS);

	if (IS_ERR(mm))
		return PTR_ERR(mm);
	f->private_data = mm;
	return 0;
}

static int pagemap_release(struct inode *inode, struct file *f)
{
	if (f->private_data)
		mmdrop(f->private_data);
	return 0;
}

static loff_t pagemap_llseek(struct file *f, loff_t off, int whence)
{
	if (whence == SEEK_CUR)
		off += f->f_pos;
	else if (whence != SEEK_SET)
		return -EINVAL;
	return f->f_pos = off;
}

const struct file_operations proc_pagemap_fops = {
	.llseek = pagemap_llseek,
	.read = pagemap_read,
	.open = pagemap_open,
	.release = pagemap_release,
};
