// SPDX-License-Identifier: GPL-2.0-only
/*
 * The xarray against a plain table: random stores, removals and marks at indices
 * that are close together, far apart and at the end of the range, with memory
 * running out now and then. At the end no node may be left.
 *
 * SOURCES: lib/xarray.c lib/xarray_iter.c lib/idr.c lib/bitops.c lib/hooks.c
 */
#include "host.h"
#include <lib/xarray.h>
#include <lib/idr.h>

#define SLOTS	400
#define ROUNDS	60000

/* sorted indices that the test uses; what the array should hold there */
static unsigned long where[SLOTS];
static void *model[SLOTS];
static bool marks[SLOTS][XA_MAX_MARKS];

static long nodes;
static bool failing;		/* allocations fail half of the time */

struct xa_node *xa_node_alloc(gfp_t gfp)
{
	struct xa_node *node;

	if (failing && rnd(2))
		return NULL;
	node = calloc(1, sizeof(*node));
	nodes++;
	return node;
}

void xa_node_free(struct xa_node *node)
{
	nodes--;
	free(node);
}

static int by_value(const void *a, const void *b)
{
	unsigned long x = *(const unsigned long *)a, y = *(const unsigned long *)b;

	return x < y ? -1 : x > y;
}

static void choose_indices(void)
{
	for (int i = 0; i < SLOTS; i++) {
		unsigned long base = 1UL << (6 * rnd(11));
		bool again;

		do {
			where[i] = rnd(3) ? rnd(300) : rnd(2) ? base + rnd(3) - 1 : -rnd(70) - 1;
			if (!rnd(3))
				where[i] = rnd(1UL << 40);
			again = false;
			for (int j = 0; j < i; j++)
				again |= where[j] == where[i];
		} while (again);
	}
	qsort(where, SLOTS, sizeof(where[0]), by_value);
}

static void *new_entry(void)
{
	return rnd(2) ? xa_mk_value(rnd(1UL << 40)) : (void *)((rnd(1UL << 30) + 1) * 4);
}

static void forget(int i)
{
	model[i] = NULL;
	memset(marks[i], 0, sizeof(marks[i]));
}

/* index in the model of the first entry from @i on, with mark @m unless that is XA_PRESENT */
static int next_in_model(int i, unsigned int m)
{
	while (i < SLOTS && !(model[i] && (m == XA_PRESENT || marks[i][m])))
		i++;
	return i;
}

static void change(struct xarray *xa, int i)
{
	void *entry, *old;

	switch (rnd(6)) {
	case 0 ... 1:
		entry = new_entry();
		old = xa_store(xa, where[i], entry, 0);
		if (xa_is_err(old)) {
			must(failing && xa_err(old) == -ENOMEM);
			break;
		}
		must(old == model[i]);
		model[i] = entry;
		break;
	case 2:
		must(xa_erase(xa, where[i]) == model[i]);
		forget(i);
		break;
	case 3: {
		unsigned int m = rnd(XA_MAX_MARKS);

		xa_set_mark(xa, where[i], m);
		if (model[i])
			marks[i][m] = true;
		break;
	}
	case 4: {
		unsigned int m = rnd(XA_MAX_MARKS);

		xa_clear_mark(xa, where[i], m);
		marks[i][m] = false;
		break;
	}
	case 5: {
		int err;

		entry = new_entry();
		err = xa_insert(xa, where[i], entry, 0);
		must(err == (model[i] ? -EBUSY : 0) || (failing && err == -ENOMEM));
		if (!err)
			model[i] = entry;
		break;
	}
	}
}

static void look(struct xarray *xa)
{
	unsigned int m = rnd(4) < 3 ? rnd(XA_MAX_MARKS) : XA_PRESENT;
	int i = rnd(SLOTS), j;
	unsigned long index = where[i], max = where[rnd(SLOTS)];
	void *entry;

	must(xa_load(xa, index) == model[i]);
	for (unsigned int k = 0; k < XA_MAX_MARKS; k++)
		must(xa_get_mark(xa, index, k) == marks[i][k]);

	entry = xa_find(xa, &index, max, m);
	j = next_in_model(i, m);
	if (j < SLOTS && where[j] <= max)
		must(entry == model[j] && index == where[j]);
	else
		must(!entry);

	index = where[i];
	entry = xa_find_after(xa, &index, ULONG_MAX, m);
	j = next_in_model(i + 1, m);
	if (j < SLOTS)
		must(entry == model[j] && index == where[j]);
	else
		must(!entry);
}

static void walk(struct xarray *xa)
{
	unsigned int m = rnd(XA_MAX_MARKS);
	XA_STATE(xas, xa, 0);
	unsigned long index;
	void *entry;
	int i = next_in_model(0, XA_PRESENT);

	xa_for_each(xa, index, entry) {
		must(i < SLOTS && index == where[i] && entry == model[i]);
		i = next_in_model(i + 1, XA_PRESENT);
	}
	must(i == SLOTS);

	i = next_in_model(0, XA_PRESENT);
	xas_for_each(&xas, entry, ULONG_MAX) {
		must(i < SLOTS && xas.xa_index == where[i] && entry == model[i]);
		if (!rnd(10))
			xas_pause(&xas);
		i = next_in_model(i + 1, XA_PRESENT);
	}
	must(i == SLOTS);

	i = next_in_model(0, m);
	xas_set(&xas, 0);
	xas_for_each_marked(&xas, entry, ULONG_MAX, m) {
		must(i < SLOTS && xas.xa_index == where[i] && entry == model[i]);
		i = next_in_model(i + 1, m);
	}
	must(i == SLOTS);
	must(xa_marked(xa, m) == (next_in_model(0, m) < SLOTS));
}

/* the cursor's steps over neighbours, holes included, forth and back */
static void step(struct xarray *xa)
{
	unsigned long start = where[rnd(SLOTS)];
	XA_STATE(xas, xa, start);
	void *entry = xas_load(&xas);

	for (int n = 0; n < 100 && start + n >= start; n++) {
		must(entry == xa_load(xa, start + n) && xas.xa_index == start + n);
		entry = xas_next(&xas);
	}
	xas_set(&xas, start);
	entry = xas_load(&xas);
	for (unsigned long n = 0; n < 100 && n <= start; n++) {
		must(entry == xa_load(xa, start - n) && xas.xa_index == start - n);
		entry = xas_prev(&xas);
	}
}

static void test_model(void)
{
	DEFINE_XARRAY(xa);

	choose_indices();
	for (int round = 0; round < ROUNDS; round++) {
		failing = round / 5000 % 3 == 1;
		change(&xa, rnd(SLOTS));
		look(&xa);
		if (!(round % 200)) {
			walk(&xa);
			step(&xa);
		}
	}
	failing = false;
	ok(1, "xarray: entries, marks and searches agree with the model");
	for (int i = 0; i < SLOTS; i++) {
		must(xa_erase(&xa, where[i]) == model[i]);
		forget(i);
	}
	ok(xa_empty(&xa) && !nodes, "xarray: an emptied array has no nodes");
}

static void test_reserve(void)
{
	DEFINE_XARRAY(xa);

	must(!xa_reserve(&xa, 12345, 0));
	must(!xa_load(&xa, 12345));
	failing = true;
	for (int i = 0; i < 50; i++) {
		void *old = xa_store(&xa, 12345, xa_mk_value(i), 0);

		must(!xa_is_err(old));
	}
	failing = false;
	must(xa_to_value(xa_erase(&xa, 12345)) == 49);
	must(!xa_reserve(&xa, 7, 0));
	xa_release(&xa, 7);
	xa_destroy(&xa);
	ok(!nodes, "xarray: a reserved index can be stored to without memory");
}

static void test_ids(void)
{
	DEFINE_IDR(idr);
	static void *at[300];
	int count = 0;

	for (int round = 0; round < ROUNDS; round++) {
		int id = rnd(300), lowest = 0;

		if (rnd(2)) {
			while (lowest < 300 && at[lowest])
				lowest++;
			id = idr_alloc(&idr, &at[round % 300], 0, 300, 0);
			must(id == (lowest < 300 ? lowest : -ENOSPC));
			if (id >= 0) {
				at[id] = &at[round % 300];
				count++;
			}
		} else {
			count -= at[id] != NULL;
			must(idr_remove(&idr, id) == at[id]);
			at[id] = NULL;
		}
		must(idr_find(&idr, id < 0 ? 0 : id) == at[id < 0 ? 0 : id]);
	}
	for (int id = 0; id < 300; id++)
		if (at[id])
			must(idr_remove(&idr, id) == at[id]);
	ok(idr_is_empty(&idr), "idr: gives the lowest free id, and none twice");

	for (int i = 0; i < 10; i++)
		must(idr_alloc_cyclic(&idr, &at[0], 5, 10, 0) == (i < 5 ? 5 + i : -ENOSPC));
	must(idr_remove(&idr, 6) && idr_alloc_cyclic(&idr, &at[0], 5, 10, 0) == 6);
	idr_destroy(&idr);
	ok(!nodes, "idr: cyclic ids go round and fill the range");
}

int main(void)
{
	test_model();
	test_reserve();
	test_ids();
	return done();
}
