// SPDX-License-Identifier: GPL-2.0-only
/*
 * From a place back to its path; getcwd(2); and the lists of mounts in /proc.
 *
 * Names are written from the end of the buffer towards its beginning, with rename_lock and
 * mount_lock held, so that neither names nor mounts move.
 */
#include "vfs_internal.h"
#include "mount.h"
#include <fs/seq_file.h>
#include <kernel/syscalls.h>
#include <arch/uaccess.h>
#include <lib/printf.h>

struct path_buf {
	char *p;		/* what is written begins here */
	int left;
};

static void prepend(struct path_buf *b, const char *s, int len)
{
	b->left -= len;
	if (b->left < 0)
		return;
	b->p -= len;
	memcpy(b->p, s, len);
}

enum prepend_end { AT_ROOT, AT_NAMESPACE_ROOT, DETACHED };

/* Both locks held. */
static enum prepend_end prepend_path(const struct path *path, const struct path *root, struct path_buf *b)
{
	struct mount *m = real_mount(path->mnt);
	struct dentry *d = path->dentry;

	while (d != root->dentry || &m->mnt != root->mnt) {
		if (d == m->mnt.mnt_root) {
			if (!mnt_has_parent(m))
				return m->mnt_umounted || list_empty(&m->mnt_list) ? DETACHED : AT_NAMESPACE_ROOT;
			d = m->mnt_mountpoint;
			m = m->mnt_parent;
			continue;
		}
		if (IS_ROOT(d))
			return DETACHED;
		prepend(b, (const char *)d->d_name.name, d->d_name.len);
		prepend(b, "/", 1);
		d = d->d_parent;
	}
	return AT_ROOT;
}

static enum prepend_end locked_prepend_path(const struct path *path, const struct path *root,
					    struct path_buf *b)
{
	enum prepend_end end;

	spin_lock(&rename_lock);
	spin_lock(&mount_lock);
	end = prepend_path(path, root, b);
	spin_unlock(&mount_lock);
	spin_unlock(&rename_lock);
	return end;
}

/* "/" if nothing was written, and the result */
static char *path_result(struct path_buf *b, const char *end)
{
	if (b->p == end - 1 && b->left >= 0)
		prepend(b, "/", 1);
	return b->left < 0 ? ERR_PTR(-ENAMETOOLONG) : b->p;
}

char *__d_path(const struct path *path, const struct path *root, char *buf, int len)
{
	struct path_buf b = { buf + len, len };

	prepend(&b, "", 1);
	if (locked_prepend_path(path, root, &b) != AT_ROOT)
		return NULL;
	return path_result(&b, buf + len);
}

char *d_path(const struct path *path, char *buf, int len)
{
	struct path_buf b = { buf + len, len };
	struct dentry *d = path->dentry;
	struct path root;
	char *start;

	if (d->d_op && d->d_op->d_dname && (!IS_ROOT(d) || d != path->mnt->mnt_root))
		return d->d_op->d_dname(d, buf, len);
	prepend(&b, "", 1);
	if (d_unlinked(d))
		prepend(&b, " (deleted)", 10);
	/* a file without a place: pipes, memfd; their name is all there is */
	if (IS_ROOT(d) && d != path->mnt->mnt_root) {
		/* memory objects look like files that have been removed */
		bool memory = d->d_inode && S_ISREG(d->d_inode->i_mode);

		if (memory)
			prepend(&b, " (deleted)", 10);
		prepend(&b, (const char *)d->d_name.name, d->d_name.len);
		if (memory)
			prepend(&b, "/", 1);
		return b.left < 0 ? ERR_PTR(-ENAMETOOLONG) : b.p;
	}
	get_fs_root(current->fs, &root);
	start = b.p;
	locked_prepend_path(path, &root, &b);
	path_put(&root);
	if (b.p == start && b.left >= 0)
		prepend(&b, "/", 1);
	return b.left < 0 ? ERR_PTR(-ENAMETOOLONG) : b.p;
}

/** dynamic_dname - a ->d_dname that is made up. Return: ERR_PTR(-ENAMETOOLONG). */
char *dynamic_dname(char *buf, int len, const char *fmt, ...)
{
	char name[64];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(name, sizeof(name), fmt, ap) + 1;
	va_end(ap);
	if (n > (int)sizeof(name) || n > len)
		return ERR_PTR(-ENAMETOOLONG);
	return memcpy(buf + len - n, name, n);
}

SYSCALL_DEFINE2(getcwd, char __user *, ubuf, unsigned long, size)
{
	struct path root, pwd;
	enum prepend_end end;
	struct path_buf b;
	char *page, *p;
	long ret;

	page = kmalloc(PATH_MAX_LEN, GFP_KERNEL);
	if (!page)
		return -ENOMEM;
	get_fs_root(current->fs, &root);
	get_fs_pwd(current->fs, &pwd);
	ret = -ENOENT;
	if (!d_unlinked(pwd.dentry)) {
		b = (struct path_buf){ page + PATH_MAX_LEN, PATH_MAX_LEN };
		prepend(&b, "", 1);
		end = locked_prepend_path(&pwd, &root, &b);
		p = path_result(&b, page + PATH_MAX_LEN);
		if (!IS_ERR(p) && end != AT_ROOT) {
			prepend(&b, "(unreachable)", 13);
			p = b.left < 0 ? ERR_PTR(-ENAMETOOLONG) : b.p;
		}
		if (IS_ERR(p)) {
			ret = PTR_ERR(p);
		} else {
			ret = page + PATH_MAX_LEN - p;
			if (ret > size)
				ret = -ERANGE;
			else if (copy_to_user(ubuf, p, ret))
				ret = -EFAULT;
		}
	}
	path_put(&pwd);
	path_put(&root);
	kfree(page);
	return ret;
}

/* ---- /proc/mounts, /proc/PID/mountinfo ---- */

static const struct {
	int flag;
	const char *text;
} sb_opts[] = {
	{ SB_SYNCHRONOUS, ",sync" },
}, mnt_opts[] = {
	{ MNT_NOSUID, ",nosuid" }, { MNT_NODEV, ",nodev" }, { MNT_NOEXEC, ",noexec" },
	{ MNT_NOATIME, ",noatime" }, { MNT_NODIRATIME, ",nodiratime" }, { MNT_RELATIME, ",relatime" },
	{ MNT_NOSYMFOLLOW, ",nosymfollow" },
};

static void show_sb_opts(struct seq_file *m, const struct super_block *sb)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sb_opts); i++)
		if (sb->s_flags & sb_opts[i].flag)
			seq_puts(m, sb_opts[i].text);
}

static void show_mnt_opts(struct seq_file *m, const struct vfsmount *mnt)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(mnt_opts); i++)
		if (mnt->mnt_flags & mnt_opts[i].flag)
			seq_puts(m, mnt_opts[i].text);
}

static void show_escaped(struct seq_file *m, const char *s)
{
	for (; *s; s++) {
		if (strchr(" \t\n\\#", *s))
			seq_printf(m, "\\%03o", (unsigned char)*s);
		else
			seq_putc(m, *s);
	}
}

/* The place of @d in its filesystem; @buf has PATH_MAX_LEN bytes. */
static const char *path_in_fs(struct dentry *d, char *buf)
{
	struct path_buf b = { buf + PATH_MAX_LEN, PATH_MAX_LEN };
	char *p;

	prepend(&b, "", 1);
	spin_lock(&rename_lock);
	for (; !IS_ROOT(d); d = d->d_parent) {
		prepend(&b, (const char *)d->d_name.name, d->d_name.len);
		prepend(&b, "/", 1);
	}
	spin_unlock(&rename_lock);
	p = path_result(&b, buf + PATH_MAX_LEN);
	return IS_ERR(p) ? "?" : p;
}

/* One line of mounts, or of mountinfo. */
static void show_mount_line(struct seq_file *m, struct mount *r, const char *where, char *buf, bool info)
{
	struct vfsmount *mnt = &r->mnt;
	struct super_block *sb = mnt->mnt_sb;

	if (info) {
		seq_printf(m, "%d %d %u:%u ", r->mnt_id, r->mnt_parent->mnt_id, MAJOR(sb->s_dev), MINOR(sb->s_dev));
		show_escaped(m, path_in_fs(mnt->mnt_root, buf));
		seq_putc(m, ' ');
		show_escaped(m, where);
		seq_puts(m, mnt->mnt_flags & MNT_READONLY ? " ro" : " rw");
		show_mnt_opts(m, mnt);
		seq_printf(m, " - %s ", sb->s_type->name);
		show_escaped(m, r->mnt_devname);
		seq_puts(m, sb_rdonly(sb) ? " ro" : " rw");
	} else {
		show_escaped(m, r->mnt_devname);
		seq_putc(m, ' ');
		show_escaped(m, where);
		seq_printf(m, " %s %s", sb->s_type->name,
			   mnt->mnt_flags & MNT_READONLY || sb_rdonly(sb) ? "ro" : "rw");
	}
	show_sb_opts(m, sb);
	if (!info)
		show_mnt_opts(m, mnt);
	if (sb->s_op && sb->s_op->show_options)
		sb->s_op->show_options(m, mnt->mnt_root);
	seq_puts(m, info ? "\n" : " 0 0\n");
}

static int show_all(struct seq_file *m, struct task_struct *t, bool info)
{
	struct fs_struct *fs = get_task_fs_struct(t);
	struct mount *r;
	struct path root;
	char *buf, *where;

	if (!fs)
		return -EINVAL;
	get_fs_root(fs, &root);
	put_fs_struct(fs);
	buf = kmalloc(2 * PATH_MAX_LEN, GFP_KERNEL);
	if (!buf) {
		path_put(&root);
		return -ENOMEM;
	}
	down_read(&namespace_sem);
	list_for_each_entry(r, &all_mounts, mnt_list) {
		struct path p = { .mnt = &r->mnt, .dentry = r->mnt.mnt_root };

		where = __d_path(&p, &root, buf, PATH_MAX_LEN);
		if (!IS_ERR_OR_NULL(where))
			show_mount_line(m, r, where, buf + PATH_MAX_LEN, info);
	}
	up_read(&namespace_sem);
	kfree(buf);
	path_put(&root);
	return 0;
}

int show_mounts(struct seq_file *m, struct task_struct *t)
{
	return show_all(m, t, false);
}

int show_mountinfo(struct seq_file *m, struct task_struct *t)
{
	return show_all(m, t, true);
}
