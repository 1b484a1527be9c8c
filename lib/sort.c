// SPDX-License-Identifier: GPL-2.0-only
/* Heapsort of arrays, binary search, merge sort of lists. */
#include <lib/sort.h>
#include <lib/list.h>

static void swap_bytes(void *a, void *b, int size)
{
	u8 *x = a, *y = b;

	if (!(((unsigned long)a | (unsigned long)b | size) & 7)) {
		u64 *v = a, *w = b;

		for (; size; size -= 8, v++, w++)
			swap(*v, *w);
		return;
	}
	for (; size; size--, x++, y++)
		swap(*x, *y);
}

/* let the element at @i sink in the heap of the first @n */
static void sink(u8 *base, size_t i, size_t n, size_t size, cmp_func_t cmp,
		 void (*swap_fn)(void *, void *, int))
{
	size_t c;

	for (; (c = 2 * i + 1) < n; i = c) {
		if (c + 1 < n && cmp(base + c * size, base + (c + 1) * size) < 0)
			c++;
		if (cmp(base + i * size, base + c * size) >= 0)
			return;
		swap_fn(base + i * size, base + c * size, size);
	}
}

void sort(void *base, size_t n, size_t size, cmp_func_t cmp,
	  void (*swap_fn)(void *a, void *b, int size))
{
	size_t i;

	if (!swap_fn)
		swap_fn = swap_bytes;
	for (i = n / 2; i-- > 0;)
		sink(base, i, n, size, cmp, swap_fn);
	for (i = n; i-- > 1;) {
		swap_fn(base, (u8 *)base + i * size, size);
		sink(base, 0, i, size, cmp, swap_fn);
	}
}

void *bsearch_k(const void *key, const void *base, size_t n, size_t size, cmp_func_t cmp)
{
	const u8 *p = base;

	while (n) {
		const u8 *mid = p + n / 2 * size;
		int c = cmp(key, mid);

		if (!c)
			return (void *)mid;
		if (c > 0) {
			p = mid + size;
			n--;
		}
		n /= 2;
	}
	return NULL;
}

static struct list_head *merge(void *priv, list_cmp_func_t cmp, struct list_head *a,
			       struct list_head *b)
{
	struct list_head *first, **tail = &first;

	while (a && b) {
		/* of equal ones @a's come first: stable */
		if (cmp(priv, a, b) <= 0) {
			*tail = a;
			tail = &a->next;
			a = a->next;
		} else {
			*tail = b;
			tail = &b->next;
			b = b->next;
		}
	}
	*tail = a ? a : b;
	return first;
}

/*
 * Bottom up: sorted[i] holds a sorted run of 2^i entries or nothing, like the
 * bits of a counter. Runs are singly linked and end in NULL.
 */
void list_sort(void *priv, struct list_head *head, list_cmp_func_t cmp)
{
	struct list_head *sorted[64] = { NULL }, *run, *next, *prev;
	unsigned int i, used = 0;

	if (list_empty(head))
		return;
	head->prev->next = NULL;
	for (run = head->next; run; run = next) {
		next = run->next;
		run->next = NULL;
		for (i = 0; sorted[i]; i++) {
			run = merge(priv, cmp, sorted[i], run);
			sorted[i] = NULL;
		}
		sorted[i] = run;
		used = max(used, i + 1);
	}
	run = NULL;
	for (i = 0; i < used; i++)
		if (sorted[i])
			run = merge(priv, cmp, sorted[i], run);

	prev = head;
	for (; run; run = run->next) {
		prev->next = run;
		run->prev = prev;
		prev = run;
	}
	prev->next = head;
	head->prev = prev;
}
