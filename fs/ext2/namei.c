// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names: making, linking, removing and renaming. The VFS has checked
 * permissions and holds the i_rwsem of the directories (and of a victim).
 *
 * Order on the disk-to-be: an inode is linked after it is filled, and a link
 * count goes down after the name is gone, so that what a crash leaves behind is
 * an inode too many, not a name without an inode.
 */
#include "ext2.h"
#include <lib/err.h>
#include <lib/string.h>
#include <linux/fs.h>

static struct dentry *ext2_lookup(struct inode *dir, struct dentry *d, unsigned int flags)
{
	struct ext2_dir_place p;
	struct inode *inode = NULL;
	int err;

	if (d->d_name.len > EXT2_NAME_LEN)
		return ERR_PTR(-ENAMETOOLONG);
	err = ext2_find_entry(dir, &d->d_name, &p);
	if (!err) {
		unsigned long ino = le32_to_cpu(p.de->inode);

		ext2_put_place(&p);
		inode = ext2_iget(dir->i_sb, ino);
		if (inode == ERR_PTR(-ESTALE)) {
			ext2_error(dir->i_sb, "directory %lu names inode %lu, which is free",
				   dir->i_ino, ino);
			return ERR_PTR(-EIO);
		}
	} else if (err != -ENOENT) {
		return ERR_PTR(err);
	}
	return d_splice_alias(inode, d);
}

/* undo a new inode that got no name */
static int give_up(struct inode *inode, int err)
{
	clear_nlink(inode);
	mark_inode_dirty(inode);
	discard_new_inode(inode);
	return err;
}

static int add_nondir(struct inode *dir, struct dentry *d, struct inode *inode)
{
	int err = ext2_add_entry(dir, &d->d_name, inode);

	if (err)
		return give_up(inode, err);
	d_instantiate_new(d, inode);
	return 0;
}

static int ext2_create(struct inode *dir, struct dentry *d, umode_t mode, bool excl)
{
	struct inode *inode = ext2_new_inode(dir, mode | S_IFREG);

	if (IS_ERR(inode))
		return PTR_ERR(inode);
	ext2_set_file_ops(inode);
	return add_nondir(dir, d, inode);
}

static int ext2_tmpfile(struct inode *dir, struct file *file, umode_t mode)
{
	struct inode *inode = ext2_new_inode(dir, mode | S_IFREG);

	if (IS_ERR(inode))
		return PTR_ERR(inode);
	ext2_set_file_ops(inode);
	d_tmpfile(file, inode);
	mark_inode_dirty(inode);
	unlock_new_inode(inode);
	return 0;
}

static int ext2_mknod(struct inode *dir, struct dentry *d, umode_t mode, dev_t dev)
{
	struct inode *inode = ext2_new_inode(dir, mode);

	if (IS_ERR(inode))
		return PTR_ERR(inode);
	init_special_inode(inode, inode->i_mode, dev);
	inode->i_op = &ext2_special_inode_operations;
	return add_nondir(dir, d, inode);
}

static int ext2_symlink(struct inode *dir, struct dentry *d, const char *target)
{
	unsigned int len = strlen(target) + 1;
	struct inode *inode;
	int err;

	if (len > dir->i_sb->s_blocksize)
		return -ENAMETOOLONG;
	inode = ext2_new_inode(dir, S_IFLNK | 0777);
	if (IS_ERR(inode))
		return PTR_ERR(inode);
	if (len <= sizeof(EXT2_I(inode)->i_data)) {
		inode->i_link = (char *)EXT2_I(inode)->i_data;
		memcpy(inode->i_link, target, len);
		inode->i_op = &ext2_fast_symlink_inode_operations;
		i_size_write(inode, len - 1);
	} else {
		inode->i_op = &ext2_symlink_inode_operations;
		inode->i_mapping->a_ops = &ext2_aops;
		err = page_symlink(inode, target, len);
		if (err)
			return give_up(inode, err);
	}
	mark_inode_dirty(inode);
	return add_nondir(dir, d, inode);
}

static int ext2_link(struct dentry *old, struct inode *dir, struct dentry *d)
{
	struct inode *inode = d_inode(old);
	int err;

	if (inode->i_nlink >= EXT2_LINK_MAX)
		return -EMLINK;
	err = ext2_add_entry(dir, &d->d_name, inode);
	if (err)
		return err;
	inode->i_ctime = current_time(inode);
	inc_nlink(inode);
	mark_inode_dirty(inode);
	ihold(inode);
	d_instantiate(d, inode);
	return 0;
}

static int ext2_mkdir(struct inode *dir, struct dentry *d, umode_t mode)
{
	struct inode *inode;
	int err;

	if (dir->i_nlink >= EXT2_LINK_MAX)
		return -EMLINK;
	inode = ext2_new_inode(dir, S_IFDIR | mode);
	if (IS_ERR(inode))
		return PTR_ERR(inode);
	inode->i_op = &ext2_dir_inode_operations;
	inode->i_fop = &ext2_dir_operations;
	inode->i_mapping->a_ops = &ext2_aops;
	set_nlink(inode, 2);
	err = ext2_make_empty(inode, dir);
	if (!err)
		err = ext2_add_entry(dir, &d->d_name, inode);
	if (err)
		return give_up(inode, err);
	inc_nlink(dir);
	mark_inode_dirty(dir);
	d_instantiate_new(d, inode);
	return 0;
}

static int ext2_unlink(struct inode *dir, struct dentry *d)
{
	struct inode *inode = d_inode(d);
	struct ext2_dir_place p;
	int err = ext2_find_entry(dir, &d->d_name, &p);

	if (err)
		return err;
	err = ext2_delete_entry(dir, &p);
	ext2_put_place(&p);
	if (err)
		return err;
	inode->i_ctime = dir->i_ctime;
	if (inode->i_nlink)		/* a lying disk may have had 0 already */
		drop_nlink(inode);
	mark_inode_dirty(inode);
	return 0;
}

static int ext2_rmdir(struct inode *dir, struct dentry *d)
{
	struct inode *inode = d_inode(d);
	int err = ext2_empty_dir(inode);

	if (err <= 0)
		return err ? err : -ENOTEMPTY;
	err = ext2_unlink(dir, d);
	if (err)
		return err;
	clear_nlink(inode);
	i_size_write(inode, 0);
	ext2_drop_index(inode);
	mark_inode_dirty(inode);
	if (dir->i_nlink)
		drop_nlink(dir);
	mark_inode_dirty(dir);
	return 0;
}

/* rename over an existing @victim: the entry changes its inode */
static int replace(struct inode *dir, struct dentry *nd, struct inode *inode, bool is_dir)
{
	struct inode *victim = d_inode(nd);
	struct ext2_dir_place p;
	int err;

	if (is_dir) {
		err = ext2_empty_dir(victim);
		if (err <= 0)
			return err ? err : -ENOTEMPTY;
	}
	err = ext2_find_entry(dir, &nd->d_name, &p);
	if (err)
		return err;
	err = ext2_set_entry(dir, &p, inode, true);
	ext2_put_place(&p);
	if (err)
		return err;
	victim->i_ctime = current_time(victim);
	if (is_dir)
		clear_nlink(victim);
	else if (victim->i_nlink)
		drop_nlink(victim);
	mark_inode_dirty(victim);
	return 0;
}

static int ext2_rename(struct inode *odir, struct dentry *od, struct inode *ndir, struct dentry *nd,
		       unsigned int flags)
{
	struct inode *inode = d_inode(od);
	bool is_dir = S_ISDIR(inode->i_mode), had_victim = d_is_positive(nd);
	struct ext2_dir_place from, up = { 0 };
	int err;

	if (flags & ~RENAME_NOREPLACE)
		return -EINVAL;
	err = ext2_find_entry(odir, &od->d_name, &from);
	if (err)
		return err;
	if (is_dir && odir != ndir) {
		err = ext2_find_dotdot(inode, &up);
		if (err)
			goto out;
		err = -EMLINK;
		if (!had_victim && ndir->i_nlink >= EXT2_LINK_MAX)
			goto out;
	}
	err = had_victim ? replace(ndir, nd, inode, is_dir) : ext2_add_entry(ndir, &nd->d_name, inode);
	if (err)
		goto out;

	/* the new name is there: the old one goes */
	inode->i_ctime = current_time(inode);
	mark_inode_dirty(inode);
	if (odir == ndir) {	/* adding may have moved entries about in this very page */
		ext2_put_place(&from);
		err = ext2_find_entry(odir, &od->d_name, &from);
	}
	if (!err)
		err = ext2_delete_entry(odir, &from);
	if (is_dir) {
		if (up.folio && !err)
			err = ext2_set_entry(inode, &up, ndir, false);
		/* the victim's ".." no longer counts, the moved one's does */
		if (odir != ndir && !had_victim)
			inc_nlink(ndir);
		if ((odir != ndir || had_victim) && odir->i_nlink)
			drop_nlink(odir);
		mark_inode_dirty(ndir);
		mark_inode_dirty(odir);
	}
out:
	ext2_put_place(&up);
	ext2_put_place(&from);
	return err;
}

const struct inode_operations ext2_dir_inode_operations = {
	.lookup		= ext2_lookup,
	.create		= ext2_create,
	.link		= ext2_link,
	.unlink		= ext2_unlink,
	.symlink	= ext2_symlink,
	.mkdir		= ext2_mkdir,
	.rmdir		= ext2_rmdir,
	.mknod		= ext2_mknod,
	.rename		= ext2_rename,
	.tmpfile	= ext2_tmpfile,
	.setattr	= ext2_setattr,
};

const struct inode_operations ext2_special_inode_operations = {
	.setattr	= ext2_setattr,
};

const struct inode_operations ext2_symlink_inode_operations = {
	.get_link	= page_get_link,
	.setattr	= ext2_setattr,
};

const struct inode_operations ext2_fast_symlink_inode_operations = {
	.get_link	= simple_get_link,
	.setattr	= ext2_setattr,
};
