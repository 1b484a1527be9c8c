// SPDX-License-Identifier: GPL-2.0-only
/* xoshiro256** (Blackman, Vigna 2018) and the ChaCha20 block function (RFC 8439, 2.3). */
#include <lib/prng.h>
#include <lib/bitops.h>
#include <lib/byteorder.h>
#include <lib/string.h>

/* splitmix64 spreads a small seed over the whole state, which must not be 0 */
void prng_seed(struct prng *p, u64 seed)
{
	int i;

	for (i = 0; i < 4; i++) {
		u64 z = seed += 0x9e3779b97f4a7c15UL;

		z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9UL;
		z = (z ^ (z >> 27)) * 0x94d049bb133111ebUL;
		p->s[i] = z ^ (z >> 31);
	}
}

u64 prng_u64(struct prng *p)
{
	u64 *s = p->s, result = rol64(s[1] * 5, 7) * 9, t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rol64(s[3], 45);
	return result;
}

u64 prng_below(struct prng *p, u64 n)
{
	/* values below 2^64 mod n would make small results more likely */
	u64 uneven = -n % n, v;

	do {
		v = prng_u64(p);
	} while (v < uneven);
	return v % n;
}

void chacha_init(struct chacha *c, const u8 key[CHACHA_KEY_SIZE], u64 nonce)
{
	int i;

	c->state[0] = 0x61707865;	/* "expand 32-byte k" */
	c->state[1] = 0x3320646e;
	c->state[2] = 0x79622d32;
	c->state[3] = 0x6b206574;
	for (i = 0; i < 8; i++)
		c->state[4 + i] = get_unaligned_le32(key + 4 * i);
	c->state[12] = 0;
	c->state[13] = 0;
	c->state[14] = nonce;
	c->state[15] = nonce >> 32;
}

static __always_inline void quarter_round(u32 *x, int a, int b, int c, int d)
{
	x[a] += x[b];
	x[d] = rol32(x[d] ^ x[a], 16);
	x[c] += x[d];
	x[b] = rol32(x[b] ^ x[c], 12);
	x[a] += x[b];
	x[d] = rol32(x[d] ^ x[a], 8);
	x[c] += x[d];
	x[b] = rol32(x[b] ^ x[c], 7);
}

void chacha20_block(struct chacha *c, u8 out[CHACHA_BLOCK_SIZE])
{
	u32 x[16];
	int i;

	memcpy(x, c->state, sizeof(x));
	for (i = 0; i < 10; i++) {
		quarter_round(x, 0, 4, 8, 12);
		quarter_round(x, 1, 5, 9, 13);
		quarter_round(x, 2, 6, 10, 14);
		quarter_round(x, 3, 7, 11, 15);
		quarter_round(x, 0, 5, 10, 15);
		quarter_round(x, 1, 6, 11, 12);
		quarter_round(x, 2, 7, 8, 13);
		quarter_round(x, 3, 4, 9, 14);
	}
	for (i = 0; i < 16; i++)
		put_unaligned(x[i] + c->state[i], (u32 *)(out + 4 * i));
	if (++c->state[12] == 0)
		c->state[13]++;
}
