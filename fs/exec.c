// SPDX-License-Identifier: GPL-2.0-only
/*
 * execve: everything that can refuse is done on a new address space beside the
 * old one; begin_new_exec() is the point of no return, and whatever fails after
 * it ends the process with SIGSEGV.
 *
 * The new stack is filled from its top while the caller's memory is still
 * there: the file's name, the environment, the arguments; the format's loader
 * puts the vectors below.
 */
#include "binprm.h"
#include <arch/processor.h>
#include <arch/uaccess.h>
#include <kernel/cred.h>
#include <kernel/posix_timers.h>
#include <kernel/signal.h>
#include <kernel/syscalls.h>
#include <lib/err.h>
#include <lib/printf.h>
#include <lib/string.h>
#include <linux/personality.h>
#include <mm/slab.h>

#define MAX_ARG_STRLEN	(PAGE_SIZE * 32)	/* one string */
#define MAX_ARG_STRINGS	0x7FFFFFFF
#define ARG_MAX_BYTES	131072UL		/* always allowed in all */
#define STK_LIM		(8UL << 20)

/* the page of the new stack that holds @addr, referenced */
static struct page *arg_page(struct linux_binprm *bprm, unsigned long addr)
{
	struct page *page;

	mmap_read_lock(bprm->mm);
	page = get_user_page(bprm->mm, addr, true);
	mmap_read_unlock(bprm->mm);
	return page;
}

/* Push @len bytes (with NUL) at @src, in user memory or not, below bprm->p. */
static int push_bytes(struct linux_binprm *bprm, const char __user *usrc, const char *ksrc, unsigned long len)
{
	if (bprm->p - bprm->arg_limit < len)
		return -E2BIG;
	bprm->p -= len;
	for (unsigned long done = 0; done < len; ) {
		unsigned long at = bprm->p + done;
		unsigned long n = min(len - done, PAGE_SIZE - offset_in_page(at));
		struct page *page = arg_page(bprm, at & PAGE_MASK);
		char *to;
		int err = 0;

		if (IS_ERR(page))
			return PTR_ERR(page) == -ENOMEM ? -ENOMEM : -E2BIG;
		to = page_address(page) + offset_in_page(at);
		if (ksrc)
			memcpy(to, ksrc + done, n);
		else if (copy_from_user(to, usrc + done, n))
			err = -EFAULT;
		put_page(page);
		if (err)
			return err;
		done += n;
		if (fatal_signal_pending(current))
			return -ERESTARTNOHAND;
		cond_resched();
	}
	return 0;
}

int copy_string_kernel(const char *s, struct linux_binprm *bprm)
{
	unsigned long len = strlen(s) + 1;

	return len > MAX_ARG_STRLEN ? -E2BIG : push_bytes(bprm, NULL, s, len);
}

/* a vector of strings: in user memory, or the kernel's own (the first init) */
struct arg_vector {
	const char __user *const __user *user;
	const char *const *kernel;
};

static int get_arg(const struct arg_vector *v, int i, const char __user **u, const char **k)
{
	*u = NULL;
	*k = NULL;
	if (v->kernel)
		*k = v->kernel[i];
	else if (v->user && get_user(*u, v->user + i))
		return -EFAULT;
	return 0;
}

static int count_args(const struct arg_vector *v)
{
	const char __user *u;
	const char *k;

	for (int i = 0; ; i++) {
		if (get_arg(v, i, &u, &k))
			return -EFAULT;
		if (!u && !k)
			return i;
		if (i >= MAX_ARG_STRINGS)
			return -E2BIG;
		if (fatal_signal_pending(current))
			return -ERESTARTNOHAND;
		cond_resched();
	}
}

static int copy_args(struct linux_binprm *bprm, const struct arg_vector *v, int count)
{
	while (count-- > 0) {
		const char __user *u;
		const char *k;
		long len;
		int err = get_arg(v, count, &u, &k);

		if (err)
			return err;
		if (k) {
			err = copy_string_kernel(k, bprm);
		} else {
			len = u ? strnlen_user(u, MAX_ARG_STRLEN) : 0;
			if (!len)
				return -EFAULT;
			if (len > (long)MAX_ARG_STRLEN)
				return -E2BIG;
			err = push_bytes(bprm, u, NULL, len);
		}
		if (err)
			return err;
	}
	return 0;
}

/* strings may take a quarter of the stack limit, at most 6 MiB, at least 128 KiB,
 * and the pointers to them count too */
static int set_arg_limit(struct linux_binprm *bprm)
{
	unsigned long limit = min(STK_LIM / 4 * 3, rlimit(RLIMIT_STACK) / 4);
	unsigned long ptrs = (unsigned long)(max(bprm->argc, 1) + bprm->envc) * sizeof(void *);

	limit = max(limit, ARG_MAX_BYTES);
	if (limit <= ptrs)
		return -E2BIG;
	bprm->arg_limit = bprm->p - (limit - ptrs);
	return 0;
}

int remove_arg_zero(struct linux_binprm *bprm)
{
	bool end = false;

	if (!bprm->argc)
		return 0;
	while (!end) {
		unsigned long at = bprm->p;
		struct page *page = arg_page(bprm, at & PAGE_MASK);
		const char *k;

		if (IS_ERR(page))
			return -EFAULT;
		k = page_address(page);
		do {
			end = !k[offset_in_page(bprm->p)];
			bprm->p++;
		} while (!end && offset_in_page(bprm->p));
		put_page(page);
	}
	bprm->argc--;
	return 0;
}

int bprm_read(struct file *f, loff_t pos, void *buf, size_t n)
{
	ssize_t r = kernel_read(f, buf, n, &pos);

	if (r < 0)
		return r;
	return (size_t)r == n ? 0 : -ENOEXEC;
}

/* ---- the point of no return ---- */

static void exec_mmap(struct mm_struct *mm)
{
	struct task_struct *t = current;
	struct mm_struct *old = t->mm, *active = t->active_mm;

	if (old)
		mm_release(t, old);
	local_irq_disable();
	t->mm = mm;
	t->active_mm = mm;
	mm->owner = t;
	switch_mm(active, mm);
	local_irq_enable();
	if (old) {
		if (get_mm_rss(old) > t->signal->maxrss)
			t->signal->maxrss = get_mm_rss(old);
		mmput(old);
	} else if (active) {
		mmdrop(active);
	}
}

/* a sighand shared with another process (CLONE_SIGHAND) is left behind by de_thread() */
int begin_new_exec(struct linux_binprm *bprm) __no_tsa
{
	struct task_struct *t = current;
	char comm[sizeof(t->comm)];
	int err;

	would_dump(bprm, bprm->file);
	bprm->point_of_no_return = true;
	err = de_thread(t);
	if (err)
		return err;
	bprm_finish_creds(bprm);
	err = unshare_files();
	if (err)
		return err;
	set_mm_exe_file(bprm->mm, bprm->file);
	exec_mmap(bprm->mm);
	bprm->mm = NULL;

	exit_itimers(t->signal);
	t->flags &= ~(PF_FORKNOEXEC | PF_KTHREAD);
	t->did_exec = true;
	WRITE_ONCE(t->self_exec_id, t->self_exec_id + 1);
	flush_thread();
	if (bprm->secure)
		t->personality &= ~PER_CLEAR_ON_SETID;
	do_close_on_exec(t->files);
	t->mm->dumpable = bprm->secure || bprm->unreadable ? 0 : 1;
	if (bprm->secure)
		t->pdeath_signal = 0;
	strscpy(comm, kbasename(bprm->filename), sizeof(comm));
	set_task_comm(t, comm);
	t->sas_ss_sp = t->sas_ss_size = 0;
	flush_signal_handlers(t, false);
	commit_creds(bprm->cred);
	bprm->cred = NULL;
	mutex_unlock(&t->signal->cred_guard_mutex);
	return 0;
}

/* ---- the call ---- */

static int new_stack(struct linux_binprm *bprm)
{
	struct vm_area_struct *vma;

	bprm->mm = mm_alloc();
	if (!bprm->mm)
		return -ENOMEM;
	vma = setup_stack_vma(bprm->mm, randomize_stack_top(STACK_TOP));
	if (IS_ERR(vma))
		return PTR_ERR(vma);
	bprm->p = vma->vm_end - sizeof(void *);
	return 0;
}

static int fill_buf(struct linux_binprm *bprm)
{
	loff_t pos = 0;
	ssize_t n;

	memset(bprm->buf, 0, BINPRM_BUF);
	n = kernel_read(bprm->file, bprm->buf, BINPRM_BUF, &pos);
	return n < 0 ? n : 0;
}

static int search_format(struct linux_binprm *bprm)
{
	for (;;) {
		int err = fill_buf(bprm);

		if (err)
			return err;
		bprm_fill_creds(bprm);
		err = load_script(bprm);
		if (err == -ENOEXEC)
			err = load_elf_binary(bprm);
		if (err != -EAGAIN || bprm->point_of_no_return)
			return err;
		if (++bprm->depth > BINPRM_MAX_DEPTH)
			return -ELOOP;
	}
}

static void free_bprm(struct linux_binprm *bprm) __no_tsa
{
	if (bprm->mm)
		mmput(bprm->mm);
	if (bprm->cred) {
		abort_creds(bprm->cred);
		mutex_unlock(&current->signal->cred_guard_mutex);
	}
	if (bprm->file) {
		allow_write_access(bprm->file);
		fput(bprm->file);
	}
	kfree(bprm->interp);
	kfree(bprm);
}

static int prepare(struct linux_binprm *bprm, const struct arg_vector *argv, const struct arg_vector *envp)
{
	int err = new_stack(bprm);

	if (err)
		return err;
	bprm->argc = count_args(argv);
	if (bprm->argc < 0)
		return bprm->argc;
	bprm->envc = count_args(envp);
	if (bprm->envc < 0)
		return bprm->envc;
	err = set_arg_limit(bprm);
	if (!err)
		err = copy_string_kernel(bprm->filename, bprm);
	if (!err)
		err = copy_args(bprm, envp, bprm->envc);
	if (!err)
		err = copy_args(bprm, argv, bprm->argc);
	/* a program always gets an argv[0] */
	if (!err && !bprm->argc) {
		err = copy_string_kernel("", bprm);
		bprm->argc = 1;
	}
	return err;
}

/* @filename: what AT_EXECFN says; @file: already open for exec. Consumes @file. */
static int exec_file(struct file *file, const char *filename, bool inaccessible,
		     const struct arg_vector *argv, const struct arg_vector *envp) __no_tsa
{
	struct linux_binprm *bprm = kzalloc(sizeof(*bprm), GFP_KERNEL);
	int err = -ENOMEM;

	if (!bprm) {
		allow_write_access(file);
		fput(file);
		return err;
	}
	bprm->file = file;
	bprm->filename = filename;
	bprm->path_inaccessible = inaccessible;
	bprm->interp = kstrdup(filename, GFP_KERNEL);
	if (!bprm->interp)
		goto out;
	err = mutex_lock_interruptible(&current->signal->cred_guard_mutex) ? -ERESTARTNOINTR : 0;
	if (err)
		goto out;
	bprm->cred = prepare_creds();
	if (!bprm->cred) {
		mutex_unlock(&current->signal->cred_guard_mutex);
		err = -ENOMEM;
		goto out;
	}
	err = prepare(bprm, argv, envp);
	if (!err)
		err = search_format(bprm);
	if (err && bprm->point_of_no_return && !fatal_signal_pending(current))
		force_fatal_sig(SIGSEGV);
out:
	free_bprm(bprm);
	return err;
}

/**
 * do_open_execat - open what is to be run: a regular file on a mount that
 * allows it, executable for us (not necessarily readable), and not written by
 * anybody until allow_write_access().
 * Return: ERR_PTR: -EACCES, -ETXTBSY, -ELOOP, and those of a lookup.
 */
struct file *do_open_execat(int dfd, struct filename *name, int flags)
{
	unsigned int lookup = flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW;
	struct inode *inode;
	struct path path;
	struct file *f;
	int err;

	if (flags & AT_EMPTY_PATH)
		lookup |= LOOKUP_EMPTY;
	err = filename_lookup(dfd, name, lookup, &path);
	if (err)
		return ERR_PTR(err);
	inode = d_inode(path.dentry);
	if (S_ISLNK(inode->i_mode))
		err = -ELOOP;
	else if (!S_ISREG(inode->i_mode) || path_noexec(&path))
		err = -EACCES;
	else
		err = inode_permission(inode, MAY_EXEC | MAY_OPEN);
	f = err ? ERR_PTR(err) : dentry_open(&path, O_RDONLY | O_LARGEFILE, current_cred());
	path_put(&path);
	if (IS_ERR(f))
		return f;
	err = deny_write_access(f);
	if (err) {
		fput(f);
		return ERR_PTR(err);
	}
	return f;
}

/* would the new program find descriptor @fd open? */
static bool fd_is_cloexec(unsigned int fd)
{
	struct fdtable *fdt = rcu_dereference(current->files->fdt);

	return fd < fdt->max_fds && test_bit(fd, fdt->close_on_exec);
}

static int exec_name(int dfd, struct filename *name, const struct arg_vector *argv,
		     const struct arg_vector *envp, int flags)
{
	bool by_fd = dfd != AT_FDCWD && name->name[0] != '/';
	char fdname[32], *path = NULL;
	struct file *file;
	int err = -ENOMEM;

	file = do_open_execat(dfd, name, flags);
	if (IS_ERR(file)) {
		putname(name);
		return PTR_ERR(file);
	}
	if (by_fd) {
		if (name->name[0])
			path = kasprintf(GFP_KERNEL, "/dev/fd/%d/%s", dfd, name->name);
		else
			snprintf(path = fdname, sizeof(fdname), "/dev/fd/%d", dfd);
	} else {
		path = kstrdup(name->name, GFP_KERNEL);
	}
	if (path) {
		err = exec_file(file, path, by_fd && fd_is_cloexec(dfd), argv, envp);
	} else {
		allow_write_access(file);
		fput(file);
	}
	if (path != fdname)
		kfree(path);
	putname(name);
	return err;
}

int do_execveat(int dfd, struct filename *name, const char __user *const __user *argv,
		const char __user *const __user *envp, int flags)
{
	struct arg_vector a = { .user = argv }, e = { .user = envp };

	if (IS_ERR(name))
		return PTR_ERR(name);
	if ((current->flags & PF_NPROC_EXCEEDED) && user_over_nproc(current_cred()->user)) {
		putname(name);
		return -EAGAIN;
	}
	current->flags &= ~PF_NPROC_EXCEEDED;
	return exec_name(dfd, name, &a, &e, flags);
}

/**
 * kernel_execve - a kernel thread becomes the program @name.
 * Context: the thread returns from its function afterwards, into user mode. Return: 0 or -errno.
 */
int kernel_execve(const char *name, const char *const *argv, const char *const *envp)
{
	struct arg_vector a = { .kernel = argv }, e = { .kernel = envp };
	struct filename *fn = getname_kernel(name);

	if (IS_ERR(fn))
		return PTR_ERR(fn);
	return exec_name(AT_FDCWD, fn, &a, &e, 0);
}

SYSCALL_DEFINE3(execve, const char __user *, name, const char __user *const __user *, argv,
		const char __user *const __user *, envp)
{
	return do_execveat(AT_FDCWD, getname(name), argv, envp, 0);
}

SYSCALL_DEFINE5(execveat, int, dfd, const char __user *, name, const char __user *const __user *, argv,
		const char __user *const __user *, envp, int, flags)
{
	if (flags & ~(AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW))
		return -EINVAL;
	return do_execveat(dfd, getname_flags(name, flags & AT_EMPTY_PATH ? LOOKUP_EMPTY : 0), argv, envp, flags);
}
