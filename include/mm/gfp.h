/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How an allocation may behave. Linux's names and meaning; there is one zone,
 * so placement hints (HIGHUSER, MOVABLE) only say what the memory is for.
 */
#ifndef MM_GFP_H
#define MM_GFP_H
#include <lib/types.h>

#define __GFP_HIGHMEM		0x0002u
#define __GFP_MOVABLE		0x0008u
#define __GFP_HIGH		0x0020u	/* may use part of the reserve */
#define __GFP_IO		0x0040u	/* reclaim may start I/O */
#define __GFP_FS		0x0080u	/* reclaim may call into filesystems */
#define __GFP_ZERO		0x0100u
#define __GFP_DIRECT_RECLAIM	0x0400u	/* the caller may sleep and reclaim */
#define __GFP_KSWAPD_RECLAIM	0x0800u	/* kswapd is woken when memory gets low */
#define __GFP_NOWARN		0x2000u
#define __GFP_RETRY_MAYFAIL	0x4000u	/* try hard, but no OOM killer */
#define __GFP_NOFAIL		0x8000u	/* never NULL: retry for ever */
#define __GFP_NORETRY		0x10000u /* one light attempt at reclaim */
#define __GFP_MEMALLOC		0x20000u /* may use the whole reserve */
#define __GFP_COMP		0x40000u /* pages behind the first become PGTY_TAIL */
#define __GFP_NOMEMALLOC	0x80000u
#define __GFP_HARDWALL		0x100000u
#define __GFP_ACCOUNT		0x400000u

#define __GFP_RECLAIM	(__GFP_DIRECT_RECLAIM | __GFP_KSWAPD_RECLAIM)

#define GFP_ATOMIC	(__GFP_HIGH | __GFP_KSWAPD_RECLAIM)
#define GFP_NOWAIT	(__GFP_KSWAPD_RECLAIM | __GFP_NOWARN)
#define GFP_NOIO	(__GFP_RECLAIM)
#define GFP_NOFS	(__GFP_RECLAIM | __GFP_IO)
#define GFP_KERNEL	(__GFP_RECLAIM | __GFP_IO | __GFP_FS)
#define GFP_KERNEL_ACCOUNT (GFP_KERNEL | __GFP_ACCOUNT)
#define GFP_USER	(GFP_KERNEL | __GFP_HARDWALL)
#define GFP_HIGHUSER	(GFP_USER | __GFP_HIGHMEM)
#define GFP_HIGHUSER_MOVABLE (GFP_HIGHUSER | __GFP_MOVABLE)

#endif
