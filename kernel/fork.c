// SPDX-License-Identifier: GPL-2.0-only
/*
 * Making tasks. copy_process() copies task_struct, then replaces what is the
 * child's own; what can fail comes first, and the point of no return is where
 * the child is linked into the process tree, under tasklist_lock.
 *
 * References: a new task has two. One belongs to the tables, dropped a grace
 * period after release_task(); one to the scheduler, dropped when the dead task
 * has been switched away from.
 *
 * Kernel threads are copied from init_task, so they share nothing with whoever
 * happened to ask for them.
 */
#include "fork.h"
#include <kernel/cred.h>
#include <kernel/futex.h>
#include <kernel/ipc.h>
#include <kernel/pidfd.h>
#include <kernel/printk.h>
#include <kernel/rcu.h>
#include <kernel/wait.h>
#include <drivers/tty.h>
#include <fs/fs.h>
#include <lib/err.h>
#include <lib/string.h>
#include <mm/mm.h>
#include <mm/page_alloc.h>
#include <mm/slab.h>
#include <arch/smp.h>
#include <arch/uaccess.h>

DEFINE_SPINLOCK(tasklist_lock, LR_TASKLIST);
struct task_struct *child_reaper;
unsigned long total_forks;
int nr_threads, nr_processes;		/* tasklist_lock */
int max_threads;
static struct kmem_cache *task_cache;

bool thread_group_empty(struct task_struct *t)
{
	return t->thread_node.next == t->thread_node.prev;
}

/* ---- the task_struct ---- */

static struct task_struct *dup_task_struct(struct task_struct *orig)
{
	struct task_struct *p = kmem_cache_alloc(task_cache, GFP_KERNEL);
	const size_t from = offsetof(struct task_struct, cpu);
	void *stack;

	if (!p)
		return NULL;
	stack = alloc_task_stack();
	if (!stack) {
		kmem_cache_free(task_cache, p);
		return NULL;
	}
	/* what is before .cpu is set here or by copy_thread() */
	memcpy((char *)p + from, (char *)orig + from,
	       offsetof(struct task_struct, held_locks) - from);
	p->work = 0;
	p->stack = stack;
	p->nr_held = 0;
	p->kthread_fn = NULL;
	refcount_set(&p->usage, 2);
	return p;
}

static void free_task_struct(struct task_struct *p)
{
	if (p->stack)
		free_task_stack(p->stack);
	kmem_cache_free(task_cache, p);
}

/** __put_task_struct - the last reference is gone. Context: any but hard interrupts. */
void __put_task_struct(struct task_struct *t)
{
	exit_creds(t);
	put_signal_struct(t->signal);
	free_task_struct(t);
}

/* ---- the parts ---- */

static int copy_files(unsigned long flags, struct task_struct *p, struct task_struct *orig)
{
	int err = 0;

	if (!orig->files)
		return 0;
	if (flags & CLONE_FILES) {
		atomic_inc(&orig->files->count);
		return 0;
	}
	p->files = dup_fd(orig->files, &err);
	return p->files ? 0 : err;
}

static int copy_fs(unsigned long flags, struct task_struct *p, struct task_struct *orig)
{
	if (flags & CLONE_FS) {
		refcount_inc(&orig->fs->users);
		return 0;
	}
	p->fs = copy_fs_struct(orig->fs);
	return p->fs ? 0 : -ENOMEM;
}

static int copy_mm(unsigned long flags, struct task_struct *p, struct task_struct *orig)
{
	struct mm_struct *mm = orig->mm;

	p->min_flt = p->maj_flt = 0;
	p->mm = p->active_mm = NULL;
	if (!mm)
		return 0;
	if (flags & CLONE_VM) {
		mmget(mm);
	} else {
		mm = dup_mm(p, mm);
		if (IS_ERR(mm))
			return PTR_ERR(mm);
	}
	p->mm = p->active_mm = mm;
	return 0;
}

static int check_clone_flags(const struct kernel_clone_args *args)
{
	const u64 ns = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID |
		       CLONE_NEWNET | CLONE_NEWCGROUP;
	u64 flags = args->flags;

	if (flags & (ns | CLONE_INTO_CGROUP))
		return -EINVAL;
	if ((flags & CLONE_PIDFD) && (flags & CLONE_DETACHED))
		return -EINVAL;
	/* clone(2) has one pointer for both */
	if ((flags & CLONE_PIDFD) && (flags & CLONE_PARENT_SETTID) && args->pidfd == args->parent_tid)
		return -EINVAL;
	if ((flags & CLONE_THREAD) && !(flags & CLONE_SIGHAND))
		return -EINVAL;
	if ((flags & CLONE_SIGHAND) && !(flags & CLONE_VM))
		return -EINVAL;
	if ((flags & CLONE_PARENT) && (current->signal->flags & SIGNAL_UNKILLABLE))
		return -EINVAL;
	return 0;
}

static int check_limits(struct task_struct *p)
{
	struct user_struct *user = p->cred->user;

	if (atomic_read(&user->processes) >= task_rlimit(p, RLIMIT_NPROC) && user->uid &&
	    !capable(CAP_SYS_RESOURCE) && !capable(CAP_SYS_ADMIN))
		return -EAGAIN;
	return READ_ONCE(nr_threads) >= max_threads ? -EAGAIN : 0;
}

/* what a child starts with, whoever it was copied from */
static void init_own_fields(struct task_struct *p, struct task_struct *orig,
			    const struct kernel_clone_args *args)
{
	p->flags &= ~(PF_SUPERPRIV | PF_IDLE | PF_MEMALLOC | PF_EXITING | PF_VFORK_DONE |
		      PF_KTHREAD | PF_SIGNALED | PF_DUMPCORE);
	p->flags |= PF_FORKNOEXEC | (args->fn ? PF_KTHREAD : 0);
	if (orig == &init_task)
		cpumask_setall(&p->cpus_allowed);
	p->exit_state = p->exit_code = 0;
	p->pdeath_signal = 0;
	p->pagefault_disabled = 0;
	INIT_LIST_HEAD(&p->children);
	INIT_LIST_HEAD(&p->sibling);
	INIT_LIST_HEAD(&p->pending.list);
	sigemptyset(&p->pending.signal);
	p->start_time = p->start_boottime = ktime_get();
	p->set_child_tid = args->flags & CLONE_CHILD_SETTID ? args->child_tid : NULL;
	p->clear_child_tid = args->flags & CLONE_CHILD_CLEARTID ? args->child_tid : NULL;
	p->vfork_done = NULL;
	p->robust_list = NULL;
	p->did_exec = false;
	p->made_shm = false;
	p->jobctl = 0;
	p->plug = NULL;
	p->restart_block.fn = do_no_restart_syscall;
	/* sigaltstack is cleared when the memory is shared, except by vfork */
	if ((args->flags & (CLONE_VM | CLONE_VFORK)) == CLONE_VM) {
		p->sas_ss_sp = p->sas_ss_size = 0;
		p->sas_ss_flags = SS_DISABLE;
	}
	if (args->name)
		strscpy_pad(p->comm, args->name, sizeof(p->comm));
}

/* ---- the tree ---- */

static void link_leader(struct task_struct *p, struct task_struct *orig)
{
	struct signal_struct *sig = p->signal;

	if (!child_reaper && p->pid == 1) {
		child_reaper = p;
		sig->flags |= SIGNAL_UNKILLABLE;
	}
	sig->tty = orig->signal->tty;
	if (sig->tty)
		tty_kref_get(sig->tty);
	attach_pid(p, PIDTYPE_TGID, p->thread_pid);
	attach_pid(p, PIDTYPE_PGID, task_pgrp(orig));
	attach_pid(p, PIDTYPE_SID, task_session(orig));
	list_add_tail(&p->sibling, &p->real_parent->children);
	list_add_tail_rcu(&p->tasks, &init_task.tasks);
	nr_processes++;
}

static void link_thread(struct task_struct *p)
{
	struct signal_struct *sig = p->signal;

	sig->nr_threads++;
	atomic_inc(&sig->live);
	refcount_inc(&sig->sigcnt);
	list_add_tail_rcu(&p->thread_node, &sig->thread_head);
}

static void set_parent(struct task_struct *p, const struct kernel_clone_args *args)
{
	struct task_struct *me = args->fn ? &init_task : current;

	if (args->flags & (CLONE_PARENT | CLONE_THREAD)) {
		p->real_parent = me->real_parent;
		p->parent_exec_id = me->parent_exec_id;
		p->exit_signal = args->flags & CLONE_THREAD ? -1 : me->group_leader->exit_signal;
	} else {
		p->real_parent = me;
		p->parent_exec_id = me->self_exec_id;
		p->exit_signal = args->exit_signal;
	}
	p->parent = p->real_parent;
}

/*
 * Make @p visible. A signal that came while we copied was sent to the parent
 * alone; it has to be handled before there is a child, so that signals to the
 * group reach either one or both.
 */
static int link_task(struct task_struct *p, struct task_struct *orig,
		     const struct kernel_clone_args *args)
{
	int ret = 0;

	spin_lock_irq(&tasklist_lock);
	set_parent(p, args);
	spin_lock(&orig->sighand->siglock);
	if (!args->fn) {
		recalc_sigpending();
		if (signal_pending(current))
			ret = fatal_signal_pending(current) ? -EINTR : -ERESTARTNOINTR;
	}
	if (!ret) {
		if (args->flags & CLONE_THREAD)
			link_thread(p);
		else
			link_leader(p, orig);
		attach_pid(p, PIDTYPE_PID, p->thread_pid);
		nr_threads++;
		total_forks++;
	}
	spin_unlock(&orig->sighand->siglock);
	spin_unlock_irq(&tasklist_lock);
	return ret;
}

static void set_identity(struct task_struct *p, struct pid *pid,
			 const struct kernel_clone_args *args)
{
	p->pid = pid->nr;
	/* attach_pid() sets it again; schedule_tail() and errors want it before */
	p->thread_pid = pid;
	if (args->flags & CLONE_THREAD) {
		p->group_leader = current->group_leader;
		p->tgid = current->tgid;
	} else {
		p->group_leader = p;
		p->tgid = p->pid;
	}
}

/* undo of copy_signal() for a process that never was */
static void drop_signal(struct task_struct *p, u64 flags)
{
	if (!(flags & CLONE_THREAD))
		put_signal_struct(p->signal);
}

/**
 * copy_process - a new task as @args says, complete but not running.
 * Context: may sleep. Return: the task, or ERR_PTR(-EAGAIN, -ENOMEM, -EINVAL, ...).
 */
struct task_struct *copy_process(struct kernel_clone_args *args)
{
	struct task_struct *orig = args->fn ? &init_task : current, *p;
	u64 flags = args->flags;
	struct file *pidfile = NULL;
	int err, pidfd = -1;
	struct pid *pid;

	err = check_clone_flags(args);
	if (err)
		return ERR_PTR(err);
	if (!args->fn && signal_pending(current))
		return ERR_PTR(-ERESTARTNOINTR);
	p = dup_task_struct(orig);
	if (!p)
		return ERR_PTR(-ENOMEM);
	err = check_limits(orig);
	if (err)
		goto free_task;
	current->flags &= ~PF_NPROC_EXCEEDED;
	err = copy_creds(p, flags);
	if (err)
		goto free_task;
	init_own_fields(p, orig, args);
	sched_fork(p);
	err = copy_semundo(args->fn ? 0 : flags, p);
	if (err)
		goto drop_creds;
	err = copy_files(flags, p, orig);
	if (err)
		goto drop_semundo;
	err = copy_fs(flags, p, orig);
	if (err)
		goto drop_files;
	err = copy_sighand(flags, p, orig);
	if (err)
		goto drop_fs;
	if (flags & CLONE_CLEAR_SIGHAND)
		flush_signal_handlers(p, false);
	err = copy_signal(flags, p, orig);
	if (err)
		goto drop_sighand;
	err = copy_mm(flags, p, orig);
	if (err)
		goto drop_signal;
	err = copy_thread(p, task_pt_regs(current), args->stack, flags & CLONE_SETTLS, args->tls,
			  args->fn, args->fn_arg);
	if (err)
		goto drop_mm;
	pid = alloc_pid();
	if (IS_ERR(pid)) {
		err = PTR_ERR(pid);
		goto drop_mm;
	}
	set_identity(p, pid, args);
	if (flags & CLONE_PIDFD) {
		err = pidfd = pidfd_clone(pid, args, &pidfile);
		if (err < 0)
			goto free_number;
	}
	if (flags & CLONE_PARENT_SETTID)
		/* the child comes to be, whatever becomes of the store */
		(void)!put_user(p->pid, args->parent_tid);
	err = link_task(p, orig, args);
	if (!err) {
		if (pidfile)
			fd_install(pidfd, pidfile);
		return p;
	}

	if (pidfile)
		pidfd_clone_undo(pidfd, pidfile);
free_number:
	free_pid(pid);
drop_mm:
	if (p->mm)
		mmput(p->mm);
drop_signal:
	drop_signal(p, flags);
drop_sighand:
	put_sighand(p->sighand);
drop_fs:
	put_fs_struct(p->fs);
drop_files:
	if (p->files)
		put_files_struct(p->files);
drop_semundo:
	exit_sem(p);
drop_creds:
	atomic_dec(&p->real_cred->user->processes);
	exit_creds(p);
free_task:
	free_task_struct(p);
	return ERR_PTR(err);
}

/* ---- clone, and vfork's end ---- */

/* Return once the child has left our memory, or when we are killed. */
static void wait_for_vfork_done(struct task_struct *child, struct completion *done)
{
	if (wait_for_completion_killable(done) &&
	    !xchg(&child->vfork_done, NULL))
		/* it is completing it just now, and the completion is ours */
		wait_for_completion(done);
	put_task_struct(child);
}

void mm_release(struct task_struct *t, struct mm_struct *mm)
{
	struct completion *done;

	if (mm)
		futex_exit_release(t);
	if (!t->vfork_done)
		return;
	done = xchg(&t->vfork_done, NULL);
	if (done)
		complete(done);
}

/**
 * kernel_clone - make a task and let it run.
 * Context: may sleep. Return: its pid, or -errno.
 */
pid_t kernel_clone(struct kernel_clone_args *args)
{
	struct completion vfork;
	struct task_struct *p;
	pid_t nr;

	p = copy_process(args);
	if (IS_ERR(p))
		return PTR_ERR(p);
	nr = p->pid;
	if (args->flags & CLONE_VFORK) {
		init_completion(&vfork);
		p->vfork_done = &vfork;
		get_task_struct(p);
	}
	wake_up_new_task(p);
	if (args->flags & CLONE_VFORK)
		wait_for_vfork_done(p, &vfork);
	return nr;
}

/** fork_idle - the task on which hart @cpu comes up and idles. Return: ERR_PTR. */
struct task_struct *fork_idle(unsigned int cpu)
{
	struct task_struct *p = dup_task_struct(&init_task);
	struct kernel_clone_args args = { .fn = (int (*)(void *))cpu_idle_loop, .name = "swapper" };

	if (!p)
		return ERR_PTR(-ENOMEM);
	init_own_fields(p, &init_task, &args);
	p->comm[7] = '/';
	p->comm[8] = cpu < 10 ? '0' + cpu : '0' + cpu / 10;
	p->comm[9] = cpu < 10 ? 0 : '0' + cpu % 10;
	sched_fork(p);
	INIT_LIST_HEAD(&p->thread_node);
	INIT_LIST_HEAD(&p->tasks);
	copy_thread(p, NULL, 0, false, 0, args.fn, NULL);
	mmgrab(&init_mm);
	p->active_mm = &init_mm;
	sched_init_cpu(cpu, p);
	return p;
}

/** fork_init - limits follow memory: all kernel stacks together take an eighth of it. */
void fork_init(void)
{
	struct rlimit *rlim = init_task.signal->rlim;
	unsigned long threads = totalram_pages() / 8 / 6;

	BUILD_BUG_ON(offsetof(struct task_struct, thread) > offsetof(struct task_struct, cpu));
	max_threads = clamp(threads, 64UL, (unsigned long)PID_MAX_LIMIT - 1);
	rlim[RLIMIT_NPROC].rlim_cur = rlim[RLIMIT_NPROC].rlim_max = max_threads / 2;
	rlim[RLIMIT_SIGPENDING] = rlim[RLIMIT_NPROC];
	task_cache = kmem_cache_create("task_struct", sizeof(struct task_struct), 64,
				       SLAB_PANIC, NULL);
	fork_signal_init();
}

void set_task_comm(struct task_struct *t, const char *name)
{
	strscpy_pad(t->comm, name, sizeof(t->comm));
}
