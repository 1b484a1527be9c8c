/* SPDX-License-Identifier: GPL-2.0-only */
/* Errors in pointers, and the error numbers that never reach user space. */
#ifndef LIB_ERR_H
#define LIB_ERR_H
#include <lib/types.h>
#include <linux/errno.h>

#define ERESTARTSYS		512	/* restart if the handler has SA_RESTART, else EINTR */
#define ERESTARTNOINTR		513	/* restart always */
#define ERESTARTNOHAND		514	/* restart if no handler runs, else EINTR */
#define ENOIOCTLCMD		515	/* no such ioctl here: ENOTTY to user space */
#define ERESTART_RESTARTBLOCK	516	/* restart through restart_syscall() */
#define EPROBE_DEFER		517
#define ENOPARAM		519
#define EOPENSTALE		518
#ifndef ENOTSUPP
#define ENOTSUPP		524
#endif

#define MAX_ERRNO		4095
#define IS_ERR_VALUE(x)		unlikely((unsigned long)(void *)(x) >= (unsigned long)-MAX_ERRNO)

static inline void *ERR_PTR(long error)
{
	return (void *)error;
}

static inline long __must_check PTR_ERR(const void *ptr)
{
	return (long)ptr;
}

static inline bool __must_check IS_ERR(const void *ptr)
{
	return IS_ERR_VALUE((unsigned long)ptr);
}

static inline bool __must_check IS_ERR_OR_NULL(const void *ptr)
{
	return unlikely(!ptr) || IS_ERR_VALUE((unsigned long)ptr);
}

static inline void *__must_check ERR_CAST(const void *ptr)
{
	return (void *)ptr;
}

static inline int __must_check PTR_ERR_OR_ZERO(const void *ptr)
{
	return IS_ERR(ptr) ? (int)PTR_ERR(ptr) : 0;
}

#endif
