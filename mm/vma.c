// SPDX-License-Identifier: GPL-2.0-only
/*
 * VMAs as objects: life, links and bookkeeping. Splitting and merging is in
 * vma_modify.c, the tree itself in vma_tree.c, locking in vma_lock.c.
 *
 * A VMA is linked in up to three places: the tree of its mm, the i_mmap tree of
 * its file, and the tree of its anon_vma. Each is keyed by the VMA's bounds, so
 * bounds change only through vma_set_bounds() and vma_modify.c, which keep all
 * three right, and only with mmap_lock and the VMA write-locked.
 *
 * A VMA holds a reference of its file and of its anon_vma, and, shared and
 * writable, counts in the mapping's i_mmap_writable.
 */
#include "vma_internal.h"
#include <fs/fs.h>
#include <mm/slab.h>
#include <kernel/signal.h>
#include <linux/personality.h>

struct kmem_cache *vm_area_cache;

/** vm_area_alloc - Return: a zeroed VMA of @mm, write-locked; NULL: out of memory. */
struct vm_area_struct *vm_area_alloc(struct mm_struct *mm)
{
	struct vm_area_struct *vma = kmem_cache_zalloc(vm_area_cache, GFP_KERNEL_ACCOUNT);

	if (vma) {
		vma->vm_mm = mm;
		vma_lock_new(mm, vma);
	}
	return vma;
}

/** vm_area_dup - a copy that is linked nowhere and owns no reference yet. */
struct vm_area_struct *vm_area_dup(struct vm_area_struct *orig)
{
	struct vm_area_struct *vma = kmem_cache_alloc(vm_area_cache, GFP_KERNEL_ACCOUNT);

	if (vma) {
		*vma = *orig;
		atomic_set(&vma->vm_lock_count, 0);
		vma->detached = false;
		vma->vm_prev = vma->vm_next = NULL;
	}
	return vma;
}

static void vm_area_free_rcu(struct rcu_head *head)
{
	kmem_cache_free(vm_area_cache, container_of(head, struct vm_area_struct, rcu));
}

/** vm_area_free - free a VMA that is linked nowhere. */
void vm_area_free(struct vm_area_struct *vma)
{
	struct mm_struct *mm = vma->vm_mm;

	/* a walk without lock can still see it only if another task runs on the mm */
	if (mm_is_private(mm) || !atomic_read(&mm->mm_users))
		kmem_cache_free(vm_area_cache, vma);
	else
		call_rcu(&vma->rcu, vm_area_free_rcu);
}

/*
 * Must the first write to a clean page be seen? Private pages are copied then;
 * pages of a file that is written back have to be marked dirty.
 */
static bool vma_wants_writenotify(const struct vm_area_struct *vma)
{
	if ((vma->vm_flags & (VM_WRITE | VM_SHARED)) != (VM_WRITE | VM_SHARED))
		return true;
	if (vma->vm_flags & VM_PFNMAP)
		return false;
	if (vma->vm_ops && vma->vm_ops->page_mkwrite)
		return true;
	return vma->vm_file && !(vma->vm_file->f_mapping->flags & BIT(AS_SHMEM)) &&
	       S_ISREG(vma->vm_file->f_inode->i_mode);
}

/** vma_set_page_prot - what vm_flags mean for a new entry. */
void vma_set_page_prot(struct vm_area_struct *vma)
{
	unsigned long flags = vma->vm_flags & VM_ACCESS_FLAGS;

	if ((flags & VM_WRITE) && vma_wants_writenotify(vma))
		flags = (flags & ~VM_WRITE) | VM_READ;
	vma->vm_page_prot = vm_get_page_prot(flags);
}

static bool counts_as_writable(const struct vm_area_struct *vma)
{
	return (vma->vm_flags & (VM_SHARED | VM_MAYWRITE)) == (VM_SHARED | VM_MAYWRITE);
}

/**
 * vma_file_get - take the references that @vma holds on vm_file.
 * Return: 0, or -EPERM if writable mappings are denied (sealed).
 */
int vma_file_get(struct vm_area_struct *vma)
{
	if (counts_as_writable(vma)) {
		atomic_t *w = &vma->vm_file->f_mapping->i_mmap_writable;
		int n = atomic_read(w);

		do {
			if (n < 0)
				return -EPERM;
		} while (!atomic_try_cmpxchg(w, &n, n + 1));
	}
	get_file(vma->vm_file);
	return 0;
}

/** vma_file_put - drop them. */
void vma_file_put(struct vm_area_struct *vma)
{
	if (counts_as_writable(vma))
		atomic_dec(&vma->vm_file->f_mapping->i_mmap_writable);
	fput(vma->vm_file);
}

/**
 * rmap_lock - keep everybody who looks for pages of @file or of the family @av from
 * looking (either may be NULL). On return nobody walks page tables that way.
 */
void rmap_lock(struct file *file, struct anon_vma *av) __no_tsa
{
	if (file)
		down_write(&file->f_mapping->i_mmap_rwsem);
	if (av)
		down_write(&av->rwsem);
}

/** rmap_unlock - undo rmap_lock(). */
void rmap_unlock(struct file *file, struct anon_vma *av) __no_tsa
{
	if (av)
		up_write(&av->rwsem);
	if (file)
		up_write(&file->f_mapping->i_mmap_rwsem);
}

/** rmap_insert - make @vma findable from the pages it may map. Context: rmap_lock(). */
void rmap_insert(struct vm_area_struct *vma)
{
	u64 start = vma->vm_pgoff, last = vma->vm_pgoff + vma_pages(vma) - 1;

	if (vma->vm_file) {
		vma->shared.start = start;
		vma->shared.last = last;
		interval_tree_insert(&vma->shared, &vma->vm_file->f_mapping->i_mmap);
	}
	if (vma->anon_vma) {
		vma->anon_node.start = start;
		vma->anon_node.last = last;
		interval_tree_insert(&vma->anon_node, &vma->anon_vma->tree);
	}
}

/** rmap_remove - the opposite. Context: rmap_lock(). */
void rmap_remove(struct vm_area_struct *vma)
{
	if (vma->vm_file)
		interval_tree_remove(&vma->shared, &vma->vm_file->f_mapping->i_mmap);
	if (vma->anon_vma)
		interval_tree_remove(&vma->anon_node, &vma->anon_vma->tree);
}

/** vma_rmap_link - rmap_insert() with the locks. */
void vma_rmap_link(struct vm_area_struct *vma)
{
	rmap_lock(vma->vm_file, vma->anon_vma);
	rmap_insert(vma);
	rmap_unlock(vma->vm_file, vma->anon_vma);
}

/** vma_rmap_unlink - rmap_remove() with the locks. */
void vma_rmap_unlink(struct vm_area_struct *vma)
{
	rmap_lock(vma->vm_file, vma->anon_vma);
	rmap_remove(vma);
	rmap_unlock(vma->vm_file, vma->anon_vma);
}

/** vma_link - insert a complete VMA between @prev and @next. */
void vma_link(struct mm_struct *mm, struct vm_area_struct *vma,
	      struct vm_area_struct *prev, struct vm_area_struct *next)
{
	vma_rmap_link(vma);
	write_seqcount_begin(&mm->mm_seq);
	vma_tree_insert(mm, vma, prev, next);
	write_seqcount_end(&mm->mm_seq);
}

/** vma_detach - take a write-locked VMA out of @mm. Only rmap still knows it. */
void vma_detach(struct mm_struct *mm, struct vm_area_struct *vma)
{
	write_seqcount_begin(&mm->mm_seq);
	vma_tree_erase(mm, vma);
	vma->detached = true;
	write_seqcount_end(&mm->mm_seq);
}

/** vma_set_bounds - move the bounds of a linked, write-locked VMA. */
void vma_set_bounds(struct vm_area_struct *vma, unsigned long start, unsigned long end,
		    pgoff_t pgoff)
{
	struct mm_struct *mm = vma->vm_mm;

	rmap_lock(vma->vm_file, vma->anon_vma);
	rmap_remove(vma);
	write_seqcount_begin(&mm->mm_seq);
	vma->vm_start = start;
	vma->vm_end = end;
	vma->vm_pgoff = pgoff;
	vma_tree_resized(vma);
	write_seqcount_end(&mm->mm_seq);
	rmap_insert(vma);
	rmap_unlock(vma->vm_file, vma->anon_vma);
}

/** remove_vma - tell its owner and free a VMA that was unlinked. Context: may sleep. */
void remove_vma(struct vm_area_struct *vma)
{
	if (vma->vm_ops && vma->vm_ops->close)
		vma->vm_ops->close(vma);
	if (vma->vm_file)
		vma_file_put(vma);
	if (vma->anon_vma)
		put_anon_vma(vma->anon_vma);
	vm_area_free(vma);
}

static bool is_exec_mapping(unsigned long flags)
{
	return (flags & (VM_EXEC | VM_WRITE | VM_STACK)) == VM_EXEC;
}

static bool is_data_mapping(unsigned long flags)
{
	return (flags & (VM_WRITE | VM_SHARED | VM_STACK)) == VM_WRITE;
}

/** vm_stat_account - @npages more (or fewer) with @flags in the mm's figures. */
void vm_stat_account(struct mm_struct *mm, unsigned long flags, long npages)
{
	mm->total_vm += npages;
	if (is_exec_mapping(flags))
		mm->exec_vm += npages;
	else if (flags & VM_STACK)
		mm->stack_vm += npages;
	else if (is_data_mapping(flags))
		mm->data_vm += npages;
}

/** may_expand_vm - do RLIMIT_AS and RLIMIT_DATA allow @npages more with @flags? */
bool may_expand_vm(struct mm_struct *mm, unsigned long flags, unsigned long npages)
{
	if (mm->total_vm + npages > rlimit(RLIMIT_AS) >> PAGE_SHIFT)
		return false;
	if (is_data_mapping(flags) &&
	    mm->data_vm + npages > rlimit(RLIMIT_DATA) >> PAGE_SHIFT) {
		/* 0 with a larger hard limit is valgrind asking for its own brk */
		if (rlimit(RLIMIT_DATA) != 0 ||
		    mm->data_vm + npages >
		    current->signal->rlim[RLIMIT_DATA].rlim_max >> PAGE_SHIFT)
			return false;
	}
	return true;
}

/** find_vma - first VMA that ends above @addr. Context: mmap_lock. Return: or NULL. */
struct vm_area_struct *find_vma(struct mm_struct *mm, unsigned long addr)
{
	return vma_tree_find(mm, addr);
}

/** find_vma_intersection - first VMA that overlaps [@s, @e). */
struct vm_area_struct *find_vma_intersection(struct mm_struct *mm, unsigned long s, unsigned long e)
{
	struct vm_area_struct *vma = vma_tree_find(mm, s);

	return vma && vma->vm_start < e ? vma : NULL;
}

/**
 * mm_validate - T1 to T3 of vma_tree.c, I1 to I3 of mm_types.h, and the counters.
 * Context: debug builds, mmap_lock held for write.
 */
void mm_validate(struct mm_struct *mm)
{
	const char *wrong = vma_tree_validate(mm);
	unsigned long total = 0, locked = 0;
	struct vm_area_struct *vma;

	if (wrong)
		panic("mm_validate: %s", wrong);
	for_each_vma(mm, vma) {
		total += vma_pages(vma);
		if (vma->vm_flags & VM_LOCKED)
			locked += vma_pages(vma);
		BUG_ON(vma->vm_mm != mm || vma->detached);
		BUG_ON((vma->vm_start | vma->vm_end) & ~PAGE_MASK);
		BUG_ON(vma->vm_end > TASK_SIZE);
		BUG_ON(!(vma->vm_flags & VM_UFFD_FLAGS) != !vma->vm_userfaultfd_ctx);
		if (vma->vm_file)
			BUG_ON(vma->shared.start != vma->vm_pgoff ||
			       vma->shared.last != vma->vm_pgoff + vma_pages(vma) - 1);
		if (vma->anon_vma)
			BUG_ON(vma->anon_node.start != vma->vm_pgoff ||
			       vma->anon_node.last != vma->vm_pgoff + vma_pages(vma) - 1);
	}
	if (total != mm->total_vm || locked != mm->locked_vm)
		panic("mm_validate: total_vm %lu, counted %lu; locked_vm %lu, counted %lu",
		      mm->total_vm, total, mm->locked_vm, locked);
}
