// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reader/writer semaphores.
 *
 * count: readers in units of READER, WRITER while written, WAITERS while
 * somebody is queued, HANDOFF while the first in the queue is to have it next.
 * Without WAITERS, taking and releasing is one atomic. All changes of the queue are
 * under wait_lock.
 *
 * A newcomer that finds it taken waits awake while it may be given up soon: while a
 * writer runs on its hart, or for a while, if readers hold it, of whom nobody knows.
 * So it may come before those who sleep, for whom it would be idle until they run.
 * Who was passed over so once gets HANDOFF: then it is nobody else's, newcomers
 * queue, and the next release grants it. Newcomers do not join readers while
 * somebody is queued. So neither side starves the other.
 *
 * Readers at the front of the queue are granted the lock by whoever releases it. A
 * writer at the front is woken and takes it itself, or has it granted after HANDOFF.
 *
 * A reader's fetch_add is visible for a moment although it has to queue. It
 * takes that back and then looks at the queue, so whoever saw the passing count and
 * went to sleep is found.
 */
#include <kernel/lock_stat.h>
#include <kernel/mutex.h>
#include <kernel/sched.h>
#include <kernel/signal.h>
#include <kernel/lockdep.h>
#include <kernel/timer.h>
#include <arch/processor.h>

#define WRITER		1L
#define WAITERS		2L
#define HANDOFF		4L
#define READER		8L

/* everything but the queue keeps a writer out, only WRITER a reader */
#define WRITER_CONFLICTS	(~(WAITERS | HANDOFF))
#define READER_CONFLICTS	WRITER

struct rwsem_waiter {
	struct list_head list;
	struct task_struct *task;
	bool writer, handoff;
	bool granted;		/* wait_lock */
};

void init_rwsem(struct rw_semaphore *s, enum lock_rank rank)
{
	s->count = 0;
	s->owner = NULL;
	spin_lock_init(&s->wait_lock, LR_WAITQUEUE);
	INIT_LIST_HEAD(&s->waiters);
	s->rank = rank;
}

static inline struct rwsem_waiter *first_waiter(struct rw_semaphore *s)
{
	return list_first_entry_or_null(&s->waiters, struct rwsem_waiter, list);
}

/* @w is first, and was passed over; wait_lock held */
static void rwsem_promise(struct rw_semaphore *s, struct rwsem_waiter *w)
{
	w->handoff = true;
	__atomic_fetch_or(&s->count, HANDOFF, __ATOMIC_RELAXED);
}

static void rwsem_dequeue(struct rw_semaphore *s, struct rwsem_waiter *w)
{
	long gone = w->handoff ? HANDOFF : 0;

	list_del(&w->list);
	if (list_empty(&s->waiters))
		gone |= WAITERS;
	if (gone)
		__atomic_fetch_and(&s->count, ~gone, __ATOMIC_RELAXED);
}

static bool rwsem_try_count(struct rw_semaphore *s, long conflicts, long add)
{
	long c = READ_ONCE(s->count);

	do {
		if (c & conflicts)
			return false;
	} while (!try_cmpxchg_acquire(&s->count, &c, c + add));
	return true;
}

/* give the lock to who is first in the queue, or wake it; wait_lock held */
static void rwsem_wake(struct rw_semaphore *s)
{
	struct rwsem_waiter *w = first_waiter(s);

	if (!w)
		return;
	if (w->writer) {
		if (READ_ONCE(s->count) & WRITER_CONFLICTS)
			return;
		if (w->handoff && rwsem_try_count(s, WRITER_CONFLICTS, WRITER)) {
			s->owner = w->task;
			w->granted = true;
			rwsem_dequeue(s, w);
		}
		wake_up_process(w->task);
		return;
	}
	while (w && !w->writer && rwsem_try_count(s, READER_CONFLICTS, READER)) {
		w->granted = true;
		rwsem_dequeue(s, w);
		wake_up_process(w->task);
		w = first_waiter(s);
	}
}

static noinline void rwsem_wake_slow(struct rw_semaphore *s)
{
	struct rwsem_waiter *w;

	spin_lock(&s->wait_lock);
	w = first_waiter(s);
	if (w && !w->writer && (READ_ONCE(s->count) & WRITER))
		rwsem_promise(s, w);	/* somebody was faster */
	rwsem_wake(s);
	spin_unlock(&s->wait_lock);
}

static bool rwsem_killed(unsigned int state)
{
	return state == TASK_KILLABLE && signal_pending(current) && fatal_signal_pending(current);
}

/* sleep until granted, or, a writer, until it could be taken; wait_lock held, and dropped */
static int rwsem_wait(struct rw_semaphore *s, struct rwsem_waiter *w, unsigned int state) __no_tsa
{
	int ret = 0;

	list_add_tail(&w->list, &s->waiters);
	__atomic_fetch_or(&s->count, WAITERS, __ATOMIC_SEQ_CST);
	/* it may have been released before anybody could see us */
	if (first_waiter(s) == w)
		rwsem_wake(s);
	while (!w->granted) {
		struct rwsem_waiter *first = first_waiter(s);

		if (w->writer && (first == w || !first->handoff) &&
		    rwsem_try_count(s, WRITER_CONFLICTS, WRITER)) {
			s->owner = current;
			rwsem_dequeue(s, w);
			break;
		}
		if (rwsem_killed(state)) {
			rwsem_dequeue(s, w);
			rwsem_wake(s);
			ret = -EINTR;
			break;
		}
		set_current_state(state);
		spin_unlock(&s->wait_lock);
		schedule();
		spin_lock(&s->wait_lock);
		if (!w->granted && first_waiter(s) == w)
			rwsem_promise(s, w);
	}
	__set_current_state(TASK_RUNNING);
	spin_unlock(&s->wait_lock);
	return ret;
}

/*
 * Wait awake for as long as it may be given up soon, and take it then.
 * Return: false: it has to be slept for.
 */
static bool rwsem_spin(struct rw_semaphore *s, bool writer)
{
	ktime_t give_up = 0;

	for (;;) {
		long c = READ_ONCE(s->count);

		if (c & HANDOFF)
			return false;
		if (!(c & WRITER_CONFLICTS) || !(writer || (c & (WRITER | WAITERS)))) {
			if (__atomic_compare_exchange_n(&s->count, &c, c + (writer ? WRITER : READER),
							false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
				return true;
			continue;
		}
		if (c & WRITER) {
			struct task_struct *owner = READ_ONCE(s->owner);

			/* NULL: between taking or releasing it and saying so */
			if (owner && !READ_ONCE(owner->on_cpu))
				return false;
		} else if (!writer) {
			return false;
		} else if (!give_up) {
			give_up = ktime_get() + SLEEP_LOCK_SPIN_NS;
		} else if (ktime_get() > give_up) {
			return false;
		}
		if (need_resched())
			return false;
		cpu_relax();
	}
}

static noinline int down_read_slow(struct rw_semaphore *s, unsigned int state) __no_tsa
{
	struct rwsem_waiter w = { .task = current };
	long c;
	lock_stat_wait(s->rank);

	c = __atomic_sub_fetch(&s->count, READER, __ATOMIC_SEQ_CST);
	if ((c & WAITERS) && !(c & WRITER_CONFLICTS))
		rwsem_wake_slow(s);
	if (rwsem_spin(s, false))
		return 0;
	spin_lock(&s->wait_lock);
	if (list_empty(&s->waiters) && rwsem_try_count(s, READER_CONFLICTS, READER)) {
		spin_unlock(&s->wait_lock);
		return 0;
	}
	return rwsem_wait(s, &w, state);
}

static noinline int down_write_slow(struct rw_semaphore *s, unsigned int state) __no_tsa
{
	struct rwsem_waiter w = { .task = current, .writer = true };
	lock_stat_wait(s->rank);

	if (rwsem_spin(s, true)) {
		s->owner = current;
		return 0;
	}
	spin_lock(&s->wait_lock);
	return rwsem_wait(s, &w, state);
}

static inline bool read_fast(struct rw_semaphore *s)
{
	return !(__atomic_fetch_add(&s->count, READER, __ATOMIC_ACQUIRE) & (WRITER | WAITERS));
}

static inline bool write_fast(struct rw_semaphore *s)
{
	long free = 0;

	if (unlikely(!try_cmpxchg_acquire(&s->count, &free, WRITER)))
		return false;
	s->owner = current;
	return true;
}

/** down_read - Context: may sleep. */
void down_read(struct rw_semaphore *s) __no_tsa
{
	might_sleep();
	lockdep_acquire(s, s->rank, false);
	if (unlikely(!read_fast(s)))
		down_read_slow(s, TASK_UNINTERRUPTIBLE);
}

int down_read_killable(struct rw_semaphore *s) __no_tsa
{
	int ret = 0;

	might_sleep();
	lockdep_acquire(s, s->rank, false);
	if (unlikely(!read_fast(s)))
		ret = down_read_slow(s, TASK_KILLABLE);
	if (ret)
		lockdep_release(s);
	return ret;
}

bool down_read_trylock(struct rw_semaphore *s) __no_tsa
{
	if (!rwsem_try_count(s, WRITER | WAITERS, READER))
		return false;
	lockdep_acquire_try(s, s->rank);
	return true;
}

void up_read(struct rw_semaphore *s) __no_tsa
{
	long c;

	lockdep_release(s);
	c = __atomic_sub_fetch(&s->count, READER, __ATOMIC_RELEASE);
	if (unlikely(c & WAITERS) && c < READER)
		rwsem_wake_slow(s);
}

/** down_write - Context: may sleep. */
void down_write(struct rw_semaphore *s) __no_tsa
{
	might_sleep();
	lockdep_acquire(s, s->rank, false);
	if (unlikely(!write_fast(s)))
		down_write_slow(s, TASK_UNINTERRUPTIBLE);
}

/** down_write_nested - a second one of the same rank; the order is said there. */
void down_write_nested(struct rw_semaphore *s) __no_tsa
{
	might_sleep();
	lockdep_acquire(s, s->rank, true);
	if (unlikely(!write_fast(s)))
		down_write_slow(s, TASK_UNINTERRUPTIBLE);
}

int down_write_killable(struct rw_semaphore *s) __no_tsa
{
	int ret = 0;

	might_sleep();
	lockdep_acquire(s, s->rank, false);
	if (unlikely(!write_fast(s)))
		ret = down_write_slow(s, TASK_KILLABLE);
	if (ret)
		lockdep_release(s);
	return ret;
}

bool down_write_trylock(struct rw_semaphore *s) __no_tsa
{
	if (!write_fast(s))
		return false;
	lockdep_acquire_try(s, s->rank);
	return true;
}

void up_write(struct rw_semaphore *s) __no_tsa
{
	lockdep_release(s);
	s->owner = NULL;
	if (unlikely(__atomic_sub_fetch(&s->count, WRITER, __ATOMIC_RELEASE) & WAITERS))
		rwsem_wake_slow(s);
}

/** downgrade_write - a writer becomes a reader, without anybody between. */
void downgrade_write(struct rw_semaphore *s) __no_tsa
{
	s->owner = NULL;
	if (__atomic_add_fetch(&s->count, READER - WRITER, __ATOMIC_RELEASE) & WAITERS)
		rwsem_wake_slow(s);
}
