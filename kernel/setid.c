// SPDX-License-Identifier: GPL-2.0-only
/*
 * The system calls that read and set user and group ids. Each prepares new
 * credentials, checks, and commits; user ids that go to or from 0 change
 * capabilities on the way (fix_setuid_caps()).
 */
#include <kernel/cred.h>
#include <kernel/sched.h>
#include <kernel/signal.h>
#include <kernel/syscalls.h>
#include <arch/uaccess.h>
#include <linux/securebits.h>

SYSCALL_DEFINE0(getuid)  { return current_uid(); }
SYSCALL_DEFINE0(geteuid) { return current_euid(); }
SYSCALL_DEFINE0(getgid)  { return current_gid(); }
SYSCALL_DEFINE0(getegid) { return current->cred->egid; }

#define NO_ID	((uid_t)-1)		/* "leave as it is" */

/* capabilities(7): effects of user id changes */
static void fix_setuid_caps(struct cred *new, const struct cred *old)
{
	bool had_root = !old->uid || !old->euid || !old->suid;
	bool has_root = !new->uid || !new->euid || !new->suid;

	if (new->securebits & SECBIT_NO_SETUID_FIXUP)
		return;
	if (had_root && !has_root) {
		if (!(new->securebits & SECBIT_KEEP_CAPS)) {
			new->cap_permitted = 0;
			new->cap_effective = 0;
		}
		new->cap_ambient = 0;
	}
	if (!old->euid && new->euid)
		new->cap_effective = 0;
	if (old->euid && !new->euid)
		new->cap_effective = new->cap_permitted;
}

static int set_user(struct cred *new)
{
	struct user_struct *user = alloc_uid(new->uid);

	if (!user)
		return -EAGAIN;
	free_uid(new->user);
	new->user = user;
	/* many programs do not look whether set*uid() has failed: exec does, then */
	if (user_over_nproc(user))
		current->flags |= PF_NPROC_EXCEEDED;
	else
		current->flags &= ~PF_NPROC_EXCEEDED;
	return 0;
}

static long finish_setuid(struct cred *new, long err)
{
	const struct cred *old = current->cred;

	if (!err && new->uid != old->uid)
		err = set_user(new);
	if (err) {
		abort_creds(new);
		return err;
	}
	fix_setuid_caps(new, old);
	return commit_creds(new);
}

static long finish_setgid(struct cred *new, long err)
{
	if (err) {
		abort_creds(new);
		return err;
	}
	return commit_creds(new);
}

SYSCALL_DEFINE1(setuid, uid_t, uid)
{
	const struct cred *old = current->cred;
	struct cred *new;
	long err = 0;

	if (uid == NO_ID)
		return -EINVAL;
	new = prepare_creds();
	if (!new)
		return -ENOMEM;
	if (capable(CAP_SETUID))
		new->uid = new->suid = uid;
	else if (uid != old->uid && uid != old->suid)
		err = -EPERM;
	new->euid = new->fsuid = uid;
	return finish_setuid(new, err);
}

SYSCALL_DEFINE2(setreuid, uid_t, ruid, uid_t, euid)
{
	const struct cred *old = current->cred;
	struct cred *new = prepare_creds();
	long err = 0;

	if (!new)
		return -ENOMEM;
	if (ruid != NO_ID) {
		new->uid = ruid;
		if (ruid != old->uid && ruid != old->euid && !capable(CAP_SETUID))
			err = -EPERM;
	}
	if (euid != NO_ID) {
		new->euid = euid;
		if (euid != old->uid && euid != old->euid && euid != old->suid &&
		    !capable(CAP_SETUID))
			err = -EPERM;
	}
	if (ruid != NO_ID || (euid != NO_ID && euid != old->uid))
		new->suid = new->euid;
	new->fsuid = new->euid;
	return finish_setuid(new, err);
}

static bool one_of(uid_t id, uid_t a, uid_t b, uid_t c)
{
	return id == NO_ID || id == a || id == b || id == c;
}

SYSCALL_DEFINE3(setresuid, uid_t, ruid, uid_t, euid, uid_t, suid)
{
	const struct cred *old = current->cred;
	struct cred *new;

	if (!(one_of(ruid, old->uid, old->euid, old->suid) &&
	      one_of(euid, old->uid, old->euid, old->suid) &&
	      one_of(suid, old->uid, old->euid, old->suid)) &&
	    !capable(CAP_SETUID))
		return -EPERM;
	new = prepare_creds();
	if (!new)
		return -ENOMEM;
	if (ruid != NO_ID)
		new->uid = ruid;
	if (euid != NO_ID)
		new->euid = euid;
	if (suid != NO_ID)
		new->suid = suid;
	new->fsuid = new->euid;
	return finish_setuid(new, 0);
}

SYSCALL_DEFINE3(getresuid, uid_t __user *, ruid, uid_t __user *, euid, uid_t __user *, suid)
{
	const struct cred *c = current->cred;

	return put_user(c->uid, ruid) || put_user(c->euid, euid) || put_user(c->suid, suid) ?
	       -EFAULT : 0;
}

#define CAP_FS_SET	(BIT_ULL(CAP_CHOWN) | BIT_ULL(CAP_MKNOD) | BIT_ULL(CAP_DAC_OVERRIDE) | \
			 BIT_ULL(CAP_DAC_READ_SEARCH) | BIT_ULL(CAP_FOWNER) | \
			 BIT_ULL(CAP_FSETID) | BIT_ULL(CAP_LINUX_IMMUTABLE) | \
			 BIT_ULL(CAP_MAC_OVERRIDE))

/* Return: the old one, whether it was changed or not */
SYSCALL_DEFINE1(setfsuid, uid_t, uid)
{
	const struct cred *old = current->cred;
	uid_t old_fsuid = old->fsuid;
	struct cred *new;

	if (uid == NO_ID || uid == old_fsuid)
		return old_fsuid;
	if (uid != old->uid && uid != old->euid && uid != old->suid && !capable(CAP_SETUID))
		return old_fsuid;
	new = prepare_creds();
	if (!new)
		return old_fsuid;
	new->fsuid = uid;
	if (!(new->securebits & SECBIT_NO_SETUID_FIXUP)) {
		if (!old_fsuid)
			new->cap_effective &= ~CAP_FS_SET;
		else if (!uid)
			new->cap_effective |= new->cap_permitted & CAP_FS_SET;
	}
	commit_creds(new);
	return old_fsuid;
}

SYSCALL_DEFINE1(setgid, gid_t, gid)
{
	const struct cred *old = current->cred;
	struct cred *new;
	long err = 0;

	if (gid == NO_ID)
		return -EINVAL;
	new = prepare_creds();
	if (!new)
		return -ENOMEM;
	if (capable(CAP_SETGID))
		new->gid = new->egid = new->sgid = new->fsgid = gid;
	else if (gid == old->gid || gid == old->sgid)
		new->egid = new->fsgid = gid;
	else
		err = -EPERM;
	return finish_setgid(new, err);
}

SYSCALL_DEFINE2(setregid, gid_t, rgid, gid_t, egid)
{
	const struct cred *old = current->cred;
	struct cred *new = prepare_creds();
	long err = 0;

	if (!new)
		return -ENOMEM;
	if (rgid != NO_ID) {
		new->gid = rgid;
		if (rgid != old->gid && rgid != old->egid && !capable(CAP_SETGID))
			err = -EPERM;
	}
	if (egid != NO_ID) {
		new->egid = egid;
		if (egid != old->gid && egid != old->egid && egid != old->sgid &&
		    !capable(CAP_SETGID))
			err = -EPERM;
	}
	if (rgid != NO_ID || (egid != NO_ID && egid != old->gid))
		new->sgid = new->egid;
	new->fsgid = new->egid;
	return finish_setgid(new, err);
}

SYSCALL_DEFINE3(setresgid, gid_t, rgid, gid_t, egid, gid_t, sgid)
{
	const struct cred *old = current->cred;
	struct cred *new;

	if (!(one_of(rgid, old->gid, old->egid, old->sgid) &&
	      one_of(egid, old->gid, old->egid, old->sgid) &&
	      one_of(sgid, old->gid, old->egid, old->sgid)) &&
	    !capable(CAP_SETGID))
		return -EPERM;
	new = prepare_creds();
	if (!new)
		return -ENOMEM;
	if (rgid != NO_ID)
		new->gid = rgid;
	if (egid != NO_ID)
		new->egid = egid;
	if (sgid != NO_ID)
		new->sgid = sgid;
	new->fsgid = new->egid;
	return finish_setgid(new, 0);
}

SYSCALL_DEFINE3(getresgid, gid_t __user *, rgid, gid_t __user *, egid, gid_t __user *, sgid)
{
	const struct cred *c = current->cred;

	return put_user(c->gid, rgid) || put_user(c->egid, egid) || put_user(c->sgid, sgid) ?
	       -EFAULT : 0;
}

SYSCALL_DEFINE1(setfsgid, gid_t, gid)
{
	const struct cred *old = current->cred;
	gid_t old_fsgid = old->fsgid;
	struct cred *new;

	if (gid == NO_ID || gid == old_fsgid)
		return old_fsgid;
	if (gid != old->gid && gid != old->egid && gid != old->sgid && !capable(CAP_SETGID))
		return old_fsgid;
	new = prepare_creds();
	if (!new)
		return old_fsgid;
	new->fsgid = gid;
	commit_creds(new);
	return old_fsgid;
}
