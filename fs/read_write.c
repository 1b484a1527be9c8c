// SPDX-License-Identifier: GPL-2.0-only
/*
 * read, write and lseek in all their forms.
 *
 * The user buffer is checked against the user half here, once; what is below copies
 * without checking. A file has either ->read/->write, or the _iter forms; the latter get a
 * kiocb with the position, which is stored back by the system call only.
 */
#include "vfs_internal.h"
#include <fs/uio.h>
#include <kernel/newer_uapi.h>
#include <kernel/signal.h>
#include <kernel/syscalls.h>
#include <arch/uaccess.h>

#define MAX_RW_COUNT	(INT_MAX & PAGE_MASK)

/* ---- lseek ---- */

static loff_t set_pos(struct file *f, loff_t pos, loff_t max)
{
	if (pos < 0 || pos > max)
		return -EINVAL;
	if (pos != f->f_pos)
		f->f_pos = pos;
	return pos;
}

static loff_t llseek_size(struct file *f, loff_t off, int whence, loff_t max, loff_t eof)
{
	switch (whence) {
	case SEEK_SET:
		break;
	case SEEK_END:
		off += eof;
		break;
	case SEEK_CUR:
		if (!off)
			return f->f_pos;
		off += f->f_pos;
		break;
	case SEEK_DATA:
		if ((u64)off >= eof)
			return -ENXIO;
		break;
	case SEEK_HOLE:
		if ((u64)off >= eof)
			return -ENXIO;
		off = eof;
		break;
	default:
		return -EINVAL;
	}
	return set_pos(f, off, max);
}

loff_t generic_file_llseek(struct file *f, loff_t off, int whence)
{
	struct inode *inode = f->f_mapping->host;

	return llseek_size(f, off, whence, inode->i_sb->s_maxbytes, i_size_read(inode));
}

loff_t fixed_size_llseek(struct file *f, loff_t off, int whence, loff_t size)
{
	if (whence == SEEK_DATA || whence == SEEK_HOLE)
		return -EINVAL;
	return llseek_size(f, off, whence, size, size);
}

loff_t noop_llseek(struct file *f, loff_t off, int whence)
{
	return f->f_pos;
}

loff_t no_llseek(struct file *f, loff_t off, int whence)
{
	return -ESPIPE;
}

loff_t vfs_llseek(struct file *f, loff_t off, int whence)
{
	if (!(f->f_mode & FMODE_LSEEK))
		return -ESPIPE;
	return f->f_op->llseek(f, off, whence);
}

SYSCALL_DEFINE3(lseek, unsigned int, fd, off_t, off, unsigned int, whence)
{
	struct fd f = fdget_pos(fd);
	loff_t ret = -EINVAL;

	if (unlikely(!f.file))
		return -EBADF;
	if (likely(whence <= SEEK_MAX))
		ret = vfs_llseek(f.file, off, whence);
	fdput_pos(f);
	return ret;
}

/* ---- one buffer ---- */

/** rw_verify_area - position and length of a transfer. Return: 0, -EINVAL. */
ssize_t rw_verify_area(const loff_t *pos, size_t count)
{
	if (unlikely((ssize_t)count < 0))
		return -EINVAL;
	if (pos && unlikely(*pos < 0 || (loff_t)(*pos + (u64)count) < 0))
		return -EINVAL;
	return 0;
}

static inline int iocb_flags(const struct file *f)
{
	int res = 0;
	unsigned int flags = f->f_flags;

	if (likely(!(flags & (O_APPEND | O_DIRECT | O_DSYNC))) &&
	    likely(!(f->f_mapping->host->i_flags & S_SYNC)) &&
	    likely(!(f->f_mapping->host->i_sb->s_flags & SB_SYNCHRONOUS)))
		return 0;
	if (flags & O_APPEND)
		res |= IOCB_APPEND;
	if (flags & O_DIRECT)
		res |= IOCB_DIRECT;
	if (flags & O_DSYNC)
		res |= IOCB_DSYNC;
	if ((flags & __O_SYNC) || f->f_mapping->host->i_flags & S_SYNC ||
	    f->f_mapping->host->i_sb->s_flags & SB_SYNCHRONOUS)
		res |= IOCB_DSYNC | IOCB_SYNC;
	return res;
}

static inline ssize_t new_sync_read(struct file *f, char __user *buf, size_t n, loff_t *pos)
{
	struct kiocb iocb = { .ki_filp = f, .ki_pos = pos ? *pos : 0, .ki_flags = iocb_flags(f) };
	struct iov_iter i;
	ssize_t ret;

	iov_iter_ubuf(&i, READ_ITER, buf, n);
	ret = f->f_op->read_iter(&iocb, &i);
	if (pos)
		*pos = iocb.ki_pos;
	return ret;
}

static inline ssize_t new_sync_write(struct file *f, const char __user *buf, size_t n, loff_t *pos)
{
	struct kiocb iocb = { .ki_filp = f, .ki_pos = pos ? *pos : 0, .ki_flags = iocb_flags(f) };
	struct iov_iter i;
	ssize_t ret;

	iov_iter_ubuf(&i, WRITE_ITER, (char __user *)buf, n);
	ret = f->f_op->write_iter(&iocb, &i);
	if (ret > 0 && pos)
		*pos = iocb.ki_pos;
	return ret;
}

/**
 * vfs_read - read to user space.
 * @pos: position, moved on; NULL for streams
 * Context: may sleep. Return: bytes, -EBADF, -EINVAL, -EFAULT, or the file's error.
 */
ssize_t vfs_read(struct file *f, char __user *buf, size_t n, loff_t *pos)
{
	ssize_t ret;

	if (unlikely(!(f->f_mode & FMODE_READ)))
		return -EBADF;
	if (unlikely(!(f->f_mode & FMODE_CAN_READ)))
		return -EINVAL;
	if (unlikely(!access_ok(buf, n)))
		return -EFAULT;
	ret = rw_verify_area(pos, n);
	if (unlikely(ret))
		return ret;
	if (unlikely(n > MAX_RW_COUNT))
		n = MAX_RW_COUNT;
	if (f->f_op->read)
		return f->f_op->read(f, buf, n, pos);
	return new_sync_read(f, buf, n, pos);
}

ssize_t vfs_write(struct file *f, const char __user *buf, size_t n, loff_t *pos)
{
	ssize_t ret;

	if (unlikely(!(f->f_mode & FMODE_WRITE)))
		return -EBADF;
	if (unlikely(!(f->f_mode & FMODE_CAN_WRITE)))
		return -EINVAL;
	if (unlikely(!access_ok(buf, n)))
		return -EFAULT;
	ret = rw_verify_area(pos, n);
	if (unlikely(ret))
		return ret;
	if (unlikely(n > MAX_RW_COUNT))
		n = MAX_RW_COUNT;
	if (f->f_op->write)
		return f->f_op->write(f, buf, n, pos);
	return new_sync_write(f, buf, n, pos);
}

static inline loff_t *file_ppos(struct file *f)
{
	return unlikely(f->f_mode & FMODE_STREAM) ? NULL : &f->f_pos;
}

SYSCALL_DEFINE3(read, unsigned int, fd, char __user *, buf, size_t, n)
{
	struct fd f = fdget_pos(fd);
	loff_t pos, *ppos;
	ssize_t ret;

	if (unlikely(!f.file))
		return -EBADF;
	ppos = file_ppos(f.file);
	if (ppos) {
		pos = *ppos;
		ppos = &pos;
	}
	ret = vfs_read(f.file, buf, n, ppos);
	if (ret >= 0 && ppos)
		f.file->f_pos = pos;
	fdput_pos(f);
	return ret;
}

SYSCALL_DEFINE3(write, unsigned int, fd, const char __user *, buf, size_t, n)
{
	struct fd f = fdget_pos(fd);
	loff_t pos, *ppos;
	ssize_t ret;

	if (unlikely(!f.file))
		return -EBADF;
	ppos = file_ppos(f.file);
	if (ppos) {
		pos = *ppos;
		ppos = &pos;
	}
	ret = vfs_write(f.file, buf, n, ppos);
	if (ret >= 0 && ppos)
		f.file->f_pos = pos;
	fdput_pos(f);
	return ret;
}

SYSCALL_DEFINE4(pread64, unsigned int, fd, char __user *, buf, size_t, n, loff_t, pos)
{
	struct fd f;
	ssize_t ret = -ESPIPE;

	if (pos < 0)
		return -EINVAL;
	f = fdget(fd);
	if (unlikely(!f.file))
		return -EBADF;
	if (likely(f.file->f_mode & FMODE_PREAD))
		ret = vfs_read(f.file, buf, n, &pos);
	fdput(f);
	return ret;
}

SYSCALL_DEFINE4(pwrite64, unsigned int, fd, const char __user *, buf, size_t, n, loff_t, pos)
{
	struct fd f;
	ssize_t ret = -ESPIPE;

	if (pos < 0)
		return -EINVAL;
	f = fdget(fd);
	if (unlikely(!f.file))
		return -EBADF;
	if (likely(f.file->f_mode & FMODE_PWRITE))
		ret = vfs_write(f.file, buf, n, &pos);
	fdput(f);
	return ret;
}

/* ---- vectors ---- */

/* A file with ->read or ->write only: piece by piece, until one comes short. */
static ssize_t loop_rw(struct file *f, struct iov_iter *i, loff_t *pos)
{
	ssize_t done = 0;

	while (i->count) {
		char __user *base = i->iter_type == ITER_UBUF ? (char __user *)i->ubuf + i->iov_offset :
				    (char __user *)i->iov->iov_base + i->iov_offset;
		size_t len = iov_iter_single_seg_count(i);
		ssize_t n;

		if (!len) {
			i->iov++;
			i->nr_segs--;
			i->iov_offset = 0;
			continue;
		}
		n = i->data_source ? f->f_op->write(f, base, len, pos) : f->f_op->read(f, base, len, pos);
		if (n < 0)
			return done ? done : n;
		done += n;
		iov_iter_advance(i, n);
		if (n != len)
			break;
	}
	return done;
}

/* RWF_* of preadv2/pwritev2 */
static int set_rw_flags(struct kiocb *iocb, int flags)
{
	if (flags & ~(RWF_HIPRI | RWF_DSYNC | RWF_SYNC | RWF_NOWAIT | RWF_APPEND | RWF_NOAPPEND))
		return -EOPNOTSUPP;
	if ((flags & RWF_APPEND) && (flags & RWF_NOAPPEND))
		return -EINVAL;
	if (flags & RWF_NOWAIT)
		return -EOPNOTSUPP;	/* no file promises not to wait */
	if (flags & RWF_DSYNC)
		iocb->ki_flags |= IOCB_DSYNC;
	if (flags & RWF_SYNC)
		iocb->ki_flags |= IOCB_DSYNC | IOCB_SYNC;
	if (flags & RWF_APPEND)
		iocb->ki_flags |= IOCB_APPEND;
	if ((flags & RWF_NOAPPEND) && (iocb->ki_flags & IOCB_APPEND)) {
		if (IS_APPEND(file_inode(iocb->ki_filp)))
			return -EPERM;
		iocb->ki_flags &= ~IOCB_APPEND;
	}
	return 0;
}

static ssize_t do_iter(struct file *f, struct iov_iter *i, loff_t *pos, int flags)
{
	bool write = i->data_source;
	struct kiocb iocb = { .ki_filp = f, .ki_pos = pos ? *pos : 0, .ki_flags = iocb_flags(f) };
	ssize_t ret;

	if (!(f->f_mode & (write ? FMODE_WRITE : FMODE_READ)))
		return -EBADF;
	if (!(f->f_mode & (write ? FMODE_CAN_WRITE : FMODE_CAN_READ)))
		return -EINVAL;
	if (!i->count)
		return 0;
	ret = rw_verify_area(pos, i->count);
	if (ret)
		return ret;
	if (write ? !f->f_op->write_iter : !f->f_op->read_iter) {
		if (flags & ~RWF_HIPRI)
			return -EOPNOTSUPP;
		if (i->iter_type == ITER_KVEC)
			return -EINVAL;
		return loop_rw(f, i, pos);
	}
	ret = set_rw_flags(&iocb, flags);
	if (ret)
		return ret;
	ret = write ? f->f_op->write_iter(&iocb, i) : f->f_op->read_iter(&iocb, i);
	if (pos)
		*pos = iocb.ki_pos;
	return ret;
}

ssize_t vfs_iter_read(struct file *f, struct iov_iter *i, loff_t *pos, int flags)
{
	return do_iter(f, i, pos, flags);
}

ssize_t vfs_iter_write(struct file *f, struct iov_iter *i, loff_t *pos, int flags)
{
	return do_iter(f, i, pos, flags);
}

static ssize_t rw_vector(struct file *f, int dir, const struct iovec __user *vec, unsigned long nr,
			 loff_t *pos, int flags)
{
	struct iovec stack[8] __attribute__((uninitialized)), *v = stack;
	struct iov_iter i;
	ssize_t ret;

	if (nr > UIO_MAXIOV)
		return -EINVAL;
	ret = import_iovec(dir, vec, nr, ARRAY_SIZE(stack), &v, &i);
	if (ret >= 0) {
		ret = do_iter(f, &i, pos, flags);
		kfree(v);
	}
	return ret;
}

static ssize_t do_rwv(unsigned int fd, int dir, const struct iovec __user *vec, unsigned long nr, int flags)
{
	struct fd f = fdget_pos(fd);
	loff_t pos, *ppos;
	ssize_t ret;

	if (!f.file)
		return -EBADF;
	ppos = file_ppos(f.file);
	if (ppos) {
		pos = *ppos;
		ppos = &pos;
	}
	ret = rw_vector(f.file, dir, vec, nr, ppos, flags);
	if (ret >= 0 && ppos)
		f.file->f_pos = pos;
	fdput_pos(f);
	return ret;
}

static ssize_t do_prwv(unsigned int fd, int dir, const struct iovec __user *vec, unsigned long nr,
		       loff_t pos, int flags)
{
	struct fd f;
	ssize_t ret = -ESPIPE;

	if (pos < 0)
		return -EINVAL;
	f = fdget(fd);
	if (!f.file)
		return -EBADF;
	if (f.file->f_mode & (dir == WRITE_ITER ? FMODE_PWRITE : FMODE_PREAD))
		ret = rw_vector(f.file, dir, vec, nr, &pos, flags);
	fdput(f);
	return ret;
}

SYSCALL_DEFINE3(readv, unsigned long, fd, const struct iovec __user *, vec, unsigned long, nr)
{
	return do_rwv(fd, READ_ITER, vec, nr, 0);
}

SYSCALL_DEFINE3(writev, unsigned long, fd, const struct iovec __user *, vec, unsigned long, nr)
{
	return do_rwv(fd, WRITE_ITER, vec, nr, 0);
}

SYSCALL_DEFINE5(preadv, unsigned long, fd, const struct iovec __user *, vec, unsigned long, nr,
		unsigned long, pos, unsigned long, pos_high)
{
	return do_prwv(fd, READ_ITER, vec, nr, pos, 0);
}

SYSCALL_DEFINE5(pwritev, unsigned long, fd, const struct iovec __user *, vec, unsigned long, nr,
		unsigned long, pos, unsigned long, pos_high)
{
	return do_prwv(fd, WRITE_ITER, vec, nr, pos, 0);
}

SYSCALL_DEFINE6(preadv2, unsigned long, fd, const struct iovec __user *, vec, unsigned long, nr,
		unsigned long, pos, unsigned long, pos_high, int, flags)
{
	if ((long)pos == -1)
		return do_rwv(fd, READ_ITER, vec, nr, flags);
	return do_prwv(fd, READ_ITER, vec, nr, pos, flags);
}

SYSCALL_DEFINE6(pwritev2, unsigned long, fd, const struct iovec __user *, vec, unsigned long, nr,
		unsigned long, pos, unsigned long, pos_high, int, flags)
{
	if ((long)pos == -1)
		return do_rwv(fd, WRITE_ITER, vec, nr, flags);
	return do_prwv(fd, WRITE_ITER, vec, nr, pos, flags);
}
