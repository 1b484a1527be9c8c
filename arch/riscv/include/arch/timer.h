/* SPDX-License-Identifier: GPL-2.0-only */
/* The hart's clock (rdtime) and its next-event timer (Sstc or SBI). */
#ifndef ARCH_TIMER_H
#define ARCH_TIMER_H
#include <lib/types.h>

extern u64 timebase_hz;
static inline u64 get_cycles(void)
{
	u64 t;

	asm volatile("rdtime %0" : "=r"(t));
	return t;
}
/* ns = (cycles * mult) >> shift; exact for 10 MHz: mult 100, shift 0 */
extern u32 clock_mult, clock_shift;
static inline u64 cycles_to_ns(u64 c)
{
	if (likely(!clock_shift))
		return c * clock_mult;
	/* in two halves: a 128-bit shift would be a call into libgcc */
	return ((c >> clock_shift) * clock_mult) +
	       (((c & ((1UL << clock_shift) - 1)) * clock_mult) >> clock_shift);
}
u64 ns_to_cycles(u64 ns);
/** set_next_event - raise this hart's timer interrupt at monotonic time @cycles
 *  (absolute get_cycles() value); ~0ULL: never. The interrupt calls
 *  timer_interrupt() of kernel/time. */
void set_next_event(u64 cycles);

#endif
