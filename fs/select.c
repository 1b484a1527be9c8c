// SPDX-License-Identifier: GPL-2.0-only
/*
 * poll and select: ask every file, and if none is ready sleep on all the
 * queues that the files named, then ask again. A wake-up between asking and
 * sleeping is not lost: it sets ->triggered.
 *
 * Entries come from a few on the stack, then from pages, as many as are needed.
 */
#include <fs/poll.h>
#include <arch/uaccess.h>
#include <fs/fs.h>
#include <kernel/sched.h>
#include <kernel/signal.h>
#include <kernel/syscalls.h>
#include <kernel/timer.h>
#include <lib/bitops.h>
#include <lib/err.h>
#include <lib/string.h>
#include <mm/page_alloc.h>
#include <mm/slab.h>

#define INLINE_ENTRIES	6
#define POLLIN_SET	(EPOLLRDNORM | EPOLLRDBAND | EPOLLIN | EPOLLHUP | EPOLLERR | EPOLLNVAL)
#define POLLOUT_SET	(EPOLLWRBAND | EPOLLWRNORM | EPOLLOUT | EPOLLERR | EPOLLNVAL)
#define POLLEX_SET	(EPOLLPRI | EPOLLNVAL)

struct poll_wqueues;

struct poll_entry {
	struct wait_queue_entry wait;
	wait_queue_head_t *queue;
	struct file *file;
	u32 key;
	struct poll_wqueues *owner;
};

struct poll_page {
	struct poll_page *next;
	unsigned int count;
	struct poll_entry entries[];
};
#define ENTRIES_PER_PAGE ((PAGE_SIZE - sizeof(struct poll_page)) / sizeof(struct poll_entry))

struct poll_wqueues {
	poll_table pt;
	struct task_struct *task;
	bool triggered;
	int error;
	unsigned int inline_count;
	struct poll_page *pages;
	struct poll_entry inline_entries[INLINE_ENTRIES];
};

static int poll_wake(struct wait_queue_entry *e, unsigned int mode, int flags, void *key)
{
	struct poll_entry *pe = container_of(e, struct poll_entry, wait);
	struct poll_wqueues *pwq = pe->owner;

	if (key && !((unsigned long)key & pe->key))
		return 0;
	smp_store_release(&pwq->triggered, true);
	return wake_up_state(pwq->task, TASK_NORMAL);
}

static struct poll_entry *new_entry(struct poll_wqueues *pwq)
{
	struct poll_page *p = pwq->pages;

	if (pwq->inline_count < INLINE_ENTRIES)
		return &pwq->inline_entries[pwq->inline_count++];
	if (!p || p->count == ENTRIES_PER_PAGE) {
		p = (struct poll_page *)__get_free_page(GFP_KERNEL);
		if (!p) {
			pwq->error = -ENOMEM;
			return NULL;
		}
		p->next = pwq->pages;
		p->count = 0;
		pwq->pages = p;
	}
	return &p->entries[p->count++];
}

static void queue_wait(struct file *f, wait_queue_head_t *q, poll_table *pt)
{
	struct poll_wqueues *pwq = container_of(pt, struct poll_wqueues, pt);
	struct poll_entry *e = new_entry(pwq);

	if (!e)
		return;
	e->file = get_file(f);
	e->queue = q;
	e->key = pt->key;
	e->owner = pwq;
	e->wait = (struct wait_queue_entry){ .private = pwq, .func = poll_wake };
	INIT_LIST_HEAD(&e->wait.entry);
	add_wait_queue(q, &e->wait);
}

static void poll_initwait(struct poll_wqueues *pwq)
{
	pwq->pt.qproc = queue_wait;
	pwq->pt.key = ~0u;
	pwq->task = current;
	pwq->triggered = false;
	pwq->error = 0;
	pwq->inline_count = 0;
	pwq->pages = NULL;
}

static void free_entry(struct poll_entry *e)
{
	remove_wait_queue(e->queue, &e->wait);
	fput(e->file);
}

static void poll_freewait(struct poll_wqueues *pwq)
{
	for (unsigned int i = 0; i < pwq->inline_count; i++)
		free_entry(&pwq->inline_entries[i]);
	while (pwq->pages) {
		struct poll_page *p = pwq->pages;

		for (unsigned int i = 0; i < p->count; i++)
			free_entry(&p->entries[i]);
		pwq->pages = p->next;
		free_page((unsigned long)p);
	}
}

/* Sleep until a queue fires or @deadline (KTIME_MAX: never). Return: false: it has passed. */
static bool poll_sleep(struct poll_wqueues *pwq, ktime_t deadline)
{
	bool in_time = true;

	set_current_state(TASK_INTERRUPTIBLE);
	if (!smp_load_acquire(&pwq->triggered) && !signal_pending(current)) {
		if (deadline == KTIME_MAX)
			schedule();
		else
			in_time = schedule_hrtimeout(deadline, CLOCK_MONOTONIC) != 0;
	}
	__set_current_state(TASK_RUNNING);
	WRITE_ONCE(pwq->triggered, false);
	smp_mb();	/* before the files are asked again */
	return in_time;
}

/* One file's mask. Once something was found nobody needs to be waited for. */
static u32 ask(struct file *f, u32 wanted, poll_table *pt)
{
	if (!f->f_op->poll)
		return DEFAULT_POLLMASK;
	if (pt)
		pt->key = wanted | EPOLLERR | EPOLLHUP;
	return f->f_op->poll(f, pt);
}

/* asks all files, with @pt queueing on each until one is ready. Return: how many are, or -errno */
typedef int (*ask_all_t)(void *files, poll_table **pt);

/* Ask, sleep, ask again. Return: as @ask_all; -EINTR, -ENOMEM, 0 at @deadline */
static int wait_for_files(ask_all_t ask_all, void *files, ktime_t deadline)
{
	struct poll_wqueues pwq;
	poll_table *pt = &pwq.pt;
	bool last = deadline == 0;
	int count;

	poll_initwait(&pwq);
	if (last)
		pt = NULL;
	for (;;) {
		count = ask_all(files, &pt);
		pt = NULL;		/* the queues are known now */
		if (!count)
			count = pwq.error;
		if (!count && signal_pending(current))
			count = -EINTR;
		if (count || last)
			break;
		last = !poll_sleep(&pwq, deadline);
	}
	poll_freewait(&pwq);
	return count;
}

/* ---- poll ---- */

struct poll_list {
	struct pollfd *fds;
	unsigned int n;
};

static int poll_once(void *files, poll_table **pt)
{
	const struct poll_list *list = files;
	struct pollfd *fds = list->fds;
	unsigned int n = list->n;
	int count = 0;

	for (unsigned int i = 0; i < n; i++) {
		u32 mask = 0, wanted = (u16)fds[i].events;
		struct fd f;

		if (fds[i].fd >= 0) {
			f = fdget(fds[i].fd);
			mask = EPOLLNVAL;
			if (f.file) {
				mask = ask(f.file, wanted, *pt) & (wanted | EPOLLERR | EPOLLHUP);
				fdput(f);
			}
		}
		fds[i].revents = mask;
		if (mask) {
			count++;
			*pt = NULL;
		}
	}
	return count;
}

static long do_poll(struct pollfd __user *ufds, unsigned int n, ktime_t deadline)
{
	struct pollfd few[16], *fds = few;
	long count;

	if (n > rlimit(RLIMIT_NOFILE))
		return -EINVAL;
	if (n > ARRAY_SIZE(few)) {
		fds = kvmalloc_array(n, sizeof(*fds), GFP_KERNEL);
		if (!fds)
			return -ENOMEM;
	}
	count = -EFAULT;
	if (copy_from_user(fds, ufds, n * sizeof(*fds)))
		goto out;
	count = wait_for_files(poll_once, &(struct poll_list){ fds, n }, deadline);
	for (unsigned int i = 0; i < n; i++)
		if (put_user(fds[i].revents, &ufds[i].revents)) {
			count = -EFAULT;
			break;
		}
out:
	if (fds != few)
		kvfree(fds);
	return count;
}

/* 0: do not wait; KTIME_MAX: for ever */
static ktime_t deadline_of(const struct __kernel_timespec *ts)
{
	if (!ts)
		return KTIME_MAX;
	if (!ts->tv_sec && !ts->tv_nsec)
		return 0;
	return timeout_to_deadline(ts);
}

/* Tell the caller how much time is left; failing to do so is no error. */
static void put_remaining(struct __kernel_timespec __user *uts, const struct __kernel_timespec *ts, ktime_t deadline)
{
	struct __kernel_timespec left = { 0 };

	if (!uts)
		return;
	if (deadline == KTIME_MAX)
		left = *ts;
	else if (deadline)
		left = ns_to_timespec(max(deadline - ktime_get(), (ktime_t)0));
	(void)put_timespec(&left, uts);
}

SYSCALL_DEFINE5(ppoll, struct pollfd __user *, ufds, unsigned int, n, struct __kernel_timespec __user *, uts,
		const sigset_t __user *, mask, size_t, size)
{
	struct __kernel_timespec ts;
	ktime_t deadline;
	long r;

	if (uts) {
		if (get_timespec(&ts, uts))
			return -EFAULT;
		if (!timespec_valid(&ts))
			return -EINVAL;
	}
	deadline = deadline_of(uts ? &ts : NULL);
	r = set_user_sigmask(mask, size);
	if (r)
		return r;
	r = do_poll(ufds, n, deadline);
	if (mask)
		restore_saved_sigmask_unless(r == -EINTR);
	put_remaining(uts, &ts, deadline);
	return r == -EINTR ? -ERESTARTNOHAND : r;
}

/* ---- select ---- */

struct fd_bits {
	unsigned long *in, *out, *ex, *rin, *rout, *rex;
	unsigned int n;			/* descriptors */
};

static u32 wanted_of(const struct fd_bits *b, unsigned int w, unsigned long bit)
{
	return (b->in[w] & bit ? POLLIN_SET : 0) | (b->out[w] & bit ? POLLOUT_SET : 0) |
	       (b->ex[w] & bit ? POLLEX_SET : 0);
}

/* one word of each set; Return: results found, or -EBADF */
static int select_word(struct fd_bits *b, unsigned int w, poll_table **pt)
{
	unsigned long all = b->in[w] | b->out[w] | b->ex[w], rin = 0, rout = 0, rex = 0;
	int count = 0;

	while (all) {
		unsigned int i = __builtin_ctzl(all);
		unsigned long bit = 1UL << i;
		struct fd f;
		u32 mask;

		all &= ~bit;
		if (w * BITS_PER_LONG + i >= b->n)
			break;
		f = fdget(w * BITS_PER_LONG + i);
		if (!f.file)
			return -EBADF;
		mask = ask(f.file, wanted_of(b, w, bit), *pt);
		fdput(f);
		if ((mask & POLLIN_SET) && (b->in[w] & bit)) {
			rin |= bit;
			count++;
		}
		if ((mask & POLLOUT_SET) && (b->out[w] & bit)) {
			rout |= bit;
			count++;
		}
		if ((mask & POLLEX_SET) && (b->ex[w] & bit)) {
			rex |= bit;
			count++;
		}
		if (count)
			*pt = NULL;
	}
	b->rin[w] = rin;
	b->rout[w] = rout;
	b->rex[w] = rex;
	return count;
}

static int select_once(void *files, poll_table **pt)
{
	struct fd_bits *b = files;
	int count = 0;

	for (unsigned int w = 0; w < DIV_ROUND_UP(b->n, BITS_PER_LONG); w++) {
		int r = select_word(b, w, pt);

		if (r < 0)
			return r;
		count += r;
	}
	return count;
}

static int get_fd_set(unsigned int bytes, const void __user *u, unsigned long *set)
{
	if (u)
		return copy_from_user(set, u, bytes) ? -EFAULT : 0;
	memset(set, 0, bytes);
	return 0;
}

static int put_fd_set(unsigned int bytes, void __user *u, const unsigned long *set)
{
	return u && copy_to_user(u, set, bytes) ? -EFAULT : 0;
}

static long do_select(int n, void __user *in, void __user *out, void __user *ex, ktime_t deadline)
{
	unsigned long few[6 * 2], *bits = few;
	unsigned int words, bytes, max_fds;
	struct fd_bits b;
	long r;

	if (n < 0)
		return -EINVAL;
	rcu_read_lock();
	max_fds = rcu_dereference(current->files->fdt)->max_fds;
	rcu_read_unlock();
	n = min((unsigned int)n, max_fds);
	words = DIV_ROUND_UP(n, BITS_PER_LONG);
	bytes = words * sizeof(long);
	if (words * 6 > ARRAY_SIZE(few)) {
		bits = kvmalloc_array(words * 6, sizeof(long), GFP_KERNEL);
		if (!bits)
			return -ENOMEM;
	}
	b = (struct fd_bits){ bits, bits + words, bits + 2 * words,
			      bits + 3 * words, bits + 4 * words, bits + 5 * words, n };
	r = get_fd_set(bytes, in, b.in);
	if (!r)
		r = get_fd_set(bytes, out, b.out);
	if (!r)
		r = get_fd_set(bytes, ex, b.ex);
	if (!r) {
		memset(b.rin, 0, 3 * bytes);
		r = wait_for_files(select_once, &b, deadline);
		if (r >= 0 && (put_fd_set(bytes, in, b.rin) || put_fd_set(bytes, out, b.rout) ||
			       put_fd_set(bytes, ex, b.rex)))
			r = -EFAULT;
	}
	if (bits != few)
		kvfree(bits);
	return r;
}

struct sigset_argpack {
	const sigset_t __user *mask;
	size_t size;
};

SYSCALL_DEFINE6(pselect6, int, n, void __user *, in, void __user *, out, void __user *, ex,
		struct __kernel_timespec __user *, uts, const struct sigset_argpack __user *, sig)
{
	struct sigset_argpack pack = { 0 };
	struct __kernel_timespec ts;
	ktime_t deadline;
	long r;

	if (sig && copy_from_user(&pack, sig, sizeof(pack)))
		return -EFAULT;
	if (uts) {
		if (get_timespec(&ts, uts))
			return -EFAULT;
		if (!timespec_valid(&ts))
			return -EINVAL;
	}
	deadline = deadline_of(uts ? &ts : NULL);
	r = set_user_sigmask(pack.mask, pack.size);
	if (r)
		return r;
	r = do_select(n, in, out, ex, deadline);
	if (pack.mask)
		restore_saved_sigmask_unless(r == -EINTR);
	put_remaining(uts, &ts, deadline);
	return r == -EINTR ? -ERESTARTNOHAND : r;
}
