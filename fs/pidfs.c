// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a pidfd is open on: an inode for each struct pid that has one, which
 * fstat() can tell from all others that ever were. It has no content; poll()
 * tells when the process ends.
 *
 * The inode holds a reference of its pid, so that the number stays this
 * process's name, though it may be reaped and the number be given out again.
 */
#include <fs/pidfs.h>
#include <fs/fs.h>
#include <fs/poll.h>
#include <fs/seq_file.h>
#include <kernel/init.h>
#include <kernel/sched.h>
#include <lib/err.h>

#define PIDFS_SUPER_MAGIC	0x50494446	/* PID_FS_MAGIC, which older headers lack */

static struct vfsmount *pidfs_mnt;

/* readable once it has exited (a leader: once all its threads have), POLLHUP once it is reaped */
static u32 pidfd_poll(struct file *f, poll_table *pt)
{
	struct pid *pid = pidfd_pid(f);
	struct task_struct *t;
	u32 mask = 0;

	poll_wait(f, &pid->wait_pidfd, pt);
	rcu_read_lock();
	t = pid_task(pid, PIDTYPE_PID);
	if (!t)
		mask = EPOLLIN | EPOLLRDNORM | EPOLLHUP;
	else if (READ_ONCE(t->exit_state) && (!thread_group_leader(t) || thread_group_empty(t)))
		mask = EPOLLIN | EPOLLRDNORM;
	rcu_read_unlock();
	return mask;
}

static void pidfd_show_fdinfo(struct seq_file *m, struct file *f)
{
	struct pid *pid = pidfd_pid(f);
	int nr;

	rcu_read_lock();
	nr = pid_task(pid, PIDTYPE_PID) ? pid_nr(pid) : -1;
	rcu_read_unlock();
	seq_printf(m, "Pid:\t%d\nNSpid:\t%d\n", nr, nr);
}

static const struct file_operations pidfs_file_operations = {
	.llseek		= no_llseek,
	.poll		= pidfd_poll,
	.show_fdinfo	= pidfd_show_fdinfo,
};

struct pid *pidfd_pid(const struct file *f)
{
	if (f->f_op != &pidfs_file_operations)
		return ERR_PTR(-EBADF);
	return file_inode(f)->i_private;
}

/* the inode of @pid. Return: NULL: out of memory */
static struct inode *pidfs_iget(struct pid *pid)
{
	struct inode *inode = iget_locked(pidfs_mnt->mnt_sb, pid->ino);

	if (!inode || !(inode->i_state & I_NEW))
		return inode;
	inode->i_private = get_pid(pid);
	inode->i_mode = S_IRWXU;
	inode->i_flags = S_PRIVATE | S_IMMUTABLE;
	inode->i_fop = &pidfs_file_operations;
	inode->i_atime = inode->i_mtime = inode->i_ctime = current_time(inode);
	unlock_new_inode(inode);
	return inode;
}

struct file *pidfs_alloc_file(struct pid *pid, unsigned int flags)
{
	struct inode *inode = pidfs_iget(pid);
	struct file *f;

	if (!inode)
		return ERR_PTR(-ENOMEM);
	f = alloc_file_pseudo(inode, pidfs_mnt, "", O_RDWR | flags, &pidfs_file_operations);
	if (IS_ERR(f))
		iput(inode);
	return f;
}

static void pidfs_evict_inode(struct inode *inode)
{
	clear_inode(inode);
	put_pid(inode->i_private);
}

static const struct super_operations pidfs_sops = {
	.drop_inode	= generic_delete_inode,
	.evict_inode	= pidfs_evict_inode,
	.statfs		= simple_statfs,
};

static char *pidfs_dname(struct dentry *d, char *buf, int len)
{
	return dynamic_dname(buf, len, "anon_inode:[pidfd]");
}

static const struct dentry_operations pidfs_dops = {
	.d_dname	= pidfs_dname,
	.d_delete	= always_delete_dentry,
};

static int pidfs_fill_super(struct super_block *sb, void *data, int silent)
{
	return pseudo_fill_super(sb, PIDFS_SUPER_MAGIC, &pidfs_sops, &pidfs_dops);
}

static struct dentry *pidfs_mount(struct file_system_type *t, int flags, const char *dev, void *data)
{
	return mount_nodev(t, flags, data, pidfs_fill_super);
}

static struct file_system_type pidfs_type = {
	.name		= "pidfs",
	.mount		= pidfs_mount,
	.kill_sb	= kill_anon_super,
};

static int pidfs_init(void)
{
	pidfs_mnt = kern_mount(&pidfs_type);
	return PTR_ERR_OR_ZERO(pidfs_mnt);
}
fs_initcall(pidfs_init);
