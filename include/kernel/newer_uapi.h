/* SPDX-License-Identifier: GPL-2.0-only */
/* Constants newer than the oldest UAPI headers that the kernel is built with. */
#ifndef KERNEL_NEWER_UAPI_H
#define KERNEL_NEWER_UAPI_H
#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/prctl.h>

#ifndef RWF_NOAPPEND	/* Linux 6.9 */
#define RWF_NOAPPEND	((__kernel_rwf_t)0x20)
#endif
#ifndef F_DUPFD_QUERY	/* Linux 6.10 */
#define F_DUPFD_QUERY	(F_LINUX_SPECIFIC_BASE + 3)
#endif
#ifndef F_CREATED_QUERY	/* Linux 6.12 */
#define F_CREATED_QUERY	(F_LINUX_SPECIFIC_BASE + 4)
#endif
#ifndef PR_GET_AUXV	/* Linux 6.4 */
#define PR_GET_AUXV	0x41555856
#endif

#endif
