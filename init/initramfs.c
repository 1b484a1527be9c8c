// SPDX-License-Identifier: GPL-2.0-only
/*
 * The initramfs: unpack the cpio archive that the boot loader passed into the rootfs.
 *
 * Plain "newc" archives, several behind each other as Linux allows; compressed ones are
 * refused with a message. Hard links are recognised within one archive by device and
 * inode number; the data is in the last of them. A name that occurs again, in a later
 * archive usually, is what it was last.
 */
#include <fs/fs.h>
#include <lib/cpio.h>
#include <lib/string.h>
#include <kernel/init.h>
#include <kernel/printk.h>
#include <mm/slab.h>
#include <mm/page.h>

struct link_seen {
	struct link_seen *next;
	u32 ino, major, minor;
	unsigned int archive;
	char name[];
};

/* Remove what has the name, unless it is of @type (S_IF*; 0: whatever it is). */
static void __init make_way(const char *name, umode_t type)
{
	struct path path;
	umode_t found;

	if (kern_path(name, 0, &path))
		return;
	found = path.dentry->d_inode->i_mode & S_IFMT;
	path_put(&path);
	/* if that fails, so will what is to be made */
	if (found != type)
		kern_path_remove(name, found == S_IFDIR ? AT_REMOVEDIR : 0);
}

static int __init make_dir(const char *name, umode_t mode)
{
	struct path parent;
	struct dentry *d = kern_path_create(AT_FDCWD, name, &parent, LOOKUP_DIRECTORY);
	int err;

	if (IS_ERR(d))
		return PTR_ERR(d) == -EEXIST ? 0 : PTR_ERR(d);
	err = vfs_mkdir(parent.dentry->d_inode, d, mode & 07777);
	done_path_create(&parent, d);
	return err;
}

static int __init make_special(const char *name, umode_t mode, dev_t dev)
{
	struct path parent;
	struct dentry *d = kern_path_create(AT_FDCWD, name, &parent, 0);
	int err;

	if (IS_ERR(d))
		return PTR_ERR(d);
	err = vfs_mknod(parent.dentry->d_inode, d, mode, dev);
	done_path_create(&parent, d);
	return err;
}

static int __init make_symlink(const char *name, const void *text, size_t len)
{
	char *target __free(kfree) = kmemdup_nul(text, len, GFP_KERNEL);
	struct path parent;
	struct dentry *d;
	int err;

	if (!target)
		return -ENOMEM;
	d = kern_path_create(AT_FDCWD, name, &parent, 0);
	if (IS_ERR(d))
		return PTR_ERR(d);
	err = -EPERM;
	if (parent.dentry->d_inode->i_op->symlink)
		err = parent.dentry->d_inode->i_op->symlink(parent.dentry->d_inode, d, target);
	done_path_create(&parent, d);
	return err;
}

static int __init make_link(const char *old_name, const char *name)
{
	struct path old, parent;
	struct dentry *d;
	int err = kern_path(old_name, 0, &old);

	if (err)
		return err;
	d = kern_path_create(AT_FDCWD, name, &parent, 0);
	err = PTR_ERR_OR_ZERO(d);
	if (!err) {
		err = -EPERM;
		if (parent.dentry->d_inode->i_op->link)
			err = parent.dentry->d_inode->i_op->link(old.dentry, parent.dentry->d_inode, d);
		done_path_create(&parent, d);
	}
	path_put(&old);
	return err;
}

static int __init write_file(const char *name, umode_t mode, const void *data, size_t size)
{
	struct file *f = filp_open(name, O_WRONLY | O_CREAT | O_TRUNC | O_LARGEFILE, mode & 07777);
	loff_t pos = 0;

	if (IS_ERR(f))
		return PTR_ERR(f);
	while (pos < size) {
		ssize_t n = kernel_write(f, data + pos, size - pos, &pos);

		if (n <= 0) {
			fput(f);
			return n ? n : -EIO;
		}
	}
	fput(f);
	return 0;
}

/* mode, owner and time, which creating may have masked */
static void __init set_attributes(const char *name, const struct cpio_entry *e)
{
	struct iattr attr = { .ia_valid = ATTR_UID | ATTR_GID | ATTR_MTIME | ATTR_MTIME_SET | ATTR_ATIME |
			      ATTR_ATIME_SET | ATTR_TIMES_SET };
	struct path path;

	if (kern_path(name, 0, &path))
		return;
	attr.ia_uid = e->uid;
	attr.ia_gid = e->gid;
	attr.ia_mtime = attr.ia_atime = (ktime_t)e->mtime * NSEC_PER_SEC;
	inode_lock(path.dentry->d_inode);
	notify_change(path.dentry, &attr);
	if (!S_ISLNK(e->mode)) {
		attr = (struct iattr){ .ia_valid = ATTR_MODE, .ia_mode = e->mode };
		notify_change(path.dentry, &attr);
	}
	inode_unlock(path.dentry->d_inode);
	path_put(&path);
}

/* The name under which this file was made before, or NULL, and it is remembered. */
static const char *__init find_link(struct link_seen **seen, const struct cpio_entry *e, const char *name)
{
	struct link_seen *l;

	if (e->nlink < 2 || S_ISDIR(e->mode))
		return NULL;
	for (l = *seen; l; l = l->next)
		if (l->ino == e->ino && l->major == e->major && l->minor == e->minor && l->archive == e->archive)
			return l->name;
	l = kmalloc(sizeof(*l) + strlen(name) + 1, GFP_KERNEL);
	if (l) {
		l->next = *seen;
		l->ino = e->ino;
		l->major = e->major;
		l->minor = e->minor;
		l->archive = e->archive;
		strcpy(l->name, name);
		*seen = l;
	}
	return NULL;
}

static int __init make_entry(struct link_seen **seen, const struct cpio_entry *e, const char *name)
{
	const char *same = find_link(seen, e, name);
	int err;

	if (same) {
		make_way(name, 0);
		err = make_link(same, name);
		return err || !S_ISREG(e->mode) || !e->size ? err : write_file(name, e->mode, e->data, e->size);
	}
	/* a directory keeps what is in it, and a file its other names */
	make_way(name, S_ISDIR(e->mode) || S_ISREG(e->mode) ? e->mode & S_IFMT : 0);
	switch (e->mode & S_IFMT) {
	case S_IFDIR:
		return make_dir(name, e->mode);
	case S_IFREG:
		return write_file(name, e->mode, e->data, e->size);
	case S_IFLNK:
		return make_symlink(name, e->data, e->size);
	case S_IFCHR:
	case S_IFBLK:
	case S_IFIFO:
	case S_IFSOCK:
		return make_special(name, e->mode, MKDEV(e->rmajor, e->rminor));
	}
	return -EINVAL;
}

static int __init unpack_entry(struct link_seen **seen, const struct cpio_entry *e)
{
	char *name;
	int err;

	/* names are relative to "/" */
	if (!e->name_len || !strcmp(e->name, "."))
		return 0;
	name = kasprintf(GFP_KERNEL, "/%s", e->name[0] == '/' ? e->name + 1 : e->name);
	if (!name)
		return -ENOMEM;
	err = make_entry(seen, e, name);
	if (!err)
		set_attributes(name, e);
	else
		pr_warn("initramfs: %s: error %d\n", name, err);
	kfree(name);
	return err == -ENOMEM || err == -ENOSPC ? err : 0;
}

static const char *__init compression(const u8 *p, size_t size)
{
	if (size >= 2 && p[0] == 0x1f && p[1] == 0x8b)
		return "gzip";
	if (size >= 6 && !memcmp(p, "\3757zXZ", 6))
		return "xz";
	if (size >= 4 && !memcmp(p, "\x28\xb5\x2f\xfd", 4))
		return "zstd";
	if (size >= 3 && !memcmp(p, "BZh", 3))
		return "bzip2";
	if (size >= 4 && !memcmp(p, "\x02\x21\x4c\x18", 4))
		return "lz4";
	return NULL;
}

/**
 * unpack_initramfs - the initrd's archive into the root, which is the rootfs.
 * Context: process 1, before init runs.
 * Return: 0; -ENOENT: there is none; -EINVAL: no cpio archive, or compressed; -ENOMEM.
 */
int __init unpack_initramfs(void)
{
	struct link_seen *seen = NULL, *l;
	struct cpio_reader r;
	struct cpio_entry e;
	unsigned int n = 0;
	const char *how;
	int err;

	if (!initrd_end || initrd_end <= initrd_start)
		return -ENOENT;
	cpio_open(&r, __va(initrd_start), initrd_end - initrd_start);
	while ((err = cpio_next(&r, &e)) > 0) {
		err = unpack_entry(&seen, &e);
		if (err)
			break;
		n++;
	}
	while ((l = seen)) {
		seen = l->next;
		kfree(l);
	}
	if (err < 0) {
		how = compression(r.data + r.pos, r.size - r.pos);
		if (how)
			pr_err("initramfs: the archive is compressed with %s, which is not supported: unpack it first\n", how);
		else
			pr_err("initramfs: broken at byte %lu: error %d\n", (unsigned long)r.pos, err);
	}
	if (n)
		pr_info("initramfs: %u files\n", n);
	return n ? 0 : err ? err : -EINVAL;
}
