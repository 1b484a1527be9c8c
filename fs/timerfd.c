// SPDX-License-Identifier: GPL-2.0-only
/*
 * timerfd: a timer that is read. It counts its expiries, and a periodic one is only
 * started again when somebody asks, so that a fast timer that nobody reads costs
 * nothing; what has passed meanwhile is counted then.
 *
 * Locks: the wait queue's lock guards all of a timerfd; cancel_lock the list of
 * those that want to hear when the wall clock is set (TFD_TIMER_CANCEL_ON_SET).
 */
#include <fs/timerfd.h>
#include <arch/uaccess.h>
#include <fs/anon_inodes.h>
#include <fs/fs.h>
#include <fs/poll.h>
#include <fs/seq_file.h>
#include <fs/uio.h>
#include <kernel/cred.h>
#include <kernel/syscalls.h>
#include <kernel/timer.h>
#include <lib/err.h>
#include <mm/slab.h>
#include <linux/timerfd.h>

struct timerfd_ctx {
	wait_queue_head_t wqh;
	struct hrtimer timer;
	clockid_t clock;		/* as it was asked for */
	ktime_t interval;		/* 0: once */
	u64 ticks;			/* expiries that have not been read */
	bool expired;			/* and, if periodic, not started again */
	int settime_flags;
	bool cancelable;		/* in cancel_list */
	bool canceled;			/* the clock was set since */
	struct list_head cancel;
};

static DEFINE_SPINLOCK(cancel_lock, LR_TIMER_TASK);
static LIST_HEAD(cancel_list);
static const struct file_operations timerfd_fops;

static bool is_alarm(clockid_t clock)
{
	return clock == CLOCK_REALTIME_ALARM || clock == CLOCK_BOOTTIME_ALARM;
}

/* the machine does not sleep: waking it is no difference */
static clockid_t timer_clock(clockid_t clock)
{
	if (clock == CLOCK_REALTIME_ALARM)
		return CLOCK_REALTIME;
	return clock == CLOCK_BOOTTIME_ALARM ? CLOCK_BOOTTIME : clock;
}

static ktime_t now_of(const struct timerfd_ctx *ctx)
{
	s64 ns = 0;

	(void)clock_get_ns(timer_clock(ctx->clock), &ns);
	return ns;
}

/* ---- expiry ---- */

/* Context: wqh.lock */
static void tick(struct timerfd_ctx *ctx)
{
	ctx->ticks++;
	if (waitqueue_active(&ctx->wqh))
		__wake_up_locked(&ctx->wqh, TASK_NORMAL, 1, (void *)(unsigned long)EPOLLIN);
}

static enum hrtimer_restart timer_fired(struct hrtimer *t)
{
	struct timerfd_ctx *ctx = container_of(t, struct timerfd_ctx, timer);
	unsigned long flags;

	spin_lock_irqsave(&ctx->wqh.lock, flags);
	ctx->expired = true;
	tick(ctx);
	spin_unlock_irqrestore(&ctx->wqh.lock, flags);
	return HRTIMER_NORESTART;
}

/* what has passed since a periodic timer expired, and the next period. wqh.lock held */
static void catch_up(struct timerfd_ctx *ctx)
{
	u64 periods;

	if (!ctx->expired || !ctx->interval)
		return;
	ctx->expired = false;
	periods = hrtimer_forward(&ctx->timer, now_of(ctx), ctx->interval);
	if (periods)		/* none: the clock was set back */
		ctx->ticks += periods - 1;
	hrtimer_start(&ctx->timer, ctx->timer.expires);
}

void timerfd_clock_was_set(void)
{
	struct timerfd_ctx *ctx;
	unsigned long flags;

	spin_lock_irqsave(&cancel_lock, flags);
	list_for_each_entry(ctx, &cancel_list, cancel) {
		spin_lock(&ctx->wqh.lock);
		if (!ctx->canceled) {
			ctx->canceled = true;
			tick(ctx);
		}
		spin_unlock(&ctx->wqh.lock);
	}
	spin_unlock_irqrestore(&cancel_lock, flags);
}

/* Context: wqh.lock. Was the clock set since the last time? */
static bool take_cancel(struct timerfd_ctx *ctx)
{
	bool was = ctx->canceled;

	ctx->canceled = false;
	return was;
}

static void set_cancelable(struct timerfd_ctx *ctx, bool on)
{
	spin_lock_irq(&cancel_lock);
	if (on && !ctx->cancelable)
		list_add(&ctx->cancel, &cancel_list);
	else if (!on && ctx->cancelable)
		list_del(&ctx->cancel);
	ctx->cancelable = on;
	spin_unlock_irq(&cancel_lock);
}

/* ---- the file ---- */

static u32 timerfd_poll(struct file *f, poll_table *pt)
{
	struct timerfd_ctx *ctx = f->private_data;

	poll_wait(f, &ctx->wqh, pt);
	return READ_ONCE(ctx->ticks) ? EPOLLIN : 0;
}

/* Return: expiries since the last read; 0: none; -ECANCELED */
static s64 take_ticks(struct timerfd_ctx *ctx)
{
	s64 taken;

	spin_lock_irq(&ctx->wqh.lock);
	if (take_cancel(ctx)) {
		ctx->expired = false;
		taken = -ECANCELED;
	} else {
		catch_up(ctx);
		taken = ctx->ticks;
	}
	ctx->ticks = 0;
	spin_unlock_irq(&ctx->wqh.lock);
	return taken;
}

static ssize_t timerfd_read(struct kiocb *iocb, struct iov_iter *to)
{
	struct timerfd_ctx *ctx = iocb->ki_filp->private_data;
	s64 taken;
	int err;

	if (iov_iter_count(to) < sizeof(taken))
		return -EINVAL;
	while (!(taken = take_ticks(ctx))) {
		if (!iocb_may_block(iocb))
			return -EAGAIN;
		err = wait_event_interruptible(ctx->wqh, READ_ONCE(ctx->ticks));
		if (err)
			return err;
	}
	if (taken < 0)
		return taken;
	return copy_to_iter(&taken, sizeof(taken), to) == sizeof(taken) ? (ssize_t)sizeof(taken) : -EFAULT;
}

static int timerfd_release(struct inode *inode, struct file *f)
{
	struct timerfd_ctx *ctx = f->private_data;

	set_cancelable(ctx, false);
	hrtimer_cancel(&ctx->timer);
	kfree(ctx);
	return 0;
}

/* wqh.lock held */
static struct __kernel_itimerspec setting(struct timerfd_ctx *ctx)
{
	ktime_t left = ctx->timer.queued ? hrtimer_remaining(&ctx->timer) : 0;

	return (struct __kernel_itimerspec){
		.it_interval = ns_to_timespec(ctx->interval),
		.it_value = ns_to_timespec(max(left, (ktime_t)0)),
	};
}

static void timerfd_show_fdinfo(struct seq_file *m, struct file *f)
{
	struct timerfd_ctx *ctx = f->private_data;
	struct __kernel_itimerspec t;
	u64 ticks;

	spin_lock_irq(&ctx->wqh.lock);
	t = setting(ctx);
	ticks = ctx->ticks;
	spin_unlock_irq(&ctx->wqh.lock);
	seq_printf(m, "clockid: %d\nticks: %llu\nsettime flags: 0%o\n", ctx->clock, ticks, ctx->settime_flags);
	seq_printf(m, "it_value: (%llu, %llu)\nit_interval: (%llu, %llu)\n", (u64)t.it_value.tv_sec,
		   (u64)t.it_value.tv_nsec, (u64)t.it_interval.tv_sec, (u64)t.it_interval.tv_nsec);
}

static const struct file_operations timerfd_fops = {
	.llseek		= noop_llseek,
	.read_iter	= timerfd_read,
	.poll		= timerfd_poll,
	.release	= timerfd_release,
	.show_fdinfo	= timerfd_show_fdinfo,
};

/* ---- system calls ---- */

static bool clock_ok(clockid_t clock)
{
	return clock == CLOCK_MONOTONIC || clock == CLOCK_REALTIME || clock == CLOCK_BOOTTIME || is_alarm(clock);
}

SYSCALL_DEFINE2(timerfd_create, clockid_t, clock, int, flags)
{
	struct timerfd_ctx *ctx;
	int fd;

	if (flags & ~(TFD_CLOEXEC | TFD_NONBLOCK) || !clock_ok(clock))
		return -EINVAL;
	if (is_alarm(clock) && !capable(CAP_WAKE_ALARM))
		return -EPERM;
	ctx = kzalloc(sizeof(*ctx), GFP_KERNEL);
	if (!ctx)
		return -ENOMEM;
	init_waitqueue_head(&ctx->wqh);
	ctx->clock = clock;
	hrtimer_init(&ctx->timer, timer_clock(clock), timer_fired);
	fd = anon_inode_getfd("[timerfd]", &timerfd_fops, ctx, O_RDWR | flags);
	if (fd < 0)
		kfree(ctx);
	return fd;
}

/* with wqh.lock held and the timer stopped; its function takes that lock */
static void lock_stopped(struct timerfd_ctx *ctx) __no_tsa
{
	spin_lock_irq(&ctx->wqh.lock);
	while (hrtimer_try_to_cancel(&ctx->timer) < 0) {
		spin_unlock_irq(&ctx->wqh.lock);
		cpu_relax();
		spin_lock_irq(&ctx->wqh.lock);
	}
}

/* *@t: the new setting, then the old one */
static int set_time(struct timerfd_ctx *ctx, int flags, struct __kernel_itimerspec *t) __no_tsa
{
	const int on_set = TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET;
	ktime_t value = timespec_to_ns(&t->it_value), interval = timespec_to_ns(&t->it_interval);
	ktime_t left;
	int err;

	set_cancelable(ctx, timer_clock(ctx->clock) == CLOCK_REALTIME && (flags & on_set) == on_set);
	lock_stopped(ctx);
	if (ctx->expired && ctx->interval)
		hrtimer_forward(&ctx->timer, now_of(ctx), ctx->interval);
	left = ctx->timer.expires ? ctx->timer.expires - now_of(ctx) : 0;
	t->it_value = ns_to_timespec(max(left, (ktime_t)0));
	t->it_interval = ns_to_timespec(ctx->interval);

	ctx->settime_flags = flags;
	ctx->expired = false;
	ctx->ticks = 0;
	ctx->interval = interval;
	ctx->timer.expires = 0;
	if (value) {
		if (!(flags & TFD_TIMER_ABSTIME))
			value = value < KTIME_MAX - now_of(ctx) ? value + now_of(ctx) : KTIME_MAX;
		hrtimer_start(&ctx->timer, value);
	}
	err = take_cancel(ctx) ? -ECANCELED : 0;
	spin_unlock_irq(&ctx->wqh.lock);
	return err;
}

/* @fd, if it is a timerfd that current may use. ERR_PTR(-EBADF, -EINVAL, -EPERM) */
static struct timerfd_ctx *timerfd_get(int fd, struct fd *f, bool set)
{
	struct timerfd_ctx *ctx;
	int err = -EINVAL;

	*f = fdget(fd);
	if (!f->file)
		return ERR_PTR(-EBADF);
	ctx = f->file->private_data;
	if (f->file->f_op == &timerfd_fops) {
		if (!set || !is_alarm(ctx->clock) || capable(CAP_WAKE_ALARM))
			return ctx;
		err = -EPERM;
	}
	fdput(*f);
	return ERR_PTR(err);
}

SYSCALL_DEFINE4(timerfd_settime, int, fd, int, flags, const struct __kernel_itimerspec __user *, unew,
		struct __kernel_itimerspec __user *, uold)
{
	struct __kernel_itimerspec t;
	struct timerfd_ctx *ctx;
	struct fd f;
	int err;

	if (copy_from_user(&t, unew, sizeof(t)))
		return -EFAULT;
	if (flags & ~(TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET) || !timespec_valid(&t.it_value) ||
	    !timespec_valid(&t.it_interval))
		return -EINVAL;
	ctx = timerfd_get(fd, &f, true);
	if (IS_ERR(ctx))
		return PTR_ERR(ctx);
	err = set_time(ctx, flags, &t);
	fdput(f);
	if (uold && copy_to_user(uold, &t, sizeof(t)))
		return -EFAULT;
	return err;
}

SYSCALL_DEFINE2(timerfd_gettime, int, fd, struct __kernel_itimerspec __user *, u)
{
	struct __kernel_itimerspec t;
	struct timerfd_ctx *ctx;
	struct fd f;

	ctx = timerfd_get(fd, &f, false);
	if (IS_ERR(ctx))
		return PTR_ERR(ctx);
	spin_lock_irq(&ctx->wqh.lock);
	catch_up(ctx);
	t = setting(ctx);
	spin_unlock_irq(&ctx->wqh.lock);
	fdput(f);
	return copy_to_user(u, &t, sizeof(t)) ? -EFAULT : 0;
}
