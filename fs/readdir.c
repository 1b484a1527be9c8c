// SPDX-License-Identifier: GPL-2.0-only
/*
 * getdents64(2): a directory's entries packed into a user buffer.
 *
 * The d_off of an entry is the position of the next one, so it is stored when the next
 * entry, or the end, is known.
 */
#include "vfs_internal.h"
#include <kernel/signal.h>
#include <kernel/syscalls.h>
#include <arch/uaccess.h>

struct linux_dirent64 {
	u64 d_ino;
	s64 d_off;
	unsigned short d_reclen;
	unsigned char d_type;
	char d_name[];
};
#define DIRENT_NAME_OFF	offsetof(struct linux_dirent64, d_name)

struct getdents_ctx {
	struct dir_context ctx;
	char __user *next;		/* where the next entry goes */
	char __user *last;		/* the last entry; NULL: none yet */
	unsigned int left;
	int error;
};

static int filldir64(struct dir_context *ctx, const char *name, int len, loff_t off, u64 ino, unsigned int type)
{
	struct getdents_ctx *g = container_of(ctx, struct getdents_ctx, ctx);
	unsigned int reclen = ALIGN(DIRENT_NAME_OFF + len + 1, 8u);
	struct linux_dirent64 *d;
	u64 buf[(DIRENT_NAME_OFF + 48) / 8] __attribute__((uninitialized));

	if (unlikely(len <= 0 || memchr(name, '/', len))) {
		g->error = -EIO;
		return g->error;
	}
	g->error = -EINVAL;	/* if not even one fits */
	if (reclen > g->left)
		return -EINVAL;
	if (g->last && (signal_pending(current) ||
			__put_user(off, &((struct linux_dirent64 __user *)g->last)->d_off)))
		return -EINTR;
	d = (struct linux_dirent64 *)buf;
	d->d_ino = ino;
	d->d_off = 0;
	d->d_reclen = reclen;
	d->d_type = type;
	if (likely(reclen <= sizeof(buf))) {
		/* the padding behind the name is zero */
		*(u64 *)((char *)buf + reclen - 8) = reclen - 8 < DIRENT_NAME_OFF ?
			buf[reclen / 8 - 1] & GENMASK(23, 0) : 0;
		memcpy(d->d_name, name, len);
		d->d_name[len] = 0;
		if (__copy_to_user(g->next, buf, reclen))
			goto fault;
	} else {
		if (__copy_to_user(g->next, buf, DIRENT_NAME_OFF) ||
		    __copy_to_user(g->next + DIRENT_NAME_OFF, name, len) ||
		    __clear_user(g->next + DIRENT_NAME_OFF + len, reclen - DIRENT_NAME_OFF - len))
			goto fault;
	}
	g->last = g->next;
	g->next += reclen;
	g->left -= reclen;
	g->error = 0;
	return 0;
fault:
	g->error = -EFAULT;
	return -EFAULT;
}

/* Entries of @f to @ctx. Return: 0, -ENOTDIR, -ENOENT (removed), or the filesystem's error. */
static int iterate_dir(struct file *f, struct dir_context *ctx)
{
	struct inode *inode = f->f_inode;
	int err;

	if (!f->f_op->iterate_shared)
		return -ENOTDIR;
	if (!(f->f_mode & FMODE_READ))
		return -EBADF;
	inode_lock_shared(inode);
	err = -ENOENT;
	if (!IS_DEADDIR(inode)) {
		ctx->pos = f->f_pos;
		err = f->f_op->iterate_shared(f, ctx);
		f->f_pos = ctx->pos;
		file_accessed(f);
	}
	inode_unlock_shared(inode);
	return err;
}

SYSCALL_DEFINE3(getdents64, unsigned int, fd, struct linux_dirent64 __user *, dirent, unsigned int, count)
{
	struct getdents_ctx g = {
		.ctx.actor = filldir64,
		.next = (char __user *)dirent,
		.left = count,
	};
	struct fd f;
	int err;

	if (!access_ok(dirent, count))
		return -EFAULT;
	f = fdget_pos(fd);
	if (!f.file)
		return -EBADF;
	err = iterate_dir(f.file, &g.ctx);
	if (err >= 0)
		err = g.error;
	if (g.last) {
		s64 off = g.ctx.pos;

		if (__put_user(off, &((struct linux_dirent64 __user *)g.last)->d_off))
			err = -EFAULT;
		else
			err = count - g.left;
	}
	fdput_pos(f);
	return err;
}
