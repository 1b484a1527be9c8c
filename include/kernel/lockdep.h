/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The lock-rank checker of debug builds: a stack of held locks per task (and
 * per hart in interrupts). Compiles to nothing in release builds.
 */
#ifndef KERNEL_LOCKDEP_H
#define KERNEL_LOCKDEP_H
#include <lib/types.h>

void __lockdep_acquire(const volatile void *lock, unsigned int rank, bool nested, bool trylock);
void __lockdep_release(const volatile void *lock);
void __lockdep_might_sleep(const char *file, int line);
void __lockdep_assert_failed(const char *what, const char *file, int line);
/** lockdep_user_return - called on the way to user mode: nothing may be held. */
void lockdep_user_return(void);

static inline void lockdep_acquire(const volatile void *lock, unsigned int rank, bool nested)
{
	if (CONFIG_DEBUG)
		__lockdep_acquire(lock, rank, nested, false);
}
static inline void lockdep_acquire_try(const volatile void *lock, unsigned int rank)
{
	if (CONFIG_DEBUG)
		__lockdep_acquire(lock, rank, false, true);
}
static inline void lockdep_release(const volatile void *lock)
{
	if (CONFIG_DEBUG)
		__lockdep_release(lock);
}
/** might_sleep - states that this function may sleep; debug builds check it may. */
#define might_sleep() do { \
	if (CONFIG_DEBUG) \
		__lockdep_might_sleep(__FILE__, __LINE__); \
} while (0)
#define lockdep_assert(cond) do { \
	if (CONFIG_DEBUG && !(cond)) \
		__lockdep_assert_failed(#cond, __FILE__, __LINE__); \
} while (0)

#endif
