// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hashes of names and of memory. Names are mixed a word at a time: two words of
 * state, one multiplication at the end, so a name of up to 8 bytes takes about
 * 20 instructions.
 */
#include <lib/hash.h>
#include <lib/bitops.h>
#include <lib/byteorder.h>

typedef u64 __attribute__((__may_alias__)) word_t;
#define ONES		0x0101010101010101UL
#define HIGHS		0x8080808080808080UL
#define __word_access	__attribute__((__no_sanitize__("address", "undefined")))

struct name_hash {
	u64 x, y;
};

static __always_inline void mix(struct name_hash *h, u64 v)
{
	h->x ^= v;
	h->y ^= h->x;
	h->x = rol64(h->x, 12) + h->y;
	h->y = rol64(h->y, 45) * 9;
}

static __always_inline u32 finish(const struct name_hash *h)
{
	return ((h->y ^ h->x * GOLDEN_RATIO_64) * GOLDEN_RATIO_64) >> 32;
}

/* the @n < 8 lowest bytes of @v */
static __always_inline u64 low_bytes(u64 v, unsigned int n)
{
	return v & ~(~0UL << (n * 8));
}

/* 8 bytes from any address, out of the aligned words that hold them */
static __always_inline __word_access u64 load_word(const char *p)
{
	unsigned long off = (unsigned long)p & 7;
	const word_t *w = (const word_t *)(p - off);

	return off ? w[0] >> (off * 8) | w[1] << (64 - off * 8) : w[0];
}

static __always_inline u64 load_partial(const char *p, unsigned int n)
{
	u64 v = 0;

	while (n--)
		v = v << 8 | (u8)p[n];
	return v;
}

unsigned int full_name_hash(const void *salt, const char *name, unsigned int len)
{
	struct name_hash h = { 0, (unsigned long)salt };

	for (; len >= 8; len -= 8, name += 8)
		mix(&h, load_word(name));
	if (len)
		mix(&h, load_partial(name, len));
	return finish(&h);
}

/* the lowest set bit marks the first byte of @v that is NUL or '/' */
static __always_inline u64 name_end(u64 v)
{
	u64 slash = v ^ ('/' * ONES);

	return (((v - ONES) & ~v) | ((slash - ONES) & ~slash)) & HIGHS;
}

/*
 * Words are taken from aligned addresses only, so that nothing behind the page
 * of the terminating byte is touched, and shifted into the name's own words.
 */
__word_access u64 hash_name(const void *salt, const char *name)
{
	struct name_hash h = { 0, (unsigned long)salt };
	unsigned int off = (unsigned long)name & 7, n;
	const word_t *w = (const word_t *)(name - off);
	u64 cur = *w >> (off * 8), v, end;
	u32 len = 0;

	if (off)	/* what was shifted in is no end */
		end = name_end(cur | ~0UL << (64 - off * 8));
	else
		end = name_end(cur);
	for (;;) {
		if (end) {	/* the name ends in what is left of the old word */
			v = cur;
			break;
		}
		if (off) {
			u64 next = *++w;

			v = cur | next << (64 - off * 8);
			end = name_end(v);
			cur = next >> (off * 8);
			if (end)
				break;
			mix(&h, v);
			end = name_end(cur | ~0UL << (64 - off * 8));
		} else {
			mix(&h, cur);
			cur = *++w;
			end = name_end(cur);
		}
		len += 8;
	}
	n = __ffs(end) / 8;
	if (n)
		mix(&h, low_bytes(v, n));
	return hashlen_create(finish(&h), len + n);
}

/** jhash - of any @length bytes, for keys that are no names. */
u32 jhash(const void *key, u32 length, u32 seed)
{
	const char *p = key;
	struct name_hash h = { (u64)seed << 32 | length, seed };

	for (; length >= 8; length -= 8, p += 8)
		mix(&h, get_unaligned_le64(p));
	if (length)
		mix(&h, load_partial(p, length));
	return finish(&h);
}
