// SPDX-License-Identifier: GPL-2.0-only
/*
 * Descriptor tables. Lookup is lockless; changes are under file_lock. A table grows by
 * being replaced: the old arrays are freed after a grace period.
 *
 * Invariants, checked by files_validate():
 * F1  fd[n] set => bit n of open_fds set (a set bit with fd[n] NULL is reserved)
 * F2  a bit of close_on_exec means something only where open_fds has one
 * F3  bit w of full_fds set <=> word w of open_fds has no zero
 * F4  no free descriptor is below next_fd
 *
 * fdget() takes no reference when nobody else shares the table: then only the task
 * itself could close the file, and it is inside a system call.
 */
#include "vfs_internal.h"
#include "fdtable.h"
#include <lib/bitmap.h>
#include <kernel/signal.h>

unsigned int sysctl_nr_open = NR_OPEN_MAX;

struct files_struct init_files = {
	.count = ATOMIC_INIT(1),
	.fdt = &init_files.fdtab,
	.fdtab = {
		.max_fds = NR_FD_INIT,
		.fd = init_files.fd_array,
		.close_on_exec = init_files.close_on_exec_init,
		.open_fds = init_files.open_fds_init,
		.full_fds = init_files.full_fds_init,
	},
	.file_lock = __SPIN_LOCK_INIT(LR_FILES),
	.resize_wait = __WAIT_QUEUE_HEAD_INIT(init_files.resize_wait),
};

/* ---- tables ---- */

struct fdtable *alloc_fdtable(unsigned int nr)
{
	struct fdtable *fdt;
	unsigned int words;
	char *bits;

	nr = roundup_pow_of_two(max(nr, 256u));
	if (nr > sysctl_nr_open)
		nr = ALIGN(sysctl_nr_open, BITS_PER_LONG);
	words = nr / BITS_PER_LONG;
	fdt = kmalloc(sizeof(*fdt), GFP_KERNEL);
	if (!fdt)
		return NULL;
	fdt->max_fds = nr;
	fdt->fd = kvmalloc_array(nr, sizeof(struct file *), GFP_KERNEL);
	bits = kvzalloc((2 * words + BITS_TO_LONGS(words)) * sizeof(long), GFP_KERNEL);
	if (!fdt->fd || !bits) {
		kvfree(fdt->fd);
		kvfree(bits);
		kfree(fdt);
		return NULL;
	}
	fdt->open_fds = (unsigned long *)bits;
	fdt->close_on_exec = fdt->open_fds + words;
	fdt->full_fds = fdt->close_on_exec + words;
	return fdt;
}

void __free_fdtable(struct fdtable *fdt)
{
	kvfree(fdt->fd);
	kvfree(fdt->open_fds);
	kfree(fdt);
}

static void free_fdtable_rcu(struct rcu_head *head)
{
	__free_fdtable(container_of(head, struct fdtable, rcu));
}

/* The first @nr descriptors of @old; @new is larger or equal. */
void copy_fdtable(struct fdtable *new, const struct fdtable *old, unsigned int nr)
{
	unsigned int words = nr / BITS_PER_LONG;
	unsigned int new_words = new->max_fds / BITS_PER_LONG;

	memcpy(new->fd, old->fd, nr * sizeof(struct file *));
	memset(new->fd + nr, 0, (new->max_fds - nr) * sizeof(struct file *));
	memcpy(new->open_fds, old->open_fds, words * sizeof(long));
	memset(new->open_fds + words, 0, (new_words - words) * sizeof(long));
	memcpy(new->close_on_exec, old->close_on_exec, words * sizeof(long));
	memset(new->close_on_exec + words, 0, (new_words - words) * sizeof(long));
	bitmap_zero(new->full_fds, new_words);
	bitmap_copy(new->full_fds, old->full_fds, words);
}

/* file_lock held, dropped and taken again. Return: 1 grown, 0 nothing to do, -ENOMEM, -EMFILE. */
int expand_files(struct files_struct *files, unsigned int nr) __must_hold(files->file_lock)
{
	struct fdtable *old = files->fdt, *new;
	int err = -ENOMEM;

	while (nr >= old->max_fds) {
		if (nr >= sysctl_nr_open)
			return -EMFILE;
		if (files->resize_in_progress) {
			spin_unlock(&files->file_lock);
			wait_event(files->resize_wait, !READ_ONCE(files->resize_in_progress));
			spin_lock(&files->file_lock);
			old = files->fdt;
			continue;
		}
		files->resize_in_progress = true;
		spin_unlock(&files->file_lock);
		new = alloc_fdtable(nr + 1);
		if (new && unlikely(new->max_fds <= nr)) {	/* sysctl_nr_open was lowered meanwhile */
			__free_fdtable(new);
			new = NULL;
			err = -EMFILE;
		}
		/* lockless fd_install() must be out of the old arrays before they are copied */
		if (new && atomic_read(&files->count) > 1)
			synchronize_rcu();
		spin_lock(&files->file_lock);
		if (new) {
			old = files->fdt;
			copy_fdtable(new, old, old->max_fds);
			rcu_assign_pointer(files->fdt, new);
			if (old != &files->fdtab)
				call_rcu(&old->rcu, free_fdtable_rcu);
		}
		smp_wmb();
		files->resize_in_progress = false;
		wake_up_all(&files->resize_wait);
		return new ? 1 : err;
	}
	return 0;
}

void __set_open_fd(struct fdtable *fdt, unsigned int fd, bool cloexec)
{
	__set_bit(fd, fdt->open_fds);
	if (!~fdt->open_fds[fd / BITS_PER_LONG])
		__set_bit(fd / BITS_PER_LONG, fdt->full_fds);
	__assign_bit(fd, fdt->close_on_exec, cloexec);
}

static inline void __put_unused_fd(struct files_struct *files, unsigned int fd)
{
	struct fdtable *fdt = files->fdt;

	__clear_bit(fd, fdt->open_fds);
	__clear_bit(fd, fdt->close_on_exec);
	__clear_bit(fd / BITS_PER_LONG, fdt->full_fds);
	if (fd < files->next_fd)
		files->next_fd = fd;
}

static unsigned int find_next_fd(const struct fdtable *fdt, unsigned int start)
{
	unsigned int max = fdt->max_fds;
	unsigned long free = ~fdt->open_fds[start / BITS_PER_LONG] & BITMAP_FIRST_WORD_MASK(start);
	unsigned int word;

	if (likely(free))
		return ALIGN_DOWN(start, BITS_PER_LONG) + __ffs(free);
	word = find_next_zero_bit(fdt->full_fds, max / BITS_PER_LONG, start / BITS_PER_LONG + 1);
	if (word >= max / BITS_PER_LONG)
		return max;
	return find_next_zero_bit(fdt->open_fds, max, word * BITS_PER_LONG);
}

int alloc_fd(unsigned int start, unsigned int end, unsigned int flags)
{
	struct files_struct *files = current->files;
	struct fdtable *fdt;
	unsigned int fd;
	int err;

	spin_lock(&files->file_lock);
	for (;;) {
		fdt = files->fdt;
		fd = max(start, files->next_fd);
		if (fd < fdt->max_fds)
			fd = find_next_fd(fdt, fd);
		err = -EMFILE;
		if (unlikely(fd >= end))
			goto out;
		if (likely(fd < fdt->max_fds))
			break;
		err = expand_files(files, fd);
		if (err < 0)
			goto out;
	}
	if (start <= files->next_fd)
		files->next_fd = fd + 1;
	__set_open_fd(fdt, fd, flags & O_CLOEXEC);
	err = fd;
out:
	spin_unlock(&files->file_lock);
	return err;
}

/** get_unused_fd_flags - reserve the lowest free descriptor. Return: it, -EMFILE, -ENOMEM. */
int get_unused_fd_flags(unsigned int flags)
{
	return alloc_fd(0, rlimit(RLIMIT_NOFILE), flags);
}

/** put_unused_fd - give a reserved descriptor back. */
void put_unused_fd(unsigned int fd)
{
	struct files_struct *files = current->files;

	spin_lock(&files->file_lock);
	__put_unused_fd(files, fd);
	spin_unlock(&files->file_lock);
}

/**
 * fd_install - a reserved descriptor gets its file; consumes the reference.
 *
 * No lock: the descriptor is ours, and a table being replaced waits for a grace period
 * with resize_in_progress set.
 */
void fd_install(unsigned int fd, struct file *f)
{
	struct files_struct *files = current->files;

	if (unlikely(READ_ONCE(files->resize_in_progress))) {
		spin_lock(&files->file_lock);
		rcu_assign_pointer(files->fdt->fd[fd], f);
		spin_unlock(&files->file_lock);
		return;
	}
	smp_rmb();
	rcu_assign_pointer(rcu_dereference(files->fdt)->fd[fd], f);
}

/* file_lock held. Return: the file that was there, or NULL. */
struct file *file_take_fd(struct files_struct *files, unsigned int fd)
{
	struct fdtable *fdt = files->fdt;
	struct file *f;

	if (fd >= fdt->max_fds)
		return NULL;
	f = fdt->fd[fd];
	if (f) {
		WRITE_ONCE(fdt->fd[fd], NULL);
		__put_unused_fd(files, fd);
	}
	return f;
}

/** filp_close - what close() does for the descriptor's file. Return: ->flush's error. */
int filp_close(struct file *f)
{
	int err = 0;

	if (f->f_op && f->f_op->flush)
		err = f->f_op->flush(f);
	if (unlikely(f->f_inode && f->f_inode->i_flctx) && !(f->f_mode & FMODE_PATH))
		locks_remove_posix(f, current->files);
	fput(f);
	return err;
}

/** close_fd - Return: 0, -EBADF, or ->flush's error. */
int close_fd(unsigned int fd)
{
	struct files_struct *files = current->files;
	struct file *f;

	spin_lock(&files->file_lock);
	f = file_take_fd(files, fd);
	spin_unlock(&files->file_lock);
	if (unlikely(!f))
		return -EBADF;
	return filp_close(f);
}

/* ---- lookup ---- */

static struct file *__fget_files(struct files_struct *files, unsigned int fd, fmode_t not)
{
	const struct fdtable *fdt;
	struct file *f;

	for (;;) {
		fdt = rcu_dereference(files->fdt);
		if (unlikely(fd >= fdt->max_fds))
			return NULL;
		f = rcu_dereference(fdt->fd[fd]);
		if (!f)
			return NULL;
		if (!atomic64_inc_not_zero(&f->f_count))
			continue;
		/* the memory may be another file by now */
		if (likely(f == READ_ONCE(fdt->fd[fd]) && fdt == READ_ONCE(files->fdt)))
			return f->f_mode & not ? (fput(f), NULL) : f;
		fput(f);
	}
}

/** fget - the file behind @fd, referenced. Return: NULL: none, or O_PATH. */
struct file *fget(unsigned int fd)
{
	return __fget_files(current->files, fd, FMODE_PATH);
}

struct file *fget_raw(unsigned int fd)
{
	return __fget_files(current->files, fd, 0);
}

/** fget_task - of another task, also O_PATH files. */
struct file *fget_task(struct task_struct *t, unsigned int fd)
{
	struct files_struct *files = get_files_struct(t);
	struct file *f;

	if (!files)
		return NULL;
	f = __fget_files(files, fd, 0);
	put_files_struct(files);
	return f;
}

static inline struct fd __fdget(unsigned int fd, fmode_t not)
{
	struct files_struct *files = current->files;
	struct file *f;

	/* acquire: what a thread that has just exited did to the table is seen */
	if (likely(atomic_read_acquire(&files->count) == 1)) {
		const struct fdtable *fdt = files->fdt;

		if (unlikely(fd >= fdt->max_fds))
			return (struct fd){ NULL, 0 };
		f = fdt->fd[fd];
		if (unlikely(!f || (f->f_mode & not)))
			return (struct fd){ NULL, 0 };
		return (struct fd){ f, 0 };
	}
	f = __fget_files(files, fd, not);
	return (struct fd){ f, f ? FDPUT_FPUT : 0 };
}

struct fd fdget(unsigned int fd)
{
	return __fdget(fd, FMODE_PATH);
}

struct fd fdget_raw(unsigned int fd)
{
	return __fdget(fd, 0);
}

/** fdget_pos - and the file's position is ours until fdput_pos(). */
struct fd fdget_pos(unsigned int fd) __no_tsa	/* the lock travels in the struct fd */
{
	struct fd f = __fdget(fd, FMODE_PATH);

	/* directories have no exclusion of their own between readers of one position */
	if (f.file && (f.file->f_mode & FMODE_ATOMIC_POS) &&
	    unlikely(atomic64_read(&f.file->f_count) > 1 || f.file->f_op->iterate_shared)) {
		f.flags |= FDPUT_POS_UNLOCK;
		mutex_lock(&f.file->f_pos_lock);
	}
	return f;
}

void fdput_pos_slow(struct fd f) __no_tsa
{
	if (f.flags & FDPUT_POS_UNLOCK)
		mutex_unlock(&f.file->f_pos_lock);
	fdput(f);
}

bool get_close_on_exec(unsigned int fd)
{
	const struct fdtable *fdt = rcu_dereference(current->files->fdt);

	return fd < fdt->max_fds && test_bit(fd, fdt->close_on_exec);
}

int set_close_on_exec(unsigned int fd, bool on)
{
	struct files_struct *files = current->files;

	spin_lock(&files->file_lock);
	__assign_bit(fd, files->fdt->close_on_exec, on);
	spin_unlock(&files->file_lock);
	return 0;
}
