// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who may look into another process. There is no ptrace(2); /proc, the calls
 * on others' memory and pidfd_getfd() ask the question that it asks.
 */
#include <kernel/ptrace.h>
#include <kernel/cred.h>
#include <kernel/sched.h>
#include <kernel/signal.h>
#include <lib/err.h>
#include <mm/mm.h>

static bool same_user(const struct cred *him, uid_t uid, gid_t gid)
{
	return uid == him->euid && uid == him->suid && uid == him->uid &&
	       gid == him->egid && gid == him->sgid && gid == him->gid;
}

/**
 * ptrace_may_access - may current look at @t (PTRACE_MODE_READ), or do all to it that
 * a debugger may (ATTACH)? Itself; the same user, if the program is not one that
 * changed its user and can do no more; or CAP_SYS_PTRACE.
 * Context: may sleep.
 */
bool ptrace_may_access(struct task_struct *t, unsigned int mode)
{
	const struct cred *me = current_cred(), *him;
	bool fs = mode & PTRACE_MODE_FSCREDS, ok;
	struct mm_struct *mm;

	if (same_thread_group(t, current))
		return true;
	him = get_task_cred(t);
	ok = same_user(him, fs ? me->fsuid : me->uid, fs ? me->fsgid : me->gid) &&
	     !(him->cap_permitted & ~(fs ? me->cap_effective : me->cap_permitted));
	put_cred(him);
	if (!ok && !capable(CAP_SYS_PTRACE))
		return false;
	mm = get_task_mm(t);
	if (mm) {
		ok = mm->dumpable == 1 || capable(CAP_SYS_PTRACE);
		mmput(mm);
		return ok;
	}
	return true;
}

struct mm_struct *mm_access(struct task_struct *t, unsigned int mode)
{
	struct mutex *guard = &t->signal->cred_guard_mutex;
	struct mm_struct *mm;

	/* not in the middle of exec: its memory goes with its new user */
	if (mutex_lock_killable(guard))
		return ERR_PTR(-EINTR);
	mm = get_task_mm(t);
	if (!mm) {
		mm = ERR_PTR(-ESRCH);
	} else if (mm != current->mm && !ptrace_may_access(t, mode)) {
		mmput(mm);
		mm = ERR_PTR(-EACCES);
	}
	mutex_unlock(guard);
	return mm;
}
