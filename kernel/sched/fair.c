// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fair scheduling: each task's run time, divided by its weight, is its
 * vruntime, and whoever has the least of it runs next. The current task stays
 * out of the tree, so that a task that runs alone costs nothing here.
 *
 * A task that slept comes back with at most SCHED_SLEEPER_CREDIT less than the
 * queue's min_vruntime: enough to run soon, not enough to live off its sleep.
 * A new task begins one slice behind, so that forking gains nothing.
 *
 * All functions: rq->lock held, interrupts off.
 */
#include "sched.h"

/* nice -20..19: each step is a factor of 1.25 */
const u32 sched_prio_to_weight[40] = {
	88761, 71755, 56483, 46273, 36291, 29154, 23254, 18705, 14949, 11916,
	9548, 7620, 6100, 4904, 3906, 3121, 2501, 1991, 1586, 1277,
	1024, 820, 655, 526, 423, 335, 272, 215, 172, 137,
	110, 87, 70, 56, 45, 36, 29, 23, 18, 15,
};

void set_load_weight(struct task_struct *p)
{
	if (p->policy == SCHED_IDLE)
		p->se.weight = IDLE_WEIGHT;
	else
		p->se.weight = sched_prio_to_weight[p->static_prio - MAX_RT_PRIO];
}

static inline u64 to_vruntime(u64 delta, const struct task_struct *p)
{
	if (likely(p->se.weight == NICE_0_WEIGHT))
		return delta;
	return delta * NICE_0_WEIGHT / p->se.weight;
}

static inline bool vruntime_before(u64 a, u64 b)
{
	return (s64)(a - b) < 0;
}

/* the least of curr and the tree, if it is ahead of where it was */
static inline void update_min_vruntime(struct rq *rq, struct task_struct *curr)
{
	struct cfs_rq *cfs = &rq->cfs;
	struct rb_node *left = rb_first_cached(&cfs->tree);
	u64 v = curr->se.vruntime;

	if (left && vruntime_before(se_task(left)->se.vruntime, v))
		v = se_task(left)->se.vruntime;
	if (vruntime_before(cfs->min_vruntime, v))
		cfs->min_vruntime = v;
}

/** fair_update_curr - charge @delta ns of run time to @curr, a fair task. */
void fair_update_curr(struct rq *rq, struct task_struct *curr, u64 delta)
{
	curr->se.vruntime += to_vruntime(delta, curr);
	update_min_vruntime(rq, curr);
}

static inline void tree_insert(struct cfs_rq *cfs, struct task_struct *p)
{
	struct rb_node **link = &cfs->tree.rb_root.rb_node, *parent = NULL;
	bool leftmost = true;

	while (*link) {
		parent = *link;
		if (vruntime_before(p->se.vruntime, se_task(parent)->se.vruntime)) {
			link = &parent->rb_left;
		} else {
			link = &parent->rb_right;
			leftmost = false;
		}
	}
	rb_link_node(&p->se.node, parent, link);
	rb_insert_color_cached(&p->se.node, &cfs->tree, leftmost);
}

void enqueue_fair(struct rq *rq, struct task_struct *p)
{
	struct cfs_rq *cfs = &rq->cfs;

	cfs->nr++;
	cfs->load += p->se.weight;
	if (p != rq->curr)
		tree_insert(cfs, p);
}

void dequeue_fair(struct rq *rq, struct task_struct *p)
{
	struct cfs_rq *cfs = &rq->cfs;

	cfs->nr--;
	cfs->load -= p->se.weight;
	if (p != rq->curr)
		rb_erase_cached(&p->se.node, &cfs->tree);
}

/** fair_put_prev - @p, which ran, is runnable still and goes back into the tree. */
void fair_put_prev(struct rq *rq, struct task_struct *p)
{
	tree_insert(&rq->cfs, p);
}

/** fair_pick_next - take the first out of the tree. The caller knows there is one. */
struct task_struct *fair_pick_next(struct rq *rq)
{
	struct rb_node *left = rb_first_cached(&rq->cfs.tree);
	struct task_struct *p = se_task(left);

	rb_erase_cached(left, &rq->cfs.tree);
	p->se.prev_sum = p->se.sum_exec_runtime;
	return p;
}

/** fair_place - choose the vruntime of a task that wakes up or is @new. */
void fair_place(struct rq *rq, struct task_struct *p, bool new)
{
	u64 v = rq->cfs.min_vruntime;

	if (new) {
		p->se.vruntime = v + to_vruntime(SCHED_MIN_GRAN, p);
		return;
	}
	v -= SCHED_SLEEPER_CREDIT;
	if (vruntime_before(p->se.vruntime, v))
		p->se.vruntime = v;
}

/** fair_should_preempt - @p has become runnable: is it far enough behind curr? */
bool fair_should_preempt(struct rq *rq, struct task_struct *p)
{
	struct task_struct *curr = rq->curr;

	if (curr->policy == SCHED_IDLE && p->policy != SCHED_IDLE)
		return true;
	if (p->policy != SCHED_NORMAL)
		return false;
	return (s64)(curr->se.vruntime - p->se.vruntime) >
	       (s64)to_vruntime(SCHED_WAKEUP_GRAN, p);
}

/** fair_tick - curr has had its slice and somebody is behind it: let go. */
void fair_tick(struct rq *rq)
{
	struct task_struct *curr = rq->curr;
	struct rb_node *left = rb_first_cached(&rq->cfs.tree);

	if (!left || curr->se.sum_exec_runtime - curr->se.prev_sum < SCHED_MIN_GRAN)
		return;
	if (vruntime_before(se_task(left)->se.vruntime, curr->se.vruntime))
		resched_curr(rq);
}

/** fair_yield - step behind the task that is next. */
void fair_yield(struct rq *rq)
{
	struct rb_node *left = rb_first_cached(&rq->cfs.tree);
	u64 v;

	if (!left)
		return;
	v = se_task(left)->se.vruntime + 1;
	if (vruntime_before(rq->curr->se.vruntime, v))
		rq->curr->se.vruntime = v;
}
