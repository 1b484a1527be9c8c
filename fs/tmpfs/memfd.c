// SPDX-License-Identifier: GPL-2.0-only
/*
 * memfd_create(2), and seals: promises about a file that can be added but never
 * taken back. They are checked where size, content or mappings change (pages.c,
 * file.c); F_SEAL_WRITE needs that no writable shared mapping exists, and
 * i_mmap_writable < 0 keeps it so.
 */
#include <kernel/syscalls.h>
#include <lib/string.h>
#include <mm/mm.h>
#include <mm/slab.h>
#include <arch/uaccess.h>
#include <linux/memfd.h>
#include <linux/fcntl.h>
#include "tmpfs.h"

#define MEMFD_PREFIX	"memfd:"
#define MEMFD_NAME_MAX	(NAME_MAX_LEN - (sizeof(MEMFD_PREFIX) - 1))
#define ALL_SEALS	(F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | \
			 F_SEAL_FUTURE_WRITE | F_SEAL_EXEC)

/* "memfd:" and the user's name. Return: to be kfree'd; ERR_PTR(-EFAULT, -EINVAL, -ENOMEM). */
static char *copy_name(const char __user *uname)
{
	char *name = kmalloc(NAME_MAX_LEN + 1, GFP_KERNEL);
	long len;

	if (!name)
		return ERR_PTR(-ENOMEM);
	strcpy(name, MEMFD_PREFIX);
	len = strncpy_from_user(name + sizeof(MEMFD_PREFIX) - 1, uname, MEMFD_NAME_MAX + 1);
	if (len >= 0 && len <= (long)MEMFD_NAME_MAX)
		return name;
	kfree(name);
	return ERR_PTR(len < 0 ? -EFAULT : -EINVAL);
}

SYSCALL_DEFINE2(memfd_create, const char __user *, uname, unsigned int, flags)
{
	struct tmpfs_inode *info;
	struct file *file;
	char *name;
	int fd;

	if (flags & MFD_HUGETLB)
		return flags & ~(MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_HUGETLB | MFD_NOEXEC_SEAL |
				 MFD_EXEC | (0x3fU << 26)) ? -EINVAL : -ENOSYS;
	if (flags & ~(MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL | MFD_EXEC))
		return -EINVAL;
	if ((flags & MFD_EXEC) && (flags & MFD_NOEXEC_SEAL))
		return -EINVAL;
	name = copy_name(uname);
	if (IS_ERR(name))
		return PTR_ERR(name);
	fd = get_unused_fd_flags(flags & MFD_CLOEXEC ? O_CLOEXEC : 0);
	if (fd < 0) {
		kfree(name);
		return fd;
	}
	file = shmem_file_setup(name, 0, VM_NORESERVE);
	kfree(name);
	if (IS_ERR(file)) {
		put_unused_fd(fd);
		return PTR_ERR(file);
	}
	file->f_mode |= FMODE_LSEEK | FMODE_PREAD | FMODE_PWRITE;
	file->f_flags |= O_LARGEFILE;
	info = TMPFS_I(file_inode(file));
	if (flags & (MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL))
		info->seals &= ~F_SEAL_SEAL;
	if (flags & MFD_NOEXEC_SEAL) {
		info->vfs_inode.i_mode &= ~0111;
		info->seals |= F_SEAL_EXEC;
	}
	fd_install(fd, file);
	return fd;
}

/* No writable shared mapping from now on. 0 or -EBUSY. */
static int deny_writable(struct address_space *m)
{
	int v = atomic_read(&m->i_mmap_writable);

	do {
		if (v > 0)
			return -EBUSY;
	} while (!atomic_try_cmpxchg(&m->i_mmap_writable, &v, v - 1));
	return 0;
}

static int add_seals(struct file *file, unsigned int seals)
{
	struct inode *inode = file_inode(file);
	struct tmpfs_inode *info = TMPFS_I(inode);
	int err = 0;

	if (!(file->f_mode & FMODE_WRITE))
		return -EPERM;
	if (seals & ~ALL_SEALS)
		return -EINVAL;
	inode_lock(inode);
	if (info->seals & F_SEAL_SEAL)
		err = -EPERM;
	else if ((seals & F_SEAL_WRITE) && !(info->seals & F_SEAL_WRITE))
		err = deny_writable(inode->i_mapping);
	if (!err) {
		/* what cannot be made executable cannot be changed either: as on Linux */
		if ((seals & F_SEAL_EXEC) && (inode->i_mode & 0111))
			seals |= F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_FUTURE_WRITE;
		info->seals |= seals;
	}
	inode_unlock(inode);
	return err;
}

/**
 * memfd_fcntl - F_ADD_SEALS and F_GET_SEALS.
 * Context: may sleep. Return: seals, 0; -EINVAL (not such a file), -EPERM, -EBUSY.
 */
long memfd_fcntl(struct file *file, unsigned int cmd, unsigned long arg)
{
	if (file->f_op != &tmpfs_file_operations)
		return -EINVAL;
	switch (cmd) {
	case F_ADD_SEALS:
		return arg > UINT_MAX ? -EINVAL : add_seals(file, arg);
	case F_GET_SEALS:
		return TMPFS_I(file_inode(file))->seals;
	}
	return -EINVAL;
}
