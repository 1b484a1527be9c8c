// SPDX-License-Identifier: GPL-2.0-only
/* Wide arithmetic without libgcc. */
#include <lib/math64.h>
#include <lib/bitops.h>

u64 mul_u64_u64_div_u64(u64 a, u64 b, u64 c)
{
	unsigned __int128 product = (unsigned __int128)a * b;
	u64 high = product >> 64, low = product;
	int i;

	if (high >= c)
		return U64_MAX;
	if (!high)
		return low / c;
	/* shift and subtract; the remainder, kept in @high, stays below @c */
	for (i = 0; i < 64; i++) {
		bool carry = high >> 63;

		high = high << 1 | low >> 63;
		low <<= 1;
		if (carry || high >= c) {
			high -= c;
			low |= 1;
		}
	}
	return low;
}

unsigned long int_sqrt(unsigned long x)
{
	unsigned long b, m, y = 0;

	if (x <= 1)
		return x;
	for (m = 1UL << (__fls(x) & ~1U); m; m >>= 2) {
		b = y + m;
		y >>= 1;
		if (x >= b) {
			x -= b;
			y += m;
		}
	}
	return y;
}

unsigned long gcd(unsigned long a, unsigned long b)
{
	while (b) {
		unsigned long r = a % b;

		a = b;
		b = r;
	}
	return a;
}

void clocks_calc_mult_shift(u32 *mult, u32 *shift, u32 from, u32 to, u32 maxsec)
{
	unsigned int bits = 32 - fls64(((u64)maxsec * from) >> 32), s;
	u64 m = 0;

	/* the most exact factor that neither overflows 32 bits nor the product 64 */
	for (s = 32; s > 0; s--) {
		m = (((u64)to << s) + from / 2) / from;
		if (m >> bits == 0)
			break;
	}
	*mult = m;
	*shift = s;
}
