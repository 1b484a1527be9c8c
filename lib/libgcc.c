// SPDX-License-Identifier: GPL-2.0-only
/*
 * Functions that gcc calls for built-ins the base ISA has no instruction for;
 * libgcc itself is not linked. Kernel code uses lib/bitops.h and byteorder.h.
 */
#include <lib/bitops.h>
#include <lib/byteorder.h>

int __ctzdi2(u64 x);
int __clzdi2(u64 x);
int __popcountdi2(u64 x);
u32 __bswapsi2(u32 x);
u64 __bswapdi2(u64 x);

int __ctzdi2(u64 x)
{
	return __ffs(x);
}

int __clzdi2(u64 x)
{
	return 64 - lib_fls64(x);
}

int __popcountdi2(u64 x)
{
	return lib_hweight64(x);
}

u32 __bswapsi2(u32 x)
{
	return swab32(x);
}

u64 __bswapdi2(u64 x)
{
	return swab64(x);
}
