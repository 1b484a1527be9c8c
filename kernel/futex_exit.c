// SPDX-License-Identifier: GPL-2.0-only
/*
 * Futexes of a dying thread: the locks on its robust list are marked and passed
 * on, and whoever waits for the thread itself (pthread_join) is woken.
 *
 * The list is in user memory and may be anything: each link is read with care,
 * no more than ROBUST_LIMIT of them, and the first fault ends the walk.
 */
#include <kernel/futex.h>
#include <arch/uaccess.h>
#include <kernel/ptrace.h>
#include <kernel/sched.h>
#include <kernel/syscalls.h>
#include <linux/futex.h>
#include <mm/mm.h>

#define ROBUST_LIMIT	2048

SYSCALL_DEFINE2(set_robust_list, struct robust_list_head __user *, head, size_t, len)
{
	if (len != sizeof(*head))
		return -EINVAL;
	current->robust_list = head;
	return 0;
}

SYSCALL_DEFINE3(get_robust_list, int, pid, struct robust_list_head __user *__user *, headp, size_t __user *, lenp)
{
	struct robust_list_head __user *head = current->robust_list;

	if (pid && pid != current->pid) {
		struct task_struct *t = find_get_task_by_pid(pid);
		bool ok;

		if (!t)
			return -ESRCH;
		ok = ptrace_may_access(t, PTRACE_MODE_READ_REALCREDS);
		head = t->robust_list;
		put_task_struct(t);
		if (!ok)
			return -EPERM;
	}
	if (put_user(sizeof(*head), lenp) || put_user((unsigned long)head, (unsigned long __user *)headp))
		return -EFAULT;
	return 0;
}

/* The owner of the lock at @uaddr dies: mark it, and wake one who waits. */
static int owner_died(u32 __user *uaddr, bool pi, bool pending)
{
	u32 val, new, old;

	if ((unsigned long)uaddr & 3)
		return -1;
	for (;;) {
		if (get_user(val, uaddr))
			return -1;
		/* died between unlocking and waking: wake for it */
		if (pending && !pi && !val) {
			futex_wake(uaddr, true, 1, FUTEX_BITSET_MATCH_ANY);
			return 0;
		}
		if ((val & FUTEX_TID_MASK) != (u32)current->pid)
			return 0;
		new = (val & FUTEX_WAITERS) | FUTEX_OWNER_DIED;
		if (futex_atomic_cmpxchg_user(&old, uaddr, val, new))
			return -1;
		if (old == val)
			break;
	}
	if (!pi && (val & FUTEX_WAITERS))
		futex_wake(uaddr, true, 1, FUTEX_BITSET_MATCH_ANY);
	return 0;
}

/* one link: bit 0 of the pointer says "priority-inheriting" */
static int fetch_entry(unsigned long *entry, bool *pi, unsigned long __user *from)
{
	unsigned long v;

	if (get_user(v, from))
		return -EFAULT;
	*entry = v & ~1UL;
	*pi = v & 1;
	return 0;
}

static void exit_robust_list(struct task_struct *t)
{
	struct robust_list_head __user *head = t->robust_list;
	unsigned long entry, next, pending, end = (unsigned long)&head->list;
	bool pi, next_pi, pending_pi;
	long offset;
	int limit = ROBUST_LIMIT;

	t->robust_list = NULL;
	if (fetch_entry(&entry, &pi, (unsigned long __user *)&head->list.next) ||
	    get_user(offset, &head->futex_offset) ||
	    fetch_entry(&pending, &pending_pi, (unsigned long __user *)&head->list_op_pending))
		return;
	while (entry != end) {
		int err = fetch_entry(&next, &next_pi, (unsigned long __user *)entry);

		if (entry != pending && owner_died((u32 __user *)(entry + offset), pi, false))
			return;
		if (err)
			return;
		entry = next;
		pi = next_pi;
		if (!--limit)
			break;
		cond_resched();
	}
	if (pending)
		owner_died((u32 __user *)(pending + offset), pending_pi, true);
}

void futex_exit_release(struct task_struct *t)
{
	if (t->robust_list)
		exit_robust_list(t);
	/* CLONE_CHILD_CLEARTID: pthread_join() waits here */
	if (t->clear_child_tid) {
		int __user *tid = t->clear_child_tid;

		t->clear_child_tid = NULL;
		if (atomic_read(&t->mm->mm_users) > 1 && !put_user(0, tid))
			futex_wake((u32 __user *)tid, true, 1, FUTEX_BITSET_MATCH_ANY);
	}
}
