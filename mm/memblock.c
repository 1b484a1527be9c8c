// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory map of early boot: two sorted lists of disjoint regions, what RAM
 * there is and which of it is reserved. Free is the difference.
 *
 * The lists start in static arrays. When one is full it moves to an array twice
 * as large, taken from free memory; that needs the linear map, so before
 * memblock_set_current_limit() has been called the static arrays must do (a
 * device tree with more than 128 regions would have to be read later).
 *
 * One hart, no locks. The old array of a list that moved is not given back.
 */
#include <mm/memblock.h>
#include <lib/string.h>
#include <lib/err.h>
#include <kernel/init.h>
#include <kernel/printk.h>
#include <arch/page.h>

#define INIT_REGIONS	128

struct region_list {
	struct memblock_region *r;
	unsigned int nr, max;
};

static struct memblock_region init_memory[INIT_REGIONS], init_reserved[INIT_REGIONS];
static struct region_list memory = { init_memory, 0, INIT_REGIONS };
static struct region_list reserved = { init_reserved, 0, INIT_REGIONS };
static phys_addr_t current_limit;	/* 0: nothing is mapped yet */

static phys_addr_t region_end(const struct memblock_region *r)
{
	return r->base + r->size;
}

static phys_addr_t alloc_reserved(phys_addr_t size, phys_addr_t align);

/* room for two more regions besides one spare place (cutting a hole makes one of one two) */
static int ensure_room(struct region_list *l)
{
	struct memblock_region *bigger;
	size_t bytes = 2 * l->max * sizeof(*bigger);
	phys_addr_t pa;

	if (l->nr + 3 <= l->max)
		return 0;
	if (!current_limit)
		return -ENOMEM;
	if (l != &reserved && ensure_room(&reserved))
		return -ENOMEM;
	/* the spare place is for this reservation */
	pa = alloc_reserved(bytes, 64);
	if (!pa)
		return -ENOMEM;
	bigger = __va(pa);
	memcpy(bigger, l->r, l->nr * sizeof(*bigger));
	l->r = bigger;
	l->max *= 2;
	return 0;
}

static void insert_at(struct region_list *l, unsigned int i, phys_addr_t base, phys_addr_t size)
{
	memmove(&l->r[i + 1], &l->r[i], (l->nr - i) * sizeof(*l->r));
	l->r[i] = (struct memblock_region){ base, size };
	l->nr++;
}

static void delete_at(struct region_list *l, unsigned int i)
{
	l->nr--;
	memmove(&l->r[i], &l->r[i + 1], (l->nr - i) * sizeof(*l->r));
}

/* first region that ends behind @addr */
static unsigned int find_region(const struct region_list *l, phys_addr_t addr)
{
	unsigned int i = 0;

	while (i < l->nr && region_end(&l->r[i]) <= addr)
		i++;
	return i;
}

/* add [base, end), swallowing what it overlaps or touches */
static void add_merged(struct region_list *l, phys_addr_t base, phys_addr_t end)
{
	unsigned int i = 0;

	while (i < l->nr && region_end(&l->r[i]) < base)
		i++;
	while (i < l->nr && l->r[i].base <= end) {
		base = min(base, l->r[i].base);
		end = max(end, region_end(&l->r[i]));
		delete_at(l, i);
	}
	insert_at(l, i, base, end - base);
}

static int add_range(struct region_list *l, phys_addr_t base, phys_addr_t size)
{
	phys_addr_t end;
	int err;

	if (!size)
		return 0;
	if (check_add_overflow(base, size, &end))
		end = ~0UL;
	err = ensure_room(l);
	if (!err)
		add_merged(l, base, end);
	return err;
}

static int remove_range(struct region_list *l, phys_addr_t base, phys_addr_t size)
{
	phys_addr_t end;
	unsigned int i;
	int err;

	if (!size)
		return 0;
	if (check_add_overflow(base, size, &end))
		end = ~0UL;
	err = ensure_room(l);
	if (err)
		return err;
	i = find_region(l, base);
	while (i < l->nr && l->r[i].base < end) {
		struct memblock_region old = l->r[i];

		delete_at(l, i);
		if (old.base < base)
			insert_at(l, i++, old.base, base - old.base);
		if (region_end(&old) > end)
			insert_at(l, i++, end, region_end(&old) - end);
	}
	return 0;
}

int memblock_add(phys_addr_t base, phys_addr_t size)
{
	/* frames that are RAM only in part are of no use */
	phys_addr_t end = ALIGN_DOWN(base + size, PAGE_SIZE);

	base = ALIGN(base, PAGE_SIZE);
	return end > base ? add_range(&memory, base, end - base) : 0;
}

int memblock_remove(phys_addr_t base, phys_addr_t size)
{
	return remove_range(&memory, base, size);
}

int memblock_reserve(phys_addr_t base, phys_addr_t size)
{
	return add_range(&reserved, base, size);
}

int memblock_free_phys(phys_addr_t base, phys_addr_t size)
{
	return remove_range(&reserved, base, size);
}

/* highest fit in the free part [base, end) of a RAM region; 0: none */
static phys_addr_t fit(phys_addr_t base, phys_addr_t end, phys_addr_t size, phys_addr_t align)
{
	phys_addr_t at;

	if (end <= base || end - base < size)
		return 0;
	at = ALIGN_DOWN(end - size, align);
	return at >= base ? at : 0;
}

static phys_addr_t find_free(phys_addr_t size, phys_addr_t align)
{
	phys_addr_t limit = current_limit ? current_limit : ~0UL, at;
	unsigned int m = memory.nr, r;

	while (m-- > 0) {
		phys_addr_t base = memory.r[m].base;
		phys_addr_t end = min(region_end(&memory.r[m]), limit);

		for (r = reserved.nr; r-- > 0 && end > base;) {
			if (reserved.r[r].base >= end)
				continue;
			at = fit(max(base, region_end(&reserved.r[r])), end, size, align);
			if (at)
				return at;
			end = reserved.r[r].base;
		}
		at = fit(base, end, size, align);
		if (at)
			return at;
	}
	return 0;
}

/* needs a free place in the list of reservations */
static phys_addr_t alloc_reserved(phys_addr_t size, phys_addr_t align)
{
	phys_addr_t at = size ? find_free(size, max_t(phys_addr_t, align, 8)) : 0;

	if (at)
		add_merged(&reserved, at, at + size);
	return at;
}

phys_addr_t memblock_phys_alloc(phys_addr_t size, phys_addr_t align)
{
	return ensure_room(&reserved) ? 0 : alloc_reserved(size, align);
}

void *memblock_alloc(size_t size, size_t align)
{
	phys_addr_t at = memblock_phys_alloc(size, align);

	return at ? memset(__va(at), 0, size) : NULL;
}

void memblock_set_current_limit(phys_addr_t limit)
{
	current_limit = limit;
}

void memblock_enforce_memory_limit(phys_addr_t limit)
{
	unsigned int i;

	for (i = 0; i < memory.nr; i++) {
		if (memory.r[i].size >= limit) {
			memblock_remove(memory.r[i].base + limit, ~0UL - limit);
			return;
		}
		limit -= memory.r[i].size;
	}
}

phys_addr_t memblock_start_of_dram(void)
{
	return memory.nr ? memory.r[0].base : 0;
}

phys_addr_t memblock_end_of_dram(void)
{
	return memory.nr ? region_end(&memory.r[memory.nr - 1]) : 0;
}

phys_addr_t memblock_phys_mem_size(void)
{
	phys_addr_t sum = 0;
	unsigned int i;

	for (i = 0; i < memory.nr; i++)
		sum += memory.r[i].size;
	return sum;
}

static bool contains(const struct region_list *l, phys_addr_t addr)
{
	unsigned int i = find_region(l, addr);

	return i < l->nr && l->r[i].base <= addr;
}

bool memblock_is_memory(phys_addr_t addr)
{
	return contains(&memory, addr);
}

bool memblock_is_reserved(phys_addr_t addr)
{
	return contains(&reserved, addr);
}

const struct memblock_region *memblock_mem_region(unsigned int i)
{
	return i < memory.nr ? &memory.r[i] : NULL;
}

const struct memblock_region *memblock_reserved_region(unsigned int i)
{
	return i < reserved.nr ? &reserved.r[i] : NULL;
}

bool memblock_next_free(phys_addr_t from, phys_addr_t *base, phys_addr_t *end)
{
	unsigned int m, r;

	for (m = find_region(&memory, from); m < memory.nr; m++) {
		phys_addr_t at = max(from, memory.r[m].base), stop = region_end(&memory.r[m]);

		for (r = find_region(&reserved, at); r < reserved.nr; r++) {
			if (reserved.r[r].base > at)
				break;
			at = region_end(&reserved.r[r]);
		}
		if (at >= stop)
			continue;
		*base = at;
		*end = r < reserved.nr ? min(stop, reserved.r[r].base) : stop;
		return true;
	}
	return false;
}
