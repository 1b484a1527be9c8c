/* SPDX-License-Identifier: GPL-2.0-only */
/* Sorting and searching without extra memory. */
#ifndef LIB_SORT_H
#define LIB_SORT_H
#include <lib/types.h>

struct list_head;
typedef int (*list_cmp_func_t)(void *priv, const struct list_head *a, const struct list_head *b);

/** sort - heapsort, O(n log n) at worst, not stable. @swap_fn NULL: bytes are swapped. */
void sort(void *base, size_t n, size_t size, cmp_func_t cmp,
	  void (*swap_fn)(void *a, void *b, int size));
void *bsearch_k(const void *key, const void *base, size_t n, size_t size, cmp_func_t cmp);
#ifndef HOST_TEST
#define bsearch bsearch_k
#endif
/** list_sort - stable merge sort. @cmp: > 0 if @a belongs behind @b. */
void list_sort(void *priv, struct list_head *head, list_cmp_func_t cmp);

#endif
