// SPDX-License-Identifier: GPL-2.0-only
/*
 * The out-of-memory killer: when reclaim has failed for long, the process whose
 * end frees most is killed. One at a time: while a victim is on its way out the
 * others wait and try again; after OOM_PATIENCE it is taken to be stuck, and
 * another one is chosen.
 *
 * The allocator gives a task with a fatal signal the reserve, so that it can end.
 */
#include <kernel/cred.h>
#include <kernel/mutex.h>
#include <kernel/printk.h>
#include <kernel/sched.h>
#include <kernel/signal.h>
#include <kernel/timer.h>
#include <mm/mm.h>
#include <mm/page_alloc.h>
#include <mm/reclaim.h>

#define OOM_SCORE_ADJ_MIN	(-1000)
#define OOM_ORDER_MAX		3	/* above: killing does not make contiguous blocks */
#define OOM_PATIENCE		(3 * NSEC_PER_SEC)

static DEFINE_MUTEX(oom_lock, LR_KERNEL_MUTEX);
/* below: oom_lock */
static struct task_struct *oom_victim;
static ktime_t oom_victim_since;

static void oom_wait(void)
{
	__set_current_state(TASK_KILLABLE);
	schedule_timeout(10 * NSEC_PER_MSEC);
}

static long mm_badness(struct task_struct *p, struct mm_struct *mm, unsigned long total)
{
	long adj = READ_ONCE(p->signal->oom_score_adj);

	return (long)get_mm_rss(mm) + (long)(atomic64_read(&mm->pgtables_bytes) / (s64)PAGE_SIZE) +
	       adj * (long)total / 1000;
}

static bool oom_unkillable(struct task_struct *p)
{
	return (p->flags & PF_KTHREAD) || (p->signal->flags & SIGNAL_UNKILLABLE) ||
	       p->signal->oom_score_adj == OOM_SCORE_ADJ_MIN;
}

/**
 * oom_badness - how much memory killing the process of @p would free, weighed.
 * Context: may sleep. Return: pages; LONG_MIN: it is never killed.
 */
long oom_badness(struct task_struct *p, unsigned long totalpages)
{
	struct mm_struct *mm;
	long points;

	if (oom_unkillable(p))
		return LONG_MIN;
	mm = get_task_mm(p);
	if (!mm)
		return LONG_MIN;
	points = mm_badness(p, mm, totalpages);
	mmput(mm);
	return points;
}

/**
 * thread_with_mm - a thread of @p that has its mm still: the first may have exited.
 * Context: RCU. Return: NULL: there is none.
 */
struct task_struct *thread_with_mm(struct task_struct *p)
{
	struct task_struct *t;

	for_each_thread(p, t)
		if (READ_ONCE(t->mm))
			return t;
	return NULL;
}

/* The worst process, referenced; NULL if there is none. */
static struct task_struct *select_victim(void)
{
	unsigned long total = totalram_pages();
	struct task_struct *p, *chosen = NULL;
	long points, worst = LONG_MIN;

	rcu_read_lock();
	for_each_process(p) {
		struct task_struct *t;
		struct mm_struct *mm;

		if (oom_unkillable(p) || fatal_signal_pending(p))
			continue;
		t = thread_with_mm(p);
		/* Counters only: a user more might be the last, and letting it go sleeps. The struct
		 * stays an mm_struct under RCU, if perhaps another process's */
		mm = t ? READ_ONCE(t->mm) : NULL;
		if (!mm)
			continue;
		points = mm_badness(p, mm, total);
		if (points > worst) {
			worst = points;
			chosen = p;
		}
	}
	if (chosen)
		get_task_struct(chosen);
	rcu_read_unlock();
	return chosen;
}

static void oom_kill(struct task_struct *victim)
{
	struct mm_struct *mm = get_task_mm(victim);
	struct task_struct *p;

	if (mm) {
		pr_err("Out of memory: Killed process %d (%s) total-vm:%lukB, anon-rss:%lukB, file-rss:%lukB, shmem-rss:%lukB, UID:%u pgtables:%lukB oom_score_adj:%d\n",
		       victim->tgid, victim->comm, mm->total_vm << (PAGE_SHIFT - 10),
		       get_mm_counter(mm, MM_ANONPAGES) << (PAGE_SHIFT - 10),
		       get_mm_counter(mm, MM_FILEPAGES) << (PAGE_SHIFT - 10),
		       get_mm_counter(mm, MM_SHMEMPAGES) << (PAGE_SHIFT - 10),
		       victim->cred->uid, (unsigned long)atomic64_read(&mm->pgtables_bytes) >> 10,
		       victim->signal->oom_score_adj);
		/* its memory stays as long as another process uses the same mm */
		rcu_read_lock();
		for_each_process(p) {
			if (p != victim && READ_ONCE(p->mm) == mm && !oom_unkillable(p))
				group_send_sig_info(SIGKILL, SEND_SIG_PRIV, p);
		}
		rcu_read_unlock();
	}
	count_vm_events(OOM_KILL, 1);
	group_send_sig_info(SIGKILL, SEND_SIG_PRIV, victim);
	if (mm)
		mmput(mm);
}

/* Is the last victim still on its way out? */
static bool victim_dying(void)
{
	if (!oom_victim)
		return false;
	if (atomic_read(&oom_victim->signal->live) > 0 &&
	    ktime_get() - oom_victim_since < OOM_PATIENCE)
		return true;
	put_task_struct(oom_victim);
	oom_victim = NULL;
	return false;
}

/* Context: oom_lock. Return: as out_of_memory(). */
static bool oom_choose_and_kill(gfp_t gfp, unsigned int order)
{
	struct task_struct *victim;

	if (victim_dying())
		return true;
	victim = select_victim();
	if (!victim)
		return false;
	pr_warn("%s invoked oom-killer: gfp_mask=0x%x, order=%u, oom_score_adj=%d\n", current->comm,
		gfp, order, current->signal ? current->signal->oom_score_adj : 0);
	show_mem();
	oom_kill(victim);
	oom_victim = victim;
	oom_victim_since = ktime_get();
	return true;
}

/*
 * Called by the allocator after fruitless reclaim. See mm/reclaim.h.
 * Context: may sleep; any sleeping lock may be held.
 */
bool out_of_memory(gfp_t gfp, unsigned int order)
{
	bool again;

	if (order > OOM_ORDER_MAX)
		return false;
	/* the allocator lets the dying have the reserve */
	if (fatal_signal_pending(current) || (current->flags & PF_EXITING))
		return true;
	if (!mutex_trylock(&oom_lock)) {
		oom_wait();
		return true;
	}
	again = oom_choose_and_kill(gfp, order);
	mutex_unlock(&oom_lock);
	if (again && !fatal_signal_pending(current))
		oom_wait();
	return again;
}
