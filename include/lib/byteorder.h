/* SPDX-License-Identifier: GPL-2.0-only */
/* Byte order and unaligned access. CPUs of this kernel are little-endian. */
#ifndef LIB_BYTEORDER_H
#define LIB_BYTEORDER_H
#include <lib/types.h>

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "little-endian only: ");

#define swab16(x)	__builtin_bswap16(x)

/* written out: without bit-manipulation extensions gcc would call libgcc */
static __always_inline u32 swab32(u32 x)
{
	if (__builtin_constant_p(x))
		return __builtin_bswap32(x);
	x = ((x & 0x00ff00ff) << 8) | ((x >> 8) & 0x00ff00ff);
	return (x << 16) | (x >> 16);
}

static __always_inline u64 swab64(u64 x)
{
	return (u64)swab32((u32)x) << 32 | swab32((u32)(x >> 32));
}

#undef cpu_to_le16
#define cpu_to_le16(x)	((__force __le16)(u16)(x))
#define cpu_to_le32(x)	((__force __le32)(u32)(x))
#define cpu_to_le64(x)	((__force __le64)(u64)(x))
#define le16_to_cpu(x)	((__force u16)(__le16)(x))
#define le32_to_cpu(x)	((__force u32)(__le32)(x))
#define le64_to_cpu(x)	((__force u64)(__le64)(x))
#define cpu_to_be16(x)	((__force __be16)swab16((u16)(x)))
#define cpu_to_be32(x)	((__force __be32)swab32((u32)(x)))
#define cpu_to_be64(x)	((__force __be64)swab64((u64)(x)))
#define be16_to_cpu(x)	swab16((__force u16)(__be16)(x))
#define be32_to_cpu(x)	swab32((__force u32)(__be32)(x))
#define be64_to_cpu(x)	swab64((__force u64)(__be64)(x))
#define le16_add_cpu(p, v)	(*(p) = cpu_to_le16(le16_to_cpu(*(p)) + (v)))
#define le32_add_cpu(p, v)	(*(p) = cpu_to_le32(le32_to_cpu(*(p)) + (v)))
#define le64_add_cpu(p, v)	(*(p) = cpu_to_le64(le64_to_cpu(*(p)) + (v)))

#define get_unaligned(p) ({						\
	const struct { typeof(*(p)) x; } __packed *__gu = (const void *)(p); __gu->x; })
#define put_unaligned(v, p) do {					\
	struct { typeof(*(p)) x; } __packed *__pu = (void *)(p); __pu->x = (v); } while (0)

#define get_unaligned_le16(p)	((u16)get_unaligned((const u16 *)(p)))
#define get_unaligned_le32(p)	((u32)get_unaligned((const u32 *)(p)))
#define get_unaligned_le64(p)	((u64)get_unaligned((const u64 *)(p)))
#define get_unaligned_be16(p)	swab16(get_unaligned_le16(p))
#define get_unaligned_be32(p)	swab32(get_unaligned_le32(p))
#define get_unaligned_be64(p)	swab64(get_unaligned_le64(p))

#endif
