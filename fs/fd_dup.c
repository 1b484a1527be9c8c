// SPDX-License-Identifier: GPL-2.0-only
/*
 * Descriptor tables as a whole (fork, exec, exit, unshare) and the calls that copy and
 * close descriptors: dup, dup3, F_DUPFD, close, close_range.
 *
 * files_struct memory stays one for a grace period, so that /proc can take a reference on
 * another task's table unless its count is zero.
 */
#include "fdtable.h"
#include <lib/bitmap.h>
#include <kernel/init.h>
#include <kernel/signal.h>
#include <kernel/syscalls.h>
#include <linux/close_range.h>

static struct kmem_cache *files_cache;

static void init_embedded_table(struct files_struct *f)
{
	f->fdtab.max_fds = NR_FD_INIT;
	f->fdtab.fd = f->fd_array;
	f->fdtab.close_on_exec = f->close_on_exec_init;
	f->fdtab.open_fds = f->open_fds_init;
	f->fdtab.full_fds = f->full_fds_init;
	f->full_fds_init[0] = 0;
	f->fdt = &f->fdtab;
}

/* descriptors up to the last open one, in whole words */
static unsigned int count_open(const struct fdtable *fdt, unsigned int max)
{
	unsigned int words = min(fdt->max_fds, ALIGN(max, 64u)) / BITS_PER_LONG;

	while (words > 1 && !fdt->open_fds[words - 1])
		words--;
	return words * BITS_PER_LONG;
}

/*
 * The copy has the bits of @old; take a reference on each file, and free the
 * descriptors that another thread has reserved but not filled.
 */
static void ref_copied_files(struct fdtable *fdt, unsigned int nr)
{
	unsigned int w;

	for (w = 0; w < nr / BITS_PER_LONG; w++) {
		unsigned long bits = fdt->open_fds[w];

		while (bits) {
			unsigned int fd = w * BITS_PER_LONG + __ffs(bits);
			struct file *f = fdt->fd[fd];

			bits &= bits - 1;
			if (f) {
				get_file(f);
				continue;
			}
			__clear_bit(fd, fdt->open_fds);
			__clear_bit(fd, fdt->close_on_exec);
			__clear_bit(w, fdt->full_fds);
		}
	}
}

/**
 * dup_fd_max - a copy of @old with the descriptors below @max.
 * Context: may sleep.
 * Return: NULL and *@err: -ENOMEM, -EMFILE.
 */
static struct files_struct *dup_fd_max(struct files_struct *old, unsigned int max, int *err)
{
	struct files_struct *new = kmem_cache_alloc(files_cache, GFP_KERNEL);
	struct fdtable *big = NULL;
	unsigned int nr;

	*err = -ENOMEM;
	if (!new)
		return NULL;
	spin_lock_init(&new->file_lock, LR_FILES);
	new->resize_in_progress = false;
	init_waitqueue_head(&new->resize_wait);
	new->next_fd = 0;
	init_embedded_table(new);

	spin_lock(&old->file_lock);
	while ((nr = count_open(old->fdt, max)) > (big ? big->max_fds : NR_FD_INIT)) {
		spin_unlock(&old->file_lock);
		if (big)
			__free_fdtable(big);
		big = alloc_fdtable(nr);
		if (!big || big->max_fds < nr) {
			*err = big ? -EMFILE : -ENOMEM;
			if (big)
				__free_fdtable(big);
			kmem_cache_free(files_cache, new);
			return NULL;
		}
		spin_lock(&old->file_lock);
	}
	if (big)
		new->fdt = big;
	copy_fdtable(new->fdt, old->fdt, nr);
	ref_copied_files(new->fdt, nr);
	spin_unlock(&old->file_lock);
	__atomic_store_n(&new->count.counter, 1, __ATOMIC_RELEASE);
	*err = 0;
	if (CONFIG_DEBUG)
		files_validate(new);
	return new;
}

struct files_struct *dup_fd(struct files_struct *old, int *err)
{
	return dup_fd_max(old, NR_OPEN_MAX, err);
}

static void close_all(struct files_struct *files)
{
	struct fdtable *fdt = files->fdt;
	unsigned int w;

	for (w = 0; w < fdt->max_fds / BITS_PER_LONG; w++) {
		unsigned long bits = fdt->open_fds[w];

		while (bits) {
			struct file *f = xchg(&fdt->fd[w * BITS_PER_LONG + __ffs(bits)], NULL);

			bits &= bits - 1;
			if (f) {
				if (f->f_op && f->f_op->flush)
					f->f_op->flush(f);
				if (unlikely(f->f_inode && f->f_inode->i_flctx))
					locks_remove_posix(f, files);
				fput(f);
				cond_resched();
			}
		}
	}
}

/** put_files_struct - the last reference closes all. Context: may sleep. */
void put_files_struct(struct files_struct *files)
{
	if (!atomic_dec_and_test(&files->count))
		return;
	close_all(files);
	if (files->fdt != &files->fdtab)
		__free_fdtable(files->fdt);
	kmem_cache_free(files_cache, files);
}

struct files_struct *get_files_struct(struct task_struct *t)
{
	struct files_struct *files;

	for (;;) {
		files = rcu_dereference(t->files);
		if (!files)
			return NULL;
		if (!atomic_inc_not_zero(&files->count)) {
			if (READ_ONCE(t->files) == files)
				return NULL;	/* it is closing */
			continue;
		}
		if (files == READ_ONCE(t->files))
			return files;
		put_files_struct(files);
	}
}

void exit_files(struct task_struct *t)
{
	struct files_struct *files = t->files;

	if (!files)
		return;
	WRITE_ONCE(t->files, NULL);
	put_files_struct(files);
}

/** unshare_files - current gets a table of its own. Return: 0, -ENOMEM, -EMFILE. */
int unshare_files(void)
{
	struct files_struct *old = current->files, *new;
	int err;

	if (!old || atomic_read(&old->count) == 1)
		return 0;
	new = dup_fd(old, &err);
	if (!new)
		return err;
	rcu_assign_pointer(current->files, new);
	put_files_struct(old);
	if (CONFIG_DEBUG)
		files_validate(new);
	return 0;
}

/** do_close_on_exec - Context: exec, the table is not shared any more; may sleep. */
void do_close_on_exec(struct files_struct *files)
{
	struct fdtable *fdt = files->fdt;
	unsigned int w;

	for (w = 0; w < fdt->max_fds / BITS_PER_LONG; w++) {
		unsigned long bits = fdt->close_on_exec[w] & fdt->open_fds[w];

		while (bits) {
			unsigned int fd = w * BITS_PER_LONG + __ffs(bits);
			struct file *f;

			bits &= bits - 1;
			spin_lock(&files->file_lock);
			f = file_take_fd(files, fd);
			spin_unlock(&files->file_lock);
			if (f)
				filp_close(f);
		}
		fdt->close_on_exec[w] = 0;
	}
}

/* ---- system calls ---- */

SYSCALL_DEFINE1(close, unsigned int, fd)
{
	int err = close_fd(fd);

	/* the descriptor is gone: a restart would close another */
	if (unlikely(err == -ERESTARTSYS || err == -ERESTARTNOINTR || err == -ERESTARTNOHAND ||
		     err == -ERESTART_RESTARTBLOCK))
		err = -EINTR;
	return err;
}

SYSCALL_DEFINE1(dup, unsigned int, fd)
{
	struct file *f = fget_raw(fd);
	int new;

	if (!f)
		return -EBADF;
	new = get_unused_fd_flags(0);
	if (new < 0)
		fput(f);
	else
		fd_install(new, f);
	return new;
}

SYSCALL_DEFINE3(dup3, unsigned int, oldfd, unsigned int, newfd, int, flags)
{
	struct files_struct *files = current->files;
	struct file *f, *old;
	struct fdtable *fdt;
	int err = -EBADF;

	if (flags & ~O_CLOEXEC || oldfd == newfd)
		return -EINVAL;
	if (newfd >= rlimit(RLIMIT_NOFILE))
		return -EBADF;
	f = fget_raw(oldfd);
	if (!f)
		return -EBADF;
	spin_lock(&files->file_lock);
	if (newfd >= files->fdt->max_fds) {
		err = expand_files(files, newfd);
		if (err < 0) {
			err = err == -EMFILE ? -EBADF : err;
			goto out;
		}
	}
	fdt = files->fdt;
	old = fdt->fd[newfd];
	err = -EBUSY;
	if (!old && test_bit(newfd, fdt->open_fds))
		goto out;		/* another thread is just opening it */
	rcu_assign_pointer(fdt->fd[newfd], f);
	__set_open_fd(fdt, newfd, flags & O_CLOEXEC);
	spin_unlock(&files->file_lock);
	if (old)
		filp_close(old);
	return newfd;
out:
	spin_unlock(&files->file_lock);
	fput(f);
	return err;
}

/** fcntl_dupfd - F_DUPFD: consumes nothing. Return: descriptor >= @from; -EINVAL, -EMFILE. */
long fcntl_dupfd(unsigned int from, struct file *f, unsigned int flags)
{
	unsigned long limit = rlimit(RLIMIT_NOFILE);
	int fd;

	if (from >= limit)
		return -EINVAL;
	fd = alloc_fd(from, limit, flags);
	if (fd >= 0)
		fd_install(fd, get_file(f));
	return fd;
}

static void close_range_now(unsigned int fd, unsigned int last)
{
	struct files_struct *files = current->files;

	spin_lock(&files->file_lock);
	while (fd <= last) {
		struct fdtable *fdt = files->fdt;
		struct file *f;

		fd = find_next_bit(fdt->open_fds, fdt->max_fds, fd);
		if (fd >= fdt->max_fds || fd > last)
			break;
		f = file_take_fd(files, fd++);
		if (!f)
			continue;
		spin_unlock(&files->file_lock);
		filp_close(f);
		cond_resched();
		spin_lock(&files->file_lock);
	}
	spin_unlock(&files->file_lock);
}

SYSCALL_DEFINE3(close_range, unsigned int, first, unsigned int, last, unsigned int, flags)
{
	struct files_struct *files, *new;
	int err;

	if (flags & ~(CLOSE_RANGE_UNSHARE | CLOSE_RANGE_CLOEXEC) || first > last)
		return -EINVAL;
	if ((flags & CLOSE_RANGE_UNSHARE) && atomic_read(&current->files->count) > 1) {
		/* what would be closed up to the end need not be copied */
		bool tail = !(flags & CLOSE_RANGE_CLOEXEC) && last >= current->files->fdt->max_fds - 1;

		new = dup_fd_max(current->files, tail ? max(first, 1u) : NR_OPEN_MAX, &err);
		if (!new)
			return err;
		files = current->files;
		rcu_assign_pointer(current->files, new);
		put_files_struct(files);
	}
	files = current->files;
	if (flags & CLOSE_RANGE_CLOEXEC) {
		spin_lock(&files->file_lock);
		last = min(last, files->fdt->max_fds - 1);
		if (first <= last)
			bitmap_set(files->fdt->close_on_exec, first, last - first + 1);
		spin_unlock(&files->file_lock);
	} else {
		close_range_now(first, last);
	}
	return 0;
}

/** files_validate - asserts F1 to F4 of fdtable.c. */
void files_validate(struct files_struct *files)
{
	struct fdtable *fdt;
	unsigned int fd;

	spin_lock(&files->file_lock);
	fdt = files->fdt;
	BUG_ON(files->next_fd < fdt->max_fds &&
	       find_next_zero_bit(fdt->open_fds, fdt->max_fds, 0) < files->next_fd);
	for (fd = 0; fd < fdt->max_fds; fd++) {
		BUG_ON(fdt->fd[fd] && !test_bit(fd, fdt->open_fds));
		BUG_ON(fdt->fd[fd] && atomic64_read(&fdt->fd[fd]->f_count) <= 0);
	}
	for (fd = 0; fd < fdt->max_fds / BITS_PER_LONG; fd++)
		BUG_ON(test_bit(fd, fdt->full_fds) != !~fdt->open_fds[fd]);
	spin_unlock(&files->file_lock);
}

void __init files_struct_init(void)
{
	files_cache = KMEM_CACHE(files_struct, SLAB_PANIC | SLAB_TYPESAFE_BY_RCU);
}
