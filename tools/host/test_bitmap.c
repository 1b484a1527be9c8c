// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bitmaps against an array of bytes, for lengths that are and are not multiples
 * of a word.
 *
 * SOURCES: lib/bitmap.c lib/bitops.c
 */
#include "host.h"
#include <lib/bitmap.h>

#define BITS	300

static DECLARE_BITMAP(a, BITS);
static DECLARE_BITMAP(b, BITS);
static DECLARE_BITMAP(c, BITS);
static bool ma[BITS], mb[BITS];

static void randomise(unsigned long *map, bool *model)
{
	unsigned long start = rnd(BITS), n = rnd(BITS - start) + 1;
	bool value = rnd(2);

	if (value)
		bitmap_set(map, start, n);
	else
		bitmap_clear(map, start, n);
	memset(model + start, value, n);
}

static unsigned long scan(const bool *model, unsigned long size, unsigned long from, bool value)
{
	while (from < size && model[from] != value)
		from++;
	return from < size ? from : size;
}

static void compare_searches(unsigned long size)
{
	unsigned long from = rnd(size), i, weight = 0, last = size, both;

	must(find_next_bit(a, size, from) == scan(ma, size, from, true));
	must(find_next_zero_bit(a, size, from) == scan(ma, size, from, false));
	for (i = 0; i < size; i++) {
		weight += ma[i];
		if (ma[i])
			last = i;
	}
	must(bitmap_weight(a, size) == weight);
	must(find_last_bit(a, size) == last);
	must(bitmap_empty(a, size) == !weight && bitmap_full(a, size) == (weight == size));
	for (both = from; both < size && !(ma[both] && mb[both]); both++)
		;
	must(find_next_and_bit(a, b, size, from) == both);
}

static void compare_logic(unsigned long size)
{
	bool any_and = false, any_not = false, equal = true;

	for (unsigned long i = 0; i < size; i++) {
		any_and |= ma[i] && mb[i];
		any_not |= ma[i] && !mb[i];
		equal &= ma[i] == mb[i];
	}
	must(bitmap_and(c, a, b, size) == any_and);
	for (unsigned long i = 0; i < size; i++)
		must(find_next_bit(c, i + 1, i) == (ma[i] && mb[i] ? i : i + 1));
	must(bitmap_andnot(c, a, b, size) == any_not);
	must(bitmap_subset(a, b, size) == !any_not);
	must(bitmap_intersects(a, b, size) == any_and);
	must(bitmap_equal(a, b, size) == equal);
	bitmap_or(c, a, b, size);
	for (unsigned long i = 0; i < size; i++)
		must(find_next_bit(c, i + 1, i) == (ma[i] || mb[i] ? i : i + 1));
}

static void compare_area(unsigned long size)
{
	unsigned long nr = rnd(20) + 1, mask = (1UL << rnd(4)) - 1, start = rnd(size), i, n;
	unsigned long found = bitmap_find_next_zero_area(a, size, start, nr, mask);

	for (i = (start + mask) & ~mask; i + nr <= size; i += mask + 1) {
		for (n = 0; n < nr && !ma[i + n]; n++)
			;
		if (n == nr)
			break;
	}
	must(i + nr <= size ? found == i : found >= size || found + nr > size);
}

int main(void)
{
	for (int round = 0; round < 20000; round++) {
		unsigned long size = rnd(BITS) + 1;

		randomise(a, ma);
		randomise(b, mb);
		compare_searches(size);
		if (!(round % 10))
			compare_logic(size);
		compare_area(size);
	}
	ok(1, "bitmap: searches, logic and runs agree with an array of bytes");
	return done();
}
