// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading and writing by the kernel itself, the checks that writes share, and transfers
 * between two files: sendfile and copy_file_range, by way of a kernel buffer.
 */
#include "vfs_internal.h"
#include <fs/uio.h>
#include <kernel/signal.h>
#include <kernel/syscalls.h>
#include <arch/uaccess.h>

#define MAX_RW_COUNT	(INT_MAX & PAGE_MASK)
#define COPY_CHUNK	(8 * PAGE_SIZE)

/** kernel_read - @pos is moved on. Return: bytes or -errno; -EINVAL: not by ->read_iter. */
ssize_t kernel_read(struct file *f, void *buf, size_t n, loff_t *pos)
{
	struct kvec v = { .iov_base = buf, .iov_len = min_t(size_t, n, MAX_RW_COUNT) };
	struct iov_iter i;

	iov_iter_kvec(&i, READ_ITER, &v, 1, v.iov_len);
	return vfs_iter_read(f, &i, pos, 0);
}

ssize_t kernel_write(struct file *f, const void *buf, size_t n, loff_t *pos)
{
	struct kvec v = { .iov_base = (void *)buf, .iov_len = min_t(size_t, n, MAX_RW_COUNT) };
	struct iov_iter i;

	iov_iter_kvec(&i, WRITE_ITER, &v, 1, v.iov_len);
	return vfs_iter_write(f, &i, pos, 0);
}

/**
 * generic_write_checks - where and how much may be written.
 * Context: i_rwsem held for writing. @from is shortened, iocb->ki_pos set for O_APPEND.
 * Return: bytes to write, 0, -EFBIG (with SIGXFSZ), -EINVAL, -ETXTBSY.
 */
int generic_write_checks(struct kiocb *iocb, struct iov_iter *from)
{
	struct file *f = iocb->ki_filp;
	struct inode *inode = f->f_mapping->host;
	unsigned long limit;

	if (unlikely(inode->i_flags & S_SWAPFILE))
		return -ETXTBSY;
	if (!iov_iter_count(from))
		return 0;
	if (iocb->ki_flags & IOCB_APPEND)
		iocb->ki_pos = i_size_read(inode);
	limit = rlimit(RLIMIT_FSIZE);
	if (unlikely(limit != RLIM_INFINITY)) {
		if ((u64)iocb->ki_pos >= limit) {
			kill_pid(task_pid(current), SIGXFSZ, 0);
			return -EFBIG;
		}
		iov_iter_truncate(from, limit - iocb->ki_pos);
	}
	if (unlikely(iocb->ki_pos >= inode->i_sb->s_maxbytes))
		return -EFBIG;
	iov_iter_truncate(from, inode->i_sb->s_maxbytes - iocb->ki_pos);
	return min_t(size_t, iov_iter_count(from), INT_MAX);
}

/** generic_write_sync - after a write of @count bytes that ended at ki_pos. Return: @count or -errno. */
int generic_write_sync(struct kiocb *iocb, ssize_t count)
{
	int err;

	if (likely(!(iocb->ki_flags & IOCB_DSYNC)) || count <= 0)
		return count;
	err = vfs_fsync_range(iocb->ki_filp, iocb->ki_pos - count, iocb->ki_pos - 1,
			      iocb->ki_flags & IOCB_SYNC ? 0 : 1);
	return err ? err : count;
}

/* ---- from file to file ---- */

/*
 * All of a buffer to @out, which may take it in parts. Return: bytes written; if none,
 * the error.
 */
static ssize_t write_all(struct file *out, const char *buf, size_t n, loff_t *pos)
{
	size_t done = 0;

	while (done < n) {
		ssize_t w = kernel_write(out, buf + done, n - done, pos);

		if (w <= 0)
			return done ? done : w ? w : -EIO;
		done += w;
	}
	return done;
}

/*
 * Copy up to @count bytes. What was read but could not be written is not consumed: *@in_pos
 * says how far the output got.
 */
static ssize_t copy_through_buffer(struct file *in, loff_t *in_pos, struct file *out, loff_t *out_pos,
				   size_t count)
{
	size_t chunk = min_t(size_t, count, COPY_CHUNK), done = 0;
	char *buf = kvmalloc(max_t(size_t, chunk, 1), GFP_KERNEL);
	ssize_t err = 0;

	if (!buf)
		return -ENOMEM;
	while (done < count) {
		loff_t pos = *in_pos;
		ssize_t r = kernel_read(in, buf, min(count - done, chunk), &pos), w;

		if (r <= 0) {
			err = r;
			break;
		}
		w = write_all(out, buf, r, out_pos);
		if (w < 0) {
			err = w;
			break;
		}
		*in_pos += w;
		done += w;
		if (w < r)
			break;
		if (signal_pending(current)) {
			err = -EINTR;
			break;
		}
		cond_resched();
	}
	kvfree(buf);
	return done ? done : err;
}

static ssize_t do_sendfile(int out_fd, int in_fd, loff_t *ppos, size_t count)
{
	struct fd in = fdget(in_fd), out;
	loff_t pos, out_pos, *out_ppos;
	ssize_t ret = -EBADF;

	if (!in.file)
		return -EBADF;
	out = fdget(out_fd);
	if (!out.file)
		goto out_in;
	if (!(in.file->f_mode & FMODE_READ) || !(out.file->f_mode & FMODE_WRITE))
		goto out_both;
	ret = -ESPIPE;
	if (ppos && !(in.file->f_mode & FMODE_PREAD))
		goto out_both;
	ret = -EINVAL;
	if (!in.file->f_op->read_iter || !out.file->f_op->write_iter || (out.file->f_flags & O_APPEND))
		goto out_both;
	/* what a pipe gave would be lost if it could not be written */
	if (!(in.file->f_mode & FMODE_LSEEK))
		goto out_both;
	pos = ppos ? *ppos : in.file->f_pos;
	ret = rw_verify_area(&pos, count);
	if (ret)
		goto out_both;
	count = min_t(size_t, count, MAX_RW_COUNT);
	out_pos = out.file->f_pos;
	out_ppos = out.file->f_mode & FMODE_STREAM ? NULL : &out_pos;
	ret = copy_through_buffer(in.file, &pos, out.file, out_ppos, count);
	if (ret > 0) {
		if (ppos)
			*ppos = pos;
		else
			in.file->f_pos = pos;
		if (out_ppos)
			out.file->f_pos = out_pos;
	}
out_both:
	fdput(out);
out_in:
	fdput(in);
	return ret;
}

SYSCALL_DEFINE4(sendfile64, int, out_fd, int, in_fd, loff_t __user *, uoff, size_t, count)
{
	loff_t pos;
	ssize_t ret;

	if (!uoff)
		return do_sendfile(out_fd, in_fd, NULL, count);
	if (get_user(pos, uoff))
		return -EFAULT;
	ret = do_sendfile(out_fd, in_fd, &pos, count);
	if (put_user(pos, uoff))
		return -EFAULT;
	return ret;
}

/* Are both files such as copy_file_range() copies? */
static int copy_range_checks(struct file *in, loff_t in_pos, struct file *out, loff_t out_pos, size_t *count)
{
	struct inode *a = in->f_inode, *b = out->f_inode;
	loff_t size;

	if (S_ISDIR(a->i_mode) || S_ISDIR(b->i_mode))
		return -EISDIR;
	if (!S_ISREG(a->i_mode) || !S_ISREG(b->i_mode))
		return -EINVAL;
	if (!(in->f_mode & FMODE_READ) || !(out->f_mode & FMODE_WRITE) || (out->f_flags & O_APPEND))
		return -EBADF;
	if (a->i_sb != b->i_sb)
		return -EXDEV;
	if (IS_IMMUTABLE(b))
		return -EPERM;
	if (b->i_flags & S_SWAPFILE || a->i_flags & S_SWAPFILE)
		return -ETXTBSY;
	if (in_pos < 0 || out_pos < 0)
		return -EINVAL;
	/* programs ask for as much as there may be: only what wraps around is wrong */
	if (in_pos + (u64)*count < (u64)in_pos || out_pos + (u64)*count < (u64)out_pos)
		return -EOVERFLOW;
	size = i_size_read(a);
	*count = in_pos >= size ? 0 : min_t(u64, *count, size - in_pos);
	if (a == b && out_pos + *count > in_pos && out_pos < in_pos + (loff_t)*count)
		return -EINVAL;
	return 0;
}

SYSCALL_DEFINE6(copy_file_range, int, in_fd, loff_t __user *, uin, int, out_fd, loff_t __user *, uout,
		size_t, len, unsigned int, flags)
{
	struct fd in = fdget(in_fd), out;
	loff_t in_pos, out_pos;
	ssize_t ret = -EBADF;

	if (!in.file)
		return -EBADF;
	out = fdget(out_fd);
	if (!out.file)
		goto out_in;
	in_pos = in.file->f_pos;
	out_pos = out.file->f_pos;
	ret = -EFAULT;
	if ((uin && get_user(in_pos, uin)) || (uout && get_user(out_pos, uout)))
		goto out_both;
	ret = -EINVAL;
	if (flags)
		goto out_both;
	ret = copy_range_checks(in.file, in_pos, out.file, out_pos, &len);
	if (ret || !len)
		goto out_both;
	ret = copy_through_buffer(in.file, &in_pos, out.file, &out_pos, min_t(size_t, len, MAX_RW_COUNT));
	if (ret <= 0)
		goto out_both;
	if (uin ? put_user(in_pos, uin) : (in.file->f_pos = in_pos, 0))
		ret = -EFAULT;
	if (uout ? put_user(out_pos, uout) : (out.file->f_pos = out_pos, 0))
		ret = -EFAULT;
out_both:
	fdput(out);
out_in:
	fdput(in);
	return ret;
}
