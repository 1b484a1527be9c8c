// SPDX-License-Identifier: GPL-2.0-only
/*
 * memcpy, memmove, memset and the page operations. These run on nearly every
 * system call, so they are written for few instructions: 64-bit accesses, long
 * unrolled runs (two instructions a word plus three a run), and no access that
 * is not aligned to its size, because such a one may trap to the firmware.
 *
 * A source that is not aligned like the destination is read in aligned words
 * that are shifted together. That reads up to 7 bytes around the source, within
 * an aligned word and so within a page, which is why address sanitizers have to
 * look away here.
 */
#include <lib/string.h>

typedef u64 __attribute__((__may_alias__)) word_t;
#define WORD		sizeof(word_t)
#define misalign(p)	((unsigned long)(p) & (WORD - 1))
#define __word_access	__attribute__((__no_sanitize__("address", "undefined")))

/* four loads, then four stores: the loads' latency is hidden in between */
#define COPY4(d, s, i) do {						\
	word_t a = (s)[i], b = (s)[(i) + 1], c = (s)[(i) + 2], e = (s)[(i) + 3]; \
	(d)[i] = a; (d)[(i) + 1] = b; (d)[(i) + 2] = c; (d)[(i) + 3] = e; } while (0)
#define COPY16(d, s, i) do {						\
	COPY4(d, s, i); COPY4(d, s, (i) + 4);				\
	COPY4(d, s, (i) + 8); COPY4(d, s, (i) + 12); } while (0)
#define SET8(d, v, i) do {						\
	(d)[i] = v; (d)[(i) + 1] = v; (d)[(i) + 2] = v; (d)[(i) + 3] = v; \
	(d)[(i) + 4] = v; (d)[(i) + 5] = v; (d)[(i) + 6] = v; (d)[(i) + 7] = v; } while (0)
#define SET32(d, v, i) do {						\
	SET8(d, v, i); SET8(d, v, (i) + 8); SET8(d, v, (i) + 16); SET8(d, v, (i) + 24); } while (0)

/* copy @n bytes upwards; both ends aligned. Return: what is left, less than a word. */
static __always_inline size_t copy_words(u8 **dp, const u8 **sp, size_t n)
{
	word_t *d = (word_t *)*dp;
	const word_t *s = (const word_t *)*sp;
	size_t run;

	if (n >= 32 * WORD) {
		const word_t *end = s + (n & ~(32 * WORD - 1)) / WORD;

		n &= 32 * WORD - 1;
		do {
			COPY16(d, s, 0);
			COPY16(d, s, 16);
			d += 32;
			s += 32;
		} while (s != end);
	}
	for (run = n / (4 * WORD); run; run--, d += 4, s += 4)
		COPY4(d, s, 0);
	for (run = (n / WORD) & 3; run; run--)
		*d++ = *s++;
	*dp = (u8 *)d;
	*sp = (const u8 *)s;
	return n % WORD;
}

/*
 * The rest of memcpy() for a source that is not aligned like the destination
 * @d, which is; @n is at least a word.
 */
static noinline __word_access void *copy_shifted(void *dst, u8 *d, const u8 *src, size_t n)
{
	unsigned int shift = misalign(src) * 8;
	const word_t *s = (const word_t *)(src - misalign(src));
	word_t low = *s, mid, high;

	src += n & ~(WORD - 1);
	for (; n >= 2 * WORD; n -= 2 * WORD, s += 2, d += 2 * WORD) {
		mid = s[1];
		high = s[2];
		((word_t *)d)[0] = low >> shift | mid << (64 - shift);
		((word_t *)d)[1] = mid >> shift | high << (64 - shift);
		low = high;
	}
	if (n >= WORD) {
		*(word_t *)d = low >> shift | s[1] << (64 - shift);
		d += WORD;
		n -= WORD;
	}
	while (n--)
		*d++ = *src++;
	return dst;
}

void *(memcpy)(void *dst, const void *src, size_t n)
{
	u8 *d = dst;
	const u8 *s = src;

	if (n >= 2 * WORD) {
		for (; misalign(d); n--)
			*d++ = *s++;
		if (misalign(s))
			return copy_shifted(dst, d, s, n);
		n = copy_words(&d, &s, n);
	} else if (n >= WORD && !misalign(d) && !misalign(s)) {
		*(word_t *)d = *(const word_t *)s;
		d += WORD;
		s += WORD;
		n -= WORD;
	}
	while (n--)
		*d++ = *s++;
	return dst;
}

/* downwards, for a destination that overlaps the source from above */
static void copy_down(u8 *d, const u8 *s, size_t n)
{
	d += n;
	s += n;
	if (n >= 2 * WORD && !((unsigned long)d - (unsigned long)s) % WORD) {
		for (; misalign(d); n--)
			*--d = *--s;
		for (; n >= 4 * WORD; n -= 4 * WORD) {
			d -= 4 * WORD;
			s -= 4 * WORD;
			COPY4((word_t *)d, (const word_t *)s, 0);
		}
		for (; n >= WORD; n -= WORD) {
			d -= WORD;
			s -= WORD;
			*(word_t *)d = *(const word_t *)s;
		}
	}
	while (n--)
		*--d = *--s;
}

void *(memmove)(void *dst, const void *src, size_t n)
{
	unsigned long distance = (unsigned long)dst - (unsigned long)src;

	/*
	 * Upwards is right if dst is below src, too, but memcpy reads a few words
	 * before it writes them, and shifted copies read ahead: so only with a
	 * distance that this cannot bridge.
	 */
	if (distance >= n && -distance >= n)
		return (memcpy)(dst, src, n);
	if (distance < n) {
		copy_down(dst, src, n);
	} else {
		u8 *d = dst;
		const u8 *s = src;

		if (distance % WORD == 0) {
			for (; n && misalign(d); n--)
				*d++ = *s++;
			for (; n >= WORD; n -= WORD, d += WORD, s += WORD)
				*(word_t *)d = *(const word_t *)s;
		}
		while (n--)
			*d++ = *s++;
	}
	return dst;
}

void *(memset)(void *dst, int c, size_t n)
{
	word_t v = (u8)c * 0x0101010101010101UL, *w;
	u8 *d = dst;
	size_t run;

	if (n >= 2 * WORD) {
		for (; misalign(d); n--)
			*d++ = c;
		w = (word_t *)d;
		for (; n >= 32 * WORD; n -= 32 * WORD, w += 32)
			SET32(w, v, 0);
		for (run = n / (8 * WORD); run; run--, w += 8)
			SET8(w, v, 0);
		for (run = (n / WORD) & 7; run; run--)
			*w++ = v;
		d = (u8 *)w;
		n %= WORD;
	}
	while (n--)
		*d++ = c;
	return dst;
}

/** clear_page - zero the 4 KiB at @page. */
void clear_page(void *page)
{
	word_t *d = page, *end = d + 4096 / WORD;

	do {
		SET32(d, 0, 0);
		SET32(d, 0, 32);
		d += 64;
	} while (d != end);
}

/** copy_page - copy 4 KiB between two page-aligned addresses. */
void copy_page(void *to, const void *from)
{
	word_t *d = to, *end = d + 4096 / WORD;
	const word_t *s = from;

	do {
		COPY16(d, s, 0);
		COPY16(d, s, 16);
		d += 32;
		s += 32;
	} while (d != end);
}
