// SOURCES: mm/vma_tree.c lib/rbtree.c
// SPDX-License-Identifier: GPL-2.0-only
/*
 * The VMA tree against a model: an array that says for each page whose it is.
 * Random insertions, removals, growing and shrinking, some of them stacks; after
 * each step the tree validates itself, and lookups and both searches for room
 * are compared with what a linear scan of the model finds.
 */
#include <stdio.h>
#include <stdlib.h>
#include <errno.h>
#include "../../mm/vma_tree.h"

#define PAGES	3000
#define ROUNDS	60000

static struct vm_area_struct *owner[PAGES];
static struct mm_struct mm;
static unsigned long seed = 12345;

static unsigned long rnd(unsigned long n)
{
	seed = seed * 6364136223846793005UL + 1442695040888963407UL;
	return (seed >> 33) % n;
}

static void fail(const char *what, int round)
{
	printf("not ok 1 - VMA tree: %s in round %d\n1..1\n", what, round);
	exit(1);
}

static void paint(unsigned long from, unsigned long to, struct vm_area_struct *vma)
{
	for (; from < to; from++)
		owner[from] = vma;
}

static struct vm_area_struct *next_at(unsigned long page)
{
	for (; page < PAGES; page++)
		if (owner[page])
			return owner[page];
	return NULL;
}

/* is [from, from + n) free, and not the guard gap of a stack above? */
static bool room(unsigned long from, unsigned long n)
{
	struct vm_area_struct *next = next_at(from);

	for (unsigned long i = from; i < from + n; i++)
		if (owner[i])
			return false;
	return !next || vm_start_gap(next) / PAGE_SIZE >= from + n;
}

static unsigned long scan(unsigned long n, unsigned long low, unsigned long high, bool down)
{
	unsigned long i;

	if (high < low + n)
		return -ENOMEM;
	if (down) {
		for (i = high - n + 1; i-- > low;)
			if (room(i, n))
				return i * PAGE_SIZE;
	} else {
		for (i = low; i <= high - n; i++)
			if (room(i, n))
				return i * PAGE_SIZE;
	}
	return -ENOMEM;
}

static void insert(void)
{
	unsigned long start = rnd(PAGES - 40), len = 1 + rnd(40), i;
	struct vm_area_struct *vma, *next, *prev;

	for (i = start; i < start + len; i++)
		if (owner[i])
			return;
	vma = calloc(1, sizeof(*vma));
	vma->vm_start = start * PAGE_SIZE;
	vma->vm_end = (start + len) * PAGE_SIZE;
	vma->vm_flags = rnd(10) ? 0 : VM_GROWSDOWN;
	next = vma_tree_find_prev(&mm, vma->vm_start, &prev);
	vma_tree_insert(&mm, vma, prev, next);
	paint(start, start + len, vma);
}

static void change(struct vm_area_struct *vma)
{
	unsigned long start = vma->vm_start / PAGE_SIZE, end = vma->vm_end / PAGE_SIZE;
	unsigned long n = 1 + rnd(8);

	switch (rnd(5)) {
	case 0:		/* grow up */
		while (n-- && end < PAGES && !owner[end])
			owner[end++] = vma;
		break;
	case 1:		/* grow down */
		while (n-- && start > 0 && !owner[start - 1])
			owner[--start] = vma;
		break;
	case 2:
		if (end - start > n)
			paint(end - n, end, NULL), end -= n;
		break;
	case 3:
		if (end - start > n)
			paint(start, start + n, NULL), start += n;
		break;
	default:
		vma_tree_erase(&mm, vma);
		paint(start, end, NULL);
		free(vma);
		return;
	}
	vma->vm_start = start * PAGE_SIZE;
	vma->vm_end = end * PAGE_SIZE;
	vma_tree_resized(vma);
}

static void compare(int round)
{
	unsigned long page = rnd(PAGES), n = 1 + rnd(60);
	unsigned long low = rnd(PAGES), high = low + rnd(PAGES - low + 1);
	struct vm_area_struct *prev, *want = next_at(page);

	if (vma_tree_find(&mm, page * PAGE_SIZE + rnd(PAGE_SIZE)) != want)
		fail("find", round);
	if (vma_tree_find_prev(&mm, page * PAGE_SIZE, &prev) != want ||
	    prev != (want ? want->vm_prev : vma_tree_last(&mm)))
		fail("find_prev", round);
	if (vma_tree_gap_topdown(&mm, n * PAGE_SIZE, low * PAGE_SIZE, high * PAGE_SIZE) !=
	    scan(n, low, high, true))
		fail("search from the top", round);
	if (vma_tree_gap_bottomup(&mm, n * PAGE_SIZE, low * PAGE_SIZE, high * PAGE_SIZE) !=
	    scan(n, low, high, false))
		fail("search from the bottom", round);
}

int main(void)
{
	stack_guard_gap = 5 * PAGE_SIZE;
	for (int round = 0; round < ROUNDS; round++) {
		struct vm_area_struct *vma = owner[rnd(PAGES)];
		const char *wrong;

		/* phases of filling and of emptying */
		if (rnd(8) < (round / 5000 % 2 ? 6 : 2) && vma)
			change(vma);
		else
			insert();
		if (round % 16 == 0 && (wrong = vma_tree_validate(&mm)))
			fail(wrong, round);
		compare(round);
	}
	while (mm.mmap_first) {
		struct vm_area_struct *vma = mm.mmap_first;

		vma_tree_erase(&mm, vma);
		free(vma);
		if (vma_tree_validate(&mm))
			fail(vma_tree_validate(&mm), ROUNDS);
	}
	printf("ok 1 - VMA tree: %d random operations agree with the model\n1..1\n", ROUNDS);
	return 0;
}
