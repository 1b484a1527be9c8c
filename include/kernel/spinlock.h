/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Spinlocks: test-and-set, never held over a sleep. Not fair, and on purpose: a
 * hart may be a thread of the host, and a queue of harts of which some do not run
 * just then hands a lock over at the pace of the host's scheduler. The kernel is not
 * preempted in kernel mode, so a plain spin_lock() only excludes other harts;
 * data that interrupt handlers touch needs the _irq or _irqsave form.
 *
 *	static DEFINE_SPINLOCK(foo_lock, LR_FOO);	or	spin_lock_init(&x->lock, LR_FOO);
 */
#ifndef KERNEL_SPINLOCK_H
#define KERNEL_SPINLOCK_H
#include <lib/types.h>
#include <lib/thread_safety.h>
#include <arch/irqflags.h>
#include <kernel/lock_rank.h>
#include <kernel/lockdep.h>

typedef struct __capability("spinlock") spinlock {
	u32 val;			/* 0: free, 1: held */
	u16 rank;			/* enum lock_rank */
} spinlock_t;

#define __SPIN_LOCK_INIT(r)	{ .val = 0, .rank = (r) }
#define DEFINE_SPINLOCK(name, r) spinlock_t name = __SPIN_LOCK_INIT(r)

static inline void spin_lock_init(spinlock_t *l, enum lock_rank rank)
{
	l->val = 0;
	l->rank = rank;
}

void spin_lock_slow(spinlock_t *l);

static inline void __raw_spin_lock(spinlock_t *l)
{
	if (unlikely(__atomic_exchange_n(&l->val, 1, __ATOMIC_ACQUIRE)))
		spin_lock_slow(l);
}
static inline void __raw_spin_unlock(spinlock_t *l)
{
	__atomic_store_n(&l->val, 0, __ATOMIC_RELEASE);
}

static inline void spin_lock(spinlock_t *l) __acquires(l) __no_tsa;
static inline void spin_lock(spinlock_t *l)
{
	lockdep_acquire(l, l->rank, false);
	__raw_spin_lock(l);
}
/** spin_lock_nested - a second lock of the same rank; the order is documented at the rank. */
static inline void spin_lock_nested(spinlock_t *l) __acquires(l) __no_tsa;
static inline void spin_lock_nested(spinlock_t *l)
{
	lockdep_acquire(l, l->rank, true);
	__raw_spin_lock(l);
}
static inline bool spin_trylock(spinlock_t *l) __try_acquires(true, l) __no_tsa;
static inline bool spin_trylock(spinlock_t *l)
{
	if (__atomic_load_n(&l->val, __ATOMIC_RELAXED) ||
	    __atomic_exchange_n(&l->val, 1, __ATOMIC_ACQUIRE))
		return false;
	lockdep_acquire_try(l, l->rank);
	return true;
}
static inline void spin_unlock(spinlock_t *l) __releases(l) __no_tsa;
static inline void spin_unlock(spinlock_t *l)
{
	lockdep_release(l);
	__raw_spin_unlock(l);
}
static inline void spin_lock_irq(spinlock_t *l) __acquires(l) __no_tsa;
static inline void spin_lock_irq(spinlock_t *l)
{
	local_irq_disable();
	spin_lock(l);
}
static inline void spin_unlock_irq(spinlock_t *l) __releases(l) __no_tsa;
static inline void spin_unlock_irq(spinlock_t *l)
{
	spin_unlock(l);
	local_irq_enable();
}
static inline unsigned long __spin_lock_irqsave(spinlock_t *l) __acquires(l) __no_tsa;
static inline unsigned long __spin_lock_irqsave(spinlock_t *l)
{
	unsigned long flags = arch_irq_save();

	spin_lock(l);
	return flags;
}
#define spin_lock_irqsave(l, flags) do { (flags) = __spin_lock_irqsave(l); } while (0)
static inline void spin_unlock_irqrestore(spinlock_t *l, unsigned long flags) __releases(l) __no_tsa;
static inline void spin_unlock_irqrestore(spinlock_t *l, unsigned long flags)
{
	spin_unlock(l);
	local_irq_restore(flags);
}
static inline bool spin_is_locked(spinlock_t *l)
{
	return __atomic_load_n(&l->val, __ATOMIC_RELAXED);
}

/* A reader/writer spinlock is deliberately absent: use RCU or a spinlock. */

/* Sequence counter: readers retry, one writer at a time (under some lock). */
typedef struct seqcount { u32 seq; } seqcount_t;
static inline void seqcount_init(seqcount_t *s) { s->seq = 0; }
static inline u32 read_seqcount_begin(const seqcount_t *s)
{
	u32 v;

	while ((v = __atomic_load_n(&s->seq, __ATOMIC_ACQUIRE)) & 1)
		asm volatile("" ::: "memory");
	return v;
}
static inline bool read_seqcount_retry(const seqcount_t *s, u32 v)
{
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	return __atomic_load_n(&s->seq, __ATOMIC_RELAXED) != v;
}
static inline void write_seqcount_begin(seqcount_t *s)
{
	__atomic_store_n(&s->seq, s->seq + 1, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_RELEASE);
}
static inline void write_seqcount_end(seqcount_t *s)
{
	__atomic_store_n(&s->seq, s->seq + 1, __ATOMIC_RELEASE);
}

#endif
