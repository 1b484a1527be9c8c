// SPDX-License-Identifier: GPL-2.0-only
/*
 * The smaller files of a process: cmdline, environ, auxv, mem, comm, oom_score_adj,
 * wchan, personality, mounts.
 */
#include "internal.h"
#include <arch/uaccess.h>
#include <kernel/cred.h>
#include <kernel/signal.h>
#include <lib/err.h>
#include <lib/kstrto.h>
#include <lib/printf.h>
#include <mm/mm.h>
#include <mm/page_alloc.h>
#include <mm/reclaim.h>
#include <linux/oom.h>

/* ---- another's address space ---- */

/* Return: with a reference by mmget(), NULL: it has none, ERR_PTR(-EACCES). */
static struct mm_struct *get_task_mm_access(struct task_struct *t, unsigned int mode)
{
	struct mm_struct *mm = get_task_mm(t);

	if (mm && mm != current->mm && !ptrace_may_access(t, mode)) {
		mmput(mm);
		return ERR_PTR(-EACCES);
	}
	return mm;
}

struct mm_struct *proc_mem_open(struct inode *inode, unsigned int mode)
{
	struct task_struct *t = get_proc_task(inode);
	struct mm_struct *mm;

	if (!t)
		return ERR_PTR(-ESRCH);
	mm = get_task_mm_access(t, mode);
	put_task_struct(t);
	if (!IS_ERR_OR_NULL(mm)) {
		/* the struct stays, but its memory may go while the file is open */
		mmgrab(mm);
		mmput(mm);
	}
	return mm;
}

static int mm_file_open(struct inode *inode, struct file *f, unsigned int mode)
{
	struct mm_struct *mm = proc_mem_open(inode, mode);

	if (IS_ERR(mm))
		return PTR_ERR(mm);
	f->private_data = mm;
	return 0;
}

static int mm_file_open_read(struct inode *inode, struct file *f)
{
	return mm_file_open(inode, f, PTRACE_MODE_READ_FSCREDS);
}

static int mm_file_release(struct inode *inode, struct file *f)
{
	if (f->private_data)
		mmdrop(f->private_data);
	return 0;
}

/*
 * Copy [addr, addr + n) of @mm to @buf, or the other way round.
 * Return: bytes done; @fail if that would be none.
 */
static ssize_t copy_mem(struct mm_struct *mm, char __user *buf, unsigned long addr, size_t n, bool write)
{
	char *page = (char *)__get_free_page(GFP_KERNEL);
	ssize_t done = 0, err = 0;

	if (!page)
		return -ENOMEM;
	while (n && !err) {
		int part = min_t(size_t, n, PAGE_SIZE), got;

		if (write && copy_from_user(page, buf, part)) {
			err = -EFAULT;
			break;
		}
		got = access_remote_vm(mm, addr, page, part, write);
		if (!got)
			err = -EIO;
		else if (!write && copy_to_user(buf, page, got))
			err = -EFAULT;
		if (!err) {
			buf += got;
			addr += got;
			done += got;
			n -= got;
		}
		if (!err && fatal_signal_pending(current))
			err = -EINTR;
	}
	free_page(page);
	return done ? done : err;
}

/* ---- mem ---- */

static int mem_open(struct inode *inode, struct file *f)
{
	return mm_file_open(inode, f, PTRACE_MODE_ATTACH_FSCREDS);
}

static ssize_t mem_rw(struct file *f, char __user *buf, size_t n, loff_t *pos, bool write)
{
	struct mm_struct *mm = f->private_data;
	ssize_t done;

	if (!mm || !mmget_not_zero(mm))
		return 0;
	done = copy_mem(mm, buf, *pos, n, write);
	mmput(mm);
	if (done > 0)
		*pos += done;
	return done;
}

static ssize_t mem_read(struct file *f, char __user *buf, size_t n, loff_t *pos)
{
	return mem_rw(f, buf, n, pos, false);
}

static ssize_t mem_write(struct file *f, const char __user *buf, size_t n, loff_t *pos)
{
	return mem_rw(f, (char __user *)buf, n, pos, true);
}

static loff_t mem_llseek(struct file *f, loff_t off, int whence)
{
	if (whence == SEEK_CUR)
		off += f->f_pos;
	else if (whence != SEEK_SET)
		return -EINVAL;
	return f->f_pos = off;
}

const struct file_operations proc_mem_fops = {
	.llseek = mem_llseek,
	.read = mem_read,
	.write = mem_write,
	.open = mem_open,
	.release = mm_file_release,
};

/* ---- environ ---- */

static ssize_t environ_read(struct file *f, char __user *buf, size_t n, loff_t *pos)
{
	struct mm_struct *mm = f->private_data;
	unsigned long start, end;
	ssize_t done = 0;

	if (!mm || !mmget_not_zero(mm))
		return 0;
	spin_lock(&mm->arg_lock);
	start = mm->env_start;
	end = mm->env_end;
	spin_unlock(&mm->arg_lock);
	if (end > start && *pos < end - start)
		done = copy_mem(mm, buf, start + *pos, min_t(size_t, n, end - start - *pos), false);
	mmput(mm);
	if (done > 0)
		*pos += done;
	return done;
}

const struct file_operations proc_environ_fops = {
	.llseek = mem_llseek,
	.read = environ_read,
	.open = mm_file_open_read,
	.release = mm_file_release,
};

/* ---- auxv ---- */

static ssize_t auxv_read(struct file *f, char __user *buf, size_t n, loff_t *pos)
{
	struct mm_struct *mm = f->private_data;
	unsigned int words = 0;

	if (!mm)
		return 0;
	do {
		words += 2;
	} while (words < AT_VECTOR_SIZE && mm->saved_auxv[words - 2]);
	return simple_read_from_buffer(buf, n, pos, mm->saved_auxv, words * sizeof(mm->saved_auxv[0]));
}

const struct file_operations proc_auxv_fops = {
	.llseek = generic_file_llseek,
	.read = auxv_read,
	.open = mm_file_open_read,
	.release = mm_file_release,
};

/* ---- cmdline ---- */

/*
 * A program may have overwritten its arguments with another title, which then may
 * run on into the environment: if the last byte of the arguments is not NUL, the
 * title ends at the first NUL. Return: length in bytes; *@start: where.
 */
static size_t cmdline_extent(struct mm_struct *mm, unsigned long *start)
{
	unsigned long arg_start, arg_end, env_start, env_end;
	char last, c;
	size_t len;

	spin_lock(&mm->arg_lock);
	arg_start = mm->arg_start;
	arg_end = mm->arg_end;
	env_start = mm->env_start;
	env_end = mm->env_end;
	spin_unlock(&mm->arg_lock);
	*start = arg_start;
	if (arg_start >= arg_end)
		return 0;
	if (env_start != arg_end || env_end < env_start)
		env_start = env_end = arg_end;
	if (access_remote_vm(mm, arg_end - 1, &last, 1, false) != 1 || !last)
		return arg_end - arg_start;
	for (len = 0; arg_start + len < env_end; len++)
		if (access_remote_vm(mm, arg_start + len, &c, 1, false) != 1 || !c)
			break;
	return len;
}

static ssize_t cmdline_read(struct file *f, char __user *buf, size_t n, loff_t *pos)
{
	struct task_struct *t = get_proc_task(file_inode(f));
	struct mm_struct *mm = t ? get_task_mm(t) : NULL;
	unsigned long start;
	ssize_t done = 0;
	size_t len;

	if (t)
		put_task_struct(t);
	if (!mm)
		return t ? 0 : -ESRCH;
	len = cmdline_extent(mm, &start);
	if (*pos < len)
		done = copy_mem(mm, buf, start + *pos, min_t(size_t, n, len - *pos), false);
	mmput(mm);
	if (done == -EIO)
		done = 0;
	if (done > 0)
		*pos += done;
	return done;
}

const struct file_operations proc_pid_cmdline_fops = {
	.llseek = generic_file_llseek,
	.read = cmdline_read,
};

/* ---- personality, wchan, oom_score ---- */

int proc_pid_personality(struct seq_file *m, struct task_struct *t)
{
	if (!ptrace_may_access(t, PTRACE_MODE_ATTACH_FSCREDS))
		return -EPERM;
	seq_printf(m, "%08x\n", t->personality);
	return 0;
}

/* the name of the function a task sleeps in is not told: 0, as without kallsyms */
int proc_pid_wchan(struct seq_file *m, struct task_struct *t)
{
	seq_putc(m, '0');
	return 0;
}

int proc_oom_score(struct seq_file *m, struct task_struct *t)
{
	unsigned long total = totalram_pages();
	long bad = oom_badness(t, total), points = 0;

	/* Linux's scale: 0 to 2000 with the adjustment in the middle */
	if (bad != LONG_MIN)
		points = (1000 + bad * 1000 / (long)total) * 2 / 3;
	seq_printf(m, "%ld\n", max(points, 0L));
	return 0;
}

int proc_pid_mounts(struct seq_file *m, struct task_struct *t)
{
	return show_mounts(m, t);
}

int proc_pid_mountinfo(struct seq_file *m, struct task_struct *t)
{
	return show_mountinfo(m, t);
}

/* ---- files that can be written, of one short line ---- */

static ssize_t copy_line(char *line, size_t size, const char __user *buf, size_t n)
{
	n = min(n, size - 1);
	if (copy_from_user(line, buf, n))
		return -EFAULT;
	line[n] = '\0';
	return n;
}

static ssize_t comm_read(struct file *f, char __user *buf, size_t n, loff_t *pos)
{
	struct task_struct *t = get_proc_task(file_inode(f));
	char line[sizeof(t->comm) + 2];
	int len;

	if (!t)
		return -ESRCH;
	len = scnprintf(line, sizeof(line), "%.*s\n", (int)sizeof(t->comm) - 1, t->comm);
	put_task_struct(t);
	return simple_read_from_buffer(buf, n, pos, line, len);
}

static ssize_t comm_write(struct file *f, const char __user *buf, size_t n, loff_t *pos)
{
	struct task_struct *t;
	char line[sizeof(t->comm)];
	ssize_t ret = copy_line(line, sizeof(line), buf, n);

	if (ret < 0)
		return ret;
	t = get_proc_task(file_inode(f));
	if (!t)
		return -ESRCH;
	if (t->signal == current->signal) {
		set_task_comm(t, line);
		ret = n;
	} else {
		ret = -EINVAL;
	}
	put_task_struct(t);
	return ret;
}

const struct file_operations proc_comm_fops = {
	.llseek = generic_file_llseek,
	.read = comm_read,
	.write = comm_write,
};

static ssize_t oom_score_adj_read(struct file *f, char __user *buf, size_t n, loff_t *pos)
{
	struct task_struct *t = get_proc_task(file_inode(f));
	char line[16];
	int len;

	if (!t)
		return -ESRCH;
	len = snprintf(line, sizeof(line), "%d\n", t->signal->oom_score_adj);
	put_task_struct(t);
	return simple_read_from_buffer(buf, n, pos, line, len);
}

static ssize_t oom_score_adj_write(struct file *f, const char __user *buf, size_t n, loff_t *pos)
{
	struct task_struct *t;
	char line[16];
	int adj, err;
	ssize_t ret = copy_line(line, sizeof(line), buf, n);

	if (ret < 0)
		return ret;
	err = kstrtoint(strim(line), 0, &adj);
	if (err)
		return err;
	if (adj < OOM_SCORE_ADJ_MIN || adj > OOM_SCORE_ADJ_MAX)
		return -EINVAL;
	t = get_proc_task(file_inode(f));
	if (!t)
		return -ESRCH;
	/* anybody may make himself a better victim, and take that back; only root a worse one */
	if (adj < t->signal->oom_score_adj_min && !capable(CAP_SYS_RESOURCE)) {
		ret = -EACCES;
	} else {
		WRITE_ONCE(t->signal->oom_score_adj, adj);
		if (capable(CAP_SYS_RESOURCE))
			t->signal->oom_score_adj_min = adj;
		ret = n;
	}
	put_task_struct(t);
	return ret;
}

const struct file_operations proc_oom_score_adj_fops = {
	.llseek = generic_file_llseek,
	.read = oom_score_adj_read,
	.write = oom_score_adj_write,
};
