// SPDX-License-Identifier: GPL-2.0-only
/* Links that lead to where a process is: /proc/PID/exe, cwd, root; and /proc/self. */
#include "internal.h"
#include <arch/uaccess.h>
#include <kernel/init.h>
#include <lib/err.h>
#include <lib/printf.h>
#include <mm/mm.h>
#include <mm/slab.h>

int proc_exe_link(struct task_struct *t, struct path *path)
{
	struct mm_struct *mm = get_task_mm(t);
	struct file *exe;

	if (!mm)
		return -ENOENT;
	exe = get_mm_exe_file(mm);
	mmput(mm);
	if (!exe)
		return -ENOENT;
	*path = exe->f_path;
	path_get(path);
	fput(exe);
	return 0;
}

static int fs_link(struct task_struct *t, struct path *path, void (*get)(struct fs_struct *, struct path *))
{
	struct fs_struct *fs = get_task_fs_struct(t);

	if (!fs)
		return -ENOENT;
	get(fs, path);
	put_fs_struct(fs);
	return 0;
}

int proc_cwd_link(struct task_struct *t, struct path *path)
{
	return fs_link(t, path, get_fs_pwd);
}

int proc_root_link(struct task_struct *t, struct path *path)
{
	return fs_link(t, path, get_fs_root);
}

static int entry_path(struct dentry *d, struct path *path)
{
	struct inode *inode = d->d_inode;
	struct task_struct *t = get_proc_task(inode);
	int err = -EACCES;

	if (!t)
		return -ENOENT;
	if (ptrace_may_access(t, PTRACE_MODE_READ_FSCREDS))
		err = PROC_I(inode)->entry->get_path(t, path);
	put_task_struct(t);
	return err;
}

static const char *pid_get_link(struct dentry *d, struct inode *inode, struct delayed_call *done)
{
	struct path path;
	int err = entry_path(d, &path);

	if (!err) {
		err = nd_jump_link(&path);
		path_put(&path);
	}
	return err ? ERR_PTR(err) : NULL;
}

/** proc_pid_readlink - ->readlink of a link whose target @get gives. */
int proc_pid_readlink(struct dentry *d, char __user *buf, int len, int (*get)(struct dentry *d, struct path *p))
{
	struct path path;
	char *page, *name;
	int err = get(d, &path);

	if (err)
		return err;
	page = kmalloc(PATH_MAX_LEN, GFP_KERNEL);
	if (!page) {
		path_put(&path);
		return -ENOMEM;
	}
	name = d_path(&path, page, PATH_MAX_LEN);
	if (IS_ERR(name)) {
		err = PTR_ERR(name);
	} else {
		err = min_t(int, page + PATH_MAX_LEN - 1 - name, len);
		if (copy_to_user(buf, name, err))
			err = -EFAULT;
	}
	kfree(page);
	path_put(&path);
	return err;
}

static int pid_readlink(struct dentry *d, char __user *buf, int len)
{
	return proc_pid_readlink(d, buf, len, entry_path);
}

const struct inode_operations proc_pid_link_iops = {
	.get_link = pid_get_link,
	.readlink = pid_readlink,
	.getattr = proc_pid_getattr,
	.setattr = proc_setattr,
};

/* ---- self, thread-self ---- */

static void free_text(void *text)
{
	kfree(text);
}

/* "TGID", or "TGID/task/TID", to be freed by @done */
static const char *self_text(bool thread, struct delayed_call *done)
{
	char *text = kmalloc(32, GFP_KERNEL), *p;

	if (!text)
		return ERR_PTR(-ENOMEM);
	p = put_dec(text, current->tgid);
	if (thread) {
		memcpy(p, "/task/", 6);
		p = put_dec(p + 6, current->pid);
	}
	*p = '\0';
	set_delayed_call(done, free_text, text);
	return text;
}

static const char *self_get_link(struct dentry *d, struct inode *inode, struct delayed_call *done)
{
	return self_text(false, done);
}

static const char *thread_self_get_link(struct dentry *d, struct inode *inode, struct delayed_call *done)
{
	return self_text(true, done);
}

static const struct inode_operations self_iops = { .get_link = self_get_link };
static const struct inode_operations thread_self_iops = { .get_link = thread_self_get_link };

void proc_self_init(void)
{
	struct proc_dir_entry *de = proc_symlink("self", NULL, NULL);

	if (de)
		de->iops = &self_iops;
	de = proc_symlink("thread-self", NULL, NULL);
	if (de)
		de->iops = &thread_self_iops;
}
