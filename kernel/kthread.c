// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kernel threads. They are made from init_task, not from whoever asks, so they
 * inherit nothing of it: no address space, files, credentials or terminal. A
 * new thread sleeps until wake_up_process(); until then it may be bound to a
 * hart. It ends by returning.
 */
#include <kernel/sched.h>
#include <kernel/printk.h>
#include <lib/err.h>
#include <lib/printf.h>
#include "fork.h"

static int kthread_main(void *arg)
{
	int (*fn)(void *) = (int (*)(void *))(void *)current->kthread_fn;

	do_exit(fn(arg));
}

/* signals are for who has a use for them; no lock: nobody knows the thread yet */
static void ignore_signals(struct task_struct *t)
{
	for (int i = 0; i < _NSIG; i++)
		t->sighand->action[i].sa.sa_handler = SIG_IGN;
}

static struct task_struct *kthread_vcreate(int (*fn)(void *), void *arg, const char *fmt,
					   va_list ap)
{
	char name[sizeof(current->comm)];
	struct kernel_clone_args args = {
		.flags = CLONE_VM | CLONE_FS | CLONE_FILES,
		.exit_signal = 0,
		.fn = kthread_main,
		.fn_arg = arg,
		.name = name,
	};
	struct task_struct *t;

	vsnprintf(name, sizeof(name), fmt, ap);
	t = copy_process(&args);
	if (IS_ERR(t))
		return t;
	t->kthread_fn = (void (*)(void *))(void *)fn;
	ignore_signals(t);
	WRITE_ONCE(t->state, TASK_IDLE);
	return t;
}

/** kthread_create - Context: may sleep. Return: a sleeping thread, or ERR_PTR. */
struct task_struct *kthread_create(int (*fn)(void *), void *arg, const char *fmt, ...)
{
	struct task_struct *t;
	va_list ap;

	va_start(ap, fmt);
	t = kthread_vcreate(fn, arg, fmt, ap);
	va_end(ap);
	return t;
}

/** kthread_run - kthread_create() and start it. */
struct task_struct *kthread_run(int (*fn)(void *), void *arg, const char *fmt, ...)
{
	struct task_struct *t;
	va_list ap;

	va_start(ap, fmt);
	t = kthread_vcreate(fn, arg, fmt, ap);
	va_end(ap);
	if (!IS_ERR(t))
		wake_up_process(t);
	return t;
}

/** kthread_bind - @t, not started yet, will run on @cpu only. */
void kthread_bind(struct task_struct *t, unsigned int cpu)
{
	cpumask_t mask = CPU_MASK_NONE;

	__cpumask_set_cpu(cpu, &mask);
	sched_setaffinity_task(t, &mask);
}
