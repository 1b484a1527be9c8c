// SPDX-License-Identifier: GPL-2.0-only
/*
 * Address spaces: made by exec (mm_alloc), copied by fork (dup_mm), counted twice:
 * mm_users are those who use the mappings, and the last one tears them down
 * (exit_mmap); mm_count, of which all users together are one, keeps the struct and
 * the top-level table, for a hart that still has it loaded.
 *
 * The struct's memory stays an mm_struct for a grace period, so get_task_mm() may
 * look at the mm of a task that is just exiting. That is why mm_users of a new one
 * becomes 1 last of all, and why nothing here copies the whole struct.
 */
#include "vma_internal.h"
#include <fs/fs.h>
#include <mm/slab.h>
#include <mm/userfaultfd.h>
#include <kernel/signal.h>
#include <lib/string.h>

static struct kmem_cache *mm_cache;
struct page *zero_page;

struct mm_struct init_mm = {
	.mm_rb		= RB_ROOT,
	.pgd		= swapper_pg_dir,
	.mm_users	= ATOMIC_INIT(2),
	.mm_count	= ATOMIC_INIT(1),
	.mmap_lock	= __RWSEM_INIT(init_mm.mmap_lock, LR_MMAP),
	.vma_wait	= __WAIT_QUEUE_HEAD_INIT(init_mm.vma_wait),
	.page_table_lock = __SPIN_LOCK_INIT(LR_MM_PGTABLE),
	.arg_lock	= __SPIN_LOCK_INIT(LR_MM_ARGS),
	.mm_lock_seq	= 1,
};

/* all but mm_users, which makes it visible */
static struct mm_struct *alloc_blank(void)
{
	struct mm_struct *mm = kmem_cache_zalloc(mm_cache, GFP_KERNEL_ACCOUNT);

	if (!mm)
		return NULL;
	mm->pgd = pgd_alloc();
	if (!mm->pgd) {
		kmem_cache_free(mm_cache, mm);
		return NULL;
	}
	mm->mm_lock_seq = 1;
	atomic_set(&mm->mm_count, 1);
	init_rwsem(&mm->mmap_lock, LR_MMAP);
	init_waitqueue_head(&mm->vma_wait);
	spin_lock_init(&mm->page_table_lock, LR_MM_PGTABLE);
	spin_lock_init(&mm->arg_lock, LR_MM_ARGS);
	init_mm_context(mm);
	return mm;
}

/**
 * mm_alloc - an empty address space with one user, for exec.
 * Context: may sleep. Return: NULL when out of memory.
 */
struct mm_struct *mm_alloc(void)
{
	struct mm_struct *mm = alloc_blank();

	if (mm) {
		mm->mmap_base = STACK_TOP / 6 * 5;	/* until arch_pick_mmap_layout() */
		atomic_set_release(&mm->mm_users, 1);
	}
	return mm;
}

/* what a child inherits of the figures and places; locks of memory are not inherited */
static void copy_layout(struct mm_struct *mm, struct mm_struct *old)
{
	mm->mmap_base = old->mmap_base;
	mm->mmap_bottom_up = old->mmap_bottom_up;
	mm->total_vm = old->total_vm;
	mm->data_vm = old->data_vm;
	mm->exec_vm = old->exec_vm;
	mm->stack_vm = old->stack_vm;
	mm->start_code = old->start_code;
	mm->end_code = old->end_code;
	mm->start_data = old->start_data;
	mm->end_data = old->end_data;
	mm->start_brk = old->start_brk;
	mm->brk = old->brk;
	mm->start_stack = old->start_stack;
	mm->arg_start = old->arg_start;
	mm->arg_end = old->arg_end;
	mm->env_start = old->env_start;
	mm->env_end = old->env_end;
	memcpy(mm->saved_auxv, old->saved_auxv, sizeof(mm->saved_auxv));
	mm->dumpable = old->dumpable;
	atomic_set(&mm->membarrier_state, atomic_read(&old->membarrier_state));
	mm->context.vdso = old->context.vdso;
}

/* a VMA for the child, not linked, with its references. ERR_PTR */
static struct vm_area_struct *dup_vma(struct mm_struct *mm, struct vm_area_struct *old)
{
	struct vm_area_struct *vma = vm_area_dup(old);
	int err;

	if (!vma)
		return ERR_PTR(-ENOMEM);
	vma->vm_mm = mm;
	vma->vm_lock_seq = mm->mm_lock_seq - 1;
	vma->vm_flags &= ~VM_LOCKED_MASK;
	if (vma->vm_flags & VM_WIPEONFORK)
		vma->anon_vma = NULL;
	err = userfaultfd_dup(vma, old->vm_mm);
	if (!err && vma->vm_file)
		err = vma_file_get(vma);
	if (err) {
		kmem_cache_free(vm_area_cache, vma);
		return ERR_PTR(err);
	}
	if (vma->anon_vma)
		get_anon_vma(vma->anon_vma);
	return vma;
}

/* the child's copy of one VMA, linked behind @last, pages and all. ERR_PTR */
static struct vm_area_struct *copy_one_vma(struct mm_struct *mm, struct vm_area_struct *old,
					   struct vm_area_struct *last)
{
	struct vm_area_struct *vma;
	int err;

	if ((old->vm_flags & VM_ACCOUNT) && security_vm_enough_memory(mm, vma_pages(old)))
		return ERR_PTR(-ENOMEM);
	vma = dup_vma(mm, old);
	if (IS_ERR(vma)) {
		if (old->vm_flags & VM_ACCOUNT)
			vm_unacct_memory(vma_pages(old));
		return vma;
	}
	vma_link(mm, vma, last, NULL);
	if (vma->vm_ops && vma->vm_ops->open)
		vma->vm_ops->open(vma);
	if (vma->vm_flags & VM_WIPEONFORK)
		return vma;
	err = copy_page_range(vma, old);
	return err ? ERR_PTR(err) : vma;
}

/* Context: @old's mmap_lock held for write. Return: 0 or -errno; mmput() undoes a part */
static int dup_mmap(struct mm_struct *mm, struct mm_struct *old)
{
	struct vm_area_struct *v, *last = NULL;
	bool private_pages = false;

	for_each_vma(old, v) {
		if (v->vm_flags & VM_DONTCOPY) {
			vm_stat_account(mm, v->vm_flags, -(long)vma_pages(v));
			continue;
		}
		vma_start_write(v);
		private_pages |= v->anon_vma != NULL;
		last = copy_one_vma(mm, v, last);
		if (IS_ERR(last))
			break;
	}
	/* the parent may not write to what it shares now */
	if (private_pages)
		flush_tlb_mm(old);
	return IS_ERR(last) ? PTR_ERR(last) : 0;
}

/**
 * dup_mm - fork: a copy of @oldmm, current's, for @tsk.
 * Context: may sleep. Return: the mm, one user; ERR_PTR(-ENOMEM, -EINTR, -EPERM).
 */
struct mm_struct *dup_mm(struct task_struct *tsk, struct mm_struct *oldmm)
{
	struct mm_struct *mm = alloc_blank();
	struct file *exe;
	bool locked;
	int err;

	if (!mm)
		return ERR_PTR(-ENOMEM);
	exe = get_mm_exe_file(oldmm);
	if (exe) {
		set_mm_exe_file(mm, exe);
		fput(exe);
	}
	mm->owner = tsk;
	err = mmap_write_lock_killable(oldmm);
	locked = !err;
	if (locked) {
		copy_layout(mm, oldmm);
		err = dup_mmap(mm, oldmm);
		if (unlikely(err))
			userfaultfd_fork_failed(oldmm);
	}
	mm->hiwater_rss = get_mm_rss(mm);
	mm->hiwater_vm = mm->total_vm;
	atomic_set_release(&mm->mm_users, 1);
	/* whoever is told of the fork may fill the child's pages at once */
	if (locked)
		mmap_write_unlock(oldmm);
	if (err) {
		mmput(mm);
		return ERR_PTR(err);
	}
	return mm;
}

/**
 * exit_mmap - remove all mappings. Context: no users are left; may sleep.
 */
void exit_mmap(struct mm_struct *mm)
{
	struct mmu_gather tlb __uninitialized;
	struct vm_area_struct *vma, *next;
	unsigned long accounted = 0;

	tlb_gather_mmu(&tlb, mm, true);
	for_each_vma(mm, vma) {
		if (unlikely(vma->vm_flags & VM_LOCKED))
			munlock_vma_pages(vma, vma->vm_start, vma->vm_end);
		unmap_range(&tlb, vma->vm_start, vma->vm_end, NULL);
	}
	for_each_vma(mm, vma) {
		if (vma->vm_flags & VM_ACCOUNT)
			accounted += vma_pages(vma);
		vma_rmap_unlink(vma);
		/* tables go with the last VMA that they covered */
		free_pgtables(&tlb, vma->vm_start, vma->vm_end, 0,
			      vma->vm_next ? vma->vm_next->vm_start : TASK_SIZE);
	}
	tlb_finish_mmu(&tlb);
	vm_unacct_memory(accounted);
	vma = mm->mmap_first;
	mm->mmap_first = NULL;
	mm->mm_rb = RB_ROOT;
	mm->map_count = 0;
	for (; vma; vma = next) {
		next = vma->vm_next;
		remove_vma(vma);
		cond_resched();
	}
	if (CONFIG_DEBUG)
		for (int i = 0; i < NR_MM_COUNTERS; i++)
			WARN(atomic64_read(&mm->rss[i]), "rss counter %d of a dead mm: %ld\n", i,
			     (long)atomic64_read(&mm->rss[i]));
}

/** mmput - one user less. Context: may sleep. */
void mmput(struct mm_struct *mm)
{
	might_sleep();
	if (!atomic_dec_and_test(&mm->mm_users))
		return;
	exit_mmap(mm);
	set_mm_exe_file(mm, NULL);
	mmdrop(mm);
}

/** mmdrop - give up the struct. Context: any that is not an interrupt. */
void mmdrop(struct mm_struct *mm)
{
	if (!atomic_dec_and_test(&mm->mm_count))
		return;
	destroy_mm_context(mm);
	pgd_free(mm->pgd);
	kmem_cache_free(mm_cache, mm);
}

/** get_task_mm - the mm of @t with a user more. Return: NULL: a kernel thread, or exiting. */
struct mm_struct *get_task_mm(struct task_struct *t)
{
	struct mm_struct *mm;

	if (t->flags & PF_KTHREAD)
		return NULL;
	for (;;) {
		rcu_read_lock();
		mm = READ_ONCE(t->mm);
		if (mm && !mmget_not_zero(mm))
			mm = NULL;
		rcu_read_unlock();
		if (!mm || READ_ONCE(t->mm) == mm)
			return mm;
		mmput(mm);	/* its memory had become another's already */
	}
}

/**
 * set_mm_exe_file - what /proc/PID/exe shows, and what nobody may write to.
 * @f: or NULL; a reference is taken. Context: may sleep.
 */
void set_mm_exe_file(struct mm_struct *mm, struct file *f)
{
	struct file *old = mm->exe_file;

	if (f) {
		get_file(f);
		/* it is being executed, so writers are denied already */
		WARN_ON_ONCE(deny_write_access(f));
	}
	rcu_assign_pointer(mm->exe_file, f);
	if (old) {
		allow_write_access(old);
		fput(old);
	}
}

/** get_mm_exe_file - Return: the file, referenced, or NULL. */
struct file *get_mm_exe_file(struct mm_struct *mm)
{
	struct file *f;

	rcu_read_lock();
	f = rcu_dereference(mm->exe_file);
	if (f && !atomic64_inc_not_zero(&f->f_count))
		f = NULL;
	rcu_read_unlock();
	return f;
}

/** mm_init - caches and the page of zeros. Context: boot, the allocators work. */
void __init mm_init(void)
{
	mm_cache = kmem_cache_create("mm_struct", sizeof(struct mm_struct), 0,
				     SLAB_HWCACHE_ALIGN | SLAB_PANIC | SLAB_TYPESAFE_BY_RCU, NULL);
	vm_area_cache = KMEM_CACHE(vm_area_struct, SLAB_PANIC);
	rmap_init();
	zero_page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	BUG_ON(!zero_page);
}
