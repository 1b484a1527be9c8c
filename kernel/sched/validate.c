// SPDX-License-Identifier: GPL-2.0-only
/*
 * The invariants of a run queue (sched.h), checked by every tick of debug builds.
 */
#include "sched.h"
#include <kernel/printk.h>

static void check_task(struct rq *rq, struct task_struct *p)
{
	VM_BUG_ON(!p->se.on_rq);		/* R1 */
	VM_BUG_ON(p == rq->curr);
	VM_BUG_ON(p->cpu != rq->cpu);
}

void rq_validate(struct rq *rq)
{
	bool curr_counts = rq->curr->se.on_rq;
	unsigned int fair = 0, rt = 0;
	unsigned long load = 0;
	struct task_struct *p;
	struct rb_node *n;

	rb_for_each(n, &rq->cfs.tree.rb_root) {
		p = se_task(n);
		check_task(rq, p);
		fair++;
		load += p->se.weight;
	}
	VM_BUG_ON(rb_first(&rq->cfs.tree.rb_root) != rq->cfs.tree.rb_leftmost);
	for (int prio = 0; prio < MAX_RT_PRIO; prio++) {
		bool queued = !list_empty(&rq->rt.queue[prio]);

		VM_BUG_ON(queued != !!(rq->rt.active[prio / 64] >> (prio % 64) & 1));
		list_for_each_entry(p, &rq->rt.queue[prio], se.run_list) {
			check_task(rq, p);
			rt++;
		}
	}
	if (curr_counts && task_is_rt(rq->curr)) {
		rt++;
	} else if (curr_counts) {
		fair++;
		load += rq->curr->se.weight;
	}
	VM_BUG_ON(fair != rq->cfs.nr || load != rq->cfs.load || rt != rq->rt.nr);	/* R2 */
	VM_BUG_ON(rq->nr_running != fair + rt);						/* R3 */
}
