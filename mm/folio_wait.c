// SPDX-License-Identifier: GPL-2.0-only
/*
 * The folio lock, and waiting for PG_locked and PG_writeback to clear.
 *
 * Waiters sleep in one of a few hundred queues, chosen by the folio's address.
 * A waiter queues itself, sets PG_waiters, and then looks at its bit again.
 * Whoever clears a bit clears PG_waiters with the same atomic, and only if it
 * was set wakes everybody who waits for this folio, whatever the bit; those who
 * must go on waiting set PG_waiters again. So no wake-up is lost, and clearing
 * costs one atomic and a branch when nobody waits.
 *
 * After its atomic the waker touches only the folio's address, never the folio:
 * it may already have been freed.
 */
#include <lib/hash.h>
#include <kernel/wait.h>
#include <kernel/sched.h>
#include <mm/pagemap.h>
#include "internal_cache.h"

#define FOLIO_WAIT_BITS 8
static wait_queue_head_t folio_wait_table[1 << FOLIO_WAIT_BITS];

struct folio_waiter {
	struct wait_queue_entry entry;
	const struct folio *folio;
};

static wait_queue_head_t *folio_waitqueue(const struct folio *f)
{
	return &folio_wait_table[hash_ptr(f, FOLIO_WAIT_BITS)];
}

static int folio_wake_function(struct wait_queue_entry *e, unsigned int mode, int flags, void *key)
{
	struct folio_waiter *w = container_of(e, struct folio_waiter, entry);

	if (w->folio != key)
		return 0;
	return autoremove_wake_function(e, mode, flags, key);
}

void folio_wake(const struct folio *f)
{
	__wake_up(folio_waitqueue(f), TASK_NORMAL, 0, (void *)f);
}

/*
 * Wait until @bit is clear; with @lock, until this task has set it. A waiter
 * that is to be killed gives up with -EINTR if @state is TASK_KILLABLE.
 */
static int folio_wait_bit_common(struct folio *f, int bit, int state, bool lock)
{
	wait_queue_head_t *q = folio_waitqueue(f);
	struct folio_waiter w;
	unsigned long old;
	int ret = 0;

	might_sleep();
	init_wait_entry(&w.entry, 0);
	w.entry.func = folio_wake_function;
	w.folio = f;
	for (;;) {
		prepare_to_wait(q, &w.entry, state);
		old = __atomic_fetch_or(&f->flags, 1UL << PG_waiters, __ATOMIC_SEQ_CST);
		if (!(old & (1UL << bit))) {
			if (!lock || !(__atomic_fetch_or(&f->flags, 1UL << bit, __ATOMIC_SEQ_CST) &
				       (1UL << bit)))
				break;
			continue;
		}
		if (state == TASK_KILLABLE && fatal_signal_pending(current)) {
			ret = -EINTR;
			break;
		}
		schedule();
	}
	finish_wait(q, &w.entry);
	return ret;
}

/* The slow half of folio_lock(). Context: may sleep. */
void __folio_lock(struct folio *f)
{
	folio_wait_bit_common(f, PG_locked, TASK_UNINTERRUPTIBLE, true);
}

/* The slow half of folio_lock_killable(). Context: may sleep. Return: 0, -EINTR. */
int __folio_lock_killable(struct folio *f)
{
	return folio_wait_bit_common(f, PG_locked, TASK_KILLABLE, true);
}

/**
 * folio_unlock - release the folio lock.
 * Context: any; the holder, or the end of the read that was started under it.
 */
void folio_unlock(struct folio *f)
{
	unsigned long old;

	VM_BUG_ON(!folio_test_locked(f));
	old = __atomic_fetch_and(&f->flags, ~(1UL << PG_locked | 1UL << PG_waiters),
				 __ATOMIC_RELEASE);
	if (unlikely(old & (1UL << PG_waiters))) {
		/* the waiter's bit test must not see the bit still set */
		smp_mb();
		folio_wake(f);
	}
}

/**
 * folio_end_read - the read of a locked folio ended: uptodate if @success, and unlocked.
 * Context: any.
 */
void folio_end_read(struct folio *f, bool success)
{
	if (likely(success))
		folio_mark_uptodate(f);
	folio_unlock(f);
}

/** folio_wait_locked - until @f is unlocked. Context: may sleep; holds a reference. */
void folio_wait_locked(struct folio *f)
{
	if (folio_test_locked(f))
		folio_wait_bit_common(f, PG_locked, TASK_UNINTERRUPTIBLE, false);
}

/** folio_wait_locked_killable - the same. Return: 0, or -EINTR when killed. */
int folio_wait_locked_killable(struct folio *f)
{
	if (!folio_test_locked(f))
		return 0;
	return folio_wait_bit_common(f, PG_locked, TASK_KILLABLE, false);
}

/** folio_wait_writeback - until no write of @f is under way. Context: may sleep. */
void folio_wait_writeback(struct folio *f)
{
	while (folio_test_writeback(f))
		folio_wait_bit_common(f, PG_writeback, TASK_UNINTERRUPTIBLE, false);
}

void folio_wait_init(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(folio_wait_table); i++) {
		init_waitqueue_head(&folio_wait_table[i]);
		/* wakers hold i_pages and driver locks; wakes take task locks inside */
		folio_wait_table[i].lock.rank = LR_FOLIO_WAIT;
	}
}
