/* SPDX-License-Identifier: GPL-2.0-only */
/* Private to fs/userfaultfd.c and fs/userfaultfd_ioctl.c. */
#ifndef FS_USERFAULTFD_H
#define FS_USERFAULTFD_H
#include <mm/userfaultfd.h>

/* what works here */
#define UFFD_FEATURES	((u64)(UFFD_FEATURE_MISSING_SHMEM | UFFD_FEATURE_SIGBUS |	\
			 UFFD_FEATURE_THREAD_ID | UFFD_FEATURE_MINOR_SHMEM |		\
			 UFFD_FEATURE_EXACT_ADDRESS | UFFD_FEATURE_POISON |		\
			 UFFD_FEATURE_PAGEFAULT_FLAG_WP | UFFD_FEATURE_WP_HUGETLBFS_SHMEM |	\
			 UFFD_FEATURE_WP_UNPOPULATED | UFFD_FEATURE_EVENT_FORK |	\
			 UFFD_FEATURE_EVENT_REMAP | UFFD_FEATURE_EVENT_REMOVE |		\
			 UFFD_FEATURE_EVENT_UNMAP))
#define UFFD_REGISTER_MODES (UFFDIO_REGISTER_MODE_MISSING | UFFDIO_REGISTER_MODE_WP |		\
			     UFFDIO_REGISTER_MODE_MINOR)
#define UFFD_IOCTLS	(1ULL << _UFFDIO_REGISTER | 1ULL << _UFFDIO_UNREGISTER | 1ULL << _UFFDIO_API)
#define UFFD_RANGE_IOCTLS (1ULL << _UFFDIO_WAKE | 1ULL << _UFFDIO_COPY |			\
			   1ULL << _UFFDIO_ZEROPAGE | 1ULL << _UFFDIO_CONTINUE |		\
			   1ULL << _UFFDIO_POISON | 1ULL << _UFFDIO_WRITEPROTECT)

static inline bool userfaultfd_is_initialized(const struct userfaultfd_ctx *ctx)
{
	return READ_ONCE(ctx->features) & UFFD_FEATURE_INITIALIZED;
}

long userfaultfd_ioctl(struct file *f, unsigned int cmd, unsigned long arg);

#endif
