// SPDX-License-Identifier: GPL-2.0-only
/*
 * getdents64(2): a directory's entries packed into a user buffer.
 *
 * Entries are collected in a small buffer and copied out many at a time. The
 * d_off of an entry is the position of the next one, so it is stored when the
 * next entry, or the end, is known. What cannot be copied out was not read: the
 * file's position goes back to it.
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
	char __user *next;		/* where the collected entries go */
	unsigned int left;		/* bytes there, less those collected */
	unsigned int used;		/* bytes collected in buf */
	loff_t first;			/* position of the first of them */
	struct linux_dirent64 *last;	/* the last entry, in buf; NULL: none yet */
	int error;
	u64 buf[64];			/* the longest entry takes 35 */
};

/* Copy out what was collected; @next is the position of what follows. */
static bool flush_entries(struct getdents_ctx *g, loff_t next)
{
	g->last->d_off = next;
	if (__copy_to_user(g->next, g->buf, g->used))
		return false;
	g->next += g->used;
	g->used = 0;
	g->first = next;
	return true;
}

static int filldir64(struct dir_context *ctx, const char *name, int len, loff_t off, u64 ino, unsigned int type)
{
	struct getdents_ctx *g = container_of(ctx, struct getdents_ctx, ctx);
	unsigned int reclen = ALIGN(DIRENT_NAME_OFF + len + 1, 8u);
	struct linux_dirent64 *d;

	g->error = -EIO;
	if (unlikely(len <= 0 || len > NAME_MAX))
		return -EIO;
	g->error = -EINVAL;	/* if not even one fits */
	if (reclen > g->left)
		return -EINVAL;
	if (g->last) {
		if (signal_pending(current))
			return -EINTR;
		g->last->d_off = off;
	}
	if (g->used + reclen > sizeof(g->buf) && !flush_entries(g, off)) {
		g->error = -EFAULT;
		return -EFAULT;
	}
	d = (void *)g->buf + g->used;
	((u64 *)d)[reclen / 8 - 1] = 0;		/* the padding behind the name */
	d->d_ino = ino;
	d->d_reclen = reclen;
	d->d_type = type;
	/* most names are short: looking through them while copying is the cheapest */
	for (int i = 0; i < len; i++) {
		if (unlikely(name[i] == '/')) {
			g->error = -EIO;
			return -EIO;
		}
		d->d_name[i] = name[i];
	}
	g->last = d;
	g->used += reclen;
	g->left -= reclen;
	g->error = 0;
	return 0;
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
	struct getdents_ctx g __attribute__((uninitialized));
	struct fd f;
	int err;

	if (!access_ok(dirent, count))
		return -EFAULT;
	f = fdget_pos(fd);
	if (!f.file)
		return -EBADF;
	g.ctx.actor = filldir64;
	g.next = (char __user *)dirent;
	g.left = count;
	g.used = 0;
	g.first = f.file->f_pos;
	g.last = NULL;
	g.error = 0;
	err = iterate_dir(f.file, &g.ctx);
	if (err >= 0)
		err = g.error;
	if (g.used && !flush_entries(&g, g.ctx.pos)) {
		vfs_llseek(f.file, g.first, SEEK_SET);
		err = -EFAULT;
	}
	if (g.next != (char __user *)dirent)
		err = g.next - (char __user *)dirent;
	fdput_pos(f);
	return err;
}
