// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who a program acts as, and who may look into it: set-user-ID and set-group-ID
 * programs, and those that may be run but not read. What capabilities come of it is
 * decided in kernel/cred.c.
 */
#include "binprm.h"
#include <kernel/cred.h>
#include <kernel/signal.h>

void bprm_fill_creds(struct linux_binprm *bprm)
{
	struct inode *inode = file_inode(bprm->file);
	struct cred *new = bprm->cred;
	umode_t mode;
	uid_t uid;
	gid_t gid;
	int err;

	new->euid = current_euid();
	new->egid = current->cred->egid;
	if ((bprm->file->f_path.mnt->mnt_flags & MNT_NOSUID) || current->no_new_privs ||
	    !(READ_ONCE(inode->i_mode) & (S_ISUID | S_ISGID)))
		return;
	/* all of one moment: not the bits of before a chown with the owner of after it */
	inode_lock_shared(inode);
	mode = inode->i_mode;
	uid = inode->i_uid;
	gid = inode->i_gid;
	err = inode_permission(inode, MAY_EXEC);
	inode_unlock_shared(inode);
	if (err)
		return;		/* a chmod since the file was opened: it gives nothing */
	if (mode & S_ISUID)
		new->euid = uid;
	if ((mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP))
		new->egid = gid;
}

/* Could a task of another process change our root, directory or umask? Other threads are gone. */
static bool fs_is_shared(void)
{
	struct task_struct *p, *t;
	bool shared = false;

	/* /proc counts too, for a moment */
	if (refcount_read(&current->fs->users) == 1)
		return false;
	rcu_read_lock();
	for_each_process(p)
		for_each_thread(p, t)
			shared |= t != current && READ_ONCE(t->fs) == current->fs;
	rcu_read_unlock();
	return shared;
}

void bprm_finish_creds(struct linux_binprm *bprm)
{
	struct cred *new = bprm->cred;
	const struct cred *old = current_cred();
	/* who has less rights must not have a hand in what is done with more */
	bool limited = current->no_new_privs || fs_is_shared();

	bprm->secure = new->euid != old->uid || new->egid != old->gid;
	if (bprm->secure && limited && (current->no_new_privs || !capable(CAP_SETUID))) {
		new->euid = new->uid;
		new->egid = new->gid;
	}
	cred_exec(new, bprm->secure, limited);
}

void would_dump(struct linux_binprm *bprm, const struct file *file)
{
	if (inode_permission(file_inode(file), MAY_READ))
		bprm->unreadable = true;
}
