// SPDX-License-Identifier: GPL-2.0-only
/*
 * Epolls that watch epolls: never in a circle, and not too deep, as a wake-up
 * climbs all of them at once, and a poll descends.
 */
#include "eventpoll.h"

#define EP_MAX_NESTS	4	/* how often one may watch one that watches one... */
#define EP_LOOP		100	/* deeper than anything */

/* one such addition at a time, so that two do not make a circle together */
DEFINE_MUTEX(epnested_mutex, LR_EPOLL);
/* below: epnested_mutex */
static u64 generation;

/* Epolls below @ep, in a row. Each is looked at once. Return: EP_LOOP: @ep_from is one of them. */
static int depth_below(struct eventpoll *ep, const struct eventpoll *from)
{
	int depth = 0;

	if (ep == from)
		return EP_LOOP;
	if (ep->gen_below == generation)
		return ep->below;
	mutex_lock_nested(&ep->mtx);
	for (struct rb_node *n = rb_first(&ep->items); n; n = rb_next(n)) {
		struct eventpoll *next = file_eventpoll(rb_entry(n, struct epitem, rb)->file);

		if (next)
			depth = max(depth, 1 + depth_below(next, from));
	}
	mutex_unlock(&ep->mtx);
	ep->gen_below = generation;
	ep->below = depth;
	return depth;
}

/* Epolls above @ep. Context: rcu */
static int depth_above(struct eventpoll *ep)
{
	struct epitem *epi;
	int depth = 0;

	if (ep->gen_above == generation)
		return ep->above;
	hlist_for_each_entry_rcu(epi, &ep->watchers, watcher)
		depth = max(depth, 1 + depth_above(epi->ep));
	ep->gen_above = generation;
	ep->above = depth;
	return depth;
}

/** ep_check_nesting - may @ep watch @target? Context: epnested_mutex; may sleep. Return: 0, -ELOOP. */
int ep_check_nesting(struct eventpoll *ep, struct eventpoll *target)
{
	int depth;

	generation++;
	depth = depth_below(target, ep);
	if (depth < EP_LOOP) {
		rcu_read_lock();
		depth += 1 + depth_above(ep);
		rcu_read_unlock();
	}
	return depth > EP_MAX_NESTS ? -ELOOP : 0;
}
