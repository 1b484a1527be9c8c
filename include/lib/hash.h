/* SPDX-License-Identifier: GPL-2.0-only */
/* Hash functions for tables. Not cryptographic. */
#ifndef LIB_HASH_H
#define LIB_HASH_H
#include <lib/types.h>

#define GOLDEN_RATIO_32	0x61C88647U
#define GOLDEN_RATIO_64	0x61C8864680B583EBUL

static inline u32 hash_32(u32 v, unsigned int bits)
{
	return (v * GOLDEN_RATIO_32) >> (32 - bits);
}

static __always_inline u32 hash_64(u64 v, unsigned int bits)
{
	return (v * GOLDEN_RATIO_64) >> (64 - bits);
}
#define hash_long(v, bits)	hash_64(v, bits)

static inline u32 hash_ptr(const void *p, unsigned int bits)
{
	return hash_64((unsigned long)p, bits);
}

/*
 * The hash of a file name, taken a word at a time. @salt distinguishes the same
 * name in different directories. hash_name() stops at '/' or NUL and gives the
 * length in the upper half: hashlen_hash(), hashlen_len(). It may read (not use)
 * up to 7 bytes beyond the NUL, never across a page boundary.
 */
#define hashlen_hash(hl)		((u32)(hl))
#define hashlen_len(hl)			((u32)((hl) >> 32))
#define hashlen_create(hash, len)	((u64)(len) << 32 | (u32)(hash))
/** full_name_hash - of exactly @len bytes; equal to hash_name()'s for the same name. */
unsigned int full_name_hash(const void *salt, const char *name, unsigned int len);
u64 hash_name(const void *salt, const char *name);
u32 jhash(const void *key, u32 length, u32 seed);

#endif
