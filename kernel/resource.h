/* SPDX-License-Identifier: GPL-2.0-only */
/* Inside of kernel/: resource usage. */
#ifndef KERNEL_RESOURCE_PRIV_H
#define KERNEL_RESOURCE_PRIV_H
#include <kernel/signal.h>
#include <linux/resource.h>

/** getrusage - of @p and what belongs to it, as @who says. Context: may sleep; @p counted. */
void getrusage(struct task_struct *p, int who, struct rusage *r);

#endif
