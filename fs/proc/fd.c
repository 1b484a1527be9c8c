// SPDX-License-Identifier: GPL-2.0-only
/*
 * /proc/PID/fd: a link to each open file; opening it opens that file again.
 * /proc/PID/fdinfo: position and flags of each.
 */
#include "internal.h"
#include <lib/err.h>
#include <lib/printf.h>

static int fd_revalidate(struct dentry *d, unsigned int flags)
{
	struct inode *inode = d->d_inode;
	struct task_struct *t = get_proc_task(inode);
	struct file *f = t ? fget_task(t, PROC_I(inode)->fd) : NULL;

	if (f) {
		if (S_ISLNK(inode->i_mode))
			inode->i_mode = S_IFLNK | (f->f_mode & FMODE_READ ? 0500 : 0) |
					(f->f_mode & FMODE_WRITE ? 0300 : 0);
		task_dump_owner(t, inode->i_mode, &inode->i_uid, &inode->i_gid);
		fput(f);
	}
	if (t)
		put_task_struct(t);
	return f != NULL;
}

static const struct dentry_operations fd_dentry_ops = {
	.d_revalidate = fd_revalidate,
	.d_delete = pid_delete_dentry,
};

static int fd_path(struct dentry *d, struct path *path)
{
	struct inode *inode = d->d_inode;
	struct task_struct *t = get_proc_task(inode);
	struct file *f = NULL;
	int err = -EACCES;

	if (!t)
		return -ENOENT;
	if (ptrace_may_access(t, PTRACE_MODE_READ_FSCREDS)) {
		err = -ENOENT;
		f = fget_task(t, PROC_I(inode)->fd);
	}
	put_task_struct(t);
	if (!f)
		return err;
	*path = f->f_path;
	path_get(path);
	fput(f);
	return 0;
}

static const char *fd_get_link(struct dentry *d, struct inode *inode, struct delayed_call *done)
{
	struct path path;
	int err = fd_path(d, &path);

	if (!err) {
		err = nd_jump_link(&path);
		path_put(&path);
	}
	return err ? ERR_PTR(err) : NULL;
}

static int fd_readlink(struct dentry *d, char __user *buf, int len)
{
	return proc_pid_readlink(d, buf, len, fd_path);
}

static const struct inode_operations fd_link_iops = {
	.get_link = fd_get_link,
	.readlink = fd_readlink,
	.setattr = proc_setattr,
};

/* ---- fdinfo ---- */

static int show_fdinfo(struct seq_file *m, void *v)
{
	struct inode *inode = m->private;
	struct task_struct *t = get_proc_task(inode);
	unsigned int fd = PROC_I(inode)->fd, flags;
	struct files_struct *files;
	struct file *f;

	if (!t)
		return -ENOENT;
	f = fget_task(t, fd);
	files = get_files_struct(t);
	put_task_struct(t);
	if (f && files) {
		const struct fdtable *fdt;

		flags = f->f_flags & ~O_CLOEXEC;
		rcu_read_lock();
		fdt = rcu_dereference(files->fdt);
		if (fd < fdt->max_fds && fdt->close_on_exec[fd / 64] >> (fd % 64) & 1)
			flags |= O_CLOEXEC;
		rcu_read_unlock();
		seq_printf(m, "pos:\t%lli\nflags:\t0%o\nmnt_id:\t%i\nino:\t%lu\n", f->f_pos, flags,
			   mount_id(f->f_path.mnt), file_inode(f)->i_ino);
		if (f->f_op->show_fdinfo)
			f->f_op->show_fdinfo(m, f);
	}
	if (files)
		put_files_struct(files);
	if (f)
		fput(f);
	return f && files ? 0 : -ENOENT;
}

/* Which descriptors a process has is not for everybody to see; fd/ says so by its mode. */
static int fdinfo_allowed(struct inode *inode)
{
	struct task_struct *t = get_proc_task(inode);
	bool may;

	if (!t)
		return -ESRCH;
	may = ptrace_may_access(t, PTRACE_MODE_READ_FSCREDS);
	put_task_struct(t);
	return may ? 0 : -EACCES;
}

static int fdinfo_open(struct inode *inode, struct file *f)
{
	int err = fdinfo_allowed(inode);

	return err ? err : single_open(f, show_fdinfo, inode);
}

static const struct file_operations fdinfo_file_fops = {
	.open = fdinfo_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = single_release,
};

static const struct inode_operations fdinfo_file_iops = { .setattr = proc_setattr };

/* ---- the directories ---- */

static struct dentry *lookup_common(struct inode *dir, struct dentry *d, bool info)
{
	struct task_struct *t = get_proc_task(dir);
	unsigned int fd = proc_name_to_int(d);
	struct inode *inode = NULL;
	struct file *f;

	if (!t)
		return ERR_PTR(-ENOENT);
	f = fd == ~0U ? NULL : fget_task(t, fd);
	if (f) {
		umode_t mode = info ? S_IFREG | 0444 :
			       S_IFLNK | (f->f_mode & FMODE_READ ? 0500 : 0) |
			       (f->f_mode & FMODE_WRITE ? 0300 : 0);

		inode = proc_pid_make_inode(dir->i_sb, t, mode,
					    pid_ino(t->pid, info ? INO_FDINFO : INO_FD, fd));
		fput(f);
	}
	put_task_struct(t);
	if (inode) {
		PROC_I(inode)->fd = fd;
		inode->i_op = info ? &fdinfo_file_iops : &fd_link_iops;
		if (info)
			inode->i_fop = &fdinfo_file_fops;
		else
			inode->i_size = 64;
	}
	return proc_pid_instantiate(d, inode, &fd_dentry_ops);
}

static struct dentry *fd_lookup(struct inode *dir, struct dentry *d, unsigned int flags)
{
	return lookup_common(dir, d, false);
}

static struct dentry *fdinfo_lookup(struct inode *dir, struct dentry *d, unsigned int flags)
{
	return lookup_common(dir, d, true);
}

/* the first open descriptor at or above @fd, or ~0 */
static unsigned int next_fd(struct task_struct *t, unsigned int fd)
{
	struct files_struct *files = get_files_struct(t);
	unsigned int found = ~0U;
	const struct fdtable *fdt;

	if (!files)
		return found;
	rcu_read_lock();
	fdt = rcu_dereference(files->fdt);
	for (; fd < fdt->max_fds && found == ~0U; fd++)
		if (rcu_dereference(fdt->fd[fd]))
			found = fd;
	rcu_read_unlock();
	put_files_struct(files);
	return found;
}

static int readdir_common(struct file *f, struct dir_context *ctx, bool info)
{
	struct task_struct *t = get_proc_task(file_inode(f));
	unsigned int fd;
	char name[12];

	if (!t)
		return -ENOENT;
	if (!dir_emit_dots(f, ctx))
		goto out;
	while ((fd = next_fd(t, ctx->pos - 2)) != ~0U) {
		int len = snprintf(name, sizeof(name), "%u", fd);

		ctx->pos = fd + 2;
		if (!dir_emit(ctx, name, len, pid_ino(t->pid, info ? INO_FDINFO : INO_FD, fd),
			      info ? DT_REG : DT_LNK))
			break;
		ctx->pos++;
		cond_resched();
	}
out:
	put_task_struct(t);
	return 0;
}

static int fd_readdir(struct file *f, struct dir_context *ctx)
{
	return readdir_common(f, ctx, false);
}

static int fdinfo_readdir(struct file *f, struct dir_context *ctx)
{
	return readdir_common(f, ctx, true);
}

/* A process may look at its own files even when it has changed its user. */
static int fd_permission(struct inode *inode, int mask)
{
	int err = generic_permission(inode, mask);
	struct task_struct *t;

	if (!err)
		return 0;
	rcu_read_lock();
	t = pid_task(proc_pid(inode), PIDTYPE_PID);
	if (t && t->signal == current->signal)
		err = 0;
	rcu_read_unlock();
	return err;
}

static int fdinfo_permission(struct inode *inode, int mask)
{
	int err = fdinfo_allowed(inode);

	return err ? err : generic_permission(inode, mask);
}

static int fd_getattr(const struct path *path, struct kstat *st, u32 mask, unsigned int flags)
{
	struct inode *inode = path->dentry->d_inode;
	struct task_struct *t = get_proc_task(inode);

	generic_fillattr(inode, st);
	st->size = 0;
	if (t) {
		for (unsigned int fd = 0; (fd = next_fd(t, fd)) != ~0U; fd++)
			st->size++;
		put_task_struct(t);
	}
	return 0;
}

static ssize_t dir_read(struct file *f, char __user *buf, size_t n, loff_t *pos)
{
	return -EISDIR;
}

const struct inode_operations proc_fd_iops = {
	.lookup = fd_lookup,
	.permission = fd_permission,
	.getattr = fd_getattr,
	.setattr = proc_setattr,
};

const struct inode_operations proc_fdinfo_iops = {
	.lookup = fdinfo_lookup,
	.permission = fdinfo_permission,
	.getattr = proc_pid_getattr,
	.setattr = proc_setattr,
};

const struct file_operations proc_fd_fops = {
	.llseek = generic_file_llseek,
	.read = dir_read,
	.iterate_shared = fd_readdir,
};

const struct file_operations proc_fdinfo_fops = {
	.llseek = generic_file_llseek,
	.read = dir_read,
	.iterate_shared = fdinfo_readdir,
};
