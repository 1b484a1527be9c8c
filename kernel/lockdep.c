// SPDX-License-Identifier: GPL-2.0-only
/*
 * The lock-rank checker of debug builds. Each task keeps the locks it holds as
 * a stack; interrupt handlers, which run on borrowed stacks, have one per hart.
 * Checked are: the order of ranks at each acquisition, that nothing sleeps with
 * a spinlock held or with interrupts off, and that user mode is entered with
 * no lock at all.
 *
 * A lock may be released in any order and, for rw_semaphores that end I/O, by
 * a task that never took it; such a release is ignored.
 */
#include <kernel/lockdep.h>
#include <kernel/lock_rank.h>
#include <kernel/lock_stat.h>
#include <kernel/sched.h>
#include <kernel/printk.h>
#include <kernel/percpu.h>
#include <kernel/irq.h>
#include <arch/irqflags.h>

#define IRQ_HELD_MAX	24

struct irq_held {
	struct held_lock held[IRQ_HELD_MAX];
	int nr;
};

static DEFINE_PER_CPU(struct irq_held, irq_held);
static bool lockdep_off;		/* something was reported, or the kernel is dying */

/* The stack of the current context, whose depth is *@nr; interrupts are off. */
static struct held_lock *held_stack(int **nr)
{
	if (in_interrupt()) {
		struct irq_held *h = this_cpu_ptr(&irq_held);

		*nr = &h->nr;
		return h->held;
	}
	*nr = &current->nr_held;
	return current->held_locks;
}

static void show_held(const struct held_lock *h, int nr)
{
	for (int i = 0; i < nr; i++)
		pr_err("  held: %pS (%px) rank %u\n", h[i].lock, h[i].lock, h[i].rank);
}

static __noreturn __cold void lockdep_report(const char *what, const volatile void *lock,
					     unsigned int rank, const struct held_lock *h, int nr)
{
	lockdep_off = true;
	pr_err("lockdep: %s: %pS (%px) rank %u, task %s/%d%s\n", what, lock, lock, rank,
	       current->comm, current->pid, in_interrupt() ? ", in interrupt" : "");
	show_held(h, nr);
	panic("lockdep: %s", what);
}

void __lockdep_acquire(const volatile void *lock, unsigned int rank, bool nested, bool trylock)
{
	unsigned long flags = arch_irq_save();
	struct held_lock *h;
	int *nr;

	lock_stat_acquired(rank);
	if (READ_ONCE(lockdep_off) || panic_in_progress)
		goto out;
	h = held_stack(&nr);
	for (int i = 0; i < *nr; i++) {
		if (h[i].lock == lock && !nested && !trylock)
			lockdep_report("recursive locking", lock, rank, h, *nr);
		if (!rank || trylock)
			continue;
		if (h[i].rank > rank || (h[i].rank == rank && !nested))
			lockdep_report("wrong order", lock, rank, h, *nr);
	}
	if (*nr == IRQ_HELD_MAX)
		lockdep_report("too many locks", lock, rank, h, *nr);
	h[*nr] = (struct held_lock){ .lock = lock, .rank = rank, .spin = rank >= LR_SPIN };
	++*nr;
out:
	local_irq_restore(flags);
}

void __lockdep_release(const volatile void *lock)
{
	unsigned long flags = arch_irq_save();
	struct held_lock *h;
	int *nr;

	h = held_stack(&nr);
	for (int i = *nr - 1; i >= 0; i--) {
		if (h[i].lock != lock)
			continue;
		for (; i + 1 < *nr; i++)
			h[i] = h[i + 1];
		--*nr;
		break;
	}
	local_irq_restore(flags);
}

void __lockdep_might_sleep(const char *file, int line)
{
	if (READ_ONCE(lockdep_off) || panic_in_progress || !current->pid)
		return;
	if (in_interrupt()) {
		lockdep_off = true;
		panic("lockdep: sleeping in interrupt context at %s:%d", file, line);
	}
	for (int i = 0; i < current->nr_held; i++)
		if (current->held_locks[i].spin) {
			lockdep_off = true;
			pr_err("lockdep: sleeping with a spinlock held at %s:%d\n", file, line);
			show_held(current->held_locks, current->nr_held);
			panic("lockdep: sleeping with a spinlock held");
		}
	if (irqs_disabled()) {
		lockdep_off = true;
		panic("lockdep: sleeping with interrupts off at %s:%d", file, line);
	}
}

void __lockdep_assert_failed(const char *what, const char *file, int line)
{
	if (READ_ONCE(lockdep_off) || panic_in_progress)
		return;
	lockdep_off = true;
	panic("lockdep: assertion %s failed at %s:%d", what, file, line);
}

void lockdep_user_return(void)
{
	if (!CONFIG_DEBUG || READ_ONCE(lockdep_off) || likely(!current->nr_held))
		return;
	lockdep_report("return to user mode with a lock held", NULL, 0, current->held_locks,
		       current->nr_held);
}
