// SPDX-License-Identifier: GPL-2.0-only
/*
 * /proc/PID and /proc/PID/task/TID: what is in them, and who may look.
 *
 * A dentry of a process is good as long as the process lives (pid_revalidate()) and
 * is not kept when it has died (pid_delete_dentry()). An inode holds the struct pid,
 * never the task; each use looks the task up, and finds none after its death.
 */
#include "internal.h"
#include <fs/pidfs.h>
#include <kernel/cred.h>
#include <kernel/signal.h>
#include <lib/ctype.h>
#include <lib/err.h>
#include <lib/printf.h>
#include <mm/mm.h>

#define DIR(n, m, i, f)		{ .name = n, .mode = S_IFDIR | (m), .iops = i, .fops = f }
#define ONE(n, m, fn)		{ .name = n, .mode = S_IFREG | (m), .show = fn }
#define REG(n, m, f)		{ .name = n, .mode = S_IFREG | (m), .fops = f }
#define LNK(n, fn)		{ .name = n, .mode = S_IFLNK | 0777, .iops = &proc_pid_link_iops, .get_path = fn }

/* what a process and a thread have in common */
#define COMMON_ENTRIES							\
	DIR("fd", 0500, &proc_fd_iops, &proc_fd_fops),			\
	DIR("fdinfo", 0555, &proc_fdinfo_iops, &proc_fdinfo_fops),	\
	REG("environ", 0400, &proc_environ_fops),			\
	REG("auxv", 0400, &proc_auxv_fops),				\
	ONE("status", 0444, proc_pid_status),				\
	ONE("personality", 0400, proc_pid_personality),			\
	ONE("limits", 0444, proc_pid_limits),				\
	REG("comm", 0644, &proc_comm_fops),				\
	REG("cmdline", 0444, &proc_pid_cmdline_fops),			\
	ONE("statm", 0444, proc_pid_statm),				\
	REG("maps", 0444, &proc_pid_maps_fops),				\
	REG("mem", 0600, &proc_mem_fops),				\
	LNK("cwd", proc_cwd_link),					\
	LNK("root", proc_root_link),					\
	LNK("exe", proc_exe_link),					\
	ONE("mounts", 0444, proc_pid_mounts),				\
	ONE("mountinfo", 0444, proc_pid_mountinfo),			\
	REG("smaps", 0444, &proc_pid_smaps_fops),			\
	REG("smaps_rollup", 0444, &proc_pid_smaps_rollup_fops),		\
	REG("pagemap", 0400, &proc_pagemap_fops),			\
	ONE("wchan", 0444, proc_pid_wchan),				\
	ONE("oom_score", 0444, proc_oom_score),				\
	REG("oom_score_adj", 0644, &proc_oom_score_adj_fops)

static const struct pid_entry tgid_entries[] = {
	DIR("task", 0555, &proc_task_iops, &proc_task_fops),
	ONE("stat", 0444, proc_tgid_stat),
	COMMON_ENTRIES,
};

static const struct pid_entry tid_entries[] = {
	ONE("stat", 0444, proc_tid_stat),
	COMMON_ENTRIES,
};

static const struct file_operations proc_pid_show_fops;

#define TGID_NLINK	5	/* itself, its entry, task, fd, fdinfo */
#define TID_NLINK	4

static const struct pid_entry *entries_of(bool thread, size_t *n)
{
	*n = thread ? ARRAY_SIZE(tid_entries) : ARRAY_SIZE(tgid_entries);
	return thread ? tid_entries : tgid_entries;
}

/* ---- owners ---- */

/* Context: rcu. The memory of an mm stays one for a grace period, though it may become another's. */
static bool is_dumpable(struct task_struct *t)
{
	struct mm_struct *mm;
	unsigned int dumpable;

	do {
		mm = READ_ONCE(t->mm);
		if (!mm)
			return false;
		dumpable = READ_ONCE(mm->dumpable);
	} while (READ_ONCE(t->mm) != mm);
	return dumpable == 1;
}

/** task_dump_owner - who owns the files of @t: its user, or root if it shall not be
 *  looked into. The directory itself (0555) always is the user's. */
void task_dump_owner(struct task_struct *t, umode_t mode, uid_t *uid, gid_t *gid)
{
	uid_t u = 0;
	gid_t g = 0;

	rcu_read_lock();
	if (!(t->flags & PF_KTHREAD) && (mode == (S_IFDIR | 0555) || is_dumpable(t))) {
		const struct cred *cred = rcu_dereference(t->real_cred);

		u = cred->euid;
		g = cred->egid;
	}
	rcu_read_unlock();
	*uid = u;
	*gid = g;
}

/* ---- inodes and dentries ---- */

struct inode *proc_pid_make_inode(struct super_block *sb, struct task_struct *t, umode_t mode, u64 ino)
{
	struct inode *inode = new_inode(sb);

	if (!inode)
		return NULL;
	rcu_read_lock();
	PROC_I(inode)->pid = get_pid(task_pid(t));
	rcu_read_unlock();
	if (!PROC_I(inode)->pid) {
		iput(inode);
		return NULL;
	}
	inode->i_mode = mode;
	inode->i_ino = ino;
	inode->i_atime = inode->i_mtime = inode->i_ctime = current_time(inode);
	task_dump_owner(t, mode, &inode->i_uid, &inode->i_gid);
	return inode;
}

static int pid_revalidate(struct dentry *d, unsigned int flags)
{
	struct inode *inode = d->d_inode;
	struct task_struct *t;

	rcu_read_lock();
	t = pid_task(proc_pid(inode), PIDTYPE_PID);
	if (t)
		task_dump_owner(t, inode->i_mode, &inode->i_uid, &inode->i_gid);
	rcu_read_unlock();
	return t != NULL;
}

int pid_delete_dentry(const struct dentry *d)
{
	int dead;

	rcu_read_lock();
	dead = !d->d_inode || !pid_task(proc_pid(d->d_inode), PIDTYPE_PID);
	rcu_read_unlock();
	return dead;
}

static const struct dentry_operations pid_dentry_ops = {
	.d_revalidate = pid_revalidate,
	.d_delete = pid_delete_dentry,
};

/** proc_pid_instantiate - finish a ->lookup. @inode NULL: no memory. */
struct dentry *proc_pid_instantiate(struct dentry *d, struct inode *inode, const struct dentry_operations *ops)
{
	if (!inode)
		return ERR_PTR(-ENOENT);
	d->d_op = ops ?: &pid_dentry_ops;
	d->d_flags |= DCACHE_OP_REVALIDATE | DCACHE_OP_DELETE;
	return d_splice_alias(inode, d);
}

int proc_pid_getattr(const struct path *path, struct kstat *st, u32 mask, unsigned int flags)
{
	struct inode *inode = path->dentry->d_inode;
	struct task_struct *t = get_proc_task(inode);

	generic_fillattr(inode, st);
	if (t) {
		task_dump_owner(t, inode->i_mode, &st->uid, &st->gid);
		put_task_struct(t);
	}
	return 0;
}

static const struct inode_operations pid_file_iops = {
	.getattr = proc_pid_getattr,
	.setattr = proc_setattr,
};

/* ---- the files of one process ---- */

static struct dentry *proc_pident_lookup(struct inode *dir, struct dentry *d, bool thread)
{
	size_t n;
	const struct pid_entry *e = entries_of(thread, &n), *end = e + n, *first = e;
	struct task_struct *t;
	struct inode *inode;

	while (e < end && (strlen(e->name) != d->d_name.len ||
			   memcmp(e->name, d->d_name.name, d->d_name.len)))
		e++;
	t = e < end ? get_proc_task(dir) : NULL;
	if (!t)
		return ERR_PTR(-ENOENT);
	inode = proc_pid_make_inode(dir->i_sb, t, e->mode,
				    pid_ino(t->pid, thread ? INO_TID_FILE : INO_TGID_FILE, e - first));
	if (inode) {
		PROC_I(inode)->entry = e;
		if (S_ISDIR(e->mode))
			set_nlink(inode, 2);
		inode->i_op = e->iops ?: &pid_file_iops;
		if (e->fops || e->show)
			inode->i_fop = e->fops ?: &proc_pid_show_fops;
	}
	put_task_struct(t);
	return proc_pid_instantiate(d, inode, NULL);
}

static int proc_pident_readdir(struct file *f, struct dir_context *ctx, bool thread)
{
	struct task_struct *t = get_proc_task(file_inode(f));
	const struct pid_entry *e;
	pid_t pid;
	size_t n;

	if (!t)
		return -ENOENT;
	pid = t->pid;
	put_task_struct(t);
	if (!dir_emit_dots(f, ctx))
		return 0;
	for (e = entries_of(thread, &n); ctx->pos < n + 2; ctx->pos++) {
		unsigned int i = ctx->pos - 2;
		u64 ino = pid_ino(pid, thread ? INO_TID_FILE : INO_TGID_FILE, i);

		if (!dir_emit(ctx, e[i].name, strlen(e[i].name), ino, e[i].mode >> 12))
			break;
	}
	return 0;
}

static struct dentry *tgid_lookup(struct inode *dir, struct dentry *d, unsigned int flags)
{
	return proc_pident_lookup(dir, d, false);
}

static struct dentry *tid_lookup(struct inode *dir, struct dentry *d, unsigned int flags)
{
	return proc_pident_lookup(dir, d, true);
}

static int tgid_readdir(struct file *f, struct dir_context *ctx)
{
	return proc_pident_readdir(f, ctx, false);
}

static int tid_readdir(struct file *f, struct dir_context *ctx)
{
	return proc_pident_readdir(f, ctx, true);
}

static ssize_t dir_read(struct file *f, char __user *buf, size_t n, loff_t *pos)
{
	return -EISDIR;
}

static const struct inode_operations tgid_dir_iops = {
	.lookup = tgid_lookup,
	.getattr = proc_pid_getattr,
	.setattr = proc_setattr,
};

static const struct inode_operations tid_dir_iops = {
	.lookup = tid_lookup,
	.getattr = proc_pid_getattr,
	.setattr = proc_setattr,
};

static const struct file_operations tgid_dir_fops = {
	.llseek = generic_file_llseek,
	.read = dir_read,
	.iterate_shared = tgid_readdir,
};

static const struct file_operations tid_dir_fops = {
	.llseek = generic_file_llseek,
	.read = dir_read,
	.iterate_shared = tid_readdir,
};

/* ---- /proc/PID ---- */

struct pid *tgid_pidfd_to_pid(const struct file *f)
{
	return f->f_op == &tgid_dir_fops ? proc_pid(file_inode(f)) : ERR_PTR(-EBADF);
}

unsigned int proc_name_to_int(const struct dentry *d)
{
	const unsigned char *s = d->d_name.name;
	unsigned int n = 0;

	if (!d->d_name.len || (s[0] == '0' && d->d_name.len > 1))
		return ~0U;
	for (unsigned int i = 0; i < d->d_name.len; i++) {
		if (!isdigit(s[i]) || n > (~0U - 9) / 10)
			return ~0U;
		n = n * 10 + s[i] - '0';
	}
	return n;
}

static struct dentry *make_dir(struct inode *dir, struct dentry *d, struct task_struct *t, bool thread)
{
	struct inode *inode = proc_pid_make_inode(dir->i_sb, t, S_IFDIR | 0555,
						  pid_ino(t->pid, thread ? INO_TID : INO_TGID, 0));

	if (inode) {
		inode->i_op = thread ? &tid_dir_iops : &tgid_dir_iops;
		inode->i_fop = thread ? &tid_dir_fops : &tgid_dir_fops;
		set_nlink(inode, thread ? TID_NLINK : TGID_NLINK);
	}
	return proc_pid_instantiate(d, inode, NULL);
}

/** proc_tid_dir - the directory of a thread, for /proc/PID/task. */
struct dentry *proc_tid_dir(struct inode *dir, struct dentry *d, struct task_struct *t)
{
	return make_dir(dir, d, t, true);
}

/** proc_pid_lookup - any thread's number is found here, though only processes are listed. */
struct dentry *proc_pid_lookup(struct inode *dir, struct dentry *d)
{
	unsigned int nr = proc_name_to_int(d);
	struct task_struct *t = nr == ~0U ? NULL : find_get_task_by_pid(nr);
	struct dentry *ret;

	if (!t)
		return ERR_PTR(-ENOENT);
	ret = make_dir(dir, d, t, false);
	put_task_struct(t);
	return ret;
}

int proc_pid_readdir(struct file *f, struct dir_context *ctx)
{
	pid_t nr = ctx->pos - PROC_FIRST_PID;
	struct task_struct *t;
	char name[12];

	while ((t = next_tgid(&nr))) {
		bool ok;

		put_task_struct(t);
		ctx->pos = nr + PROC_FIRST_PID;
		ok = dir_emit(ctx, name, snprintf(name, sizeof(name), "%d", nr),
			      pid_ino(nr, INO_TGID, 0), DT_DIR);
		if (!ok)
			return 0;
		ctx->pos = ++nr + PROC_FIRST_PID;
	}
	ctx->pos = (loff_t)PID_MAX_LIMIT + PROC_FIRST_PID;
	return 0;
}

/* ---- files made by a show function ---- */

static int pid_show(struct seq_file *m, void *v)
{
	struct inode *inode = m->private;
	struct task_struct *t = get_proc_task(inode);
	int ret;

	if (!t)
		return -ESRCH;
	ret = PROC_I(inode)->entry->show(m, t);
	put_task_struct(t);
	return ret;
}

static void *pid_show_start(struct seq_file *m, loff_t *pos)
{
	return *pos ? NULL : (void *)1;
}

static void *pid_show_next(struct seq_file *m, void *v, loff_t *pos)
{
	++*pos;
	return NULL;
}

static void pid_show_stop(struct seq_file *m, void *v)
{
}

static const struct seq_operations pid_show_ops = {
	.start = pid_show_start,
	.next = pid_show_next,
	.stop = pid_show_stop,
	.show = pid_show,
};

static int pid_show_open(struct inode *inode, struct file *f)
{
	int err = seq_open(f, &pid_show_ops);

	if (!err)
		((struct seq_file *)f->private_data)->private = inode;
	return err;
}

static const struct file_operations proc_pid_show_fops = {
	.open = pid_show_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = seq_release,
};
