// SPDX-License-Identifier: GPL-2.0-only
/*
 * devpts: one directory that holds a node for each pseudo-terminal in use, and ptmx.
 * There is one instance; every mount shows it, and the options of the last one hold
 * for terminals made from then on (ptmxmode: at once).
 */
#include <fs/devpts_fs.h>
#include <fs/fs.h>
#include <fs/seq_file.h>
#include <kernel/init.h>
#include <lib/err.h>
#include <lib/kstrto.h>
#include <lib/printf.h>
#include <lib/string.h>
#include <linux/magic.h>
#include <linux/major.h>

#define PTMX_DEV	MKDEV(TTYAUX_MAJOR, 2)
#define ROOT_INO	1
#define PTMX_INO	2
#define FIRST_INO	3

static struct {
	umode_t mode, ptmxmode;
	uid_t uid;
	gid_t gid;
	bool setuid, setgid;
} options = { .mode = 0600 };

static struct vfsmount *devpts_mnt;
static struct inode *ptmx_inode;

static struct inode *make_inode(struct super_block *sb, umode_t mode, u64 ino, dev_t dev)
{
	struct inode *inode = new_inode(sb);

	if (!inode)
		return NULL;
	inode->i_ino = ino;
	inode->i_atime = inode->i_mtime = inode->i_ctime = current_time(inode);
	inode->i_mode = mode;
	if (S_ISDIR(mode)) {
		inode->i_op = &simple_dir_inode_operations;
		inode->i_fop = &simple_dir_operations;
		set_nlink(inode, 2);
	} else {
		init_special_inode(inode, mode, dev);
	}
	return inode;
}

/* the dentry's reference keeps it, until devpts_pty_kill() */
static struct dentry *add(struct super_block *sb, const char *name, struct inode *inode)
{
	struct dentry *d = inode ? d_alloc_name(sb->s_root, name) : NULL;

	if (!d) {
		if (inode)
			iput(inode);
		return ERR_PTR(-ENOMEM);
	}
	d_add(d, inode);
	return d;
}

struct dentry *devpts_pty_new(unsigned int index, dev_t dev)
{
	struct super_block *sb;
	struct inode *inode;
	char name[12];

	if (!devpts_mnt)
		return ERR_PTR(-ENODEV);
	sb = devpts_mnt->mnt_sb;
	inode = make_inode(sb, S_IFCHR | options.mode, FIRST_INO + index, dev);
	if (inode) {
		inode->i_uid = options.setuid ? options.uid : current_fsuid();
		inode->i_gid = options.setgid ? options.gid : current_fsgid();
	}
	snprintf(name, sizeof(name), "%u", index);
	return add(sb, name, inode);
}

void devpts_pty_kill(struct dentry *d)
{
	drop_nlink(d->d_inode);
	d_drop(d);
	dput(d);
}

/* ---- mounting ---- */

static int parse_option(char *opt)
{
	char *val = strchr(opt, '=');
	unsigned int n;

	if (!val)
		return strcmp(opt, "newinstance") ? -EINVAL : 0;
	*val++ = '\0';
	if (kstrtouint(val, strstr(opt, "mode") ? 8 : 10, &n))
		return -EINVAL;
	if (!strcmp(opt, "mode")) {
		options.mode = n & 07777;
	} else if (!strcmp(opt, "ptmxmode")) {
		options.ptmxmode = n & 07777;
	} else if (!strcmp(opt, "uid")) {
		options.uid = n;
		options.setuid = true;
	} else if (!strcmp(opt, "gid")) {
		options.gid = n;
		options.setgid = true;
	} else if (strcmp(opt, "max")) {
		return -EINVAL;
	}
	return 0;
}

static int parse_options(char *data)
{
	char *opt;
	int err = 0;

	while (!err && (opt = strsep(&data, ",")))
		if (*opt)
			err = parse_option(opt);
	if (!err && ptmx_inode)
		ptmx_inode->i_mode = S_IFCHR | options.ptmxmode;
	return err;
}

static int show_options(struct seq_file *m, struct dentry *root)
{
	if (options.setuid)
		seq_printf(m, ",uid=%u", options.uid);
	if (options.setgid)
		seq_printf(m, ",gid=%u", options.gid);
	seq_printf(m, ",mode=%03o,ptmxmode=%03o", options.mode, options.ptmxmode);
	return 0;
}

static int devpts_remount(struct super_block *sb, int *flags, char *data)
{
	return parse_options(data);
}

static const struct super_operations devpts_sops = {
	.statfs = simple_statfs,
	.remount_fs = devpts_remount,
	.show_options = show_options,
};

static int fill_super(struct super_block *sb, void *data, int silent)
{
	struct inode *root;

	sb->s_flags |= SB_NOEXEC | SB_NOSUID;
	sb->s_blocksize = 1024;
	sb->s_blocksize_bits = 10;
	sb->s_magic = DEVPTS_SUPER_MAGIC;
	sb->s_op = &devpts_sops;
	sb->s_time_gran = 1;
	root = make_inode(sb, S_IFDIR | 0755, ROOT_INO, 0);
	sb->s_root = root ? d_make_root(root) : NULL;
	if (!sb->s_root)
		return -ENOMEM;
	ptmx_inode = make_inode(sb, S_IFCHR | options.ptmxmode, PTMX_INO, PTMX_DEV);
	return PTR_ERR_OR_ZERO(add(sb, "ptmx", ptmx_inode));
}

static struct dentry *devpts_mount(struct file_system_type *t, int flags, const char *dev, void *data)
{
	int err = parse_options(data);

	return err ? ERR_PTR(err) : mount_single(t, flags, data, fill_super);
}

static struct file_system_type devpts_type = {
	.name = "devpts",
	.fs_flags = FS_USERNS_OK,
	.mount = devpts_mount,
	.kill_sb = kill_litter_super,	/* never: the kernel's mount stays */
};

static int __init devpts_init(void)
{
	struct vfsmount *m;
	int err = register_filesystem(&devpts_type);

	if (err)
		return err;
	m = kern_mount(&devpts_type);
	if (IS_ERR(m))
		return PTR_ERR(m);
	devpts_mnt = m;
	return 0;
}
fs_initcall(devpts_init);
