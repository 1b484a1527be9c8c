// SPDX-License-Identifier: GPL-2.0-only
/*
 * The VMAs of an address space in a red-black tree by address, threaded with a
 * list, and augmented with the largest gap before a VMA of each subtree, so that
 * lookup and the search for room are logarithmic.
 *
 * T1 The list (mmap_first, vm_next, vm_prev) and the tree hold the same VMAs in
 *    the same order, disjoint, none empty; map_count of them.
 * T2 gap_before is the free room between the previous VMA (or address 0) and this
 *    one, less the guard gap below a stack.
 * T3 rb_max_gap is the largest gap_before in the subtree.
 *
 * The caller excludes other users; mm/vma.c brackets changes with mm_seq, for
 * readers that walk the tree without a lock. No allocation, no locks: the host
 * test tools/host/test_vma_tree.c compiles this file as it is.
 */
#include <lib/err.h>
#include "vma_tree.h"

unsigned long stack_guard_gap = 256 * PAGE_SIZE;

static inline struct vm_area_struct *entry(const struct rb_node *rb)
{
	return rb_entry(rb, struct vm_area_struct, vm_rb);
}

static unsigned long own_gap(const struct vm_area_struct *vma)
{
	return vma->gap_before;
}

RB_DECLARE_CALLBACKS_MAX(static, gap_augment, struct vm_area_struct, vm_rb,
			 unsigned long, rb_max_gap, own_gap)

/**
 * vma_tree_find - first VMA that ends above @addr.
 * Return: NULL if there is none.
 */
struct vm_area_struct *vma_tree_find(const struct mm_struct *mm, unsigned long addr)
{
	struct rb_node *rb = mm->mm_rb.rb_node;
	struct vm_area_struct *found = NULL;

	while (rb) {
		struct vm_area_struct *vma = entry(rb);

		if (vma->vm_end > addr) {
			found = vma;
			if (vma->vm_start <= addr)
				break;
			rb = rb->rb_left;
		} else {
			rb = rb->rb_right;
		}
	}
	return found;
}

/** vma_tree_find_prev - the same; *@prevp is the VMA before it (or the last of all). */
struct vm_area_struct *vma_tree_find_prev(const struct mm_struct *mm, unsigned long addr,
					  struct vm_area_struct **prevp)
{
	struct rb_node *rb = mm->mm_rb.rb_node;
	struct vm_area_struct *found = NULL, *below = NULL;

	while (rb) {
		struct vm_area_struct *vma = entry(rb);

		if (vma->vm_end > addr) {
			found = vma;
			if (vma->vm_start <= addr)
				break;
			rb = rb->rb_left;
		} else {
			below = vma;
			rb = rb->rb_right;
		}
	}
	*prevp = found ? found->vm_prev : below;
	return found;
}

/** vma_tree_last - the VMA with the highest address, or NULL. */
struct vm_area_struct *vma_tree_last(const struct mm_struct *mm)
{
	struct rb_node *rb = mm->mm_rb.rb_node;

	if (!rb)
		return NULL;
	while (rb->rb_right)
		rb = rb->rb_right;
	return entry(rb);
}

static void update_gap(struct vm_area_struct *vma)
{
	unsigned long prev_end = vma->vm_prev ? vma->vm_prev->vm_end : 0;
	unsigned long start = vm_start_gap(vma);

	vma->gap_before = start > prev_end ? start - prev_end : 0;
}

/**
 * vma_tree_insert - put @vma between its neighbours @prev and @next (either may be NULL).
 */
void vma_tree_insert(struct mm_struct *mm, struct vm_area_struct *vma,
		     struct vm_area_struct *prev, struct vm_area_struct *next)
{
	struct rb_node **link, *parent;

	/* Of two neighbours, one has no child on the side of the other. */
	if (prev && !prev->vm_rb.rb_right) {
		parent = &prev->vm_rb;
		link = &parent->rb_right;
	} else if (next) {
		parent = &next->vm_rb;
		link = &parent->rb_left;
	} else {
		parent = NULL;
		link = &mm->mm_rb.rb_node;
	}
	vma->vm_prev = prev;
	vma->vm_next = next;
	if (prev)
		prev->vm_next = vma;
	else
		mm->mmap_first = vma;
	update_gap(vma);
	vma->rb_max_gap = vma->gap_before;
	if (next) {
		next->vm_prev = vma;
		update_gap(next);
	}
	rb_link_node_rcu(&vma->vm_rb, parent, link);
	if (parent)
		gap_augment.propagate(parent, NULL);
	if (next && parent != &next->vm_rb)
		gap_augment.propagate(&next->vm_rb, NULL);
	rb_insert_augmented(&vma->vm_rb, &mm->mm_rb, &gap_augment);
	mm->map_count++;
}

/** vma_tree_erase - take @vma out. Its own links stay as they were. */
void vma_tree_erase(struct mm_struct *mm, struct vm_area_struct *vma)
{
	struct vm_area_struct *prev = vma->vm_prev, *next = vma->vm_next;

	if (prev)
		prev->vm_next = next;
	else
		mm->mmap_first = next;
	rb_erase_augmented(&vma->vm_rb, &mm->mm_rb, &gap_augment);
	if (next) {
		next->vm_prev = prev;
		update_gap(next);
		gap_augment.propagate(&next->vm_rb, NULL);
	}
	mm->map_count--;
}

/** vma_tree_resized - vm_start, vm_end or VM_GROWSDOWN of @vma have changed. */
void vma_tree_resized(struct vm_area_struct *vma)
{
	struct vm_area_struct *next = vma->vm_next;

	update_gap(vma);
	gap_augment.propagate(&vma->vm_rb, NULL);
	if (next) {
		update_gap(next);
		gap_augment.propagate(&next->vm_rb, NULL);
	}
}

/**
 * vma_tree_gap_topdown - the highest free @len bytes within [@low, @high).
 * Return: their address, or -ENOMEM.
 */
unsigned long vma_tree_gap_topdown(const struct mm_struct *mm, unsigned long len,
				   unsigned long low, unsigned long high)
{
	struct vm_area_struct *vma = vma_tree_last(mm);
	unsigned long last_start, first_end;

	if (high < low || high - low < len)
		return -ENOMEM;
	last_start = high - len;	/* the room begins here at the latest */
	first_end = low + len;		/* and ends here at the earliest */
	if (!vma || vma->vm_end <= last_start)
		return last_start;

	vma = entry(mm->mm_rb.rb_node);
	if (vma->rb_max_gap < len)
		return -ENOMEM;
	for (;;) {
		struct rb_node *rb = vma->vm_rb.rb_right;
		unsigned long gap_end;

		if (rb && vma->vm_end <= last_start && entry(rb)->rb_max_gap >= len) {
			vma = entry(rb);
			continue;
		}
check:
		/* not gap_end: a guard gap may reach down over lower VMAs */
		if (vma->vm_start < first_end)
			return -ENOMEM;
		gap_end = vm_start_gap(vma);
		if (vma->gap_before >= len && gap_end - vma->gap_before <= last_start) {
			unsigned long addr = min(gap_end, high) - len;

			if (gap_end >= first_end && addr >= low)
				return addr;
		}
		rb = vma->vm_rb.rb_left;
		if (rb && entry(rb)->rb_max_gap >= len) {
			vma = entry(rb);
			continue;
		}
		for (;;) {
			struct rb_node *child = &vma->vm_rb, *parent = rb_parent(child);

			if (!parent)
				return -ENOMEM;
			vma = entry(parent);
			if (parent->rb_right == child)
				goto check;
		}
	}
}

/** vma_tree_gap_bottomup - the lowest; otherwise the same. */
unsigned long vma_tree_gap_bottomup(const struct mm_struct *mm, unsigned long len,
				    unsigned long low, unsigned long high)
{
	struct vm_area_struct *vma = vma_tree_last(mm);
	unsigned long last_start, first_end, after_all;

	if (high < low || high - low < len)
		return -ENOMEM;
	last_start = high - len;
	first_end = low + len;
	after_all = vma ? max(vma->vm_end, low) : low;
	if (!vma || entry(mm->mm_rb.rb_node)->rb_max_gap < len)
		return after_all <= last_start ? after_all : -ENOMEM;

	vma = entry(mm->mm_rb.rb_node);
	for (;;) {
		unsigned long gap_end, gap_start;
		struct rb_node *rb = vma->vm_rb.rb_left;

		if (rb && vma->vm_start >= first_end && entry(rb)->rb_max_gap >= len) {
			vma = entry(rb);
			continue;
		}
check:
		gap_end = vm_start_gap(vma);
		gap_start = gap_end - vma->gap_before;
		if (vma->gap_before && gap_start > last_start)
			return -ENOMEM;
		if (vma->gap_before >= len && gap_end >= first_end) {
			gap_start = max(gap_start, low);
			return gap_start <= last_start ? gap_start : -ENOMEM;
		}
		rb = vma->vm_rb.rb_right;
		if (rb && entry(rb)->rb_max_gap >= len) {
			vma = entry(rb);
			continue;
		}
		for (;;) {
			struct rb_node *child = &vma->vm_rb, *parent = rb_parent(child);

			if (!parent)
				return after_all <= last_start ? after_all : -ENOMEM;
			vma = entry(parent);
			if (parent->rb_left == child)
				goto check;
		}
	}
}

static const char *validate_one(const struct vm_area_struct *vma, const struct rb_node *rb)
{
	unsigned long prev_end = vma->vm_prev ? vma->vm_prev->vm_end : 0;
	unsigned long start = vm_start_gap(vma), most = vma->gap_before;

	if (rb != &vma->vm_rb)
		return "T1: list and tree differ";
	if (vma->vm_start >= vma->vm_end || vma->vm_start < prev_end)
		return "T1: empty or overlapping";
	if (vma->vm_next && vma->vm_next->vm_prev != vma)
		return "T1: list is torn";
	if (vma->gap_before != (start > prev_end ? start - prev_end : 0))
		return "T2: gap_before";
	if (rb->rb_left)
		most = max(most, entry(rb->rb_left)->rb_max_gap);
	if (rb->rb_right)
		most = max(most, entry(rb->rb_right)->rb_max_gap);
	return vma->rb_max_gap == most ? NULL : "T3: rb_max_gap";
}

/** vma_tree_validate - check T1 to T3. Return: NULL, or what is wrong. */
const char *vma_tree_validate(const struct mm_struct *mm)
{
	const struct vm_area_struct *vma;
	struct rb_node *rb = rb_first(&mm->mm_rb);
	int n = 0;

	for (vma = mm->mmap_first; vma; vma = vma->vm_next, n++) {
		const char *wrong = validate_one(vma, rb);

		if (wrong)
			return wrong;
		rb = rb_next(rb);
	}
	return rb || n != mm->map_count ? "T1: map_count" : NULL;
}
