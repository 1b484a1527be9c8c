// SPDX-License-Identifier: GPL-2.0-only
/*
 * signalfd: a file from which a process reads its pending signals.
 *
 * The file holds a set of signals and nothing else: whoever reads or polls it takes,
 * or sees, its own. So it waits on the queue of the poller's sighand, which may end
 * before an epoll does that was told to watch it: put_sighand() makes the epoll leave.
 *
 * Lock: siglock of whoever reads; a set that is being changed by another process is
 * the old one or the new one.
 */
#include <arch/uaccess.h>
#include <fs/anon_inodes.h>
#include <fs/fs.h>
#include <fs/poll.h>
#include <fs/seq_file.h>
#include <fs/uio.h>
#include <kernel/signal.h>
#include <kernel/syscalls.h>
#include <lib/err.h>
#include <lib/string.h>
#include <mm/slab.h>
#include <linux/fcntl.h>
#include <linux/signalfd.h>

struct signalfd_ctx {
	sigset_t others;		/* all but the wanted, as dequeue_signal() likes it */
};

static bool is_pending(const struct signalfd_ctx *ctx)
{
	struct task_struct *t = current;
	bool pending;

	spin_lock_irq(&t->sighand->siglock);
	pending = (t->pending.signal.sig[0] | t->signal->shared_pending.signal.sig[0]) &
		  ~ctx->others.sig[0];
	spin_unlock_irq(&t->sighand->siglock);
	return pending;
}

static u32 signalfd_poll(struct file *f, poll_table *pt)
{
	poll_wait(f, &current->sighand->signalfd_wqh, pt);
	return is_pending(f->private_data) ? EPOLLIN : 0;
}

/* Which members of a siginfo_t count depends on who sent it. */
static void fill(struct signalfd_siginfo *to, const siginfo_t *info)
{
	int code = info->si_code;

	memset(to, 0, sizeof(*to));
	to->ssi_signo = info->si_signo;
	to->ssi_errno = info->si_errno;
	to->ssi_code = code;
	if (code == SI_TIMER) {
		to->ssi_tid = info->si_tid;
		to->ssi_overrun = info->si_overrun;
		to->ssi_ptr = (unsigned long)info->si_ptr;
		to->ssi_int = info->si_int;
	} else if (code < 0) {
		to->ssi_pid = info->si_pid;
		to->ssi_uid = info->si_uid;
		to->ssi_ptr = (unsigned long)info->si_ptr;
		to->ssi_int = info->si_int;
	} else if (code == SI_USER || code >= SI_KERNEL) {
		to->ssi_pid = info->si_pid;
		to->ssi_uid = info->si_uid;
	} else if (info->si_signo == SIGCHLD) {
		to->ssi_pid = info->si_pid;
		to->ssi_uid = info->si_uid;
		to->ssi_status = info->si_status;
		to->ssi_utime = info->si_utime;
		to->ssi_stime = info->si_stime;
	} else if (info->si_signo == SIGPOLL) {
		to->ssi_band = info->si_band;
		to->ssi_fd = info->si_fd;
	} else {
		to->ssi_addr = (unsigned long)info->si_addr;
	}
}

static bool take(const struct signalfd_ctx *ctx, siginfo_t *info)
{
	int sig;

	spin_lock_irq(&current->sighand->siglock);
	sig = dequeue_signal(&ctx->others, info);
	spin_unlock_irq(&current->sighand->siglock);
	return sig;
}

/* As many as there are and fit; the first is waited for. */
static ssize_t signalfd_read(struct kiocb *iocb, struct iov_iter *to)
{
	const struct signalfd_ctx *ctx = iocb->ki_filp->private_data;
	size_t room = iov_iter_count(to) / sizeof(struct signalfd_siginfo), done;
	struct signalfd_siginfo out;
	siginfo_t info;
	int err;

	if (!room)
		return -EINVAL;
	for (done = 0; done < room; done++) {
		err = take(ctx, &info) ? 0 : -EAGAIN;
		if (err && !done && iocb_may_block(iocb))
			err = wait_event_interruptible(current->sighand->signalfd_wqh, take(ctx, &info));
		if (!err) {
			fill(&out, &info);
			if (copy_to_iter(&out, sizeof(out), to) != sizeof(out))
				err = -EFAULT;
		}
		if (err)
			return done ? (ssize_t)(done * sizeof(out)) : err;
	}
	return done * sizeof(out);
}

static int signalfd_release(struct inode *inode, struct file *f)
{
	kfree(f->private_data);
	return 0;
}

static void signalfd_show_fdinfo(struct seq_file *m, struct file *f)
{
	const struct signalfd_ctx *ctx = f->private_data;

	seq_printf(m, "sigmask:\t%016lx\n", ~ctx->others.sig[0]);
}

static const struct file_operations signalfd_fops = {
	.llseek		= noop_llseek,
	.read_iter	= signalfd_read,
	.poll		= signalfd_poll,
	.release	= signalfd_release,
	.show_fdinfo	= signalfd_show_fdinfo,
};

static int new_signalfd(const sigset_t *others, int flags)
{
	struct signalfd_ctx *ctx = kmalloc(sizeof(*ctx), GFP_KERNEL);
	int fd;

	if (!ctx)
		return -ENOMEM;
	ctx->others = *others;
	fd = anon_inode_getfd("[signalfd]", &signalfd_fops, ctx, O_RDWR | flags);
	if (fd < 0)
		kfree(ctx);
	return fd;
}

/* Another set for a signalfd that is there: it may have become readable. */
static int change_signalfd(int fd, const sigset_t *others)
{
	struct sighand_struct *sighand = current->sighand;
	struct fd f = fdget(fd);
	struct signalfd_ctx *ctx;
	int ret = -EINVAL;

	if (!f.file)
		return -EBADF;
	if (f.file->f_op == &signalfd_fops) {
		ctx = f.file->private_data;
		spin_lock_irq(&sighand->siglock);
		WRITE_ONCE(ctx->others.sig[0], others->sig[0]);
		spin_unlock_irq(&sighand->siglock);
		wake_up_all(&sighand->signalfd_wqh);
		ret = fd;
	}
	fdput(f);
	return ret;
}

SYSCALL_DEFINE4(signalfd4, int, fd, const sigset_t __user *, umask, size_t, size, int, flags)
{
	sigset_t others;

	if (size != sizeof(sigset_t))
		return -EINVAL;
	if (copy_from_user(&others, umask, sizeof(others)))
		return -EFAULT;
	if (flags & ~(SFD_CLOEXEC | SFD_NONBLOCK))
		return -EINVAL;
	others.sig[0] = ~(others.sig[0] & ~(sigmask(SIGKILL) | sigmask(SIGSTOP)));
	return fd == -1 ? new_signalfd(&others, flags) : change_signalfd(fd, &others);
}
