// SPDX-License-Identifier: GPL-2.0-only
/*
 * POSIX timers: timer_create() and its family. Timers of the wall and monotonic
 * clocks are hrtimers; timers of CPU clocks are looked at by the tick.
 *
 * A timer that has fired has one signal pending at most: the next period is
 * started when that is taken (posix_timer_delivered()), and the periods that
 * passed meanwhile are counted as overruns. So the shortest period interrupts
 * no more often than its signal is taken; one that is ignored, once a tick.
 *
 * The list of a process and its timers are guarded by siglock.
 */
#include <arch/uaccess.h>
#include <kernel/pid.h>
#include <kernel/posix_timers.h>
#include <kernel/syscalls.h>
#include <lib/err.h>
#include <lib/string.h>
#include <mm/slab.h>

struct k_itimer {
	struct list_head list;		/* signal->posix_timers */
	struct hrtimer timer;
	struct signal_struct *sig;
	struct pid *target;		/* SIGEV_THREAD_ID: the thread; else the process */
	int id;
	clockid_t clock;
	int notify, signo;		/* SIGEV_*, signal */
	sigval_t value;
	bool cpu, cpu_thread;		/* counts CPU time; of one thread */
	struct pid *cpu_pid;		/* whose */
	u64 cpu_expires;
	ktime_t interval;
	bool pending;			/* its signal has not been taken yet */
	unsigned int overrun, overrun_last;
};

static struct k_itimer *find_timer(int id) __no_tsa
{
	struct k_itimer *t;

	list_for_each_entry(t, &current->signal->posix_timers, list)
		if (t->id == id)
			return t;
	return NULL;
}

/* Send the timer's signal. Context: siglock not held; any. Return: false: it was not queued. */
static bool fire(struct k_itimer *t)
{
	bool group = t->notify != SIGEV_THREAD_ID;
	struct task_struct *task;
	siginfo_t info;

	memset(&info, 0, sizeof(info));
	info.si_signo = t->signo;
	info.si_code = SI_TIMER;
	info.si_tid = t->id;
	info.si_value = t->value;
	t->pending = true;
	rcu_read_lock();
	task = pid_task(t->target, group ? PIDTYPE_TGID : PIDTYPE_PID);
	if (!task || send_sigqueue_timer(t->signo, &info, task, group))
		t->pending = false;
	rcu_read_unlock();
	return t->pending;
}

static ktime_t timer_clock(const struct k_itimer *t)
{
	return t->clock == CLOCK_REALTIME ? ktime_get_real() : ktime_get();
}

static enum hrtimer_restart timer_fn(struct hrtimer *h)
{
	struct k_itimer *t = container_of(h, struct k_itimer, timer);

	if (t->notify == SIGEV_NONE || fire(t) || !t->interval)
		return HRTIMER_NORESTART;
	/* nobody will take it: try again, not sooner than the next tick */
	hrtimer_forward(h, timer_clock(t) + NSEC_PER_SEC / HZ, t->interval);
	return HRTIMER_RESTART;
}

void posix_timer_delivered(siginfo_t *info)
{
	struct k_itimer *t = find_timer(info->si_tid);

	if (!t || !t->pending)
		return;
	t->pending = false;
	if (t->interval && !t->cpu && !t->timer.queued) {
		t->overrun = hrtimer_forward(&t->timer, timer_clock(t), t->interval) - 1;
		hrtimer_start(&t->timer, t->timer.expires);
	}
	t->overrun_last = t->overrun;
	t->overrun = 0;
	info->si_overrun = t->overrun_last;
}

static u64 cpu_clock_now(struct k_itimer *t)
{
	struct task_struct *task, *i;
	u64 sum = 0;

	rcu_read_lock();
	task = pid_task(t->cpu_pid, t->cpu_thread ? PIDTYPE_PID : PIDTYPE_TGID);
	if (task && t->cpu_thread) {
		sum = task_sched_runtime(task);
	} else if (task) {
		sum = task->signal->sum_sched_runtime;
		for_each_thread(task, i)
			sum += task_sched_runtime(i);
	}
	rcu_read_unlock();
	return sum;
}

/** posix_cpu_timers_tick - fire those of @p's process whose CPU time has come. Context: interrupt. */
void posix_cpu_timers_tick(struct task_struct *p)
{
	struct k_itimer *t, *due;
	unsigned long flags;

	if (list_empty(&p->signal->posix_timers))
		return;
	do {
		due = NULL;
		spin_lock_irqsave(&p->sighand->siglock, flags);
		list_for_each_entry(t, &p->signal->posix_timers, list) {
			u64 now;

			if (!t->cpu || !t->cpu_expires)
				continue;
			now = cpu_clock_now(t);
			if (now < t->cpu_expires)
				continue;
			due = t;
			if (t->interval) {
				u64 n = 1 + (now - t->cpu_expires) / t->interval;

				t->cpu_expires += n * t->interval;
				if (t->pending) {
					t->overrun += n;
					due = NULL;
					continue;
				}
			} else {
				t->cpu_expires = 0;
			}
			break;
		}
		spin_unlock_irqrestore(&p->sighand->siglock, flags);
		/* only this process deletes its timers, and it is in its tick */
		if (due && due->notify != SIGEV_NONE)
			fire(due);
	} while (due);
}

/* ---- creating ---- */

static int set_clock(struct k_itimer *t, clockid_t clock)
{
	t->clock = clock;
	switch (clock) {
	case CLOCK_REALTIME:
	case CLOCK_MONOTONIC:
	case CLOCK_BOOTTIME:
		hrtimer_init(&t->timer, clock, timer_fn);
		return 0;
	case CLOCK_PROCESS_CPUTIME_ID:
	case CLOCK_THREAD_CPUTIME_ID:
		t->cpu = true;
		t->cpu_thread = clock == CLOCK_THREAD_CPUTIME_ID;
		t->cpu_pid = get_pid(task_pid(t->cpu_thread ? current : current->group_leader));
		return 0;
	case CLOCK_REALTIME_ALARM:
	case CLOCK_BOOTTIME_ALARM:
		return -EOPNOTSUPP;
	default:
		return -EINVAL;
	}
}

static int set_event(struct k_itimer *t, const sigevent_t *ev)
{
	struct task_struct *task;

	t->notify = SIGEV_SIGNAL;
	t->signo = SIGALRM;
	t->value.sival_ptr = NULL;
	t->target = get_pid(task_pid(current->group_leader));
	if (!ev) {
		t->value.sival_int = t->id;
		return 0;
	}
	t->notify = ev->sigev_notify;
	t->signo = ev->sigev_signo;
	t->value = ev->sigev_value;
	switch (ev->sigev_notify) {
	case SIGEV_SIGNAL | SIGEV_THREAD_ID:
		rcu_read_lock();
		task = find_task_by_pid(ev->sigev_notify_thread_id);
		if (!task || task->signal != current->signal) {
			rcu_read_unlock();
			return -EINVAL;
		}
		put_pid(t->target);
		t->target = get_pid(task_pid(task));
		rcu_read_unlock();
		t->notify = SIGEV_THREAD_ID;
		fallthrough;
	case SIGEV_SIGNAL:
	case SIGEV_THREAD:
		return ev->sigev_signo > 0 && ev->sigev_signo <= _NSIG ? 0 : -EINVAL;
	case SIGEV_NONE:
		return 0;
	default:
		return -EINVAL;
	}
}

static void free_timer(struct k_itimer *t)
{
	if (!t->cpu && t->timer.function)
		hrtimer_cancel(&t->timer);
	if (t->target)
		put_pid(t->target);
	if (t->cpu_pid)
		put_pid(t->cpu_pid);
	atomic_dec(&t->sig->nr_timers);
	kfree(t);
}

/* Count a new timer. Return: false: it is one too many, with the signals that are queued */
static bool count_timer(struct signal_struct *s)
{
	unsigned long n = atomic_inc_return(&s->nr_timers);

	return n + atomic_read(&s->nr_sigqueued) <= rlimit(RLIMIT_SIGPENDING);
}

SYSCALL_DEFINE3(timer_create, clockid_t, clock, sigevent_t __user *, uev, int __user *, uid)
{
	struct signal_struct *s = current->signal;
	struct k_itimer *t;
	sigevent_t ev;
	bool room;
	int err;

	if (uev && copy_from_user(&ev, uev, sizeof(ev)))
		return -EFAULT;
	t = kzalloc(sizeof(*t), GFP_KERNEL);
	if (!t)
		return -EAGAIN;
	t->sig = s;
	room = count_timer(s);
	err = set_clock(t, clock);
	if (!err && !room)
		err = -EAGAIN;
	if (!err) {
		spin_lock_irq(&current->sighand->siglock);
		do {
			t->id = s->next_posix_timer_id;
			s->next_posix_timer_id = (t->id + 1) & INT_MAX;
		} while (find_timer(t->id));
		spin_unlock_irq(&current->sighand->siglock);
		err = set_event(t, uev ? &ev : NULL);
	}
	if (!err && put_user(t->id, uid))
		err = -EFAULT;
	if (err) {
		free_timer(t);
		return err;
	}
	spin_lock_irq(&current->sighand->siglock);
	list_add(&t->list, &s->posix_timers);
	spin_unlock_irq(&current->sighand->siglock);
	return 0;
}

/* ---- using ---- */

static ktime_t clock_now(struct k_itimer *t)
{
	if (t->cpu)
		return cpu_clock_now(t);
	return timer_clock(t);
}

/* siglock held */
static void read_timer(struct k_itimer *t, struct __kernel_itimerspec *v)
{
	s64 left = 0;

	if (t->cpu) {
		if (t->cpu_expires)
			left = max((s64)(t->cpu_expires - cpu_clock_now(t)), 1LL);
	} else if (t->timer.queued) {
		left = max(hrtimer_remaining(&t->timer), 1LL);
	} else if (t->interval && (t->pending || t->notify == SIGEV_NONE)) {
		/* between periods that nobody has asked for yet */
		left = t->interval - (timer_clock(t) - t->timer.expires) % t->interval;
	}
	v->it_interval = ns_to_timespec(t->interval);
	v->it_value = ns_to_timespec(left);
}

SYSCALL_DEFINE2(timer_gettime, int, id, struct __kernel_itimerspec __user *, uv)
{
	struct __kernel_itimerspec v;
	struct k_itimer *t;

	spin_lock_irq(&current->sighand->siglock);
	t = find_timer(id);
	if (t)
		read_timer(t, &v);
	spin_unlock_irq(&current->sighand->siglock);
	if (!t)
		return -EINVAL;
	return copy_to_user(uv, &v, sizeof(v)) ? -EFAULT : 0;
}

SYSCALL_DEFINE1(timer_getoverrun, int, id)
{
	struct k_itimer *t;
	long n = -EINVAL;

	spin_lock_irq(&current->sighand->siglock);
	t = find_timer(id);
	if (t)
		n = t->overrun_last;
	spin_unlock_irq(&current->sighand->siglock);
	return n;
}

/* Stop @t. Its function takes siglock, so that is dropped while waiting for it. */
static struct k_itimer *stop_timer(int id) __no_tsa
{
	struct k_itimer *t;

	while ((t = find_timer(id)) && !t->cpu && hrtimer_try_to_cancel(&t->timer) < 0) {
		spin_unlock_irq(&current->sighand->siglock);
		cpu_relax();
		spin_lock_irq(&current->sighand->siglock);
	}
	return t;
}

SYSCALL_DEFINE4(timer_settime, int, id, int, flags, const struct __kernel_itimerspec __user *, unew,
		struct __kernel_itimerspec __user *, uold)
{
	struct __kernel_itimerspec new, old = { 0 };
	struct k_itimer *t;
	ktime_t value;

	if (!unew)
		return -EINVAL;
	if (copy_from_user(&new, unew, sizeof(new)))
		return -EFAULT;
	if (!timespec_valid(&new.it_interval) || !timespec_valid(&new.it_value))
		return -EINVAL;
	value = timespec_to_ns(&new.it_value);
	spin_lock_irq(&current->sighand->siglock);
	t = find_timer(id);
	if (t)
		read_timer(t, &old);
	t = stop_timer(id);
	if (t) {
		t->interval = value ? timespec_to_ns(&new.it_interval) : 0;
		t->pending = false;
		t->overrun = t->overrun_last = 0;
		if (value && !(flags & TIMER_ABSTIME))
			value = value < KTIME_MAX - clock_now(t) ? clock_now(t) + value : KTIME_MAX;
		if (t->cpu)
			t->cpu_expires = value;
		else if (value)
			hrtimer_start(&t->timer, value);
	}
	spin_unlock_irq(&current->sighand->siglock);
	if (!t)
		return -EINVAL;
	return uold && copy_to_user(uold, &old, sizeof(old)) ? -EFAULT : 0;
}

SYSCALL_DEFINE1(timer_delete, int, id)
{
	struct k_itimer *t;

	spin_lock_irq(&current->sighand->siglock);
	t = stop_timer(id);
	if (t)
		list_del(&t->list);
	spin_unlock_irq(&current->sighand->siglock);
	if (!t)
		return -EINVAL;
	free_timer(t);
	return 0;
}

/** exit_itimers - exec, or the process's end: nobody else uses @sig's timers. Context: may sleep. */
void exit_itimers(struct signal_struct *sig)
{
	struct k_itimer *t, *next;
	LIST_HEAD(gone);

	if (list_empty(&sig->posix_timers))
		return;
	spin_lock_irq(&current->sighand->siglock);
	list_splice_init(&sig->posix_timers, &gone);
	spin_unlock_irq(&current->sighand->siglock);
	list_for_each_entry_safe(t, next, &gone, list)
		free_timer(t);
}
