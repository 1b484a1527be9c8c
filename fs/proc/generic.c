// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tree of the system's files: made by initcalls, then only read, so nothing
 * here takes a lock. A file is one of: text made by a show function, text made by
 * an iterator, or whatever its own file operations say; and a directory or link.
 */
#include "internal.h"
#include <lib/err.h>
#include <mm/slab.h>

static const struct inode_operations proc_dir_iops, proc_file_iops;
static const struct file_operations proc_dir_fops, proc_single_fops, proc_seq_fops;

#define FIRST_INO	2

struct proc_dir_entry proc_root = {
	.name = "/proc",
	.mode = S_IFDIR | 0555,
	.nlink = 2,
	.ino = 1,
	.parent = &proc_root,
	.subdirs = LIST_HEAD_INIT(proc_root.subdirs),
	.child = LIST_HEAD_INIT(proc_root.child),
};

static struct proc_dir_entry *make(const char *name, umode_t mode, struct proc_dir_entry *parent)
{
	static u64 next_ino = FIRST_INO;
	struct proc_dir_entry *de = kzalloc(sizeof(*de), GFP_KERNEL);

	if (!de)
		return NULL;
	if (!parent)
		parent = &proc_root;
	de->name = name;
	de->len = strlen(name);
	de->mode = mode;
	de->nlink = S_ISDIR(mode) ? 2 : 1;
	de->ino = next_ino++;
	de->parent = parent;
	INIT_LIST_HEAD(&de->subdirs);
	list_add_tail(&de->child, &parent->subdirs);
	if (S_ISDIR(mode))
		parent->nlink++;
	return de;
}

/** proc_mkdir - a directory; the same again if it is there. @name stays in use. */
struct proc_dir_entry *proc_mkdir(const char *name, struct proc_dir_entry *parent)
{
	struct proc_dir_entry *de;

	list_for_each_entry(de, &(parent ?: &proc_root)->subdirs, child)
		if (S_ISDIR(de->mode) && !strcmp(de->name, name))
			return de;
	de = make(name, S_IFDIR | 0555, parent);
	if (de) {
		de->iops = &proc_dir_iops;
		de->fops = &proc_dir_fops;
	}
	return de;
}

struct proc_dir_entry *proc_symlink(const char *name, struct proc_dir_entry *parent, const char *text)
{
	struct proc_dir_entry *de = make(name, S_IFLNK | 0777, parent);

	if (de) {
		de->iops = &simple_symlink_inode_operations;
		de->link = text;
	}
	return de;
}

struct proc_dir_entry *proc_create(const char *name, umode_t mode, struct proc_dir_entry *parent,
				   const struct file_operations *fops, const void *data)
{
	struct proc_dir_entry *de = make(name, S_IFREG | mode, parent);

	if (de) {
		de->iops = &proc_file_iops;
		de->fops = fops;
		de->data = data;
	}
	return de;
}

struct proc_dir_entry *proc_create_single(const char *name, umode_t mode, struct proc_dir_entry *parent,
					  int (*show)(struct seq_file *m, void *v))
{
	struct proc_dir_entry *de = proc_create(name, mode, parent, &proc_single_fops, NULL);

	if (de)
		de->show = show;
	return de;
}

struct proc_dir_entry *proc_create_seq(const char *name, umode_t mode, struct proc_dir_entry *parent,
				       const struct seq_operations *seq)
{
	struct proc_dir_entry *de = proc_create(name, mode, parent, &proc_seq_fops, NULL);

	if (de)
		de->seq = seq;
	return de;
}

/* ---- files ---- */

static int proc_single_open(struct inode *inode, struct file *f)
{
	return single_open(f, PROC_I(inode)->pde->show, NULL);
}

static int proc_seq_open(struct inode *inode, struct file *f)
{
	return seq_open(f, PROC_I(inode)->pde->seq);
}

static const struct file_operations proc_single_fops = {
	.open = proc_single_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = single_release,
};

static const struct file_operations proc_seq_fops = {
	.open = proc_seq_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = seq_release,
};

/** proc_setattr - owner and times may be changed for as long as the inode stays; the
 *  mode may not, for it guards the file. */
int proc_setattr(struct dentry *d, struct iattr *attr)
{
	int err;

	if (attr->ia_valid & ATTR_MODE)
		return -EPERM;
	err = setattr_prepare(d, attr);
	if (!err)
		setattr_copy(d->d_inode, attr);
	return err;
}

static const struct inode_operations proc_file_iops = { .setattr = proc_setattr };

/* ---- directories ---- */

struct inode *proc_get_inode(struct super_block *sb, struct proc_dir_entry *de)
{
	struct inode *inode = new_inode(sb);

	if (!inode)
		return NULL;
	PROC_I(inode)->pde = de;
	inode->i_ino = de->ino;
	inode->i_mode = de->mode;
	inode->i_atime = inode->i_mtime = inode->i_ctime = current_time(inode);
	set_nlink(inode, de->nlink);
	inode->i_op = de->iops;
	if (de->fops)
		inode->i_fop = de->fops;
	if (de->link) {
		inode->i_link = (char *)de->link;
		inode->i_size = strlen(de->link);
	}
	return inode;
}

/** proc_lookup_de - for ->lookup. Return: as that; ERR_PTR(-ENOENT): no such entry. */
struct dentry *proc_lookup_de(struct inode *dir, struct dentry *d, struct proc_dir_entry *de)
{
	struct proc_dir_entry *e;
	struct inode *inode;

	list_for_each_entry(e, &de->subdirs, child) {
		if (e->len != d->d_name.len || memcmp(e->name, d->d_name.name, e->len))
			continue;
		inode = proc_get_inode(dir->i_sb, e);
		if (!inode)
			return ERR_PTR(-ENOMEM);
		return d_splice_alias(inode, d);
	}
	return ERR_PTR(-ENOENT);
}

static struct dentry *proc_lookup(struct inode *dir, struct dentry *d, unsigned int flags)
{
	return proc_lookup_de(dir, d, (struct proc_dir_entry *)PROC_I(dir)->pde);
}

bool proc_readdir_de(struct file *f, struct dir_context *ctx, struct proc_dir_entry *de)
{
	struct proc_dir_entry *e;
	loff_t pos = 2;

	if (!dir_emit_dots(f, ctx))
		return false;
	list_for_each_entry(e, &de->subdirs, child) {
		if (pos++ < ctx->pos)
			continue;
		if (!dir_emit(ctx, e->name, e->len, e->ino, e->mode >> 12))
			return false;
		ctx->pos++;
	}
	return true;
}

static int proc_readdir(struct file *f, struct dir_context *ctx)
{
	proc_readdir_de(f, ctx, (struct proc_dir_entry *)PROC_I(file_inode(f))->pde);
	return 0;
}

static ssize_t dir_read(struct file *f, char __user *buf, size_t n, loff_t *pos)
{
	return -EISDIR;
}

static const struct inode_operations proc_dir_iops = {
	.lookup = proc_lookup,
	.setattr = proc_setattr,
};

static const struct file_operations proc_dir_fops = {
	.llseek = generic_file_llseek,
	.read = dir_read,
	.iterate_shared = proc_readdir,
};
