// SPDX-License-Identifier: GPL-2.0-only
/* statfs, fstatfs: how large and how full a filesystem is. */
#include "vfs_internal.h"
#include <kernel/syscalls.h>
#include <arch/uaccess.h>
#include <asm/statfs.h>

#define ST_VALID	0x0020
static const struct {
	int mnt, st;
} flag_map[] = {
	{ MNT_READONLY, 0x0001 }, { MNT_NOSUID, 0x0002 }, { MNT_NODEV, 0x0004 },
	{ MNT_NOEXEC, 0x0008 }, { MNT_NOATIME, 0x0400 }, { MNT_NODIRATIME, 0x0800 },
	{ MNT_RELATIME, 0x1000 }, { MNT_NOSYMFOLLOW, 0x2000 },
};

static long st_flags(const struct vfsmount *m)
{
	long flags = ST_VALID;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(flag_map); i++)
		if (m->mnt_flags & flag_map[i].mnt)
			flags |= flag_map[i].st;
	if (m->mnt_sb->s_flags & SB_SYNCHRONOUS)
		flags |= 0x0010;
	if (sb_rdonly(m->mnt_sb))
		flags |= 0x0001;
	return flags;
}

/** vfs_statfs - Return: 0, -ENOSYS, or the filesystem's error. */
int vfs_statfs(const struct path *path, struct kstatfs *st)
{
	struct super_block *sb = path->dentry->d_sb;
	int err;

	if (!sb->s_op || !sb->s_op->statfs)
		return -ENOSYS;
	memset(st, 0, sizeof(*st));
	err = sb->s_op->statfs(path->dentry, st);
	if (err)
		return err;
	if (!st->f_frsize)
		st->f_frsize = st->f_bsize;
	st->f_flags = st_flags(path->mnt);
	return 0;
}

static int put_statfs(struct statfs __user *u, const struct kstatfs *k)
{
	struct statfs st = {
		.f_type = k->f_type,
		.f_bsize = k->f_bsize,
		.f_blocks = k->f_blocks,
		.f_bfree = k->f_bfree,
		.f_bavail = k->f_bavail,
		.f_files = k->f_files,
		.f_ffree = k->f_ffree,
		.f_fsid.val = { lower_32_bits(k->f_fsid), upper_32_bits(k->f_fsid) },
		.f_namelen = k->f_namelen,
		.f_frsize = k->f_frsize,
		.f_flags = k->f_flags,
	};

	return copy_to_user(u, &st, sizeof(st)) ? -EFAULT : 0;
}

SYSCALL_DEFINE2(statfs, const char __user *, name, struct statfs __user *, u)
{
	struct kstatfs k;
	struct path path;
	int err = user_path_at(AT_FDCWD, name, LOOKUP_FOLLOW, &path);

	if (err)
		return err;
	err = vfs_statfs(&path, &k);
	path_put(&path);
	return err ? err : put_statfs(u, &k);
}

SYSCALL_DEFINE2(fstatfs, unsigned int, fd, struct statfs __user *, u)
{
	struct fd f = fdget_raw(fd);
	struct kstatfs k;
	int err;

	if (!f.file)
		return -EBADF;
	err = vfs_statfs(&f.file->f_path, &k);
	fdput(f);
	return err ? err : put_statfs(u, &k);
}
