// SPDX-License-Identifier: GPL-2.0-only
/* Bit searches and counts for a CPU without instructions for them. */
#include <lib/bitops.h>

/* position of the top six bits of 0x03f79d71b4cb0a89 << n */
const u8 lib_debruijn64[64] = {
	 0,  1, 48,  2, 57, 49, 28,  3, 61, 58, 50, 42, 38, 29, 17,  4,
	62, 55, 59, 36, 53, 51, 43, 22, 45, 39, 33, 30, 24, 18, 12,  5,
	63, 47, 56, 27, 60, 41, 37, 16, 54, 35, 52, 21, 44, 32, 23, 11,
	46, 26, 40, 15, 34, 20, 31, 10, 25, 14, 19,  9, 13,  8,  7,  6,
};

/** lib_fls64 - 1 + number of the highest set bit of @x; 0 for 0. */
unsigned int lib_fls64(u64 x)
{
	unsigned int n = 0;

	if (!x)
		return 0;
	if (x >> 32) {
		n += 32;
		x >>= 32;
	}
	if (x >> 16) {
		n += 16;
		x >>= 16;
	}
	if (x >> 8) {
		n += 8;
		x >>= 8;
	}
	if (x >> 4) {
		n += 4;
		x >>= 4;
	}
	/* what is left is 1..15: look it up in a constant of 4-bit fields */
	return n + ((0x4444444433332210UL >> (x * 4)) & 15);
}

/** lib_hweight64 - number of set bits of @x. */
unsigned int lib_hweight64(u64 x)
{
	x -= (x >> 1) & 0x5555555555555555UL;
	x = (x & 0x3333333333333333UL) + ((x >> 2) & 0x3333333333333333UL);
	x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fUL;
	return (x * 0x0101010101010101UL) >> 56;
}
