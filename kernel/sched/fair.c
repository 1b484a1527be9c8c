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
#include "fair.h"

/* nice -20..19: each step is a factor of 1.25 */
static const u32 sched_prio_to_weight[40] = {
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

/** fair_tree_insert - behind those of the same vruntime. */
void fair_tree_insert(struct cfs_rq *cfs, struct task_struct *p)
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

/** fair_put_prev - @p, which ran, is runnable still and goes back into the tree. */
void fair_put_prev(struct rq *rq, struct task_struct *p)
{
	fair_tree_insert(&rq->cfs, p);
}

/** fair_place_new - a new task begins a slice behind. */
void fair_place_new(struct rq *rq, struct task_struct *p)
{
	p->se.vruntime = rq->cfs.min_vruntime + to_vruntime(SCHED_MIN_GRAN, p);
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
