/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Random numbers: xoshiro256** (fast, predictable: tests, balancing) and the
 * ChaCha20 block function, on which the random device is built. State is the
 * caller's.
 */
#ifndef LIB_PRNG_H
#define LIB_PRNG_H
#include <lib/types.h>

struct prng {
	u64 s[4];
};

void prng_seed(struct prng *p, u64 seed);
u64 prng_u64(struct prng *p);
/** prng_below - evenly distributed in [0, @n), @n > 0. */
u64 prng_below(struct prng *p, u64 n);

#define CHACHA_BLOCK_SIZE	64
#define CHACHA_KEY_SIZE		32

/* constants, key, 64-bit counter, 64-bit nonce */
struct chacha {
	u32 state[16];
};

void chacha_init(struct chacha *c, const u8 key[CHACHA_KEY_SIZE], u64 nonce);
/** chacha20_block - 64 bytes of key stream; the counter moves on. */
void chacha20_block(struct chacha *c, u8 out[CHACHA_BLOCK_SIZE]);

#endif
