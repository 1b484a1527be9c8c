// SPDX-License-Identifier: GPL-2.0-only
/* /proc/PID/task: the threads of a process, each a directory. */
#include "internal.h"
#include <kernel/signal.h>
#include <lib/err.h>
#include <lib/printf.h>

static struct dentry *task_lookup(struct inode *dir, struct dentry *d, unsigned int flags)
{
	struct task_struct *leader = get_proc_task(dir), *t;
	unsigned int nr = proc_name_to_int(d);
	struct dentry *ret = ERR_PTR(-ENOENT);

	if (!leader)
		return ret;
	t = nr == ~0U ? NULL : find_get_task_by_pid(nr);
	if (t && t->tgid == leader->tgid)
		ret = proc_tid_dir(dir, d, t);
	if (t)
		put_task_struct(t);
	put_task_struct(leader);
	return ret;
}

/*
 * The thread with the smallest number above @after, 0: none. The list is in no order
 * of numbers, and may change between two looks; numbers do not.
 */
static pid_t next_tid(struct task_struct *leader, pid_t after)
{
	struct task_struct *t;
	pid_t best = 0;

	rcu_read_lock();
	for_each_thread(leader, t)
		if (t->pid > after && (!best || t->pid < best))
			best = t->pid;
	rcu_read_unlock();
	return best;
}

static int task_readdir(struct file *f, struct dir_context *ctx)
{
	struct task_struct *leader = get_proc_task(file_inode(f));
	char name[12];
	pid_t tid;

	if (!leader)
		return -ENOENT;
	if (!dir_emit_dots(f, ctx))
		goto out;
	while ((tid = next_tid(leader, ctx->pos - 2))) {
		int len = snprintf(name, sizeof(name), "%d", tid);

		if (!dir_emit(ctx, name, len, pid_ino(tid, INO_TID, 0), DT_DIR))
			break;
		ctx->pos = tid + 2;
	}
out:
	put_task_struct(leader);
	return 0;
}

static int task_getattr(const struct path *path, struct kstat *st, u32 mask, unsigned int flags)
{
	struct task_struct *t = get_proc_task(path->dentry->d_inode);

	proc_pid_getattr(path, st, mask, flags);
	if (t) {
		st->nlink += t->signal->nr_threads;
		put_task_struct(t);
	}
	return 0;
}

static ssize_t dir_read(struct file *f, char __user *buf, size_t n, loff_t *pos)
{
	return -EISDIR;
}

const struct inode_operations proc_task_iops = {
	.lookup = task_lookup,
	.getattr = task_getattr,
	.setattr = proc_setattr,
};

const struct file_operations proc_task_fops = {
	.llseek = generic_file_llseek,
	.read = dir_read,
	.iterate_shared = task_readdir,
};
