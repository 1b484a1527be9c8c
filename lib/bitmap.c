// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bit arrays. Searches look at whole words; the words of an array that lie
 * wholly beyond @nbits are never touched.
 */
#include <lib/bitmap.h>
#include <lib/string.h>

unsigned long find_next_bit(const unsigned long *p, unsigned long size, unsigned long from)
{
	unsigned long i, word;

	if (from >= size)
		return size;
	i = BIT_WORD(from);
	word = p[i] & BITMAP_FIRST_WORD_MASK(from);
	while (!word) {
		if (++i * BITS_PER_LONG >= size)
			return size;
		word = p[i];
	}
	return min(i * BITS_PER_LONG + __ffs(word), size);
}

unsigned long find_next_zero_bit(const unsigned long *p, unsigned long size, unsigned long from)
{
	unsigned long i, word;

	if (from >= size)
		return size;
	i = BIT_WORD(from);
	word = ~p[i] & BITMAP_FIRST_WORD_MASK(from);
	while (!word) {
		if (++i * BITS_PER_LONG >= size)
			return size;
		word = ~p[i];
	}
	return min(i * BITS_PER_LONG + __ffs(word), size);
}

unsigned long find_next_and_bit(const unsigned long *a, const unsigned long *b,
				unsigned long size, unsigned long from)
{
	unsigned long i, word;

	if (from >= size)
		return size;
	i = BIT_WORD(from);
	word = a[i] & b[i] & BITMAP_FIRST_WORD_MASK(from);
	while (!word) {
		if (++i * BITS_PER_LONG >= size)
			return size;
		word = a[i] & b[i];
	}
	return min(i * BITS_PER_LONG + __ffs(word), size);
}

unsigned long find_last_bit(const unsigned long *p, unsigned long size)
{
	unsigned long i, word;

	if (!size)
		return 0;
	i = BIT_WORD(size - 1);
	word = p[i] & BITMAP_LAST_WORD_MASK(size);
	while (!word) {
		if (!i--)
			return size;
		word = p[i];
	}
	return i * BITS_PER_LONG + __fls(word);
}

void bitmap_zero(unsigned long *p, unsigned long nbits)
{
	memset(p, 0, BITS_TO_LONGS(nbits) * sizeof(long));
}

void bitmap_fill(unsigned long *p, unsigned long nbits)
{
	bitmap_zero(p, nbits);
	bitmap_set(p, 0, nbits);
}

void bitmap_copy(unsigned long *dst, const unsigned long *src, unsigned long nbits)
{
	memcpy(dst, src, BITS_TO_LONGS(nbits) * sizeof(long));
}

void bitmap_set(unsigned long *p, unsigned long start, unsigned long nr)
{
	unsigned long end = start + nr, i = BIT_WORD(start), last;
	unsigned long mask = BITMAP_FIRST_WORD_MASK(start);

	if (!nr)
		return;
	for (last = BIT_WORD(end - 1); i < last; i++, mask = ~0UL)
		p[i] |= mask;
	p[i] |= mask & BITMAP_LAST_WORD_MASK(end);
}

void bitmap_clear(unsigned long *p, unsigned long start, unsigned long nr)
{
	unsigned long end = start + nr, i = BIT_WORD(start), last;
	unsigned long mask = BITMAP_FIRST_WORD_MASK(start);

	if (!nr)
		return;
	for (last = BIT_WORD(end - 1); i < last; i++, mask = ~0UL)
		p[i] &= ~mask;
	p[i] &= ~(mask & BITMAP_LAST_WORD_MASK(end));
}

/* word @i of an array of @nbits, without the bits beyond */
static unsigned long bitmap_mask(unsigned long i, unsigned long nbits)
{
	return (i + 1) * BITS_PER_LONG <= nbits ? ~0UL : BITMAP_LAST_WORD_MASK(nbits);
}

bool bitmap_and(unsigned long *dst, const unsigned long *a, const unsigned long *b,
		unsigned long nbits)
{
	unsigned long i, any = 0;

	for (i = 0; i < BITS_TO_LONGS(nbits); i++)
		any |= dst[i] = a[i] & b[i] & bitmap_mask(i, nbits);
	return any;
}

void bitmap_or(unsigned long *dst, const unsigned long *a, const unsigned long *b,
	       unsigned long nbits)
{
	unsigned long i;

	for (i = 0; i < BITS_TO_LONGS(nbits); i++)
		dst[i] = a[i] | b[i];
}

bool bitmap_andnot(unsigned long *dst, const unsigned long *a, const unsigned long *b,
		   unsigned long nbits)
{
	unsigned long i, any = 0;

	for (i = 0; i < BITS_TO_LONGS(nbits); i++)
		any |= dst[i] = a[i] & ~b[i] & bitmap_mask(i, nbits);
	return any;
}

bool bitmap_equal(const unsigned long *a, const unsigned long *b, unsigned long nbits)
{
	unsigned long i;

	for (i = 0; i < BITS_TO_LONGS(nbits); i++)
		if ((a[i] ^ b[i]) & bitmap_mask(i, nbits))
			return false;
	return true;
}

bool bitmap_subset(const unsigned long *a, const unsigned long *b, unsigned long nbits)
{
	unsigned long i;

	for (i = 0; i < BITS_TO_LONGS(nbits); i++)
		if (a[i] & ~b[i] & bitmap_mask(i, nbits))
			return false;
	return true;
}

bool bitmap_intersects(const unsigned long *a, const unsigned long *b, unsigned long nbits)
{
	return find_next_and_bit(a, b, nbits, 0) < nbits;
}

unsigned long bitmap_weight(const unsigned long *p, unsigned long nbits)
{
	unsigned long i, n = 0;

	for (i = 0; i < BITS_TO_LONGS(nbits); i++)
		n += hweight64(p[i] & bitmap_mask(i, nbits));
	return n;
}

unsigned long bitmap_find_next_zero_area(const unsigned long *p, unsigned long size,
					 unsigned long start, unsigned long nr,
					 unsigned long align_mask)
{
	unsigned long end, used;

	for (;;) {
		start = find_next_zero_bit(p, size, start);
		start = (start + align_mask) & ~align_mask;
		end = start + nr;
		if (end > size || end < start)
			return size;
		used = find_next_bit(p, end, start);
		if (used >= end)
			return start;
		start = used + 1;
	}
}
