// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mutexes.
 *
 * owner is the holder's task_struct, with bit 0 set while somebody is queued.
 * Free and nobody queued is 0, so both uncontended paths are one compare-and-
 * exchange. Everything else happens under wait_lock.
 *
 * An unlock with waiters leaves the mutex free and wakes the first: if that one
 * runs soon it gets it, if another task comes by before, that one does, which
 * avoids a context switch per critical section. A waiter that was passed over
 * sets .handoff, and the next unlock gives the mutex to it directly, so nobody
 * starves. A newcomer spins while the owner is running on another hart.
 */
#include <kernel/mutex.h>
#include <kernel/lock_stat.h>
#include <kernel/sched.h>
#include <kernel/signal.h>
#include <kernel/lockdep.h>

#define MUTEX_WAITERS	1UL

struct mutex_waiter {
	struct list_head list;
	struct task_struct *task;
	bool handoff;		/* was woken once in vain */
};

static inline struct task_struct *owner_task(unsigned long owner)
{
	return (struct task_struct *)(owner & ~MUTEX_WAITERS);
}

void mutex_init(struct mutex *m, enum lock_rank rank)
{
	m->owner = 0;
	spin_lock_init(&m->wait_lock, LR_WAITQUEUE);
	INIT_LIST_HEAD(&m->waiters);
	m->rank = rank;
}

static inline bool mutex_fast_lock(struct mutex *m)
{
	unsigned long free = 0;

	return try_cmpxchg_acquire(&m->owner, &free, (unsigned long)current);
}

/* take it if it is free, whoever is queued; wait_lock held */
static bool mutex_grab(struct mutex *m)
{
	unsigned long old = READ_ONCE(m->owner);

	do {
		if (owner_task(old))
			return owner_task(old) == current;	/* handed over */
	} while (!try_cmpxchg_acquire(&m->owner, &old, (unsigned long)current | old));
	return true;
}

/*
 * The owner runs on another hart and will soon be done: wait for it without a
 * context switch. Its task_struct stays valid, since we do not sleep (RCU).
 */
static bool mutex_spin(struct mutex *m)
{
	for (;;) {
		unsigned long owner = READ_ONCE(m->owner);

		if (owner & MUTEX_WAITERS)
			return false;
		if (!owner) {
			if (mutex_fast_lock(m))
				return true;
			continue;
		}
		if (!READ_ONCE(owner_task(owner)->on_cpu) || need_resched())
			return false;
		cpu_relax();
	}
}

static bool mutex_interrupted(unsigned int state)
{
	if (state == TASK_UNINTERRUPTIBLE || !signal_pending(current))
		return false;
	return state == TASK_INTERRUPTIBLE || fatal_signal_pending(current);
}

static void mutex_dequeue(struct mutex *m, struct mutex_waiter *w)
{
	list_del(&w->list);
	if (list_empty(&m->waiters))
		__atomic_fetch_and(&m->owner, ~MUTEX_WAITERS, __ATOMIC_RELAXED);
}

static noinline int mutex_lock_slow(struct mutex *m, unsigned int state)
{
	struct mutex_waiter w = { .task = current };
	int ret = 0;
	lock_stat_wait(m->rank);

	if (mutex_spin(m))
		return 0;
	spin_lock(&m->wait_lock);
	list_add_tail(&w.list, &m->waiters);
	__atomic_fetch_or(&m->owner, MUTEX_WAITERS, __ATOMIC_RELAXED);
	for (;;) {
		struct mutex_waiter *first = list_first_entry(&m->waiters, struct mutex_waiter, list);

		/* a newcomer may not pass a waiter to whom the lock is promised */
		if ((first == &w || !first->handoff) && mutex_grab(m))
			break;
		if (mutex_interrupted(state)) {
			ret = -EINTR;
			break;
		}
		set_current_state(state);
		spin_unlock(&m->wait_lock);
		schedule();
		spin_lock(&m->wait_lock);
		w.handoff = true;
	}
	__set_current_state(TASK_RUNNING);
	mutex_dequeue(m, &w);
	if (ret && !owner_task(READ_ONCE(m->owner)) && !list_empty(&m->waiters))
		/* the wake-up that we got belongs to the next one */
		wake_up_process(list_first_entry(&m->waiters, struct mutex_waiter, list)->task);
	spin_unlock(&m->wait_lock);
	return ret;
}

static noinline void mutex_unlock_slow(struct mutex *m)
{
	struct mutex_waiter *first;

	spin_lock(&m->wait_lock);
	first = list_first_entry_or_null(&m->waiters, struct mutex_waiter, list);
	if (!first) {
		__atomic_store_n(&m->owner, 0, __ATOMIC_RELEASE);
	} else {
		unsigned long next = first->handoff ? (unsigned long)first->task : 0;

		__atomic_store_n(&m->owner, next | MUTEX_WAITERS, __ATOMIC_RELEASE);
		wake_up_process(first->task);
	}
	spin_unlock(&m->wait_lock);
}

/** mutex_lock - Context: may sleep. */
void mutex_lock(struct mutex *m) __no_tsa
{
	might_sleep();
	lockdep_acquire(m, m->rank, false);
	if (unlikely(!mutex_fast_lock(m)))
		mutex_lock_slow(m, TASK_UNINTERRUPTIBLE);
}

/** mutex_lock_nested - a second mutex of the same rank; its order is said there. */
void mutex_lock_nested(struct mutex *m) __no_tsa
{
	might_sleep();
	lockdep_acquire(m, m->rank, true);
	if (unlikely(!mutex_fast_lock(m)))
		mutex_lock_slow(m, TASK_UNINTERRUPTIBLE);
}

static int mutex_lock_state(struct mutex *m, unsigned int state) __no_tsa
{
	int ret = 0;

	might_sleep();
	lockdep_acquire(m, m->rank, false);
	if (unlikely(!mutex_fast_lock(m)))
		ret = mutex_lock_slow(m, state);
	if (ret)
		lockdep_release(m);
	return ret;
}

int mutex_lock_interruptible(struct mutex *m) __no_tsa
{
	return mutex_lock_state(m, TASK_INTERRUPTIBLE);
}

int mutex_lock_killable(struct mutex *m) __no_tsa
{
	return mutex_lock_state(m, TASK_KILLABLE);
}

/** mutex_trylock - Context: not in interrupts. Return: true if taken. */
bool mutex_trylock(struct mutex *m) __no_tsa
{
	if (!mutex_fast_lock(m))
		return false;
	lockdep_acquire_try(m, m->rank);
	return true;
}

void mutex_unlock(struct mutex *m) __no_tsa
{
	unsigned long mine = (unsigned long)current;

	lockdep_release(m);
	if (likely(__atomic_compare_exchange_n(&m->owner, &mine, 0, false, __ATOMIC_RELEASE,
					       __ATOMIC_RELAXED)))
		return;
	mutex_unlock_slow(m);
}
