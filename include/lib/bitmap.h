/* SPDX-License-Identifier: GPL-2.0-only */
/* Bit arrays of any length. None is atomic; bits beyond @nbits stay as they are or 0. */
#ifndef LIB_BITMAP_H
#define LIB_BITMAP_H
#include <lib/bitops.h>

#define DECLARE_BITMAP(name, bits)	unsigned long name[BITS_TO_LONGS(bits)]
#define BITMAP_LAST_WORD_MASK(n)	(~0UL >> (-(n) & (BITS_PER_LONG - 1)))
#define BITMAP_FIRST_WORD_MASK(n)	(~0UL << ((n) & (BITS_PER_LONG - 1)))

/* each returns @size (or @nbits) if there is no such bit */
unsigned long find_next_bit(const unsigned long *p, unsigned long size, unsigned long from);
unsigned long find_next_zero_bit(const unsigned long *p, unsigned long size, unsigned long from);
unsigned long find_next_and_bit(const unsigned long *a, const unsigned long *b,
				unsigned long size, unsigned long from);
unsigned long find_last_bit(const unsigned long *p, unsigned long size);
#define find_first_bit(p, size)		find_next_bit(p, size, 0)
#define find_first_zero_bit(p, size)	find_next_zero_bit(p, size, 0)

#define for_each_set_bit(bit, p, size)					\
	for ((bit) = find_next_bit(p, size, 0); (bit) < (size);		\
	     (bit) = find_next_bit(p, size, (bit) + 1))
#define for_each_clear_bit(bit, p, size)				\
	for ((bit) = find_next_zero_bit(p, size, 0); (bit) < (size);	\
	     (bit) = find_next_zero_bit(p, size, (bit) + 1))

void bitmap_zero(unsigned long *p, unsigned long nbits);
void bitmap_fill(unsigned long *p, unsigned long nbits);
void bitmap_copy(unsigned long *dst, const unsigned long *src, unsigned long nbits);
void bitmap_set(unsigned long *p, unsigned long start, unsigned long nr);
void bitmap_clear(unsigned long *p, unsigned long start, unsigned long nr);
bool bitmap_and(unsigned long *dst, const unsigned long *a, const unsigned long *b,
		unsigned long nbits);		/* Return: whether any bit is set */
void bitmap_or(unsigned long *dst, const unsigned long *a, const unsigned long *b,
	       unsigned long nbits);
bool bitmap_andnot(unsigned long *dst, const unsigned long *a, const unsigned long *b,
		   unsigned long nbits);
bool bitmap_equal(const unsigned long *a, const unsigned long *b, unsigned long nbits);
bool bitmap_subset(const unsigned long *a, const unsigned long *b, unsigned long nbits);
bool bitmap_intersects(const unsigned long *a, const unsigned long *b, unsigned long nbits);
unsigned long bitmap_weight(const unsigned long *p, unsigned long nbits);
static inline bool bitmap_empty(const unsigned long *p, unsigned long nbits)
{
	return find_next_bit(p, nbits, 0) >= nbits;
}
static inline bool bitmap_full(const unsigned long *p, unsigned long nbits)
{
	return find_next_zero_bit(p, nbits, 0) >= nbits;
}
/**
 * bitmap_find_next_zero_area - first run of @nr clear bits at or after @start
 * whose number is a multiple of @align_mask + 1. Return: its bit, or >= @size.
 */
unsigned long bitmap_find_next_zero_area(const unsigned long *p, unsigned long size,
					 unsigned long start, unsigned long nr,
					 unsigned long align_mask);

#endif
