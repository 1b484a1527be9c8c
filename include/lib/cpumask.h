/* SPDX-License-Identifier: GPL-2.0-only */
/* Sets of CPUs. cpumask_set_cpu/clear_cpu are atomic, with __ they are not. */
#ifndef LIB_CPUMASK_H
#define LIB_CPUMASK_H
#include <lib/bitmap.h>

#ifndef NR_CPUS		/* the kernel's config header says; this is for the host */
#define NR_CPUS	64
#endif

typedef struct cpumask { DECLARE_BITMAP(bits, NR_CPUS); } cpumask_t;

#define cpumask_bits(m)		((m)->bits)
#define CPU_MASK_NONE		((cpumask_t){ { 0 } })

static inline void cpumask_set_cpu(unsigned int cpu, cpumask_t *m)
{
	set_bit(cpu, m->bits);
}
static inline void cpumask_clear_cpu(unsigned int cpu, cpumask_t *m)
{
	clear_bit(cpu, m->bits);
}
static inline void __cpumask_set_cpu(unsigned int cpu, cpumask_t *m)
{
	__set_bit(cpu, m->bits);
}
static inline void __cpumask_clear_cpu(unsigned int cpu, cpumask_t *m)
{
	__clear_bit(cpu, m->bits);
}
static inline bool cpumask_test_cpu(unsigned int cpu, const cpumask_t *m)
{
	return test_bit(cpu, m->bits);
}
static inline bool cpumask_test_and_set_cpu(unsigned int cpu, cpumask_t *m)
{
	return test_and_set_bit(cpu, m->bits);
}
static inline bool cpumask_test_and_clear_cpu(unsigned int cpu, cpumask_t *m)
{
	return test_and_clear_bit(cpu, m->bits);
}
static inline void cpumask_clear(cpumask_t *m)
{
	bitmap_zero(m->bits, NR_CPUS);
}
static inline void cpumask_setall(cpumask_t *m)
{
	bitmap_fill(m->bits, NR_CPUS);
}
static inline void cpumask_copy(cpumask_t *d, const cpumask_t *s)
{
	*d = *s;
}
static inline bool cpumask_and(cpumask_t *d, const cpumask_t *a, const cpumask_t *b)
{
	return bitmap_and(d->bits, a->bits, b->bits, NR_CPUS);
}
static inline void cpumask_or(cpumask_t *d, const cpumask_t *a, const cpumask_t *b)
{
	bitmap_or(d->bits, a->bits, b->bits, NR_CPUS);
}
static inline bool cpumask_andnot(cpumask_t *d, const cpumask_t *a, const cpumask_t *b)
{
	return bitmap_andnot(d->bits, a->bits, b->bits, NR_CPUS);
}
static inline bool cpumask_equal(const cpumask_t *a, const cpumask_t *b)
{
	return bitmap_equal(a->bits, b->bits, NR_CPUS);
}
static inline bool cpumask_subset(const cpumask_t *a, const cpumask_t *b)
{
	return bitmap_subset(a->bits, b->bits, NR_CPUS);
}
static inline bool cpumask_intersects(const cpumask_t *a, const cpumask_t *b)
{
	return bitmap_intersects(a->bits, b->bits, NR_CPUS);
}
static inline bool cpumask_empty(const cpumask_t *m)
{
	return bitmap_empty(m->bits, NR_CPUS);
}
static inline unsigned int cpumask_weight(const cpumask_t *m)
{
	return bitmap_weight(m->bits, NR_CPUS);
}
/* >= NR_CPUS if there is none */
static inline unsigned int cpumask_first(const cpumask_t *m)
{
	return find_next_bit(m->bits, NR_CPUS, 0);
}
static inline unsigned int cpumask_next(int cpu, const cpumask_t *m)
{
	return find_next_bit(m->bits, NR_CPUS, cpu + 1);
}
static inline unsigned int cpumask_any_and(const cpumask_t *a, const cpumask_t *b)
{
	return find_next_and_bit(a->bits, b->bits, NR_CPUS, 0);
}
#define for_each_cpu(cpu, mask)						\
	for ((cpu) = cpumask_first(mask); (cpu) < NR_CPUS; (cpu) = cpumask_next(cpu, mask))

#endif
