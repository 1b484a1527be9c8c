/* SPDX-License-Identifier: GPL-2.0-only */
/* For host tests: what struct page's header needs of the architecture. */
#ifndef ARCH_PAGE_H
#define ARCH_PAGE_H
#include <lib/types.h>

#define PAGE_SHIFT	12
#define PAGE_SIZE	(1UL << PAGE_SHIFT)
#define PAGE_MASK	(~(PAGE_SIZE - 1))

/* the test says where "physical" memory is */
void *__va(phys_addr_t pa);

#endif
