// SPDX-License-Identifier: GPL-2.0-only
/*
 * For filesystems that are made of dentries (tmpfs and the like): their directories are
 * the d_subdirs lists, and every entry is pinned by a reference.
 *
 * Reading such a directory: newest entries are first in d_subdirs, and are read last to
 * first, so that what is created while reading appears at most once. A position is
 * remembered by a cursor: an unhashed, nameless dentry in the list, moved along as entries
 * are read. Positions count 2 for "." and "..".
 */
#include "vfs_internal.h"
#include <arch/uaccess.h>
#include <linux/fs.h>

#define DCACHE_CURSOR	0x1000

int always_delete_dentry(const struct dentry *d)
{
	return 1;
}

static const struct dentry_operations simple_dentry_operations = { .d_delete = always_delete_dentry };

/** simple_lookup - what is not in the cache does not exist. */
struct dentry *simple_lookup(struct inode *dir, struct dentry *d, unsigned int flags)
{
	if (d->d_name.len > NAME_MAX_LEN)
		return ERR_PTR(-ENAMETOOLONG);
	if (!d->d_op) {
		d->d_op = &simple_dentry_operations;
		d->d_flags |= DCACHE_OP_DELETE;
	}
	d_add(d, NULL);
	return NULL;
}

/* ---- directories ---- */

int dcache_dir_open(struct inode *i, struct file *f)
{
	static const struct qstr dot = { .name = (const unsigned char *)".", .len = 1 };
	struct dentry *c = d_alloc(f->f_path.dentry, &dot);

	if (!c)
		return -ENOMEM;
	spin_lock(&c->d_lock);
	c->d_flags |= DCACHE_CURSOR;
	spin_unlock(&c->d_lock);
	f->private_data = c;
	return 0;
}

int dcache_dir_close(struct inode *i, struct file *f)
{
	dput(f->private_data);
	return 0;
}

static bool is_entry(const struct dentry *d)
{
	return !(d->d_flags & DCACHE_CURSOR) && d->d_inode && !d_unhashed(d) && d_count_read(d) >= 0;
}

/*
 * The @n-th real entry after @from in reading order (towards older... the list is walked
 * backwards). Parent's d_lock held. Return: referenced, or NULL.
 */
static struct dentry *next_entry(struct dentry *dir, struct list_head *from, loff_t n)
{
	struct list_head *p;

	for (p = from->prev; p != &dir->d_subdirs; p = p->prev) {
		struct dentry *d = list_entry(p, struct dentry, d_child);

		if (is_entry(d) && !--n)
			return d_get_live(d) ? d : NULL;
	}
	return NULL;
}

static unsigned char dt_type(const struct inode *inode)
{
	return (inode->i_mode >> 12) & 15;
}

bool dir_emit_dots(struct file *f, struct dir_context *ctx)
{
	struct dentry *d = f->f_path.dentry, *parent;
	bool ok;

	if (ctx->pos == 0) {
		if (!dir_emit(ctx, ".", 1, d->d_inode->i_ino, DT_DIR))
			return false;
		ctx->pos = 1;
	}
	if (ctx->pos == 1) {
		parent = dget_parent(d);
		ok = dir_emit(ctx, "..", 2, parent->d_inode->i_ino, DT_DIR);
		dput(parent);
		if (!ok)
			return false;
		ctx->pos = 2;
	}
	return true;
}

int dcache_readdir(struct file *f, struct dir_context *ctx)
{
	struct dentry *dir = f->f_path.dentry, *cursor = f->private_data, *d;
	struct list_head *from;

	if (!dir_emit_dots(f, ctx))
		return 0;
	spin_lock(&dir->d_lock);
	from = ctx->pos == 2 ? &dir->d_subdirs : &cursor->d_child;
	d = next_entry(dir, from, 1);
	spin_unlock(&dir->d_lock);
	while (d) {
		struct dentry *next;

		if (!dir_emit(ctx, (const char *)d->d_name.name, d->d_name.len, d->d_inode->i_ino,
			      dt_type(d->d_inode)))
			break;
		ctx->pos++;
		spin_lock(&dir->d_lock);
		next = next_entry(dir, &d->d_child, 1);
		/* stand behind what was just read */
		list_move_tail(&cursor->d_child, &d->d_child);
		spin_unlock(&dir->d_lock);
		dput(d);
		d = next;
	}
	if (d) {
		/* not taken: stand before it */
		spin_lock(&dir->d_lock);
		list_move(&cursor->d_child, &d->d_child);
		spin_unlock(&dir->d_lock);
		dput(d);
	}
	return 0;
}

loff_t dcache_dir_lseek(struct file *f, loff_t off, int whence)
{
	struct dentry *dir = f->f_path.dentry, *cursor = f->private_data, *d;

	if (whence == SEEK_CUR)
		off += f->f_pos;
	else if (whence != SEEK_SET)
		return -EINVAL;
	if (off < 0)
		return -EINVAL;
	if (off == f->f_pos)
		return off;
	inode_lock_shared(dir->d_inode);
	d = NULL;
	spin_lock(&dir->d_lock);
	if (off > 2) {
		d = next_entry(dir, &dir->d_subdirs, off - 2);
		if (d)
			list_move_tail(&cursor->d_child, &d->d_child);
		else
			list_move(&cursor->d_child, &dir->d_subdirs);
	}
	spin_unlock(&dir->d_lock);
	dput(d);
	f->f_pos = off;
	inode_unlock_shared(dir->d_inode);
	return off;
}

/** generic_read_dir - ->read of directories. */
ssize_t generic_read_dir(struct file *f, char __user *buf, size_t n, loff_t *pos)
{
	return -EISDIR;
}

const struct file_operations simple_dir_operations = {
	.read = generic_read_dir,
	.open = dcache_dir_open,
	.release = dcache_dir_close,
	.llseek = dcache_dir_lseek,
	.iterate_shared = dcache_readdir,
	.fsync = noop_fsync,
};

const struct inode_operations simple_dir_inode_operations = { .lookup = simple_lookup };

/* ---- names ---- */

int simple_empty(struct dentry *d)
{
	struct dentry *c;
	int empty = 1;

	spin_lock(&d->d_lock);
	list_for_each_entry(c, &d->d_subdirs, d_child)
		if (is_entry(c)) {
			empty = 0;
			break;
		}
	spin_unlock(&d->d_lock);
	return empty;
}

static void touch_dir(struct inode *dir)
{
	dir->i_mtime = dir->i_ctime = current_time(dir);
}

int simple_link(struct dentry *old, struct inode *dir, struct dentry *d)
{
	struct inode *inode = old->d_inode;

	touch_dir(dir);
	inode->i_ctime = dir->i_ctime;
	inc_nlink(inode);
	ihold(inode);
	dget(d);
	d_instantiate(d, inode);
	return 0;
}

int simple_unlink(struct inode *dir, struct dentry *d)
{
	struct inode *inode = d->d_inode;

	touch_dir(dir);
	inode->i_ctime = dir->i_ctime;
	drop_nlink(inode);
	dput(d);
	return 0;
}

int simple_rmdir(struct inode *dir, struct dentry *d)
{
	if (!simple_empty(d))
		return -ENOTEMPTY;
	drop_nlink(d->d_inode);
	simple_unlink(dir, d);
	drop_nlink(dir);
	return 0;
}

static void rename_exchange_links(struct inode *odir, struct dentry *od, struct inode *ndir, struct dentry *nd)
{
	bool a = d_is_dir(od), b = d_is_dir(nd);

	if (odir == ndir || a == b)
		return;
	if (a) {
		drop_nlink(odir);
		inc_nlink(ndir);
	} else {
		drop_nlink(ndir);
		inc_nlink(odir);
	}
}

int simple_rename(struct inode *odir, struct dentry *od, struct inode *ndir, struct dentry *nd, unsigned int flags)
{
	bool is_dir = d_is_dir(od);

	if (flags & ~(RENAME_NOREPLACE | RENAME_EXCHANGE))
		return -EINVAL;
	if (flags & RENAME_EXCHANGE) {
		rename_exchange_links(odir, od, ndir, nd);
	} else {
		if (is_dir && nd->d_inode && !simple_empty(nd))
			return -ENOTEMPTY;
		if (nd->d_inode) {
			simple_unlink(ndir, nd);
			if (is_dir) {
				drop_nlink(nd->d_inode);
				drop_nlink(odir);
			}
		} else if (is_dir) {
			drop_nlink(odir);
			inc_nlink(ndir);
		}
	}
	touch_dir(odir);
	touch_dir(ndir);
	od->d_inode->i_ctime = ndir->i_ctime;
	if (nd->d_inode)
		nd->d_inode->i_ctime = ndir->i_ctime;
	return 0;
}

/* ---- small things ---- */

int simple_statfs(struct dentry *d, struct kstatfs *st)
{
	st->f_type = d->d_sb->s_magic;
	st->f_bsize = PAGE_SIZE;
	st->f_namelen = NAME_MAX_LEN;
	st->f_fsid = d->d_sb->s_dev;
	return 0;
}

ssize_t simple_read_from_buffer(void __user *to, size_t n, loff_t *pos, const void *from, size_t avail)
{
	size_t left;

	if (*pos < 0)
		return -EINVAL;
	if (*pos >= avail || !n)
		return 0;
	n = min_t(size_t, n, avail - *pos);
	left = copy_to_user(to, from + *pos, n);
	if (left == n)
		return -EFAULT;
	n -= left;
	*pos += n;
	return n;
}

int noop_fsync(struct file *f, loff_t s, loff_t e, int d)
{
	return 0;
}

/* ---- links ---- */

const char *simple_get_link(struct dentry *d, struct inode *inode, struct delayed_call *done)
{
	return inode->i_link;
}

const struct inode_operations simple_symlink_inode_operations = { .get_link = simple_get_link };

static void put_link_folio(void *folio)
{
	folio_put(folio);
}

/** page_get_link - the text is in the first page of the file, and ends with a NUL. */
const char *page_get_link(struct dentry *d, struct inode *inode, struct delayed_call *done)
{
	struct folio *f = read_mapping_folio(inode->i_mapping, 0, NULL);
	char *text;

	if (IS_ERR(f))
		return ERR_CAST(f);
	text = folio_address(f);
	/* what a damaged disk holds is not trusted to end */
	if (inode->i_size >= PAGE_SIZE || strnlen(text, PAGE_SIZE) >= PAGE_SIZE) {
		folio_put(f);
		return ERR_PTR(-ENAMETOOLONG);
	}
	text[inode->i_size] = 0;
	set_delayed_call(done, put_link_folio, f);
	return text;
}

/** page_symlink - write the text of a new link. Return: 0 or the error of write_begin. */
int page_symlink(struct inode *inode, const char *target, int len_with_nul)
{
	struct address_space *m = inode->i_mapping;
	unsigned int len = len_with_nul - 1;
	struct folio *f;
	int err;

	do {
		err = m->a_ops->write_begin(NULL, m, 0, len, &f);
		if (err)
			return err;
		memcpy(folio_address(f), target, len);
		err = m->a_ops->write_end(NULL, m, 0, len, len, f);
	} while (err >= 0 && err < len);
	if (err < 0)
		return err;
	mark_inode_dirty(inode);
	return 0;
}

/**
 * pseudo_fill_super - for a filesystem that nobody mounts but the kernel, where the
 * inodes of files without names live. @dops: usually for ->d_dname.
 * Return: 0 or -ENOMEM.
 */
int pseudo_fill_super(struct super_block *sb, unsigned long magic, const struct super_operations *sops,
		      const struct dentry_operations *dops)
{
	struct inode *root;

	sb->s_blocksize = PAGE_SIZE;
	sb->s_blocksize_bits = PAGE_SHIFT;
	sb->s_magic = magic;
	sb->s_op = sops;
	sb->s_d_op = dops;
	sb->s_time_gran = 1;
	root = new_inode(sb);
	if (!root)
		return -ENOMEM;
	root->i_ino = 1;
	root->i_mode = S_IFDIR | 0600;
	sb->s_root = d_make_root(root);
	return sb->s_root ? 0 : -ENOMEM;
}
