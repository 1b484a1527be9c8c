// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a manager of memory, who is not the kernel, does to other processes:
 * advice for their memory (process_madvise), and taking it from one that has
 * been killed but does not get to its end (process_mrelease).
 */
#include "vma_internal.h"
#include <fs/uio.h>
#include <kernel/cred.h>
#include <kernel/pidfd.h>
#include <kernel/ptrace.h>
#include <kernel/signal.h>
#include <kernel/syscalls.h>
#include <mm/reclaim.h>
#include <mm/slab.h>

/* only what changes nothing that the process could see, but time */
static bool harmless(int advice)
{
	switch (advice) {
	case MADV_COLD:
	case MADV_PAGEOUT:
	case MADV_WILLNEED:
	case MADV_COLLAPSE:
		return true;
	default:
		return false;
	}
}

/* Return: bytes advised, short at the first range that failed; or its -errno */
static ssize_t advise_vectors(struct mm_struct *mm, const struct iovec *v, size_t total, int advice)
{
	size_t done = 0;
	int err = 0;

	for (; done < total; v++) {
		err = do_madvise(mm, (unsigned long)v->iov_base, v->iov_len, advice);
		if (err)
			break;
		done += v->iov_len;
	}
	return done ? done : err;
}

static ssize_t advise_process(int pidfd, const struct iovec *v, size_t total, int advice)
{
	struct task_struct *t = pidfd_get_task(pidfd);
	struct mm_struct *mm;
	ssize_t ret;

	if (IS_ERR(t))
		return PTR_ERR(t);
	if (!harmless(advice)) {
		put_task_struct(t);
		return -EINVAL;
	}
	mm = mm_access(t, PTRACE_MODE_READ_FSCREDS);
	put_task_struct(t);
	if (IS_ERR(mm))
		return PTR_ERR(mm);
	/* it may slow the other down */
	if (mm == current->mm || capable(CAP_SYS_NICE))
		ret = advise_vectors(mm, v, total, advice);
	else
		ret = -EPERM;
	mmput(mm);
	return ret;
}

SYSCALL_DEFINE5(process_madvise, int, pidfd, const struct iovec __user *, uvec, size_t, vlen,
		int, advice, unsigned int, flags)
{
	struct iovec few[8], *allocated = few;
	struct iov_iter iter;
	ssize_t ret;

	if (flags)
		return -EINVAL;
	ret = import_iovec(READ_ITER, uvec, vlen, ARRAY_SIZE(few), &allocated, &iter);
	if (ret < 0)
		return ret;
	ret = advise_process(pidfd, allocated ? allocated : few, ret, advice);
	kfree(allocated);
	return ret;
}

/* ---- process_mrelease ---- */

static bool is_dying(struct task_struct *p)
{
	return (READ_ONCE(p->signal->flags) & SIGNAL_GROUP_EXIT) ||
	       (thread_group_empty(p) && (READ_ONCE(p->flags) & PF_EXITING));
}

/* the memory of a process whose leader may be gone, counted; NULL: it has none left */
static struct mm_struct *get_process_mm(struct task_struct *p)
{
	struct mm_struct *mm = NULL;
	struct task_struct *t;

	while (!mm) {
		rcu_read_lock();
		t = thread_with_mm(p);
		if (t)
			get_task_struct(t);
		rcu_read_unlock();
		if (!t)
			break;
		mm = get_task_mm(t);	/* which may sleep; NULL: @t has just exited */
		put_task_struct(t);
	}
	return mm;
}

/* do all that use @mm die? */
static bool will_be_freed(struct mm_struct *mm, struct task_struct *victim)
{
	struct task_struct *p;
	bool ret = is_dying(victim);

	rcu_read_lock();
	for_each_process(p)
		if (READ_ONCE(p->mm) == mm && !is_dying(p))
			ret = false;
	rcu_read_unlock();
	return ret;
}

/*
 * What is private to the dying goes. It is unmapped, not just emptied: a thread that is
 * in the middle of a system call shall get EFAULT, and never write zeros somewhere.
 */
static int release_private(struct mm_struct *mm)
{
	struct vm_area_struct *vma, *next;

	if (mmap_write_lock_killable(mm))
		return -EINTR;
	for (vma = mm->mmap_first; vma; vma = next) {
		next = vma->vm_next;
		if (vma->vm_flags & (VM_SHARED | VM_PFNMAP | VM_HUGETLB | VM_SPECIAL))
			continue;
		/* somebody would have to be told first, and may be slow */
		if (vma->vm_userfaultfd_ctx)
			continue;
		vma_start_write(vma);
		vma->vm_flags &= ~VM_SEALED;	/* a seal is for the living */
		(void)do_munmap(mm, vma->vm_start, vma->vm_end - vma->vm_start);
		cond_resched();
	}
	mmap_write_unlock(mm);
	return 0;
}

SYSCALL_DEFINE2(process_mrelease, int, pidfd, unsigned int, flags)
{
	struct task_struct *t;
	struct mm_struct *mm;
	int ret;

	if (flags)
		return -EINVAL;
	t = pidfd_get_task(pidfd);
	if (IS_ERR(t))
		return PTR_ERR(t);
	ret = -ESRCH;
	mm = get_process_mm(t);
	if (mm) {
		ret = will_be_freed(mm, t) ? release_private(mm) : -EINVAL;
		mmput(mm);
	}
	put_task_struct(t);
	return ret;
}
