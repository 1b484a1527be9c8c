// SPDX-License-Identifier: GPL-2.0-only
/*
 * mremap: shrink, grow in place, or move. Checks are in Linux's order; a move that
 * fails puts everything back.
 *
 * Moving makes a second VMA with the same pages' numbers, moves the page tables'
 * entries, and unmaps the first (which is empty by then): see mremap_move.c.
 */
#include "vma_internal.h"
#include <kernel/signal.h>
#include <kernel/syscalls.h>
#include <mm/userfaultfd.h>

struct remap {
	unsigned long addr, old_len, new_len, new_addr;	/* bytes, page-aligned */
	unsigned long flags;
	bool locked;			/* the new part is to be populated */
};

/* may the mapping at r->addr have r->new_len? ERR_PTR if not */
static struct vm_area_struct *vma_to_resize(struct mm_struct *mm, const struct remap *r)
{
	struct vm_area_struct *vma = vma_lookup(mm, r->addr);
	unsigned long pgoff;

	if (!vma)
		return ERR_PTR(-EFAULT);
	/* length 0 duplicates a shared mapping; it makes no sense for a private one */
	if (!r->old_len && !(vma->vm_flags & (VM_SHARED | VM_MAYSHARE)))
		return ERR_PTR(-EINVAL);
	if ((r->flags & MREMAP_DONTUNMAP) && (vma->vm_flags & (VM_DONTEXPAND | VM_PFNMAP)))
		return ERR_PTR(-EINVAL);
	if (r->old_len > vma->vm_end - r->addr)
		return ERR_PTR(-EFAULT);
	if (r->new_len == r->old_len)
		return vma;
	pgoff = linear_page_index(vma, r->addr);
	if (pgoff + (r->new_len >> PAGE_SHIFT) < pgoff)
		return ERR_PTR(-EINVAL);
	if (vma->vm_flags & (VM_DONTEXPAND | VM_PFNMAP))
		return ERR_PTR(-EFAULT);
	if (r->new_len > r->old_len) {
		unsigned long more = r->new_len - r->old_len;

		if (!mlock_future_ok(mm, vma->vm_flags, more))
			return ERR_PTR(-EAGAIN);
		if (!may_expand_vm(mm, vma->vm_flags, more >> PAGE_SHIFT))
			return ERR_PTR(-ENOMEM);
	}
	return vma;
}

/* make the VMA of the new place, linked. NULL: out of memory, or what the driver says */
static struct vm_area_struct *copy_vma(struct vm_area_struct *vma, const struct remap *r)
{
	struct vm_area_struct *new = vm_area_dup(vma), *prev, *next;
	struct mm_struct *mm = vma->vm_mm;

	if (!new)
		return NULL;
	new->vm_start = r->new_addr;
	new->vm_end = r->new_addr + r->new_len;
	new->vm_pgoff = linear_page_index(vma, r->addr);
	/* no page has a number yet: number them by their new address */
	if (vma_is_anonymous(vma) && !vma->vm_file && !vma->anon_vma)
		new->vm_pgoff = r->new_addr >> PAGE_SHIFT;
	if (new->vm_file && vma_file_get(new)) {
		vm_area_free(new);
		return NULL;
	}
	if (new->anon_vma)
		get_anon_vma(new->anon_vma);
	if (new->vm_ops && new->vm_ops->open)
		new->vm_ops->open(new);
	vma_lock_new(mm, new);
	next = vma_tree_find_prev(mm, new->vm_start, &prev);
	vma_link(mm, new, prev, next);
	return new;
}

/* account for the new VMA. The old one keeps its share until it is unmapped */
static int charge_move(struct vm_area_struct *vma, const struct remap *r)
{
	unsigned long more = r->new_len >> PAGE_SHIFT, same = 0;

	if (!(vma->vm_flags & VM_ACCOUNT))
		return 0;
	if (!(r->flags & MREMAP_DONTUNMAP)) {
		same = min(r->old_len, r->new_len) >> PAGE_SHIFT;
		more -= same;
	}
	if (more && security_vm_enough_memory(vma->vm_mm, more))
		return -ENOMEM;
	/* pages that only change their place need no permission */
	vm_unacct_memory(-(long)same);
	return 0;
}

static void account_moved(struct mm_struct *mm, struct vm_area_struct *new)
{
	vm_stat_account(mm, new->vm_flags, vma_pages(new));
	if (new->vm_flags & VM_LOCKED)
		mm->locked_vm += vma_pages(new);
}

/* the old place stays mapped, empty, and not locked */
static void keep_old(struct mm_struct *mm, const struct remap *r)
{
	struct vm_area_struct *vma = vma_lookup(mm, r->addr);

	if (!(vma->vm_flags & VM_LOCKED))
		return;
	vma = vma_modify_flags(vma, r->addr, r->addr + r->old_len,
			       vma->vm_flags & ~VM_LOCKED_MASK);
	if (!IS_ERR(vma))
		mm->locked_vm -= r->old_len >> PAGE_SHIFT;
}

static int may_split_at(struct vm_area_struct *vma, const struct remap *r)
{
	int err = 0;

	if (!vma->vm_ops || !vma->vm_ops->may_split)
		return 0;
	if (vma->vm_start != r->addr)
		err = vma->vm_ops->may_split(vma, r->addr);
	if (!err && vma->vm_end != r->addr + r->old_len)
		err = vma->vm_ops->may_split(vma, r->addr + r->old_len);
	return err;
}

static unsigned long move_vma(struct vm_area_struct *vma, struct remap *r)
{
	struct mm_struct *mm = vma->vm_mm;
	struct vm_area_struct *new;
	struct uffd_event *event = NULL;
	unsigned long moved;
	int err;

	/* up to three VMAs more for a moment */
	if (mm->map_count >= sysctl_max_map_count - 3)
		return -ENOMEM;
	err = may_split_at(vma, r);
	if (!err)
		err = userfaultfd_remap_prep(vma, &event);
	if (!err)
		err = charge_move(vma, r);
	if (err)
		goto free_event;
	new = copy_vma(vma, r);
	if (!new) {
		if (vma->vm_flags & VM_ACCOUNT)
			vm_unacct_memory(r->new_len >> PAGE_SHIFT);
		err = -ENOMEM;
		goto free_event;
	}
	account_moved(mm, new);
	vma_start_write(vma);
	moved = move_page_tables(vma, r->addr, new, r->new_addr, r->old_len);
	if (moved < r->old_len)
		err = -ENOMEM;
	else if (new->vm_ops && new->vm_ops->mremap)
		err = new->vm_ops->mremap(new);
	if (err) {
		/* the tables of the old place are still there: this cannot fail */
		move_page_tables(new, r->new_addr, vma, r->addr, moved);
		do_munmap(mm, r->new_addr, r->new_len);
		goto free_event;
	}
	userfaultfd_remap(new, event, r->addr, r->old_len);
	r->locked = new->vm_flags & VM_LOCKED;
	if (r->flags & MREMAP_DONTUNMAP)
		keep_old(mm, r);
	else if (r->old_len)
		/* if that cannot be split off, it stays as an empty mapping */
		do_munmap(mm, r->addr, r->old_len);
	vma_merge_neighbours(vma_lookup(mm, r->new_addr));
	return r->new_addr;
free_event:
	userfaultfd_event_free(event);
	return err;
}

static unsigned long map_flags_of(const struct vm_area_struct *vma)
{
	return vma->vm_flags & VM_MAYSHARE ? MAP_SHARED : 0;
}

/* MREMAP_FIXED or MREMAP_DONTUNMAP */
static unsigned long mremap_to(struct mm_struct *mm, struct remap *r)
{
	struct remap kept = *r;
	struct vm_area_struct *vma;
	unsigned long ret;
	int err;

	if (offset_in_page(r->new_addr) || r->new_len > TASK_SIZE ||
	    r->new_addr > TASK_SIZE - r->new_len)
		return -EINVAL;
	if (r->addr + r->old_len > r->new_addr && r->new_addr + r->new_len > r->addr)
		return -EINVAL;
	if (mm->map_count + 2 >= sysctl_max_map_count - 3)
		return -ENOMEM;
	/* decide before the first mapping goes; what is cut off, of whatever mappings, is none of
	 * the question */
	kept.old_len = min(r->old_len, r->new_len);
	vma = vma_to_resize(mm, &kept);
	if (IS_ERR(vma))
		return PTR_ERR(vma);
	if ((r->flags & MREMAP_DONTUNMAP) &&
	    !may_expand_vm(mm, vma->vm_flags, r->old_len >> PAGE_SHIFT))
		return -ENOMEM;
	ret = __get_unmapped_area(vma->vm_file, r->new_addr, r->new_len,
				  linear_page_index(vma, r->addr), map_flags_of(vma) |
				  (r->flags & MREMAP_FIXED ? MAP_FIXED : 0));
	if (IS_ERR_VALUE(ret))
		return ret;
	r->new_addr = ret;
	if (r->flags & MREMAP_FIXED) {
		err = do_munmap(mm, r->new_addr, r->new_len);
		if (err)
			return err;
	}
	if (r->old_len > r->new_len) {
		err = do_munmap(mm, r->addr + r->new_len, r->old_len - r->new_len);
		if (err)
			return err;
		r->old_len = r->new_len;
	}
	return move_vma(vma_lookup(mm, r->addr), r);
}

/* Return: true: done; false: there is no room behind the mapping; or -errno in *@err */
static bool grow_in_place(struct mm_struct *mm, struct vm_area_struct *vma, struct remap *r,
			  int *err)
{
	unsigned long delta = r->new_len - r->old_len, end = vma->vm_end + delta;

	if (r->old_len != vma->vm_end - r->addr)
		return false;
	if (end < vma->vm_end || end > TASK_SIZE || find_vma_intersection(mm, vma->vm_end, end))
		return false;
	if ((vma->vm_flags & VM_ACCOUNT) && security_vm_enough_memory(mm, delta >> PAGE_SHIFT)) {
		*err = -ENOMEM;
		return true;
	}
	vma_start_write(vma);
	vma_set_bounds(vma, vma->vm_start, end, vma->vm_pgoff);
	vm_stat_account(mm, vma->vm_flags, delta >> PAGE_SHIFT);
	if (vma->vm_flags & VM_LOCKED) {
		mm->locked_vm += delta >> PAGE_SHIFT;
		r->locked = true;
		r->new_addr = r->addr;
	}
	vma_merge_neighbours(vma);
	return true;
}

static unsigned long do_mremap(struct mm_struct *mm, struct remap *r)
{
	struct vm_area_struct *vma = vma_lookup(mm, r->addr);
	unsigned long ret;
	int err = 0;

	if (!vma)
		return -EFAULT;
	if (range_is_sealed(vma, r->addr + max(r->old_len, PAGE_SIZE)))
		return -EPERM;
	if (r->flags & (MREMAP_FIXED | MREMAP_DONTUNMAP))
		return mremap_to(mm, r);
	if (r->old_len >= r->new_len) {
		if (r->old_len > r->new_len)
			err = do_munmap(mm, r->addr + r->new_len, r->old_len - r->new_len);
		return err ? err : r->addr;
	}
	vma = vma_to_resize(mm, r);
	if (IS_ERR(vma))
		return PTR_ERR(vma);
	if (grow_in_place(mm, vma, r, &err))
		return err ? err : r->addr;
	if (!(r->flags & MREMAP_MAYMOVE))
		return -ENOMEM;
	ret = __get_unmapped_area(vma->vm_file, 0, r->new_len, linear_page_index(vma, r->addr),
				  map_flags_of(vma));
	if (IS_ERR_VALUE(ret))
		return ret;
	r->new_addr = ret;
	return move_vma(vma, r);
}

SYSCALL_DEFINE5(mremap, unsigned long, addr, unsigned long, old_len, unsigned long, new_len,
		unsigned long, flags, unsigned long, new_addr)
{
	struct remap r = { .addr = addr, .new_addr = new_addr, .flags = flags };
	struct mm_struct *mm = current->mm;
	unsigned long ret;

	if (flags & ~(unsigned long)(MREMAP_FIXED | MREMAP_MAYMOVE | MREMAP_DONTUNMAP))
		return -EINVAL;
	if ((flags & MREMAP_FIXED) && !(flags & MREMAP_MAYMOVE))
		return -EINVAL;
	if ((flags & MREMAP_DONTUNMAP) && (!(flags & MREMAP_MAYMOVE) || old_len != new_len))
		return -EINVAL;
	if (offset_in_page(addr))
		return -EINVAL;
	r.old_len = PAGE_ALIGN(old_len);
	r.new_len = PAGE_ALIGN(new_len);
	if (!r.new_len)
		return -EINVAL;
	if (mmap_write_lock_killable(mm))
		return -EINTR;
	ret = do_mremap(mm, &r);
	mmap_write_unlock(mm);
	if (r.locked && r.new_len > r.old_len && !IS_ERR_VALUE(ret))
		mm_populate(r.new_addr + r.old_len, r.new_len - r.old_len);
	return ret;
}
