// SPDX-License-Identifier: GPL-2.0-only
/*
 * The system calls that make tasks, and those that say what tasks share:
 * clone, clone3, unshare, set_tid_address.
 */
#include <kernel/ipc.h>
#include <kernel/sched.h>
#include <kernel/signal.h>
#include <kernel/syscalls.h>
#include <fs/fs.h>
#include <lib/string.h>
#include <mm/mm.h>
#include <arch/uaccess.h>

/* riscv passes tls before child_tid (CLONE_BACKWARDS) */
SYSCALL_DEFINE5(clone, unsigned long, flags, unsigned long, stack, int __user *, parent_tid,
		unsigned long, tls, int __user *, child_tid)
{
	struct kernel_clone_args args = {
		.flags = (u32)flags & ~CSIGNAL,
		.pidfd = parent_tid,
		.child_tid = child_tid,
		.parent_tid = parent_tid,
		.exit_signal = flags & CSIGNAL,
		.stack = stack,
		.tls = tls,
	};

	return kernel_clone(&args);
}

/*
 * A structure that grows: what the program's has more than ours must be zero,
 * what it has less is taken as zero.
 */
static int copy_clone_args(struct clone_args *a, const void __user *u, size_t size)
{
	u8 rest;

	if (size > PAGE_SIZE)
		return -E2BIG;
	if (size < CLONE_ARGS_SIZE_VER0)
		return -EINVAL;
	memset(a, 0, sizeof(*a));
	for (size_t i = sizeof(*a); i < size; i++) {
		if (get_user(rest, (const u8 __user *)u + i))
			return -EFAULT;
		if (rest)
			return -E2BIG;
	}
	return copy_from_user(a, u, min(size, sizeof(*a))) ? -EFAULT : 0;
}

static int check_clone3(const struct clone_args *a)
{
	const u64 known = 0xffffffffULL | CLONE_CLEAR_SIGHAND | CLONE_INTO_CGROUP;

	if (a->flags & ~known || a->flags & (CLONE_DETACHED | CSIGNAL))
		return -EINVAL;
	if ((a->flags & (CLONE_SIGHAND | CLONE_CLEAR_SIGHAND)) ==
	    (CLONE_SIGHAND | CLONE_CLEAR_SIGHAND))
		return -EINVAL;
	if ((a->flags & (CLONE_THREAD | CLONE_PARENT)) && a->exit_signal)
		return -EINVAL;
	if (a->exit_signal & ~(u64)CSIGNAL || a->exit_signal > _NSIG)
		return -EINVAL;
	/* choosing pids is checkpoint/restore's, which is not there */
	if (a->set_tid || a->set_tid_size)
		return -EINVAL;
	if (!a->stack != !a->stack_size)
		return -EINVAL;
	if (a->stack && !access_ok((void __user *)a->stack, a->stack_size))
		return -EINVAL;
	return 0;
}

SYSCALL_DEFINE2(clone3, struct clone_args __user *, uargs, size_t, size)
{
	struct clone_args a;
	int err = copy_clone_args(&a, uargs, size);

	if (!err)
		err = check_clone3(&a);
	if (err)
		return err;
	return kernel_clone(&(struct kernel_clone_args){
		.flags = a.flags,
		.pidfd = (int __user *)a.pidfd,
		.child_tid = (int __user *)a.child_tid,
		.parent_tid = (int __user *)a.parent_tid,
		.exit_signal = a.exit_signal,
		.stack = a.stack ? a.stack + a.stack_size : 0,
		.tls = a.tls,
	});
}

static int unshare_fs(void)
{
	struct fs_struct *old = current->fs, *new;

	if (refcount_read(&old->users) == 1)
		return 0;
	new = copy_fs_struct(old);
	if (!new)
		return -ENOMEM;
	current->fs = new;
	put_fs_struct(old);
	return 0;
}

SYSCALL_DEFINE1(unshare, unsigned long, flags)
{
	int err = 0;

	if (flags & ~(unsigned long)(CLONE_THREAD | CLONE_FS | CLONE_SIGHAND | CLONE_VM |
				     CLONE_FILES | CLONE_SYSVSEM))
		return -EINVAL;
	/* these cannot be undone for one of several; alone there is nothing to do */
	if ((flags & (CLONE_THREAD | CLONE_SIGHAND | CLONE_VM)) && !thread_group_empty(current))
		return -EINVAL;
	if ((flags & (CLONE_SIGHAND | CLONE_VM)) && refcount_read(&current->sighand->count) > 1)
		return -EINVAL;
	if ((flags & CLONE_VM) && atomic_read(&current->mm->mm_users) > 1)
		return -EINVAL;
	if (flags & CLONE_SYSVSEM)
		exit_sem(current);
	if (flags & CLONE_FS)
		err = unshare_fs();
	if (!err && (flags & CLONE_FILES))
		err = unshare_files();
	return err;
}

SYSCALL_DEFINE1(set_tid_address, int __user *, tidptr)
{
	current->clear_child_tid = tidptr;
	return current->pid;
}
