// SPDX-License-Identifier: GPL-2.0-only
/*
 * capget and capset. The ABI has two 32-bit words per set in versions 2 and 3,
 * one in version 1.
 */
#include <kernel/cred.h>
#include <kernel/sched.h>
#include <kernel/syscalls.h>
#include <arch/uaccess.h>

/* Return: words per set, or -EINVAL after telling our own version. */
static int cap_words(struct __user_cap_header_struct __user *header)
{
	u32 version;

	if (get_user(version, &header->version))
		return -EFAULT;
	switch (version) {
	case _LINUX_CAPABILITY_VERSION_1:
		return _LINUX_CAPABILITY_U32S_1;
	case _LINUX_CAPABILITY_VERSION_2:
	case _LINUX_CAPABILITY_VERSION_3:
		return _LINUX_CAPABILITY_U32S_3;
	default:
		if (put_user((u32)_LINUX_CAPABILITY_VERSION_3, &header->version))
			return -EFAULT;
		return -EINVAL;
	}
}

SYSCALL_DEFINE2(capget, struct __user_cap_header_struct __user *, header,
		struct __user_cap_data_struct __user *, data)
{
	struct __user_cap_data_struct d[2];
	int words = cap_words(header), pid;
	const struct cred *c;
	struct task_struct *t;

	/* probing for the version is not an error */
	if (!data)
		return words < 0 && words != -EINVAL ? words : 0;
	if (words < 0)
		return words;
	if (get_user(pid, &header->pid))
		return -EFAULT;
	if (pid < 0)
		return -EINVAL;
	t = pid ? find_get_task_by_pid(pid) : get_task_struct(current);
	if (!t)
		return -ESRCH;
	c = get_task_cred(t);
	put_task_struct(t);
	for (int i = 0; i < 2; i++) {
		d[i].effective = c->cap_effective >> (32 * i);
		d[i].permitted = c->cap_permitted >> (32 * i);
		d[i].inheritable = c->cap_inheritable >> (32 * i);
	}
	put_cred(c);
	return copy_to_user(data, d, words * sizeof(d[0])) ? -EFAULT : 0;
}

static bool subset(u64 a, u64 of)
{
	return !(a & ~of);
}

static int check_capset(const struct cred *old, u64 eff, u64 inh, u64 perm)
{
	bool limited = !(old->cap_effective & BIT_ULL(CAP_SETPCAP));

	if (limited && !subset(inh, old->cap_inheritable | old->cap_permitted))
		return -EPERM;
	if (!subset(inh, old->cap_inheritable | old->cap_bset))
		return -EPERM;
	if (!subset(perm, old->cap_permitted) || !subset(eff, perm))
		return -EPERM;
	return 0;
}

SYSCALL_DEFINE2(capset, struct __user_cap_header_struct __user *, header,
		const struct __user_cap_data_struct __user *, data)
{
	struct __user_cap_data_struct d[2] = { 0 };
	int words = cap_words(header), pid, err;
	u64 eff, inh, perm;
	struct cred *new;

	if (words < 0)
		return words;
	if (get_user(pid, &header->pid))
		return -EFAULT;
	if (pid && pid != current->pid)
		return -EPERM;
	if (copy_from_user(d, data, words * sizeof(d[0])))
		return -EFAULT;
	eff = (d[0].effective | (u64)d[1].effective << 32) & CAP_FULL_SET;
	inh = (d[0].inheritable | (u64)d[1].inheritable << 32) & CAP_FULL_SET;
	perm = (d[0].permitted | (u64)d[1].permitted << 32) & CAP_FULL_SET;
	err = check_capset(current->cred, eff, inh, perm);
	if (err)
		return err;
	new = prepare_creds();
	if (!new)
		return -ENOMEM;
	new->cap_effective = eff;
	new->cap_inheritable = inh;
	new->cap_permitted = perm;
	new->cap_ambient &= perm & inh;
	return commit_creds(new);
}
