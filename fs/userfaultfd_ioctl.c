// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a program can ask of its userfaultfd: the ioctls, with Linux's order of checks.
 *
 * Those that fill answer twice: how far they came in the structure's last field (or
 * -errno, if nowhere), and by their result: 0, -EAGAIN when a part is left, or -errno.
 */
#include "vfs_internal.h"
#include "userfaultfd.h"
#include <arch/uaccess.h>
#include <kernel/cred.h>
#include <linux/capability.h>

/* as the newer UAPI has it, by a name of our own */
struct uffd_poison_arg {
	struct uffdio_range range;
	u64 mode;
	s64 updated;
};
#define UFFD_IOC_POISON	_IOWR(UFFDIO, _UFFDIO_POISON, struct uffd_poison_arg)

static int validate_range(u64 start, u64 len)
{
	if (((start | len) & ~PAGE_MASK) || !len)
		return -EINVAL;
	if (start < mmap_min_addr || start >= TASK_SIZE || len > TASK_SIZE - start)
		return -EINVAL;
	return 0;
}

/* ---- the handshake ---- */

static int answer_api(struct userfaultfd_ctx *ctx, struct uffdio_api *api,
		      struct uffdio_api __user *uapi)
{
	u64 features = api->features;
	unsigned int none = 0;

	if (api->api != UFFD_API)
		return -EINVAL;
	if ((features & UFFD_FEATURE_EVENT_FORK) && !capable(CAP_SYS_PTRACE))
		return -EPERM;
	if (features & ~UFFD_FEATURES)
		return -EINVAL;
	api->features = UFFD_FEATURES;
	api->ioctls = UFFD_IOCTLS;
	if (copy_to_user(uapi, api, sizeof(*api)))
		return -EFAULT;
	if (!try_cmpxchg(&ctx->features, &none, features | UFFD_FEATURE_INITIALIZED))
		return -EINVAL;
	return 0;
}

static int uffd_api(struct userfaultfd_ctx *ctx, void __user *arg)
{
	static const struct uffdio_api refused;
	struct uffdio_api api;
	int err;

	if (copy_from_user(&api, arg, sizeof(api)))
		return -EFAULT;
	err = answer_api(ctx, &api, arg);
	if ((err == -EINVAL || err == -EPERM) && copy_to_user(arg, &refused, sizeof(refused)))
		err = -EFAULT;
	return err;
}

/* ---- which ranges ---- */

static int uffd_register(struct userfaultfd_ctx *ctx, struct uffdio_register __user *arg)
{
	u64 ioctls = UFFD_RANGE_IOCTLS;
	struct uffdio_register reg;
	unsigned long flags = 0;
	int err;

	if (copy_from_user(&reg, arg, offsetof(struct uffdio_register, ioctls)))
		return -EFAULT;
	if (!reg.mode || (reg.mode & ~UFFD_REGISTER_MODES))
		return -EINVAL;
	if (reg.mode & UFFDIO_REGISTER_MODE_MISSING)
		flags |= VM_UFFD_MISSING;
	if (reg.mode & UFFDIO_REGISTER_MODE_WP)
		flags |= VM_UFFD_WP;
	else
		ioctls &= ~(1ULL << _UFFDIO_WRITEPROTECT);
	if (reg.mode & UFFDIO_REGISTER_MODE_MINOR)
		flags |= VM_UFFD_MINOR;
	else
		ioctls &= ~(1ULL << _UFFDIO_CONTINUE);
	err = validate_range(reg.range.start, reg.range.len);
	if (!err)
		err = userfaultfd_register_range(ctx, reg.range.start, reg.range.len, flags);
	if (!err && put_user(ioctls, &arg->ioctls))
		err = -EFAULT;
	return err;
}

static int uffd_unregister(struct userfaultfd_ctx *ctx, void __user *arg)
{
	struct uffdio_range range;
	int err;

	if (copy_from_user(&range, arg, sizeof(range)))
		return -EFAULT;
	err = validate_range(range.start, range.len);
	return err ? err : userfaultfd_unregister_range(ctx, range.start, range.len);
}

static int uffd_wake(struct userfaultfd_ctx *ctx, void __user *arg)
{
	struct uffdio_range range;
	int err;

	if (copy_from_user(&range, arg, sizeof(range)))
		return -EFAULT;
	err = validate_range(range.start, range.len);
	if (!err)
		userfaultfd_wake(ctx, range.start, range.len);
	return err;
}

static int uffd_protect(struct userfaultfd_ctx *ctx, void __user *arg)
{
	struct uffdio_writeprotect wp;
	bool protect;
	int err;

	if (atomic_read(&ctx->mmap_changing))
		return -EAGAIN;
	if (copy_from_user(&wp, arg, sizeof(wp)))
		return -EFAULT;
	err = validate_range(wp.range.start, wp.range.len);
	if (err)
		return err;
	if (wp.mode & ~(UFFDIO_WRITEPROTECT_MODE_WP | UFFDIO_WRITEPROTECT_MODE_DONTWAKE))
		return -EINVAL;
	protect = wp.mode & UFFDIO_WRITEPROTECT_MODE_WP;
	if (protect && (wp.mode & UFFDIO_WRITEPROTECT_MODE_DONTWAKE))
		return -EINVAL;
	err = userfaultfd_writeprotect(ctx, wp.range.start, wp.range.len, protect);
	if (!err && !wp.mode)
		userfaultfd_wake(ctx, wp.range.start, wp.range.len);
	return err;
}

/* ---- filling ---- */

/* the second half of all: @filled bytes from @start, or -errno, of @len */
static int filled(struct userfaultfd_ctx *ctx, u64 start, u64 len, ssize_t done,
		  s64 __user *result, bool wake)
{
	/* no process: not even the result is given */
	if (done == -ESRCH)
		return -ESRCH;
	if (put_user((s64)done, result))
		return -EFAULT;
	if (done < 0)
		return done;
	if (wake)
		userfaultfd_wake(ctx, start, done);
	return done == len ? 0 : -EAGAIN;
}

static int uffd_copy(struct userfaultfd_ctx *ctx, struct uffdio_copy __user *arg)
{
	struct uffdio_copy copy;
	ssize_t done;
	int err;

	if (copy_from_user(&copy, arg, offsetof(struct uffdio_copy, copy)))
		return -EFAULT;
	err = validate_range(copy.dst, copy.len);
	if (err)
		return err;
	if (copy.src + copy.len <= copy.src)
		return -EINVAL;
	if (copy.mode & ~(UFFDIO_COPY_MODE_DONTWAKE | UFFDIO_COPY_MODE_WP))
		return -EINVAL;
	done = userfaultfd_fill(ctx, UFFD_FILL_COPY, copy.dst, copy.src, copy.len,
				copy.mode & UFFDIO_COPY_MODE_WP);
	return filled(ctx, copy.dst, copy.len, done, &arg->copy,
		      !(copy.mode & UFFDIO_COPY_MODE_DONTWAKE));
}

/* ZEROPAGE, CONTINUE and POISON take the same structure */
static int uffd_fill(struct userfaultfd_ctx *ctx, struct uffdio_zeropage __user *arg,
		     enum uffd_fill_kind kind)
{
	u64 wp = kind == UFFD_FILL_CONTINUE ? UFFDIO_CONTINUE_MODE_WP : 0;
	struct uffdio_zeropage zero;
	ssize_t done;
	int err;

	static_assert(sizeof(struct uffdio_zeropage) == sizeof(struct uffdio_continue));
	static_assert(sizeof(struct uffdio_zeropage) == sizeof(struct uffd_poison_arg));
	static_assert(UFFDIO_ZEROPAGE_MODE_DONTWAKE == UFFDIO_CONTINUE_MODE_DONTWAKE);
	static_assert(UFFDIO_ZEROPAGE_MODE_DONTWAKE == UFFDIO_POISON_MODE_DONTWAKE);
	if (copy_from_user(&zero, arg, offsetof(struct uffdio_zeropage, zeropage)))
		return -EFAULT;
	err = validate_range(zero.range.start, zero.range.len);
	if (err)
		return err;
	if (zero.mode & ~(UFFDIO_ZEROPAGE_MODE_DONTWAKE | wp))
		return -EINVAL;
	done = userfaultfd_fill(ctx, kind, zero.range.start, 0, zero.range.len, zero.mode & wp);
	return filled(ctx, zero.range.start, zero.range.len, done, &arg->zeropage,
		      !(zero.mode & UFFDIO_ZEROPAGE_MODE_DONTWAKE));
}

static int fill_ioctl(struct userfaultfd_ctx *ctx, unsigned int cmd, void __user *arg)
{
	if (atomic_read(&ctx->mmap_changing))
		return -EAGAIN;
	switch (cmd) {
	case UFFDIO_COPY:
		return uffd_copy(ctx, arg);
	case UFFDIO_ZEROPAGE:
		return uffd_fill(ctx, arg, UFFD_FILL_ZERO);
	case UFFDIO_CONTINUE:
		return uffd_fill(ctx, arg, UFFD_FILL_CONTINUE);
	default:
		return uffd_fill(ctx, arg, UFFD_FILL_POISON);
	}
}

/** userfaultfd_ioctl - Context: may sleep. Return: 0 or -errno as Linux. */
long userfaultfd_ioctl(struct file *f, unsigned int cmd, unsigned long arg)
{
	struct userfaultfd_ctx *ctx = f->private_data;
	void __user *uarg = (void __user *)arg;

	if (cmd != UFFDIO_API && !userfaultfd_is_initialized(ctx))
		return -EINVAL;
	switch (cmd) {
	case UFFDIO_API:
		return uffd_api(ctx, uarg);
	case UFFDIO_REGISTER:
		return uffd_register(ctx, uarg);
	case UFFDIO_UNREGISTER:
		return uffd_unregister(ctx, uarg);
	case UFFDIO_WAKE:
		return uffd_wake(ctx, uarg);
	case UFFDIO_WRITEPROTECT:
		return uffd_protect(ctx, uarg);
	case UFFDIO_COPY:
	case UFFDIO_ZEROPAGE:
	case UFFDIO_CONTINUE:
	case UFFD_IOC_POISON:
		return fill_ioctl(ctx, cmd, uarg);
	default:
		return -EINVAL;
	}
}
