// SPDX-License-Identifier: GPL-2.0-only
/*
 * Deferred work: functions to be called soon by a kernel thread, which may
 * sleep. One pool serves all: a worker that finds more work queued and nobody
 * else idle starts another worker before it begins, so work that blocks does
 * not hold up the rest. Surplus workers leave after a minute without work.
 *
 * A work item is on the list, or running, or both (queued again meanwhile);
 * its function may free it. The same item does not run twice at once.
 */
#include <kernel/sched.h>
#include <kernel/wait.h>
#include <kernel/timer.h>
#include <kernel/printk.h>
#include <kernel/init.h>
#include <mm/slab.h>

#define IDLE_TIMEOUT	(60 * NSEC_PER_SEC)
#define KEEP_WORKERS	2
#define MAX_WORKERS	256

struct worker {
	struct list_head list;		/* pool.workers */
	struct list_head idle;		/* pool.idle, when it sleeps */
	struct task_struct *task;
	struct work_struct *current_work;
};

static struct {
	spinlock_t lock;		/* everything here; irq */
	struct list_head works, workers, idle;
	unsigned int nr_workers, starting;
	wait_queue_head_t done;		/* a function has returned */
} pool = {
	.lock = __SPIN_LOCK_INIT(LR_WORK_POOL),
	.works = LIST_HEAD_INIT(pool.works),
	.workers = LIST_HEAD_INIT(pool.workers),
	.idle = LIST_HEAD_INIT(pool.idle),
	.done = __WAIT_QUEUE_HEAD_INIT(pool.done),
};

/** schedule_work - Context: any. Return: false if it was queued already. */
bool schedule_work(struct work_struct *w)
{
	struct worker *idle;
	unsigned long flags;

	if (__atomic_exchange_n(&w->pending, 1, __ATOMIC_ACQ_REL))
		return false;
	spin_lock_irqsave(&pool.lock, flags);
	list_add_tail(&w->entry, &pool.works);
	idle = list_first_entry_or_null(&pool.idle, struct worker, idle);
	if (idle) {
		list_del_init(&idle->idle);
		wake_up_process(idle->task);
	}
	spin_unlock_irqrestore(&pool.lock, flags);
	return true;
}

static bool is_running(const struct work_struct *w)
{
	struct worker *k;

	list_for_each_entry(k, &pool.workers, list)
		if (k->current_work == w)
			return true;
	return false;
}

/* the first item that is not running elsewhere; pool.lock held */
static struct work_struct *next_work(void)
{
	struct work_struct *w;

	list_for_each_entry(w, &pool.works, entry)
		if (!is_running(w))
			return w;
	return NULL;
}

static int worker_thread(void *arg);

static void start_worker(void)
{
	struct worker *k = kmalloc(sizeof(*k), GFP_KERNEL);
	struct task_struct *t;

	if (k) {
		INIT_LIST_HEAD(&k->idle);
		k->current_work = NULL;
		t = kthread_create(worker_thread, k, "kworker");
		if (!IS_ERR(t)) {
			k->task = t;
			spin_lock_irq(&pool.lock);
			list_add(&k->list, &pool.workers);
			pool.nr_workers++;
			pool.starting--;
			spin_unlock_irq(&pool.lock);
			wake_up_process(t);
			return;
		}
		kfree(k);
	}
	/* the existing workers have to do */
	spin_lock_irq(&pool.lock);
	pool.starting--;
	spin_unlock_irq(&pool.lock);
}

/* pool.lock is held and comes back so */
static void run_work(struct worker *self, struct work_struct *w) __no_tsa
{
	void (*func)(struct work_struct *w) = w->func;
	bool more;

	list_del_init(&w->entry);
	self->current_work = w;
	more = !list_empty(&pool.works) && list_empty(&pool.idle) && !pool.starting &&
	       pool.nr_workers < MAX_WORKERS;
	if (more)
		pool.starting++;
	spin_unlock_irq(&pool.lock);
	if (more)
		start_worker();

	/* from here on it may be queued again, and the function may free it */
	__atomic_store_n(&w->pending, 0, __ATOMIC_RELEASE);
	func(w);
	cond_resched();

	spin_lock_irq(&pool.lock);
	self->current_work = NULL;
	spin_unlock_irq(&pool.lock);
	smp_mb();
	if (waitqueue_active(&pool.done))
		wake_up_all(&pool.done);
	spin_lock_irq(&pool.lock);
}

/* sleep until there is work. False: none came and this worker is one too many */
static bool worker_idle(struct worker *self) __no_tsa
{
	long left;

	list_add(&self->idle, &pool.idle);
	set_current_state(TASK_IDLE);
	spin_unlock_irq(&pool.lock);
	left = schedule_timeout(IDLE_TIMEOUT);
	spin_lock_irq(&pool.lock);
	list_del_init(&self->idle);
	return left || pool.nr_workers <= KEEP_WORKERS || !list_empty(&pool.works);
}

static int worker_thread(void *arg)
{
	struct worker *self = arg;

	spin_lock_irq(&pool.lock);
	for (;;) {
		struct work_struct *w = next_work();

		if (w)
			run_work(self, w);
		else if (!worker_idle(self))
			break;
	}
	list_del(&self->list);
	pool.nr_workers--;
	spin_unlock_irq(&pool.lock);
	kfree(self);
	return 0;
}

static bool work_busy(struct work_struct *w)
{
	unsigned long flags;
	bool busy;

	spin_lock_irqsave(&pool.lock, flags);
	busy = READ_ONCE(w->pending) || is_running(w);
	spin_unlock_irqrestore(&pool.lock, flags);
	return busy;
}

/** flush_work - wait until @w is neither queued nor running. Context: may sleep;
 *  not from @w's own function. */
void flush_work(struct work_struct *w)
{
	wait_event(pool.done, !work_busy(w));
}

void workqueue_init(void)
{
	spin_lock_irq(&pool.lock);
	pool.starting++;
	spin_unlock_irq(&pool.lock);
	start_worker();
}

static int workqueue_initcall(void)
{
	workqueue_init();
	return 0;
}
core_initcall(workqueue_initcall);
