/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Read-copy-update. The kernel is not preempted in kernel mode, so a read-side
 * section costs nothing: it is any stretch that does not sleep. A grace period
 * has passed when every hart has scheduled, idled or run user code.
 */
#ifndef KERNEL_RCU_H
#define KERNEL_RCU_H
#include <lib/types.h>
#include <lib/atomic.h>

/* struct rcu_head: lib/types.h, because lib's xarray embeds one */

static inline void rcu_read_lock(void) { barrier(); }
static inline void rcu_read_unlock(void) { barrier(); }
#define rcu_dereference(p)		__atomic_load_n(&(p), __ATOMIC_CONSUME)
#define rcu_assign_pointer(p, v)	__atomic_store_n(&(p), (v), __ATOMIC_RELEASE)
#define rcu_access_pointer(p)		READ_ONCE(p)

/** call_rcu - call @func(@head) after a grace period, with interrupts enabled,
 *  in a context that must not sleep. Context: any. */
void call_rcu(struct rcu_head *head, void (*func)(struct rcu_head *head));
/** synchronize_rcu - wait for a grace period. Context: may sleep. */
void synchronize_rcu(void);
/** rcu_barrier - wait until all callbacks queued so far have run. */
void rcu_barrier(void);

/* for the scheduler, the tick and idle */
void rcu_note_context_switch(void);
void rcu_check_callbacks(bool user);
void rcu_ipi(void);
bool rcu_needs_cpu(void);	/* callbacks wait here: idle keeps its tick */
void rcu_idle_enter(void);
void rcu_idle_exit(void);
void rcu_init(void);

#endif
