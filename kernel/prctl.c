// SPDX-License-Identifier: GPL-2.0-only
/*
 * prctl(2). Options that belong to things this kernel does not have give
 * -EINVAL, as on a Linux without them.
 */
#include <kernel/cred.h>
#include <kernel/newer_uapi.h>
#include <kernel/sched.h>
#include <kernel/signal.h>
#include <kernel/syscalls.h>
#include <mm/mm.h>
#include <arch/uaccess.h>
#include <linux/prctl.h>
#include <linux/securebits.h>

/* ---- capabilities ---- */

static long drop_bset(unsigned long cap)
{
	struct cred *new;

	if (!capable(CAP_SETPCAP))
		return -EPERM;
	if (cap > CAP_LAST_CAP)
		return -EINVAL;
	new = prepare_creds();
	if (!new)
		return -ENOMEM;
	new->cap_bset &= ~BIT_ULL(cap);
	return commit_creds(new);
}

static long set_securebits(unsigned long bits)
{
	unsigned int old = current->cred->securebits;
	unsigned int locked = (old & SECURE_ALL_LOCKS) >> 1;
	struct cred *new;

	if ((locked & (old ^ bits)) || (old & SECURE_ALL_LOCKS & ~bits) ||
	    (bits & ~(unsigned long)(SECURE_ALL_LOCKS | SECURE_ALL_BITS)) ||
	    !capable(CAP_SETPCAP))
		return -EPERM;
	new = prepare_creds();
	if (!new)
		return -ENOMEM;
	new->securebits = bits;
	return commit_creds(new);
}

static long set_keepcaps(unsigned long on)
{
	struct cred *new;

	if (on > 1)
		return -EINVAL;
	if (current->cred->securebits & SECBIT_KEEP_CAPS_LOCKED)
		return -EPERM;
	new = prepare_creds();
	if (!new)
		return -ENOMEM;
	if (on)
		new->securebits |= SECBIT_KEEP_CAPS;
	else
		new->securebits &= ~SECBIT_KEEP_CAPS;
	return commit_creds(new);
}

static long cap_ambient(unsigned long op, unsigned long cap, unsigned long a4, unsigned long a5)
{
	const struct cred *c = current->cred;
	u64 bit = cap <= CAP_LAST_CAP ? BIT_ULL(cap) : 0;
	struct cred *new;

	if (a4 || a5 || (op == PR_CAP_AMBIENT_CLEAR_ALL ? cap != 0 : !bit))
		return -EINVAL;
	switch (op) {
	case PR_CAP_AMBIENT_IS_SET:
		return !!(c->cap_ambient & bit);
	case PR_CAP_AMBIENT_RAISE:
		if (!(c->cap_permitted & c->cap_inheritable & bit) ||
		    (c->securebits & SECBIT_NO_CAP_AMBIENT_RAISE))
			return -EPERM;
		break;
	case PR_CAP_AMBIENT_LOWER:
	case PR_CAP_AMBIENT_CLEAR_ALL:
		break;
	default:
		return -EINVAL;
	}
	new = prepare_creds();
	if (!new)
		return -ENOMEM;
	if (op == PR_CAP_AMBIENT_RAISE)
		new->cap_ambient |= bit;
	else
		new->cap_ambient = op == PR_CAP_AMBIENT_LOWER ? new->cap_ambient & ~bit : 0;
	return commit_creds(new);
}

static long prctl_cred(int option, unsigned long arg2)
{
	unsigned int bits = current->cred->securebits;

	switch (option) {
	case PR_CAPBSET_READ:
		if (arg2 > CAP_LAST_CAP)
			return -EINVAL;
		return !!(current->cred->cap_bset & BIT_ULL(arg2));
	case PR_CAPBSET_DROP:
		return drop_bset(arg2);
	case PR_GET_SECUREBITS:
		return bits;
	case PR_SET_SECUREBITS:
		return set_securebits(arg2);
	case PR_GET_KEEPCAPS:
		return !!(bits & SECBIT_KEEP_CAPS);
	case PR_SET_KEEPCAPS:
		return set_keepcaps(arg2);
	default:
		return -EINVAL;
	}
}

/* ---- names and the rest ---- */

static long set_name(const char __user *name)
{
	char comm[sizeof(current->comm)];

	comm[sizeof(comm) - 1] = 0;
	if (strncpy_from_user(comm, name, sizeof(comm) - 1) < 0)
		return -EFAULT;
	set_task_comm(current, comm);
	return 0;
}

static long prctl_mm_dumpable(int option, unsigned long arg2)
{
	if (option == PR_GET_DUMPABLE)
		return current->mm->dumpable;
	if (arg2 > 1)
		return -EINVAL;
	current->mm->dumpable = arg2;
	return 0;
}

static long set_timer_slack(unsigned long ns)
{
	/* 0: back to the default */
	current->timer_slack_ns = (long)ns > 0 ? ns : 50000;
	return 0;
}

static long prctl_process(int option, unsigned long arg2)
{
	switch (option) {
	case PR_SET_PDEATHSIG:
		if (arg2 > _NSIG)
			return -EINVAL;
		current->pdeath_signal = arg2;
		return 0;
	case PR_GET_PDEATHSIG:
		return put_user(current->pdeath_signal, (int __user *)arg2);
	case PR_SET_NAME:
		return set_name((const char __user *)arg2);
	case PR_GET_NAME:
		return copy_to_user((char __user *)arg2, current->comm,
				    sizeof(current->comm)) ? -EFAULT : 0;
	case PR_SET_CHILD_SUBREAPER:
		current->signal->is_child_subreaper = arg2 != 0;
		return 0;
	case PR_GET_CHILD_SUBREAPER:
		return put_user((int)current->signal->is_child_subreaper, (int __user *)arg2);
	case PR_SET_TIMERSLACK:
		return set_timer_slack(arg2);
	case PR_GET_TIMERSLACK:
		return min(current->timer_slack_ns, (unsigned long)LONG_MAX);
	case PR_GET_TID_ADDRESS:
		return put_user(current->clear_child_tid, (int __user * __user *)arg2);
	case PR_SET_TIMING:
		return arg2 == PR_TIMING_STATISTICAL ? 0 : -EINVAL;
	case PR_GET_TIMING:
		return PR_TIMING_STATISTICAL;
	default:
		return prctl_cred(option, arg2);
	}
}

/* Return: how much there is, in bytes; no more than @len is stored. */
static long get_auxv(void __user *p, unsigned long len)
{
	struct mm_struct *mm = current->mm;

	if (copy_to_user(p, mm->saved_auxv, min(len, sizeof(mm->saved_auxv))))
		return -EFAULT;
	return sizeof(mm->saved_auxv);
}

static bool unused(unsigned long a, unsigned long b, unsigned long c)
{
	return !a && !b && !c;
}

SYSCALL_DEFINE5(prctl, int, option, unsigned long, arg2, unsigned long, arg3, unsigned long, arg4,
		unsigned long, arg5)
{
	switch (option) {
	case PR_SET_DUMPABLE:
	case PR_GET_DUMPABLE:
		return prctl_mm_dumpable(option, arg2);
	case PR_SET_NO_NEW_PRIVS:
		if (arg2 != 1 || !unused(arg3, arg4, arg5))
			return -EINVAL;
		current->no_new_privs = true;
		return 0;
	case PR_GET_NO_NEW_PRIVS:
		return arg2 || !unused(arg3, arg4, arg5) ? -EINVAL : current->no_new_privs;
	case PR_CAP_AMBIENT:
		return cap_ambient(arg2, arg3, arg4, arg5);
	case PR_GET_AUXV:
		return arg4 || arg5 ? -EINVAL : get_auxv((void __user *)arg2, arg3);
	case PR_MCE_KILL:
	case PR_MCE_KILL_GET:
		return -EINVAL;
	default:
		return prctl_process(option, arg2);
	}
}
