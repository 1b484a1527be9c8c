// SPDX-License-Identifier: GPL-2.0-only
/*
 * Extended attributes: no filesystem here stores any, so the calls check what they are
 * given and answer as Linux does for such a filesystem: listing gives nothing, all else
 * EOPNOTSUPP.
 */
#include "vfs_internal.h"
#include <kernel/syscalls.h>
#include <arch/uaccess.h>
#include <linux/xattr.h>

/* Is the name readable and of allowed length? */
static int check_name(const char __user *uname)
{
	char *name __free(kfree) = kmalloc(XATTR_NAME_MAX + 1, GFP_KERNEL);
	long len;

	if (!name)
		return -ENOMEM;
	len = strncpy_from_user(name, uname, XATTR_NAME_MAX + 1);
	if (len < 0)
		return len;
	return len == 0 || len > XATTR_NAME_MAX ? -ERANGE : -EOPNOTSUPP;
}

static int by_path(const char __user *path_name, unsigned int lookup, int answer)
{
	struct path path;
	int err = user_path_at(AT_FDCWD, path_name, lookup, &path);

	if (err)
		return err;
	path_put(&path);
	return answer;
}

static int by_fd(int fd, int answer)
{
	struct fd f = fdget(fd);

	if (!f.file)
		return -EBADF;
	fdput(f);
	return answer;
}

static int check_set(const char __user *name, size_t size, int flags)
{
	if (flags & ~(XATTR_CREATE | XATTR_REPLACE))
		return -EINVAL;
	if (size > XATTR_SIZE_MAX)
		return -E2BIG;
	return check_name(name);
}

SYSCALL_DEFINE5(setxattr, const char __user *, path, const char __user *, name, const void __user *, value,
		size_t, size, int, flags)
{
	return by_path(path, LOOKUP_FOLLOW, check_set(name, size, flags));
}

SYSCALL_DEFINE5(lsetxattr, const char __user *, path, const char __user *, name, const void __user *, value,
		size_t, size, int, flags)
{
	return by_path(path, 0, check_set(name, size, flags));
}

SYSCALL_DEFINE5(fsetxattr, int, fd, const char __user *, name, const void __user *, value, size_t, size, int, flags)
{
	return by_fd(fd, check_set(name, size, flags));
}

SYSCALL_DEFINE4(getxattr, const char __user *, path, const char __user *, name, void __user *, value, size_t, size)
{
	return by_path(path, LOOKUP_FOLLOW, check_name(name));
}

SYSCALL_DEFINE4(lgetxattr, const char __user *, path, const char __user *, name, void __user *, value, size_t, size)
{
	return by_path(path, 0, check_name(name));
}

SYSCALL_DEFINE4(fgetxattr, int, fd, const char __user *, name, void __user *, value, size_t, size)
{
	return by_fd(fd, check_name(name));
}

SYSCALL_DEFINE3(listxattr, const char __user *, path, char __user *, list, size_t, size)
{
	return by_path(path, LOOKUP_FOLLOW, 0);
}

SYSCALL_DEFINE3(llistxattr, const char __user *, path, char __user *, list, size_t, size)
{
	return by_path(path, 0, 0);
}

SYSCALL_DEFINE3(flistxattr, int, fd, char __user *, list, size_t, size)
{
	return by_fd(fd, 0);
}

SYSCALL_DEFINE2(removexattr, const char __user *, path, const char __user *, name)
{
	return by_path(path, LOOKUP_FOLLOW, check_name(name));
}

SYSCALL_DEFINE2(lremovexattr, const char __user *, path, const char __user *, name)
{
	return by_path(path, 0, check_name(name));
}

SYSCALL_DEFINE2(fremovexattr, int, fd, const char __user *, name)
{
	return by_fd(fd, check_name(name));
}
