// SPDX-License-Identifier: GPL-2.0-only
/* flock(2) and the lock commands of fcntl(2); what they mean is in locks.c. */
#include "locks.h"
#include <kernel/signal.h>
#include <kernel/syscalls.h>
#include <arch/uaccess.h>

/* Try until granted, waiting in between. Return: 0, -ERESTARTSYS, or the error. */
static int lock_wait(struct inode *inode, struct file_lock *req, bool wait,
		     int (*lock)(struct inode *inode, struct file_lock *req, bool wait))
{
	int err;

	for (;;) {
		err = lock(inode, req, wait);
		if (err <= 0)
			return err;
		err = wait_event_interruptible(req->wait, !READ_ONCE(req->blocker));
		/* the waker may still be about to touch us: it holds the lock while it does */
		locks_unblock(req);
		if (err)
			return err;
	}
}

SYSCALL_DEFINE2(flock, unsigned int, fd, unsigned int, cmd)
{
	bool wait = !(cmd & LOCK_NB);
	struct file_lock req = { .flags = FL_FLOCK, .end = LLONG_MAX };
	struct fd f;
	int err;

	switch (cmd & ~LOCK_NB) {
	case LOCK_SH:
		req.type = F_RDLCK;
		break;
	case LOCK_EX:
		req.type = F_WRLCK;
		break;
	case LOCK_UN:
		req.type = F_UNLCK;
		break;
	default:
		return -EINVAL;
	}
	f = fdget(fd);
	if (!f.file)
		return -EBADF;
	err = -EBADF;
	if (req.type == F_UNLCK || (f.file->f_mode & (FMODE_READ | FMODE_WRITE))) {
		locks_init(&req);
		req.owner = f.file;
		req.file = f.file;
		req.pid = current->tgid;
		err = lock_wait(f.file->f_inode, &req, wait, flock_lock_inode);
	}
	fdput(f);
	return err;
}

/* l_whence, l_start and l_len as a range. Return: 0, -EINVAL, -EOVERFLOW. */
static int flock_to_range(struct file *f, const struct flock *u, struct file_lock *l)
{
	loff_t start;

	switch (u->l_whence) {
	case SEEK_SET:
		start = 0;
		break;
	case SEEK_CUR:
		start = f->f_pos;
		break;
	case SEEK_END:
		start = i_size_read(f->f_inode);
		break;
	default:
		return -EINVAL;
	}
	if (check_add_overflow(start, (loff_t)u->l_start, &start))
		return -EOVERFLOW;
	if (start < 0)
		return -EINVAL;
	l->start = start;
	if (u->l_len > 0) {
		if (check_add_overflow(start, (loff_t)u->l_len - 1, &l->end))
			return -EOVERFLOW;
	} else if (u->l_len < 0) {
		if (start + u->l_len < 0)
			return -EINVAL;
		l->end = start - 1;
		l->start = start + u->l_len;
	} else {
		l->end = LLONG_MAX;
	}
	return 0;
}

static int flock_to_request(struct file *f, const struct flock *u, bool ofd, struct file_lock *req)
{
	if (u->l_type != F_RDLCK && u->l_type != F_WRLCK && u->l_type != F_UNLCK)
		return -EINVAL;
	if (ofd && u->l_pid)
		return -EINVAL;
	locks_init(req);
	req->type = u->l_type;
	req->flags = ofd ? FL_OFD : FL_POSIX;
	req->owner = ofd ? (void *)f : (void *)current->files;
	req->pid = ofd ? -1 : current->tgid;
	req->file = f;
	return flock_to_range(f, u, req);
}

/** fcntl_getlk - F_GETLK, F_OFD_GETLK: who would be in the way? */
long fcntl_getlk(struct file *f, unsigned int cmd, struct flock __user *uarg)
{
	struct file_lock_context *c;
	struct file_lock req, *l = NULL;
	struct flock u;
	int err;

	if (copy_from_user(&u, uarg, sizeof(u)))
		return -EFAULT;
	if (u.l_type != F_RDLCK && u.l_type != F_WRLCK && !(cmd == F_OFD_GETLK && u.l_type == F_UNLCK))
		return -EINVAL;
	err = flock_to_request(f, &u, cmd == F_OFD_GETLK, &req);
	if (err)
		return err;
	c = smp_load_acquire(&f->f_inode->i_flctx);
	spin_lock(&file_locks_lock);
	if (c)
		l = posix_find_conflict(c, &req);
	if (l) {
		u.l_type = l->type;
		u.l_whence = SEEK_SET;
		u.l_start = l->start;
		u.l_len = l->end == LLONG_MAX ? 0 : l->end - l->start + 1;
		u.l_pid = l->pid;
	} else {
		u.l_type = F_UNLCK;
	}
	spin_unlock(&file_locks_lock);
	return copy_to_user(uarg, &u, sizeof(u)) ? -EFAULT : 0;
}

/** fcntl_setlk - F_SETLK, F_SETLKW and the OFD forms. */
long fcntl_setlk(unsigned int fd, struct file *f, unsigned int cmd, struct flock __user *uarg)
{
	bool ofd = cmd == F_OFD_SETLK || cmd == F_OFD_SETLKW;
	bool wait = cmd == F_SETLKW || cmd == F_OFD_SETLKW;
	struct files_struct *files = current->files;
	struct inode *inode = f->f_inode;
	struct file_lock req;
	struct flock u;
	int err;

	if (copy_from_user(&u, uarg, sizeof(u)))
		return -EFAULT;
	err = flock_to_request(f, &u, ofd, &req);
	if (err)
		return err;
	if ((req.type == F_RDLCK && !(f->f_mode & FMODE_READ)) ||
	    (req.type == F_WRLCK && !(f->f_mode & FMODE_WRITE)))
		return -EBADF;
	err = lock_wait(inode, &req, wait, posix_lock_inode);
	/* another thread may have closed the descriptor before the lock was there to be dropped */
	if (!err && req.type != F_UNLCK && !ofd && atomic_read(&files->count) > 1) {
		struct file *now = NULL;

		spin_lock(&files->file_lock);
		if (fd < files->fdt->max_fds)
			now = files->fdt->fd[fd];
		spin_unlock(&files->file_lock);
		if (now != f) {
			locks_remove_posix(f, files);	/* unlocking could fail, for want of memory */
			return -EBADF;
		}
	}
	return err;
}
