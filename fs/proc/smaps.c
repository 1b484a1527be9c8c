// SPDX-License-Identifier: GPL-2.0-only
/*
 * /proc/PID/smaps: the areas with what is in memory of each; smaps_rollup: the sum.
 * A page that several map counts a fraction of it in Pss.
 */
#include "internal.h"
#include <lib/err.h>
#include <mm/mm.h>

#define PSS_SHIFT	12

struct mem_size {
	unsigned long rss, shared_clean, shared_dirty, private_clean, private_dirty;
	unsigned long referenced, anon, lazyfree, locked;		/* bytes */
	u64 pss, pss_dirty, pss_anon, pss_file, pss_shmem, pss_locked;	/* bytes << PSS_SHIFT */
};

struct walk {
	struct mem_size *s;
	bool locked;
};

static void count_folio(struct walk *w, const struct folio *f, pte_t e)
{
	struct mem_size *s = w->s;
	int maps = max(folio_mapcount(f), 1);
	bool dirty = pte_dirty(e) || folio_test_dirty(f);
	u64 pss = ((u64)PAGE_SIZE << PSS_SHIFT) / maps;

	s->rss += PAGE_SIZE;
	s->pss += pss;
	if (dirty)
		s->pss_dirty += pss;
	if (pte_young(e) || folio_test_referenced(f))
		s->referenced += PAGE_SIZE;
	if (folio_test_anon(f)) {
		s->anon += PAGE_SIZE;
		if (!folio_test_swapbacked(f) && !dirty)
			s->lazyfree += PAGE_SIZE;
		s->pss_anon += pss;
	} else if (folio_test_swapbacked(f)) {
		s->pss_shmem += pss;
	} else {
		s->pss_file += pss;
	}
	if (w->locked)
		s->pss_locked += pss;
	if (maps > 1)
		*(dirty ? &s->shared_dirty : &s->shared_clean) += PAGE_SIZE;
	else
		*(dirty ? &s->private_dirty : &s->private_clean) += PAGE_SIZE;
}

static int smaps_pte(pte_t *pte, unsigned long addr, void *arg)
{
	struct walk *w = arg;
	pte_t e = pte_read(pte);

	/* what is neither none nor present is a marker, no page */
	if (pte_present(e) && !pte_special(e))
		count_folio(w, pfn_folio(pte_pfn(e)), e);
	return 0;
}

static void gather(struct vm_area_struct *vma, struct mem_size *s)
{
	struct walk w = { .s = s, .locked = vma->vm_flags & VM_LOCKED };

	walk_page_range(vma->vm_mm, vma->vm_start, vma->vm_end, smaps_pte, NULL, &w);
}

static void show_kb(struct seq_file *m, const char *label, unsigned long bytes)
{
	seq_printf(m, "%-16s%8lu kB\n", label, bytes >> 10);
}

static void show_sizes(struct seq_file *m, const struct mem_size *s, bool rollup)
{
	show_kb(m, "Rss:", s->rss);
	show_kb(m, "Pss:", s->pss >> PSS_SHIFT);
	show_kb(m, "Pss_Dirty:", s->pss_dirty >> PSS_SHIFT);
	if (rollup) {
		show_kb(m, "Pss_Anon:", s->pss_anon >> PSS_SHIFT);
		show_kb(m, "Pss_File:", s->pss_file >> PSS_SHIFT);
		show_kb(m, "Pss_Shmem:", s->pss_shmem >> PSS_SHIFT);
	}
	show_kb(m, "Shared_Clean:", s->shared_clean);
	show_kb(m, "Shared_Dirty:", s->shared_dirty);
	show_kb(m, "Private_Clean:", s->private_clean);
	show_kb(m, "Private_Dirty:", s->private_dirty);
	show_kb(m, "Referenced:", s->referenced);
	show_kb(m, "Anonymous:", s->anon);
	show_kb(m, "KSM:", 0);
	show_kb(m, "LazyFree:", s->lazyfree);
	show_kb(m, "AnonHugePages:", 0);
	show_kb(m, "ShmemPmdMapped:", 0);
	show_kb(m, "FilePmdMapped:", 0);
	show_kb(m, "Shared_Hugetlb:", 0);
	show_kb(m, "Private_Hugetlb:", 0);
	show_kb(m, "Swap:", 0);
	show_kb(m, "SwapPss:", 0);
	show_kb(m, "Locked:", s->pss_locked >> PSS_SHIFT);
}

static void show_flags(struct seq_file *m, unsigned long flags)
{
	static const struct { unsigned long flag; char name[3]; } names[] = {
		{ VM_READ, "rd" }, { VM_WRITE, "wr" }, { VM_EXEC, "ex" }, { VM_SHARED, "sh" },
		{ VM_MAYREAD, "mr" }, { VM_MAYWRITE, "mw" }, { VM_MAYEXEC, "me" },
		{ VM_MAYSHARE, "ms" }, { VM_GROWSDOWN, "gd" }, { VM_UFFD_MISSING, "um" },
		{ VM_PFNMAP, "pf" }, { VM_UFFD_WP, "uw" }, { VM_LOCKED, "lo" }, { VM_IO, "io" }, { VM_SEQ_READ, "sr" }, { VM_RAND_READ, "rr" },
		{ VM_DONTCOPY, "dc" }, { VM_DONTEXPAND, "de" }, { VM_LOCKONFAULT, "lf" },
		{ VM_ACCOUNT, "ac" }, { VM_NORESERVE, "nr" }, { VM_SYNC, "sf" },
		{ VM_WIPEONFORK, "wf" }, { VM_DONTDUMP, "dd" }, { VM_MIXEDMAP, "mm" },
		{ VM_HUGEPAGE, "hg" }, { VM_NOHUGEPAGE, "nh" }, { VM_UFFD_MINOR, "ui" },
		{ VM_SEALED, "sl" },
	};

	seq_puts(m, "VmFlags: ");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (flags & names[i].flag) {
			seq_puts(m, names[i].name);
			seq_putc(m, ' ');
		}
	}
	seq_putc(m, '\n');
}

static int show_smap(struct seq_file *m, void *v)
{
	struct vm_area_struct *vma = v;
	struct mem_size s = { 0 };

	gather(vma, &s);
	proc_show_map_vma(m, vma);
	show_kb(m, "Size:", vma->vm_end - vma->vm_start);
	show_kb(m, "KernelPageSize:", PAGE_SIZE);
	show_kb(m, "MMUPageSize:", PAGE_SIZE);
	show_sizes(m, &s, false);
	seq_printf(m, "%-16s%8u\n", "THPeligible:", 0);
	show_flags(m, vma->vm_flags);
	return 0;
}

static const struct seq_operations smaps_ops = {
	.start = proc_maps_start,
	.next = proc_maps_next,
	.stop = proc_maps_stop,
	.show = show_smap,
};

static int smaps_open(struct inode *inode, struct file *f)
{
	return proc_maps_open(inode, f, &smaps_ops);
}

const struct file_operations proc_pid_smaps_fops = {
	.open = smaps_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = proc_maps_release,
};

/* ---- the sum ---- */

static int show_rollup(struct seq_file *m, void *v)
{
	struct mm_struct *mm = m->private;
	struct vm_area_struct *vma;
	struct mem_size s = { 0 };
	unsigned long start = 0, end = 0;

	if (!mm || !mmget_not_zero(mm))
		return -ESRCH;
	if (mmap_read_lock_killable(mm)) {
		mmput(mm);
		return -EINTR;
	}
	for_each_vma(mm, vma) {
		if (!end)
			start = vma->vm_start;
		end = vma->vm_end;
		gather(vma, &s);
	}
	mmap_read_unlock(mm);
	mmput(mm);
	seq_put_hex_ll(m, NULL, start, 8);
	seq_put_hex_ll(m, "-", end, 8);
	seq_printf(m, " ---p 00000000 00:00 0 %*s[rollup]\n", (int)(start >> 32 ? 23 : 29), "");
	show_sizes(m, &s, true);
	return 0;
}

static int rollup_open(struct inode *inode, struct file *f)
{
	struct mm_struct *mm = proc_mem_open(inode, PTRACE_MODE_READ_FSCREDS);
	int err;

	if (IS_ERR(mm))
		return PTR_ERR(mm);
	err = single_open(f, show_rollup, mm);
	if (err && mm)
		mmdrop(mm);
	return err;
}

static int rollup_release(struct inode *inode, struct file *f)
{
	struct mm_struct *mm = ((struct seq_file *)f->private_data)->private;

	if (mm)
		mmdrop(mm);
	return single_release(inode, f);
}

const struct file_operations proc_pid_smaps_rollup_fops = {
	.open = rollup_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = rollup_release,
};
