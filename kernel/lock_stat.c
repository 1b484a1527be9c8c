// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counters of the locks, one set for each rank and hart: a hart writes its own
 * alone, with interrupts off, so they need no lock, and may be read at any time.
 * A wait that was given up for a signal counts as well.
 */
#include <kernel/lock_stat.h>
#include <arch/irqflags.h>
#include <arch/smp.h>
#include <kernel/percpu.h>
#include <kernel/timer.h>

struct lock_stats {
	struct lock_stat of[LR_MAX];
};
static DEFINE_PER_CPU(struct lock_stats, lock_stats);

#define N(rank) [LR_##rank] = #rank
static const char *const names[LR_MAX] = {
	N(F_POS), N(SEQ_FILE), N(MOUNT), N(EXEC), N(TTY), N(TTY_READ), N(TTY_WRITE), N(EPOLL),
	N(IPC), N(SYSLOG), N(S_UMOUNT), N(S_RENAME), N(I_RWSEM_DIR), N(I_RWSEM), N(LOOKUP),
	N(PIPE), N(MMAP), N(VMA), N(INVALIDATE), N(FOLIO), N(FS_TRUNCATE), N(FS_ALLOC),
	N(I_MMAP), N(ANON_VMA), N(FS_META), N(BDEV), N(VMALLOC), N(KERNEL_MUTEX), N(MM_ARGS),
	N(MMLIST), N(PTL), N(MM_PGTABLE), N(FILES), N(FS_STRUCT), N(RENAME), N(D_LOCK),
	N(MOUNT_HASH), N(SB_LIST), N(I_LOCK), N(INODE_HASH), N(DCACHE_HASH), N(DCACHE_LRU),
	N(INODE_LRU), N(DIR_INDEX), N(WB_LIST), N(F_LOCK), N(I_PAGES), N(BUFFER), N(LRU),
	N(TTY_LDISC), N(TTY_CTRL), N(TASKLIST), N(IPC_OBJECT),
	N(IPC_UNDO), N(FUTEX), N(SIGLOCK), N(PIDMAP), N(CRED),
	N(TIMER_TASK), N(WORKQUEUE), N(DRIVER), N(TTY_BUF), N(FOLIO_WAIT), N(UFFD), N(WAITQUEUE),
	N(TIMER_BASE), N(WORK_POOL), N(TASK), N(RQ), N(RCU), N(VMAP_AREA), N(SLAB), N(ZONE),
	N(ASID), N(RANDOM), N(IPI), N(LEAF), N(CONSOLE),
};
#undef N

const char *lock_rank_name(unsigned int rank)
{
	return rank < LR_MAX && names[rank] ? names[rank] : "unnamed";
}

void lock_stat_acquired(unsigned int rank)
{
	this_cpu_ptr(&lock_stats)->of[rank].acquired++;
}

struct lock_wait __lock_stat_begin(unsigned int rank)
{
	return (struct lock_wait){ .rank = rank, .since = ktime_get() };
}

void __lock_stat_end(const struct lock_wait *w)
{
	unsigned long flags = arch_irq_save();
	struct lock_stat *s = &this_cpu_ptr(&lock_stats)->of[w->rank];

	s->contended++;
	s->wait_ns += ktime_get() - w->since;
	local_irq_restore(flags);
}

struct lock_stat lock_stat_read(unsigned int rank)
{
	struct lock_stat sum = { 0 };
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		const struct lock_stat *s = &per_cpu(lock_stats, cpu).of[rank];

		sum.acquired += READ_ONCE(s->acquired);
		sum.contended += READ_ONCE(s->contended);
		sum.wait_ns += READ_ONCE(s->wait_ns);
	}
	return sum;
}
