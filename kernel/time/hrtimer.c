// SPDX-License-Identifier: GPL-2.0-only
/*
 * High-resolution timers: per hart, one tree of monotonic and one of realtime
 * expiries (a jump of the wall clock then only changes the distance of the
 * second from the first). A timer is queued on the hart that starts it.
 *
 * base->cpu_base->lock (LR_TIMER_BASE, interrupts off) guards the trees and the
 * timers in them. It is not held while a timer's function runs; ->running says
 * so, and hrtimer_cancel() waits for it. A timer whose function runs on another
 * hart stays with that hart's base until it is done.
 */
#include "tick.h"
#include <kernel/percpu.h>
#include <kernel/printk.h>
#include <arch/smp.h>
#include <arch/processor.h>
#include <arch/irqflags.h>

struct hrtimer_cpu_base;

struct hrtimer_base {
	struct hrtimer_cpu_base *cpu_base;
	struct rb_root_cached tree;
};

enum { BASE_MONO, BASE_REAL, NR_BASES };

struct hrtimer_cpu_base {
	spinlock_t lock;
	bool initialised;
	struct hrtimer_base base[NR_BASES];
};

static DEFINE_PER_CPU(struct hrtimer_cpu_base, hrtimer_bases) = {
	.lock = __SPIN_LOCK_INIT(LR_TIMER_BASE),
};

static struct hrtimer_cpu_base *this_base(void)
{
	struct hrtimer_cpu_base *cb = this_cpu_ptr(&hrtimer_bases);

	if (unlikely(!cb->initialised)) {
		for (int i = 0; i < NR_BASES; i++) {
			cb->base[i].cpu_base = cb;
			cb->base[i].tree = RB_ROOT_CACHED;
		}
		cb->initialised = true;
	}
	return cb;
}

static inline int base_index(const struct hrtimer *t)
{
	return t->clock == CLOCK_REALTIME ? BASE_REAL : BASE_MONO;
}

static inline struct hrtimer *first_timer(struct hrtimer_base *b)
{
	struct rb_node *n = rb_first_cached(&b->tree);

	return n ? rb_entry(n, struct hrtimer, node) : NULL;
}

void hrtimer_init(struct hrtimer *t, clockid_t clock, enum hrtimer_restart (*fn)(struct hrtimer *))
{
	t->function = fn;
	t->clock = clock;
	t->base = NULL;
	t->queued = t->running = false;
	t->expires = 0;
}

/* Lock the base that the timer belongs to; a timer that never ran has none (NULL). */
static struct hrtimer_base *lock_base(struct hrtimer *t, unsigned long *flags) __no_tsa
{
	struct hrtimer_base *b;

	for (;;) {
		b = READ_ONCE(t->base);
		if (!b)
			return NULL;
		spin_lock_irqsave(&b->cpu_base->lock, *flags);
		if (likely(b == t->base))
			return b;
		spin_unlock_irqrestore(&b->cpu_base->lock, *flags);
	}
}

static void unlock_base(struct hrtimer_base *b, unsigned long flags) __no_tsa
{
	spin_unlock_irqrestore(&b->cpu_base->lock, flags);
}

static void dequeue(struct hrtimer *t)
{
	rb_erase_cached(&t->node, &t->base->tree);
	t->queued = false;
}

/* Return: is it the first of its tree now? */
static bool enqueue(struct hrtimer *t, struct hrtimer_base *b)
{
	struct rb_node **link = &b->tree.rb_root.rb_node, *parent = NULL;
	bool leftmost = true;

	while (*link) {
		parent = *link;
		if (t->expires < rb_entry(parent, struct hrtimer, node)->expires) {
			link = &parent->rb_left;
		} else {
			link = &parent->rb_right;
			leftmost = false;
		}
	}
	rb_link_node(&t->node, parent, link);
	rb_insert_color_cached(&t->node, &b->tree, leftmost);
	t->queued = true;
	return leftmost;
}

static ktime_t mono_expiry(const struct hrtimer *t)
{
	ktime_t off = READ_ONCE(wall_offset);

	if (base_index(t) != BASE_REAL || t->expires == KTIME_MAX)
		return t->expires;
	return t->expires < off ? 0 : t->expires - off;
}

/**
 * hrtimer_start - let @t expire at @expires_abs of its clock; re-arms it if queued.
 * The caller excludes other starts of the same timer. Context: any.
 */
void hrtimer_start(struct hrtimer *t, ktime_t expires_abs) __no_tsa
{
	struct hrtimer_base *b, *here;
	unsigned long flags;

	b = lock_base(t, &flags);
	if (b && t->queued)
		dequeue(t);
	if (!b || !t->running) {
		/* move to this hart */
		if (b) {
			spin_unlock(&b->cpu_base->lock);
		} else {
			local_irq_save(flags);
		}
		here = &this_base()->base[base_index(t)];
		spin_lock(&here->cpu_base->lock);
		b = t->base = here;
	}
	t->expires = expires_abs;
	if (enqueue(t, b) && b->cpu_base == this_cpu_ptr(&hrtimer_bases))
		tick_program(mono_expiry(t));
	unlock_base(b, flags);
}

/** hrtimer_try_to_cancel - Return: 1 was queued, 0 was not, -1 its function is running. */
int hrtimer_try_to_cancel(struct hrtimer *t)
{
	struct hrtimer_base *b;
	unsigned long flags;
	int ret = 0;

	b = lock_base(t, &flags);
	if (!b)
		return 0;
	if (t->running) {
		ret = -1;
	} else if (t->queued) {
		dequeue(t);
		ret = 1;
	}
	unlock_base(b, flags);
	return ret;
}

bool hrtimer_cancel(struct hrtimer *t)
{
	int ret;

	while ((ret = hrtimer_try_to_cancel(t)) < 0)
		cpu_relax();
	return ret;
}

/** hrtimer_remaining - ns until it expires; may be negative. 0 if not queued. */
ktime_t hrtimer_remaining(struct hrtimer *t)
{
	if (!READ_ONCE(t->queued))
		return 0;
	return mono_expiry(t) - ktime_get();
}

/**
 * hrtimer_forward - move the expiry of a timer that is not queued (from its
 * function) behind @now, by multiples of @interval. Return: how many.
 */
u64 hrtimer_forward(struct hrtimer *t, ktime_t now, ktime_t interval)
{
	u64 n, next;

	if (now < t->expires || interval <= 0)
		return 0;
	n = (now - t->expires) / interval + 1;
	next = t->expires + n * interval;
	t->expires = min_t(u64, next, KTIME_MAX);
	return n;
}

static void run_timer(struct hrtimer_base *b, struct hrtimer *t) __no_tsa
{
	struct hrtimer_cpu_base *cb = b->cpu_base;
	enum hrtimer_restart r;

	dequeue(t);
	t->running = true;
	spin_unlock(&cb->lock);
	r = t->function(t);
	spin_lock(&cb->lock);
	/* the function, or somebody meanwhile, may have started it anew */
	if (r == HRTIMER_RESTART && !t->queued)
		enqueue(t, b);
	/* from here on the owner may free it */
	smp_store_release(&t->running, false);
}

void hrtimers_run(ktime_t now)
{
	struct hrtimer_cpu_base *cb = this_base();

	spin_lock(&cb->lock);
	for (int i = 0; i < NR_BASES; i++) {
		ktime_t limit = i == BASE_REAL ? now + READ_ONCE(wall_offset) : now;
		struct hrtimer *t;

		while ((t = first_timer(&cb->base[i])) && t->expires <= limit)
			run_timer(&cb->base[i], t);
	}
	spin_unlock(&cb->lock);
}

ktime_t hrtimers_next(void)
{
	struct hrtimer_cpu_base *cb = this_base();
	ktime_t next = KTIME_MAX;

	spin_lock(&cb->lock);
	for (int i = 0; i < NR_BASES; i++) {
		struct hrtimer *t = first_timer(&cb->base[i]);

		if (t)
			next = min(next, mono_expiry(t));
	}
	spin_unlock(&cb->lock);
	return next;
}

static void reprogram_this_cpu(void *unused)
{
	unsigned long flags;

	local_irq_save(flags);
	tick_program(hrtimers_next());
	local_irq_restore(flags);
}

/* A clock set forward makes realtime timers due earlier, on every hart. */
void hrtimers_clock_was_set(void)
{
	reprogram_this_cpu(NULL);
	if (num_online_cpus() > 1 && !irqs_disabled())
		smp_call_function_many(&cpu_online_mask, reprogram_this_cpu, NULL, true);
}
